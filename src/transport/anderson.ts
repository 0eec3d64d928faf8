import { solveSpd } from '../numerics/matrix.js';

/** Extrapolates a fixed-point iteration x → x + r(x) from its last steps. */
export interface Anderson {
  /** The next x; a plain step when there is nothing to extrapolate from. */
  next(x: Float64Array, residual: Float64Array): Float64Array;
  /** Forgets all steps. */
  restart(): void;
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
  let steps: { readonly x: Float64Array; readonly residual: Float64Array }[] = [];

  return {
    restart() {
      steps = [];
    },
    next(x, residual) {
      const before = steps;
      steps = [...before.slice(-window + 1), { x, residual }];
      const theta = before.length === 0 ? undefined : combination(before, residual);
      const out = new Float64Array(m);
      for (let j = 0; j < m; j++) {
        let next = x[j]! + residual[j]!;
        theta?.forEach((t, q) => {
          const old = before[q]!;
          next -= t * (x[j]! - old.x[j]! + residual[j]! - old.residual[j]!);
        });
        out[j] = next;
      }
      return out;
    },
  };

  /** Minimises ‖r - Σ θ (r - r_q)‖: normal equations, a touch of ridge against parallel steps. */
  function combination(before: typeof steps, residual: Float64Array): Float64Array | undefined {
    const k = before.length;
    const gram = new Float64Array(k * k);
    const right = new Float64Array(k);
    for (let p = 0; p < k; p++) {
      const rp = before[p]!.residual;
      for (let j = 0; j < m; j++) right[p]! += weights[j]! * (residual[j]! - rp[j]!) * residual[j]!;
      for (let q = 0; q <= p; q++) {
        const rq = before[q]!.residual;
        let total = 0;
        for (let j = 0; j < m; j++) total += weights[j]! * (residual[j]! - rp[j]!) * (residual[j]! - rq[j]!);
        gram[p * k + q] = gram[q * k + p] = total;
      }
    }
    let trace = 0;
    for (let p = 0; p < k; p++) trace += gram[p * k + p]!;
    if (!(trace > 0 && trace < Infinity)) return undefined;
    for (let p = 0; p < k; p++) gram[p * k + p]! += 1e-10 * trace;
    return solveSpd(gram, right, k);
  }
}
