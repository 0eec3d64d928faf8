import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import type { Processes } from '../../src/pipeline/lock.js';
import { claimFolder } from '../../src/pipeline/run-folder.js';
import type { RunOptions } from '../../src/pipeline/run.js';
import { verifyRun } from '../../src/pipeline/verify.js';
import { runCli } from '../cli/run-cli.js';
import { filesIn } from '../end-to-end/small-run.js';
import { temporaryFolder } from '../io/temporary.js';
import { run } from './fixture.js';

// Every single bit that flips in any file of a run is reported: of a complete one, and of one that was killed.

const root = temporaryFolder();
const machine: Processes = {
  self: () => Promise.resolve({ host: 'here', boot: 'b', space: 's', pid: 7, started: '1' }),
  isRunning: () => Promise.resolve(false),
};

/** The folder of a complete run, and a copy of it in the middle: with a plan, a lock and outcomes of stages. */
async function runs(): Promise<{ complete: string; killed: string }> {
  const [complete, killed] = ['complete', 'killed'].map((name) => mkdtempSync(join(root, `${name}-`))) as [
    string,
    string,
  ];
  const claim = await claimFolder(complete, { processes: machine });
  const onEvent: RunOptions['onEvent'] = (event) => {
    if (event.kind === 'stage-started' && event.stage === 'write-page') cpSync(complete, killed, { recursive: true });
  };
  await run(complete, { claim, onEvent }).done;
  return { complete, killed };
}
const { complete, killed } = await runs();

/** Flips random bits one at a time, and gives those that nobody noticed. */
async function unnoticed(folder: string, flips: number, isNoticed: () => Promise<boolean>): Promise<string[]> {
  const random = randomStream('flips', folder.includes('killed') ? 'killed' : 'complete');
  const files = filesIn(folder);
  const missed: string[] = [];
  for (let flip = 0; flip < flips; flip++) {
    const file = files[random.below(files.length)]!;
    const bytes = readFileSync(join(folder, file));
    const [at, bit] = [random.below(bytes.length), random.below(8)];
    bytes[at]! ^= 1 << bit;
    writeFileSync(join(folder, file), bytes);
    if (!(await isNoticed())) missed.push(`${file}: byte ${at}, bit ${bit}`);
    bytes[at]! ^= 1 << bit;
    writeFileSync(join(folder, file), bytes);
  }
  return missed;
}

describe('10 000 flipped bits', () => {
  it.each([
    [
      'a complete run',
      complete,
      ['numbers.parquet', 'page.md', 'run-log.jsonl', 'run-record.json', 'stages/count.json', 'stages/list.jsonl'],
    ],
    [
      'a run that was killed',
      killed,
      [
        'numbers.parquet',
        'run-log.jsonl',
        'stages/count.json',
        'stages/list.jsonl',
        'unfinished/lock-1.json',
        'unfinished/run-plan.json',
        'unfinished/stage-01.json',
        'unfinished/stage-02.json',
      ],
    ],
  ])('are all reported: %s', async (_, folder, files) => {
    expect(filesIn(folder)).toEqual(files);
    const isNoticed = (): Promise<boolean> =>
      verifyRun(folder).then(
        () => false,
        () => true,
      );
    expect(await isNoticed()).toBe(false);
    expect(await unnoticed(folder, 5_000, isNoticed)).toEqual([]);
    expect(await isNoticed()).toBe(false);
  });

  it('are reported by the command line too, with 7, or 2 where the record cannot even be read', async () => {
    expect(await runCli(['verify', complete])).toMatchObject({ code: 0 });
    const isNoticed = async (): Promise<boolean> => [2, 7].includes((await runCli(['verify', complete])).code ?? 0);
    expect(await unnoticed(complete, 10, isNoticed)).toEqual([]);
  });
});
