import { Failure } from '../core/failure.js';
import type { SolverStatus } from '../core/solver-status.js';
import { logKernelSums, type KernelSumsInput } from '../numerics/kernel-sums.js';
import { sum } from '../numerics/statistics.js';
import { checkPoints } from './check-points.js';

/** Mass at points: (n x d) row-major points, (n) masses that sum to one. */
export interface PointMasses {
  readonly points: Float64Array;
  readonly masses: Float64Array;
}

/** Transport between two point clouds with cost C = Σₖ ((xₖ - yₖ)/sₖ)². */
export interface TransportProblem {
  readonly dimensions: number;
  readonly source: PointMasses;
  readonly target: PointMasses;
  /** (d) s, the unit of each dimension in the cost, > 0. */
  readonly scale: Float64Array;
}

export interface SemiRelaxedOptions {
  /** Regularisation ε > 0, in cost units, finite. */
  readonly epsilon: number;
  /**
   * ρ ≥ 0, in cost units: how strongly the source masses are held, by ρ KL(P1 ‖ a). 0 lets them go where the target
   * pulls them (one pass, closed form); Infinity holds them (balanced transport).
   */
  readonly rho: number;
  /** Largest row error that counts as converged; the column marginal is exact after every iteration. Default 1e-6. */
  readonly tolerance?: number;
  /** A whole number ≥ 1. Default 1 000. */
  readonly maxIterations?: number;
  /** Default: the plain function. */
  readonly kernelSums?: (input: KernelSumsInput) => Float64Array | Promise<Float64Array>;
}

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
 * Semi-relaxed entropic transport in the log domain: minimises ⟨P, C⟩ + ε KL(P ‖ a⊗b) + ρ KL(P1 ‖ a) over couplings
 * whose column sums are b. Balanced transport cannot reweight a pool, because it fixes the row sums; letting them go is
 * what makes transport a weighting.
 *
 * Time O(n m d) an iteration, memory O(n + m). Zero masses are allowed and stay zero.
 *
 * @throws {Failure} `invalid-input` on shapes that do not fit, points that are not finite, masses that do not sum to one,
 *   a scale, ε or ρ out of range, or no iteration; `not-converged` where a target point is out of reach
 * @see Chizat et al. (2018) Math. Comp. 87 (scaling algorithms); Séjourné, Peyré & Vialard (2023) arXiv:2211.08775
 */
export async function semiRelaxedTransport(
  problem: TransportProblem,
  { epsilon, rho, tolerance = 1e-6, maxIterations = 1_000, kernelSums = logKernelSums }: SemiRelaxedOptions,
): Promise<SemiRelaxedSolution> {
  checkProblem(problem, epsilon, rho, maxIterations);
  const { dimensions, source, target, scale } = problem;
  const [logA, logB] = [source.masses.map(Math.log), target.masses.map(Math.log)];
  // exp(-C/ε) = exp(-½ Σ ((x - y)/h)²)
  const bandwidth = scale.map((s) => s * Math.sqrt(epsilon / 2));
  const damping = rho === Infinity ? 1 : rho / (rho + epsilon);
  const rowPass = (logMass: Float64Array) =>
    kernelSums({ dimensions, points: source.points, centres: target.points, logMass, bandwidth });
  const columnPass = (logMass: Float64Array) =>
    kernelSums({ dimensions, points: target.points, centres: source.points, logMass, bandwidth });

  let f = new Float64Array(logA.length);
  for (let iterations = 1; ; iterations++) {
    const logColumns = await columnPass(logA.map((a, i) => a + f[i]! / epsilon));
    if (logColumns.some((t) => !Number.isFinite(t)))
      throw new Failure('not-converged', {
        where: 'semiRelaxedTransport',
        problem: 'a target point is out of reach of every source point',
        hint: 'Raise epsilon.',
      });
    const g = logColumns.map((t) => -epsilon * t);
    const logRows = await rowPass(logB.map((b, j) => b + g[j]! / epsilon));
    const rowMasses = logRows.map((s, i) => Math.exp(logA[i]! + f[i]! / epsilon + s));
    const rowError = rowMasses.reduce((e, w, i) => e + Math.abs(w - wantedRow(source.masses[i]!, f[i]!)), 0);
    const columnError = target.masses.reduce(
      (e, b, j) => e + b * Math.abs(Math.expm1(g[j]! / epsilon + logColumns[j]!)),
      0,
    );
    const met = (rho === 0 || rowError <= tolerance) && columnError <= tolerance;
    if (met || iterations === maxIterations) {
      const status: SolverStatus = met ? 'converged' : 'iteration-limit';
      return { status, iterations, rowMasses, rowError: rho === 0 ? 0 : rowError, columnError, f, g };
    }
    f = logRows.map((s) => (s === -Infinity ? 0 : -damping * epsilon * s));
  }

  /** First-order condition of the rows: (P1)ᵢ = aᵢ exp(-fᵢ/ρ). */
  function wantedRow(a: number, potential: number): number {
    if (rho === Infinity) return a;
    return rho === 0 ? 0 : a * Math.exp(-potential / rho);
  }
}

function checkProblem(
  { dimensions: d, source, target, scale }: TransportProblem,
  epsilon: number,
  rho: number,
  maxIterations: number,
): void {
  const fail = (where: string, problem: string, got: unknown, expected: string): never => {
    throw new Failure('invalid-input', { where, problem, got, expected });
  };
  if (!(epsilon > 0)) fail('transport.epsilon', 'not positive', epsilon, '> 0, in the unit of the cost');
  if (epsilon === Infinity) fail('transport.epsilon', 'not finite', epsilon, '> 0, in the unit of the cost');
  if (!(rho >= 0)) fail('transport.rho', 'negative', rho, '≥ 0, in the unit of the cost');
  if (scale.length !== d) fail('transport.scale', 'wrong number of dimensions', scale.length, String(d));
  const badScale = scale.findIndex((s) => !(s > 0 && s < Infinity));
  if (badScale >= 0) fail(`transport.scale[${badScale}]`, 'not a unit', scale[badScale], 'a finite number > 0');
  if (!(Number.isInteger(maxIterations) && maxIterations >= 1))
    fail('transport.maxIterations', 'not a number of iterations', maxIterations, 'a whole number ≥ 1');
  for (const [name, { points, masses }] of Object.entries({ source, target })) {
    checkPoints(`transport.${name}`, points, masses, d);
    const total = sum(masses);
    if (Math.abs(total - 1) > 1e-9) fail(`transport.${name}`, 'masses do not sum to one', total, '1 (±1e-9)');
  }
}
