import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { permutation } from '../../src/numerics/sampling.js';
import { normalQuantile } from '../../src/numerics/normal.js';
import { extrapolateTotal } from '../../src/survey/extrapolate.js';

const of = (...values: number[]): Float64Array => Float64Array.from(values);

describe('extrapolateTotal', () => {
  it('is exact where the quantity is a straight line of the size, with or without an origin', () => {
    const sizes = of(1, 2, 3, 4, 6);
    const all = { units: 50, size: 200 };
    for (const line of [(x: number) => 3 * x, (x: number) => 7 + 3 * x, () => 7]) {
      const { estimate, lower, upper } = extrapolateTotal(sizes.map(line), sizes, all);
      const total = 50 * (line(0) + (line(1) - line(0)) * 4);
      expect(estimate).toBeCloseTo(total, 9);
      expect(upper - lower).toBeLessThan(1e-6);
    }
  });

  it('is the mean times the units where all sizes are the same, with the textbook interval', () => {
    // By hand: mean 3, s² = 2.5; leave-one-out residuals are 5/4 of the residuals; t(.975, 3) = 3.182.
    const { estimate, lower, upper } = extrapolateTotal(of(1, 2, 3, 4, 5), of(9, 9, 9, 9, 9), {
      units: 100,
      size: 900,
    });
    expect(estimate).toBe(300);
    const reach = 3.182 * Math.sqrt((100 * 100 * 0.95 * 10 * 1.5625) / 20);
    expect(upper - 300).toBeCloseTo(reach, 0);
    expect(300 - lower).toBeCloseTo(reach, 0);
  });

  it('never says less than was seen, and is certain when all were seen', () => {
    const values = of(0, 0, 0, 0, 50);
    expect(extrapolateTotal(values, of(1, 1, 1, 1, 1), { units: 6, size: 6 }).lower).toBeGreaterThanOrEqual(50);
    expect(extrapolateTotal(values, of(1, 2, 3, 4, 5), { units: 5, size: 15 })).toEqual({
      estimate: 50,
      lower: 50,
      upper: 50,
    });
    expect(extrapolateTotal(of(0, 0, 0, 0, 0), of(1, 2, 3, 4, 5), { units: 50, size: 90 })).toEqual({
      estimate: 0,
      lower: 0,
      upper: 0,
    });
  });

  it.each([
    [4, 10],
    [12, 11],
  ])('refuses %i units of %i', (n, units) => {
    expect(() => extrapolateTotal(new Float64Array(n), new Float64Array(n), { units, size: 1 })).toThrow(
      `extrapolateTotal: cannot speak for the population; got ${n} units of ${units}, expected at least 5, and at most all.`,
    );
  });

  // What authors cost: as many narratives each, and prompts as long as their posts, which are skewed (lognormal), cut at 60,000.
  it('covers the cost of 1,000 authors from 20 of them in at least 90 of 100 pilots, within 15 %', () => {
    let covered = 0;
    const runs = 600;
    const widths: number[] = [];
    for (let run = 0; run < runs; run++) {
      const random = randomStream('pilot', run);
      const normal = (): number => normalQuantile(random.uniform() || 0.5);
      const sizes = Float64Array.from({ length: 1000 }, () => Math.min(60_000, 8_000 * Math.exp(normal())));
      const costs = sizes.map(
        (size) =>
          (random.uniform() < 0.1 ? 1.3 : 1) * (14 * (900 + 60 * normal()) + size / 4) * Math.exp(0.05 * normal()),
      );
      const chosen = permutation(1000, random).subarray(0, 20);
      const pick = (from: Float64Array): Float64Array => Float64Array.from(chosen, (i) => from[i]!);
      const total = costs.reduce((a, b) => a + b, 0);
      const { estimate, lower, upper } = extrapolateTotal(pick(costs), pick(sizes), {
        units: 1000,
        size: sizes.reduce((a, b) => a + b, 0),
      });
      if (lower <= total && total <= upper) covered++;
      widths.push((upper - lower) / 2 / estimate);
    }
    expect(covered / runs).toBeGreaterThanOrEqual(0.9);
    expect(widths.sort((a, b) => a - b)[Math.floor(0.9 * runs)]).toBeLessThan(0.15);
  });
});
