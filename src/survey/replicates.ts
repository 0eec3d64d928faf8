import type { RandomStream } from '../core/random.js';
import { sum } from '../numerics/statistics.js';

/**
 * What the sample would have been had other authors been found: factors on the weights, the same for all records of an
 * author.
 */
export interface AuthorReplicates {
  /** Replicates, besides the sample itself. */
  readonly count: number;
  /** Authors. */
  readonly authors: number;
  /** (n) position of the author of each record. */
  readonly authorOf: Uint32Array;
  /** ((1 + count) x authors) row-major: the sample itself, all 1, then the replicates, 1 on average. */
  readonly factors: Float64Array;
}

/**
 * Rescaling bootstrap over authors. Each replicate draws n - 1 of the n authors with replacement and scales by n / (n - 1), so
 * that its variance is that of the sample, not (n - 1) / n of it; with few authors that matters.
 *
 * @param people (records) the author of each
 * @param count replicates, at least 2
 * @returns null with fewer than two authors: there is nothing to compare
 * @see Rao & Wu (1988), JASA 83, 231-241; Rao, Wu & Yue (1992), Survey Methodology 18, 209-217, section 2
 */
export function authorReplicates(
  people: readonly string[],
  count: number,
  random: RandomStream,
): AuthorReplicates | null {
  const positions = new Map<string, number>();
  const authorOf = Uint32Array.from(people, (person) => {
    const position = positions.get(person) ?? positions.size;
    positions.set(person, position);
    return position;
  });
  const authors = positions.size;
  if (authors < 2) return null;
  const factors = new Float64Array((1 + count) * authors).fill(1, 0, authors).fill(0, authors);
  for (let replicate = 1; replicate <= count; replicate++)
    for (let draw = 1; draw < authors; draw++)
      factors[replicate * authors + random.below(authors)]! += authors / (authors - 1);
  return { count, authors, authorOf, factors };
}

/** Values whose means are taken: each record counts for one cell only, with its value, or with 1. */
export interface CellValues {
  /** (n) */
  readonly cells: Uint32Array;
  readonly size: number;
  /** (n) */
  readonly values?: Float64Array;
}

/**
 * For the sample itself and then each replicate, the weighted mean over all records of `value if in the cell, else 0`: shares
 * without values, and means of the values with one cell. Replicates in which nobody has weight are left out; without any
 * weight there is nothing at all.
 *
 * @param weights (n) any non-negative scale
 * @param rows the records to look at; all without
 */
export function replicateMeans(
  { count, authors, authorOf, factors }: AuthorReplicates,
  weights: ArrayLike<number>,
  { cells, size, values }: CellValues,
  rows: Uint32Array = Uint32Array.from(authorOf, (_, i) => i),
): Float64Array[] {
  const author = Uint32Array.from(rows, (i) => authorOf[i]!);
  const cell = Uint32Array.from(rows, (i) => cells[i]!);
  const weight = Float64Array.from(rows, (i) => weights[i]!);
  const value = Float64Array.from(rows, (i) => (values === undefined ? 1 : values[i]!));
  const found: Float64Array[] = [];
  for (let replicate = 0; replicate <= count; replicate++) {
    const sums = new Float64Array(size);
    let total = 0;
    for (let r = 0; r < author.length; r++) {
      const mass = weight[r]! * factors[replicate * authors + author[r]!]!;
      total += mass;
      sums[cell[r]!]! += mass * value[r]!;
    }
    if (total > 0) found.push(sums.map((s) => s / total));
    else if (replicate === 0) return [];
  }
  return found;
}

/**
 * Variance of an estimate over replicates, around the estimate of the sample itself.
 *
 * @param estimates the sample's, then those of the replicates
 * @returns null without replicates
 */
export function replicateVariance([own, ...others]: readonly number[]): number | null {
  if (own === undefined || others.length === 0) return null;
  return sum(others.map((estimate) => (estimate - own) * (estimate - own))) / others.length;
}

