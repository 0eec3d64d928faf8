import { sortedOrder } from '../numerics/sorted-order.js';
import type { RandomStream } from '../core/random.js';
import { sum } from '../numerics/statistics.js';
import type { SparseRows } from '../numerics/sparse-rows.js';

/** A fraction this near to 0 or 1 is taken for it. */
const certain = 1e-9;

/**
 * Rounds fractions so that every run of them from the first on has its sum rounded: unit i gets floor(Sᵢ + start) -
 * floor(Sᵢ₋₁ + start) of the running sums S. With a random start this is systematic sampling (every unit is taken with its fraction
 * as probability), with a start of one half it is rounding.
 *
 * @param fractions (n) in [0, 1), of a whole sum up to rounding
 * @param start in [0, 1)
 * @returns (n) 0 or 1, with the same sum
 * @see Madow (1949), Annals of Mathematical Statistics 20, 333-354
 */
export function roundInTurn(fractions: Float64Array, start: number): Uint8Array {
  const total = sum(fractions);
  const whole = Math.round(total);
  let [running, taken] = [0, 0];
  return Uint8Array.from(fractions, (fraction, i) => {
    running += fraction;
    // Rounding of the running sum must not lose or add a unit at the end.
    const exact = i === fractions.length - 1 ? whole : (running * whole) / total;
    const upTo = Math.min(whole, Math.floor(exact + start));
    const own = upTo - taken;
    taken = upTo;
    return own;
  });
}

/** What is left of a group of units when all but one are rounded. */
export interface Settled {
  /** (n) 0 or 1; 0 for the unit that is left. */
  readonly taken: Uint8Array;
  /** The unit that is left with the fraction that the sum needs; null when the sum is whole. */
  readonly left: { readonly unit: number; readonly fraction: number } | null;
}

/** Largest remainder: the largest fractions are rounded up, as many as the sum has whole units; the next one is left. */
export function settleLargest(fractions: Float64Array): Settled {
  const total = sum(fractions);
  const whole = Math.floor(total + certain);
  const taken = new Uint8Array(fractions.length);
  // Upwards by the negative, so that of equal fractions the first come first.
  const order = sortedOrder(fractions.map((x) => -x));
  for (let k = 0; k < whole; k++) taken[order[k]!] = 1;
  const fraction = total - whole;
  return { taken, left: fraction > certain ? { unit: order[whole]!, fraction } : null };
}

/**
 * Pivotal method: two units at a time fight for their fractions until one of them is decided. Every unit keeps its fraction
 * as expectation, and the sum never changes.
 *
 * @see Deville & Tillé (1998), Biometrika 85, 89-101
 */
export function settleAtRandom(fractions: Float64Array, random: RandomStream): Settled {
  const taken = new Uint8Array(fractions.length);
  let [unit, fraction] = [-1, 0];
  fractions.forEach((other, next) => {
    const both = fraction + other;
    // Below one, one of the two gets everything; above, one of the two is taken and the other has the rest.
    const isOver = both >= 1 - certain;
    const stays = isOver ? (1 - other) / (2 - both) : fraction / both;
    const wins = unit >= 0 && random.uniform() < stays;
    const [winner, loser] = wins ? [unit, next] : [next, unit];
    if (isOver) taken[winner] = 1;
    unit = isOver ? loser : winner;
    fraction = isOver ? both - 1 : both;
    if (fraction <= certain) [unit, fraction] = [-1, 0];
  });
  return { taken, left: unit < 0 ? null : { unit, fraction } };
}

/** What residuals cost: importance x residual² each, and far more where one is below the least. */
export interface ColumnCosts {
  /** (k) */
  readonly importance: Float64Array;
  /** (k) -Infinity where any residual will do. */
  readonly least: Float64Array;
}

/** Above anything that a swap can add to the squares. */
const priceOfVanishing = 1e12;

/** Units that swaps are looked for among at a time: with very many units one need not look at all of them to find a good swap. */
const windowSize = 8_192;
/** Outs tried for each swap, the most promising first: where there is one window, and in each of several. */
const triedOuts = { single: 50, several: 10 } as const;

/** Entries of features that swaps may look at in all: a minute of work. Large samples are near their margins long before. */
const mostLooks = 2e10;

/**
 * Swaps a taken unit for one that is not, again and again, as long as the sum of the costs of the columns falls: always the
 * unit first whose loss costs least, then the best to take its place. Of more than 8 192 units it looks at as many in turn, and
 * ends after a whole round without a swap, or after a round when it has looked at as much as it may.
 *
 * @param taken (n) 0 or 1, changed in place; its sum stays
 * @param features (n x k) what a unit adds to each column
 * @param residuals (k) what the columns have too much, changed in place
 * @param costs of residuals
 * @param isDone asked before each swap. Default: never
 * @param most entries of features that may be looked at; one round is made in any case
 * @returns number of swaps
 */
export function swapUnits(
  taken: Uint8Array,
  { rows, offsets, index, value }: SparseRows,
  residuals: Float64Array,
  { importance, least }: ColumnCosts,
  isDone: () => boolean = () => false,
  most = mostLooks,
): number {
  const windows = Math.ceil(rows / windowSize);
  const outs = windows > 1 ? triedOuts.several : triedOuts.single;
  let swaps = 0;
  let [round, looks] = [0, 0];
  // In the first round everything is looked at: a category that is due must come back.
  const isOver = (): boolean => (round > 0 && looks >= most) || isDone();
  for (let window = 0, failed = 0; failed < windows && !isOver(); window = (window + 1) % windows) {
    const from = Math.floor((window * rows) / windows);
    const to = Math.floor(((window + 1) * rows) / windows);
    const before = swaps;
    while (!isOver() && swapWithin(from, to)) swaps++;
    failed = swaps > before ? 0 : failed + 1;
    if (window === windows - 1) round++;
  }
  return swaps;

  function swapWithin(from: number, to: number): boolean {
    const present: number[] = [];
    for (let unit = from; unit < to; unit++) if (taken[unit] === 1) present.push(unit);
    const losses = Float64Array.from(present, (unit) => change(unit, -1));
    for (const k of sortedOrder(losses).subarray(0, outs)) {
      const out = present[k]!;
      apply(out, -1);
      let [into, gain] = [-1, -losses[k]! - 1e-9];
      for (let unit = from; unit < to; unit++) {
        if (taken[unit] === 1) continue;
        const own = change(unit, 1);
        if (own < gain) [into, gain] = [unit, own];
      }
      if (into >= 0) {
        apply(into, 1);
        taken[out] = 0;
        taken[into] = 1;
        return true;
      }
      apply(out, 1);
    }
    return false;
  }
  function change(unit: number, sign: number): number {
    let total = 0;
    looks += offsets[unit + 1]! - offsets[unit]!;
    for (let k = offsets[unit]!; k < offsets[unit + 1]!; k++) {
      const column = index[k]!;
      const step = sign * value[k]!;
      const own = residuals[column]!;
      total += importance[column]! * step * (step + 2 * own);
      const isGone = own + step < least[column]!;
      if (isGone !== own < least[column]!) total += isGone ? priceOfVanishing : -priceOfVanishing;
    }
    return total;
  }
  function apply(unit: number, sign: number): void {
    for (let k = offsets[unit]!; k < offsets[unit + 1]!; k++) residuals[index[k]!]! += sign * value[k]!;
  }
}
