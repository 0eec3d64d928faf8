import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { copyAtomically, openAtomic, writeAtomically } from '../core/atomic-file.js';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import { checkTable, type Table } from '../core/table.js';
import type { ArtifactKind, ColumnsKind, RowSource, RowsKind } from './artifact.js';

/** Turns a table into the bytes of a file and back. */
export interface TableCodec {
  encode(table: Table): Uint8Array;
  decode(bytes: Uint8Array): Promise<Table>;
}

/** One written artifact. */
export interface StoredFile {
  readonly file: string;
  readonly sha256: string;
  readonly rows?: number | undefined;
}

/** Rows that are being written. */
export interface RowSink {
  emit(row: unknown): Promise<void>;
  /** Ends the file and gives its hash. */
  close(): Promise<StoredFile>;
  /** Removes what was written so far. */
  discard(): Promise<void>;
}

/** The artifacts of one run, as files below its folder; every write is validated, whole or absent, and hashed. */
export interface ArtifactStore {
  write(file: string, kind: Exclude<ArtifactKind, RowsKind<unknown>>, content: unknown): Promise<StoredFile>;
  openRows(file: string, kind: RowsKind<unknown>): Promise<RowSink>;
  /** The same bytes under another name. */
  copy(stored: StoredFile, file: string): Promise<StoredFile>;
  read(kind: ArtifactKind, stored: StoredFile): Promise<unknown>;
}

/** @param folder exists */
export function artifactStore(folder: string, codec: TableCodec): ArtifactStore {
  return {
    async write(file, kind, content) {
      const bytes = encode(file, kind, content, codec);
      await writeAtomically(join(folder, file), bytes);
      const counted = kind.kind === 'columns' ? { rows: (content as Table).rows } : {};
      return { file, sha256: sha256(bytes), ...counted };
    },
    openRows: (file, kind) => openRowSink(file, kind, folder),
    async copy(stored, file) {
      await copyAtomically(join(folder, stored.file), join(folder, file));
      return { ...stored, file };
    },
    async read(kind, { file, rows = 0 }) {
      const path = join(folder, file);
      switch (kind.kind) {
        case 'value':
          return parse(file, kind.schema, JSON.parse(await readFile(path, 'utf8')));
        case 'rows':
          return rowSource(file, kind, path, rows);
        case 'columns':
          return checkColumns(file, kind, await codec.decode(await readFile(path)));
        case 'text':
          return readFile(path, 'utf8');
      }
    },
  };
}

function encode(
  file: string,
  kind: Exclude<ArtifactKind, RowsKind<unknown>>,
  content: unknown,
  codec: TableCodec,
): Uint8Array {
  switch (kind.kind) {
    case 'value':
      return Buffer.from(`${canonicalJson(parse(file, kind.schema, content), 2)}\n`);
    case 'columns':
      return codec.encode(checkColumns(file, kind, content as Table));
    case 'text':
      return Buffer.from(content as string);
  }
}

function checkColumns(file: string, { schema, required }: ColumnsKind, table: Table): Table {
  const missing = required.filter((column) => !(column in table.columns));
  if (table.schema !== schema || missing.length > 0)
    throw new Failure('integrity', {
      where: file,
      problem: missing.length > 0 ? `missing columns ${missing.join(', ')}` : 'another schema',
      got: table.schema,
      expected: schema,
    });
  try {
    checkTable(table);
  } catch (error) {
    if (error instanceof Failure) throw new Failure('integrity', error.parts, { cause: error });
    throw error;
  }
  return table;
}

/**
 * A value that fits its schema.
 *
 * @throws {Failure} `integrity`: what a stage wrote, or was given, is not what it should be
 */
export function parse<T>(where: string, schema: z.ZodType<T>, content: unknown): T {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new Failure('integrity', { where, problem: z.prettifyError(parsed.error).replaceAll('\n', ' ') });
}

/** Rows go to disk in lumps of this many characters. */
const lump = 1 << 16;

async function openRowSink(file: string, kind: RowsKind<unknown>, folder: string): Promise<RowSink> {
  const out = await openAtomic(join(folder, file));
  const hash = createHash('sha256');
  let [count, pending] = [0, ''];
  const flush = async (): Promise<void> => {
    const text = pending;
    pending = '';
    hash.update(text);
    await out.append(text);
  };
  return {
    async emit(row) {
      pending += `${canonicalJson(parse(`${file}[${count}]`, kind.schema, row))}\n`;
      count++;
      if (pending.length >= lump) await flush();
    },
    async close() {
      await flush();
      await out.commit();
      return { file, sha256: hash.digest('hex'), rows: count };
    },
    discard: () => out.discard(),
  };
}

const rowSource = (file: string, kind: RowsKind<unknown>, path: string, count: number): RowSource<unknown> => ({
  count,
  async *[Symbol.asyncIterator]() {
    let line = 0;
    for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity }))
      yield parse(`${file}[${line++}]`, kind.schema, JSON.parse(text));
  },
});
