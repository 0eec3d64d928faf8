import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { normalCdf } from '../../src/numerics/normal.js';
import { areaUnderCurve, twoSampleTest } from '../../src/transport/two-sample-test.js';

const equal = (n: number): Float64Array => new Float64Array(n).fill(1);
const normals = (n: number, d: number, name: string, shift = 0, spread = 1) => {
  const random = randomStream('two samples', name);
  return { points: Float64Array.from({ length: n * d }, () => shift + spread * random.normal()), weights: equal(n) };
};
const scored = (...scores: number[]) => ({
  scores: Float64Array.from(scores),
  shares: equal(scores.length).map((w) => w / scores.length),
});

describe('areaUnderCurve', () => {
  // R package pROC 1.18: auc and var(method = "delong").
  it('is that of pROC, with the variance of DeLong', () => {
    const found = areaUnderCurve(scored(0.1, 0.4, 0.35, 0.8, 0.8, 0.9, 0.55), scored(0.2, 0.3, 0.35, 0.05, 0.6, 0.8));
    expect(found.auc).toBeCloseTo(0.702380952381, 12);
    expect(found.variance).toBeCloseTo(0.0245937263794, 12);
  });

  it('takes weights for what they are', () => {
    const heavy = { scores: Float64Array.of(1, 3), shares: Float64Array.of(0.25, 0.75) };
    expect(areaUnderCurve(heavy, scored(2)).auc).toBe(0.75);
    expect(areaUnderCurve(scored(2), heavy).auc).toBe(0.25);
    expect(areaUnderCurve(scored(2), scored(2))).toEqual({ auc: 0.5, variance: 0 });
  });
});

describe('twoSampleTest', () => {
  // The best rule for N(m, I) against N(0, I) has the area Φ(|m|/√2).
  it('reaches the best area for shifted Gaussians', () => {
    const found = twoSampleTest(normals(3_000, 3, 'a', 0.5), normals(3_000, 3, 'b'), 3, randomStream('t'));
    const best = normalCdf(Math.sqrt(0.75 / 2));
    expect(found.auc).toBeGreaterThan(best - 0.03);
    expect(found.auc).toBeLessThan(best + 0.03);
    // Hanley & McNeil: about √(A (1 - A) / n) at most, here .0083, times 1.5 for the folds.
    expect(found.standardError).toBeGreaterThan(0.003);
    expect(found.standardError).toBeLessThan(0.0125);
    expect(found.points).toEqual([3_000, 3_000]);
  });

  it('sees spreads and correlations where the means are equal', () => {
    const wide = twoSampleTest(normals(1_000, 2, 'wide', 0, 1.7), normals(1_000, 2, 'narrow'), 2, randomStream('t'));
    expect(wide.interval.lower).toBeGreaterThan(0.58);
    const tied = normals(1_000, 2, 'tied');
    for (let i = 0; i < 1_000; i++) tied.points[2 * i + 1] = 0.8 * tied.points[2 * i]! + 0.6 * tied.points[2 * i + 1]!;
    const found = twoSampleTest(tied, normals(1_000, 2, 'free'), 2, randomStream('t'));
    expect(found.interval.lower).toBeGreaterThan(0.58);
  });

  // One distribution, sixty times: the interval has ½ in at least 54 (95 % of 60 is 57; below 54 in one of fifty).
  it('has ½ in its interval for equal distributions, as often as it says', () => {
    let [covered, total] = [0, 0];
    for (let i = 0; i < 60; i++) {
      const { auc, interval } = twoSampleTest(
        normals(200, 2, `l${i}`),
        normals(150, 2, `r${i}`),
        2,
        randomStream('t', i),
      );
      if (interval.lower <= 0.5 && interval.upper >= 0.5) covered++;
      total += auc;
    }
    expect(covered).toBeGreaterThanOrEqual(54);
    expect(Math.abs(total / 60 - 0.5)).toBeLessThan(0.02);
  });

  it('sees weights that undo a difference', () => {
    const pool = normals(4_000, 1, 'pool', 0.5);
    const people = normals(4_000, 1, 'people');
    const undone = { points: pool.points, weights: pool.points.map((x) => Math.exp(-0.5 * x + 0.125)) };
    const [before, after] = [pool, undone].map((sample) => twoSampleTest(sample, people, 1, randomStream('t')));
    expect(before!.interval.lower).toBeGreaterThan(0.6);
    expect(after!.interval.lower).toBeLessThan(0.5);
    expect(after!.auc).toBeLessThan(0.53);
  });

  it('is sure of samples that have nothing in common, and takes constant columns', () => {
    const [far, near] = [normals(60, 1, 'far', 100), normals(60, 1, 'near')];
    const sure = twoSampleTest(far, near, 1, randomStream('t'));
    expect([sure.auc, sure.interval.upper]).toEqual([1, 1]);
    expect(sure.interval.lower).toBeCloseTo(1, 9);
    const flat = { points: new Float64Array(20).fill(3), weights: equal(20) };
    expect(twoSampleTest(flat, flat, 1, randomStream('t'))).toMatchObject({ auc: 0.5, standardError: 0 });
  });

  it('looks at so many points of a large sample', () => {
    const found = twoSampleTest(normals(500, 1, 'many'), normals(80, 1, 'few'), 1, randomStream('t'), {
      mostPoints: 100,
    });
    expect(found.points).toEqual([100, 80]);
  });

  it.each([
    {
      fault: 'one fold',
      folds: 1,
      n: 50,
      message: 'twoSampleTest.folds: not a number of folds; got 1, expected a whole number from 2 to 255.',
    },
    {
      fault: 'few points',
      folds: 5,
      n: 9,
      message: 'twoSampleTest.a: too few points with weight; got 9, expected at least 10, two for each fold.',
    },
  ])('names $fault', ({ folds, n, message }) =>
    expect(() => twoSampleTest(normals(n, 1, 'f'), normals(50, 1, 'g'), 1, randomStream('t'), { folds })).toThrow(
      message,
    ),
  );

  it.each([
    {
      fault: 'no weight',
      edit: { weights: new Float64Array(50) },
      message: 'twoSampleTest.b.weights: no positive total; got 0.',
    },
    {
      fault: 'no number',
      edit: { points: new Float64Array(50).fill(NaN) },
      message: 'twoSampleTest.b[0]: not a point; got NaN, ',
    },
  ])('names $fault', ({ edit, message }) =>
    expect(() => twoSampleTest(normals(50, 1, 'f'), { ...normals(50, 1, 'g'), ...edit }, 1, randomStream('t'))).toThrow(
      message,
    ),
  );
});