/** Variance of an estimate that rests on several draws for each author. */
export interface CombinedVariance {
  /** Mean over draws of the variance between authors; null with fewer than two authors. */
  readonly betweenAuthors: number | null;
  /** Variance of the estimate between draws (divisor m - 1); null with fewer than two draws. */
  readonly betweenDraws: number | null;
  /** Of the mean over draws; null where one of the two is. */
  readonly total: number | null;
}

const nothingKnown: CombinedVariance = { betweenAuthors: null, betweenDraws: null, total: null };

/**
 * Rubin's rules: T = mean of the variances within + (1 + 1/m) x variance of the m estimates.
 *
 * @param estimates (m) one for each draw
 * @param variances (m) of each, as if nothing had been drawn
 * @see Rubin (1987), Multiple Imputation for Nonresponse in Surveys, eq. 3.1.3 to 3.1.5
 */
export function combineDraws(estimates: readonly number[], variances: readonly number[]): CombinedVariance {
  const m = estimates.length;
  if (m === 0) return nothingKnown;
  const betweenAuthors = sum(variances) / m;
  if (m === 1) return { ...nothingKnown, betweenAuthors };
  const mean = sum(estimates) / m;
  const betweenDraws = sum(estimates.map((x) => (x - mean) * (x - mean))) / (m - 1);
  return { betweenAuthors, betweenDraws, total: betweenAuthors + (1 + 1 / m) * betweenDraws };
}

/** Share of the authors of the fullest draw that a draw must have. */
const leastDrawShare = 0.5;

/**
 * The rows of each draw that can stand for the whole sample. A draw that only some authors got (the last one, or one that
 * lost most personas to the filter) is a sample of other people rather than the same people drawn again.
 *
 * @param draws (n) number of the draw of each record
 * @param weights records without weight do not count
 */
export function fullDraws(
  draws: ArrayLike<number>,
  { authorOf }: AuthorReplicates,
  weights: ArrayLike<number>,
): Uint32Array[] {
  const byDraw = new Map<number, number[]>();
  for (let i = 0; i < authorOf.length; i++) {
    if (!(weights[i]! > 0)) continue;
    const rows = byDraw.get(draws[i]!);
    if (rows) rows.push(i);
    else byDraw.set(draws[i]!, [i]);
  }
  const rows = [...byDraw.values()];
  const authors = rows.map((own) => new Set(own.map((i) => authorOf[i]!)).size);
  const least = Math.max(2, leastDrawShare * authors.reduce((most, n) => Math.max(most, n), 0));
  return rows.filter((_, k) => authors[k]! >= least).map((own) => Uint32Array.from(own));
}

/**
 * Variance of the weighted means of {@link replicateMeans} over authors and draws, for each cell.
 *
 * Weights are those given, restricted to each draw and not calibrated again in each replicate. For what the weights were
 * calibrated to, that is too much variance, never too little: intervals are conservative.
 *
 * @param draws rows of each draw, see {@link fullDraws}
 */
export function combinedVariances(
  replicates: AuthorReplicates,
  draws: readonly Uint32Array[],
  weights: ArrayLike<number>,
  quantity: CellValues,
): CombinedVariance[] {
  const means = draws
    .map((rows) => replicateMeans(replicates, weights, quantity, rows))
    .filter((found) => found.length > 1);
  return Array.from({ length: quantity.size }, (_, c) =>
    combineDraws(
      means.map((found) => found[0]![c]!),
      means.map((found) => replicateVariance(found.map((cells) => cells[c]!))!),
    ),
  );
}

/**
 * Weights of each replicate with mean 1 over the records, for users who carry the uncertainty on: estimate with the weights,
 * estimate again with each replicate's, and take the mean squared difference as variance. A replicate in which nobody has
 * weight has zeros.
 */
export const replicateWeights = (
  { count, authors, authorOf, factors }: AuthorReplicates,
  weights: ArrayLike<number>,
): Float64Array[] =>
  Array.from({ length: count }, (_, r) => {
    const scaled = Float64Array.from(authorOf, (author, i) => weights[i]! * factors[(r + 1) * authors + author]!);
    const mean = sum(scaled) / scaled.length;
    return scaled.map((w) => (mean > 0 ? w / mean : 0));
  });
