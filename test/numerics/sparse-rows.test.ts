import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import {
  sparseRows,
  timesVector,
  weightedColumnSums,
  weightedGram,
  type SparseRows,
} from '../../src/numerics/sparse-rows.js';

const vec = (...values: number[]): Float64Array => Float64Array.from(values);

function sparse(dense: readonly (readonly number[])[], columns: number): SparseRows {
  const rows = sparseRows(columns);
  for (const row of dense) {
    row.forEach((value, column) => rows.add(column, value));
    rows.endRow();
  }
  return rows.build();
}

describe('sparseRows', () => {
  it('stores what is not zero, row by row', () => {
    expect(
      sparse(
        [
          [0, 2, 0],
          [0, 0, 0],
          [1, 0, -3],
        ],
        3,
      ),
    ).toStrictEqual({
      rows: 3,
      columns: 3,
      offsets: Uint32Array.of(0, 1, 1, 3),
      index: Uint32Array.of(1, 0, 2),
      value: vec(2, 1, -3),
    });
  });

  it('may have no row and no column', () => {
    const empty = sparseRows(2).build();
    expect([empty.rows, empty.columns]).toEqual([0, 2]);
    expect(timesVector(empty, vec(1, 1))).toStrictEqual(vec());
    expect(weightedColumnSums(empty, [])).toStrictEqual(vec(0, 0));
    expect(weightedGram(empty, vec())).toStrictEqual(vec(0, 0, 0, 0));
    expect(timesVector(sparse([[], []], 0), vec())).toStrictEqual(vec(0, 0));
  });
});

describe('the columns of a row', () => {
  it.each([
    { fault: 'descend', columns: [1, 0], message: 'sparseRows[1]: column out of order; got 0, expected 2 to 2.' },
    { fault: 'come twice', columns: [1, 1], message: 'sparseRows[1]: column out of order; got 1, expected 2 to 2.' },
    { fault: 'are too many', columns: [1, 3], message: 'sparseRows[1]: column out of order; got 3, expected 2 to 2.' },
    { fault: 'are none', columns: [NaN], message: 'sparseRows[1]: column out of order; got NaN, expected 0 to 2.' },
  ])('may not be those that $fault', ({ columns, message }) => {
    const act = () => {
      const rows = sparseRows(3);
      rows.add(2, 1);
      rows.endRow();
      columns.forEach((column) => rows.add(column, 1));
    };
    expect(act).toThrow(Failure);
    expect(act).toThrow(message);
  });
});

describe('products', () => {
  // By hand.
  const a = sparse(
    [
      [1, 0, 2],
      [0, 3, 0],
    ],
    3,
  );
  it('by hand', () => {
    expect(timesVector(a, vec(1, 10, 100))).toStrictEqual(vec(201, 30));
    expect(weightedColumnSums(a, [2, 5])).toStrictEqual(vec(2, 15, 4));
    expect(weightedGram(a, vec(2, 5))).toStrictEqual(vec(2, 0, 4, 0, 45, 0, 4, 0, 8));
  });

  it('leave rows without weight out, even what cannot be counted', () => {
    const broken = sparse(
      [
        [Infinity, 1],
        [1, 1],
      ],
      2,
    );
    expect(weightedColumnSums(broken, [0, 1])).toStrictEqual(vec(1, 1));
    expect(weightedGram(broken, vec(0, 1))).toStrictEqual(vec(1, 1, 1, 1));
  });

  const entry = fc.oneof(
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -9, max: 9 }) },
  );
  const problem = fc.integer({ min: 1, max: 6 }).chain((columns) =>
    fc.record({
      columns: fc.constant(columns),
      dense: fc.array(fc.array(entry, { minLength: columns, maxLength: columns }), { maxLength: 8 }),
      seed: fc.integer({ min: 0, max: 4 }),
    }),
  );

  it('agree with the dense matrix', () => {
    fc.assert(
      fc.property(problem, ({ columns, dense, seed }) => {
        const matrix = sparse(dense, columns);
        const weights = Float64Array.from(dense, (_, i) => (i * 3 + seed) % 5);
        const x = Float64Array.from({ length: columns }, (_, c) => c - 2);
        expect([...timesVector(matrix, x)]).toEqual(dense.map((row) => row.reduce((s, v, c) => s + v * x[c]!, 0) + 0));
        for (let c = 0; c < columns; c++) {
          expect(weightedColumnSums(matrix, weights)[c]).toBe(
            dense.reduce((s, row, i) => s + weights[i]! * row[c]!, 0) + 0,
          );
          for (let b = 0; b < columns; b++)
            expect(weightedGram(matrix, weights)[c * columns + b]).toBe(
              dense.reduce((s, row, i) => s + weights[i]! * row[c]! * row[b]!, 0) + 0,
            );
        }
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });

  it('give a matrix that is symmetric to the bit', () => {
    const third = sparse(
      Array.from({ length: 20 }, (_, i) => [1 / 3, Math.sin(i), Math.cos(i)]),
      3,
    );
    const gram = weightedGram(
      third,
      Float64Array.from({ length: 20 }, (_, i) => 1 / (i + 3)),
    );
    for (let a = 0; a < 3; a++) for (let b = 0; b < a; b++) expect(gram[a * 3 + b]).toBe(gram[b * 3 + a]);
  });
});
