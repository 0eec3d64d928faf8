import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Inventory } from '../../src/psychometrics/inventory.js';
import { itemKeys } from '../../src/psychometrics/keying.js';
import { scoreInventory } from '../../src/psychometrics/scoring.js';
import { openpsych, responsesOf, sharedRows, shipped, tiny } from './fixtures.js';

const bytes = (...xs: number[]): Uint8Array => Uint8Array.from(xs);

describe('scoreInventory', () => {
  it('averages answered items after reverse keying (by hand)', () => {
    const { people, domains, answered, unscored } = scoreInventory(
      tiny,
      bytes(5, 1, 2, 2, 0, 4, 3, 3, 0, 0, /* second person */ 1, 5, 4, 1, 3, 4, 5, 0, 1, 2),
    );
    expect(people).toBe(2);
    expect(Array.from(domains)).toEqual([5, 3, 4, 3, NaN, 1, 4.5, 3.5, 5, 1.5]);
    expect(Array.from(answered)).toEqual([2, 2, 1, 2, 0, 2, 2, 2, 1, 2]);
    expect(unscored).toBe(1);
  });

  it('scores facets by the same rule', () => {
    const inventory = Inventory.parse({
      ...tiny,
      facets: [
        { id: 'calm', domain: 'extraversion', title: 'Calm' },
        { id: 'empty', domain: 'openness', title: 'Empty' },
      ],
      items: tiny.items.map((item) => (item.domain === 'extraversion' ? { ...item, facet: 'calm' } : item)),
    });
    const { facets } = scoreInventory(inventory, bytes(5, 2, 1, 1, 1, 1, 1, 1, 1, 1));
    expect(Array.from(facets)).toEqual([4.5, NaN]);
  });

  it('keeps a domain with exactly half of its items and drops one with fewer', () => {
    const { inventory } = shipped('ipip-50', 'ipip-50-us-adults');
    const { itemsOfDomain } = itemKeys(inventory);
    const responses = new Uint8Array(50);
    itemsOfDomain[0]!.slice(0, 5).forEach((i) => (responses[i] = 3));
    itemsOfDomain[1]!.slice(0, 4).forEach((i) => (responses[i] = 3));
    const { domains, unscored } = scoreInventory(inventory, responses);
    expect(Array.from(domains)).toEqual([3, NaN, NaN, NaN, NaN]);
    expect(unscored).toBe(4);
  });

  it('turns into max + min - score when every answer is mirrored', () => {
    fc.assert(
      fc.property(fc.uint8Array({ min: 0, max: 5, minLength: 30, maxLength: 30 }), (responses) => {
        const mirrored = scoreInventory(
          tiny,
          responses.map((x) => (x === 0 ? 0 : 6 - x)),
        ).domains;
        scoreInventory(tiny, responses).domains.forEach((x, at) => {
          if (Number.isNaN(x)) expect(mirrored[at]).toBeNaN();
          else expect(mirrored[at]).toBeCloseTo(6 - x, 12);
        });
      }),
      { seed: 20260101, numRuns: 200 },
    );
  });

  it('scores nobody', () => expect(scoreInventory(tiny, bytes())).toMatchObject({ people: 0, unscored: 0 }));

  it.each([
    {
      fault: 'a response off the scale',
      responses: bytes(...new Array<number>(13).fill(3), 6, ...new Array<number>(6).fill(3)),
      message: 'tiny.responses[1].A2: not on the response scale; got 6, expected 1 to 5, or 0 for a missing answer.',
    },
    {
      fault: 'part of a row',
      responses: bytes(1, 2, 3),
      message: 'tiny.responses: not whole rows of responses; got 3, expected a multiple of 10.',
    },
  ])('names the fault: $fault', ({ responses, message }) =>
    expect(() => scoreInventory(tiny, responses)).toThrow(message),
  );

  it('refuses an item of an unknown facet', () => {
    const broken = { ...tiny, items: [{ ...tiny.items[0]!, facet: 'none' }, ...tiny.items.slice(1)] };
    expect(() => scoreInventory(broken, bytes())).toThrow('tiny.E1.facet: unknown facet; got none.');
  });

  const rows = sharedRows('openpsych-big5/big5_items.csv.gz');
  it.skipIf(rows === undefined)('agrees with the scores of 9,926 real people (skips where the file is absent)', () => {
    const { domains, unscored } = scoreInventory(openpsych, responsesOf(openpsych, rows!));
    let compared = 0;
    rows!.forEach((row, p) => {
      if (openpsych.items.some(({ id }) => row[id] === '0')) return;
      ['E', 'A', 'C', 'N', 'O'].forEach((letter, d) =>
        expect(domains[p * 5 + d]).toBeCloseTo(Number(row[`score_${letter}`]), 6),
      );
      compared++;
    });
    expect(compared).toBeGreaterThan(9000);
    expect(unscored).toBeLessThan(30);
  });
});
