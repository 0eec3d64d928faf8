import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sum } from '../../src/numerics/statistics.js';
import { checkFeasibility, feasibilityOfZones, loadSlackSolver, slackProgram } from '../../src/survey/feasibility.js';
import { fitWeights } from '../../src/survey/fit-weights.js';
import type { WeightingProblem } from '../../src/survey/weighting-problem.js';

const solve = await loadSlackSolver();
const margin = (
  name: string,
  codes: readonly number[],
  asked: readonly number[],
  unit: 'share' | 'total' = 'total',
) => ({
  name,
  categories: asked.map((_, c) => `${name}${c + 1}`),
  codes: Int32Array.from(codes),
  asked: Float64Array.from(asked),
  unit,
});
const problem = (
  margins: WeightingProblem['margins'],
  more: Partial<WeightingProblem> = {},
  records = margins[0]?.codes.length ?? 0,
): WeightingProblem => ({ records, base: new Float64Array(records).fill(1), margins, ...more });

/** Nobody is in (a1, b2) or (a2, b1). */
const diagonal = problem([margin('a', [0, 1], [60, 40]), margin('b', [0, 1], [50, 50])]);

describe('checkFeasibility', () => {
  // Under a cap of 1.2 one of two records has at most 0.6 of all weight: of the 1.4 asked 0.2 are short, and as much is over.
  it('keeps a cap, whatever the base weights', () => {
    const given = problem([margin('a', [0, 1], [0.7, 0.3], 'share')], { base: Float64Array.of(1, 3) });
    expect(checkFeasibility(given, solve).feasible).toBe(true);
    expect(checkFeasibility(given, solve, { cap: 1.2 }).slack).toBeCloseTo(0.4, 9);
    expect(checkFeasibility(given, solve, { cap: 1.4 }).feasible).toBe(true);
  });

  it('takes no slip of the solver for a cell that clashes', () => {
    const cells = 4;
    const { clashes } = checkFeasibility(diagonal, () => ({
      cost: 0.2,
      weights: Float64Array.of(0.5, 0.5),
      short: Float64Array.of(0.1, 0, 9e-10, 0),
      over: Float64Array.of(0, 0.1, 0, 1e-12),
      prices: new Float64Array(cells).fill(0.5),
      totalPrice: 0,
    }));
    expect(clashes.map(({ category, short, over }) => [category, short, over])).toEqual([
      ['a1', 10, 0],
      ['a2', 0, 10],
      ['b1', 0, 0],
      ['b2', 0, 0],
    ]);
  });

  // By hand.
  it.each([
    {
      name: 'all four cells taken',
      given: problem([margin('a', [0, 0, 1, 1], [60, 40]), margin('b', [0, 1, 0, 1], [50, 50])]),
      slack: 0,
    },
    { name: '60/40 against 50/50 on a diagonal: 10 too few and 10 too many', given: diagonal, slack: 20 },
    { name: 'one category, met', given: problem([margin('a', [0, 0], [7])]), slack: 0 },
    { name: 'one record', given: problem([margin('a', [0], [1], 'share')]), slack: 0 },
    { name: 'nobody in a category', given: problem([margin('a', [0, 0], [30, 70])]), slack: 140 },
    {
      name: 'nobody with base weight in a category',
      given: problem([margin('a', [0, 1], [30, 70])], { base: Float64Array.of(1, 0) }),
      slack: 140,
    },
    {
      name: 'a share of a universe of its own',
      given: problem([margin('a', [0, -1, -1], [0.25, 0.75], 'share'), margin('b', [0, 0, 1], [0.5, 0.5], 'share')]),
      slack: 0,
    },
    {
      name: 'a margin that may give way',
      given: problem([margin('a', [0, 1], [60, 40]), { ...margin('b', [0, 1], [50, 50]), importance: 1 }]),
      slack: 0,
    },
    { name: 'a zone without people', given: problem([margin('a', [0, 1], [0, 0])]), slack: 0 },
    {
      name: 'people of a kind in a zone without households',
      given: problem([margin('a', [0], [0])], {
        constraints: [{ name: 'p', category: 'child', values: Float64Array.of(1), asked: 3, unit: 'total' }],
      }),
      slack: 3,
    },
    {
      name: 'persons: 10 households of 2 hold 20, asked 25',
      given: problem([margin('a', [0], [10])], {
        constraints: [{ name: 'p', category: 'adult', values: Float64Array.of(2), asked: 25, unit: 'total' }],
      }),
      slack: 5,
    },
    {
      name: 'a mean beyond the largest value, by 2 of 10, for 2 records',
      given: problem([], { constraints: [{ name: 'x', values: Float64Array.of(0, 10), asked: 12, unit: 'mean' }] }, 2),
      slack: 0.4,
    },
    {
      name: 'a total of millions',
      given: problem([margin('a', [0, 1], [180e6, 153e6]), margin('b', [0, 1], [179e6, 154e6])]),
      slack: 2e6,
    },
  ])('$name: slack $slack', ({ given, slack }) => {
    const result = checkFeasibility(given, solve);
    expect(Math.abs(result.slack - slack)).toBeLessThan(1e-9 * Math.max(1, result.total));
    expect(result.feasible).toBe(slack === 0);
    expect(result.clashes.length > 0).toBe(slack > 0);
  });

  it('names the cells with what is too much and too little, and prices that add up', () => {
    const { clashes, total, signatures } = checkFeasibility(diagonal, solve);
    expect([total, signatures]).toEqual([100, 2]);
    const net = (name: string): number =>
      clashes.filter((c) => `${c.margin}=${c.category!}` === name).reduce((s, c) => s + c.short - c.over, 0);
    // a1 - b1 is 60 - 50 whichever margin gives way.
    expect(net('a=a1') - net('b=b1')).toBeCloseTo(10, 9);
    expect(net('a=a2') - net('b=b2')).toBeCloseTo(-10, 9);
    expect(clashes.every(({ price }) => Math.abs(price) <= 1 + 1e-9)).toBe(true);
    expect(clashes[0]!.short + clashes[0]!.over).toBeGreaterThan(0);
  });

  it('keeps bounds of the weights: 90 of 100 cannot be had from half of the base at 1.5 times', () => {
    const given = problem([margin('a', [0, 1], [90, 10])]);
    expect(checkFeasibility(given, solve).feasible).toBe(true);
    expect(checkFeasibility(given, solve, { bounds: { upper: 1.5 } }).slack).toBeCloseTo(30, 9);
    expect(checkFeasibility(given, solve, { bounds: { lower: 0.5 } }).slack).toBeCloseTo(30, 9);
    expect(() => checkFeasibility(given, solve, { bounds: { upper: 0.5 } })).toThrow(
      'feasibility: the linear program has no optimum; got HiGHS model status 8, expected bounds that leave room for weights of the wanted total.',
    );
  });

  it('tells zones apart, in the order of their names', async () => {
    const zones = new Map([
      ['b', diagonal],
      ['a', problem([margin('a', [0, 1], [1, 1])])],
    ]);
    const results = await feasibilityOfZones(zones);
    expect(results.map(({ zone, feasibility }) => [zone, feasibility.feasible])).toEqual([
      ['a', true],
      ['b', false],
    ]);
    const broken = new Map([['x', problem([margin('a', [0, 5], [1, 1])])]]);
    await expect(feasibilityOfZones(broken)).rejects.toThrow(
      'zone x: weighting.margins[a].codes[1]: no such category; got 5',
    );
  });
});

