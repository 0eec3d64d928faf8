import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { sum } from '../../src/numerics/statistics.js';
import { roundInTurn, settleAtRandom, settleLargest, swapUnits } from '../../src/survey/round-units.js';
import { sparse, vec } from './fixture.js';

/** Fractions with a whole sum. */
const wholeSum = fc
  .array(fc.double({ min: 0.01, max: 0.95, noNaN: true }), { minLength: 1, maxLength: 20 })
  .map((own) => {
    const rest = Math.ceil(sum(own)) - sum(own);
    return rest > 1e-6 ? [...own, rest] : own;
  });

describe('roundInTurn', () => {
  it.each([
    { fractions: [0.5, 0.5, 0.5, 0.5], start: 0, expected: [0, 1, 0, 1] },
    { fractions: [0.5, 0.5, 0.5, 0.5], start: 0.5, expected: [1, 0, 1, 0] },
    { fractions: [0.2, 0.2, 0.6], start: 0.5, expected: [0, 0, 1] },
    { fractions: [0.2, 0.2, 0.6], start: 0.9, expected: [1, 0, 0] },
    { fractions: [], start: 0.5, expected: [] },
  ])('by hand: $fractions from $start', ({ fractions, start, expected }) =>
    expect([...roundInTurn(Float64Array.from(fractions), start)]).toEqual(expected),
  );

  it('rounds every run, and takes every unit with its fraction over all starts', () => {
    fc.assert(
      fc.property(wholeSum, (own) => {
        const fractions = Float64Array.from(own);
        const [starts, mean] = [500, new Float64Array(own.length)];
        let [most, furthest] = [0, 0];
        for (let s = 0; s < starts; s++) {
          const taken = roundInTurn(fractions, (s + 0.5) / starts);
          expect(sum(taken)).toBe(Math.round(sum(own)));
          let difference = 0;
          taken.forEach((x, i) => {
            difference += x - own[i]!;
            [most, furthest] = [Math.max(most, x), Math.max(furthest, Math.abs(difference))];
            mean[i]! += x / starts;
          });
        }
        expect(most).toBe(1);
        expect(furthest).toBeLessThan(1 + 1e-9);
        mean.forEach((x, i) => expect(Math.abs(x - own[i]!)).toBeLessThan(2 / starts));
      }),
      { seed: 20260101, numRuns: 20 },
    );
  });
});

describe('settleLargest', () => {
  it.each([
    { fractions: [0.2, 0.9, 0.7], taken: [0, 1, 0], left: { unit: 2, fraction: 0.8 } },
    { fractions: [0.5, 0.5], taken: [1, 0], left: null },
    { fractions: [0.3], taken: [0], left: { unit: 0, fraction: 0.3 } },
    { fractions: [], taken: [], left: null },
  ])('by hand: $fractions', ({ fractions, taken, left }) => {
    const found = settleLargest(Float64Array.from(fractions));
    expect([...found.taken]).toEqual(taken);
    expect(found.left?.unit).toBe(left?.unit);
    expect(found.left?.fraction ?? 0).toBeCloseTo(left?.fraction ?? 0, 12);
  });
});

describe('settleAtRandom', () => {
  it('keeps the sum exactly, whatever is drawn', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 0.99, noNaN: true }), { maxLength: 20 }),
        fc.nat(),
        (own, seed) => {
          const { taken, left } = settleAtRandom(Float64Array.from(own), randomStream('pivotal', seed));
          expect(sum(taken) + (left?.fraction ?? 0)).toBeCloseTo(sum(own), 8);
          if (left) {
            expect(taken[left.unit]).toBe(0);
            expect(left.fraction).toBeGreaterThan(0);
            expect(left.fraction).toBeLessThan(1);
          }
        },
      ),
      { seed: 20260101, numRuns: 200 },
    );
  });

  // 4,000 draws: standard errors below .008; four of them.
  it('keeps the expectation of every unit', () => {
    const own = Float64Array.of(0.1, 0.85, 0.5, 0.3, 0.65, 0.4);
    const mean = new Float64Array(own.length);
    for (let t = 0; t < 4_000; t++) {
      const { taken, left } = settleAtRandom(own, randomStream('mean', t));
      taken.forEach((x, i) => (mean[i]! += (x + (left?.unit === i ? left.fraction : 0)) / 4_000));
    }
    mean.forEach((x, i) => expect(Math.abs(x - own[i]!)).toBeLessThan(0.032));
  });
});

