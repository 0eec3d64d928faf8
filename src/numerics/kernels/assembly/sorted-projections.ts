import { madd32 } from './simd';

/** Values of one digit of a radix sort: 11 bits, three digits a key. */
const digits: i32 = 2048;
/** Bytes of the three tables of counts. */
const tables: usize = 24576;
/** A key is the float with its order in unsigned numbers: all bits of negatives flipped, the sign bit of the rest. */
const sign: u32 = 0x80000000;

/** Up to whole vectors of four. */
@inline
function padded(n: i32): i32 {
  return (n + 3) & ~3;
}

/** Keys of the points along a direction. Points lie column after column, each padded to whole vectors. */
function projectKeys(n: i32, d: i32, points: usize, direction: usize, keys: usize): void {
  const column = <usize>padded(n) << 2;
  for (let i: usize = 0; i < column; i += 16) {
    let along = f32x4.mul(v128.load(points + i), v128.load32_splat(direction));
    let at = points + i + column;
    for (let k: usize = 4; k < <usize>d << 2; k += 4) {
      along = madd32(v128.load(at), v128.load32_splat(direction + k), along);
      at += column;
    }
    v128.store(keys + i, v128.xor(along, v128.or(i32x4.shr_s(along, 31), i32x4.splat(sign))));
  }
}

/** Where each digit's keys begin, for three digits at once. */
function countDigits(n: i32, keys: usize, stride: usize, counts: usize): void {
  memory.fill(counts, 0, tables);
  const end = keys + <usize>n * stride;
  for (let at = keys; at < end; at += stride) {
    const key = load<u32>(at);
    const low = counts + ((key & 2047) << 2);
    const middle = counts + 8192 + (((key >>> 11) & 2047) << 2);
    const high = counts + 16384 + ((key >>> 22) << 2);
    store<u32>(low, load<u32>(low) + 1);
    store<u32>(middle, load<u32>(middle) + 1);
    store<u32>(high, load<u32>(high) + 1);
  }
  for (let table: usize = 0; table < tables; table += 8192) {
    let begun: u32 = 0;
    for (let digit: usize = 0; digit < <usize>digits << 2; digit += 4) {
      const count = load<u32>(counts + table + digit);
      store<u32>(counts + table + digit, begun);
      begun += count;
    }
  }
}

/** One pass of the radix sort over keys alone. */
function scatter32(n: i32, from: usize, to: usize, counts: usize, shift: i32): void {
  const end = from + (<usize>n << 2);
  for (let at = from; at < end; at += 4) {
    const key = load<u32>(at);
    const place = counts + (((key >>> shift) & 2047) << 2);
    const rank = load<u32>(place);
    store<u32>(place, rank + 1);
    store<u32>(to + (<usize>rank << 2), key);
  }
}

/** The same with a weight above each key. */
function scatter64(n: i32, from: usize, to: usize, counts: usize, shift: i32): void {
  const end = from + (<usize>n << 3);
  for (let at = from; at < end; at += 8) {
    const record = load<u64>(at);
    const place = counts + (((<u32>record >>> shift) & 2047) << 2);
    const rank = load<u32>(place);
    store<u32>(place, rank + 1);
    store<u64>(to + (<usize>rank << 3), record);
  }
}

/** Four floats from their keys. */
@inline
function fromKeys(keys: v128): v128 {
  return v128.xor(keys, v128.or(v128.not(i32x4.shr_s(keys, 31)), i32x4.splat(sign)));
}

/** The float of a key, as a double. */
@inline
function fromKey(key: u32): f64 {
  return <f64>reinterpret<f32>(key >>> 31 ? key ^ sign : ~key);
}

/**
 * Distances of two samples of the same size and equal weights along one direction, from sorted projections in single
 * precision: mean |a₍ᵢ₎ - b₍ᵢ₎| and mean (a₍ᵢ₎ - b₍ᵢ₎)².
 *
 * @param part number of the direction
 * @param scratch 24,576 bytes and three times the padded keys
 * @param n points of each sample; they lie column after column, each padded to a multiple of 4
 * @param directions (parts x d) single precision
 * @param out (parts x 2) doubles
 */
