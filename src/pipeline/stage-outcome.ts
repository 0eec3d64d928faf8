import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { ModelCounts, StageRecord } from './run-record.js';
import { unfinishedFolder } from './run-folder.js';
import { readSealed, sealed, writeSealed } from './sealed.js';

/** What became of a stage, written when all its artifacts are on disk: only then does it count. */
export const StageOutcome = z.strictObject({
  schema: z.literal('stage-outcome/1'),
  /** {@link chainOf} the stages before: with another past the stage might have done something else. */
  after: z.string(),
  stage: StageRecord,
  /** Calls of language models in this stage. */
  models: ModelCounts,
  seal: z.string(),
});
export type StageOutcome = z.infer<typeof StageOutcome>;

/** Hash of all that stages did, in order: their inputs, outputs and findings. */
export const chainOf = (stages: readonly StageRecord[]): string => sha256(canonicalJson(stages));

/** Where the outcome of the stage at an index lies. */
export const outcomeFile = (folder: string, index: number): string =>
  join(unfinishedFolder(folder), `stage-${String(index + 1).padStart(2, '0')}.json`);

/** Commits a stage. */
export const writeOutcome = (
  folder: string,
  index: number,
  outcome: Pick<StageOutcome, 'after' | 'stage' | 'models'>,
): Promise<void> =>
  writeSealed(outcomeFile(folder, index), sealed({ schema: 'stage-outcome/1', ...outcome, seal: '' }));

/** The outcome of the stage at an index. */
export const readOutcome = (folder: string, index: number): Promise<StageOutcome | 'absent' | 'damaged'> =>
  readSealed(outcomeFile(folder, index), StageOutcome);

/**
 * The outcome of an earlier attempt, if it may stand for doing the stage again: it completed, what was before it is the
 * same, and each of its files is to the byte what it wrote.
 */
export async function outcomeToKeep(
  folder: string,
  index: number,
  planned: Pick<StageRecord, 'name' | 'key'>,
  after: string,
): Promise<StageOutcome | undefined> {
  const outcome = await readOutcome(folder, index);
  if (typeof outcome === 'string' || outcome.after !== after || outcome.stage.status !== 'completed') return undefined;
  if (outcome.stage.name !== planned.name || outcome.stage.key !== planned.key) return undefined;
  for (const { file, sha256: expected } of Object.values(outcome.stage.outputs))
    if ((await hashOf(join(folder, file))) !== expected) return undefined;
  return outcome;
}

/** sha256 of a file; undefined when it cannot be read. */
export async function hashOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const bytes of createReadStream(path)) hash.update(bytes as Uint8Array);
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}
