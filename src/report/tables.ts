import { from } from 'arquero';
import type {
  Diagnostics,
  MarginDiagnostics,
  StepDiagnostics,
  TraitCell,
  TraitMetric,
  TraitMetricName,
} from '../population/diagnostics.js';
import { displayWidth, fitWidth } from './safe-text.js';

/** The trait distances in the order of the reports. */
export const metricNames: readonly TraitMetricName[] = [
  'amw',
  'frechet',
  'slicedWasserstein',
  'mmd2',
  'maxCorrelationError',
  'maxJointCorrelationError',
];

/** One variable of the target with the largest error of its categories. Errors in percentage points. */
export interface VariableRow {
  readonly variable: string;
  readonly categories: readonly MarginDiagnostics[];
  /** How many categories weighting was asked to meet. */
  readonly controlledCategories: number;
  readonly largestErrorPoints: number;
  /** The category with the largest error, the first of equals. */
  readonly worstCategory: string;
  readonly largestErrorBeforePoints: number;
  readonly statedShare: number;
  readonly inferredShare: number;
  readonly imputedShare: number;
  /** Personas behind the category with the fewest. */
  readonly smallestSupport: number;
}

/** Margins grouped by variable, in the order in which the variables first appear. */
export function marginsTable({ margins }: Pick<Diagnostics, 'margins'>): VariableRow[] {
  return groupRows(margins, 'variable').map(([variable, categories]) => {
    const worst = worstMargin(categories)!;
    const { statedShare, inferredShare, imputedShare } = worst;
    return {
      variable,
      categories,
      controlledCategories: categories.filter(({ controlled }) => controlled).length,
      largestErrorPoints: errorPoints(worst),
      worstCategory: worst.category,
      largestErrorBeforePoints: Math.max(...categories.map(({ before, target }) => Math.abs(before - target) * 100)),
      statedShare,
      inferredShare,
      imputedShare,
      smallestSupport: Math.min(...categories.map(({ support }) => support)),
    };
  });
}

/** |achieved - asked| of one category, in percentage points. */
export const errorPoints = ({ after, target }: MarginDiagnostics): number => Math.abs(after - target) * 100;

/** The category with the largest error, the first of equals; null of none. */
export const worstMargin = (margins: readonly MarginDiagnostics[]): MarginDiagnostics | null =>
  margins.reduce<MarginDiagnostics | null>(
    (worst, margin) => (worst === null || errorPoints(margin) > errorPoints(worst) ? margin : worst),
    null,
  );

/** A distance in units of its noise floor (95th percentile); null when the floor is not positive. */
export const overFloor = (value: number, { noiseFloorP95 }: TraitMetric): number | null =>
  noiseFloorP95 > 0 ? value / noiseFloorP95 : null;

/** The distance of the agents that is largest in units of its noise floor; null without traits or without any floor. */
export function worstMetric({
  traits,
}: Pick<Diagnostics, 'traits'>): { readonly name: TraitMetricName; readonly over: number } | null {
  if (traits === null) return null;
  let worst: { name: TraitMetricName; over: number } | null = null;
  for (const name of metricNames) {
    const over = overFloor(traits[name].after, traits[name]);
    if (over !== null && (worst === null || over > worst.over)) worst = { name, over };
  }
  return worst;
}

/** The state after one step, with each trait distance also in units of its noise floor where both are known. */
export interface StepRow extends StepDiagnostics {
  readonly overFloor: Readonly<Record<TraitMetricName, number | null>>;
}

/** Steps of alignment in their order. */
export const stepsTable = ({ steps, traits }: Pick<Diagnostics, 'steps' | 'traits'>): StepRow[] =>
  steps.map((step) => {
    const over = (name: TraitMetricName): number | null => {
      const value = step[name];
      return value === null || traits === null ? null : overFloor(value, traits[name]);
    };
    return {
      ...step,
      overFloor: {
        amw: over('amw'),
        frechet: over('frechet'),
        slicedWasserstein: over('slicedWasserstein'),
        mmd2: over('mmd2'),
        maxCorrelationError: over('maxCorrelationError'),
        maxJointCorrelationError: over('maxJointCorrelationError'),
      },
    };
  });

/** Personas rejected by one criterion, and their share of all candidates. */
export interface RejectionRow {
  readonly criterion: string;
  readonly personas: number;
  readonly share: number;
}

/** Criteria that rejected somebody, most rejections first, equals by name. */
export function rejectionsTable({ rejected, personas }: Pick<Diagnostics, 'rejected' | 'personas'>): RejectionRow[] {
  const rows = Object.entries(rejected)
    .filter(([, number]) => number > 0)
    .map(([criterion, number]) => ({ criterion, personas: number, share: number / personas, order: -number }));
  if (rows.length === 0) return [];
  return from(rows).orderby('order', 'criterion').select('criterion', 'personas', 'share').objects() as RejectionRow[];
}

/** Trait differences of one cell of sex x age, one entry a domain. */
export interface CellRow {
  readonly cell: string;
  /** The smallest over the domains. */
  readonly effectiveSampleSize: number;
  readonly byDomain: ReadonlyMap<string, TraitCell>;
}

/** Trait cells with the domains side by side, in order of first appearance. */
export const cellsTable = ({ traitCells }: Pick<Diagnostics, 'traitCells'>): CellRow[] =>
  groupRows(traitCells, 'cell').map(([cell, rows]) => ({
    cell,
    effectiveSampleSize: Math.min(...rows.map((row) => row.effectiveSampleSize)),
    byDomain: new Map(rows.map((row) => [row.domain, row])),
  }));

/** Rows by the value of one text field, groups in order of first appearance. */
function groupRows<T extends object>(rows: readonly T[], field: keyof T & string): [string, T[]][] {
  if (rows.length === 0) return [];
  const grouped = from([...rows])
    .groupby(field)
    .objects({ grouped: true }) as unknown as Map<string, T[]>;
  return [...grouped];
}

/** Texts that are right-aligned: numbers with their signs and units, or none (`–`). */
const numeric = /^[<>+−-]?[\d.,]+(?:e-?\d+)?(?:%|×)?$|^–?$/;

/**
 * Aligned plain-text columns for a terminal, the first row being the head, with a rule under it.
 * A column is right-aligned when everything below its head is a number. Where the table is wider than `width`,
 * its widest column is cut with `…`, again and again, down to 4 columns; then the lines are cut.
 */
export function textTable(rows: readonly (readonly string[])[], width = Infinity): string {
  const [head, ...body] = rows;
  if (head === undefined) return '';
  const widths = head.map((_, j) => Math.max(...rows.map((row) => displayWidth(row[j]!))));
  const gaps = 2 * (head.length - 1);
  const total = (): number => widths.reduce((sum, w) => sum + w, gaps);
  while (total() > width && Math.max(...widths) > 4) widths[widths.indexOf(Math.max(...widths))]! -= 1;
  const right = head.map((_, j) => body.length > 0 && body.every((row) => numeric.test(row[j]!)));
  const line = (row: readonly string[]): string =>
    fitWidth(
      row
        .map((cell, j) => pad(fitWidth(cell, widths[j]!), widths[j]!, right[j]!))
        .join('  ')
        .trimEnd(),
      width,
    );
  const rule = fitWidth(widths.map((w) => '-'.repeat(w)).join('  '), width);
  return [line(head), rule, ...body.map(line)].join('\n');
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(width - displayWidth(text));
  return right ? space + text : text + space;
}
