import type { RandomStream } from '../core/random.js';
import { fitGeneralizedPareto, generalizedParetoQuantile } from '../numerics/generalized-pareto.js';
import { logKernelSums } from '../numerics/kernel-sums.js';
import { crossValidatedLogits, quadraticFeatures } from '../numerics/logistic.js';
import { permutation } from '../numerics/sampling.js';
import { sortedOrder } from '../numerics/sorted-order.js';
import { normalized, quantile } from '../numerics/statistics.js';
import { scottBandwidth, type KernelSums, type WeightedPoints } from './bandwidth.js';

/** Points of the pool that its density is estimated from: more would cost time and change nothing. */
const maxCentres = 4_000;

/** How the two densities are estimated. */
export interface RatioOptions {
  /** (d) bandwidths of the target's density; by default Scott's. */
  readonly targetBandwidth?: Float64Array;
  /** (d) bandwidths of the pool's density; by default Scott's. */
  readonly poolBandwidth?: Float64Array;
  /**
   * Of the target's density: `single` is twice as fast and good to 1e-6 in the logarithm. The pool's is always in double
   * precision, because each point's own kernel is taken out of it. Default `double`.
   */
  readonly precision?: 'single' | 'double';
}

/**
 * Log density ratio target / pool at each point of the pool, by Gaussian kernel densities, each point left out of its
 * own density. Without leaving out, every point props up its own density and the ratio under-corrects.
 *
 * @param pool (n x d) the points to be weighted, with equal mass
 * @param target people of the target population
 * @param random chooses the centres of the pool's density where the pool has more than 4 000 points
 * @returns (n) unnormalised log importance weights, finite
 */
export async function logDensityRatio(
  pool: Float64Array,
  target: WeightedPoints,
  d: number,
  random: RandomStream,
  kernelSums: KernelSums = logKernelSums,
  options: RatioOptions = {},
): Promise<Float64Array> {
  const n = pool.length / d;
  const {
    poolBandwidth = scottBandwidth({ points: pool, weights: new Float64Array(n).fill(1) }, d),
    targetBandwidth = scottBandwidth(target, d),
    precision = 'double',
  } = options;
  const chosen = permutation(n, random).subarray(0, maxCentres);
  const centres = new Float64Array(chosen.length * d);
  chosen.forEach((i, row) => centres.set(pool.subarray(i * d, i * d + d), row * d));

  const logMass = normalized(target.weights).map(Math.log);
  const top = await kernelSums({
    dimensions: d,
    points: pool,
    centres: target.points,
    logMass,
    bandwidth: targetBandwidth,
    precision,
  });
  const equal = new Float64Array(chosen.length);
  const bottom = await kernelSums({ dimensions: d, points: pool, centres, logMass: equal, bandwidth: poolBandwidth });

  const others = new Float64Array(n).fill(chosen.length);
  // The own kernel is exp(0) = 1, hence log(exp(b) - 1).
  for (const i of chosen) {
    bottom[i] = Math.log(Math.expm1(Math.max(bottom[i]!, 0)));
    others[i] = Math.max(chosen.length - 1, 1);
  }
  const volume = (bandwidth: Float64Array): number => bandwidth.reduce((s, h) => s + Math.log(h), 0);
  const constant = volume(poolBandwidth) - volume(targetBandwidth);
  const ratio = top.map((t, i) => t - bottom[i]! + Math.log(others[i]!) + constant);
  // A point alone in space has an infinite ratio; it is as rare as the rarest that can be measured. Where none can be,
  // all are alike.
  const largest = ratio.reduce((m, r) => (r > m && r < Infinity ? r : m), -Infinity);
  const rarest = largest === -Infinity ? 0 : largest;
  return ratio.map((r) => (r === Infinity ? rarest : r));
}

/**
 * Importance weights from log ratios, clipped at a quantile of themselves and normalised to sum to one.
 *
 * @param clipQuantile in (0, 1]; 1 leaves them unclipped
 */
export function clippedWeights(logRatio: Float64Array, clipQuantile: number): Float64Array {
  const cap = quantile(logRatio, clipQuantile);
  return normalized(logRatio.map((r) => Math.exp(Math.min(r, cap) - cap)));
}

