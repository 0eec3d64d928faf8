import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/canonical-json.js';
import { Failure } from '../../src/core/failure.js';
import type { Column, Table } from '../../src/core/table.js';
import { readParquetRows, readTable, writeTable } from '../../src/io/parquet.js';
import { all, failureOf, fileMaker, rowsOrFailure, temporaryFolder } from './temporary.js';

const folder = temporaryFolder();
const file = fileMaker(folder);
const seed = 20260101;

const table: Table = {
  schema: 'persona-pool/1',
  rows: 4,
  columns: {
    person: ['p-1', '', 'é😀\u0000\n', '\ufeffmark'],
    weight: Float64Array.of(-0, 1e-300, Number.MAX_VALUE, 0.1),
    code: Int32Array.of(-2147483648, 2147483647, 0, 1),
    answer: Uint8Array.of(0, 255, 128, 1),
  },
};

const tables: fc.Arbitrary<Table> = fc.nat(30).chain((rows) => {
  const size = { minLength: rows, maxLength: rows };
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
  const column: fc.Arbitrary<Column> = fc.oneof(
    fc.array(fc.oneof(fc.constantFrom('', 'a', 'a'), fc.string({ unit: 'grapheme' })), size),
    fc.array(fc.oneof(finite, fc.constantFrom(0, -0, 1)), size).map((xs) => Float64Array.from(xs)),
    fc.int32Array(size),
    fc.uint8Array(size),
  );
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.constantFrom('__proto__', 'a.b', '1', 'toString'),
  );
  return fc
    .uniqueArray(fc.tuple(name, column), { minLength: 1, maxLength: 6, selector: ([key]) => key })
    .map((columns) => ({ schema: 'any/1', rows, columns: Object.fromEntries(columns) }));
});

describe('writeTable and readTable', () => {
  it('keep every value: types, order, signed zero, empty texts, Unicode', async () => {
    const read = await readTable(writeTable(table));
    expect(read).toStrictEqual(table);
    expect(Object.keys(read.columns)).toEqual(Object.keys(table.columns));
    expect(Object.is((read.columns['weight'] as Float64Array)[0], -0)).toBe(true);
  });

  it('keep any table, in the same bytes each time', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (any) => {
        const bytes = writeTable(any);
        const read = await readTable(bytes);
        expect(read).toStrictEqual(any);
        expect(Object.keys(read.columns)).toEqual(Object.keys(any.columns));
        expect(sha256(writeTable(read))).toBe(sha256(bytes));
      }),
      { seed, numRuns: 200 },
    );
  });

  it('keep a table without rows', async () => {
    const empty: Table = {
      schema: 'none/1',
      rows: 0,
      columns: { a: [], b: new Float64Array(0), c: new Int32Array(0), d: new Uint8Array(0) },
    };
    expect(await readTable(writeTable(empty))).toStrictEqual(empty);
  });

  it('keep a table of many row groups', async () => {
    const rows = 250_000;
    const large: Table = {
      schema: 'large/1',
      rows,
      columns: {
        name: Array.from({ length: rows }, (_, k) => `person ${(k * 7919) % 1000}`),
        x: Float64Array.from({ length: rows }, (_, k) => Math.sqrt(k)),
        k: Int32Array.from({ length: rows }, (_, k) => k),
        level: Uint8Array.from({ length: rows }, (_, k) => k % 5),
      },
    };
    expect(await readTable(writeTable(large))).toStrictEqual(large);
  });

  // Pins the bytes: a change of the writer must be seen, since caches and run records compare hashes.
  it('give bytes that do not depend on the run', () => {
    expect(sha256(writeTable(table))).toBe('362de4577b0a5d948111a8998521f9f09e3748321273f59b05a0767a41021192');
  });

  it.each([
    {
      fault: 'half a surrogate pair',
      columns: { t: ['a', '\ud800'] },
      message: 'x/1.t[1]: not a text that UTF-8 can carry; got "\\ud800".',
    },
    { fault: 'NaN', columns: { t: Float64Array.of(1, NaN) }, message: 'x/1.t[1]: not a finite number; got NaN.' },
    { fault: 'a short column', columns: { t: ['a'] }, message: 'x/1.t: wrong number of rows; got 1, expected 2.' },
    { fault: 'no column', columns: {}, message: 'x/1: a table without columns cannot be written.' },
  ])('refuse $fault', ({ columns, message }) => {
    expect(() => writeTable({ schema: 'x/1', rows: 2, columns })).toThrow(message);
  });

  it('refuse a Parquet file of somebody else, or no Parquet at all', async () => {
    const other = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'a', data: [1, 2] }] }));
    expect(await failureOf(readTable(other, 'pool.parquet'), folder)).toBe(
      'pool.parquet: not a table of this package; expected the metadata key populace.schema.',
    );
    expect(await failureOf(readTable(Buffer.from('hello, this is text'), 'pool.parquet'), folder)).toBe(
      'pool.parquet: truncated or corrupt Parquet file; got "parquet file invalid (footer != PAR1)".',
    );
  });

  it('name the file when it is cut anywhere', async () => {
    const bytes = writeTable(table);
    for (let size = 0; size < bytes.length; size++)
      expect(await failureOf(readTable(bytes.subarray(0, size), 'pool.parquet'), folder)).toMatch(
        /^pool\.parquet: truncated or corrupt Parquet file; got /,
      );
  });

  it('fail or read, never crash, when bytes are changed', async () => {
    const bytes = writeTable(table);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at]! ^= change;
        await readTable(damaged).catch((error: unknown) => expect(error).toBeInstanceOf(Failure));
      }),
      { seed, numRuns: 1000 },
    );
  });
});

