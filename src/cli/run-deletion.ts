import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { z } from 'zod';
import { adaptSubpopulation } from '../../pipelines/adapt-subpopulation/pipeline.js';
import { alignPool } from '../../pipelines/align-pool/pipeline.js';
import { buildPersonas } from '../../pipelines/build-personas/pipeline.js';
import { temporaryName, writeAtomically } from '../core/atomic-file.js';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { placeIn } from '../core/safe-path.js';
import { claimExisting, unfinishedFolder } from '../pipeline/run-folder.js';
import { runLogFile } from '../pipeline/run-log.js';
import { RunRecord } from '../pipeline/run-record.js';
import { readSealed, sealed, writeSealed } from '../pipeline/sealed.js';
import { processes } from './processes.js';
import { refreshPlan } from './run-command.js';
import { deletedCode, isUnderWay } from './emptied-run.js';
import { deletedIn, FolderDeletions, readJsonFile } from './source-terms.js';
import { isDeletedIn, ledgerName, pruneLedger, tableCodec, tombstone } from './wiring.js';

/** Pipelines whose results come from people. */
const pipelines = [buildPersonas(true), alignPool, adaptSubpopulation];
const outputs = pipelines.flatMap(({ wires }) => wires.flatMap((wire) => Object.entries(wire.outputs)));
/** Every file that one of them may leave; those of other programs are never touched. */
const resultFiles: readonly string[] = [...new Set(outputs.map(([, file]) => file))];
/** Which questions were asked about whom. */
const questionFiles: readonly string[] = [
  ...new Set(outputs.filter(([port]) => port === 'questions').map(([, file]) => file)),
];

/** What a deletion did to a run. */
export interface Deletion {
  /** Files of results that were removed. */
  readonly files: number;
  /** Recorded calls that were removed, and that stay; absent without a ledger. */
  readonly calls?: { readonly kept: number; readonly removed: number };
  /** Whether `pipeline resume` makes the results again. */
  readonly isResumable: boolean;
  readonly pipeline: string;
}

/** Whether anything in a run comes from a person; a run that has not ended may still come to read them. */
export async function isAbout(folder: string, names: readonly string[]): Promise<boolean> {
  if (existsSync(unfinishedFolder(folder))) return true;
  const marks = names.map((name) => JSON.stringify(name));
  for (const file of resultFiles) {
    const path = await placeIn(folder, file);
    if (!existsSync(path)) continue;
    if (file.endsWith('.jsonl')) {
      for await (const line of linesOf(path)) if (marks.some((mark) => line.includes(mark))) return true;
    } else if (file.endsWith('.parquet')) {
      const table = await tableCodec.decode(await readFile(path));
      const people = table.columns['person'];
      // Reference people have numbers.
      if (Array.isArray(people) && people.some((person) => names.includes(person as string))) return true;
    }
  }
  return false;
}

/**
 * Takes a person out of a run: everything that was made from the posts of all goes, because they were among them, and of the recorded
 * answers those that are not known to be about somebody else. What is left to do stands in the folder, so that a deletion which is
 * broken off is finished by {@link finishDeletion}.
 *
 * @throws {Failure} `folder-locked` when the run is going on; `integrity` on a damaged ledger or a link among the files
 */
export async function deleteFromRun(folder: string, person: string, commands: readonly Command[]): Promise<Deletion> {
  const claim = await claimExisting(folder, processes);
  try {
    const known = existsSync(deletedIn(folder)) ? await readJsonFile(deletedIn(folder), FolderDeletions) : undefined;
    const salt = known?.salt ?? sha256(canonicalJson(['salt of deletions', await identityOf(folder)]));
    const authors = [...new Set([...(known?.authors ?? []), tombstone(salt, person)])].sort();
    await writeList(folder, { schema: 'deleted-authors/1', salt, authors, left: 'calls and results' });
    return await finish(folder, commands);
  } finally {
    await claim.release();
  }
}

/**
 * Finishes what a broken-off deletion left to do in a run folder.
 *
 * @returns whether there was anything
 */
