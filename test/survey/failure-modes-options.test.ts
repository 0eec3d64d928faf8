import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/findings.js';
import { temporaryFolder } from '../io/temporary.js';
import { findingOf } from '../support/stage-context.js';
import { filesWeigher, marginsOf, recordsOf, type FileTexts } from './weighting-files.js';

/** What a hard user found: options that cannot be kept, values that say two things, files that do not fit one another. */
const weigh = filesWeigher(temporaryFolder());
const told = (findings: readonly Finding[], code: string): string => findingOf(findings, code).message;
const six = recordsOf({ sex: 'f f m m f m', age: 'young old young old young old', wt: '1 2 1 1 3 1' });
const margins = marginsOf('share', 'sex f 0.5, sex m 0.5, age young 0.6, age old 0.4');

// Both margins split the records alike: with a at 0.5, b misses its 0.7 by 0.2 whatever its importance.
describe('a margin that may give way', () => {
  const files = {
    sample: recordsOf({ a: 'x x y y', b: 'p p q q' }),
    margins: marginsOf('share', 'a x 0.5, a y 0.5, b p 0.7, b q 0.3'),
  };

  it('and is missed is named with its error', async () => {
    const { exit, report, findings } = await weigh(files, { relax: { b: 5 } });
    expect(exit).toBe(0);
    expect(report.maxMarginError).toBeLessThan(1e-10);
    expect(report.maxRelaxedError).toBeCloseTo(0.2, 9);
    expect(findingOf(findings, 'relaxed-missed')).toMatchObject({
      level: 'caution',
      message:
        'margins that may give way are not met: b by 0.2 of all weight (of a number, in units of its largest value)',
    });
  });

  it('and is met is nothing to be cautious of', async () => {
    const met = { ...files, margins: marginsOf('share', 'a x 0.5, a y 0.5, b p 0.5, b q 0.5') };
    const { report, findings } = await weigh(met, { relax: { b: 5 } });
    expect(report.maxRelaxedError).toBeLessThan(1e-9);
    expect(findings).toEqual([]);
    expect((await weigh(met)).report.maxRelaxedError).toBeNull();
  });
});

describe('values that do not say what they are', () => {
  it.each([
    ['sex f 0.5, sex m 0.47, age young 0.6, age old 0.4', '0.97'],
    ['sex f 0.5, sex m 0.7', '1.2'],
  ])('%s are no counts', async (cells, sum) => {
    expect(await weigh({ sample: six, margins: marginsOf('value', cells) })).toMatchObject({
      exit: 2,
      message: `margins.csv:2, sex: numbers below 1.5 that sum to ${sum} are no shares of one whole and hardly counts. Name the column count, share or percent instead of value, or say in a column kind what each margin is.`,
    });
  });

  it('are not read in two ways in one file', async () => {
    const cells = 'sex f 50, sex m 47, age young 60, age old 40';
    expect((await weigh({ sample: six, margins: marginsOf('value', cells) })).message).toMatch(
      /^margins\.csv:2, sex: numbers that sum to 97 seem to be counts, but those of age percents\. Name the column/,
    );
    expect((await weigh({ sample: six, margins: marginsOf('value', 'sex f 50, sex m 47') })).exit).toBe(0);
  });

  it('are read with caution, but a column that says it needs none', async () => {
    const half = 'sex f 0.5, sex m 0.5';
    const { findings } = await weigh({ sample: six, margins: marginsOf('value', half) });
    expect(findingOf(findings, 'kind-inferred').level).toBe('caution');
    expect((await weigh({ sample: six, margins: marginsOf('count', half) })).findings).toEqual([]);
  });
});

describe('a cap or bounds that cannot be kept', () => {
  // Three of six records are young: 3 times a cap of 1.05 is 3.15 of the 3.6 that are asked, 0.45 short and as much over.
  it('is named with its value and the least slack, and that the margins can be met without it', async () => {
    expect(await weigh({ sample: six, margins }, { cap: 1.05 })).toMatchObject({
      exit: 3,
      message:
        'check-weights: cap 1.05 cannot be kept; with it at best 0.9 of 6 are missing or too many: age = young (3.6 asked, 0.45 short); age = old (2.4 asked, 0.45 over); without it the margins can be met. See gap-list.json for the records that would help.',
    });
    const { findings } = await weigh({ sample: six, margins }, { bounds: { lower: 0.95, upper: 1.05 } });
    expect(told(findings, 'margins-infeasible')).toMatch(
      /^bounds 0\.95,1\.05 cannot be kept; with them at best 1 of 6 .*; without them the margins can be met$/,
    );
  });

  it('is not to blame where the margins cannot be met anyway', async () => {
    const files = {
      sample: recordsOf({ a: 'x x y y', b: 'p p q q' }),
      margins: marginsOf('share', 'a x 0.5, a y 0.5, b p 0.7, b q 0.3'),
    };
    expect((await weigh(files, { cap: 1.2 })).message).toMatch(
      /^check-weights: the margins cannot be met together; at best 1\.6 of 4 .*; with cap 1\.2 at best 1\.6 of 4/,
    );
  });

  it('contradicts the other before anything is fitted', async () => {
    const config = { baseWeight: 'wt', bounds: { lower: 0.95, upper: 4 }, cap: 1.2 };
    expect((await weigh({ sample: six, margins }, config)).message).toBe(
      'bounds 0.95,4 and cap 1.2: the lower bound of the record with the largest base weight, 3, lies above the cap; got 1.9 times the mean weight, expected less than 1.2.',
    );
  });

  it('leaves no weights at all where too few records have any', async () => {
    const few = recordsOf({ sex: 'f m f m', w: '1 1 0 0' });
    const { message, exit } = await weigh(
      { sample: few, margins: marginsOf('share', 'sex f 0.5, sex m 0.5') },
      { baseWeight: 'w', cap: 1.5 },
    );
    expect(exit).toBe(3);
    expect(message).toMatch(
      /cap 1\.5 cannot be kept; no weights at all keep cap 1\.5; without it the margins can be met/,
    );
  });
});

