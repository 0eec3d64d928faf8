import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupSupport, topShare } from '../../src/survey/group-support.js';
import type { WeightingProblem } from '../../src/survey/weighting-problem.js';
import { marginOf, problemOf } from './weighting-fixture.js';

describe('groupSupport', () => {
  const problem = problemOf([[0], [0], [0], [1], [-1]], [1, 1, 1, 1, 1], [[0.5, 0.3, 0.2]]);

  it('counts records, shares and effective sizes of each category, and of an absent one', () => {
    // (1 + 1 + 2)² / 6, and 2 of the three are one person: (2 + 2)² / 8.
    const groups = groupSupport(problem, Float64Array.of(1, 1, 2, 3, 3), ['a', 'a', 'b', 'b', 'c']);
    expect(groups).toEqual([
      {
        margin: 'm0',
        category: '0',
        asked: 0.5,
        records: 3,
        share: 0.4,
        effectiveSampleSize: 16 / 6,
        effectivePeople: 2,
      },
      { margin: 'm0', category: '1', asked: 0.3, records: 1, share: 0.3, effectiveSampleSize: 1, effectivePeople: 1 },
      { margin: 'm0', category: '2', asked: 0.2, records: 0, share: 0, effectiveSampleSize: 0, effectivePeople: 0 },
    ]);
  });

  it('does not know people that it was not told of', () =>
    expect(groupSupport(problem, Float64Array.of(1, 1, 1, 1, 1))[0]!.effectivePeople).toBeNull());

  it('leaves out records without base weight, and is zero without any weight', () => {
    const own: WeightingProblem = {
      records: 2,
      base: Float64Array.of(0, 1),
      margins: [marginOf('x', Int32Array.of(0, 0), [0], 'total')],
    };
    expect(groupSupport(own, Float64Array.of(0, 0))[0]).toMatchObject({
      asked: 0,
      records: 1,
      share: 0,
      effectiveSampleSize: 0,
    });
  });
});

describe('topShare', () => {
  it.each([
    { name: 'equal weights', weights: [2, 2, 2, 2], part: 0.25, expected: 0.25 },
    { name: 'a fraction of a record', weights: [1, 1, 6], part: 0.01, expected: (0.03 * 6) / 8 },
    { name: 'two and a half of five', weights: [5, 4, 3, 2, 1], part: 0.5, expected: (5 + 4 + 1.5) / 15 },
    { name: 'all', weights: [1, 0, 3], part: 1, expected: 1 },
    { name: 'no weight', weights: [0, 0], part: 0.5, expected: 0 },
    { name: 'nobody', weights: [], part: 0.01, expected: 0 },
  ])('$name', ({ weights, part, expected }) =>
    expect(topShare(Float64Array.from(weights), part)).toBeCloseTo(expected, 12),
  );

  it('is at least the part, does not see the scale, and is 1 % by default', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 9, noNaN: true }), { minLength: 1, maxLength: 40 }), (own) => {
        const weights = Float64Array.from(own);
        expect(topShare(weights)).toBeGreaterThanOrEqual(0.01 - 1e-12);
        expect(topShare(weights)).toBe(topShare(weights, 0.01));
        expect(topShare(weights.map((w) => 8 * w))).toBeCloseTo(topShare(weights), 12);
      }),
      { seed: 20260101, numRuns: 100 },
    );
  });
});
