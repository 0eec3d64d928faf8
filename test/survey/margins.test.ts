import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/findings.js';
import { randomStream } from '../../src/core/random.js';
import { readDeadMarginPolicy } from '../../src/survey/dead-margins.js';
import { fitWeights } from '../../src/survey/fit-weights.js';
import { linkPersons } from '../../src/survey/link-persons.js';
import { groupMargins, type MarginCell } from '../../src/survey/margins.js';
import { prepareZones, type MarginPolicies, type WeightingSample } from '../../src/survey/prepare-zones.js';
import { readTotalsPolicy } from '../../src/survey/totals.js';

/** `variable = category: value`, one a line; `where` counts from 2 as in a file with a header. */
const cells = (lines: string, more: Partial<MarginCell> = {}): MarginCell[] =>
  lines
    .trim()
    .split('\n')
    .map((line, i) => {
      const [, variable, category, value] = /^ *([^=]*?) ?= ?(.*): ?(\S+)$/s.exec(line)!;
      return { where: `m.csv:${i + 2}`, variable: variable!, category: category!, value: Number(value), ...more };
    });
const shares = (lines: string): MarginCell[] => cells(lines, { kind: 'share' });
const counts = (lines: string): MarginCell[] => cells(lines, { kind: 'count' });
const inZones = (...zones: MarginCell[][]): MarginCell[] =>
  zones.flatMap((own, z) => own.map((cell) => ({ ...cell, zone: String(z + 1) })));

function group(given: readonly MarginCell[]) {
  const findings: Finding[] = [];
  return { zones: groupMargins(given, (finding) => findings.push(finding)), findings };
}
function prepare(given: readonly MarginCell[], sample: WeightingSample, policies: MarginPolicies = {}, seed = '1') {
  const findings: Finding[] = [];
  const record = (finding: Finding): void => void findings.push(finding);
  const prepared = prepareZones(groupMargins(given, record), sample, policies, randomStream(seed), record);
  return { ...prepared, problem: prepared.problems.values().next().value!, findings };
}
const sampleOf = (columns: WeightingSample['columns'], more: Partial<WeightingSample> = {}): WeightingSample => ({
  records: Object.values(columns)[0]!.length,
  columns,
  ...more,
});
const codesOf = (findings: readonly Finding[]): string[] => findings.map(({ code }) => code);
/** Weight of each category, as a share. */
const fitted = (problem: Parameters<typeof fitWeights>[0]): Record<string, number> => {
  const result = fitWeights(problem);
  expect(result.status).toBe('converged');
  return Object.fromEntries(
    result.cells.map(({ margin, category, achieved }) => [
      `${margin}=${category ?? ''}`,
      Number(achieved.toPrecision(9)),
    ]),
  );
};

const sexes = sampleOf({ sex: ['f', 'f', 'm', 'm'] });
const half = 'sex = f: 0.5\nsex = m: 0.5';

