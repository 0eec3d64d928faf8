import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import type { WeightedPoints } from '../../src/transport/divergences.js';
import { medianBandwidth, mmd } from '../../src/transport/mmd.js';

const vec = (...values: number[]): Float64Array => Float64Array.from(values);
const normals = (n: number, d: number, name: string, shift = 0, spread = 1): WeightedPoints => {
  const random = randomStream('mmd', name);
  return {
    points: Float64Array.from({ length: n * d }, () => shift + spread * random.normal()),
    weights: Float64Array.from({ length: n }, (_, i) => 1 + (i % 3)),
  };
};
const evenly = ({ points, weights }: WeightedPoints): WeightedPoints => ({ points, weights: weights.map(() => 1) });

/** The definition: a double loop. */
function slow(a: WeightedPoints, b: WeightedPoints, d: number, sigma: number): number {
  const mean = (x: WeightedPoints, y: WeightedPoints, own: boolean): number => {
    let [total, mass] = [0, 0];
    x.weights.forEach((w, i) =>
      y.weights.forEach((v, j) => {
        if (own && i === j) return;
        let squared = 0;
        for (let k = 0; k < d; k++) squared += (x.points[i * d + k]! - y.points[j * d + k]!) ** 2;
        total += w * v * Math.exp(-squared / (2 * sigma * sigma));
        mass += w * v;
      }),
    );
    return total / mass;
  };
  return mean(a, a, true) + mean(b, b, true) - 2 * mean(a, b, false);
}

describe('mmd', () => {
  const [a, b] = [normals(60, 3, 'a'), normals(45, 3, 'b', 0.4)];

  it.each([0.3, 1, 4])('is the sum over all pairs, for a bandwidth of %d', (bandwidth) => {
    const found = mmd(a, b, 3, randomStream('m'), { bandwidth });
    expect(found.squared).toBeCloseTo(slow(a, b, 3, bandwidth), 12);
    expect(found).toMatchObject({ bandwidth, blocks: 1, standardError: 0 });
    expect(mmd(b, a, 3, randomStream('m'), { bandwidth }).squared).toBeCloseTo(found.squared, 12);
  });

  it('takes the median distance of the second sample for a bandwidth', () => {
    const found = mmd(a, b, 3, randomStream('m'));
    expect(found.bandwidth).toBe(Math.sqrt(medianBandwidth(b, 3, randomStream('m'))));
    // Pairs of equal points aside, squared distances are 2 chi²₃, with the median 4.73.
    expect(found.bandwidth ** 2).toBeGreaterThan(3.2);
    expect(found.bandwidth ** 2).toBeLessThan(6.2);
    expect(medianBandwidth({ points: vec(1, 1, 1), weights: vec(1, 1, 1) }, 1, randomStream('m'))).toBe(1);
  });

  // Of N(0, I), N(m, I): 2 c (1 - exp(-|m|² / (2 (σ² + 2)))) with c = (σ²/(σ² + 2))^(d/2). Standard error over samples .0025.
  it('is that of two Gaussians', () => {
    const expected = 2 * (1 / 3) * (1 - Math.exp(-0.5 / 6));
    const [p, q] = [evenly(normals(6_000, 2, 'p')), evenly(normals(6_000, 2, 'q', 0.5))];
    expect(Math.abs(mmd(p, q, 2, randomStream('g'), { bandwidth: 1 }).squared - expected)).toBeLessThan(0.01);
  });

  it('in blocks agrees with all pairs, to its standard error', () => {
    const [p, q] = [normals(4_000, 2, 'p'), normals(3_000, 2, 'q', 0.2)];
    const all = mmd(p, q, 2, randomStream('b'), { bandwidth: 1 });
    const some = mmd(p, q, 2, randomStream('b'), { bandwidth: 1, mostPairs: 1e6 });
    expect(all.blocks).toBe(1);
    expect(some.blocks).toBe(37);
    expect(Math.abs(some.squared - all.squared)).toBeLessThan(4 * some.standardError);
    expect(some.standardError).toBeLessThan(0.3 * all.squared);
  });

  // Forty pairs of samples of one distribution: the mean lies within four standard errors of 0, and the errors that are reported
  // are those that are seen, to a third.
  it('in blocks is unbiased, and its error is honest', () => {
    const found = Array.from({ length: 40 }, (_, i) =>
      mmd(normals(200, 2, `l${i}`), normals(200, 2, `r${i}`), 2, randomStream('u', i), {
        bandwidth: 1,
        mostPairs: 6_000,
      }),
    );
    expect(found[0]!.blocks).toBe(20);
    const mean = found.reduce((s, { squared }) => s + squared / 40, 0);
    const seen = Math.sqrt(found.reduce((s, { squared }) => s + (squared - mean) ** 2 / 39, 0));
    const said = Math.sqrt(found.reduce((s, { standardError }) => s + standardError ** 2 / 40, 0));
    expect(Math.abs(mean)).toBeLessThan((4 * seen) / Math.sqrt(40));
    expect(said / seen).toBeGreaterThan(0.67);
    expect(said / seen).toBeLessThan(1.5);
  });

  it('does not see the scale of weights, or points without weight', () => {
    const silent: WeightedPoints = {
      points: vec(...a.points, 9, 9, 9),
      weights: vec(...a.weights.map((w) => 1e6 * w), 0),
    };
    expect(mmd(silent, b, 3, randomStream('m'), { bandwidth: 1 }).squared).toBeCloseTo(slow(a, b, 3, 1), 12);
  });

  it('of single points: their own terms are 1', () => {
    const [one, two] = [0, 1].map((x) => ({ points: vec(x), weights: vec(5) })) as [WeightedPoints, WeightedPoints];
    expect(mmd(one, two, 1, randomStream('m'), { bandwidth: 1 }).squared).toBeCloseTo(2 - 2 * Math.exp(-0.5), 12);
  });

  it.each([
    { fault: 'no weight', sample: { points: vec(1), weights: vec(0) }, message: '.weights: no positive total; got 0.' },
    {
      fault: 'no number',
      sample: { points: vec(NaN), weights: vec(1) },
      message: '[0]: not a point; got NaN, expected 1 finite coordinate.',
    },
  ])('names $fault', ({ sample, message }) => {
    const good = { points: vec(1, 2), weights: vec(1, 1) };
    expect(() => mmd(sample, good, 1, randomStream('f'))).toThrow(`mmd.a${message}`);
    expect(() => mmd(good, sample, 1, randomStream('f'))).toThrow(`mmd.b${message}`);
  });
});
