import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import {
  marginShares,
  maxMarginErrorPoints,
  measureStep,
  noiseFloor,
  peopleMeter,
  traitCells,
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
    });
    expect(step.maxMarginErrorPoints).toBeCloseTo(30, 10);
    expect(step.effectiveSampleSize).toBeCloseTo(100 / 30, 12);
    expect(step.effectivePeople).toBeCloseTo(1 / (0.09 + 0.09 + 0.16), 12);
    expect(step.maxAuthorShare).toBeCloseTo(0.4, 12);
  });

  it('measures traits with the meter', () => {
    const [pool, others] = [normalPeople(50, 'pool'), normalPeople(80, 'others')];
    const meter = peopleMeter(others, randomStream('meter'), 10)!;
    const weights = new Float64Array(50).fill(1);
    const step = measureStep(
      'selection',
      target,
      pool,
      Array.from({ length: 50 }, (_, i) => `${i}`),
      weights,
      meter,
    );
    const found = meter({ points: pool.traits!, weights });
    for (const name of traitMetricNames) expect(step[name]).toBe(found[name]);
  });

  it('has no meter for people without traits', () => expect(peopleMeter(four, randomStream('meter'))).toBeNull());
});

describe('noiseFloor', () => {
  const meter = peopleMeter(normalPeople(3_000, 'reference'), randomStream('meter'), 20)!;
  const others = normalPeople(2_000, 'others');
  const floor = noiseFloor(meter, others, 100, 40, randomStream('floor'));

  it('has a median below the 95th percentile for each divergence', () => {
    expect(Object.keys(floor)).toEqual([...traitMetricNames]);
    for (const name of traitMetricNames) expect(floor[name].median).toBeLessThan(floor[name].p95);
  });

  it('sinks as groups grow: like 1 / sqrt(n) for distances', () => {
    const larger = noiseFloor(meter, others, 900, 40, randomStream('floor'));
    for (const name of ['amw', 'slicedWasserstein'] as const) {
      const ratio = floor[name].median / larger[name].median;
      expect(ratio).toBeGreaterThan(1.8);
      expect(ratio).toBeLessThan(3.5);
    }
  });

  it('draws with replacement, so that a group may be larger than the people are', () => {
    const one = people([[0, 0, 0]], [[1, 2, 3, 4, 5]]);
    const all = noiseFloor(meter, one, 300, 3, randomStream('one'));
    const found = meter({ points: one.traits!, weights: Float64Array.of(1) });
    for (const name of ['amw', 'frechet', 'slicedWasserstein'] as const) {
      expect(all[name].median).toBeCloseTo(found[name], 9);
      expect(all[name].p95).toBeCloseTo(found[name], 9);
    }
  });

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
