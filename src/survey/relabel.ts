import { Failure } from '../core/failure.js';
import type { RecordFinding } from '../core/findings.js';
import type { Column } from '../core/table.js';
import type { SampleColumns } from './variables.js';

/** What labels of a sample are called in the margins: by column, category by label. */
export type LabelMap = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** One line of a table of labels. */
export interface LabelLine {
  readonly variable: string;
  /** As the sample has it. */
  readonly label: string;
  /** As the margins have it. */
  readonly category: string;
}

/**
 * Reads a table of labels; blanks around texts are cut.
 *
 * @throws {Failure} `invalid-input` on a line without variable or category, and a label with two categories
 */
export function readLabelMap(lines: readonly LabelLine[]): LabelMap {
  const map = new Map<string, Map<string, string>>();
  for (const [k, line] of lines.entries()) {
    const [variable, label, category] = [line.variable.trim(), line.label.trim(), line.category.trim()];
    const fail = (problem: string, got: string, expected: string): never => {
      throw new Failure('invalid-input', { where: `labels, line ${k + 2}`, problem, got, expected });
    };
    if (variable === '' || category === '')
      fail('nothing to call it', `${variable}: ${label}`, 'variable and category');
    const own = map.get(variable) ?? new Map<string, string>();
    const known = own.get(label);
    if (known !== undefined)
      fail('a label with two categories', `${variable}: ${label}`, `one (the first is ${known})`);
    map.set(variable, own.set(label, category));
  }
  return map;
}

/**
 * Gives labels the names that margins have for them. Numbers are labels like any others: 1 and "1" are the same, 1 and "1.0"
 * are not. Labels that the map does not name stay; those that it names and nobody has are recorded. An empty label stands
 * for missing values.
 *
 * @param tables by name; a column with no entries was not read and is left alone
 * @throws {Failure} `invalid-input` on a variable that no table has
 */
export function relabel<K extends string>(
  tables: Readonly<Record<K, SampleColumns>>,
  map: LabelMap,
  record: RecordFinding,
): Record<K, SampleColumns> {
  const all = Object.entries<SampleColumns>(tables);
  for (const [variable, categories] of map) {
    const columns = all.flatMap(([, own]) => (Object.hasOwn(own, variable) ? [own[variable]!] : []));
    if (columns.length === 0)
      throw new Failure('invalid-input', {
        where: 'labels',
        problem: 'no such variable in the sample',
        got: variable,
        expected: all.flatMap(([, own]) => Object.keys(own)).join(', '),
      });
    if (columns.every((column) => column.length === 0)) continue;
    const had = new Set(columns.flatMap((column) => [...new Set<string | number>(column)].map(plainLabel)));
    const unused = [...categories.keys()].filter((label) => !had.has(label));
    if (unused.length > 0)
      record({
        level: 'caution',
        code: 'labels-unused',
        message: `labels of ${variable} that no record has: ${unused.join(', ')}`,
        values: { variable, labels: unused },
      });
  }
  const named = (columns: SampleColumns): SampleColumns => ({
    ...columns,
    ...Object.fromEntries(
      [...map].flatMap(([variable, categories]) =>
        Object.hasOwn(columns, variable) ? [[variable, relabelled(columns[variable]!, categories)]] : [],
      ),
    ),
  });
  return Object.fromEntries(all.map(([table, columns]) => [table, named(columns)])) as Record<K, SampleColumns>;
}

const plainLabel = (value: string | number): string => String(value).trim();

const relabelled = (column: Column, categories: ReadonlyMap<string, string>): readonly string[] =>
  Array.from(column as ArrayLike<string | number>, (value) => categories.get(plainLabel(value)) ?? String(value));
