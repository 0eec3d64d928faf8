import type { RandomStream } from '../core/random.js';
import { logKernelSums, type KernelSumsInput } from '../numerics/kernel-sums.js';
import { permutation } from '../numerics/sampling.js';
import { moments, normalized, quantile } from '../numerics/statistics.js';

/** Points with weights, in d dimensions: (n x d) row-major. */
export interface WeightedPoints {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

/** Evaluates kernel sums; the plain function, or one that spreads the rows over workers. */
export type KernelSums = (input: KernelSumsInput) => Float64Array | Promise<Float64Array>;

/**
 * Scott's bandwidth for each dimension, h = s n_eff^(-1/(d+4)), with Kish's n for weighted points.
 *
 * @see Scott (1992), Multivariate Density Estimation, section 6.3
 */
export function scottBandwidth({ points, weights }: WeightedPoints, d: number): Float64Array {
  const shares = normalized(weights);
  const effective = 1 / shares.reduce((s, w) => s + w * w, 0);
  // exp and log, because the bits of a power with a fractional exponent differ between Node versions.
  const factor = Math.exp(-Math.log(effective) / (d + 4));
  return moments(points, d, weights).sd.map((sd) => Math.max(sd * factor, 1e-6));
}

/** Points of the pool that its density is estimated from: more would cost time and change nothing. */
const maxCentres = 4_000;

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
): Promise<Float64Array> {
  const n = pool.length / d;
  const poolBandwidth = scottBandwidth({ points: pool, weights: new Float64Array(n).fill(1) }, d);
  const targetBandwidth = scottBandwidth(target, d);
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
