import type { RandomStream } from '../core/random.js';
import { positiveTotal } from './statistics.js';

/** Draws indices with probability in proportion to fixed weights, O(1) a draw. */
export type IndexSampler = (random: RandomStream) => number;

/**
 * Alias table for repeated draws with replacement.
 *
 * @param weights non-negative, not all zero
 * @throws {Failure} `invalid-input` when no weight is positive
 * @see Vose (1991), A linear algorithm for generating random numbers with a given distribution
 */
export function indexSampler(weights: ArrayLike<number>): IndexSampler {
  const n = weights.length;
  const total = positiveTotal(weights, 'indexSampler.weights');
  const probability = Float64Array.from(weights, (w) => (w * n) / total);
  const alias = new Uint32Array(n);
  const small: number[] = [];
  const large: number[] = [];
  probability.forEach((p, i) => (p < 1 ? small : large).push(i));
  while (small.length > 0 && large.length > 0) {
    const s = small.pop()!;
    const l = large[large.length - 1]!;
    alias[s] = l;
    probability[l] = probability[l]! + probability[s]! - 1;
    if (probability[l] < 1) small.push(large.pop()!);
  }
  // What rounding leaves over stands for certainty.
  for (const i of [...small, ...large]) probability[i] = 1;
  return (random) => {
    const i = random.below(n);
    return random.uniform() < probability[i]! ? i : alias[i]!;
  };
}

/**
 * Systematic sampling: how often each record is taken in a sample of `size`, one random start, fixed step.
 * Each count is the floor or the ceiling of its expectation.
 *
 * @param weights (n) non-negative, not all zero, any scale
 * @returns counts (n), summing to `size`
 * @throws {Failure} `invalid-input` when no weight is positive
 * @see Madow (1949), On the theory of systematic sampling
 */
export function systematicCounts(weights: Float64Array, size: number, random: RandomStream): Int32Array {
  const counts = new Int32Array(weights.length);
  const step = positiveTotal(weights, 'systematicCounts.weights') / size;
  let next = random.uniform() * step;
  let cumulated = 0;
  let taken = 0;
  for (let i = 0; i < weights.length; i++) {
    cumulated += weights[i]!;
    while (next < cumulated && taken < size) {
      counts[i]!++;
      taken++;
      next += step;
    }
  }
  // Rounding of the running sum may leave the last unit out.
  counts[weights.findLastIndex((w) => w > 0)]! += size - taken;
  return counts;
}

/** Fisher-Yates shuffle of 0..n-1. */
export function permutation(n: number, random: RandomStream): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
  return order;
}
