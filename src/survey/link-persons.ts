import { Failure } from '../core/failure.js';
import type { RecordFinding } from '../core/findings.js';
import type { Column } from '../core/table.js';

/** Which household each person lives in. */
export interface PersonLinks {
  /** (persons) row of the household, -1 for a person without one. */
  readonly householdOf: Int32Array;
  readonly orphans: number;
  /** Households in which nobody lives. */
  readonly empty: number;
}

/**
 * Links persons to households by an id. Persons without household and households without persons are counted and recorded.
 * Blanks around ids are cut; the number 1 and the text "1" are the same id.
 *
 * @param maxOrphanShare largest share of persons without household that passes
 * @throws {Failure} `invalid-input` on an id that two households have, or more orphans than that
 */
export function linkPersons(
  householdIds: Column,
  personHouseholdIds: Column,
  maxOrphanShare: number,
  record: RecordFinding,
): PersonLinks {
  const rows = new Map<string, number>();
  for (const [row, id] of householdIds.entries()) {
    const key = String(id).trim();
    if (rows.has(key))
      throw new Failure('invalid-input', {
        where: `households[${row}]`,
        problem: `the same id as households[${rows.get(key)!}]`,
        got: key,
      });
    rows.set(key, row);
  }
  const householdOf = Int32Array.from(
    personHouseholdIds as ArrayLike<string | number>,
    (id) => rows.get(String(id).trim()) ?? -1,
  );
  const persons = householdOf.length;
  const orphans = householdOf.reduce((count, row) => count + (row < 0 ? 1 : 0), 0);
  const empty = rows.size - new Set(householdOf.filter((row) => row >= 0)).size;
  if (orphans > maxOrphanShare * persons)
    throw new Failure('invalid-input', {
      where: 'persons',
      problem: 'persons without household',
      got: `${orphans} of ${persons}`,
      expected: `a share of at most ${maxOrphanShare}`,
    });
  if (orphans > 0 || empty > 0)
    record({
      level: 'caution',
      code: 'orphans',
      message: `${orphans} of ${persons} persons have no household and are left out; ${empty} households have no persons`,
      values: { persons, orphans, households: rows.size, empty },
    });
  return { householdOf, orphans, empty };
}