/** Importance weights whose largest are smoothed, and how far the raw ones can be trusted. */
export interface SmoothedWeights {
  /** (n) summing to one. */
  readonly weights: Float64Array;
  /**
   * Shape of the tail of the ratios: their moments of order 1/k and above do not exist. Null where the tail has fewer than five
   * points or they are all alike: then nothing was smoothed.
   */
  readonly paretoK: number | null;
  /** What k may reach for estimates from this many points: min(1 - 1/log10 n, 0.7). */
  readonly paretoKLimit: number;
}

/** Fewest points of a tail. */
const leastTail = 5;

/**
 * Pareto-smoothed importance weights: a generalised Pareto distribution is fitted to the largest ratios (a fifth of them, at
 * most 3√n), which are replaced by its expected order statistics and never exceed the largest raw ratio.
 *
 * @param logRatio (n) finite
 * @see Vehtari, Simpson, Gelman, Yao & Gabry (2024), Pareto smoothed importance sampling, JMLR 25(72)
 */
export function smoothedWeights(logRatio: Float64Array): SmoothedWeights {
  const n = logRatio.length;
  const paretoKLimit = Math.min(1 - 1 / Math.log10(Math.max(n, 2)), 0.7);
  const largest = logRatio.reduce((most, r) => Math.max(most, r), -Infinity);
  const ratio = logRatio.map((r) => Math.exp(r - largest));
  const size = Math.ceil(Math.min(0.2 * n, 3 * Math.sqrt(n)));
  const order = sortedOrder(ratio);
  const tail = order.subarray(n - size);
  const threshold = size < n ? ratio[order[n - size - 1]!]! : 0;
  const excesses = Float64Array.from(tail, (i) => ratio[i]! - threshold);
  if (size < leastTail || !(excesses[size - 1]! > excesses[0]!))
    return { weights: normalized(ratio), paretoK: null, paretoKLimit };
  const fit = fitGeneralizedPareto(excesses);
  tail.forEach((i, rank) => {
    ratio[i] = Math.min(threshold + generalizedParetoQuantile(fit, (rank + 0.5) / size), 1);
  });
  return { weights: normalized(ratio), paretoK: fit.shape, paretoKLimit };
}

/** Log density ratios of some points. */
export interface SomeRatios {
  /** The points, ascending. */
  readonly rows: Uint32Array;
  readonly logRatio: Float64Array;
}

/** Points of each side that the classifier looks at. */
const mostLooks = 20_000;

/**
 * Log density ratio target / pool by a classifier that tells the two apart (logistic regression on coordinates, squares and
 * products), each point judged by a model that has not seen it. Exact for Gaussians, and wrong in other ways than kernel
 * densities are: a check of {@link logDensityRatio}, not a replacement.
 *
 * @param pool (n x d), target, d see {@link logDensityRatio}
 * @param random draws the points, where either side has more than 20,000, and five folds
 * @see Sugiyama, Suzuki & Kanamori (2012), Density Ratio Estimation in Machine Learning, chapter 4
 */
export function classifierLogRatio(
  pool: Float64Array,
  target: WeightedPoints,
  d: number,
  random: RandomStream,
): SomeRatios {
  const some = (size: number): Uint32Array => permutation(size, random).subarray(0, mostLooks).sort();
  const [rows, people] = [some(pool.length / d), some(target.weights.length)];
  const [n, m] = [rows.length, people.length];
  const points = new Float64Array((n + m) * d);
  rows.forEach((i, at) => points.set(pool.subarray(i * d, i * d + d), at * d));
  people.forEach((i, at) => points.set(target.points.subarray(i * d, i * d + d), (n + at) * d));
  const labels = Uint8Array.from({ length: n + m }, (_, i) => (i < n ? 0 : 1));
  // Both classes weigh the same, so that the log odds are the log ratio.
  const weights = new Float64Array(n + m).fill(1 / n);
  weights.set(normalized(Float64Array.from(people, (i) => target.weights[i]!)), n);
  const { logits } = crossValidatedLogits(quadraticFeatures(points, d), labels, weights, 5, random);
  return { rows, logRatio: logits.slice(0, n) };
}
