import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { randomStream } from '../../src/core/random.js';
import { systematicCounts } from '../../src/numerics/sampling.js';
import { sum, normalized } from '../../src/numerics/statistics.js';
import { selectBalanced, type SelectionOptions } from '../../src/survey/select-balanced.js';
import { indicators, sparse, vec } from './fixture.js';

interface Case {
  readonly weights: readonly number[];
  readonly rows: readonly (readonly number[])[];
  readonly targets: readonly number[];
  readonly importance?: readonly number[];
}
const select = ({ weights, rows, targets, importance }: Case, options: SelectionOptions, seed = 'select') =>
  selectBalanced(
    {
      weights: vec(...weights),
      features: sparse(rows),
      targets: vec(...targets),
      importance: importance ? vec(...importance) : new Float64Array(targets.length).fill(1),
    },
    options,
    randomStream(seed),
  );

/** The objective from its definition. */
const objective = ({ rows, targets, importance }: Case, counts: ArrayLike<number>): number => {
  const size = sum(counts);
  return targets.reduce((s, target, k) => {
    const mean = rows.reduce((m, row, i) => m + (counts[i]! * row[k]!) / size, 0);
    return s + (importance?.[k] ?? 1) * (mean - target) ** 2;
  }, 0);
};

/** All ways to take `size` of n records, each at most once, as bit sets. */
const subsets = (n: number, size: number): number[][] =>
  Array.from({ length: 2 ** n }, (_, bits) => Array.from({ length: n }, (_, i) => (bits >> i) & 1)).filter(
    (s) => sum(s) === size,
  );

const arbitraryCase = fc.integer({ min: 1, max: 3 }).chain((k) =>
  fc.record({
    people: fc.array(
      fc.tuple(
        fc.oneof(fc.constant(0), fc.double({ min: 0.1, max: 3, noNaN: true })),
        fc.array(fc.integer({ min: -2, max: 2 }), { minLength: k, maxLength: k }),
      ),
      { minLength: 4, maxLength: 10 },
    ),
    targets: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: k, maxLength: k }),
    importance: fc.array(fc.double({ min: 0.1, max: 9, noNaN: true }), { minLength: k, maxLength: k }),
    size: fc.integer({ min: 1, max: 8 }),
    cap: fc.integer({ min: 1, max: 3 }),
  }),
);

