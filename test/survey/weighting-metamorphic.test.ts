import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../io/temporary.js';
import { filesWeigher, furthest } from './weighting-files.js';
import { feasible, sizes } from './weighting-fixture.js';

/** What must not change the weights, from files to files; `fit-weights.test.ts` has the same for the fit alone. */
const weigh = filesWeigher(temporaryFolder());

interface Row {
  readonly id: string;
  readonly codes: readonly number[];
  readonly base: number;
}
const names = sizes.map((_, v) => `v${v}`);
const sampleOf = (rows: readonly Row[], order = [0, 1, 2]): string =>
  [
    ['id', 'base', ...order.map((v) => names[v])].join(),
    ...rows.map(({ id, codes, base }) => [id, base, ...order.map((v) => `c${codes[v]!}`)].join()),
    '',
  ].join('\n');
const marginLines = (shares: readonly (readonly number[])[]): string[] =>
  shares.flatMap((own, v) => own.map((share, c) => `v${v},c${c},${share}`));
const marginsOf = (lines: readonly string[]): string => ['variable,category,share', ...lines, ''].join('\n');
/** Shares of nobody are left out: a category that the sample does not have is none that is asked for. */
const lived = (shares: readonly (readonly number[])[]): string[] =>
  marginLines(shares).filter((line) => !line.endsWith(',0'));

const methods = ['maxent', 'rake', 'linear'] as const;
const cases = fc.record({ problem: feasible, method: fc.constantFrom(...methods), key: fc.nat(1_000) });
/** A fixed order that has nothing to do with the order of the file. */
const shuffled = <T>(items: readonly T[], key: number): T[] =>
  [...items.keys()]
    .sort((a, b) => (Math.imul(a + 1, 2 * key + 0x9e3779b1) >>> 0) - (Math.imul(b + 1, 2 * key + 0x9e3779b1) >>> 0))
    .map((k) => items[k]!);

/** Runs both and says how far the second is from what the first says it must be. */
const unchanged = (
  make: (
    rows: readonly Row[],
    lines: readonly string[],
    key: number,
  ) => { readonly sample: string; readonly margins: string },
  expected: (weights: ReadonlyMap<string, number>) => ReadonlyMap<string, number> = (weights) => weights,
) =>
  fc.assert(
    fc.asyncProperty(cases, async ({ problem: { people, base, shares }, method, key }) => {
      const rows = people.map((codes, i) => ({ id: `r${i}`, codes, base: base[i]! }));
      const config = { method, id: 'id', baseWeight: 'base', tolerance: 1e-11 };
      const plain = await weigh({ sample: sampleOf(rows), margins: marginsOf(lived(shares)) }, config);
      const other = await weigh(make(rows, lived(shares), key), config);
      expect([plain.message, other.message]).toEqual(['', '']);
      expect(furthest(other.weights, expected(plain.weights))).toBeLessThan(1e-7);
    }),
    { seed: 20260106, numRuns: 12 },
  );

// F28
describe('weights from files do not depend on', () => {
  it('the order of records', () =>
    unchanged((rows, lines, key) => ({ sample: sampleOf(shuffled(rows, key)), margins: marginsOf(lines) })));

  it('the order of margins and categories, and of columns', () =>
    unchanged((rows, lines, key) => ({ sample: sampleOf(rows, [2, 0, 1]), margins: marginsOf(shuffled(lines, key)) })));

  it('the scale of the base weights', () =>
    unchanged((rows, lines, key) => ({
      sample: sampleOf(rows.map((row) => ({ ...row, base: row.base * ((key + 1) / 7) }))),
      margins: marginsOf(lines),
    })));

  it('whether a record is one, or two with half its base weight', () =>
    unchanged(
      (rows, lines) => ({
        sample: sampleOf(
          rows.flatMap(({ id, codes, base }) => ['a', 'b'].map((k) => ({ id: id + k, codes, base: base / 2 }))),
        ),
        margins: marginsOf(lines),
      }),
      // Mean 1 over twice as many: each of the two has the weight of the one.
      (weights) => new Map([...weights].flatMap(([id, weight]) => ['a', 'b'].map((k) => [id + k, weight]))),
    ));
});

it('records that nothing tells apart may be merged: the weight of one is the sum of theirs', async () => {
  const rows = [0, 0, 1, 1, 1, 2].map((code, i): Row => ({ id: `r${i}`, codes: [code % 2, code, code], base: i + 1 }));
  const merged = [0, 1, 2].map((code): Row => {
    const own = rows.filter(({ codes }) => codes[1] === code);
    return { id: `m${code}`, codes: own[0]!.codes, base: own.reduce((s, { base }) => s + base, 0) };
  });
  const margins = marginsOf(['v1,c0,20', 'v1,c1,30', 'v1,c2,50']).replace('share', 'count');
  const config = { id: 'id', baseWeight: 'base', scale: 'population' } as const;
  const [all, few] = [
    await weigh({ sample: sampleOf(rows), margins }, config),
    await weigh({ sample: sampleOf(merged), margins }, config),
  ];
  rows.forEach(({ codes: [, code], base }, i) => {
    const whole = merged[code!]!;
    expect(all.weights.get(`r${i}`)).toBeCloseTo((few.weights.get(whole.id)! * base) / whole.base, 8);
  });
});
