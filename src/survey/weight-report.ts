import { z } from 'zod';
import { Failure } from '../core/failure.js';
import type { Finding } from '../core/findings.js';
import { normalized } from '../numerics/statistics.js';
import { Balance, balanceTable } from './balance-table.js';
import { capFrontier } from './cap-frontier.js';
import { measureCells, type CellFit } from './cells.js';
import { peopleDiagnostics, weightDiagnostics } from './diagnostics.js';
import type { WeightingOptions, WeightingResult } from './fit-weights.js';
import { GroupSupport, groupSupport, topShare } from './group-support.js';
import { marginCosts } from './margin-costs.js';
import { TwoWay, twoWayTables, type TwoWayOptions } from './two-way.js';
import { checkGates, GateMiss, WeightLimits } from './weight-gates.js';
import { weightTotal, type WeightingProblem } from './weighting-problem.js';

const Status = z.enum(['converged', 'stalled', 'iteration-limit', 'infeasible']);

const Cell = z.strictObject({
  margin: z.string(),
  /** null for a number that stands alone. */
  category: z.string().nullable(),
  unit: z.enum(['share', 'mean', 'total']),
  asked: z.number(),
  achieved: z.number(),
  /** |achieved - asked| as a share of all weight; of a number in units of its largest value. */
  error: z.number(),
  /** false where an importance lets it give way. */
  exact: z.boolean(),
});

const MarginRow = Cell.extend({
  /** What the base weights achieve, in the unit of `asked`. */
  before: z.number(),
  /** Dual price: what the cell adds to the score of its records. */
  multiplier: z.number(),
});

const CostRow = z.strictObject({
  margin: z.string(),
  status: Status,
  effectiveSampleSizeWithout: z.number(),
  gained: z.number(),
});

const FrontierRow = z.strictObject({
  cap: z.number().nullable(),
  status: Status,
  maxMarginError: z.number(),
  effectiveSampleSize: z.number(),
  designEffect: z.number().nullable(),
  maxRelativeWeight: z.number(),
});

const FindingRow = z.strictObject({
  level: z.enum(['info', 'caution']),
  code: z.string(),
  message: z.string(),
  values: z.record(z.string(), z.unknown()).optional(),
});

/** All there is to say about the weights of one zone. */
export const WeightReport = z.strictObject({
  schema: z.literal('weights/1'),
  /** '' where there are no zones. */
  zone: z.string(),
  status: Status,
  method: z.enum(['maxent', 'rake', 'linear', 'logit']),
  iterations: z.int().min(0),
  tolerance: z.number(),
  /** Largest error of the cells that have to be met. */
  maxMarginError: z.number(),
  /** Largest error of the cells that may give way; null where nothing is relaxed. */
  maxRelaxedError: z.number().nullable(),
  /** The five cells with the largest errors, worst first. */
  worstCells: z.array(Cell),
  records: z.int().min(0),
  /** Groups of records that the margins cannot tell apart. */
  signatures: z.int().min(0),
  /** What the weights sum to. */
  total: z.number(),
  /** Kish's; null where nobody has weight. */
  designEffect: z.number().nullable(),
  effectiveSampleSize: z.number(),
  /** With the records of one person added up; null where it is not known who is who. */
  effectivePeople: z.number().nullable(),
  /** Share of all weight that the largest 1 % of the weights have. */
  topShare: z.number(),
  /** Largest weight over the mean weight. */
  maxRelativeWeight: z.number(),
  margins: z.array(MarginRow),
  balance: Balance,
  groups: z.array(GroupSupport),
  twoWay: TwoWay,
  /** Effective sample size that each margin costs, dearest first; empty when it was not asked for. */
  costs: z.array(CostRow),
  frontier: z.array(FrontierRow),
  gates: z.strictObject({ limits: WeightLimits, misses: z.array(GateMiss) }),
  findings: z.array(FindingRow),
  /** What the weights do not speak of, in words. */
  excluded: z.array(z.string()),
});
export type WeightReport = z.infer<typeof WeightReport>;

/** What {@link weightReport} may be told. */
export interface WeightReportOptions extends TwoWayOptions {
  readonly zone?: string;
  /** With which the weights were fitted; fits of the report itself use the same. */
  readonly weighting?: WeightingOptions;
  /** (records) the person, or other cluster, behind each record. */
  readonly people?: readonly string[];
  /** Whether each margin is dropped once to see what it costs: one fit a margin. Default true. */
  readonly costs?: boolean;
  /** Caps on the largest weight, in units of the mean weight, to be tried: one fit each. Default none. */
  readonly caps?: readonly number[];
  readonly limits?: WeightLimits;
  readonly findings?: readonly Finding[];
  /** Sentences for `excluded`, from whoever prepared the problem. */
  readonly excluded?: readonly string[];
}

/** The default of {@link fitWeights}. */
const defaultTolerance = 1e-10;

/**
 * Measures weights afresh from the records and puts everything together that a reader needs to trust them or not. The fits that
 * costs and caps need are made only when the weights themselves have converged.
 *
 * @returns plain values, no NaN and no infinity; `WeightReport` parses it
 * @throws {Failure} `invalid-input` on weights or people of another length; as {@link twoWayTables} and {@link fitWeights}
 */
