import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { sum } from '../../src/numerics/statistics.js';
import { fitWeights } from '../../src/survey/fit-weights.js';
import { integerize, type IntegerOptions, type IntegerWeights } from '../../src/survey/integerize.js';
import type { CategoryMargin } from '../../src/survey/weighting-problem.js';
import { feasible, marginOf, problemOf } from './weighting-fixture.js';

const methods = ['rounding', 'systematic', 'cube'] as const;
const run = (weights: readonly number[], options: IntegerOptions, seed = 'integers'): IntegerWeights =>
  integerize(Float64Array.from(weights), options, randomStream(seed));

/** Records with weights that meet their margins, by the fit. */
function fitted(
  n: number,
  sizes: readonly number[],
  seed: string,
): { weights: number[]; margins: readonly CategoryMargin[] } {
  const draw = randomStream(seed);
  const people = Array.from({ length: n }, () => sizes.map((size) => Math.floor(size * draw.uniform())));
  const shares = sizes.map((size) => {
    const raw = Array.from({ length: size }, () => 0.5 + draw.uniform());
    return raw.map((x) => x / sum(raw));
  });
  const problem = problemOf(
    people,
    people.map(() => 1),
    shares,
  );
  const { status, weights } = fitWeights(problem);
  expect(status).toBe('converged');
  return { weights: [...weights], margins: problem.margins };
}

