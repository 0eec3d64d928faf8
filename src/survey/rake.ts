import type { SolverStatus } from '../core/solver-status.js';
import { joinCodes, scaleAndSum, type JoinedCodes } from '../numerics/joined-codes.js';
import { normalized, sum } from '../numerics/statistics.js';
import { marginAddresses, marginSums } from './rake-table.js';
import { askedShares, weightTotal, type CategoryMargin, type WeightingProblem } from './weighting-problem.js';

export interface RakingSolution {
  readonly status: SolverStatus;
  /** Sweeps over all margins. */
  readonly iterations: number;
  /** (records) summing to one. */
  readonly weights: Float64Array;
  /** (cells) log of the factor that each category was scaled by, all sweeps together. */
  readonly multipliers: Float64Array;
}

/** Sweeps in which the error must fall by a hundredth, else raking has stalled. */
const patience = 100;

/** Most cells of a table of margins that are raked together: it has to stay near the processor. */
const mostCells = 16_384;

/** Records for each cell of such a table, at the least: else the table itself would be the work. */
const recordsPerCell = 8;

/** How long to rake. */
export interface RakingOptions {
  /** Largest error of a category, see `error` of a cell fit. */
  readonly tolerance: number;
  /** Sweeps over all margins. */
  readonly maxIterations: number;
}

/**
 * Raking: iterative proportional fitting of weights to one categorical margin after the other, until all are met. Margins
 * that contradict each other make it circle; it then says `stalled`. Numeric constraints and importances are not looked at.
 *
 * Margins whose joint table is small are raked in that table, one after the other as ever, and only then are the records
 * scaled, all at once: the same weights with a fraction of the passes over them.
 *
 * @param base (records) base weights, not all zero
 * @see Deming & Stephan (1940) Ann. Math. Statist. 11; Csiszár (1975) Ann. Probab. 3 (each step is a projection in
 * Kullback-Leibler divergence, so the limit is that of maximum entropy)
 */
export const rake = (problem: WeightingProblem, base: Float64Array, options: RakingOptions): RakingSolution =>
  raking(problem)(base, options);

/** {@link rake} for base weights that change while the margins stay: what depends on the margins alone is done once. */
export function raking(problem: WeightingProblem): (base: Float64Array, options: RakingOptions) => RakingSolution {
  const tables = tablesOf(problem);
  return (base, options) => rakeTables(tables, normalized(base), options);
}

/** @param weights (records) summing to one; changed in place */
function rakeTables(
  tables: readonly MarginTable[],
  weights: Float64Array,
  { tolerance, maxIterations }: RakingOptions,
): RakingSolution {
  for (const { margins } of tables) for (const { logs } of margins) logs.fill(0);
  // The factors of the table raked last, which the records still lack.
  let pending = tables.at(-1);
  const sumsOf = (table: MarginTable): Float64Array => {
    const sums = scaleAndSum(weights, pending!.codes, pending!.factors, table.codes);
    pending!.factors.fill(1);
    return sums;
  };
  const errorOf = (): number => Math.max(0, ...tables.map((table) => tableError(table, sumsOf(table))));
  const ended = (status: SolverStatus, iterations: number): RakingSolution => {
    if (pending !== undefined) sumsOf(pending);
    const multipliers = Float64Array.from(
      tables.flatMap(({ margins }) => margins.flatMap(({ logs }) => Array.from(logs))),
    );
    return { status, iterations, weights, multipliers };
  };

  if (errorOf() <= tolerance) return ended('converged', 0);
  let [best, bestBefore] = [Infinity, Infinity];
  for (let sweep = 1; sweep <= maxIterations; sweep++) {
    let worst = 0;
    for (const table of tables) {
      const sums = sumsOf(table);
      pending = table;
      for (const margin of table.margins) {
        const error = rakeMargin(table, margin, sums);
        if (error === undefined) return ended('infeasible', sweep);
        worst = Math.max(worst, error);
      }
    }
    if (worst <= tolerance && errorOf() <= tolerance) return ended('converged', sweep);
    best = Math.min(best, worst);
    if (sweep % patience > 0) continue;
    if (best > 0.99 * bestBefore) return ended('stalled', sweep);
    bestBefore = best;
  }
  return ended('iteration-limit', maxIterations);
}

