import { Failure } from '../core/failure.js';
import type { SolverStatus } from '../core/solver-status.js';
import { solveSpd } from '../numerics/matrix.js';
import { timesVector, weightedColumnSums, weightedGram, type SparseRows } from '../numerics/sparse-rows.js';
import { sum } from '../numerics/statistics.js';
import { sampledStart } from './calibrate-start.js';
import { balancingShift, distances, type DistanceName } from './distances.js';

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
  /** (n) Smallest ratio of a weight to its base, both summing to one. Default: 0; none with the linear distance. */
  readonly lower?: Float64Array;
  /** (n) Largest ratio of a weight to its base. Default: none. */
  readonly upper?: Float64Array;
}

export interface CalibrationOptions {
  /** Largest |achieved - wanted| of an exact constraint that counts as met. Default 1e-9. */
  readonly tolerance?: number;
  /** Newton steps. Default 200. */
  readonly maxIterations?: number;
  /** What is kept small. Default `entropy`. `logit` needs finite bounds with lower < 1 < upper. */
  readonly distance?: DistanceName;
  /**
   * (k) Multipliers to begin with, such as those of a problem that is nearly the same. Default: zero; of a hundred thousand records
   * and more those of a tenth of them.
   */
  readonly start?: Float64Array;
}

export interface CalibrationSolution {
  /**
   * `infeasible` comes with a proof: `multipliers` is then a direction in which all weights within the bounds miss the
   * target, or zero where the bounds leave no room for any weights.
   */
  readonly status: SolverStatus;
  readonly iterations: number;
  /** (n) weights, summing to one. */
  readonly weights: Float64Array;
  /** (k) dual variables λ: wᵢ = baseᵢ F(λ·φᵢ + shift), with F = exp for `entropy`. */
  readonly multipliers: Float64Array;
  /** (k) achieved minus wanted. */
  readonly residuals: Float64Array;
  /** Largest |residual| of the exact constraints; of the optimality condition where a constraint is soft. */
  readonly maxError: number;
}

/**
 * Calibration: the weights nearest to the base weights that meet all constraints within the bounds, by Newton's method with
 * line search on the dual D(λ) = Σᵢ bᵢ G(λ·φᵢ + shift) - shift - λ·t + ½ Σₖ sₖ λₖ², whose gradient is achieved - wanted
 * (+ sλ). The shift that makes the weights sum to one is eliminated: with `entropy` and no bounds
 * D(λ) = log Σᵢ bᵢ exp(λ·φᵢ) - λ·t, maximum entropy.
 *
 * Infeasibility is proven, not guessed: if λ·Σᵢ wᵢ φᵢ < λ·t for all weights within the bounds, none reach t (Farkas). Negative
 * weights without bounds are ruled out up to an absolute sum of a thousand totals.
 *
 * @throws {Failure} `invalid-input` on shapes that do not fit, bounds that are none, or when no base weight is positive
 * @see Deville & Särndal (1992) JASA 87; Hainmueller (2012) Political Analysis 20 (entropy balancing)
 */
