import { link, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../core/failure.js';
import { readSealed, sealed, sealedText } from './sealed.js';

/** A process, told from every other one, also from a later one with the same number. */
export const Holder = z.strictObject({
  schema: z.literal('run-lock/1'),
  host: z.string(),
  /** Of this start of the machine; empty where the system does not say. */
  boot: z.string(),
  /** In which `pid` counts (a container has its own); empty where the system does not say. */
  space: z.string(),
  pid: z.number().int(),
  /** When the process started, in ticks since the machine did; empty where the system does not say. */
  started: z.string(),
  seal: z.string(),
});
export type Holder = z.infer<typeof Holder>;

/** Who runs on this machine. */
export interface Processes {
  self(): Promise<Omit<Holder, 'schema' | 'seal'>>;
  /** undefined where it cannot be told from here: another machine, another container. */
  isRunning(holder: Holder): Promise<boolean | undefined>;
}

/** What locks are called. */
export const lockName = /^lock-(\d+)\.json$/;

/** Numbers of the locks in a folder, lowest first. */
const lockNumbers = (names: readonly string[]): number[] =>
  names.flatMap((name) => (lockName.test(name) ? [Number(lockName.exec(name)![1])] : [])).sort((a, b) => a - b);

const lockFile = (folder: string, number: number): string => join(folder, `lock-${number}.json`);

/**
 * Makes this process the only one that writes: locks are numbered and the highest counts. A lock whose process is gone is
 * never removed by another but outnumbered, and a number is given out once, so two that find it at once cannot both win.
 *
 * @param folder is made when it is missing
 * @param names what the lock is of, for messages
 * @returns gives the lock back; doing so twice does nothing more
 * @throws {Failure} `folder-locked` naming the process that holds it
 */
export async function lock(folder: string, names: string, processes: Processes): Promise<() => Promise<void>> {
  const own = sealed<Holder>({ schema: 'run-lock/1', ...(await processes.self()), seal: '' });
  for (;;) {
    await mkdir(folder, { recursive: true });
    const number = (await refuseLocked(folder, names, processes)) + 1;
    if (!(await createWhole(lockFile(folder, number), sealedText(own), own.pid))) continue;
    return async () => {
      // The lowest first: as long as the own one is there, nobody else begins.
      for (const outnumbered of lockNumbers(await namesIn(folder)))
        if (outnumbered <= number) await rm(lockFile(folder, outnumbered), { force: true });
    };
  }
}

/**
 * Refuses a folder that somebody writes to.
 *
 * @param names what the lock is of, for messages
 * @returns the number of the highest lock, whose process is gone; 0 where there is none
 * @throws {Failure} `folder-locked` naming the process that holds it
 */
export async function refuseLocked(folder: string, names: string, processes: Processes): Promise<number> {
  const last = lockNumbers(await namesIn(folder)).at(-1);
  if (last === undefined) return 0;
  const path = lockFile(folder, last);
  const holder = await readSealed(path, Holder);
  const isRunning = holder === 'absent' ? false : holder === 'damaged' ? undefined : await processes.isRunning(holder);
  if (isRunning === false) return last;
  throw new Failure('folder-locked', {
    where: names,
    problem: isRunning ? 'another process writes here' : 'it cannot be told whether another process writes here',
    got: typeof holder === 'string' ? 'a damaged lock' : `process ${holder.pid} on ${holder.host}`,
    hint: isRunning ? 'Wait until it ends, or stop it.' : `If none does, delete ${path}.`,
  });
}

/** Who writes to a folder now: a holder, `nobody`, or `unclear` where a lock cannot be read or its process not be seen. */
export async function lockState(folder: string, processes: Processes): Promise<Holder | 'nobody' | 'unclear'> {
  const last = lockNumbers(await namesIn(folder)).at(-1);
  if (last === undefined) return 'nobody';
  const holder = await readSealed(lockFile(folder, last), Holder);
  if (holder === 'absent') return 'nobody';
  if (holder === 'damaged') return 'unclear';
  const isRunning = await processes.isRunning(holder);
  return isRunning === undefined ? 'unclear' : isRunning ? holder : 'nobody';
}

/** Creates a file with its whole content at once. @returns whether it did; false when there is one already */
async function createWhole(path: string, content: string, pid: number): Promise<boolean> {
  const temporary = `${path}.${pid}.part`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(temporary, path).catch((error: unknown) => {
      if (isCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'))
        // No links on this disk: then whole but for a crash between creating and writing.
        return writeFile(path, content, { flag: 'wx' });
      throw error;
    });
    return true;
  } catch (error) {
    // Somebody was faster, or has ended and cleaned up.
    if (isCode(error, 'EEXIST', 'ENOENT')) return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException).code ?? '');

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
