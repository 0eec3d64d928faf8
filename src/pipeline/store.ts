import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { openAtomic, writeAtomically } from '../core/atomic-file.js';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import { placeIn } from '../core/safe-path.js';
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
      await writeAtomically(await placeIn(folder, file), bytes);
      const counted = kind.kind === 'columns' ? { rows: (content as Table).rows } : {};
      return { file, sha256: sha256(bytes), ...counted };
    },
    openRows: (file, kind) => openRowSink(file, kind, folder),
    async copy(stored, file) {
      await writeAtomically(await placeIn(folder, file), readBytes(folder, stored));
      return { ...stored, file };
    },
    async read(kind, stored) {
      const { file } = stored;
      switch (kind.kind) {
        case 'value':
          return parse(file, kind.schema, JSON.parse((await readWhole(folder, stored)).toString('utf8')));
        case 'rows':
          return rowSource(folder, kind, stored);
        case 'columns':
          return checkColumns(file, kind, await codec.decode(await readWhole(folder, stored)));
        case 'text':
          return (await readWhole(folder, stored)).toString('utf8');
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
  const out = await openAtomic(await placeIn(folder, file));
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

/** @throws {Failure} `integrity` when the file is not what was stored */
async function readWhole(folder: string, { file, sha256: expected }: StoredFile): Promise<Buffer> {
  const bytes = await readFile(join(folder, file)).catch((cause: unknown) => {
    throw changed(file, 'it cannot be read any more', cause);
  });
  if (sha256(bytes) !== expected) throw changed(file, 'it is not what was written');
  return bytes;
}

const changed = (file: string, problem: string, cause?: unknown): Failure =>
  new Failure(
    'integrity',
    { where: file, problem, hint: 'Somebody changed it, or the disk did; continue the run to make it again.' },
    { cause },
  );

/** The bytes of a file part by part. @throws {Failure} `integrity` at the end when they are not what was stored */
async function* readBytes(folder: string, { file, sha256: expected }: StoredFile): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  try {
    for await (const bytes of createReadStream(join(folder, file)) as AsyncIterable<Uint8Array>) {
      hash.update(bytes);
      yield bytes;
    }
  } catch (cause) {
    throw changed(file, 'it cannot be read any more', cause);
  }
  if (hash.digest('hex') !== expected) throw changed(file, 'it is not what was written');
}

const rowSource = (folder: string, kind: RowsKind<unknown>, stored: StoredFile): RowSource<unknown> => ({
  count: stored.rows ?? 0,
  async *[Symbol.asyncIterator]() {
    const { file } = stored;
    const text = new TextDecoder();
    let [line, rest] = [0, ''];
    for await (const bytes of readBytes(folder, stored)) {
      const lines = (rest + text.decode(bytes, { stream: true })).split('\n');
      rest = lines.pop()!;
      for (const json of lines) yield parse(`${file}[${line++}]`, kind.schema, parseJson(file, json));
    }
    // It was whole when it was stored, so it is changed if it is not.
    if (rest !== '') throw changed(file, 'it is not what was written');
  },
});

function parseJson(file: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw changed(file, 'it is not what was written', cause);
  }
}
