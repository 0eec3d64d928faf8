import { spawn, spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { processes } from '../../src/cli/processes.js';
import { runState } from '../../src/pipeline/run-status.js';
import { root } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { cli, hasBegun, leftovers, runToEnd, artifactsIn } from './killed-runs.js';
import { buildWith, modelConfig, modelEnv, modelServer } from './model-run.js';

// What may happen to a process besides being killed: it is stopped for a while, has no memory left, throws where nobody catches, or nobody
// reads what it says.

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const timeout = 1_800_000;
const config = modelConfig(folder, 4);
const server = await modelServer({ seed: 'process', delayMs: 100 });
const { execPath: node } = process;
const start = (out: string): string[] => buildWith(config, server, out, '--workers', '1', '--concurrency', '4');
const goOn = (out: string): string[] => (hasBegun(out) ? cli('resume', out, '--quiet') : start(out));

const whole = at('whole');
const wholeEnd = await runToEnd(node, start(whole), { env: modelEnv });
const expected = artifactsIn(whole);
const questions = server.log.length;

function expectWhole(out: string): void {
  expect(leftovers(out)).toEqual([]);
  const found = artifactsIn(out);
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  expect(Object.keys(found).filter((file) => found[file] !== expected[file])).toEqual([]);
}

/** Starts a run and waits until it has asked something. */
async function asking(out: string) {
  const before = server.log.length;
  const child = spawn(node, start(out), { cwd: root, env: { ...process.env, ...modelEnv }, stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await expect.poll(() => server.log.length - before, { interval: 5, timeout: 300_000 }).toBeGreaterThanOrEqual(4);
  return { child, ended, asked: () => server.log.length - before };
}

describe('a run', { timeout }, () => {
  it('ends well when nothing happens', () => {
    expect(wholeEnd).toEqual({ code: 0, error: '' });
    expect(questions).toBeGreaterThan(15);
  });

  it('that is stopped for a while keeps its folder, and goes on without asking anything twice', async () => {
    const out = at('stopped');
    const { child, ended, asked } = await asking(out);
    child.kill('SIGSTOP');
    const other = await runToEnd(node, cli('resume', out, '--quiet'), { env: modelEnv });
    expect([other.code, other.error]).toEqual([6, expect.stringContaining(`process ${child.pid!} on `)]);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    child.kill('SIGCONT');
    expect(await ended).toBe(0);
    expect(asked()).toBe(questions);
    expectWhole(out);
  });

  it('that has no memory left can be continued with more', async () => {
    const out = at('memory');
    let [deaths, begun] = [0, 0];
    for (let mebibytes = 30; ; mebibytes += 15) {
      const { code } = await runToEnd(node, [`--max-old-space-size=${mebibytes}`, ...goOn(out)], { env: modelEnv });
      if (code === 0) break;
      // Aborted by V8.
      expect([1, 134]).toContain(code);
      deaths++;
      if (hasBegun(out)) begun++;
    }
    expect(deaths).toBeGreaterThan(0);
    expect(begun).toBeGreaterThan(0);
    expectWhole(out);
  });

  it('in which something is thrown where nobody catches ends with 1, and can be continued', async () => {
    const out = at('thrown');
    // As soon as the first stage is done, from outside of everything.
    const bomb = `import { existsSync } from 'node:fs';
      const timer = setInterval(() => {
        if (!existsSync(${JSON.stringify(join(out, 'unfinished/stage-01.json'))})) return;
        clearInterval(timer);
        Promise.reject(new Error('out of the blue'));
      }, 1);
      timer.unref();`;
    const thrown = ['--import', `data:text/javascript,${encodeURIComponent(bomb)}`, ...start(out)];
    const { code, error } = await runToEnd(node, thrown, { env: modelEnv });
    expect([code, error]).toEqual([1, expect.stringContaining('out of the blue')]);
    expect((await runState(out, processes)).status).toBe('stopped');
    expect(await runToEnd(node, goOn(out), { env: modelEnv })).toEqual({ code: 0, error: '' });
    expectWhole(out);
  });

  it('whose ledger is removed while it asks ends all the same; one that is continued without asks again', async () => {
    const [out, ledger] = [at('ledger'), join(at('ledger'), 'calls.jsonl')];
    const first = await asking(out);
    rmSync(ledger);
    expect(await first.ended).toBe(0);
    expect(first.asked()).toBe(questions);
    expectWhole(out);

    const killed = at('ledger-killed');
    const { child, ended } = await asking(killed);
    await expect.poll(() => existsSync(join(killed, 'calls.jsonl')), { interval: 5 }).toBe(true);
    child.kill('SIGKILL');
    await ended;
    rmSync(join(killed, 'calls.jsonl'));
    const before = server.log.length;
    expect(await runToEnd(node, goOn(killed), { env: modelEnv })).toEqual({ code: 0, error: '' });
    expect(server.log.length - before).toBe(questions);
    expectWhole(killed);
  });
});

describe('what nobody reads', { timeout }, () => {
  /** Runs a command whose reader of one stream leaves at once. */
  function unread(
    stream: 'stdout' | 'stderr',
    args: readonly string[],
  ): Promise<{ code: number | null; rest: string }> {
    return new Promise((resolve) => {
      const child = spawn(node, args, { cwd: root });
      let rest = '';
      (stream === 'stdout' ? child.stderr : child.stdout).on('data', (bytes: Buffer) => (rest += bytes.toString()));
      child[stream].destroy();
      child.on('close', (code) => resolve({ code, rest }));
    });
  }

  it('is no error: the command ends as it would have', async () => {
    expect(await unread('stdout', cli('inspect', whole))).toEqual({ code: 0, rest: '' });
    expect(await unread('stderr', cli('verify', at('nowhere')))).toEqual({ code: 2, rest: '' });
    expect(await unread('stderr', cli('no-such-command'))).toEqual({ code: 2, rest: '' });
  });

  it('at once is all there later: a slow reader gets every byte', () => {
    // Twice as much as a pipe holds.
    const name = 'x'.repeat(120_000);
    const slowly = '"$@" 2>&1 >/dev/null | { sleep 2; cat; }';
    const { stdout } = spawnSync('sh', ['-c', slowly, 'sh', node, ...cli('verify', name)], { encoding: 'utf8' });
    expect(stdout).toContain(name);
    expect(stdout.endsWith('\n')).toBe(true);
  });
});
