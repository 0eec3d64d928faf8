import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import {
  floorGroup,
  marginShares,
  maxMarginErrorPoints,
  measureStep,
  noiseFloor,
  peopleMeter,
  populationMeter,
  traitCells,
  type TraitDistances,
} from '../../../src/population/align/quality.js';
import { traitMetricNames } from '../../../src/population/diagnostics.js';
import { people, tinyTarget } from '../fixture.js';

const target = tinyTarget();
const four = people([
  [0, 0, 0],
  [0, 1, 1],
  [1, 2, 0],
  [1, 1, 1],
]);
const normalPeople = (size: number, name: string) => {
  const random = randomStream('quality', name);
  return people(
    Array.from({ length: size }, (_, i) => [i % 2, i % 3, 0]),
    Array.from({ length: size }, () => Array.from({ length: 5 }, () => random.normal())),
  );
};

describe('margins', () => {
  it('are weighted shares of any scale', () => {
    const shares = marginShares(target, target.margins[1]!, four, [1, 2, 3, 4]);
    [0.1, 0.2, 0, 0, 0.4, 0.3].forEach((share, c) => expect(shares[c]).toBeCloseTo(share, 12));
    expect([...marginShares(target, target.margins[2]!, four, [0, 0, 5, 0])]).toEqual([1, 0]);
    expect([...marginShares(target, target.margins[2]!, four, Int32Array.of(1, 1, 1, 1))]).toEqual([0.5, 0.5]);
  });

  // Sex .3 .7 (asked .6 .4: 30 points); the largest cell of sex x age: male x 65+ .3 (asked .05: 25); region .4 .6 (0).
  it('are off by the largest gap of any cell, in points', () =>
    expect(maxMarginErrorPoints(target, four, [1, 2, 3, 4])).toBeCloseTo(30, 10));
});

describe('measureStep', () => {
  it('says how precise and how far off the weights are', () => {
    const step = measureStep('kept', target, four, ['ann', 'ann', 'bob', 'eve'], Float64Array.of(1, 2, 3, 4), null);
    expect(step).toMatchObject({
      step: 'kept',
      amw: null,
      frechet: null,
      slicedWasserstein: null,
      mmd2: null,
      maxCorrelationError: null,
      maxJointCorrelationError: null,
    });
    expect(step.maxMarginErrorPoints).toBeCloseTo(30, 10);
    expect(step.effectiveSampleSize).toBeCloseTo(100 / 30, 12);
    expect(step.effectivePeople).toBeCloseTo(1 / (0.09 + 0.09 + 0.16), 12);
    expect(step.maxAuthorShare).toBeCloseTo(0.4, 12);
  });

  it('hands on the distances of traits', () => {
    const distances = Object.fromEntries(
      traitMetricNames.map((name, k) => [name, k / 10]),
    ) as unknown as TraitDistances;
    const step = measureStep('selection', target, four, ['a', 'b', 'c', 'd'], new Float64Array(4).fill(1), distances);
    for (const name of traitMetricNames) expect(step[name]).toBe(distances[name]);
  });
});

