import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/findings.js';
import { temporaryFolder } from '../io/temporary.js';
import { findingOf } from '../support/stage-context.js';
import { cells, group, prepare, sampleOf, shares } from './margin-fixture.js';
import { filesWeigher, marginsOf, recordsOf, rounded } from './weighting-files.js';

/** What goes wrong with margins and samples before anything is fitted, as users of other tools have met it. */
const weigh = filesWeigher(temporaryFolder());
const people = recordsOf({ sex: 'f f f f m m', age: 'old old young young old young' });
const half = 'sex f 0.5, sex m 0.5';
const told = (findings: readonly Finding[], code: string): string => findingOf(findings, code).message;

// F2. The totals that UDST/synthpop's example gives its first zone (cars, children, income, workers).
it('margins with different totals stop the run with all totals, or are scaled as told', async () => {
  const files = {
    sample: recordsOf({ cars: 'a b a b', children: 'a a b b', income: 'a b b a', workers: 'a b a a' }),
    margins: marginsOf(
      'count',
      'cars a 153, cars b 100, children a 156, children b 100, income a 156, income b 100, workers a 154, workers b 100',
    ),
  };
  expect(await weigh(files)).toMatchObject({
    exit: 2,
    message:
      'margins (cars 253, children 256, income 256, workers 254): different totals; expected one total. Choose for totals first, largest or scale-to=NAME.',
  });
  const scaled = await weigh(files, { totals: 'largest', scale: 'population' });
  expect(scaled.report.total).toBeCloseTo(256, 9);
  const { values, message } = findingOf(scaled.findings, 'totals-scaled');
  expect(message).toContain('scaled to 256: cars 253, children 256, income 256, workers 254');
  expect(values!['largestChange']).toBeCloseTo(3 / 253, 12);
  const named = await weigh(files, { totals: 'scale-to=cars', scale: 'population' });
  expect(named.report.total).toBeCloseTo(253, 9);
});

// F3
describe('overlapping margins that disagree on what they share', () => {
  const joint = 'sex x age,f x old,0.3\nsex x age,f x young,0.3\nsex x age,m x old,0.3\nsex x age,m x young,0.1\n';
  const oneWay = 'sex,f,0.5\nsex,m,0.5\n';
  const files = (margins: string) => ({ sample: people, margins: `variable,category,share\n${margins}` });
  const asked = async (margins: string) => {
    const { exit, report, findings } = await weigh(files(margins), { disagreement: 'first' });
    expect(exit).toBe(0);
    expect(told(findings, 'margins-reconciled')).toMatch(/^2 cells on which margins disagree, most .* brought to the/);
    return Object.fromEntries(report.margins.map((cell) => [cell.category!, Number(cell.asked.toFixed(12))] as const));
  };

  it('stop the run with the largest difference', async () => {
    expect(await weigh(files(oneWay + joint))).toMatchObject({
      exit: 2,
      message:
        'sex: disagrees with sex x age on sex = m (largest of 2 differences); got 0.5, expected 0.4. No weights meet both.',
    });
  });

  // By hand: women 0.6 -> 0.5 and men 0.4 -> 0.5, each in the proportions of the joint.
  it('are brought to the first in the file where that is chosen', async () => {
    expect(await asked(oneWay + joint)).toEqual({
      ...{ f: 0.5, m: 0.5 },
      ...{ 'f x old': 0.25, 'f x young': 0.25, 'm x old': 0.375, 'm x young': 0.125 },
    });
    expect(await asked(joint + oneWay)).toMatchObject({ f: 0.6, m: 0.4, 'm x young': 0.1 });
  });

  // Two margins before a joint: the table with those margins and the odds ratio of the joint, 0.3 * 0.1 / (0.3 * 0.3) = 1/3.
  it('keep the associations of the later one, whichever margins stand before it', async () => {
    const { report } = await weigh(files(`${oneWay}age,old,0.7\nage,young,0.3\n${joint}`), { disagreement: 'first' });
    const [a, b, c, d] = report.margins.slice(4).map((cell) => cell.asked) as [number, number, number, number];
    expect([a + b, a + c].map((x) => Number(x.toFixed(9)))).toEqual([0.5, 0.7]);
    expect((a * d) / (b * c)).toBeCloseTo(1 / 3, 9);
    expect(report.status).toBe('converged');
  });

  it('may stay as they are where one of them may give way', async () => {
    const left = await weigh(files(oneWay + joint), { disagreement: 'report' });
    expect([left.exit, left.report.status]).toEqual([3, 'infeasible']);
    const soft = await weigh(files(oneWay + joint), { disagreement: 'report', relax: { sex: 1 } });
    expect([soft.exit, soft.report.margins[0]!.asked]).toEqual([0, 0.5]);
    expect(soft.report.margins[0]!.achieved).toBeCloseTo(0.6, 9);
  });

  it('stop the run where the later has nobody of a kind that the first asks for', async () => {
    const allWomen = 'sex x age,f x old,0.5\nsex x age,f x young,0.5\n';
    expect((await weigh(files(oneWay + allWomen), { disagreement: 'first' })).message).toBe(
      'sex: disagrees with sex x age on sex = f (largest of 2 differences); got 0.5, expected 1. The later margin has nobody of a kind that the earlier ones ask for.',
    );
  });
});

