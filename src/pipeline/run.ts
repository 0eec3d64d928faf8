import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryName } from '../core/atomic-file.js';
import { Failure, type FailureCode } from '../core/failure.js';
import type { Finding } from '../core/findings.js';
import { countsSince, countsTogether } from './model-counts.js';
import { nameOf, planPipeline, type Pipeline, type PlannedStage, type Source } from './plan.js';
import { claimFolder, unfinishedFolder, type FolderClaim } from './run-folder.js';
import { openRunLog, type RunLog } from './run-log.js';
import { identityOfRun, refuseChanges, runPlanFile, runPlanOf } from './run-plan.js';
import { RunRecord, type ModelCounts, type StageRecord } from './run-record.js';
import { keepStage, runStage, type StageSurroundings } from './run-stage.js';
import { sealed, writeSealed } from './sealed.js';
import { chainOf, outcomeToKeep, writeOutcome } from './stage-outcome.js';
import { artifactStore, type TableCodec } from './store.js';

/** What the outside gives to a run. */
export interface RunOptions {
  readonly pipeline: Pipeline;
  /** By stage name, as given by the user; defaults are filled in by the plan. */
  readonly configs: Readonly<Record<string, unknown>>;
  readonly sources: Readonly<Record<string, Source>>;
  readonly seed: string;
  /** New or empty, unless `claim` says that a run is continued in it. */
  readonly folder: string;
  /** The folder, taken before for this run; otherwise it is taken without a lock. */
  readonly claim?: FolderClaim;
  /** How the run was asked for, kept until it is complete: see `RunPlan`. */
  readonly request?: Readonly<Record<string, unknown>>;
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
  /** Done by an earlier attempt at this run. */
  | { readonly kind: 'stage-kept'; readonly stage: string }
  | { readonly kind: 'stage-failed'; readonly stage: string; readonly message: string };

/**
 * Runs a pipeline in a folder: every stage in order, artifacts validated and hashed, `run-record.json` written whatever
 * happens, `run-log.jsonl` beside it with the times. Where a run is continued, a stage that completed is not done again as
 * long as its files and all that was before it are what they were; the result is the same to the byte.
 *
 * @throws {Failure} `usage` when the folder is not empty, or the run that is continued was started with something else;
 * `folder-locked` when another process writes there; whatever a stage throws, after the record is written
 */
export async function runPipeline(options: RunOptions): Promise<RunRecord> {
  const plan = planPipeline(options.pipeline, options.configs, options.sources, options.seed);
  const claim = options.claim ?? (await claimFolder(options.folder));
  try {
    const identity = identityOfRun(options, plan);
    if (claim.plan) refuseChanges(claim.folder, claim.plan, identity);
    else await writeSealed(runPlanFile(unfinishedFolder(claim.folder)), runPlanOf(identity, options.request ?? {}));
    const log = await openRunLog(claim.folder);
    try {
      if (claim.plan) log.add({ at: options.clock(), kind: 'run-continued' });
      else if (options.request) log.add({ at: options.clock(), kind: 'run-requested', request: options.request });
      const record = await runStages(options, plan, claim, log);
      await claim.finish();
      return record;
    } catch (error) {
      // There is nothing to continue.
      if (error instanceof Failure && finalFailures.includes(error.code)) await claim.finish();
      throw error;
    } finally {
      await log.close();
    }
  } finally {
    await claim.release();
  }
}

/** They come of what the run was given: it would fail in the same way again. */
const finalFailures: readonly FailureCode[] = ['not-converged', 'infeasible', 'gate-failed', 'quality-gate'];

async function runStages(
  options: RunOptions,
  plan: readonly PlannedStage[],
  { folder, plan: continued }: FolderClaim,
  log: RunLog,
): Promise<RunRecord> {
  const { signal } = options;
  const notify = (event: RunEvent): void => {
    options.onEvent?.(event);
    if (event.kind !== 'progress') log.add({ at: options.clock(), ...event });
  };
  const surroundings: StageSurroundings = {
    store: artifactStore(folder, options.codec),
    written: new Map(),
    finished: new Map(),
    options,
    notify,
  };
  const broken = new Set<string>();
  const stages: StageRecord[] = [];
  const calls = callCounter(options.modelUsage);
  let failure: { stage: string; error: unknown } | undefined;
  // What it says is not so any more.
  if (continued) await rm(join(folder, 'run-record.json'), { force: true });

  for (const [index, planned] of plan.entries()) {
    const { stage, branch } = planned.wire;
    const record = emptyRecord(planned, options.configs[stage.name]);
    const { name } = record;
    const before = [...stages];
    stages.push(record);
    if (failure !== undefined) continue;
    const isBroken = branch !== undefined && broken.has(branch);
    if (continued && !isBroken) {
      const kept = await outcomeToKeep(folder, index, record, chainOf(before));
      if (kept) {
        stages[index] = kept.stage;
        keepStage(planned, kept.stage, surroundings);
        calls.keep(kept.models);
        notify({ kind: 'stage-kept', stage: name });
        continue;
      }
    }
    if (continued) await removeOutputs(folder, planned);
    if (isBroken) continue;
    notify({ kind: 'stage-started', stage: name, summary: stage.summary, index, of: plan.length });
    try {
      signal.throwIfAborted();
      const findings = before.flatMap(({ name, findings }) =>
        findings.map((finding) => ({ ...(finding as Finding), stage: name })),
      );
      await runStage(planned, record, findings, surroundings);
      record.status = 'completed';
      notify({ kind: 'stage-completed', stage: name });
      await log.flush();
      await writeOutcome(folder, index, { after: chainOf(before), stage: record, models: calls.since() });
    } catch (error) {
      const reason = signal.aborted ? interrupted() : error;
      record.status = 'failed';
      calls.since();
      if (branch !== undefined && endsBranch(error) && !signal.aborted) {
        broken.add(branch);
        const finding = branchFailed(branch, error);
        record.findings.push(finding);
        notify({ kind: 'finding', stage: name, finding });
      } else failure = { stage: name, error: reason };
      notify({ kind: 'stage-failed', stage: name, message: messageOf(reason) });
    }
  }
  if (failure === undefined) await log.flush();
  const record = recordOf(options, stages, calls.all(), failure);
  await writeSealed(join(folder, 'run-record.json'), record).catch((error: unknown) => {
    // A disk that is full has ended the run before: that is what has to be said.
    if (failure === undefined) throw error;
  });
  if (failure !== undefined) throw failure.error;
  return record;
}

/** A full disk or a server that went away are no result of a branch: the whole run stops, and may be continued. */
const endsBranch = (error: unknown): error is Failure =>
  error instanceof Failure && (finalFailures.includes(error.code) || error.code === 'invalid-input');

/** Counts the calls of language models stage by stage, so that those of stages that are kept can be added. */
function callCounter(usage: RunOptions['modelUsage']) {
  let [all, last]: [ModelCounts, ModelCounts] = [{}, {}];
  return {
    all: () => all,
    keep: (models: ModelCounts) => void (all = countsTogether(all, models)),
    /** Those since it was last asked. */
    since() {
      const now = usage?.() ?? {};
      const models = countsSince(last, now);
      last = now;
      all = countsTogether(all, models);
      return models;
    },
  };
}

/** What an earlier attempt at a stage left, half written or not committed. */
async function removeOutputs(folder: string, { wire }: PlannedStage): Promise<void> {
  for (const file of Object.values(wire.outputs))
    for (const path of [join(folder, file), temporaryName(join(folder, file))]) await rm(path, { force: true });
}

const recordOf = (
  { pipeline, version, packages, seed, sources }: RunOptions,
  stages: readonly StageRecord[],
  models: ModelCounts,
  failure: { stage: string; error: unknown } | undefined,
): RunRecord =>
  sealed(
    RunRecord.parse({
      schema: 'run-record/1',
      pipeline: pipeline.name,
      version,
      packages,
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
      models,
      seal: '',
    }),
  );

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
    hint: 'Continue it with pipeline resume.',
  });
