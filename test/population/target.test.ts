import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import {
  ageCategory,
  cellsOf,
  checkTarget,
  collapse,
  containerOf,
  Margin,
  outermostFirst,
  Target,
  variableOf,
  variablesOf,
} from '../../src/population/target.js';
import { association, margin, shippedTarget, tinyTarget, tinyVariables } from './fixture.js';

const m = (variable: string, shares: readonly number[]): Margin => margin(tinyVariables, variable, shares);
const region = m('region', [0.4, 0.6]);

describe('targets that ship with the project', () => {
  const names = readdirSync(new URL('../../data/census/', import.meta.url)).map((file) => file.replace(/\.json$/, ''));
  it('are there', () => expect(names).toEqual(expect.arrayContaining(['us-adults', 'canada-2011'])));
  it.each(names)('%s passes the schema and the check', (name) => {
    const target = shippedTarget(name);
    expect(() => checkTarget(target)).not.toThrow();
    expect(target.name).toBe(name);
  });
});

describe('checkTarget', () => {
  const half = { north: 0.5, south: 0.5 };
  const halves = { female: half, male: half };
  const withBounds = (bounds: number[][]): Partial<Target> => ({
    variables: tinyVariables.map((v) => (v.name === 'age' ? { ...v, bounds: bounds as [number, number][] } : v)),
  });

  it('accepts a sound target', () => expect(() => checkTarget(tinyTarget())).not.toThrow());

  it.each<{ fault: string; edit: Partial<Target>; message: string }>([
    {
      fault: 'margins of two universes',
      edit: { margins: [{ ...region, universe: 'households' }] },
      message:
        'tiny.region: margins of different universes cannot be mixed; got households, expected adults of Tinyland.',
    },
    {
      fault: 'an association of another universe',
      edit: { associations: [{ ...association('region', ['sex'], {}), universe: 'voters' }] },
      message: 'tiny.region: margins of different universes cannot be mixed; got voters, expected adults of Tinyland.',
    },
    {
      fault: 'an unknown category',
      edit: { margins: [{ ...region, shares: { north: 0.4, west: 0.6 } }] },
      message: 'tiny.region: unknown category; got west, expected north, south.',
    },
    {
      fault: 'an unknown cell of a joint',
      edit: { margins: [{ ...m('sex x age', [0.1, 0.3, 0.2, 0.15, 0.2, 0.05]), shares: { 'female, 16-29': 1 } }] },
      message:
        'tiny.sex x age: unknown category; got female, 16-29, expected female x 16-29, female x 30-64, female x 65+, ' +
        'male x 16-29, male x 30-64, male x 65+.',
    },
    {
      fault: 'a missing category',
      edit: { margins: [{ ...region, shares: { south: 1 } }] },
      message:
        'tiny.region: no share for the category north. A category that is empty in the population has the share 0.',
    },
    {
      fault: 'an unknown variable',
      edit: { margins: [{ ...region, variable: 'income' }] },
      message: 'tiny: unknown variable; got income, expected sex, age, region.',
    },
    {
      fault: 'a joint that disagrees with a margin inside it',
      edit: { margins: [m('sex', [0.5, 0.5]), m('sex x age', [0.1, 0.3, 0.2, 0.15, 0.2, 0.05])] },
      message: 'tiny.sex x age: disagrees with sex on sex = female; got 0.6000000000000001, expected 0.5.',
    },
    {
      fault: 'two joints that disagree on what they share',
      edit: { margins: [m('sex x region', [0.3, 0.3, 0.2, 0.2]), m('region x age', [0.1, 0.2, 0.1, 0.2, 0.2, 0.2])] },
      message: 'tiny.region x age: disagrees with sex x region on region = north; got 0.4, expected 0.5.',
    },
    {
      fault: 'a margin that is given twice',
      edit: { margins: [region, m('region', [0.5, 0.5])] },
      message: 'tiny.region: disagrees with region on region = north; got 0.5, expected 0.4.',
    },
    {
      fault: 'a variable that is given twice',
      edit: { variables: [...tinyVariables, { name: 'sex', categories: ['a'] }] },
      message: 'tiny.variables: the same variable twice; got sex.',
    },
    {
      fault: 'a category that is given twice',
      edit: { variables: [...tinyVariables, { name: 'x', categories: ['a', 'b', 'a'] }] },
      message: 'tiny.x: the same category twice; got a.',
    },
    {
      fault: 'a margin of a variable with itself',
      edit: { margins: [{ ...region, variable: 'region x region' }] },
      message: 'tiny.region x region: the same variable twice; got region.',
    },
    ...['a x b', 'a x'].map((category) => ({
      fault: `the joiner in the category ${category}`,
      edit: { variables: [...tinyVariables, { name: 'y', categories: ['c', category] }] },
      message: `tiny.y: a category with " x ", which joins the categories of a joint; got ${category}.`,
    })),
    {
      fault: 'too few bounds',
      edit: withBounds([[16, 29]]),
      message: 'tiny.age.bounds: not one pair of bounds for each category; got 1, expected 3.',
    },
    ...[
      { years: [16, 29, 29, 64, 65, 120], band: '30-64', got: '29-64' },
      { years: [16, 29, 64, 30, 65, 120], band: '30-64', got: '64-30' },
      { years: [29, 16, 30, 64, 65, 120], band: '16-29', got: '29-16' },
      { years: [65, 120, 30, 64, 16, 29], band: '30-64', got: '30-64' },
    ].map(({ years, band, got }) => ({
      fault: `bounds out of order: ${years.join(' ')}`,
      edit: withBounds([0, 2, 4].map((at) => [years[at]!, years[at + 1]!])),
      message:
        `tiny.age.bounds: the years of ${band} do not ascend; got ${got}, ` +
        'expected first and last year of each category, after those of the category before.',
    })),
    {
      fault: 'an association of an unknown variable',
      edit: { associations: [association('income', ['sex'], halves)] },
      message: 'tiny.associations.income: unknown variable; got income, expected sex, age, region.',
    },
    {
      fault: 'an association given an unknown variable',
      edit: { associations: [association('region', ['sex', 'race'], halves)] },
      message: 'tiny.associations.region: unknown variable; got race, expected sex, age, region.',
    },
    {
      fault: 'an association of a variable with itself',
      edit: { associations: [association('region', ['sex', 'region'], halves)] },
      message: 'tiny.associations.region: the same variable twice; got region.',
    },
    {
      fault: 'a misspelt row',
      edit: { associations: [association('region', ['sex'], { ...halves, femal: half })] },
      message: 'tiny.associations.region: unknown row of sex; got femal, expected female, male.',
    },
    {
      fault: 'a missing row',
      edit: { associations: [association('region', ['sex', 'age'], { 'female x 16-29': half })] },
      message: 'tiny.associations.region: no row for sex x age = female x 30-64.',
    },
    {
      fault: 'a misspelt category in a row',
      edit: { associations: [association('region', ['sex'], { ...halves, male: { Nroth: 0.5, south: 0.5 } })] },
      message: 'tiny.associations.region[sex = male]: unknown category; got Nroth, expected north, south.',
    },
    {
      fault: 'a missing category in a row',
      edit: { associations: [association('region', ['sex'], { ...halves, male: { south: 1 } })] },
      message:
        'tiny.associations.region[sex = male]: no share for the category north. ' +
        'A category that is empty in the population has the share 0.',
    },
    {
      fault: 'a row that does not sum to one',
      edit: { associations: [association('region', ['sex'], { ...halves, female: { north: 0.5, south: 0.498 } })] },
      message: 'tiny.associations.region[sex = female]: shares do not sum to one; got 0.998, expected 1 (±1e-3).',
    },
    {
      fault: 'impossible people of an unknown variable',
      edit: { impossible: [{ categories: { sex: ['male'], job: ['nurse'] }, reason: 'none seen' }] },
      message: 'tiny.impossible[0]: unknown variable; got job, expected sex, age, region.',
    },
    {
      fault: 'impossible people of an unknown category',
      edit: { impossible: [{ categories: { region: ['north', 'east'] }, reason: 'none seen' }] },
      message: 'tiny.impossible[0]: unknown category of region; got east, expected north, south.',
    },
    {
      fault: 'a youngest age for an unknown category',
      edit: { youngest: [{ variable: 'region', category: 'east', years: 20, reason: 'none seen' }] },
      message: 'tiny.youngest[0]: unknown category of region; got east, expected north, south.',
    },
  ])('names the fault: $fault', ({ edit, message }) => {
    const act = () => checkTarget(tinyTarget(edit));
    expect(act).toThrow(Failure);
    expect(act).toThrow(message);
  });

  it('accepts rows of an association that were rounded, a single x, and gaps between bounds', () => {
    const rounded = association('region', ['sex'], { female: { north: 0.333, south: 0.6665 }, male: half });
    expect(() => checkTarget(tinyTarget({ associations: [rounded] }))).not.toThrow();
    const x = { name: 'x', categories: ['x', 'x b', 'axb'] };
    const gaps = withBounds([
      [16, 16],
      [30, 64],
      [70, 120],
    ]).variables!;
    expect(() => checkTarget(tinyTarget({ variables: [...gaps, x] }))).not.toThrow();
  });

  it('accepts joints that agree but for rounding at the sixth decimal', () => {
    const rounded = m('sex', [0.600001, 0.399999]);
    expect(() =>
      checkTarget(tinyTarget({ margins: [rounded, m('sex x age', [0.1, 0.3, 0.2, 0.15, 0.2, 0.05])] })),
    ).not.toThrow();
  });
});

