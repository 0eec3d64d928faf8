import type { RandomStream } from '../core/random.js';
import { logKernelSums } from '../numerics/kernel-sums.js';
import { withKernels, type KernelOptions, type Kernels } from '../numerics/kernels/kernels.js';
import { permutation } from '../numerics/sampling.js';
import { normalized, positiveTotal } from '../numerics/statistics.js';
import { checkPoints } from './check-points.js';
import type { WeightedPoints } from './divergences.js';

/** How the discrepancy is computed. */
export interface MmdOptions extends KernelOptions {
  /** Standard deviation σ of the kernel exp(-|x - y|²/2σ²), in score units; by default that of {@link medianBandwidth}. */
  readonly bandwidth?: number;
  /** Pairs that are looked at; where there are more, points are cut into blocks. Default 1.2e9: 20,000 points on each side. */
  readonly mostPairs?: number;
}

/** An unbiased squared maximum mean discrepancy. */
export interface Mmd {
  /** May be below 0. */
  readonly squared: number;
  /** Of the blocks; 0 where all pairs were looked at. */
  readonly standardError: number;
  readonly bandwidth: number;
  /** 1 where all pairs were looked at. */
  readonly blocks: number;
}

/**
 * Unbiased squared maximum mean discrepancy of two weighted samples under a Gaussian kernel: each set's own pairs without
 * i = j over 1 - Σw², less twice the pairs between. Exact as long as all pairs are within the limit; beyond, both samples are
 * shuffled and cut into as many blocks as it takes, and only pairs within a block count: still unbiased, with a standard error.
 *
 * A weight of two is not two records, because a pair of equal records counts as a pair. A set of one point has no pairs; its
 * own term is then 1.
 *
 * @param random draws the pairs behind the bandwidth, and the blocks
 * @throws {Failure} `invalid-input` on a sample without weight, or points or weights that do not fit or are not finite
 * @see Gretton et al. (2012) JMLR 13, eq. 3; Zaremba, Gretton & Blaschko (2013) NeurIPS 26 for the blocks
 */
export function mmd(
  a: WeightedPoints,
  b: WeightedPoints,
  d: number,
  random: RandomStream,
  { bandwidth, mostPairs = 1.2e9, ...where }: MmdOptions = {},
): Mmd {
  for (const [name, { points, weights }] of Object.entries({ a, b })) {
    checkPoints(`mmd.${name}`, points, weights, d);
    positiveTotal(weights, `mmd.${name}.weights`);
  }
  const [x, y] = [withWeight(a, d), withWeight(b, d)];
  const [n, m] = [x.weights.length, y.weights.length];
  const sigma = bandwidth ?? Math.sqrt(medianBandwidth(y, d, random));
  // n m pairs and those within; a block of each takes a B-th of the points and so a B²-th of the pairs.
  const wanted = Math.ceil((n * n + m * m + n * m) / mostPairs);
  const blocks = Math.max(1, Math.min(wanted, Math.floor(n / 2), Math.floor(m / 2)));
  return withKernels(where, (kernels) => {
    const [left, right] = blocks === 1 ? [[x], [y]] : [cut(x, d, blocks, random), cut(y, d, blocks, random)];
    const sums = left.map((part, c) => [
      ownPairs(part, d, sigma, kernels),
      ownPairs(right[c]!, d, sigma, kernels),
      pairsBetween(part, right[c]!, d, sigma, kernels),
    ]);
    return { ...combined(sums, n, m), bandwidth: sigma, blocks };
  });
}

/** Weighted kernel values of some pairs, and the weight of those pairs. */
interface Pairs {
  readonly similarity: number;
  readonly mass: number;
}

