import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import { moments, sum } from '../../../src/numerics/statistics.js';
import {
  buildConstraints,
  countsOf,
  jointCodes,
  minCellPersonas,
  weightingProblem,
  type ConstraintSet,
} from '../../../src/population/align/constraints.js';
import { traitDomains } from '../../../src/psychometrics/inventory.js';
import { margin, people, tinyTarget, tinyVariables } from '../fixture.js';

/** What is asked of a constraint and its value for every persona, by its name: from the margins, then from the numbers. */
function constraintOf(
  { constraints, margins, numbers }: ConstraintSet,
  name: string,
): { asked: number; values: number[] } {
  const all = [
    ...margins.flatMap(({ categories, codes, asked }) =>
      categories.map((_, c) => ({ asked: asked[c]!, values: Array.from(codes, (code) => (code === c ? 1 : 0)) })),
    ),
    ...numbers.map(({ asked, values }) => ({ asked, values: [...values] })),
  ];
  expect(all).toHaveLength(constraints.length);
  const at = constraints.findIndex((constraint) => constraint.name === name);
  expect(at, name).toBeGreaterThanOrEqual(0);
  return all[at]!;
}
const column = (set: ConstraintSet, name: string): number[] => constraintOf(set, name).values;
const targetOf = (set: ConstraintSet, name: string): number => constraintOf(set, name).asked;
const names = ({ constraints }: ConstraintSet): string[] => constraints.map(({ name }) => name);

describe('jointCodes and countsOf', () => {
  const target = tinyTarget();
  const four = people([
    [0, 0, 1],
    [1, 2, 0],
    [0, 0, 0],
    [1, 1, 1],
  ]);
  it('number the cells like cellsOf', () => {
    expect([...jointCodes(target, four, ['sex', 'age'])]).toEqual([0, 5, 0, 4]);
    expect([...jointCodes(target, four, ['age', 'sex'])]).toEqual([0, 5, 0, 3]);
    expect([...jointCodes(target, four, [])]).toEqual([0, 0, 0, 0]);
    expect([...countsOf(Uint32Array.of(0, 5, 0, 4), 6)]).toEqual([2, 0, 0, 0, 1, 1]);
  });
});

