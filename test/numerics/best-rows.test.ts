import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestRows } from '../../src/numerics/best-rows.js';

const offered = (most: number, offers: readonly (readonly [row: number, score: number])[]) => {
  const best = bestRows(most);
  for (const [row, score] of offers) best.offer(row, score);
  return { floor: best.floor(), rows: [...best.sorted().rows], scores: [...best.sorted().scores] };
};

describe('bestRows', () => {
  it.each([
    { name: 'nothing', most: 2, offers: [], floor: -Infinity, rows: [] },
    { name: 'room for more', most: 2, offers: [[7, 1]], floor: -Infinity, rows: [7] },
    {
      name: 'better ones push out the worst',
      most: 2,
      offers: [
        [0, 1],
        [1, 3],
        [2, 2],
      ],
      floor: 2,
      rows: [1, 2],
    },
    {
      name: 'ties go to the lower row',
      most: 2,
      offers: [
        [5, 1],
        [9, 1],
        [3, 1],
      ],
      floor: 1,
      rows: [3, 5],
    },
    {
      name: 'one only',
      most: 1,
      offers: [
        [0, -2],
        [1, -1],
        [2, -1],
      ],
      floor: -1,
      rows: [1],
    },
  ] as const)('keeps the best: $name', ({ most, offers, floor, rows }) => {
    const found = offered(most, offers);
    expect([found.floor, found.rows]).toEqual([floor, rows]);
  });

  it('keeps what a sort would, in whatever order rows are offered', () => {
    const scores = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true })), { maxLength: 60 });
    fc.assert(
      fc.property(scores, fc.integer({ min: 1, max: 20 }), fc.nat(), (all, most, turn) => {
        const offers = all.map((score, row) => [row, score] as const);
        const sorted = offers.toSorted((a, b) => (a[1] === b[1] ? a[0] - b[0] : b[1] > a[1] ? 1 : -1)).slice(0, most);
        const at = turn % (offers.length + 1);
        const found = offered(most, [...offers.slice(at), ...offers.slice(0, at).toReversed()]);
        expect(found.rows).toEqual(sorted.map(([row]) => row));
        expect(found.floor).toBe(sorted.length < most ? -Infinity : sorted.at(-1)![1]);
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });
});
