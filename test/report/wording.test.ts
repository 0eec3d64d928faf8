import { describe, expect, it } from 'vitest';
import { marginsTable } from '../../src/report/tables.js';
import {
  byAssumption,
  count,
  counted,
  decimal,
  effective,
  figure,
  marginSentence,
  metWithin,
  noiseSentence,
  originSentence,
  percent,
  range,
  ratio,
  variableTitle,
} from '../../src/report/wording.js';
import { report } from './fixture.js';

const metric = (p95: number) => ({
  before: 1,
  after: 0,
  noiseFloorMedian: p95 / 2,
  noiseFloorP95: p95,
  fit: 0,
  overfit: false,
});

describe('numbers in words', () => {
  it.each([
    [count(0), '0'],
    [count(999), '999'],
    [count(1000), '1,000'],
    [count(1234567), '1,234,567'],
    [counted(1, 'agent'), '1 agent'],
    [counted(2000, 'agent'), '2,000 agents'],
    [counted(2, 'person', 'people'), '2 people'],
    [percent(0), '0.0%'],
    [percent(0.0001), '<0.1%'],
    [percent(0.1234), '12.3%'],
    [percent(0.9999), '>99.9%'],
    [percent(1), '100.0%'],
    [figure(0), '0'],
    [figure(0.0312345), '0.0312'],
    [figure(0.0000712), '0.0000712'],
    [figure(0.00000012), '1.2e-7'],
    [figure(-0.00031), '-0.00031'],
    [figure(12345.6), '12,346'],
    [decimal(-0.314), '−0.31'],
    [decimal(-0.004), '0.00'],
    [decimal(1.005), '1.00'],
    [range({ lower: 0, upper: 0.125 }, percent), '0.0% to 12.5%'],
    [range(null, percent), '–'],
    [effective(12.34), '12.3'],
    [effective(512.8), '513'],
    [variableTitle('household_income'), 'Household income'],
    [ratio(0.9349), '0.93'],
    [ratio(1), '1.00'],
    [ratio(1.0001), '1.01'],
    [ratio(132.9), '133'],
  ])('%s', (actual, expected) => expect(actual).toBe(expected));
});

describe('metWithin', () => {
  it.each([
    [0, 'met exactly'],
    [0.0001, 'met within 0.1 points'],
    [0.2, 'met within 0.2 points'],
    [0.2000001, 'met within 0.3 points'],
    [1, 'met within 1.0 points'],
    [1.01, 'missed by up to 1.1 points'],
    [3.4, 'missed by up to 3.4 points'],
  ])('%f points: %s', (error, expected) => expect(metWithin(error)).toBe(expected));
});

describe('noiseSentence', () => {
  it.each([
    [0.9, 1, 'indistinguishable from sampling noise (0.90 of its 95th percentile)'],
    [1, 1, 'indistinguishable from sampling noise (1.00 of its 95th percentile)'],
    [1.0001, 1, 'larger than sampling noise (1.01 times its 95th percentile)'],
    [-0.1, 1, 'indistinguishable from sampling noise (-0.10 of its 95th percentile)'],
    [0.1, 0, 'no noise floor to compare with'],
    [0.1, -0.2, 'no noise floor to compare with'],
  ])('%f against a floor of %f: %s', (value, p95, expected) =>
    expect(noiseSentence(value, metric(p95))).toBe(expected),
  );
});

describe('margins in words', () => {
  const [row] = marginsTable(report.diagnostics);
  const some = (controlled: number) => ({ ...row!, controlledCategories: controlled, largestErrorPoints: 3.21 });

  it.each([
    [2, 'missed by up to 3.3 points'],
    [1, '1 of 2 categories asked for; off by up to 3.3 points'],
    [0, 'not asked for; off by up to 3.3 points'],
  ])('%i controlled categories', (controlled, expected) => expect(marginSentence(some(controlled))).toBe(expected));

  it.each([
    [0, false],
    [0.5, false],
    [0.500001, true],
    [0.93, true],
  ])('%f imputed', (imputedShare, assumed) => expect(byAssumption({ imputedShare })).toBe(assumed));

  it('say how many values were stated, inferred and imputed', () => {
    expect(originSentence({ ...row!, statedShare: 0.049, inferredShare: 0.021, imputedShare: 0.93 })).toBe(
      '4.9% stated, 2.1% inferred, 93.0% imputed',
    );
  });

  it.each([
    [2, 'set by assumption, within 3.3 points of the target'],
    [1, '1 of 2 categories asked for; set by assumption, within 3.3 points of the target'],
    [0, 'not asked for; set by assumption, within 3.3 points of the target'],
  ])('never call an assumption met: %i controlled categories', (controlled, expected) =>
    expect(marginSentence({ ...some(controlled), imputedShare: 0.51 })).toBe(expected),
  );
});
