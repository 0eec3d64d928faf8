import { Failure } from '../core/failure.js';
import type { RandomStream } from '../core/random.js';
import { quantile, sum } from '../numerics/statistics.js';

/** How far two raters agree on one scale. */
export interface Agreement {
  /** Subjects that both rated. */
  readonly n: number;
  /** Quadratic weighted kappa; null when neither rater ever varies. */
  readonly kappa: number | null;
  /** 95 % bootstrap interval over the clusters; null with fewer than two clusters or without a kappa. */
  readonly interval: { readonly lower: number; readonly upper: number } | null;
  /** Share of subjects whose two ratings differ by at most one; null without subjects. */
  readonly withinOne: number | null;
}

/** Bootstrap samples behind an interval. */
const replicates = 400;

/**
 * Quadratic weighted kappa: 1 - mean squared difference of the pairs / mean squared difference of ratings paired at random.
 * 1 is perfect agreement, 0 is chance. NaN without ratings, or where all ratings of both are one and the same.
 *
 * @throws {Failure} `invalid-input` when the lengths differ
 * @see Cohen (1968), Psychological Bulletin 70, 213-220
 */
export function quadraticKappa(first: ArrayLike<number>, second: ArrayLike<number>): number {
  sameLength('quadraticKappa', first, second);
  return kappaOf(
    sumsOf(
      first,
      second,
      Array.from(first, (_, i) => i),
    ),
  );
}

/**
 * Agreement of two raters, with an interval that treats the ratings of one cluster (the personas of one person) as one draw.
 *
 * @param clusters the cluster of each subject
 * @param random draws the clusters of the bootstrap samples
 * @throws {Failure} `invalid-input` when the lengths differ
 */
export function agreement(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  clusters: readonly string[],
  random: RandomStream,
): Agreement {
  sameLength('agreement', first, second);
  sameLength('agreement.clusters', first, clusters);
  const members = new Map<string, number[]>();
  clusters.forEach((cluster, i) => members.set(cluster, [...(members.get(cluster) ?? []), i]));
  const parts = Array.from(members.values(), (subjects) => sumsOf(first, second, subjects));
  const kappa = kappaOf(added(parts));
  let near = 0;
  for (let i = 0; i < first.length; i++) if (Math.abs(first[i]! - second[i]!) <= 1) near++;
  return {
    n: first.length,
    kappa: Number.isFinite(kappa) ? kappa : null,
    interval: Number.isFinite(kappa) && parts.length > 1 ? bootstrap(parts, random) : null,
    withinOne: first.length > 0 ? near / first.length : null,
  };
}

/** Counts and power sums of pairs of ratings: all that kappa needs, and they add up over clusters. */
type PairSums = readonly [n: number, a: number, b: number, aa: number, bb: number, ab: number];

function sumsOf(first: ArrayLike<number>, second: ArrayLike<number>, subjects: readonly number[]): PairSums {
  const sums: [number, number, number, number, number, number] = [0, 0, 0, 0, 0, 0];
  for (const i of subjects) {
    const [a, b] = [first[i]!, second[i]!];
    [1, a, b, a * a, b * b, a * b].forEach((x, k) => (sums[k]! += x));
  }
  return sums;
}

function added(parts: readonly PairSums[]): PairSums {
  const total: [number, number, number, number, number, number] = [0, 0, 0, 0, 0, 0];
  for (const part of parts) part.forEach((x, k) => (total[k]! += x));
  return total;
}

/** E(a - b)² of the pairs over E(a - b)² of independent ratings with the same margins. */
function kappaOf([n, a, b, aa, bb, ab]: PairSums): number {
  const observed = (aa + bb - 2 * ab) / n;
  const byChance = (aa + bb) / n - (2 * a * b) / (n * n);
  return byChance > 0 ? 1 - observed / byChance : NaN;
}

function bootstrap(parts: readonly PairSums[], random: RandomStream): { lower: number; upper: number } | null {
  const kappas: number[] = [];
  for (let r = 0; r < replicates; r++) {
    const kappa = kappaOf(added(parts.map(() => parts[random.below(parts.length)]!)));
    if (Number.isFinite(kappa)) kappas.push(kappa);
  }
  if (kappas.length === 0) return null;
  const drawn = Float64Array.from(kappas);
  return { lower: quantile(drawn, 0.025), upper: quantile(drawn, 0.975) };
}

/**
 * Pearson correlation; NaN when either does not vary.
 *
 * @throws {Failure} `invalid-input` when the lengths differ
 */
export function pearson(first: ArrayLike<number>, second: ArrayLike<number>): number {
  sameLength('pearson', first, second);
  if (isConstant(first) || isConstant(second)) return NaN;
  const [meanA, meanB] = [sum(first) / first.length, sum(second) / second.length];
  let [aa, bb, ab] = [0, 0, 0];
  for (let i = 0; i < first.length; i++) {
    const [a, b] = [first[i]! - meanA, second[i]! - meanB];
    aa += a * a;
    bb += b * b;
    ab += a * b;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Rounding must not pass for variation, so the values themselves are compared. True of none. */
function isConstant(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

/**
 * Intraclass correlation ICC(2,1): agreement in absolute terms of one rating with another, from a two-way layout.
 * A constant difference between the columns lowers it, which Pearson's correlation does not see.
 *
 * @param ratings (n x k) row-major: subjects by raters or occasions
 * @returns NaN for fewer than two subjects or columns, or when nothing varies
 * @throws {Failure} `invalid-input` when the ratings are not whole rows
 * @see Shrout & Fleiss (1979), Psychological Bulletin 86, 420-428
 */
export function intraclassCorrelation(ratings: ArrayLike<number>, k: number): number {
  const n = ratings.length / k;
  if (!Number.isInteger(n))
    throw new Failure('invalid-input', {
      where: 'intraclassCorrelation.ratings',
      problem: 'not whole rows of ratings',
      got: ratings.length,
      expected: `a multiple of ${k}`,
    });
  if (n < 2 || k < 2 || isConstant(ratings)) return NaN;
  const rows = new Float64Array(n);
  const columns = new Float64Array(k);
  for (let i = 0; i < ratings.length; i++) {
    rows[Math.floor(i / k)]! += ratings[i]! / k;
    columns[i % k]! += ratings[i]! / n;
  }
  const grand = columns.reduce((total, x) => total + x / k, 0);
  const spread = (means: Float64Array): number => means.reduce((total, x) => total + (x - grand) * (x - grand), 0);
  let residual = 0;
  for (let i = 0; i < ratings.length; i++) {
    const rest = ratings[i]! - rows[Math.floor(i / k)]! - columns[i % k]! + grand;
    residual += rest * rest;
  }
  const betweenRows = (k * spread(rows)) / (n - 1);
  const betweenColumns = (n * spread(columns)) / (k - 1);
  const error = residual / ((n - 1) * (k - 1));
  const total = betweenRows + (k - 1) * error + (k * (betweenColumns - error)) / n;
  return (betweenRows - error) / total;
}

function sameLength(where: string, first: ArrayLike<unknown>, second: ArrayLike<unknown>): void {
  if (first.length !== second.length)
    throw new Failure('invalid-input', {
      where,
      problem: 'lengths differ',
      got: second.length,
      expected: String(first.length),
    });
}
