import { Failure } from '../core/failure.js';
import { normalCdf, normalQuantile } from '../numerics/normal.js';

/**
 * The items of one domain under the graded model, in the keyed direction (a high response means much of the trait).
 * A response is 1 + the number of thresholds below y = l z + sqrt(1 - l²) e, with z the latent trait, e a standard
 * normal of the item's own and l one loading for all items of the domain.
 */
export interface GradedItems {
  readonly count: number;
  /** Response categories, 1 to `categories`. */
  readonly categories: number;
  /** (count x (categories - 1)) row-major, ascending in each row; infinite beside an empty category. */
  readonly thresholds: Float64Array;
}

/** A latent normal distribution. */
export interface LatentNormal {
  readonly mean: number;
  readonly sd: number;
}

/** What the model expects of a domain score (mean of the items) when z is normal. */
export interface ScoreMoments {
  readonly mean: number;
  /** Variance over people of the score expected of them. */
  readonly trueVariance: number;
  /** Mean over people of the variance of their score around what is expected of them. */
  readonly errorVariance: number;
  /** Expected change of the score for a unit of z. */
  readonly slope: number;
}

/** Standard normal nodes and weights: the trapezoid rule from -8 to 8, which converges geometrically here. */
const nodes = Float64Array.from({ length: 65 }, (_, q) => (q - 32) / 4);
const nodeWeights = nodes.map((x) => Math.exp(-0.5 * x * x) / (4 * Math.sqrt(2 * Math.PI)));

/**
 * Items whose category shares are given for a population with standard normal z: thresholds are normal quantiles of the
 * cumulated shares.
 *
 * @param shares one row an item, in the keyed direction; rows are divided by their sums
 * @throws {Failure} `invalid-input` on a row that is not shares of at least two categories, or rows of different lengths
 */
export function gradedItems(where: string, shares: readonly (readonly number[])[]): GradedItems {
  const categories = shares[0]?.length ?? 0;
  const thresholds: number[] = [];
  shares.forEach((row, i) => {
    const total = row.reduce((a, b) => a + b, 0);
    if (categories < 2 || row.length !== categories || row.some((x) => !(x >= 0)) || !(Math.abs(total - 1) <= 0.01))
      throw new Failure('invalid-input', {
        where: `${where}[${i}].shares`,
        problem: 'not shares of the response categories',
        got: row,
        expected: `${categories} shares that sum to one`,
      });
    let cumulated = 0;
    // Rounding may carry the sum past one.
    for (const x of row.slice(0, -1)) thresholds.push(normalQuantile(Math.min(1, (cumulated += x / total))));
  });
  return { count: shares.length, categories, thresholds: Float64Array.from(thresholds) };
}

/**
 * Moments of the domain score for z ~ N(mean, sd²), by quadrature over z.
 * The variance of the score is `trueVariance + errorVariance`; the correlation of z with it is slope sd / SD(score).
 */
export function scoreMoments(items: GradedItems, loading: number, { mean, sd }: LatentNormal): ScoreMoments {
  const { count, categories, thresholds } = items;
  const unique = Math.sqrt(1 - loading * loading);
  let [first, second, withNode, errorVariance] = [0, 0, 0, 0];
  nodes.forEach((node, q) => {
    const pull = loading * (mean + sd * node);
    let [score, variance] = [0, 0];
    for (let t = 0; t < thresholds.length;) {
      // E[x] = 1 + Σ P(x > c) and E[x²] = 1 + Σ (2c + 1) P(x > c).
      let [m, m2] = [1, 1];
      for (let c = 1; c < categories; c++, t++) {
        const above = normalCdf((pull - thresholds[t]!) / unique);
        m += above;
        m2 += (2 * c + 1) * above;
      }
      score += m;
      variance += m2 - m * m;
    }
    score /= count;
    first += nodeWeights[q]! * score;
    second += nodeWeights[q]! * score * score;
    withNode += nodeWeights[q]! * score * node;
    errorVariance += (nodeWeights[q]! * variance) / (count * count);
  });
  return { mean: first, trueVariance: second - first * first, errorVariance, slope: withNode / sd };
}

