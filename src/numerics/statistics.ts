import { Failure } from '../core/failure.js';
import { sortedOrder } from './sorted-order.js';

/** Plain sum, in the order of the array. */
export function sum(values: ArrayLike<number>): number {
  // Columns have a loop of their own: one that meets arrays of every kind is several times slower.
  if (values instanceof Float64Array) return sumOfColumn(values);
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

function sumOfColumn(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

/**
 * The sum of weights of which something is to be drawn or measured.
 *
 * @throws {Failure} `invalid-input` when it is not a positive finite number
 */
export function positiveTotal(weights: ArrayLike<number>, where: string): number {
  const total = sum(weights);
  if (!(total > 0 && total < Infinity))
    throw new Failure('invalid-input', { where, problem: 'no positive total', got: total });
  return total;
}

/** Weights divided by their sum. A sum of zero gives zeros. */
export function normalized(weights: ArrayLike<number>): Float64Array {
  const total = sum(weights);
  const out = new Float64Array(weights.length);
  if (total > 0) for (let i = 0; i < out.length; i++) out[i] = weights[i]! / total;
  return out;
}

/** Column `k` of a row-major n x width matrix. */
export function columnOf(matrix: Float64Array, width: number, k: number): Float64Array {
  const n = matrix.length / width;
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) out[i] = matrix[i * width + k]!;
  return out;
}

/** Weighted mean, covariance, standard deviations and correlation matrix of points. */
export interface Moments {
  /** (d) */
  readonly mean: Float64Array;
  /** (d x d), row-major, divided by the total weight. */
  readonly covariance: Float64Array;
  /** (d) */
  readonly sd: Float64Array;
  /** (d x d); 0 beside a constant column, 1 on the diagonal. */
  readonly correlation: Float64Array;
}

/**
 * Weighted moments of n points in d dimensions.
 *
 * @param points (n x d) row-major
 * @param weights (n) any non-negative scale
 */
export function moments(points: Float64Array, d: number, weights: Float64Array): Moments {
  const n = weights.length;
  const total = sum(weights);
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let k = 0; k < d; k++) mean[k]! += (weights[i]! * points[i * d + k]!) / total;
  const covariance = new Float64Array(d * d);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < d; k++) {
      const weighted = (weights[i]! / total) * (points[i * d + k]! - mean[k]!);
      for (let l = 0; l <= k; l++) covariance[k * d + l]! += weighted * (points[i * d + l]! - mean[l]!);
    }
  const sd = new Float64Array(d);
  for (let k = 0; k < d; k++) {
    sd[k] = Math.sqrt(covariance[k * d + k]!);
    for (let l = 0; l < k; l++) covariance[l * d + k] = covariance[k * d + l]!;
  }
  const correlation = new Float64Array(d * d);
  for (let k = 0; k < d; k++)
    for (let l = 0; l < d; l++) {
      const scale = sd[k]! * sd[l]!;
      correlation[k * d + l] = k === l ? 1 : scale > 0 ? covariance[k * d + l]! / scale : 0;
    }
  return { mean, covariance, sd, correlation };
}

/**
 * Weighted quantile: the smallest value with weight whose cumulative weight reaches `share` of the total.
 *
 * @param share in [0, 1]; 0 gives the smallest value with weight
 * @throws {Failure} `invalid-input` when no weight is positive
 */
export function weightedQuantile(values: Float64Array, weights: Float64Array, share: number): number {
  const order = sortedOrder(values);
  const wanted = share * positiveTotal(weights, 'weightedQuantile.weights') * (1 - 1e-12);
  let cumulated = 0;
  let quantile = NaN;
  for (const i of order) {
    if (!(weights[i]! > 0)) continue;
    cumulated += weights[i]!;
    quantile = values[i]!;
    if (cumulated >= wanted) break;
  }
  return quantile;
}

/** Empirical quantile of equally weighted values, by the same rule. */
export const quantile = (values: Float64Array, share: number): number =>
  weightedQuantile(values, new Float64Array(values.length).fill(1), share);