describe('groupMargins', () => {
  it.each([
    { fault: 'no cells', given: [], message: 'margins: no cells; expected at least one.' },
    { fault: 'no name', given: shares(' = f: 1'), message: 'm.csv:2, variable: no name.' },
    {
      fault: 'no label',
      given: shares('sex = : 1'),
      message: 'm.csv:2, category: no label; expected a category, or the kind total or mean for a number.',
    },
    {
      fault: 'a negative value',
      given: counts('sex = f: 1\nsex = m: -1'),
      message: 'm.csv:3, value: not a value; got -1, expected a finite number ≥ 0.',
    },
    {
      fault: 'not a number',
      given: counts('sex = f: NaN'),
      message: 'm.csv:2, value: not a value; got NaN, expected a finite number ≥ 0.',
    },
    {
      fault: 'an infinite mean',
      given: cells('income = : Infinity', { kind: 'mean' }),
      message: 'm.csv:2, value: not a value; got Infinity, expected a finite number.',
    },
    {
      fault: 'categories of a mean',
      given: cells('income = high: 3', { kind: 'mean' }),
      message: 'm.csv:2, category: a mean has no categories; got high, expected nothing.',
    },
    {
      fault: 'a cell twice',
      given: shares('sex = f: 0.5\nsex = m: 0.2\nsex = f: 0.3'),
      message: 'm.csv:4, category: the same cell twice; got sex = f, expected one line a cell (the first is m.csv:2).',
    },
    {
      fault: 'a cell twice but for a carriage return',
      given: shares('sex = f: 0.5\nsex = f\r: 0.5'),
      message: 'm.csv:3, category: the same cell twice; got sex = f, expected one line a cell (the first is m.csv:2).',
    },
    {
      fault: 'shares of 1.02',
      given: shares('sex = f: 0.5\nsex = m: 0.52'),
      message:
        'm.csv:2, sex: shares do not sum to one; got 1.02, expected 0.99 to 1.01. Name the column count if these are numbers of people.',
    },
    {
      fault: 'percents as shares',
      given: shares('sex = f: 50\nsex = m: 50'),
      message:
        'm.csv:2, sex: shares do not sum to one; got 100, expected 0.99 to 1.01. Name the column count if these are numbers of people.',
    },
    {
      fault: 'percents of 98.9',
      given: cells('sex = f: 50\nsex = m: 48.9', { kind: 'percent' }),
      message:
        'm.csv:2, sex: percents do not sum to 100; got 98.9, expected 99 to 101. Name the column count if these are numbers of people.',
    },
    {
      fault: 'shares that vanish',
      given: shares('sex = f: 0\nsex = m: 0'),
      message:
        'm.csv:2, sex: shares do not sum to one; got 0, expected 0.99 to 1.01. Name the column count if these are numbers of people.',
    },
    {
      fault: 'two kinds in one margin',
      given: [...shares('sex = f: 0.5'), ...counts('sex = m: 7')],
      message: 'm.csv:2, kind: two kinds in one margin; got count, expected share.',
    },
    {
      fault: 'mixed universes',
      given: [
        ...cells('sex = f: 0.5\nsex = m: 0.5', { kind: 'share', universe: 'adults' }),
        ...cells('age = old: 1', { kind: 'share', universe: 'persons', where: 'm.csv:4' }),
      ],
      message:
        'm.csv:4, universe: margins of different universes cannot be mixed; got persons, expected adults as in m.csv:2. Give margins of households the level household.',
    },
    {
      fault: 'an unknown level',
      given: cells('sex = f: 1', { kind: 'share', level: 'cats' }),
      message: 'm.csv:2, level: unknown level; got cat, expected person or household.',
    },
    {
      fault: 'a zone missing',
      given: [...inZones(shares(half)), ...cells('sex = f: 1', { where: 'm.csv:9', kind: 'share' })],
      message: 'm.csv:9, zone: no zone; expected a zone, as m.csv:2 has one.',
    },
  ])('names the fault: $fault', ({ given, message }) => {
    expect(() => group(given)).toThrow(expect.objectContaining({ message }));
  });

  it.each([
    { name: 'shares', given: shares('a = x: 0.25\na = y: 0.75'), unit: 'share', asked: [0.25, 0.75], codes: [] },
    {
      name: 'rounded shares',
      given: shares('a = x: 0.33\na = y: 0.66'),
      unit: 'share',
      asked: [1 / 3, 2 / 3],
      codes: ['shares-evened-out'],
    },
    {
      name: 'shares of 1.01',
      given: shares('a = x: 0.5\na = y: 0.51'),
      unit: 'share',
      asked: [0.5 / 1.01, 0.51 / 1.01],
      codes: ['shares-evened-out'],
    },
    {
      name: 'percents',
      given: cells('a = x: 25\na = y: 75', { kind: 'percent' }),
      unit: 'share',
      asked: [0.25, 0.75],
      codes: [],
    },
    { name: 'counts', given: counts('a = x: 25\na = y: 75'), unit: 'total', asked: [25, 75], codes: [] },
    {
      name: 'values that sum to 1',
      given: cells('a = x: 0.25\na = y: 0.75'),
      unit: 'share',
      asked: [0.25, 0.75],
      codes: ['kind-inferred'],
    },
    {
      name: 'values that sum to 100',
      given: cells('a = x: 25\na = y: 75'),
      unit: 'share',
      asked: [0.25, 0.75],
      codes: ['kind-inferred'],
    },
    {
      name: 'values that sum to 7',
      given: cells('a = x: 3\na = y: 4'),
      unit: 'total',
      asked: [3, 4],
      codes: ['kind-inferred'],
    },
    {
      name: 'labels with blanks',
      given: counts('a = x\r: 3\na =  y: 4'),
      unit: 'total',
      asked: [3, 4],
      codes: ['labels-trimmed'],
    },
    { name: 'one category', given: shares('a = x: 1'), unit: 'share', asked: [1], codes: [] },
  ])('reads $name', ({ given, unit, asked, codes }) => {
    const { zones, findings } = group(given);
    expect(zones).toHaveLength(1);
    const [margin] = zones[0]!.margins;
    expect(margin).toMatchObject({ name: 'a', unit, categories: ['x', 'y'].slice(0, asked.length), level: null });
    asked.forEach((x, c) => expect(margin!.asked[c]).toBeCloseTo(x, 12));
    expect(codesOf(findings)).toEqual(codes);
  });

  it('reads values without a kind in the same way in all zones', () => {
    const { zones } = group(inZones(cells('a = x: 0\na = y: 1'), cells('a = x: 3\na = y: 5')));
    expect(zones.map(({ zone, margins }) => [zone, margins[0]!.unit, [...margins[0]!.asked]])).toEqual([
      ['1', 'total', [0, 1]],
      ['2', 'total', [3, 5]],
    ]);
  });

  it('says what is of different periods, and lets households have a universe of their own', () => {
    const { findings, zones } = group([
      ...cells('sex = f: 1', { kind: 'share', universe: 'adults', level: 'Persons ', period: '2020' }),
      ...cells('size = 1: 1', { kind: 'share', universe: 'households', level: 'household', period: '2022' }),
    ]);
    expect(findings.map(({ message }) => message)).toEqual(['margins of different periods: 2020, 2022']);
    expect(zones[0]!.margins.map(({ level, universe }) => [level, universe])).toEqual([
      ['person', 'adults'],
      ['household', 'households'],
    ]);
  });
});

