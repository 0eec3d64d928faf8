import { logisticRegression, logits } from '../numerics/logistic.js';
import { normalQuantile } from '../numerics/normal.js';
import { weightDiagnostics } from './diagnostics.js';

/** A variable by which losses are compared; the code -1 is somebody of whom it is not known. */
export interface LossVariable {
  readonly name: string;
  readonly categories: readonly string[];
  /** (units) */
  readonly codes: Int32Array;
}

/** Units, some of which had something happen to them. */
export interface Losses {
  /** (units) 1 where it happened. */
  readonly events: Uint8Array;
  /** (units) Units with the same number belong together, as the draws of one author; they are not independent. */
  readonly clusters: Int32Array;
  readonly variables: readonly LossVariable[];
}

/** A share with its 95 % interval (Wilson's, of the effective number of units). */
export interface LossRate {
  readonly units: number;
  /** Clusters with a unit. */
  readonly people: number;
  readonly events: number;
  /** events / units; 0 without units. */
  readonly rate: number;
  readonly lower: number;
  readonly upper: number;
}

/** The rate in one group beside that of all others. */
export interface GroupLoss extends LossRate {
  readonly variable: string;
  readonly category: string;
  /** Rate over the rate of all with a known category; 1 where nothing happened at all. */
  readonly ratio: number;
  /** Of the group against the others; see {@link groupLosses}. */
  readonly p: number;
}

/** The rate of all units. */
export function lossRate({ events, clusters }: Losses): LossRate {
  return rateOf(events, clusters, new Uint8Array(events.length).fill(1));
}

/**
 * The rate in each group, with a test of the group against all others: Fisher's, two-sided, on counts divided by the design
 * effect of the clusters, which is estimated under the hypothesis that the rates are the same (at least 1). It is rather too
 * careful than not careful enough: with few events no group can be told from the others.
 *
 * @see Wilson (1927), JASA 22, 209-212; Fisher (1935), JRSS 98, 39-82; Rao & Scott (1992), Biometrics 48, 577-585, for counts
 * divided by a design effect
 */
export function groupLosses(losses: Losses): GroupLoss[] {
  const { events, clusters, variables } = losses;
  const table = logFactorials(events.length);
  return variables.flatMap(({ name, categories, codes }) => {
    const known = Uint8Array.from(codes, (code) => (code >= 0 ? 1 : 0));
    const all = rateOf(events, clusters, known);
    return categories.flatMap((category, code) => {
      const own = Uint8Array.from(codes, (c) => (c === code ? 1 : 0));
      const rate = rateOf(events, clusters, own);
      if (rate.units === 0) return [];
      const effect = designEffect(losses, own, known, all);
      const scaled = (count: number): number => Math.round(count / effect);
      const p = fisher(scaled(rate.events), scaled(rate.units), scaled(all.events), scaled(all.units), table);
      return [{ variable: name, category, ...rate, ratio: all.rate > 0 ? rate.rate / all.rate : 1, p }];
    });
  });
}

/** Standard errors on either side of a 95 % interval. */
const z = normalQuantile(0.975);

function rateOf(events: Uint8Array, clusters: Int32Array, isIn: Uint8Array): LossRate {
  const sums = new Map<number, { units: number; events: number }>();
  let [units, count] = [0, 0];
  for (let i = 0; i < events.length; i++) {
    if (isIn[i] === 0) continue;
    units++;
    count += events[i]!;
    const sum = sums.get(clusters[i]!) ?? { units: 0, events: 0 };
    sum.units++;
    sum.events += events[i]!;
    sums.set(clusters[i]!, sum);
  }
  const people = sums.size;
  if (units === 0) return { units, people, events: 0, rate: 0, lower: 0, upper: 1 };
  const rate = count / units;
  let between = 0;
  for (const sum of sums.values()) between += (sum.events - rate * sum.units) * (sum.events - rate * sum.units);
  // Where all or nothing happened, clusters show no spread: then each counts as one observation.
  const effective = rate > 0 && rate < 1 ? Math.min(units, (units * units * rate * (1 - rate)) / between) : people;
  return { units, people, events: count, rate, ...wilson(rate, effective) };
}

/** Wilson's interval of a share from so many independent observations. */
export function wilson(share: number, n: number): { readonly lower: number; readonly upper: number } {
  const scale = 1 + (z * z) / n;
  const middle = (share + (z * z) / (2 * n)) / scale;
  const reach = (z / scale) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  // Rounding must not take a share of none or all out of its own interval.
  return { lower: share === 0 ? 0 : Math.max(0, middle - reach), upper: share === 1 ? 1 : Math.min(1, middle + reach) };
}

