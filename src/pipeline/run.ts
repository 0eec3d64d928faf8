import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../core/atomic-file.js';
import { canonicalJson } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import type { Finding } from '../core/findings.js';
import { randomStream } from '../core/random.js';
import type { ArtifactKind } from './artifact.js';
import { nameOf, planPipeline, type Pipeline, type PlannedStage, type Source, type Wire } from './plan.js';
import { RunRecord, sealOf, type StageRecord } from './run-record.js';
import type { AnyStage, Ports, StageContext } from './stage.js';
import { artifactStore, parse, type ArtifactStore, type RowSink, type StoredFile, type TableCodec } from './store.js';

/** What the outside gives to a run. */
export interface RunOptions {
  readonly pipeline: Pipeline;
  /** By stage name, as given by the user; defaults are filled in by the plan. */
  readonly configs: Readonly<Record<string, unknown>>;
  readonly sources: Readonly<Record<string, Source>>;
  readonly seed: string;
  /** New or empty. */
  readonly folder: string;
  readonly version: string;
  readonly packages: Readonly<Record<string, string>>;
  readonly services: Readonly<Record<string, unknown>>;
  readonly codec: TableCodec;
  readonly signal: AbortSignal;
  /** Wall-clock in ISO format, for run-log.jsonl only. */
  readonly clock: () => string;
  readonly onEvent?: (event: RunEvent) => void;
  /** Calls of language models by outcome, asked for at the end. */
  readonly modelUsage?: () => Record<string, Record<string, number>>;
}

/** What happens while a run goes on; for a progress display and for the log. */
export type RunEvent =
  | {
      readonly kind: 'stage-started';
      readonly stage: string;
      readonly summary: string;
      readonly index: number;
      readonly of: number;
    }
  | { readonly kind: 'progress'; readonly stage: string; readonly done: number; readonly total: number }
  | { readonly kind: 'finding'; readonly stage: string; readonly finding: Finding }
  | { readonly kind: 'stage-completed'; readonly stage: string }
  | { readonly kind: 'stage-failed'; readonly stage: string; readonly message: string };

/**
 * Runs a pipeline in a folder: every stage in order, artifacts validated and hashed, `run-record.json` written whatever
 * happens, `run-log.jsonl` beside it with the times.
 *
 * @throws {Failure} `usage` when the folder is not empty; whatever a stage throws, after the record is written
 */
export async function runPipeline(options: RunOptions): Promise<RunRecord> {
  const plan = planPipeline(options.pipeline, options.configs, options.sources, options.seed);
  await mkdir(options.folder, { recursive: true }).catch((error: unknown) => {
    throw new Failure('usage', {
      where: '--out',
      problem: 'the folder cannot be made',
      got: error instanceof Error ? error.message : String(error),
    });
  });
  if ((await readdir(options.folder)).length > 0)
    throw new Failure('usage', {
      where: '--out',
      problem: 'the folder is not empty',
      got: options.folder,
      expected: 'a new or empty folder',
      hint: 'A run never writes over another one.',
    });
  const file = await open(join(options.folder, 'run-log.jsonl'), 'a');
  // One after the other: lines written at once could change places.
  let written: Promise<void> = Promise.resolve();
  try {
    return await runStages(options, plan, (line) => {
      written = written.then(() => file.appendFile(line));
    });
  } finally {
    await written;
    await file.close();
  }
}

