import fc from 'fast-check';
import type { RandomStream } from '../../src/core/random.js';
import type { CategoryMargin, WeightingProblem } from '../../src/survey/weighting-problem.js';

/** Categories `0`, `1`, ... of margins `m0`, `m1`, ...; `people` are positions of categories, -1 outside of the universe. */
export function problemOf(
  people: readonly (readonly number[])[],
  base: readonly number[],
  asked: readonly (readonly number[])[],
  unit: 'share' | 'total' = 'share',
): WeightingProblem {
  return {
    records: people.length,
    base: Float64Array.from(base),
    margins: asked.map((own, m) =>
      marginOf(
        `m${m}`,
        Int32Array.from(people, (p) => p[m]!),
        own,
        unit,
      ),
    ),
  };
}

export const marginOf = (
  name: string,
  codes: Int32Array,
  asked: readonly number[],
  unit: 'share' | 'total' = 'share',
): CategoryMargin => ({
  name,
  categories: asked.map((_, c) => String(c)),
  codes,
  asked: Float64Array.from(asked),
  unit,
});

/** Margins `v0`, `v1`, ... in shares of records whose categories are drawn evenly. */
export const drawnMargins = (
  asked: readonly (readonly number[])[],
  records: number,
  random: RandomStream,
): CategoryMargin[] =>
  asked.map((shares, m) =>
    marginOf(
      `v${m}`,
      Int32Array.from({ length: records }, () => random.below(shares.length)),
      shares,
    ),
  );

/** Shares of each category of each margin under weights, by adding up. */
export const sharesOf = (
  people: readonly (readonly number[])[],
  weights: ArrayLike<number>,
  sizes: readonly number[],
): number[][] => {
  const total = people.reduce((s, _, i) => s + weights[i]!, 0);
  return sizes.map((size, m) =>
    Array.from({ length: size }, (_, c) => people.reduce((s, p, i) => s + (p[m] === c ? weights[i]! : 0), 0) / total),
  );
};

export const sizes = [2, 3, 4] as const;

/** People with base weights, and margins that other positive weights on them have: always feasible, for ratios of 1/4 to 4. */
export const feasible = fc
  .array(
    fc.record({
      person: fc.tuple<number[]>(...sizes.map((size) => fc.integer({ min: 0, max: size - 1 }))),
      base: fc.double({ min: 0.5, max: 4, noNaN: true }),
      ratio: fc.double({ min: 0.5, max: 2, noNaN: true }),
    }),
    { minLength: 2, maxLength: 30 },
  )
  .map((rows) => {
    const people = rows.map(({ person }) => person);
    const base = rows.map((row) => row.base);
    const shares = sharesOf(
      people,
      rows.map((row) => row.base * row.ratio),
      sizes,
    );
    return { people, base, shares };
  });

/** The ratio of a weight to its base as a function of its score, written out anew from table 1 of Deville & Särndal (1992). */
export const ratioOf = {
  maxent: (u: number, lower: number, upper: number): number => Math.min(Math.max(Math.exp(u), lower), upper),
  linear: (u: number, lower: number, upper: number): number => Math.min(Math.max(1 + u, lower), upper),
  logit: (u: number, lower: number, upper: number): number => {
    const a = (upper - lower) / ((1 - lower) * (upper - 1));
    const e = Math.exp(a * u);
    return (lower * (upper - 1) + upper * (1 - lower) * e) / (upper - 1 + (1 - lower) * e);
  },
};

/**
 * The slow method for all distances and bounds: one multiplier a category, each in turn found by bisection so that its own
 * category is met, over and over.
 *
 * @returns weights that sum to one
 */
export function calibrateSlowly(
  people: readonly (readonly number[])[],
  base: readonly number[],
  shares: readonly (readonly number[])[],
  ratio: (u: number) => number,
  rounds = 2_000,
): number[] {
  const total = base.reduce((s, b) => s + b, 0);
  const multipliers = shares.map((own) => own.map(() => 0));
  const scores = people.map(() => 0);
  for (let round = 0; round < rounds; round++) {
    let moved = 0;
    shares.forEach((own, m) => {
      own.forEach((share, c) => {
        const members = [...people.keys()].filter((i) => people[i]![m] === c);
        const massAt = (x: number): number =>
          members.reduce((s, i) => s + (base[i]! / total) * ratio(scores[i]! + x), 0);
        let [low, high] = [-60, 60];
        for (let k = 0; k < 70; k++) {
          const middle = (low + high) / 2;
          if (massAt(middle) < share) low = middle;
          else high = middle;
        }
        if (members.length === 0) return;
        const x = (low + high) / 2;
        for (const i of members) scores[i]! += x;
        multipliers[m]![c]! += x;
        moved = Math.max(moved, Math.abs(x));
      });
    });
    if (moved < 1e-13) break;
  }
  return base.map((b, i) => (b / total) * ratio(scores[i]!));
}

/** Solves a x = b by Gaussian elimination with pivoting; free variables are 0. */
export function eliminate(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i]!]);
  const k = b.length;
  const pivots: number[] = [];
  let next = 0;
  for (let column = 0; column < k; column++) {
    let best = next;
    for (let r = next; r < k; r++) if (Math.abs(rows[r]![column]!) > Math.abs(rows[best]![column]!)) best = r;
    if (next >= k || Math.abs(rows[best]![column]!) < 1e-10) continue;
    [rows[next], rows[best]] = [rows[best]!, rows[next]!];
    for (let r = 0; r < k; r++) {
      if (r === next) continue;
      const factor = rows[r]![column]! / rows[next]![column]!;
      for (let c = column; c <= k; c++) rows[r]![c]! -= factor * rows[next]![c]!;
    }
    pivots[column] = next++;
  }
  return Array.from({ length: k }, (_, column) => {
    const r = pivots[column];
    return r === undefined ? 0 : rows[r]![k]! / rows[r]![column]!;
  });
}

export const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((worst, x, i) => Math.max(worst, Math.abs(x - b[i]!)), a.length === b.length ? 0 : Infinity);