// F4
it('a target that no record can meet is an error, and where it is dropped the report says so', async () => {
  const files = { sample: people, margins: marginsOf('share', 'sex f 0.5, sex m 0.4, sex d 0.1') };
  expect((await weigh(files)).message).toBe(
    'sex = d: nobody in the sample has this category; got d (0.1) asked, expected a category of the sample: f, m. Add records, or choose for dead margins drop or collapse=variable:from->to.',
  );
  const dropped = await weigh(files, { deadMargins: 'drop' });
  expect(dropped.report.excluded).toEqual(['sex: dropped d (0.1), which nobody in the sample has']);
  expect(dropped.report.margins.map((cell) => Number(cell.asked.toFixed(9)))).toEqual([0.555555556, 0.444444444]);
  const merged = await weigh(files, { deadMargins: 'collapse=sex:d->m' });
  expect(merged.report.margins.map((cell) => Number(cell.asked.toFixed(9)))).toEqual([0.5, 0.5]);
  expect(told(merged.findings, 'categories-collapsed')).toBe('sex: d was merged into m');
});

// F5
it('records in a category without target are an error, keep their share, or get no weight', async () => {
  const files = { sample: recordsOf({ sex: 'f f m m d' }), margins: marginsOf('share', 'sex f 0.75, sex m 0.25') };
  expect((await weigh(files)).message).toBe(
    'sample.sex: records in categories without target; got d (1), expected f, m. Choose for categories without target keep or zero, or correct the labels.',
  );
  const [kept, none] = [await weigh(files, { untargeted: 'keep' }), await weigh(files, { untargeted: 'zero' })];
  // A fifth stays with the one without target; the others share four fifths of the weight 5 as 3 : 1.
  expect(rounded(kept.weights)).toEqual({ 1: 1.5, 2: 1.5, 3: 0.5, 4: 0.5, 5: 1 });
  expect(rounded(none.weights)).toEqual({ 1: 1.875, 2: 1.875, 3: 0.625, 4: 0.625, 5: 0 });
  expect(kept.report.excluded).toEqual(['sex: records without target keep their share: d (1)']);
  expect(none.report.excluded).toEqual(['sex: records without target get no weight: d (1)']);
});

// F9
it('missing values are an error, or what became of them and of how many is said', async () => {
  const files = { sample: people.replace('r6,m,', 'r6,,'), margins: marginsOf('share', half) };
  expect((await weigh(files)).message).toBe(
    'sample: missing values; got sex 1, expected a value for each of 6 records. Choose for missing values own-level, exclude or impute.',
  );
  const sizes: number[] = [];
  for (const missing of ['own-level', 'exclude', 'impute'] as const) {
    const { exit, weights, report, findings } = await weigh(files, { missing });
    expect([exit, [...weights.values()].every(Number.isFinite)]).toEqual([0, true]);
    expect(findingOf(findings, 'missing-values').values).toMatchObject({ policy: missing, missing: { sex: 1 } });
    expect(report.margins.map(({ category }) => category)).not.toContain('NaN');
    expect(report.excluded.length).toBe(missing === 'exclude' ? 1 : 0);
    sizes.push(weights.size);
  }
  expect(sizes).toEqual([6, 5, 6]);
});

// F14. balance lumps rare levels into `_lumped_other` by default.
it('rare categories are not lumped together unless a rule says so', async () => {
  const rare = Array.from({ length: 30 }, (_, k) => `rare${k}`);
  const places = [...Array.from({ length: 970 }, () => 'big'), ...rare];
  const margins = marginsOf('share', ['place big 0.94', ...rare.map((name) => `place ${name} 0.002`)].join(', '));
  const { report, findings, weights } = await weigh({ sample: recordsOf({ place: places.join(' ') }), margins });
  expect(report.margins.map(({ category }) => category)).toEqual(['big', ...rare]);
  expect(weights.get('1000')).toBeCloseTo(2, 9);
  expect(findings).toEqual([]);
});