describe('buildConstraints: margins', () => {
  /** All six cells of sex x age, north and south. */
  const complete = people([
    [0, 0, 0],
    [0, 1, 1],
    [0, 2, 0],
    [1, 0, 1],
    [1, 1, 0],
    [1, 2, 1],
    [0, 0, 1],
  ]);

  it('by hand: one 0/1 column a cell, joints first, the share as target', () => {
    const set = buildConstraints(tinyTarget(), complete, complete);
    expect(names(set)).toEqual([
      'sex x age = female x 16-29',
      'sex x age = female x 30-64',
      'sex x age = female x 65+',
      'sex x age = male x 16-29',
      'sex x age = male x 30-64',
      'sex x age = male x 65+',
      'sex = female',
      'sex = male',
      'region = north',
      'region = south',
    ]);
    expect(set.unsupported).toEqual([]);
    [0.1, 0.3, 0.2, 0.15, 0.2, 0.05, 0.6, 0.4, 0.4, 0.6].forEach((share, c) =>
      expect(targetOf(set, names(set)[c]!)).toBeCloseTo(share, 12),
    );
    expect(column(set, 'sex x age = female x 16-29')).toEqual([1, 0, 0, 0, 0, 0, 1]);
    expect(column(set, 'sex = male')).toEqual([0, 0, 0, 1, 1, 1, 0]);
    expect(column(set, 'region = north')).toEqual([1, 0, 1, 0, 1, 0, 0]);
    expect(set.margins.map(({ name, unit }) => [name, unit])).toEqual([
      ['sex x age', 'share'],
      ['sex', 'share'],
      ['region', 'share'],
    ]);
    for (const { kind, subject, name, importance } of set.constraints) {
      expect([kind, subject]).toEqual(['margin', name.split(' = ')[0]]);
      expect(importance).toBe(1);
    }
  });

  it('leaves out a cell that nobody can fill, scales the rest, and takes over to the margin inside', () => {
    // Nobody is an old man (.05), so sex follows from the rest: women .6 / .95.
    const noOldMen = people([
      [0, 0, 0],
      [0, 1, 1],
      [0, 2, 0],
      [1, 0, 1],
      [1, 1, 0],
    ]);
    const set = buildConstraints(tinyTarget(), noOldMen, noOldMen);
    expect(set.unsupported).toEqual(['sex x age = male x 65+']);
    expect(names(set)).not.toContain('sex x age = male x 65+');
    expect(targetOf(set, 'sex x age = female x 16-29')).toBeCloseTo(0.1 / 0.95, 12);
    expect(targetOf(set, 'sex = female')).toBeCloseTo(0.6 / 0.95, 12);
    expect(targetOf(set, 'sex = male')).toBeCloseTo(0.35 / 0.95, 12);
    expect(targetOf(set, 'region = north')).toBeCloseTo(0.4, 12);
  });

  it('names a category that nobody has once, in the joint that it follows from', () => {
    const women = people([
      [0, 0, 0],
      [0, 1, 1],
      [0, 2, 0],
    ]);
    const set = buildConstraints(tinyTarget(), women, women);
    expect(set.unsupported).toEqual(['sex x age = male x 16-29', 'sex x age = male x 30-64', 'sex x age = male x 65+']);
    expect(names(set)).not.toContain('sex = male');
    expect(targetOf(set, 'sex = female')).toBe(1);
  });

  it('does not miss what the target does not ask for, and asks that it gets no weight', () => {
    const target = tinyTarget({ margins: [margin(tinyVariables, 'region', [1, 0])] });
    const north = people([[0, 0, 0]]);
    expect(buildConstraints(target, north, north).unsupported).toEqual([]);
    const both = people([
      [0, 0, 0],
      [0, 0, 1],
    ]);
    const set = buildConstraints(target, both, both);
    expect(targetOf(set, 'region = south')).toBe(0);
  });

  it('leaves out a margin of which nobody has any category that is asked for', () => {
    const target = tinyTarget({ margins: [margin(tinyVariables, 'region', [1, 0])] });
    const south = people([[0, 0, 1]]);
    const set = buildConstraints(target, south, south);
    expect([set.unsupported, set.margins]).toEqual([['region = north'], []]);
  });

  it('asks everything of a pool that others can join, and has their values behind its own', () => {
    const [women, man] = [
      people([
        [0, 0, 0],
        [0, 1, 1],
        [0, 2, 0],
      ]),
      people([[1, 2, 1]]),
    ];
    const set = buildConstraints(tinyTarget(), women, complete, { more: man });
    expect(set.unsupported).toEqual([]);
    expect(targetOf(set, 'sex = male')).toBeCloseTo(0.4, 12);
    expect(targetOf(set, 'sex x age = male x 16-29')).toBeCloseTo(0.15, 12);
    expect(column(set, 'sex = male')).toEqual([0, 0, 0, 1]);
    expect(column(set, 'sex x age = male x 65+')).toEqual([0, 0, 0, 1]);
  });

  it('gives targets that sum to one for every margin, though published shares are rounded', () => {
    const target = tinyTarget({ margins: [margin(tinyVariables, 'age', [0.3333336, 0.3333336, 0.3333336])] });
    const set = buildConstraints(target, complete, complete);
    expect(sum(set.margins[0]!.asked)).toBeCloseTo(1, 14);
  });
});

describe('weightingProblem', () => {
  const set: ConstraintSet = {
    constraints: [
      { kind: 'margin', name: 'sex = female', subject: 'sex', importance: 1 },
      { kind: 'margin', name: 'sex = male', subject: 'sex', importance: 1 },
      { kind: 'trait-moment', name: 'openness spread', subject: 'openness', importance: 0.5 },
    ],
    margins: [
      {
        name: 'sex',
        categories: ['female', 'male'],
        codes: Int32Array.of(0, 1),
        asked: Float64Array.of(0.5, 0.5),
        unit: 'share',
      },
    ],
    numbers: [{ name: 'openness spread', values: Float64Array.of(1, -4), asked: 1, unit: 'mean' }],
    unsupported: [],
  };

  // Errors of numbers are counted in units of the largest value, here 4: 16 times as important there is the same.
  it('has importances in shares and SD, or nothing for what has to be met', () => {
    const base = Float64Array.of(2, 1);
    const soft = weightingProblem(set, base, ({ importance }) => importance);
    expect([soft.margins[0]!.importance, soft.constraints![0]!.importance]).toEqual([1, 8]);
    expect(soft).toMatchObject({ records: 2, total: 1, base });
    const exact = weightingProblem(set, base, () => undefined);
    expect([exact.margins, exact.constraints]).toEqual([set.margins, set.numbers]);
  });
});