export function slicedEqual(
  part: i32,
  scratch: usize,
  n: i32,
  d: i32,
  x: usize,
  y: usize,
  directions: usize,
  out: usize,
): void {
  const direction = directions + <usize>(part * d) * 4;
  const bytes = <usize>padded(n) << 2;
  const a = scratch + tables;
  const b = a + bytes;
  const c = b + bytes;
  projectKeys(n, d, x, direction, a);
  countDigits(n, a, 4, scratch);
  scatter32(n, a, b, scratch, 0);
  scatter32(n, b, a, scratch + 8192, 11);
  scatter32(n, a, b, scratch + 16384, 22);
  projectKeys(n, d, y, direction, a);
  countDigits(n, a, 4, scratch);
  scatter32(n, a, c, scratch, 0);
  scatter32(n, c, a, scratch + 8192, 11);
  scatter32(n, a, c, scratch + 16384, 22);

  let first = f64x2.splat(0);
  let second = f64x2.splat(0);
  const whole = <usize>(n & ~3) << 2;
  for (let i: usize = 0; i < whole; i += 16) {
    const gap = f32x4.sub(fromKeys(v128.load(b + i)), fromKeys(v128.load(c + i)));
    const low = f64x2.promote_low_f32x4(gap);
    const high = f64x2.promote_low_f32x4(v128.shuffle<i32>(gap, gap, 2, 3, 2, 3));
    first = f64x2.add(first, f64x2.add(f64x2.abs(low), f64x2.abs(high)));
    second = f64x2.add(second, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
  }
  let one = f64x2.extract_lane(first, 0) + f64x2.extract_lane(first, 1);
  let two = f64x2.extract_lane(second, 0) + f64x2.extract_lane(second, 1);
  for (let i = whole; i < <usize>n << 2; i += 4) {
    const gap = <f64>(<f32>fromKey(load<u32>(b + i)) - <f32>fromKey(load<u32>(c + i)));
    one += Math.abs(gap);
    two += gap * gap;
  }
  f64.store(out + (<usize>part << 4), one / <f64>n);
  f64.store(out + (<usize>part << 4), two / <f64>n, 8);
}

/** Sorts records of key and weight; they end in `to`. */
function sortRecords(n: i32, from: usize, to: usize, counts: usize): void {
  countDigits(n, from, 8, counts);
  scatter64(n, from, to, counts, 0);
  scatter64(n, to, from, counts + 8192, 11);
  scatter64(n, from, to, counts + 16384, 22);
}

/** Records of key and weight; `keys` is room for the keys alone. */
function projectRecords(
  n: i32,
  d: i32,
  points: usize,
  weights: usize,
  direction: usize,
  keys: usize,
  records: usize,
): void {
  projectKeys(n, d, points, direction, keys);
  for (let i: usize = 0; i < <usize>n; i++) {
    store<u32>(records + (i << 3), load<u32>(keys + (i << 2)));
    store<u32>(records + (i << 3), load<u32>(weights + (i << 2)), 4);
  }
}

/** ∫(F - G)² of two sorted samples, from one value to the next. */
function squaredGap(b: usize, n: i32, c: usize, m: i32, total: f64, otherTotal: f64): f64 {
  const endOfB = b + (<usize>n << 3);
  const endOfC = c + (<usize>m << 3);
  let sum: f64 = 0;
  let ahead: f64 = 0;
  let p = b;
  let q = c;
  let at = min(fromKey(load<u32>(p)), fromKey(load<u32>(q)));
  while (p < endOfB || q < endOfC) {
    const fromFirst = q == endOfC || (p < endOfB && load<u32>(p) <= load<u32>(q));
    const record = fromFirst ? p : q;
    const next = fromKey(load<u32>(record));
    sum += ahead * ahead * (next - at);
    at = next;
    if (fromFirst) {
      ahead += <f64>f32.load(record, 4) / total;
      p += 8;
    } else {
      ahead -= <f64>f32.load(record, 4) / otherTotal;
      q += 8;
    }
  }
  return sum;
}

/**
 * Distances of two weighted samples along one direction, from sorted projections in single precision: ∫|F⁻¹ - G⁻¹|,
 * ∫(F⁻¹ - G⁻¹)², and 2∫(F - G)², the energy distance on the line.
 *
 * @param part number of the direction
 * @param scratch 24,576 bytes and three times eight bytes for each point of the larger sample, padded
 * @param n, m points; they lie column after column, each padded to a multiple of 4
 * @param weights, others (n), (m) single precision
 * @param total, otherTotal their sums
 * @param out (parts x 3) doubles
 * @param energy 0 leaves the last one out
 */
export function slicedWeighted(
  part: i32,
  scratch: usize,
  n: i32,
  m: i32,
  d: i32,
  x: usize,
  y: usize,
  weights: usize,
  others: usize,
  total: f64,
  otherTotal: f64,
  directions: usize,
  out: usize,
  energy: i32,
): void {
  const direction = directions + <usize>(part * d) * 4;
  const bytes = <usize>padded(max(n, m)) << 3;
  const a = scratch + tables;
  const b = a + bytes;
  const c = b + bytes;
  projectRecords(n, d, x, weights, direction, c, a);
  sortRecords(n, a, b, scratch);
  projectRecords(m, d, y, others, direction, c, a);
  sortRecords(m, a, c, scratch);

  // Pairs of quantiles: the smaller rest of mass is moved, then its owner gives way to the next.
  let one: f64 = 0;
  let two: f64 = 0;
  const endOfB = b + (<usize>n << 3);
  const endOfC = c + (<usize>m << 3);
  let p = b;
  let q = c;
  let mine = fromKey(load<u32>(p));
  let theirs = fromKey(load<u32>(q));
  let left = <f64>f32.load(p, 4) / total;
  let open = <f64>f32.load(q, 4) / otherTotal;
  while (true) {
    const gap = mine - theirs;
    const moved = min(left, open);
    one += moved * Math.abs(gap);
    two += moved * (gap * gap);
    if (left < open) {
      open -= left;
      p += 8;
      if (p == endOfB) break;
      mine = fromKey(load<u32>(p));
      left = <f64>f32.load(p, 4) / total;
    } else {
      left -= open;
      q += 8;
      if (q == endOfC) break;
      theirs = fromKey(load<u32>(q));
      open = <f64>f32.load(q, 4) / otherTotal;
    }
  }

  const three = energy ? squaredGap(b, n, c, m, total, otherTotal) : 0;
  f64.store(out + <usize>part * 24, one);
  f64.store(out + <usize>part * 24, two, 8);
  f64.store(out + <usize>part * 24, 2 * three, 16);
}
