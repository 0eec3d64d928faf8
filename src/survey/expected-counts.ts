import { Failure } from '../core/failure.js';
import { sum } from '../numerics/statistics.js';

/** How many of each record are wanted, before anything is rounded. */
export interface ExpectedCountsOptions {
  /** What the counts sum to: a whole number ≥ 0. */
  readonly size: number;
  /** Most copies of a record, a whole number ≥ 1. Default: no limit. */
  readonly cap?: number;
  /** Rows of records that are wanted at least once, whatever their weight. */
  readonly keep?: ArrayLike<number>;
}

/**
 * Expected counts in proportion to the weights, with sum `size`: min(cap, max(least, t · weight)), where least is 1 for a
 * record to be kept and 0 otherwise, and t is such that the sum is right. Both bounds are whole numbers, so that an expected count
 * may be rounded either way and still keeps them.
 *
 * @param weights (n) finite, ≥ 0, any scale
 * @returns (n)
 * @throws {Failure} `invalid-input` on weights, a size, a cap or rows that are none; `infeasible` when fewer are asked for
 * than have to be kept, or more than the cap allows
 */
export function expectedCounts(
  weights: Float64Array,
  { size, cap = Infinity, keep = [] }: ExpectedCountsOptions,
): Float64Array {
  checkOptions(weights, size, cap, keep);
  const least = new Uint8Array(weights.length);
  for (let k = 0; k < keep.length; k++) least[keep[k]!] = 1;
  checkRoom(weights, size, cap, least);
  const total = sum(weights);
  const countAt = (t: number, i: number): number =>
    weights[i]! > 0 ? Math.min(cap, Math.max(least[i]!, t * weights[i]!)) : least[i]!;
  const sumAt = (t: number): number => weights.reduce((s, _, i) => s + countAt(t, i), 0);

  let [low, high] = [0, total > 0 ? size / total : 0];
  if (cap < Infinity || keep.length > 0) {
    for (; sumAt(high) < size && high < Infinity; high *= 2) low = high;
    for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2)
      if (sumAt(middle) < size) low = middle;
      else high = middle;
  }
  return Float64Array.from(weights, (_, i) => countAt(high, i));
}

function checkOptions(weights: Float64Array, size: number, cap: number, keep: ArrayLike<number>): void {
  const fail = (where: string, problem: string, got: unknown, expected: string): never => {
    throw new Failure('invalid-input', { where: `integerize.${where}`, problem, got, expected });
  };
  const bad = weights.findIndex((w) => !(w >= 0 && w < Infinity));
  if (bad >= 0) fail(`weights[${bad}]`, 'not a weight', weights[bad], 'a finite number ≥ 0');
  if (sum(weights) === Infinity) fail('weights', 'no finite sum', Infinity, 'weights on a smaller scale');
  if (!(Number.isInteger(size) && size >= 0)) fail('size', 'not a number of records', size, 'a whole number ≥ 0');
  if (cap !== Infinity && !(Number.isInteger(cap) && cap >= 1))
    fail('cap', 'not a number of copies', cap, 'a whole number ≥ 1');
  for (let k = 0; k < keep.length; k++)
    if (!(Number.isInteger(keep[k]) && keep[k]! >= 0 && keep[k]! < weights.length))
      fail(`keep[${k}]`, 'no such record', keep[k], `0 to ${weights.length - 1}`);
}

function checkRoom(weights: Float64Array, size: number, cap: number, least: Uint8Array): void {
  const kept = sum(least);
  if (kept > size)
    throw new Failure('infeasible', {
      where: 'integerize.keep',
      problem: 'more records are to be kept than are asked for',
      got: kept,
      expected: `at most ${size}`,
    });
  const carriers = weights.reduce((n, w) => n + (w > 0 ? 1 : 0), 0);
  // A record that is kept without weight is taken once only.
  const weightless = least.reduce((n, own, i) => n + (weights[i]! > 0 ? 0 : own), 0);
  if (carriers === 0 && size > weightless)
    throw new Failure('invalid-input', {
      where: 'integerize.weights',
      problem: 'no positive weight',
      got: 0,
      expected: '> 0',
    });
  if (carriers > 0 && carriers * cap + weightless < size)
    throw new Failure('infeasible', {
      where: 'integerize.cap',
      problem: 'too few records',
      got: `${carriers} records x ${cap}`,
      expected: `at least ${size}`,
      hint: 'Raise the cap, or ask for fewer.',
    });
}
