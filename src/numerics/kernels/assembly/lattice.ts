import { madd32 } from './simd';

/**
 * The first half of a kernel product on a lattice: axes 3, 4 and 5 of one block, the cells that share axes 1 and 2. Sparse while
 * it lasts: axis 5 is done cell by cell, axis 4 for occupied lines, axis 3 for occupied planes.
 *
 * Here and below a kernel matrix lies by input levels: row i holds its factors for all output levels, `stride` floats wide, a
 * multiple of 4.
 *
 * @param part block: axis 1 x size of axis 2 + axis 2
 * @param scratch lines x (width + stride4) + planes x (outLines x width + stride3) floats: what is occupied, packed
 * @param planes, lines input levels of axes 3 and 4
 * @param outPlanes, outLines, width output levels of axes 3, 4 and 5; the width is filled up to a multiple of 4
 * @param starts (blocks + 1) first cell of each block
 * @param codes (cells) levels of axes 3, 4 and 5, a byte each, in ascending order
 * @param values (cells)
 * @param k3, k4, k5 kernel matrices; the stride of the last is the width
 * @param tensor (blocks x outPlanes x outLines x width) where the result goes
 */
export function latticeInner(
  part: i32,
  scratch: usize,
  planes: i32,
  lines: i32,
  outPlanes: i32,
  outLines: i32,
  width: i32,
  starts: usize,
  codes: usize,
  values: usize,
  k3: usize,
  stride3: i32,
  k4: usize,
  stride4: i32,
  k5: usize,
  tensor: usize,
): void {
  const plane = outLines * width;
  const block = tensor + ((<usize>part * outPlanes * plane) << 2);
  let c = load<i32>(starts + (<usize>part << 2));
  const to = load<i32>(starts + (<usize>part << 2), 4);
  if (c == to) {
    memory.fill(block, 0, (<usize>outPlanes * plane) << 2);
    return;
  }
  const lineBytes = <usize>width << 2;
  const packedLines = scratch;
  const packed4 = packedLines + lines * lineBytes;
  const packedPlanes = packed4 + ((<usize>lines * stride4) << 2);
  const packed3 = packedPlanes + ((<usize>planes * plane) << 2);
  let planeCount: i32 = 0;
  while (c < to) {
    const i3 = load<i32>(codes + (<usize>c << 2)) >> 16;
    let lineCount: i32 = 0;
    while (c < to) {
      const line = load<i32>(codes + (<usize>c << 2)) >> 8;
      if (line >> 8 != i3) break;
      const at = packedLines + lineCount * lineBytes;
      memory.fill(at, 0, lineBytes);
      for (; c < to; c++) {
        const code = load<i32>(codes + (<usize>c << 2));
        if (code >> 8 != line) break;
        addLine(v128.load32_splat(values + (<usize>c << 2)), k5 + (code & 255) * lineBytes, at, lineBytes);
      }
      copy(k4 + ((<usize>(line & 255) * stride4) << 2), packed4 + ((<usize>lineCount * stride4) << 2), stride4);
      lineCount++;
    }
    const into = packedPlanes + ((<usize>planeCount * plane) << 2);
    multiply(packed4, stride4, lineCount, packedLines, width, into, width, outLines, width);
    copy(k3 + ((<usize>i3 * stride3) << 2), packed3 + ((<usize>planeCount * stride3) << 2), stride3);
    planeCount++;
  }
  multiply(packed3, stride3, planeCount, packedPlanes, plane, block, plane, outPlanes, plane);
}

/** Output levels of axis 2 that are done together: a tile of {@link multiply}. */
const group: i32 = 4;

/**
 * The second half: axes 2 and 1 of one strip, the output cells that share axes 3 and 4. Axis 2 is done for the stretches of axis 5
 * where there are output cells, axis 1 for the cells alone. Sums are added to what the output holds, so that axis 1 can be done in
 * slabs, one after the other.
 *
 * @param part strip: axis 3 x size of axis 4 + axis 4 of the output
 * @param scratch (rows x columns + 4 x rows) x width + 4 floats
 * @param rows, columns input levels of axis 1 in this slab, and of axis 2
 * @param strips output levels of axes 3 and 4, their product
 * @param spans (rows x 2) of the slab: first and last + 1 level of axis 2 with an occupied block
 * @param starts (strips + 1) first output cell of each strip
 * @param codes (output cells) levels of axes 2, 1 and 5, a byte each, in ascending order within a strip
 * @param k1 kernel matrix by output levels, from the first row of the slab on
 * @param k2 kernel matrix by input levels
 * @param tensor what {@link latticeInner} wrote for the blocks of the slab
 * @param out (output cells) added to
 */
