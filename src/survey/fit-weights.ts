import { Failure } from '../core/failure.js';
import type { SolverStatus } from '../core/solver-status.js';
import { sum } from '../numerics/statistics.js';
import { calibrate } from './calibrate.js';
import { cellConstraints, maxMarginError, measureCells, withoutEmptyCells, type CellFit } from './cells.js';
import { distances, type DistanceName } from './distances.js';
import { rake } from './rake.js';
import { spread, uniqueSignatures, type Signatures } from './signatures.js';
import { checkWeightingProblem, weightTotal, type WeightingProblem } from './weighting-problem.js';

/**
 * `maxent` (maximum entropy, weights base · exp(u)) and `rake` (the same weights, one margin after the other) keep weights
 * positive; `linear` is the generalised regression estimator (base · (1 + u), weights may be negative without bounds);
 * `logit` keeps the ratio of weight to base strictly between two bounds.
 */
export type WeightingMethod = 'maxent' | 'rake' | 'linear' | 'logit';

export interface WeightingOptions {
  /** Default `maxent`. */
  readonly method?: WeightingMethod;
  /**
   * Bounds of the ratio of a record's weight to its base weight (both with the same total), kept inside the solver: 0 ≤ lower
   * < 1 < upper. Defaults 0 (none with `linear`) and unlimited; `logit` needs an upper one; `rake` knows none.
   */
  readonly bounds?: { readonly lower?: number; readonly upper?: number };
  /** Largest weight of a record in units of the mean weight, > 1, kept inside the solver; for `maxent` and `linear`. */
  readonly cap?: number;
  /** Largest {@link CellFit.error} of a cell that counts as met. Default 1e-10. */
  readonly tolerance?: number;
  /** Newton steps (default 200), or sweeps of `rake` (default 1 000). */
  readonly maxIterations?: number;
}

export interface WeightingResult {
  /** `converged` means that every exact cell is met to the tolerance, counted afresh from the weights. */
  readonly status: SolverStatus;
  readonly iterations: number;
  /** (records) summing to the total of the problem; always finite. Not to be used unless `converged`. */
  readonly weights: Float64Array;
  /** Largest {@link CellFit.error} of the cells that have to be met. */
  readonly maxMarginError: number;
  /** The five cells with the largest errors, worst first. */
  readonly worst: readonly CellFit[];
  readonly cells: readonly CellFit[];
  /**
   * (cells) dual variables: what a record of the cell (or, for a number, each unit of it) adds to its score u. The larger
   * in size, the more the cell pulls. Those of a margin that everybody is in are known up to a constant; unless `infeasible` it is
   * chosen so that their mean over the asked shares is 0. When `infeasible`, a direction that proves it, if one was found.
   */
  readonly multipliers: Float64Array;
  /** Groups of records that were solved as one, see {@link uniqueSignatures}. */
  readonly signatures: number;
}

/**
 * Weights that are nearest to the base weights and meet all margins and constraints. Records that the problem cannot tell
 * apart are solved as one; among them weights stay in proportion to the base.
 *
 * @throws {Failure} `invalid-input` as {@link checkWeightingProblem}, or on an option that the method does not have
 */
export function fitWeights(problem: WeightingProblem, options: WeightingOptions = {}): WeightingResult {
  checkWeightingProblem(problem);
  checkOptions(problem, options);
  if (weightTotal(problem) === 0) return nobody(problem);
  return fitSignatures(problem, uniqueSignatures(problem, options.cap !== undefined), options);
}

/**
 * As {@link fitWeights} for a problem that is known to be sound, without telling records apart again. Only records, base weights and
 * total are taken from the problem itself: what is asked is that of the signatures, which may have fewer margins.
 *
 * @param signatures by base weight where there is a cap
 * @param start {@link WeightingResult.multipliers} to begin with; `rake` makes no use of them
 * @throws {Failure} `invalid-input` on an option that the method does not have
 */
export function fitSignatures(
  problem: WeightingProblem,
  signatures: Signatures,
  options: WeightingOptions,
  start?: Float64Array,
): WeightingResult {
  const { method = 'maxent', tolerance = 1e-10 } = options;
  checkOptions(signatures.problem, options);
  const total = weightTotal(problem);
  const collapsed = { ...signatures.problem, total };
  const isCut = options.bounds === undefined && method !== 'linear';
  const base = isCut ? withoutEmptyCells(collapsed) : collapsed.base;
  const solution =
    method === 'rake'
      ? rake(collapsed, base, { tolerance, maxIterations: options.maxIterations ?? 1_000 })
      : calibrateCells(
          { ...signatures, problem: { ...collapsed, base } },
          problem.records,
          method,
          { ...options, tolerance },
          start,
        );
  const cells = measureCells(collapsed, solution.weights);
  const error = maxMarginError(cells);
  const isMissed = solution.status === 'converged' && error > tolerance;
  return {
    status: isMissed ? 'stalled' : solution.status,
    iterations: solution.iterations,
    weights: spread(signatures, problem.base, solution.weights, total),
    maxMarginError: error,
    worst: worstOf(cells),
    cells,
    multipliers: solution.status === 'infeasible' ? solution.multipliers : centred(collapsed, solution.multipliers),
    signatures: collapsed.records,
  };
}

