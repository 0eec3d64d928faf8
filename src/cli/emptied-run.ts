import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../core/failure.js';
import { RunRecord } from '../pipeline/run-record.js';
import { readSealed } from '../pipeline/sealed.js';
import { deletedIn, FolderDeletions, readJsonFile } from './source-terms.js';
import { ledgerName } from './wiring.js';

/** How the record of a run says that its results were taken away. */
export const deletedCode = 'author-deleted';

/** Whether a deletion was begun in a run folder and not finished. */
export const isUnderWay = async (folder: string): Promise<boolean> =>
  existsSync(deletedIn(folder)) && (await readJsonFile(deletedIn(folder), FolderDeletions)).left !== undefined;

/** @throws {Failure} `integrity` where a deletion is not finished: what is there is neither the old run nor the new one */
export async function refuseUnderWay(folder: string): Promise<void> {
  if (await isUnderWay(folder))
    throw new Failure('integrity', {
      where: folder,
      problem: 'the deletion of an author was broken off here',
      hint: `Finish it with: pipeline resume ${folder}`,
    });
}

/**
 * What stands in a folder out of which results were taken and may stay when they are made again there: the list, the answers that were
 * paid for, and the empty record, which the new run replaces.
 */
export async function leftForAnother(folder: string): Promise<readonly string[]> {
  const record = await readSealed(join(folder, 'run-record.json'), RunRecord);
  const isEmptied = typeof record !== 'string' && record.failure?.code === deletedCode;
  return isEmptied ? ['deleted-authors.json', ledgerName, 'run-record.json'] : [];
}
