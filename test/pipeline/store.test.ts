import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/canonical-json.js';
import type { Table } from '../../src/core/table.js';
import { readTable, writeTable } from '../../src/io/parquet.js';
import { collectRows, columns, rows, text, value, type RowSource } from '../../src/pipeline/artifact.js';
import { artifactStore } from '../../src/pipeline/store.js';
import { temporaryFolder } from '../io/temporary.js';
import { Count, Word } from './fixture.js';

const root = temporaryFolder();
const open = () => {
  const folder = mkdtempSync(join(root, 'store-'));
  const store = artifactStore(folder, { encode: writeTable, decode: (bytes) => readTable(bytes) });
  return { folder, store, bytesOf: (file: string) => readFileSync(join(folder, file)) };
};
const numbers = columns('numbers/1', ['x']);
const table: Table = {
  schema: 'numbers/1',
  rows: 2,
  columns: { x: Float64Array.of(0.1, -0), n: Int32Array.of(-1, 2), b: Uint8Array.of(0, 255), t: ['', 'ü\u2028'] },
};

describe('artifactStore', () => {
  it('gives back a value as it was, as JSON with sorted keys', async () => {
    const { store, bytesOf } = open();
    const stored = await store.write('deep/er/count.json', value(Count), { total: 1e-8 });
    expect(stored).toEqual({ file: 'deep/er/count.json', sha256: sha256(bytesOf('deep/er/count.json')) });
    expect(bytesOf('deep/er/count.json').toString()).toBe('{\n  "total": 1e-8\n}\n');
    expect(await store.read(value(Count), stored)).toEqual({ total: 1e-8 });
  });

  it('gives back a table as it was, bit by bit, with its rows counted', async () => {
    const { store, bytesOf } = open();
    const stored = await store.write('t.parquet', numbers, table);
    expect(stored).toEqual({ file: 't.parquet', rows: 2, sha256: sha256(bytesOf('t.parquet')) });
    const back = (await store.read(numbers, stored)) as Table;
    expect(back).toEqual(table);
    expect(Object.is((back.columns['x'] as Float64Array)[1], -0)).toBe(true);
  });

  it('gives back a text as it was', async () => {
    const { store, bytesOf } = open();
    const stored = await store.write('p.html', text('html'), '\ufeff<p>\r\n');
    expect(stored.sha256).toBe(sha256(bytesOf('p.html')));
    expect(await store.read(text('html'), stored)).toBe('\ufeff<p>\r\n');
  });

  it('gives back rows in order, as often as they are read', async () => {
    const { store, bytesOf } = open();
    const sink = await store.openRows('r.jsonl', rows(Word));
    const all = Array.from({ length: 5_000 }, (_, i) => ({ word: `word ${i}\u2028`, length: i }));
    for (const row of all) await sink.emit(row);
    const stored = await sink.close();
    expect(stored).toEqual({ file: 'r.jsonl', rows: 5_000, sha256: sha256(bytesOf('r.jsonl')) });
    const source = (await store.read(rows(Word), stored)) as RowSource<unknown>;
    expect(source.count).toBe(5_000);
    expect(await collectRows(source)).toEqual(all);
    expect(await collectRows(source)).toEqual(all);
    // Somebody who stops early must not keep the next one from the beginning.
    for await (const row of source) {
      expect(row).toEqual(all[0]);
      break;
    }
    expect(await collectRows(source)).toHaveLength(5_000);
  });

  it('shows no file before it is whole, and none at all that was discarded', async () => {
    const { folder, store } = open();
    const sink = await store.openRows('r.jsonl', rows(Word));
    await sink.emit({ word: 'a', length: 1 });
    expect(existsSync(join(folder, 'r.jsonl'))).toBe(false);
    await sink.discard();
    expect(existsSync(join(folder, 'r.jsonl'))).toBe(false);
    await expect(store.write('c.json', value(Count), {})).rejects.toThrow();
    expect(existsSync(join(folder, 'c.json'))).toBe(false);
  });

  it('refuses to write what does not fit the schema: value, row, table', async () => {
    const { store } = open();
    await expect(store.write('c.json', value(Count), { total: '1' })).rejects.toMatchObject({ code: 'integrity' });
    await expect(store.write('c.json', value(Count), { total: 1, more: 2 })).rejects.toThrow(
      'c.json: ✖ Unrecognized key: "more".',
    );
    const sink = await store.openRows('r.jsonl', rows(Word));
    await sink.emit({ word: 'a', length: 1 });
    await expect(sink.emit({ word: 1, length: 1 })).rejects.toThrow('r.jsonl[1]: ✖ Invalid input: expected string');
    await expect(store.write('t.parquet', columns('numbers/2', []), table)).rejects.toMatchObject({
      code: 'integrity',
    });
    await expect(store.write('t.parquet', columns('numbers/1', ['y']), table)).rejects.toThrow(
      't.parquet: missing columns y; got numbers/1, expected numbers/1.',
    );
  });

  it('refuses to read what was changed into something that does not fit', async () => {
    const { folder, store } = open();
    const stored = await store.write('c.json', value(Count), { total: 1 });
    writeFileSync(join(folder, 'c.json'), '{"total":"1"}');
    await expect(store.read(value(Count), stored)).rejects.toMatchObject({ code: 'integrity' });
    writeFileSync(join(folder, 'r.jsonl'), '{"word":"a","length":1}\n{"word":"b"}\n');
    const source = (await store.read(rows(Word), { file: 'r.jsonl', sha256: '', rows: 2 })) as RowSource<unknown>;
    await expect(collectRows(source)).rejects.toThrow('r.jsonl[1]: ✖ Invalid input');
    const bytes = await store.write('t.parquet', numbers, table);
    await expect(store.read(columns('numbers/2', []), bytes)).rejects.toThrow(
      'another schema; got numbers/1, expected numbers/2.',
    );
  });

  it('refuses to read what is not to the byte what was stored, though it fits', async () => {
    const { folder, store } = open();
    const changed = {
      code: 'integrity',
      message: expect.stringMatching(/^.*: it is not what was written\. Somebody changed it/) as string,
    };
    const value1 = await store.write('c.json', value(Count), { total: 1 });
    writeFileSync(join(folder, 'c.json'), '{"total":2}');
    await expect(store.read(value(Count), value1)).rejects.toMatchObject(changed);
    const page = await store.write('p.md', text('md'), 'page');
    writeFileSync(join(folder, 'p.md'), 'Page');
    await expect(store.read(text('md'), page)).rejects.toMatchObject(changed);
    const stored = await store.write('t.parquet', numbers, table);
    const bytes = readFileSync(join(folder, 't.parquet'));
    bytes[8]! ^= 1;
    writeFileSync(join(folder, 't.parquet'), bytes);
    await expect(store.read(numbers, stored)).rejects.toMatchObject(changed);
    const sink = await store.openRows('r.jsonl', rows(Word));
    for (const word of ['a', 'b']) await sink.emit({ word, length: 1 });
    const written = await sink.close();
    const readRows = async () => collectRows((await store.read(rows(Word), written)) as RowSource<unknown>);
    for (const content of [
      '{"length":1,"word":"a"}\n{"length":1,"word":"c"}\n',
      '{"length":1,"word":"a"}\n',
      '{"length":1,"word":"a"}\n{"length":1,"word":"b"}',
    ]) {
      writeFileSync(join(folder, 'r.jsonl'), content);
      await expect(readRows()).rejects.toMatchObject(changed);
    }
    for (const content of ['{"length":1,"wo', '{"length":1,"word":"a"}\nx\n']) {
      writeFileSync(join(folder, 'r.jsonl'), content);
      await expect(readRows()).rejects.toMatchObject({ code: 'integrity' });
    }
    await expect(store.copy(written, 'copy.jsonl')).rejects.toMatchObject(changed);
    expect(existsSync(join(folder, 'copy.jsonl'))).toBe(false);
    rmSync(join(folder, 'r.jsonl'));
    await expect(store.copy(written, 'copy.jsonl')).rejects.toThrow('r.jsonl: it cannot be read any more.');
    await expect(readRows()).rejects.toThrow('r.jsonl: it cannot be read any more. Somebody changed it');
    rmSync(join(folder, 'p.md'));
    await expect(store.read(text('md'), page)).rejects.toThrow('p.md: it cannot be read any more.');
  });
});