export function calibrate(
  problem: CalibrationProblem,
  { tolerance = 1e-9, maxIterations = 200, distance: name = 'entropy', start: given }: CalibrationOptions = {},
): CalibrationSolution {
  checkProblem(problem, name, given);
  const start = given ?? sampledStart(problem, (some, enough) => calibrate(some, { ...enough, distance: name }));
  const { features, targets } = problem;
  const distance = distances[name];
  const n = features.rows;
  const k = features.columns;
  const softness = problem.softness ?? new Float64Array(k);
  const total = sum(problem.base);
  // A share of the base that is next to nothing is nothing: its ratio would overflow.
  const base = problem.base.map((b) => (b / total > 1e-290 ? b / total : 0));
  const lower = problem.lower ?? new Float64Array(n).fill(distance.lowest);
  const upper = problem.upper ?? new Float64Array(n).fill(Infinity);
  const bounded = { base, lower, upper };
  // What rounding may leave of a sum of n terms, as a share of it.
  const resolution = Math.max(1e-13, n * Number.EPSILON);
  const isFree = problem.lower === undefined && problem.upper === undefined;
  const freeShift = isFree ? distance.freeShift?.(base) : undefined;
  if (!hasRoom()) return unweighted();

  let multipliers: Float64Array = start ?? new Float64Array(k);
  let point = evaluate(multipliers, 0);
  let status: SolverStatus = 'iteration-limit';
  let iterations = 0;
  for (; iterations <= maxIterations; iterations++) {
    if (point.error <= tolerance) {
      status = 'converged';
      break;
    }
    const proof = proofCandidates().find(provesInfeasible);
    if (proof !== undefined) {
      status = 'infeasible';
      multipliers = proof;
      break;
    }
    if (iterations === maxIterations) break;
    const next = descend();
    if (next === undefined) {
      status = 'stalled';
      break;
    }
    ({ multipliers, point } = next);
  }
  return { status, iterations, weights: point.weights, multipliers, residuals: point.residuals, maxError: point.error };

  function evaluate(lambda: Float64Array, start: number): DualPoint {
    const scores = timesVector(features, lambda);
    const shift = shiftOf(scores, start);
    const weights = new Float64Array(n);
    const curvature = new Float64Array(n);
    let value = -shift;
    for (let i = 0; i < n; i++) {
      const b = base[i]!;
      if (b === 0) continue;
      const score = scores[i]! + shift;
      const ratio = distance.ratio(score, lower[i]!, upper[i]!);
      weights[i] = b * ratio;
      curvature[i] = b * distance.slope(ratio, lower[i]!, upper[i]!);
      value += b * distance.integral(score, ratio, lower[i]!, upper[i]!);
    }
    toTotalOne(weights, curvature);
    const residuals = weightedColumnSums(features, weights);
    const gradient = new Float64Array(k);
    for (let c = 0; c < k; c++) {
      residuals[c]! -= targets[c]!;
      gradient[c] = residuals[c]! + softness[c]! * lambda[c]!;
      value += 0.5 * softness[c]! * lambda[c]! * lambda[c]! - lambda[c]! * targets[c]!;
    }
    return { shift, weights, curvature, residuals, gradient, value, error: largestSize(gradient) };
  }

  function shiftOf(scores: Float64Array, start: number): number {
    return freeShift?.(scores) ?? balancingShift(distance, bounded, scores, start);
  }

  /**
   * A step that lowers the dual. The small ridge keeps redundant constraints (categories that sum to one) from breaking
   * Newton's step; where bounds cut the curvature off in patches, a larger one shortens it.
   */
  function descend(): { multipliers: Float64Array; point: DualPoint } | undefined {
    const hessian = hessianOf(point);
    for (const ridge of [1e-11, 1e-6, 1e-2]) {
      const step = solveRidged(hessian, point.gradient, ridge).map((x) => -x);
      const next = lineSearch(step);
      if (next !== undefined) return next;
    }
    return undefined;
  }

  /** Second derivatives of the dual, the shift eliminated: Φᵀ C Φ - (Φᵀc)(Φᵀc)ᵀ / Σc, plus the softness. */
  function hessianOf({ curvature }: DualPoint): Float64Array {
    const hessian = weightedGram(features, curvature);
    const sums = weightedColumnSums(features, curvature);
    const all = sum(curvature);
    for (let a = 0; a < k; a++) {
      for (let b = 0; b < k && all > 0; b++) hessian[a * k + b]! -= (sums[a]! * sums[b]!) / all;
      hessian[a * k + a]! += softness[a]!;
    }
    return hessian;
  }

  function lineSearch(step: Float64Array): { multipliers: Float64Array; point: DualPoint } | undefined {
    const { value, gradient, shift } = point;
    const slope = step.reduce((s, x, c) => s + x * gradient[c]!, 0);
    for (let size = 1; size > 1e-12; size /= 2) {
      const tried = multipliers.map((x, c) => x + size * step[c]!);
      const reached = evaluate(tried, shift);
      // Near the optimum the value no longer resolves the progress that the gradient still shows.
      const flat = Math.abs(slope) < resolution * (1 + Math.abs(value));
      const better = flat ? reached.error < largestSize(gradient) : reached.value <= value + 1e-4 * size * slope;
      if (Number.isFinite(reached.value) && better) return { multipliers: tried, point: reached };
    }
    return undefined;
  }

  /**
   * Directions that may prove that nothing reaches the targets. The multipliers grow along such a direction; without any
   * bounds it must be one that no record sees at all, which inverting twice brings out.
   */
  function proofCandidates(): Float64Array[] {
    // Soft constraints can always be met, so only the exact part of λ can prove anything.
    const exact = (lambda: Float64Array): Float64Array => lambda.map((x, c) => (softness[c]! > 0 ? 0 : x));
    if (!isFree || distance.lowest > -Infinity) return [exact(multipliers)];
    const hessian = hessianOf(point);
    const unseen = solveRidged(hessian, solveRidged(hessian, point.gradient, 1e-11), 1e-11);
    const size = largestSize(unseen);
    return [exact(unseen.map((x) => -x / size))];
  }

  /** Whether every weighting within the bounds scores less than what is wanted, with a margin above rounding. */
  function provesInfeasible(lambda: Float64Array): boolean {
    // The weights at hand are within the bounds: a direction in which they do not miss proves nothing.
    const missed = lambda.reduce((t, x, c) => t + x * point.residuals[c]!, 0);
    if (!(missed < 0)) return false;
    const scores = timesVector(features, lambda);
    const wanted = lambda.reduce((t, x, c) => t + x * targets[c]!, 0);
    let scale = lambda.reduce((t, x, c) => Math.max(t, Math.abs(x * targets[c]!)), Math.abs(wanted));
    for (let i = 0; i < n; i++) scale = Math.max(scale, Math.abs(scores[i]!));
    const s = largestScore(scores, scale);
    return s < wanted - 1e-9 * scale;
  }

  /**
   * An upper bound of Σ wᵢ scoreᵢ over weights within the bounds that sum to one: for any level c it is
   * c + Σ bᵢ (upperᵢ (scoreᵢ - c)⁺ - lowerᵢ (c - scoreᵢ)⁺).
   */
  function largestScore(scores: Float64Array, scale: number): number {
    let level = isFree ? -Infinity : -shiftOf(scores, point.shift);
    for (let i = 0; i < n; i++) if (base[i]! > 0 && upper[i] === Infinity) level = Math.max(level, scores[i]!);
    let bound = level;
    for (let i = 0; i < n; i++) {
      const above = scores[i]! - level;
      const limit = above > 0 ? upper[i]! : lower[i]!;
      if (base[i]! > 0 && limit !== 0 && Math.abs(above) > 1e-12 * scale) bound += base[i]! * limit * above;
    }
    return bound;
  }

  function hasRoom(): boolean {
    let [least, most] = [0, 0];
    for (let i = 0; i < n; i++) {
      if (base[i] === 0) continue;
      least += base[i]! * lower[i]!;
      most += base[i]! * upper[i]!;
    }
    return least < 1 && most > 1;
  }

  function unweighted(): CalibrationSolution {
    const residuals = weightedColumnSums(features, base).map((s, c) => s - targets[c]!);
    return {
      status: 'infeasible',
      iterations: 0,
      weights: base,
      multipliers: new Float64Array(k),
      residuals,
      maxError: largestSize(residuals),
    };
  }
}

