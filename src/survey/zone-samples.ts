import { Failure } from '../core/failure.js';
import type { Finding, RecordFinding } from '../core/findings.js';
import type { RandomStream } from '../core/random.js';
import type { Column } from '../core/table.js';
import { groupBy, inZone, type ZoneMargins } from './margins.js';
import {
  emptyZones,
  isEmptyZone,
  listZones,
  prepareZones,
  recordEmpty,
  withLevels,
  type MarginPolicies,
  type WeightingSample,
} from './prepare-zones.js';
import { checkZoneTotals } from './totals.js';
import type { SampleColumns } from './variables.js';
import type { WeightingProblem } from './weighting-problem.js';

/** A problem that is ready to be fitted, and whose weights it is about. */
export interface PreparedZone {
  /** '' without zones. */
  readonly zone: string;
  readonly problem: WeightingProblem;
  /** (records of the problem) row of the sample. */
  readonly rows: Int32Array;
}

/**
 * Margins and sample put together by {@link prepareZones}. Where it is known in which zone each record lives, a zone is made
 * of its own records only, and none is made of a zone without records; otherwise all records are candidates in every zone.
 *
 * @param zoneOf (records) or null
 * @returns in the order of the margins
 * @throws {Failure} `invalid-input` on records in a zone without margins, and on zones without records
 * where somebody lives unless dead margins are dropped; as {@link prepareZones}
 */
export function prepareZoneSamples(
  zones: readonly ZoneMargins[],
  sample: WeightingSample,
  zoneOf: readonly string[] | null,
  policies: MarginPolicies,
  random: RandomStream,
  record: RecordFinding,
): PreparedZone[] {
  checkZoneTotals(withLevels(zones, sample), policies.totals ?? 'error');
  if (zoneOf === null) {
    const { problems, rows } = prepareZones(zones, sample, policies, random, record);
    return Array.from(problems, ([zone, problem]) => ({ zone, problem, rows }));
  }
  const members = new Map<string, number[]>(zones.map(({ zone }) => [zone, []]));
  zoneOf.forEach((zone, row) => {
    const own = members.get(zone);
    if (own) own.push(row);
    else throw wrongZone(`record ${row + 1}`, 'no margins for its zone', zone, [...members.keys()].join(', '));
  });
  recordEmpty(zones, record);
  const inhabited = zones.filter(({ zone }) => members.get(zone)!.length > 0);
  settleUnsampled(
    zones.filter((own) => !inhabited.includes(own)),
    inhabited.length > 0 && policies.deadMargins === 'drop',
    record,
  );
  return inhabited.map((margins) => {
    const { zone } = margins;
    const rows = Int32Array.from(members.get(zone)!);
    // Where nobody lives has been said of all zones at once.
    const told = (finding: Finding): void => {
      if (finding.code !== emptyZones) record(foundIn(zone, finding));
    };
    const prepared = prepareZones([margins], samplePart(sample, rows), policies, random.fork(zone), told);
    return { zone, problem: prepared.problems.get(zone)!, rows: prepared.rows.map((row) => rows[row]!) };
  });
}

/** Zones without records: nothing is lost where nobody lives; others are dropped, or an error. */
function settleUnsampled(zones: readonly ZoneMargins[], isDropped: boolean, record: RecordFinding): void {
  const lost = zones.filter((zone) => !isEmptyZone(zone)).map(({ zone }) => zone);
  if (lost.length === 0) return;
  if (!isDropped)
    throw new Failure('invalid-input', {
      where: listZones(lost),
      problem: 'no record lives there',
      got: 0,
      expected: 'at least one',
      hint: 'Choose for dead margins drop to leave out zones without records.',
    });
  record({
    level: 'caution',
    code: 'zone-without-records',
    message: `${listZones(lost)} left out: no record lives there, though people are asked for`,
    values: { zones: lost },
  });
}

const wrongZone = (where: string, problem: string, got: unknown, expected: string): Failure =>
  new Failure('invalid-input', { where, problem, got, expected });

/** A finding about the records of one zone says so. */
const foundIn = (zone: string, finding: Finding): Finding =>
  finding.values?.['zone'] === zone
    ? finding
    : { ...finding, message: inZone(zone, finding.message), values: { ...finding.values, zone } };

/** Some records of a sample, with the persons in them. */
function samplePart({ columns, base, persons }: WeightingSample, rows: Int32Array): WeightingSample {
  const part: WeightingSample = {
    records: rows.length,
    columns: columnsAt(columns, rows),
    ...(base && { base: Float64Array.from(rows, (row) => base[row]!) }),
  };
  if (!persons) return part;
  const position = new Map(Array.from(rows, (row, k) => [row, k]));
  const people = Int32Array.from([...persons.householdOf.keys()].filter((i) => position.has(persons.householdOf[i]!)));
  return {
    ...part,
    persons: {
      records: people.length,
      columns: columnsAt(persons.columns, people),
      householdOf: people.map((i) => position.get(persons.householdOf[i]!)!),
    },
  };
}

/** Columns that were not read have no entries, and keep none. */
const columnsAt = (columns: SampleColumns, rows: Int32Array): SampleColumns =>
  Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, column.length === 0 ? column : entriesAt(column, rows)]),
  );

const entriesAt = (column: Column, rows: Int32Array): Column =>
  Array.isArray(column)
    ? Array.from(rows, (row) => (column as readonly string[])[row]!)
    : Float64Array.from(rows, (row) => (column as Float64Array)[row]!);

/**
 * Margins of households and of persons, by zone. A margin that does not say what it counts gets the level of its file.
 *
 * @throws {Failure} `invalid-input` on a margin of the other level, and a zone that only one of them has
 */
export function joinLevels(households: readonly ZoneMargins[], persons: readonly ZoneMargins[]): ZoneMargins[] {
  const [own, others] = [groupBy(households, ({ zone }) => zone), groupBy(persons, ({ zone }) => zone)];
  const lonely = [...own.keys(), ...others.keys()].find((zone) => !own.has(zone) || !others.has(zone));
  if (lonely !== undefined)
    throw new Failure('invalid-input', {
      where: lonely === '' ? 'margins without zone' : `zone ${lonely}`,
      problem: `margins of ${own.has(lonely) ? 'households but none of persons' : 'persons but none of households'}`,
      expected: 'the same zones in both files',
    });
  return households.map(({ zone, ...margins }) => {
    const ofPersons = others.get(zone)![0]!;
    return {
      zone,
      margins: [...atLevel(zone, margins.margins, 'household'), ...atLevel(zone, ofPersons.margins, 'person')],
      numbers: [...atLevel(zone, margins.numbers, 'household'), ...atLevel(zone, ofPersons.numbers, 'person')],
    };
  });
}

function atLevel<T extends ZoneMargins['margins'][number] | ZoneMargins['numbers'][number]>(
  zone: string,
  items: readonly T[],
  level: 'household' | 'person',
): T[] {
  return items.map((item) => {
    if (item.level !== null && item.level !== level)
      throw new Failure('invalid-input', {
        where: inZone(zone, item.name),
        problem: `a margin of ${item.level}s in the file of ${level}s`,
      });
    return { ...item, level };
  });
}
