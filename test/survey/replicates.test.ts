import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import {
  authorReplicates,
  combineDraws,
  combinedVariances,
  fullDraws,
  replicateMeans,
  replicateVariance,
  replicateWeights,
  type AuthorReplicates,
} from '../../src/survey/replicates.js';
import { vec } from './fixture.js';

const sumOf = (values: Iterable<number>): number => [...values].reduce((s, x) => s + x, 0);
const all = (n: number): Uint32Array => new Uint32Array(n);

/** Records of authors with one to four records each, uneven weights, values that go with the author. */
function sample(authors: number, name: string) {
  const random = randomStream('replicates', name);
  const records = Array.from({ length: authors }, (_, author) => ({ author, level: random.normal() })).flatMap(
    ({ author, level }) =>
      Array.from({ length: 1 + random.below(4) }, () => ({
        person: `author ${author}`,
        weight: 0.2 + random.uniform(),
        value: level + 0.5 * random.normal(),
      })),
  );
  return {
    people: records.map(({ person }) => person),
    weights: Float64Array.from(records, ({ weight }) => weight),
    values: Float64Array.from(records, ({ value }) => value),
  };
}

/** Variance of a weighted mean by linearization, authors as the units: n / (n - 1) Σ z², z the author's share of the residual. */
function closedForm({ people, weights, values }: ReturnType<typeof sample>): number {
  const total = sumOf(weights);
  const mean = sumOf(weights.map((w, i) => w * values[i]!)) / total;
  const byAuthor = new Map<string, number>();
  people.forEach((person, i) =>
    byAuthor.set(person, (byAuthor.get(person) ?? 0) + (weights[i]! * (values[i]! - mean)) / total),
  );
  const n = byAuthor.size;
  return (n / (n - 1)) * sumOf([...byAuthor.values()].map((z) => z * z));
}

const estimates = (means: readonly Float64Array[]): number[] => means.map((mean) => mean[0]!);

describe('authorReplicates', () => {
  it('is the sample itself, then n - 1 authors drawn with replacement and scaled by n / (n - 1)', () => {
    const people = ['ann', 'bob', 'ann', 'eve', 'dan', 'bob'];
    const { authors, authorOf, factors, count } = authorReplicates(people, 50, randomStream('factors'))!;
    expect([authors, count, [...authorOf]]).toEqual([4, 50, [0, 1, 0, 2, 3, 1]]);
    expect(factors).toHaveLength(51 * 4);
    expect([...factors.subarray(0, 4)]).toEqual([1, 1, 1, 1]);
    for (let r = 1; r <= 50; r++) {
      const times = [...factors.subarray(r * 4, r * 4 + 4)].map((f) => (f * 3) / 4);
      for (const t of times) expect(Math.abs(t - Math.round(t))).toBeLessThan(1e-12);
      expect(sumOf(times)).toBeCloseTo(3, 12);
    }
  });

  it('draws every author equally often, and in other ways for another stream', () => {
    const people = Array.from({ length: 10 }, (_, i) => `${i}`);
    const { factors } = authorReplicates(people, 4_000, randomStream('even'))!;
    for (let author = 0; author < 10; author++) {
      const mean = sumOf(Array.from({ length: 4_000 }, (_, r) => factors[(r + 1) * 10 + author]!)) / 4_000;
      // A factor has variance n / (n - 1) · (n - 1) / n = 1: five standard errors.
      expect(Math.abs(mean - 1)).toBeLessThan(5 / Math.sqrt(4_000));
    }
    expect(authorReplicates(people, 5, randomStream('a'))).toEqual(authorReplicates(people, 5, randomStream('a')));
    expect(authorReplicates(people, 5, randomStream('a'))).not.toEqual(authorReplicates(people, 5, randomStream('b')));
  });

  it('has nothing to say of one author, or none', () => {
    expect(authorReplicates(['ann', 'ann'], 10, randomStream('one'))).toBeNull();
    expect(authorReplicates([], 10, randomStream('none'))).toBeNull();
  });
});

