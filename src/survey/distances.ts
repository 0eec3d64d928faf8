import { sum } from '../numerics/statistics.js';

/**
 * How far weights are from their base, and so what form they take. `entropy`: Kullback-Leibler divergence, ratios exp(u);
 * `linear`: chi-square, ratios 1 + u (may be negative); `logit`: between two bounds that it never touches.
 */
export type DistanceName = 'entropy' | 'linear' | 'logit';

/**
 * The ratio of a weight to its base as a function of its score u = λ·φ + shift: cases 1, 2, 6 and 7 of the paper. Bounds of
 * `entropy` and `linear` cut the ratio off; those of `logit` shape it.
 *
 * @see Deville & Särndal (1992), JASA 87, 376-382, section 2 and table 1
 */
export interface Distance {
  /** Smallest ratio where no bound is given; the largest is then unlimited. */
  readonly lowest: number;
  /** Ratio at a score; 1 at 0, increasing, within the bounds. */
  readonly ratio: (score: number, lower: number, upper: number) => number;
  /** Derivative of the ratio by the score, from the ratio. */
  readonly slope: (ratio: number, lower: number, upper: number) => number;
  /** Antiderivative of the ratio by the score, up to a constant of the bounds. */
  readonly integral: (score: number, ratio: number, lower: number, upper: number) => number;
  /** From base weights: the shift for which Σ base · ratio(score + shift) = 1 where nothing is bounded, in closed form. */
  readonly freeShift?: (base: Float64Array) => (scores: Float64Array) => number;
}

const clip = (x: number, lower: number, upper: number): number => Math.min(Math.max(x, lower), upper);
const isInside = (ratio: number, lower: number, upper: number): boolean => ratio > lower && ratio < upper;

const entropy: Distance = {
  lowest: 0,
  ratio: (score, lower, upper) => clip(Math.exp(score), lower, upper),
  slope: (ratio, lower, upper) => (isInside(ratio, lower, upper) ? ratio : 0),
  integral: (score, ratio, lower, upper) =>
    isInside(ratio, lower, upper) || ratio === 0 ? ratio : ratio * (1 + score - Math.log(ratio)),
  freeShift(base) {
    const logs = base.map(Math.log);
    return (scores) => {
      // The largest term is taken out, so that no exponential overflows.
      let largest = -Infinity;
      for (let i = 0; i < base.length; i++) if (base[i]! > 0) largest = Math.max(largest, logs[i]! + scores[i]!);
      let mass = 0;
      for (let i = 0; i < base.length; i++) if (base[i]! > 0) mass += Math.exp(logs[i]! + scores[i]! - largest);
      return -(largest + Math.log(mass));
    };
  },
};

const linear: Distance = {
  lowest: -Infinity,
  ratio: (score, lower, upper) => clip(1 + score, lower, upper),
  slope: (ratio, lower, upper) => (isInside(ratio, lower, upper) ? 1 : 0),
  integral: (score, ratio) => score * ratio - ((ratio - 1) * (ratio - 1)) / 2,
  freeShift: (base) => (scores) => -sum(base.map((b, i) => b * scores[i]!)),
};

const logit: Distance = {
  lowest: 0,
  ratio(score, lower, upper) {
    const x = steepness(lower, upper) * score;
    const z = Math.exp(-Math.abs(x));
    const [below, above] = x > 0 ? [(upper - 1) * z, 1 - lower] : [upper - 1, (1 - lower) * z];
    return (lower * below + upper * above) / (below + above);
  },
  slope: (ratio, lower, upper) => (steepness(lower, upper) * (ratio - lower) * (upper - ratio)) / (upper - lower),
  integral(score, _, lower, upper) {
    const x = steepness(lower, upper) * score;
    const z = Math.exp(-Math.abs(x));
    const log = x > 0 ? x + Math.log(1 - lower + (upper - 1) * z) : Math.log(upper - 1 + (1 - lower) * z);
    return lower * score + (1 - lower) * (upper - 1) * log;
  },
};

/** A of the paper: makes the slope at score 0 one. */
const steepness = (lower: number, upper: number): number => (upper - lower) / ((1 - lower) * (upper - 1));

/** Each distance by its name. */
export const distances: Readonly<Record<DistanceName, Distance>> = { entropy, linear, logit };

/** Base weights that sum to one, with the bounds of their ratios. */
export interface BoundedBase {
  /** (n) */
  readonly base: Float64Array;
  /** (n) */
  readonly lower: Float64Array;
  /** (n) */
  readonly upper: Float64Array;
}

/**
 * The shift for which the weights sum to one, by Newton's method kept in a bracket (the sum increases with the shift).
 * The bounds must leave room: Σ base · lower < 1 < Σ base · upper.
 *
 * @param scores (n)
 * @param start where to look first
 */
export function balancingShift(
  distance: Distance,
  { base, lower, upper }: BoundedBase,
  scores: Float64Array,
  start: number,
): number {
  // What rounding leaves of a sum of n terms.
  const precision = 1e-15 * (1 + Math.sqrt(base.length));
  let [shift, low, high, stride, before] = [start, -Infinity, Infinity, 1, Infinity];
  for (let step = 0; step < 200; step++) {
    let excess = -1;
    let slope = 0;
    for (let i = 0; i < base.length; i++) {
      if (base[i] === 0) continue;
      const ratio = distance.ratio(scores[i]! + shift, lower[i]!, upper[i]!);
      excess += base[i]! * ratio;
      slope += base[i]! * distance.slope(ratio, lower[i]!, upper[i]!);
    }
    if (Math.abs(excess) <= precision) break;
    if (excess > 0) high = shift;
    else low = shift;
    // Where nothing is known yet steps are kept short: far out the sum is flat, or beyond all numbers.
    const isBracketed = high - low < Infinity;
    let next = shift - (Math.sign(excess) * Math.min(Math.abs(excess), slope * stride)) / slope;
    if (!(next > low && next < high) || (isBracketed && Math.abs(excess) > 0.5 * before))
      next = isBracketed ? low + (high - low) / 2 : shift - Math.sign(excess) * stride;
    if (!isBracketed) stride *= 2;
    if (next === shift) break;
    before = Math.abs(excess);
    shift = next;
  }
  return shift;
}
