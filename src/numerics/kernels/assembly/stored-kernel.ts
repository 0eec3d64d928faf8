import { across32, log32, madd32, madd64, power32 } from './simd';
import { factor, flush } from './fused-pass';
import { add, rests, settle, wholes } from './mixed-pass';

/** Bytes of columns that a part goes through all its rows with: they stay in the nearest cache. */
const near: i32 = 24576;
/** Columns whose row sums are added up in single precision before they go over to double, in bytes. */
const block: usize = 1024;

/**
 * Writes K = 2^(x·y + hⱼ + fᵢ) for the rows of a part, exponents in double precision. For many dimensions, where computing it
 * again at every iteration would cost more than reading it.
 *
 * @param rows, rowsPerPart multiples of 4
 * @param columns a multiple of 4; y lies in panels of four columns, dimension after dimension
 * @param kernel (rows x columns) single precision
 */
export function storeKernel(
  part: i32,
  scratch: usize,
  rows: i32,
  rowsPerPart: i32,
  columns: i32,
  d: i32,
  x: usize,
  y: usize,
  h: usize,
  f: usize,
  kernel: usize,
): void {
  const from = part * rowsPerPart;
  const to = min(from + rowsPerPart, rows);
  const stride = <usize>d << 3;
  const end = <usize>columns << 3;
  const row = <usize>columns << 2;
  const wide = max<usize>(32, (near / d) & ~31);
  for (let begin: usize = 0; begin < end; begin += wide) {
    const until = min(begin + wide, end);
    for (let i = from; i < to; i += 4) {
      const at = <usize>i << 3;
      const xi = x + <usize>i * stride;
      const f0 = v128.load64_splat(f + at);
      const f1 = v128.load64_splat(f + at, 8);
      const f2 = v128.load64_splat(f + at, 16);
      const f3 = v128.load64_splat(f + at, 24);
      let p = y + begin * d;
      let o = kernel + <usize>i * row + (begin >> 1);
      for (let j = begin; j < until; j += 32) {
        const h0 = v128.load(h + j);
        const h1 = v128.load(h + j, 16);
        let a0 = f64x2.add(f0, h0);
        let a1 = f64x2.add(f0, h1);
        let b0 = f64x2.add(f1, h0);
        let b1 = f64x2.add(f1, h1);
        let c0 = f64x2.add(f2, h0);
        let c1 = f64x2.add(f2, h1);
        let e0 = f64x2.add(f3, h0);
        let e1 = f64x2.add(f3, h1);
        let q = xi;
        for (let k: usize = 0; k < stride; k += 8) {
          const y0 = v128.load(p);
          const y1 = v128.load(p, 16);
          let v = v128.load64_splat(q);
          a0 = madd64(v, y0, a0);
          a1 = madd64(v, y1, a1);
          v = v128.load64_splat(q + stride);
          b0 = madd64(v, y0, b0);
          b1 = madd64(v, y1, b1);
          v = v128.load64_splat(q + 2 * stride);
          c0 = madd64(v, y0, c0);
          c1 = madd64(v, y1, c1);
          v = v128.load64_splat(q + 3 * stride);
          e0 = madd64(v, y0, e0);
          e1 = madd64(v, y1, e1);
          q += 8;
          p += 32;
        }
        v128.store(o, power32(wholes(a0, a1), rests(a0, a1)));
        v128.store(o + row, power32(wholes(b0, b1), rests(b0, b1)));
        v128.store(o + 2 * row, power32(wholes(c0, c1), rests(c0, c1)));
        v128.store(o + 3 * row, power32(wholes(e0, e1), rests(e0, e1)));
        o += 16;
      }
    }
  }
}

/**
 * {@link fusedPassMixed} over a stored K: ρᵢ = Σⱼ Kᵢⱼ vⱼ, and Σᵢ uᵢ Kᵢⱼ with uᵢ = weightᵢ ρᵢ^-damping; the caller multiplies
 * the latter by vⱼ.
 *
 * @param scratch columns numbers of 32 bits
 * @param v (columns) single precision
 * @param cross (rows) uᵢ Σⱼ Kᵢⱼ vⱼ log₂ Kᵢⱼ; not written where it is 0
 */
export function storedPass(
  part: i32,
  scratch: usize,
  rows: i32,
  rowsPerPart: i32,
  columns: i32,
  kernel: usize,
  v: usize,
  weight: usize,
  damping: f64,
  rho: usize,
  sums: usize,
  cross: usize,
): void {
  const from = part * rowsPerPart;
  const to = min(from + rowsPerPart, rows);
  const end = <usize>columns << 2;
  const total = sums + ((<usize>part * columns) << 3);
  memory.fill(total, 0, <usize>columns << 3);
  memory.fill(scratch, 0, end);
  for (let i = from; i < to; i += 4) {
    const at = <usize>i << 3;
    const k0 = kernel + <usize>i * end;
    const k1 = k0 + end;
    const k2 = k1 + end;
    const k3 = k2 + end;
    memory.fill(rho + at, 0, 32);
    if (cross != 0) memory.fill(cross + at, 0, 32);
    for (let begin: usize = 0; begin < end; begin += block) {
      const until = min(begin + block, end);
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      for (let j = begin; j < until; j += 16) {
        const w = v128.load(v + j);
        s0 = madd32(w, v128.load(k0 + j), s0);
        s1 = madd32(w, v128.load(k1 + j), s1);
        s2 = madd32(w, v128.load(k2 + j), s2);
        s3 = madd32(w, v128.load(k3 + j), s3);
      }
      add(rho + at, s0, s1, s2, s3);
      if (cross != 0)
        add(
          cross + at,
          crossSum(v, k0, begin, until),
          crossSum(v, k1, begin, until),
          crossSum(v, k2, begin, until),
          crossSum(v, k3, begin, until),
        );
    }
    const u0 = f32x4.splat(<f32>settled(at, rho, weight, damping, cross));
    const u1 = f32x4.splat(<f32>settled(at + 8, rho, weight, damping, cross));
    const u2 = f32x4.splat(<f32>settled(at + 16, rho, weight, damping, cross));
    const u3 = f32x4.splat(<f32>settled(at + 24, rho, weight, damping, cross));
    for (let j: usize = 0; j < end; j += 16) {
      let c = v128.load(scratch + j);
      c = madd32(u0, v128.load(k0 + j), c);
      c = madd32(u1, v128.load(k1 + j), c);
      c = madd32(u2, v128.load(k2 + j), c);
      c = madd32(u3, v128.load(k3 + j), c);
      v128.store(scratch + j, c);
    }
    if (((i - from) & 252) == 252) flush(total, scratch, end);
  }
  flush(total, scratch, end);
}

/** Σ K v log₂ K over some columns of a row, in four lanes. */
@inline
function crossSum(v: usize, k: usize, begin: usize, until: usize): v128 {
  let sum = f32x4.splat(0);
  for (let j = begin; j < until; j += 16) {
    const power = v128.load(k + j);
    sum = madd32(f32x4.mul(v128.load(v + j), power), log32(power), sum);
  }
  return sum;
}

/** The factor uᵢ of a row whose sum is known. */
@inline
function settled(at: usize, rho: usize, weight: usize, damping: f64, cross: usize): f64 {
  if (cross != 0) return settle(at, rho, weight, damping, cross);
  return factor(f64.load(weight + at), f64.load(rho + at), damping);
}
