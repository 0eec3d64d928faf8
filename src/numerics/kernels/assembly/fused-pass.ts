import { across32, across64, exp32, exp64, log64, madd32, madd64 } from './simd';

/** Bytes of columns whose exponents are found before their powers are: they stay near the processor. */
const block: usize = 2048;

/**
 * One iteration of entropic transport over the rows of a part, at most one power of two a pair, in single precision. With
 * P = 2^(x·y + hⱼ + fᵢ): the row sums ρᵢ, and the column sums Σᵢ uᵢ Pᵢⱼ with uᵢ = weightᵢ ρᵢ^-damping. Four rows of P wait in
 * scratch until their sums are known. Tiles of four rows by eight columns in which every exponent is below its column's floor
 * are left out.
 *
 * @param scratch 21 x columns bytes
 * @param rows, rowsPerPart multiples of 4
 * @param columns a multiple of 8; y lies in panels of 8 columns, dimension after dimension
 * @param floor (columns) -Infinity leaves nothing out
 * @param rho (rows) row sums
 * @param sums (parts x columns) doubles: column sums of each part
 */
export function fusedPass32(
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
): void {
  const from = part * rowsPerPart;
  const to = min(from + rowsPerPart, rows);
  const stride = <usize>d << 2;
  const end = <usize>columns << 2;
  const total = sums + ((<usize>part * columns) << 3);
  memory.fill(total, 0, <usize>columns << 3);
  const column = scratch + (end << 2);
  memory.fill(column, 0, end);
  const kept = column + end;
  for (let i = from; i < to; i += 4) {
    const at = <usize>i << 2;
    const x0 = x + <usize>i * stride;
    const f0 = v128.load32_splat(f + at);
    const f1 = v128.load32_splat(f + at, 4);
    const f2 = v128.load32_splat(f + at, 8);
    const f3 = v128.load32_splat(f + at, 12);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let p = y;
    let b = scratch;
    let last = kept;
    for (let begin: usize = 0; begin < end; begin += block) {
      let o = b;
      for (let j = begin; j < min(begin + block, end); j += 32) {
        const h0 = v128.load(h + j);
        const h1 = v128.load(h + j, 16);
        let a0 = f32x4.add(f0, h0);
        let a1 = f32x4.add(f0, h1);
        let b0 = f32x4.add(f1, h0);
        let b1 = f32x4.add(f1, h1);
        let c0 = f32x4.add(f2, h0);
        let c1 = f32x4.add(f2, h1);
        let e0 = f32x4.add(f3, h0);
        let e1 = f32x4.add(f3, h1);
        let q = x0;
        for (let k: usize = 0; k < stride; k += 4) {
          const y0 = v128.load(p);
          const y1 = v128.load(p, 16);
          let v = v128.load32_splat(q);
          a0 = madd32(v, y0, a0);
          a1 = madd32(v, y1, a1);
          v = v128.load32_splat(q + stride);
          b0 = madd32(v, y0, b0);
          b1 = madd32(v, y1, b1);
          v = v128.load32_splat(q + 2 * stride);
          c0 = madd32(v, y0, c0);
          c1 = madd32(v, y1, c1);
          v = v128.load32_splat(q + 3 * stride);
          e0 = madd32(v, y0, e0);
          e1 = madd32(v, y1, e1);
          q += 4;
          p += 32;
        }
        v128.store(o, a0);
        v128.store(o, a1, 16);
        v128.store(o, b0, 32);
        v128.store(o, b1, 48);
        v128.store(o, c0, 64);
        v128.store(o, c1, 80);
        v128.store(o, e0, 96);
        v128.store(o, e1, 112);
        const most0 = f32x4.pmax(f32x4.pmax(a0, b0), f32x4.pmax(c0, e0));
        const most1 = f32x4.pmax(f32x4.pmax(a1, b1), f32x4.pmax(c1, e1));
        const over = v128.or(f32x4.ge(most0, v128.load(floor + j)), f32x4.ge(most1, v128.load(floor + j, 16)));
        // Without a jump, which the processor could not foresee: what is left out is written over.
        const keep = <usize>(i32x4.bitmask(over) != 0);
        store<usize>(last, j);
        last += keep << 2;
        o += keep << 7;
      }
      for (; b < o; b += 128) {
        const a0 = exp32(v128.load(b));
        const a1 = exp32(v128.load(b, 16));
        v128.store(b, a0);
        v128.store(b, a1, 16);
        s0 = f32x4.add(s0, f32x4.add(a0, a1));
        const b0 = exp32(v128.load(b, 32));
        const b1 = exp32(v128.load(b, 48));
        v128.store(b, b0, 32);
        v128.store(b, b1, 48);
        s1 = f32x4.add(s1, f32x4.add(b0, b1));
        const c0 = exp32(v128.load(b, 64));
        const c1 = exp32(v128.load(b, 80));
        v128.store(b, c0, 64);
        v128.store(b, c1, 80);
        s2 = f32x4.add(s2, f32x4.add(c0, c1));
        const e0 = exp32(v128.load(b, 96));
        const e1 = exp32(v128.load(b, 112));
        v128.store(b, e0, 96);
        v128.store(b, e1, 112);
        s3 = f32x4.add(s3, f32x4.add(e0, e1));
      }
    }
    const r0 = across32(s0);
    const r1 = across32(s1);
    const r2 = across32(s2);
    const r3 = across32(s3);
    f32.store(rho + at, r0);
    f32.store(rho + at, r1, 4);
    f32.store(rho + at, r2, 8);
    f32.store(rho + at, r3, 12);
    const w0 = factor(f32.load(weight + at), r0, damping);
    const w1 = factor(f32.load(weight + at, 4), r1, damping);
    const w2 = factor(f32.load(weight + at, 8), r2, damping);
    const w3 = factor(f32.load(weight + at, 12), r3, damping);
    const u0 = f32x4.splat(<f32>w0);
    const u1 = f32x4.splat(<f32>w1);
    const u2 = f32x4.splat(<f32>w2);
    const u3 = f32x4.splat(<f32>w3);
    b = scratch;
    for (let t = kept; t < last; t += 4) {
      const j = load<usize>(t);
      let c0 = v128.load(column + j);
      let c1 = v128.load(column + j, 16);
      c0 = madd32(u0, v128.load(b), c0);
      c1 = madd32(u0, v128.load(b, 16), c1);
      c0 = madd32(u1, v128.load(b, 32), c0);
      c1 = madd32(u1, v128.load(b, 48), c1);
      c0 = madd32(u2, v128.load(b, 64), c0);
      c1 = madd32(u2, v128.load(b, 80), c1);
      c0 = madd32(u3, v128.load(b, 96), c0);
      c1 = madd32(u3, v128.load(b, 112), c1);
      v128.store(column + j, c0);
      v128.store(column + j, c1, 16);
      b += 128;
    }
    // Single precision for a few hundred rows only, so that long sums keep their small terms.
    if (((i - from) & 252) == 252) flush(total, column, end);
  }
  flush(total, column, end);
}

