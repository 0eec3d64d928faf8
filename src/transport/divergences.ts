import type { RandomStream } from '../core/random.js';
import { sqrtSpd } from '../numerics/matrix.js';
import { sortedOrder } from '../numerics/sorted-order.js';
import { moments, normalized, positiveTotal, sum, type Moments } from '../numerics/statistics.js';
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
 * @param random draws the projections and the kernel's bandwidth; the same stream gives the same meter
 * @throws {Failure} `invalid-input` when the reference has no weight, or points that do not fit or are not finite
 */
export function divergenceMeter(
  reference: WeightedPoints,
  d: number,
  random: RandomStream,
  projections = 100,
): DivergenceMeter {
  const meter = divergenceMeters([reference], d, random, projections);
  return (sample) => meter(sample)[0]!;
}

/**
 * Compares samples with several references by the same yardstick (projections, and the bandwidth that suits the first),
 * so that the distances of one sample can be subtracted. The sample is sorted once for all of them.
 *
 * @param random, @throws see {@link divergenceMeter}
 */
export function divergenceMeters(
  references: readonly WeightedPoints[],
  d: number,
  random: RandomStream,
  projections = 100,
): (sample: WeightedPoints) => Divergences[] {
  for (const reference of references) checkSample('divergenceMeter.reference', reference, d);
  const axes = Array.from({ length: d }, (_, k) => Float64Array.from({ length: d }, (_, l) => (k === l ? 1 : 0)));
  const vectors = [...axes, ...Array.from({ length: projections }, () => unitVector(d, random))];
  const marginals = ({ points, weights }: WeightedPoints): SortedMarginal[] => {
    const shares = normalized(weights);
    return vectors.map((vector) => sortedMarginal(project(points, vector), shares));
  };
  const kernel = kernelMeter(
    references.map((reference) => thinned(reference, d)),
    d,
    random,
  );
  const expected = references.map((reference) => ({
    marginals: marginals(reference),
    moments: moments(reference.points, d, reference.weights),
  }));

  return (sample) => {
    checkSample('divergenceMeter.sample', sample, d);
    const own = marginals(sample);
    const found = moments(sample.points, d, sample.weights);
    const mmd2 = kernel(thinned(sample, d));
    return expected.map((reference, r) => {
      const distances = own.map((marginal, v) => wassersteinSorted(marginal, reference.marginals[v]!));
      return {
        amw: sum(distances.slice(0, d)) / d,
        frechet: frechetDistance(found, reference.moments),
        slicedWasserstein: sum(distances.slice(d)) / projections,
        mmd2: mmd2[r]!,
        maxCorrelationError: maxDifference(found.correlation, reference.moments.correlation),
      };
    });
  };
}

/** Largest absolute difference of two lists of the same length. */
export const maxDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
};

/**
 * Wasserstein-1 distance of two weighted samples on a line: ∫ |F - G|.
 *
 * @param aWeights any scale
 * @throws {Failure} `invalid-input` when a sample has no weight, or values that do not fit or are not finite
 */
export function wasserstein1(a: Float64Array, aWeights: Float64Array, b: Float64Array, bWeights: Float64Array): number {
  checkSample('wasserstein1.a', { points: a, weights: aWeights }, 1);
  checkSample('wasserstein1.b', { points: b, weights: bWeights }, 1);
  return wassersteinSorted(sortedMarginal(a, normalized(aWeights)), sortedMarginal(b, normalized(bWeights)));
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

function sortedMarginal(values: Float64Array, shares: Float64Array): SortedMarginal {
  const order = sortedOrder(values);
  const sorted = new Float64Array(order.length);
  const cumulated = new Float64Array(order.length);
  let total = 0;
  for (let rank = 0; rank < order.length; rank++) {
    const i = order[rank]!;
    sorted[rank] = values[i]!;
    cumulated[rank] = total += shares[i]!;
  }
  return { values: sorted, cumulated };
}

/** Walks up both lists at once; the long stretches of b between two values of a are what takes the time. */
function wassersteinSorted(a: SortedMarginal, b: SortedMarginal): number {
  const n = a.values.length;
  const { values, cumulated } = b;
  let at = Math.min(a.values[0]!, values[0]!);
  let [j, shareA, shareB, total] = [0, 0, 0, 0];
  for (let i = 0; i <= n; i++) {
    const until = i < n ? a.values[i]! : Infinity;
    for (; j < values.length && values[j]! <= until; j++) {
      total += Math.abs(shareA - shareB) * (values[j]! - at);
      at = values[j]!;
      shareB = cumulated[j]!;
    }
    if (i === n) break;
    total += Math.abs(shareA - shareB) * (until - at);
    at = until;
    shareA = a.cumulated[i]!;
  }
  return total;
}

/**
 * Unbiased weighted MMD² against each reference: each set's own pairs without i = j, divided by 1 - Σw². Takes and compares
 * {@link thinned} points.
 */
function kernelMeter(
  references: readonly WeightedPoints[],
  d: number,
  random: RandomStream,
): (sample: WeightedPoints) => number[] {
  const { points, weights } = references[0]!;
  const squared = Float64Array.from({ length: 2_000 }, () =>
    squaredDistance(points, random.below(weights.length), points, random.below(weights.length), d),
  );
  const median = squared.sort()[1_000]!;
  const bandwidth = median > 0 ? median : 1;
  const similarity = (x: WeightedPoints, i: number, y: WeightedPoints, j: number): number =>
    x.weights[i]! * y.weights[j]! * Math.exp(-squaredDistance(x.points, i, y.points, j, d) / (2 * bandwidth));
  const own = (x: WeightedPoints): number => {
    let [total, squares] = [0, 0];
    for (let i = 0; i < x.weights.length; i++) {
      squares += x.weights[i]! * x.weights[i]!;
      for (let j = 0; j < i; j++) total += 2 * similarity(x, i, x, j);
    }
    return squares < 1 ? total / (1 - squares) : 1;
  };
  const between = (x: WeightedPoints, y: WeightedPoints): number => {
    let total = 0;
    for (let i = 0; i < x.weights.length; i++)
      for (let j = 0; j < y.weights.length; j++) total += similarity(x, i, y, j);
    return total;
  };
  const ofReferences = references.map(own);
  return (sample) => {
    const ofSample = own(sample);
    return references.map((reference, r) => ofSample + ofReferences[r]! - 2 * between(sample, reference));
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