describe('populationMeter', () => {
  const [pool, test, fit] = [normalPeople(50, 'pool'), normalPeople(80, 'test'), normalPeople(90, 'fit')];
  const weights = Float64Array.from({ length: 50 }, (_, i) => 1 + (i % 4));

  it('measures traits from each group by the same yardstick', () => {
    const found = populationMeter(target, [test, fit], randomStream('meter'))!(pool, weights);
    const alone = peopleMeter(test, randomStream('meter'))!({ points: pool.traits!, weights });
    for (const [name, value] of Object.entries(alone)) expect(found[0]![name as 'amw']).toBe(value);
    expect(found).toHaveLength(2);
    // Projections do not change with the group that stands beside.
    const both = populationMeter(target, [test, test], randomStream('meter'))!(pool, weights);
    expect(both[1]).toEqual(both[0]);
  });

  it('has no meter for people without traits', () => {
    expect(peopleMeter(four, randomStream('meter'))).toBeNull();
    expect(populationMeter(target, [test, four], randomStream('meter'))).toBeNull();
  });

  it('takes the joint error over all correlations, the slow way', () => {
    const found = populationMeter(target, [test], randomStream('meter'))!(pool, weights)[0]!;
    const columns = (group: typeof pool): number[][] => [
      ...Array.from({ length: 5 }, (_, k) => Array.from({ length: group.size }, (_, i) => group.traits![i * 5 + k]!)),
      Array.from({ length: group.size }, (_, i) => (group.codes[i * 3] === 0 ? 1 : 0)),
      // Middles of 16-29, 30-64 and 65-89.
      Array.from({ length: group.size }, (_, i) => [22.5, 47, 77][group.codes[i * 3 + 1]!]!),
    ];
    const sum = (values: number[]): number => values.reduce((s, x) => s + x, 0);
    const correlation = (x: number[], y: number[], w: number[]): number => {
      const mean = (z: number[]): number => sum(z.map((v, i) => v * w[i]!)) / sum(w);
      const [mx, my] = [mean(x), mean(y)];
      const cov = (a: number[], ma: number, b: number[], mb: number): number =>
        mean(a.map((v, i) => (v - ma) * (b[i]! - mb)));
      return cov(x, mx, y, my) / Math.sqrt(cov(x, mx, x, mx) * cov(y, my, y, my));
    };
    const [own, theirs] = [columns(pool), columns(test)];
    const equal = Array.from({ length: test.size }, () => 1);
    const gaps = own.flatMap((x, k) =>
      own.map((y, l) => Math.abs(correlation(x, y, [...weights]) - correlation(theirs[k]!, theirs[l]!, equal))),
    );
    expect(found.maxJointCorrelationError).toBeCloseTo(Math.max(...gaps), 12);
    expect(found.maxJointCorrelationError).toBeGreaterThanOrEqual(found.maxCorrelationError);
  });

  it('sees traits that have lost their people, which the traits alone do not show', () => {
    // Women 2 higher in the first domain; then the same scores handed to the other sex.
    const withSex = (flip: boolean) => {
      const group = normalPeople(400, 'sexes');
      for (let i = 0; i < 400; i++) group.traits![i * 5]! += i % 2 === 0 ? 2 : 0;
      return flip ? { ...group, codes: group.codes.map((code, at) => (at % 3 === 0 ? 1 - code : code)) } : group;
    };
    const meter = populationMeter(target, [withSex(false)], randomStream('meter'))!;
    const [found] = meter(withSex(true), new Float64Array(400).fill(1));
    expect(found!.maxCorrelationError).toBe(0);
    expect(found!.maxJointCorrelationError).toBeGreaterThan(1);
  });
});

