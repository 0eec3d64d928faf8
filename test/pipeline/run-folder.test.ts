import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Processes } from '../../src/pipeline/lock.js';
import { claimFolder, clearFinished } from '../../src/pipeline/run-folder.js';
import type { RunOptions } from '../../src/pipeline/run.js';
import { temporaryFolder } from '../io/temporary.js';
import { run } from './fixture.js';

const root = temporaryFolder();
const folder = (): string => mkdtempSync(join(root, 'run-'));
const machine = (pid: number, running: readonly number[]): Processes => ({
  self: () => Promise.resolve({ host: 'here', boot: 'b', space: 's', pid, started: '1' }),
  isRunning: (holder) => Promise.resolve(running.includes(holder.pid)),
});

/** Runs until the named stage starts, and is stopped there. */
async function stopped(at: string): Promise<void> {
  const abort = new AbortController();
  const onEvent: RunOptions['onEvent'] = ({ kind }) => {
    if (kind === 'stage-completed') abort.abort();
  };
  await expect(run(at, { onEvent, signal: abort.signal }).done).rejects.toMatchObject({ code: 'interrupted' });
}

describe('claimFolder', () => {
  it('takes a folder that is new or empty, or where a run was killed before it began', async () => {
    const at = join(folder(), 'new');
    const claim = await claimFolder(at, { processes: machine(1, [1]) });
    expect(readdirSync(at, { recursive: true })).toEqual(['unfinished', 'unfinished/lock-1.json']);
    expect(claim.plan).toBeUndefined();
    const next = await claimFolder(at, { processes: machine(2, [2]) });
    await next.release();
    expect(readdirSync(at)).toEqual([]);
  });

  it('names who writes there, and leaves it alone', async () => {
    const at = folder();
    const claim = await claimFolder(at, { processes: machine(1, [1, 2]) });
    for (const resume of [true, false])
      await expect(claimFolder(at, { processes: machine(2, [1, 2]), resume })).rejects.toThrow(
        `${at}: another process writes here; got process 1 on here. Wait until it ends, or stop it.`,
      );
    expect(readdirSync(at, { recursive: true })).toEqual(['unfinished', 'unfinished/lock-1.json']);
    await claim.release();
  });

  it('says that an unfinished run is there, and how to go on', async () => {
    const at = folder();
    await stopped(at);
    await expect(claimFolder(at)).rejects.toThrow(
      `--out: an unfinished run is here; got ${at}. Continue it with: pipeline resume ${at}.`.replace(/\.$/, ''),
    );
    await expect(run(at).done).rejects.toMatchObject({ code: 'usage', exitCode: 2 });
  });

  it.each(['mine.txt', 'unfinished/mine.txt', 'stages/x'])('refuses a folder with %s in it', async (file) => {
    const at = folder();
    mkdirSync(join(at, file, '..'), { recursive: true });
    writeFileSync(join(at, file), '');
    await expect(claimFolder(at, { processes: machine(1, [1]) })).rejects.toThrow('--out: the folder is not empty');
    expect(readdirSync(at, { recursive: true }).filter((name) => String(name).includes('lock'))).toEqual([]);
  });

  it('has nothing to continue in an empty folder, or after a run that is complete', async () => {
    const [empty, complete] = [folder(), folder()];
    await run(complete).done;
    for (const at of [empty, complete, join(empty, 'nowhere')]) {
      await expect(claimFolder(at, { resume: true })).rejects.toThrow('no run here that could be continued');
      expect(existsSync(join(at, 'unfinished'))).toBe(false);
    }
  });

  it('says that nothing can be written in a folder, before anything is done', async () => {
    // So deep that it may be made itself, but nothing in it.
    let at = folder();
    while (at.length < 3_900) at = join(at, 'd'.repeat(100));
    at = join(at, 'e'.repeat(4_085 - at.length));
    const claim = claimFolder(at, { processes: machine(1, [1]) });
    await expect(claim).rejects.toThrow(/unfinished: cannot be written; got "ENAMETOOLONG/);
    await expect(claim).rejects.toMatchObject({ exitCode: 2 });
  });

  it('lets exactly one of many begin', async () => {
    const pids = Array.from({ length: 8 }, (_, i) => i + 1);
    for (let round = 0; round < 20; round++) {
      const at = folder();
      const ended = await Promise.allSettled(
        pids.map((pid) => claimFolder(at, { processes: machine(pid, pids), resume: false })),
      );
      expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }
  });
});

describe('clearFinished', () => {
  it('removes what a run left that was killed in its last moment, and nothing of others', async () => {
    const at = folder();
    await run(at).done;
    mkdirSync(join(at, 'unfinished'));
    await clearFinished(at, machine(1, [1]));
    expect(existsSync(join(at, 'unfinished'))).toBe(false);
    mkdirSync(join(at, 'unfinished'));
    for (const name of ['lock-1.json.7.part', 'stage-01.json', 'stage-02.json.part', 'mine.txt'])
      writeFileSync(join(at, 'unfinished', name), '');
    await clearFinished(at, machine(1, [1]));
    expect(readdirSync(join(at, 'unfinished'))).toEqual(['mine.txt']);
  });
});
