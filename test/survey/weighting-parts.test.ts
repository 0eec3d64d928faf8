import { describe, expect, it } from 'vitest';
import { capFrontier } from '../../src/survey/cap-frontier.js';
import { weightDiagnostics } from '../../src/survey/diagnostics.js';
import { fitWeights } from '../../src/survey/fit-weights.js';
import { marginCosts } from '../../src/survey/margin-costs.js';
import { personConstraints } from '../../src/survey/person-margin.js';
import { fitZones } from '../../src/survey/zones.js';
import { largestDifference, problemOf } from './weighting-fixture.js';

const people = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 1],
  [1, 2],
  [0, 0],
  [1, 0],
];
const base = [1, 2, 1, 3, 1, 1, 2, 1];
const shares = [
  [0.35, 0.65],
  [0.2, 0.5, 0.3],
];
const problem = problemOf(people, base, shares);

describe('capFrontier', () => {
  const frontier = capFrontier(problem, { caps: [4, 2, 1.5, 1.05] });

  it('keeps the caps and the margins, or says that they cannot both be kept', () => {
    expect(frontier.map(({ cap, status }) => [cap, status])).toEqual([
      [null, 'converged'],
      [4, 'converged'],
      [2, 'converged'],
      [1.5, 'infeasible'],
      [1.05, 'infeasible'],
    ]);
    for (const { cap, status, maxRelativeWeight, maxMarginError } of frontier) {
      if (status !== 'converged') expect(maxMarginError).toBeGreaterThan(1e-3);
      else if (cap !== null) expect(maxRelativeWeight).toBeLessThanOrEqual(cap + 1e-9);
    }
    expect(frontier[0]!.maxRelativeWeight).toBeGreaterThan(2);
    expect(frontier[2]!.maxRelativeWeight).toBeCloseTo(2, 9);
  });

  it('says what weights without a cap cost', () => {
    expect(frontier[0]).toMatchObject(weightDiagnostics(fitWeights(problem).weights));
  });

  it('tries 8, 6, 4 and 2 if nothing else is said', () => {
    expect(capFrontier(problem).map(({ cap }) => cap)).toEqual([null, 8, 6, 4, 2]);
  });
});

describe('marginCosts', () => {
  it('is the effective sample size without each margin, dearest first', () => {
    const size = (margins: readonly number[]): number =>
      weightDiagnostics(
        fitWeights(
          problemOf(
            people.map((p) => margins.map((m) => p[m]!)),
            base,
            margins.map((m) => shares[m]!),
          ),
        ).weights,
      ).effectiveSampleSize;
    const whole = size([0, 1]);
    const expected = [
      { margin: 'm0', without: size([1]) },
      { margin: 'm1', without: size([0]) },
    ].sort((a, b) => b.without - a.without);
    const costs = marginCosts(problem);
    expect(costs.map(({ margin }) => margin)).toEqual(expected.map(({ margin }) => margin));
    costs.forEach(({ status, gained, effectiveSampleSizeWithout }, k) => {
      expect(status).toBe('converged');
      expect(effectiveSampleSizeWithout).toBeCloseTo(expected[k]!.without, 8);
      expect(gained).toBeCloseTo(expected[k]!.without - whole, 8);
    });
    expect(costs[0]!.gained).toBeGreaterThan(0.1);
  });

  it('gains nothing by dropping one of two margins that ask for the same', () => {
    const twice = problemOf(
      people.map((p) => [p[0]!, p[0]!]),
      base,
      [shares[0]!, shares[0]!],
    );
    for (const { gained } of marginCosts(twice)) expect(Math.abs(gained)).toBeLessThan(1e-8);
  });

  it('keeps the total of a margin that it drops, and counts constraints of one name as one', () => {
    const totals = problemOf([[0], [1]], [1, 1], [[40, 60]], 'total');
    const constraints = personConstraints(
      { name: 'age', categories: ['young', 'old'], codes: Int32Array.of(0, 1, 1), totals: Float64Array.of(40, 120) },
      Int32Array.of(0, 1, 1),
      2,
    );
    const costs = marginCosts({ ...totals, constraints });
    expect(costs.map(({ margin }) => margin).sort()).toEqual(['age', 'm0']);
    expect(costs.every(({ status }) => status === 'converged')).toBe(true);
  });
});

