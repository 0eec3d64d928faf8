import { across32, across64, exp32, exp64 } from './simd';

/** A plain sum below this may consist of clamped terms only; the row is then done with its maximum taken out. */
const tiny: f64 = 1e-280;

/** a - u². */
@inline
function minusSquare32(a: v128, u: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_nmadd(u, u, a) : f32x4.sub(a, f32x4.mul(u, u));
}

/** a - u². */
@inline
function minusSquare64(a: v128, u: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f64x2.relaxed_nmadd(u, u, a) : f64x2.sub(a, f64x2.mul(u, u));
}

/**
 * For each row i of a part: Σⱼ 2^(massⱼ - |x - y|²), masses in bits and at most 0. Where that is too small to be told from
 * nothing, the maximum of the exponents is taken out.
 *
 * @param scratch columns doubles
 * @param rows, rowsPerPart multiples of 4
 * @param columns a multiple of 4; y lies in panels of four columns, dimension after dimension
 * @param top, sum (rows) the row's sum is sum 2^top; sum = 0 where no column has mass
 */
export function kernelSums64(
  part: i32,
  scratch: usize,
  rows: i32,
  rowsPerPart: i32,
  columns: i32,
  d: i32,
  x: usize,
  y: usize,
  mass: usize,
  top: usize,
  sum: usize,
): void {
  const from = part * rowsPerPart;
  const to = min(from + rowsPerPart, rows);
  const stride = <usize>d << 3;
  const end = <usize>columns << 3;
  for (let i = from; i < to; i += 4) {
    const x0 = x + <usize>i * stride;
    const at = <usize>i << 3;
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let p = y;
    for (let j: usize = 0; j < end; j += 32) {
      let a0 = v128.load(mass + j);
      let a1 = v128.load(mass + j, 16);
      let b0 = a0;
      let b1 = a1;
      let c0 = a0;
      let c1 = a1;
      let e0 = a0;
      let e1 = a1;
      let q = x0;
      for (let k: usize = 0; k < stride; k += 8) {
        const y0 = v128.load(p);
        const y1 = v128.load(p, 16);
        let v = v128.load64_splat(q);
        a0 = minusSquare64(a0, f64x2.sub(v, y0));
        a1 = minusSquare64(a1, f64x2.sub(v, y1));
        v = v128.load64_splat(q + stride);
        b0 = minusSquare64(b0, f64x2.sub(v, y0));
        b1 = minusSquare64(b1, f64x2.sub(v, y1));
        v = v128.load64_splat(q + 2 * stride);
        c0 = minusSquare64(c0, f64x2.sub(v, y0));
        c1 = minusSquare64(c1, f64x2.sub(v, y1));
        v = v128.load64_splat(q + 3 * stride);
        e0 = minusSquare64(e0, f64x2.sub(v, y0));
        e1 = minusSquare64(e1, f64x2.sub(v, y1));
        q += 8;
        p += 32;
      }
      s0 = f64x2.add(s0, f64x2.add(exp64(a0), exp64(a1)));
      s1 = f64x2.add(s1, f64x2.add(exp64(b0), exp64(b1)));
      s2 = f64x2.add(s2, f64x2.add(exp64(c0), exp64(c1)));
      s3 = f64x2.add(s3, f64x2.add(exp64(e0), exp64(e1)));
    }
    f64.store(sum + at, across64(s0));
    f64.store(sum + at, across64(s1), 8);
    f64.store(sum + at, across64(s2), 16);
    f64.store(sum + at, across64(s3), 24);
    for (let r: usize = 0; r < 4; r++) {
      const o = at + (r << 3);
      f64.store(top + o, 0);
      if (!(f64.load(sum + o) > tiny)) farRow(x0 + r * stride, y, mass, columns, stride, scratch, top + o, sum + o);
    }
  }
}

/**
 * {@link kernelSums64} in single precision, without the second look: relative error about 1e-6 where coordinates are below
 * 100. Sums go over to double every 256 columns, so that small terms are not lost beside large ones. What is too small to be told from nothing is left at less than 1e-30.
 *
 * @param columns a multiple of 8; y lies in panels of eight columns
 * @param sum (rows) doubles
 */
