import type { SolverStatus } from '../core/solver-status.js';
import { weightDiagnostics } from './diagnostics.js';
import { fitSignatures, fitWeights, type WeightingOptions, type WeightingResult } from './fit-weights.js';
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
 * @param all the fit with all margins, where it is known
 * @returns dearest first
 * @throws {Failure} `invalid-input` as {@link fitWeights}
 */
export function marginCosts(
  problem: WeightingProblem,
  options: WeightingOptions = {},
  groupOf: (name: string) => string = (name) => name,
  all: WeightingResult = fitWeights(problem, options),
): MarginCost[] {
  const sizeOf = ({ weights }: WeightingResult): number => weightDiagnostics(weights).effectiveSampleSize;
  const whole = sizeOf(all);
  const { margins, constraints = [] } = problem;
  const groups = [...new Set([...margins, ...constraints].map(({ name }) => groupOf(name)))];
  const without =
    all.signatures > 0 ? withoutGroup({ ...problem, total: weightTotal(problem) }, options, groupOf, all) : () => all;
  return groups
    .map((margin) => {
      const fit = without(margin);
      const size = sizeOf(fit);
      return { margin, status: fit.status, effectiveSampleSizeWithout: size, gained: size - whole };
    })
    .sort((a, b) => b.gained - a.gained);
}

/** Fits without a group: records are told apart once and by all margins, and every fit begins where that with all ended. */
function withoutGroup(
  problem: WeightingProblem,
  options: WeightingOptions,
  groupOf: (name: string) => string,
  { status, cells, multipliers }: WeightingResult,
): (dropped: string) => WeightingResult {
  const signatures = uniqueSignatures(problem, options.cap !== undefined);
  const { margins, constraints = [] } = signatures.problem;
  return (dropped) => {
    const others = <T extends { readonly name: string }>(items: readonly T[]): T[] =>
      items.filter(({ name }) => groupOf(name) !== dropped);
    const reduced = { ...signatures.problem, margins: others(margins), constraints: others(constraints) };
    const start = multipliers.filter((_, k) => groupOf(cells[k]!.margin) !== dropped);
    return fitSignatures(
      problem,
      { ...signatures, problem: reduced },
      options,
      status === 'converged' ? start : undefined,
    );
  };
}
