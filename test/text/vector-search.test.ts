import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { openKernels, type Kernels } from '../../src/numerics/kernels/kernels.js';
import { openVectorSearch, type SearchOptions } from '../../src/text/vector-search.js';

const [twin, simd] = [openKernels({}, 'twin'), openKernels({}, 'simd')];

/** What a search finds, without its closing: kernels are shared here. */
const found = (
  vectors: Float32Array,
  d: number,
  queries: Float32Array,
  options: SearchOptions,
  kernels: Kernels = simd,
): { rows: number[]; scores: number[]; computed: number }[] =>
  kernels.scope(() =>
    openVectorSearch(vectors, d, {}, kernels)
      .search(queries, options)
      .map(({ rows, scores, computed }) => ({ rows: [...rows], scores: [...scores], computed })),
  );

/** The slow method: all dot products, sorted. */
function slowly(vectors: Float32Array, d: number, queries: Float32Array, { top, eligible }: SearchOptions) {
  return Array.from({ length: queries.length / d }, (_, q) => {
    const query = [...queries.subarray(q * d, q * d + d)];
    const all = Array.from({ length: vectors.length / d }, (_, row) => ({
      row,
      score: query.reduce((sum, x, k) => sum + x * vectors[row * d + k]!, 0),
    }));
    const best = all
      .filter(({ row }) => eligible === undefined || eligible[row] !== 0)
      .sort((a, b) => b.score - a.score || a.row - b.row)
      .slice(0, top);
    return { rows: best.map(({ row }) => row), scores: best.map(({ score }) => score) };
  });
}

const withoutCounts = (all: ReturnType<typeof found>) => all.map(({ rows, scores }) => ({ rows, scores }));

function drawn(name: string, length: number): Float32Array {
  const random = randomStream('vector-search', name);
  return Float32Array.from({ length }, () => random.uniform() - 0.5);
}

