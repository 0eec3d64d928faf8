import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cholesky, mapEigenvalues, solveSpd, sqrtSpd, symmetricEigen } from '../../src/numerics/matrix.js';

const vec = (...xs: number[]): Float64Array => Float64Array.from(xs);

/** The plain triple loop: a b for n x n matrices. */
function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) out[i * n + j]! += a[i * n + k]! * b[k * n + j]!;
  return out;
}
const transpose = (a: Float64Array, n: number): Float64Array => a.map((_, at) => a[(at % n) * n + Math.floor(at / n)]!);
const distance = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);

/** B Bᵀ + I for a random B: positive definite with eigenvalues of at least one. */
const spd = fc
  .integer({ min: 1, max: 7 })
  .chain((n) =>
    fc
      .array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: n * n, maxLength: n * n })
      .map((entries) => ({ n, b: Float64Array.from(entries) })),
  )
  .map(({ n, b }) => ({
    n,
    a: product(b, transpose(b, n), n).map((x, at) => x + (at % (n + 1) === 0 ? 1 : 0)),
  }));
const check = (property: (sample: { n: number; a: Float64Array }) => void): void =>
  fc.assert(fc.property(spd, property), { seed: 20260101, numRuns: 200 });

describe('cholesky', () => {
  // Known example: Wikipedia, Cholesky decomposition.
  it('factors a known matrix', () => {
    const a = vec(4, 12, -16, 12, 37, -43, -16, -43, 98);
    expect(Array.from(cholesky(a, 3))).toEqual([2, 0, 0, 6, 1, 0, -8, 5, 3]);
  });

  it('gives a lower triangle whose product is the matrix', () =>
    check(({ n, a }) => {
      const l = cholesky(a, n);
      expect(distance(product(l, transpose(l, n), n), a)).toBeLessThan(1e-11);
      l.forEach((x, at) => {
        if (at % n > Math.floor(at / n)) expect(x).toBe(0);
      });
    }));

  it('accepts the empty matrix', () => expect(cholesky(vec(), 0)).toHaveLength(0));

  it.each([
    {
      fault: 'negative',
      a: vec(1, 2, 2, 1),
      n: 2,
      message: 'cholesky.pivot[1]: the matrix is not positive definite; got -3, expected > 0.',
    },
    {
      fault: 'singular to rounding',
      a: vec(0.1, 0.3, 0.3, 0.9 + 1e-16),
      n: 2,
      message: 'cholesky.pivot[1]: the matrix is not positive definite;',
    },
    {
      fault: 'asymmetric',
      a: vec(1, 0.5, 0.4, 1),
      n: 2,
      message: 'cholesky[1,0]: the matrix is not symmetric and finite; got 0.4 and 0.5, expected equal numbers.',
    },
    {
      fault: 'NaN',
      a: vec(NaN),
      n: 1,
      message: 'cholesky[0,0]: the matrix is not symmetric and finite; got NaN and NaN',
    },
    { fault: 'infinite', a: vec(Infinity), n: 1, message: 'cholesky[0,0]: the matrix is not symmetric and finite' },
    { fault: 'shape', a: vec(1, 2), n: 2, message: 'cholesky: wrong number of entries; got 2, expected 2 x 2 = 4.' },
  ])('names the fault: $fault', ({ a, n, message }) => expect(() => cholesky(a, n)).toThrow(message));
});

describe('solveSpd', () => {
  it('solves a hand example: 4x + y = 1, x + 3y = 2', () => {
    const x = solveSpd(vec(4, 1, 1, 3), vec(1, 2), 2);
    expect(x[0]).toBeCloseTo(1 / 11, 14);
    expect(x[1]).toBeCloseTo(7 / 11, 14);
  });

  it('leaves no residual', () =>
    check(({ n, a }) => {
      const b = Float64Array.from({ length: n }, (_, i) => i - 1.5);
      const x = solveSpd(a, b, n);
      for (let i = 0; i < n; i++) {
        let left = -b[i]!;
        for (let k = 0; k < n; k++) left += a[i * n + k]! * x[k]!;
        expect(Math.abs(left)).toBeLessThan(1e-9);
      }
    }));

  it('refuses a right side of another length', () => {
    expect(() => solveSpd(vec(1), vec(1, 2), 1)).toThrow('solveSpd.b: wrong number of entries; got 2, expected 1.');
  });
});

describe('symmetricEigen', () => {
  it('gives ascending values and vectors of fixed sign: [[2, 1], [1, 2]] by hand', () => {
    const { values, vectors } = symmetricEigen(vec(2, 1, 1, 2), 2);
    expect(values[0]).toBeCloseTo(1, 14);
    expect(values[1]).toBeCloseTo(3, 14);
    const half = Math.SQRT1_2;
    [half, half, -half, half].forEach((x, at) => expect(vectors[at]).toBeCloseTo(x, 14));
  });

  it('rebuilds the matrix from orthonormal vectors', () =>
    check(({ n, a }) => {
      const eigen = symmetricEigen(a, n);
      expect(
        distance(
          mapEigenvalues(eigen, n, (x) => x),
          a,
        ),
      ).toBeLessThan(1e-10);
      expect(
        distance(
          product(transpose(eigen.vectors, n), eigen.vectors, n),
          mapEigenvalues(eigen, n, () => 1),
        ),
      ).toBeLessThan(1e-12);
      for (let k = 1; k < n; k++) expect(eigen.values[k]).toBeGreaterThanOrEqual(eigen.values[k - 1]!);
      for (let k = 0; k < n; k++) {
        const column = Array.from({ length: n }, (_, i) => eigen.vectors[i * n + k]!);
        const most = Math.max(...column.map(Math.abs));
        expect(column.find((x) => Math.abs(x) > most * (1 - 1e-7))).toBeGreaterThan(0);
      }
    }));

  it('accepts the empty matrix and an indefinite one', () => {
    expect(symmetricEigen(vec(), 0).values).toHaveLength(0);
    const { values } = symmetricEigen(vec(0, 1, 1, 0), 2);
    expect(values[0]).toBeCloseTo(-1, 14);
  });
});

describe('sqrtSpd', () => {
  it('squares to the matrix and is symmetric', () =>
    check(({ n, a }) => {
      const s = sqrtSpd(a, n);
      expect(distance(product(s, s, n), a)).toBeLessThan(1e-10);
      expect(transpose(s, n)).toEqual(s);
    }));

  it('takes a singular matrix', () => {
    // [[1, 1], [1, 1]] has the root [[1, 1], [1, 1]] / sqrt(2).
    sqrtSpd(vec(1, 1, 1, 1), 2).forEach((x) => expect(x).toBeCloseTo(Math.SQRT1_2, 7));
    expect(sqrtSpd(vec(0, 0, 0, 0), 2)).toEqual(vec(0, 0, 0, 0));
  });

  it('refuses a negative eigenvalue', () => {
    expect(() => sqrtSpd(vec(1, 0, 0, -4), 2)).toThrow(
      'sqrtSpd: the matrix has a negative eigenvalue; got -4, expected >= 0.',
    );
  });
});
