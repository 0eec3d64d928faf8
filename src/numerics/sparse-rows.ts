import { Failure } from '../core/failure.js';

/**
 * A sparse matrix by rows (compressed sparse row): the entries of row i are `index[k]`, `value[k]` for
 * `offsets[i] <= k < offsets[i + 1]`. Rows are records, columns are constraints.
 */
export interface SparseRows {
  readonly rows: number;
  readonly columns: number;
  /** (rows + 1) */
  readonly offsets: Uint32Array;
  readonly index: Uint32Array;
  readonly value: Float64Array;
}

/** Collects entries row by row. */
export interface SparseRowsBuilder {
  /**
   * Zeros are left out.
   *
   * @throws {Failure} `invalid-input` unless the columns of a row ascend and exist: {@link weightedGram} relies on it
   */
  add(column: number, value: number): void;
  endRow(): void;
  build(): SparseRows;
}

/** A builder for a matrix with the given number of columns. */
export function sparseRows(columns: number): SparseRowsBuilder {
  const offsets = [0];
  const index: number[] = [];
  const value: number[] = [];
  let previous = -1;
  return {
    add(column, entry) {
      if (entry === 0) return;
      if (!(column > previous && column < columns))
        throw new Failure('invalid-input', {
          where: `sparseRows[${offsets.length - 1}]`,
          problem: 'column out of order',
          got: column,
          expected: `${previous + 1} to ${columns - 1}`,
        });
      previous = column;
      index.push(column);
      value.push(entry);
    },
    endRow() {
      offsets.push(index.length);
      previous = -1;
    },
    build: () => ({
      rows: offsets.length - 1,
      columns,
      offsets: Uint32Array.from(offsets),
      index: Uint32Array.from(index),
      value: Float64Array.from(value),
    }),
  };
}

/** A x: one number a row. */
export function timesVector({ rows, offsets, index, value }: SparseRows, x: Float64Array): Float64Array {
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let total = 0;
    for (let k = offsets[i]!; k < offsets[i + 1]!; k++) total += value[k]! * x[index[k]!]!;
    out[i] = total;
  }
  return out;
}

/** Aᵀ w: weighted column sums. */
export function weightedColumnSums(
  { rows, columns, offsets, index, value }: SparseRows,
  weights: ArrayLike<number>,
): Float64Array {
  // Even and odd rows by themselves: an addition need not wait for that of the row before it to be stored.
  const sums = new Float64Array(2 * columns);
  for (let i = 0; i < rows; i++) {
    const w = weights[i]!;
    if (w === 0) continue;
    const own = i % 2 === 0 ? 0 : columns;
    for (let k = offsets[i]!; k < offsets[i + 1]!; k++) sums[own + index[k]!]! += w * value[k]!;
  }
  for (let c = 0; c < columns; c++) sums[c]! += sums[columns + c]!;
  return sums.slice(0, columns);
}

/** Aᵀ diag(w) A, (columns x columns) row-major, both triangles, symmetric to the bit. */
export function weightedGram(
  { rows, columns, offsets, index, value }: SparseRows,
  weights: Float64Array,
): Float64Array {
  const out = new Float64Array(columns * columns);
  for (let i = 0; i < rows; i++) {
    const w = weights[i]!;
    if (w === 0) continue;
    const start = offsets[i]!;
    const end = offsets[i + 1]!;
    // Entries of a row are in ascending order of column, so this fills the lower triangle: two of its lines at a time, for
    // which every entry before them is read once.
    let k = start;
    for (; k + 1 < end; k += 2) {
      const above = index[k]! * columns;
      const below = index[k + 1]! * columns;
      const a = w * value[k]!;
      const b = w * value[k + 1]!;
      for (let l = start; l <= k; l++) {
        out[above + index[l]!]! += a * value[l]!;
        out[below + index[l]!]! += b * value[l]!;
      }
      out[below + index[k + 1]!]! += b * value[k + 1]!;
    }
    if (k < end) for (let l = start; l <= k; l++) out[index[k]! * columns + index[l]!]! += w * value[k]! * value[l]!;
  }
  for (let a = 0; a < columns; a++) for (let b = 0; b < a; b++) out[b * columns + a] = out[a * columns + b]!;
  return out;
}