/** Two margins and a number over up to 12 records, any targets. */
const problems = fc
  .array(fc.tuple(fc.nat(2), fc.nat(2), fc.integer({ min: -5, max: 5 }), fc.integer({ min: 1, max: 4 })), {
    minLength: 1,
    maxLength: 12,
  })
  .chain((records) =>
    fc.record({
      records: fc.constant(records),
      a: fc.tuple(fc.nat(9), fc.nat(9), fc.integer({ min: 1, max: 9 })),
      b: fc.tuple(fc.nat(9), fc.nat(9), fc.integer({ min: 1, max: 9 })),
      mean: fc.integer({ min: -6, max: 6 }),
    }),
  )
  .map(({ records, a, b, mean }) =>
    problem(
      [
        margin(
          'a',
          records.map((r) => r[0]),
          a.map((x) => x / sum(a)),
          'share',
        ),
        margin(
          'b',
          records.map((r) => r[1]),
          b.map((x) => x / sum(b)),
          'share',
        ),
      ],
      {
        base: Float64Array.from(records, (r) => r[3]),
        constraints: [{ name: 'x', values: Float64Array.from(records, (r) => r[2]), asked: mean, unit: 'mean' }],
        total: 1,
      },
    ),
  );

describe('the linear program', () => {
  it('proves its answer: weights that cost it, and prices that no cheaper weights could have', () => {
    fc.assert(
      fc.property(problems, (given) => {
        const program = slackProgram(given);
        const { features, targets, slackCost } = program;
        const { weights, short, over, prices, totalPrice, cost } = solve(program);
        const achieved = new Float64Array(targets.length);
        let most = -Infinity;
        for (let s = 0; s < features.rows; s++) {
          let worth = totalPrice;
          for (let k = features.offsets[s]!; k < features.offsets[s + 1]!; k++) {
            achieved[features.index[k]!]! += weights[s]! * features.value[k]!;
            worth += prices[features.index[k]!]! * features.value[k]!;
          }
          most = Math.max(most, worth);
        }
        expect(Math.abs(sum(weights) - 1)).toBeLessThan(1e-9);
        expect(Math.min(...weights)).toBeGreaterThan(-1e-9);
        targets.forEach((t, k) => expect(Math.abs(achieved[k]! + short[k]! - over[k]! - t)).toBeLessThan(1e-9));
        const primal = slackCost.reduce((s, c, k) => s + c * (short[k]! + over[k]!), 0);
        expect(Math.abs(primal - cost)).toBeLessThan(1e-8);
        // The dual bound.
        expect(most).toBeLessThan(1e-8);
        prices.forEach((y, k) => expect(Math.abs(y)).toBeLessThan(slackCost[k]! + 1e-8));
        expect(Math.abs(prices.reduce((s, y, k) => s + y * targets[k]!, totalPrice) - cost)).toBeLessThan(1e-8);
      }),
      { seed: 20260101, numRuns: 100 },
    );
  });

  it('says feasible of whatever weights exist for, and the engine finds none where it says infeasible', () => {
    let [yes, no] = [0, 0];
    fc.assert(
      fc.property(problems, fc.boolean(), (given, reachable) => {
        // Targets that the base weights themselves meet.
        const share = (codes: Int32Array, c: number): number =>
          codes.reduce((s, code, i) => s + (code === c ? given.base[i]! : 0), 0) / sum(given.base);
        const mean = given.constraints![0]!.values.reduce((s, x, i) => s + x * given.base[i]!, 0) / sum(given.base);
        const asked: WeightingProblem = reachable
          ? {
              ...given,
              margins: given.margins.map((m) => ({ ...m, asked: m.asked.map((_, c) => share(m.codes, c)) })),
              constraints: [{ ...given.constraints![0]!, asked: mean }],
            }
          : given;
        const { feasible } = checkFeasibility(asked, solve);
        if (reachable) expect(feasible).toBe(true);
        if (!feasible) expect(fitWeights(asked).status).not.toBe('converged');
        if (feasible) yes++;
        else no++;
      }),
      { seed: 20260101, numRuns: 100 },
    );
    expect(Math.min(yes, no)).toBeGreaterThan(20);
  });

  it('gives the same answer, cells included, for any order of the records', () => {
    fc.assert(
      fc.property(problems, (given) => {
        const order = Array.from({ length: given.records }, (_, i) => given.records - 1 - i);
        const turned: WeightingProblem = {
          ...given,
          base: Float64Array.from(order, (i) => given.base[i]!),
          margins: given.margins.map((m) => ({ ...m, codes: Int32Array.from(order, (i) => m.codes[i]!) })),
          constraints: given.constraints!.map((c) => ({ ...c, values: Float64Array.from(order, (i) => c.values[i]!) })),
        };
        expect(checkFeasibility(turned, solve)).toEqual(checkFeasibility(given, solve));
      }),
      { seed: 20260101, numRuns: 50 },
    );
  });
});
