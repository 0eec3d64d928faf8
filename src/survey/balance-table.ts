import { z } from 'zod';
import { sum } from '../numerics/statistics.js';
import type { CellFit } from './cells.js';
import { groupBy } from './margins.js';
import { weightTotal, type WeightingProblem } from './weighting-problem.js';

/** How far a category (or a number) is from its target, in standard deviations, before and after weighting. */
export const BalanceRow = z.strictObject({
  margin: z.string(),
  /** null for a number that stands alone. */
  category: z.string().nullable(),
  /** Records with base weight in the category; with a value, for a number. */
  records: z.int().min(0),
  /** Share (0-1) of the category, or mean of the number. */
  target: z.number(),
  before: z.number(),
  after: z.number(),
  /** null where there is none: nobody is in the category, or the target has no spread. */
  smdBefore: z.number().nullable(),
  smdAfter: z.number().nullable(),
});
export type BalanceRow = z.infer<typeof BalanceRow>;

/** Standardized mean differences of all cells of a problem. */
export const Balance = z.strictObject({
  /** Categories that are asked for and that nobody has; they come first in `rows` and are in none of the means. */
  absent: z.int().min(0),
  /** Mean of |SMD| over the rows of each variable, then over variables; null without any. */
  meanBefore: z.number().nullable(),
  meanAfter: z.number().nullable(),
  maxBefore: z.number().nullable(),
  maxAfter: z.number().nullable(),
  rows: z.array(BalanceRow),
});
export type Balance = z.infer<typeof Balance>;

/**
 * Standardized mean differences before and after weighting. A category differs by (share - target) / sqrt(target (1 -
 * target)), the spread of the target; a number, of whose target no spread is known, by (mean - target) / its standard deviation
 * under the base weights. A category that nobody has is not a difference of zero but an absence: it has no SMD.
 *
 * @param before cells under the base weights, in the order of {@link measureCells}
 * @param after the same under the weights
 * @see Austin & Stuart (2015), Statistics in Medicine 34, section 2.2
 */
export function balanceTable(
  problem: WeightingProblem,
  before: readonly CellFit[],
  after: readonly CellFit[],
): Balance {
  const total = weightTotal(problem) || 1;
  const support = supportOf(problem);
  const rows = before.map((own, k): BalanceRow => {
    const { records, sd } = support[k]!;
    const perRecord = own.unit === 'total' ? total : 1;
    const [target, first, last] = [own.asked / perRecord, own.achieved / perRecord, after[k]!.achieved / perRecord];
    const spread = sd ?? Math.sqrt(Math.max(0, target * (1 - target)));
    const smd = (mean: number): number | null => (records > 0 && spread > 0 ? (mean - target) / spread : null);
    const { margin, category } = own;
    return {
      margin,
      category,
      records,
      target,
      before: first,
      after: last,
      smdBefore: smd(first),
      smdAfter: smd(last),
    };
  });
  const isAbsent = ({ records, target }: BalanceRow): boolean => records === 0 && target !== 0;
  const absent = rows.filter(isAbsent);
  const [first, last] = [summaryOf(rows, 'smdBefore'), summaryOf(rows, 'smdAfter')];
  return {
    absent: absent.length,
    meanBefore: first.mean,
    meanAfter: last.mean,
    maxBefore: first.max,
    maxAfter: last.max,
    rows: [...absent, ...rows.filter((row) => !isAbsent(row))],
  };
}

/** Every variable counts the same, however many categories it has. */
function summaryOf(rows: readonly BalanceRow[], key: 'smdBefore' | 'smdAfter'): Record<'mean' | 'max', number | null> {
  const byVariable = [...groupBy(rows, ({ margin }) => margin).values()]
    .map((own) => own.flatMap((row) => (row[key] === null ? [] : [Math.abs(row[key])])))
    .filter((sizes) => sizes.length > 0);
  if (byVariable.length === 0) return { mean: null, max: null };
  const means = byVariable.map((sizes) => sum(sizes) / sizes.length);
  return { mean: sum(means) / means.length, max: byVariable.flat().reduce((most, x) => Math.max(most, x), 0) };
}

/** For each cell the records behind it; for numbers the standard deviation under the base weights. */
function supportOf({ base, margins, constraints = [] }: WeightingProblem): { records: number; sd: number | null }[] {
  const ofMargins = margins.flatMap(({ codes, categories }) => {
    const counts = new Uint32Array(categories.length);
    for (let i = 0; i < codes.length; i++) if (codes[i]! >= 0 && base[i]! > 0) counts[codes[i]!]!++;
    return Array.from(counts, (records) => ({ records, sd: null }));
  });
  const whole = sum(base);
  const ofNumbers = constraints.map(({ values, category }) => {
    const mean = values.reduce((s, x, i) => s + (base[i]! / whole) * x, 0);
    const variance = values.reduce((s, x, i) => s + (base[i]! / whole) * (x - mean) * (x - mean), 0);
    // A number made of a category counts its members; of another number, 0 is a value like any other.
    const records = values.reduce((n, x, i) => n + (base[i]! > 0 && (category === undefined || x !== 0) ? 1 : 0), 0);
    return { records, sd: Math.sqrt(variance) };
  });
  return [...ofMargins, ...ofNumbers];
}
