/** Boxes begin at multiples of so many points, as the tiles of kernels do, and are cut once more to the size of their rows. */
const tile = 8;
const tileRows = 4;
/** Points that show how far all of a box reach. */
const looks = 256;

/**
 * An order in which points that are near one another in the list are near in space: halves at the median of the widest
 * dimension, again and again. Blocks of the list are then boxes, and even steps through it are a fair sample. Time O(n d log n).
 *
 * @param points (n x d)
 * @returns (n) a permutation; the same for the same points
 */
export function spatialOrder(points: Float64Array, d: number): Int32Array {
  const n = points.length / d;
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const keys = new Float64Array(n);
  const pending: [from: number, to: number][] = [[0, n]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [from, to] = next;
    if (to - from <= tileRows) continue;
    const axis = widest(points, d, order.subarray(from, to));
    for (let at = from; at < to; at++) keys[at] = points[order[at]! * d + axis]!;
    const middle = to - from <= tile ? tileRows : Math.ceil((to - from) / (2 * tile)) * tile;
    select(keys, order, from, to - 1, from + middle);
    pending.push([from, from + middle], [from + middle, to]);
  }
  return order;
}

/** The dimension in which some points reach furthest, as a part of them shows it. */
function widest(points: Float64Array, d: number, some: Int32Array): number {
  const low = new Float64Array(d).fill(Infinity);
  const high = new Float64Array(d).fill(-Infinity);
  const step = Math.ceil(some.length / looks);
  for (let at = 0; at < some.length; at += step) {
    const point = some[at]! * d;
    for (let k = 0; k < d; k++) {
      const x = points[point + k]!;
      if (x < low[k]!) low[k] = x;
      if (x > high[k]!) high[k] = x;
    }
  }
  let [best, axis] = [-1, 0];
  for (let k = 0; k < d; k++) if (high[k]! - low[k]! > best) [best, axis] = [high[k]! - low[k]!, k];
  return axis;
}

/** Hoare's selection: keys before `place` are at most those from it on. Keys and order move together, between low and high. */
function select(keys: Float64Array, order: Int32Array, low: number, high: number, place: number): void {
  while (low < high) {
    const pivot = keys[(low + high) >> 1]!;
    let [i, j] = [low, high];
    while (i <= j) {
      while (keys[i]! < pivot) i++;
      while (pivot < keys[j]!) j--;
      if (i > j) break;
      const [key, one] = [keys[i]!, order[i]!];
      keys[i] = keys[j]!;
      order[i++] = order[j]!;
      keys[j] = key;
      order[j--] = one;
    }
    if (place <= j) high = j;
    else if (place >= i) low = i;
    else return;
  }
}
