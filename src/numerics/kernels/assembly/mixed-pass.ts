import { across32, madd32, madd64, power32 } from './simd';
import { factor, flush } from './fused-pass';

/** Columns whose row sums are added up in single precision before they go over to double; and rows, for column sums. */
const block: usize = 256;

/**
 * {@link fusedPass32} with what matters in double precision: exponents, and sums of more than a few hundred terms. A power of
 * two has a relative error of 1e-7 that follows no pattern, so that of a sum of many is far smaller.
 *
 * @param scratch 21 x columns + 8192 bytes
 * @param rows, rowsPerPart multiples of 4
 * @param columns a multiple of 4; y lies in panels of 4 columns, dimension after dimension
 * @param floor (columns) tiles of four rows by four columns below it are left out; -Infinity leaves nothing out
 * @param rho (rows) row sums
 * @param sums (parts x columns) column sums of each part
 * @param cross (rows) uᵢ Σⱼ Pᵢⱼ log₂ Pᵢⱼ
 */
export function fusedPassMixed(
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
  floor: usize,
  weight: usize,
  damping: f64,
  rho: usize,
  sums: usize,
  cross: usize,
): void {
  const from = part * rowsPerPart;
  const to = min(from + rowsPerPart, rows);
  const stride = <usize>d << 3;
  const end = <usize>columns << 3;
  const total = sums + ((<usize>part * columns) << 3);
  memory.fill(total, 0, end);
  const powers = scratch + (block << 5);
  const column = powers + (end << 1);
  memory.fill(column, 0, end >> 1);
  const kept = column + (end >> 1);
  for (let i = from; i < to; i += 4) {
    const at = <usize>i << 3;
    const xi = x + <usize>i * stride;
    const f0 = v128.load64_splat(f + at);
    const f1 = v128.load64_splat(f + at, 8);
    const f2 = v128.load64_splat(f + at, 16);
    const f3 = v128.load64_splat(f + at, 24);
    memory.fill(rho + at, 0, 32);
    memory.fill(cross + at, 0, 32);
    let p = y;
    let b = powers;
    let last = kept;
    for (let begin: usize = 0; begin < end; begin += block << 3) {
      const until = min(begin + (block << 3), end);
      let o = scratch;
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
        const most0 = f64x2.pmax(f64x2.pmax(a0, b0), f64x2.pmax(c0, e0));
        const most1 = f64x2.pmax(f64x2.pmax(a1, b1), f64x2.pmax(c1, e1));
        const over = v128.or(f64x2.ge(most0, v128.load(floor + j)), f64x2.ge(most1, v128.load(floor + j, 16)));
        v128.store(o, a0);
        v128.store(o, a1, 16);
        v128.store(o, b0, 32);
        v128.store(o, b1, 48);
        v128.store(o, c0, 64);
        v128.store(o, c1, 80);
        v128.store(o, e0, 96);
        v128.store(o, e1, 112);
        const keep = <usize>(i32x4.bitmask(over) != 0);
        store<usize>(last, j);
        last += keep << 2;
        o += keep << 7;
      }
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let q0 = s0;
      let q1 = s0;
      let q2 = s0;
      let q3 = s0;
      for (let e = scratch; e < o; e += 128) {
        let x0 = v128.load(e);
        let x1 = v128.load(e, 16);
        let whole = wholes(x0, x1);
        let rest = rests(x0, x1);
        let power = power32(whole, rest);
        v128.store(b, power);
        s0 = f32x4.add(s0, power);
        q0 = madd32(power, f32x4.add(f32x4.convert_i32x4_s(whole), rest), q0);
        x0 = v128.load(e, 32);
        x1 = v128.load(e, 48);
        whole = wholes(x0, x1);
        rest = rests(x0, x1);
        power = power32(whole, rest);
        v128.store(b, power, 16);
        s1 = f32x4.add(s1, power);
        q1 = madd32(power, f32x4.add(f32x4.convert_i32x4_s(whole), rest), q1);
        x0 = v128.load(e, 64);
        x1 = v128.load(e, 80);
        whole = wholes(x0, x1);
        rest = rests(x0, x1);
        power = power32(whole, rest);
        v128.store(b, power, 32);
        s2 = f32x4.add(s2, power);
        q2 = madd32(power, f32x4.add(f32x4.convert_i32x4_s(whole), rest), q2);
        x0 = v128.load(e, 96);
        x1 = v128.load(e, 112);
        whole = wholes(x0, x1);
        rest = rests(x0, x1);
        power = power32(whole, rest);
        v128.store(b, power, 48);
        s3 = f32x4.add(s3, power);
        q3 = madd32(power, f32x4.add(f32x4.convert_i32x4_s(whole), rest), q3);
        b += 64;
      }
      add(rho + at, s0, s1, s2, s3);
      add(cross + at, q0, q1, q2, q3);
    }
    const w0 = settle(at, rho, weight, damping, cross);
    const w1 = settle(at + 8, rho, weight, damping, cross);
    const w2 = settle(at + 16, rho, weight, damping, cross);
    const w3 = settle(at + 24, rho, weight, damping, cross);
    const u0 = f32x4.splat(<f32>w0);
    const u1 = f32x4.splat(<f32>w1);
    const u2 = f32x4.splat(<f32>w2);
    const u3 = f32x4.splat(<f32>w3);
    b = powers;
    for (let t = kept; t < last; t += 4) {
      const c = column + (load<usize>(t) >> 1);
      let sum = v128.load(c);
      sum = madd32(u0, v128.load(b), sum);
      sum = madd32(u1, v128.load(b, 16), sum);
      sum = madd32(u2, v128.load(b, 32), sum);
      sum = madd32(u3, v128.load(b, 48), sum);
      v128.store(c, sum);
      b += 64;
    }
    if (((i - from) & 252) == 252) flush(total, column, end >> 1);
  }
  flush(total, column, end >> 1);
}

/** x rounded to whole numbers, for four exponents of double precision; at least -126. */
@inline
export function wholes(x0: v128, x1: v128): v128 {
  return i32x4.shuffle(shifted(x0), shifted(x1), 0, 2, 4, 6);
}

/** What rounding leaves of them. */
@inline
export function rests(x0: v128, x1: v128): v128 {
  return i32x4.shuffle(restOf(x0), restOf(x1), 0, 1, 4, 5);
}

@inline
function clamped(x: v128): v128 {
  return f64x2.pmax(x, f64x2.splat(-126));
}

@inline
function shifted(x: v128): v128 {
  return f64x2.add(clamped(x), f64x2.splat(6755399441055744.0));
}

@inline
function restOf(x: v128): v128 {
  return f32x4.demote_f64x2_zero(f64x2.sub(clamped(x), f64x2.sub(shifted(x), f64x2.splat(6755399441055744.0))));
}

/** Adds the sums over lanes to four doubles. */
@inline
export function add(to: usize, s0: v128, s1: v128, s2: v128, s3: v128): void {
  f64.store(to, f64.load(to) + <f64>across32(s0));
  f64.store(to, f64.load(to, 8) + <f64>across32(s1), 8);
  f64.store(to, f64.load(to, 16) + <f64>across32(s2), 16);
  f64.store(to, f64.load(to, 24) + <f64>across32(s3), 24);
}

/** The factor uᵢ of a row whose sum is known. */
@inline
export function settle(at: usize, rho: usize, weight: usize, damping: f64, cross: usize): f64 {
  const u = factor(f64.load(weight + at), f64.load(rho + at), damping);
  f64.store(cross + at, u * f64.load(cross + at));
  return u;
}
