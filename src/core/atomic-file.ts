import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Failure } from './failure.js';

/** A file being written: it gets its name only when it is whole. */
export interface AtomicFile {
  append(content: Uint8Array | string): Promise<void>;
  /** Synced to disk, then renamed over whatever had the name. */
  commit(): Promise<void>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

/**
 * Opens a file for writing under a temporary name in the same folder, which is made when it is missing.
 *
 * @throws {Failure} naming the file when the system refuses, here and in every step after: `integrity` when the disk is
 * full or broken, else `invalid-input`. Then nothing of it is left but an older file of that name.
 *
 * @param mode who may read and write it, less what the system takes away
 */
export async function openAtomic(path: string, mode = 0o666): Promise<AtomicFile> {
  const temporary = temporaryName(path);
  const file = await refusable(path, async () => {
    await makeFolder(dirname(path));
    // One that a crash has left may be open to more people.
    if (mode !== 0o666) await rm(temporary, { force: true });
    return open(temporary, 'w', mode);
  });
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  const discard = async (): Promise<void> => {
    await close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
  };
  const orDiscard = (act: () => Promise<void>): Promise<void> =>
    refusable(path, () =>
      act().catch(async (error: unknown) => {
        await discard();
        throw error;
      }),
    );
  return {
    append: (content) => orDiscard(() => file.writeFile(content)),
    commit: () =>
      orDiscard(async () => {
        // Never twice: after a failed sync the system may have forgotten what it could not write.
        await file.sync();
        await close();
        await rename(temporary, path);
        await syncFolder(dirname(path));
      }),
    discard,
  };
}

/** What a file is called until it is whole; a crash may leave one behind. */
export const temporaryName = (path: string): string => `${path}.part`;

/** Writes a file that is either absent or whole, from its content or from parts of it, which are asked for one by one. */
export async function writeAtomically(
  path: string,
  content: Uint8Array | string | AsyncIterable<Uint8Array>,
  mode?: number,
): Promise<void> {
  const file = await openAtomic(path, mode);
  try {
    if (typeof content === 'string' || content instanceof Uint8Array) await file.append(content);
    else for await (const part of content) await file.append(part);
  } catch (error) {
    await file.discard();
    throw error;
  }
  await file.commit();
}

/** Makes a folder and those above it, each durably. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = resolve(folder); made.length >= resolve(first).length; made = dirname(made))
    await syncFolder(dirname(made));
}

/** Makes what was made, renamed or removed in a folder durable; some systems cannot open or sync a folder, and there is nothing to do about it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  try {
    await handle?.sync();
  } catch (error) {
    if (!isCode(error, 'EINVAL', 'EPERM', 'ENOTSUP', 'EISDIR')) throw error;
  } finally {
    await handle?.close();
  }
}

/** Does something to a file that the system may refuse, see {@link openAtomic}. */
export async function refusable<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const got = cause instanceof Error ? cause.message : String(cause);
    const parts = { where: path, problem: 'cannot be written', got };
    if (isCode(cause, 'ENOSPC', 'EDQUOT', 'EFBIG'))
      throw new Failure(
        'integrity',
        { ...parts, hint: 'The disk is full; what was whole before still is.' },
        { cause },
      );
    if (isCode(cause, 'EIO'))
      throw new Failure(
        'integrity',
        { ...parts, hint: 'The disk is broken; what was whole before may not be.' },
        { cause },
      );
    throw new Failure('invalid-input', parts, { cause });
  }
}

const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException).code ?? '');
