import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { processes } from '../../src/cli/processes.js';
import { randomStream } from '../../src/core/random.js';
import { runState } from '../../src/pipeline/run-status.js';
import { verifyRun } from '../../src/pipeline/verify.js';
import { root } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import {
  type End,
  bytesIn,
  cli,
  hasBegun,
  leftovers,
  oneThread,
  runToEnd,
  straceOf,
  tinyRun,
  twoAtATime,
} from './killed-runs.js';

// Runs are killed at random moments and at every system call that writes, and go on; what comes out must be the same, to the byte.
// Those with a language model are in kill-model.slow.ts.

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const node = process.execPath;
const hasStrace = spawnSync('strace', ['-V']).status === 0;
if (!hasStrace) console.warn('strace is not installed: runs are not killed at every system call');

// Much is started here: a machine that is busy takes its time.
const timeout = 1_800_000;

describe('the command line, killed at random', { timeout }, () => {
  const example = (file: string): string => join(root, 'pipelines/weight-sample', file);
  const weight = (out: string): string[] =>
    cli('weight', '--sample', example('sample.csv'), '--margins', example('margins.csv'), '--out', out, '--quiet');

  it('gives the same bytes after a hundred kills', async () => {
    expect(await runToEnd(node, weight(at('weights')))).toEqual({ code: 0, error: '' });
    const whole = bytesIn(at('weights'));
    const [enough, killsEach] = [100, 10];
    let kills = 0;
    await twoAtATime(
      Array.from({ length: enough }, (_, i) => i),
      async (chain) => {
        if (kills >= enough) return;
        const out = at(`killed-${chain}`);
        const random = randomStream('kill', chain);
        for (let kill = 1; ; kill++) {
          const args = hasBegun(out) ? cli('resume', out, '--quiet') : weight(out);
          // A process that was killed leaves its lock: the next one has the next number.
          const lock = join(out, 'unfinished', `lock-${kill}.json`);
          const wait = random.uniform() * 150;
          let began: number | undefined;
          const killAt = (): boolean => {
            if (began === undefined && existsSync(lock)) began = performance.now();
            return kill <= killsEach && began !== undefined && performance.now() - began > wait;
          };
          const { code, error } = await runToEnd(node, args, { killAt });
          if (code === 137) kills++;
          else {
            expect({ code, error }).toEqual({ code: 0, error: '' });
            break;
          }
        }
        expect(leftovers(out)).toEqual([]);
        expect(bytesIn(out)).toEqual(whole);
      },
    );
    expect(kills).toBeGreaterThanOrEqual(enough);
  });
});

