import type { Kernels } from './kernels.js';

/** Points in the memory of kernels. */
export interface Placed {
  readonly address: number;
  /** Number of points, filled up with zeros to a whole number of tiles. */
  readonly length: number;
}

/** Points that are looked at for the middle of a cloud. */
const looks = 101;

/**
 * Clouds of points in units of a scale, seen from the middle of the first, so that |x|² is small where |x - y|² is. The middle
 * is a median, which no outlier moves.
 *
 * @param clouds (n x d) row-major each
 * @param unit (d) factor of each dimension
 */
export function centred(clouds: readonly [Float64Array, Float64Array], unit: Float64Array): typeof clouds {
  const d = unit.length;
  const n = clouds[0].length / d;
  const some = Array.from({ length: Math.min(n, looks) }, (_, k) => Math.floor((k * n) / Math.min(n, looks)));
  const middle = unit.map((_, k) => {
    const values = Float64Array.from(some, (i) => clouds[0][i * d + k]!).sort();
    return values[values.length >> 1] ?? 0;
  });
  const seen = (points: Float64Array): Float64Array => {
    const out = new Float64Array(points.length);
    for (let at = 0, k = 0; at < out.length; at++, k = k + 1 === d ? 0 : k + 1)
      out[at] = (points[at]! - middle[k]!) * unit[k]!;
    return out;
  };
  return [seen(clouds[0]), seen(clouds[1])];
}

/** Single or double precision. */
export type Bits = 32 | 64;

/** Numbers in the memory of kernels. */
export interface Numbers {
  readonly address: number;
  readonly view: Float32Array | Float64Array;
}

/** Rows as the kernels read them: point after point, filled up with zeros to a multiple of `tile`. */
export function rowMajor(kernels: Kernels, points: Float64Array, d: number, tile: number, bits: Bits = 64): Placed {
  const length = Math.ceil(points.length / d / tile) * tile;
  const { address, view } = numbers(kernels, length * d, bits);
  view.set(points);
  view.fill(0, points.length);
  return { address, length };
}

/**
 * Columns as the kernels read them: panels of `width` points, dimension after dimension, filled up with zeros.
 *
 * @param length number of columns to fill up to, a multiple of `width`; by default the next one
 */
export function panels(
  kernels: Kernels,
  points: Float64Array,
  d: number,
  width: number,
  bits: Bits = 64,
  length = Math.ceil(points.length / d / width) * width,
): Placed {
  const { address, view } = numbers(kernels, length * d, bits);
  view.fill(0);
  for (let j = 0; j < points.length / d; j++) {
    const lane = j % width;
    for (let k = 0; k < d; k++) view[(j - lane) * d + k * width + lane] = points[j * d + k]!;
  }
  return { address, length };
}

/** ½|x|² of each point. */
export function halfSquares(points: Float64Array, d: number): Float64Array {
  const out = new Float64Array(points.length / d);
  for (let i = 0; i < out.length; i++) {
    let squared = 0;
    for (let k = 0; k < d; k++) squared += points[i * d + k]! * points[i * d + k]!;
    out[i] = squared / 2;
  }
  return out;
}

/** New memory for numbers of one precision; it holds whatever was there before. */
export function numbers(kernels: Kernels, length: number, bits: Bits): Numbers {
  const address = kernels.reserve((bits / 8) * length);
  return { address, view: bits === 32 ? kernels.float32(address, length) : kernels.float64(address, length) };
}
