import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { openKernels } from '../../src/numerics/kernels/kernels.js';
import { int8At, quantizeQuery, quantizeRows } from '../../src/numerics/quantized-rows.js';

const kernels = openKernels({}, 'twin');

/** Score and error of each row for a query, and how far the dot product is from the score, all as shares of the length. */
function looked(vectors: Float32Array, query: Float32Array) {
  const d = query.length;
  return kernels.scope(() => {
    const { rows, pairs, codes, scales, errors } = quantizeRows(kernels, vectors, d);
    const words = new Int16Array(2 * pairs);
    const { length, factor } = quantizeQuery(query, 0, d, words);
    const code = int8At(kernels, codes, 2 * pairs * Math.ceil(rows / 16) * 16);
    return Array.from({ length: rows }, (_, row) => {
      const panel = (row - (row % 16)) * 2 * pairs;
      const sum = words.reduce((s, w, k) => s + w * code[panel + (k >> 1) * 32 + 2 * (row % 16) + (k & 1)]!, 0);
      const score = Math.fround(
        Math.fround(Math.fround(sum) * Math.fround(factor)) * kernels.float32(scales, rows)[row]!,
      );
      const exact = query.reduce((s, x, k) => s + x * vectors[row * d + k]!, 0);
      return { sum, score, error: kernels.float32(errors, rows)[row]!, gap: Math.abs(exact / length - score) };
    });
  });
}

/** Numbers of all sizes: subnormal ones, units apart by many orders in one row, ties, zeros. */
const numbers = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 0.5, 1e30, -1e30, 1e-45, -3e-45, 1e-38, 127, 126.5),
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.float({ min: Math.fround(-1e30), max: Math.fround(1e30), noNaN: true }),
);

describe('quantizeRows', () => {
  it('never errs by more than it says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), fc.array(numbers, { minLength: 48, maxLength: 200 }), (d, all) => {
        const query = Float32Array.from(all.slice(0, d));
        const rows = Float32Array.from(all.slice(d, all.length - (all.length % d)));
        for (const { gap, error } of looked(rows, query)) expect(gap).toBeLessThanOrEqual(error);
      }),
      { seed: 20260101, numRuns: 500 },
    );
  });

  it.each([128, 512, 4096, 16_384])('says little more than rounding loses, in %i dimensions', (d) => {
    const random = randomStream('rows', d);
    const row = Float32Array.from({ length: d }, () => random.normal());
    const query = Float32Array.from({ length: d }, () => random.normal());
    const length = Math.hypot(...row);
    for (const { gap, error } of looked(row, query)) {
      expect(gap).toBeLessThanOrEqual(error);
      // A step is 1/127 of the largest number (4 to 5 standard deviations at most); its rounding has 1/√12 of that; 16,384
      // dimensions leave a query 10 bits.
      expect(error / length).toBeLessThan(d > 1024 ? 0.08 : 0.012);
    }
  });

  // The largest sum there is: all codes 127, all words alike.
  it.each([1, 2, 516, 517, 16_384])('keeps sums within 32 bits in %i dimensions', (d) => {
    const [{ sum, gap, error }] = looked(new Float32Array(d).fill(3), new Float32Array(d).fill(-2)) as [
      ReturnType<typeof looked>[number],
    ];
    expect(Math.abs(sum)).toBeLessThan(2 ** 31);
    expect(Math.abs(sum)).toBeGreaterThan(d > 516 ? 2 ** 31 * 0.98 : d * 4e6);
    expect(gap).toBeLessThanOrEqual(error);
  });

  it('gives rows of zeros the score 0 and next to no error', () => {
    const [row] = looked(new Float32Array(3), Float32Array.of(1, 2, 3));
    expect(row).toMatchObject({ score: 0, gap: 0 });
    expect(row!.error).toBeLessThan(1e-35);
  });
});