describe('the schema', () => {
  it.each([
    {
      fault: 'shares that do not sum to one',
      edit: { margins: [{ ...region, shares: { north: 0.4, south: 0.5 } }] },
      message: 'shares must sum to 1 (±1e-6)',
    },
    {
      fault: 'a share above one',
      edit: { margins: [{ ...region, shares: { north: 1.4, south: -0.4 } }] },
      message: 'Too big: expected number to be <=1',
    },
    {
      fault: 'no number',
      edit: { margins: [{ ...region, shares: { north: NaN, south: 1 } }] },
      message: 'expected number, received NaN',
    },
    {
      fault: 'a name with spaces',
      edit: { variables: [{ name: 'Home region', categories: ['a'] }] },
      message: 'expected a snake_case variable name',
    },
    {
      fault: 'a field that nobody knows',
      edit: { margins: [{ ...region, weight: 2 }] },
      message: 'Unrecognized key: "weight"',
    },
    { fault: 'another version', edit: { schema: 'target/2' }, message: 'expected "target/1"' },
    { fault: 'no margin', edit: { margins: [] }, message: 'Too small: expected array to have >=1 items' },
  ])('refuses $fault', ({ edit, message }) => {
    const parsed = Target.safeParse({ ...tinyTarget(), ...edit });
    expect(parsed.success).toBe(false);
    expect(parsed.error!.issues.map((issue) => issue.message).join('; ')).toContain(message);
  });
});

