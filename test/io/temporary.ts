import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { Failure } from '../../src/core/failure.js';

/** A folder that is removed after the tests of the file that asked for it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'populace-io-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files by name into a folder of their own; returns `path(name)`. */
export function fileMaker(folder: string): (name: string, content: string | Uint8Array) => string {
  return (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Message of the Failure that a piece of work ends in, the folder's name cut from it. Anything else is a defect of the code. */
export async function failureOf(work: Promise<unknown>, folder: string): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Failure) return error.message.replaceAll(`${folder}/`, '');
    throw error;
  }
  throw new Error('expected a Failure, got none');
}

/** Rows, or a Failure: nothing else may come of any input. */
export async function rowsOrFailure(items: AsyncIterable<unknown>): Promise<'rows' | 'failure'> {
  try {
    await all(items);
    return 'rows';
  } catch (error) {
    if (error instanceof Failure) return 'failure';
    throw error;
  }
}
