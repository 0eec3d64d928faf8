import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balancingShift, distances, type DistanceName } from '../../src/survey/distances.js';
import { ratioOf } from './weighting-fixture.js';

const cases: readonly [DistanceName, number, number][] = [
  ['entropy', 0, Infinity],
  ['entropy', 0.3, 3],
  ['linear', -Infinity, Infinity],
  ['linear', 0, 2.5],
  ['logit', 0.2, 4],
  ['logit', 0, 1.5],
];
const scores = [-40, -3, -0.9, -0.31, 0, 0.2, 0.8, 2, 30];

describe.each(cases)('the distance %s with ratios from %d to %d', (name, lower, upper) => {
  const { ratio, slope, integral } = distances[name];

  // Table 1 of Deville & Särndal (1992), written out anew in the fixture.
  it.each(scores)('has the ratio of the paper at score %d', (u) => {
    const expected = ratioOf[name === 'entropy' ? 'maxent' : name](u, lower, upper);
    expect(ratio(u, lower, upper)).toBeCloseTo(expected, 12);
  });

  it('has ratio 1 and slope 1 at score 0', () => {
    expect(ratio(0, lower, upper)).toBeCloseTo(1, 14);
    expect(slope(1, lower, upper)).toBeCloseTo(1, 12);
  });

  it.each(scores.filter((u) => Math.abs(u) < 10))('has the right slope and integral at %d', (u) => {
    const h = 1e-5;
    const at = (x: number): number => ratio(x, lower, upper);
    const area = (x: number): number => integral(x, at(x), lower, upper);
    expect((at(u + h) - at(u - h)) / (2 * h) / Math.max(1, at(u))).toBeCloseTo(
      slope(at(u), lower, upper) / Math.max(1, at(u)),
      7,
    );
    expect((area(u + h) - area(u - h)) / (2 * h)).toBeCloseTo(at(u), 7);
  });

  it('stays within the bounds, without overflow', () => {
    for (const u of [-1e6, -800, 800, 1e6]) {
      if (name === 'entropy' && upper === Infinity && u > 700) continue;
      const r = ratio(u, lower, upper);
      expect(r).toBeGreaterThanOrEqual(lower);
      expect(r).toBeLessThanOrEqual(upper);
      expect(Number.isFinite(integral(u, r, lower, upper))).toBe(true);
    }
  });

  it('finds the shift that balances the weights, from anywhere', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.double({ min: 0.01, max: 1, noNaN: true }), fc.double({ min: -30, max: 30, noNaN: true })),
          {
            minLength: 1,
            maxLength: 20,
          },
        ),
        fc.double({ min: -50, max: 50, noNaN: true }),
        (rows, start) => {
          const total = rows.reduce((s, [b]) => s + b, 0);
          const base = Float64Array.from(rows, ([b]) => b / total);
          const u = Float64Array.from(rows, ([, score]) => score);
          const bounds = { base, lower: base.map(() => lower), upper: base.map(() => upper) };
          const shift = balancingShift(distances[name], bounds, u, start);
          const mass = base.reduce((s, b, i) => s + b * ratio(u[i]! + shift, lower, upper), 0);
          expect(Math.abs(mass - 1)).toBeLessThan(1e-12);
          const free = distances[name].freeShift;
          if (free && upper === Infinity) expect(free(base)(u)).toBeCloseTo(shift, 9);
        },
      ),
      { seed: 20260101, numRuns: 200 },
    );
  });
});