// Numbers 0 to 10 once each.
describe('a mean', () => {
  const ten = recordsOf({ x: '0 1 2 3 4 5 6 7 8 9 10' });
  const files = (mean: number): FileTexts => ({ sample: ten, margins: `variable,category,mean\nx,,${mean}\n` });

  it('that is out of reach is told in its own unit, and no list that is not there is named', async () => {
    const { exit, message } = await weigh(files(12));
    expect(exit).toBe(3);
    expect(message).toBe(
      'check-weights: the margins cannot be met together; at best one number is missed: x (a mean of 12 asked, 10 reached). See gap-list.json for the records that would help.',
    );
    const bounded = await weigh(files(9), { bounds: { lower: 0.5, upper: 2 } });
    expect(bounded.message).toMatch(/reached\); without them the margins can be met\. See weights\.html\.$/);
  });

  it('by linear weights is met with negative ones, which is said', async () => {
    const { weights, findings, exit } = await weigh(files(9), { method: 'linear' });
    expect(exit).toBe(0);
    const negative = [...weights.values()].filter((weight) => weight < 0);
    // w = 1 + 0.4 (x - 5): the variance of x is 10, and 4 have to be added to its mean.
    expect(negative).toHaveLength(3);
    expect(findingOf(findings, 'negative-weights')).toMatchObject({
      level: 'caution',
      message: '3 of 11 weights are negative, the smallest -1 times the mean; bounds keep weights positive',
    });
  });
});

describe('a total without a margin in counts', () => {
  const files = {
    sample: recordsOf({ sex: 'f m f m', income: '10 20 30 40', w: '1 2 3 4' }),
    margins: 'variable,category,value,kind\nsex,f,0.5,share\nsex,m,0.5,share\nincome,,250,total\n',
  };

  it('is refused by file and line, with what would help', async () => {
    expect(await weigh(files)).toMatchObject({
      exit: 2,
      message:
        'margins.csv:4, income: a total, but nobody knows what the weights sum to; expected beside it a margin in counts that every record is in. Or name with --base-weight a column whose sum is the population, or ask for the mean.',
    });
  });

  it('is one of the population that the base weights sum to', async () => {
    const { exit, report, findings } = await weigh(files, { baseWeight: 'w', scale: 'population' });
    expect(exit).toBe(0);
    expect(report.total).toBe(10);
    expect(report.margins.find(({ margin }) => margin === 'income')!.achieved).toBeCloseTo(250, 9);
    expect(told(findings, 'total-of-base-weights')).toContain('the weights sum to 10, as the base weights do');
  });
});

describe('zones', () => {
  const inZone = (zone: number, young: number): string =>
    ['sex,f,5', 'sex,m,5', `age,young,${young}`, 'age,old,5'].map((cell) => `${zone},${cell}\n`).join('');
  const files = (...young: number[]): FileTexts => ({
    sample: six,
    margins: `zone,variable,category,count\n${young.map((n, k) => inZone(k + 1, n)).join('')}`,
  });
  const zones = 'id,zone\nr1,1\nr2,1\nr3,1\nr4,2\nr5,2\nr6,2\n';

  it('of ids that the sample does not have are counted', async () => {
    const { findings } = await weigh({ ...files(5, 5), zones: `${zones}r8,1\nr9,2\n` }, { id: 'id' });
    expect(findingOf(findings, 'zones-of-nobody')).toMatchObject({
      level: 'caution',
      message: '2 of 8 ids of the file of zones are not in the sample: r8, r9',
    });
  });

  it('whose totals differ are all named, whether records live in them or not', async () => {
    const message =
      'margins of the zones 1 (sex 10, age 11), 3 (sex 10, age 8): 2 of 3 zones have different totals; expected one total. Choose for totals first, largest or scale-to=NAME.';
    expect((await weigh(files(6, 5, 3))).message).toBe(message);
    expect((await weigh({ ...files(6, 5, 3), zones }, { id: 'id' })).message).toBe(message);
    expect((await weigh(files(...Array.from({ length: 25 }, () => 6)))).message).toContain(
      '20 (sex 10, age 11) and 5 more: 25 of 25 zones',
    );
    expect((await weigh(files(6, 5))).message).toMatch(/^zone 1: margins \(sex 10, age 11\): different totals/);
  });
});

it.each<[string, FileTexts, Record<string, string>, string]>([
  [
    'counts that overflow',
    { sample: six, margins: marginsOf('count', 'sex f 1e308, sex m 1.5e308') },
    {},
    'margins.csv:3, count: too large to be added up; got 1.5e+308, expected numbers of people.',
  ],
  [
    'a count above all numbers',
    { sample: six, margins: marginsOf('count', 'sex f 1e400, sex m 1') },
    {},
    'margins.csv:2, count: too large a number; got 1e400, expected at most 1e308.',
  ],
  [
    'base weights of zero',
    { sample: recordsOf({ sex: 'f m', w: '0 0' }), margins: marginsOf('share', 'sex f 0.5, sex m 0.5') },
    { baseWeight: 'w' },
    '--base-weight, w: all 2 base weights are zero; expected at least one above zero.',
  ],
  [
    'targets of zero',
    { sample: six, margins: marginsOf('count', 'sex f 0, sex m 0') },
    {},
    '--margins: every target is zero; expected somebody to weight the records to.',
  ],
])('%s are refused', async (_, files, config, message) => {
  expect(await weigh(files, config)).toMatchObject({ exit: 2, message });
});