/** Sum of the item variances where z is standard normal: by construction that of the category shares. */
function itemVarianceSum({ categories, thresholds }: GradedItems): number {
  let total = 0;
  for (let t = 0; t < thresholds.length;) {
    let [m, m2] = [1, 1];
    for (let c = 1; c < categories; c++, t++) {
      const above = normalCdf(-thresholds[t]!);
      m += above;
      m2 += (2 * c + 1) * above;
    }
    total += m2 - m * m;
  }
  return total;
}

/**
 * The loading that gives the items a wanted Cronbach's alpha where z is standard normal. Cutting normal variables into a few
 * categories weakens their correlations, so the loading is found for the cut items themselves: alpha fixes the
 * variance of the score, which rises with the loading; bisection.
 *
 * @throws {Failure} `infeasible` when no loading in [0, 0.999] gives that alpha
 */
export function loadingForAlpha(where: string, items: GradedItems, alpha: number): number {
  const k = items.count;
  const wanted = itemVarianceSum(items) / (k * (k - alpha * (k - 1)));
  const excess = (loading: number): number => {
    const { trueVariance, errorVariance } = scoreMoments(items, loading, { mean: 0, sd: 1 });
    return trueVariance + errorVariance - wanted;
  };
  let [low, high] = [0, 0.999];
  if (!(k > 1 && alpha > 0 && excess(high) >= 0))
    throw new Failure('infeasible', {
      where,
      problem: `no loading of ${k} items gives this alpha`,
      got: alpha,
      expected: 'an alpha above 0 that the category shares allow',
    });
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/**
 * The latent mean and SD for which the expected mean and SD of the domain score are as given.
 *
 * @throws {Failure} `infeasible` when no latent normal gives them: an SD below the error of measurement, or a mean and
 * SD that the response scale cannot hold
 */
export function latentForScore(where: string, items: GradedItems, loading: number, target: LatentNormal): LatentNormal {
  return matchMoments(where, target, (latent) => scoreMoments(items, loading, latent));
}

/**
 * Category shares of an item with a given mean and SD: a normal variable rounded to 1..categories.
 *
 * @throws {Failure} `infeasible` when no rounded normal has them
 */
export function roundedNormalShares(where: string, categories: number, target: LatentNormal): number[] {
  const edges = Array.from({ length: categories - 1 }, (_, c) => c + 1.5);
  const { mean, sd } = matchMoments(
    where,
    target,
    (latent) => {
      let [m, m2, slope] = [1, 1, 0];
      edges.forEach((edge, c) => {
        const x = (latent.mean - edge) / latent.sd;
        const above = normalCdf(x);
        m += above;
        m2 += (2 * c + 3) * above;
        slope += Math.exp(-0.5 * x * x) / (Math.sqrt(2 * Math.PI) * latent.sd);
      });
      return { mean: m, trueVariance: m2 - m * m, errorVariance: 0, slope };
    },
    target,
  );
  const below = [0, ...edges.map((edge) => normalCdf((edge - mean) / sd)), 1];
  return below.slice(1).map((upper, c) => upper - below[c]!);
}

/** Largest sum of the errors in mean and SD that counts as solved, in response units. */
const tolerance = 1e-9;

/** Alternates a Newton step for the mean with a rescaling of the SD; both are close to exact because scores are nearly linear in z. */
function matchMoments(
  where: string,
  target: LatentNormal,
  momentsAt: (latent: LatentNormal) => ScoreMoments,
  start: LatentNormal = { mean: 0, sd: 1 },
): LatentNormal {
  let { mean, sd } = start;
  let reached = '';
  for (let i = 0; i < 300; i++) {
    const moments = momentsAt({ mean, sd });
    const scoreSd = Math.sqrt(moments.trueVariance + moments.errorVariance);
    if (Math.abs(moments.mean - target.mean) + Math.abs(scoreSd - target.sd) <= tolerance) return { mean, sd };
    reached = `mean ${moments.mean.toFixed(3)}, sd ${scoreSd.toFixed(3)}`;
    const wanted = Math.max(target.sd * target.sd - moments.errorVariance, 1e-6);
    const step = (target.mean - moments.mean) / moments.slope;
    mean += Math.max(-1, Math.min(1, step));
    sd *= Math.sqrt(wanted / moments.trueVariance);
    if (!Number.isFinite(mean + sd)) break;
  }
  throw new Failure('infeasible', {
    where,
    problem: 'the response model cannot give this mean and SD',
    got: reached,
    expected: `mean ${target.mean.toFixed(3)}, sd ${target.sd.toFixed(3)}`,
  });
}
