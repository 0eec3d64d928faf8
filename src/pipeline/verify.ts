import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../core/failure.js';
import { Holder, lockName } from './lock.js';
import { isOwn, unfinishedFolder } from './run-folder.js';
import { isLogWhole } from './run-log.js';
import { RunPlan } from './run-plan.js';
import { RunRecord, type StageRecord } from './run-record.js';
import { readSealed, unsealed } from './sealed.js';
import { hashOf, StageOutcome } from './stage-outcome.js';

/** @throws {Failure} `invalid-input` when the folder holds no readable run record */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  const path = join(folder, 'run-record.json');
  const problem = (what: string, hint: string): Failure =>
    new Failure('invalid-input', { where: path, problem: what, hint });
  const isUnfinished = (await namesIn(unfinishedFolder(folder))).includes('run-plan.json');
  const text = await readFile(path, 'utf8').catch(() => {
    throw isUnfinished
      ? problem('this run is not finished', `See pipeline status ${folder}`)
      : problem('no run record here', 'Name the folder that a run was written to.');
  });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw problem('not JSON', 'The file is damaged; run again.');
  }
  const parsed = RunRecord.safeParse(content);
  if (!parsed.success)
    throw problem('not a run record of this version', 'It was written by another version of the program.');
  return parsed.data;
}

/**
 * Hashes every file of a run again: those in its record, and of a run that has not ended well also those of the stages that
 * were done, its plan and what is kept for continuing it. The log is checked for changed lines; it may be missing.
 *
 * @returns the number of files checked, without the log
 * @throws {Failure} `integrity` naming every file that is missing or changed
 */
export async function verifyRun(folder: string): Promise<number> {
  const wrong: string[] = [];
  const expected = new Map<string, string>();
  const expect = (stages: readonly StageRecord[]): void => {
    for (const { outputs } of stages) for (const { file, sha256 } of Object.values(outputs)) expected.set(file, sha256);
  };
  const kept = await readKept(folder);
  for (const { name, content } of kept)
    if (content === 'damaged') wrong.push(`unfinished/${name} (changed)`);
    else if (content.schema === 'stage-outcome/1') expect([content.stage]);
  let checked = kept.length;
  // A run that goes on, or was killed, has no record.
  if (kept.length === 0 || (await namesIn(folder)).includes('run-record.json')) {
    const { stages } = await readRunRecord(folder);
    checked++;
    if ((await readSealed(join(folder, 'run-record.json'), RunRecord)) === 'damaged')
      wrong.push('run-record.json (changed)');
    expect(stages);
  }
  for (const [file, sha256] of expected) {
    const found = await hashOf(join(folder, file));
    if (found !== sha256) wrong.push(`${file} (${found === undefined ? 'missing' : 'changed'})`);
  }
  checked += expected.size;
  if (!(await isLogWhole(folder))) wrong.push('run-log.jsonl (changed)');
  if (wrong.length > 0)
    throw new Failure('integrity', {
      where: folder,
      problem: `${wrong.length} of ${checked} files are not what the run wrote: ${wrong.join(', ')}`,
      hint: 'Do not use this run; make it again from the same seed and inputs.',
    });
  return checked;
}

/** What is kept for continuing a run, each file whole or `damaged`. */
async function readKept(
  folder: string,
): Promise<{ readonly name: string; readonly content: RunPlan | StageOutcome | Holder | 'damaged' }[]> {
  const unfinished = unfinishedFolder(folder);
  const names = (await namesIn(unfinished)).filter((name) => isOwn(name) && name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(unfinished, name));
      const schema = name === 'run-plan.json' ? RunPlan : lockName.test(name) ? Holder : StageOutcome;
      return { name, content: unsealed<RunPlan | StageOutcome | Holder>(bytes, schema) };
    }),
  );
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
