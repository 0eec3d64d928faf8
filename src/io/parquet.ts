import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type {
  AsyncBuffer,
  ColumnMetaData,
  Compressors,
  DecodedArray,
  ParquetScan,
  SchemaElement,
  SchemaTree,
} from 'hyparquet';
import { parquetScan, parquetSchema } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel, getTreePath } from 'hyparquet/src/schema.js';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { Failure } from '../core/failure.js';
import type { Column, Table } from '../core/table.js';
import { checkTable } from '../core/table.js';
import { requireColumns } from './columns.js';
import type { ByteLimits } from './gzip.js';
import { readAllBytes, readFailure, readHead } from './gzip.js';
import { checkRuns } from './parquet-runs.js';

/** Key of the file's metadata under which the schema name of a {@link Table} is kept. */
const SCHEMA_KEY = 'populace.schema';
/** No page of a sound file is near this size; a damaged header must not make us reserve gigabytes. */
const MAX_PAGE_BYTES = 1_073_741_824;

/** Rows that are read however little room they take, and most rows for each byte of all columns. */
const FREE_ROWS = 1_000_000;
const MAX_ROWS_PER_BYTE = 500;

/** How to read the rows of a Parquet file. */
export interface ParquetOptions extends ByteLimits {
  /** Columns that the file must have; `a.b` names a field of a nested one. */
  readonly requiredColumns?: readonly string[];
}

/**
 * Reads the rows of a Parquet file (any codec, plain or gzipped) one row group at a time.
 * Texts, numbers, booleans, lists and objects stay what they are; whole numbers of 64 bits become numbers, or text where a
 * number would lose digits; dates become `yyyy-mm-dd`, moments ISO timestamps in UTC; absent values are null.
 *
 * @throws {Failure} `invalid-input` when the file is missing, truncated or corrupt, or lacks a required column
 */
export async function* readParquetRows(
  path: string,
  options: ParquetOptions = {},
): AsyncGenerator<Readonly<Record<string, unknown>>> {
  const { file, close } = await openParquet(path, options);
  try {
    const opened = await guarded(path, () => openScan(file));
    const names = opened.tree.children.map(({ element }) => element.name);
    requireColumns(path, options.requiredColumns ?? [], allNames(opened.tree));
    for (const range of opened.scan.ranges) {
      const columns: DecodedArray[] = [];
      for (const name of names) columns.push(await guarded(path, () => readColumn(opened, name, range)));
      for (let row = 0; row < range.rowEnd - range.rowStart; row++)
        // Defines, never assigns: a column named `__proto__` is a column like any other.
        yield Object.fromEntries(names.map((name, k) => [name, plain(columns[k]![row] as unknown)]));
    }
  } finally {
    await close();
  }
}

/**
 * A table as a Parquet file. Equal tables give equal bytes: no time, no host, no version is written.
 *
 * @throws {Failure} `invalid-input` when the table is not sound (see {@link checkTable}), has no column, or holds a text with
 * half a surrogate pair, which UTF-8 cannot carry
 */
export function writeTable(table: Table): Uint8Array {
  checkTable(table);
  const columns = Object.entries(table.columns);
  if (columns.length === 0)
    throw new Failure('invalid-input', { where: table.schema, problem: 'a table without columns cannot be written' });
  for (const [name, column] of columns) if (Array.isArray(column)) checkTexts(table.schema, name, column as string[]);
  const bytes = parquetWriteBuffer({
    // Numbers are written plainly: a dictionary would take -0 for 0.
    columnData: columns.map(([name, data]) => ({
      name,
      data: data as DecodedArray,
      ...(data instanceof Float64Array ? { encoding: 'PLAIN' } : {}),
    })),
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map(([name, column]) => ({ name, repetition_type: 'REQUIRED' as const, ...parquetType(column) })),
    ],
    kvMetadata: [{ key: SCHEMA_KEY, value: table.schema }],
    createdBy: 'populace',
    statistics: false,
  });
  return new Uint8Array(bytes);
}

/**
 * Reads what {@link writeTable} wrote: the same columns, in the same order and types.
 *
 * @param where name of the file, for the error
 * @throws {Failure} `invalid-input` when the bytes are truncated, corrupt, or no such table
 */
export async function readTable(bytes: Uint8Array, where = 'table'): Promise<Table> {
  const opened = await guarded(where, () => openScan(memoryBuffer(bytes)));
  const { scan, tree } = opened;
  const schema = scan.metadata.key_value_metadata?.find(({ key }) => key === SCHEMA_KEY)?.value;
  if (schema === undefined)
    throw new Failure('invalid-input', {
      where,
      problem: 'not a table of this package',
      expected: `the metadata key ${SCHEMA_KEY}`,
    });
  const rows = scan.ranges.reduce((most, { rowEnd }) => Math.max(most, rowEnd), 0);
  const entries: [string, Column][] = [];
  for (const { element } of tree.children) {
    const column = await guarded(where, async () => {
      const values = emptyColumn(element, rows);
      for (const range of scan.ranges) {
        const part = await readColumn(opened, element.name, range);
        for (let k = 0; k < part.length; k++) values[range.rowStart + k] = part[k] as never;
      }
      return values;
    });
    entries.push([element.name, column]);
  }
  const table = { schema, rows, columns: Object.fromEntries(entries) };
  checkTable(table);
  return table;
}

