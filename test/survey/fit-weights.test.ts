import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitWeights, type WeightingMethod, type WeightingOptions } from '../../src/survey/fit-weights.js';
import type { WeightingProblem } from '../../src/survey/weighting-problem.js';
import { rakeSlowly } from './fixture.js';
import { feasible, largestDifference, marginOf, problemOf, sharesOf, sizes } from './weighting-fixture.js';

const methods: readonly (readonly [WeightingMethod, WeightingOptions])[] = [
  ['maxent', {}],
  ['rake', { maxIterations: 100_000 }],
  ['linear', {}],
  ['logit', { bounds: { lower: 0.1, upper: 10 } }],
];

/** Two by two: everybody has one of two categories of two margins. */
const square = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];

describe('fitWeights: hand values', () => {
  // Raking keeps the odds ratio of the base, 8*1/(2*1) = 4; with all margins one half, a/(1/2 - a) = 2, hence a = 1/3.
  it.each(['maxent', 'rake'] as const)('%s rakes a 2 x 2 table', (method) => {
    const problem = problemOf(
      square,
      [8, 2, 1, 1],
      [
        [0.5, 0.5],
        [0.5, 0.5],
      ],
    );
    const { status, weights, cells, maxMarginError } = fitWeights(problem, { method });
    expect(status).toBe('converged');
    expect(maxMarginError).toBeLessThanOrEqual(1e-10);
    expect(largestDifference(weights, [4 / 3, 2 / 3, 2 / 3, 4 / 3])).toBeLessThan(1e-9);
    expect(cells.map(({ margin, category, asked }) => [margin, category, asked])).toEqual([
      ['m0', '0', 0.5],
      ['m0', '1', 0.5],
      ['m1', '0', 0.5],
      ['m1', '1', 0.5],
    ]);
  });

  it.each(methods)('%s is post-stratification with one margin, in proportion to the base within', (method, options) => {
    const problem = problemOf([[0], [0], [1]], [1, 3, 2], [[0.4, 0.6]]);
    const { status, weights, multipliers } = fitWeights(problem, { method, ...options });
    expect(status).toBe('converged');
    expect(largestDifference(weights, [0.3, 0.9, 1.8])).toBeLessThan(1e-9);
    expect(multipliers[0]! * 0.4 + multipliers[1]! * 0.6).toBeCloseTo(0, 12);
    if (method === 'maxent' || method === 'rake')
      expect(multipliers[1]! - multipliers[0]!).toBeCloseTo(Math.log(0.6 / (1 / 3) / (0.4 / (2 / 3))), 8);
  });

  it('counts totals in weights, and makes them sum to the total of the margin that holds everybody', () => {
    const problem = problemOf([[0], [0], [1]], [1, 1, 1], [[30, 70]], 'total');
    const { status, weights, cells } = fitWeights(problem);
    expect(status).toBe('converged');
    expect(largestDifference(weights, [15, 15, 70])).toBeLessThan(1e-7);
    expect(cells[1]).toMatchObject({ unit: 'total', asked: 70, exact: true });
    expect(cells[1]!.achieved).toBeCloseTo(70, 7);
  });

  it('does not take the total from a margin of some for that of all', () => {
    const some = marginOf('workers', Int32Array.of(0, 1, -1), [20, 30], 'total');
    const all = marginOf('households', Int32Array.of(0, 0, 0), [80], 'total');
    const { status, weights } = fitWeights({ records: 3, base: Float64Array.of(1, 1, 1), margins: [some, all] });
    expect(status).toBe('converged');
    expect(largestDifference(weights, [20, 30, 30])).toBeLessThan(1e-7);
  });

  // Of the three known people the first category is to have 3/4; maximum entropy with odds 3 : 1/2 each, the unknown outside.
  it.each(['maxent', 'rake'] as const)('%s asks a margin of the people in its universe only', (method) => {
    const problem = problemOf([[0], [1], [1], [-1]], [1, 1, 1, 1], [[0.75, 0.25]]);
    const { status, weights, cells } = fitWeights(problem, { method });
    expect(status).toBe('converged');
    const [a, b, c, d] = weights as unknown as [number, number, number, number];
    expect(a / (a + b + c)).toBeCloseTo(0.75, 9);
    expect(cells[0]).toMatchObject({ asked: 0.75 });
    expect(cells[0]!.achieved).toBeCloseTo(0.75, 9);
    // The projection: inside, factors share/mass times exp(-KL); outside 1; all divided by the new total.
    const shrink = Math.exp(-(0.75 * Math.log(0.75 * 3) + 0.25 * Math.log(0.25 * 1.5)));
    expect((a + b + c) / d).toBeCloseTo(3 * shrink, 8);
  });

  it('meets a mean and a total of numbers', () => {
    const values = Float64Array.of(0, 1, 2, 3);
    const problem: WeightingProblem = { records: 4, base: new Float64Array(4).fill(1), margins: [] };
    const mean = fitWeights({ ...problem, constraints: [{ name: 'x', values, asked: 2, unit: 'mean' }] });
    const total = fitWeights({ ...problem, total: 10, constraints: [{ name: 'x', values, asked: 20, unit: 'total' }] });
    expect([mean.status, total.status]).toEqual(['converged', 'converged']);
    expect(mean.weights.reduce((s, w, i) => s + w * i, 0) / 4).toBeCloseTo(2, 9);
    expect(
      largestDifference(
        mean.weights,
        total.weights.map((w) => w * 0.4),
      ),
    ).toBeLessThan(1e-9);
    expect(total.cells[0]).toMatchObject({ margin: 'x', category: null, unit: 'total', asked: 20 });
    // exp(λ x) with mean 2: the ratios of neighbours are equal, and that ratio is what the multiplier says.
    const ratios = [1, 2, 3].map((i) => Math.log(mean.weights[i]! / mean.weights[i - 1]!));
    ratios.forEach((r) => expect(r).toBeCloseTo(mean.multipliers[0]!, 8));
  });

  // KL(p | b) + q/2 (p - target)² in one dimension, minimised on a grid.
  it('lets a margin with an importance give way, and says so', () => {
    const margin = { ...marginOf('m', Int32Array.of(0, 1), [0.1, 0.9]), importance: 3 };
    const { status, weights, maxMarginError, cells, worst } = fitWeights({
      records: 2,
      base: Float64Array.of(1, 1),
      margins: [margin],
      total: 1,
    });
    const objective = (p: number): number =>
      p * Math.log(2 * p) + (1 - p) * Math.log(2 * (1 - p)) + (3 / 2) * 2 * (p - 0.9) * (p - 0.9);
    let best = 0.5;
    for (let step = 0.25; step > 1e-9; step /= 2)
      for (const p of [best - step, best + step]) if (p > 0 && p < 1 && objective(p) < objective(best)) best = p;
    expect(status).toBe('converged');
    expect(weights[1]).toBeCloseTo(best, 6);
    expect(maxMarginError).toBe(0);
    expect(cells.map(({ exact }) => exact)).toEqual([false, false]);
    expect(worst[0]!.error).toBeCloseTo(0.9 - best, 6);
  });

  it('gives no weight to people of a category that is to be empty, at once', () => {
    const { status, weights, iterations } = fitWeights(problemOf([[0], [1], [2]], [1, 1, 1], [[0.5, 0, 0.5]]));
    expect([status, [...weights]]).toEqual(['converged', [1.5, 0, 1.5]]);
    expect(iterations).toBeLessThanOrEqual(1);
  });

  it.each([
    ['nobody is wanted', [0, 0], 'converged'],
    ['somebody is', [0, 5], 'infeasible'],
  ])('a total of zero, where %s', (_, asked, status) => {
    const result = fitWeights({ ...problemOf([[0], [1]], [1, 1], [asked], 'total'), total: 0 });
    expect([result.status, [...result.weights]]).toEqual([status, [0, 0]]);
  });

  it('returns the base without margins, and takes one record', () => {
    expect([...fitWeights(problemOf([[], []], [1, 3], [])).weights]).toEqual([0.5, 1.5]);
    expect(fitWeights(problemOf([[0]], [7], [[1]]))).toMatchObject({
      status: 'converged',
      weights: Float64Array.of(1),
    });
  });

  it('names the worst cells, worst first', () => {
    const { status, worst } = fitWeights(
      problemOf(
        square,
        [1, 2, 3, 4],
        [
          [0.3, 0.7],
          [0.6, 0.4],
        ],
      ),
      { maxIterations: 0 },
    );
    expect(status).toBe('iteration-limit');
    // The two categories of each are off by the same.
    expect(worst.map(({ margin }) => margin)).toEqual(['m1', 'm1', 'm0', 'm0']);
    expect(worst[0]!.error).toBeCloseTo(0.2, 12);
  });
});

