import { Failure } from '../core/failure.js';
import type { RecordFinding } from '../core/findings.js';
import { readRecords } from './files.js';

/** One cell of a margins file as it is written; what it means is decided where margins are grouped (layer survey). */
export interface MarginFileCell {
  /** File and line. */
  readonly where: string;
  readonly zone?: string;
  readonly variable: string;
  readonly category: string;
  readonly value: number;
  readonly kind?: 'count' | 'share' | 'percent' | 'total' | 'mean';
  /** What is counted: persons or households. */
  readonly level?: string;
  readonly universe?: string;
  readonly period?: string;
  /** Year of the money that a value or its categories are in. */
  readonly priceYear?: string;
  readonly source?: string;
}

const kinds = {
  count: 'count',
  share: 'share',
  proportion: 'share',
  percent: 'percent',
  total: 'total',
  mean: 'mean',
} as const;
type Kind = (typeof kinds)[keyof typeof kinds];
const values = ['value', ...Object.keys(kinds)];
/** Objects of categories and values, as JSON files may have instead of one line a category. */
const nested: Readonly<Record<string, Kind>> = { counts: 'count', shares: 'share', percents: 'percent' };
/** What a file may call the details of a cell, besides the level; the first name that it has counts. */
const details = {
  zone: ['zone'],
  universe: ['universe'],
  period: ['period', 'reference_period', 'referenceperiod'],
  priceYear: ['price_year', 'priceyear'],
  source: ['source'],
} as const;

/**
 * Reads the cells of margins from a file of any kind that {@link readRecords} knows. One record a cell with the fields
 * `variable`, `category` (or `level`) and `value`, or a value named by its kind: `count`, `share` or `proportion`, `percent`,
 * `total` or `mean` (of a number, without category). Optional: `kind` beside `value`, `zone`, `universe`, `period` (or
 * `reference_period`), `price_year` of amounts of money, `source`, and `unit` (or `level` beside `category`) with what is counted,
 * persons or households. In JSON one object may
 * hold a whole margin: `{ "variable": "sex", "shares": { "female": 0.51, "male": 0.49 } }`. Other fields are recorded and left.
 *
 * @throws {Failure} `invalid-input` naming line and column: an empty file, a field missing or twice, a value that is no
 * number; as {@link readRecords}
 */
export async function readMarginCells(path: string, record: RecordFinding): Promise<MarginFileCell[]> {
  const cells: MarginFileCell[] = [];
  const left = new Set<string>();
  for await (const { record: fields, file, line } of readRecords(path))
    cells.push(...cellsOf(fieldsByName(`${file}:${line}`, fields), `${file}:${line}`, left));
  if (cells.length === 0)
    throw new Failure('invalid-input', {
      where: path,
      problem: 'no margins',
      expected: 'at least one line after the header',
    });
  if (left.size > 0)
    record({
      level: 'caution',
      code: 'columns-ignored',
      message: `columns of the margins that mean nothing here: ${[...left].join(', ')}`,
      values: { file: path, columns: [...left] },
    });
  return cells;
}

interface Field {
  /** As the file writes it. */
  readonly name: string;
  readonly value: unknown;
}
type Fields = ReadonlyMap<string, Field>;

function fieldsByName(where: string, record: Readonly<Record<string, unknown>>): Map<string, Field> {
  const fields = new Map<string, Field>();
  for (const [name, value] of Object.entries(record)) {
    const key = name.trim().toLowerCase();
    if (fields.has(key)) throw wrong(where, name, 'the same column twice');
    fields.set(key, { name, value });
  }
  return fields;
}

