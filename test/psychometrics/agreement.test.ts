import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { agreement, intraclassCorrelation, pearson, quadraticKappa } from '../../src/psychometrics/agreement.js';

const seed = 20;
const ratings = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })), { minLength: 2, maxLength: 40 })
  .map((pairs) => [pairs.map(([a]) => a), pairs.map(([, b]) => b)] as const);

/** As close as rounding allows; NaN where NaN is meant. */
function expectClose(got: number, wanted: number): void {
  if (Number.isNaN(wanted)) expect(got).toBeNaN();
  else expect(got).toBeCloseTo(wanted, 12);
}

describe('quadraticKappa', () => {
  // The first three: test values of B. Hamner's package Metrics, quadratic_weighted_kappa.
  it.each([
    { first: [1, 2, 3], second: [1, 2, 3], kappa: 1 },
    { first: [1, 2, 1], second: [1, 2, 2], kappa: 0.4 },
    { first: [1, 2, 3, 1, 2, 2, 3], second: [1, 2, 3, 1, 2, 3, 2], kappa: 0.75 },
    // By hand: mean squared difference 3/4; by chance the variances 2 and 11/16 and the squared distance 1/16 of the means.
    { first: [1, 3, 3, 5], second: [2, 4, 3, 4], kappa: 8 / 11 },
    // By hand: pairs differ by 4 always; by chance half of them do.
    { first: [1, 5], second: [5, 1], kappa: -1 },
    { first: [1, 1, 5, 5], second: [1, 5, 1, 5], kappa: 0 },
    { first: [4, 4], second: [4, 4], kappa: NaN },
    { first: [], second: [], kappa: NaN },
  ])('$first and $second: $kappa', ({ first, second, kappa }) => {
    expectClose(quadraticKappa(first, second), kappa);
  });

  it('is one minus the weighted disagreement of the confusion table over that of its margins', () => {
    fc.assert(
      fc.property(ratings, ([a, b]) => {
        const n = a.length;
        let [observed, byChance] = [0, 0];
        for (let i = 1; i <= 5; i++)
          for (let j = 1; j <= 5; j++) {
            const weight = ((i - j) * (i - j)) / 16;
            observed += (weight * a.filter((x, k) => x === i && b[k] === j).length) / n;
            byChance += weight * (a.filter((x) => x === i).length / n) * (b.filter((x) => x === j).length / n);
          }
        const kappa = quadraticKappa(a, b);
        if (byChance === 0) expect(kappa).toBeNaN();
        else expect(kappa).toBeCloseTo(1 - observed / byChance, 9);
        expect(quadraticKappa(b, a)).toBeCloseTo(kappa, 9);
      }),
      { seed },
    );
  });

  it('refuses raters of different people', () => {
    expect(() => quadraticKappa([1, 2], [1])).toThrow('quadraticKappa: lengths differ; got 1, expected 2.');
  });
});

describe('agreement', () => {
  const people = Array.from({ length: 60 }, (_, i) => `p${i}`);
  const stream = randomStream('judges');
  const first = people.map(() => 1 + stream.below(5));
  const second = first.map((x) => Math.min(5, Math.max(1, x + stream.below(3) - 1)));

  it('has kappa, the share within one point, and an interval around kappa', () => {
    const { n, kappa, interval, withinOne } = agreement(first, second, people, randomStream('1'));
    expect([n, withinOne]).toEqual([60, 1]);
    expect(kappa).toBeCloseTo(quadraticKappa(first, second), 12);
    expect(interval!.lower).toBeLessThan(kappa!);
    expect(interval!.upper).toBeGreaterThan(kappa!);
    expect(interval!.upper - interval!.lower).toBeLessThan(0.25);
    expect(agreement(first, second, people, randomStream('1'))).toEqual(
      agreement(first, second, people, randomStream('1')),
    );
  });

  it('does not take ten copies of a person for ten people', () => {
    const copies = <T>(values: readonly T[]): T[] => Array.from({ length: 10 }, () => values).flat();
    const width = (clusters: readonly string[]): number => {
      const { interval } = agreement(copies(first), copies(second), clusters, randomStream('1'));
      return interval!.upper - interval!.lower;
    };
    const own = agreement(first, second, people, randomStream('1')).interval!;
    expect(width(copies(people)) / (own.upper - own.lower)).toBeCloseTo(1, 6);
    // Were they ten people, the interval would be narrower by the square root of ten.
    expect(width(copies(people).map((_, i) => `q${i}`))).toBeLessThan((own.upper - own.lower) / 2);
  });

  it.each([
    { name: 'nobody', a: [], b: [], who: [], expected: { n: 0, kappa: null, interval: null, withinOne: null } },
    { name: 'one person', a: [1, 2], b: [1, 3], who: ['p', 'p'], expected: { n: 2, interval: null, withinOne: 1 } },
    {
      name: 'no variation',
      a: [3, 3],
      b: [3, 3],
      who: ['p', 'q'],
      expected: { kappa: null, interval: null, withinOne: 1 },
    },
    { name: 'far apart', a: [1, 2], b: [4, 3], who: ['p', 'q'], expected: { withinOne: 0.5 } },
  ])('of $name', ({ a, b, who, expected }) => {
    expect(agreement(a, b, who, randomStream('1'))).toMatchObject(expected);
  });

  it('refuses clusters of other people', () => {
    expect(() => agreement([1, 2], [1, 2], ['p'], randomStream('1'))).toThrow('agreement.clusters: lengths differ');
  });
});

describe('intraclassCorrelation', () => {
  it('gives the published ICC(2,1) of six targets and four judges', () => {
    // Shrout & Fleiss (1979), tables 2 and 4: ICC(2,1) = .29.
    const table = [9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7];
    expect(intraclassCorrelation(table, 4)).toBeCloseTo(0.2898, 4);
  });

  it.each([
    { name: 'the same twice', pairs: [1, 1, 2, 2, 5, 5], icc: 1 },
    { name: 'a constant shift', pairs: [1, 3, 2, 4, 3, 5], icc: 1 / 3 },
    { name: 'nothing varies', pairs: [2, 2, 2, 2], icc: NaN },
    { name: 'one person', pairs: [2, 3], icc: NaN },
  ])('of $name', ({ pairs, icc }) => {
    expectClose(intraclassCorrelation(pairs, 2), icc);
  });

  it('refuses half a row', () => {
    expect(() => intraclassCorrelation([1, 2, 3], 2)).toThrow(
      'not whole rows of ratings; got 3, expected a multiple of 2.',
    );
  });
});

describe('pearson', () => {
  it.each([
    { a: [1, 2, 3], b: [2, 4, 6], r: 1 },
    { a: [1, 2, 3], b: [3, 2, 1], r: -1 },
    // By hand: products of the deviations sum to 1, squares to 2 and 2.
    { a: [1, 2, 3], b: [1, 3, 2], r: 0.5 },
    { a: [1, 1], b: [1, 2], r: NaN },
  ])('of $a and $b is $r', ({ a, b, r }) => {
    expectClose(pearson(a, b), r);
  });
});