/** Margins that are raked together. */
interface MarginTable {
  readonly codes: JoinedCodes;
  /** (cells) what the records of each cell are to be scaled by, all margins together. */
  readonly factors: Float64Array;
  readonly margins: readonly TabledMargin[];
}

interface TabledMargin {
  readonly unit: CategoryMargin['unit'];
  /** (categories) as shares */
  readonly asked: Float64Array;
  /** (cells of the table) code of each, counted from -1. */
  readonly places: Uint32Array;
  /** (categories) log of the factor, all sweeps together. */
  readonly logs: Float64Array;
}

function tablesOf(problem: WeightingProblem): MarginTable[] {
  const { margins } = problem;
  const total = weightTotal(problem);
  const columns = margins.map(({ codes, categories }) => ({ codes, size: categories.length + 1 }));
  return joinCodes(columns, Math.min(mostCells, problem.records / recordsPerCell)).map((codes) => ({
    codes,
    factors: new Float64Array(codes.cells).fill(1),
    margins: codes.sizes.map((size, axis) => ({
      unit: margins[codes.first + axis]!.unit,
      asked: askedShares(margins[codes.first + axis]!, total),
      places: marginAddresses(codes.sizes, [axis]),
      logs: new Float64Array(size - 1),
    })),
  }));
}

/** Scales a table, and the factors that go with it, to one of its margins; the error before, undefined where it cannot. */
function rakeMargin({ factors }: MarginTable, margin: TabledMargin, sums: Float64Array): number | undefined {
  const { asked, places, logs } = margin;
  const step = scaling(margin, marginSums(sums, places, asked.length + 1));
  if (step === undefined) return undefined;
  for (let cell = 0; cell < sums.length; cell++) {
    sums[cell]! *= step.factors[places[cell]!]!;
    factors[cell]! *= step.factors[places[cell]!]!;
  }
  for (let c = 0; c < asked.length; c++) if (step.factors[c + 1]! > 0) logs[c]! += Math.log(step.factors[c + 1]!);
  return step.error;
}

/** Largest error of the margins of a table, see `error` of a cell fit. */
const tableError = ({ margins }: MarginTable, sums: Float64Array): number =>
  Math.max(...margins.map((margin) => marginError(margin, marginSums(sums, margin.places, margin.asked.length + 1))));

/** Largest |achieved - asked| as a share of all weight; where the universe has no weight, nothing is achieved. */
function marginError({ unit, asked }: TabledMargin, sums: Float64Array): number {
  const universe = sum(sums.subarray(1));
  const whole = unit === 'share' && universe > 0 ? universe : 1;
  return asked.reduce((worst, share, c) => Math.max(worst, Math.abs(sums[c + 1]! - share * whole)), 0);
}

/**
 * Factors that project onto one margin, and the error before. The total stays one; of a margin of shares the size of the
 * universe moves as it does in the projection.
 *
 * @param sums weight of each code, counted from -1
 * @returns undefined when a category is asked for that nobody is in
 */
function scaling(
  margin: TabledMargin,
  sums: Float64Array,
): { readonly factors: Float64Array; readonly error: number } | undefined {
  const { unit, asked } = margin;
  const outside = sums[0]!;
  const universe = sum(sums.subarray(1));
  const whole = unit === 'share' ? universe : 1;
  const factors = new Float64Array(sums.length);
  const error = marginError(margin, sums);
  let divergence = 0;
  for (let c = 0; c < asked.length; c++) {
    const mass = sums[c + 1]!;
    if (!(asked[c]! > 0)) continue;
    if (!(mass > 0)) return undefined;
    factors[c + 1] = (asked[c]! * whole) / mass;
    divergence += asked[c]! * Math.log(factors[c + 1]!);
  }
  if (unit === 'total') {
    const left = 1 - sum(asked);
    if (outside > 0) factors[0] = Math.max(left, 0) / outside;
    return { factors, error };
  }
  const shrink = Math.exp(-divergence);
  const mass = outside + universe * shrink;
  for (let c = 1; c < factors.length; c++) factors[c]! *= shrink / mass;
  factors[0] = 1 / mass;
  return { factors, error };
}