interface Solution {
  readonly status: SolverStatus;
  readonly iterations: number;
  readonly weights: Float64Array;
  readonly multipliers: Float64Array;
}

function calibrateCells(
  { problem, counts }: Signatures,
  records: number,
  method: 'maxent' | 'linear' | 'logit',
  { bounds, cap, maxIterations, tolerance }: WeightingOptions & { readonly tolerance: number },
  start: Float64Array | undefined,
): Solution {
  const distance: DistanceName = method === 'maxent' ? 'entropy' : method;
  const { scales, ...constraints } = cellConstraints(problem);
  const isBounded = bounds !== undefined || cap !== undefined;
  const lower = new Float64Array(isBounded ? problem.records : 0).fill(bounds?.lower ?? distances[distance].lowest);
  const mean = sum(problem.base) / records;
  const upper = Float64Array.from(lower, (_, s) => {
    // With a cap, all records of a signature have the same base weight.
    const capped = cap === undefined ? Infinity : (cap * mean * counts[s]!) / problem.base[s]!;
    return Math.min(bounds?.upper ?? Infinity, capped);
  });
  const solution = calibrate(
    { ...constraints, ...(isBounded ? { lower, upper } : {}) },
    {
      ...{ distance, tolerance },
      ...(maxIterations === undefined ? {} : { maxIterations }),
      ...(start === undefined ? {} : { start: start.map((x, k) => x * scales[k]!) }),
    },
  );
  return { ...solution, multipliers: solution.multipliers.map((x, k) => x / scales[k]!) };
}

/** Multipliers less their mean over the asked shares, for margins whose multipliers are known up to a constant only. */
function centred({ margins }: WeightingProblem, multipliers: Float64Array): Float64Array {
  const out = Float64Array.from(multipliers);
  let next = 0;
  for (const { unit, codes, categories, asked } of margins) {
    const whole = sum(asked);
    const mean = asked.reduce((s, x, c) => s + (x / whole) * multipliers[next + c]!, 0);
    const isFree = whole > 0 && (unit === 'share' || codes.every((code) => code >= 0));
    for (let c = 0; c < categories.length && isFree; c++) out[next + c]! -= mean;
    next += categories.length;
  }
  return out;
}

function worstOf(cells: readonly CellFit[]): CellFit[] {
  return [...cells.keys()]
    .sort((a, b) => cells[b]!.error - cells[a]!.error || a - b)
    .slice(0, 5)
    .map((k) => cells[k]!);
}

/** A total of zero: all weights are zero, which is right unless something is asked of them. */
function nobody(problem: WeightingProblem): WeightingResult {
  const weights = new Float64Array(problem.records);
  const cells = measureCells({ ...problem, total: 1 }, weights).map((cell) => ({
    ...cell,
    error: cell.unit === 'total' && cell.asked !== 0 ? 1 : 0,
  }));
  const error = maxMarginError(cells);
  return {
    status: error > 0 ? 'infeasible' : 'converged',
    iterations: 0,
    weights,
    maxMarginError: error,
    worst: worstOf(cells),
    cells,
    multipliers: new Float64Array(cells.length),
    signatures: 0,
  };
}

function checkOptions(
  { margins, constraints = [] }: WeightingProblem,
  { method = 'maxent', bounds, cap, tolerance, maxIterations }: WeightingOptions,
): void {
  const fail = (where: string, problem: string, got: unknown, expected: string): never => {
    throw new Failure('invalid-input', { where: `weighting.${where}`, problem, got, expected });
  };
  if (method === 'rake') {
    const inapplicable = 'raking does not have it';
    if (bounds !== undefined) fail('bounds', inapplicable, JSON.stringify(bounds), 'maxent, linear or logit');
    if (cap !== undefined) fail('cap', inapplicable, cap, 'maxent or linear');
    if (constraints.length > 0)
      fail(`constraints[${constraints[0]!.name}]`, inapplicable, 'a number', 'maxent or linear');
    const soft = margins.find(({ importance }) => importance !== undefined);
    if (soft) fail(`margins[${soft.name}].importance`, inapplicable, soft.importance, 'maxent, linear or logit');
  }
  const { lower = 0, upper = Infinity } = bounds ?? {};
  if (!(lower >= 0 && lower < 1)) fail('bounds.lower', 'no lower bound', lower, 'a number ≥ 0 and < 1');
  if (!(upper > 1)) fail('bounds.upper', 'no upper bound', upper, 'a number > 1');
  if (method === 'logit' && !(upper < Infinity)) fail('bounds.upper', 'logit needs one', upper, 'a finite number > 1');
  if (cap !== undefined && method === 'logit') fail('cap', 'logit does not have it', cap, 'maxent or linear');
  if (cap !== undefined && !(cap > 1 && cap < Infinity)) fail('cap', 'no cap', cap, 'a finite number > 1');
  if (tolerance !== undefined && !(tolerance > 0)) fail('tolerance', 'not a tolerance', tolerance, '> 0');
  if (maxIterations !== undefined && !(Number.isInteger(maxIterations) && maxIterations >= 0))
    fail('maxIterations', 'not a number of iterations', maxIterations, 'a whole number ≥ 0');
}
