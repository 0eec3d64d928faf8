import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { sum } from '../../src/numerics/statistics.js';
import { expectedCounts, type ExpectedCountsOptions } from '../../src/survey/expected-counts.js';
import { largestDifference } from './weighting-fixture.js';

const counts = (weights: readonly number[], options: ExpectedCountsOptions): number[] => [
  ...expectedCounts(Float64Array.from(weights), options),
];

describe('expectedCounts', () => {
  it.each<{ name: string; weights: number[]; options: ExpectedCountsOptions; expected: number[] }>([
    { name: 'in proportion', weights: [1, 3], options: { size: 6 }, expected: [1.5, 4.5] },
    {
      name: 'a cap gives the rest to the others',
      weights: [8, 1, 1],
      options: { size: 6, cap: 3 },
      expected: [3, 1.5, 1.5],
    },
    { name: 'caps one after the other', weights: [8, 4, 1], options: { size: 5, cap: 2 }, expected: [2, 2, 1] },
    { name: 'all at the cap', weights: [1, 2], options: { size: 4, cap: 2 }, expected: [2, 2] },
    { name: 'one that is kept', weights: [1, 9], options: { size: 2, keep: [0] }, expected: [1, 1] },
    { name: 'one that is there anyway', weights: [5, 5], options: { size: 4, keep: [0, 0] }, expected: [2, 2] },
    { name: 'kept without weight', weights: [0, 1, 3], options: { size: 5, keep: [0] }, expected: [1, 1, 3] },
    { name: 'kept and capped', weights: [0, 1, 9], options: { size: 4, keep: [0, 1], cap: 2 }, expected: [1, 1, 2] },
    { name: 'only what is kept', weights: [1, 9, 5], options: { size: 1, keep: [0] }, expected: [1, 0, 0] },
    { name: 'kept without any weight', weights: [0, 0], options: { size: 1, keep: [1] }, expected: [0, 1] },
    { name: 'one record', weights: [0.1], options: { size: 7 }, expected: [7] },
    { name: 'nothing asked for', weights: [1, 2], options: { size: 0 }, expected: [0, 0] },
    { name: 'nobody', weights: [], options: { size: 0 }, expected: [] },
    { name: 'weights apart by far', weights: [1e-300, 1e300], options: { size: 3, cap: 2 }, expected: [1, 2] },
  ])('$name', ({ weights, options, expected }) =>
    expect(largestDifference(counts(weights, options), expected)).toBeLessThan(1e-9),
  );

  // The slow method: the sum is linear in t between the places where a record reaches a bound; t is read off that broken line.
  it('is the point of a broken line', () => {
    const cases = fc.record({
      weights: fc.array(fc.double({ min: 0.01, max: 9, noNaN: true }), { minLength: 1, maxLength: 12 }),
      cap: fc.integer({ min: 1, max: 4 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      kept: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
    });
    fc.assert(
      fc.property(cases, ({ weights, cap, share, kept }) => {
        const keep = [...weights.keys()].filter((i) => kept[i]);
        const size = keep.length + Math.floor(share * (weights.length * cap - keep.length));
        const at = (t: number): number[] => weights.map((w, i) => Math.min(cap, Math.max(kept[i] ? 1 : 0, t * w)));
        const breaks = [0, ...weights.flatMap((w) => [1 / w, cap / w])].sort((a, b) => a - b);
        const upper = breaks.find((t) => sum(at(t)) >= size - 1e-9)!;
        const lower = breaks.findLast((t) => t < upper) ?? upper;
        const [low, high] = [sum(at(lower)), sum(at(upper))];
        const t = high > low ? lower + ((size - low) / (high - low)) * (upper - lower) : upper;
        const found = counts(weights, { size, cap, keep });
        expect(sum(found)).toBeCloseTo(size, 8);
        expect(largestDifference(found, at(t))).toBeLessThan(1e-7);
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });

  it.each<{ fault: string; weights: number[]; options: ExpectedCountsOptions; message: string }>([
    {
      fault: 'a weight',
      weights: [1, NaN],
      options: { size: 1 },
      message: 'integerize.weights[1]: not a weight; got NaN, expected a finite number ≥ 0.',
    },
    {
      fault: 'no weight at all',
      weights: [0, 0],
      options: { size: 1 },
      message: 'integerize.weights: no positive weight; got 0, expected > 0.',
    },
    {
      fault: 'a sum',
      weights: [1e308, 1e308],
      options: { size: 1 },
      message: 'integerize.weights: no finite sum; got Infinity, expected weights on a smaller scale.',
    },
    {
      fault: 'a size',
      weights: [1],
      options: { size: 1.5 },
      message: 'integerize.size: not a number of records; got 1.5, expected a whole number ≥ 0.',
    },
    {
      fault: 'a cap',
      weights: [1],
      options: { size: 1, cap: 0 },
      message: 'integerize.cap: not a number of copies; got 0, expected a whole number ≥ 1.',
    },
    {
      fault: 'a row',
      weights: [1, 1],
      options: { size: 1, keep: [2] },
      message: 'integerize.keep[0]: no such record; got 2, expected 0 to 1.',
    },
  ])('names the fault: $fault', ({ weights, options, message }) =>
    expect(() => counts(weights, options)).toThrow(message),
  );

  it.each([
    {
      name: 'keep',
      options: { size: 1, keep: [0, 2] },
      message: 'integerize.keep: more records are to be kept than are asked for; got 2, expected at most 1.',
    },
    {
      name: 'cap',
      options: { size: 6, cap: 2, keep: [1] },
      message:
        'integerize.cap: too few records; got 2 records x 2, expected at least 6. Raise the cap, or ask for fewer.',
    },
  ])('says what cannot be: $name', ({ options, message }) => {
    const act = (): number[] => counts([1, 0, 2], options);
    expect(act).toThrow(message);
    expect(act).toThrow(expect.objectContaining({ code: 'infeasible' }) as Failure);
  });
});
