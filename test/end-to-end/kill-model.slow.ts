import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { processes } from '../../src/cli/processes.js';
import { randomStream } from '../../src/core/random.js';
import { eachLedgerLine } from '../../src/model/ledger-lines.js';
import { readLedger } from '../../src/model/ledger.js';
import { runState } from '../../src/pipeline/run-status.js';
import { root } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { cli, hasBegun, leftovers, oneThread, runToEnd, twoAtATime, artifactsIn } from './killed-runs.js';
import { buildWith, modelConfig, modelServer } from './model-run.js';

// A run that asks a language model is killed at random moments, and at every write, sync and rename of every file that it writes, and goes
// on. What comes out must be the same, to the byte, and no answer that was written down may be paid for twice.

const timeout = 3_600_000;
const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const config = modelConfig(folder, 4);
const server = await modelServer({ seed: 'kill', rates: { throttled: 0.02, 'server-error': 0.02 } });
const concurrency = 4;
const hasStrace = spawnSync('strace', ['-V']).status === 0;
if (!hasStrace) console.warn('strace is not installed: runs are not killed at every system call');
const { execPath: node } = process;

/** Starts a run or goes on with it. Its key tells the server which run asks: the same questions come from many. */
const argsOf = (out: string): string[] => {
  const settings = ['--workers', '1', '--concurrency', String(concurrency)];
  return hasBegun(out) ? cli('resume', out, '--quiet', ...settings) : buildWith(config, server, out, ...settings);
};
const envOf = (out: string): Record<string, string> => ({ ...oneThread, OPENAI_API_KEY: `sk-${out}` });

/** Answers that the server gave to a run, by question: those it turned away are not billed. */
function billedTo(out: string): string[] {
  return server.log.flatMap(({ key, fault }, i) =>
    fault === 'none' && server.requests[i]!.headers.authorization === `Bearer sk-${out}` ? [key] : [],
  );
}

/** Requests of the last process that wrote to the ledger of which nobody knows the end. */
async function underWayIn(out: string): Promise<number> {
  if (!existsSync(join(out, 'calls.jsonl'))) return 0;
  const file = await open(join(out, 'calls.jsonl'));
  const open_ = new Set<string>();
  await eachLedgerLine(file, ({ content }) => {
    if (content === undefined) return;
    const { entry } = content;
    if ('schema' in entry) open_.clear();
    else if ('reserved' in entry) open_.add(entry.key);
    else if ('reply' in entry) open_.delete(entry.key);
  });
  await file.close();
  return open_.size;
}

const whole = at('whole');
const wholeEnd = await runToEnd(node, argsOf(whole), { env: envOf(whole) });
const expected = artifactsIn(whole);
const questions = new Set(billedTo(whole)).size;

/** A run that is killed again and again. */
interface Chain {
  readonly out: string;
  kills: number;
  underWay: number;
}
const chains: Chain[] = [];
const chainIn = (name: string): Chain => {
  const chain = { out: at(name), kills: 0, underWay: 0 };
  chains.push(chain);
  return chain;
};

/** @returns whether it was killed; otherwise it came to its end, and well */
async function live(chain: Chain, program: string, args: readonly string[], killAt?: () => boolean): Promise<boolean> {
  const { out } = chain;
  const end = await runToEnd(program, args, { env: envOf(out), ...(killAt && { killAt }) });
  if (end.code !== 137) {
    expect([out, end.code, end.error]).toEqual([out, 0, '']);
    return false;
  }
  const underWay = await underWayIn(out);
  expect(underWay).toBeLessThanOrEqual(concurrency);
  chain.kills++;
  chain.underWay += underWay;
  return true;
}

/** What must hold at the end of a chain. */
async function expectSame({ out, underWay }: Chain): Promise<void> {
  expect([out, ...leftovers(out)]).toEqual([out]);
  const found = artifactsIn(out);
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  expect(Object.keys(found).filter((file) => found[file] !== expected[file])).toEqual([]);
  const billed = billedTo(out);
  expect(new Set(billed).size).toBe(questions);
  expect(billed.length).toBeLessThanOrEqual(questions + underWay);
  const ledger = await readLedger(join(out, 'calls.jsonl'));
  expect(ledger.state.calls).toBe(questions);
  await ledger.close();
}

describe('a run with a language model', { timeout }, () => {
  it('ends well when nobody kills it', () => {
    expect(wholeEnd).toEqual({ code: 0, error: '' });
    expect(questions).toBeGreaterThan(15);
    expect(billedTo(whole)).toHaveLength(questions);
  });

  it('gives the same bytes after sixty kills at random, and is billed for no more than was under way', async () => {
    const [enough, killsEach] = [60, 12];
    const first = chains.length;
    const killsSoFar = (): number => chains.slice(first).reduce((total, { kills }) => total + kills, 0);
    await twoAtATime(
      Array.from({ length: enough }, (_, i) => i),
      async (number) => {
        if (killsSoFar() >= enough) return;
        const chain = chainIn(`random-${number}`);
        const random = randomStream('kill-model', number);
        for (let life = 1; ; life++) {
          // What was done is counted in files and lines, so that a machine that is busy is killed no sooner.
          const [seen, wait] = [progressOf(chain.out), 1 + random.below(6)];
          const killAt = (): boolean => life <= killsEach && progressOf(chain.out) >= seen + wait;
          if (!(await live(chain, node, argsOf(chain.out), killAt))) break;
        }
        await expectSame(chain);
      },
    );
    expect(killsSoFar()).toBeGreaterThanOrEqual(enough);
    // Some of them while questions were under way, or nothing was tried.
    expect(chains.slice(first).reduce((total, { underWay }) => total + underWay, 0)).toBeGreaterThan(10);
  });
});