describe('readParquetRows', () => {
  const day = 86_400_000;
  const columnData = [
    { name: 'name', data: ['Ann', null, '\ufeffBo'] },
    { name: 'age', data: [33, null, 47] },
    { name: 'ok', data: [true, false, null] },
    { name: 'id', data: [12n, 9007199254740993n, -5n] },
    { name: 'born', data: [new Date(0), new Date(day), new Date(-day)] },
    { name: 'seen', data: [new Date(1e12), new Date(1e12 + 1), new Date(0)] },
    { name: 'posts', data: [[{ date: '2020-01-01', text: 'hi' }], [], null] },
    { name: '__proto__', data: ['x', 'y', 'z'] },
  ];
  const optional = { repetition_type: 'OPTIONAL' as const };
  const schema = [
    { name: 'root', num_children: columnData.length },
    { name: 'name', type: 'BYTE_ARRAY' as const, converted_type: 'UTF8' as const, ...optional },
    { name: 'age', type: 'INT32' as const, ...optional },
    { name: 'ok', type: 'BOOLEAN' as const, ...optional },
    { name: 'id', type: 'INT64' as const, ...optional },
    { name: 'born', type: 'INT32' as const, converted_type: 'DATE' as const, ...optional },
    { name: 'seen', type: 'INT64' as const, converted_type: 'TIMESTAMP_MILLIS' as const, ...optional },
    { name: 'posts', type: 'BYTE_ARRAY' as const, converted_type: 'JSON' as const, ...optional },
    { name: '__proto__', type: 'BYTE_ARRAY' as const, converted_type: 'UTF8' as const, ...optional },
  ];
  const bytes = new Uint8Array(parquetWriteBuffer({ columnData, schema, rowGroupSize: 2 }));
  const rows = [
    ['Ann', 33, true, 12, '1970-01-01', '2001-09-09T01:46:40.000Z', [{ date: '2020-01-01', text: 'hi' }], 'x'],
    [null, null, false, '9007199254740993', '1970-01-02', '2001-09-09T01:46:40.001Z', [], 'y'],
    ['\ufeffBo', 47, null, -5, '1969-12-31', '1970-01-01T00:00:00.000Z', null, 'z'],
  ];

  it.each([
    { name: 'plain', content: bytes },
    { name: 'gzipped', content: gzipSync(bytes) },
  ])('reads texts, numbers, dates, moments and lists: $name', async ({ content }) => {
    const read = await all(readParquetRows(file('rows.parquet', content)));
    expect(read.map((row) => Object.keys(row))).toEqual(rows.map(() => columnData.map(({ name }) => name)));
    expect(read.map((row) => Object.values(row))).toEqual(rows);
  });

  // Written by pyarrow 25.0.1 (data pages 1.0, zstd): the layout of most files in the world. Values by hand from its script.
  const foreign = join(import.meta.dirname, 'pyarrow.parquet');
  it('reads a file of another writer: page layout 1.0, nulls, lists of structs, every kind of date', async () => {
    const column = async (name: string): Promise<unknown[]> =>
      (await all(readParquetRows(foreign))).map((row) => row[name]);
    const moment = '2020-02-29T12:30:01.005Z';
    expect(await column('author')).toEqual(['ann', 'bob', null, 'ann', 'éva 😀']);
    expect(await column('text')).toEqual(['', 'post number 1', 'post number 2', 'post number 3', 'post number 4']);
    expect(await column('age')).toEqual([33, null, 47, 33, 20]);
    expect(await column('big')).toEqual(['9007199254740993', 1, 2, 3, null]);
    expect(await column('score')).toEqual([0.5, null, -0, 1e300, 3.25]);
    expect(await column('ok')).toEqual([true, false, null, true, true]);
    expect(await column('day')).toEqual(['2020-02-29', null, '1969-12-31', '0001-01-01', '9999-12-31']);
    for (const name of ['ms', 'us', 'ns']) expect(await column(name)).toEqual([moment, null, moment, null, moment]);
    expect(await column('posts')).toEqual([
      [
        { date: '2020-01-01', text: 'a' },
        { date: null, text: 'b' },
      ],
      [],
      null,
      [null],
      [{ date: 'x', text: 'ü' }],
    ]);
    expect(await column('tags')).toEqual([['x', 'y'], [], null, ['z'], ['x']]);
    expect(await column('dict')).toEqual(['u', 'v', 'u', 'u', null]);
    expect(await column('dec')).toEqual([1.25, null, 1.25, null, 1.25]);
  });

  it('finds a field of a nested column by its path', async () => {
    const wanted = { requiredColumns: ['author', 'posts.list.element.text'] };
    expect(await all(readParquetRows(foreign, wanted))).toHaveLength(5);
  });

  it('reads lists and structs written as nested columns', async () => {
    const nested = new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          {
            name: 'posts',
            data: [
              [
                { text: 'a', n: 1n },
                { text: 'b', n: null },
              ],
              [],
            ],
          },
        ],
        schema: [
          { name: 'root', num_children: 1 },
          { name: 'posts', num_children: 1, converted_type: 'LIST', repetition_type: 'OPTIONAL' },
          { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
          { name: 'element', num_children: 2, repetition_type: 'OPTIONAL' },
          { name: 'text', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
          { name: 'n', type: 'INT64', repetition_type: 'OPTIONAL' },
        ],
      }),
    );
    expect(await all(readParquetRows(file('nested.parquet', nested)))).toEqual([
      {
        posts: [
          { text: 'a', n: 1 },
          { text: 'b', n: null },
        ],
      },
      { posts: [] },
    ]);
  });

  it('names the fault', async () => {
    expect(await failureOf(all(readParquetRows(`${folder}/absent.parquet`)), folder)).toBe(
      'absent.parquet: no such file or folder.',
    );
    expect(
      await failureOf(all(readParquetRows(file('w.parquet', bytes), { requiredColumns: ['author', 'names'] })), folder),
    ).toBe(
      'w.parquet: missing columns "author", "names"; got name, age, ok, id, born, seen, posts, __proto__, ' +
        'expected "author", "names". Did you mean "name" for "names"?',
    );
    expect(await failureOf(all(readParquetRows(file('cut.parquet', bytes.subarray(0, 300)))), folder)).toBe(
      'cut.parquet: truncated or corrupt Parquet file; got "parquet file invalid (footer != PAR1)".',
    );
  });

  it('never crashes on random bytes between the magic ones, nor on changed ones', async () => {
    const framed = fc.uint8Array({ maxLength: 200 }).map((middle) => {
      const footer = Buffer.alloc(4);
      footer.writeUInt32LE(middle.length);
      return Buffer.concat([Buffer.from('PAR1'), middle, footer, Buffer.from('PAR1')]);
    });
    const change = (whole: Uint8Array): fc.Arbitrary<Buffer> =>
      fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, bits]) => {
        const damaged = Buffer.from(whole);
        damaged[at]! ^= bits;
        return damaged;
      });
    const damaged = fc.oneof(framed, change(bytes), change(readFileSync(foreign)));
    await fc.assert(
      fc.asyncProperty(damaged, async (content) => {
        expect(['rows', 'failure']).toContain(await rowsOrFailure(readParquetRows(file('z.parquet', content))));
      }),
      { seed, numRuns: 1000 },
    );
  });

  // Each of these single bytes once made the library underneath loop for ever or fill the memory.
  it.each([1335, 1366, 1411])('survives a negative number of fields at byte %d', async (at) => {
    const damaged = readFileSync(foreign);
    damaged[at]! ^= 1;
    expect(await rowsOrFailure(readParquetRows(file('n.parquet', damaged)))).toBe('failure');
  });

  it.each([4, 16])('refuses a page that claims a run of billions of values: bit %d', async (bit) => {
    const damaged = Uint8Array.from(writeTable(table));
    damaged[125]! ^= bit;
    expect(await failureOf(readTable(damaged, 'pool'), folder)).toMatch(
      /^pool: .*got a run of \d+ values in a page of 4\.$/,
    );
  });

  it('refuses a file that promises more rows than it holds', async () => {
    const damaged = Uint8Array.from(writeTable(table));
    damaged[384]! ^= 2; // the number of rows in the footer, doubled as a zigzag varint: 4 becomes 5
    expect(await failureOf(readTable(damaged, 'pool'), folder)).toBe(
      'pool: truncated or corrupt Parquet file; got column person holds 4 of 5 rows.',
    );
  });

  it('refuses a few bytes that promise millions of rows', async () => {
    const rows = 3_000_000;
    const bomb = writeTable({ schema: 'x/1', rows, columns: { same: new Array<string>(rows).fill('South') } });
    expect(bomb.length).toBeLessThan(6000);
    expect(await failureOf(readTable(bomb, 'pool'), folder)).toMatch(
      /^pool: truncated or corrupt Parquet file; got \d+ rows in \d+ bytes\.$/,
    );
  });
});
