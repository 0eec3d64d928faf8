import type { SolverStatus } from '../core/solver-status.js';
import { sum } from '../numerics/statistics.js';
import { weightDiagnostics } from './diagnostics.js';
import { fitWeights, type WeightingOptions } from './fit-weights.js';
import { uniqueSignatures } from './signatures.js';
import { weightTotal, type WeightingProblem } from './weighting-problem.js';

/** What one margin, or group of margins, costs in precision. */
export interface MarginCost {
  readonly margin: string;
  /** How the fit without the margin ended; only `converged` makes the other two mean something. */
  readonly status: SolverStatus;
  /** Kish's effective sample size of the weights without this margin. */
  readonly effectiveSampleSizeWithout: number;
  /** That, less the effective sample size with all margins. */
  readonly gained: number;
}

/**
 * The price of each margin: the effective sample size that is gained when it alone is dropped and all others are fitted
 * again. One fit a margin; numeric constraints of one name count as one margin. Gains do not add up: of two margins that
 * ask for the same, dropping either alone gains nothing.
 *
 * @param groupOf margins and constraints by name, where several are to be dropped together. Default: each by itself
 * @returns dearest first
 * @throws {Failure} `invalid-input` as {@link fitWeights}
 */
export function marginCosts(
  problem: WeightingProblem,
  options: WeightingOptions = {},
  groupOf: (name: string) => string = (name) => name,
): MarginCost[] {
  const total = weightTotal(problem);
  const { collapsed, sizeOf } = collapse({ ...problem, total }, options);
  const { margins, constraints = [] } = collapsed;
  const whole = sizeOf(fitWeights(collapsed, options).weights);
  return [...new Set([...margins, ...constraints].map(({ name }) => groupOf(name)))]
    .map((dropped) => {
      const others = <T extends { readonly name: string }>(all: readonly T[]): T[] =>
        all.filter((x) => groupOf(x.name) !== dropped);
      const reduced = { ...collapsed, margins: others(margins), constraints: others(constraints) };
      const { status, weights } = fitWeights(reduced, options);
      const without = sizeOf(weights);
      return { margin: dropped, status, effectiveSampleSizeWithout: without, gained: without - whole };
    })
    .sort((a, b) => b.gained - a.gained);
}

/**
 * The problem with one record a signature, so that records are told apart once and not for every margin, and the effective
 * sample size of the records behind its weights. A cap is one on records: with it nothing is collapsed.
 */
function collapse(
  problem: WeightingProblem,
  { cap }: WeightingOptions,
): { readonly collapsed: WeightingProblem; readonly sizeOf: (weights: Float64Array) => number } {
  if (cap !== undefined)
    return { collapsed: problem, sizeOf: (weights) => weightDiagnostics(weights).effectiveSampleSize };
  const { problem: collapsed, of } = uniqueSignatures(problem);
  // Within a signature weights are in proportion to the base: Σ w² = W² Σ (b / B)².
  const spread = new Float64Array(collapsed.records);
  problem.base.forEach((b, i) => {
    const all = collapsed.base[of[i]!]!;
    if (all > 0) spread[of[i]!]! += (b / all) * (b / all);
  });
  return {
    collapsed,
    sizeOf(weights) {
      const squares = weights.reduce((s, w, k) => s + w * w * spread[k]!, 0);
      return squares > 0 ? (sum(weights) * sum(weights)) / squares : 0;
    },
  };
}
