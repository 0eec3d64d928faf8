import type { KernelFunction } from './kernel-module.js';
import { exp32, exp64, log32, log64, parted, power32 } from './twin-exp.js';

/** What tells single from double precision. */
interface Precision {
  readonly bytes: 4 | 8;
  readonly lanes: 4 | 2;
  readonly round: (x: number) => number;
}
const single: Precision = { bytes: 4, lanes: 4, round: Math.fround };
const double: Precision = { bytes: 8, lanes: 2, round: (x) => x };

type Numbers = Float32Array | Float64Array;
type Twin = (memory: () => SharedArrayBuffer) => KernelFunction;

const numbersAt = (memory: SharedArrayBuffer, { bytes }: Precision, address: number, length: number): Numbers =>
  bytes === 4 ? new Float32Array(memory, address, length) : new Float64Array(memory, address, length);

/** Twin of `fusedPass32` in `assembly/fused-pass.ts`, which says what it does. */
export const fusedPass32: Twin =
  (memory) => (part, _scratch, rows, rowsPerPart, columns, d, x, y, h, f, floor, weight, damping, rho, sums) => {
    const at = (address: number, length: number): Numbers => numbersAt(memory(), single, address, length);
    const exponents = exponentsOf(single, at(x, rows * d), at(y, columns * d), d);
    const [H, F, W, R] = [at(h, columns), at(f, rows), at(weight, rows), at(rho, rows)];
    const sink = columnSink(single, new Float64Array(memory(), sums + 8 * part * columns, columns));
    const [from, to] = rowsOf(part, rows, rowsPerPart);
    for (let i = from; i < to; i += 4) {
      const four = [i, i + 1, i + 2, i + 3].map((r) => H.map((b, j) => exponents(r, j, Math.fround(F[r]! + b))));
      const kept = keptColumns(four, at(floor, columns), 8);
      four.forEach((own, k) => {
        const row = own.map((exponent, j) => (kept[j] ? exp32(exponent) : 0));
        R[i + k] = laneSum(single, row);
        sink.add(i + k - from, factor(W[i + k]!, R[i + k]!, damping), row);
      });
    }
    sink.flush();
  };

/** Columns whose row sums are added up in single precision before they go over to double. */
const block = 256;

/** Twin of `fusedPassMixed` in `assembly/mixed-pass.ts`. */
export const fusedPassMixed: Twin =
  (memory) => (part, _scratch, rows, rowsPerPart, columns, d, x, y, h, f, floor, weight, damping, rho, sums, cross) => {
    const at = (address: number, length: number): Numbers => numbersAt(memory(), double, address, length);
    const exponents = exponentsOf(double, at(x, rows * d), at(y, columns * d), d);
    const [H, F, W, R, Q] = [at(h, columns), at(f, rows), at(weight, rows), at(rho, rows), at(cross, rows)];
    const sink = columnSink(single, new Float64Array(memory(), sums + 8 * part * columns, columns));
    const [from, to] = rowsOf(part, rows, rowsPerPart);
    const fround = Math.fround;
    for (let i = from; i < to; i += 4) {
      const four = [i, i + 1, i + 2, i + 3].map((r) => H.map((b, j) => exponents(r, j, F[r]! + b)));
      const kept = keptColumns(four, at(floor, columns), 4);
      four.forEach((own, k) => {
        const parts = Array.from(own, parted);
        const row = Float32Array.from(parts, ({ whole, rest }, j) => (kept[j] ? power32(whole, rest) : 0));
        const crossTerm = (j: number): number =>
          kept[j] ? fround(row[j]! * fround(parts[j]!.whole + parts[j]!.rest)) : 0;
        R[i + k] = blockSum(columns, (j, before) => fround(before + row[j]!));
        Q[i + k] = blockSum(columns, (j, before) => fround(before + crossTerm(j)));
        const u = factor(W[i + k]!, R[i + k]!, damping);
        Q[i + k]! *= u;
        sink.add(i + k - from, u, row);
      });
    }
    sink.flush();
  };

/** Which columns lie in a tile where any of four rows reaches the column's floor. */
function keptColumns(four: readonly Numbers[], floor: Numbers, width: number): boolean[] {
  const over = Array.from(floor, (least, j) => four.some((row) => row[j]! >= least));
  return over.map((_, j) => over.slice(j - (j % width), j - (j % width) + width).includes(true));
}

/** Twin of `fusedPass64`. */
export const fusedPass64: Twin =
  (memory) => (part, _scratch, rows, rowsPerPart, columns, d, x, y, h, f, weight, damping, rho, sums, cross) => {
    const [from, to] = rowsOf(part, rows, rowsPerPart);
    const at = (address: number, length: number): Numbers => numbersAt(memory(), double, address, length);
    const exponents = exponentsOf(double, at(x, rows * d), at(y, columns * d), d);
    const [H, F, W, R, Q] = [at(h, columns), at(f, rows), at(weight, rows), at(rho, rows), at(cross, rows)];
    const dots = new Float64Array(columns);
    const sink = columnSink(double, new Float64Array(memory(), sums + 8 * part * columns, columns));
    for (let i = from; i < to; i++) {
      for (let j = 0; j < columns; j++) dots[j] = exponents(i, j, 0);
      const row = dots.map((dot, j) => exp64(dot + (F[i]! + H[j]!)));
      R[i] = laneSum(double, row);
      const u = factor(W[i]!, R[i]!, damping);
      Q[i] = u * crossSum(row, dots);
      sink.add(i - from, u, row);
    }
    sink.flush();
  };

