import type { Highs } from 'highs';
import { Failure } from '../core/failure.js';
import type { SparseRows } from '../numerics/sparse-rows.js';
import { sum } from '../numerics/statistics.js';
import { cellConstraints } from './cells.js';
import { uniqueSignatures } from './signatures.js';
import { checkWeightingProblem, weightTotal, type WeightingProblem } from './weighting-problem.js';

/**
 * The nearest that weights can come to what is asked: minimise slackCost · (short + over) + cost · w over w within bounds,
 * short ≥ 0 and over ≥ 0, where Σ_s w_s features[s] + short - over = targets and Σ_s w_s = 1.
 */
export interface SlackProgram {
  /** (signatures x cells) */
  readonly features: SparseRows;
  /** (cells) */
  readonly targets: Float64Array;
  /** (cells) price of a unit missed, either way, ≥ 0. */
  readonly slackCost: Float64Array;
  /** (signatures) price of a unit of weight, ≥ 0. */
  readonly cost: Float64Array;
  /** (signatures) bounds of the weights, 0 ≤ lower ≤ upper. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Where the cost is least. */
export interface SlackSolution {
  readonly cost: number;
  /** (signatures) */
  readonly weights: Float64Array;
  /** (cells) how much is missing of what is asked. */
  readonly short: Float64Array;
  /** (cells) how much there is beyond what is asked. */
  readonly over: Float64Array;
  /** (cells) dual variables y, |y| ≤ slackCost: what a unit more asked of the cell would cost. */
  readonly prices: Float64Array;
  /**
   * Dual variable z of Σ w = 1. Together they prove the cost when weights have no upper bound and no lower but zero: every
   * signature has y · features[s] + z ≤ cost[s], and y · targets + z is the least cost.
   */
  readonly totalPrice: number;
}

/**
 * A solver of such programs: serial simplex with a fixed seed and no limit of time, so the same program has the same answer.
 *
 * @throws {Failure} `not-converged` when it ends without an optimum: no weights within their bounds sum to one
 */
export type SlackSolver = (program: SlackProgram) => SlackSolution;

/** Right-hand sides are multiplied by it, so that the solver's absolute tolerance of 1e-9 is 1e-12 of all weight. */
const scale = 1_000;

/** Loads HiGHS (WebAssembly), once for as many programs as there are. */
export async function loadSlackSolver(): Promise<SlackSolver> {
  // The types are those of its CommonJS build; imported as a module, the default is the loader itself.
  const { default: load } = (await import('highs')) as unknown as { readonly default: () => Promise<Highs> };
  const highs = await load();
  return ({ features, targets, slackCost, cost, lower, upper }) => {
    const { rows: signatures, columns: cells, offsets, index, value } = features;
    const columns = signatures + 2 * cells;
    const [starts, indices, values] = [new Int32Array(columns + 1), [] as number[], [] as number[]];
    const entry = (row: number, x: number): void => {
      indices.push(row);
      values.push(x);
    };
    const order = canonicalOrder(features);
    order.forEach((s, j) => {
      for (let k = offsets[s]!; k < offsets[s + 1]!; k++) entry(index[k]!, value[k]!);
      entry(cells, 1);
      starts[j + 1] = indices.length;
    });
    for (let k = 0; k < 2 * cells; k++) {
      entry(k >> 1, k % 2 === 0 ? 1 : -1);
      starts[signatures + k + 1] = indices.length;
    }
    const sides = Float64Array.from([...targets, 1], (x) => x * scale);
    const bounds = (own: Float64Array, slack: number): Float64Array =>
      Float64Array.from({ length: columns }, (_, j) => (j < signatures ? own[order[j]!]! * scale : slack));
    const model = {
      numCols: columns,
      numRows: cells + 1,
      colCost: Float64Array.from({ length: columns }, (_, j) =>
        j < signatures ? cost[order[j]!]! : slackCost[(j - signatures) >> 1]!,
      ),
      colLower: bounds(lower, 0),
      colUpper: bounds(upper, highs.infinity),
      rowLower: sides,
      rowUpper: sides,
      matrix: { format: 'csc', numRows: cells + 1, numCols: columns, starts, indices, values },
    } as const;
    return highs.withModel(model, (lp) => {
      lp.options.set({
        output_flag: false,
        solver: 'simplex',
        random_seed: 0,
        primal_feasibility_tolerance: 1e-9,
        dual_feasibility_tolerance: 1e-9,
      });
      const { modelStatus } = lp.run();
      if (modelStatus !== highs.constants.modelStatus.optimal)
        throw new Failure('not-converged', {
          where: 'feasibility',
          problem: 'the linear program has no optimum',
          got: `HiGHS model status ${modelStatus}`,
          expected: 'bounds that leave room for weights of the wanted total',
        });
      const { colValue, rowDual } = lp.getSolution();
      const weights = new Float64Array(signatures);
      order.forEach((s, j) => (weights[s] = colValue[j]! / scale));
      const part = (offset: number): Float64Array =>
        Float64Array.from({ length: cells }, (_, k) => Math.max(0, colValue[signatures + 2 * k + offset]! / scale));
      return {
        cost: lp.getObjectiveValue() / scale,
        weights,
        short: part(0),
        over: part(1),
        prices: rowDual.slice(0, cells),
        totalPrice: rowDual[cells]!,
      };
    });
  };
}

/** Rows by their entries, so that the answer does not depend on the order of the records. */
function canonicalOrder({ rows, offsets, index, value }: SparseRows): number[] {
  return Array.from({ length: rows }, (_, s) => s).sort((a, b) => {
    const [start, other] = [offsets[a]!, offsets[b]!];
    const [length, otherLength] = [offsets[a + 1]! - start, offsets[b + 1]! - other];
    for (let k = 0; k < Math.min(length, otherLength); k++) {
      const difference = index[start + k]! - index[other + k]! || value[start + k]! - value[other + k]!;
      if (difference !== 0) return difference;
    }
    return length - otherLength;
  });
}

/** A cell that has a part in what cannot be. */
export interface CellSlack {
  readonly margin: string;
  /** null for a numeric constraint that stands alone. */
  readonly category: string | null;
  /** What is asked: weight of a category, otherwise the number itself. */
  readonly asked: number;
  /** How much too little there is of it, in the unit of `asked`. */
  readonly short: number;
  /** How much too much. */
  readonly over: number;
  /**
   * What one unit more asked of it would add to the slack; negative where more should be asked. A cell that is met can have a
   * price: it is met at the cost of others.
   */
  readonly price: number;
}

/** Whether weights exist that meet all cells, and if not, how near any come. */
export interface Feasibility {
  readonly feasible: boolean;
  /**
   * Least sum of what is short and over, in units of weight (persons, households); numbers that stand alone count by their
   * error per record in units of their largest value.
   */
  readonly slack: number;
  /** What the weights sum to. */
  readonly total: number;
  /**
   * The cells that take the slack in one of the nearest solutions, largest first (others may take it instead), then those with a
   * price; empty when feasible.
   */
  readonly clashes: readonly CellSlack[];
  /** Groups of records that the problem cannot tell apart. */
  readonly signatures: number;
}

/** What {@link checkFeasibility} may be told. */
export interface FeasibilityOptions {
  /** Bounds of the ratio of a record's weight to its base weight, as for the fit. Default none. */
  readonly bounds?: { readonly lower?: number; readonly upper?: number };
  /** Largest weight of a record in units of the mean weight, as for the fit. Default none. */
  readonly cap?: number;
  /** Slack, as a share of all weight, that counts as none. Default 1e-8. */
  readonly tolerance?: number;
}

/**
 * Whether any weights ≥ 0 meet all margins and constraints that have no importance, by a linear program over the groups of
 * records that the problem can tell apart. The sum of the weights is always met; the slack lies in the cells.
 *
 * @throws {Failure} `invalid-input` as {@link checkWeightingProblem}; as {@link SlackSolver}
 */
export function checkFeasibility(
  problem: WeightingProblem,
  solve: SlackSolver,
  { bounds, cap, tolerance = 1e-8 }: FeasibilityOptions = {},
): Feasibility {
  checkWeightingProblem(problem);
  const total = weightTotal(problem);
  // Under a cap, records of different base weights have different bounds.
  const { problem: collapsed, counts } = uniqueSignatures({ ...problem, total }, cap !== undefined);
  const { records, base, margins, constraints = [] } = collapsed;
  if (total === 0) return nobody(collapsed);

  const program = slackProgram(collapsed);
  const baseTotal = sum(base);
  const solution = solve({
    ...program,
    lower: base.map((b) => ((bounds?.lower ?? 0) * b) / baseTotal),
    upper: base.map((b, s) => {
      const capped = ((cap ?? Infinity) * counts[s]!) / problem.records;
      return b > 0 ? Math.min(capped, ((bounds?.upper ?? Infinity) * b) / baseTotal) : 0;
    }),
  });
  const slack = solution.cost * total;
  const feasible = solution.cost <= tolerance;
  const cells = [
    ...margins.flatMap(({ name, categories, asked, unit }) => {
      const whole = unit === 'share' ? total : 1;
      return categories.map((category, c) => ({ margin: name, category, asked: asked[c]! * whole, unit: total }));
    }),
    ...constraints.map(({ name, category = null, asked, unit }, c) => {
      const ownScale = program.scales[program.scales.length - constraints.length + c]!;
      return { margin: name, category, asked, unit: ownScale * (unit === 'total' ? total : 1) };
    }),
  ];
  const clashes = cells.map(({ unit, ...cell }, k) => ({
    cell: {
      ...cell,
      short: slackShare(solution.short[k]!) * unit,
      over: slackShare(solution.over[k]!) * unit,
      price: (solution.prices[k]! * total) / unit,
    },
    missed: (solution.short[k]! + solution.over[k]!) * program.slackCost[k]!,
    pull: Math.abs(solution.prices[k]!),
  }));
  const sorted = clashes
    .filter(({ missed, pull }) => missed > tolerance || pull > 1e-9)
    .sort((x, y) => y.missed - x.missed || y.pull - x.pull)
    .map(({ cell }) => cell);
  return { feasible, slack: feasible ? 0 : slack, total, clashes: feasible ? [] : sorted, signatures: records };
}

/** Less, as a share of all weight, is a slip of the solver and misses nothing. */
const leastSlack = 1e-9;
const slackShare = (slack: number): number => (slack < leastSlack ? 0 : slack);

/** A zone and whether its margins can be met. */
export interface ZoneFeasibility {
  readonly zone: string;
  readonly feasibility: Feasibility;
}

/**
 * The feasibility of every zone, each on its own.
 *
 * @returns in order of the names, by code units
 * @throws {Failure} as {@link checkFeasibility}, naming the zone
 */
export async function feasibilityOfZones(
  problems: ReadonlyMap<string, WeightingProblem>,
  options: FeasibilityOptions = {},
): Promise<ZoneFeasibility[]> {
  const solve = await loadSlackSolver();
  return [...problems.keys()].sort().map((zone) => {
    try {
      return { zone, feasibility: checkFeasibility(problems.get(zone)!, solve, options) };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw new Failure(error.code, { ...error.parts, where: `zone ${zone}: ${error.parts.where}` }, { cause: error });
    }
  });
}

/**
 * The program of a problem without bounds on its weights; in units of all weight, a unit of slack of a category costs 1.
 *
 * @param problem its total known, one record a signature
 * @returns with the `scales` that the values of the constraints were divided by
 */
export function slackProgram(problem: WeightingProblem): SlackProgram & { readonly scales: Float64Array } {
  const { records, base, constraints = [] } = problem;
  const { features, targets, softness, scales } = cellConstraints(problem);
  // A number that counts the persons of a category is a category; a number that stands alone is measured by its largest value.
  const firstNumber = targets.length - constraints.length;
  const slackCost = scales.map((own, k) =>
    softness![k]! > 0 ? 0 : k >= firstNumber && constraints[k - firstNumber]!.category === undefined ? 1 : own,
  );
  return {
    features,
    targets,
    slackCost,
    cost: new Float64Array(records),
    lower: new Float64Array(records),
    upper: base.map((b) => (b > 0 ? Infinity : 0)),
    scales,
  };
}

/** A total of zero: the weights are all zero, and whatever is asked of them is missing. */
function nobody({ records, margins, constraints = [] }: WeightingProblem): Feasibility {
  const totals = [
    ...margins.flatMap(({ name, categories, asked, unit }) =>
      categories.map((category, c) => ({ margin: name, category, asked: unit === 'total' ? asked[c]! : 0 })),
    ),
    ...constraints.map(({ name, category = null, asked, unit }) => ({
      margin: name,
      category,
      asked: unit === 'total' ? asked : 0,
    })),
  ];
  const clashes = totals
    .filter(({ asked }) => asked !== 0)
    .map((cell) => ({
      ...cell,
      short: Math.max(0, cell.asked),
      over: Math.max(0, -cell.asked),
      price: Math.sign(cell.asked),
    }));
  return {
    feasible: clashes.length === 0,
    slack: clashes.reduce((s, { short, over }) => s + short + over, 0),
    total: 0,
    clashes,
    signatures: records,
  };
}
