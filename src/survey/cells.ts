import type { SparseRows } from '../numerics/sparse-rows.js';
import { sum } from '../numerics/statistics.js';
import type { CalibrationProblem } from './calibrate.js';
import { askedShares, weightTotal, type NumericConstraint, type WeightingProblem } from './weighting-problem.js';

/** A category of a margin, or a numeric constraint: one number asked and achieved. Margins come first, in their order. */
export interface CellFit {
  readonly margin: string;
  /** null for a numeric constraint that stands alone. */
  readonly category: string | null;
  readonly unit: 'share' | 'mean' | 'total';
  /** In units of `unit`. Shares are evened out to sum to exactly one. */
  readonly asked: number;
  readonly achieved: number;
  /**
   * |achieved - asked| as a share of all weight; for numeric constraints in units of the largest value, per unit of weight.
   */
  readonly error: number;
  /** Whether it had to be met; false where an importance lets it give way. */
  readonly exact: boolean;
}

/**
 * What weights achieve of each cell, counted afresh from the records.
 *
 * @param weights (records) summing to one
 */
export function measureCells(problem: WeightingProblem, weights: Float64Array): CellFit[] {
  const { margins, constraints = [] } = problem;
  const total = weightTotal(problem);
  const cells: CellFit[] = [];
  for (const margin of margins) {
    const sums = codeSums(margin.codes, weights, margin.categories.length);
    const universe = margin.unit === 'share' ? sum(sums.subarray(1)) : 1;
    const shares = askedShares(margin, total);
    const scale = margin.unit === 'share' ? 1 : total;
    margin.categories.forEach((category, c) => {
      const mass = sums[c + 1]!;
      cells.push({
        margin: margin.name,
        category,
        unit: margin.unit,
        asked: shares[c]! * scale,
        achieved: universe > 0 ? (mass / universe) * scale : 0,
        // Where the universe has no weight, nothing is achieved of what is asked.
        error: universe > 0 ? Math.abs(mass - shares[c]! * universe) : shares[c]!,
        exact: margin.importance === undefined,
      });
    });
  }
  for (const constraint of constraints) {
    const { name, category = null, values, unit, asked, importance } = constraint;
    const mean = weights.reduce((s, w, i) => s + w * values[i]!, 0);
    cells.push({
      margin: name,
      category,
      unit,
      asked,
      achieved: unit === 'total' ? mean * total : mean,
      error: Math.abs(mean - meanAsked(constraint, total)) / valueScale(constraint),
      exact: importance === undefined,
    });
  }
  return cells;
}

/** Largest error of the cells that have to be met. */
export const maxMarginError = (cells: readonly CellFit[]): number =>
  cells.reduce((worst, { exact, error }) => (exact ? Math.max(worst, error) : worst), 0);

/**
 * The cells as constraints of a calibration, one column each in the order of {@link measureCells}; weights sum to one.
 * A category of a margin that everybody is in has a column of 0 and 1. Where some are outside of the universe, or unknown,
 * the column is 1 - share in the category and -share in the others, 0 outside: the size of the universe is left alone.
 *
 * @returns with `scales` (columns): what the values of the constraints were divided by, 1 for margins
 */
export function cellConstraints(problem: WeightingProblem): CalibrationProblem & { readonly scales: Float64Array } {
  const { margins, constraints = [] } = problem;
  const total = weightTotal(problem);
  const centred = margins.map(({ unit, codes }) => unit === 'share' && codes.some((code) => code < 0));
  const shares = margins.map((margin) => askedShares(margin, total));
  const scales = constraints.map(valueScale);
  const columns = sum(margins.map(({ categories }) => categories.length)) + constraints.length;

  const features = featuresOf(
    problem,
    columns,
    centred.map((is, m) => (is ? shares[m]! : null)),
    scales,
  );
  const softness = [
    ...margins.flatMap((m) => m.categories.map(() => m.importance)),
    ...constraints.map((c) => c.importance),
  ];
  return {
    base: problem.base,
    features,
    targets: Float64Array.from([
      ...shares.flatMap((own, m) => Array.from(own, (share) => (centred[m] ? 0 : share))),
      ...constraints.map((constraint, c) => meanAsked(constraint, total) / scales[c]!),
    ]),
    softness: Float64Array.from(softness, (importance) => (importance === undefined ? 0 : 1 / importance)),
    scales: Float64Array.from([...Array.from({ length: columns - constraints.length }, () => 1), ...scales]),
  };
}