describe('variance of a weighted mean', () => {
  // A variance from R replicates has a relative standard error of about √(2 / R).
  it.each([5, 20, 80])('is that of the closed form with %i authors', (authors) => {
    const records = sample(authors, `closed ${authors}`);
    const replicates = authorReplicates(records.people, 4_000, randomStream('closed', authors))!;
    const means = replicateMeans(replicates, records.weights, {
      cells: all(records.people.length),
      size: 1,
      values: records.values,
    });
    const ratio = replicateVariance(estimates(means))! / closedForm(records);
    // With five authors the ratio of two sums is not linear any more, and the bootstrap sees more than the closed form.
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(authors === 5 ? 1.6 : 1.15);
  });

  it('is exactly that of the closed form where every possible replicate is drawn and totals do not vary', () => {
    // Three authors with one record of equal weight: nine ways to draw two, each once.
    const pairs = [0, 1, 2].flatMap((a) => [0, 1, 2].map((b) => [a, b] as const));
    const factors = new Float64Array(10 * 3).fill(1, 0, 3);
    pairs.forEach((pair, r) => pair.forEach((author) => (factors[(r + 1) * 3 + author]! += 1.5)));
    const replicates: AuthorReplicates = { count: 9, authors: 3, authorOf: Uint32Array.of(0, 1, 2), factors };
    const means = replicateMeans(replicates, [1, 1, 1], { cells: all(3), size: 1, values: vec(1, 2, 6) });
    // s² / n = ((-2)² + (-1)² + 3²) / 2 / 3.
    expect(replicateVariance(estimates(means))).toBeCloseTo(14 / 6, 12);
  });

  it('grows when records belong to the same author: they are not so many witnesses', () => {
    const values = Float64Array.from({ length: 40 }, (_, i) => Math.floor(i / 8));
    const variance = (people: string[]): number =>
      replicateVariance(
        estimates(
          replicateMeans(authorReplicates(people, 2_000, randomStream('clusters'))!, new Float64Array(40).fill(1), {
            cells: all(40),
            size: 1,
            values,
          }),
        ),
      )!;
    const together = variance(Array.from({ length: 40 }, (_, i) => `${Math.floor(i / 8)}`));
    const apart = variance(Array.from({ length: 40 }, (_, i) => `${i}`));
    // s² / 5 = .5 against about s² / 40.
    expect(together / 0.5).toBeGreaterThan(0.85);
    expect(together / 0.5).toBeLessThan(1.15);
    expect(together / apart).toBeGreaterThan(6);
  });

  it('does not see the scale of the weights, and is 0 when all say the same', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        fc.integer({ min: 2, max: 30 }),
        (scale, authors) => {
          const records = sample(authors, 'scale');
          const replicates = authorReplicates(records.people, 30, randomStream('scale'))!;
          const quantity = { cells: all(records.people.length), size: 1, values: records.values };
          const own = replicateVariance(estimates(replicateMeans(replicates, records.weights, quantity)))!;
          const scaled = records.weights.map((w) => scale * w);
          const again = replicateVariance(estimates(replicateMeans(replicates, scaled, quantity)))!;
          expect(again / own).toBeCloseTo(1, 9);
          const same = { ...quantity, values: records.values.map(() => 3) };
          expect(replicateVariance(estimates(replicateMeans(replicates, records.weights, same)))).toBeCloseTo(0, 20);
        },
      ),
      { seed: 20260101, numRuns: 50 },
    );
  });

  it('is unknown without replicates', () => {
    expect(replicateVariance([])).toBeNull();
    expect(replicateVariance([2])).toBeNull();
    expect(replicateVariance([2, 3, 1])).toBe(1);
  });
});

describe('replicateMeans', () => {
  const replicates = authorReplicates(['a', 'b', 'c'], 20, randomStream('cells'))!;

  it('gives shares of cells that sum to one in every replicate, the sample first', () => {
    const found = replicateMeans(replicates, [1, 2, 1], { cells: Uint32Array.of(0, 1, 1), size: 3 });
    expect([...found[0]!]).toEqual([0.25, 0.75, 0]);
    for (const shares of found) expect(sumOf(shares)).toBeCloseTo(1, 12);
  });

  it('looks at the given rows only', () => {
    const quantity = { cells: all(3), size: 1, values: vec(1, 5, 9) };
    expect(replicateMeans(replicates, [1, 1, 3], quantity, Uint32Array.of(0, 2))[0]![0]).toBe(7);
  });

  it('leaves out replicates in which nobody has weight, and says nothing without any weight', () => {
    const only = replicateMeans(replicates, [1, 0, 0], { cells: all(3), size: 1, values: vec(4, 5, 6) });
    expect(only.length).toBeLessThan(21);
    expect(only.every((mean) => mean[0] === 4)).toBe(true);
    expect(replicateMeans(replicates, [0, 0, 0], { cells: all(3), size: 1 })).toEqual([]);
  });
});

describe('combineDraws', () => {
  it.each([
    {
      name: 'two draws by hand: U = 2, B = 8, T = 2 + 1.5 · 8',
      draws: [3, 7],
      variances: [1, 3],
      expected: { betweenAuthors: 2, betweenDraws: 8, total: 14 },
    },
    {
      name: 'draws that agree: no more than the variance within',
      draws: [5, 5, 5],
      variances: [1, 2, 3],
      expected: { betweenAuthors: 2, betweenDraws: 0, total: 2 },
    },
  ])('$name', ({ draws, variances, expected }) => expect(combineDraws(draws, variances)).toEqual(expected));

  // Means and standard errors of oxygen intake in five imputations: SAS/STAT 14.1 User's Guide, example 64.1 (PROC MIANALYZE).
  // There as here B = 0.0415, U = 0.9309, T = U + 6/5 B = 0.9806.
  it('gives the variances of a published example', () => {
    const errors = [0.95984, 0.9354, 1.00766, 0.95439, 0.96528];
    const found = combineDraws(
      [47.012, 47.2407, 47.4995, 47.1485, 47.0042],
      errors.map((error) => error * error),
    );
    expect(found.betweenDraws).toBeCloseTo(0.0415, 4);
    expect(found.betweenAuthors).toBeCloseTo(0.9309, 4);
    expect(found.total).toBeCloseTo(0.9806, 4);
  });

  it('is not known of one draw, or none', () => {
    expect(combineDraws([4], [2])).toEqual({ betweenAuthors: 2, betweenDraws: null, total: null });
    expect(combineDraws([], [])).toEqual({ betweenAuthors: null, betweenDraws: null, total: null });
  });
});