/** How much more a difference of two rates varies than with independent units, where the rates are the same. */
function designEffect({ events, clusters }: Losses, own: Uint8Array, known: Uint8Array, all: LossRate): number {
  let inside = 0;
  for (let i = 0; i < own.length; i++) inside += own[i]!;
  const outside = all.units - inside;
  if (outside === 0 || all.rate === 0 || all.rate === 1) return 1;
  const sums = new Map<number, number>();
  for (let i = 0; i < own.length; i++) {
    if (known[i] === 0) continue;
    const share = own[i] === 1 ? 1 / inside : -1 / outside;
    sums.set(clusters[i]!, (sums.get(clusters[i]!) ?? 0) + (events[i]! - all.rate) * share);
  }
  let variance = 0;
  for (const sum of sums.values()) variance += sum * sum;
  return Math.max(1, variance / (all.rate * (1 - all.rate) * (1 / inside + 1 / outside)));
}

/** ln 0!, ln 1!, ..., ln n!. */
function logFactorials(n: number): Float64Array {
  const table = new Float64Array(n + 1);
  for (let k = 1; k <= n; k++) table[k] = table[k - 1]! + Math.log(k);
  return table;
}

/**
 * Fisher's exact test, two-sided: the probability of all tables with these margins that are at most as likely as this one.
 *
 * @param hits events in the group, of `drawn` units; `events` of `units` in all
 * @param table logarithms of the factorials up to `units` at least
 */
export function fisher(
  hits: number,
  drawn: number,
  events: number,
  units: number,
  table: Float64Array = logFactorials(units),
): number {
  const logChance = (k: number): number =>
    table[events]! -
    table[k]! -
    table[events - k]! +
    table[units - events]! -
    table[drawn - k]! -
    table[units - events - drawn + k]! -
    (table[units]! - table[drawn]! - table[units - drawn]!);
  const [least, most] = [Math.max(0, events + drawn - units), Math.min(events, drawn)];
  // Rounding of scaled counts may leave the range by one.
  const seen = logChance(Math.min(Math.max(hits, least), most)) + 1e-7;
  let total = 0;
  for (let k = least; k <= most; k++) {
    const chance = logChance(k);
    if (chance <= seen) total += Math.exp(chance);
  }
  return Math.min(1, total);
}

/**
 * p-values corrected for how many there are: each is the chance of at least one so small, if nothing differs.
 *
 * @see Holm (1979), Scandinavian Journal of Statistics 6, 65-70
 */
export function holm(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]! || a - b);
  const out = new Array<number>(p.length);
  let largest = 0;
  order.forEach((i, rank) => {
    largest = Math.max(largest, Math.min(1, p[i]! * (p.length - rank)));
    out[i] = largest;
  });
  return out;
}

/** Weights that undo a loss that went by groups. */
export interface LossWeights {
  /** (units) mean 1 over the units that are left; also for those that are lost, by their groups. */
  readonly weights: Float64Array;
  /** Of the units that are left. */
  readonly effectiveSampleSize: number;
  /** Units that are left whose weight was cut. */
  readonly trimmed: number;
}

/**
 * Inverse chances to be left, by a logistic regression on the groups (main effects; not known is a group of its own), cut at a
 * multiple of their mean.
 *
 * @param losses events are losses
 * @param cap largest weight, as a multiple of the mean over the units that are left
 * @see Little (1986), International Statistical Review 54, 139-157; Iannacchione, Milne & Folsom (1991)
 */
export function lossWeights({ events, variables }: Losses, cap: number): LossWeights {
  const n = events.length;
  const left = events.reduce((total, event) => total + 1 - event, 0);
  const ones = new Float64Array(n).fill(1);
  if (left === 0 || left === n) return { weights: ones, effectiveSampleSize: left, trimmed: 0 };
  const features = dummies(variables, n);
  // Enough to keep groups finite that were lost as a whole.
  const { coefficients } = logisticRegression(
    features,
    events.map((event) => 1 - event),
    ones,
    1e-6,
  );
  const inverse = logits(features, coefficients).map((t) => 1 + Math.exp(-t));
  const mean = (of: Float64Array): number => of.reduce((total, w, i) => total + (1 - events[i]!) * w, 0) / left;
  const most = cap * mean(inverse);
  const cut = inverse.map((w) => Math.min(w, most));
  const scale = mean(cut);
  const weights = cut.map((w) => w / scale);
  const { effectiveSampleSize } = weightDiagnostics(weights.filter((_, i) => events[i] === 0));
  const trimmed = inverse.reduce((count, w, i) => count + (events[i] === 0 && w > most ? 1 : 0), 0);
  return { weights, effectiveSampleSize, trimmed };
}

/** (n x p) row-major: 1, and one column for each category but the first that anybody has; not known is a category. */
function dummies(variables: readonly LossVariable[], n: number): Float64Array {
  const columns = variables.flatMap(({ codes }) =>
    [...new Set(codes)]
      .sort((a, b) => a - b)
      .slice(1)
      .map((code) => ({ codes, code })),
  );
  const p = 1 + columns.length;
  const out = new Float64Array(n * p);
  for (let i = 0; i < n; i++) {
    out[i * p] = 1;
    columns.forEach(({ codes, code }, k) => (out[i * p + k + 1] = codes[i] === code ? 1 : 0));
  }
  return out;
}