describe('noiseFloor', () => {
  const [test, fit] = [normalPeople(3_000, 'reference'), normalPeople(3_000, 'fit')];
  const meter = populationMeter(target, [test, fit], randomStream('meter'))!;
  const others = normalPeople(2_000, 'others');
  const floor = noiseFloor(meter, others, 100, 40, randomStream('floor'));

  it('has a median below the 95th percentile for each divergence', () => {
    expect(Object.keys(floor)).toEqual([...traitMetricNames]);
    for (const name of traitMetricNames) expect(floor[name].median).toBeLessThan(floor[name].p95);
  });

  it('says how far the two groups differ for like people: far less than the floor, never below 0', () => {
    for (const name of traitMetricNames) expect(floor[name].foldGapP95, name).toBeGreaterThanOrEqual(0);
    // Only of distances: the kernel statistic is 0 on average, and what is left of it differs as much as it does itself.
    for (const name of ['amw', 'frechet', 'slicedWasserstein'] as const)
      expect(floor[name].foldGapP95, name).toBeLessThan(0.3 * floor[name].p95);
    const same = noiseFloor(
      populationMeter(target, [test, test], randomStream('meter'))!,
      others,
      100,
      5,
      randomStream('floor'),
    );
    for (const name of traitMetricNames) expect(same[name].foldGapP95).toBe(0);
  });

  it('finds like people nearer to the second group than that now and then only', () => {
    const many = noiseFloor(meter, normalPeople(20_000, 'many'), 100, 100, randomStream('gaps'));
    let nearer = 0;
    for (let group = 0; group < 100; group++) {
      const [fromTest, fromFit] = meter(normalPeople(100, `like ${group}`), new Float64Array(100).fill(1));
      for (const name of traitMetricNames) if (fromTest![name] - fromFit![name] > many[name].foldGapP95) nearer++;
    }
    // Of 600. A quantile from a hundred groups is rough, and the figures of one group go together; without one it were half.
    expect(nearer).toBeGreaterThan(5);
    expect(nearer).toBeLessThan(120);
  });

  it('sinks as groups grow: like 1 / sqrt(n) for distances', () => {
    const larger = noiseFloor(meter, others, 900, 40, randomStream('floor'));
    for (const name of ['amw', 'slicedWasserstein'] as const) {
      const ratio = floor[name].median / larger[name].median;
      expect(ratio).toBeGreaterThan(1.8);
      expect(ratio).toBeLessThan(3.5);
    }
  });

  it('draws with replacement, but never more than the people are', () => {
    const one = people([[0, 0, 0]], [[1, 2, 3, 4, 5]]);
    const same = people(
      Array.from({ length: 300 }, () => [0, 0, 0]),
      Array.from({ length: 300 }, () => [1, 2, 3, 4, 5]),
    );
    const all = noiseFloor(meter, same, 300, 3, randomStream('one'));
    const found = meter(one, Float64Array.of(1))[0]!;
    for (const name of ['amw', 'frechet', 'slicedWasserstein'] as const) {
      expect(all[name].median).toBeCloseTo(found[name], 9);
      expect(all[name].p95).toBeCloseTo(found[name], 9);
    }
    expect(() => noiseFloor(meter, same, 301, 3, randomStream('one'))).toThrow(
      'noiseFloor.size: more people than there are; got 301, expected at most 300.',
    );
    // Without replacement all groups of everybody would be one and the same, and the floor without spread.
    const few = normalPeople(60, 'few');
    const groups = noiseFloor(meter, few, 60, 20, randomStream('few'));
    expect(groups.amw.p95).toBeGreaterThan(1.05 * groups.amw.median);
  });

  it.each([
    { agents: 1_000, people: 20_000, expected: 1_000 },
    { agents: 30_000, people: 20_000, expected: 20_000 },
  ])('has groups of $agents agents, or of all $people people', ({ agents, people: size, expected }) =>
    expect(floorGroup(agents, { ...others, size })).toBe(expected),
  );

  it('is the same for the same stream', () =>
    expect(noiseFloor(meter, others, 100, 40, randomStream('floor'))).toEqual(floor));
});

describe('traitCells', () => {
  const traits = (x: number): number[] => [x, 2, 3, 4, 5];
  const pool = people(
    [
      [0, 0, 0],
      [0, 0, 1],
      [1, 1, 0],
      [1, 2, 0],
    ],
    [traits(1), traits(4), traits(3), traits(2)],
  );
  const others = people(
    [
      [0, 0, 0],
      [0, 0, 0],
      [1, 1, 1],
    ],
    [traits(2), traits(4), traits(3)],
  );

  it('by hand: means of the cells that both have, the gap in SDs of the others', () => {
    const cells = traitCells(target, pool, Float64Array.of(1, 3, 2, 5), others);
    expect(cells).toHaveLength(2 * 5);
    // Women 16-29: (1 + 3 x 4) / 4 = 3.25 against 3 with SD 1; effective size 16 / 10.
    expect(cells[0]).toEqual({
      cell: 'female x 16-29',
      domain: 'extraversion',
      target: 3,
      achieved: 3.25,
      differenceSd: 0.25,
      effectiveSampleSize: 1.6,
    });
    // Without spread among the others there is no unit to measure in.
    expect(cells[1]).toMatchObject({ domain: 'agreeableness', achieved: 2, differenceSd: 0 });
    expect(cells[5]).toMatchObject({ cell: 'male x 30-64', domain: 'extraversion', effectiveSampleSize: 1 });
  });

  it('leaves out cells in which nobody has weight', () =>
    expect(new Set(traitCells(target, pool, Float64Array.of(0, 0, 1, 1), others).map(({ cell }) => cell))).toEqual(
      new Set(['male x 30-64']),
    ));

  it('is empty without traits', () => {
    expect(traitCells(target, { ...pool, traits: null }, new Float64Array(4), others)).toEqual([]);
    expect(traitCells(target, pool, new Float64Array(4), { ...others, traits: null })).toEqual([]);
  });
});
