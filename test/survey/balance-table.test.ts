import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalized } from '../../src/numerics/statistics.js';
import { balanceTable, type Balance } from '../../src/survey/balance-table.js';
import { measureCells } from '../../src/survey/cells.js';
import type { WeightingProblem } from '../../src/survey/weighting-problem.js';
import { feasible, marginOf, problemOf } from './weighting-fixture.js';

const balanceOf = (problem: WeightingProblem, weights: readonly number[]): Balance =>
  balanceTable(
    problem,
    measureCells(problem, normalized(problem.base)),
    measureCells(problem, normalized(Float64Array.from(weights))),
  );

describe('balanceTable', () => {
  // A target of 1/2 has the spread 1/2: a quarter too little is half a standard deviation.
  it('measures categories in standard deviations of the target', () => {
    const problem = problemOf([[0], [1], [1], [1]], [1, 1, 1, 1], [[0.5, 0.5]]);
    const { rows, ...summary } = balanceOf(problem, [3, 1, 1, 1]);
    expect(rows).toEqual([
      { margin: 'm0', category: '0', records: 1, target: 0.5, before: 0.25, after: 0.5, smdBefore: -0.5, smdAfter: 0 },
      { margin: 'm0', category: '1', records: 3, target: 0.5, before: 0.75, after: 0.5, smdBefore: 0.5, smdAfter: 0 },
    ]);
    expect(summary).toEqual({ absent: 0, meanBefore: 0.5, meanAfter: 0, maxBefore: 0.5, maxAfter: 0 });
  });

  // Values 0 and 4 with base weights 3 : 1 have mean 1 and variance 3; a mean of 2 is asked.
  it('measures numbers in standard deviations under the base weights', () => {
    const problem: WeightingProblem = {
      records: 2,
      base: Float64Array.of(3, 1),
      margins: [],
      constraints: [{ name: 'age', values: Float64Array.of(0, 4), asked: 2, unit: 'mean' }],
    };
    const { rows } = balanceOf(problem, [1, 1]);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ margin: 'age', category: null, records: 2, target: 2, before: 1, after: 2 });
    expect(rows[0]!.smdBefore).toBeCloseTo(-1 / Math.sqrt(3), 12);
    expect(rows[0]!.smdAfter).toBe(0);
  });

  it('lists what nobody has first, without a difference', () => {
    const people = [
      [0, 1],
      [0, 1],
      [1, 1],
    ];
    const problem = problemOf(
      people,
      [1, 1, 2],
      [
        [0.5, 0.5],
        [0.2, 0.8, 0],
      ],
    );
    const { absent, rows, meanAfter, maxAfter } = balanceOf(problem, [1, 1, 2]);
    expect(absent).toBe(1);
    expect(rows.map(({ margin, category }) => `${margin} ${category!}`)).toEqual([
      'm1 0',
      'm0 0',
      'm0 1',
      'm1 1',
      'm1 2',
    ]);
    expect(rows[0]).toEqual({
      margin: 'm1',
      category: '0',
      records: 0,
      target: 0.2,
      before: 0,
      after: 0,
      smdBefore: null,
      smdAfter: null,
    });
    // Of the third category nothing is asked and there is nothing: no spread, but no absence either.
    expect(rows[4]).toMatchObject({ target: 0, records: 0, smdAfter: null });
    // m0 is balanced; m1 has one category with a difference, (1 - .8) / .4.
    expect(maxAfter).toBeCloseTo(0.5, 12);
    expect(meanAfter).toBeCloseTo(0.25, 12);
  });

  it('knows totals as shares of all weight, and an absent kind of person in households', () => {
    const problem: WeightingProblem = {
      records: 2,
      base: Float64Array.of(1, 1),
      margins: [marginOf('size', Int32Array.of(0, 1), [30, 10], 'total')],
      constraints: [
        { name: 'sex', category: 'women', values: Float64Array.of(1, 3), asked: 60, unit: 'total' },
        { name: 'sex', category: 'others', values: Float64Array.of(0, 0), asked: 4, unit: 'total' },
      ],
    };
    const { absent, rows } = balanceOf(problem, [3, 1]);
    expect(absent).toBe(1);
    expect(rows.map(({ category, records, target, after }) => [category, records, target, after])).toEqual([
      ['others', 0, 0.1, 0],
      ['0', 1, 0.75, 0.75],
      ['1', 1, 0.25, 0.25],
      ['women', 2, 1.5, 1.5],
    ]);
  });

  it.each([
    ['one category', problemOf([[0]], [1], [[1]])],
    ['no margins', problemOf([[]], [1], [])],
  ])('has nothing to compare with %s', (_, problem) => {
    const { meanBefore, meanAfter, maxBefore, maxAfter, absent } = balanceOf(problem, [1]);
    expect([meanBefore, meanAfter, maxBefore, maxAfter, absent]).toEqual([null, null, null, null, 0]);
  });

  // The slow method: a target population of 10,000 people with rounded shares, its mean and standard deviation by adding up.
  it('is the difference of means over the standard deviation of a target population', () => {
    fc.assert(
      fc.property(feasible, ({ people, base, shares }) => {
        const rounded = shares.map((own) => own.map((s) => Math.round(10_000 * s)));
        const sums = rounded.map((own) => own.reduce((a, b) => a + b, 0));
        const problem = problemOf(
          people,
          base,
          rounded.map((own, m) => own.map((count) => count / sums[m]!)),
        );
        const total = base.reduce((a, b) => a + b, 0);
        for (const { margin, category, records, smdBefore } of balanceOf(problem, base).rows) {
          const [m, c] = [Number(margin.slice(1)), Number(category)];
          const target = rounded[m]!.flatMap((count, own) => new Array<number>(count).fill(own === c ? 1 : 0));
          const mean = target.reduce((a, b) => a + b, 0) / target.length;
          const sd = Math.sqrt(target.reduce((s, x) => s + (x - mean) * (x - mean), 0) / target.length);
          const own = people.reduce((s, p, i) => s + (p[m] === c ? base[i]! / total : 0), 0);
          if (records === 0 || sd === 0) expect(smdBefore).toBeNull();
          else expect(smdBefore).toBeCloseTo((own - mean) / sd, 6);
        }
      }),
      { seed: 20260101, numRuns: 40 },
    );
  });
});