function parquetType(column: Column): Pick<SchemaElement, 'type' | 'converted_type'> {
  if (column instanceof Float64Array) return { type: 'DOUBLE' };
  if (column instanceof Int32Array) return { type: 'INT32' };
  if (column instanceof Uint8Array) return { type: 'INT32', converted_type: 'UINT_8' };
  return { type: 'BYTE_ARRAY', converted_type: 'UTF8' };
}

/** The inverse of {@link parquetType}, filled with zeros or nothing. */
function emptyColumn(
  { name, type, converted_type }: SchemaElement,
  rows: number,
): string[] | Exclude<Column, readonly string[]> {
  if (type === 'DOUBLE') return new Float64Array(rows);
  if (type === 'INT32') return converted_type === 'UINT_8' ? new Uint8Array(rows) : new Int32Array(rows);
  if (type === 'BYTE_ARRAY') return new Array<string>(rows);
  throw new Error(`column ${name} has the type ${type ?? 'group'}`);
}

function checkTexts(schema: string, name: string, texts: readonly string[]): void {
  const row = texts.findIndex((text) => typeof text !== 'string' || /\p{Surrogate}/u.test(text));
  if (row >= 0)
    throw new Failure('invalid-input', {
      where: `${schema}.${name}[${row}]`,
      problem: 'not a text that UTF-8 can carry',
      got: texts[row],
    });
}

/** A file opened for reading column by column. */
interface OpenFile {
  readonly file: AsyncBuffer;
  readonly scan: ParquetScan;
  readonly tree: SchemaTree;
}

async function openScan(file: AsyncBuffer): Promise<OpenFile> {
  const scan = await parquetScan({
    file,
    compressors: boundedCompressors,
    parsers,
    useOffsetIndex: false,
    geoparquet: false,
  });
  checkSize(scan);
  return { file, scan, tree: parquetSchema(scan.metadata) };
}

/** Repeated values take no room: a few bytes may promise a thousand million rows, which would be made before anything is checked. */
function checkSize({ metadata: { row_groups: groups } }: ParquetScan): void {
  const rows = groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  const parts = groups.flatMap(({ columns }) =>
    columns.map(({ meta_data }) => Number(meta_data?.total_compressed_size ?? 0)),
  );
  const bytes = parts.reduce((sum, part) => sum + part, 0);
  if (rows > FREE_ROWS && rows > MAX_ROWS_PER_BYTE * bytes) throw new Error(`${rows} rows in ${bytes} bytes`);
}

/** One column, row group by row group; a file that promises more rows than it holds is corrupt. */
async function readColumn(open: OpenFile, column: string, range: ParquetScan['ranges'][number]): Promise<DecodedArray> {
  // The library gives one range for each row group that has rows.
  const groups = open.scan.metadata.row_groups.filter((group) => group.num_rows > 0n);
  for (const { meta_data } of groups[open.scan.ranges.indexOf(range)]!.columns)
    if (meta_data?.path_in_schema[0] === column) await checkPages(open, meta_data);
  const values = await open.scan.readColumn({ column, ...range });
  const rows = range.rowEnd - range.rowStart;
  if (values.length !== rows) throw new Error(`column ${column} holds ${values.length} of ${rows} rows`);
  return values;
}

/**
 * Looks through the pages of a column before the library unpacks them. It trusts the lengths of runs, and one damaged byte
 * there would make it fill the memory, which nothing can catch.
 */
async function checkPages({ file, tree }: OpenFile, meta: ColumnMetaData): Promise<void> {
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const bytes = new Uint8Array(await file.slice(start, start + Number(meta.total_compressed_size)));
  const path = getTreePath(tree, meta.path_in_schema);
  const levels = {
    repetition: bitWidth(getMaxRepetitionLevel(path)),
    definition: bitWidth(getMaxDefinitionLevel(path)),
  };
  const reader = { view: new DataView(bytes.buffer), offset: 0 };
  while (reader.offset < bytes.length - 1) {
    const header = parquetHeader(reader);
    const end = reader.offset + header.compressed_page_size;
    if (end < reader.offset || end > bytes.length) throw new Error('a page reaches beyond its column');
    checkPage(bytes.subarray(reader.offset, end), header, meta, levels);
    reader.offset = end;
  }
}

