import { solveSpd } from '../numerics/matrix.js';

/** Extrapolates a fixed-point iteration x → x + r(x) from its last steps. */
export interface Anderson {
  /** The next x; a plain step when there is nothing to extrapolate from. */
  next(x: Float64Array, residual: Float64Array): Float64Array;
  /** Forgets all steps. */
  restart(): void;
}

interface Step {
  readonly x: Float64Array;
  readonly residual: Float64Array;
}

/**
 * Anderson acceleration of type II: the combination of the last steps whose residuals cancel best, in the norm Σ wⱼ rⱼ².
 * Near the solution it does to a linearly convergent iteration what GMRES does to a linear system; far from it there is no
 * guarantee, so callers watch the error.
 *
 * @param weights (m) w ≥ 0
 * @param window steps remembered
 * @see Anderson (1965) J. ACM 12; Walker & Ni (2011) SIAM J. Numer. Anal. 49
 */
export function anderson(weights: Float64Array, window: number): Anderson {
  const m = weights.length;
  const zero = new Float64Array(m);
  let steps: Step[] = [];

  return {
    restart() {
      steps = [];
    },
    next(x, residual) {
      const before = steps;
      steps = [...before.slice(-window + 1), { x, residual }];
      const theta = before.length === 0 ? undefined : combination(before, residual);
      const out = new Float64Array(m);
      for (let j = 0; j < m; j++) out[j] = x[j]! + residual[j]!;
      for (let q = 0; theta !== undefined && q < before.length; q++) lean(out, x, residual, before[q]!, theta[q]!);
      return out;
    },
  };

  /** out -= t (plain step - plain step of old) */
  function lean(out: Float64Array, x: Float64Array, residual: Float64Array, old: Step, t: number): void {
    const { x: oldX, residual: oldResidual } = old;
    for (let j = 0; j < m; j++) out[j]! -= t * (x[j]! - oldX[j]! + residual[j]! - oldResidual[j]!);
  }

  /** Σ w (a - b) (c - d) */
  function product(a: Float64Array, b: Float64Array, c: Float64Array, d: Float64Array): number {
    let total = 0;
    for (let j = 0; j < m; j++) total += weights[j]! * (a[j]! - b[j]!) * (c[j]! - d[j]!);
    return total;
  }

  /** Minimises ‖r - Σ θ (r - r_q)‖: normal equations, a touch of ridge against parallel steps. */
  function combination(before: readonly Step[], residual: Float64Array): Float64Array | undefined {
    const k = before.length;
    const gram = new Float64Array(k * k);
    const right = new Float64Array(k);
    for (let p = 0; p < k; p++) {
      const rp = before[p]!.residual;
      right[p] = product(residual, rp, residual, zero);
      for (let q = 0; q <= p; q++)
        gram[p * k + q] = gram[q * k + p] = product(residual, rp, residual, before[q]!.residual);
    }
    let trace = 0;
    for (let p = 0; p < k; p++) trace += gram[p * k + p]!;
    if (!(trace > 0 && trace < Infinity)) return undefined;
    for (let p = 0; p < k; p++) gram[p * k + p]! += 1e-10 * trace;
    return solveSpd(gram, right, k);
  }
}