describe('fitWeights: what must not matter', () => {
  it.each(methods)(
    '%s: scale of the base, order of records and margins, merging, doubling, redundancy',
    (method, options) => {
      fc.assert(
        fc.property(feasible, fc.integer({ min: 1, max: 1_000 }), ({ people, base, shares }, scale) => {
          const fit = (p: readonly (readonly number[])[], b: readonly number[], s: readonly (readonly number[])[]) => {
            const result = fitWeights(problemOf(p, b, s), { method, ...options, tolerance: 1e-11 });
            expect(result.status).toBe('converged');
            return Array.from(result.weights);
          };
          const plain = fit(people, base, shares);
          const near = (other: readonly number[], expected: readonly number[]): void => {
            expect(largestDifference(other, expected)).toBeLessThan(1e-7);
          };
          near(
            fit(
              people,
              base.map((b) => (b * scale) / 7),
              shares,
            ),
            plain,
          );
          near(fit([...people].reverse(), [...base].reverse(), shares), [...plain].reverse());
          near(
            fit(
              people.map((p) => [...p].reverse()),
              base,
              [...shares].reverse(),
            ),
            plain,
          );
          // Every record twice, with half the base each: each copy has half the weight, and twice as many records share the total.
          near(
            fit(
              [...people, ...people],
              [...base, ...base].map((b) => b / 2),
              shares,
            ),
            [...plain, ...plain],
          );
          // A margin a second time.
          near(
            fit(
              people.map((p) => [...p, p[1]!]),
              base,
              [...shares, shares[1]!],
            ),
            plain,
          );
          // The first two margins also as their joint, if that is what the weights have.
          const joint = people.map((p) => [p[0]! * sizes[1] + p[1]!]);
          const jointShares = sharesOf(joint, plain, [sizes[0] * sizes[1]]);
          near(
            fit(
              people.map((p, i) => [...p, joint[i]![0]!]),
              base,
              [...shares, ...jointShares],
            ),
            plain,
          );
        }),
        { seed: 20260101, numRuns: 40 },
      );
    },
  );

  it('maxent and rake give the same weights, those of classical raking', () => {
    fc.assert(
      fc.property(feasible, ({ people, base, shares }) => {
        const problem = problemOf(people, base, shares);
        const slow = rakeSlowly(base, people, shares).map((w) => w * people.length);
        for (const method of ['maxent', 'rake'] as const) {
          const { status, weights } = fitWeights(problem, { method, maxIterations: 100_000 });
          expect(status).toBe('converged');
          expect(largestDifference(weights, slow)).toBeLessThan(1e-7);
        }
      }),
      { seed: 20260102, numRuns: 60 },
    );
  });

  it('maxent and rake agree on margins with people outside of their universe', () => {
    fc.assert(
      fc.property(feasible, fc.nat(6), ({ people, base, shares }, hidden) => {
        const partial = people.map((p, i) => [p[0]!, i % 3 === hidden % 3 ? -1 : p[1]!, p[2]!]);
        const known = partial.some((p) => p[1]! >= 0);
        fc.pre(known);
        const own = sharesOf(
          partial.filter((p) => p[1]! >= 0),
          people.map((_, i) => base[i]!),
          sizes,
        );
        const problem = problemOf(partial, base, [shares[0]!, own[1]!, shares[2]!]);
        const [a, b] = (['maxent', 'rake'] as const).map((method) =>
          fitWeights(problem, { method, maxIterations: 20_000 }),
        );
        if (a!.status === 'converged' && b!.status === 'converged')
          expect(largestDifference(a!.weights, b!.weights)).toBeLessThan(1e-6);
        else expect(a!.status).not.toBe('converged');
      }),
      { seed: 20260103, numRuns: 60 },
    );
  });
});

