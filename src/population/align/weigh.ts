import type { RandomStream } from '../../core/random.js';
import { weightDiagnostics } from '../../survey/diagnostics.js';
import { clippedWeights, logDensityRatio, type KernelSums } from '../../survey/importance.js';
import type { DivergenceMeter } from '../../transport/divergences.js';
import { traitDomains } from '../../psychometrics/inventory.js';
import type { People } from '../people.js';

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
  const logRatio = await logDensityRatio(pool.traits!, people, traitDomains.length, random, kernelSums);
  // In a small pool the highest quantiles are the largest ratio itself, which clips nothing.
  const reach = Math.max(pool.size - 1, pool.size / 2);
  const clips = clipQuantiles.filter((clipQuantile) => clipQuantile * pool.size <= reach);
  const trials = clips.map((clipQuantile) => {
    const weights = clippedWeights(logRatio, clipQuantile);
    const { slicedWasserstein } = tuneMeter({ points: pool.traits!, weights });
    return { clipQuantile, slicedWasserstein, effectiveSampleSize: weightDiagnostics(weights).effectiveSampleSize };
  });
  const best = trials.reduce((a, b) => (b.slicedWasserstein < a.slicedWasserstein ? b : a));
  return { weights: clippedWeights(logRatio, best.clipQuantile), clipQuantile: best.clipQuantile, trials };
}