/** How much a run has written: lines of the ledger, and stages that are done. */
function progressOf(out: string): number {
  const ledger = join(out, 'calls.jsonl');
  const lines = existsSync(ledger) ? readFileSync(ledger, 'latin1').split('\n').length : 0;
  let stages = 0;
  while (existsSync(join(out, 'unfinished', `stage-${String(stages + 1).padStart(2, '0')}.json`))) stages++;
  return lines + stages;
}

const calls = ['write', 'pwrite64', 'fsync', 'fdatasync', 'rename', 'link', 'rmdir', 'unlink'] as const;
const straceFor = (...options: string[]): string[] => ['-f', '-qq', ...options, node];

/** Files that a run writes to, in the order in which it first does, with the names of the calls. */
async function pointsOf(out: string): Promise<{ call: string; file: string }[]> {
  const log = at('trace');
  const args = straceFor('-y', '-o', log, '-e', `trace=${calls.join()}`);
  expect(await runToEnd('strace', [...args, ...argsOf(out)], { env: envOf(out) })).toEqual({ code: 0, error: '' });
  const points = new Map<string, { call: string; file: string }>();
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const call = /^\d+ +([a-z0-9]+)\(/.exec(line)?.[1];
    const path = /["<]([^">]+)[">]/.exec(line.slice(line.indexOf('(')))?.[1];
    // Locks have numbers that grow with each resume.
    if (call === undefined || path?.startsWith(`${out}/`) !== true || /\/lock-\d/.test(path)) continue;
    const file = path.slice(out.length + 1);
    points.set(`${call} ${file}`, { call, file });
  }
  return [...points.values()];
}

describe.skipIf(!hasStrace)('a run with a language model, killed at every system call that writes', { timeout }, () => {
  it('gives the same bytes, and is billed for no more than was under way', async () => {
    const points = await pointsOf(at('traced'));
    const files = new Set(points.map(({ file }) => file.replace(/\.part$/, '')));
    for (const file of Object.keys(expected)) expect(files).toContain(file);
    expect(new Set(points.map(({ call }) => call))).toEqual(
      new Set(['write', 'pwrite64', 'fsync', 'fdatasync', 'rename', 'unlink', 'rmdir']),
    );

    // Each chain goes through the run once, from one kill to the next in the order of the calls: what is written, what is made durable, and
    // the first lines of the ledger. Stopping at each call of the process is slow; with strace's filter in the kernel it does not inject.
    const isWritten = ({ call }: { call: string }): boolean => /write|datasync/.test(call);
    const isLedger = ({ file }: { file: string }): boolean => file === 'calls.jsonl';
    const chained = [
      points.filter(isWritten).map((point) => ({ ...point, when: 1 })),
      points.filter((point) => !isWritten(point)).map((point) => ({ ...point, when: 1 })),
      points.filter(isLedger).flatMap((point) => [2, 3, 5].map((when) => ({ ...point, when }))),
    ];
    const missed: string[] = [];
    await twoAtATime([...chained.entries()], async ([number, stops]) => {
      const chain = chainIn(`points-${number}`);
      for (const { call, file, when } of stops) {
        const paths = ['-o', '/dev/null', '-P', join(chain.out, file)];
        const kill = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${when}`];
        const args = [...straceFor(...paths, ...kill), ...argsOf(chain.out)];
        if (!(await live(chain, 'strace', args))) missed.push(`${call} ${file} ${when}`);
      }
      await live(chain, node, argsOf(chain.out));
      await expectSame(chain);
    });
    expect(missed).toEqual([]);
  });

  it('is killed two hundred times and more, those at random included', () => {
    expect(chains.reduce((total, { kills }) => total + kills, 0)).toBeGreaterThanOrEqual(200);
  });
});

describe('Ctrl-C while questions are under way', { timeout }, () => {
  /** A server that takes its time, and a run that is told to stop while it waits. */
  async function interrupted(signals: readonly NodeJS.Signals[], name: string) {
    const slow = await modelServer({ seed: 'slow', delayMs: 1_500 });
    const out = at(name);
    const child = spawn(node, buildWith(config, slow, out, '--workers', '1', '--concurrency', '4'), {
      cwd: root,
      env: { ...process.env, OPENAI_API_KEY: 'sk-slow' },
      stdio: 'ignore',
    });
    const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
      child.once('exit', (code, signal) => resolve([code, signal])),
    );
    await expect.poll(() => slow.log.length, { interval: 5, timeout: 300_000 }).toBeGreaterThanOrEqual(3);
    for (const signal of signals) {
      child.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return { out, slow, end: await ended, sent: slow.log.length };
  }

  it('once: waits for the answers and writes them down, asks nothing more, and is asked for none of them again', async () => {
    const { out, slow, end, sent } = await interrupted(['SIGINT'], 'ctrl-c');
    expect(end).toEqual([130, null]);
    expect(sent).toBeLessThanOrEqual(4);
    expect(await underWayIn(out)).toBe(0);
    expect((await runState(out, processes)).status).toBe('stopped');
    expect(await runToEnd(node, cli('resume', out, '--quiet'), { env: { OPENAI_API_KEY: 'sk-slow' } })).toEqual({
      code: 0,
      error: '',
    });
    const billed = slow.log.map(({ key }) => key);
    expect(new Set(billed).size).toBe(billed.length);
  });

  it('twice, the second of another kind: stops at once, and can be continued', async () => {
    const { out, end } = await interrupted(['SIGINT', 'SIGTERM'], 'ctrl-c-twice');
    expect(end).toEqual([null, 'SIGTERM']);
    expect(await underWayIn(out)).toBeGreaterThan(0);
    expect((await runState(out, processes)).status).toBe('stopped');
  });
});
