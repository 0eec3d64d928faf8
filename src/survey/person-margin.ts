import { Failure } from '../core/failure.js';
import type { NumericConstraint } from './weighting-problem.js';

/** A margin of persons, for weights of their households. */
export interface PersonMargin {
  readonly name: string;
  /** (c) */
  readonly categories: readonly string[];
  /** (persons) position in `categories`; -1 where the person is not in the universe of the margin. */
  readonly codes: Int32Array;
  /** (c) persons wanted in each category. */
  readonly totals: Float64Array;
  /** As {@link NumericConstraint.importance}. */
  readonly importance?: number;
}

/**
 * A margin of persons as constraints on households, one a category: the value of a household is the number of its persons
 * in the category. All persons of a household share its weight.
 *
 * @param householdOf (persons) row of the household; -1 where it is not among the records, and the person is left out
 * @param households number of household records
 * @throws {Failure} `invalid-input` on a household or a category that does not exist
 */
export function personConstraints(
  { name, categories, codes, totals, importance }: PersonMargin,
  householdOf: Int32Array,
  households: number,
): NumericConstraint[] {
  const fail = (where: string, problem: string, got: unknown, expected: string): never => {
    throw new Failure('invalid-input', { where: `personMargin[${name}].${where}`, problem, got, expected });
  };
  if (codes.length !== householdOf.length)
    fail('codes', 'wrong number of persons', codes.length, String(householdOf.length));
  if (totals.length !== categories.length)
    fail('totals', 'wrong number of categories', totals.length, String(categories.length));
  const counts = categories.map(() => new Float64Array(households));
  codes.forEach((code, person) => {
    const household = householdOf[person]!;
    if (household < -1 || household >= households)
      fail(`householdOf[${person}]`, 'no such household', household, `-1 to ${households - 1}`);
    if (code < -1 || code >= categories.length)
      fail(`codes[${person}]`, 'no such category', code, `-1 to ${categories.length - 1}`);
    if (household >= 0 && code >= 0) counts[code]![household]!++;
  });
  return categories.map((category, c) => ({
    name,
    category,
    values: counts[c]!,
    asked: totals[c]!,
    unit: 'total',
    ...(importance === undefined ? {} : { importance }),
  }));
}
