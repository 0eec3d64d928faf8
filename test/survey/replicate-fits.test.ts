import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { sum } from '../../src/numerics/statistics.js';
import { fitWeights, type WeightingOptions } from '../../src/survey/fit-weights.js';
import {
  replicateEstimate,
  replicateFits,
  svrepdesignCode,
  type ReplicateFits,
  type ReplicateOptions,
} from '../../src/survey/replicate-fits.js';
import type { WeightingProblem } from '../../src/survey/weighting-problem.js';
import { feasible, largestDifference, problemOf } from './weighting-fixture.js';

const run = (problem: WeightingProblem, options: ReplicateOptions, seed = 'replicates') => {
  const { weights } = fitWeights(problem, options.weighting);
  return { weights, fits: replicateFits(problem, weights, options, randomStream(seed)) };
};
const meanOf =
  (y: readonly number[]) =>
  (weights: Float64Array): number =>
    y.reduce((s, value, i) => s + weights[i]! * value, 0) / sum(weights);

describe('replicateFits', () => {
  // Leaving out one of n records each gives the textbook variance of a mean, s²/n.
  it('is the variance of a mean when each record is left out once', () => {
    const y = [1, 4, 2, 8, 5];
    const { weights, fits } = run(
      problemOf(
        y.map(() => []),
        [1, 1, 1, 1, 1],
        [],
      ),
      { kind: 'jackknife' },
    );
    expect([fits.weights.length, fits.tried, fits.scale]).toEqual([5, 5, 0.8]);
    const { estimate, variance, standardError } = replicateEstimate(weights, fits, meanOf(y));
    expect(estimate).toBeCloseTo(4, 12);
    expect(variance).toBeCloseTo(30 / 4 / 5, 10);
    expect(standardError).toBeCloseTo(Math.sqrt(1.5), 10);
  });

  // A category of which the share is known has no variance; without calibrating again it would have.
  it.each(['bootstrap', 'jackknife'] as const)('%s: knows what the margins know', (kind) => {
    const codes = Array.from({ length: 30 }, (_, i) => i % 3);
    const problem = problemOf(
      codes.map((c) => [c]),
      codes.map(() => 1),
      [[0.2, 0.5, 0.3]],
    );
    const isFirst = meanOf(codes.map((c) => (c === 0 ? 1 : 0)));
    const again = run(problem, { kind, count: 12 });
    expect(again.fits.failed).toEqual([]);
    expect(replicateEstimate(again.weights, again.fits, isFirst).variance).toBeLessThan(1e-18);
    const once = run(problem, { kind, count: 12, recalibrate: false });
    expect(replicateEstimate(once.weights, once.fits, isFirst).variance).toBeGreaterThan(1e-4);
    for (const weights of [...again.fits.weights, ...once.fits.weights]) expect(sum(weights)).toBeCloseTo(30, 8);
  });

  // The slow method: each replicate fitted from its own base weights, found by asking for it without calibration.
  it.each<{ name: string; weighting: WeightingOptions }>([
    { name: 'maxent', weighting: { method: 'maxent' } },
    { name: 'rake', weighting: { method: 'rake', maxIterations: 100_000 } },
    { name: 'linear', weighting: { method: 'linear' } },
    { name: 'capped', weighting: { cap: 20 } },
  ])('$name: the weights are those fitted from the base weights', ({ weighting }) => {
    fc.assert(
      fc.property(feasible, fc.constantFrom('bootstrap' as const, 'jackknife' as const), (own, kind) => {
        const problem = problemOf(own.people, own.base, own.shares);
        const main = fitWeights(problem, weighting);
        expect(main.status).toBe('converged');
        const options = { kind, count: 4, weighting };
        const fits = replicateFits(problem, main.weights, options, randomStream('same'));
        const plain = replicateFits(problem, problem.base, { ...options, recalibrate: false }, randomStream('same'));
        const slow = plain.weights.map((base) => {
          const lost = problem.margins.some(({ codes }) => codes.every((_, i) => base[i] === 0));
          return lost ? null : fitWeights({ ...problem, base, total: problem.records }, weighting);
        });
        const converged = slow.flatMap((fit) => (fit?.status === 'converged' ? [fit.weights] : []));
        expect(fits.weights.length).toBe(converged.length);
        expect(fits.weights.length + fits.failed.length).toBe(fits.tried);
        fits.weights.forEach((weights, r) => expect(largestDifference(weights, converged[r]!)).toBeLessThan(1e-5));
      }),
      { seed: 20260101, numRuns: 25 },
    );
  });

  it('keeps clusters together, deals them evenly and is the same for the same stream', () => {
    const clusters = Array.from({ length: 60 }, (_, i) => `p${i % 20}`);
    const problem = problemOf(
      clusters.map(() => []),
      clusters.map(() => 1),
      [],
    );
    const { fits } = run(problem, { kind: 'jackknife', count: 6, clusters });
    expect([fits.tried, fits.scale]).toEqual([6, 5 / 6]);
    for (const weights of fits.weights) {
      const zero = new Set(clusters.filter((_, i) => weights[i] === 0));
      expect([3, 4]).toContain(zero.size);
      clusters.forEach((cluster, i) => expect(weights[i] === 0).toBe(zero.has(cluster)));
    }
    expect(run(problem, { count: 5, clusters }).fits).toEqual(run(problem, { count: 5, clusters }).fits);
    expect(run(problem, { count: 5, clusters }, 'other').fits).not.toEqual(run(problem, { count: 5, clusters }).fits);
  });

  it('has 40 replicates unless told otherwise, and scales of 1/40', () => {
    const { fits } = run(
      problemOf(
        Array.from({ length: 50 }, () => []),
        new Array<number>(50).fill(1),
        [],
      ),
      {},
    );
    expect([fits.kind, fits.tried, fits.weights.length, fits.scale]).toEqual(['bootstrap', 40, 40, 1 / 40]);
    expect([...fits.rscales]).toEqual(new Array(40).fill(1));
  });

  it('leaves out and counts replicates that lose a category', () => {
    // The only record of the second category is in one of three groups.
    const problem = problemOf([[0], [0], [1]], [1, 1, 1], [[0.5, 0.5]]);
    const { fits } = run(problem, { kind: 'jackknife' });
    expect(fits.failed).toEqual(['infeasible']);
    expect([fits.weights.length, fits.scale, fits.rscales.length]).toEqual([2, 2 / 2, 2]);
  });

  it('leaves out a replicate in which nobody is left', () => {
    const { fits, weights } = run(problemOf([[], []], [1, 0], []), { kind: 'jackknife' });
    expect(fits.failed).toEqual(['infeasible']);
    expect(replicateEstimate(weights, fits, () => 7)).toEqual({ estimate: 7, variance: 0, standardError: 0 });
    const none: ReplicateFits = { ...fits, weights: [], rscales: new Float64Array(0) };
    expect(replicateEstimate(weights, none, () => 7)).toEqual({ estimate: 7, variance: null, standardError: null });
  });

  it('has replicates of zero where nobody lives', () => {
    const { fits } = run(problemOf([[0], [0]], [1, 1], [[0]], 'total'), { kind: 'jackknife' });
    expect(fits.weights.map((weights) => [...weights])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it.each<{ fault: string; options: ReplicateOptions; records: number; message: string }>([
    {
      fault: 'one replicate',
      options: { count: 1 },
      records: 2,
      message: 'replicates.count: not a number of replicates; got 1, expected a whole number ≥ 2.',
    },
    {
      fault: 'one person',
      options: { clusters: ['a', 'a'] },
      records: 2,
      message: 'replicates.clusters: nothing to compare; got 1, expected at least 2.',
    },
    {
      fault: 'clusters of another sample',
      options: { clusters: ['a', 'b', 'c'] },
      records: 2,
      message: 'replicates.clusters: wrong number of entries; got 3, expected 2.',
    },
    {
      fault: 'weights of another sample',
      options: {},
      records: 3,
      message: 'replicates.weights: wrong number of entries; got 3, expected 2.',
    },
  ])('names the fault: $fault', ({ options, records, message }) =>
    expect(() =>
      replicateFits(problemOf([[], []], [1, 1], []), new Float64Array(records).fill(1), options, randomStream('x')),
    ).toThrow(message),
  );
});

describe('replicateEstimate', () => {
  const fits = (weights: readonly (readonly number[])[], scale: number): ReplicateFits => ({
    kind: 'jackknife',
    tried: weights.length,
    failed: [],
    weights: weights.map((own) => Float64Array.from(own)),
    scale,
    rscales: new Float64Array(weights.length).fill(1),
  });

  // R survey 4.1.1: svymean of y = 2, 3, 5, 11 in svrepdesign(weights = c(1, 2, 3, 2), repweights = the rows below as columns,
  // type = "JK1", scale = 2/3, rscales = rep(1, 3), combined.weights = TRUE, mse = TRUE); by type = "bootstrap" with scale = 1/3 half of it.
  it('is what R makes of the same replicates', () => {
    const weights = Float64Array.of(1, 2, 3, 2);
    const replicates = [
      [0, 3, 4, 1],
      [2, 0, 4, 2],
      [1, 3, 1, 3],
    ];
    const found = replicateEstimate(weights, fits(replicates, 2 / 3), meanOf([2, 3, 5, 11]));
    expect(found.estimate).toBeCloseTo(5.625, 12);
    expect(found.variance).toBeCloseTo(0.4375, 12);
    expect(replicateEstimate(weights, fits(replicates, 1 / 3), meanOf([2, 3, 5, 11])).variance).toBeCloseTo(
      0.21875,
      12,
    );
  });
});

describe('svrepdesignCode', () => {
  it('is R code to paste', () => {
    const { fits } = run(
      problemOf(
        Array.from({ length: 8 }, () => []),
        new Array<number>(8).fill(1),
        [],
      ),
      {
        kind: 'jackknife',
      },
    );
    expect(svrepdesignCode(fits, 'out/weights "1".csv')).toBe(`library(survey)
people <- read.csv("out/weights \\"1\\".csv")
design <- svrepdesign(
  data = people,
  weights = ~weight,
  repweights = "^replicate_[0-9]+$",
  type = "JK1",
  combined.weights = TRUE,
  scale = 0.875,
  rscales = rep(1, 8),
  mse = TRUE
)
`);
    expect(svrepdesignCode({ ...fits, kind: 'bootstrap' }, 'w.csv')).toContain('type = "bootstrap",');
  });
});