async function runStages(
  options: RunOptions,
  plan: readonly PlannedStage[],
  log: (line: string) => void,
): Promise<RunRecord> {
  const { pipeline, sources, seed, folder, signal } = options;
  const store = artifactStore(folder, options.codec);
  const written = new Map<string, { kind: ArtifactKind; stored: StoredFile }>();
  const finished = new Map<string, Twin>();
  const broken = new Set<string>();
  const stages: StageRecord[] = [];
  let failure: { stage: string; error: unknown } | undefined;

  for (const [index, planned] of plan.entries()) {
    const { stage } = planned.wire;
    const name = nameOf(planned.wire);
    const record = emptyRecord(planned, options.configs[stage.name]);
    stages.push(record);
    const { branch } = planned.wire;
    if (failure !== undefined || (branch !== undefined && broken.has(branch))) continue;
    const notify = (event: RunEvent): void => {
      options.onEvent?.(event);
      if (event.kind !== 'progress') log(`${canonicalJson({ at: options.clock(), ...event })}\n`);
    };
    notify({ kind: 'stage-started', stage: name, summary: stage.summary, index, of: plan.length });
    try {
      signal.throwIfAborted();
      const findings = stages.flatMap(({ name, findings }) =>
        findings.map((finding) => ({ ...(finding as Finding), stage: name })),
      );
      await runStage(planned, record, { store, written, finished, findings, options, notify });
      record.status = 'completed';
      notify({ kind: 'stage-completed', stage: name });
    } catch (error) {
      const reason = signal.aborted ? interrupted() : error;
      record.status = 'failed';
      if (branch !== undefined && error instanceof Failure && !signal.aborted) {
        broken.add(branch);
        const finding = branchFailed(branch, error);
        record.findings.push(finding);
        notify({ kind: 'finding', stage: name, finding });
      } else failure = { stage: name, error: reason };
      notify({ kind: 'stage-failed', stage: name, message: messageOf(reason) });
    }
  }
  const unsealed = RunRecord.parse({
    schema: 'run-record/1',
    pipeline: pipeline.name,
    version: options.version,
    packages: options.packages,
    seed,
    status: failure === undefined ? 'completed' : 'failed',
    ...(failure && {
      failure: {
        stage: failure.stage,
        code: failure.error instanceof Failure ? failure.error.code : 'bug',
        message: messageOf(failure.error),
      },
    }),
    sources: Object.fromEntries(
      Object.entries(sources).map(([name, { origin, sha256 }]) => [name, { origin, sha256 }]),
    ),
    stages,
    models: options.modelUsage?.() ?? {},
    seal: '',
  });
  const runRecord = { ...unsealed, seal: sealOf(unsealed) };
  await writeAtomically(join(folder, 'run-record.json'), `${canonicalJson(runRecord, 2)}\n`);
  if (failure !== undefined) throw failure.error;
  return runRecord;
}

interface StageSurroundings {
  readonly store: ArtifactStore;
  readonly written: Map<string, { kind: ArtifactKind; stored: StoredFile }>;
  /** By what determines the result: see {@link identityOf}. */
  readonly finished: Map<string, Twin>;
  readonly findings: readonly (Finding & { readonly stage: string })[];
  readonly options: RunOptions;
  readonly notify: (event: RunEvent) => void;
}

/** A stage that was run, with the wires that say which output is which file. */
interface Twin {
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

async function runStage(
  planned: PlannedStage,
  record: StageRecord,
  { store, written, finished, findings, options, notify }: StageSurroundings,
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
  for (const [port, artifact] of wired) {
    const source = sources[artifact];
    // By the schema of the stage that reads: it may want more than the one that wrote.
    const wanted = stage.inputs[port]!;
    inputs[port] = source
      ? sourceValue(artifact, wanted, source.value)
      : await store.read(wanted, written.get(artifact)!.stored);
  }
  const outputs = Object.entries(stage.outputs);
  const sinks = new Map<string, RowSink>();
  for (const [port, kind] of outputs)
    if (kind.kind === 'rows') sinks.set(port, await store.openRows(wire.outputs[port]!, kind));
  try {
    const context: StageContext<Ports, unknown> = {
      random: randomStream(seed, stage.name),
      signal: options.signal,
      record(finding) {
        // A finding that JSON cannot hold must not cost the record.
        canonicalJson(finding);
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
      emit: Object.fromEntries([...sinks].map(([port, sink]) => [port, (row: unknown) => sink.emit(row)])),
    };
    const returned = (await stage.run(inputs as never, config as never, context as never)) as
      Record<string, unknown> | undefined;
    for (const [port, kind] of outputs) {
      const artifact = wire.outputs[port]!;
      if ('optional' in kind && returned?.[port] === undefined) continue;
      const sink = sinks.get(port);
      const stored = sink ? await sink.close() : await store.write(artifact, kind as never, returned?.[port]);
      sinks.delete(port);
      written.set(artifact, { kind, stored });
      record.outputs[artifact] = stored;
    }
    finished.set(identity, { wire, record });
  } catch (error) {
    // What was learnt before the failure stays: rows that were emitted are kept, whole and hashed.
    for (const [port, sink] of sinks) record.outputs[wire.outputs[port]!] = await sink.close();
    throw error;
  }
}

/** A source as the stage wants it: values are checked, rows and tables are handed on. */
const sourceValue = (name: string, kind: ArtifactKind, given: unknown): unknown =>
  kind.kind === 'value' ? parse(name, kind.schema, given) : given;

const emptyRecord = ({ wire, config, key }: PlannedStage, given: unknown): StageRecord => ({
  name: nameOf(wire),
  version: wire.stage.version,
  key,
  status: 'not-reached',
  configGiven: given ?? {},
  config,
  inputs: {},
  outputs: {},
  findings: [],
});

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const branchFailed = (branch: string, error: Failure): Finding => ({
  level: 'caution',
  code: 'branch-failed',
  message: `the branch ${branch} ended early: ${error.message}`,
});

const interrupted = (): Failure =>
  new Failure('interrupted', {
    where: 'run',
    problem: 'stopped before it was complete',
    hint: 'Start it again with a new --out.',
  });
