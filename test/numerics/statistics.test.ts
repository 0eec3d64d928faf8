import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { columnOf, moments, normalized, quantile, sum, weightedQuantile } from '../../src/numerics/statistics.js';

const vec = (...values: number[]): Float64Array => Float64Array.from(values);
const finite = fc.double({ min: -100, max: 100, noNaN: true });

describe('sum, normalized, columnOf', () => {
  it.each([
    { values: [], total: 0 },
    { values: [2.5], total: 2.5 },
    { values: [1, -1, 4], total: 4 },
  ])('sum of $values', ({ values, total }) => expect(sum(values)).toBe(total));

  it.each([
    { weights: [1, 3], shares: [0.25, 0.75] },
    { weights: [5], shares: [1] },
    { weights: [0, 2, 0], shares: [0, 1, 0] },
    { weights: [0, 0], shares: [0, 0] },
    { weights: [], shares: [] },
  ])('shares of $weights', ({ weights, shares }) => expect(normalized(weights)).toStrictEqual(vec(...shares)));

  it('takes a column of a row-major matrix', () => {
    expect(columnOf(vec(1, 2, 3, 4, 5, 6), 3, 1)).toStrictEqual(vec(2, 5));
    expect(columnOf(vec(), 3, 1)).toStrictEqual(vec());
  });
});

