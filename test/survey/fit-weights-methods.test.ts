import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitWeights, type WeightingOptions } from '../../src/survey/fit-weights.js';
import {
  calibrateSlowly,
  eliminate,
  feasible,
  largestDifference,
  problemOf,
  ratioOf,
  sizes,
} from './weighting-fixture.js';

describe('linear: the generalised regression estimator', () => {
  // w = d (1 + φ' (Σ d φ φ')⁻ (t - Σ d φ)), Deville & Särndal (1992) eq. 2.6, with an intercept and by elimination.
  it('is the closed form', () => {
    fc.assert(
      fc.property(feasible, ({ people, base, shares }) => {
        const total = base.reduce((s, b) => s + b, 0);
        const d = base.map((b) => (b / total) * people.length);
        const rows = people.map((p) => [
          1,
          ...sizes.flatMap((size, m) => Array.from({ length: size }, (_, c) => (p[m] === c ? 1 : 0))),
        ]);
        const wanted = [1, ...shares.flat()].map((t) => t * people.length);
        const gram = wanted.map((_, a) =>
          wanted.map((__, b) => rows.reduce((s, row, i) => s + d[i]! * row[a]! * row[b]!, 0)),
        );
        const gap = wanted.map((t, a) => t - rows.reduce((s, row, i) => s + d[i]! * row[a]!, 0));
        const beta = eliminate(gram, gap);
        const expected = rows.map((row, i) => d[i]! * (1 + row.reduce((s, x, a) => s + x * beta[a]!, 0)));
        const { status, weights, iterations } = fitWeights(problemOf(people, base, shares), { method: 'linear' });
        expect(status).toBe('converged');
        expect(iterations).toBeLessThanOrEqual(3);
        expect(largestDifference(weights, expected)).toBeLessThan(1e-7);
      }),
      { seed: 20260105, numRuns: 150 },
    );
  });

  // d (1 + β x) on x = 0, 1, 2 with mean m: β = (m - 1) / (2/3), so the first weight is 1 - (m - 1) 3/2, negative from m > 5/3.
  it('may go below zero, unless told not to', () => {
    const constraint = { name: 'x', values: Float64Array.of(0, 1, 2), asked: 1.8, unit: 'mean' } as const;
    const problem = { records: 3, base: Float64Array.of(1, 1, 1), margins: [], constraints: [constraint] };
    expect(largestDifference(fitWeights(problem, { method: 'linear' }).weights, [-0.2, 1, 2.2])).toBeLessThan(1e-9);
    const cut = fitWeights(problem, { method: 'linear', bounds: { lower: 0 } });
    expect(cut.status).toBe('converged');
    expect(largestDifference(cut.weights, [0, 0.6, 2.4])).toBeLessThan(1e-9);
  });
});

describe('bounds inside the solver', () => {
  const bounded = (['maxent', 'linear', 'logit'] as const).map((method) => ({ method, lower: 0.3, upper: 3 }));

  // Feasible by construction: the margins are those of weights with ratios between 1/4 and 4 of the mean ratio.
  it.each(bounded)('$method: the weights of the slow method, within the bounds', ({ method, lower, upper }) => {
    let converged = 0;
    fc.assert(
      fc.property(feasible, ({ people, base, shares }) => {
        const problem = problemOf(people, base, shares);
        const { status, weights } = fitWeights(problem, { method, bounds: { lower, upper } });
        if (status !== 'converged') return;
        converged++;
        const mean = base.reduce((s, b) => s + b, 0) / people.length;
        for (const [i, w] of weights.entries()) {
          expect((w * mean) / base[i]!).toBeGreaterThanOrEqual(lower - 1e-9);
          expect((w * mean) / base[i]!).toBeLessThanOrEqual(upper + 1e-9);
        }
        const slow = calibrateSlowly(people, base, shares, (u) => ratioOf[method](u, lower, upper));
        expect(
          largestDifference(
            weights,
            slow.map((w) => w * people.length),
          ),
        ).toBeLessThan(1e-6);
      }),
      { seed: 20260106, numRuns: 40 },
    );
    expect(converged).toBeGreaterThan(30);
  });

  // One margin of two categories of base shares 3/4 and 1/4 can reach what the bounds leave, and nothing else.
  it.each([
    { share: 0.41, upper: 1.65, status: 'converged' },
    { share: 0.41, upper: 1.63, status: 'infeasible' },
    { share: 0.2, upper: 10, status: 'converged' },
    { share: 0.13, upper: 10, status: 'converged' },
    { share: 0.12, upper: 10, status: 'infeasible' },
  ])('a share of $share with ratios from 0.5 to $upper: $status', ({ share, upper, status }) => {
    const problem = problemOf([[0], [1]], [3, 1], [[1 - share, share]]);
    for (const method of ['maxent', 'linear', 'logit'] as const)
      expect(fitWeights(problem, { method, bounds: { lower: 0.5, upper } }).status).toBe(status);
  });

  it.each(['maxent', 'linear'] as const)('%s: a cap holds for the weight itself, whatever the base', (method) => {
    const people = [[0], [0], [0], [1], [1], [1]];
    const base = [1, 2, 9, 1, 1, 1];
    const problem = problemOf(people, base, [[0.5, 0.5]]);
    const { status, weights } = fitWeights(problem, { method, cap: 1.8 });
    expect(status).toBe('converged');
    // Of the three records that share 3, the one of base 9 stops at the cap and the others keep their proportion.
    expect(weights[2]).toBeCloseTo(1.8, 9);
    expect(weights[0]! + weights[1]!).toBeCloseTo(1.2, 9);
    if (method === 'maxent') expect(weights[1]! / weights[0]!).toBeCloseTo(2, 8);
    expect(fitWeights(problem, { method, cap: 1.0001 }).status).toBe('converged');
    expect(fitWeights(problemOf(people, base, [[0.6, 0.4]]), { method, cap: 1.19 }).status).toBe('infeasible');
  });
});