describe('openVectorSearch', () => {
  // By hand.
  const corners = Float32Array.of(1, 0, 0, 1, -1, 0, 0.5, 0.5, 1, 0);
  it.each([
    { name: 'ties in order of rows', query: [1, 0], top: 2, rows: [0, 4], scores: [1, 1] },
    { name: 'more than there are', query: [1, 2], top: 9, rows: [1, 3, 0, 4, 2], scores: [2, 1.5, 1, 1, -1] },
    { name: 'a query of zeros', query: [0, 0], top: 3, rows: [0, 1, 2], scores: [0, 0, 0] },
    { name: 'a mask', query: [1, 0], top: 2, mask: [0, 1, 1, 0, 1], rows: [4, 1], scores: [1, 0] },
    { name: 'a mask of one row', query: [1, 0], top: 2, mask: [0, 0, 1, 0, 0], rows: [2], scores: [-1] },
    { name: 'a mask of none', query: [1, 0], top: 2, mask: [0, 0, 0, 0, 0], rows: [], scores: [] },
  ])('finds the best of five points: $name', ({ query, top, mask, rows, scores }) => {
    const options = { top, ...(mask && { eligible: Uint8Array.from(mask) }) };
    expect(withoutCounts(found(corners, 2, Float32Array.from(query), options))).toEqual([{ rows, scores }]);
  });

  // Ties, zeros, numbers that differ by 1e-7, numbers so small or so far apart that eight bits say nothing.
  const number = fc.oneof(
    fc.constantFrom(0, -0, 1, -1, 1 + 2 ** -23, 1 - 2 ** -24, 1e30, -1e30, 1e-45, 3e-39),
    fc.integer({ min: -2, max: 2 }),
    fc.double({ min: -1, max: 1, noNaN: true }),
  );
  it('finds what a sort of all dot products finds', () => {
    const cases = fc.record({
      d: fc.integer({ min: 1, max: 19 }),
      numbers: fc.array(number, { maxLength: 400 }),
      top: fc.integer({ min: 1, max: 40 }),
      asked: fc.integer({ min: 0, max: 5 }),
      mask: fc.option(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 400, maxLength: 400 })),
    });
    fc.assert(
      fc.property(cases, ({ d, numbers, top, asked, mask }) => {
        const all = Float32Array.from(numbers);
        const count = Math.floor(all.length / d);
        const queries = all.subarray(0, Math.min(asked, count) * d);
        const vectors = all.subarray(queries.length, count * d);
        const options = { top, ...(mask && { eligible: Uint8Array.from(mask).subarray(0, vectors.length / d) }) };
        const expected = slowly(vectors, d, queries, options);
        const fast = found(vectors, d, queries, options);
        expect(withoutCounts(fast)).toEqual(expected);
        expect(found(vectors, d, queries, options, twin)).toEqual(fast);
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });

  it('goes through many parts with any number of threads, and computes few rows', async () => {
    const [n, d] = [20_000, 6];
    const [vectors, queries] = [drawn('rows', n * d), drawn('queries', 3 * d)];
    const expected = slowly(vectors, d, queries, { top: 10 });
    const alone = found(vectors, d, queries, { top: 10 });
    expect(withoutCounts(alone)).toEqual(expected);
    for (const { computed } of alone) expect(computed).toBeLessThan(n / 50);
    for (const workers of [2, 3]) {
      const search = openVectorSearch(vectors, d, { workers });
      for (let time = 0; time < 5; time++) {
        const again = search.search(queries, { top: 10 });
        expect(again.map(({ rows, scores, computed }) => ({ rows: [...rows], scores: [...scores], computed }))).toEqual(
          alone,
        );
      }
      await search.close();
    }
  });

  it.each([
    ['scattered', (row: number) => row % 97 === 3],
    ['the last ones', (row: number) => row > 19_900],
    ['the first one', (row: number) => row === 0],
  ] as const)('keeps to a mask over many parts: %s', (_, isEligible) => {
    const [n, d] = [20_000, 3];
    const [vectors, queries] = [drawn('rows', n * d), drawn('queries', 2 * d)];
    const options = { top: 5, eligible: Uint8Array.from({ length: n }, (_, row) => (isEligible(row) ? 255 : 0)) };
    expect(withoutCounts(found(vectors, d, queries, options))).toEqual(slowly(vectors, d, queries, options));
  });

  it.each([
    ['ties everywhere', (x: number) => Math.round(3 * x)],
    ['near ties everywhere', (x: number) => Math.round(3 * x) + x * 1e-6],
    ['rows in ascending order of their scores', (_: number, row: number) => row],
    ['rows in ascending order, all negative', (_: number, row: number) => row - 20_000],
  ] as const)('raises its threshold no further than it may: %s', (_, shaped) => {
    const [n, d] = [20_000, 3];
    const vectors = drawn('shaped', n * d).map((x, at) => shaped(x, Math.floor(at / d)));
    const queries = Float32Array.of(1, 1, 0, 1, 1, 1, 0.3, 0.2, 0.9);
    const fast = found(vectors, d, queries, { top: 300 });
    expect(withoutCounts(fast)).toEqual(slowly(vectors, d, queries, { top: 300 }));
  });

  it('finds rows that eight bits cannot tell apart', () => {
    // One number a hundred thousand times the others: they all round to 0, and yet they decide.
    const [n, d] = [3000, 5];
    const vectors = drawn('near', n * d).map((x, at) => (at % d === 0 ? 1000 : x / 100));
    const queries = Float32Array.of(1, 1, 1, 1, 1, 0, 1, -1, 1, -1);
    expect(withoutCounts(found(vectors, d, queries, { top: 7 }))).toEqual(slowly(vectors, d, queries, { top: 7 }));
  });

  it('believes no score that rounding may have raised', () => {
    // Each row has its own unit, set by a number that does not count; what counts is nearly the same and rounds up or down.
    const vectors = drawn('units', 2 * 3000).map((x, at) => (at % 2 === 0 ? 1 + x : 0.3 + x * 1e-5));
    const query = Float32Array.of(0, 1);
    expect(withoutCounts(found(vectors, 2, query, { top: 3 }))).toEqual(slowly(vectors, 2, query, { top: 3 }));
  });

  it('finds the first of many equal rows, and does not look at more of them for a query of zeros', () => {
    const [n, d] = [30_000, 3];
    const queries = Float32Array.of(1, 2, 3, 0, 0, 0);
    const [equal, zero] = found(new Float32Array(n * d).fill(0.3), d, queries, { top: 4 });
    expect(equal!.rows).toEqual([0, 1, 2, 3]);
    expect(zero).toMatchObject({ rows: [0, 1, 2, 3], scores: [0, 0, 0, 0] });
    expect(zero!.computed).toBeLessThan(n / 5);
  });

  it('answers more queries than go together as it answers each alone', () => {
    const [n, d, m] = [300, 4, 131];
    const [vectors, queries] = [drawn('rows', n * d), drawn('many', m * d)];
    const together = found(vectors, d, queries, { top: 3 });
    expect(together.length).toBe(m);
    for (const q of [0, 63, 64, 127, 128, 130])
      expect([together[q]]).toEqual(found(vectors, d, queries.subarray(q * d, q * d + d), { top: 3 }));
  });

  it('answers no queries, and searches no rows', () => {
    expect(found(corners, 2, new Float32Array(0), { top: 1 })).toEqual([]);
    expect(withoutCounts(found(new Float32Array(0), 2, Float32Array.of(1, 1), { top: 1 }))).toEqual([
      { rows: [], scores: [] },
    ]);
  });

  it.each([
    {
      fault: 'a number that is none',
      vectors: Float32Array.of(0, 1, NaN, 0),
      message:
        'vectorSearch.vectors[1][0]: not a finite number of ordinary size; got NaN, expected at most 1e30 in size.',
    },
    {
      fault: 'a number that is too large',
      query: Float32Array.of(0, -2e30),
      message: 'vectorSearch.queries[0][1]: not a finite number of ordinary size; got -2.0000000300949324e+30',
    },
    {
      fault: 'an infinite number',
      vectors: Float32Array.of(0, Infinity),
      message: 'vectorSearch.vectors[0][1]: not a finite number of ordinary size; got Infinity',
    },
    {
      fault: 'a broken matrix',
      vectors: new Float32Array(3),
      message: 'vectorSearch.vectors: not a whole number of vectors; got 3 numbers, expected a multiple of 2.',
    },
    {
      fault: 'a query of another length',
      query: new Float32Array(3),
      message: 'vectorSearch.queries: not a whole number of vectors; got 3 numbers, expected a multiple of 2.',
    },
    {
      fault: 'a wrong number of rows',
      top: 0,
      message: 'vectorSearch.top: not a number of rows; got 0, expected a whole number ≥ 1.',
    },
    {
      fault: 'a mask of another length',
      eligible: new Uint8Array(3),
      message: 'vectorSearch.eligible: not one entry for each row; got 3, expected 5.',
    },
  ])('names the fault: $fault', ({ vectors = corners, query = Float32Array.of(1, 1), top = 1, eligible, message }) => {
    expect(() => found(vectors, 2, query, { top, ...(eligible && { eligible }) })).toThrow(message);
  });

  it.each([0, 1.5, 16_385, NaN])('refuses %d dimensions', (d) => {
    expect(() => openVectorSearch(corners, d)).toThrow(
      `vectorSearch.dimensions: not a number of dimensions; got ${d}, expected a whole number from 1 to 16384.`,
    );
  });
});