describe('buildConstraints: traits', () => {
  const variables = [
    { name: 'sex', categories: ['female', 'male'] },
    { name: 'age', categories: ['adult'], bounds: [[18, 99]] as [number, number][] },
  ];
  const target = tinyTarget({ variables, margins: [margin(variables, 'sex', [0.5, 0.5])], associations: [] });
  const random = randomStream('constraints');
  const draw = (): number[] => traitDomains.map(() => 1 + Math.round(40 * random.uniform()) / 10);
  /** As many women as a controlled cell needs, one man too few. */
  const pool = people(
    Array.from({ length: 2 * minCellPersonas - 1 }, (_, i) => [i < minCellPersonas ? 0 : 1, 0]),
    Array.from({ length: 2 * minCellPersonas - 1 }, draw),
  );
  const reference = people(
    Array.from({ length: 80 }, (_, i) => [i % 4 === 0 ? 1 : 0, 0]),
    Array.from({ length: 80 }, draw),
  );
  const set = buildConstraints(target, pool, reference);
  const { mean, sd } = moments(reference.traits!, 5, new Float64Array(80).fill(1));
  const z = (traits: Float64Array, i: number, k: number): number => (traits[i * 5 + k]! - mean[k]!) / sd[k]!;
  const average = (value: (i: number) => number): number =>
    Array.from({ length: 80 }, (_, i) => value(i)).reduce((s, x) => s + x / 80, 0);

  it('controls means in cells with enough personas, means, spreads, products and quantiles', () => {
    const kinds = (kind: string): string[] => set.constraints.filter((c) => c.kind === kind).map(({ name }) => name);
    expect(kinds('margin')).toEqual(['sex = female', 'sex = male']);
    expect(kinds('trait-cell-mean')).toEqual(traitDomains.map((domain) => `${domain} mean of female x adult`));
    expect(kinds('trait-moment')).toHaveLength(5 + 15);
    expect(kinds('trait-moment').slice(0, 5)).toEqual([
      'extraversion mean',
      'extraversion spread',
      'agreeableness mean',
      'extraversion with agreeableness',
      'agreeableness spread',
    ]);
    expect(kinds('trait-quantile')).toHaveLength(5 * 17);
    expect(set.unsupported).toEqual([]);
  });

  it('measures traits in SDs of the reference people', () => {
    const [e, a] = [0, 1];
    const rows = [0, 7, 40];
    expect(targetOf(set, 'agreeableness mean')).toBeCloseTo(0, 12);
    expect(targetOf(set, 'agreeableness spread')).toBeCloseTo(1, 12);
    expect(targetOf(set, 'extraversion with agreeableness')).toBeCloseTo(
      average((i) => z(reference.traits!, i, e) * z(reference.traits!, i, a)),
      12,
    );
    expect(targetOf(set, 'agreeableness mean of female x adult')).toBeCloseTo(
      average((i) => (reference.codes[2 * i] === 0 ? z(reference.traits!, i, a) : 0)),
      12,
    );
    for (const i of rows) {
      expect(column(set, 'agreeableness mean')[i]).toBeCloseTo(z(pool.traits!, i, a), 12);
      expect(column(set, 'agreeableness spread')[i]).toBeCloseTo(z(pool.traits!, i, a) ** 2, 12);
      expect(column(set, 'extraversion with agreeableness')[i]).toBeCloseTo(
        z(pool.traits!, i, e) * z(pool.traits!, i, a),
        12,
      );
      expect(column(set, 'agreeableness mean of female x adult')[i]).toBeCloseTo(
        i < minCellPersonas ? z(pool.traits!, i, a) : 0,
        12,
      );
    }
  });

  it('asks for the share of reference people at or below each quantile', () => {
    const scores = Array.from({ length: 80 }, (_, i) => reference.traits![5 * i + 4]!).sort((x, y) => x - y);
    const median = scores[39]!;
    const name = `openness at most ${median.toFixed(2)}`;
    expect(targetOf(set, name)).toBeCloseTo(scores.filter((x) => x <= median).length / 80, 12);
    expect(column(set, name)).toEqual(
      Array.from({ length: pool.size }, (_, i) => (pool.traits![5 * i + 4]! <= median ? 1 : 0)),
    );
  });

  it('asks the traits of people in supported cells only', () => {
    const women = people(
      Array.from({ length: 40 }, () => [0, 0]),
      Array.from({ length: 40 }, draw),
    );
    const only = buildConstraints(target, women, reference);
    const rows = [...Array(80).keys()].filter((i) => reference.codes[2 * i] === 0);
    const scores = rows.map((i) => reference.traits![5 * i]!);
    const own = scores.reduce((s, x) => s + x / rows.length, 0);
    const spread = Math.sqrt(scores.reduce((s, x) => s + (x - own) ** 2 / rows.length, 0));
    expect(only.unsupported).toEqual(['sex = male']);
    expect(targetOf(only, 'extraversion mean')).toBeCloseTo(0, 12);
    expect(column(only, 'extraversion mean')[3]).toBeCloseTo((women.traits![15]! - own) / spread, 12);
  });

  it('has no trait constraints where one side has no traits', () => {
    const bare = { ...pool, traits: null };
    expect(buildConstraints(target, bare, reference).constraints.every(({ kind }) => kind === 'margin')).toBe(true);
    expect(buildConstraints(target, pool, { ...reference, traits: null }).constraints).toHaveLength(2);
  });
});
