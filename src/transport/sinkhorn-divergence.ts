import type { SolverStatus } from '../core/solver-status.js';
import type { TransportProblem } from './problem.js';
import { sinkhorn, type SinkhornOptions } from './sinkhorn.js';

/** How far two weighted clouds are apart, without the bias of the entropy. */
export interface SinkhornDivergence {
  /** In cost units; 0 for equal clouds, and never below it but for the errors of the three problems. */
  readonly value: number;
  /** `converged` only where all three problems did. */
  readonly status: SolverStatus;
}

/**
 * S(a, b) = OT(a, b) - ½ OT(a, a) - ½ OT(b, b), with OT the value of the entropic problem including its entropy.
 *
 * @throws {Failure} as {@link sinkhorn}
 * @see Feydy et al. (2019) AISTATS, arXiv:1810.08278
 */
export function sinkhornDivergence(problem: TransportProblem, options: SinkhornOptions): SinkhornDivergence {
  const { source, target } = problem;
  const between = sinkhorn(problem, options);
  const within = [source, target].map((cloud) => sinkhorn({ ...problem, source: cloud, target: cloud }, options));
  const status = [between, ...within].find((solution) => solution.status !== 'converged')?.status ?? 'converged';
  return { value: between.dual - within.reduce((s, { dual }) => s + dual, 0) / 2, status };
}
