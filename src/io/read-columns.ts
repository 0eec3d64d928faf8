import { Failure } from '../core/failure.js';
import type { Column } from '../core/table.js';
import { readRecords, type ReadOptions } from './files.js';

/** A file of records in columns. */
export interface FileColumns {
  readonly rows: number;
  /**
   * Every column of the file by name, in its order: texts as they stand there, one entry a row. A column that nobody wanted is
   * there with no entries, so that a message can name it.
   */
  readonly columns: Readonly<Record<string, Column>>;
}

/** More different texts than this in one column are no labels, and not worth looking up. */
const mostLabels = 65_536;

/**
 * Reads the wanted columns of a file of any kind that {@link readRecords} knows, with as little memory as a column of labels
 * needs: one pointer a row, each label once. What is missing (null, or a field that a JSON object does not have) is the empty text;
 * numbers and booleans become texts.
 *
 * @throws {Failure} `invalid-input` on a file without records, and a field that is a list or an object; as {@link readRecords}
 */
export async function readColumns(
  path: string,
  isWanted: (column: string) => boolean,
  options: ReadOptions = {},
): Promise<FileColumns> {
  const columns = new Map<string, string[]>();
  const wanted: (readonly [name: string, texts: string[], labels: Map<string, string>])[] = [];
  let rows = 0;
  for await (const { record, file, line } of readRecords(path, options)) {
    // CSV and Parquet have the same columns in every record; objects of JSON may bring new ones at any time.
    for (const name in record) {
      if (columns.has(name)) continue;
      const texts = new Array<string>(isWanted(name) ? rows : 0).fill('');
      columns.set(name, texts);
      if (isWanted(name)) wanted.push([name, texts, new Map()]);
    }
    for (const [name, texts, labels] of wanted) {
      const value = record[name];
      const text = typeof value === 'string' ? value : textOf(`${file}:${line}, ${name}`, value);
      let label = labels.get(text);
      if (label === undefined) {
        label = text;
        if (labels.size < mostLabels) labels.set(text, text);
      }
      texts.push(label);
    }
    rows++;
  }
  if (rows === 0)
    throw new Failure('invalid-input', {
      where: path,
      problem: 'no records',
      expected: 'at least one line after the header',
    });
  // Defines, never assigns: a column named `__proto__` is a column like any other.
  return { rows, columns: Object.fromEntries(columns) };
}

function textOf(where: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  throw new Failure('invalid-input', { where, problem: 'not a text or a number', got: value });
}
