import { across32, exp32, madd32 } from './simd';
import { factor, flush } from './fused-pass';

/**
 * Writes K = 2^(x·y + hⱼ + fᵢ) for the rows of a part. For many dimensions, where computing it again at every iteration
 * would cost more than reading it.
 *
 * @param rows, rowsPerPart multiples of 4
 * @param columns a multiple of 8; y lies in panels of eight columns, dimension after dimension
 * @param kernel (rows x columns) single precision
 */
export function storeKernel32(
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
  const stride = <usize>d << 2;
  const end = <usize>columns << 2;
  for (let i = from; i < to; i += 4) {
    const at = <usize>i << 2;
    const x0 = x + <usize>i * stride;
    const f0 = v128.load32_splat(f + at);
    const f1 = v128.load32_splat(f + at, 4);
    const f2 = v128.load32_splat(f + at, 8);
    const f3 = v128.load32_splat(f + at, 12);
    let p = y;
    let o = kernel + <usize>i * end;
    for (let j: usize = 0; j < end; j += 32) {
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
      v128.store(o, exp32(a0));
      v128.store(o, exp32(a1), 16);
      v128.store(o + end, exp32(b0));
      v128.store(o + end, exp32(b1), 16);
      v128.store(o + 2 * end, exp32(c0));
      v128.store(o + 2 * end, exp32(c1), 16);
      v128.store(o + 3 * end, exp32(e0));
      v128.store(o + 3 * end, exp32(e1), 16);
      o += 32;
    }
  }
}

/**
 * {@link fusedPass32} over a stored K: ρᵢ = Σⱼ Kᵢⱼ vⱼ, and Σᵢ uᵢ Kᵢⱼ with uᵢ = weightᵢ ρᵢ^-damping; the caller multiplies
 * the latter by vⱼ.
 *
 * @param scratch columns numbers of 32 bits
 */
export function storedPass32(
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
): void {
  const from = part * rowsPerPart;
  const to = min(from + rowsPerPart, rows);
  const end = <usize>columns << 2;
  const total = sums + ((<usize>part * columns) << 3);
  memory.fill(total, 0, <usize>columns << 3);
  memory.fill(scratch, 0, end);
  for (let i = from; i < to; i += 4) {
    const at = <usize>i << 2;
    const k0 = kernel + <usize>i * end;
    const k1 = k0 + end;
    const k2 = k1 + end;
    const k3 = k2 + end;
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let j: usize = 0; j < end; j += 16) {
      const w = v128.load(v + j);
      s0 = madd32(w, v128.load(k0 + j), s0);
      s1 = madd32(w, v128.load(k1 + j), s1);
      s2 = madd32(w, v128.load(k2 + j), s2);
      s3 = madd32(w, v128.load(k3 + j), s3);
    }
    const r0 = across32(s0);
    const r1 = across32(s1);
    const r2 = across32(s2);
    const r3 = across32(s3);
    f32.store(rho + at, r0);
    f32.store(rho + at, r1, 4);
    f32.store(rho + at, r2, 8);
    f32.store(rho + at, r3, 12);
    const u0 = f32x4.splat(<f32>factor(f32.load(weight + at), r0, damping));
    const u1 = f32x4.splat(<f32>factor(f32.load(weight + at, 4), r1, damping));
    const u2 = f32x4.splat(<f32>factor(f32.load(weight + at, 8), r2, damping));
    const u3 = f32x4.splat(<f32>factor(f32.load(weight + at, 12), r3, damping));
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
