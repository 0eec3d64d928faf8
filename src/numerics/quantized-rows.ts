import { Failure } from '../core/failure.js';
import type { Kernels } from './kernels/kernels.js';

/**
 * Rows in eight bits a number, in the memory of kernels, with a bound on what that loses. For row x and query q, with the
 * codes and words of both, the dot product x·q (also as doubles compute it) lies within errorₓ |q| of scoreₓ |q|, where
 * scoreₓ = (codes · words) factor scaleₓ as single precision computes it.
 */
export interface QuantizedRows {
  readonly rows: number;
  readonly dimensions: number;
  /** Half the dimensions, rounded up. */
  readonly pairs: number;
  /** Addresses: codes in panels of 16 rows, pair of dimensions after pair; scale and error of each row, single precision. */
  readonly codes: number;
  readonly scales: number;
  readonly errors: number;
}

/** Rows of a panel; rows are filled up to whole panels with some that no query finds. */
export const panelRows = 16;
/** More dimensions than this leave too few bits to a query. */
const mostDimensions = 16_384;
/** Larger numbers could overflow in single precision. */
const largest = Math.fround(1e30);
const largestCode = 127;

/** Largest word of a query: with it no sum of codes times words leaves 32 bits. */
const largestWord = (dimensions: number): number =>
  Math.min(32_767, Math.floor(0x7fffffff / (largestCode * dimensions)));

/**
 * Rounds rows to eight bits, each in a unit of its own, its largest number in size over 127.
 *
 * With x = x̂ + δ and q = q̂ + η in what is left after rounding, x·q = x̂·q̂ + x̂·η + δ·q, so the error is at most
 * |δ||q| + |x̂||η| (Cauchy-Schwarz), and |η| ≤ |q| √d / (2 largestWord). Single precision adds at most 1e-6
 * |x̂||q|, and where numbers are tiny 1e-36 |q|.
 *
 * @param vectors (n x d) row-major
 * @throws {Failure} `invalid-input` on a shape that does not fit or a number that is not finite or beyond 1e30
 */
export function quantizeRows(kernels: Kernels, vectors: Float32Array, dimensions: number): QuantizedRows {
  checkShape('vectors', vectors, dimensions);
  const rows = vectors.length / dimensions;
  const pairs = Math.ceil(dimensions / 2);
  const padded = Math.ceil(rows / panelRows) * panelRows;
  const [codes, scales, errors] = [2 * pairs * padded, 4 * padded, 4 * padded].map((bytes) =>
    kernels.reserve(bytes),
  ) as [number, number, number];
  const code = int8At(kernels, codes, 2 * pairs * padded).fill(0);
  const scale = kernels.float32(scales, padded).fill(0);
  const error = kernels.float32(errors, padded).fill(-Infinity);
  const share = Math.sqrt(dimensions) / (2 * largestWord(dimensions)) + 1e-6;

  for (let row = 0; row < rows; row++) {
    const from = row * dimensions;
    const most = largestOf('vectors', vectors, from, dimensions);
    // Subnormal numbers may leave a unit of 0: all of the row is lost then, and counted so.
    const unit = Math.fround(most / largestCode);
    const perUnit = most > 0 ? largestCode / most : 0;
    const lane = row % panelRows;
    const panel = (row - lane) * 2 * pairs + 2 * lane;
    let [lost, kept] = [0, 0];
    for (let k = 0; k < dimensions; k++) {
      const x = vectors[from + k]!;
      const whole = Math.round(x * perUnit);
      code[panel + (k >> 1) * 2 * panelRows + (k & 1)] = whole;
      const near = whole * unit;
      lost += (x - near) * (x - near);
      kept += near * near;
    }
    scale[row] = unit;
    const [gap, length] = [Math.sqrt(lost), Math.sqrt(kept)];
    error[row] = (gap + share * (length + gap)) * (1 + 1e-6) + 1e-36;
  }
  return { rows, dimensions, pairs, codes, scales, errors };
}

/** A query as the rows are scored with it. */
export interface QuantizedQuery {
  /** |q|, or 1 for a query of zeros. */
  readonly length: number;
  /** Factor from whole numbers to shares of the length. */
  readonly factor: number;
}

/**
 * Rounds a query to about 16 bits.
 *
 * @param from where it begins in `queries`
 * @param words (2 pairs) is written
 * @throws {Failure} `invalid-input` on a number that is not finite or beyond 1e30
 */
export function quantizeQuery(
  queries: Float32Array,
  from: number,
  dimensions: number,
  words: Int16Array,
): QuantizedQuery {
  const unit = largestOf('queries', queries, from, dimensions) / largestWord(dimensions);
  let squares = 0;
  words.fill(0);
  for (let k = 0; k < dimensions; k++) {
    const x = queries[from + k]!;
    squares += x * x;
    if (unit > 0) words[k] = Math.round(x / unit);
  }
  const length = Math.sqrt(squares) || 1;
  return { length, factor: unit / length };
}

/** (length) view of bytes in the memory of kernels. */
export const int8At = (kernels: Kernels, address: number, length: number): Int8Array =>
  new Int8Array(kernels.int32(address, 0).buffer, address, length);

/** (length) view of whole numbers of 16 bits in the memory of kernels. */
export const int16At = (kernels: Kernels, address: number, length: number): Int16Array =>
  new Int16Array(kernels.int32(address, 0).buffer, address, length);

/** Refuses what is no matrix with so many columns. */
export function checkShape(name: string, vectors: Float32Array, dimensions: number): void {
  if (!(Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= mostDimensions))
    throw new Failure('invalid-input', {
      where: 'vectorSearch.dimensions',
      problem: 'not a number of dimensions',
      got: dimensions,
      expected: `a whole number from 1 to ${mostDimensions}`,
    });
  if (vectors.length % dimensions !== 0)
    throw new Failure('invalid-input', {
      where: `vectorSearch.${name}`,
      problem: 'not a whole number of vectors',
      got: `${vectors.length} numbers`,
      expected: `a multiple of ${dimensions}`,
    });
}

/** The largest number of a vector in size. */
function largestOf(name: string, vectors: Float32Array, from: number, dimensions: number): number {
  let most = 0;
  for (let k = from; k < from + dimensions; k++) {
    const size = Math.abs(vectors[k]!);
    if (!(size <= largest))
      throw new Failure('invalid-input', {
        where: `vectorSearch.${name}[${from / dimensions}][${k - from}]`,
        problem: 'not a finite number of ordinary size',
        got: vectors[k],
        expected: 'at most 1e30 in size',
      });
    if (size > most) most = size;
  }
  return most;
}