describe('fullDraws', () => {
  const people = ['a', 'b', 'c', 'd', 'a', 'b', 'c', 'a', 'a', 'b', 'c', 'd'];
  const draws = [1, 1, 1, 1, 2, 2, 2, 3, 4, 4, 4, 4];
  const replicates = authorReplicates(people, 2, randomStream('draws'))!;

  it('leaves out the draws that less than half of the authors got', () =>
    expect(fullDraws(draws, replicates, new Float64Array(12).fill(1)).map((rows) => [...rows])).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6],
      [8, 9, 10, 11],
    ]));

  it('does not count records without weight', () => {
    const weights = Float64Array.of(1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1);
    expect(fullDraws(draws, replicates, weights).map((rows) => [...rows])).toEqual([
      [0, 1, 2, 3],
      [8, 9, 10, 11],
    ]);
  });
});

describe('combinedVariances', () => {
  it('puts draws together: within by the bootstrap, between from the draws', () => {
    const authors = 60;
    const random = randomStream('combined');
    const people = Array.from({ length: 4 * authors }, (_, i) => `${i % authors}`);
    const draws = people.map((_, i) => Math.floor(i / authors));
    const values = Float64Array.from(people, () => random.normal());
    const weights = new Float64Array(people.length).fill(1);
    const replicates = authorReplicates(people, 4_000, random.fork('authors'))!;
    const rows = fullDraws(draws, replicates, weights);
    const [found] = combinedVariances(replicates, rows, weights, { cells: all(people.length), size: 1, values });
    const parts = rows.map((own) => [...own].map((i) => values[i]!));
    const means = parts.map((own) => sumOf(own) / authors);
    const within = parts.map((own, k) => sumOf(own.map((x) => (x - means[k]!) ** 2)) / (authors - 1) / authors);
    const mean = sumOf(means) / 4;
    const between = sumOf(means.map((m) => (m - mean) ** 2)) / 3;
    expect(found!.betweenDraws).toBeCloseTo(between, 12);
    expect(found!.betweenAuthors! / (sumOf(within) / 4)).toBeCloseTo(1, 1);
    expect(found!.total).toBeCloseTo(found!.betweenAuthors! + 1.25 * between, 12);
  });

  it('is fast enough: 20,000 records, 200 replicates and sixteen quantities in seconds', () => {
    const n = 20_000;
    const people = Array.from({ length: n }, (_, i) => `${i % 500}`);
    const draws = people.map((_, i) => Math.floor(i / 500));
    const weights = new Float64Array(n).fill(1);
    const replicates = authorReplicates(people, 200, randomStream('speed'))!;
    const rows = fullDraws(draws, replicates, weights);
    const cells = Uint32Array.from(people, (_, i) => i % 7);
    const started = performance.now();
    for (let k = 0; k < 16; k++) combinedVariances(replicates, rows, weights, { cells, size: 7 });
    // Half a second on one core of 2020; the bound only sees another order of growth.
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('replicateWeights', () => {
  it('have mean 1, keep authors together, and give the variance by the rule for users', () => {
    const records = sample(30, 'users');
    const replicates = authorReplicates(records.people, 1_000, randomStream('users'))!;
    const columns = replicateWeights(replicates, records.weights);
    expect(columns).toHaveLength(1_000);
    const meanUnder = (w: ArrayLike<number>): number =>
      sumOf(Array.from(records.values, (x, i) => x * w[i]!)) / sumOf(Array.from(w));
    const own = meanUnder(records.weights);
    for (const column of columns) {
      expect(sumOf(column) / column.length).toBeCloseTo(1, 12);
      const factor = new Map<string, number>();
      records.people.forEach((person, i) => {
        const of = column[i]! / records.weights[i]!;
        expect(of).toBeCloseTo(factor.get(person) ?? of, 12);
        factor.set(person, of);
      });
    }
    const variance = sumOf(columns.map((column) => (meanUnder(column) - own) ** 2)) / 1_000;
    expect(variance / closedForm(records)).toBeGreaterThan(0.85);
    expect(variance / closedForm(records)).toBeLessThan(1.2);
  });

  it('are zeros, not NaN, where nobody who was drawn has weight', () => {
    const replicates = authorReplicates(['a', 'b', 'c'], 30, randomStream('zeros'))!;
    const columns = replicateWeights(replicates, [1, 0, 0]);
    expect(columns.some((column) => column.every((w) => w === 0))).toBe(true);
    expect(columns.flatMap((column) => [...column]).every((w) => w === 0 || w === 3)).toBe(true);
  });
});