/**
 * One iteration of entropic transport over the rows of a part, one power of two a pair, in double precision. With
 * P = 2^(x·y + hⱼ + fᵢ): the row sums ρᵢ, and the column sums Σᵢ uᵢ Pᵢⱼ with uᵢ = weightᵢ ρᵢ^-damping. Four rows of P wait in
 * scratch until their sums are known.
 *
 * @param scratch 4 x columns numbers of 64 bits
 * @param rows, rowsPerPart multiples of 4
 * @param columns a multiple of 4; y lies in panels of 4 columns, dimension after dimension
 * @param rho (rows) row sums
 * @param sums (parts x columns) column sums of each part
 * @param cross (rows) uᵢ Σⱼ Pᵢⱼ x·y
 */
export function fusedPass64(
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
  memory.fill(total, 0, <usize>columns << 3);
  for (let i = from; i < to; i += 4) {
    const at = <usize>i << 3;
    const x0 = x + <usize>i * stride;
    const f0 = v128.load64_splat(f + at);
    const f1 = v128.load64_splat(f + at, 8);
    const f2 = v128.load64_splat(f + at, 16);
    const f3 = v128.load64_splat(f + at, 24);
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let q0 = s0;
    let q1 = s0;
    let q2 = s0;
    let q3 = s0;
    let p = y;
    let b = scratch;
    for (let j: usize = 0; j < end; j += 32) {
      let a0 = f64x2.splat(0);
      let a1 = f64x2.splat(0);
      let b0 = f64x2.splat(0);
      let b1 = f64x2.splat(0);
      let c0 = f64x2.splat(0);
      let c1 = f64x2.splat(0);
      let e0 = f64x2.splat(0);
      let e1 = f64x2.splat(0);
      let q = x0;
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
      const h0 = v128.load(h + j);
      const h1 = v128.load(h + j, 16);
      const a0p = exp64(f64x2.add(a0, f64x2.add(f0, h0)));
      const a1p = exp64(f64x2.add(a1, f64x2.add(f0, h1)));
      const b0p = exp64(f64x2.add(b0, f64x2.add(f1, h0)));
      const b1p = exp64(f64x2.add(b1, f64x2.add(f1, h1)));
      const c0p = exp64(f64x2.add(c0, f64x2.add(f2, h0)));
      const c1p = exp64(f64x2.add(c1, f64x2.add(f2, h1)));
      const e0p = exp64(f64x2.add(e0, f64x2.add(f3, h0)));
      const e1p = exp64(f64x2.add(e1, f64x2.add(f3, h1)));
      v128.store(b, a0p);
      v128.store(b, a1p, 16);
      v128.store(b, b0p, 32);
      v128.store(b, b1p, 48);
      v128.store(b, c0p, 64);
      v128.store(b, c1p, 80);
      v128.store(b, e0p, 96);
      v128.store(b, e1p, 112);
      s0 = f64x2.add(s0, f64x2.add(a0p, a1p));
      s1 = f64x2.add(s1, f64x2.add(b0p, b1p));
      s2 = f64x2.add(s2, f64x2.add(c0p, c1p));
      s3 = f64x2.add(s3, f64x2.add(e0p, e1p));
      q0 = madd64(a0p, a0, madd64(a1p, a1, q0));
      q1 = madd64(b0p, b0, madd64(b1p, b1, q1));
      q2 = madd64(c0p, c0, madd64(c1p, c1, q2));
      q3 = madd64(e0p, e0, madd64(e1p, e1, q3));
      b += 128;
    }
    const r0 = across64(s0);
    const r1 = across64(s1);
    const r2 = across64(s2);
    const r3 = across64(s3);
    f64.store(rho + at, r0);
    f64.store(rho + at, r1, 8);
    f64.store(rho + at, r2, 16);
    f64.store(rho + at, r3, 24);
    const w0 = factor(f64.load(weight + at), r0, damping);
    const w1 = factor(f64.load(weight + at, 8), r1, damping);
    const w2 = factor(f64.load(weight + at, 16), r2, damping);
    const w3 = factor(f64.load(weight + at, 24), r3, damping);
    f64.store(cross + at, w0 * across64(q0));
    f64.store(cross + at, w1 * across64(q1), 8);
    f64.store(cross + at, w2 * across64(q2), 16);
    f64.store(cross + at, w3 * across64(q3), 24);
    const u0 = f64x2.splat(w0);
    const u1 = f64x2.splat(w1);
    const u2 = f64x2.splat(w2);
    const u3 = f64x2.splat(w3);
    b = scratch;
    for (let j: usize = 0; j < end; j += 32) {
      let c0 = v128.load(total + j);
      let c1 = v128.load(total + j, 16);
      c0 = madd64(u0, v128.load(b), c0);
      c1 = madd64(u0, v128.load(b, 16), c1);
      c0 = madd64(u1, v128.load(b, 32), c0);
      c1 = madd64(u1, v128.load(b, 48), c1);
      c0 = madd64(u2, v128.load(b, 64), c0);
      c1 = madd64(u2, v128.load(b, 80), c1);
      c0 = madd64(u3, v128.load(b, 96), c0);
      c1 = madd64(u3, v128.load(b, 112), c1);
      v128.store(total + j, c0);
      v128.store(total + j, c1, 16);
      b += 128;
    }
  }
}

/** weight ρ^-damping; nothing where there is no weight. */
@inline
export function factor(weight: f64, rho: f64, damping: f64): f64 {
  if (weight == 0) return 0;
  if (damping == 1) return weight / rho;
  return weight * f64x2.extract_lane(exp64(f64x2.splat(-damping * log64(rho))), 0);
}

/** Adds single-precision column sums to double-precision ones, and starts them anew. */
export function flush(total: usize, column: usize, end: usize): void {
  for (let j: usize = 0; j < end; j += 16) {
    const c = v128.load(column + j);
    const o = total + (j << 1);
    v128.store(o, f64x2.add(v128.load(o), f64x2.promote_low_f32x4(c)));
    const rest = i32x4.shuffle(c, c, 2, 3, 2, 3);
    v128.store(o, f64x2.add(v128.load(o, 16), f64x2.promote_low_f32x4(rest)), 16);
    v128.store(column + j, f32x4.splat(0));
  }
}
