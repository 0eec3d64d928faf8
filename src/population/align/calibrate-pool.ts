import { weightDiagnostics } from '../../survey/diagnostics.js';
import { fitWeights, type WeightingResult } from '../../survey/fit-weights.js';
import { marginCosts, type MarginCost } from '../../survey/margin-costs.js';
import type { CellFit } from '../../survey/cells.js';
import { someRecords, type WeightingProblem } from '../../survey/weighting-problem.js';
import { weightingProblem, type Constraint, type ConstraintSet } from './constraints.js';

/** Why weights are not to be used unless gaps are accepted: the parts of a failure that do not depend on who reports it. */
export interface Refusal {
  readonly code: 'infeasible' | 'not-converged';
  readonly problem: string;
  readonly got?: number;
  readonly expected?: string;
}

export interface PoolCalibration {
  /** (n) summing to one: the best there is, also where it is refused. */
  readonly weights: Float64Array;
  /** The fit behind the weights. */
  readonly solution: WeightingResult;
  /** What was not met, in words; empty when all constraints hold. */
  readonly unmet: readonly string[];
  /** null when everything asked for is met on enough personas. */
  readonly refusal: Refusal | null;
  /**
   * What each variable and each domain costs in effective personas, dearest first; empty where not everything is met. Of a pool
   * of more than {@link mostForCosts} estimated from as many of them.
   */
  readonly costs: readonly MarginCost[];
}

export interface PoolCalibrationOptions {
  /** Largest error of a constraint, see {@link CellFit.error}. */
  readonly tolerance: number;
  /** Fewest effective personas that the calibrated pool may have. */
  readonly minEffectiveSampleSize: number;
  /** Whether to fit again without each variable and domain, to say what it costs. Default true. */
  readonly withCosts?: boolean;
}

/**
 * Quantiles of the traits only shape the density between the moments, so they may always give a little: held exactly they
 * pile the weight on few personas for no gain in distance.
 */
const usualImportance = ({ kind }: Constraint): number | undefined => (kind === 'trait-quantile' ? 1e3 : undefined);

/** Importance in the fallback: Census margins give way a hundred times less than traits. */
const fallbackImportance = ({ kind }: Constraint): number => (kind === 'margin' ? 1e5 : 1e3);

/** Accuracy of the fallback: its deviations are named to the hundredth. */
const fallbackTolerance = 1e-5;

/** Personas that costs are measured on: one fit a variable. */
export const mostForCosts = 20_000;

/** What each subject costs; of a large pool as every so-manieth persona has it. */
function costsOf(
  problem: WeightingProblem,
  fit: WeightingResult,
  tolerance: number,
  subjectOf: (name: string) => string,
): readonly MarginCost[] {
  if (problem.records <= mostForCosts) return marginCosts(problem, { tolerance }, subjectOf, fit);
  const factor = problem.records / mostForCosts;
  const rows = Int32Array.from({ length: mostForCosts }, (_, k) => Math.floor((k + 0.5) * factor));
  return marginCosts(someRecords(problem, rows), { tolerance }, subjectOf).map((cost) => ({
    ...cost,
    gained: cost.gained * factor,
    effectiveSampleSizeWithout: cost.effectiveSampleSizeWithout * factor,
  }));
}

/** A soft residual below this (share or SD) is not worth a line. */
const worthNaming = 0.01;

/**
 * Sets the weights: the nearest ones to `base` that meet Census margins and trait moments together. Where no weights can, or
 * only on too few personas, the constraints give way as little as possible; what was not met is listed, and why the result
 * should be refused is said.
 *
 * @param base (personas) any scale
 * @throws {Failure} `invalid-input` as {@link fitWeights}
 */
