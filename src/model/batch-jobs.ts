import { existsSync } from 'node:fs';
import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../core/atomic-file.js';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import { type BatchQuestion, questionLine, readQuestions } from './batch-lines.js';

const BatchJob = z.strictObject({
  schema: z.literal('batch-job/1'),
  /** How often the same questions were submitted before: a batch that expired must not be taken for the next one. */
  serial: z.number().int().min(0),
  /** SHA-256 of serial and input file; the server is given it too, so that a batch can be found again. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Base address of the server. */
  endpoint: z.string(),
  model: z.string(),
  /** Of the batch; null until the server has said it: then there may be one or none. */
  batch: z.string().nullable(),
});

/** One part that was given to a server, or is about to be. */
export type BatchJob = z.infer<typeof BatchJob>;

/** The jobs that are not settled, as files: `HASH.json`, and `HASH.jsonl` with the questions. */
export interface BatchJobs {
  /** Every job on disk. @throws {Failure} `integrity` on a file that was changed */
  list(): Promise<{ readonly job: BatchJob; readonly questions: readonly BatchQuestion[] }[]>;
  /** Writes the questions, then the intention to submit them; both are on disk before it returns. */
  intend(endpoint: string, model: string, questions: readonly BatchQuestion[]): Promise<BatchJob>;
  /** Notes what the batch is called. */
  note(job: BatchJob): Promise<void>;
  /** Forgets a job of which every reply is safe; the last one takes the folder with it. */
  remove(job: BatchJob): Promise<void>;
}

/** Jobs in a folder of their own, which is made with the first one. One writer at a time: that is for the caller to see to. */
export function batchJobs(folder: string): BatchJobs {
  const fileOf = (hash: string, ending: 'json' | 'jsonl'): string => join(folder, `${hash}.${ending}`);
  const note = (job: BatchJob): Promise<void> => writeAtomically(fileOf(job.hash, 'json'), `${canonicalJson(job)}\n`);

  async function read(name: string) {
    const path = join(folder, name);
    const damaged = new Failure('integrity', {
      where: path,
      problem: 'the note of a batch is damaged',
      hint: 'Delete it and the .jsonl beside it: what is in that batch is then asked and paid again.',
    });
    const job = BatchJob.safeParse(jsonOf(await readFile(path, 'utf8'))).data;
    if (job === undefined || name !== `${job.hash}.json`) throw damaged;
    const text = await readFile(fileOf(job.hash, 'jsonl'), 'utf8').catch(() => '');
    if (hashOf(text, job.serial) !== job.hash) throw damaged;
    return { job, questions: readQuestions(text, path) };
  }

  return {
    async list() {
      if (!existsSync(folder)) return [];
      const names = (await readdir(folder)).filter((name) => /^[0-9a-f]{64}\.json$/.test(name)).sort();
      return Promise.all(names.map(read));
    },
    async intend(endpoint, model, questions) {
      const text = questions.map(questionLine).join('');
      let serial = 0;
      while (existsSync(fileOf(hashOf(text, serial), 'json'))) serial++;
      const hash = hashOf(text, serial);
      const job: BatchJob = { schema: 'batch-job/1', serial, hash, endpoint, model, batch: null };
      await writeAtomically(fileOf(job.hash, 'jsonl'), text);
      await note(job);
      return job;
    },
    note,
    async remove({ hash }) {
      // The note goes first: questions without one are of no use.
      await rm(fileOf(hash, 'json'), { force: true });
      await rm(fileOf(hash, 'jsonl'), { force: true });
      await rmdir(folder).catch(() => undefined);
    },
  };
}

const hashOf = (text: string, serial: number): string => sha256(`${serial}\n${text}`);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
