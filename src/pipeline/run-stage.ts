import { canonicalJson } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import type { Finding } from '../core/findings.js';
import { randomStream } from '../core/random.js';
import type { ArtifactKind } from './artifact.js';
import { openAccounts } from './conserve.js';
import type { PlannedStage, Source, Wire } from './plan.js';
import type { RunEvent, RunOptions } from './run.js';
import type { StageRecord } from './run-record.js';
import type { AnyStage, Ports, StageContext } from './stage.js';
import { parse, type ArtifactStore, type RowSink, type StoredFile } from './store.js';

/** What stages of a run share. */
export interface StageSurroundings {
  readonly store: ArtifactStore;
  readonly written: Map<string, { kind: ArtifactKind; stored: StoredFile }>;
  /** By what determines the result: see {@link identityOf}. */
  readonly finished: Map<string, Twin>;
  readonly options: RunOptions;
  readonly notify: (event: RunEvent) => void;
}

/** A stage that was run, with the wires that say which output is which file. */
export interface Twin {
  readonly wire: Wire;
  readonly record: StageRecord;
}

/** Everything that the result of a stage depends on, but what stages recorded before. */
const identityOf = ({ wire: { stage }, config }: PlannedStage, { inputs }: StageRecord): string =>
  canonicalJson([
    stage.name,
    stage.version,
    config,
    Object.fromEntries(Object.entries(inputs).map(([port, { sha256 }]) => [port, sha256])),
  ]);

/** Takes the files of a stage that was done before as if it had been done now. */
export function keepStage(planned: PlannedStage, record: StageRecord, { written, finished }: StageSurroundings): void {
  const { wire } = planned;
  for (const [port, kind] of Object.entries(wire.stage.outputs)) {
    const stored = record.outputs[wire.outputs[port]!];
    if (stored !== undefined) written.set(stored.file, { kind, stored });
  }
  if (record.sameAs === undefined) finished.set(identityOf(planned, record), { wire, record });
}

/**
 * Runs one stage: what goes in and comes out is added to its record.
 *
 * @param findings of the stages before
 * @throws whatever the stage throws; rows that it emitted until then are kept, whole and hashed, if the disk lets them
 */
export async function runStage(
  planned: PlannedStage,
  record: StageRecord,
  findings: readonly (Finding & { readonly stage: string })[],
  { store, written, finished, options, notify }: StageSurroundings,
): Promise<void> {
  const { wire, config } = planned;
  const stage: AnyStage = wire.stage;
  const { sources, seed } = options;
  // A branch that ended early has left no file: then an optional input stays undefined.
  const wired = Object.entries(wire.inputs).filter(([, artifact]) => artifact in sources || written.has(artifact));
  for (const [port, artifact] of wired) {
    const { sha256 } = sources[artifact] ?? written.get(artifact)!.stored;
    record.inputs[port] = { artifact, sha256 };
  }
  const identity = identityOf(planned, record);
  const twin = finished.get(identity);
  if (wire.branch !== undefined && twin !== undefined) {
    record.sameAs = twin.record.name;
    if (twin.record.conserved) record.conserved = twin.record.conserved;
    for (const [port, kind] of Object.entries(stage.outputs)) {
      const artifact = wire.outputs[port]!;
      const original = twin.record.outputs[twin.wire.outputs[port]!];
      if (original === undefined) continue;
      const stored = await store.copy(original, artifact);
      written.set(artifact, { kind, stored });
      record.outputs[artifact] = stored;
    }
    return;
  }
  const inputs: Record<string, unknown> = {};
  const accounts = openAccounts(stage);
  for (const [port, artifact] of wired) {
    const source = sources[artifact];
    // By the schema of the stage that reads: it may want more than the one that wrote.
    const wanted = stage.inputs[port]!;
    const content = source
      ? sourceValue(artifact, wanted, source.value)
      : await store.read(wanted, written.get(artifact)!.stored);
    inputs[port] = accounts.input(port, content);
  }
  const outputs = Object.entries(stage.outputs);
  const sinks = new Map<string, RowSink>();
  try {
    for (const [port, kind] of outputs)
      if (kind.kind === 'rows') sinks.set(port, await store.openRows(wire.outputs[port]!, kind));
    const context: StageContext<Ports, unknown> = {
      random: randomStream(seed, stage.name),
      signal: options.signal,
      record(given) {
        // A finding that JSON cannot hold must not cost the record, and later stages read what is in it.
        const finding = JSON.parse(canonicalJson(given)) as Finding;
        record.findings.push(finding);
        notify({ kind: 'finding', stage: record.name, finding });
      },
      findings,
      provenance: {
        version: options.version,
        seed,
        sources: Object.entries(sources).map(([name, source]) => ({ name, sha256: source.sha256 })),
      },
      progress: (done, total) => notify({ kind: 'progress', stage: record.name, done, total }),
      services: Object.fromEntries(stage.uses.map((name) => [name, options.services[name]])),
      emit: Object.fromEntries(
        [...sinks].map(([port, sink]) => [
          port,
          (row: unknown) => {
            accounts.emitted(port, row);
            return sink.emit(row);
          },
        ]),
      ),
    };
    const returned = (await stage.run(inputs as never, config as never, context as never)) as
      Record<string, unknown> | undefined;
    for (const [, artifact] of wired) await refuseChanged(artifact, sources[artifact]);
    for (const [port, kind] of outputs) {
      const artifact = wire.outputs[port]!;
      if ('optional' in kind && returned?.[port] === undefined) continue;
      if (kind.kind === 'columns') accounts.returned(port, returned?.[port]);
      const sink = sinks.get(port);
      const stored = sink ? await sink.close() : await store.write(artifact, kind as never, returned?.[port]);
      sinks.delete(port);
      written.set(artifact, { kind, stored });
      record.outputs[artifact] = stored;
    }
    const conserved = await accounts.settle();
    if (conserved.length > 0) record.conserved = conserved;
    finished.set(identity, { wire, record });
  } catch (error) {
    for (const [port, sink] of sinks) {
      // A sink that the disk failed has removed its file, and what it says now is but a consequence.
      const stored = await sink.close().catch(() => undefined);
      if (stored !== undefined) record.outputs[wire.outputs[port]!] = stored;
    }
    throw error;
  }
}

/** @throws {Failure} `invalid-input` when a file changed while it was read: what was made of it is of no known input */
async function refuseChanged(name: string, source: Source | undefined): Promise<void> {
  if (source?.hashNow === undefined || (await source.hashNow()) === source.sha256) return;
  throw new Failure('invalid-input', {
    where: name,
    problem: 'the file changed while it was read',
    hint: 'Start again in a new folder, with a file that nobody writes to.',
  });
}

/** A source as the stage wants it: values are checked, rows and tables are handed on. */
const sourceValue = (name: string, kind: ArtifactKind, given: unknown): unknown =>
  kind.kind === 'value' ? parse(name, kind.schema, given) : given;
