import { Failure } from '../core/failure.js';
import type { SolverStatus } from '../core/solver-status.js';
import { solveSpd } from '../numerics/matrix.js';
import { timesVector, weightedColumnSums, weightedGram, type SparseRows } from '../numerics/sparse-rows.js';
import { sum } from '../numerics/statistics.js';

/** Weighted sums that are wanted of a sample: Σᵢ wᵢ φᵢₖ = targetₖ for weights that sum to one. */
export interface CalibrationProblem {
  /** (n) base weights, non-negative, any scale. */
  readonly base: Float64Array;
  /** (n x k) φ: one row a record, one column a constraint. Categories are 0/1; trait columns in SD units. */
  readonly features: SparseRows;
  /** (k) */
  readonly targets: Float64Array;
  /**
   * (k) How far each constraint may give: 0 is exact; s > 0 adds residual²/(2s) to the objective instead.
   * Default: all exact.
   */
  readonly softness?: Float64Array;
}

export interface CalibrationOptions {
  /** Largest |achieved - wanted| of an exact constraint that counts as met. Default 1e-9. */
  readonly tolerance?: number;
  /** Newton steps. Default 200. */
  readonly maxIterations?: number;
}

export interface CalibrationSolution {
  /** `infeasible` comes with a proof: `multipliers` is then a direction in which every record misses the target. */
  readonly status: SolverStatus;
  readonly iterations: number;
  /** (n) weights, summing to one. */
  readonly weights: Float64Array;
  /** (k) dual variables λ: wᵢ ∝ baseᵢ exp(λ·φᵢ). */
  readonly multipliers: Float64Array;
  /** (k) achieved minus wanted. */
  readonly residuals: Float64Array;
  /** Largest |residual| of the exact constraints; of the optimality condition where a constraint is soft. */
  readonly maxError: number;
}

/**
 * Maximum-entropy calibration: the weights nearest to the base weights (in Kullback-Leibler divergence) that meet all
 * constraints, by Newton's method with line search on the dual
 * D(λ) = log Σᵢ bᵢ exp(λ·φᵢ) - λ·t + ½ Σₖ sₖ λₖ², whose gradient is achieved - wanted (+ sλ).
 *
 * Infeasibility is proven, not guessed: if λ·(φᵢ - t) < 0 for every record, no weighting of them can reach t (Farkas).
 *
 * @throws {Failure} `invalid-input` on shapes that do not fit, or when no base weight is positive
 * @see Deville & Särndal (1992) JASA 87, case 2 (raking); Hainmueller (2012) Political Analysis 20 (entropy balancing)
 */