interface DualPoint {
  /** Makes the weights sum to one. */
  readonly shift: number;
  readonly weights: Float64Array;
  /** (n) base x slope of the ratio. */
  readonly curvature: Float64Array;
  readonly residuals: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
  readonly error: number;
}

/** Divides both by the sum of the weights: what rounding of large scores has left over. */
function toTotalOne(weights: Float64Array, curvature: Float64Array): void {
  const mass = sum(weights);
  for (let i = 0; i < weights.length; i++) {
    weights[i]! /= mass;
    curvature[i]! /= mass;
  }
}

const largestSize = (values: Float64Array): number => values.reduce((e, x) => Math.max(e, Math.abs(x)), 0);

const leastCurvature = 1e-8;

/** (A + ridge) x = b with a ridge in units of the largest diagonal entry, raised until the matrix is positive definite. */
function solveRidged(a: Float64Array, b: Float64Array, ridge: number): Float64Array {
  const k = b.length;
  // Where bounds hold all weights, rounding alone is left of the curvature, and is no measure of a step.
  let scale = leastCurvature;
  for (let c = 0; c < k; c++) scale = Math.max(scale, a[c * k + c]!);
  for (let size = ridge; ; size *= 100) {
    const ridged = Float64Array.from(a);
    for (let c = 0; c < k; c++) ridged[c * k + c]! += size * scale;
    try {
      return solveSpd(ridged, b, k);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }
}

function checkProblem(
  { base, features, targets, softness, lower, upper }: CalibrationProblem,
  distance: DistanceName,
  start: Float64Array | undefined,
): void {
  const fail = (where: string, problem: string, got: unknown, expected: string): never => {
    throw new Failure('invalid-input', { where: `calibrate.${where}`, problem, got, expected });
  };
  if (base.length !== features.rows) fail('base', 'wrong number of records', base.length, String(features.rows));
  if (targets.length !== features.columns)
    fail('targets', 'wrong number of constraints', targets.length, String(features.columns));
  if (start !== undefined && start.length !== targets.length)
    fail('start', 'wrong number of constraints', start.length, String(targets.length));
  if (softness !== undefined && softness.length !== targets.length)
    fail('softness', 'wrong number of constraints', softness.length, String(targets.length));
  const odd = softness?.findIndex((x) => !(x >= 0) || x === Infinity) ?? -1;
  if (odd >= 0) fail(`softness[${odd}]`, 'not a softness', softness![odd], 'a finite number ≥ 0');
  const negative = base.findIndex((b) => !(b >= 0) || b === Infinity);
  if (negative >= 0) fail(`base[${negative}]`, 'not a weight', base[negative], 'a finite number ≥ 0');
  if (!(sum(base) > 0)) fail('base', 'no positive weight', sum(base), '> 0');
  const unfinite = targets.findIndex((t) => !Number.isFinite(t));
  if (unfinite >= 0) fail(`targets[${unfinite}]`, 'not a finite number', targets[unfinite], 'a finite number');

  for (const [name, bound] of Object.entries({ lower, upper }))
    if (bound !== undefined && bound.length !== base.length)
      fail(name, 'wrong number of records', bound.length, String(base.length));
  if (distance === 'logit' && (lower === undefined || upper === undefined))
    fail('distance', 'logit needs bounds', 'none', 'lower and upper');
  for (let i = 0; i < base.length; i++) {
    const low = lower?.[i] ?? distances[distance].lowest;
    const high = upper?.[i] ?? Infinity;
    const isShaped = low < 1 && high > 1 && high < Infinity;
    if (!(low < high) || (distance === 'entropy' && low < 0) || (distance === 'logit' && !isShaped))
      fail(
        `lower[${i}]`,
        'no bounds of a ratio',
        `${low} to ${high}`,
        distance === 'logit' ? 'lower < 1 < upper' : `${distance === 'entropy' ? '0 ≤ ' : ''}lower < upper`,
      );
  }
}
