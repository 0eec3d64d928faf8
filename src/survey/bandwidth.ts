import { logKernelSums, type KernelSumsInput } from '../numerics/kernel-sums.js';
import { moments, normalized } from '../numerics/statistics.js';

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

/**
 * Silverman's bandwidth: Scott's times (4/(d+2))^(1/(d+4)), the best for Gaussian data.
 *
 * @see Silverman (1986), Density Estimation, section 4.3.2
 */
export function silvermanBandwidth(sample: WeightedPoints, d: number): Float64Array {
  const factor = Math.exp(Math.log(4 / (d + 2)) / (d + 4));
  return scottBandwidth(sample, d).map((h) => h * factor);
}

/** One multiple of Scott's bandwidth that was tried. */
export interface BandwidthTrial {
  readonly factor: number;
  /** Of the held-out points, by their weight. */
  readonly meanLogDensity: number;
}

/** A bandwidth chosen by points that the density was not made of. */
export interface HeldOutBandwidth extends BandwidthTrial {
  /** (d) */
  readonly bandwidth: Float64Array;
  readonly trials: readonly BandwidthTrial[];
}

const defaultFactors = [0.35, 0.5, 0.7, 0.85, 1, 1.2, 1.4, 2];

/**
 * The multiple of Scott's bandwidth under which held-out points are likeliest.
 *
 * @param sample points that the density is made of
 * @param heldOut other points of the same distribution
 * @param factors multiples to try; of equals the first is taken
 */
export async function heldOutBandwidth(
  sample: WeightedPoints,
  heldOut: WeightedPoints,
  d: number,
  kernelSums: KernelSums = logKernelSums,
  factors: readonly number[] = defaultFactors,
): Promise<HeldOutBandwidth> {
  const scott = scottBandwidth(sample, d);
  const logMass = normalized(sample.weights).map(Math.log);
  const shares = normalized(heldOut.weights);
  const trials: BandwidthTrial[] = [];
  for (const factor of factors) {
    const bandwidth = scott.map((h) => h * factor);
    const sums = await kernelSums({
      dimensions: d,
      points: heldOut.points,
      centres: sample.points,
      logMass,
      bandwidth,
      precision: 'single',
    });
    const volume = bandwidth.reduce((s, h) => s + Math.log(h * Math.sqrt(2 * Math.PI)), 0);
    const meanLogDensity = sums.reduce((s, l, i) => (shares[i]! > 0 ? s + shares[i]! * (l - volume) : s), 0);
    trials.push({ factor, meanLogDensity });
  }
  const best = trials.reduce((a, b) => (b.meanLogDensity > a.meanLogDensity ? b : a));
  return { ...best, bandwidth: scott.map((h) => h * best.factor), trials };
}
