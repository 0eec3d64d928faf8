import { Readable, pipeline } from 'node:stream';
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
  const { requiredColumns = [], maxRows = Infinity } = options;
  let header: readonly string[] | undefined;
  let rows = 0;
  for await (const { fields, line } of readFields(path, options)) {
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
    if (++rows > maxRows)
      throw new Failure('invalid-input', {
        where: `${path}:${line}`,
        problem: 'too many rows',
        expected: `at most ${maxRows}`,
      });
    yield { record: toRecord(header, fields), line };
  }
  if (header === undefined)
    throw new Failure('invalid-input', { where: path, problem: 'no header', expected: 'a line of column names' });
}

/** The records as lists of fields, header and blank lines included. */
async function* readFields(
  path: string,
  options: CsvOptions,
): AsyncGenerator<{ readonly fields: readonly string[]; readonly line: number }> {
  const { maxRecordBytes = 10_485_760, delimiter = /\.tsv(\.gz)?$/i.test(path) ? '\t' : ',' } = options;
  // Lines are counted where records are parsed, not where they are used: when the parser stops, this is the line of the record
  // that it could not read. Its own count is that of the record's last line.
  let line = 1;
  const begins: number[] = [];
  const parser = parse({
    delimiter,
    max_record_size: maxRecordBytes,
    // The caller compares with the header.
    relax_column_count: true,
    on_record: (fields) => {
      begins.push(line);
      line += 1 + lineBreaks(fields);
      return fields;
    },
  });
  const text = Readable.from(readText(path, options));
  try {
    for await (const fields of pipeline(text, parser, () => undefined) as AsyncIterable<readonly string[]>)
      yield { fields, line: begins.shift()! };
  } catch (error) {
    throw error instanceof CsvError ? csvFailure(`${path}:${line}`, error, maxRecordBytes) : error;
  }
}

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
