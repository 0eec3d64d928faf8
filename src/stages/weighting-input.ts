import { Failure } from '../core/failure.js';
import type { RecordFinding } from '../core/findings.js';
import type { FileColumns } from '../io/read-columns.js';
import { linkPersons } from '../survey/link-persons.js';
import { groupMargins, type ZoneMargins } from '../survey/margins.js';
import type { WeightingSample } from '../survey/prepare-zones.js';
import { adjustPrices, type Prices } from '../survey/price-years.js';
import { readLabelMap, relabel } from '../survey/relabel.js';
import { partsOf } from '../survey/variables.js';
import { joinLevels } from '../survey/zone-samples.js';
import { earlierWeights, type EarlierWeights } from './earlier-weights.js';
import type { Services } from './services.js';
import { checkDistinct, textsOf, weightsOf } from './weighting-columns.js';

/** What is read from which column, and what is known of it; null for none. */
export interface WeightingColumns {
  /** Variables and joints of the margins that are used; null for all. */
  readonly use: readonly string[] | null;
  readonly id: string | null;
  readonly baseWeight: string | null;
  readonly cluster: string | null;
  readonly household: string | null;
  /** Largest share of persons without a household that is taken for an oversight and not for the wrong file. */
  readonly maxOrphanShare: number;
  /** Columns with money: the year that it is of. */
  readonly priceYears: Prices['years'];
  /** Columns with money: what it is multiplied by. */
  readonly adjust: Prices['factors'];
  /** What was written with the earlier weights. */
  readonly earlier: EarlierWeights | null;
}

/** Which files the user named beside the sample and its margins. */
export interface WeightingFiles {
  readonly persons: boolean;
  readonly personMargins: boolean;
  readonly zones: boolean;
  /** Labels of the sample with their categories in the margins. */
  readonly labels: boolean;
}

/** Margins and records, read and linked. */
export interface WeightingInput {
  readonly margins: readonly ZoneMargins[];
  readonly sample: WeightingSample;
  /** (records) */
  readonly ids: readonly string[];
  readonly clusters: readonly string[] | null;
  /** Zone in which each record lives; null where every record is a candidate in every zone. */
  readonly zoneOf: readonly string[] | null;
  /** File and first line of each margin, for messages. */
  readonly lines: ReadonlyMap<string, string>;
}

type Readers = Pick<Services, 'readMargins' | 'readColumns'>;

/**
 * Reads margins first, and then no more of the records than these need.
 *
 * @param sampleSha256 hash of the file of records
 * @throws {Failure} `invalid-input` naming the option, column and row; as {@link groupMargins}, {@link linkPersons},
 * {@link relabel}, {@link adjustPrices} and {@link earlierWeights}
 */
export async function readWeightingInput(
  settings: WeightingColumns,
  files: WeightingFiles,
  sampleSha256: string,
  { readMargins, readColumns }: Readers,
  record: RecordFinding,
): Promise<WeightingInput> {
  const { use, id, baseWeight, cluster, household, maxOrphanShare, priceYears, adjust, earlier } = settings;
  const { zones: margins, lines } = await readZoneMargins(use, files, readMargins, record);
  checkAsked(margins);
  if (files.zones && margins[0]!.zone === '')
    throw new Failure('invalid-input', {
      where: '--zones',
      problem: 'the margins have no zones',
      expected: 'a column zone in the file of margins',
    });
  const needed = new Set(
    margins
      .flatMap((zone) => [...zone.margins, ...zone.numbers])
      .flatMap(({ name }) => [name, ...partsOf(name, () => true)]),
  );
  const own = [id, baseWeight, cluster, household];
  const { rows, columns } = await readColumns('sample', (name) => needed.has(name) || own.includes(name));
  const texts = (option: string, name: string): readonly string[] => textsOf(option, name, columns);
  const ids = id === null ? Array.from({ length: rows }, (_, i) => String(i + 1)) : texts('--id', id);
  if (id !== null) checkDistinct('--id', ids);
  const base =
    earlier !== null
      ? earlierWeights(earlier, sampleSha256, await readColumns('earlier', () => true), ids)
      : baseWeight !== null
        ? weightsOf(`--base-weight, ${baseWeight}`, texts('--base-weight', baseWeight))
        : undefined;
  if (base?.every((weight) => weight === 0))
    throw new Failure('invalid-input', {
      where: earlier === null ? `--base-weight, ${baseWeight!}` : '--weights-from',
      problem: `all ${rows} base weights are zero`,
      expected: 'at least one above zero',
    });
  const persons =
    household === null
      ? undefined
      : personsOf(
          await readColumns('persons', (name) => needed.has(name) || name === household),
          household,
          texts('--household', household),
          maxOrphanShare,
          record,
        );
  const named = files.labels
    ? withLabels(await readColumns('labels', () => true), columns, persons?.columns ?? {}, record)
    : { sample: columns, persons: persons?.columns ?? {} };
  const sample: WeightingSample = {
    records: rows,
    columns: named.sample,
    ...(base && { base }),
    ...(persons && { persons: { ...persons, columns: named.persons } }),
  };
  return {
    margins,
    sample: adjustPrices(margins, sample, { years: priceYears, factors: adjust }, record),
    ids,
    clusters: cluster === null ? null : texts('--cluster', cluster),
    zoneOf: files.zones ? zonesOf(ids, await readColumns('zones', () => true), record) : null,
    lines,
  };
}

