import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../core/failure.js';
import { lockState, type Processes } from './lock.js';
import { unfinishedFolder } from './run-folder.js';
import { readRunPlan } from './run-plan.js';
import { RunRecord, type StageRecord } from './run-record.js';
import { readSealed } from './sealed.js';
import { readOutcome } from './stage-outcome.js';

/** How far a stage is; `ended-early` are those of a branch that failed, and others went on. */
export type StageState = StageRecord['status'] | 'running' | 'waiting' | 'ended-early';

/** How far a run is. */
export interface RunState {
  /** `stopped`: it was killed or interrupted, or failed for a reason that may pass. `unclear`: its process cannot be seen from here. */
  readonly status: 'completed' | 'failed' | 'running' | 'stopped' | 'unclear';
  readonly pipeline: string;
  readonly version: string;
  readonly seed: string;
  /** Where it is running. */
  readonly process?: { readonly host: string; readonly pid: number };
  /** What ended it, if it could say so. */
  readonly failure?: { readonly stage: string; readonly code: string; readonly message: string };
  readonly stages: readonly {
    readonly name: string;
    readonly state: StageState;
    /** Rows by file, where files have rows. */
    readonly rows: Readonly<Record<string, number>>;
  }[];
}

/**
 * How far the run in a folder is, without touching it.
 *
 * @throws {Failure} `usage` when there is no run, or its plan is damaged
 */
export async function runState(folder: string, processes: Processes): Promise<RunState> {
  const found = await readSealed(join(folder, 'run-record.json'), RunRecord);
  const record = typeof found === 'string' ? undefined : found;
  if (record?.status === 'completed') return stateOfRecord(record);
  const unfinished = unfinishedFolder(folder);
  const plan = await readRunPlan(unfinished);
  if (plan === 'absent') {
    if (record) return stateOfRecord(record);
    const isEmpty = (await readdir(unfinished).catch(() => [])).length === 0;
    throw noRun(folder, found === 'damaged' ? 'the run record is damaged' : isEmpty ? 'no run here' : notBegun);
  }
  const holder = await lockState(unfinished, processes);
  const outcomes = await Promise.all(plan.stages.map((_, index) => readOutcome(folder, index)));
  const next = outcomes.findLastIndex((outcome) => typeof outcome !== 'string') + 1;
  const isRunning = typeof holder !== 'string';
  return {
    status: isRunning ? 'running' : holder === 'unclear' ? 'unclear' : 'stopped',
    pipeline: plan.pipeline,
    version: plan.version,
    seed: plan.seed,
    ...(isRunning && { process: { host: holder.host, pid: holder.pid } }),
    ...(record?.failure && { failure: record.failure }),
    stages: plan.stages.map(({ name }, index) => {
      const outcome = outcomes[index]!;
      if (typeof outcome !== 'string') return stateOf(outcome.stage);
      const isFailed = name === record?.failure?.stage;
      const state =
        index < next ? 'ended-early' : index === next && isRunning ? 'running' : isFailed ? 'failed' : 'waiting';
      return { name, state, rows: {} };
    }),
  };
}

const notBegun = 'a run was stopped here before it began';

const noRun = (where: string, problem: string): Failure =>
  new Failure('usage', {
    where,
    problem,
    hint: problem === notBegun ? 'Start it again with --out.' : 'Name the folder that a run was written to.',
  });

const stateOfRecord = ({ status, pipeline, version, seed, failure, stages }: RunRecord): RunState => ({
  status,
  pipeline,
  version,
  seed,
  ...(failure && { failure }),
  stages: stages.map(stateOf),
});

const stateOf = ({ name, status, outputs }: StageRecord): RunState['stages'][number] => ({
  name,
  state: status,
  rows: Object.fromEntries(
    Object.values(outputs).flatMap(({ file, rows }) => (rows === undefined ? [] : [[file, rows] as const])),
  ),
});
