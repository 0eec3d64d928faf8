import { Failure } from '../core/failure.js';
import type { FileColumns } from '../io/read-columns.js';

/**
 * A column that the user named.
 *
 * @param option that named it, for messages
 * @param file the option that named the file
 * @throws {Failure} `invalid-input` with the columns that there are
 */
export function textsOf(
  option: string,
  name: string,
  columns: FileColumns['columns'],
  file = '--sample',
): readonly string[] {
  if (Object.hasOwn(columns, name)) return columns[name] as readonly string[];
  throw new Failure('invalid-input', {
    where: option,
    problem: `no such column in the file of ${file}`,
    got: name,
    expected: Object.keys(columns).join(', '),
  });
}

/**
 * Texts as weights.
 *
 * @param where option and column, for messages
 * @throws {Failure} `invalid-input` naming the record
 */
export const weightsOf = (where: string, texts: readonly string[]): Float64Array =>
  Float64Array.from(texts, (text, row) => {
    const weight = text.trim() === '' ? NaN : Number(text);
    if (weight >= 0 && weight < Infinity) return weight;
    throw new Failure('invalid-input', {
      where: `${where} of record ${row + 1}`,
      problem: 'not a weight',
      got: text,
      expected: 'a number ≥ 0',
    });
  });

/** @throws {Failure} `invalid-input` naming both records of one name */
export function checkDistinct(where: string, ids: readonly string[]): void {
  if (new Set(ids).size === ids.length) return;
  const seen = new Map<string, number>();
  ids.forEach((id, row) => {
    const before = seen.get(id);
    if (before !== undefined)
      throw new Failure('invalid-input', {
        where: `${where}, record ${row + 1}`,
        problem: `the same id as record ${before + 1}`,
        got: id,
      });
    seen.set(id, row);
  });
}
