import { Failure } from '../core/failure.js';
import type { RecordFinding } from '../core/findings.js';
import type { RandomStream } from '../core/random.js';
import { sum } from '../numerics/statistics.js';
import { settleAgreement, type DisagreementPolicy } from './agreement.js';
import {
  checkCollapseRules,
  collapseMargin,
  collapseVariable,
  settleDeadCells,
  type DeadMarginPolicy,
} from './dead-margins.js';
import { inZone, type Margin, type MarginLevel, type NumericTarget, type ZoneMargins } from './margins.js';
import { matchMargin, type UntargetedPolicy } from './match-margin.js';
import type { MissingPolicy } from './missing.js';
import { personConstraints } from './person-margin.js';
import { hasVariable, readSampleTable, type SampleTable } from './sample-table.js';
import { settleTotals, type TotalsPolicy } from './totals.js';
import type { SampleColumns } from './variables.js';
import type { CategoryMargin, NumericConstraint, WeightingProblem } from './weighting-problem.js';

/** The records that get weights, and the persons in them when they are households. */
export interface WeightingSample {
  readonly records: number;
  readonly columns: SampleColumns;
  /** (records) default 1 each. */
  readonly base?: Float64Array;
  readonly persons?: {
    readonly records: number;
    readonly columns: SampleColumns;
    /** (persons) row of the household, -1 without one. */
    readonly householdOf: Int32Array;
  };
}

/** What to do where margins and sample do not fit; every default is to fail. */
export interface MarginPolicies {
  readonly missing?: MissingPolicy;
  readonly totals?: TotalsPolicy;
  readonly deadMargins?: DeadMarginPolicy;
  readonly untargeted?: UntargetedPolicy;
  readonly disagreement?: DisagreementPolicy;
  /** Margins and numbers that may give way, with their importance, see {@link CategoryMargin.importance}. */
  readonly relax?: Readonly<Record<string, number>>;
}

/** Problems that are ready to be fitted. */
export interface PreparedZones {
  /** By zone, '' in a file without zones; all over the same records. */
  readonly problems: ReadonlyMap<string, WeightingProblem>;
  /** Rows of the sample that are the records of the problems. */
  readonly rows: Int32Array;
}

/**
 * Checks margins against a sample before anything is fitted, and puts both together, one problem a zone. Margins of persons on a
 * sample of households become counts of persons. Whatever a policy changes is recorded.
 *
 * @param random for `missing: impute`
 * @throws {Failure} `invalid-input` as {@link settleTotals}, {@link settleAgreement}, {@link settleMissing}, {@link settleDeadCells}
 * and {@link matchMargin}; on a variable that the sample does not have, margins of persons without persons, and nothing of the
 * name that may give way
 */
