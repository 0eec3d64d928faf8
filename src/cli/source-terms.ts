import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import type { Source } from '../pipeline/plan.js';
import { DataUse, DeletedAuthors, unstatedUse } from '../stages/index.js';

/** Files that say something about a source of posts. */
export type Sidecar = 'data-use' | 'deleted-authors';

/**
 * Where a file about a source lies: in the folder, when the source is one; else beside it, `posts.data-use.json` for
 * `posts.csv.gz`, or `data-use.json` for all that lie there. Where there is none, the place where one would be written.
 */
export function sidecarFile(histories: string, kind: Sidecar): string {
  if (statSync(histories, { throwIfNoEntry: false })?.isDirectory() === true) return join(histories, `${kind}.json`);
  const own = join(dirname(histories), `${basename(histories).replace(/\.[a-z]+(?:\.gz)?$/i, '')}.${kind}.json`);
  const shared = join(dirname(histories), `${kind}.json`);
  return !existsSync(own) && existsSync(shared) ? shared : own;
}

/**
 * What a source of posts may be used for: its `data-use.json`, or what holds where nobody said anything.
 *
 * @throws {Failure} `invalid-input` naming the file and the field
 */
export async function dataUseOf(histories: string): Promise<Source & { readonly value: DataUse }> {
  const path = sidecarFile(histories, 'data-use');
  const stated = existsSync(path);
  const value = stated ? await readJsonFile(path, DataUse) : unstatedUse;
  return { value, sha256: sha256(canonicalJson(value)), origin: stated ? 'own file' : 'not stated' };
}

/** The list of those who are not to be read, in a run folder. */
export const deletedIn = (folder: string): string => join(folder, 'deleted-authors.json');

/** A list in a run folder: while something of an author is still there, it says what is left to do. */
export const FolderDeletions = DeletedAuthors.extend({
  left: z.enum(['calls and results', 'results']).optional(),
});
export type FolderDeletions = z.infer<typeof FolderDeletions>;

/**
 * Who is not to be read: the lists beside the posts and in the folder of the run.
 *
 * @throws {Failure} `invalid-input` naming the file and the field
 */
export async function deletedAuthorsOf(
  histories: string,
  folder: string,
): Promise<Source & { readonly value: readonly DeletedAuthors[] }> {
  const beside = sidecarFile(histories, 'deleted-authors');
  const lists = [
    ...(existsSync(beside) ? [await readJsonFile(beside, DeletedAuthors)] : []),
    ...(existsSync(deletedIn(folder)) ? [await readJsonFile(deletedIn(folder), FolderDeletions)] : []),
  ];
  const value = lists.map(({ schema, salt, authors }) => ({ schema, salt, authors }));
  return { value, sha256: sha256(canonicalJson(value)), origin: value.length > 0 ? 'own list' : 'nobody' };
}

/** Longest file of this kind: a list of a hundred thousand people. */
const mostBytes = 8 << 20;

/** @throws {Failure} `invalid-input` naming the file, and the field that is wrong */
export async function readJsonFile<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const refuse = (problem: string): Failure => new Failure('invalid-input', { where: path, problem });
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > mostBytes)
    throw refuse(`larger than ${mostBytes} bytes`);
  const text = await readFile(path, 'utf8').catch(() => {
    throw refuse('cannot be read');
  });
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw refuse(`not JSON (${(error as Error).message})`);
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) throw refuse(z.prettifyError(parsed.error).replaceAll('\n', ' '));
  return parsed.data;
}

/**
 * Refuses a source whose time is over.
 *
 * @param today `yyyy-mm-dd`
 * @throws {Failure} `usage`
 */
export function checkRetention({ title, retainUntil }: DataUse, today: string): void {
  if (retainUntil === null || today <= retainUntil) return;
  throw new Failure('usage', {
    where: 'data-use.json, retainUntil',
    problem: `the time for which ${JSON.stringify(title)} may be used is over`,
    got: retainUntil,
    expected: `${today} or later`,
    hint: 'Delete the posts, and the runs that were made from them; or ask the owner, and write down the new date.',
  });
}
