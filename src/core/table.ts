import { Failure } from './failure.js';

/** One column: texts, or numbers in a typed array. All columns of a table have the same length. */
export type Column = readonly string[] | Float64Array | Int32Array | Uint8Array;

/** A table in columns, with the name and version of what it holds (`persona-pool/1`). */
export interface Table {
  readonly schema: string;
  readonly rows: number;
  readonly columns: Readonly<Record<string, Column>>;
}

/**
 * Checks a table in one pass: lengths agree, no NaN or infinity.
 *
 * @throws {Failure} `invalid-input` naming the column and the row
 */
export function checkTable({ schema, rows, columns }: Table): void {
  for (const [name, column] of Object.entries(columns)) {
    if (column.length !== rows)
      throw new Failure('invalid-input', {
        where: `${schema}.${name}`,
        problem: 'wrong number of rows',
        got: column.length,
        expected: String(rows),
      });
    if (!(column instanceof Float64Array)) continue;
    const bad = column.findIndex((x) => !Number.isFinite(x));
    if (bad >= 0)
      throw new Failure('invalid-input', {
        where: `${schema}.${name}[${bad}]`,
        problem: 'not a finite number',
        got: column[bad],
      });
  }
}

/** @throws {Failure} `invalid-input` when the column is absent or not text */
export function textColumn(table: Table, name: string): readonly string[] {
  const column = table.columns[name];
  if (!Array.isArray(column)) throw wrongColumn(table, name, column, 'a text column');
  return column as readonly string[];
}

/** @throws {Failure} `invalid-input` when the column is absent or not numbers */
export function numberColumn(table: Table, name: string): Float64Array {
  const column = table.columns[name];
  if (column instanceof Float64Array) return column;
  if (column === undefined || Array.isArray(column)) throw wrongColumn(table, name, column, 'a column of numbers');
  return Float64Array.from(column as Int32Array | Uint8Array);
}

const wrongColumn = (table: Table, name: string, column: Column | undefined, expected: string): Failure =>
  new Failure('invalid-input', {
    where: `${table.schema}.${name}`,
    problem: column === undefined ? 'missing column' : 'wrong type of column',
    got: column === undefined ? Object.keys(table.columns).slice(0, 12).join(' ') : column[0],
    expected,
  });