describe('prepareZones', () => {
  it('puts margins and sample together, whatever the type of a label', () => {
    const { problem, rows, findings } = prepare(
      [
        ...shares('g = 1: 0.5\ng = 2: 0.5'),
        ...shares('sex x g = f x 1: 0.25\nsex x g = f x 2: 0.25\nsex x g = m x 1: 0.25\nsex x g = m x 2: 0.25'),
      ],
      sampleOf({ g: Float64Array.of(1, 2, 1, 2), sex: ['f', 'f', 'm\r', ' m'] }),
    );
    expect([...rows]).toEqual([0, 1, 2, 3]);
    expect(problem.margins.map(({ codes }) => [...codes])).toEqual([
      [0, 1, 0, 1],
      [0, 1, 2, 3],
    ]);
    expect(findings).toMatchObject([{ code: 'labels-trimmed', values: { column: 'sex', labels: ['m\r', ' m'] } }]);
  });

  it('takes a column of the name of a joint before its parts', () => {
    const given = shares('sex x g = f x 1: 0.5\nsex x g = m x 1: 0.5');
    const { problem } = prepare(given, sampleOf({ sex: ['?', '?'], g: ['?', '?'], 'sex x g': ['m x 1', 'f x 1'] }));
    expect([...problem.margins[0]!.codes]).toEqual([1, 0]);
  });

  const joint =
    'sex x age = f x old: 0.3\nsex x age = f x young: 0.3\nsex x age = m x old: 0.2\nsex x age = m x young: 0.2';
  it.each<{
    fault: string;
    given: readonly MarginCell[];
    sample?: WeightingSample;
    policies?: MarginPolicies;
    message: string;
  }>([
    {
      fault: 'a variable that is not there',
      given: shares('age = old: 1'),
      message: 'age: no such variable in the sample; got age, expected sex.',
    },
    {
      fault: 'a part that is not there',
      given: shares('sex x age = f x old: 1'),
      message: 'sex x age: no such variable in the sample; got sex x age, expected sex.',
    },
    {
      fault: 'a label without target',
      given: shares('sex = f: 0.5\nsex = M: 0.5'),
      policies: { deadMargins: 'drop' },
      message:
        'sample.sex: records in categories without target; got m (2), expected f. Choose for categories without target keep or zero, or correct the labels.',
    },
    {
      fault: 'a label that is nearly right',
      given: shares('sex = f: 0.4\nsex = m: 0.6\nsex = d d: 0'),
      sample: sampleOf({ sex: ['f', 'm', 'D-d'] }),
      message:
        'sample.sex: records in categories without target; got D-d (1), expected f, m, d d. Did you mean "d d" for "D-d"?',
    },
    {
      fault: 'a dead margin',
      given: shares('sex = f: 0.5\nsex = m: 0.4\nsex = d: 0.1'),
      message:
        'sex = d: nobody in the sample has this category; got d (0.1) asked, expected a category of the sample: f, m. Add records, or choose for dead margins drop or collapse=variable:from->to.',
    },
    {
      fault: 'a category whose records have no base weight',
      given: shares(half),
      sample: sampleOf({ sex: ['f', 'm'] }, { base: Float64Array.of(1, 0) }),
      message:
        'sex = m: nobody in the sample has this category; got m (0.5) asked, expected a category of the sample: f. Add records, or choose for dead margins drop or collapse=variable:from->to.',
    },
    {
      fault: 'nothing but dead categories',
      given: shares('sex = d: 1'),
      policies: { deadMargins: 'drop' },
      message: 'sex: nobody in the sample has any of its categories; got d (1) asked.',
    },
    {
      fault: 'totals that differ',
      given: [...counts('sex = f: 50\nsex = m: 50'), ...counts('age = old: 101')],
      sample: sampleOf({ sex: ['f', 'm'], age: ['old', 'old'] }),
      message:
        'margins (sex 100, age 101): different totals; expected one total. Choose for totals first, largest or scale-to=NAME.',
    },
    {
      fault: 'totals to scale to that are not there',
      given: [...counts('sex = f: 50\nsex = m: 50'), ...counts('age = old: 101')],
      sample: sampleOf({ sex: ['f', 'm'], age: ['old', 'old'] }),
      policies: { totals: { scaleTo: 'region' } },
      message: 'margins (sex 100, age 101): no such margin to scale to; got region, expected sex, age.',
    },
    {
      fault: 'a total of zero to scale',
      given: [...counts('sex = f: 0\nsex = m: 0'), ...counts('age = old: 101')],
      sample: sampleOf({ sex: ['f', 'm'], age: ['old', 'old'] }),
      policies: { totals: 'largest' },
      message: 'margins (sex 0, age 101): sex is zero and cannot be scaled; expected all totals zero, or none.',
    },
    {
      fault: 'a joint that disagrees',
      given: [...shares(half), ...shares(joint)],
      sample: sampleOf({ sex: ['f', 'm'], age: ['old', 'young'] }),
      message:
        'sex: disagrees with sex x age on sex = f (largest of 2 differences); got 0.5, expected 0.6. No weights meet both.',
    },
    {
      fault: 'missing values',
      given: shares(half),
      sample: sampleOf({ sex: ['f', '', 'NA', 'm', ' '] }),
      message:
        'sample: missing values; got sex 3, expected a value for each of 5 records. Choose for missing values own-level, exclude or impute.',
    },
    {
      fault: 'missing numbers as a category',
      given: cells('income = : 3', { kind: 'mean' }),
      sample: sampleOf({ income: Float64Array.of(1, NaN) }),
      policies: { missing: 'own-level' },
      message: 'sample.income: missing numbers cannot form a category of their own; got 1, expected exclude or impute.',
    },
    {
      fault: 'nobody left',
      given: shares(half),
      sample: sampleOf({ sex: ['', ''] }),
      policies: { missing: 'exclude' },
      message: 'sample: every record misses a value; got sex 2.',
    },
    {
      fault: 'nobody to copy from',
      given: shares(half),
      sample: sampleOf({ sex: ['d', ''] }),
      policies: { missing: 'impute' },
      message: 'sample.sex: no record with a value to copy from.',
    },
    {
      fault: 'a rule without margin',
      given: shares(half),
      policies: { deadMargins: { collapse: [{ variable: 'age', from: 'a', to: 'b' }] } },
      message: 'dead-margins.collapse=age:a->b: no such margin; got age.',
    },
    {
      fault: 'a rule without category',
      given: shares(half),
      policies: { deadMargins: { collapse: [{ variable: 'sex', from: 'f', to: 'd' }] } },
      message: 'dead-margins.collapse=sex:f->d: no such category; got d, expected f, m.',
    },
    {
      fault: 'a number that is none',
      given: cells('income = : 3', { kind: 'mean' }),
      sample: sampleOf({ income: ['1', 'much'] }),
      message: 'sample.income[1]: not a number; got much.',
    },
    {
      fault: 'a column of another length',
      given: shares(half),
      sample: { records: 3, columns: { sex: ['f', 'm'] } },
      message: 'sample.sex: wrong number of entries; got 2, expected 3.',
    },
    {
      fault: 'persons and households on one table',
      given: [
        ...cells(half, { kind: 'share', level: 'person' }),
        ...cells('age = old: 1', { kind: 'share', level: 'household' }),
      ],
      sample: sampleOf({ sex: ['f', 'm'], age: ['old', 'old'] }),
      message:
        'age: margins of persons and of households on one table; got household, expected person as for sex, or a table of persons beside the households.',
    },
  ])('names the fault: $fault', ({ given, sample = sexes, policies = {}, message }) => {
    expect(() => prepare(given, sample, policies)).toThrow(expect.objectContaining({ message }));
  });

  it('names zones in messages', () => {
    expect(() => prepare(inZones(shares(half), shares('sex = f: 0.9\nsex = m: 0.05\nsex = d: 0.05')), sexes)).toThrow(
      'zone 2: sex = d: nobody',
    );
  });

  it('scales totals as told and records what they were', () => {
    const given = [...counts('sex = f: 50\nsex = m: 50'), ...counts('age = old: 75\nage = young: 50')];
    const sample = sampleOf({ sex: ['f', 'm', 'f', 'm'], age: ['old', 'old', 'young', 'young'] });
    const totalsOf = (policy: string) => {
      const { problem, findings } = prepare(given, sample, { totals: readTotalsPolicy(policy) });
      expect(findings).toMatchObject([
        {
          code: 'totals-scaled',
          values: {
            totals: [
              { name: 'sex', total: 100 },
              { name: 'age', total: 125 },
            ],
          },
        },
      ]);
      return [problem.margins.map(({ asked }) => [...asked]), findings[0]!.values!['largestChange']];
    };
    expect(totalsOf('first')).toEqual([
      [
        [50, 50],
        [60, 40],
      ],
      expect.closeTo(0.2, 12),
    ]);
    expect(totalsOf('largest')).toEqual([
      [
        [62.5, 62.5],
        [75, 50],
      ],
      expect.closeTo(0.25, 12),
    ]);
    expect(totalsOf('scale-to=age')).toEqual(totalsOf('largest'));
  });

  it('reports disagreements in full when told to', () => {
    const { findings } = prepare(
      [...shares(half), ...shares(joint)],
      sampleOf({ sex: ['f', 'm', 'f', 'm'], age: ['old', 'young', 'young', 'old'] }),
      { disagreement: 'report' },
    );
    expect(findings[0]!.values!['differences']).toEqual([
      { zone: '', a: 'sex', b: 'sex x age', shared: 'sex', category: 'f', shareA: 0.5, shareB: 0.6 },
      {
        zone: '',
        a: 'sex',
        b: 'sex x age',
        shared: 'sex',
        category: 'm',
        shareA: 0.5,
        shareB: expect.closeTo(0.4, 12),
      },
    ]);
  });

  it.each([
    { policy: 'drop', asked: { 'sex=f': 0.6, 'sex=m': 0.4 }, code: 'dead-margin' },
    { policy: 'collapse=sex:d->m', asked: { 'sex=f': 0.48, 'sex=m': 0.52 }, code: 'categories-collapsed' },
    { policy: 'collapse=sex:d->x; sex:x->m', asked: undefined, code: '' },
  ])('dead margins: $policy', ({ policy, asked, code }) => {
    const given = shares('sex = f: 0.48\nsex = m: 0.32\nsex = d: 0.2');
    const work = () => prepare(given, sexes, { deadMargins: readDeadMarginPolicy(policy) });
    if (asked === undefined) {
      expect(work).toThrow('dead-margins.collapse=sex:d->x: no such category; got x, expected f, m, d.');
      return;
    }
    const { problem, findings } = work();
    expect(codesOf(findings)).toEqual([code]);
    expect(fitted(problem)).toEqual(asked);
  });

  it('collapses labels of the sample too', () => {
    const { problem } = prepare(shares(half), sampleOf({ sex: ['f', 'm', 'd'] }), {
      deadMargins: { collapse: [{ variable: 'sex', from: 'd', to: 'm' }] },
    });
    expect([...problem.margins[0]!.codes]).toEqual([0, 1, 1]);
  });

  it.each([
    { policy: 'keep' as const, cells: { 'sex=f': 0.6, 'sex=m': 0.2, 'sex=(no target)': 0.2 } },
    { policy: 'zero' as const, cells: { 'sex=f': 0.75, 'sex=m': 0.25, 'sex=(no target)': 0 } },
  ])('categories without target: $policy', ({ policy, cells: expected }) => {
    const { problem, findings } = prepare(
      shares('sex = f: 0.75\nsex = m: 0.25'),
      sampleOf({ sex: ['f', 'm', 'f', 'm', 'd'] }),
      { untargeted: policy },
    );
    expect(findings).toMatchObject([{ code: 'untargeted-category', values: { policy, records: { d: 1 } } }]);
    expect(fitted(problem)).toEqual(expected);
  });

  it('keeps missing values as a category with its share of the base', () => {
    const { problem, findings } = prepare(
      shares('sex = f: 0.75\nsex = m: 0.25'),
      sampleOf({ sex: ['f', 'm', ''] }, { base: Float64Array.of(3, 3, 4) }),
      { missing: 'own-level' },
    );
    expect(findings).toMatchObject([{ code: 'missing-values', values: { policy: 'own-level', missing: { sex: 1 } } }]);
    expect(fitted(problem)).toEqual({ 'sex=f': 0.45, 'sex=m': 0.15, 'sex=(missing)': 0.4 });
  });

  it('leaves out records with missing values, and says how many', () => {
    const { problem, rows, findings } = prepare(shares(half), sampleOf({ sex: ['f', '', 'm', 'NaN'] }), {
      missing: 'exclude',
    });
    expect([...rows]).toEqual([0, 2]);
    expect(problem.records).toBe(2);
    expect(findings).toMatchObject([
      { message: 'missing values of sample (sex 2) left out 2 of 4 records', values: { excluded: 2 } },
    ]);
  });

  it('takes NA for a category where a margin has it', () => {
    const { problem } = prepare(shares('place = NA: 0.5\nplace = EU: 0.5'), sampleOf({ place: ['NA', 'EU'] }));
    expect([...problem.margins[0]!.codes]).toEqual([0, 1]);
  });

  it('copies missing values from records that agree in the others, by seed', () => {
    const n = 300;
    const region = Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 'n' : 's'));
    // In the north all are f; in the south f, m or a d that no margin knows.
    const sex = region.map((r, i) =>
      i % 5 === 0 ? '' : r === 'n' ? 'f' : i % 3 === 0 ? 'm' : i % 3 === 1 ? 'd' : 'f',
    );
    const given = [...shares('region = n: 0.5\nregion = s: 0.5'), ...shares('sex = f: 0.75\nsex = m: 0.25')];
    const codesFor = (seed: string) => {
      const { problem, findings } = prepare(
        given,
        sampleOf({ region, sex }),
        { missing: 'impute', untargeted: 'keep' },
        seed,
      );
      const found = findings.find(({ code }) => code === 'missing-values');
      expect(found!.values).toMatchObject({ missing: { sex: 60 }, agreeing: { sex: [0, 60] } });
      return problem.margins[1]!;
    };
    const { codes, categories } = codesFor('1');
    sex.forEach((label, i) => {
      const got = categories[codes[i]!]!;
      if (label === 'd') expect(got).toBe('(no target)');
      else if (label !== '') expect(got).toBe(label);
      else expect(region[i] === 'n' ? ['f'] : ['f', 'm']).toContain(got);
    });
    expect(new Set(sex.flatMap((label, i) => (label === '' && region[i] === 's' ? [codes[i]] : []))).size).toBe(2);
    expect(codesFor('1').codes).toEqual(codes);
    expect(codesFor('2').codes).not.toEqual(codes);
  });

  it('copies missing numbers', () => {
    const given = [...shares(half), ...cells('income = : 12', { kind: 'mean' })];
    const { problem } = prepare(given, sampleOf({ sex: ['f', 'f', 'm', 'm'], income: ['10', '', '20', '20'] }), {
      missing: 'impute',
    });
    expect([...problem.constraints![0]!.values]).toEqual([10, 10, 20, 20]);
  });

  it('reads a single margin and a number, and weights by them', () => {
    const { problem } = prepare(
      [...shares(half), ...cells('income = : 12000', { kind: 'mean' })],
      sampleOf({ sex: ['f', 'f', 'm', 'm'], income: Float64Array.of(10000, 20000, 10000, 20000) }),
    );
    expect(fitted(problem)).toEqual({ 'sex=f': 0.5, 'sex=m': 0.5, 'income=': 12000 });
    expect(fitted(prepare(shares('sex = f: 0.9\nsex = m: 0.1'), sexes).problem)).toEqual({
      'sex=f': 0.9,
      'sex=m': 0.1,
    });
  });

  it('gives a zone without people weights of zero, and says so', () => {
    const { problems, findings } = prepare(
      inZones(counts('sex = f: 0\nsex = m: 0'), counts('sex = f: 2\nsex = m: 3')),
      sexes,
    );
    expect(findings).toMatchObject([{ code: 'empty-zones', values: { zones: ['1'] } }]);
    expect([...fitWeights(problems.get('1')!).weights]).toEqual([0, 0, 0, 0]);
    expect(fitWeights(problems.get('2')!).weights.reduce((s, w) => s + w, 0)).toBeCloseTo(5, 9);
  });
});

