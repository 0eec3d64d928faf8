import { Failure } from '../core/failure.js';
import { sum } from '../numerics/statistics.js';

/** Which records weights are wanted for, and what they are to add up to. Everything in columns, one entry a record. */
export interface WeightingProblem {
  /** Number of records n: persons, or households when the weight is a household's. */
  readonly records: number;
  /** (n) base (design) weights, finite, ≥ 0, any scale. A record with base weight 0 keeps weight 0. */
  readonly base: Float64Array;
  readonly margins: readonly CategoryMargin[];
  readonly constraints?: readonly NumericConstraint[];
  /**
   * What the weights sum to. Default: the sum of the first margin with totals that holds every record; without margins or
   * constraints with totals, `records` (weights of mean 1).
   */
  readonly total?: number;
}

/** A categorical margin. A joint is a margin whose codes are a combination of categories. */
export interface CategoryMargin {
  readonly name: string;
  /** (c) */
  readonly categories: readonly string[];
  /** (n) position in `categories`; -1 where the record is not in the universe of the margin or its category is not known. */
  readonly codes: Int32Array;
  /** (c) What is wanted of each category, finite, ≥ 0. */
  readonly asked: Float64Array;
  /**
   * `share`: of the weight of the records in the universe of the margin, however large that is; sums to one. `total`: of
   * weight.
   */
  readonly unit: 'share' | 'total';
  /** As {@link NumericConstraint.importance}. */
  readonly importance?: number;
}

/** A weighted mean or sum of a number: an income, a trait score, the persons of a kind in a household. */
export interface NumericConstraint {
  readonly name: string;
  /** Where several constraints make up one margin, the category that this one counts. */
  readonly category?: string;
  /** (n) finite. */
  readonly values: Float64Array;
  /** What is wanted of Σ w value / Σ w (`mean`) or of Σ w value (`total`). */
  readonly asked: number;
  readonly unit: 'mean' | 'total';
  /**
   * Without it the constraint is met exactly. With an importance q > 0 it may give way: q/2 · error² is added to the distance of
   * the weights from their base, the error as in {@link CellFit.error}.
   */
  readonly importance?: number;
}

/** The margin that says what the weights sum to. */
const wholeMargin = ({ margins }: WeightingProblem): CategoryMargin | undefined =>
  margins.find(({ unit, codes }) => unit === 'total' && codes.every((code) => code >= 0));

/** Whether a problem says itself what its weights sum to. */
export const knowsTotal = (problem: WeightingProblem): boolean =>
  problem.total !== undefined || wholeMargin(problem) !== undefined;

/** What the weights of a problem sum to, see {@link WeightingProblem.total}. */
export function weightTotal(problem: WeightingProblem): number {
  const { total, records, margins, constraints = [] } = problem;
  if (total !== undefined) return total;
  const whole = wholeMargin(problem);
  if (whole) return sum(whole.asked);
  if ([...margins, ...constraints].some(({ unit }) => unit === 'total'))
    throw new Failure('invalid-input', {
      where: 'weighting.total',
      problem: 'not known: no margin with totals holds every record',
      expected: 'a number',
    });
  return records;
}

/**
 * What is asked of each category as a share: of its universe for shares, of all weight for totals.
 *
 * @param total what the weights sum to
 */
export function askedShares({ asked, unit }: CategoryMargin, total: number): Float64Array {
  const whole = unit === 'share' ? sum(asked) : total;
  return asked.map((x) => x / whole);
}

/** Rounding of published shares that is evened out: beyond it they are not shares of one whole. */
const shareRounding = 1e-6;

/**
 * @throws {Failure} `invalid-input` naming the record, margin or constraint: a wrong number of entries, a code without
 * category, a number that is none, shares that do not sum to one, a margin of shares in whose universe nobody has weight
 */
export function checkWeightingProblem({ records, base, margins, constraints = [], total }: WeightingProblem): void {
  const fail = (where: string, problem: string, got: unknown, expected: string): never => {
    throw new Failure('invalid-input', { where: `weighting.${where}`, problem, got, expected });
  };
  const checkNumbers = (where: string, values: Float64Array, count: number, least: number): void => {
    if (values.length !== count) fail(where, 'wrong number of entries', values.length, String(count));
    const bad = values.findIndex((x) => !(x >= least && x < Infinity));
    if (bad >= 0)
      fail(`${where}[${bad}]`, 'not a number to weight by', values[bad], least === 0 ? '≥ 0' : 'a finite number');
  };
  const checkImportance = (where: string, importance: number | undefined): void => {
    if (importance !== undefined && !(importance > 0 && importance < Infinity))
      fail(`${where}.importance`, 'not an importance', importance, 'a finite number > 0');
  };

  checkNumbers('base', base, records, 0);
  if (!(sum(base) > 0)) fail('base', 'no positive weight', sum(base), '> 0');
  if (total !== undefined && !(total >= 0 && total < Infinity))
    fail('total', 'not a total', total, 'a finite number ≥ 0');
  for (const { name, categories, codes, asked, unit, importance } of margins) {
    const where = `margins[${name}]`;
    checkImportance(where, importance);
    checkNumbers(`${where}.asked`, asked, categories.length, 0);
    if (codes.length !== records) fail(`${where}.codes`, 'wrong number of entries', codes.length, String(records));
    let hasMass = false;
    for (let i = 0; i < records; i++) {
      const code = codes[i]!;
      if (code >= 0 && base[i]! > 0) hasMass = true;
      if (code < -1 || code >= categories.length)
        fail(`${where}.codes[${i}]`, 'no such category', code, `-1 to ${categories.length - 1}`);
    }
    if (unit === 'total') continue;
    if (!(Math.abs(sum(asked) - 1) <= shareRounding))
      fail(`${where}.asked`, 'shares do not sum to one', sum(asked), '1');
    if (!hasMass) fail(where, 'nobody with weight is in its universe', 0, '> 0');
  }
  for (const { name, category, values, asked, importance } of constraints) {
    const where = `constraints[${category === undefined ? name : `${name} = ${category}`}]`;
    checkImportance(where, importance);
    checkNumbers(`${where}.values`, values, records, -Infinity);
    if (!Number.isFinite(asked)) fail(`${where}.asked`, 'not a finite number', asked, 'a finite number');
  }
}

/** The problem of some of its records, with the same things asked of them. */
export const someRecords = (problem: WeightingProblem, rows: Int32Array): WeightingProblem => ({
  ...problem,
  records: rows.length,
  base: Float64Array.from(rows, (i) => problem.base[i]!),
  margins: problem.margins.map((margin) => ({ ...margin, codes: rows.map((i) => margin.codes[i]!) })),
  ...(problem.constraints && {
    constraints: problem.constraints.map((number) => ({
      ...number,
      values: Float64Array.from(rows, (i) => number.values[i]!),
    })),
  }),
});