export function calibratePool(
  base: Float64Array,
  set: ConstraintSet,
  { tolerance, minEffectiveSampleSize, withCosts = true }: PoolCalibrationOptions,
): PoolCalibration {
  const { constraints, unsupported } = set;
  const empty = unsupported.map((cell) => `${cell} (no persona)`);
  const noPersona: Refusal | null =
    empty.length === 0
      ? null
      : {
          code: 'infeasible',
          problem: `${empty.length === 1 ? 'a cell of the target has' : `${empty.length} cells of the target have`} no persona: ${unsupported.join('; ')}`,
        };
  const problem = weightingProblem(set, base, usualImportance);
  const exact = fitWeights(problem, { tolerance });
  const carriers = weightDiagnostics(exact.weights).effectiveSampleSize;
  const isThin = exact.status === 'converged' && carriers < minEffectiveSampleSize;
  if (exact.status === 'converged' && !isThin) {
    const subjects = new Map(constraints.map(({ name, subject }) => [name, subject]));
    const costs = withCosts ? costsOf(problem, exact, tolerance, (name) => subjects.get(name) ?? name) : [];
    return { weights: exact.weights, solution: exact, unmet: empty, refusal: noPersona, costs };
  }

  const soft = firmest(set, base, Math.max(tolerance, fallbackTolerance));
  const residuals = soft.cells.map(residualOf);
  const clashes = worstFirst(constraints, residuals);
  return {
    weights: soft.weights,
    solution: soft,
    unmet: [...empty, ...clashes],
    refusal: soft.status === 'converged' ? (noPersona ?? (isThin ? thin() : clash())) : unsolved(),
    costs: [],
  };

  function unsolved(): Refusal {
    return {
      code: 'not-converged',
      problem: `even giving way as little as possible ended as ${soft.status}`,
      got: soft.maxMarginError,
      expected: `an error ≤ ${Math.max(tolerance, fallbackTolerance)}`,
    };
  }
  function thin(): Refusal {
    return {
      code: 'infeasible',
      problem: `the pool carries the target on too few personas; it clashes with ${subjectsOf(constraints, exact.multipliers)}`,
      got: Number(carriers.toFixed(1)),
      expected: `an effective sample size ≥ ${minEffectiveSampleSize}`,
    };
  }
  function clash(): Refusal {
    return {
      code: 'infeasible',
      problem: `no weights meet the target (${exact.status}); the pool lacks support for ${subjectsOf(constraints, residuals)}: ${clashes.slice(0, 8).join('; ')}`,
      got: Number(residuals.reduce((m, r) => Math.max(m, Math.abs(r)), 0).toPrecision(3)),
      expected: `a largest error ≤ ${tolerance}`,
    };
  }
}

/** Achieved less asked, in shares or SD. */
export const residualOf = ({ achieved, asked }: CellFit): number => achieved - asked;

/** The fallback as firm as it can be solved: a pool far from the target needs more give for the weights to exist at all. */
function firmest(set: ConstraintSet, base: Float64Array, tolerance: number): WeightingResult {
  let solution: WeightingResult | undefined;
  for (const give of [1, 10, 100, 1_000, 10_000]) {
    const problem = weightingProblem(set, base, (constraint) => fallbackImportance(constraint) / give);
    solution = fitWeights(problem, { tolerance });
    if (solution.status === 'converged') break;
  }
  return solution!;
}

/** `openness spread (off by 0.31)`, largest deviation first. */
function worstFirst(constraints: readonly Constraint[], residuals: readonly number[]): string[] {
  return [...constraints.keys()]
    .filter((k) => Math.abs(residuals[k]!) > worthNaming)
    .sort((a, b) => Math.abs(residuals[b]!) - Math.abs(residuals[a]!))
    .map((k) => `${constraints[k]!.name} (off by ${residuals[k]!.toFixed(2)})`);
}

/** The variables and domains behind the largest values, each once, at most five. */
function subjectsOf(constraints: readonly Constraint[], values: ArrayLike<number>): string {
  const order = [...constraints.keys()].sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!));
  const largest = Math.abs(values[order[0]!]!);
  const named = order.filter((k) => Math.abs(values[k]!) >= 0.1 * largest).map((k) => constraints[k]!.subject);
  return [...new Set(named)].slice(0, 5).join(', ');
}
