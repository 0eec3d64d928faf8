import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, note, parseMoment, scalarText, valueAt } from '../../src/io/post-fields.js';

const run = { seed: 20260101, numRuns: 500 };

describe('cleanText', () => {
  it.each([
    { raw: 'a\r\nb\rc\n\td', text: 'a\nb\nc\n\td', controlCharacters: 0 },
    { raw: 'a\u0000b\u0007\u001b[1m\u007f\u0085', text: 'ab[1m', controlCharacters: 5 },
    { raw: 'e\u0301', text: 'é', controlCharacters: 0 },
    { raw: 'x\ud800y😀', text: 'x\ufffdy😀', controlCharacters: 0 },
    { raw: '', text: '', controlCharacters: 0 },
  ])('$raw', ({ raw, text, controlCharacters }) => {
    expect(cleanText(raw, 100)).toEqual({ text, controlCharacters, truncated: false });
  });

  it('cuts between characters', () => {
    expect(cleanText('ab😀c', 5)).toMatchObject({ text: 'ab😀c', truncated: false });
    expect(cleanText('ab😀c', 4)).toMatchObject({ text: 'ab😀', truncated: true });
    expect(cleanText('ab😀c', 3)).toMatchObject({ text: 'ab', truncated: true });
    expect(cleanText('😀', 0)).toMatchObject({ text: '', truncated: true });
  });

  it('is well-formed, composed, short and unchanged by a second cleaning, whatever the text', () => {
    const hard = fc.string({
      unit: fc.constantFrom('a', '\r', '\n', '\u0000', '\ud83d', '\ude00', 'e', '\u0301', '\u1100', '\u1161'),
    });
    fc.assert(
      fc.property(hard, fc.nat(12), (raw, most) => {
        const { text, truncated } = cleanText(raw, most);
        expect(text.length).toBeLessThanOrEqual(most);
        expect(Buffer.from(text).toString()).toBe(text);
        expect(text.normalize('NFC')).toBe(text);
        expect(['\r', '\u0000'].some((character) => text.includes(character))).toBe(false);
        expect(cleanText(text, most)).toEqual({ text, controlCharacters: 0, truncated: false });
        expect(truncated).toBe(cleanText(raw, Infinity).text.length > most);
      }),
      run,
    );
  });
});

describe('parseMoment', () => {
  it.each([
    ['2020-02-29', { date: '2020-02-29' }],
    ['2000-02-29', { date: '2000-02-29' }],
    ['2020-02-29T12:30:01.005Z', { date: '2020-02-29', time: '12:30:01.005' }],
    ['2020-02-29 12:30:01', { date: '2020-02-29', time: '12:30:01' }],
    ['2020-02-29T23:59+02:00', { date: '2020-02-29', time: '23:59' }],
    ['2020-02-29 12:30:01.123456+0000', { date: '2020-02-29', time: '12:30:01.123456' }],
    ['2016-12-31T23:59:60Z', { date: '2016-12-31', time: '23:59:60' }],
    ['2400-02-29', { date: '2400-02-29' }],
    ['2500-02-29', undefined],
    ['2020-02-30', undefined],
    ['2021-02-29', undefined],
    ['1900-02-29', undefined],
    ['2020-04-31', undefined],
    ['2020-00-10', undefined],
    ['2020-13-10', undefined],
    ['2020-01-00', undefined],
    ['2020-1-1', undefined],
    ['02/03/2020', undefined],
    ['20200203', undefined],
    ['2020-01-01T24:00', undefined],
    ['2020-01-01T12:60', undefined],
    ['2020-01-01T12', undefined],
    ['2020-01-01 and more', undefined],
    ['1580000000', undefined],
    ['', undefined],
  ])('%s', (value, moment) => {
    expect(parseMoment(value)).toEqual(moment);
  });

  it('takes exactly the days of the calendar', () => {
    const part = (most: number): fc.Arbitrary<number> => fc.nat(most);
    const two = (n: number): string => String(n).padStart(2, '0');
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 9999 }), part(14), part(33), (year, month, day) => {
        const text = `${year}-${two(month)}-${two(day)}`;
        const date = new Date(`${text}T00:00:00Z`);
        // Dates roll over in JavaScript (February 30 is March 1): a day exists when it comes back as itself.
        const exists = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
        expect(parseMoment(text) !== undefined).toBe(exists);
      }),
      run,
    );
  });
});

describe('valueAt', () => {
  const record = { a: { b: 1, c: null }, 'a.b': 2, d: [5], text: 'x' };
  it.each([
    ['a.b', 2],
    ['a.c', null],
    ['a.x', undefined],
    ['d.0', 5],
    ['text.length', undefined],
    ['toString', undefined],
    ['__proto__', undefined],
    ['a.constructor', undefined],
    ['x.y.z', undefined],
  ])('%s', (path, value) => {
    expect(valueAt(record, path)).toEqual(value);
  });
});

it('scalarText takes texts, finite numbers and booleans', () => {
  expect(['a', 0, -1.5, true, NaN, Infinity, null, undefined, {}, []].map(scalarText)).toEqual([
    ...['a', '0', '-1.5', 'true'],
    ...Array<undefined>(6).fill(undefined),
  ]);
});

it('note keeps the first five places and counts all', () => {
  const noted = { count: 0, first: [] as string[] };
  for (let k = 0; k < 8; k++) note(noted, `f:${k}`);
  expect(noted).toEqual({ count: 8, first: ['f:0', 'f:1', 'f:2', 'f:3', 'f:4'] });
});