/** Layouts: Apache Parquet, "Data Pages" (version 1: levels compressed and preceded by their length; version 2: neither). */
function checkPage(
  raw: Uint8Array,
  header: ReturnType<typeof parquetHeader>,
  { type, codec, num_values }: ColumnMetaData,
  levels: { readonly repetition: number; readonly definition: number },
): void {
  const [first, second] = [header.data_page_header, header.data_page_header_v2];
  const page = first ?? second;
  if (page === undefined) return;
  const count = page.num_values;
  if (count < 0 || count > Number(num_values))
    throw new Error(`a page of ${count} values in a column of ${num_values}`);
  const decompress = (part: Uint8Array, size: number): Uint8Array =>
    decompressPage(part, size, codec, boundedCompressors);
  let values: Uint8Array;
  let at = 0;
  if (second === undefined) {
    values = decompress(raw, header.uncompressed_page_size);
    for (const width of [levels.repetition, levels.definition])
      if (width > 0) {
        checkRuns(values, at + 4, width, count);
        at += 4 + new DataView(values.buffer, values.byteOffset).getUint32(at, true);
      }
  } else {
    const [repetition, definition] = [second.repetition_levels_byte_length, second.definition_levels_byte_length];
    if (levels.repetition > 0) checkRuns(raw, 0, levels.repetition, count);
    if (levels.definition > 0) checkRuns(raw, repetition, levels.definition, count);
    const rest = raw.subarray(repetition + (levels.definition > 0 ? definition : 0));
    const size = header.uncompressed_page_size - repetition - definition;
    values = second.is_compressed === false ? rest : decompress(rest, size);
  }
  if (page.encoding === 'RLE') checkRuns(values, at + 4, 1, count);
  if (page.encoding.endsWith('_DICTIONARY') && type !== 'BOOLEAN') checkRuns(values, at + 1, values[at] ?? 0, count);
}

/** Bits that hold the levels 0 to `most`. */
const bitWidth = (most: number): number => 32 - Math.clz32(most);

/** Whatever the library throws on broken bytes becomes one Failure. */
async function guarded<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Failure(
      'invalid-input',
      {
        where,
        problem: 'truncated or corrupt Parquet file',
        got: error instanceof Error ? error.message : String(error),
      },
      { cause: error },
    );
  }
}

async function openParquet(
  path: string,
  limits: ByteLimits,
): Promise<{ file: AsyncBuffer; close: () => Promise<void> }> {
  // The first decompressed bytes differ from the first bytes of the file exactly when it is gzipped.
  const head = await readHead(path);
  let handle: FileHandle | undefined;
  try {
    handle = await open(path);
    const { size } = await handle.stat();
    const file = fileBuffer(handle, size);
    const raw = new Uint8Array(await file.slice(0, Math.min(2, size)));
    if (raw.every((byte, k) => byte === head[k])) return { file, close: handle.close.bind(handle) };
    await handle.close();
    return { file: memoryBuffer(await readAllBytes(path, limits)), close: () => Promise.resolve() };
  } catch (error) {
    await handle?.close();
    throw error instanceof Failure ? error : readFailure(path, error);
  }
}

function fileBuffer(handle: FileHandle, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    // Refused before any promise exists: the library leaves some of its promises unawaited.
    slice(start, end = byteLength) {
      checkSlice(start, end, byteLength);
      return readSlice(handle, start, end);
    },
  };
}

async function readSlice(handle: FileHandle, start: number, end: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(end - start);
  for (let filled = 0; filled < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
    if (bytesRead === 0) throw new Error('the file ends early');
    filled += bytesRead;
  }
  return bytes.buffer;
}

function memoryBuffer(bytes: Uint8Array): AsyncBuffer {
  return {
    byteLength: bytes.length,
    slice(start, end = bytes.length) {
      checkSlice(start, end, bytes.length);
      return new Uint8Array(bytes.subarray(start, end)).buffer;
    },
  };
}

function checkSlice(start: number, end: number, size: number): void {
  if (!(start >= 0 && start <= end && end <= size)) throw new Error(`bytes ${start} to ${end} of ${size}`);
}

const boundedCompressors: Compressors = Object.fromEntries(
  Object.entries(compressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, length: number) => {
      if (length > MAX_PAGE_BYTES) throw new Error(`a page of ${length} bytes`);
      return decompress(input, length);
    },
  ]),
);

/** The library's own parsers drop a byte order mark within texts and make Date objects. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const parsers = {
  stringFromBytes: (bytes: Uint8Array): string => decoder.decode(bytes),
  dateFromDays: (days: number): string => isoTimestamp(days * 86_400_000).slice(0, 10),
  timestampFromMilliseconds: (milliseconds: bigint): string => isoTimestamp(Number(milliseconds)),
  timestampFromMicroseconds: (microseconds: bigint): string => isoTimestamp(Number(microseconds) / 1e3),
  timestampFromNanoseconds: (nanoseconds: bigint): string => isoTimestamp(Number(nanoseconds) / 1e6),
};

/** Milliseconds since 1970 as ISO text; the bare number where the calendar ends. */
function isoTimestamp(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? String(milliseconds) : date.toISOString();
}

function plain(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return isoTimestamp(value.getTime());
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, plain(v)]));
}

const allNames = (tree: SchemaTree): string[] =>
  tree.children.flatMap((child) => [child.path.join('.'), ...allNames(child)]);
