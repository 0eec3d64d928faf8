import { moments } from '../numerics/statistics.js';
import { traitDomains, type Inventory, type TraitNorms } from './inventory.js';
import { cellShares, pooledNorms } from './norms.js';
import { reliability } from './reliability.js';
import { scoreInventory } from './scoring.js';

/** What a group of people looks like on an inventory, whoever they are. */
export interface InventorySummary {
  /** (5) mean and SD of the domain scores, on the response scale. */
  readonly mean: ArrayLike<number>;
  readonly sd: ArrayLike<number>;
  /** (5 x 5) correlation of the domain scores. */
  readonly correlation: ArrayLike<number>;
  /** (5) Cronbach's alpha; null where it is not known. */
  readonly alpha: ArrayLike<number> | null;
  /** By item, in the order of the inventory, before reverse keying; null where items are not known. */
  readonly items: {
    /** (items) */
    readonly mean: ArrayLike<number>;
    /** (items x categories) shares of the answers. */
    readonly shares: ArrayLike<number>;
  } | null;
}

/** Largest differences between two summaries; null where one of them does not know. */
export interface SummaryDifference {
  /** Domain means, on the response scale. */
  readonly domainMean: number;
  /** SD of the first over SD of the second: the ratio farthest from 1. */
  readonly sdRatio: number;
  /** The ten correlations of the domains. */
  readonly correlation: number;
  readonly alpha: number | null;
  readonly itemMean: number | null;
  /** Shares in [0, 1]. */
  readonly categoryShare: number | null;
}

/**
 * Summary of people of whom only the domain scores are known.
 *
 * @param domains (n x 5) finite
 */
export function summaryOfScores(domains: Float64Array): InventorySummary {
  const d = traitDomains.length;
  return { ...moments(domains, d, new Float64Array(domains.length / d).fill(1)), alpha: null, items: null };
}

/**
 * Summary of answered inventories.
 *
 * @param responses (n x items) raw, none missing
 * @throws {Failure} `invalid-input` on a response off the scale
 */
export function summaryOfAnswers(inventory: Inventory, responses: Uint8Array): InventorySummary {
  const { domains, people } = scoreInventory(inventory, responses);
  const width = inventory.items.length;
  const categories = inventory.response.max;
  const mean = new Float64Array(width);
  const shares = new Float64Array(width * categories);
  responses.forEach((x, at) => {
    mean[at % width]! += x / people;
    shares[(at % width) * categories + x - 1]! += 1 / people;
  });
  return { ...summaryOfScores(domains), alpha: reliability(inventory, responses).alpha, items: { mean, shares } };
}

/**
 * Summary of the people behind published norms: the mixture of their cells in the shares of the norm sample. Correlations
 * are those inside the cells together with those of the cell means.
 */
export function summaryOfNorms(inventory: Inventory, norms: TraitNorms): InventorySummary {
  const d = traitDomains.length;
  const { mean, sd } = pooledNorms(norms);
  const shares = cellShares(norms);
  const correlation = Float64Array.from({ length: d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    const covariance = norms.cells.reduce((total, cell, c) => {
      const within = norms.correlation[i]![j]! * cell.sd[i]! * cell.sd[j]!;
      return total + shares[c]! * (within + (cell.mean[i]! - mean[i]!) * (cell.mean[j]! - mean[j]!));
    }, 0);
    return covariance / (sd[i]! * sd[j]!);
  });
  const rows = new Map(norms.items.map((item) => [item.id, item]));
  const items = inventory.items.flatMap(({ id }) => rows.get(id) ?? []);
  return {
    mean,
    sd,
    correlation,
    alpha: norms.alpha,
    items:
      items.length === 0
        ? null
        : { mean: items.map((item) => item.mean), shares: items.flatMap((item) => item.shares) },
  };
}

/** How far two summaries of the same inventory are apart. */
export function summaryDifference(one: InventorySummary, other: InventorySummary): SummaryDifference {
  const ratios = Array.from(one.sd, (sd, d) => sd / other.sd[d]!);
  const bothItems = one.items && other.items && { one: one.items, other: other.items };
  return {
    domainMean: largestGap(one.mean, other.mean),
    sdRatio: ratios.reduce((far, ratio) => (Math.abs(ratio - 1) > Math.abs(far - 1) ? ratio : far), 1),
    correlation: largestGap(one.correlation, other.correlation),
    alpha: one.alpha && other.alpha && largestGap(one.alpha, other.alpha),
    itemMean: bothItems && largestGap(bothItems.one.mean, bothItems.other.mean),
    categoryShare: bothItems && largestGap(bothItems.one.shares, bothItems.other.shares),
  };
}

function largestGap(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < one.length; i++) largest = Math.max(largest, Math.abs(one[i]! - other[i]!));
  return largest;
}