export function calibrate(
  problem: CalibrationProblem,
  { tolerance = 1e-9, maxIterations = 200 }: CalibrationOptions = {},
): CalibrationSolution {
  checkProblem(problem);
  const { features, targets } = problem;
  const k = features.columns;
  const softness = problem.softness ?? new Float64Array(k);
  const total = sum(problem.base);
  const logBase = Float64Array.from(problem.base, (b) => Math.log(b / total));

  let multipliers: Float64Array = new Float64Array(k);
  let point = evaluate(multipliers);
  let status: SolverStatus = 'iteration-limit';
  let iterations = 0;
  for (; iterations <= maxIterations; iterations++) {
    if (point.error <= tolerance) {
      status = 'converged';
      break;
    }
    const exact = multipliers.map((x, c) => (softness[c]! > 0 ? 0 : x));
    if (provesInfeasible(exact)) {
      status = 'infeasible';
      multipliers = exact;
      break;
    }
    if (iterations === maxIterations) break;
    const next = lineSearch(multipliers, point, newtonStep(point));
    if (next === undefined) {
      status = 'stalled';
      break;
    }
    multipliers = next.multipliers;
    point = next.point;
  }
  return { status, iterations, weights: point.weights, multipliers, residuals: point.residuals, maxError: point.error };

  function evaluate(lambda: Float64Array): DualPoint {
    const scores = timesVector(features, lambda);
    let largest = -Infinity;
    for (let i = 0; i < scores.length; i++) largest = Math.max(largest, logBase[i]! + scores[i]!);
    const weights = new Float64Array(scores.length);
    let mass = 0;
    for (let i = 0; i < scores.length; i++) {
      weights[i] = Math.exp(logBase[i]! + scores[i]! - largest);
      mass += weights[i]!;
    }
    for (let i = 0; i < weights.length; i++) weights[i]! /= mass;
    const residuals = weightedColumnSums(features, weights);
    const gradient = new Float64Array(k);
    let value = largest + Math.log(mass);
    let error = 0;
    for (let c = 0; c < k; c++) {
      residuals[c]! -= targets[c]!;
      gradient[c] = residuals[c]! + softness[c]! * lambda[c]!;
      value += 0.5 * softness[c]! * lambda[c]! * lambda[c]! - lambda[c]! * targets[c]!;
      error = Math.max(error, Math.abs(gradient[c]!));
    }
    return { weights, residuals, gradient, value, error };
  }

  /** Descent direction -H⁻¹g. The small ridge keeps redundant constraints (categories that sum to one) from breaking it. */
  function newtonStep({ weights, residuals, gradient }: DualPoint): Float64Array {
    const hessian = weightedGram(features, weights);
    let trace = 0;
    for (let a = 0; a < k; a++) {
      const meanA = residuals[a]! + targets[a]!;
      for (let b = 0; b < k; b++) hessian[a * k + b]! -= meanA * (residuals[b]! + targets[b]!);
      hessian[a * k + a]! += softness[a]!;
      trace = Math.max(trace, hessian[a * k + a]!);
    }
    for (let ridge = 1e-11 * trace + 1e-300; ; ridge *= 100) {
      for (let a = 0; a < k; a++) hessian[a * k + a]! += ridge;
      const step = trySolve(hessian, gradient, k);
      if (step !== undefined) return step.map((x) => -x);
    }
  }

  function lineSearch(
    from: Float64Array,
    { value, gradient }: DualPoint,
    step: Float64Array,
  ): { multipliers: Float64Array; point: DualPoint } | undefined {
    const slope = step.reduce((s, x, c) => s + x * gradient[c]!, 0);
    for (let size = 1; size > 1e-12; size /= 2) {
      const tried = from.map((x, c) => x + size * step[c]!);
      const reached = evaluate(tried);
      // Near the optimum the value no longer resolves the progress that the gradient still shows.
      const flat = Math.abs(slope) < 1e-13 * (1 + Math.abs(value));
      const better = flat ? reached.error < evaluateError(gradient) : reached.value <= value + 1e-4 * size * slope;
      if (Number.isFinite(reached.value) && better) return { multipliers: tried, point: reached };
    }
    return undefined;
  }

  /**
   * λ·(φᵢ - t) < 0 for every record that has weight, with a margin above rounding. Soft constraints can always be met,
   * so only the exact part of λ can prove anything.
   */
  function provesInfeasible(exact: Float64Array): boolean {
    if (exact.every((x) => x === 0)) return false;
    const scores = timesVector(features, exact);
    const wanted = exact.reduce((s, x, c) => s + x * targets[c]!, 0);
    const scale = scores.reduce((m, s) => Math.max(m, Math.abs(s)), Math.abs(wanted));
    return scores.every((s, i) => logBase[i] === -Infinity || s < wanted - 1e-9 * scale);
  }
}

interface DualPoint {
  readonly weights: Float64Array;
  readonly residuals: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
  readonly error: number;
}

const evaluateError = (gradient: Float64Array): number => gradient.reduce((e, g) => Math.max(e, Math.abs(g)), 0);

function trySolve(hessian: Float64Array, gradient: Float64Array, k: number): Float64Array | undefined {
  try {
    return solveSpd(hessian, gradient, k);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function checkProblem({ base, features, targets, softness }: CalibrationProblem): void {
  const fail = (where: string, problem: string, got: unknown, expected: string): never => {
    throw new Failure('invalid-input', { where: `calibrate.${where}`, problem, got, expected });
  };
  if (base.length !== features.rows) fail('base', 'wrong number of records', base.length, String(features.rows));
  if (targets.length !== features.columns)
    fail('targets', 'wrong number of constraints', targets.length, String(features.columns));
  if (softness !== undefined && softness.length !== targets.length)
    fail('softness', 'wrong number of constraints', softness.length, String(targets.length));
  const odd = softness?.findIndex((x) => !(x >= 0) || x === Infinity) ?? -1;
  if (odd >= 0) fail(`softness[${odd}]`, 'not a softness', softness![odd], 'a finite number ≥ 0');
  const negative = base.findIndex((b) => !(b >= 0) || b === Infinity);
  if (negative >= 0) fail(`base[${negative}]`, 'not a weight', base[negative], 'a finite number ≥ 0');
  if (!(sum(base) > 0)) fail('base', 'no positive weight', sum(base), '> 0');
  const unfinite = targets.findIndex((t) => !Number.isFinite(t));
  if (unfinite >= 0) fail(`targets[${unfinite}]`, 'not a finite number', targets[unfinite], 'a finite number');
}
