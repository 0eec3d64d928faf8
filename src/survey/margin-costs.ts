import type { SolverStatus } from '../core/solver-status.js';
import { weightDiagnostics } from './diagnostics.js';
import { fitWeights, type WeightingOptions } from './fit-weights.js';
import { weightTotal, type WeightingProblem } from './weighting-problem.js';

/** What one margin costs in precision. */
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
 * @returns dearest first
 * @throws {Failure} `invalid-input` as {@link fitWeights}
 */
export function marginCosts(problem: WeightingProblem, options: WeightingOptions = {}): MarginCost[] {
  const { margins, constraints = [] } = problem;
  const total = weightTotal(problem);
  const sizeOf = (weights: Float64Array): number => weightDiagnostics(weights).effectiveSampleSize;
  const whole = sizeOf(fitWeights(problem, options).weights);
  return [...new Set([...margins, ...constraints].map(({ name }) => name))]
    .map((dropped) => {
      const others = <T extends { readonly name: string }>(all: readonly T[]): T[] =>
        all.filter((x) => x.name !== dropped);
      const reduced = { ...problem, total, margins: others(margins), constraints: others(constraints) };
      const { status, weights } = fitWeights(reduced, options);
      const without = sizeOf(weights);
      return { margin: dropped, status, effectiveSampleSizeWithout: without, gained: without - whole };
    })
    .sort((a, b) => b.gained - a.gained);
}