export function weightReport(
  problem: WeightingProblem,
  result: WeightingResult,
  options: WeightReportOptions = {},
): WeightReport {
  const { weighting = {}, people, limits = {}, findings = [] } = options;
  const { weights } = result;
  checkLength('weights', weights, problem.records);
  if (people) checkLength('people', people, problem.records);
  const total = weightTotal(problem);
  const before = cellsUnder(problem, problem.base);
  const after = cellsUnder(problem, weights);
  const { effectiveSampleSize, designEffect, maxRelativeWeight } = weightDiagnostics(weights);
  const figures = {
    designEffect: finiteOrNull(designEffect),
    effectiveSampleSize,
    topShare: topShare(weights),
    groups: groupSupport(problem, weights, people),
  };
  const balance = balanceTable(problem, before, after);
  const twoWay = twoWayTables(problem, weights, options);
  const isFitted = result.status === 'converged' && total > 0;
  const caps = options.caps ?? [];
  return {
    schema: 'weights/1',
    zone: options.zone ?? '',
    status: result.status,
    method: weighting.method ?? 'maxent',
    iterations: result.iterations,
    tolerance: weighting.tolerance ?? defaultTolerance,
    maxMarginError: result.maxMarginError,
    maxRelaxedError: maxRelaxedError(result.cells),
    worstCells: [...result.worst],
    records: problem.records,
    signatures: result.signatures,
    total,
    ...figures,
    effectivePeople: people ? peopleDiagnostics(people, weights).effectivePeople : null,
    maxRelativeWeight,
    margins: after.map((cell, k) => ({
      ...cell,
      error: result.cells[k]!.error,
      before: before[k]!.achieved,
      multiplier: result.multipliers[k]!,
    })),
    balance,
    twoWay,
    costs: isFitted && (options.costs ?? true) ? marginCosts(problem, weighting, undefined, result) : [],
    frontier:
      isFitted && caps.length > 0
        ? capFrontier(
            problem,
            { ...withoutCap(weighting), caps },
            weighting.cap === undefined && weighting.method !== 'rake' ? result : undefined,
          ).map((row) => ({
            ...row,
            designEffect: finiteOrNull(row.designEffect),
          }))
        : [],
    gates: { limits, misses: checkGates(figures, limits) },
    findings: [...findings],
    excluded: [...(options.excluded ?? []), ...excludedBy(problem, balance, twoWay)],
  };
}

/** Largest error of the cells that may give way; null where all have to be met. */
const maxRelaxedError = (cells: readonly CellFit[]): number | null =>
  cells.reduce<number | null>((most, { exact, error }) => (exact ? most : Math.max(most ?? 0, error)), null);

/** What the base weights or the weights achieve; of no weight at all, nothing. */
function cellsUnder(problem: WeightingProblem, weights: Float64Array): CellFit[] {
  return measureCells({ ...problem, total: weightTotal(problem) || 1 }, normalized(weights));
}

/** Raking gives the weights of maximum entropy, which alone can be capped. */
const withoutCap = ({ method = 'maxent', bounds, tolerance }: WeightingOptions): Omit<WeightingOptions, 'cap'> => ({
  method: method === 'rake' ? 'maxent' : method,
  ...(bounds === undefined ? {} : { bounds }),
  ...(tolerance === undefined ? {} : { tolerance }),
});

/** Exclusions that can be read off the problem and the tables. */
function excludedBy({ base, margins, constraints = [] }: WeightingProblem, balance: Balance, twoWay: TwoWay): string[] {
  const weightless = base.reduce((n, b) => n + (b > 0 ? 0 : 1), 0);
  const outside = margins.flatMap(({ name, codes }) => {
    const missing = codes.reduce((n, code, i) => n + (code < 0 && base[i]! > 0 ? 1 : 0), 0);
    return missing > 0 ? [`${counted(missing)} not in the universe of ${name}, or of unknown category`] : [];
  });
  const soft = [...margins, ...constraints].filter(({ importance }) => importance !== undefined);
  return [
    ...balance.rows
      .slice(0, balance.absent)
      .map(
        ({ margin, category, target }) =>
          `${margin}${category === null ? '' : ` = ${category}`}: asked for (${Number(target.toPrecision(4))}), but no record has it`,
      ),
    ...(weightless > 0 ? [`${counted(weightless)} without base weight`] : []),
    ...outside,
    ...[...new Set(soft.map(({ name }) => name))].map((name) => `${name} need not be met: it may give way`),
    ...(twoWay.skipped > 0 ? [`pairs of variables that were not compared: ${twoWay.skipped}`] : []),
  ];
}

const counted = (records: number): string => `${records} ${records === 1 ? 'record' : 'records'}`;

const finiteOrNull = (x: number): number | null => (Number.isFinite(x) ? x : null);

function checkLength(what: string, values: ArrayLike<unknown>, records: number): void {
  if (values.length !== records)
    throw new Failure('invalid-input', {
      where: `weightReport.${what}`,
      problem: 'wrong number of entries',
      got: values.length,
      expected: String(records),
    });
}
