import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { randomStream, type RandomStream } from '../../src/core/random.js';
import { indexSampler, permutation, systematicCounts } from '../../src/numerics/sampling.js';
import { sum } from '../../src/numerics/statistics.js';

const vec = (...values: number[]): Float64Array => Float64Array.from(values);
const frequencies = (weights: readonly number[], draws: number, name: string): number[] => {
  const [sampler, random] = [indexSampler(weights), randomStream('sampling', name)];
  const counts = new Array<number>(weights.length).fill(0);
  for (let i = 0; i < draws; i++) counts[sampler(random)]!++;
  return counts;
};

describe('indexSampler', () => {
  // Chi-square, 0.999 quantiles of 1, 3, 4 and 99 degrees of freedom.
  it.each([
    { name: 'two', weights: [1, 3], limit: 10.8 },
    { name: 'with zeros', weights: [0, 2, 0, 1, 5, 2, 0], limit: 16.3 },
    { name: 'over six orders of magnitude', weights: [1e-3, 1, 10, 100, 1000], limit: 18.5 },
    { name: 'a hundred', weights: Array.from({ length: 100 }, (_, i) => 1 + (i % 7)), limit: 148.2 },
  ])('draws in proportion to the weights: $name', ({ name, weights, limit }) => {
    const draws = 40_000;
    const total = sum(weights);
    const chi = frequencies(weights, draws, name).reduce((s, count, i) => {
      const expected = (draws * weights[i]!) / total;
      return expected === 0 ? s + (count === 0 ? 0 : Infinity) : s + (count - expected) ** 2 / expected;
    }, 0);
    expect(chi).toBeLessThan(limit);
  });

  it('knows one record only', () => expect(frequencies([0.3], 50, 'one')).toEqual([50]));

  it('never draws a weight of zero, wherever it stands and whatever the others round to', () => {
    const weight = fc.oneof(
      fc.constant(0),
      fc.double({ min: 1e-12, max: 1, noNaN: true }),
      fc.constantFrom(1 / 3, 0.1, 1e6),
    );
    fc.assert(
      fc.property(fc.array(weight, { minLength: 1, maxLength: 30 }), (weights) => {
        const counts = frequencies([...weights, 1 / 7], 300, 'zeros');
        weights.forEach((w, i) => expect(w === 0 ? counts[i] : 0).toBe(0));
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });

  it.each([
    { weights: [], got: '0' },
    { weights: [0, 0], got: '0' },
    { weights: [1, NaN], got: 'NaN' },
    { weights: [1, Infinity], got: 'Infinity' },
    { weights: [-1, -2], got: '-3' },
  ])('refuses $weights', ({ weights, got }) => {
    expect(() => indexSampler(weights)).toThrow(Failure);
    expect(() => indexSampler(weights)).toThrow(`indexSampler.weights: no positive total; got ${got}.`);
  });
});

describe('systematicCounts', () => {
  const weights = fc.array(
    fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9 }), fc.double({ min: 1e-6, max: 3, noNaN: true })),
    {
      minLength: 1,
      maxLength: 40,
    },
  );

  it('takes each record floor or ceiling of its expectation, the size in all, and nobody without weight', () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 200 }), fc.integer(), (some, size, key) => {
        const all = vec(...some, 1);
        const counts = systematicCounts(all, size, randomStream('systematic', key));
        expect(sum(counts)).toBe(size);
        const total = sum(all);
        all.forEach((w, i) => {
          const expected = (size * w) / total;
          expect(counts[i]).toBeGreaterThanOrEqual(Math.floor(expected - 1e-9));
          expect(counts[i]).toBeLessThanOrEqual(w === 0 ? 0 : Math.ceil(expected + 1e-9));
        });
      }),
      { seed: 20260101, numRuns: 1000 },
    );
  });

  // 4 000 starts; a count's mean has a standard error below .008.
  it('takes each record as often as expected on average', () => {
    const given = vec(0.5, 2, 0, 0.3, 1.2);
    const mean = new Float64Array(5);
    for (let start = 0; start < 4000; start++)
      systematicCounts(given, 6, randomStream('mean', start)).forEach((count, i) => (mean[i]! += count / 4000));
    mean.forEach((m, i) => expect(Math.abs(m - (6 * given[i]!) / 4)).toBeLessThan(0.032));
  });

  it.each([
    { name: 'everybody once', weights: vec(1, 1, 1, 1), size: 4, counts: [1, 1, 1, 1] },
    { name: 'everybody thrice', weights: vec(0.1, 0.1, 0.1), size: 9, counts: [3, 3, 3] },
    { name: 'all from one', weights: vec(0, 3, 0), size: 5, counts: [0, 5, 0] },
    { name: 'nobody', weights: vec(1, 2), size: 0, counts: [0, 0] },
  ])('$name', ({ weights, size, counts }) =>
    expect([...systematicCounts(weights, size, randomStream('exact'))]).toEqual(counts),
  );

  /** A stream whose uniform draws are all the same. */
  const always = (u: number): RandomStream => ({ ...randomStream('fixed'), uniform: () => u });
  it.each([
    { name: 'lowest', u: 0, counts: [0, 2, 0, 1, 0] },
    { name: 'highest', u: 1 - Number.EPSILON, counts: [0, 2, 0, 1, 0] },
  ])('takes nobody without weight at the $name start', ({ u, counts }) =>
    expect([...systematicCounts(vec(0, 2, 0, 1, 0), 3, always(u))]).toEqual(counts),
  );
});

describe('systematicCounts without weight', () => {
  it.each([
    { weights: [], got: '0' },
    { weights: [0, 0], got: '0' },
    { weights: [1, NaN], got: 'NaN' },
    { weights: [1, Infinity], got: 'Infinity' },
  ])('refuses $weights', ({ weights, got }) => {
    const act = () => systematicCounts(vec(...weights), 2, randomStream('none'));
    expect(act).toThrow(Failure);
    expect(act).toThrow(`systematicCounts.weights: no positive total; got ${got}.`);
  });
});

describe('permutation', () => {
  it.each([0, 1, 2, 50])('holds each of %i numbers once', (n) => {
    expect([...permutation(n, randomStream('p'))].sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
  });

  // 6 orders of three, 6 000 shuffles: chi-square with 5 degrees of freedom, 0.999 quantile 20.5.
  it('finds every order equally often', () => {
    const found = new Map<string, number>();
    const random = randomStream('orders');
    for (let i = 0; i < 6000; i++) {
      const key = permutation(3, random).join('');
      found.set(key, (found.get(key) ?? 0) + 1);
    }
    expect(found.size).toBe(6);
    expect([...found.values()].reduce((s, n) => s + (n - 1000) ** 2 / 1000, 0)).toBeLessThan(20.5);
  });
});
