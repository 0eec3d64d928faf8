import { describe, expect, it } from 'vitest';
import {
  contradictoryAgreement,
  inconsistentAbove,
  styleOfAnswers,
  styleOfNorms,
} from '../../src/psychometrics/response-style.js';
import { inventoryOf, openpsych, responsesOf, sharedRows, shipped, tiny, tinyNorms } from './fixtures.js';

const answers = (...x: number[]): Uint8Array => Uint8Array.from(x);

describe('styleOfAnswers', () => {
  it('counts categories over everything that was answered', () => {
    const style = styleOfAnswers(tiny, answers(1, 2, 3, 4, 5, 5, 5, 0, 0, 0))!;
    expect(style.categoryShares).toEqual([1 / 7, 1 / 7, 1 / 7, 1 / 7, 3 / 7]);
    expect(style.extremeShare).toBeCloseTo(4 / 7, 12);
    expect(style.midpointShare).toBeCloseTo(1 / 7, 12);
    // E: (1 + 2)/2 - 3, A: (3 + 4)/2 - 3.
    expect(style.acquiescence).toBeCloseTo((-1.5 + 0.5) / 2, 12);
  });

  it('averages acquiescence over the people who show any', () => {
    const style = styleOfAnswers(tiny, answers(5, 5, 5, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1))!;
    expect(style.acquiescence).toBe(2);
  });

  it('knows no style of nobody, and no acquiescence without both keys', () => {
    expect(styleOfAnswers(tiny, answers())).toBeNull();
    expect(styleOfAnswers(tiny, new Uint8Array(10))).toBeNull();
    const plain = inventoryOf('plain', ['+E1', '+A1', '+C1', '+N1', '+O1'], 4);
    expect(styleOfAnswers(plain, answers(1, 2, 3, 4, 4))).toEqual({
      categoryShares: [0.2, 0.2, 0.2, 0.4],
      extremeShare: 0.6000000000000001,
      midpointShare: 0,
      acquiescence: null,
    });
  });
});

describe('styleOfNorms', () => {
  it('is that of the people behind the item statistics', () => {
    const items = tiny.items.map(({ id, domain }, i) => ({
      id,
      domain,
      mean: i === 0 ? 4 : 3,
      sd: 1,
      shares: [0.1, 0.2, 0.3, 0.25, 0.15],
    }));
    const style = styleOfNorms(tiny, tinyNorms({ items }))!;
    [0.1, 0.2, 0.3, 0.25, 0.15].forEach((share, c) => expect(style.categoryShares[c]).toBeCloseTo(share, 12));
    expect(style.extremeShare).toBeCloseTo(0.25, 12);
    expect(style.midpointShare).toBeCloseTo(0.3, 12);
    expect(style.acquiescence).toBeCloseTo((0.5 + 0) / 2, 12);
  });

  it('is not known without item statistics', () => {
    expect(styleOfNorms(tiny, tinyNorms())).toBeNull();
  });

  it('gives the shares printed with the shipped norms', () => {
    const { inventory, norms } = shipped('ipip-50', 'ipip-50-us-adults');
    const { categoryShares, extremeShare, midpointShare } = styleOfNorms(inventory, norms)!;
    // 3,468 US adults: 16, 19, 20, 25 and 20 % of all answers.
    expect(categoryShares.map((share) => Math.round(100 * share))).toEqual([16, 19, 20, 25, 20]);
    expect([extremeShare, midpointShare].map((share) => Number(share.toFixed(3)))).toEqual([0.359, 0.205]);
  });
});

describe('contradictoryAgreement', () => {
  it.each([
    { name: 'agreeing with both of every pair', responses: [5, 4, 4, 5, 1, 1, 1, 1, 1, 1], share: 1 },
    { name: 'agreeing with both of one pair in two', responses: [4, 4, 5, 1, 5, 5, 5, 5, 5, 5], share: 0.5 },
    { name: 'disagreeing with everything', responses: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], share: 0 },
    { name: 'the middle is no agreement', responses: [3, 3, 3, 3, 3, 3, 3, 3, 3, 3], share: 0 },
    { name: 'what is missing makes no pair', responses: [4, 4, 0, 5, 0, 0, 0, 0, 0, 0], share: 1 },
    { name: 'no pair at all', responses: [4, 0, 4, 0, 1, 1, 1, 1, 1, 1], share: NaN },
  ])('$name: $share', ({ responses, share }) => {
    expect(contradictoryAgreement(tiny, answers(...responses))).toEqual(Float64Array.of(share));
  });

  const rows = sharedRows('openpsych-big5/big5_items.csv.gz');
  it.skipIf(rows === undefined)(
    'calls 1 in 200 real respondents inconsistent (skipped where the rows are absent)',
    () => {
      const people = rows!.filter(
        ({ gender, age }) => '12'.includes(gender!) && Number(age) >= 13 && Number(age) <= 99,
      );
      const shares = contradictoryAgreement(openpsych, responsesOf(openpsych, people));
      const above = (limit: number): number => shares.filter((share) => share > limit).length / people.length;
      expect(above(inconsistentAbove)).toBeGreaterThan(0.003);
      expect(above(inconsistentAbove)).toBeLessThan(0.007);
      expect(above(0.25)).toBeCloseTo(0.05, 2);
    },
  );
});
