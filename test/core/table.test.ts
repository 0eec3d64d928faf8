import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { checkTable, numberColumn, textColumn, type Column, type Table } from '../../src/core/table.js';

const table = (columns: Record<string, Column>, rows = 2): Table => ({ schema: 'people/1', rows, columns });
const good = table({
  name: ['ann', 'bob'],
  score: Float64Array.of(1.5, -0),
  born: Int32Array.of(1980, -5),
  code: Uint8Array.of(0, 255),
});

describe('checkTable', () => {
  it('accepts all kinds of columns, no column and no row', () => {
    expect(() => checkTable(good)).not.toThrow();
    expect(() => checkTable(table({}, 7))).not.toThrow();
    expect(() => checkTable(table({ name: [], score: new Float64Array(0) }, 0))).not.toThrow();
  });

  it.each<{ fault: string; columns: Record<string, Column>; message: string }>([
    {
      fault: 'a short column',
      columns: { name: ['ann'] },
      message: 'people/1.name: wrong number of rows; got 1, expected 2.',
    },
    {
      fault: 'a long column',
      columns: { name: ['ann', 'bob'], code: new Uint8Array(3) },
      message: 'people/1.code: wrong number of rows; got 3, expected 2.',
    },
    {
      fault: 'not a number',
      columns: { score: Float64Array.of(0, NaN) },
      message: 'people/1.score[1]: not a finite number; got NaN.',
    },
    {
      fault: 'infinity',
      columns: { score: Float64Array.of(-Infinity, NaN) },
      message: 'people/1.score[0]: not a finite number; got -Infinity.',
    },
  ])('names the fault: $fault', ({ columns, message }) => {
    expect(() => checkTable(table(columns))).toThrow(Failure);
    expect(() => checkTable(table(columns))).toThrow(message);
  });
});

describe('textColumn', () => {
  it('hands the column over', () => expect(textColumn(good, 'name')).toBe(good.columns['name']));

  it.each([
    { name: 'age', message: 'people/1.age: missing column; got name score born code, expected a text column.' },
    { name: 'code', message: 'people/1.code: wrong type of column; got 0, expected a text column.' },
    { name: 'score', message: 'people/1.score: wrong type of column; got 1.5, expected a text column.' },
  ])('refuses $name', ({ name, message }) => expect(() => textColumn(good, name)).toThrow(message));
});

describe('numberColumn', () => {
  it('gives numbers of any type as doubles', () => {
    expect(numberColumn(good, 'score')).toBe(good.columns['score']);
    expect(numberColumn(good, 'born')).toStrictEqual(Float64Array.of(1980, -5));
    expect(numberColumn(good, 'code')).toStrictEqual(Float64Array.of(0, 255));
  });

  it.each([
    { name: 'age', message: 'people/1.age: missing column; got name score born code, expected a column of numbers.' },
    { name: 'name', message: 'people/1.name: wrong type of column; got ann, expected a column of numbers.' },
  ])('refuses $name', ({ name, message }) => expect(() => numberColumn(good, name)).toThrow(message));
});
