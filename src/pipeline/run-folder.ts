import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { refusable } from '../core/atomic-file.js';
import { Failure } from '../core/failure.js';
import { lock, lockName, lockState, refuseLocked, type Holder, type Processes } from './lock.js';
import { readRunPlan, runPlanFile, type RunPlan } from './run-plan.js';

/**
 * What is known of a run while it has not ended well: its plan, the outcome of each stage, who writes. It is gone when the
 * run is complete, so a complete run holds nothing of the machine that it was made on.
 */
export const unfinishedFolder = (folder: string): string => join(folder, 'unfinished');

/** A run folder that this process alone writes to. */
export interface FolderClaim {
  readonly folder: string;
  /** Of the run that is continued; undefined for a new one. */
  readonly plan: RunPlan | undefined;
  /** Ends the run: what was kept for continuing it is removed. */
  finish(): Promise<void>;
  /** Lets others write again; after {@link finish} and the second time it does nothing. */
  release(): Promise<void>;
}

/** How a folder is claimed. */
export interface ClaimOptions {
  /** Without it the folder is not locked: the caller vouches that nobody else writes there. */
  readonly processes?: Processes | undefined;
  /** Whether the run in the folder is continued; otherwise the folder must hold nothing. */
  readonly resume?: boolean;
  /** Names that a new run may find in the folder all the same. */
  readonly keeps?: readonly string[];
}

/**
 * Takes a folder for a run.
 *
 * @throws {Failure} `folder-locked` naming who writes there; `usage` when the folder holds something, or nothing to continue
 */
export async function claimFolder(
  folder: string,
  { processes, resume = false, keeps = [] }: ClaimOptions = {},
): Promise<FolderClaim> {
  const unfinished = unfinishedFolder(folder);
  if (!resume) {
    // What is in it tells of people.
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw new Failure('usage', {
        where: '--out',
        problem: 'the folder cannot be made',
        got: error instanceof Error ? error.message : String(error),
      });
    });
    // Who writes in a folder is what the user has to know, before that it is not empty.
    if (processes) await refuseLocked(unfinished, folder, processes);
    await refuseFull(folder, keeps);
  } else if ((await namesIn(unfinished)).length === 0) throw nothingToContinue(folder);
  const unlock = processes
    ? await refusable(unfinished, () => lock(unfinished, folder, processes))
    : () => Promise.resolve();
  const release = async (): Promise<void> => {
    await unlock();
    // Empty: a run that never began, or has ended. Somebody else's file in there keeps the folder.
    await rmdir(unfinished).catch(() => undefined);
  };
  try {
    // Until the lock was held, another may have come and gone.
    if (!resume) await refuseFull(folder, keeps);
    const plan = resume ? await readRunPlan(unfinished) : undefined;
    if (plan === 'absent') throw nothingToContinue(folder);
    return { folder, plan, finish: () => clear(unfinished).then(release), release };
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * Takes the folder of a run, whatever became of it, to change what is in it.
 *
 * @throws {Failure} `folder-locked` naming who writes there
 */
export async function claimExisting(folder: string, processes: Processes): Promise<Pick<FolderClaim, 'release'>> {
  const unfinished = unfinishedFolder(folder);
  const unlock = await refusable(unfinished, () => lock(unfinished, folder, processes));
  return {
    async release() {
      await unlock();
      await rmdir(unfinished).catch(() => undefined);
    },
  };
}

/**
 * Removes what is kept for continuing a run that turned out to be complete: it was killed in its last moment.
 *
 * @throws {Failure} `folder-locked` naming who writes there
 */
export async function clearFinished(folder: string, processes: Processes): Promise<void> {
  const unfinished = unfinishedFolder(folder);
  if ((await namesIn(unfinished)).length > 0) {
    const unlock = await lock(unfinished, folder, processes);
    await clear(unfinished);
    await unlock();
  }
  await rmdir(unfinished).catch(() => undefined);
}

/** Who writes to a run folder: see {@link lockState}. */
export const holderOf = (folder: string, processes: Processes): Promise<Holder | 'nobody' | 'unclear'> =>
  lockState(unfinishedFolder(folder), processes);

/** A run that was killed before its plan was written has left nothing that counts. */
async function refuseFull(folder: string, keeps: readonly string[]): Promise<void> {
  const [names, kept] = [await namesIn(folder), await namesIn(unfinishedFolder(folder))];
  if (kept.includes('run-plan.json'))
    throw new Failure('usage', {
      where: '--out',
      problem: 'an unfinished run is here',
      got: folder,
      hint: `Continue it with: pipeline resume ${folder}`,
    });
  if (names.some((name) => name !== 'unfinished' && !keeps.includes(name)) || !kept.every(isOwn))
    throw new Failure('usage', {
      where: '--out',
      problem: 'the folder is not empty',
      got: folder,
      expected: 'a new or empty folder',
      hint: 'A run never writes over another one.',
    });
}

const nothingToContinue = (folder: string): Failure =>
  new Failure('usage', {
    where: folder,
    problem: 'no run here that could be continued',
    expected: 'the folder of a run that was stopped, killed or failed',
    hint: 'A run that was stopped before its first stage is started again with --out.',
  });

/** Removes all but the locks. The plan goes first: a run without one is not continued. */
async function clear(unfinished: string): Promise<void> {
  await rm(runPlanFile(unfinished), { force: true });
  for (const name of (await namesIn(unfinished)).filter(isOwn))
    if (!lockName.test(name)) await rm(join(unfinished, name), { force: true });
}

/** Whether this program writes files of that name into the folder. */
export const isOwn = (name: string): boolean =>
  /^(?:run-plan|lock-\d+|stage-\d+)\.json(?:\.\d+)?(?:\.part)?$/.test(name);

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
