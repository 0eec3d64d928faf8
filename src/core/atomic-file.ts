import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
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
 * @throws {Failure} `invalid-input` naming the file when the system refuses, here and in every step after
 */
export async function openAtomic(path: string): Promise<AtomicFile> {
  const temporary = `${path}.part`;
  const file = await refusable(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    return open(temporary, 'w');
  });
  return {
    append: (content) => refusable(path, () => file.writeFile(content)),
    commit: () =>
      refusable(path, async () => {
        try {
          await file.sync();
          await file.close();
          await rename(temporary, path);
        } catch (error) {
          await rm(temporary, { force: true });
          throw error;
        }
        await syncFolder(dirname(path));
      }),
    async discard() {
      await file.close();
      await rm(temporary, { force: true });
    },
  };
}

/** Writes a file that is either absent or whole. */
export const writeAtomically = (path: string, content: Uint8Array | string): Promise<void> =>
  appendAll(path, [content]);

/** Copies a file; the copy is either absent or whole. */
export const copyAtomically = (from: string, to: string): Promise<void> =>
  appendAll(to, createReadStream(from) as AsyncIterable<Uint8Array>);

async function appendAll(
  path: string,
  parts: Iterable<Uint8Array | string> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const file = await openAtomic(path);
  try {
    for await (const part of parts) await file.append(part);
  } catch (error) {
    await file.discard();
    throw error;
  }
  await file.commit();
}

/** Makes the rename itself durable; some systems cannot open a folder, and there is nothing to do about it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

async function refusable<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    throw new Failure('invalid-input', { where: path, problem: 'cannot be written', got }, { cause: error });
  }
}