export function kernelSums32(
  part: i32,
  scratch: usize,
  rows: i32,
  rowsPerPart: i32,
  columns: i32,
  d: i32,
  x: usize,
  y: usize,
  mass: usize,
  sum: usize,
): void {
  const from = part * rowsPerPart;
  const to = min(from + rowsPerPart, rows);
  const stride = <usize>d << 2;
  const end = <usize>columns << 2;
  for (let i = from; i < to; i += 4) {
    const x0 = x + <usize>i * stride;
    const at = <usize>i << 2;
    let t0: f64 = 0;
    let t1: f64 = 0;
    let t2: f64 = 0;
    let t3: f64 = 0;
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let p = y;
    for (let j: usize = 0; j < end; j += 32) {
      let a0 = v128.load(mass + j);
      let a1 = v128.load(mass + j, 16);
      let b0 = a0;
      let b1 = a1;
      let c0 = a0;
      let c1 = a1;
      let e0 = a0;
      let e1 = a1;
      let q = x0;
      for (let k: usize = 0; k < stride; k += 4) {
        const y0 = v128.load(p);
        const y1 = v128.load(p, 16);
        let v = v128.load32_splat(q);
        a0 = minusSquare32(a0, f32x4.sub(v, y0));
        a1 = minusSquare32(a1, f32x4.sub(v, y1));
        v = v128.load32_splat(q + stride);
        b0 = minusSquare32(b0, f32x4.sub(v, y0));
        b1 = minusSquare32(b1, f32x4.sub(v, y1));
        v = v128.load32_splat(q + 2 * stride);
        c0 = minusSquare32(c0, f32x4.sub(v, y0));
        c1 = minusSquare32(c1, f32x4.sub(v, y1));
        v = v128.load32_splat(q + 3 * stride);
        e0 = minusSquare32(e0, f32x4.sub(v, y0));
        e1 = minusSquare32(e1, f32x4.sub(v, y1));
        q += 4;
        p += 32;
      }
      s0 = f32x4.add(s0, f32x4.add(exp32(a0), exp32(a1)));
      s1 = f32x4.add(s1, f32x4.add(exp32(b0), exp32(b1)));
      s2 = f32x4.add(s2, f32x4.add(exp32(c0), exp32(c1)));
      s3 = f32x4.add(s3, f32x4.add(exp32(e0), exp32(e1)));
      if ((j & 1023) == 992 || j + 32 == end) {
        t0 += <f64>across32(s0);
        t1 += <f64>across32(s1);
        t2 += <f64>across32(s2);
        t3 += <f64>across32(s3);
        s0 = f32x4.splat(0);
        s1 = s0;
        s2 = s0;
        s3 = s0;
      }
    }
    f64.store(sum + (at << 1), t0);
    f64.store(sum + (at << 1), t1, 8);
    f64.store(sum + (at << 1), t2, 16);
    f64.store(sum + (at << 1), t3, 24);
  }
}

/** One row with its maximum taken out; exponents wait in scratch (columns doubles). */
function farRow(
  x: usize,
  y: usize,
  mass: usize,
  columns: i32,
  stride: usize,
  scratch: usize,
  top: usize,
  sum: usize,
): void {
  const end = <usize>columns << 3;
  let most = f64x2.splat(-Infinity);
  let p = y;
  for (let j: usize = 0; j < end; j += 32) {
    let q0 = v128.load(mass + j);
    let q1 = v128.load(mass + j, 16);
    for (let k: usize = 0; k < stride; k += 8) {
      const v = v128.load64_splat(x + k);
      q0 = minusSquare64(q0, f64x2.sub(v, v128.load(p)));
      q1 = minusSquare64(q1, f64x2.sub(v, v128.load(p, 16)));
      p += 32;
    }
    v128.store(scratch + j, q0);
    v128.store(scratch + j, q1, 16);
    most = f64x2.pmax(most, f64x2.pmax(q0, q1));
  }
  const largest = max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1));
  f64.store(top, largest);
  if (largest == -Infinity) {
    f64.store(sum, 0);
    return;
  }
  const below = f64x2.splat(largest);
  let s = f64x2.splat(0);
  for (let j: usize = 0; j < end; j += 32) {
    const e0 = exp64(f64x2.sub(v128.load(scratch + j), below));
    const e1 = exp64(f64x2.sub(v128.load(scratch + j, 16), below));
    s = f64x2.add(s, f64x2.add(e0, e1));
  }
  f64.store(sum, across64(s));
}
