import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../core/failure.js';
import { lock, type Processes } from './lock.js';
import { unfinishedFolder } from './run-folder.js';
import { runLogFile } from './run-log.js';
import { readRunPlan, runPlanFile, runPlanOf } from './run-plan.js';
import { RunRecord } from './run-record.js';
import { readSealed, writeSealed } from './sealed.js';
import { outcomeFile, readOutcome } from './stage-outcome.js';

/** How a run was asked for, as its log has it; a log says where it was started, and may be deleted. */
const RequestLine = z.looseObject({ kind: z.literal('run-requested'), request: z.record(z.string(), z.unknown()) });

/**
 * Makes an ended run one that can be continued, as if it had been stopped before its first stage. A run that can be continued
 * anyway stays as it is.
 *
 * @returns whether the run had ended
 * @throws {Failure} `usage` when there is no run, or nobody knows any more how it was asked for; `integrity` on a damaged record;
 * `folder-locked` when another process writes there
 */
export async function reopenRun(folder: string, processes: Processes): Promise<boolean> {
  const unfinished = unfinishedFolder(folder);
  if ((await readRunPlan(unfinished)) !== 'absent') return false;
  const record = await readSealed(join(folder, 'run-record.json'), RunRecord);
  if (record === 'absent')
    throw new Failure('usage', {
      where: folder,
      problem: 'no run here',
      hint: 'Name the folder that a run was written to.',
    });
  if (record === 'damaged')
    throw new Failure('integrity', { where: join(folder, 'run-record.json'), problem: 'the run record is damaged' });
  const request = await requestIn(folder);
  if (request === undefined)
    throw new Failure('usage', {
      where: runLogFile(folder),
      problem: 'it does not say how this run was asked for',
      hint: 'Run again in a new folder.',
    });
  const { version, packages, pipeline, seed, sources } = record;
  const stages = record.stages.map(({ name, version, config }) => ({ name, version, config }));
  const unlock = await lock(unfinished, folder, processes);
  try {
    await writeSealed(
      runPlanFile(unfinished),
      runPlanOf({ version, packages, pipeline, seed, sources, stages }, request),
    );
  } finally {
    await unlock();
  }
  return true;
}

/** Undoes {@link reopenRun} where the run could not be continued and its record still stands. */
export async function closeAgain(folder: string): Promise<void> {
  const unfinished = unfinishedFolder(folder);
  if ((await readSealed(join(folder, 'run-record.json'), RunRecord)) === 'absent') return;
  await rm(runPlanFile(unfinished), { force: true });
}

/** Forgets that stages were done, so that they are done again when the run is continued. */
export async function forgetStages(folder: string, names: ReadonlySet<string>): Promise<void> {
  const plan = await readRunPlan(unfinishedFolder(folder));
  if (plan === 'absent') return;
  for (const index of plan.stages.keys()) {
    const outcome = await readOutcome(folder, index);
    if (typeof outcome !== 'string' && names.has(outcome.stage.name))
      await rm(outcomeFile(folder, index), { force: true });
  }
}

async function requestIn(folder: string): Promise<Record<string, unknown> | undefined> {
  const text = await readFile(runLogFile(folder), 'utf8').catch(() => '');
  for (const line of text.split('\n')) {
    if (!line.includes('"run-requested"')) continue;
    try {
      return RequestLine.parse(JSON.parse(line)).request;
    } catch {
      return undefined;
    }
  }
  return undefined;
}