/** Twin of `storeKernel` in `assembly/stored-kernel.ts`. */
export const storeKernel: Twin = (memory) => (part, _scratch, rows, rowsPerPart, columns, d, x, y, h, f, kernel) => {
  const at = (address: number, length: number): Numbers => numbersAt(memory(), double, address, length);
  const exponents = exponentsOf(double, at(x, rows * d), at(y, columns * d), d);
  const [H, F, K] = [at(h, columns), at(f, rows), numbersAt(memory(), single, kernel, rows * columns)];
  const [from, to] = rowsOf(part, rows, rowsPerPart);
  for (let i = from; i < to; i++)
    for (let j = 0; j < columns; j++) {
      const { whole, rest } = parted(exponents(i, j, F[i]! + H[j]!));
      K[i * columns + j] = power32(whole, rest);
    }
};

/** Twin of `storedPass` in `assembly/stored-kernel.ts`. */
export const storedPass: Twin =
  (memory) => (part, _scratch, rows, rowsPerPart, columns, kernel, v, weight, damping, rho, sums, cross) => {
    const at = (address: number, length: number): Numbers => numbersAt(memory(), double, address, length);
    const [W, R, Q] = [at(weight, rows), at(rho, rows), at(cross, cross === 0 ? 0 : rows)];
    const V = numbersAt(memory(), single, v, columns);
    const sink = columnSink(single, new Float64Array(memory(), sums + 8 * part * columns, columns));
    const [from, to] = rowsOf(part, rows, rowsPerPart);
    const fround = Math.fround;
    for (let i = from; i < to; i++) {
      const row = numbersAt(memory(), single, kernel + 4 * i * columns, columns);
      const products = row.map((k, j) => V[j]! * k);
      R[i] = blockSum(columns, (j, before) => fround(before + products[j]!));
      const u = factor(W[i]!, R[i]!, damping);
      if (cross !== 0)
        Q[i] = u * blockSum(columns, (j, before) => fround(fround(products[j]! * log32(row[j]!)) + before));
      sink.add(i - from, u, row);
    }
    sink.flush();
  };

/** A row's sum: `next` adds to one of four lanes in single precision, and every block's go over to double. */
function blockSum(columns: number, next: (j: number, before: number) => number): number {
  const lanes = new Float32Array(4);
  let total = 0;
  for (let j = 0; j < columns; j++) {
    lanes[j % 4] = next(j, lanes[j % 4]!);
    if (j % block !== block - 1 && j !== columns - 1) continue;
    total += across(single, lanes);
    lanes.fill(0);
  }
  return total;
}

const rowsOf = (part: number, rows: number, rowsPerPart: number): [from: number, to: number] => [
  part * rowsPerPart,
  Math.min((part + 1) * rowsPerPart, rows),
];

/** start + xᵢ·yⱼ, with y in panels of two vectors. */
function exponentsOf({ lanes, round }: Precision, x: Numbers, y: Numbers, d: number) {
  const width = 2 * lanes;
  return (i: number, j: number, start: number): number => {
    let t = start;
    const panel = (j - (j % width)) * d + (j % width);
    for (let k = 0; k < d; k++) t = round(round(x[i * d + k]! * y[panel + width * k]!) + t);
    return t;
  };
}

/** Sum of a row, two vectors at a time. */
function laneSum(precision: Precision, row: Numbers): number {
  const { lanes, round } = precision;
  const sums = row.slice(0, lanes).fill(0);
  for (let j = 0; j < row.length; j += 2 * lanes)
    for (let lane = 0; lane < lanes; lane++) sums[lane]! += round(row[j + lane]! + row[j + lanes + lane]!);
  return across(precision, sums);
}

function across({ round }: Precision, lanes: Numbers): number {
  let total = lanes[0]!;
  for (let lane = 1; lane < lanes.length; lane++) total = round(total + lanes[lane]!);
  return total;
}

function crossSum(row: Numbers, dots: Float64Array): number {
  const sums = [0, 0];
  for (let j = 0; j < row.length; j += 4)
    for (const lane of [0, 1]) {
      const inner = row[j + 2 + lane]! * dots[j + 2 + lane]! + sums[lane]!;
      sums[lane] = row[j + lane]! * dots[j + lane]! + inner;
    }
  return sums[0]! + sums[1]!;
}

/** weight ρ^-damping; nothing where there is no weight. */
function factor(weight: number, rho: number, damping: number): number {
  if (weight === 0) return 0;
  return damping === 1 ? weight / rho : weight * exp64(-damping * log64(rho));
}

/** Column sums of one part: in single precision they are carried over to double every 256 rows. */
function columnSink({ lanes, round }: Precision, total: Float64Array) {
  const column = lanes === 4 ? new Float32Array(total.length) : total;
  total.fill(0);
  const flush = (): void => {
    if (column === total) return;
    for (let j = 0; j < total.length; j++) total[j]! += column[j]!;
    column.fill(0);
  };
  return {
    flush,
    add(row: number, factor: number, values: Numbers): void {
      const u = round(factor);
      for (let j = 0; j < column.length; j++) column[j]! += round(u * values[j]!);
      if (row % 256 === 255) flush();
    },
  };
}