describe('the sum of shares', () => {
  it.each([
    { name: 'thirds in six decimals', share: 0.333333, accepted: true },
    { name: 'thirds that are too many by as much', share: 0.33333366, accepted: true },
    { name: 'thirds in five decimals', share: 0.33333, accepted: false },
  ])('$name', ({ share, accepted }) => {
    const shares = { '16-29': share, '30-64': share, '65+': share };
    expect(Margin.safeParse({ ...region, variable: 'age', shares }).success).toBe(accepted);
  });
});

describe('reading a target', () => {
  const target = tinyTarget();

  it('lists the cells of a joint in the order of its variables', () => {
    expect(variablesOf('sex x age')).toEqual(['sex', 'age']);
    expect(cellsOf(target, ['region', 'sex'])).toEqual([
      'north x female',
      'north x male',
      'south x female',
      'south x male',
    ]);
    expect(cellsOf(target, ['sex'])).toEqual(['female', 'male']);
  });

  it('finds a variable or names those there are', () => {
    expect(variableOf(target, 'age').categories).toHaveLength(3);
    expect(() => variableOf(target, 'race')).toThrow('tiny: unknown variable; got race, expected sex, age, region.');
  });

  it.each([
    [15, undefined],
    [16, '16-29'],
    [29, '16-29'],
    [30, '30-64'],
    [120, '65+'],
    [121, undefined],
  ])('an age of %i is in the band %s', (years, band) => expect(ageCategory(target, years)).toBe(band));

  it('knows no age where the target has none', () =>
    expect(
      ageCategory(tinyTarget({ variables: [{ name: 'region', categories: ['north', 'south'] }] }), 30),
    ).toBeUndefined());

  it('finds the joint that a margin follows from', () => {
    const [sex, sexAge, north] = target.margins;
    expect(containerOf(target, sex!)).toBe(sexAge);
    expect(containerOf(target, sexAge!)).toBeUndefined();
    expect(containerOf(target, north!)).toBeUndefined();
    expect(outermostFirst(target).map(({ variable }) => variable)).toEqual(['sex x age', 'sex', 'region']);
  });

  it('adds a joint up over what is left out, in any order', () => {
    const sexAge = target.margins[1]!;
    const close = (found: Record<string, number>, expected: Record<string, number>) => {
      expect(Object.keys(found)).toEqual(Object.keys(expected));
      for (const [cell, share] of Object.entries(expected)) expect(found[cell]).toBeCloseTo(share, 12);
    };
    close(collapse(sexAge, sexAge.shares, ['age']), { '16-29': 0.25, '30-64': 0.5, '65+': 0.25 });
    close(collapse(sexAge, sexAge.shares, []), { '': 1 });
    expect(collapse(sexAge, sexAge.shares, ['age', 'sex'])['65+ x male']).toBe(0.05);
  });
});
