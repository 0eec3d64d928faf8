import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortedOrder } from '../../src/numerics/sorted-order.js';

const vec = (...values: number[]): Float64Array => Float64Array.from(values);
/** The slow method: a stable sort with a comparator. */
const byComparator = (values: Float64Array): Uint32Array =>
  Uint32Array.from(
    [...values.keys()].sort((i, j) => (values[i]! < values[j]! ? -1 : values[i]! > values[j]! ? 1 : i - j)),
  );

describe('sortedOrder', () => {
  it.each([
    { name: 'nothing', values: vec() },
    { name: 'one value', values: vec(-3) },
    { name: 'ties keep their order', values: vec(2, 1, 2, 1, 2) },
    { name: 'zeros of either sign are equal', values: vec(0, -0, 0, -0, -1, 1) },
    { name: 'numbers below the smallest float', values: vec(3e-310, -2e-310, 5e-324, 0, -5e-324, 1e-60, -1e-60) },
    {
      name: 'numbers above the largest float',
      values: vec(1e300, -1e300, 1e299, 1e308, -1e308, 3.5e38, Infinity, -Infinity),
    },
    { name: 'equal as floats only', values: vec(1 + 2 ** -40, 1, 1 + 2 ** -50, 1 - 2 ** -40) },
    { name: 'descending', values: Float64Array.from({ length: 300 }, (_, i) => -i / 7) },
  ])('$name', ({ values }) => {
    const before = values.slice();
    expect(sortedOrder(values)).toStrictEqual(byComparator(values));
    expect(values).toStrictEqual(before);
  });

  // A method that is quadratic in such runs takes a minute here, and this one a twentieth of a second.
  it('is not slow where one float stands for a hundred thousand values', () => {
    const values = Float64Array.from({ length: 100_000 }, (_, i) => 1 + ((i * 7919) % 100_003) * 1e-14);
    const began = performance.now();
    expect(sortedOrder(values)).toStrictEqual(byComparator(values));
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it.each([
    ['any doubles', fc.double({ noNaN: true })],
    ['many ties', fc.integer({ min: -3, max: 3 })],
    ['scores in tenths', fc.integer({ min: 10, max: 50 }).map((x) => x / 10)],
    ['values that one float stands for', fc.integer({ min: -50, max: 50 }).map((x) => 1 + x * Number.EPSILON)],
    [
      'all exponents',
      fc
        .tuple(fc.integer({ min: -1074, max: 1000 }), fc.double({ min: -2, max: 2, noNaN: true }))
        .map(([e, x]) => x * 2 ** e),
    ],
  ])('sorts like a comparator: %s', (_, value) => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 200 }), (values) => {
        expect(sortedOrder(vec(...values))).toStrictEqual(byComparator(vec(...values)));
      }),
      { seed: 20260101, numRuns: 200 },
    );
  });
});