export async function finishDeletion(folder: string, commands: readonly Command[]): Promise<boolean> {
  if (!(await isUnderWay(folder))) return false;
  const claim = await claimExisting(folder, processes);
  try {
    await finish(folder, commands);
  } finally {
    await claim.release();
  }
  return true;
}

/** Every step may be done twice; what it needs is removed only by a later one. */
async function finish(folder: string, commands: readonly Command[]): Promise<Deletion> {
  const list = await readJsonFile(deletedIn(folder), FolderDeletions);
  const ledger = await placeIn(folder, ledgerName);
  let calls: Deletion['calls'];
  if (list.left === 'calls and results') {
    if (existsSync(ledger)) calls = await pruneLedger(ledger, await callsOfOthers(folder, isDeletedIn([list])));
    await rm(temporaryName(ledger), { force: true });
    await writeList(folder, { ...list, left: 'results' });
  }
  const files = await removeResults(folder);
  const pipeline = await emptyRecord(folder);
  const isResumable = await refreshPlan(folder, commands);
  const { schema, salt, authors } = list;
  await writeList(folder, { schema, salt, authors });
  return { files, isResumable, pipeline, ...(calls && { calls }) };
}

const writeList = (folder: string, list: FolderDeletions): Promise<void> =>
  writeAtomically(deletedIn(folder), `${canonicalJson(list, 2)}\n`, 0o600);

/** Something that differs from run to run: the seal of its plan or record. */
async function identityOf(folder: string): Promise<string> {
  for (const path of [join(folder, 'run-record.json'), join(unfinishedFolder(folder), 'run-plan.json')]) {
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes !== undefined) return sha256(bytes);
  }
  return '';
}

const QuestionRow = z.object({ person: z.string(), calls: z.array(z.string()) });

/** Calls that are known to be about people who stay, and about nobody else. */
async function callsOfOthers(folder: string, isGone: (person: string) => boolean): Promise<(key: string) => boolean> {
  const [others, gone] = [new Set<string>(), new Set<string>()];
  for (const file of questionFiles) {
    const path = await placeIn(folder, file);
    if (!existsSync(path)) continue;
    for await (const line of linesOf(path)) {
      const { person, calls } = QuestionRow.parse(JSON.parse(line));
      calls.forEach((key) => (isGone(person) ? gone : others).add(key));
    }
  }
  return (key) => others.has(key) && !gone.has(key);
}

const linesOf = (path: string): AsyncIterable<string> =>
  createInterface({ input: createReadStream(path), crlfDelay: Infinity });

/** Removes what stages wrote, what they were about to write, what they said, and what became of them. */
async function removeResults(folder: string): Promise<number> {
  let files = 0;
  for (const file of resultFiles) {
    const path = await placeIn(folder, file);
    if (existsSync(path)) files++;
    for (const name of [path, temporaryName(path)]) await rm(name, { force: true });
  }
  await rm(runLogFile(folder), { force: true });
  // Whatever else somebody keeps in them stays, and they with it.
  for (const below of new Set(resultFiles.map(dirname)))
    if (below !== '.') await rmdir(join(folder, below)).catch(() => undefined);
  const unfinished = unfinishedFolder(folder);
  for (const name of await readdir(unfinished).catch(() => []))
    if (/^stage-\d+\.json/.test(name)) await rm(join(unfinished, name), { force: true });
  return files;
}

/** Leaves in the record what the run was asked to do, and nothing of what came out. @returns the name of the pipeline */
async function emptyRecord(folder: string): Promise<string> {
  const path = join(folder, 'run-record.json');
  const record = await readSealed(path, RunRecord);
  if (record === 'absent') return '';
  if (record === 'damaged') {
    await rm(path, { force: true });
    return '';
  }
  const stages = record.stages.map(({ name, version, key, configGiven, config }) => ({
    ...{ name, version, key, configGiven, config },
    ...{ status: 'not-reached' as const, inputs: {}, outputs: {}, findings: [] },
  }));
  const failure = {
    stage: stages[0]?.name ?? record.pipeline,
    code: deletedCode,
    message: 'the results were removed because an author was deleted; make them again',
  };
  await writeSealed(path, sealed({ ...record, status: 'failed', failure, stages, models: {} }));
  return record.pipeline;
}