describe('fitWeights: the truth about itself', () => {
  it.each(methods)('%s proves or admits that 60/40 and 50/50 on a diagonal cannot be', (method, options) => {
    const { status, maxMarginError } = fitWeights(
      problemOf(
        [
          [0, 0],
          [1, 1],
        ],
        [1, 1],
        [
          [0.6, 0.4],
          [0.5, 0.5],
        ],
      ),
      { method, ...options },
    );
    expect(status).toBe(method === 'rake' ? 'stalled' : 'infeasible');
    expect(maxMarginError).toBeGreaterThan(0.04);
  });

  it.each(methods)('%s proves or admits that totals of 253 and 256 cannot be', (method, options) => {
    const problem = problemOf(
      square,
      [1, 1, 1, 1],
      [
        [53, 200],
        [56, 200],
      ],
      'total',
    );
    expect(fitWeights(problem, { method, ...options }).status).toBe(method === 'rake' ? 'stalled' : 'infeasible');
  });

  it.each(methods)('%s proves that nobody stands for a category', (method, options) => {
    const problem = problemOf([[0], [1]], [1, 1], [[0.4, 0.4, 0.2]]);
    const { status, worst } = fitWeights(problem, { method, ...options });
    expect(status).toBe('infeasible');
    expect(worst.map(({ category }) => category)).toContain('2');
  });

  it('does not call a margin met when everybody in its universe is ruled out by another', () => {
    const people = [
      [0, -1],
      [1, 0],
      [1, 1],
    ];
    const asked = [
      [1, 0],
      [0.5, 0.5],
    ];
    const { status, maxMarginError } = fitWeights(problemOf(people, [1, 1, 1], asked));
    expect([status, maxMarginError]).toEqual(['stalled', 0.5]);
  });

  it('hands over a direction that proves it', () => {
    const problem = problemOf(
      [
        [0, 0],
        [1, 1],
      ],
      [1, 1],
      [
        [0.6, 0.4],
        [0.5, 0.5],
      ],
    );
    const { multipliers } = fitWeights(problem);
    const wanted = 0.6 * multipliers[0]! + 0.4 * multipliers[1]! + 0.5 * multipliers[2]! + 0.5 * multipliers[3]!;
    expect(Math.max(multipliers[0]! + multipliers[2]!, multipliers[1]! + multipliers[3]!)).toBeLessThan(wanted);
  });

  // Any shares at all, mostly impossible: the claim is recounted from the weights.
  it.each(methods)('%s says converged exactly when the margins are met, and never NaN', (method, options) => {
    const share = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(feasible, fc.tuple(share, share, share), ({ people, base }, raw) => {
        const asked = sizes.map((size, m) => raw[m]!.slice(0, size).map((x, c) => (c === 0 ? x + 1 : x)));
        const shares = asked.map((own) => own.map((x) => x / own.reduce((s, y) => s + y, 0)));
        const { status, weights, maxMarginError } = fitWeights(problemOf(people, base, shares), {
          ...options,
          method,
          maxIterations: 300,
        });
        expect(weights.every(Number.isFinite)).toBe(true);
        expect(weights.reduce((s, w) => s + w, 0)).toBeCloseTo(people.length, 6);
        const error = sharesOf(people, weights, sizes).reduce(
          (worst, own, m) => Math.max(worst, largestDifference(own, shares[m]!)),
          0,
        );
        expect(maxMarginError).toBeCloseTo(error, 10);
        expect(status === 'converged').toBe(maxMarginError <= 1e-10);
      }),
      { seed: 20260104, numRuns: 120 },
    );
  });
});
