import { describe, expect, it } from 'vitest';
import { cells, codesOf, counts, group, half, inZones, shares } from './margin-fixture.js';

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
