import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { srmse, twoWayTables, type TwoWayOptions } from '../../src/survey/two-way.js';
import type { CategoryMargin, WeightingProblem } from '../../src/survey/weighting-problem.js';
import { feasible, problemOf } from './weighting-fixture.js';

/** Sex by age, four people. */
const square = problemOf(
  [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  [1, 1, 1, 1],
  [
    [0.5, 0.5],
    [0.5, 0.5],
  ],
);
const weights = Float64Array.of(3, 1, 1, 3);

const labelled = (name: string, categories: readonly string[], codes: readonly number[]): CategoryMargin => ({
  name,
  categories,
  codes: Int32Array.from(codes),
  asked: new Float64Array(categories.length).fill(1 / categories.length),
  unit: 'share',
});
const problemWith = (...margins: readonly CategoryMargin[]): WeightingProblem => ({
  records: margins[0]!.codes.length,
  base: new Float64Array(margins[0]!.codes.length).fill(1),
  margins,
});

describe('twoWayTables', () => {
  // Shares 3/8, 1/8, 1/8, 3/8 from 1/4 each: every cell off by 1/8, half of the mean share.
  it('compares with the table under the base weights', () => {
    const { tables, skipped } = twoWayTables(square, weights);
    expect(skipped).toBe(0);
    expect(tables).toEqual([
      {
        variables: ['m0', 'm1'],
        reference: 'base',
        cells: 4,
        empty: 0,
        srmseBefore: 0,
        srmse: 0.5,
        totalVariation: 0.25,
        worst: { categories: ['0', '0'], expected: 0.25, achieved: 0.375 },
      },
    ]);
  });

  // Given 1/2, 0, 0, 1/2: off by 1/4 each before, by 1/8 each after.
  it('compares with a table that is given, and takes absent categories for empty cells', () => {
    const joint = { name: 'm1 x m0', categories: ['0 x 0', '1 x 1'], asked: Float64Array.of(3, 3) };
    expect(twoWayTables(square, weights, { joints: [joint] }).tables).toEqual([
      {
        variables: ['m1', 'm0'],
        reference: 'given',
        cells: 4,
        empty: 0,
        srmseBefore: 1,
        srmse: 0.5,
        totalVariation: 0.25,
        worst: { categories: ['0', '0'], expected: 0.5, achieved: 0.375 },
      },
    ]);
    const other = { ...joint, categories: ['0 x 0', '2 x 1'] };
    const [table] = twoWayTables(square, weights, { joints: [other] }).tables;
    expect(table).toMatchObject({ cells: 6, empty: 1, worst: { categories: ['2', '1'], expected: 0.5, achieved: 0 } });
  });

  it('leaves pairs alone that a joint controls, and takes joints apart', () => {
    const joint = labelled('sex_x_age', ['f x old', 'f x young', 'm x old', '(missing)'], [0, 1, 2, 3]);
    const region = labelled('region', ['n', 's'], [0, 1, 0, 1]);
    const sex = labelled('sex', ['m', 'f'], [1, 1, 0, 0]);
    const { tables } = twoWayTables(problemWith(joint, region, sex), weights);
    expect(tables.map(({ variables, cells }) => [...variables, cells]).sort()).toEqual([
      ['region', 'age', 4],
      ['region', 'sex', 4],
    ]);
  });

  it('does not take apart what only looks like a joint', () => {
    const looks = labelled('vote_x', ['a x b', 'c'], [0, 1]);
    const odd = labelled('a_x_b', ['one', 'two'], [0, 1]);
    const { tables } = twoWayTables(problemWith(looks, odd), Float64Array.of(1, 1));
    expect(tables.map(({ variables }) => variables)).toEqual([['vote_x', 'a_x_b']]);
  });

  it('takes further variables, leaves out records without a category, and stops at the most pairs', () => {
    const variables = [
      { name: 'vote', labels: ['yes', 'no'], codes: Int32Array.of(0, 1, -1, -1) },
      { name: 'nobody', labels: [], codes: Int32Array.of(-1, -1, -1, -1) },
    ];
    const all = twoWayTables(square, weights, { variables });
    expect(all.tables.map((table) => table.variables)).toEqual([
      ['m0', 'vote'],
      ['m1', 'vote'],
      ['m0', 'm1'],
    ]);
    // The first two people alone: 3/4 and 1/4 instead of halves in two of four cells.
    expect(all.tables[0]).toMatchObject({ srmse: Math.SQRT1_2, totalVariation: 0.25 });
    const some = twoWayTables(square, weights, { variables, maxPairs: 1 });
    expect(some.tables.map((table) => table.variables)).toEqual([['m0', 'm1']]);
    expect(some.skipped).toBe(2);
  });

  it('has no error to speak of without weight', () =>
    expect(twoWayTables(square, new Float64Array(4)).tables[0]).toMatchObject({ srmse: null, totalVariation: null }));

  it.each<{ fault: string; options: TwoWayOptions; message: string }>([
    {
      fault: 'a variable that nobody knows',
      options: { joints: [{ name: 'm0 x vote', categories: ['0 x yes'], asked: Float64Array.of(1) }] },
      message: 'joint[m0 x vote]: no such variable in the sample; got vote, expected m0, m1.',
    },
    {
      fault: 'one variable',
      options: { joints: [{ name: 'm0', categories: ['0'], asked: Float64Array.of(1) }] },
      message: 'joint[m0]: not a table of two variables; got 1, expected a x b with categories a1 x b1.',
    },
    {
      fault: 'an empty table',
      options: { joints: [{ name: 'm0 x m1', categories: ['0 x 0'], asked: Float64Array.of(0) }] },
      message: 'joint[m0 x m1]: no shares; got 0, expected a positive sum.',
    },
  ])('names the fault: $fault', ({ options, message }) =>
    expect(() => twoWayTables(square, weights, options)).toThrow(message),
  );

  // The slow method: shares by label in a dictionary, and the formula with its mean.
  it('is the formula', () => {
    fc.assert(
      fc.property(feasible, ({ people, base, shares }) => {
        const problem = problemOf(people, base, shares);
        const own = Float64Array.from(base, (b, i) => b * (1 + (i % 3)));
        const { tables } = twoWayTables(problem, own);
        expect(tables).toHaveLength(3);
        for (const { variables, cells, srmse: found, totalVariation } of tables) {
          const [a, b] = variables.map((name) => Number(name.slice(1))) as [number, number];
          const table = (mass: ArrayLike<number>): Map<string, number> => {
            const out = new Map<string, number>();
            const total = people.reduce((s, _, i) => s + mass[i]!, 0);
            people.forEach((p, i) => {
              const key = `${p[a]!}/${p[b]!}`;
              out.set(key, (out.get(key) ?? 0) + mass[i]! / total);
            });
            return out;
          };
          const [before, after] = [table(base), table(own)];
          expect(cells).toBe(shares[a]!.length * shares[b]!.length);
          let [squares, sizes] = [0, 0];
          for (const key of before.keys()) {
            const d = after.get(key)! - before.get(key)!;
            squares += d * d;
            sizes += Math.abs(d);
          }
          expect(found).toBeCloseTo(Math.sqrt(squares / cells) / (1 / cells), 10);
          expect(totalVariation).toBeCloseTo(sizes / 2, 10);
        }
        expect([...tables].sort((s, t) => t.srmse! - s.srmse!)).toEqual(tables);
      }),
      { seed: 20260101, numRuns: 60 },
    );
  });
});

describe('srmse', () => {
  // Mean expected share 1/2; squares (0.1² + 0.1²) / 2.
  it('is the root of the mean square over the mean', () =>
    expect(srmse(Float64Array.of(0.6, 0.4), Float64Array.of(0.5, 0.5))).toBeCloseTo(0.2, 12));
});
