import type { KernelFunction } from './kernel-module.js';

type Twin = (memory: () => SharedArrayBuffer) => KernelFunction;

/** Where the numbers of a call lie. */
const viewsOf = (memory: SharedArrayBuffer) => ({
  ints: (address: number): Int32Array => new Int32Array(memory, address),
  floats: (address: number): Float32Array => new Float32Array(memory, address),
});

/** sum + factor x, rounded twice. */
const add = (sum: number, factor: number, x: number): number => Math.fround(sum + Math.fround(factor * x));

/** Twin of `latticeInner` in `assembly/lattice.ts`, which says what it does. Zeros that it skips add nothing here. */
export const latticeInner: Twin =
  (memory) =>
  (
    part,
    _scratch,
    planes,
    lines,
    outPlanes,
    outLines,
    width,
    starts,
    codes,
    values,
    k3,
    stride3,
    k4,
    stride4,
    k5,
    tensor,
  ) => {
    const { ints, floats } = viewsOf(memory());
    const [from, to] = ints(starts).subarray(part, part + 2);
    const [C, V, K5] = [ints(codes), floats(values), floats(k5)];
    const fifth = new Float32Array(planes * lines * width);
    for (let c = from!; c < to!; c++) {
      const into = ((C[c]! >> 16) * lines + ((C[c]! >> 8) & 255)) * width;
      for (let q = 0; q < width; q++) fifth[into + q] = add(fifth[into + q]!, V[c]!, K5[(C[c]! & 255) * width + q]!);
    }
    const fourth = new Float32Array(planes * outLines * width);
    for (let i3 = 0; i3 < planes; i3++) {
      const plane = fifth.subarray(i3 * lines * width, (i3 + 1) * lines * width);
      fourth.set(multiplied(floats(k4), stride4, plane, lines, outLines), i3 * outLines * width);
    }
    const block = multiplied(floats(k3), stride3, fourth, planes, outPlanes);
    floats(tensor).set(block, part * block.length);
  };

/** Twin of `latticeOuter`. */
export const latticeOuter: Twin =
  (memory) =>
  (part, _scratch, rows, columns, strips, width, spans, starts, codes, k1, stride1, k2, stride2, tensor, out) => {
    const { ints, floats } = viewsOf(memory());
    const [from, to] = ints(starts).subarray(part, part + 2);
    const [C, S, K1, K2] = [ints(codes), ints(spans), floats(k1), floats(k2)];
    const [T, O] = [floats(tensor), floats(out)];
    for (let c = from!; c < to!; c++) {
      const [j2, j1, j5] = [C[c]! >> 16, (C[c]! >> 8) & 255, C[c]! & 255];
      let sum = O[c]!;
      for (let i1 = 0; i1 < rows; i1++) {
        let second = 0;
        for (let i2 = S[2 * i1]!; i2 < S[2 * i1 + 1]!; i2++)
          second = add(second, K2[i2 * stride2 + j2]!, T[((i1 * columns + i2) * strips + part) * width + j5]!);
        sum = add(sum, K1[j1 * stride1 + i1]!, second);
      }
      O[c] = sum;
    }
  };

/** factorsᵀ (count x rows) · input (count x width), each sum in the order of the input. */
function multiplied(
  factors: Float32Array,
  stride: number,
  input: Float32Array,
  count: number,
  rows: number,
): Float32Array {
  const width = input.length / count;
  const output = new Float32Array(rows * width);
  for (let j = 0; j < rows; j++)
    for (let i = 0; i < count; i++)
      for (let q = 0; q < width; q++)
        output[j * width + q] = add(output[j * width + q]!, factors[i * stride + j]!, input[i * width + q]!);
  return output;
}