/**
 * @param centres (margins) what is taken off each column of a margin; null where nothing is
 * @param scales (constraints) what values are divided by
 */
function featuresOf(
  { records, margins, constraints = [] }: WeightingProblem,
  columns: number,
  centres: readonly (Float64Array | null)[],
  scales: readonly number[],
): SparseRows {
  // Plain loops by position: this runs for every record and margin of every fit.
  const offsets = new Uint32Array(records + 1);
  for (let i = 0; i < records; i++) {
    let entries = 0;
    for (let m = 0; m < margins.length; m++) if (margins[m]!.codes[i]! >= 0) entries += centres[m]?.length ?? 1;
    for (let c = 0; c < constraints.length; c++) if (constraints[c]!.values[i] !== 0) entries++;
    offsets[i + 1] = offsets[i]! + entries;
  }
  const index = new Uint32Array(offsets[records]!);
  const value = new Float64Array(offsets[records]!);
  for (let i = 0, next = 0; i < records; i++) {
    let column = 0;
    for (let m = 0; m < margins.length; m++) {
      const code = margins[m]!.codes[i]!;
      const centre = centres[m] ?? null;
      if (code >= 0 && centre === null) {
        index[next] = column + code;
        value[next++] = 1;
      } else if (code >= 0 && centre !== null)
        for (let c = 0; c < centre.length; c++) {
          index[next] = column + c;
          value[next++] = (c === code ? 1 : 0) - centre[c]!;
        }
      column += margins[m]!.categories.length;
    }
    for (let c = 0; c < constraints.length; c++) {
      const x = constraints[c]!.values[i]!;
      if (x === 0) continue;
      index[next] = column + c;
      value[next++] = x / scales[c]!;
    }
  }
  return { rows: records, columns, offsets, index, value };
}

/**
 * Base weights without the records that a cell asked to be empty rules out: weights of zero are met at once, where solvers
 * would creep towards them for ever.
 */
export function withoutEmptyCells(problem: WeightingProblem): Float64Array {
  const { margins, constraints = [] } = problem;
  const base = Float64Array.from(problem.base);
  for (const { codes, asked, importance } of margins)
    if (importance === undefined && asked.includes(0))
      for (let i = 0; i < codes.length; i++) if (codes[i]! >= 0 && asked[codes[i]!] === 0) base[i] = 0;
  for (const { values, asked, importance } of constraints)
    if (importance === undefined && asked === 0 && values.every((value) => value >= 0))
      values.forEach((value, i) => (base[i] = value > 0 ? 0 : base[i]!));
  return sum(base) > 0 ? base : problem.base;
}

/** Weight of the records of each code, counted from -1. */
export function codeSums(codes: Int32Array, weights: Float64Array, categories: number): Float64Array {
  // Even and odd records by themselves: an addition need not wait for the one before it to be stored.
  const size = categories + 1;
  const sums = new Float64Array(2 * size);
  const even = codes.length - (codes.length % 2);
  for (let i = 0; i < even; i += 2) {
    sums[codes[i]! + 1]! += weights[i]!;
    sums[size + codes[i + 1]! + 1]! += weights[i + 1]!;
  }
  if (even < codes.length) sums[codes[even]! + 1]! += weights[even]!;
  for (let c = 0; c < size; c++) sums[c]! += sums[size + c]!;
  return sums.slice(0, size);
}

const meanAsked = ({ unit, asked }: NumericConstraint, total: number): number =>
  unit === 'total' ? asked / total : asked;

/** Largest size of the values: an error is then measured as for a column of 0 and 1, whatever the unit of the values. */
export const valueScale = ({ values }: NumericConstraint): number =>
  values.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0) || 1;
