import { describe, expect, it } from 'vitest';
import type { MarginCell } from '../../src/survey/margins.js';
import type { MarginPolicies, WeightingSample } from '../../src/survey/prepare-zones.js';
import { cells, counts, half, inZones, prepare, sampleOf, sexes, shares } from './margin-fixture.js';

describe('prepareZones', () => {
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
});
