import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { heldOutBandwidth, scottBandwidth, silvermanBandwidth } from '../../src/survey/bandwidth.js';

const equal = (n: number): Float64Array => new Float64Array(n).fill(1);
const normals = (n: number, name: string): Float64Array => {
  const random = randomStream('bandwidth', name);
  return Float64Array.from({ length: n }, () => random.normal());
};

describe('silvermanBandwidth', () => {
  // (4/3)^(1/5) in one dimension, 1 in two, (4/7)^(1/9) in five.
  it.each([
    { d: 1, factor: 1.0592238410488122 },
    { d: 2, factor: 1 },
    { d: 5, factor: 0.9397141628895238 },
  ])("is Scott's times $factor in $d dimensions", ({ d, factor }) => {
    const sample = { points: normals(60 * d, 'silverman'), weights: equal(60) };
    const scott = scottBandwidth(sample, d);
    silvermanBandwidth(sample, d).forEach((h, k) => expect(h / scott[k]!).toBeCloseTo(factor, 12));
  });
});

describe('heldOutBandwidth', () => {
  const side = (name: string, spread: (x: number, i: number) => number) => ({
    points: normals(400, name).map(spread),
    weights: equal(400),
  });

  it('takes the multiple under which held-out points are likeliest, by the density itself', async () => {
    const [sample, other] = [side('sample', (x) => x), side('held out', (x) => x)];
    const found = await heldOutBandwidth(sample, other, 1);
    for (const { factor, meanLogDensity } of found.trials) {
      const h = scottBandwidth(sample, 1)[0]! * factor;
      let total = 0;
      for (const x of other.points) {
        let density = 0;
        for (const y of sample.points)
          density += Math.exp(-((x - y) ** 2) / (2 * h * h)) / (h * Math.sqrt(2 * Math.PI));
        total += Math.log(density / 400) / 400;
      }
      expect(meanLogDensity).toBeCloseTo(total, 5);
    }
    const best = found.trials.reduce((a, b) => (b.meanLogDensity > a.meanLogDensity ? b : a));
    expect(found.factor).toBe(best.factor);
    expect(found.bandwidth[0]).toBe(scottBandwidth(sample, 1)[0]! * best.factor);
    // Scott's rule is nearly the best for Gaussian data.
    expect(best.meanLogDensity - found.trials.find(({ factor }) => factor === 1)!.meanLogDensity).toBeLessThan(0.02);
  });

  it('goes below Scott where there are two narrow heaps', async () => {
    const heaps = (x: number, i: number): number => 0.05 * x + 4 * (i % 2);
    expect((await heldOutBandwidth(side('a', heaps), side('b', heaps), 1)).factor).toBe(0.35);
  });

  it('does not look at held-out points without weight', async () => {
    const other = { points: Float64Array.of(0.1, 1e9), weights: Float64Array.of(1, 0) };
    const found = await heldOutBandwidth(
      side('a', (x) => x),
      other,
      1,
    );
    expect(found.meanLogDensity).toBeGreaterThan(-2);
  });
});