describe('households with persons', () => {
  const persons = {
    home: Float64Array.of(1, 1, 2, 3, 9),
    age: ['old', 'young', 'old', 'old', 'young'],
    income: Float64Array.of(1, 2, 3, 4, 5),
  };
  const link = (share: number, record: (finding: Finding) => void = () => undefined) =>
    linkPersons(['1', '2', '3 '], persons.home, share, record);
  const sample = sampleOf(
    { cars: ['none', 'one', 'one'] },
    { persons: { records: 5, columns: persons, householdOf: link(0.2).householdOf } },
  );

  it('links persons by id and counts orphans', () => {
    const findings: Finding[] = [];
    expect([...link(0.2, (finding) => findings.push(finding)).householdOf]).toEqual([0, 0, 1, 2, -1]);
    expect(findings[0]!.message).toBe(
      '1 of 5 persons have no household and are left out; 0 households have no persons',
    );
    expect(() => link(0.1)).toThrow('persons: persons without household; got 1 of 5, expected a share of at most 0.1.');
    expect(() => linkPersons(['1', ' 1'], ['1'], 0, () => undefined)).toThrow(
      'households[1]: the same id as households[0]; got 1.',
    );
  });

  it('counts persons in households', () => {
    const given = [
      ...counts('cars = none: 10\ncars = one: 20'),
      ...counts('age = old: 30\nage = young: 10'),
      ...cells('income = : 100', { kind: 'total' }),
    ];
    const { problem } = prepare(given, sample);
    expect(
      problem.constraints!.map(({ name, category, values, asked }) => [name, category, [...values], asked]),
    ).toEqual([
      ['income', undefined, [3, 3, 4], 100],
      ['age', 'old', [1, 1, 1], 30],
      ['age', 'young', [1, 0, 0], 10],
    ]);
    expect(fitted(problem)).toMatchObject({ 'cars=none': 10, 'age=old': 30, 'age=young': 10, 'income=': 100 });
  });

  it.each([
    {
      fault: 'shares of persons alone',
      given: [...counts('cars = none: 1\ncars = one: 2'), ...shares('age = old: 0.5\nage = young: 0.5')],
      message: 'age: shares of persons without a number of persons; expected one margin of persons in counts.',
    },
    {
      fault: 'a mean over persons',
      given: cells('income = : 3', { kind: 'mean' }),
      message: 'income: a mean over persons cannot be asked of households; expected the total.',
    },
    {
      fault: 'the wrong level',
      given: cells('age = old: 3', { kind: 'count', level: 'household' }),
      message: 'age: no such variable in the sample; got age, expected cars.',
    },
    {
      fault: 'nowhere',
      given: cells('sex = f: 3', { kind: 'count' }),
      message: 'sex: no such variable in the sample; got sex, expected cars, home, age, income.',
    },
  ])('names the fault: $fault', ({ given, message }) => {
    expect(() => prepare(given, sample)).toThrow(expect.objectContaining({ message }));
  });

  it('asks for the level of a variable that both have', () => {
    const both = sampleOf({ ...sample.columns, age: ['a', 'b', 'c'] }, { persons: sample.persons! });
    expect(() => prepare(counts('age = old: 30\nage = young: 10'), both)).toThrow(
      'age: a variable of households and of persons; expected a level, household or person.',
    );
  });
});

describe('policies as text', () => {
  it.each([
    ['collapse=age:80+->70-79', { collapse: [{ variable: 'age', from: '80+', to: '70-79' }] }],
    [
      'collapse=sex x age:f x 1->f x 2;sex:d->m',
      {
        collapse: [
          { variable: 'sex x age', from: 'f x 1', to: 'f x 2' },
          { variable: 'sex', from: 'd', to: 'm' },
        ],
      },
    ],
    ['drop', 'drop'],
  ])('dead margins %s', (text, policy) => expect(readDeadMarginPolicy(text)).toEqual(policy));

  it('refuses others', () => {
    expect(() => readDeadMarginPolicy('collapse=age')).toThrow(
      'dead-margins: unknown policy; got collapse=age, expected error, drop or collapse=variable:from->to.',
    );
    expect(() => readTotalsPolicy('mean')).toThrow(
      'totals: unknown policy; got mean, expected error, first, largest or scale-to=NAME.',
    );
  });
});
