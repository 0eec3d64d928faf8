import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/pipeline/run-record.js';
import { temporaryFolder } from '../io/temporary.js';
import { run, source } from './fixture.js';

const folder = temporaryFolder();
const other = 'b'.repeat(64);

describe('a file of the user that a stage reads', () => {
  it('may not change meanwhile: the stage fails, and what it made does not count', async () => {
    const at = join(folder, 'changed');
    let reads = 0;
    const changing = { ...source, hashNow: () => Promise.resolve(++reads > 0 ? other : source.sha256) };
    await expect(run(at, { sources: { words: changing } }).done).rejects.toMatchObject({
      code: 'invalid-input',
      message:
        'words: the file changed while it was read. Start again in a new folder, with a file that nobody writes to.',
    });
    const record = JSON.parse(readFileSync(join(at, 'run-record.json'), 'utf8')) as RunRecord;
    expect(record.stages.map(({ status }) => status)).toEqual(['failed', 'not-reached', 'not-reached']);
    // It is looked at after it was read, not before.
    expect(reads).toBe(1);
  });

  it('is looked at once, by the stage that reads it', async () => {
    let reads = 0;
    const same = {
      ...source,
      hashNow: () => {
        reads++;
        return Promise.resolve(source.sha256);
      },
    };
    expect((await run(join(folder, 'same'), { sources: { words: same } }).done).status).toBe('completed');
    expect(reads).toBe(1);
  });
});