describe('fitWeights: faults', () => {
  const good = problemOf([[0], [1]], [1, 1], [[0.5, 0.5]]);
  const margin = good.margins[0]!;
  const number = { name: 'x', values: Float64Array.of(0, 1), asked: 0.5, unit: 'mean' } as const;
  it.each([
    [{ base: Float64Array.of(1) }, 'weighting.base: wrong number of entries; got 1, expected 2.'],
    [{ base: Float64Array.of(1, NaN) }, 'weighting.base[1]: not a number to weight by; got NaN, expected ≥ 0.'],
    [{ base: Float64Array.of(0, 0) }, 'weighting.base: no positive weight; got 0, expected > 0.'],
    [{ total: -1 }, 'weighting.total: not a total; got -1, expected a finite number ≥ 0.'],
    [
      { margins: [{ ...margin, codes: Int32Array.of(0) }] },
      'weighting.margins[m0].codes: wrong number of entries; got 1, expected 2.',
    ],
    [
      { margins: [{ ...margin, codes: Int32Array.of(0, 2) }] },
      'weighting.margins[m0].codes[1]: no such category; got 2, expected -1 to 1.',
    ],
    [
      { margins: [{ ...margin, asked: Float64Array.of(1) }] },
      'weighting.margins[m0].asked: wrong number of entries; got 1, expected 2.',
    ],
    [
      { margins: [{ ...margin, asked: Float64Array.of(50, 50) }] },
      'weighting.margins[m0].asked: shares do not sum to one; got 100, expected 1.',
    ],
    [
      { margins: [{ ...margin, asked: Float64Array.of(-0.5, 1.5) }] },
      'weighting.margins[m0].asked[0]: not a number to weight by; got -0.5, expected ≥ 0.',
    ],
    [
      { margins: [{ ...margin, codes: Int32Array.of(-1, -1) }] },
      'weighting.margins[m0]: nobody with weight is in its universe; got 0, expected > 0.',
    ],
    [
      { margins: [{ ...margin, importance: 0 }] },
      'weighting.margins[m0].importance: not an importance; got 0, expected a finite number > 0.',
    ],
    [
      { constraints: [{ ...number, values: Float64Array.of(0, Infinity) }] },
      'weighting.constraints[x].values[1]: not a number to weight by; got Infinity, expected a finite number.',
    ],
    [
      { constraints: [{ ...number, category: 'y', asked: NaN }] },
      'weighting.constraints[x = y].asked: not a finite number; got NaN, expected a finite number.',
    ],
    [
      { constraints: [{ ...number, unit: 'total' as const }] },
      'weighting.total: not known: no margin with totals holds every record; expected a number.',
    ],
  ])('names the fault of a problem %#', (edit, message) => {
    expect(() => fitWeights({ ...good, ...edit })).toThrow(message);
  });

  it.each<[WeightingOptions, string]>([
    [{ method: 'rake', cap: 3 }, 'weighting.cap: raking does not have it; got 3, expected maxent or linear.'],
    [
      { method: 'rake', bounds: { upper: 3 } },
      'weighting.bounds: raking does not have it; got "{\\"upper\\":3}", expected maxent, linear or logit.',
    ],
    [{ method: 'logit' }, 'weighting.bounds.upper: logit needs one; got Infinity, expected a finite number > 1.'],
    [
      { method: 'logit', bounds: { upper: 3 }, cap: 2 },
      'weighting.cap: logit does not have it; got 2, expected maxent or linear.',
    ],
    [{ bounds: { lower: 1 } }, 'weighting.bounds.lower: no lower bound; got 1, expected a number ≥ 0 and < 1.'],
    [{ bounds: { upper: 1 } }, 'weighting.bounds.upper: no upper bound; got 1, expected a number > 1.'],
    [{ cap: 1 }, 'weighting.cap: no cap; got 1, expected a finite number > 1.'],
    [{ tolerance: 0 }, 'weighting.tolerance: not a tolerance; got 0, expected > 0.'],
    [
      { maxIterations: 1.5 },
      'weighting.maxIterations: not a number of iterations; got 1.5, expected a whole number ≥ 0.',
    ],
  ])('refuses an option that does not apply %#', (options, message) => {
    expect(() => fitWeights(good, options)).toThrow(message);
  });

  it('refuses what raking would ignore', () => {
    const soft = { ...good, margins: [{ ...margin, importance: 2 }] };
    expect(() => fitWeights(soft, { method: 'rake' })).toThrow(
      'weighting.margins[m0].importance: raking does not have it; got 2',
    );
    const counted = { ...good, constraints: [number] };
    expect(() => fitWeights(counted, { method: 'rake' })).toThrow('weighting.constraints[x]: raking does not have it');
  });
});

describe('caps that hold a whole category', () => {
  // 95 and 5 records to .81 and .19: the 5 weigh 3.8 each, so that any cap from there on can be kept.
  const people = Array.from({ length: 100 }, (_, i) => [i < 95 ? 0 : 1]);
  it.each([3.81, 3.85, 3.9, 4, 5, 10])('are kept, and the margin met: %s', (cap) => {
    const { status, weights } = fitWeights(problemOf(people, new Array<number>(100).fill(1), [[0.81, 0.19]]), { cap });
    expect(status).toBe('converged');
    expect(weights[99]).toBeCloseTo(3.8, 8);
  });
});