describe('swapUnits', () => {
  const squares = (columns: number) => ({
    importance: new Float64Array(columns).fill(1),
    least: new Float64Array(columns).fill(-Infinity),
  });
  const residualsOf = (
    rows: readonly (readonly number[])[],
    taken: ArrayLike<number>,
    wanted: readonly number[],
  ): number[] => wanted.map((w, k) => rows.reduce((s, row, i) => s + taken[i]! * row[k]!, 0) - w);

  it('makes the one swap there is to make', () => {
    const taken = Uint8Array.of(1, 0, 0);
    const residuals = vec(1, -1);
    expect(
      swapUnits(
        taken,
        sparse([
          [1, 0],
          [1, 0],
          [0, 1],
        ]),
        residuals,
        squares(2),
      ),
    ).toBe(1);
    expect([...taken]).toEqual([0, 0, 1]);
    expect([...residuals]).toEqual([0, 0]);
  });

  it('stops when it is told to', () =>
    expect(swapUnits(Uint8Array.of(1, 0), sparse([[1], [0]]), vec(1), squares(1), () => true)).toBe(0));

  it('pays whatever it takes for a column that must not fall below its least', () => {
    const taken = Uint8Array.of(1, 0);
    const features = sparse([
      [1, 0],
      [0, 1],
    ]);
    const costs = squares(2);
    expect(swapUnits(taken, features, vec(0, 0), costs)).toBe(0);
    expect(swapUnits(taken, features, vec(0, 0), { ...costs, least: vec(-Infinity, 0.5) })).toBe(1);
    expect([...taken]).toEqual([0, 1]);
  });

  it('looks at many units in turn, and gets as near', () => {
    const random = randomStream('swaps');
    // The first third has nothing to swap.
    const rows = Array.from({ length: 20_000 }, (_, i) =>
      i < 8_000 ? [1, 0, 0.5] : [1, random.below(2), random.uniform()],
    );
    const taken = Uint8Array.from(rows, (row) => (random.uniform() < (row[1] === 1 ? 0.12 : 0.08) ? 1 : 0));
    const size = sum(taken);
    const wanted = [size, 0.3 * size, 0.45 * size];
    const residuals = Float64Array.from(residualsOf(rows, taken, wanted));
    expect(Math.abs(residuals[1]!)).toBeGreaterThan(100);
    expect(swapUnits(taken, sparse(rows), residuals, squares(3))).toBeGreaterThan(100);
    expect(sum(taken)).toBe(size);
    residualsOf(rows, taken, wanted).forEach((r, k) => {
      expect(residuals[k]).toBeCloseTo(r, 6);
      expect(Math.abs(r)).toBeLessThan(0.6);
    });
  });

  it('looks at everything once, and no further when it has looked at enough', () => {
    // Three windows. What the last one mends disturbs what only the first one can mend then, in the second round.
    const size = 16_400;
    const rows = Array.from({ length: size }, (_, i) => (i < size / 2 ? [1, 0, 0] : [1, 0.9, 0]));
    rows[0] = [1, 0.9, 0];
    rows[size - 1] = [1, 0, 1];
    const after = (most?: number): { swaps: number; residuals: number[] } => {
      const taken = Uint8Array.from(rows, (_, i) => (i === 0 || i === size - 1 ? 1 : 0));
      const residuals = vec(0, 0, 1);
      const swaps = swapUnits(taken, sparse(rows), residuals, squares(3), undefined, most);
      return { swaps, residuals: Array.from(residuals, (r) => Math.round(r * 10) / 10) };
    };
    expect(after(1)).toEqual({ swaps: 1, residuals: [0, 0.9, 0] });
    expect(after()).toEqual({ swaps: 2, residuals: [0, 0, 0] });
  });

  it('ends where no swap is left that improves, never worse than it began', () => {
    const cases = fc.record({
      rows: fc.array(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 3, maxLength: 3 }), {
        minLength: 2,
        maxLength: 14,
      }),
      picks: fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }),
      wanted: fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 }),
    });
    fc.assert(
      fc.property(cases, ({ rows, picks, wanted }) => {
        const start = rows.map((_, i) => (picks[i] ? 1 : 0));
        const taken = Uint8Array.from(start);
        const residuals = Float64Array.from(residualsOf(rows, taken, wanted));
        const objective = (own: ArrayLike<number>): number =>
          residualsOf(rows, own, wanted).reduce((s, r) => s + r * r, 0);
        swapUnits(taken, sparse(rows), residuals, squares(3));
        expect(sum(taken)).toBe(sum(start));
        residualsOf(rows, taken, wanted).forEach((r, k) => expect(residuals[k]).toBeCloseTo(r, 9));
        const end = objective(taken);
        expect(end).toBeLessThanOrEqual(objective(start) + 1e-9);
        for (const out of taken.keys())
          for (const into of taken.keys())
            if (taken[out] === 1 && taken[into] === 0)
              expect(objective(taken.map((x, i) => (i === out ? 0 : i === into ? 1 : x)))).toBeGreaterThan(end - 2e-9);
      }),
      { seed: 20260101, numRuns: 200 },
    );
  });
});
