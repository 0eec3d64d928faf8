import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { Failure } from '../core/failure.js';

/**
 * Cholesky factor of a symmetric positive definite matrix: a = L Lᵀ.
 *
 * Written here, not taken from ml-matrix, because the caller must be told which pivot fails.
 *
 * @param a (n x n) row-major
 * @returns L (n x n) row-major, zeros above the diagonal
 * @throws {Failure} `invalid-input` on a wrong shape, an asymmetric matrix, or one that is not positive definite (to
 * rounding: a pivot must exceed n ε times its diagonal entry), naming the pivot, counted from 0
 */
export function cholesky(a: Float64Array, n: number): Float64Array {
  checkSymmetric('cholesky', a, n);
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let rest = a[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= l[i * n + k]! * l[j * n + k]!;
      if (i > j) {
        l[i * n + j] = rest / l[j * n + j]!;
        continue;
      }
      if (!(rest > n * Number.EPSILON * a[i * n + i]!))
        throw new Failure('invalid-input', {
          where: `cholesky.pivot[${i}]`,
          problem: 'the matrix is not positive definite',
          got: rest,
          expected: '> 0',
        });
      l[i * n + i] = Math.sqrt(rest);
    }
  return l;
}

/**
 * Solves a x = b for a symmetric positive definite a, by {@link cholesky}.
 *
 * @param a (n x n) row-major
 * @param b (n)
 * @returns x (n)
 * @throws {Failure} `invalid-input` as {@link cholesky}, or when b has another length
 */
export function solveSpd(a: Float64Array, b: Float64Array, n: number): Float64Array {
  if (b.length !== n)
    throw new Failure('invalid-input', {
      where: 'solveSpd.b',
      problem: 'wrong number of entries',
      got: b.length,
      expected: String(n),
    });
  const l = cholesky(a, n);
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= l[i * n + k]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= l[k * n + i]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  return x;
}

/** Eigenvalues and orthonormal eigenvectors of a symmetric matrix: a = V diag(values) Vᵀ. */
export interface SymmetricEigen {
  /** (n) ascending. */
  readonly values: Float64Array;
  /** (n x n) row-major; column k belongs to `values[k]`, its entry of largest size is positive. */
  readonly vectors: Float64Array;
}

/**
 * Eigen-decomposition of a symmetric matrix (Householder tridiagonalisation and QL, by ml-matrix).
 *
 * @param a (n x n) row-major
 * @throws {Failure} `invalid-input` on a wrong shape or an asymmetric matrix
 */
export function symmetricEigen(a: Float64Array, n: number): SymmetricEigen {
  checkSymmetric('symmetricEigen', a, n);
  if (n === 0) return { values: new Float64Array(0), vectors: new Float64Array(0) };
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(Matrix.from1DArray(n, n, a), {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, k) => k).sort((k, m) => realEigenvalues[k]! - realEigenvalues[m]! || k - m);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    let largest = 0;
    for (let i = 0; i < n; i++) {
      const x = eigenvectorMatrix.get(i, from);
      // The margin keeps rounding from choosing between entries of equal size.
      if (Math.abs(x) > Math.abs(largest) * (1 + 1e-9)) largest = x;
    }
    for (let i = 0; i < n; i++) vectors[i * n + to] = eigenvectorMatrix.get(i, from) * (largest < 0 ? -1 : 1);
  });
  return { values: Float64Array.from(order, (k) => realEigenvalues[k]!), vectors };
}

/**
 * V diag(f(values)) Vᵀ: a function of a symmetric matrix, through its eigenvalues.
 *
 * @param map value of f for an eigenvalue
 * @returns (n x n) row-major, exactly symmetric
 */
export function mapEigenvalues(
  { values, vectors }: SymmetricEigen,
  n: number,
  map: (eigenvalue: number) => number,
): Float64Array {
  const mapped = values.map(map);
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let entry = 0;
      for (let k = 0; k < n; k++) entry += vectors[i * n + k]! * mapped[k]! * vectors[j * n + k]!;
      out[i * n + j] = entry;
      out[j * n + i] = entry;
    }
  return out;
}

/**
 * The symmetric square root S of a symmetric positive semi-definite matrix: S S = a.
 * Eigenvalues below zero by rounding only (to 1e-10 of the largest) count as zero.
 *
 * @param a (n x n) row-major
 * @returns S (n x n) row-major
 * @throws {Failure} `invalid-input` on a wrong shape, an asymmetric matrix or a negative eigenvalue
 */
export function sqrtSpd(a: Float64Array, n: number): Float64Array {
  const eigen = symmetricEigen(a, n);
  const [lowest, highest] = [eigen.values[0] ?? 0, eigen.values[n - 1] ?? 0];
  if (lowest < -1e-10 * Math.abs(highest))
    throw new Failure('invalid-input', {
      where: 'sqrtSpd',
      problem: 'the matrix has a negative eigenvalue',
      got: lowest,
      expected: '>= 0',
    });
  return mapEigenvalues(eigen, n, (value) => Math.sqrt(Math.max(0, value)));
}

/** Symmetric to 1e-9 of the largest entry; NaN and infinities are refused with the asymmetric. */
function checkSymmetric(where: string, a: Float64Array, n: number): void {
  if (a.length !== n * n)
    throw new Failure('invalid-input', {
      where,
      problem: 'wrong number of entries',
      got: a.length,
      expected: `${n} x ${n} = ${n * n}`,
    });
  let scale = 0;
  for (const x of a) scale = Math.max(scale, Math.abs(x));
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++)
      if (!(Math.abs(a[i * n + j]! - a[j * n + i]!) <= 1e-9 * scale))
        throw new Failure('invalid-input', {
          where: `${where}[${i},${j}]`,
          problem: 'the matrix is not symmetric and finite',
          got: `${a[i * n + j]!} and ${a[j * n + i]!}`,
          expected: 'equal numbers',
        });
}
