import { Failure } from '../core/failure.js';
import type { RecordFinding } from '../core/findings.js';
import type { Column } from '../core/table.js';
import type { FileColumns } from '../io/read-columns.js';
import { linkPersons } from '../survey/link-persons.js';
import { groupMargins, type ZoneMargins } from '../survey/margins.js';
import type { WeightingSample } from '../survey/prepare-zones.js';
import { partsOf } from '../survey/variables.js';
import { joinLevels } from '../survey/zone-samples.js';
import type { Services } from './services.js';

/** What is read from which column; null for none. */
export interface WeightingColumns {
  /** Variables and joints of the margins that are used; null for all. */
  readonly use: readonly string[] | null;
  readonly id: string | null;
  readonly baseWeight: string | null;
  readonly cluster: string | null;
  readonly household: string | null;
}

/** Which files the user named beside the sample and its margins. */
export interface WeightingFiles {
  readonly persons: boolean;
  readonly personMargins: boolean;
  readonly zones: boolean;
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
}

type Readers = Pick<Services, 'readMargins' | 'readColumns'>;

/** Largest share of persons without a household that is taken for an oversight and not for the wrong file. */
const mostOrphans = 0.1;

/**
 * Reads margins first, and then no more of the records than these need.
 *
 * @throws {Failure} `invalid-input` naming the option, column and row; as {@link groupMargins} and {@link linkPersons}
 */
export async function readWeightingInput(
  { use, id, baseWeight, cluster, household }: WeightingColumns,
  files: WeightingFiles,
  { readMargins, readColumns }: Readers,
  record: RecordFinding,
): Promise<WeightingInput> {
  const margins = await readZoneMargins(use, files, readMargins, record);
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
  const sample: WeightingSample = {
    records: rows,
    columns,
    ...(baseWeight !== null && { base: weightsOf(baseWeight, texts('--base-weight', baseWeight)) }),
  };
  return {
    margins,
    sample:
      household === null
        ? sample
        : {
            ...sample,
            persons: personsOf(
              await readColumns('persons', (name) => needed.has(name) || name === household),
              household,
              texts('--household', household),
              record,
            ),
          },
    ids,
    clusters: cluster === null ? null : texts('--cluster', cluster),
    zoneOf: files.zones ? zonesOf(ids, await readColumns('zones', () => true)) : null,
  };
}

async function readZoneMargins(
  use: readonly string[] | null,
  files: WeightingFiles,
  readMargins: Readers['readMargins'],
  record: RecordFinding,
): Promise<ZoneMargins[]> {
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
  if (!files.personMargins) return zones;
  const nothing = (others: readonly ZoneMargins[]): ZoneMargins[] =>
    others.map(({ zone }) => ({ zone, margins: [], numbers: [] }));
  // With --use one of the two files may have nothing left to say.
  return joinLevels(zones.length > 0 ? zones : nothing(persons), persons.length > 0 ? persons : nothing(zones));
}

function personsOf(
  { rows, columns }: FileColumns,
  household: string,
  households: readonly string[],
  record: RecordFinding,
): NonNullable<WeightingSample['persons']> {
  const links = linkPersons(households, textsOf('--household', household, columns, '--persons'), mostOrphans, record);
  return { records: rows, columns, householdOf: links.householdOf };
}

function textsOf(option: string, name: string, columns: FileColumns['columns'], file = '--sample'): readonly string[] {
  if (Object.hasOwn(columns, name)) return columns[name] as readonly string[];
  throw new Failure('invalid-input', {
    where: option,
    problem: `no such column in the file of ${file}`,
    got: name,
    expected: Object.keys(columns).join(', '),
  });
}

const weightsOf = (name: string, texts: readonly string[]): Float64Array =>
  Float64Array.from(texts, (text, row) => {
    const weight = text.trim() === '' ? NaN : Number(text);
    if (weight >= 0 && weight < Infinity) return weight;
    throw new Failure('invalid-input', {
      where: `--base-weight, ${name} of record ${row + 1}`,
      problem: 'not a weight',
      got: text,
      expected: 'a number ≥ 0',
    });
  });

function checkDistinct(where: string, ids: readonly string[]): void {
  const seen = new Set<string>();
  for (const [row, id] of ids.entries()) {
    if (seen.has(id))
      throw new Failure('invalid-input', {
        where: `${where}, record ${row + 1}`,
        problem: `the same id as record ${ids.indexOf(id) + 1}`,
        got: id,
      });
    seen.add(id);
  }
}

/** The zone of each record, from a table of ids and zones. */
function zonesOf(ids: readonly string[], { columns }: FileColumns): string[] {
  const [names, zones] = ['id', 'zone'].map((name) => textsOf('--zones', name, columns, '--zones')) as [
    Column & readonly string[],
    Column & readonly string[],
  ];
  checkDistinct('--zones', names);
  const zoneOf = new Map(names.map((name, row) => [name.trim(), zones[row]!.trim()]));
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
