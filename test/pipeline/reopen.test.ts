import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { closeAgain, forgetStages, reopenRun } from '../../src/pipeline/reopen.js';
import { claimFolder } from '../../src/pipeline/run-folder.js';
import { processes } from '../../src/cli/processes.js';
import { temporaryFolder } from '../io/temporary.js';
import { run } from './fixture.js';

const root = temporaryFolder();
const request = { command: 'words', options: { shortest: 1 }, startedIn: '/here' };
async function ended(): Promise<string> {
  const folder = mkdtempSync(join(root, 'run-'));
  await run(folder, { request }).done;
  return folder;
}
const planIn = (folder: string): string => join(folder, 'unfinished/run-plan.json');
const bytes = (folder: string): string[] =>
  ['run-record.json', 'stages/list.jsonl', 'numbers.parquet', 'page.md'].map((file) =>
    readFileSync(join(folder, file), 'base64'),
  );
const failure = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as Error).message.replaceAll(`${root}/`, ''),
  );

describe('a run that ended', () => {
  it('is made one that can be continued, as it was asked for, and comes out the same', async () => {
    const folder = await ended();
    const before = bytes(folder);
    expect(await reopenRun(folder, processes)).toBe(true);
    const claim = await claimFolder(folder, { resume: true });
    expect(claim.plan).toMatchObject({ request, seed: '1', pipeline: 'words' });
    await run(folder, { claim, request }).done;
    expect(bytes(folder)).toEqual(before);
    expect(existsSync(join(folder, 'unfinished'))).toBe(false);
  });

  it('is left as it was when it cannot be continued after all', async () => {
    const folder = await ended();
    await reopenRun(folder, processes);
    await closeAgain(folder);
    expect(existsSync(planIn(folder))).toBe(false);
    // Where its record is gone, something was done already: then it stays open.
    await reopenRun(folder, processes);
    rmSync(join(folder, 'run-record.json'));
    await closeAgain(folder);
    expect(existsSync(planIn(folder))).toBe(true);
    // And it is open already.
    expect(await reopenRun(folder, processes)).toBe(false);
  });

  it('forgets single stages', async () => {
    const folder = await ended();
    await reopenRun(folder, processes);
    const claim = await claimFolder(folder, { resume: true });
    const stop = new AbortController();
    const onEvent = ({ kind, stage }: { kind: string; stage: string }): void => {
      if (kind === 'stage-completed' && stage === 'draw-numbers') stop.abort();
    };
    await expect(run(folder, { claim, request, signal: stop.signal, onEvent }).done).rejects.toThrow('stopped');
    await forgetStages(folder, new Set(['draw-numbers']));
    const kept: string[] = [];
    const again = await claimFolder(folder, { resume: true });
    await run(folder, {
      claim: again,
      request,
      onEvent(event) {
        if (event.kind === 'stage-kept') kept.push(event.stage);
      },
    }).done;
    expect(kept).toEqual(['count-words']);
  });

  it('is refused where there is none, where its record is damaged, and where nobody knows how it was asked for', async () => {
    expect(await failure(reopenRun(join(root, 'nothing'), processes))).toBe(
      'nothing: no run here. Name the folder that a run was written to.',
    );
    const damaged = await ended();
    writeFileSync(join(damaged, 'run-record.json'), '{}');
    expect(await failure(reopenRun(damaged, processes))).toContain('run-record.json: the run record is damaged.');
    const silent = await ended();
    rmSync(join(silent, 'run-log.jsonl'));
    expect(await failure(reopenRun(silent, processes))).toContain(
      'run-log.jsonl: it does not say how this run was asked for. Run again in a new folder.',
    );
  });
});
