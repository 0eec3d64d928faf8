import type { SolverStatus } from '../core/solver-status.js';
import { calibrate } from './calibrate.js';
import { cellConstraints, measureCells, type CellFit } from './cells.js';
import { raking } from './rake.js';
import type { WeightingProblem } from './weighting-problem.js';

/** Base weights brought to what they have to meet. */
export interface Projected {
  readonly status: SolverStatus;
  /** (records) summing to one. */
  readonly weights: Float64Array;
  /** (cells) what a category, or a unit of a number, adds to the logarithm of a record's weight. */
  readonly prices: Float64Array;
  /** Over all exact margins the largest Σ {@link CellFit.error} of the categories, and the largest error of an exact number. */
  readonly error: number;
}

/** Sweeps over margins, or Newton steps, of one projection. */
const mostSteps = 200;

/**
 * Projects base weights, again and again, onto the margins and numbers of one problem: the nearest weights in Kullback-Leibler
 * divergence. Each time begins where the last one ended. Raking where all that is asked are categories to be met exactly, Newton's
 * method of `calibrate` elsewhere.
 *
 * @param problem its own base weights are not looked at
 * @param tolerance largest error of a cell
 */
export function marginProjection(problem: WeightingProblem, tolerance: number): (base: Float64Array) => Projected {
  const { margins, constraints = [] } = problem;
  const isSoft = margins.some(({ importance }) => importance !== undefined);
  const project = constraints.length > 0 || isSoft ? byNewton(problem, tolerance) : byRaking(problem, tolerance);
  return (base) => {
    const found = project(base);
    return { ...found, error: largestError(measureCells(problem, found.weights)) };
  };
}

type Projection = (base: Float64Array) => Omit<Projected, 'error'>;

function byRaking(problem: WeightingProblem, tolerance: number): Projection {
  const rake = raking(problem);
  const { margins, records } = problem;
  const prices = new Float64Array(margins.reduce((cells, { categories }) => cells + categories.length, 0));
  /** What margins have scaled the weights by so far. */
  const factors = new Float64Array(records).fill(1);
  return (base) => {
    const { status, weights, multipliers } = rake(
      base.map((w, i) => w * factors[i]!),
      { tolerance, maxIterations: mostSteps },
    );
    for (let k = 0; k < prices.length; k++) prices[k]! += multipliers[k]!;
    for (let i = 0; i < records; i++) factors[i] = base[i]! > 0 ? weights[i]! / base[i]! : 1;
    return { status, weights, prices: prices.slice() };
  };
}

function byNewton(problem: WeightingProblem, tolerance: number): Projection {
  const { scales, ...constraints } = cellConstraints(problem);
  let start = new Float64Array(scales.length);
  return (base) => {
    const solution = calibrate({ ...constraints, base }, { tolerance, maxIterations: mostSteps, start });
    start = Float64Array.from(solution.multipliers);
    return {
      status: solution.status,
      weights: solution.weights,
      prices: solution.multipliers.map((price, k) => price / scales[k]!),
    };
  };
}

function largestError(cells: readonly CellFit[]): number {
  let [worst, total] = [0, 0];
  let margin: string | undefined;
  for (const { margin: own, category, error, exact } of cells) {
    // Categories of a margin stand beside each other.
    total = own === margin && category !== null ? total + error : error;
    margin = own;
    if (exact) worst = Math.max(worst, total);
  }
  return worst;
}