export function latticeOuter(
  part: i32,
  scratch: usize,
  rows: i32,
  columns: i32,
  strips: i32,
  width: i32,
  spans: usize,
  starts: usize,
  codes: usize,
  k1: usize,
  stride1: i32,
  k2: usize,
  stride2: i32,
  tensor: usize,
  out: usize,
): void {
  let c = load<i32>(starts + (<usize>part << 2));
  const to = load<i32>(starts + (<usize>part << 2), 4);
  if (c == to) return;
  const lineBytes = <usize>width << 2;
  const blockBytes = <usize>strips * lineBytes;
  // The strip lies far apart in memory: brought together once, it is read many times.
  for (let i1 = 0; i1 < rows; i1++) {
    const end = load<i32>(spans + (<usize>i1 << 3), 4);
    for (let i2 = load<i32>(spans + (<usize>i1 << 3)); i2 < end; i2++) {
      const at = <usize>(i1 * columns + i2);
      copy(tensor + at * blockBytes + part * lineBytes, scratch + at * lineBytes, width);
    }
  }
  const panel = scratch + <usize>(rows * columns) * lineBytes;
  const lanes = panel + <usize>(group * rows) * lineBytes;
  while (c < to) {
    const level = load<i32>(codes + (<usize>c << 2)) >> 16;
    const j2 = level - (level % group);
    let low: i32 = 255;
    let high: i32 = 0;
    let end = c;
    for (; end < to; end++) {
      const code = load<i32>(codes + (<usize>end << 2));
      if (code >> 16 >= j2 + group) break;
      low = min(low, code & 252);
      high = max(high, (code & 252) + 4);
    }
    for (let i1 = 0; i1 < rows; i1++) {
      const first = load<i32>(spans + (<usize>i1 << 3));
      const count = load<i32>(spans + (<usize>i1 << 3), 4) - first;
      const factors = k2 + ((<usize>first * stride2 + j2) << 2);
      const from = scratch + <usize>(i1 * columns + first) * lineBytes + (<usize>low << 2);
      const into = panel + i1 * lineBytes + (<usize>low << 2);
      multiply(factors, stride2, count, from, width, into, rows * width, group, high - low);
    }
    for (; c < end; c++) {
      const code = load<i32>(codes + (<usize>c << 2));
      let p = panel + <usize>(((code >> 16) - j2) * rows) * lineBytes + (<usize>(code & 252) << 2);
      const factors = k1 + ((<usize>((code >> 8) & 255) * stride1) << 2);
      let sum = v128.load32_splat(out + (<usize>c << 2));
      for (let i1 = 0; i1 < rows; i1++) {
        sum = madd32(v128.load32_splat(factors + (<usize>i1 << 2)), v128.load(p), sum);
        p += lineBytes;
      }
      v128.store(lanes, sum);
      f32.store(out + (<usize>c << 2), f32.load(lanes + ((<usize>code & 3) << 2)));
    }
  }
}

/** into += value x line */
@inline
function addLine(value: v128, line: usize, into: usize, bytes: usize): void {
  for (let q: usize = 0; q < bytes; q += 16)
    v128.store(into + q, madd32(value, v128.load(line + q), v128.load(into + q)));
}

@inline
function copy(from: usize, to: usize, floats: i32): void {
  const bytes = <usize>floats << 2;
  for (let q: usize = 0; q < bytes; q += 16) v128.store(to + q, v128.load(from + q));
}

/**
 * output (rows x width) = factorsᵀ (count x rows) · input (count x width), in tiles of four rows and two vectors (more would not fit the registers); every sum
 * begins at 0 and goes through the input in order.
 *
 * @param stride, inputStride, outputStride floats from one row to the next
 * @param width a multiple of 4
 */
function multiply(
  factors: usize,
  stride: i32,
  count: i32,
  input: usize,
  inputStride: i32,
  output: usize,
  outputStride: i32,
  rows: i32,
  width: i32,
): void {
  const factorBytes = <usize>stride << 2;
  const inputBytes = <usize>inputStride << 2;
  const outputBytes = <usize>outputStride << 2;
  const end = <usize>width << 2;
  for (let q: usize = 0; q < end; q += 32) {
    const pair = q + 32 <= end;
    for (let j = 0; j < rows; j += 4) {
      let a0 = f32x4.splat(0);
      let a1 = a0;
      let a2 = a0;
      let a3 = a0;
      let b0 = a0;
      let b1 = a0;
      let b2 = a0;
      let b3 = a0;
      let p = input + q;
      let k = factors + (<usize>j << 2);
      if (pair) {
        for (let i = 0; i < count; i++) {
          const x = v128.load(p);
          const y = v128.load(p, 16);
          let f = v128.load32_splat(k);
          a0 = madd32(f, x, a0);
          b0 = madd32(f, y, b0);
          f = v128.load32_splat(k, 4);
          a1 = madd32(f, x, a1);
          b1 = madd32(f, y, b1);
          f = v128.load32_splat(k, 8);
          a2 = madd32(f, x, a2);
          b2 = madd32(f, y, b2);
          f = v128.load32_splat(k, 12);
          a3 = madd32(f, x, a3);
          b3 = madd32(f, y, b3);
          p += inputBytes;
          k += factorBytes;
        }
      } else {
        for (let i = 0; i < count; i++) {
          const x = v128.load(p);
          a0 = madd32(v128.load32_splat(k), x, a0);
          a1 = madd32(v128.load32_splat(k, 4), x, a1);
          a2 = madd32(v128.load32_splat(k, 8), x, a2);
          a3 = madd32(v128.load32_splat(k, 12), x, a3);
          p += inputBytes;
          k += factorBytes;
        }
      }
      let o = output + j * outputBytes + q;
      put(o, a0, b0, pair);
      if (j + 1 < rows) put((o += outputBytes), a1, b1, pair);
      if (j + 2 < rows) put((o += outputBytes), a2, b2, pair);
      if (j + 3 < rows) put((o += outputBytes), a3, b3, pair);
    }
  }
}

@inline
function put(at: usize, a: v128, b: v128, pair: bool): void {
  v128.store(at, a);
  if (pair) v128.store(at, b, 16);
}
