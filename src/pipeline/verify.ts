import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import { RunRecord, sealOf } from './run-record.js';

/** @throws {Failure} `invalid-input` when the folder holds no readable run record */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  const path = join(folder, 'run-record.json');
  const problem = (what: string, hint: string): Failure =>
    new Failure('invalid-input', { where: path, problem: what, hint });
  const text = await readFile(path, 'utf8').catch(() => {
    throw problem('no run record here', 'Name the folder that a run was written to.');
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

/** Whether the record is, to the byte, what a run writes: its seal holds and it has the one form of JSON that runs use. */
const isUntouched = (record: RunRecord, text: string): boolean =>
  sealOf(record) === record.seal && text === `${canonicalJson(record, 2)}\n`;

/**
 * Hashes every file of a run again.
 *
 * @returns the number of files checked
 * @throws {Failure} `integrity` naming every file that is missing or changed
 */
export async function verifyRun(folder: string): Promise<number> {
  const record = await readRunRecord(folder);
  const files = record.stages.flatMap(({ outputs }) => Object.values(outputs));
  const text = await readFile(join(folder, 'run-record.json'), 'utf8');
  const wrong: string[] = isUntouched(record, text) ? [] : ['run-record.json (changed)'];
  for (const { file, sha256: expected } of files) {
    const bytes = await readFile(join(folder, file)).catch(() => undefined);
    if (bytes === undefined) wrong.push(`${file} (missing)`);
    else if (sha256(bytes) !== expected) wrong.push(`${file} (changed)`);
  }
  if (wrong.length > 0)
    throw new Failure('integrity', {
      where: folder,
      problem: `${wrong.length} of ${files.length + 1} files are not what the run wrote: ${wrong.join(', ')}`,
      hint: 'Do not use this run; make it again from the same seed and inputs.',
    });
  return files.length + 1;
}
