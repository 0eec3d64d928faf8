import type { RandomStream } from '../core/random.js';
import type { SolverStatus } from '../core/solver-status.js';
import { solveSpd } from './matrix.js';
import { permutation } from './sampling.js';
import { moments, normalized } from './statistics.js';

/** A fitted logistic regression. */
export interface LogisticFit {
  /** (p) */
  readonly coefficients: Float64Array;
  readonly status: SolverStatus;
  readonly iterations: number;
}

/**
 * Weighted logistic regression by Newton's method with halved steps. A ridge on all coefficients but the first keeps
 * separable classes finite.
 *
 * @param features (n x p) row-major, the first column 1
 * @param labels (n) 0 or 1
 * @param weights (n) ≥ 0, any scale
 * @param ridge weight of ½|β|² beside the mean log likelihood
 * @see Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, section 4.4
 */
export function logisticRegression(
  features: Float64Array,
  labels: Uint8Array,
  weights: Float64Array,
  ridge = 1e-4,
): LogisticFit {
  const n = labels.length;
  const p = features.length / n;
  const shares = normalized(weights);
  let coefficients = new Float64Array(p);
  let loss = lossOf(features, labels, shares, coefficients, ridge);
  for (let iterations = 1; iterations <= 50; iterations++) {
    const { gradient, hessian } = slopes(features, labels, shares, coefficients, ridge);
    const step = solveSpd(hessian, gradient, p);
    const decrement = step.reduce((s, x, k) => s + x * gradient[k]!, 0);
    if (decrement < 1e-12) return { coefficients, status: 'converged', iterations };
    let [next, nextLoss, length] = [coefficients, Infinity, 1];
    for (; length > 1e-6; length /= 2) {
      next = coefficients.map((c, k) => c - length * step[k]!);
      nextLoss = lossOf(features, labels, shares, next, ridge);
      if (nextLoss < loss) break;
    }
    if (!(nextLoss < loss)) return { coefficients, status: 'stalled', iterations };
    [coefficients, loss] = [next, nextLoss];
  }
  return { coefficients, status: 'iteration-limit', iterations: 50 };
}

/** Values of the linear predictor, (n): the log odds of class 1. */
export function logits(features: Float64Array, coefficients: Float64Array): Float64Array {
  const p = coefficients.length;
  return Float64Array.from({ length: features.length / p }, (_, i) => {
    let total = 0;
    for (let k = 0; k < p; k++) total += features[i * p + k]! * coefficients[k]!;
    return total;
  });
}

function lossOf(x: Float64Array, labels: Uint8Array, shares: Float64Array, beta: Float64Array, ridge: number): number {
  let total = 0;
  logits(x, beta).forEach((t, i) => {
    const z = labels[i] === 1 ? -t : t;
    total += shares[i]! * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))));
  });
  for (let k = 1; k < beta.length; k++) total += (ridge / 2) * beta[k]! * beta[k]!;
  return total;
}

function slopes(x: Float64Array, labels: Uint8Array, shares: Float64Array, beta: Float64Array, ridge: number) {
  const p = beta.length;
  const [gradient, hessian] = [new Float64Array(p), new Float64Array(p * p)];
  logits(x, beta).forEach((t, i) => {
    const chance = 1 / (1 + Math.exp(-t));
    const off = shares[i]! * (chance - labels[i]!);
    const curve = shares[i]! * chance * (1 - chance);
    for (let k = 0; k < p; k++) {
      const at = x[i * p + k]!;
      gradient[k]! += off * at;
      for (let l = 0; l <= k; l++) hessian[k * p + l]! += curve * at * x[i * p + l]!;
    }
  });
  for (let k = 0; k < p; k++) {
    if (k > 0) gradient[k]! += ridge * beta[k]!;
    // The intercept gets just enough to be solvable where all chances are 0 or 1.
    hessian[k * p + k]! += k > 0 ? ridge : 1e-12;
    for (let l = 0; l < k; l++) hessian[l * p + k] = hessian[k * p + l]!;
  }
  return { gradient, hessian };
}

/**
 * Features of points for a regression that can tell any two Gaussians apart: 1, each coordinate in standard deviations from
 * the mean, its square, and the products of two.
 *
 * @param points (n x d) row-major
 * @returns (n x (1 + d + d (d + 1) / 2)) row-major
 */
export function quadraticFeatures(points: Float64Array, d: number): Float64Array {
  const n = points.length / d;
  const { mean, sd } = moments(points, d, new Float64Array(n).fill(1));
  const width = 1 + d + (d * (d + 1)) / 2;
  const out = new Float64Array(n * width);
  const z = new Float64Array(d);
  for (let i = 0, at = 0; i < n; i++) {
    out[at++] = 1;
    for (let k = 0; k < d; k++) out[at++] = z[k] = sd[k]! > 0 ? (points[i * d + k]! - mean[k]!) / sd[k]! : 0;
    for (let k = 0; k < d; k++) for (let l = 0; l <= k; l++) out[at++] = z[k]! * z[l]!;
  }
  return out;
}

/** Log odds of each row from a model that has not seen it, and the fold that it was left out with. */
export interface CrossValidated {
  readonly logits: Float64Array;
  readonly folds: Uint8Array;
}

/**
 * Cross-validated logistic regression: folds are drawn at random within each class.
 *
 * @param folds at least 2; both classes need as many rows
 */
export function crossValidatedLogits(
  features: Float64Array,
  labels: Uint8Array,
  weights: Float64Array,
  folds: number,
  random: RandomStream,
): CrossValidated {
  const n = labels.length;
  const p = features.length / n;
  const foldOf = new Uint8Array(n);
  const next = [0, 0];
  for (const i of permutation(n, random)) foldOf[i] = next[labels[i]!]!++ % folds;
  const out = new Float64Array(n);
  for (let fold = 0; fold < folds; fold++) {
    const left = weights.map((w, i) => (foldOf[i] === fold ? 0 : w));
    const { coefficients } = logisticRegression(features, labels, left);
    for (let i = 0; i < n; i++)
      if (foldOf[i] === fold) out[i] = logits(features.subarray(i * p, i * p + p), coefficients)[0]!;
  }
  return { logits: out, folds: foldOf };
}
