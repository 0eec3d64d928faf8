import { traitDomains, type Inventory } from './inventory.js';
import { checkResponses, itemKeys } from './keying.js';

/** Scores of n people. */
export interface InventoryScores {
  readonly people: number;
  /** (n x 5) mean keyed response of each domain, on the response scale; NaN where fewer than half of the items are answered. */
  readonly domains: Float64Array;
  /** (n x facets) the same by facet. */
  readonly facets: Float64Array;
  /** (n x 5) items answered in each domain. */
  readonly answered: Uint8Array;
  /** Domain scores that are NaN, over all people. */
  readonly unscored: number;
}

/**
 * Scores an inventory: mean of the answered items after reverse keying (min + max - x). A missing answer (0) stays
 * missing; a domain or facet with fewer than half of its items answered, or with no items, has no score.
 *
 * @param responses (n x items) raw, row-major, in the order of the inventory's items
 * @throws {Failure} `invalid-input` on a response off the scale, naming person and item
 */
export function scoreInventory(inventory: Inventory, responses: Uint8Array): InventoryScores {
  const people = checkResponses(inventory, responses);
  const keys = itemKeys(inventory);
  const domains = groupMeans(inventory, responses, keys.domain, traitDomains.length);
  const facets = groupMeans(inventory, responses, keys.facet, inventory.facets.length);
  const unscored = domains.means.reduce((count, x) => count + (Number.isNaN(x) ? 1 : 0), 0);
  return { people, domains: domains.means, facets: facets.means, answered: domains.answered, unscored };
}

/** Keyed means by group of items; `groupOf` -1 leaves an item out. */
function groupMeans(
  { items, response }: Inventory,
  responses: Uint8Array,
  groupOf: ArrayLike<number>,
  groups: number,
): { means: Float64Array; answered: Uint8Array } {
  const width = items.length;
  const people = responses.length / width;
  const turned = response.min + response.max;
  const size = new Uint8Array(groups);
  for (let i = 0; i < width; i++) if (groupOf[i]! >= 0) size[groupOf[i]!]!++;
  const means = new Float64Array(people * groups);
  const answered = new Uint8Array(people * groups);
  for (let p = 0; p < people; p++) {
    for (let i = 0; i < width; i++) {
      const [x, group] = [responses[p * width + i]!, groupOf[i]!];
      if (x === 0 || group < 0) continue;
      means[p * groups + group]! += items[i]!.keying === 1 ? x : turned - x;
      answered[p * groups + group]!++;
    }
    for (let g = 0; g < groups; g++) {
      const count = answered[p * groups + g]!;
      means[p * groups + g] = count === 0 || 2 * count < size[g]! ? NaN : means[p * groups + g]! / count;
    }
  }
  return { means, answered };
}
