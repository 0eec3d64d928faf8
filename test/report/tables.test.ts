import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traitMetricNames, type MarginDiagnostics } from '../../src/population/diagnostics.js';
import { displayWidth } from '../../src/report/safe-text.js';
import {
  cellsTable,
  marginsTable,
  metricNames,
  rejectionsTable,
  stepsTable,
  textTable,
  worstMetric,
} from '../../src/report/tables.js';
import { report } from './fixture.js';

const margin = (
  variable: string,
  category: string,
  target: number,
  before: number,
  after: number,
): MarginDiagnostics => ({
  ...report.diagnostics.margins[0]!,
  variable,
  category,
  target,
  before,
  after,
  support: Math.round(before * 100),
});

describe('marginsTable', () => {
  it('groups by variable in order of appearance, with the largest error', () => {
    const margins = [margin('z', 'a', 0.5, 0.9, 0.51), margin('b', 'x', 1, 1, 1), margin('z', 'c', 0.5, 0.1, 0.46)];
    const rows = marginsTable({ margins });
    expect(
      rows.map(({ variable, worstCategory, smallestSupport }) => [variable, worstCategory, smallestSupport]),
    ).toEqual([
      ['z', 'c', 10],
      ['b', 'x', 100],
    ]);
    expect(rows[0]!.largestErrorPoints).toBeCloseTo(4, 10);
    expect(rows[0]!.largestErrorBeforePoints).toBeCloseTo(40, 10);
    expect(rows[0]!.categories).toEqual([margins[0], margins[2]]);
  });

  it('keeps every category exactly once, whatever the names', () => {
    const names = fc.oneof(fc.constantFrom('__proto__', 'constructor', '', 'a', 'b', '1'), fc.string());
    fc.assert(
      fc.property(fc.array(fc.tuple(names, names), { maxLength: 30 }), (pairs) => {
        const margins = pairs.map(([variable, category]) => margin(variable, category, 0.1, 0.1, 0.1));
        const rows = marginsTable({ margins });
        expect(rows.map(({ variable }) => variable)).toEqual([...new Set(pairs.map(([variable]) => variable))]);
        expect(rows.flatMap(({ categories }) => categories)).toHaveLength(margins.length);
        for (const { variable, categories } of rows)
          expect(categories).toEqual(margins.filter((entry) => entry.variable === variable));
      }),
      { seed: 20260101 },
    );
  });
});

describe('stepsTable', () => {
  it('sets each distance beside its floor, and leaves unknown ones out', () => {
    const [kept] = stepsTable(report.diagnostics);
    expect(kept!.overFloor.amw).toBeCloseTo(0.2914 / 0.0271, 10);
    const [without] = stepsTable({ ...report.diagnostics, traits: null });
    expect(Object.values(without!.overFloor)).toEqual(traitMetricNames.map(() => null));
    const step = { ...report.diagnostics.steps[0]!, amw: null };
    expect(stepsTable({ steps: [step], traits: report.diagnostics.traits })[0]!.overFloor.amw).toBeNull();
  });
});

describe('metricNames', () => {
  it('are those that are measured', () => expect(metricNames).toEqual(traitMetricNames));
});

describe('worstMetric', () => {
  it('is the largest multiple of the floor, and skips floors that are not positive', () => {
    const traits = report.diagnostics.traits!;
    expect(worstMetric({ traits })).toEqual({ name: 'slicedWasserstein', over: 0.0254 / 0.0272 });
    const mmd2 = { ...traits.mmd2, after: 5, noiseFloorP95: 0 };
    expect(worstMetric({ traits: { ...traits, mmd2 } })!.name).toBe('slicedWasserstein');
    expect(worstMetric({ traits: null })).toBeNull();
  });
});

describe('rejectionsTable', () => {
  it('orders by count, then by name, and drops criteria that rejected nobody', () => {
    expect(rejectionsTable({ personas: 100, rejected: { b: 5, zero: 0, a: 5, c: 10 } })).toEqual([
      { criterion: 'c', personas: 10, share: 0.1 },
      { criterion: 'a', personas: 5, share: 0.05 },
      { criterion: 'b', personas: 5, share: 0.05 },
    ]);
    expect(rejectionsTable({ personas: 3, rejected: {} })).toEqual([]);
    expect(rejectionsTable({ personas: 3, rejected: { a: 0 } })).toEqual([]);
  });
});

describe('cellsTable', () => {
  it('puts the domains of a cell side by side', () => {
    const rows = cellsTable(report.diagnostics);
    expect(rows).toHaveLength(12);
    expect([...rows[0]!.byDomain.keys()]).toEqual([
      'extraversion',
      'agreeableness',
      'conscientiousness',
      'neuroticism',
      'openness',
    ]);
    expect(rows[11]!.effectiveSampleSize).toBe(17.6);
    expect(cellsTable({ traitCells: [] })).toEqual([]);
  });
});

describe('textTable', () => {
  it('aligns columns, numbers to the right', () => {
    expect(
      textTable([
        ['Step', 'Error', 'Share'],
        ['kept', '28.19', '0.1%'],
        ['selection', '0.06', '–'],
      ]),
    ).toBe(
      ['Step       Error  Share', '---------  -----  -----', 'kept       28.19   0.1%', 'selection   0.06      –'].join(
        '\n',
      ),
    );
  });

  it('cuts the widest column first', () => {
    expect(
      textTable(
        [
          ['Name', 'n'],
          ['a very long name', '1'],
        ],
        10,
      ),
    ).toBe(['Name     n', '-------  -', 'a very…  1'].join('\n'));
  });

  it('is empty without rows, and a head alone is a table', () => {
    expect(textTable([])).toBe('');
    expect(textTable([['A', 'B']])).toBe('A  B\n-  -');
  });

  it('never exceeds the width', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replace(/\s/g, '_'));
    const rows = fc
      .integer({ min: 1, max: 6 })
      .chain((n) => fc.array(fc.array(cell, { minLength: n, maxLength: n }), { minLength: 1, maxLength: 6 }));
    fc.assert(
      fc.property(rows, fc.integer({ min: 10, max: 80 }), (table, width) => {
        for (const line of textTable(table, width).split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
      { seed: 20260101 },
    );
  });
});
