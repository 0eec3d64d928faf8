import { describe, expect, it } from 'vitest';
import { marginsTable } from '../../src/report/tables.js';
import {
  byAssumption,
  count,
  counted,
  effective,
  figure,
  marginSentence,
  metWithin,
  noiseSentence,
  originSentence,
  percent,
  ratio,
  variableTitle,
  verdict,
} from '../../src/report/wording.js';
import { report, withChanges } from './fixture.js';

const metric = (p95: number) => ({ before: 1, after: 0, noiseFloorMedian: p95 / 2, noiseFloorP95: p95 });

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
    [0, false, 'nothing imputed'],
    [0.5, false, '50.0% imputed'],
    [0.51, true, 'set by assumption: 51.0% imputed'],
  ])('%f imputed', (imputedShare, assumed, expected) => {
    expect(byAssumption({ imputedShare })).toBe(assumed);
    expect(originSentence({ ...row!, imputedShare })).toBe(expected);
  });
});

describe('verdict', () => {
  it('says what is met, how traits compare, and what is assumed', () => {
    expect(verdict(report)).toEqual({
      aligned: true,
      headline: 'Aligned',
      sentences: [
        '6 margins of “Adults of the United States” were asked for and are met within 0.1 points.',
        'Personality was compared with people not used for fitting: even the worst of five distances (Sliced Wasserstein) is indistinguishable from sampling noise (0.93 of its 95th percentile).',
        '3 of 7 variables are set by assumption (Race, Household income, Marital status): for most agents the value was drawn from the target, not read in what anybody wrote.',
      ],
    });
  });

  it.each([
    [
      'a status of unmet',
      withChanges({ status: 'unmet' }),
      'The run ended without meeting every requirement; it does not say which.',
    ],
    [
      'a list of unmet requirements, whatever the status',
      withChanges({ diagnostics: { unmet: ['a', 'b'] } }),
      '2 requirements are not met. Use this population only with the list below in hand.',
    ],
  ])('never calls a population aligned with %s', (_, changed, first) => {
    const { aligned, headline, sentences } = verdict(changed);
    expect([aligned, headline, sentences[0]]).toEqual([false, 'Not aligned', first]);
  });

  it.each([
    [
      'no trait norms',
      { traits: null },
      'Personality was not compared: the target has no trait norms for this inventory.',
    ],
    [
      'no floor at all',
      {
        traits: {
          amw: metric(0),
          frechet: metric(0),
          slicedWasserstein: metric(0),
          mmd2: metric(0),
          maxCorrelationError: metric(0),
        },
      },
      'Personality was compared with people not used for fitting, but no noise floor is known.',
    ],
    [
      'a distance above its floor',
      {
        traits: {
          ...report.diagnostics.traits!,
          frechet: { before: 1, after: 0.02, noiseFloorMedian: 0.005, noiseFloorP95: 0.01 },
        },
      },
      'Personality was compared with people not used for fitting: the worst of five distances (Fréchet distance) is larger than sampling noise (2.00 times its 95th percentile).',
    ],
    ['no controlled margin', { margins: [] }, 'No margin of “Adults of the United States” was asked for.'],
    ['1 agent', { agents: 1 }, 'With 1 agent, agreement says little: chance alone moves every share and mean.'],
    [
      'categories without personas',
      { unsupported: ['age = 85+'] },
      '1 category of the target cannot be filled by any persona.',
    ],
  ])('says so with %s', (_, diagnostics, sentence) => {
    expect(verdict(withChanges({ diagnostics })).sentences).toContain(sentence);
  });
});
