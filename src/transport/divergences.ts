import type { RandomStream } from '../core/random.js';
import { sqrtSpd } from '../numerics/matrix.js';
import { sortedOrder } from '../numerics/sorted-order.js';
import { moments, normalized, positiveTotal, type Moments } from '../numerics/statistics.js';
import { checkPoints } from './check-points.js';

/** Points with weights of any scale: (n x d) row-major, (n). */
export interface WeightedPoints {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

/** How far one weighted set of points is from another; all are 0 for equal distributions. */
export interface Divergences {
  /** Average over dimensions of the Wasserstein-1 distance of the marginals, in score units. */
  readonly amw: number;
  /** ‖μ₁ - μ₂‖² + tr(Σ₁ + Σ₂ - 2(Σ₁Σ₂)^½): the Fréchet distance of the two fitted Gaussians. */
  readonly frechet: number;
  /** Mean Wasserstein-1 distance over random unit projections. */
  readonly slicedWasserstein: number;
  /** Unbiased squared maximum mean discrepancy, Gaussian kernel with σ² = median squared distance; may be below 0. */
  readonly mmd2: number;
  /** Largest absolute difference of two correlations. */
  readonly maxCorrelationError: number;
}

/**
 * Measures samples against one fixed reference, whose sorting and kernel sums are done once.
 *
 * @throws {Failure} `invalid-input` when the sample has no weight, or points that do not fit or are not finite
 */
export type DivergenceMeter = (sample: WeightedPoints) => Divergences;

/** Points of the reference, and of a sample, that the quadratic kernel statistic looks at. */
const kernelPoints = 1_000;

/**
 * Prepares the comparison with a reference.
 *
 * @param random draws the projections and the points of the kernel statistic; the same stream gives the same meter
 * @throws {Failure} `invalid-input` when the reference has no weight, or points that do not fit or are not finite
 */
export function divergenceMeter(
  reference: WeightedPoints,
  d: number,
  random: RandomStream,
  projections = 100,
): DivergenceMeter {
  checkSample('divergenceMeter.reference', reference, d);
  const axes = Array.from({ length: d }, (_, k) => Float64Array.from({ length: d }, (_, l) => (k === l ? 1 : 0)));
  const directions = Array.from({ length: projections }, () => unitVector(d, random));
  const sortedOnAxes = axes.map((axis) => sortedMarginal(project(reference.points, axis), reference.weights));
  const sortedOnDirections = directions.map((u) => sortedMarginal(project(reference.points, u), reference.weights));
  const expected = moments(reference.points, d, reference.weights);
  const kernel = kernelMeter(reference, d, random);

  return ({ points, weights }) => {
    checkSample('divergenceMeter.sample', { points, weights }, d);
    const distance = (vectors: readonly Float64Array[], sorted: readonly SortedMarginal[]): number =>
      vectors.reduce((s, u, k) => s + wassersteinSorted(sortedMarginal(project(points, u), weights), sorted[k]!), 0) /
      vectors.length;
    const found = moments(points, d, weights);
    return {
      amw: distance(axes, sortedOnAxes),
      frechet: frechetDistance(found, expected),
      slicedWasserstein: distance(directions, sortedOnDirections),
      mmd2: kernel({ points, weights }),
      maxCorrelationError: found.correlation.reduce(
        (e, r, k) => Math.max(e, Math.abs(r - expected.correlation[k]!)),
        0,
      ),
    };
  };
}

/**
 * Wasserstein-1 distance of two weighted samples on a line: ∫ |F - G|.
 *
 * @param aWeights any scale
 * @throws {Failure} `invalid-input` when a sample has no weight, or values that do not fit or are not finite
 */
export function wasserstein1(a: Float64Array, aWeights: Float64Array, b: Float64Array, bWeights: Float64Array): number {
  checkSample('wasserstein1.a', { points: a, weights: aWeights }, 1);
  checkSample('wasserstein1.b', { points: b, weights: bWeights }, 1);
  return wassersteinSorted(sortedMarginal(a, aWeights), sortedMarginal(b, bWeights));
}

/** @see Dowson & Landau (1982) J. Multivariate Analysis 12 */
export function frechetDistance(a: Moments, b: Moments): number {
  const d = a.mean.length;
  const root = sqrtSpd(a.covariance, d);
  const inner = sqrtSpd(product(product(root, b.covariance, d), root, d), d);
  let total = 0;
  for (let k = 0; k < d; k++) {
    const shift = a.mean[k]! - b.mean[k]!;
    total += shift * shift + a.covariance[k * d + k]! + b.covariance[k * d + k]! - 2 * inner[k * d + k]!;
  }
  return Math.max(total, 0);
}

function checkSample(where: string, { points, weights }: WeightedPoints, d: number): void {
  checkPoints(where, points, weights, d);
  positiveTotal(weights, `${where}.weights`);
}

interface SortedMarginal {
  readonly values: Float64Array;
  /** Cumulated shares, last = 1. */
  readonly cumulated: Float64Array;
}

function sortedMarginal(values: Float64Array, weights: Float64Array): SortedMarginal {
  const order = sortedOrder(values);
  const shares = normalized(weights);
  let total = 0;
  const cumulated = Float64Array.from(order, (i) => (total += shares[i]!));
  return { values: Float64Array.from(order, (i) => values[i]!), cumulated };
}

function wassersteinSorted(a: SortedMarginal, b: SortedMarginal): number {
  let [i, j, total] = [0, 0, 0];
  let at = Math.min(a.values[0]!, b.values[0]!);
  while (i < a.values.length || j < b.values.length) {
    const nextA = i < a.values.length ? a.values[i]! : Infinity;
    const nextB = j < b.values.length ? b.values[j]! : Infinity;
    const next = Math.min(nextA, nextB);
    const shareA = i > 0 ? a.cumulated[i - 1]! : 0;
    const shareB = j > 0 ? b.cumulated[j - 1]! : 0;
    total += Math.abs(shareA - shareB) * (next - at);
    at = next;
    if (nextA === next) i++;
    if (nextB === next) j++;
  }
  return total;
}

/** Unbiased weighted MMD² against the reference: each set's own pairs without i = j, divided by 1 - Σw². */
function kernelMeter(reference: WeightedPoints, d: number, random: RandomStream): (sample: WeightedPoints) => number {
  const y = thinned(reference, d);
  const squared: number[] = [];
  for (let t = 0; t < 2_000; t++)
    squared.push(
      squaredDistance(y.points, random.below(y.weights.length), y.points, random.below(y.weights.length), d),
    );
  const median = Float64Array.from(squared).sort()[1_000]!;
  const bandwidth = median > 0 ? median : 1;
  const own = (x: WeightedPoints): number => {
    let [total, squares] = [0, 0];
    for (let i = 0; i < x.weights.length; i++) {
      squares += x.weights[i]! * x.weights[i]!;
      for (let j = 0; j < i; j++)
        total +=
          2 * x.weights[i]! * x.weights[j]! * Math.exp(-squaredDistance(x.points, i, x.points, j, d) / (2 * bandwidth));
    }
    return squares < 1 ? total / (1 - squares) : 1;
  };
  const ownReference = own(y);
  return (sample) => {
    const x = thinned(sample, d);
    let cross = 0;
    for (let i = 0; i < x.weights.length; i++)
      for (let j = 0; j < y.weights.length; j++)
        cross +=
          x.weights[i]! * y.weights[j]! * Math.exp(-squaredDistance(x.points, i, y.points, j, d) / (2 * bandwidth));
    return own(x) + ownReference - 2 * cross;
  };
}

/** At most {@link kernelPoints} points, evenly spaced over the cumulated weight, with equal weights when thinned. */
function thinned({ points, weights }: WeightedPoints, d: number): WeightedPoints {
  const shares = normalized(weights);
  const kept: number[] = [];
  const keptWeights: number[] = [];
  const carriers = shares.reduce((n, w) => n + (w > 0 ? 1 : 0), 0);
  let cumulated = 0;
  shares.forEach((w, i) => {
    if (w === 0) return;
    const before = Math.floor(cumulated * kernelPoints - 1e-9);
    cumulated += w;
    const times = carriers <= kernelPoints ? 1 : Math.floor(cumulated * kernelPoints - 1e-9) - before;
    if (times <= 0) return;
    kept.push(i);
    keptWeights.push(carriers <= kernelPoints ? w : times);
  });
  const out = new Float64Array(kept.length * d);
  kept.forEach((i, row) => out.set(points.subarray(i * d, i * d + d), row * d));
  return { points: out, weights: normalized(keptWeights) };
}

function squaredDistance(a: Float64Array, i: number, b: Float64Array, j: number, d: number): number {
  let total = 0;
  for (let k = 0; k < d; k++) {
    const difference = a[i * d + k]! - b[j * d + k]!;
    total += difference * difference;
  }
  return total;
}

function project(points: Float64Array, direction: Float64Array): Float64Array {
  const d = direction.length;
  const out = new Float64Array(points.length / d);
  for (let i = 0; i < out.length; i++) {
    let total = 0;
    for (let k = 0; k < d; k++) total += points[i * d + k]! * direction[k]!;
    out[i] = total;
  }
  return out;
}

function unitVector(d: number, random: RandomStream): Float64Array {
  const v = Float64Array.from({ length: d }, () => random.normal());
  const length = Math.sqrt(v.reduce((s, x) => s + x * x, 0));
  return v.map((x) => x / length);
}

function product(a: Float64Array, b: Float64Array, d: number): Float64Array {
  const out = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      let total = 0;
      for (let k = 0; k < d; k++) total += a[i * d + k]! * b[k * d + j]!;
      out[i * d + j] = total;
    }
  return out;
}
