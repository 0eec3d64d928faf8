import { Failure } from '../core/failure.js';
import { traitDomains, type Inventory } from './inventory.js';

/** The key of an inventory in columns, one entry an item. */
export interface ItemKeys {
  /** Index in {@link traitDomains}. */
  readonly domain: Uint8Array;
  /** Index in the inventory's facets; -1 for an item without a facet. */
  readonly facet: Int16Array;
  /** +1 or -1. */
  readonly keying: Int8Array;
  /** Items of each domain, in the order of the inventory. */
  readonly itemsOfDomain: readonly (readonly number[])[];
}

/**
 * Reads the key of an inventory into columns.
 *
 * @throws {Failure} `invalid-input` when an item names a facet that the inventory does not list
 */
export function itemKeys({ name, items, facets }: Inventory): ItemKeys {
  const facetIndex = new Map(facets.map(({ id }, index) => [id, index]));
  const facet = Int16Array.from(items, (item) => {
    const index = item.facet === undefined ? -1 : facetIndex.get(item.facet);
    if (index === undefined)
      throw new Failure('invalid-input', {
        where: `${name}.${item.id}.facet`,
        problem: 'unknown facet',
        got: item.facet,
      });
    return index;
  });
  return {
    domain: Uint8Array.from(items, (item) => traitDomains.indexOf(item.domain)),
    facet,
    keying: Int8Array.from(items, (item) => item.keying),
    itemsOfDomain: traitDomains.map((domain) => items.flatMap((item, i) => (item.domain === domain ? [i] : []))),
  };
}

/**
 * Checks raw responses: whole rows, every entry 0 (missing) or on the response scale.
 *
 * @param responses (people x items) row-major
 * @returns the number of people
 * @throws {Failure} `invalid-input` naming the person (row, counted from 0) and the item
 */
export function checkResponses({ name, items, response }: Inventory, responses: Uint8Array): number {
  const width = items.length;
  if (responses.length % width !== 0)
    throw new Failure('invalid-input', {
      where: `${name}.responses`,
      problem: 'not whole rows of responses',
      got: responses.length,
      expected: `a multiple of ${width}`,
    });
  const wrong = responses.findIndex((x) => x !== 0 && (x < response.min || x > response.max));
  if (wrong >= 0)
    throw new Failure('invalid-input', {
      where: `${name}.responses[${Math.floor(wrong / width)}].${items[wrong % width]!.id}`,
      problem: 'not on the response scale',
      got: responses[wrong],
      expected: `${response.min} to ${response.max}, or 0 for a missing answer`,
    });
  return responses.length / width;
}