describe('integerize', () => {
  it.each([
    { name: 'one record', weights: [0.3], options: { size: 5 }, expected: [5] },
    { name: 'whole expectations', weights: [1, 2, 0, 3], options: { size: 12 }, expected: [2, 4, 0, 6] },
    { name: 'equal weights', weights: [7, 7, 7], options: { size: 3 }, expected: [1, 1, 1] },
    { name: 'everybody at the cap', weights: [9, 1], options: { size: 4, cap: 2 }, expected: [2, 2] },
    {
      name: 'a record without weight that is kept',
      weights: [0, 1],
      options: { size: 3, keep: [0] },
      expected: [1, 2],
    },
    { name: 'nobody asked for', weights: [0, 0], options: { size: 0 }, expected: [0, 0] },
    { name: 'nobody', weights: [], options: { size: 0 }, expected: [] },
  ])('leaves nothing to chance: $name', ({ weights, options, expected }) => {
    for (const method of methods) expect([...run(weights, { ...options, method }).counts]).toEqual(expected);
  });

  // 1.6, 1.6, .8 in one combination and 1, 1 in the other: the two largest remainders, .8 and the first .6, go up.
  it('rounds the largest remainders of a combination up', () => {
    const margin = marginOf('sex', Int32Array.of(0, 0, 0, 1, 1), [4 / 6, 2 / 6]);
    const found = run([1.6, 1.6, 0.8, 1, 1], { size: 6, method: 'rounding', margins: [margin] });
    expect([...found.counts]).toEqual([2, 1, 1, 1, 1]);
    expect(found.errors.counts).toBeLessThan(1e-12);
    expect(found.cells).toEqual([
      { margin: 'sex', category: '0', asked: 4 / 6, expected: expect.closeTo(4, 9) as number, count: 4 },
      { margin: 'sex', category: '1', asked: 2 / 6, expected: expect.closeTo(2, 9) as number, count: 2 },
    ]);
    expect([found.distinct, found.swaps, found.vanished.length]).toEqual([5, 0, 0]);
  });

  const arbitrary = fc.record({
    sample: feasible,
    share: fc.double({ min: 0, max: 3, noNaN: true }),
    cap: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    kept: fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
    method: fc.constantFrom(...methods),
    unbiased: fc.boolean(),
    seed: fc.nat(),
  });

  it('has the size, each record rounded up or down within cap and keep, and says what it did', () => {
    fc.assert(
      fc.property(arbitrary, ({ sample: { people, base, shares }, share, cap, kept, method, unbiased, seed }) => {
        const n = people.length;
        const keep = [...people.keys()].filter((i) => kept[i] && i % 4 === 0);
        const most = cap === undefined ? 3 * n : cap * n;
        const size = Math.max(keep.length, Math.min(most, Math.floor(share * n)));
        const { margins } = problemOf(people, base, shares);
        const options = {
          size,
          method,
          margins,
          keep,
          ...(cap === undefined ? {} : { cap }),
          ...(method === 'rounding' ? {} : { unbiased }),
        };
        const { counts, expected, cells, errors, vanished, distinct } = run(base, options, `seed ${seed}`);
        expect(sum(counts)).toBe(size);
        counts.forEach((count, i) => {
          expect(Math.abs(count - expected[i]!)).toBeLessThan(1);
          expect(count).toBeLessThanOrEqual(cap ?? Infinity);
          if (keep.includes(i)) expect(count).toBeGreaterThanOrEqual(1);
        });
        expect(distinct).toBe(counts.filter((count) => count > 0).length);
        // Cells and errors by adding up.
        let worst = 0;
        for (const { margin, category, asked, expected: wanted, count } of cells) {
          const members = [...people.keys()].filter((i) => people[i]![Number(margin.slice(1))] === Number(category));
          expect(count).toBe(sum(members.map((i) => counts[i]!)));
          expect(wanted).toBeCloseTo(sum(members.map((i) => expected[i]!)), 8);
          if (size > 0) worst = Math.max(worst, Math.abs(count / size - asked));
        }
        if (size > 0) expect(errors.counts).toBeCloseTo(worst, 9);
        expect(vanished).toEqual(cells.filter((cell) => cell.expected >= 1 - 1e-9 && cell.count === 0));
      }),
      { seed: 20260101, numRuns: 250 },
    );
  });

  // The slow method: all ways to round small problems. Where one keeps every category, no method may lose any.
  it('loses no category of which at least one record is expected', () => {
    let atRisk = 0;
    for (let seed = 0; seed < 300; seed++) {
      const draw = randomStream('vanish', 4, 3, seed);
      const n = 5 + draw.below(6);
      const people = Array.from({ length: n }, () => [0, 1, 2, 3].map(() => draw.below(3)));
      const weights = people.map(() => 0.2 + draw.uniform());
      const size = 2 + draw.below(3);
      const { margins } = problemOf(people, weights, new Array<number[]>(4).fill([0.2, 0.3, 0.5]));
      const wanted = weights.map((w) => (w * size) / sum(weights));
      const isSafe = (counts: readonly number[]): boolean =>
        margins.every(({ codes }) =>
          [0, 1, 2].every((c) => {
            const inCell = (own: readonly number[]): number => sum(own.map((x, i) => (codes[i] === c ? x : 0)));
            return inCell(wanted) < 1 || inCell(counts) > 0;
          }),
        );
      const roundings = Array.from({ length: 1 << n }, (_, bits) =>
        wanted.map((x, i) => Math.floor(x) + ((bits >> i) & 1)),
      ).filter((counts) => sum(counts) === size);
      if (roundings.every(isSafe)) continue;
      atRisk++;
      for (const method of methods) {
        const { counts, vanished } = run(weights, { size, method, margins }, `vanish ${seed}`);
        expect(isSafe([...counts])).toBe(roundings.some(isSafe));
        expect(vanished.length === 0).toBe(isSafe([...counts]));
      }
    }
    expect(atRisk).toBeGreaterThan(200);
  });

  it.each(methods)('%s: margins of a larger sample to the record', (method) => {
    const { weights, margins } = fitted(2_000, [2, 5, 4, 3, 6], 'larger');
    for (const size of [300, 2_000, 5_000]) {
      const { cells, errors, vanished } = run(weights, { size, method, margins });
      expect(vanished).toEqual([]);
      // The first margin is what the records are sorted by.
      for (const { margin, count, expected } of cells)
        if (margin === 'm0') expect(Math.abs(count - expected)).toBeLessThan(1 + 1e-9);
      expect(errors.weights).toBeLessThan(1e-9);
      expect(errors.expected).toBeLessThan(1e-9);
      // Systematic sampling controls the first variables only.
      expect(errors.counts * size).toBeLessThan(method === 'systematic' ? 30 : 1);
    }
  });

  it('cuts the deviations of systematic sampling by balancing all margins', () => {
    const { weights, margins } = fitted(1_500, [3, 4, 5, 6], 'compare');
    const deviation = (options: Omit<IntegerOptions, 'size' | 'margins'>): number => {
      const { cells } = run(weights, { size: 400, margins, ...options });
      return sum(cells.map(({ count, expected }) => (count - expected) * (count - expected)));
    };
    const [systematic, unbiased, swapped] = [
      deviation({ method: 'systematic' }),
      deviation({ method: 'cube', unbiased: true }),
      deviation({ method: 'cube' }),
    ];
    expect(unbiased).toBeLessThan(systematic / 2);
    expect(swapped).toBeLessThan(unbiased);
  });

  // Without the number half of the squared error of its mean would be chance: the swaps of the margins do not look at it.
  it('keeps the mean of a number beside the margins, the more the more important it is', () => {
    const { weights, margins } = fitted(800, [3, 4], 'numbers');
    const draw = randomStream('numbers', 'values');
    const values = Float64Array.from(weights, () => 50 + 10 * draw.normal());
    const mean = weights.reduce((s, w, i) => s + w * values[i]!, 0) / sum(weights);
    const error = (importance?: number): number => {
      const number = { name: 'income', values, asked: mean, unit: 'mean' as const };
      const constraints = importance === undefined ? [] : [{ ...number, importance }];
      let squares = 0;
      for (let seed = 0; seed < 10; seed++) {
        const { counts, numbers, errors } = run(weights, { size: 60, margins, constraints }, `numbers ${seed}`);
        const own = counts.reduce((s, count, i) => s + (count * values[i]!) / 60, 0);
        for (const cell of numbers) expect(cell.achieved).toBeCloseTo(own, 9);
        expect(numbers).toHaveLength(constraints.length);
        expect(errors.counts * 60).toBeLessThan(1);
        squares += (own - mean) * (own - mean);
      }
      return Math.sqrt(squares / 10);
    };
    expect(error(1)).toBeLessThan(error() / 4);
    expect(error(1)).toBeLessThan(error(1e-6) / 2);
  });

  it('brings margins back that a cap has moved, by swaps', () => {
    const { weights, margins } = fitted(400, [2, 3], 'capped');
    const heavy = weights.map((w, i) => (i % 20 === 0 ? 8 * w : w));
    const { errors, counts } = run(heavy, { size: 300, cap: 2, margins });
    const shares = margins[0]!.categories.map((_, c) => {
      const own = (of: ArrayLike<number>): number =>
        sum(heavy.map((_, i) => (margins[0]!.codes[i] === c ? of[i]! : 0)));
      return [own(counts) / 300, own(heavy) / sum(heavy)] as const;
    });
    expect(errors.expected).toBeGreaterThan(0.003);
    for (const [found, wanted] of shares) expect(Math.abs(found - wanted) * 300).toBeLessThan(1);
  });

  // 3,000 draws of counts that are off by less than one: standard errors below .0092; four of them.
  it.each(['systematic', 'cube'] as const)('%s: unbiased, every record has its expected count on average', (method) => {
    const draw = randomStream('unbiased');
    const people = Array.from({ length: 24 }, () => [draw.below(2), draw.below(3)]);
    const weights = people.map(() => 0.2 + 2 * draw.uniform());
    const { margins } = problemOf(people, weights, [
      [0.5, 0.5],
      [0.3, 0.3, 0.4],
    ]);
    const mean = new Float64Array(24);
    let expected = new Float64Array(24);
    for (let t = 0; t < 3_000; t++) {
      const found = run(weights, { size: 20, method, margins, unbiased: true, cap: 2, keep: [3] }, `draw ${t}`);
      found.counts.forEach((count, i) => (mean[i]! += count / 3_000));
      expected = Float64Array.from(found.expected);
      expect(found.swaps).toBe(0);
    }
    mean.forEach((x, i) => expect(Math.abs(x - expected[i]!)).toBeLessThan(0.037));
  });

  it('does the same for the same stream, and rounding for any', () => {
    const { weights, margins } = fitted(300, [3, 4], 'same');
    const counts = (method: (typeof methods)[number], seed: string): number[] => [
      ...run(weights, { size: 100, method, margins }, seed).counts,
    ];
    for (const method of methods) expect(counts(method, 'a')).toEqual(counts(method, 'a'));
    for (const method of ['systematic', 'cube'] as const) expect(counts(method, 'a')).not.toEqual(counts(method, 'b'));
    expect(counts('rounding', 'a')).toEqual(counts('rounding', 'b'));
  });

  it('measures margins in totals, and of a part of the records', () => {
    const margins = [
      marginOf('size', Int32Array.of(0, 0, 1, 1), [60, 40], 'total'),
      marginOf('vote', Int32Array.of(0, 1, -1, -1), [0.5, 0.5]),
    ];
    for (const method of methods) {
      const { cells, errors } = run([30, 30, 20, 20], { size: 10, method, margins });
      expect(cells.map(({ asked, expected, count }) => [asked, expected, count])).toEqual([
        [0.6, 6, 6],
        [0.4, 4, 4],
        [0.5, 3, 3],
        [0.5, 3, 3],
      ]);
      expect(errors.weights).toBeLessThan(1e-12);
      expect(errors.counts).toBeLessThan(1e-12);
    }
  });

  it('shows what a cap does to the margins', () => {
    const margin = marginOf('sex', Int32Array.of(0, 1, 1), [0.8, 0.2]);
    const { errors, counts } = run([8, 1, 1], { size: 5, cap: 3, margins: [margin] });
    expect([...counts]).toEqual([3, 1, 1]);
    expect(errors.weights).toBeLessThan(1e-12);
    expect(errors.expected).toBeCloseTo(0.2, 12);
    expect(errors.counts).toBeCloseTo(0.2, 12);
  });

  it('refuses rounding that is to be unbiased, and margins of another sample', () => {
    expect(() => run([1, 2], { size: 2, method: 'rounding', unbiased: true })).toThrow(
      'integerize.unbiased: rounding up the largest remainders is not unbiased; got rounding, expected systematic or cube.',
    );
    const margins = [marginOf('sex', Int32Array.of(0), [1])];
    expect(() => run([1, 2], { size: 2, margins })).toThrow(
      'weighting.margins[sex].codes: wrong number of entries; got 1, expected 2.',
    );
  });
});
