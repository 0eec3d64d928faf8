import { createHash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../core/failure.js';
import { readCsv } from './csv.js';
import { readFailure, readHead } from './gzip.js';
import { readJsonArray, readJsonLines } from './jsonl.js';
import { readParquetRows } from './parquet.js';

/** How to read the records of a file or a folder. */
export interface ReadOptions {
  /** Columns that every CSV and Parquet file must have; objects of JSON may differ from one another and are not checked. */
  readonly requiredColumns?: readonly string[];
  /** Most records over all files; one more is a failure. Default no limit. */
  readonly maxRows?: number;
  /** Most bytes of a gzipped file once decompressed. Default 2 GiB. */
  readonly maxBytes?: number;
  /** Most bytes of one CSV record, most characters of one JSON line. Default 10 Mi. */
  readonly maxRecordBytes?: number;
  /** Called with each entry of a folder that is no data file (by its name), hidden ones left out. */
  readonly onOtherFile?: (path: string) => void;
}

/** One record and where it stands. */
export interface SourceRecord {
  readonly record: Readonly<Record<string, unknown>>;
  /** Line of the file from 1; in a JSON array or a Parquet file the number of the row. */
  readonly line: number;
  readonly file: string;
}

/** Files that say something about a source, beside it or in its folder: they hold no records. */
export const sidecarOf = (name: string): 'data-use' | 'deleted-authors' | undefined =>
  /^(?:.+\.)?(data-use|deleted-authors)\.json$/.exec(name)?.[1] as 'data-use' | 'deleted-authors' | undefined;

const DATA_FILE = /\.(csv|tsv|jsonl|ndjson|json|parquet)(\.gz)?$/i;
const KINDS = '.csv, .tsv, .jsonl, .ndjson, .json or .parquet, plain or gzipped';

/**
 * Reads the records of a file, or of all data files of a folder in the order of their names by code unit (not of its folders).
 * Parquet and gzip are known by their first bytes, the rest by the name; a `.json` file holds an array or one object a line.
 *
 * @throws {Failure} `invalid-input` on a missing, empty or unknown file, a folder without data files, and as the reader of its kind
 */
export async function* readRecords(path: string, options: ReadOptions = {}): AsyncGenerator<SourceRecord> {
  const { maxRows = Infinity } = options;
  let rows = 0;
  for (const file of await dataFiles(path, options))
    for await (const { record, line } of await openRecords(file, options)) {
      if (++rows > maxRows)
        throw new Failure('invalid-input', {
          where: `${file}:${line}`,
          problem: 'too many rows',
          expected: `at most ${maxRows}`,
        });
      yield { record, line, file };
    }
}

/** SHA-256 of a file's bytes as they lie on disk, streamed. Throws a Failure when the file cannot be read. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    const handle = await open(path);
    for await (const chunk of handle.createReadStream() as AsyncIterable<Uint8Array>) hash.update(chunk);
  } catch (error) {
    throw readFailure(path, error);
  }
  return hash.digest('hex');
}

async function dataFiles(path: string, { onOtherFile }: ReadOptions): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = (await readdir(path)).filter((name) => !name.startsWith('.') && !sidecarOf(name)).sort();
    const files: string[] = [];
    for (const name of names) {
      const file = join(path, name);
      if (DATA_FILE.test(name) && (await stat(file)).isFile()) files.push(file);
      else onOtherFile?.(file);
    }
    if (files.length > 0) return files;
    throw new Failure('invalid-input', {
      where: path,
      problem: 'a folder without data files',
      got: names.length === 0 ? 'nothing' : names.join(', '),
      expected: KINDS,
    });
  } catch (error) {
    throw error instanceof Failure ? error : readFailure(path, error);
  }
}

async function openRecords(
  path: string,
  { requiredColumns = [], maxBytes, maxRecordBytes }: ReadOptions,
): Promise<AsyncIterable<{ readonly record: Readonly<Record<string, unknown>>; readonly line: number }>> {
  const head = await readHead(path);
  if (head.length === 0)
    throw new Failure('invalid-input', { where: path, problem: 'empty file', expected: 'records' });
  const start = Buffer.from(head.subarray(0, 4)).toString('latin1');
  const extension = DATA_FILE.exec(path)?.[1]?.toLowerCase();
  const limits = maxBytes === undefined ? {} : { maxBytes };
  if (extension === 'parquet' || start === 'PAR1')
    return numbered(readParquetRows(path, { ...limits, requiredColumns }));
  if (extension === undefined)
    throw new Failure('invalid-input', { where: path, problem: 'unknown type of file', expected: KINDS });
  if (extension === 'csv' || extension === 'tsv')
    return readCsv(path, { ...limits, requiredColumns, ...(maxRecordBytes === undefined ? {} : { maxRecordBytes }) });
  // The reader of a whole array has its own, smaller limit.
  if (extension === 'json' && /^\ufeff?\s*\[/.test(Buffer.from(head).toString('utf8'))) return readJsonArray(path);
  return readJsonLines(path, { ...limits, ...(maxRecordBytes === undefined ? {} : { maxLineLength: maxRecordBytes }) });
}

async function* numbered<T>(records: AsyncIterable<T>): AsyncGenerator<{ readonly record: T; readonly line: number }> {
  let line = 0;
  for await (const record of records) yield { record, line: ++line };
}
