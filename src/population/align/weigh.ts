import type { RandomStream } from '../../core/random.js';
import { moments } from '../../numerics/statistics.js';
import { weightDiagnostics } from '../../survey/diagnostics.js';
import type { KernelSums } from '../../survey/bandwidth.js';
import {
  classifierLogRatio,
  clippedWeights,
  logDensityRatio,
  smoothedWeights,
  type SomeRatios,
} from '../../survey/importance.js';
import type { DivergenceMeter } from '../../transport/divergences.js';
import { traitDomains } from '../../psychometrics/inventory.js';
import type { People } from '../people.js';

const d = traitDomains.length;

/** One clip that was tried, and what it did to the distance from the tuning people. */
export interface ClipTrial {
  readonly clipQuantile: number;
  readonly slicedWasserstein: number;
  readonly effectiveSampleSize: number;
}

export interface ImportanceWeights {
  /** (n) summing to one. */
  readonly weights: Float64Array;
  readonly clipQuantile: number;
  readonly trials: readonly ClipTrial[];
  /** What Pareto smoothing would have given instead of a clip, and how heavy the tail of the ratios is. */
  readonly smoothed: SmoothedTrial;
  /**
   * Correlation of the log ratios with those of a classifier, over the personas that it looked at; null where one of the two
   * does not vary. Far below 1, one of the two densities is wrong.
   */
  readonly classifierAgreement: number | null;
}

/** Pareto-smoothed weights, measured like a clip; see `smoothedWeights`. */
export interface SmoothedTrial {
  readonly paretoK: number | null;
  readonly paretoKLimit: number;
  readonly slicedWasserstein: number;
  readonly effectiveSampleSize: number;
}

/** Quantiles of the log ratio at which weights are clipped; one notch either way costs three to seven times in distance. */
const clipQuantiles = [0.995, 0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.92, 0.9, 0.85, 0.8, 0.7, 0.5];

/**
 * Importance weights of the pool by the density ratio of the traits (leave-one-out), clipped where the weighted pool
 * comes nearest to people who were not used for the ratio. A fixed clip would be right for one pool only. Unclipped
 * weights are not tried: the ratio of an outlier has no bound, and one persona could take all the weight.
 *
 * @param fit people whose density is the target
 * @param tuneMeter distance from other people
 * @param random see {@link logDensityRatio}
 */
export async function importanceWeights(
  pool: People,
  fit: People,
  tuneMeter: DivergenceMeter,
  random: RandomStream,
  kernelSums?: KernelSums,
): Promise<ImportanceWeights> {
  const people = { points: fit.traits!, weights: new Float64Array(fit.size).fill(1) };
  const logRatio = await logDensityRatio(pool.traits!, people, d, random, kernelSums, { precision: 'single' });
  // In a small pool the highest quantiles are the largest ratio itself, which clips nothing.
  const reach = Math.max(pool.size - 1, pool.size / 2);
  const clips = clipQuantiles.filter((clipQuantile) => clipQuantile * pool.size <= reach);
  const measured = (weights: Float64Array) => ({
    slicedWasserstein: tuneMeter({ points: pool.traits!, weights }).slicedWasserstein,
    effectiveSampleSize: weightDiagnostics(weights).effectiveSampleSize,
  });
  const trials = clips.map((clipQuantile) => ({
    clipQuantile,
    ...measured(clippedWeights(logRatio, clipQuantile)),
  }));
  const best = trials.reduce((a, b) => (b.slicedWasserstein < a.slicedWasserstein ? b : a));
  const { weights, ...tail } = smoothedWeights(logRatio);
  return {
    weights: clippedWeights(logRatio, best.clipQuantile),
    clipQuantile: best.clipQuantile,
    trials,
    smoothed: { ...tail, ...measured(weights) },
    classifierAgreement: agreement(logRatio, classifierLogRatio(pool.traits!, people, d, random.fork('classifier'))),
  };
}

/** Correlation of log ratios over the points that both know. */
function agreement(logRatio: Float64Array, { rows, logRatio: others }: SomeRatios): number | null {
  const pairs = new Float64Array(2 * rows.length);
  rows.forEach((i, at) => pairs.set([logRatio[i]!, others[at]!], 2 * at));
  const { sd, correlation } = moments(pairs, 2, new Float64Array(rows.length).fill(1));
  return sd[0]! > 0 && sd[1]! > 0 ? correlation[1]! : null;
}