export function prepareZones(
  zones: readonly ZoneMargins[],
  sample: WeightingSample,
  policies: MarginPolicies,
  random: RandomStream,
  record: RecordFinding,
): PreparedZones {
  const {
    missing = 'error',
    totals = 'error',
    deadMargins = 'error',
    untargeted = 'error',
    disagreement = 'error',
    relax = {},
  } = policies;
  const { persons } = sample;
  const levelled = withLevels(zones, sample);
  checkRelaxed(levelled, relax);
  const exists = (name: string): boolean =>
    Object.hasOwn(sample.columns, name) || (persons !== undefined && Object.hasOwn(persons.columns, name));
  const settled = settleAgreement(
    levelled.map((zone) => settleTotals(zone, totals, record)),
    disagreement,
    exists,
    record,
  );

  const rules = typeof deadMargins === 'object' ? deadMargins.collapse : [];
  const tableOf = (ofPersons: boolean): SampleTable => {
    const own = <T extends { readonly level: unknown }>(items: readonly T[]): T[] =>
      items.filter(({ level }) => (level === 'person') === ofPersons);
    const { records, columns } = ofPersons ? persons! : sample;
    const name = ofPersons ? 'persons' : persons ? 'households' : 'sample';
    const margins = settled.flatMap((zone) => own(zone.margins));
    const numbers = settled.flatMap((zone) => own(zone.numbers));
    return readSampleTable(name, records, columns, { margins, numbers }, missing, random, record);
  };
  const own = tableOf(false);
  const people = persons ? tableOf(true) : undefined;
  checkCollapseRules(
    rules,
    (name) => {
      const found = settled.flatMap(({ margins }) => margins.filter((margin) => margin.name === name));
      return found.length === 0 ? undefined : new Set(found.flatMap(({ categories }) => categories));
    },
    (name) => (own.variables.get(name) ?? people?.variables.get(name))?.labels ?? [],
    record,
  );
  const base = Float64Array.from(own.kept, (row) => sample.base?.[row] ?? 1);
  const householdOf = people && linksTo(own.kept, sample.records, people.kept, persons!.householdOf);
  const personBase = householdOf?.reduce(
    (out, row, i) => ((out[i] = row < 0 ? 0 : base[row]!), out),
    new Float64Array(householdOf.length),
  );

  const problemOf = ({ zone, margins, numbers }: ZoneMargins): WeightingProblem => {
    const matched = (margin: Margin, table: SampleTable, weights: Float64Array): CategoryMargin => {
      const variable = collapseVariable(table.variables.get(margin.name)!, rules);
      const isPresent = new Uint8Array(variable.labels.length);
      for (let i = 0; i < weights.length; i++)
        if (variable.codes[i]! >= 0 && weights[i]! > 0) isPresent[variable.codes[i]!] = 1;
      const present = new Set(variable.labels.filter((_, code) => isPresent[code] === 1));
      const alive = settleDeadCells(zone, collapseMargin(margin, rules), present, deadMargins, record);
      return matchMargin(table.name, zone, alive, variable, weights, untargeted, record);
    };
    const constraints: NumericConstraint[] = [];
    for (const { name, level, asked, unit } of numbers) {
      const values = (level === 'person' ? people! : own).numbers.get(name)!;
      if (level === 'person' && unit === 'mean')
        throw new Failure('invalid-input', {
          where: inZone(zone, name),
          problem: 'a mean over persons cannot be asked of households',
          expected: 'the total',
        });
      constraints.push({
        name,
        asked,
        unit,
        values: level === 'person' ? summed(values, householdOf!, base.length) : values,
      });
    }
    const ofPersons = margins.filter(({ level }) => level === 'person');
    const counted = ofPersons.find(({ unit }) => unit === 'total');
    for (const margin of ofPersons) {
      if (margin.unit === 'share' && !counted)
        throw new Failure('invalid-input', {
          where: inZone(zone, margin.name),
          problem: 'shares of persons without a number of persons',
          expected: 'one margin of persons in counts',
        });
      const { name, categories, codes, asked, unit } = matched(margin, people!, personBase!);
      const persons = unit === 'share' ? sum(counted!.asked) : 1;
      constraints.push(
        ...personConstraints(
          { name, categories, codes, totals: asked.map((x) => x * persons) },
          householdOf!,
          base.length,
        ),
      );
    }
    const ofRecords = margins.filter(({ level }) => level !== 'person').map((margin) => matched(margin, own, base));
    const softened = <T extends { readonly name: string }>(item: T): T =>
      Object.hasOwn(relax, item.name) ? { ...item, importance: relax[item.name]! } : item;
    return {
      records: base.length,
      base,
      margins: ofRecords.map(softened),
      ...(constraints.length > 0 ? { constraints: constraints.map(softened) } : {}),
    };
  };
  const problems = new Map(settled.map((zone) => [zone.zone, problemOf(zone)]));
  recordEmpty(settled, record);
  return { problems, rows: own.kept };
}

/**
 * Margins that say whether they count households or persons, null without persons.
 *
 * @throws {Failure} `invalid-input` on a variable that the sample does not have, and margins of persons without persons
 */
export function withLevels(zones: readonly ZoneMargins[], sample: WeightingSample): ZoneMargins[] {
  checkLevels(zones, sample);
  return zones.map(({ zone, margins, numbers }) => ({
    zone,
    margins: margins.map((margin) => ({ ...margin, level: levelOf(zone, margin, sample) })),
    numbers: numbers.map((number) => ({ ...number, level: levelOf(zone, number, sample) })),
  }));
}

