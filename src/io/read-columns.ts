import { Failure } from '../core/failure.js';
import type { Column } from '../core/table.js';
import { readCsvRows } from './csv.js';
import { readRecords } from './files.js';

/** A file of records in columns. */
export interface FileColumns {
  readonly rows: number;
  /**
   * Every column of the file by name, in its order: texts as they stand there, one entry a row. A column that nobody wanted is
   * there with no entries, so that a message can name it.
   */
  readonly columns: Readonly<Record<string, Column>>;
}

/** Different texts of one column that are looked up. */
const mostLabels = 65_536;

/** Rows for each different text, at the least, in a column of labels; other texts (names, ids) are not worth looking up. */
const rowsPerLabel = 2;

/**
 * Reads the wanted columns of a file of any kind that {@link readRecords} knows, with as little memory as a column of labels
 * needs: one pointer a row, each label once. What is missing (null, or a field that a JSON object does not have) is the empty text;
 * numbers and booleans become texts.
 *
 * @throws {Failure} `invalid-input` on a file without records, and a field that is a list or an object; as {@link readRecords}
 */
export async function readColumns(path: string, isWanted: (column: string) => boolean): Promise<FileColumns> {
  const columns = new Map<string, Labels | null>();
  let rows = 0;
  const open = (name: string): Labels | null => {
    const labels = isWanted(name) ? labelColumn(rows) : null;
    columns.set(name, labels);
    return labels;
  };
  if (/\.(csv|tsv)(\.gz)?$/i.test(path)) {
    let own: (Labels | null)[] | undefined;
    for await (const batch of readCsvRows(path)) {
      own ??= batch.header.map(open);
      for (const [k, labels] of own.entries()) if (labels) for (const fields of batch.rows) labels.add(fields[k]!);
      rows += batch.rows.length;
    }
  } else
    for await (const { record, file, line } of readRecords(path)) {
      // Objects of JSON may bring new columns at any time.
      for (const name of Object.keys(record)) if (!columns.has(name)) open(name);
      for (const [name, labels] of columns) labels?.add(textOf(`${file}:${line}, ${name}`, record[name]));
      rows++;
    }
  if (rows === 0)
    throw new Failure('invalid-input', {
      where: path,
      problem: 'no records',
      expected: 'at least one line after the header',
    });
  // Defines, never assigns: a column named `__proto__` is a column like any other.
  return { rows, columns: Object.fromEntries(Array.from(columns, ([name, own]) => [name, own?.texts ?? []])) };
}

/** A column that grows. */
interface Labels {
  readonly texts: readonly string[];
  readonly add: (text: string) => void;
}

/**
 * A column in which equal texts are one text.
 *
 * @param missing rows before the column was first seen
 */
function labelColumn(missing: number): Labels {
  const texts = new Array<string>(missing).fill('');
  const known = new Map<string, string>();
  let isLabels = true;
  return {
    texts,
    add(text) {
      let label = isLabels ? known.get(text) : text;
      if (label === undefined) {
        label = text;
        if (known.size < mostLabels) known.set(text, text);
        else if (texts.length < rowsPerLabel * mostLabels) {
          isLabels = false;
          known.clear();
        }
      }
      texts.push(label);
    },
  };
}

function textOf(where: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  throw new Failure('invalid-input', { where, problem: 'not a text or a number', got: value });
}
