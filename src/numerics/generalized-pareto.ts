/** Generalised Pareto distribution of excesses over a threshold. */
export interface GeneralizedPareto {
  /** k: moments of order 1/k and above do not exist; below 0 the tail ends. */
  readonly shape: number;
  /** σ, in the unit of the excesses. */
  readonly scale: number;
}

/**
 * Fits excesses over a threshold by the empirical Bayes estimate of Zhang and Stephens, with the weak prior that stabilises
 * the shape of short tails (ten observations at 0.5).
 *
 * @param excesses ascending, ≥ 0, the last > 0
 * @see Zhang & Stephens (2009) Technometrics 51; Vehtari et al. (2024) JMLR 25(72), appendix C for the prior
 */
export function fitGeneralizedPareto(excesses: Float64Array): GeneralizedPareto {
  const n = excesses.length;
  const largest = excesses[n - 1]!;
  const quartile = Math.max(excesses[Math.max(Math.floor(n / 4 + 0.5), 1) - 1]!, largest * 1e-300);
  const grid = 30 + Math.floor(Math.sqrt(n));
  const thetas = Float64Array.from(
    { length: grid },
    (_, j) => 1 / largest + (1 - Math.sqrt(grid / (j + 0.5))) / (3 * quartile),
  );
  const meanLog = (theta: number): number => excesses.reduce((s, x) => s + Math.log1p(-theta * x) / n, 0);
  const logLikelihood = thetas.map((theta) => {
    const shape = meanLog(theta);
    return n * (Math.log(-theta / shape) - shape - 1);
  });
  const theta = thetas.reduce((s, own, j) => {
    const others = logLikelihood.reduce((total, l) => total + Math.exp(l - logLikelihood[j]!), 0);
    return s + own / others;
  }, 0);
  const shape = meanLog(theta);
  return { shape: (shape * n + 0.5 * 10) / (n + 10), scale: -shape / theta };
}

/** Quantile at a share in [0, 1). */
export const generalizedParetoQuantile = ({ shape, scale }: GeneralizedPareto, share: number): number => {
  const log = Math.log1p(-share);
  return Math.abs(shape) < 1e-12 ? -scale * log : (scale * Math.expm1(-shape * log)) / shape;
};