function checkRelaxed(zones: readonly ZoneMargins[], relax: Readonly<Record<string, number>>): void {
  const known = new Set(zones.flatMap(({ margins, numbers }) => [...margins, ...numbers]).map(({ name }) => name));
  const unknown = Object.keys(relax).find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new Failure('invalid-input', {
      where: 'relax',
      problem: 'no such margin',
      got: unknown,
      expected: [...known].join(', '),
    });
}

/** The table that a margin speaks of; null without persons, where everything is a property of the records. */
function levelOf(
  zone: string,
  { name, level }: Margin | NumericTarget,
  { columns, persons }: WeightingSample,
): MarginLevel | null {
  const missing = (expected: readonly string[]): Failure =>
    new Failure('invalid-input', {
      where: inZone(zone, name),
      problem: 'no such variable in the sample',
      got: name,
      expected: expected.join(', '),
    });
  if (!persons || level !== null) {
    const own = persons && level === 'person' ? persons.columns : columns;
    if (!hasVariable(own, name)) throw missing(Object.keys(own));
    return persons ? level : null;
  }
  const [inHouseholds, inPersons] = [hasVariable(columns, name), hasVariable(persons.columns, name)];
  if (inHouseholds && inPersons)
    throw new Failure('invalid-input', {
      where: inZone(zone, name),
      problem: 'a variable of households and of persons',
      expected: 'a level, household or person',
    });
  if (!inHouseholds && !inPersons) throw missing([...Object.keys(columns), ...Object.keys(persons.columns)]);
  return inHouseholds ? 'household' : 'person';
}

/** @throws {Failure} `invalid-input` on margins of households and of persons without a table of persons */
function checkLevels(zones: readonly ZoneMargins[], { persons }: WeightingSample): void {
  if (persons) return;
  const levels = zones
    .flatMap(({ margins, numbers }) => [...margins, ...numbers])
    .filter(({ level }) => level !== null);
  const other = levels.find(({ level }) => level !== levels[0]!.level);
  if (other)
    throw new Failure('invalid-input', {
      where: other.name,
      problem: 'margins of persons and of households on one table',
      got: other.level,
      expected: `${levels[0]!.level!} as for ${levels[0]!.name}, or a table of persons beside the households`,
    });
}

/** Households of the kept persons, as positions among the kept households. */
function linksTo(households: Int32Array, records: number, persons: Int32Array, householdOf: Int32Array): Int32Array {
  const position = new Int32Array(records).fill(-1);
  households.forEach((row, k) => (position[row] = k));
  return Int32Array.from(persons, (person) => (householdOf[person]! < 0 ? -1 : position[householdOf[person]!]!));
}

/** Values of persons added up in their households. */
function summed(values: Float64Array, householdOf: Int32Array, households: number): Float64Array {
  const out = new Float64Array(households);
  values.forEach((value, person) => {
    if (householdOf[person]! >= 0) out[householdOf[person]!]! += value;
  });
  return out;
}

/** Whether nobody lives there: all that is asked is zero. */
export const isEmptyZone = ({ margins, numbers }: ZoneMargins): boolean =>
  margins.length > 0 &&
  margins.every(({ unit, asked }) => unit === 'total' && sum(asked) === 0) &&
  numbers.every(({ unit, asked }) => unit === 'total' && asked === 0);

/** Says where nobody lives, if anywhere. */
export function recordEmpty(zones: readonly ZoneMargins[], record: RecordFinding): void {
  const empty = zones.filter(isEmptyZone).map(({ zone }) => zone);
  if (empty.length > 0)
    record({
      level: 'info',
      code: emptyZones,
      message: `nobody lives in ${listZones(empty)}: all weights there are zero`,
      values: { zones: empty },
    });
}

/** Code of the finding of {@link recordEmpty}. */
export const emptyZones = 'empty-zones';

/** Zones that one message names. */
const namedZones = 20;

/** Zones by name, the first of them where they are many. */
export function listZones(zones: readonly string[]): string {
  if (zones.length === 1) return zones[0] === '' ? 'the population' : `zone ${zones[0]!}`;
  const more = zones.length > namedZones ? ` and ${zones.length - namedZones} more` : '';
  return `${zones.length} zones (${zones.slice(0, namedZones).join(', ')}${more})`;
}
