import type { RandomStream } from '../core/random.js';
import { sqrtSpd } from '../numerics/matrix.js';
import { sortedOrder } from '../numerics/sorted-order.js';
import { moments, normalized, positiveTotal, sum, type Moments } from '../numerics/statistics.js';
import { checkPoints } from './check-points.js';
import { medianBandwidth, ownPairs, pairsBetween } from './mmd.js';
import { alongDirections, axes, meanShadow, randomDirections, type Along } from './sliced.js';

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
  /** Energy distance in all dimensions, from the same projections, in score units; see `energyDistance`. */
  readonly energy: number;
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
/** Above this size projections are sorted in single precision, by the kernel behind `slicedWasserstein`. */
const exactPoints = 65_536;

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
  const directions = Float64Array.from([...axes(d), ...randomDirections(projections, d, random)]);
  const kernel = kernelMeter(
    references.map((reference) => thinned(reference, d)),
    d,
    random,
  );
  const expected = references.map((reference) => ({
    reference,
    marginals: isLarge(reference) ? null : sortedMarginals(reference, directions, d),
    moments: moments(reference.points, d, reference.weights),
  }));

  return (sample) => {
    checkSample('divergenceMeter.sample', sample, d);
    const own = isLarge(sample) ? null : sortedMarginals(sample, directions, d);
    const found = moments(sample.points, d, sample.weights);
    const mmd2 = kernel(thinned(sample, d));
    return expected.map(({ reference, marginals, moments: wanted }, r) => {
      const along =
        own && marginals
          ? distancesSorted(own, marginals)
          : alongDirections(sample, reference, d, directions, { energy: true });
      return {
        amw: sum(along.order1.slice(0, d)) / d,
        frechet: frechetDistance(found, wanted),
        slicedWasserstein: sum(along.order1.slice(d)) / projections,
        energy: sum(along.energy.slice(d)) / projections / meanShadow(d),
        mmd2: mmd2[r]!,
        maxCorrelationError: maxDifference(found.correlation, wanted.correlation),
      };
    });
  };
}

const isLarge = ({ weights }: WeightedPoints): boolean => weights.length > exactPoints;

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
  return distanceSorted(sortedMarginal(a, normalized(aWeights)), sortedMarginal(b, normalized(bWeights))).order1;
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

/** A sample along each of several directions. */
function sortedMarginals({ points, weights }: WeightedPoints, directions: Float64Array, d: number): SortedMarginal[] {
  const shares = normalized(weights);
  return Array.from({ length: directions.length / d }, (_, v) =>
    sortedMarginal(project(points, directions.subarray(v * d, v * d + d)), shares),
  );
}

function distancesSorted(a: readonly SortedMarginal[], b: readonly SortedMarginal[]): Pick<Along, 'order1' | 'energy'> {
  const found = a.map((marginal, v) => distanceSorted(marginal, b[v]!));
  return {
    order1: Float64Array.from(found, ({ order1 }) => order1),
    energy: Float64Array.from(found, ({ energy }) => energy),
  };
}

/**
 * ∫|F - G| and 2∫(F - G)². Walks up both lists at once; the long stretches of b between two values of a are what takes the
 * time.
 */
function distanceSorted(a: SortedMarginal, b: SortedMarginal): { order1: number; energy: number } {
  const n = a.values.length;
  const { values, cumulated } = b;
  let at = Math.min(a.values[0]!, values[0]!);
  let [j, shareA, shareB, total, squares] = [0, 0, 0, 0, 0];
  for (let i = 0; i <= n; i++) {
    const until = i < n ? a.values[i]! : Infinity;
    for (; j < values.length && values[j]! <= until; j++) {
      total += Math.abs(shareA - shareB) * (values[j]! - at);
      squares += (shareA - shareB) * (shareA - shareB) * (values[j]! - at);
      at = values[j]!;
      shareB = cumulated[j]!;
    }
    if (i === n) break;
    total += Math.abs(shareA - shareB) * (until - at);
    squares += (shareA - shareB) * (shareA - shareB) * (until - at);
    at = until;
    shareA = a.cumulated[i]!;
  }
  return { order1: total, energy: 2 * squares };
}

/** Unbiased weighted MMD² against each reference, of {@link thinned} points; see `mmd`. */
function kernelMeter(
  references: readonly WeightedPoints[],
  d: number,
  random: RandomStream,
): (sample: WeightedPoints) => number[] {
  const sigma = Math.sqrt(medianBandwidth(references[0]!, d, random));
  const own = (x: WeightedPoints): number => {
    const { similarity, mass } = ownPairs(x, d, sigma);
    return x.weights.length > 1 ? similarity / mass : 1;
  };
  const ofReferences = references.map(own);
  return (sample) => {
    const ofSample = own(sample);
    return references.map(
      (reference, r) => ofSample + ofReferences[r]! - 2 * pairsBetween(sample, reference, d, sigma).similarity,
    );
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