async function readZoneMargins(
  use: readonly string[] | null,
  files: WeightingFiles,
  readMargins: Readers['readMargins'],
  record: RecordFinding,
): Promise<{ readonly zones: ZoneMargins[]; readonly lines: ReadonlyMap<string, string> }> {
  const ofSample = await readMargins('margins', record);
  const ofPersons = files.personMargins ? await readMargins('personMargins', record) : [];
  const known = new Set([...ofSample, ...ofPersons].map(({ variable }) => variable.trim()));
  const unknown = use?.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new Failure('invalid-input', {
      where: '--use',
      problem: 'no such margin',
      got: unknown,
      expected: [...known].join(', '),
    });
  const used = (cells: typeof ofSample): ZoneMargins[] => {
    const own = cells.filter(({ variable }) => use?.includes(variable.trim()) ?? true);
    return own.length === 0 ? [] : groupMargins(own, record);
  };
  const [zones, persons] = [used(ofSample), used(ofPersons)];
  const lines = new Map([...ofPersons, ...ofSample].reverse().map(({ variable, where }) => [variable.trim(), where]));
  if (!files.personMargins) return { zones, lines };
  const nothing = (others: readonly ZoneMargins[]): ZoneMargins[] =>
    others.map(({ zone }) => ({ zone, margins: [], numbers: [] }));
  // With --use one of the two files may have nothing left to say.
  const joined = joinLevels(zones.length > 0 ? zones : nothing(persons), persons.length > 0 ? persons : nothing(zones));
  return { zones: joined, lines };
}

/** @throws {Failure} `invalid-input` where counts are asked for, and all of them are zero */
function checkAsked(zones: readonly ZoneMargins[]): void {
  const margins = zones.flatMap((zone) => zone.margins);
  if (margins.length > 0 && margins.every(({ asked }) => asked.every((x) => x === 0)))
    throw new Failure('invalid-input', {
      where: '--margins',
      problem: zones.length === 1 ? 'every target is zero' : 'every target of every zone is zero',
      expected: 'somebody to weight the records to',
    });
}

function personsOf(
  { rows, columns }: FileColumns,
  household: string,
  households: readonly string[],
  maxOrphanShare: number,
  record: RecordFinding,
): NonNullable<WeightingSample['persons']> {
  const links = textsOf('--household', household, columns, '--persons');
  return { records: rows, columns, householdOf: linkPersons(households, links, maxOrphanShare, record).householdOf };
}

/** Columns with the labels that the margins have, from a table of labels. */
function withLabels(
  table: FileColumns,
  sample: FileColumns['columns'],
  persons: FileColumns['columns'],
  record: RecordFinding,
): { readonly sample: FileColumns['columns']; readonly persons: FileColumns['columns'] } {
  const [variables, labels, categories] = ['variable', 'label', 'category'].map((name) =>
    textsOf('--labels', name, table.columns, '--labels'),
  ) as [readonly string[], readonly string[], readonly string[]];
  const lines = variables.map((variable, k) => ({ variable, label: labels[k]!, category: categories[k]! }));
  return relabel({ sample, persons }, readLabelMap(lines), record);
}

/** Ids that a message names. */
const namedIds = 5;

function recordStrangers(ids: readonly string[], names: readonly string[], record: RecordFinding): void {
  const known = new Set(ids.map((id) => id.trim()));
  const strangers = names.filter((name) => !known.has(name));
  if (strangers.length === 0) return;
  const more = strangers.length > namedIds ? ', ...' : '';
  record({
    level: 'caution',
    code: 'zones-of-nobody',
    message: `${strangers.length} of ${names.length} ids of the file of zones are not in the sample: ${strangers.slice(0, namedIds).join(', ')}${more}`,
    values: { ids: strangers.length, first: strangers.slice(0, namedIds) },
  });
}

/** The zone of each record, from a table of ids and zones. */
function zonesOf(ids: readonly string[], { columns }: FileColumns, record: RecordFinding): string[] {
  const [names, zones] = ['id', 'zone'].map((name) => textsOf('--zones', name, columns, '--zones')) as [
    readonly string[],
    readonly string[],
  ];
  checkDistinct('--zones', names);
  const zoneOf = new Map(names.map((name, row) => [name.trim(), zones[row]!.trim()]));
  recordStrangers(ids, [...zoneOf.keys()], record);
  return ids.map((id, row) => {
    const zone = zoneOf.get(id.trim());
    if (zone !== undefined) return zone;
    throw new Failure('invalid-input', {
      where: '--zones',
      problem: `no zone for record ${row + 1}`,
      got: id,
      expected: 'a line for the id of every record',
    });
  });
}