function cellsOf(fields: Fields, where: string, left: Set<string>): MarginFileCell[] {
  const used = new Set<string>(['variable', 'kind']);
  const text = (key: string): string | undefined => {
    used.add(key);
    return textOf(where, fields.get(key));
  };
  const variable = text('variable');
  if (variable === undefined) throw missing(where, 'variable', fields);
  const categoryKey = ['category', 'level'].find((key) => fields.has(key));
  const levelKey = ['unit', ...(categoryKey === 'category' ? ['level'] : [])].find((key) => fields.has(key)) ?? 'unit';
  const keys = Object.entries({ ...details, level: [levelKey] });
  const written = keys.map(([name, own]) => [name, text(own.find((key) => fields.has(key)) ?? own[0])] as const);
  const about = Object.fromEntries(written.filter(([, value]) => value !== undefined));
  const done = (): void => {
    for (const [key, { name }] of fields) if (!used.has(key)) left.add(name);
  };

  const table = Object.keys(nested).find((key) => fields.has(key));
  if (table !== undefined) {
    used.add(table);
    done();
    const { name, value } = fields.get(table)!;
    if (value === null || typeof value !== 'object' || Array.isArray(value))
      throw wrong(where, name, 'not an object', value, 'categories and their values');
    return Object.entries(value as Record<string, unknown>).map(([category, x]) => ({
      ...{ where, ...about, variable, category, kind: nested[table]! },
      value: numberOf(where, { name: `${name}.${category}`, value: x }),
    }));
  }

  const given = values.filter((key) => fields.has(key));
  if (given.length === 0) throw missing(where, 'value', fields);
  if (given.length > 1) throw wrong(where, given[1]!, 'two columns of values', given.join(', '), 'one of them');
  const kind = kindOf(where, fields, given[0]!);
  used.add(given[0]!);
  const isNumber = kind === 'total' || kind === 'mean';
  if (categoryKey === undefined && !isNumber) throw missing(where, 'category', fields);
  const category = (categoryKey === undefined ? undefined : text(categoryKey)) ?? '';
  done();
  const value = numberOf(where, fields.get(given[0]!)!);
  return [{ where, ...about, variable, category, value, ...(kind === undefined ? {} : { kind }) }];
}

function kindOf(where: string, fields: Fields, valueKey: string): Kind | undefined {
  const field = fields.get('kind');
  const said = textOf(where, field);
  const named = valueKey === 'value' ? undefined : kinds[valueKey as keyof typeof kinds];
  if (said === undefined || said.trim() === '') return named;
  const key = said.trim().toLowerCase();
  if (!Object.hasOwn(kinds, key)) throw wrong(where, field!.name, 'unknown kind', said, Object.keys(kinds).join(', '));
  const kind = kinds[key as keyof typeof kinds];
  if (named !== undefined && kind !== named)
    throw wrong(where, field!.name, `not the kind of the column ${valueKey}`, said, named);
  return kind;
}

/** A label or a detail; numbers are labels like any others ("1" and 1 are the same). */
function textOf(where: string, field: Field | undefined): string | undefined {
  if (field?.value === undefined || field.value === null) return undefined;
  if (typeof field.value === 'string') return field.value;
  if (typeof field.value === 'number' || typeof field.value === 'boolean' || typeof field.value === 'bigint')
    return String(field.value);
  // Catalogs give a source as title, address and date.
  if (field.name === 'source') return JSON.stringify(field.value);
  throw wrong(where, field.name, 'not a text', field.value, 'a text or a number');
}

function numberOf(where: string, { name, value }: Field): number {
  const text = typeof value === 'string' ? value.trim() : value;
  const number =
    typeof text === 'string' && text !== '' ? Number(text) : typeof text === 'bigint' ? Number(text) : text;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  if (typeof text === 'string' && /^[+-]?[\d.]+(e\+?\d+)?$/i.test(text) && !Number.isNaN(number))
    throw wrong(where, name, 'too large a number', value, 'at most 1e308');
  throw wrong(where, name, 'not a number', value, 'digits with a decimal point', 'Write 1234.5, not 1,234.5 or 12%.');
}

const missing = (where: string, name: string, fields: Fields): Failure => {
  const expected = name === 'value' ? `one of ${values.join(', ')}` : name === 'category' ? 'category or level' : name;
  return new Failure('invalid-input', {
    where,
    problem: `no column "${name}"`,
    got: [...fields.values()].map((field) => field.name).join(', '),
    expected,
  });
};

const wrong = (
  where: string,
  column: string,
  problem: string,
  got?: unknown,
  expected?: string,
  hint?: string,
): Failure =>
  new Failure('invalid-input', {
    where: `${where}, ${column}`,
    problem,
    ...(got === undefined ? {} : { got }),
    ...(expected === undefined ? {} : { expected }),
    ...(hint === undefined ? {} : { hint }),
  });
