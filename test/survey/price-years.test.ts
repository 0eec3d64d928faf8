import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/findings.js';
import { groupMargins } from '../../src/survey/margins.js';
import { adjustPrices, type Prices } from '../../src/survey/price-years.js';
import { relabel, readLabelMap } from '../../src/survey/relabel.js';
import { cells, half, sampleOf, shares } from './margin-fixture.js';

const nothing = (): void => undefined;
const mean = groupMargins(cells('income = : 3', { kind: 'mean', priceYear: '2022' }), nothing);
const adjust = (sample: Parameters<typeof adjustPrices>[1], prices: Prices, margins = mean) =>
  adjustPrices(margins, sample, prices, nothing);
const years = { income: '2020' };

describe('adjustPrices', () => {
  it('multiplies texts and numbers, and leaves what is missing missing', () => {
    const { columns } = adjust(sampleOf({ income: ['1', ' 2.5 ', '', '-4'], other: ['1', '1', '1', '1'] }), {
      years,
      factors: { income: 2 },
    });
    expect(columns).toEqual({ income: Float64Array.of(2, 5, NaN, -8), other: ['1', '1', '1', '1'] });
    const numbers = adjust(sampleOf({ income: Float64Array.of(1, NaN) }), { years, factors: { income: 3 } });
    expect(numbers.columns['income']).toEqual(Float64Array.of(3, NaN));
  });

  it('finds the column with the persons too', () => {
    const persons = { records: 2, columns: { income: ['1', '2'] }, householdOf: Int32Array.of(0, 0) };
    const adjusted = adjust(sampleOf({ cars: ['none'] }, { persons }), { years, factors: { income: 10 } });
    expect(adjusted.persons!.columns['income']).toEqual(Float64Array.of(10, 20));
    expect(adjusted.columns).toEqual({ cars: ['none'] });
  });

  it('takes a factor without any years, and leaves a sample without money as it is', () => {
    const plain = groupMargins(cells('income = : 3', { kind: 'mean' }), nothing);
    const findings: Finding[] = [];
    const sample = sampleOf({ income: ['2'] });
    const factors = { income: 1.5 };
    const { columns } = adjustPrices(plain, sample, { years: {}, factors }, (finding) => findings.push(finding));
    expect(columns['income']).toEqual(Float64Array.of(3));
    expect(findings).toEqual([
      {
        level: 'info',
        code: 'prices-adjusted',
        message: 'amounts of income were multiplied by 1.5',
        values: { column: 'income', factor: 1.5 },
      },
    ]);
    const sexes = sampleOf({ sex: ['f', 'm'] });
    expect(adjust(sexes, { years: {}, factors: {} }, groupMargins(shares(half), nothing))).toEqual(sexes);
  });

  it('names an amount that is none', () => {
    expect(() => adjust(sampleOf({ income: ['1', 'much'] }), { years, factors: { income: 2 } })).toThrow(
      'income[1]: not an amount; got much.',
    );
  });
});

describe('relabel', () => {
  const line = (variable: string, label: string, category: string) => ({ variable, label, category });

  it('gives numbers and texts new names in every table, and knows empty labels', () => {
    const map = readLabelMap([line('sex ', '1', ' m'), line('sex', '2', 'f'), line('sex', '', 'unknown')]);
    const tables = {
      sample: { sex: Float64Array.of(1, 2, 3) },
      persons: { sex: ['2', ' 1', ''], age: ['1', '1', '1'] },
    };
    expect(relabel(tables, map, nothing)).toEqual({
      sample: { sex: ['m', 'f', '3'] },
      persons: { sex: ['f', 'm', 'unknown'], age: ['1', '1', '1'] },
    });
  });

  it('leaves a column alone that was not read', () => {
    const findings: Finding[] = [];
    const map = readLabelMap([line('sex', '1', 'm')]);
    expect(relabel({ sample: { sex: [] } }, map, (finding) => findings.push(finding))).toEqual({ sample: { sex: [] } });
    expect(findings).toEqual([]);
  });

  it('wants to know what to call a label', () => {
    expect(() => readLabelMap([line('sex', '1', ' ')])).toThrow(
      'labels, line 2: nothing to call it; got sex: 1, expected variable and category.',
    );
  });
});
