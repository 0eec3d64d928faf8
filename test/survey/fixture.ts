import { sparseRows, type SparseRows } from '../../src/numerics/sparse-rows.js';
import type { CalibrationProblem } from '../../src/survey/calibrate.js';

export const vec = (...values: number[]): Float64Array => Float64Array.from(values);

/** A sparse matrix from rows of the same length. */
export function sparse(rows: readonly (readonly number[])[], columns = rows[0]!.length): SparseRows {
  const builder = sparseRows(columns);
  for (const row of rows) {
    row.forEach((value, column) => builder.add(column, value));
    builder.endRow();
  }
  return builder.build();
}

/** Records on a line, equal base weights. */
export const onLine = (phi: readonly number[], target: number, softness?: number): CalibrationProblem => ({
  base: new Float64Array(phi.length).fill(1),
  features: sparse(phi.map((x) => [x])),
  targets: vec(target),
  ...(softness === undefined ? {} : { softness: vec(softness) }),
});

/** One 0/1 column for each category of each variable; `records` are positions of categories. */
export const indicators = (records: readonly (readonly number[])[], sizes: readonly number[]): SparseRows =>
  sparse(
    records.map((record) =>
      sizes.flatMap((size, v) => Array.from({ length: size }, (_, c) => (record[v] === c ? 1 : 0))),
    ),
    sizes.reduce((a, b) => a + b, 0),
  );

/**
 * The slow method: classical raking, one variable after the other, until nothing moves.
 *
 * @param shares wanted shares, one list a variable
 */
export function rakeSlowly(
  base: readonly number[],
  records: readonly (readonly number[])[],
  shares: readonly (readonly number[])[],
  sweeps = 20_000,
): number[] {
  let weights = base.map((b) => b / base.reduce((s, x) => s + x, 0));
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const before = weights;
    shares.forEach((wanted, v) => {
      const found = wanted.map((_, c) => weights.reduce((s, w, i) => s + (records[i]![v] === c ? w : 0), 0));
      weights = weights.map((w, i) => (w === 0 ? 0 : (w * wanted[records[i]![v]!]!) / found[records[i]![v]!]!));
    });
    if (weights.every((w, i) => Math.abs(w - before[i]!) < 1e-15)) break;
  }
  return weights;
}
