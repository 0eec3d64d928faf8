import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrate, type CalibrationProblem, type CalibrationSolution } from '../../src/survey/calibrate.js';
import { indicators, onLine, sparse, vec } from './fixture.js';

/** Whether the multipliers prove that no weights can do it: every record with weight misses in their direction. */
function isCertificate({ features, targets, base }: CalibrationProblem, { multipliers }: CalibrationSolution): boolean {
  const wanted = targets.reduce((s, t, k) => s + t * multipliers[k]!, 0);
  return base.every((b, i) => {
    let score = 0;
    for (let e = features.offsets[i]!; e < features.offsets[i + 1]!; e++)
      score += features.value[e]! * multipliers[features.index[e]!]!;
    return b === 0 || score < wanted;
  });
}

describe('calibrate: feasibility', () => {
  it.each([
    { name: 'well outside', target: 2.5, status: 'infeasible' },
    { name: 'just outside', target: 2 + 1e-7, status: 'infeasible' },
    { name: 'on the edge, which weights reach in the limit', target: 2, status: 'converged' },
    { name: 'just inside', target: 2 - 1e-7, status: 'converged' },
    { name: 'just outside below', target: -1e-7, status: 'infeasible' },
    { name: 'an empty category is the lower edge', target: 0, status: 'converged' },
  ])('a mean of points in [0, 2]: $name', ({ target, status }) => {
    const problem = onLine([0, 1, 2], target);
    const solution = calibrate(problem);
    expect(solution.status).toBe(status);
    if (status === 'infeasible') expect(isCertificate(problem, solution)).toBe(true);
    else expect(solution.maxError).toBeLessThanOrEqual(1e-9);
  });

  it('counts only records that have weight', () => {
    const problem = { base: vec(1, 1, 0), features: sparse([[0], [1], [2]]), targets: vec(1.5) };
    const solution = calibrate(problem);
    expect(solution.status).toBe('infeasible');
    expect(isCertificate(problem, solution)).toBe(true);
  });

  it.each([
    { lower: 0, upper: 0.9 },
    { lower: 1.1, upper: 3 },
  ])('has no weights of total one with ratios from $lower to $upper', ({ lower, upper }) => {
    const solution = calibrate({ ...onLine([0, 1], 0.5), lower: vec(lower, lower), upper: vec(upper, upper) });
    expect(solution).toMatchObject({
      status: 'infeasible',
      iterations: 0,
      multipliers: vec(0),
      weights: vec(0.5, 0.5),
    });
  });

  it('proves that two margins contradict each other, though each could be met', () => {
    const problem = {
      base: vec(1, 1),
      features: indicators(
        [
          [0, 0],
          [1, 1],
        ],
        [2, 2],
      ),
      targets: vec(0.5, 0.5, 0.6, 0.4),
    };
    const solution = calibrate(problem);
    expect(solution.status).toBe('infeasible');
    expect(isCertificate(problem, solution)).toBe(true);
  });

  // The target lies `inside` of the way from the centre to the farthest record in a random direction of the plane.
  it('in the plane: converged inside the hull, infeasible with a certificate outside', () => {
    const point = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 }));
    const direction = fc.integer({ min: 0, max: 359 });
    fc.assert(
      fc.property(fc.array(point, { minLength: 3, maxLength: 12 }), direction, (points, degrees) => {
        const base = new Float64Array(points.length).fill(1);
        const features = sparse(points.map(([x, y]) => [x / 10, y / 10]));
        const u = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)] as const;
        const reach = Math.max(...points.map(([x, y]) => (u[0] * x + u[1] * y) / 10));
        const outside = {
          base,
          features,
          targets: vec(u[0] * (reach + 0.05) + 1e-3 * u[1], u[1] * (reach + 0.05) - 1e-3 * u[0]),
        };
        const refused = calibrate(outside);
        expect(refused.status).toBe('infeasible');
        expect(isCertificate(outside, refused)).toBe(true);

        const mixed = points.map((_, i) => 1 + ((i * 7 + degrees) % 5));
        const total = mixed.reduce((s, w) => s + w, 0);
        const inside = {
          base,
          features,
          targets: vec(...[0, 1].map((k) => points.reduce((s, p, i) => s + (mixed[i]! * p[k]!) / 10 / total, 0))),
        };
        const solution = calibrate(inside);
        expect(solution.status).toBe('converged');
        // The claim of convergence, recomputed from the weights.
        [0, 1].forEach((k) => {
          const achieved = points.reduce((s, p, i) => s + (solution.weights[i]! * p[k]!) / 10, 0);
          expect(Math.abs(achieved - inside.targets[k]!)).toBeLessThan(1.1e-9);
        });
        expect(solution.weights.reduce((s, w) => s + w, 0)).toBeCloseTo(1, 12);
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });

  it.each([0, 1, 2, 3])('admits that %i steps were too few, with the true error', (maxIterations) => {
    const problem = onLine([0, 1, 2], 1.999);
    const { status, iterations, weights, maxError } = calibrate(problem, { maxIterations });
    expect([status, iterations]).toEqual(['iteration-limit', maxIterations]);
    expect(maxError).toBeGreaterThan(1e-9);
    expect(Math.abs(weights[1]! + 2 * weights[2]! - 1.999)).toBeCloseTo(maxError, 12);
  });

  it('moves the weights no more than it must: any other weights that meet the targets are farther from the base', () => {
    const { weights } = calibrate(onLine([0, 1, 2, 3], 2));
    const divergence = (w: ArrayLike<number>): number => Array.from(w).reduce((s, x) => s + x * Math.log(4 * x), 0);
    // Directions that keep the total and the mean.
    for (const step of [
      [1, -2, 1, 0],
      [0, 1, -2, 1],
      [1, -1, -1, 1],
    ])
      for (const size of [1e-3, -1e-3])
        expect(divergence(weights.map((w, i) => w + size * step[i]!))).toBeGreaterThan(divergence(weights));
  });
});
