import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file being written: it gets its name only when it is whole. */
export interface AtomicFile {
  append(content: Uint8Array | string): Promise<void>;
  /** Synced, then renamed. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/** Opens a file for writing under a temporary name in the same folder, which is made when it is missing. */
export async function openAtomic(path: string): Promise<AtomicFile> {
  const temporary = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  const file = await open(temporary, 'w');
  return {
    async append(content) {
      await file.writeFile(content);
    },
    async commit() {
      await file.sync();
      await file.close();
      await rename(temporary, path);
    },
    async discard() {
      await file.close();
      await rm(temporary, { force: true });
    },
  };
}

/** Writes a file that is either absent or whole. */
export async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const file = await openAtomic(path);
  try {
    await file.append(content);
  } catch (error) {
    await file.discard();
    throw error;
  }
  await file.commit();
}