describe('selectBalanced', () => {
  it('takes exactly the size, at most the cap, nobody without weight, and never ends worse than it began', () => {
    fc.assert(
      fc.property(arbitraryCase, ({ people, targets, importance, size, cap }) => {
        const problem: Case = {
          weights: people.map(([w]) => w),
          rows: people.map(([, row]) => row),
          targets,
          importance,
        };
        const carriers = problem.weights.filter((w) => w > 0).length;
        if (carriers * cap < size) {
          expect(() => select(problem, { size, maxMultiplicity: cap })).toThrow(
            `selectBalanced.maxMultiplicity: too few records for ${size} agents; got ${carriers} records x ${cap}, expected at least ${size}.`,
          );
          return;
        }
        const { counts, residuals, objective: end, objectiveStart } = select(problem, { size, maxMultiplicity: cap });
        expect(sum(counts)).toBe(size);
        counts.forEach((count, i) => {
          expect(count).toBeGreaterThanOrEqual(0);
          expect(count).toBeLessThanOrEqual(problem.weights[i] === 0 ? 0 : cap);
        });
        expect(end).toBeLessThanOrEqual(objectiveStart + 1e-12);
        expect(end).toBeCloseTo(objective(problem, counts), 10);
        residuals.forEach((r, k) =>
          expect(r).toBeCloseTo(
            problem.rows.reduce((s, row, i) => s + (counts[i]! * row[k]!) / size, 0) - targets[k]!,
            10,
          ),
        );
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });

  it('against all subsets: never better than the best, and no single swap would improve it', () => {
    fc.assert(
      fc.property(arbitraryCase, fc.integer({ min: 1, max: 9 }), ({ people, targets, importance }, wanted) => {
        const problem: Case = { weights: people.map(() => 1), rows: people.map(([, row]) => row), targets, importance };
        const size = Math.min(wanted, people.length - 1);
        const { counts, objective: end } = select(problem, { size, maxMultiplicity: 1 });
        const best = Math.min(...subsets(people.length, size).map((s) => objective(problem, s)));
        expect(end).toBeGreaterThanOrEqual(best - 1e-12);
        for (const out of counts.keys())
          for (const into of counts.keys()) {
            if (counts[out] === 0 || counts[into]! > 0) continue;
            const swapped = counts.map((c, i) => (i === out ? c - 1 : i === into ? c + 1 : c));
            expect(objective(problem, swapped)).toBeGreaterThan(end - 1e-9);
          }
      }),
      { seed: 20260101, numRuns: 150 },
    );
  });

  // Cases made from a subset, so that a perfect selection exists. Swaps of one for one cannot leave every dead end, hence 96 %.
  it('finds a selection without any error where there is one', () => {
    let exact = 0;
    const cases = 200;
    for (let c = 0; c < cases; c++) {
      const draw = randomStream('planted', c);
      const [n, k] = [5 + draw.below(8), 1 + draw.below(4)];
      const size = 1 + draw.below(n - 1);
      const rows = Array.from({ length: n }, () => Array.from({ length: k }, () => draw.below(2)));
      const taken = systematicCounts(new Float64Array(n).fill(1), size, draw);
      const targets = Array.from({ length: k }, (_, f) =>
        rows.reduce((s, row, i) => s + (taken[i]! * row[f]!) / size, 0),
      );
      const problem = { weights: rows.map(() => 1), rows, targets };
      if (select(problem, { size, maxMultiplicity: 1 }).objective < 1e-12) exact++;
    }
    expect(exact / cases).toBeGreaterThanOrEqual(0.96);
  });

  it('meets margins of a larger pool to the agent', () => {
    const draw = randomStream('margins');
    const records = Array.from({ length: 2_000 }, () => [
      draw.below(3) % 2,
      Math.floor(4 * draw.uniform() * draw.uniform()),
      draw.below(2),
    ]);
    const targets = [0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.3, 0.7];
    const { counts, residuals, swaps } = selectBalanced(
      {
        weights: new Float64Array(2_000).fill(1),
        features: indicators(records, [2, 4, 2]),
        targets: vec(...targets),
        importance: new Float64Array(8).fill(1),
      },
      { size: 200, maxMultiplicity: 3 },
      randomStream('margins', 'select'),
    );
    expect(swaps).toBeGreaterThan(10);
    expect(Math.max(...counts)).toBeLessThanOrEqual(3);
    residuals.forEach((r) => expect(Math.abs(200 * r)).toBeLessThan(1e-9));
  });

  it('gives way where it is told that it matters least', () => {
    // Two records; one agent cannot be both.
    const rows = [
      [1, 0],
      [0, 1],
    ];
    const first = (importance: number[]): number =>
      select({ weights: [1, 1], rows, targets: [1, 1], importance }, { size: 1, maxMultiplicity: 1 }).counts[0]!;
    expect([first([9, 1]), first([1, 9])]).toEqual([1, 0]);
  });

  // Two thousand selections without any swap: each mean count has a standard error below .011.
  it('starts from a systematic sample of the weights', () => {
    const weights = [1, 3, 0, 2];
    const mean = new Float64Array(4);
    for (let t = 0; t < 2000; t++)
      select(
        { weights, rows: [[0], [0], [0], [0]], targets: [0] },
        { size: 3, maxMultiplicity: 3, proposals: 0 },
        `start ${t}`,
      ).counts.forEach((c, i) => (mean[i]! += c / 2000));
    normalized(weights).forEach((w, i) => expect(Math.abs(mean[i]! - 3 * w)).toBeLessThan(0.045));
  });

  it('obeys the cap where one record has nearly all weight', () => {
    const { counts } = select(
      { weights: [1e9, 1e-9, 1e-9, 0], rows: [[0], [0], [0], [0]], targets: [0] },
      { size: 6, maxMultiplicity: 2, proposals: 0 },
    );
    expect([...counts]).toEqual([2, 2, 2, 0]);
  });

  it('gives the same selection for the same stream, another for another', () => {
    const draw = randomStream('same');
    const rows = Array.from({ length: 100 }, () => [draw.normal(), draw.normal()]);
    const run = (seed: string) => [
      ...select({ weights: rows.map(() => 1), rows, targets: [0.2, 0] }, { size: 30, maxMultiplicity: 2 }, seed).counts,
    ];
    expect(run('a')).toEqual(run('a'));
    expect(run('a')).not.toEqual(run('b'));
  });

  it('takes everybody when everybody is needed', () => {
    expect([
      ...select({ weights: [1, 2, 3], rows: [[1], [2], [4]], targets: [9] }, { size: 3, maxMultiplicity: 1 }).counts,
    ]).toEqual([1, 1, 1]);
    expect([...select({ weights: [4], rows: [[1]], targets: [1] }, { size: 5, maxMultiplicity: 5 }).counts]).toEqual([
      5,
    ]);
  });

  it('refuses more agents than the records can give', () => {
    const act = () =>
      select({ weights: [1, 0, 2], rows: [[1], [1], [1]], targets: [1] }, { size: 5, maxMultiplicity: 2 });
    expect(act).toThrow(Failure);
    expect(act).toThrow(
      'selectBalanced.maxMultiplicity: too few records for 5 agents; got 2 records x 2, expected at least 5. ' +
        'Write more personas, raise the multiplicity cap, or ask for fewer agents.',
    );
  });
});