describe('moments', () => {
  // By hand: points (0, 0), (2, 2), (4, 0) with weights 1, 2, 1: mean (2, 1), covariance ((2, 0), (0, 1)).
  it('by hand', () => {
    const { mean, covariance, sd, correlation } = moments(vec(0, 0, 2, 2, 4, 0), 2, vec(1, 2, 1));
    expect(mean).toStrictEqual(vec(2, 1));
    expect(covariance).toStrictEqual(vec(2, 0, 0, 1));
    expect(sd).toStrictEqual(vec(Math.SQRT2, 1));
    expect(correlation).toStrictEqual(vec(1, 0, 0, 1));
  });

  it('of one point: no spread, and no correlation beside a constant column', () => {
    const { mean, sd, correlation } = moments(vec(3, 4), 2, vec(7));
    expect([mean, sd, correlation]).toStrictEqual([vec(3, 4), vec(0, 0), vec(1, 0, 0, 1)]);
  });

  it('agrees with a plain two-pass loop', () => {
    const points = fc.array(fc.tuple(finite, finite, finite, fc.double({ min: 0, max: 5, noNaN: true })), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(points, (rows) => {
        const weights = rows.map(([, , , w], i) => (i === 0 ? w + 1 : w));
        const total = sum(weights);
        const mean = [0, 1, 2].map((k) => rows.reduce((s, row, i) => s + weights[i]! * row[k]!, 0) / total);
        const found = moments(vec(...rows.flatMap((row) => row.slice(0, 3))), 3, vec(...weights));
        for (let k = 0; k < 3; k++) {
          expect(found.mean[k]).toBeCloseTo(mean[k]!, 9);
          for (let l = 0; l < 3; l++) {
            const expected =
              rows.reduce((s, row, i) => s + weights[i]! * (row[k]! - mean[k]!) * (row[l]! - mean[l]!), 0) / total;
            expect(Math.abs(found.covariance[k * 3 + l]! - expected)).toBeLessThan(1e-9 * (1 + Math.abs(expected)));
            expect(found.covariance[k * 3 + l]).toBe(found.covariance[l * 3 + k]);
          }
        }
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });

  it('does not lose the spread of numbers far from zero', () => {
    const { sd } = moments(vec(1e9, 1e9 + 1, 1e9 + 2), 1, vec(1, 1, 1));
    expect(sd[0]).toBeCloseTo(Math.sqrt(2 / 3), 6);
  });

  it('depends on the ratios of the weights only', () => {
    const points = vec(1, 5, 2, 2, 9, -3);
    const [a, b] = [1, 1e-9].map((scale) =>
      moments(
        points,
        2,
        vec(1, 2, 4).map((w) => scale * w),
      ),
    );
    a!.covariance.forEach((entry, at) => expect(b!.covariance[at]).toBeCloseTo(entry, 10));
  });
});

describe('weightedQuantile: the smallest value whose cumulated weight reaches the share', () => {
  it.each([
    { name: 'first step', values: [10, 20, 30], weights: [1, 1, 2], share: 0.25, expected: 10 },
    { name: 'just above the first step', values: [10, 20, 30], weights: [1, 1, 2], share: 0.2501, expected: 20 },
    { name: 'median', values: [10, 20, 30], weights: [1, 1, 2], share: 0.5, expected: 20 },
    { name: 'above the median', values: [10, 20, 30], weights: [1, 1, 2], share: 0.51, expected: 30 },
    { name: 'unsorted', values: [30, 10, 20], weights: [2, 1, 1], share: 0.5, expected: 20 },
    { name: 'a weight of zero has no say', values: [5, 10, 20], weights: [0, 1, 1], share: 0.01, expected: 10 },
    { name: 'all', values: [10, 20, 30], weights: [1, 1, 0], share: 1, expected: 20 },
    { name: 'any scale', values: [10, 20], weights: [1e-300, 3e-300], share: 0.25, expected: 10 },
    { name: 'thirds that do not add up to one', values: [1, 2, 3], weights: [0.1, 0.1, 0.1], share: 1, expected: 3 },
    { name: 'one value', values: [7], weights: [3], share: 0.5, expected: 7 },
    { name: 'share 0 is the smallest with weight', values: [-9, 1, 2], weights: [0, 1, 1], share: 0, expected: 1 },
    { name: 'ties', values: [2, 2, 2, 9], weights: [1, 1, 1, 1], share: 0.75, expected: 2 },
    // Seven tenths added up are .7, and seven twelfths of twelve tenths added up are .7000000000000001.
    {
      name: 'rounding of the sums does not count',
      values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      weights: new Array<number>(12).fill(0.1),
      share: 7 / 12,
      expected: 7,
    },
  ])('$name', ({ values, weights, share, expected }) =>
    expect(weightedQuantile(vec(...values), vec(...weights), share)).toBe(expected),
  );

  it('never gives a value without weight, whatever the sums round to', () => {
    const rows = fc.array(fc.tuple(finite, fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1, noNaN: true }))), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(rows, fc.constantFrom(0, 0.5, 1), (pairs, share) => {
        const [values, weights] = [vec(0.5, ...pairs.map(([x]) => x)), vec(0.1, ...pairs.map(([, w]) => w))];
        const found = weightedQuantile(values, weights, share);
        expect(values.some((x, i) => x === found && weights[i]! > 0)).toBe(true);
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });

  it.each([
    { values: [], weights: [], got: '0' },
    { values: [1, 2], weights: [0, 0], got: '0' },
    { values: [1, 2], weights: [1, NaN], got: 'NaN' },
  ])('refuses weights $weights', ({ values, weights, got }) => {
    const act = () => weightedQuantile(vec(...values), vec(...weights), 0.5);
    expect(act).toThrow(Failure);
    expect(act).toThrow(`weightedQuantile.weights: no positive total; got ${got}.`);
  });

  it('treats whole weights as repeated values', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: 1, max: 4 })), {
      minLength: 1,
      maxLength: 10,
    });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 20 }), (pairs, twentieth) => {
        const repeated = pairs.flatMap(([value, times]) => new Array<number>(times).fill(value));
        const weighted = weightedQuantile(
          vec(...pairs.map(([x]) => x)),
          vec(...pairs.map(([, w]) => w)),
          twentieth / 20,
        );
        expect(weighted).toBe(quantile(vec(...repeated), twentieth / 20));
        // The slow method: the rank ceil(share n) of the sorted values.
        const rank = Math.ceil((twentieth * repeated.length) / 20);
        expect(weighted).toBe(repeated.sort((a, b) => a - b)[rank - 1]);
      }),
      { seed: 20260101, numRuns: 500 },
    );
  });
});