describe('signals', { timeout }, () => {
  it.each([
    ['SIGTERM once: it stops at the next good moment, with 130', ['SIGTERM'], 130],
    ['SIGINT twice: at once', ['SIGINT', 'SIGINT'], undefined],
  ] as const)('%s, and can be continued', async (name, signals, expected) => {
    const out = at(`signal-${signals.length}`);
    const child = spawn(node, cli('build-personas', '--out', out, '--quiet'), { cwd: root, stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await expect.poll(() => existsSync(join(out, 'run-log.jsonl')), { interval: 5, timeout: 120_000 }).toBe(true);
    for (const signal of signals) {
      child.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const code = await ended;
    if (expected !== undefined) expect(code, name).toBe(expected);
    expect((await runState(out, processes)).status).toBe('stopped');
    expect(await verifyRun(out)).toBeGreaterThan(0);
  });
});

describe('two runs on one folder', { timeout }, () => {
  it('leave it to one: the other ends with 6 and names it, or finds that it is too late', async () => {
    const expected = at('alone');
    await runToEnd(node, tinyRun(expected));
    const others: number[] = [];
    for (let round = 0; round < 20; round++) {
      const out = at(`race-${round}`);
      const ends = await Promise.all([1, 2].map(() => runToEnd(node, tinyRun(out))));
      const [first, second] = ends.sort((a, b) => a.code - b.code) as [End, End];
      expect(first).toEqual({ code: 0, error: '' });
      expect(second.error).toMatch(
        second.code === 6 ? /another process writes here; got process \d+ on / : /the folder is not empty/,
      );
      others.push(second.code);
      expect(bytesIn(out)).toEqual(bytesIn(expected));
      expect(leftovers(out)).toEqual([]);
    }
    expect(others).toContain(6);
  });
});

/** Calls of each name that a run makes on its own files. */
function callsOf(out: string): Map<string, number> {
  const trace = at('trace');
  const calls = 'write,fsync,rename,link,unlink,mkdir,rmdir';
  const [program, args] = ['strace', [...straceOf(out, trace, '-e', `trace=${calls}`), ...tinyRun(out)]];
  expect(spawnSync(program, args, { env: { ...process.env, ...oneThread } }).status).toBe(0);
  const counts = new Map<string, number>();
  for (const [, name] of readFileSync(trace, 'utf8').matchAll(/^\d+ +([a-z]+)\(/gm))
    counts.set(name!, (counts.get(name!) ?? 0) + 1);
  return counts;
}

describe.skipIf(!hasStrace)('a run, stopped at every system call that writes', { timeout }, () => {
  const whole = at('whole');
  const counts = hasStrace ? callsOf(whole) : new Map<string, number>();
  const points = [...counts].flatMap(([call, count]) =>
    Array.from({ length: count }, (_, i) => ({ call, when: i + 1, name: `${call}-${i + 1}` })),
  );
  const strace = (out: string, inject: string, ...more: string[]) =>
    runToEnd('strace', [...straceOf(out, '/dev/null', '-e', `inject=${inject}`), ...tinyRun(out, ...more)], {
      env: oneThread,
    });
  const goOn = (out: string) => runToEnd(node, hasBegun(out) ? tinyRun(out, 'resume') : tinyRun(out));

  it('writes, syncs and renames at all', () => {
    expect(counts.get('write')).toBeGreaterThan(20);
    expect(counts.get('fsync')).toBeGreaterThan(20);
    expect(counts.get('rename')).toBeGreaterThan(10);
    expect([...counts.keys()].sort()).toEqual(['fsync', 'link', 'mkdir', 'rename', 'rmdir', 'unlink', 'write']);
  });

  it('by a kill, and killed once more while it goes on: gives the same bytes', async () => {
    const expected = bytesIn(whole);
    let kills = 0;
    await twoAtATime(points, async ({ call, when, name }) => {
      const out = at(`kill-${name}`);
      mkdirSync(out);
      expect(await strace(out, `${call}:signal=KILL:when=${when}`)).toMatchObject({ code: 137 });
      if (hasBegun(out)) {
        expect(await verifyRun(out), name).toBeGreaterThan(0);
        // Every other point, somewhere else; it may be over before.
        if (when % 2 === 1)
          kills +=
            (await strace(out, `${call}:signal=KILL:when=${Math.ceil(when / 3)}`, 'resume')).code === 137 ? 1 : 0;
      }
      const { code, error } = await goOn(out);
      expect([name, code, error]).toEqual([name, 0, '']);
      expect([name, ...leftovers(out)]).toEqual([name]);
      expect(bytesIn(out), name).toEqual(expected);
    });
    expect(kills).toBeGreaterThan(20);
  });

  it.each([
    ['write', 'ENOSPC', /cannot be written; got ENOSPC: .*The disk is full; what was whole before still is\.\n$/],
    ['write', 'EFBIG', /cannot be written; got EFBIG: .*The disk is full/],
    ['fsync', 'EIO', /cannot be written; got "?EIO: .*The disk is broken/],
  ])(
    'by a disk that fails in %s with %s: says where, leaves nothing half, and goes on',
    async (call, fault, message) => {
      const expected = bytesIn(whole);
      const faults = points.filter((point) => point.call === call && (fault !== 'EFBIG' || point.when % 5 === 0));
      await twoAtATime(faults, async ({ when, name }) => {
        const out = at(`${fault}-${name}`);
        mkdirSync(out);
        const end = await strace(out, `${call}:error=${fault}:when=${when}`);
        expect([name, end.code]).toEqual([name, 7]);
        expect(end.error).toMatch(message);
        expect(leftovers(out).filter((file) => file.endsWith('.part'))).toEqual([]);
        const { code, error } = await goOn(out);
        expect([name, code, error]).toEqual([name, 0, '']);
        expect(bytesIn(out), name).toEqual(expected);
      });
    },
  );
});
