import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Failure } from '../../src/core/failure.js';
import { readDeadMarginPolicy } from '../../src/survey/dead-margins.js';
import { fitWeights } from '../../src/survey/fit-weights.js';
import type { MarginPolicies } from '../../src/survey/prepare-zones.js';
import { readTotalsPolicy } from '../../src/survey/totals.js';
import { cells, codesOf, counts, fitted, half, inZones, prepare, sampleOf, sexes, shares } from './margin-fixture.js';

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
        shareB: expect.closeTo(0.4, 12) as number,
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

describe('whatever comes', () => {
  const label = fc.constantFrom('f', 'm', 'f ', ' m\r', 'd', '', 'NA');
  const cell = fc.oneof(
    fc.record({ variable: fc.constantFrom('sex', 'age'), category: label, value: fc.constantFrom(0, 1, 3, 3, 3, -1) }),
    fc.record({
      variable: fc.constant('sex x age'),
      category: fc.constantFrom('f x f', 'm x f', 'f x m'),
      value: fc.constantFrom(1, 2, NaN),
    }),
  );
  const lines = fc.array(cell, { minLength: 1, maxLength: 4 });
  const policies = fc.record<MarginPolicies>({
    missing: fc.constantFrom('error', 'own-level', 'exclude', 'impute'),
    totals: fc.constantFrom('error', 'first', 'largest'),
    deadMargins: fc.constantFrom('error', 'drop'),
    untargeted: fc.constantFrom('error', 'keep', 'zero'),
    disagreement: fc.constantFrom('error', 'first', 'report'),
  });

  it('gives a Failure or weights that are numbers, never NaN', () => {
    let ready = 0;
    fc.assert(
      fc.property(
        lines,
        fc.array(fc.tuple(label, label), { minLength: 1, maxLength: 6 }),
        policies,
        (given, people, chosen) => {
          const columns = { sex: people.map(([sex]) => sex), age: people.map(([, age]) => age) };
          try {
            const { problem, rows } = prepare(
              given.map((cell, i) => ({ ...cell, where: `m.csv:${i + 2}` })),
              sampleOf(columns),
              chosen,
            );
            const { status, weights, maxMarginError } = fitWeights(problem);
            expect(weights.length).toBe(rows.length);
            expect(weights.every((w) => Number.isFinite(w))).toBe(true);
            if (status === 'converged') expect(maxMarginError).toBeLessThanOrEqual(1e-10);
            ready++;
          } catch (error) {
            if (!(error instanceof Failure)) throw error;
          }
        },
      ),
      { seed: 20260101, numRuns: 2000 },
    );
    expect(ready).toBeGreaterThan(100);
  });
});
