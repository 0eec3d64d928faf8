// The first look of a vector search: whole-number scores of rows in eight bits, and which rows could still be among the best.

/** Rows of one panel. Their codes lie pair of dimensions after pair: 2 codes of row 0, 2 of row 1, and so on. */
const panel: i32 = 16;
/** So few queries wait for memory more than they compute, and memory is faster where it is read without small gaps. */
const few: i32 = 4;
/** Bytes of one found row: row, query, score. */
const entry: usize = 12;

/**
 * Lists the rows of a part whose score could be above the threshold of a query: score + error > threshold, where score =
 * (codes · words) factor scale. Rows come panel after panel, within a panel query after query.
 *
 * @param scratch 64 bytes
 * @param first, until rows; first and rowsPerPart are multiples of 16, and rows up to the next multiple of 16 are there
 * @param pairs half the dimensions
 * @param codes panels of 16 rows, a byte a code
 * @param scales, errors (rows) single precision; an error of -Infinity lists a row never
 * @param eligible (rows, up to a multiple of 64) a byte each, 0 leaves a row out; the address 0 takes all
 * @param words (queries x 2 pairs) of 16 bits; no sum of codes times words may overflow
 * @param factors, thresholds (queries) single precision
 * @param lists (parts x rowsPerPart queries) entries: row, query, score
 * @param counts (parts) entries of each list
 */
export function searchPass(
  part: i32,
  scratch: usize,
  first: i32,
  until: i32,
  rowsPerPart: i32,
  pairs: i32,
  codes: usize,
  scales: usize,
  errors: usize,
  eligible: usize,
  queries: i32,
  words: usize,
  factors: usize,
  thresholds: usize,
  lists: usize,
  counts: usize,
): void {
  const from = first + part * rowsPerPart;
  const to = min(from + rowsPerPart, until);
  const bytes = <usize>pairs << 5;
  const stride = <usize>pairs << 2;
  const begin = lists + <usize>part * <usize>rowsPerPart * <usize>queries * entry;
  let out = begin;
  for (let i = from; i < to; i += panel) {
    let open: i32 = 0xffff;
    if (eligible != 0) {
      open = i8x16.bitmask(i8x16.ne(v128.load(eligible + i), i8x16.splat(0)));
      if (open == 0 && (queries > few || !anyOf64(eligible + (i & ~63)))) continue;
    }
    const rows = codes + <usize>(i >>> 4) * bytes;
    const end = rows + bytes;
    let w = words;
    let q = 0;
    // Two queries at a time: every code is widened once for both.
    for (; q + 1 < queries; q += 2) {
      let a0 = i32x4.splat(0);
      let a1 = a0;
      let a2 = a0;
      let a3 = a0;
      let b0 = a0;
      let b1 = a0;
      let b2 = a0;
      let b3 = a0;
      for (let p = rows; p < end; p += 32) {
        const v = v128.load32_splat(w);
        const u = v128.load32_splat(w + stride);
        let c = v128.load8x8_s(p);
        a0 = i32x4.add(a0, i32x4.dot_i16x8_s(c, v));
        b0 = i32x4.add(b0, i32x4.dot_i16x8_s(c, u));
        c = v128.load8x8_s(p, 8);
        a1 = i32x4.add(a1, i32x4.dot_i16x8_s(c, v));
        b1 = i32x4.add(b1, i32x4.dot_i16x8_s(c, u));
        c = v128.load8x8_s(p, 16);
        a2 = i32x4.add(a2, i32x4.dot_i16x8_s(c, v));
        b2 = i32x4.add(b2, i32x4.dot_i16x8_s(c, u));
        c = v128.load8x8_s(p, 24);
        a3 = i32x4.add(a3, i32x4.dot_i16x8_s(c, v));
        b3 = i32x4.add(b3, i32x4.dot_i16x8_s(c, u));
        w += 4;
      }
      w += stride;
      out = list(out, scratch, i, q, open, a0, a1, a2, a3, factors, thresholds, scales, errors);
      out = list(out, scratch, i, q + 1, open, b0, b1, b2, b3, factors, thresholds, scales, errors);
    }
    if (q < queries) {
      let a0 = i32x4.splat(0);
      let a1 = a0;
      let a2 = a0;
      let a3 = a0;
      for (let p = rows; p < end; p += 32) {
        const v = v128.load32_splat(w);
        a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load8x8_s(p), v));
        a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load8x8_s(p, 8), v));
        a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v128.load8x8_s(p, 16), v));
        a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v128.load8x8_s(p, 24), v));
        w += 4;
      }
      out = list(out, scratch, i, q, open, a0, a1, a2, a3, factors, thresholds, scales, errors);
    }
  }
  i32.store(counts + (<usize>part << 2), <i32>((out - begin) / entry));
}

/** Lists the rows of a panel that are above the threshold of a query; returns the end of the list. */
@inline
function list(
  end: usize,
  scratch: usize,
  row: i32,
  query: i32,
  open: i32,
  a0: v128,
  a1: v128,
  a2: v128,
  a3: v128,
  factors: usize,
  thresholds: usize,
  scales: usize,
  errors: usize,
): usize {
  const scale = scales + (<usize>row << 2);
  const error = errors + (<usize>row << 2);
  const factor = v128.load32_splat(factors + (<usize>query << 2));
  const threshold = v128.load32_splat(thresholds + (<usize>query << 2));
  const s0 = scored(a0, factor, scale);
  const s1 = scored(a1, factor, scale + 16);
  const s2 = scored(a2, factor, scale + 32);
  const s3 = scored(a3, factor, scale + 48);
  const h0 = above(s0, error, threshold);
  const h1 = above(s1, error + 16, threshold);
  const h2 = above(s2, error + 32, threshold);
  const h3 = above(s3, error + 48, threshold);
  if (!v128.any_true(v128.or(v128.or(h0, h1), v128.or(h2, h3)))) return end;
  v128.store(scratch, s0);
  v128.store(scratch, s1, 16);
  v128.store(scratch, s2, 32);
  v128.store(scratch, s3, 48);
  let hits = i32x4.bitmask(h0) | (i32x4.bitmask(h1) << 4) | (i32x4.bitmask(h2) << 8) | (i32x4.bitmask(h3) << 12);
  hits &= open;
  let out = end;
  while (hits != 0) {
    const lane = ctz(hits);
    i32.store(out, row + lane);
    i32.store(out, query, 4);
    f32.store(out, f32.load(scratch + (<usize>lane << 2)), 8);
    out += entry;
    hits &= hits - 1;
  }
  return out;
}

/** Whether one of 64 bytes is not 0. */
@inline
function anyOf64(at: usize): bool {
  const low = v128.or(v128.load(at), v128.load(at, 16));
  return v128.any_true(v128.or(low, v128.or(v128.load(at, 32), v128.load(at, 48))));
}

/** Scores of four rows. */
@inline
function scored(sums: v128, factor: v128, scales: usize): v128 {
  return f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(sums), factor), v128.load(scales));
}

/** Which of four rows could be above a threshold. */
@inline
function above(scores: v128, errors: usize, threshold: v128): v128 {
  return f32x4.gt(f32x4.add(scores, v128.load(errors)), threshold);
}
