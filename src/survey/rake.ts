import type { SolverStatus } from '../core/solver-status.js';
import { normalized, sum } from '../numerics/statistics.js';
import { codeSums, maxMarginError, measureCells } from './cells.js';
import { askedShares, weightTotal, type CategoryMargin, type WeightingProblem } from './weighting-problem.js';

export interface RakingSolution {
  readonly status: SolverStatus;
  /** Sweeps over all margins. */
  readonly iterations: number;
  /** (records) summing to one. */
  readonly weights: Float64Array;
  /** (cells) log of the factor that each category was scaled by, all sweeps together. */
  readonly multipliers: Float64Array;
}

/** Sweeps in which the error must fall by a hundredth, else raking has stalled. */
const patience = 100;

/**
 * Raking: iterative proportional fitting of weights to one categorical margin after the other, until all are met. Margins
 * that contradict each other make it circle; it then says `stalled`. Numeric constraints and importances are not looked at.
 *
 * @param base (records) base weights, not all zero
 * @see Deming & Stephan (1940) Ann. Math. Statist. 11; Csiszár (1975) Ann. Probab. 3 (each step is a projection in
 * Kullback-Leibler divergence, so the limit is that of maximum entropy)
 */
export function rake(
  problem: WeightingProblem,
  base: Float64Array,
  { tolerance, maxIterations }: { readonly tolerance: number; readonly maxIterations: number },
): RakingSolution {
  const { margins } = problem;
  const total = weightTotal(problem);
  const asked = margins.map((margin) => askedShares(margin, total));
  const logs = margins.map(({ categories }) => new Float64Array(categories.length));
  const weights = normalized(base);
  const errorOf = (): number => maxMarginError(measureCells(problem, weights));
  const ended = (status: SolverStatus, iterations: number): RakingSolution => ({
    status,
    iterations,
    weights,
    multipliers: Float64Array.from(logs.flatMap((own) => Array.from(own))),
  });

  if (errorOf() <= tolerance) return ended('converged', 0);
  let [best, bestBefore] = [Infinity, Infinity];
  for (let sweep = 1; sweep <= maxIterations; sweep++) {
    let worst = 0;
    for (const [m, margin] of margins.entries()) {
      const step = scaling(margin, asked[m]!, codeSums(margin.codes, weights, margin.categories.length));
      if (step === undefined) return ended('infeasible', sweep);
      worst = Math.max(worst, step.error);
      for (let i = 0; i < weights.length; i++) weights[i]! *= step.factors[margin.codes[i]! + 1]!;
      logs[m]!.forEach(
        (log, c) => (logs[m]![c] = step.factors[c + 1]! > 0 ? log + Math.log(step.factors[c + 1]!) : log),
      );
    }
    if (worst <= tolerance && errorOf() <= tolerance) return ended('converged', sweep);
    best = Math.min(best, worst);
    if (sweep % patience > 0) continue;
    if (best > 0.99 * bestBefore) return ended('stalled', sweep);
    bestBefore = best;
  }
  return ended('iteration-limit', maxIterations);
}

/**
 * Factors that project onto one margin, and the error before. The total stays one; of a margin of shares the size of the
 * universe moves as it does in the projection.
 *
 * @param sums weight of each code, counted from -1
 * @returns undefined when a category is asked for that nobody is in
 */
function scaling(
  { unit }: CategoryMargin,
  asked: Float64Array,
  sums: Float64Array,
): { factors: Float64Array; error: number } | undefined {
  const outside = sums[0]!;
  const universe = sum(sums.subarray(1));
  const whole = unit === 'share' ? universe : 1;
  const factors = new Float64Array(sums.length);
  let error = 0;
  let divergence = 0;
  for (let c = 0; c < asked.length; c++) {
    const mass = sums[c + 1]!;
    if (asked[c]! > 0 && !(mass > 0)) return undefined;
    error = Math.max(error, Math.abs(mass - asked[c]! * whole));
    if (!(asked[c]! > 0)) continue;
    factors[c + 1] = (asked[c]! * whole) / mass;
    divergence += asked[c]! * Math.log(factors[c + 1]!);
  }
  if (unit === 'total') {
    const left = 1 - sum(asked);
    if (outside > 0) factors[0] = Math.max(left, 0) / outside;
    return { factors, error };
  }
  const shrink = Math.exp(-divergence);
  const mass = outside + universe * shrink;
  for (let c = 1; c < factors.length; c++) factors[c]! *= shrink / mass;
  factors[0] = 1 / mass;
  return { factors, error };
}
