import { CsvError, parse } from 'csv-parse';
import { Failure } from '../core/failure.js';
import { requireColumns } from './columns.js';
import type { ByteLimits } from './gzip.js';
import { readText } from './utf8.js';

/** How to read a CSV file. */
export interface CsvOptions extends ByteLimits {
  /** One character; a tab for `.tsv` and `.tsv.gz`, otherwise a comma. */
  readonly delimiter?: string;
  /** Columns that the header must have. */
  readonly requiredColumns?: readonly string[];
  /** Most bytes of one record; guards against a quote that is never closed. Default 10 MiB. */
  readonly maxRecordBytes?: number;
  /** Most records after the header; one more is a failure, never a silent cut. Default no limit. */
  readonly maxRows?: number;
}

/** One record of a CSV file: every field as the text that stands there. */
export interface CsvRow {
  readonly record: Readonly<Record<string, string>>;
  /** Line of the file on which the record begins, from 1 (the header's first line). */
  readonly line: number;
}

/**
 * Reads a CSV file with a header, as a stream. No field is ever turned into a number or a date: 02139 stays "02139".
 * A byte order mark, `\r\n` (read as `\n`), quoted line breaks and gzip are understood; blank lines hold no record.
 *
 * @throws {Failure} `invalid-input` on an empty, repeated or missing column name, a record with too many or too few fields,
 * a broken quote, or a limit passed (each with its line), and as {@link readText}
 */
export async function* readCsv(path: string, options: CsvOptions = {}): AsyncGenerator<CsvRow> {
  for await (const { header, rows, lines } of readCsvRows(path, options))
    for (const [k, fields] of rows.entries()) yield { record: toRecord(header, fields), line: lines[k]! };
}

/** Consecutive records of a CSV file. */
export interface CsvRows {
  readonly header: readonly string[];
  /** Fields of each record, as many as the header has. */
  readonly rows: readonly (readonly string[])[];
  /** Line on which each record begins. */
  readonly lines: readonly number[];
}

/** As {@link readCsv}, many records at a time and without an object for each. */
export async function* readCsvRows(path: string, options: CsvOptions = {}): AsyncGenerator<CsvRows> {
  const { requiredColumns = [], maxRows = Infinity } = options;
  let header: readonly string[] | undefined;
  let count = 0;
  for await (const batch of readFields(path, options)) {
    const rows: (readonly string[])[] = [];
    const lines: number[] = [];
    for (const [k, fields] of batch.rows.entries()) {
      const line = batch.lines[k]!;
      if (fields.length === 1 && fields[0] === '') continue;
      if (header === undefined) {
        header = checkHeader(path, fields);
        requireColumns(path, requiredColumns, header);
        continue;
      }
      if (fields.length !== header.length)
        throw new Failure('invalid-input', {
          where: `${path}:${line}`,
          problem: 'wrong number of fields',
          got: fields.length,
          expected: `${header.length} as in the header`,
          hint: 'A field that holds a delimiter or a line break needs quotes around it.',
        });
      if (++count > maxRows)
        throw new Failure('invalid-input', {
          where: `${path}:${line}`,
          problem: 'too many rows',
          expected: `at most ${maxRows}`,
        });
      rows.push(fields);
      lines.push(line);
    }
    if (header !== undefined && rows.length > 0) yield { header, rows, lines };
  }
  if (header === undefined)
    throw new Failure('invalid-input', { where: path, problem: 'no header', expected: 'a line of column names' });
}

/** The records of each chunk of the file as lists of fields, header and blank lines included. */
async function* readFields(path: string, options: CsvOptions): AsyncGenerator<Omit<CsvRows, 'header'>> {
  const { maxRecordBytes = 10_485_760, delimiter = /\.tsv(\.gz)?$/i.test(path) ? '\t' : ',' } = options;
  // The caller compares the number of fields with the header.
  const parser = parse({ delimiter, max_record_size: maxRecordBytes, relax_column_count: true });
  // Records are taken as they are parsed: a queue of the stream would handle every single one.
  let rows: (readonly string[])[] = [];
  parser.push = (fields: readonly string[] | null) => {
    if (fields !== null) rows.push(fields);
    return true;
  };
  // Errors come to whoever writes.
  parser.on('error', () => undefined);
  let line = 1;
  const taken = (): Omit<CsvRows, 'header'> => {
    const lines = rows.map((fields) => {
      const begin = line;
      line += 1 + lineBreaks(fields);
      return begin;
    });
    const batch = { rows, lines };
    rows = [];
    return batch;
  };
  for await (const text of readText(path, options)) {
    const error = await settled((done) => parser.write(text, done));
    yield taken();
    if (error) throw csvFailure(`${path}:${line}`, error, maxRecordBytes);
  }
  const error = await settled((done) => parser.end(done));
  yield taken();
  if (error) throw csvFailure(`${path}:${line}`, error, maxRecordBytes);
}

/** What a stream said was wrong, if anything; only errors of the parser itself are about the file. */
const settled = (act: (done: (error?: Error | null) => void) => void): Promise<CsvError | undefined> =>
  new Promise((resolve, reject) => {
    act((error) => {
      if (error instanceof CsvError || !error) resolve(error ?? undefined);
      else reject(error);
    });
  });

const csvProblems: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  CSV_INVALID_CLOSING_QUOTE: 'a closing quote is followed by more text',
  INVALID_OPENING_QUOTE: 'a quote stands inside a field that does not begin with one',
};

function csvFailure(where: string, error: CsvError, maxRecordBytes: number): Failure {
  const parts =
    error.code === 'CSV_MAX_RECORD_SIZE'
      ? { where, problem: 'record too large', expected: `at most ${maxRecordBytes} bytes` }
      : {
          where,
          problem: csvProblems[error.code] ?? 'broken CSV',
          hint: 'Put quotes around the field and write a quote inside it twice.',
        };
  return new Failure('invalid-input', parts, { cause: error });
}

function checkHeader(path: string, fields: readonly string[]): readonly string[] {
  const names = fields.map((name) => name.trim());
  const empty = names.indexOf('');
  if (empty >= 0)
    throw new Failure('invalid-input', {
      where: path,
      problem: `column ${empty + 1} has no name`,
      got: names.join(', '),
      hint: 'The first line must name every column.',
    });
  const repeated = names.find((name, k) => names.indexOf(name) !== k);
  if (repeated !== undefined)
    throw new Failure('invalid-input', {
      where: path,
      problem: `two columns are named "${repeated}"`,
      got: names.join(', '),
      expected: 'different names',
    });
  return names;
}

/** Defines, never assigns: a column named `__proto__` is a column like any other. */
const toRecord = (header: readonly string[], fields: readonly string[]): Record<string, string> =>
  Object.fromEntries(header.map((name, k) => [name, fields[k]!]));

function lineBreaks(fields: readonly string[]): number {
  let count = 0;
  for (const field of fields) for (let k = field.indexOf('\n'); k >= 0; k = field.indexOf('\n', k + 1)) count++;
  return count;
}