// F15
it('numbers are never cut into bins by looking at the sample', async () => {
  const margins = marginsOf('share', 'age 18-34 0.5, age 35+ 0.5');
  expect((await weigh({ sample: recordsOf({ age: '20 30 40 50' }), margins })).message).toBe(
    'age = 18-34: nobody in the sample has 2 categories of the margin; got 18-34 (0.5), 35+ (0.5) asked, expected a category of the sample: 20, 30, 40, 50. Add records, or choose for dead margins drop or collapse=variable:from->to.',
  );
  // Categories are those of the margin, whoever else is in the sample.
  const categories = (ages: readonly string[]) =>
    prepare(shares('age = 18-34: 0.5\nage = 35+: 0.5'), sampleOf({ age: ages })).problem.margins[0]!.categories;
  expect(categories(['35+', '18-34'])).toEqual(categories(['18-34', '18-34', '18-34', '35+']));
});

// F21
it('persons whose household is not in the sample are counted, and too many stop the run', async () => {
  const files = {
    sample: 'home,cars\nh1,none\nh2,one\n',
    margins: marginsOf('count', 'cars none 10, cars one 20'),
    persons: 'home,age\nh1,old\nh1,young\nh2,old\nh2,old\nh9,young\n',
    personMargins: marginsOf('count', 'age old 50, age young 10'),
  };
  expect((await weigh(files, { household: 'home' })).message).toBe(
    'persons: persons without household; got 1 of 5, expected a share of at most 0.1.',
  );
  const { exit, report } = await weigh(files, { household: 'home', maxOrphanShare: 0.2 });
  expect(exit).toBe(0);
  expect(report.excluded).toEqual(['1 of 5 persons have no household and are left out; 0 households have no persons']);
});

// F22. The last column of UDST/synthpop's example tables ends in a carriage return.
it('carriage returns and blanks around labels do not make a category disappear', async () => {
  const files = { sample: people, margins: marginsOf('share', 'age old 0.3, age young 0.7') };
  const plain = await weigh(files);
  const windows = await weigh({
    sample: files.sample.replaceAll('\n', '\r\n'),
    margins: files.margins.replaceAll('\n', '\r\n'),
  });
  const quoted = await weigh({ sample: files.sample.replaceAll(/(old|young)/g, '" $1\r"'), margins: files.margins });
  expect([rounded(windows.weights), rounded(quoted.weights)]).toEqual([rounded(plain.weights), rounded(plain.weights)]);
  expect(told(quoted.findings, 'labels-trimmed')).toBe('blanks around 2 labels of the column age were cut');
  // A label that is another one stops the run, with the one that was meant.
  expect((await weigh({ ...files, sample: files.sample.replaceAll('old', 'Old') })).message).toMatch(
    /^age = old: nobody/,
  );
});

// F23
describe('category labels of different types', () => {
  it('are texts: 0 and "0" are one category, in any order', async () => {
    const margins =
      '[{ "variable": "g", "category": 1, "share": 0.75 }, { "variable": "g", "category": "0", "share": 0.25 }]';
    const sample = '[{ "g": 0 }, { "g": "1" }, { "g": 1 }]';
    const { exit, weights } = await weigh({ sample, margins });
    expect([exit, rounded(weights)]).toEqual([0, { 1: 0.75, 2: 1.125, 3: 1.125 }]);
  });

  it('are named where they differ, and translated by a table of labels', async () => {
    const files = { sample: recordsOf({ sex: '1.0 2.0 2.0' }), margins: marginsOf('share', half) };
    expect((await weigh(files)).message).toMatch(/^sex = f: nobody .* expected a category of the sample: 1\.0, 2\.0\./);
    const labels = 'variable,label,category\nsex,1.0,m\nsex,2.0,f\nsex,9.0,f\n';
    const { weights, findings } = await weigh({ ...files, labels });
    expect(rounded(weights)).toEqual({ 1: 1.5, 2: 0.75, 3: 0.75 });
    expect(told(findings, 'labels-unused')).toBe('labels of sex that no record has: 9.0');
    expect((await weigh({ ...files, labels: labels.replaceAll('sex', 'gender') })).message).toBe(
      'labels: no such variable in the sample; got gender, expected id, sex.',
    );
    expect((await weigh({ ...files, labels: `${labels}sex,1.0,f\n` })).message).toBe(
      'labels, line 5: a label with two categories; got sex: 1.0, expected one (the first is m).',
    );
  });
});

// F24
it('margins of persons in households are not mixed with those of all persons', async () => {
  const margins = (universe: string): string =>
    `variable,category,share,universe\nsex,f,0.5,persons in households\nsex,m,0.5,persons in households\nage,old,0.5,${universe}\nage,young,0.5,${universe}\n`;
  expect((await weigh({ sample: people, margins: margins('persons with group quarters') })).message).toBe(
    'margins.csv:4, universe: margins of different universes cannot be mixed; got persons with group quarters, expected persons in households as in margins.csv:2. Give margins of households the level household.',
  );
  expect((await weigh({ sample: people, margins: margins('persons in households') })).exit).toBe(0);
  expect(told((await weigh({ sample: people, margins: margins('') })).findings, 'universe-taken')).toMatch(
    /^age: no universe is named, and it was taken to be persons in households, as in .*:2$/,
  );
});

