import type { RandomStream } from '../core/random.js';
import { Failure } from '../core/failure.js';
import { crossValidatedLogits, quadraticFeatures } from '../numerics/logistic.js';
import { permutation } from '../numerics/sampling.js';
import { normalized, positiveTotal } from '../numerics/statistics.js';
import { sortedOrder } from '../numerics/sorted-order.js';
import { checkPoints } from './check-points.js';
import type { WeightedPoints } from './divergences.js';

/** How the classifier is tried. */
export interface TwoSampleOptions {
  /** Default 5. */
  readonly folds?: number;
  /** Points of each sample that are looked at, drawn at random where there are more. Default 20,000. */
  readonly mostPoints?: number;
}

/** How well a classifier tells two samples apart. */
export interface TwoSampleTest {
  /** Chance that it puts a point of the first sample above one of the second; ½ for equal distributions, 1 for disjoint ones. */
  readonly auc: number;
  readonly standardError: number;
  /** 95 % interval, within [0, 1]. */
  readonly interval: { readonly lower: number; readonly upper: number };
  /** Points of each sample that were looked at. */
  readonly points: readonly [number, number];
}

/**
 * Classifier two-sample test: a logistic regression on coordinates, squares and products learns to tell two weighted
 * samples apart, and is judged on points that it has not seen. It sees differences of means, spreads and correlations; what
 * differs in other ways only, it does not.
 *
 * The area under the curve is that within folds, averaged; its variance is that of the placements within folds, enlarged as
 * Nadeau and Bengio do, because the models of the folds share most of what they learned from. For five folds the interval is
 * a little too wide: without that it would miss ½ in one of seven equal pairs instead of one in twenty.
 *
 * @param random draws points and folds
 * @throws {Failure} `invalid-input` on samples without weight, points or weights that do not fit or are not finite, folds
 *   that are no whole number from 2 to 255, or fewer than two points with weight for each fold
 * @see Lopez-Paz & Oquab (2017) ICLR; DeLong, DeLong & Clarke-Pearson (1988) Biometrics 44; Nadeau & Bengio (2003)
 *   Machine Learning 52
 */
export function twoSampleTest(
  a: WeightedPoints,
  b: WeightedPoints,
  d: number,
  random: RandomStream,
  { folds = 5, mostPoints = 20_000 }: TwoSampleOptions = {},
): TwoSampleTest {
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= 255))
    throw new Failure('invalid-input', {
      where: 'twoSampleTest.folds',
      problem: 'not a number of folds',
      got: folds,
      expected: 'a whole number from 2 to 255',
    });
  const [x, y] = [
    chosen('twoSampleTest.a', a, d, folds, mostPoints, random),
    chosen('twoSampleTest.b', b, d, folds, mostPoints, random),
  ];
  const [n, m] = [x.weights.length, y.weights.length];
  const features = quadraticFeatures(Float64Array.from([...x.points, ...y.points]), d);
  const labels = Uint8Array.from({ length: n + m }, (_, i) => (i < n ? 1 : 0));
  const weights = Float64Array.from([...x.weights, ...y.weights]);
  const found = crossValidatedLogits(features, labels, weights, folds, random);
  let [auc, variance] = [0, 0];
  for (let fold = 0; fold < folds; fold++) {
    const rows = Uint32Array.from(labels.keys()).filter((i) => found.folds[i] === fold);
    const own = (label: number) => {
      const some = rows.filter((i) => labels[i] === label);
      return {
        scores: Float64Array.from(some, (i) => found.logits[i]!),
        shares: normalized(Array.from(some, (i) => weights[i]!)),
      };
    };
    const area = areaUnderCurve(own(1), own(0));
    auc += area.auc / folds;
    variance += area.variance / (folds * folds);
  }
  auc = Math.min(auc, 1);
  const standardError = Math.sqrt(variance * (1 + folds / (folds - 1)));
  const reach = 1.959963984540054 * standardError;
  const interval = { lower: Math.max(auc - reach, 0), upper: Math.min(auc + reach, 1) };
  return { auc, standardError, interval, points: [n, m] };
}

/** Points with weight, some of them where there are many, and shares. */
function chosen(
  where: string,
  { points, weights }: WeightedPoints,
  d: number,
  folds: number,
  most: number,
  random: RandomStream,
): WeightedPoints {
  checkPoints(where, points, weights, d);
  positiveTotal(weights, `${where}.weights`);
  const carriers = Uint32Array.from(weights.keys()).filter((i) => weights[i]! > 0);
  if (carriers.length < 2 * folds)
    throw new Failure('invalid-input', {
      where,
      problem: 'too few points with weight',
      got: carriers.length,
      expected: `at least ${2 * folds}, two for each fold`,
    });
  const rows =
    carriers.length <= most
      ? carriers
      : permutation(carriers.length, random)
          .subarray(0, most)
          .map((k) => carriers[k]!);
  const out = new Float64Array(rows.length * d);
  rows.forEach((i, row) => out.set(points.subarray(i * d, i * d + d), row * d));
  return { points: out, weights: normalized(Array.from(rows, (i) => weights[i]!)) };
}

interface Scored {
  readonly scores: Float64Array;
  readonly shares: Float64Array;
}

/** Weighted chance that a score of the first is above one of the second, ties counting half, and its variance. */
export function areaUnderCurve(first: Scored, second: Scored): { auc: number; variance: number } {
  // The placement of a score: the share of the other class that it beats.
  const below = placements(first, second);
  const above = placements(second, first).map((share) => 1 - share);
  const auc = below.reduce((s, share, i) => s + first.shares[i]! * share, 0);
  const spread = (placed: Float64Array, { shares }: Scored): number => {
    const squares = placed.reduce((s, share, i) => s + shares[i]! * shares[i]! * (share - auc) * (share - auc), 0);
    const own = shares.reduce((s, w) => s + w * w, 0);
    return own < 1 ? squares / (1 - own) : 0;
  };
  return { auc, variance: spread(below, first) + spread(above, second) };
}

/** For each score of the first, the share of the second below it and half of what is equal. */
function placements(first: Scored, second: Scored): Float64Array {
  const [mine, theirs] = [sortedOrder(first.scores), sortedOrder(second.scores)];
  const out = new Float64Array(mine.length);
  let [from, to, below, upTo] = [0, 0, 0, 0];
  for (const i of mine) {
    const score = first.scores[i]!;
    for (; from < theirs.length && second.scores[theirs[from]!]! < score; from++)
      below += second.shares[theirs[from]!]!;
    for (; to < theirs.length && second.scores[theirs[to]!]! <= score; to++) upTo += second.shares[theirs[to]!]!;
    out[i] = (below + upTo) / 2;
  }
  return out;
}
