import { Failure } from '../core/failure.js';
import type { RecordFinding } from '../core/findings.js';
import type { RandomStream } from '../core/random.js';
import type { Column } from '../core/table.js';
import type { Margin, NumericTarget } from './margins.js';
import { settleMissing, type MissingPolicy } from './missing.js';
import { encodeColumn, joinVariables, partsOf, splitCategory, type SampleColumns, type Variable } from './variables.js';

/** The part of a sample that margins speak of. */
export interface SampleTable {
  readonly name: string;
  /** By name of margin, over the kept records. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** By name, over the kept records; finite. */
  readonly numbers: ReadonlyMap<string, Float64Array>;
  /** Rows of the kept records, ascending. */
  readonly kept: Int32Array;
}

/** What margins need of a table: variables are columns, or joints of columns (a column of that name comes first). */
export interface SampleNeeds {
  readonly margins: readonly Margin[];
  readonly numbers: readonly NumericTarget[];
}

/** Whether columns make up a variable: one of that name, or all parts of a joint. */
export const hasVariable = (columns: SampleColumns, name: string): boolean =>
  partsIn(columns, name).every((part) => Object.hasOwn(columns, part));

const partsIn = (columns: SampleColumns, name: string): readonly string[] =>
  Object.hasOwn(columns, name) ? [name] : partsOf(name, (part) => Object.hasOwn(columns, part));

/**
 * Codes what margins speak of, missing values settled.
 *
 * @param name of the table, for messages
 * @throws {Failure} `invalid-input` on a column of the wrong length, a number that is none, and as {@link settleMissing}
 */
export function readSampleTable(
  name: string,
  records: number,
  columns: SampleColumns,
  { margins, numbers }: SampleNeeds,
  missing: MissingPolicy,
  random: RandomStream,
  record: RecordFinding,
): SampleTable {
  const known = knownCategories(columns, margins);
  const columnOf = (variable: string): Column => {
    const column = columns[variable]!;
    if (column.length === records) return column;
    throw new Failure('invalid-input', {
      where: `${name}.${variable}`,
      problem: 'wrong number of entries',
      got: column.length,
      expected: String(records),
    });
  };
  const coded = [...known].map(([variable, labels]) => encodeColumn(variable, columnOf(variable), labels, record));
  const numeric = [...new Set(numbers.map((number) => number.name))].map((variable) => ({
    name: variable,
    values: numbersOf(`${name}.${variable}`, columnOf(variable)),
  }));
  const settled = settleMissing(
    name,
    records,
    { variables: coded, numbers: numeric },
    missing,
    (variable) => known.get(variable),
    random,
    record,
  );
  const { kept } = settled;
  const byName = new Map(settled.variables.map((variable) => [variable.name, variable]));
  const variables = [...new Set(margins.map((margin) => margin.name))].map((margin) => {
    const joint = joinVariables(
      margin,
      partsIn(columns, margin).map((part) => byName.get(part)!),
    );
    return [margin, { ...joint, codes: kept.map((row) => joint.codes[row]!) }] as const;
  });
  return {
    name,
    variables: new Map(variables),
    numbers: new Map(
      settled.numbers.map(({ name: own, values }) => [own, Float64Array.from(kept, (row) => values[row]!)]),
    ),
    kept,
  };
}

/** For each column that margins need, the categories that they have for it. */
function knownCategories(columns: SampleColumns, margins: readonly Margin[]): Map<string, Set<string>> {
  const known = new Map<string, Set<string>>();
  for (const { name, categories } of margins) {
    const parts = partsIn(columns, name);
    for (const part of parts) if (!known.has(part)) known.set(part, new Set());
    for (const category of categories)
      splitCategory(category, parts.length)?.forEach((label, k) => known.get(parts[k]!)!.add(label));
  }
  return known;
}

/** Numbers of a column; NaN where it is empty. */
function numbersOf(where: string, column: Column): Float64Array {
  return Float64Array.from(column as ArrayLike<string | number>, (value, i) => {
    if (typeof value === 'string' && value.trim() === '') return NaN;
    const number = Number(value);
    if (Number.isFinite(number) || (typeof value === 'number' && Number.isNaN(value))) return number;
    throw new Failure('invalid-input', { where: `${where}[${i}]`, problem: 'not a number', got: value });
  });
}
