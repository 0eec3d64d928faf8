import { describe, expect, it } from 'vitest';
import { fitGeneralizedPareto, generalizedParetoQuantile } from '../../src/numerics/generalized-pareto.js';

/** Expected order statistics of a generalised Pareto distribution, by its closed form. */
const sample = (n: number, shape: number, scale: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => {
    const beyond = 1 - (i + 0.5) / n;
    return shape === 0 ? -scale * Math.log(beyond) : (scale * (Math.exp(-shape * Math.log(beyond)) - 1)) / shape;
  });

describe('fitGeneralizedPareto', () => {
  // The published algorithm (Zhang & Stephens 2009, with 30 + √n points and the prior of Vehtari et al.) in R, for i²/100.
  it('gives what the algorithm gives in R', () => {
    const { shape, scale } = fitGeneralizedPareto(
      Float64Array.from({ length: 40 }, (_, i) => ((i + 1) * (i + 1)) / 100),
    );
    expect(shape).toBeCloseTo(-0.0344735170232, 10);
    expect(scale).toBeCloseTo(6.4410190222117, 10);
  });

  it.each([-0.3, 0, 0.3, 0.5, 0.7, 1.2])('finds the shape %d of its own quantiles, drawn a little to 0.5', (shape) => {
    const found = fitGeneralizedPareto(sample(2_000, shape, 2));
    expect(Math.abs(found.shape - (shape * 2_000 + 5) / 2_010)).toBeLessThan(0.04);
    expect(Math.abs(found.scale - 2)).toBeLessThan(0.1);
  });

  it('has no unit in its shape', () => {
    const [one, other] = [1, 1e-90].map((unit) => fitGeneralizedPareto(sample(60, 0.6, 1).map((x) => x * unit)));
    expect(other!.shape).toBeCloseTo(one!.shape, 9);
    expect(other!.scale / 1e-90).toBeCloseTo(one!.scale, 9);
  });

  it.each([
    { name: 'all the same', excesses: [1, 1, 1, 1, 1] },
    { name: 'nothing but one', excesses: [0, 0, 0, 0, 0, 0, 0, 1] },
    { name: 'of all sizes', excesses: [1e-300, 1e-200, 1e-100, 1e-50, 1] },
  ])('stays finite: $name', ({ excesses }) => {
    const found = fitGeneralizedPareto(Float64Array.from(excesses));
    expect(Number.isFinite(found.shape)).toBe(true);
    expect(Number.isFinite(found.scale)).toBe(true);
  });
});

describe('generalizedParetoQuantile', () => {
  // σ ((1 - p)^-k - 1) / k: exponential for k = 0, uniform for k = -1.
  it.each([
    { shape: 0, scale: 3, share: 0.5, expected: 3 * Math.LN2 },
    { shape: 1e-13, scale: 3, share: 0.5, expected: 3 * Math.LN2 },
    { shape: 1, scale: 2, share: 0.75, expected: 6 },
    { shape: -1, scale: 2, share: 0.75, expected: 1.5 },
    { shape: 0.5, scale: 1, share: 0, expected: 0 },
  ])('k = $shape at $share', ({ shape, scale, share, expected }) =>
    expect(generalizedParetoQuantile({ shape, scale }, share)).toBeCloseTo(expected, 12),
  );
});
