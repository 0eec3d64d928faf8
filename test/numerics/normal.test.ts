import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile } from '../../src/numerics/normal.js';

describe('normalCdf', () => {
  // Python 3 math.erfc(-x / sqrt(2)) / 2; the first rows also in Abramowitz & Stegun (1964), table 26.1.
  it.each([
    [0, 0.5],
    [0.5, 0.6914624612740131],
    [1, 0.8413447460685429],
    [1.96, 0.9750021048517795],
    [3, 0.9986501019683699],
    [-1.2345, 0.1085083233626702],
    [-6, 9.865876450377012e-10],
    [-8, 6.220960574271819e-16],
    [-12, 1.776482112077702e-33],
    [-37, 5.725571222525139e-300],
    [-39, 0],
    [39, 1],
    [-Infinity, 0],
    [Infinity, 1],
  ])('of %d is %d', (x, expected) => {
    expect(Math.abs(normalCdf(x) - expected)).toBeLessThanOrEqual(1e-14);
    if (expected > 0) expect(normalCdf(x) / expected).toBeCloseTo(1, 7);
  });

  it('agrees with the integral of the density', () => {
    // Simpson's rule from 0 to x with 2,000 panels: error far below 1e-12.
    for (const x of [0.3, 1.7, 2.9, 4.4, 6.9, 7.3]) {
      const h = x / 4000;
      let area = 0;
      for (let k = 0; k <= 4000; k++)
        area += (k === 0 || k === 4000 ? 1 : k % 2 === 1 ? 4 : 2) * Math.exp((-k * h * k * h) / 2);
      expect(normalCdf(x)).toBeCloseTo(0.5 + (area * h) / 3 / Math.sqrt(2 * Math.PI), 12);
    }
  });
});

describe('normalQuantile', () => {
  // Wichura (1988) prints the rows marked *; the rest from Python 3 statistics.NormalDist().inv_cdf.
  it.each([
    [0.5, 0],
    [0.25, -0.6744897501960817], // *
    [0.001, -3.090232306167814], // *
    [1e-20, -9.2623400897984], // *
    [0.975, 1.9599639845400536],
    [0.9, 1.2815515655446008],
    [0.075, -1.4395314709384557],
    [0.0749, -1.4402382675279632],
    [0.999999, 4.753424308817089],
    [1e-300, -37.04709629936],
  ])('of %d is %d', (share, expected) => expect(Math.abs(normalQuantile(share) - expected)).toBeLessThan(1e-9));

  it('is infinite at 0 and 1', () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
  });

  it('inverts the distribution function', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (share) => {
        expect(Math.abs(normalCdf(normalQuantile(share)) - share)).toBeLessThan(1e-13);
      }),
      { seed: 20260101, numRuns: 500 },
    );
  });

  it.each([-0.1, 1.1, NaN])('refuses %d', (share) => {
    expect(() => normalQuantile(share)).toThrow(
      `normalQuantile: not a share; got ${share}, expected a number in [0, 1].`,
    );
  });
});
