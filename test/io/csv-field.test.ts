import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { writeFileSync } from 'node:fs';
import { readCsv } from '../../src/io/csv.js';
import { csvField, fromCsvField } from '../../src/io/csv-field.js';
import { all, temporaryFolder } from './temporary.js';

describe('csvField', () => {
  test.each<[string | number, string]>([
    ['plain', 'plain'],
    ['', ''],
    [-5, '-5'],
    [1e21, '1e+21'],
    ['-5', '-5'],
    ['+1.5e3', '+1.5e3'],
    ['=1+1', "'=1+1"],
    ['+cmd|calc', "'+cmd|calc"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', `"'\t=1"`],
    ['\r=1', `"'\r=1"`],
    ['\0=1', `"'\0=1"`],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\nb', '"a\nb"'],
    ["it's", "it's"],
  ])('writes %j as %s', (value, field) => {
    expect(csvField(value)).toBe(field);
  });

  it('begins with no sign of a formula, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\0', '"', ',', '1', 'a', "'") }),
        (text) => {
          const field = csvField(text).replace(/^"/, '');
          expect(/^[=+\-@\t\r\0]/.test(field) && Number.isNaN(Number(field))).toBe(false);
        },
      ),
      { seed: 20260101, numRuns: 1000 },
    );
  });

  it('comes back through the reader as what it was', async () => {
    const texts = ['=1+1', '@x', '-2', '-x', "'", "'tis", 'a,"b"', '+a', 'plain'];
    const path = join(temporaryFolder(), 'round.csv');
    writeFileSync(path, `t\n${texts.map(csvField).join('\n')}\n`);
    expect((await all(readCsv(path))).map(({ record }) => fromCsvField(record['t']!))).toEqual(texts);
  });
});
