import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFeasibility, loadSlackSolver } from '../../src/survey/feasibility.js';
import { GapList, gapList } from '../../src/survey/gap-list.js';
import type { WeightingProblem } from '../../src/survey/weighting-problem.js';

const solve = await loadSlackSolver();
const margin = (name: string, categories: readonly string[], codes: readonly number[], asked: readonly number[]) => ({
  name,
  categories,
  codes: Int32Array.from(codes),
  asked: Float64Array.from(asked),
  unit: 'total' as const,
});
const repeated = (codes: readonly number[], times: number): number[] =>
  Array.from({ length: times }, () => codes).flat();
const problem = (margins: WeightingProblem['margins'], more: Partial<WeightingProblem> = {}): WeightingProblem => {
  const records = margins[0]!.codes.length;
  return { records, base: new Float64Array(records).fill(1), margins, ...more };
};
const sex = (codes: readonly number[], asked: readonly number[]) => margin('sex', ['f', 'm'], codes, asked);
const age = (codes: readonly number[], asked: readonly number[]) => margin('age', ['young', 'old'], codes, asked);

describe('gapList', () => {
  it('is empty when all is met by enough', () => {
    const given = problem([sex(repeated([0, 1], 10), [50, 50])]);
    expect(gapList(given, solve)).toEqual({
      schema: 'gap-list/1',
      zone: '',
      present: 20,
      wanted: 0,
      gaps: [],
      contradiction: 0,
    });
  });

  // 20 records on a diagonal; sex asks 60/40 and age 50/50, so 10 of 100 have to be young and not f, or old and not m.
  it('asks for the combination that is missing', () => {
    const given = problem([sex(repeated([0, 1], 10), [60, 40]), age(repeated([0, 1], 10), [50, 50])]);
    const list = gapList(given, solve, { zone: 'z', maxRelativeWeight: 1.25 });
    expect(list.gaps).toHaveLength(1);
    // At most 1.25 times the mean weight of 5: two records carry 10.
    expect(list.gaps[0]).toMatchObject({
      reason: 'clash',
      attributes: { sex: 'f', age: 'old' },
      records: 2,
      traits: {},
      members: {},
    });
    expect(list.gaps[0]!.weight).toBeCloseTo(10, 6);
    expect(list).toMatchObject({ zone: 'z', present: 20, wanted: 2 });
    expect(GapList.parse(JSON.parse(JSON.stringify(list)))).toEqual(list);
  });

  it('asks for a category that nobody has, and takes joints apart', () => {
    const joint = margin('sex x age', ['f x young', 'm x young', 'f x old'], repeated([0, 1], 10), [40, 30, 30]);
    const { gaps, contradiction } = gapList(problem([joint]), solve);
    expect(contradiction).toBe(0);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ reason: 'no-record', attributes: { sex: 'f', age: 'old' } });
    expect(gaps[0]!.weight).toBeCloseTo(30, 6);
    // 8 times the mean weight of 5 is 40.
    expect(gaps[0]!.records).toBe(1);
  });

  it('asks for a range of a trait when its mean is out of reach', () => {
    const given = problem([sex([0, 1], [1, 1])], {
      constraints: [{ name: 'openness', values: Float64Array.of(40, 50), asked: 55, unit: 'mean' }],
    });
    const { gaps, contradiction } = gapList(given, solve, { minRecords: 1 });
    expect(contradiction).toBe(0);
    // As far beyond 55 as the 40 lies below it.
    expect(gaps.map(({ traits }) => traits['openness'])).toEqual(gaps.map(() => ({ from: 55, to: 70 })));
    expect(gaps.length).toBeGreaterThan(0);
    const within = gapList(given, solve, { minRecords: 1, ranges: { openness: { from: 20, to: 52 } } });
    // A mean of 52 at most: 3 of 50 (the largest value) too little, for each of 2 records.
    expect(within.contradiction).toBeCloseTo((2 * 3) / 50, 6);
  });

  it('says how many more a thin category needs', () => {
    // 1 of 100 records stands for 60 of 100: at most 8 each, so 8 are needed (60 / 8 = 7.5).
    const given = problem([sex([0, ...repeated([1], 99)], [60, 40])]);
    const { gaps } = gapList(given, solve);
    expect(gaps).toEqual([
      { reason: 'too-thin', attributes: { sex: 'f' }, traits: {}, members: {}, weight: 60, records: 7 },
    ]);
  });

  it('says so when margins contradict each other whoever is there', () => {
    const given = problem([
      sex(repeated([0, 1], 10), [60, 40]),
      { ...sex(repeated([0, 1], 10), [50, 50]), name: 'sex' },
    ]);
    const { contradiction, gaps } = gapList(given, solve);
    expect(contradiction).toBeCloseTo(20, 6);
    expect(gaps).toEqual([]);
  });

  it('lists households with the persons they need', () => {
    const given = problem([margin('cars', ['none', 'one'], repeated([0, 1], 10), [50, 50])], {
      constraints: [
        { name: 'age', category: 'child', values: Float64Array.from(repeated([0, 1], 10)), asked: 70, unit: 'total' },
        { name: 'age', category: 'adult', values: Float64Array.from(repeated([1, 1], 10)), asked: 100, unit: 'total' },
      ],
    });
    const { gaps, contradiction } = gapList(given, solve);
    expect(contradiction).toBe(0);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({
      reason: 'clash',
      attributes: { cars: 'none' },
      members: { age: { child: 1, adult: 1 } },
    });
    expect(gaps[0]!.weight).toBeCloseTo(20, 6);
  });

  it('makes any consistent one-way margins feasible once its records are added', () => {
    const shares = fc.tuple(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 0, max: 9 }),
    );
    const codes = fc.array(fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)), { minLength: 1, maxLength: 8 });
    let filled = 0;
    fc.assert(
      fc.property(codes, fc.tuple(shares, shares, shares), (records, wanted) => {
        const margins = wanted.map((asked, m) => {
          const total = asked.reduce((s, x) => s + x, 0);
          const name = `v${m}`;
          return margin(
            name,
            ['0', '1', '2'],
            records.map((r) => r[m]!),
            asked.map((x) => (100 * x) / total),
          );
        });
        const given = problem(margins);
        const { gaps, contradiction } = gapList(given, solve, { minRecords: 1, maxRelativeWeight: 1e9 });
        expect(contradiction).toBe(0);
        if (gaps.length > 0) filled++;
        const all = [...records, ...gaps.map(({ attributes }) => [0, 1, 2].map((m) => Number(attributes[`v${m}`])))];
        const more = problem(margins.map((own, m) => ({ ...own, codes: Int32Array.from(all, (r) => r[m]!) })));
        expect(checkFeasibility(more, solve).feasible).toBe(true);
        expect(gaps.length === 0).toBe(checkFeasibility(given, solve).feasible);
      }),
      { seed: 20260101, numRuns: 60 },
    );
    expect(filled).toBeGreaterThan(30);
  });
});
