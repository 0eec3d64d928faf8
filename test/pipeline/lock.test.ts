import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { lock, lockState, type Holder, type Processes } from '../../src/pipeline/lock.js';
import { sealed, sealedText } from '../../src/pipeline/sealed.js';
import { temporaryFolder } from '../io/temporary.js';

const disk = vi.hoisted(() => ({ hasLinks: true }));
vi.mock(import('node:fs/promises'), async (original) => {
  const actual = await original();
  const noLinks = () => Promise.reject(Object.assign(new Error('no links'), { code: 'EPERM' }));
  return { ...actual, link: (from, to) => (disk.hasLinks ? actual.link(from, to) : noLinks()) };
});

const root = temporaryFolder();
const folder = (): string => join(mkdtempSync(join(root, 'lock-')), 'unfinished');

/** A machine on which the processes with these numbers run; undefined for what cannot be seen. */
const machine = (pid: number, running: readonly number[] | undefined): Processes => ({
  self: () => Promise.resolve({ host: 'here', boot: 'b', space: 's', pid, started: `${pid}0` }),
  isRunning: (holder) => Promise.resolve(running?.includes(holder.pid)),
});
const holder = (pid: number): Holder =>
  sealed({ schema: 'run-lock/1', host: 'here', boot: 'b', space: 's', pid, started: '1', seal: '' });

describe('lock', () => {
  it('is held by one process until it gives it back, and then by another', async () => {
    const at = folder();
    const release = await lock(at, 'runs/x', machine(1, [1, 2]));
    expect(readdirSync(at)).toEqual(['lock-1.json']);
    await expect(lock(at, 'runs/x', machine(2, [1, 2]))).rejects.toMatchObject({ code: 'folder-locked', exitCode: 6 });
    await expect(lock(at, 'runs/x', machine(2, [1, 2]))).rejects.toThrow(
      'runs/x: another process writes here; got process 1 on here. Wait until it ends, or stop it.',
    );
    expect(await lockState(at, machine(2, [1, 2]))).toMatchObject({ pid: 1 });
    await release();
    await release();
    expect(readdirSync(at)).toEqual([]);
    expect(await lockState(at, machine(2, [1, 2]))).toBe('nobody');
    await (
      await lock(at, 'runs/x', machine(2, [1, 2]))
    )();
  });

  it('is taken over from a process that is gone, by outnumbering it', async () => {
    const at = folder();
    await lock(at, 'runs/x', machine(1, [1]));
    expect(await lockState(at, machine(2, [2]))).toBe('nobody');
    const release = await lock(at, 'runs/x', machine(2, [2]));
    expect(readdirSync(at)).toEqual(['lock-1.json', 'lock-2.json']);
    expect(await lockState(at, machine(3, [2, 3]))).toMatchObject({ pid: 2 });
    await release();
    expect(readdirSync(at)).toEqual([]);
  });

  it('is given to exactly one of many that come at once, fresh or over a stale lock', async () => {
    const pids = Array.from({ length: 16 }, (_, i) => i + 10);
    for (let round = 0; round < 100; round++) {
      const at = folder();
      if (round % 2 === 1) await lock(at, 'runs/x', machine(1, [1]));
      const ended = await Promise.allSettled(pids.map((pid) => lock(at, 'runs/x', machine(pid, pids))));
      expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const end of ended)
        if (end.status === 'rejected') expect((end.reason as Failure).code).toBe('folder-locked');
      expect(readdirSync(at).filter((name) => name.endsWith('.part'))).toEqual([]);
    }
  });

  it('is refused where its process cannot be seen, or it cannot be read, naming the file to delete', async () => {
    const at = folder();
    await lock(at, 'runs/x', machine(1, [1]));
    const path = join(at, 'lock-1.json');
    await expect(lock(at, 'runs/x', machine(2, undefined))).rejects.toThrow(
      `runs/x: it cannot be told whether another process writes here; got process 1 on here. If none does, delete ${path}.`,
    );
    expect(await lockState(at, machine(2, undefined))).toBe('unclear');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"pid": 1', '"pid": 2'));
    await expect(lock(at, 'runs/x', machine(2, [2]))).rejects.toThrow('got a damaged lock');
    expect(await lockState(at, machine(2, [2]))).toBe('unclear');
  });

  it('counts the highest number, also beyond nine', async () => {
    const at = folder();
    await (
      await lock(at, 'runs/x', machine(1, [1]))
    )();
    for (const number of [9, 10]) writeFileSync(join(at, `lock-${number}.json`), sealedText(holder(number)));
    await expect(lock(at, 'runs/x', machine(1, [10]))).rejects.toThrow('process 10 on here');
    const release = await lock(at, 'runs/x', machine(1, [1, 9]));
    expect(readdirSync(at).sort()).toEqual(['lock-10.json', 'lock-11.json', 'lock-9.json']);
    await release();
    expect(readdirSync(at)).toEqual([]);
  });

  it('works on a disk without links', async () => {
    disk.hasLinks = false;
    try {
      const at = folder();
      const release = await lock(at, 'runs/x', machine(1, [1, 2]));
      await expect(lock(at, 'runs/x', machine(2, [1, 2]))).rejects.toMatchObject({ code: 'folder-locked' });
      await release();
    } finally {
      disk.hasLinks = true;
    }
  });
});
