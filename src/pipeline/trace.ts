import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Column, Table } from '../core/table.js';
import type { ColumnsKind, RowsKind } from './artifact.js';
import { nameOf, type Pipeline, type Wire } from './plan.js';
import { unfinishedFolder } from './run-folder.js';
import { readRunPlan } from './run-plan.js';
import type { StageRecord } from './run-record.js';
import { readOutcome } from './stage-outcome.js';
import { artifactStore, type TableCodec } from './store.js';
import { readRunRecord } from './verify.js';

/** One place where an item of a run was found. */
export interface Found {
  /** With its branch. */
  readonly stage: string;
  readonly port: string;
  /** Below the run folder. */
  readonly file: string;
  /** What the stage says of it: it went on, it was left out, or something is noted about it. */
  readonly fate: 'kept' | 'dropped' | 'noted';
  /** Only where it was left out. */
  readonly reason?: string;
  readonly detail?: string;
  readonly id: string;
  readonly row: Readonly<Record<string, unknown>>;
  /** Rows of the file. */
  readonly of: number;
}

/** What is known of a run whose items are looked for. */
export interface TracedRun {
  readonly folder: string;
  readonly pipeline: Pipeline;
  readonly stages: readonly StageRecord[];
  readonly codec: TableCodec;
}

/**
 * The name of the pipeline of a run and what its stages did: from its record, or of a run that has not ended from what is kept
 * for continuing it.
 *
 * @throws {Failure} `invalid-input` when there is no run
 */
export async function stagesOfRun(
  folder: string,
): Promise<{ readonly pipeline: string; readonly stages: readonly StageRecord[] }> {
  const plan = existsSync(join(folder, 'run-record.json')) ? 'absent' : await readRunPlan(unfinishedFolder(folder));
  if (plan === 'absent') return readRunRecord(folder);
  const outcomes = await Promise.all(plan.stages.map((_, index) => readOutcome(folder, index)));
  return {
    pipeline: plan.pipeline,
    stages: outcomes.flatMap((outcome) => (typeof outcome === 'string' ? [] : [outcome.stage])),
  };
}

/** Where one output of a stage names its items. */
interface Place {
  readonly wire: Wire;
  readonly port: string;
  readonly by: string;
  readonly fate: Found['fate'];
  readonly reason?: string | undefined;
  readonly detail?: string | undefined;
}

/**
 * Every place where items are found, in the order of the stages: what stages declare of what they keep and drop is enough to
 * follow an item, whatever it is.
 *
 * @param isWanted by the name of the item
 * @param notes outputs that say something about items, with the field that names the item
 */
export async function* findItems(
  { folder, pipeline, stages, codec }: TracedRun,
  isWanted: (id: string) => boolean,
  notes: Readonly<Record<string, string>> = {},
): AsyncGenerator<Found> {
  const store = artifactStore(folder, codec);
  const records = new Map(stages.map((stage) => [stage.name, stage]));
  for (const { wire, port, by, fate, reason, detail } of pipeline.wires.flatMap((wire) => placesOf(wire, notes))) {
    const name = nameOf(wire);
    const stored = records.get(name)?.outputs[wire.outputs[port] ?? ''];
    if (stored === undefined) continue;
    const kind = wire.stage.outputs[port] as RowsKind<unknown> | ColumnsKind;
    const content = (await store.read(kind, stored)) as Table | AsyncIterable<Readonly<Record<string, unknown>>>;
    const rows = Symbol.asyncIterator in content ? content : tableRows(content, by, isWanted);
    for await (const row of rows) {
      const id = textOf(row[by]);
      if (!isWanted(id)) continue;
      yield {
        ...{ stage: name, port, file: stored.file, fate, id, row },
        ...(reason !== undefined && { reason: textOf(row[reason]) }),
        ...(detail !== undefined && { detail: textOf(row[detail]) }),
        of: stored.rows ?? 0,
      };
    }
  }
}

/** All rows of one port, of every stage that has it. */
export async function* rowsOfPort(
  { folder, pipeline, stages, codec }: TracedRun,
  port: string,
): AsyncGenerator<{ readonly stage: string; readonly row: unknown }> {
  const store = artifactStore(folder, codec);
  const records = new Map(stages.map((stage) => [stage.name, stage]));
  for (const wire of pipeline.wires) {
    const kind = wire.stage.outputs[port];
    const stored = records.get(nameOf(wire))?.outputs[wire.outputs[port] ?? ''];
    if (kind?.kind !== 'rows' || stored === undefined) continue;
    for await (const row of (await store.read(kind, stored)) as AsyncIterable<unknown>)
      yield { stage: nameOf(wire), row };
  }
}

function placesOf(wire: Wire, notes: Readonly<Record<string, string>>): Place[] {
  const places = new Map<string, Place>();
  for (const { kept, dropped = {} } of wire.stage.conserves ?? []) {
    for (const [port, by] of Object.entries(kept)) places.set(port, { wire, port, by, fate: 'kept' });
    for (const [port, into] of Object.entries(dropped)) places.set(port, { wire, port, fate: 'dropped', ...into });
  }
  for (const [port, by] of Object.entries(notes))
    if (port in wire.stage.outputs) places.set(port, { wire, port, by, fate: 'noted' });
  return [...places.values()];
}

function* tableRows(
  { columns }: Table,
  by: string,
  isWanted: (id: string) => boolean,
): Generator<Record<string, unknown>> {
  const names = columns[by] as readonly string[];
  for (let row = 0; row < names.length; row++)
    if (isWanted(names[row]!))
      yield Object.fromEntries(
        Object.entries<Column>(columns).map(([name, column]) => [name, column[row] as string | number]),
      );
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