/** Ratios of sums over blocks, and the standard error of their combination by linearisation. */
function combined(blocks: readonly (readonly Pairs[])[], n: number, m: number) {
  const factors = [1, 1, -2];
  const totals = factors.map((_, k) => ({
    similarity: blocks.reduce((s, pairs) => s + pairs[k]!.similarity, 0),
    mass: blocks.reduce((s, pairs) => s + pairs[k]!.mass, 0),
  }));
  const alone = [n === 1, m === 1, false];
  const means = totals.map(({ similarity, mass }, k) => (alone[k] ? 1 : similarity / mass));
  const squared = means.reduce((s, mean, k) => s + factors[k]! * mean, 0);
  const residuals = blocks.map((pairs) =>
    pairs.reduce(
      (s, { similarity, mass }, k) => s + (factors[k]! * (similarity - means[k]! * mass)) / totals[k]!.mass,
      0,
    ),
  );
  const count = blocks.length;
  const spread = residuals.reduce((s, e) => s + e * e, 0);
  return { squared, standardError: count > 1 ? Math.sqrt((count / (count - 1)) * spread) : 0 };
}

/** Pairs of different points of one set. */
export function ownPairs(x: WeightedPoints, d: number, sigma: number, kernels?: Kernels): Pairs {
  const { similarity, mass } = pairsBetween(x, x, d, sigma, kernels);
  const squares = x.weights.reduce((s, w) => s + w * w, 0);
  return { similarity: similarity - squares, mass: mass - squares };
}

/** Pairs of a point of each set. Weights > 0. */
export function pairsBetween(
  x: WeightedPoints,
  y: WeightedPoints,
  dimensions: number,
  sigma: number,
  kernels?: Kernels,
): Pairs {
  const [points, centres, logMass] = [x.points, y.points, y.weights.map(Math.log)];
  const bandwidth = new Float64Array(dimensions).fill(sigma);
  const found = logKernelSums({ dimensions, points, centres, logMass, bandwidth }, kernels);
  let similarity = 0;
  x.weights.forEach((w, i) => (similarity += w * Math.exp(found[i]!)));
  return { similarity, mass: x.weights.reduce((s, w) => s + w, 0) * y.weights.reduce((s, w) => s + w, 0) };
}

/** Pairs behind the bandwidth. */
const looks = 2_000;

/** Median squared distance of pairs drawn from a sample, as the variance of a kernel; 1 where more than half of them are 0. */
export function medianBandwidth({ points, weights }: WeightedPoints, d: number, random: RandomStream): number {
  const squared = Float64Array.from({ length: looks }, () => {
    const [i, j] = [random.below(weights.length), random.below(weights.length)];
    let total = 0;
    for (let k = 0; k < d; k++) {
      const difference = points[i * d + k]! - points[j * d + k]!;
      total += difference * difference;
    }
    return total;
  });
  const median = squared.sort()[looks / 2]!;
  return median > 0 ? median : 1;
}

/** The points that have weight, with weights that sum to one. */
function withWeight({ points, weights }: WeightedPoints, d: number): WeightedPoints {
  const shares = normalized(weights);
  const rows = Uint32Array.from(shares.keys()).filter((i) => shares[i]! > 0);
  return { points: rowsOf(points, d, rows), weights: Float64Array.from(rows, (i) => shares[i]!) };
}

/** Rows of points, in the order that is asked for. */
function rowsOf(points: Float64Array, d: number, rows: Uint32Array): Float64Array {
  const out = new Float64Array(rows.length * d);
  rows.forEach((i, row) => out.set(points.subarray(i * d, i * d + d), row * d));
  return out;
}

/** A shuffled sample in blocks of the same size, to one point. */
function cut({ points, weights }: WeightedPoints, d: number, blocks: number, random: RandomStream): WeightedPoints[] {
  const n = weights.length;
  const order = permutation(n, random);
  return Array.from({ length: blocks }, (_, c) => {
    const rows = order.subarray(Math.floor((c * n) / blocks), Math.floor(((c + 1) * n) / blocks));
    return { points: rowsOf(points, d, rows), weights: Float64Array.from(rows, (i) => weights[i]!) };
  });
}
