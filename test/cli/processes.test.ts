import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { processes } from '../../src/cli/processes.js';
import type { Holder } from '../../src/pipeline/lock.js';

const self = await processes.self();
const holder = (edit: Partial<Holder> = {}): Holder => ({ schema: 'run-lock/1', ...self, seal: '', ...edit });

describe.skipIf(!existsSync('/proc/self/stat'))('processes', () => {
  it('knows itself, and knows that it runs', async () => {
    expect(self).toMatchObject({ pid: process.pid, started: expect.stringMatching(/^\d+$/) as string });
    expect(await processes.isRunning(holder())).toBe(true);
  });

  it('knows a process that runs, that ended, and that ended without anybody asking for how', async () => {
    // The second process becomes one that waits for nobody: the first one stays in the list of processes, dead.
    const child = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 5']);
    const dead = await new Promise<number>((resolve) => child.stdout.once('data', (line) => resolve(Number(line))));
    const start = async (pid: number): Promise<string> => {
      const { readFileSync } = await import('node:fs');
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
    };
    const living = holder({ pid: child.pid!, started: await start(child.pid!) });
    expect(await processes.isRunning(living)).toBe(true);
    const unburied = holder({ pid: dead, started: await start(dead) });
    await expect.poll(() => processes.isRunning(unburied)).toBe(false);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    expect(await processes.isRunning(living)).toBe(false);
  });

  it.each<[string, Partial<Holder>, boolean | undefined]>([
    ['another process that got the number', { started: '1' }, false],
    ['before the machine was started again', { boot: 'another' }, false],
    ['on another machine', { boot: 'another', host: 'elsewhere' }, undefined],
    ['in another container of this machine', { space: 'another' }, undefined],
    ['in another container that shares the processes', { host: 'elsewhere' }, true],
  ])('tells apart: %s', async (_, edit, expected) => {
    expect(await processes.isRunning(holder(edit))).toBe(expected);
  });
});
