import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../src/io/csv.js';
import { all, failureOf, fileMaker, rowsOrFailure, temporaryFolder } from './temporary.js';

const folder = temporaryFolder();
const file = fileMaker(folder);

describe('readCsv', () => {
  // Expected by hand, RFC 4180.
  it.each([
    { name: 'plain', text: 'a,b\n1,2\n', rows: [[2, { a: '1', b: '2' }]] },
    { name: 'no line break at the end', text: 'a,b\n1,2', rows: [[2, { a: '1', b: '2' }]] },
    { name: 'codes stay text', text: 'zip,n\n02139,1e5\n', rows: [[2, { zip: '02139', n: '1e5' }]] },
    { name: 'byte order mark', text: '\ufeffa,b\n1,2\n', rows: [[2, { a: '1', b: '2' }]] },
    { name: 'byte order mark and quoted name', text: '\ufeff"a",b\n1,2\n', rows: [[2, { a: '1', b: '2' }]] },
    {
      name: 'CRLF',
      text: 'a,b\r\n1,2\r\n3,4\r\n',
      rows: [
        [2, { a: '1', b: '2' }],
        [3, { a: '3', b: '4' }],
      ],
    },
    {
      name: 'mixed line ends',
      text: 'a,b\n1,2\r\n3,4\n',
      rows: [
        [2, { a: '1', b: '2' }],
        [3, { a: '3', b: '4' }],
      ],
    },
    { name: 'old Mac line ends', text: 'a,b\r1,2\r', rows: [[2, { a: '1', b: '2' }]] },
    {
      name: 'quoted line breaks keep the line numbers right',
      text: 'a,b\r\n"1\r\n\r\n2","x ""y"", z"\r\n3,4\r\n',
      rows: [
        [2, { a: '1\n\n2', b: 'x "y", z' }],
        [5, { a: '3', b: '4' }],
      ],
    },
    {
      name: 'blank lines',
      text: '\na,b\n\n1,2\n\n\n3,4\n\n',
      rows: [
        [4, { a: '1', b: '2' }],
        [7, { a: '3', b: '4' }],
      ],
    },
    { name: 'header only', text: 'a,b\n', rows: [] },
    {
      name: 'empty fields',
      text: 'a,b\n,\n"",""\n',
      rows: [
        [2, { a: '', b: '' }],
        [3, { a: '', b: '' }],
      ],
    },
    {
      name: 'spaces are kept in fields, not in names',
      text: ' a , b \n 1 , 2 \n',
      rows: [[2, { a: ' 1 ', b: ' 2 ' }]],
    },
  ])('$name', async ({ text, rows }) => {
    const read = await all(readCsv(file('t.csv', text)));
    expect(read.map(({ line, record }) => [line, record])).toEqual(rows);
  });

  it('takes the delimiter from the extension, or from the option', async () => {
    const want = [{ record: { a: '1,5', b: '2' }, line: 2 }];
    expect(await all(readCsv(file('t.tsv', 'a\tb\n1,5\t2\n')))).toEqual(want);
    expect(await all(readCsv(file('t.tsv.gz', gzipSync('a\tb\n1,5\t2\n'))))).toEqual(want);
    expect(await all(readCsv(file('t.csv', 'a;b\n1,5;2\n'), { delimiter: ';' }))).toEqual(want);
  });

  it('keeps names that objects are born with as plain columns', async () => {
    const [row] = await all(readCsv(file('p.csv', '__proto__,constructor,toString\n1,2,3\n')));
    expect(Object.entries(row!.record)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
      ['toString', '3'],
    ]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it.each([
    { fault: 'empty', text: '', message: 'f.csv: no header; expected a line of column names.' },
    { fault: 'blank', text: '\n\n', message: 'f.csv: no header; expected a line of column names.' },
    {
      fault: 'a repeated name',
      text: 'a,b,a\n1,2,3\n',
      message: 'f.csv: two columns are named "a"; got a, b, a, expected different names.',
    },
    {
      fault: 'an empty name',
      text: 'a,,c\n1,2,3\n',
      message: 'f.csv: column 2 has no name; got a, , c. The first line must name every column.',
    },
    {
      fault: 'a short row',
      text: 'a,b\n"x\ny",2\n3\n',
      message:
        'f.csv:4: wrong number of fields; got 1, expected 2 as in the header. ' +
        'A field that holds a delimiter or a line break needs quotes around it.',
    },
    {
      fault: 'a long row',
      text: 'a,b\n1,2,3\n',
      message:
        'f.csv:2: wrong number of fields; got 3, expected 2 as in the header. ' +
        'A field that holds a delimiter or a line break needs quotes around it.',
    },
    {
      fault: 'a quote never closed',
      text: 'a,b\n"\n",2\n1,"2\n3,4\n5,6\n',
      message:
        'f.csv:4: a quote is opened and never closed. Put quotes around the field and write a quote inside it twice.',
    },
    {
      fault: 'text after a closing quote',
      text: 'a,b\n1,"2"x\n',
      message:
        'f.csv:2: a closing quote is followed by more text. Put quotes around the field and write a quote inside it twice.',
    },
    {
      fault: 'a quote within a bare field',
      text: 'a,b\n1,2"x"\n',
      message:
        'f.csv:2: a quote stands inside a field that does not begin with one. ' +
        'Put quotes around the field and write a quote inside it twice.',
    },
    {
      fault: 'columns wanted and not there',
      text: 'id,Text,when\n1,2,3\n',
      options: { requiredColumns: ['author', 'text', 'when'] },
      message:
        'f.csv: missing columns "author", "text"; got id, Text, when, expected "author", "text", "when". ' +
        'Did you mean "Text" for "text"?',
    },
    {
      fault: 'a record over the limit',
      text: `a,b\n1,${'x'.repeat(200)}\n`,
      options: { maxRecordBytes: 100 },
      message: 'f.csv:2: record too large; expected at most 100 bytes.',
    },
    {
      fault: 'more rows than allowed',
      text: 'a\n1\n2\n3\n',
      options: { maxRows: 2 },
      message: 'f.csv:4: too many rows; expected at most 2.',
    },
  ])('names the fault: $fault', async ({ text, message, options = {} }) => {
    expect(await failureOf(all(readCsv(file('f.csv', text), options)), folder)).toBe(message);
  });

  it('refuses bytes that are not UTF-8', async () => {
    const latin1 = Buffer.from('a,b\ncaf\u00e9,2\n', 'latin1');
    expect(await failureOf(all(readCsv(file('l.csv', latin1))), folder)).toBe(
      'l.csv: not UTF-8 text. Save the file in the encoding UTF-8.',
    );
  });

  it('gives back every table that is written by the rules, with the line of each record', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é', '😀', '0'), maxLength: 6 });
    const rows = fc.array(fc.tuple(field, field), { maxLength: 8 });
    const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('\n', '\r\n'), async (table, end) => {
        const lines = table.map((row) => row.map((text) => quote(text.replaceAll('\n', end))).join(',') + end);
        const read = await all(readCsv(file('r.csv', `a,b${end}${lines.join('')}`)));
        expect(read.map(({ record }) => [record['a'], record['b']])).toEqual(table);
        const starts = lines.map((_, k) => 2 + (lines.slice(0, k).join('').split('\n').length - 1));
        expect(read.map(({ line }) => line)).toEqual(starts);
      }),
      { seed: 20260101, numRuns: 200 },
    );
  });

  it('never crashes or hangs on random bytes', async () => {
    const seen = new Set<string>();
    const shape = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' '), maxLength: 60 })
        .map((text) => Buffer.from(text)),
    );
    await fc.assert(
      fc.asyncProperty(shape, async (bytes) => {
        seen.add(await rowsOrFailure(readCsv(file('z.csv', bytes))));
      }),
      { seed: 20260101, numRuns: 400 },
    );
    expect([...seen].sort()).toEqual(['failure', 'rows']);
  });

  it('stops reading when the loop ends early', async () => {
    const path = file('long.csv', `a,b\n${'1,2\n'.repeat(100_000)}`);
    for await (const { line } of readCsv(path)) {
      expect(line).toBe(2);
      break;
    }
  });
});