// F25
describe('amounts of money of different years', () => {
  const files = {
    sample: recordsOf({ income: '100 300' }),
    margins: 'variable,mean,price_year\nincome,220,2022\n',
  };
  it.each([
    [{}, 'income: nobody says of which year the money in the sample is; expected a price year beside 2022.'],
    [
      { priceYears: { income: '2020' } },
      'income: margin and column are in money of different years; got 2022 and 2020, expected a factor, or one year. Adjust income.',
    ],
    [
      { priceYears: { income: '2022' }, adjust: { income: 1.1 } },
      'income: adjusted, but margin and column are in money of one year; got 2022, expected no factor.',
    ],
    [{ priceYears: { wage: '2022' } }, 'price year of wage: no margin speaks of this column; expected income.'],
    [{ adjust: { wage: 2 } }, 'adjustment of wage: no margin speaks of this column; expected income.'],
  ])('stop the run: %j', async (config, message) => {
    expect(await weigh(files, config)).toMatchObject({ exit: 2, message });
  });

  // 110 and 330 have the mean 220 with equal weights; without the factor it would need 0.8 and 1.2.
  it('are brought to the year of the margin by a factor', async () => {
    const adjusted = await weigh(files, { priceYears: { income: '2020' }, adjust: { income: 1.1 } });
    expect(rounded(adjusted.weights)).toEqual({ 1: 1, 2: 1 });
    expect(told(adjusted.findings, 'prices-adjusted')).toBe('amounts of income were multiplied by 1.1');
    const same = await weigh(files, { priceYears: { income: '2022' } });
    expect(rounded(same.weights)).toEqual({ 1: 0.8, 2: 1.2 });
  });

  it('cannot be adjusted once they are categories, and need a year on both sides', async () => {
    const bands = marginsOf('share', 'band low 0.5, band high 0.5').replaceAll(/(share|0\.5)$/gm, '$1,2022');
    const own = { sample: recordsOf({ band: 'low high' }), margins: bands.replace('share,2022', 'share,priceYear') };
    expect((await weigh(own, { priceYears: { band: '2020' } })).message).toBe(
      'band: margin and column are in money of different years; got 2022 and 2020, expected a factor, or one year. Adjust the amounts, and make the categories from them again.',
    );
    expect((await weigh(own, { priceYears: { band: '2020' }, adjust: { band: 2 } })).message).toBe(
      'band: band holds categories, which a factor cannot change; expected the total or mean of a number.',
    );
    const silent = { ...files, margins: 'variable,mean\nincome,220\n' };
    expect((await weigh(silent, { priceYears: { income: '2020' } })).message).toBe(
      'income: nobody says of which year the money in the margin is; expected a price year beside 2020.',
    );
    const two = { ...own, margins: bands.replace('share,2022', 'share,price_year').replace(/2022\n$/, '2021\n') };
    expect((await weigh(two)).message).toBe(
      'margins.csv:3, price year: two price years in one margin; got 2021, expected 2022.',
    );
  });
});

// F26
it.each([
  ['share', 'sex f 0.5, sex m 0.489', 'shares do not sum to one; got 0.989, expected 0.99 to 1.01'],
  ['share', 'sex f 51, sex m 49', 'shares do not sum to one; got 100, expected 0.99 to 1.01'],
  ['percent', 'sex f 0.51, sex m 0.49', 'percents do not sum to 100; got 1, expected 99 to 101'],
])('%ss that are none are not taken for something else: %s', async (kind, margins, message) => {
  expect((await weigh({ sample: people, margins: marginsOf(kind, margins) })).message).toContain(message);
});

it('shares, percents and counts of one population give the same weights', async () => {
  const all = ['share 0.4 0.6', 'percent 40 60', 'count 1200 1800', 'proportion 0.4 0.6'].map(async (text) => {
    const [kind, f, m] = text.split(' ');
    return rounded((await weigh({ sample: people, margins: marginsOf(kind!, `sex f ${f!}, sex m ${m!}`) })).weights);
  });
  expect(new Set((await Promise.all(all)).map((own) => JSON.stringify(own))).size).toBe(1);
  expect(group(cells('sex = f: 40\nsex = m: 60')).findings[0]!.message).toBe('values of sex were read as percents');
});

it('reference periods and sources of margins are read, and different periods are said', async () => {
  const margins =
    'variable,category,share,reference_period,source\nsex,f,0.5,2020,census\nsex,m,0.5,2020,census\nage,old,0.5,2022,survey\nage,young,0.5,2022,survey\n';
  const { exit, findings } = await weigh({ sample: people, margins });
  expect([exit, told(findings, 'periods-differ')]).toEqual([0, 'margins of different periods: 2020, 2022']);
});
