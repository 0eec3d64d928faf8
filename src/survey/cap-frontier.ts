import type { SolverStatus } from '../core/solver-status.js';
import { weightDiagnostics, type WeightDiagnostics } from './diagnostics.js';
import { fitWeights, type WeightingOptions } from './fit-weights.js';
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
 * makes the margins impossible. Nothing is trimmed afterwards, so margins do not break.
 *
 * @param caps in units of the mean weight, each > 1
 * @throws {Failure} `invalid-input` as {@link fitWeights}
 */
export function capFrontier(
  problem: WeightingProblem,
  { caps = [8, 6, 4, 2], ...options }: Omit<WeightingOptions, 'cap'> & { readonly caps?: readonly number[] } = {},
): CappedFit[] {
  return [null, ...caps].map((cap) => {
    const { status, maxMarginError, weights } = fitWeights(problem, cap === null ? options : { ...options, cap });
    return { cap, status, maxMarginError, ...weightDiagnostics(weights) };
  });
}
