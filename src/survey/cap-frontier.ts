import type { SolverStatus } from '../core/solver-status.js';
import { weightDiagnostics, type WeightDiagnostics } from './diagnostics.js';
import { fitSignatures, fitWeights, type WeightingOptions, type WeightingResult } from './fit-weights.js';
import { uniqueSignatures } from './signatures.js';
import type { WeightingProblem } from './weighting-problem.js';

/** What one cap on the weights costs and buys. */
export interface CappedFit extends WeightDiagnostics {
  /** Largest weight allowed, in units of the mean weight; null for none. */
  readonly cap: number | null;
  readonly status: SolverStatus;
  /** Of the weights that the solver ended with; unless `converged` they are not the best possible. */
  readonly maxMarginError: number;
}

/**
 * Weights without cap and under each cap, the margins kept in every case: how much precision a cap saves, and where it
 * makes the margins impossible. Nothing is trimmed afterwards, so margins do not break. Every fit begins where the last ended; a
 * cap that no weight reaches has the answer that there is without.
 *
 * @param caps in units of the mean weight, each > 1; larger ones first is quickest
 * @param free the fit without cap, where it is known
 * @throws {Failure} `invalid-input` as {@link fitWeights}
 */
export function capFrontier(
  problem: WeightingProblem,
  { caps = [8, 6, 4, 2], ...options }: Omit<WeightingOptions, 'cap'> & { readonly caps?: readonly number[] } = {},
  free: WeightingResult = fitWeights(problem, options),
): CappedFit[] {
  const rowOf = (cap: number | null, { status, maxMarginError, weights }: WeightingResult): CappedFit => ({
    cap,
    status,
    maxMarginError,
    ...weightDiagnostics(weights),
  });
  const whole = rowOf(null, free);
  const isMet = free.status === 'converged';
  const binding = caps.filter((cap) => !isMet || cap < whole.maxRelativeWeight);
  const signatures = binding.length > 0 && free.signatures > 0 ? uniqueSignatures(problem, true) : undefined;
  let start = isMet ? free.multipliers : undefined;
  return [
    whole,
    ...caps.map((cap) => {
      if (signatures === undefined || !binding.includes(cap)) return { ...whole, cap };
      const fit = fitSignatures(problem, signatures, { ...options, cap }, start);
      if (fit.status === 'converged') start = fit.multipliers;
      return rowOf(cap, fit);
    }),
  ];
}