describe('fitZones', () => {
  const zone = (north: number) => problemOf(people, base, [[north, 1 - north], shares[1]!]);
  const zones = ['b', 'a', 'c', '10', '9'].map((name, k) => [name, zone(0.2 + 0.1 * k)] as const);

  it('gives the same for any order of the zones, each as if it were alone', () => {
    const forward = fitZones(new Map(zones));
    expect(forward.map((z) => z.zone)).toEqual(['10', '9', 'a', 'b', 'c']);
    expect(fitZones(new Map([...zones].reverse()))).toEqual(forward);
    for (const { zone: name, result } of forward) expect(result).toEqual(fitWeights(new Map(zones).get(name)!));
  });

  it('lets a zone that cannot be fitted stop no other', () => {
    const mixed = new Map([
      ...zones,
      [
        'bad',
        problemOf(people, base, [
          [1, 0],
          [0, 0, 1],
        ]),
      ],
      ['worse', problemOf([[0]], [1], [[0, 1]])],
    ]);
    const status = new Map(fitZones(mixed).map((z) => [z.zone, z.result.status]));
    expect(status.get('bad')).toBe('converged');
    expect(status.get('worse')).toBe('infeasible');
    expect(status.get('a')).toBe('converged');
  });

  it('names the zone of a problem that cannot be read', () => {
    const broken = new Map([['7', { ...zone(0.5), records: 3 }]]);
    expect(() => fitZones(broken)).toThrow('zone 7: weighting.base: wrong number of entries; got 8, expected 3.');
  });
});

describe('personConstraints', () => {
  const margin = {
    name: 'sex',
    categories: ['women', 'men'],
    codes: Int32Array.of(0, 1, 1, 0, -1, 0),
    totals: Float64Array.of(5, 7),
  };

  it('counts the persons of each household in each category', () => {
    const [women, men] = personConstraints(margin, Int32Array.of(0, 0, 0, 1, 1, -1), 3);
    expect(women).toEqual({
      name: 'sex',
      category: 'women',
      values: Float64Array.of(1, 1, 0),
      asked: 5,
      unit: 'total',
    });
    expect(men).toMatchObject({ category: 'men', values: Float64Array.of(2, 0, 0), asked: 7 });
    expect(personConstraints({ ...margin, importance: 2 }, Int32Array.of(0, 0, 0, 1, 1, -1), 3)[0]!.importance).toBe(2);
  });

  // Households of 1 woman, of 1 man, and of both: 10 households with 8 women and 7 men leave 2, 3 and 5... as x + z = 8, y + z = 7, x + y + z = 10.
  it('controls households and persons at once', () => {
    const constraints = personConstraints(
      { ...margin, codes: Int32Array.of(0, 1, 0, 1), totals: Float64Array.of(8, 7) },
      Int32Array.of(0, 1, 2, 2),
      3,
    );
    const { status, weights, cells } = fitWeights({
      records: 3,
      base: Float64Array.of(1, 1, 1),
      margins: [],
      constraints,
      total: 10,
    });
    expect(status).toBe('converged');
    expect(largestDifference(weights, [3, 2, 5])).toBeLessThan(1e-8);
    expect(cells.map(({ margin: name, category }) => [name, category])).toEqual([
      ['sex', 'women'],
      ['sex', 'men'],
    ]);
  });

  it.each([
    [{ codes: Int32Array.of(0) }, 'personMargin[sex].codes: wrong number of persons; got 1, expected 6.'],
    [{ totals: Float64Array.of(1) }, 'personMargin[sex].totals: wrong number of categories; got 1, expected 2.'],
    [
      { codes: Int32Array.of(0, 1, 2, 0, 0, 0) },
      'personMargin[sex].codes[2]: no such category; got 2, expected -1 to 1.',
    ],
  ])('names the fault %#', (edit, message) => {
    expect(() => personConstraints({ ...margin, ...edit }, Int32Array.of(0, 0, 0, 1, 1, -1), 3)).toThrow(message);
  });

  it('names a household that does not exist', () => {
    expect(() => personConstraints(margin, Int32Array.of(0, 0, 0, 1, 1, 3), 3)).toThrow(
      'personMargin[sex].householdOf[5]: no such household; got 3, expected -1 to 2.',
    );
  });
});
