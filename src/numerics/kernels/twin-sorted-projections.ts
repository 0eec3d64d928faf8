import type { KernelFunction } from './kernel-module.js';

type Twin = (memory: () => SharedArrayBuffer) => KernelFunction;

/** Projections in single precision with the order that their keys give: zeros by sign, ties as they come. */
function sortedProjection(
  points: Float32Array,
  n: number,
  direction: Float32Array,
): { values: Float32Array; order: Uint32Array } {
  const column = Math.ceil(n / 4) * 4;
  const values = new Float32Array(n);
  const keys = new Uint32Array(values.buffer);
  for (let i = 0; i < n; i++) {
    let along = Math.fround(points[i]! * direction[0]!);
    for (let k = 1; k < direction.length; k++)
      along = Math.fround(Math.fround(points[k * column + i]! * direction[k]!) + along);
    values[i] = along;
  }
  const ordinal = keys.map((bits) => (bits & 0x80000000 ? ~bits : bits | 0x80000000));
  const order = Uint32Array.from(values.keys()).sort((i, j) => ordinal[i]! - ordinal[j]! || i - j);
  return { values: Float32Array.from(order, (i) => values[i]!), order };
}

/** Twin of `slicedEqual` in `assembly/sorted-projections.ts`, which says what it does. Two lanes are two sums. */
export const slicedEqual: Twin = (memory) => (part, _scratch, n, d, x, y, directions, out) => {
  const at = (address: number, length: number): Float32Array => new Float32Array(memory(), address, length);
  const direction = at(directions + 4 * part * d, d);
  const column = Math.ceil(n / 4) * 4;
  const [a, b] = [x, y].map((points) => sortedProjection(at(points, column * d), n, direction).values) as [
    Float32Array,
    Float32Array,
  ];
  const gap = (i: number): number => Math.fround(a[i]! - b[i]!);
  const sumOf = (term: (gap: number) => number): number => {
    let [even, odd] = [0, 0];
    const whole = n - (n % 4);
    for (let i = 0; i < whole; i += 4) {
      even += term(gap(i)) + term(gap(i + 2));
      odd += term(gap(i + 1)) + term(gap(i + 3));
    }
    let total = even + odd;
    for (let i = whole; i < n; i++) total += term(gap(i));
    return total / n;
  };
  new Float64Array(memory(), out + 16 * part, 2).set([sumOf(Math.abs), sumOf((g) => g * g)]);
};

/** Twin of `slicedWeighted`. */
export const slicedWeighted: Twin =
  (memory) =>
  (part, _scratch, ...rest) => {
    const [n, m, d, x, y, weights, others, total, otherTotal, directions, out, energy] = rest as [
      ...[number, number, number, number, number, number],
      ...[number, number, number, number, number, number],
    ];
    const at = (address: number, length: number): Float32Array => new Float32Array(memory(), address, length);
    const direction = at(directions + 4 * part * d, d);
    const side = (points: number, own: number, size: number, sum: number) => {
      const { values, order } = sortedProjection(at(points, Math.ceil(size / 4) * 4 * d), size, direction);
      const w = at(own, size);
      return { values, shares: Float64Array.from(order, (i) => w[i]! / sum) };
    };
    const [a, b] = [side(x, weights, n, total), side(y, others, m, otherTotal)];

    let [one, two, i, j] = [0, 0, 0, 0];
    let [left, open] = [a.shares[0]!, b.shares[0]!];
    for (;;) {
      const gap = a.values[i]! - b.values[j]!;
      const moved = Math.min(left, open);
      one += moved * Math.abs(gap);
      two += moved * (gap * gap);
      if (left < open) {
        open -= left;
        if (++i === n) break;
        left = a.shares[i]!;
      } else {
        left -= open;
        if (++j === m) break;
        open = b.shares[j]!;
      }
    }

    let [three, ahead] = [0, 0];
    let before = Math.min(a.values[0]!, b.values[0]!);
    for (let p = 0, q = 0; energy && (p < n || q < m);) {
      const fromFirst = q === m || (p < n && notAfter(a.values[p]!, b.values[q]!));
      const next = fromFirst ? a.values[p]! : b.values[q]!;
      three += ahead * ahead * (next - before);
      before = next;
      ahead += fromFirst ? a.shares[p++]! : -b.shares[q++]!;
    }
    new Float64Array(memory(), out + 24 * part, 3).set([one, two, 2 * three]);
  };

/** Whether the key of x is not above that of y: -0 is below 0. */
const notAfter = (x: number, y: number): boolean => x < y || (x === y && !(Object.is(y, -0) && Object.is(x, 0)));
