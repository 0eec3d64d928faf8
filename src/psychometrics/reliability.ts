import { Failure } from '../core/failure.js';
import { moments } from '../numerics/statistics.js';
import { traitDomains, type Inventory } from './inventory.js';
import { checkResponses, itemKeys } from './keying.js';

/** How well the items of each domain hang together, from people who answered all items of the domain. */
export interface Reliability {
  /** (5) Cronbach's alpha of raw (not standardized) items; NaN where it is undefined. */
  readonly alpha: Float64Array;
  /** (items) correlation of the keyed item with the sum of the other items of its domain; 0 beside a constant. */
  readonly itemRest: Float64Array;
  /** (5) people who answered all items of the domain. */
  readonly complete: Uint32Array;
}

/**
 * Cronbach's alpha: k/(k-1) (1 - sum of the item variances / variance of the sum).
 *
 * @param scores (n x k) keyed item scores, row-major
 * @returns NaN for fewer than two people or items, or when the sum does not vary
 * @throws {Failure} `invalid-input` when the scores are not whole rows
 * @see Cronbach (1951), Psychometrika 16, 297-334
 */
export function cronbachAlpha(scores: Float64Array, k: number): number {
  const { itemVariance, sumVariance } = itemStatistics(scores, k);
  return k > 1 && sumVariance > 0 ? (k / (k - 1)) * (1 - itemVariance / sumVariance) : NaN;
}

/**
 * Reliability of the five domain scores.
 *
 * @param responses (n x items) raw; people with a missing answer in a domain are left out of that domain
 * @throws {Failure} `invalid-input` on a response off the scale
 */
export function reliability(inventory: Inventory, responses: Uint8Array): Reliability {
  const people = checkResponses(inventory, responses);
  const { itemsOfDomain, keying } = itemKeys(inventory);
  const width = inventory.items.length;
  const turned = inventory.response.min + inventory.response.max;
  const alpha = new Float64Array(traitDomains.length);
  const itemRest = new Float64Array(width);
  const complete = new Uint32Array(traitDomains.length);
  itemsOfDomain.forEach((items, d) => {
    const rows: number[] = [];
    for (let p = 0; p < people; p++) if (items.every((i) => responses[p * width + i] !== 0)) rows.push(p);
    const scores = new Float64Array(rows.length * items.length);
    rows.forEach((p, row) => {
      items.forEach((i, j) => {
        const x = responses[p * width + i]!;
        scores[row * items.length + j] = keying[i] === 1 ? x : turned - x;
      });
    });
    complete[d] = rows.length;
    alpha[d] = cronbachAlpha(scores, items.length);
    const { restCorrelation } = itemStatistics(scores, items.length);
    items.forEach((i, j) => (itemRest[i] = restCorrelation[j]!));
  });
  return { alpha, itemRest, complete };
}

/** Sum of the item variances, variance of the sum, and each item's correlation with the sum of the others. */
function itemStatistics(
  scores: Float64Array,
  k: number,
): { itemVariance: number; sumVariance: number; restCorrelation: Float64Array } {
  const n = k === 0 ? 0 : scores.length / k;
  if (!Number.isInteger(n))
    throw new Failure('invalid-input', {
      where: 'cronbachAlpha.scores',
      problem: 'not whole rows of scores',
      got: scores.length,
      expected: `a multiple of ${k}`,
    });
  const restCorrelation = new Float64Array(k);
  if (n < 2) return { itemVariance: 0, sumVariance: 0, restCorrelation };
  const { covariance } = moments(scores, k, new Float64Array(n).fill(1));
  const rowSums = new Float64Array(k);
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) rowSums[i]! += covariance[i * k + j]!;
  const sumVariance = rowSums.reduce((total, x) => total + x, 0);
  let itemVariance = 0;
  for (let i = 0; i < k; i++) {
    const own = covariance[i * k + i]!;
    itemVariance += own;
    const withRest = rowSums[i]! - own;
    const scale = Math.sqrt(own * (sumVariance - 2 * withRest - own));
    restCorrelation[i] = scale > 0 ? withRest / scale : 0;
  }
  return { itemVariance, sumVariance, restCorrelation };
}
