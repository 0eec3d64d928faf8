import { Failure } from '../core/failure.js';
import type { SolverStatus } from '../core/solver-status.js';

/** A dense table of shares over categorical variables: cell (c₁, ..., cₖ) at ((c₁ n₂ + c₂) n₃ + c₃) ... */
export interface DenseTable {
  /** Number of categories of each variable. */
  readonly sizes: readonly number[];
  /** (product of sizes) */
  readonly cells: Float64Array;
}

/** Shares that the table must have when it is added up over all variables but `axes`. */
export interface TableMargin {
  readonly axes: readonly number[];
  /** (product of the sizes of the axes), in the order of `axes`, sums to one. */
  readonly shares: Float64Array;
  /** What a user knows each share as, for failures: `region = north`. Default: its position. */
  readonly names?: readonly string[];
}

export interface RakedTable extends DenseTable {
  readonly status: SolverStatus;
  readonly iterations: number;
  /** Largest |achieved - asked| over all margins after the last sweep, as a share. */
  readonly maxMarginError: number;
}

/**
 * Iterative proportional fitting of a dense table. A cell of zero stays zero (structural zero).
 *
 * @throws {Failure} `invalid-input` on a margin with the wrong number of shares or a share that is none; `infeasible` when
 *   a margin asks for mass where the table has none
 * @see Deming & Stephan (1940) Ann. Math. Statist. 11; Fienberg (1970) Ann. Math. Statist. 41
 */
export function rakeTable(
  { sizes, cells }: DenseTable,
  margins: readonly TableMargin[],
  { tolerance = 1e-9, maxIterations = 1_000 }: { tolerance?: number; maxIterations?: number } = {},
): RakedTable {
  margins.forEach((margin, m) => checkMargin(sizes, margin, m));
  const table = Float64Array.from(cells);
  const addresses = margins.map(({ axes }) => marginAddresses(sizes, axes));
  let maxMarginError = Infinity;
  let iterations = 0;
  while (iterations < maxIterations) {
    iterations++;
    for (const [m, margin] of margins.entries()) scaleTo(table, addresses[m]!, margin, m);
    maxMarginError = margins.reduce(
      (worst, { shares }, m) => Math.max(worst, marginError(table, addresses[m]!, shares)),
      0,
    );
    if (maxMarginError <= tolerance) return { status: 'converged', iterations, maxMarginError, sizes, cells: table };
  }
  return { status: 'iteration-limit', iterations, maxMarginError, sizes, cells: table };
}

/** For each cell of the table the cell of the margin that it adds to. */
export function marginAddresses(sizes: readonly number[], axes: readonly number[]): Uint32Array {
  const total = sizes.reduce((product, size) => product * size, 1);
  const out = new Uint32Array(total);
  for (const axis of axes) {
    const stride = sizes.slice(axis + 1).reduce((product, size) => product * size, 1);
    for (let cell = 0; cell < total; cell++)
      out[cell] = out[cell]! * sizes[axis]! + (Math.floor(cell / stride) % sizes[axis]!);
  }
  return out;
}

function checkMargin(sizes: readonly number[], margin: TableMargin, m: number): void {
  const { axes, shares } = margin;
  const expected = axes.reduce((product, axis) => product * sizes[axis]!, 1);
  if (shares.length !== expected)
    throw new Failure('invalid-input', {
      where: `rakeTable.margins[${m}]`,
      problem: 'wrong number of shares',
      got: shares.length,
      expected: String(expected),
    });
  const bad = shares.findIndex((share) => !(share >= 0 && share < Infinity));
  if (bad >= 0)
    throw new Failure('invalid-input', {
      where: shareName(margin, m, bad),
      problem: 'not a share',
      got: shares[bad],
      expected: 'a finite number ≥ 0',
    });
}

const shareName = ({ names }: TableMargin, m: number, c: number): string =>
  names?.[c] ?? `rakeTable.margins[${m}][${c}]`;

function scaleTo(table: Float64Array, addresses: Uint32Array, margin: TableMargin, m: number): void {
  const { shares } = margin;
  const factor = marginSums(table, addresses, shares.length);
  for (let c = 0; c < shares.length; c++) {
    if (shares[c]! > 0 && factor[c] === 0)
      throw new Failure('infeasible', {
        where: shareName(margin, m, c),
        problem: 'asks for mass where the table has none',
        got: shares[c],
        expected: '0',
      });
    factor[c] = factor[c]! > 0 ? shares[c]! / factor[c]! : 0;
  }
  for (let cell = 0; cell < table.length; cell++) table[cell]! *= factor[addresses[cell]!]!;
}

/**
 * A table added up to one of its margins.
 *
 * @param addresses (cells) from {@link marginAddresses}
 * @param size cells of the margin
 */
export function marginSums(table: Float64Array, addresses: Uint32Array, size: number): Float64Array {
  const out = new Float64Array(size);
  for (let cell = 0; cell < table.length; cell++) out[addresses[cell]!]! += table[cell]!;
  return out;
}

const marginError = (table: Float64Array, addresses: Uint32Array, shares: Float64Array): number =>
  marginSums(table, addresses, shares.length).reduce((worst, s, c) => Math.max(worst, Math.abs(s - shares[c]!)), 0);
