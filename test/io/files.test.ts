import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/canonical-json.js';
import { hashFile, readRecords } from '../../src/io/files.js';
import { writeTable } from '../../src/io/parquet.js';
import { all, failureOf, fileMaker, rowsOrFailure, temporaryFolder } from './temporary.js';

const folder = temporaryFolder();
const file = fileMaker(folder);
const parquet = writeTable({ schema: 'x/1', rows: 2, columns: { a: ['1', '2'] } });
const KINDS = 'expected .csv, .tsv, .jsonl, .ndjson, .json or .parquet, plain or gzipped.';

describe('readRecords', () => {
  it.each([
    { name: 'r.csv', content: 'a\n1\n2\n', lines: [2, 3] },
    { name: 'r.CSV', content: 'a\n1\n2\n', lines: [2, 3] },
    { name: 'r.tsv', content: 'a\n1\n2\n', lines: [2, 3] },
    { name: 'r.csv.gz', content: gzipSync('a\n1\n2\n'), lines: [2, 3] },
    { name: 'gzipped-all-the-same.csv', content: gzipSync('a\n1\n2\n'), lines: [2, 3] },
    { name: 'r.jsonl', content: '{"a":"1"}\n\n{"a":"2"}\n', lines: [1, 3] },
    { name: 'r.ndjson', content: '{"a":"1"}\n{"a":"2"}\n', lines: [1, 2] },
    { name: 'r.jsonl.gz', content: gzipSync('{"a":"1"}\n{"a":"2"}\n'), lines: [1, 2] },
    { name: 'array.json', content: '\ufeff \n[{"a":"1"},{"a":"2"}]', lines: [1, 2] },
    { name: 'lines.json', content: '{"a":"1"}\n{"a":"2"}\n', lines: [1, 2] },
    { name: 'array.json.gz', content: gzipSync('[{"a":"1"},{"a":"2"}]'), lines: [1, 2] },
    { name: 'r.parquet', content: parquet, lines: [1, 2] },
    { name: 'r.parquet.gz', content: gzipSync(parquet), lines: [1, 2] },
    { name: 'parquet-by-content.dat', content: parquet, lines: [1, 2] },
  ])('reads $name', async ({ name, content, lines }) => {
    const path = file(name, content);
    const want = lines.map((line, k) => ({ record: { a: String(k + 1) }, line, file: path }));
    expect(await all(readRecords(path))).toEqual(want);
  });

  it('reads a folder file by file in the order of code units, and names what it leaves', async () => {
    const mixed = join(folder, 'mixed');
    mkdirSync(join(mixed, 'inner.csv'), { recursive: true });
    const names = {
      'b.csv': 'a\n2\n',
      'B.jsonl': '{"a":"1"}\n',
      'ä.csv': 'a\n3\n',
      'readme.md': 'hello',
      '.hidden.csv': 'x',
    };
    for (const [name, text] of Object.entries(names)) writeFileSync(join(mixed, name), text);
    const others: string[] = [];
    const read = await all(readRecords(mixed, { onOtherFile: (path) => others.push(path) }));
    expect(read.map(({ record }) => record['a'])).toEqual(['1', '2', '3']);
    expect(others).toEqual([join(mixed, 'inner.csv'), join(mixed, 'readme.md')]);
  });

  it('names the fault', async () => {
    const fault = (path: string, options = {}): Promise<string> => failureOf(all(readRecords(path, options)), folder);
    const bare = join(folder, 'bare');
    mkdirSync(bare);
    expect(await fault(join(folder, 'absent.csv'))).toBe('absent.csv: no such file or folder.');
    expect(await fault(file('empty.csv', ''))).toBe('empty.csv: empty file; expected records.');
    expect(await fault(file('empty.jsonl.gz', gzipSync('')))).toBe('empty.jsonl.gz: empty file; expected records.');
    expect(await fault(bare)).toBe(`bare: a folder without data files; got nothing, ${KINDS}`);
    writeFileSync(join(bare, 'notes.txt'), 'x');
    expect(await fault(bare)).toBe(`bare: a folder without data files; got notes.txt, ${KINDS}`);
    expect(await fault(file('posts.xlsx', 'PK'))).toBe(`posts.xlsx: unknown type of file; ${KINDS}`);
    expect(await fault(file('cut.parquet', 'PAR1'))).toContain('cut.parquet: truncated or corrupt Parquet file');
    expect(await fault(file('rows.csv', 'a\n1\n2\n'), { maxRows: 1 })).toBe(
      'rows.csv:3: too many rows; expected at most 1.',
    );
    expect(await fault(file('bomb.csv', gzipSync('a\n'.repeat(1000))), { maxBytes: 100 })).toContain('too large once');
    expect(await fault(file('wide.csv', `a\n${'x'.repeat(50)}\n`), { maxRecordBytes: 10 })).toContain(
      'record too large',
    );
    expect(await fault(file('wide.jsonl', `{"a":"${'x'.repeat(50)}"}`), { maxRecordBytes: 10 })).toContain(
      'line too long',
    );
    expect(await fault(file('w.csv', 'Author\n1\n'), { requiredColumns: ['author'] })).toBe(
      'w.csv: missing column "author"; got Author, expected "author". Did you mean "Author" for "author"?',
    );
    expect(await fault(file('object.json', '{\n "a": [1]\n}'))).toBe(
      'object.json:1: broken JSON; got "{", expected one JSON object a line.',
    );
  });

  it('never crashes or hangs on random bytes under any name', async () => {
    const names = fc.constantFrom('z.csv', 'z.tsv', 'z.jsonl', 'z.json', 'z.parquet', 'z.csv.gz', 'z.bin');
    const starts = fc.constantFrom([], [0x1f, 0x8b, 8], [...Buffer.from('PAR1')], [0xef, 0xbb, 0xbf], [0xff, 0xfe]);
    await fc.assert(
      fc.asyncProperty(names, starts, fc.uint8Array({ maxLength: 80 }), async (name, start, bytes) => {
        const path = file(name, Uint8Array.from([...start, ...bytes]));
        expect(['rows', 'failure']).toContain(await rowsOrFailure(readRecords(path)));
      }),
      { seed: 20260101, numRuns: 500 },
    );
  });
});

describe('hashFile', () => {
  it('hashes the bytes as they lie on disk', async () => {
    // FIPS 180-4, SHA-256 of "abc".
    expect(await hashFile(file('abc', 'abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    const bytes = gzipSync('x'.repeat(300_000), { level: 0 });
    expect(await hashFile(file('big.gz', bytes))).toBe(sha256(bytes));
    expect(await failureOf(hashFile(join(folder, 'absent')), folder)).toBe('absent: no such file or folder.');
  });
});
