import type { SolverStatus } from '../core/solver-status.js';
import type { TransportProblem } from './problem.js';
import { solve } from './sinkhorn.js';

export type { PointMasses, TransportProblem } from './problem.js';

/** How to solve: {@link SinkhornOptions} with one ρ, that of the source. */
export interface SemiRelaxedOptions {
  /** Regularisation ε > 0, in cost units, finite. */
  readonly epsilon: number;
  /**
   * ρ ≥ 0, in cost units: how strongly the source masses are held, by ρ KL(P1 ‖ a). 0 lets them go where the target
   * pulls them (one pass, closed form); Infinity holds them (balanced transport).
   */
  readonly rho: number;
  /** Largest error of rows and columns that counts as converged. Default 1e-6. */
  readonly tolerance?: number;
  /** A whole number ≥ 1. Default 1 000. */
  readonly maxIterations?: number;
  /** Threads, this one among them; the bytes of the result do not depend on it. Default 1. */
  readonly workers?: number;
}

/** What was found. */
export interface SemiRelaxedSolution {
  readonly status: SolverStatus;
  readonly iterations: number;
  /** (n) row sums of the coupling: the source masses after transport; they sum to one. */
  readonly rowMasses: Float64Array;
  /** Σᵢ |(P1)ᵢ - aᵢ exp(-fᵢ/ρ)|, the violated optimality of the rows; for ρ = Infinity the row marginal error. */
  readonly rowError: number;
  /** Σⱼ |(Pᵀ1)ⱼ - bⱼ| */
  readonly columnError: number;
  /** Potentials f (n) and g (m), in cost units: Pᵢⱼ = aᵢ bⱼ exp((fᵢ + gⱼ - Cᵢⱼ)/ε). */
  readonly f: Float64Array;
  readonly g: Float64Array;
}

/**
 * Semi-relaxed entropic transport: minimises ⟨P, C⟩ + ε KL(P ‖ a⊗b) + ρ KL(P1 ‖ a) over couplings whose column sums are b.
 * Balanced transport cannot reweight a pool, because it fixes the row sums; letting them go is what makes transport a
 * weighting.
 *
 * @throws {Failure} as {@link sinkhorn}
 * @see Chizat et al. (2018) Math. Comp. 87 (scaling algorithms); Séjourné, Peyré & Vialard (2023) arXiv:2211.08775
 */
export async function semiRelaxedTransport(
  problem: TransportProblem,
  { rho, ...options }: SemiRelaxedOptions,
): Promise<SemiRelaxedSolution> {
  return solve(problem, { ...options, sourceRho: rho }, 'semiRelaxedTransport');
}
