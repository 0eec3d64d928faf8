import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { spatialOrder } from '../../src/transport/spatial-order.js';

const cloud = (n: number, d: number): Float64Array => {
  const random = randomStream('spatial-order', n, d);
  return Float64Array.from({ length: n * d }, () => random.normal());
};

/** Sum over tiles of eight of the widths of their boxes. */
function tileWidths(points: Float64Array, d: number, order: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at + 8 <= order.length; at += 8)
    for (let k = 0; k < d; k++) {
      const values = Array.from({ length: 8 }, (_, q) => points[order[at + q]! * d + k]!);
      total += Math.max(...values) - Math.min(...values);
    }
  return total;
}

describe('spatialOrder', () => {
  it('is a permutation, whatever the points are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.oneof(fc.constantFrom(0, 1), fc.double({ noNaN: true, noDefaultInfinity: true })), {
          maxLength: 120,
        }),
        (d, values) => {
          const n = Math.floor(values.length / d);
          const order = spatialOrder(Float64Array.from(values.slice(0, n * d)), d);
          expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
        },
      ),
      { seed: 20260101, numRuns: 300 },
    );
  });

  it('sorts points on a line into tiles that follow one another', () => {
    const points = cloud(64, 1);
    const order = spatialOrder(points, 1);
    for (let at = 8; at < 64; at += 8) {
      const valuesOf = (from: number): number[] => Array.from(order.subarray(from, from + 8), (i) => points[i]!);
      expect(Math.max(...valuesOf(at - 8))).toBeLessThan(Math.min(...valuesOf(at)));
    }
  });

  it('puts neighbours together: boxes of eight points are less than half as wide as by chance', () => {
    const points = cloud(4_096, 5);
    const byChance = tileWidths(
      points,
      5,
      Array.from({ length: 4_096 }, (_, i) => i),
    );
    expect(tileWidths(points, 5, spatialOrder(points, 5))).toBeLessThan(byChance / 2);
  });

  it('orders many equal points as fast as others', () => {
    expect(spatialOrder(new Float64Array(200_000), 2).length).toBe(100_000);
  });
});
