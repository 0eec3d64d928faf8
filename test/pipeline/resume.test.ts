import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Failure } from '../../src/core/failure.js';
import { optional, value } from '../../src/pipeline/artifact.js';
import type { Pipeline } from '../../src/pipeline/plan.js';
import { claimFolder } from '../../src/pipeline/run-folder.js';
import type { RunOptions } from '../../src/pipeline/run.js';
import { verifyRun } from '../../src/pipeline/verify.js';
import { temporaryFolder } from '../io/temporary.js';
import { Count, defineStage, pipeline, run, source, wires, Words } from './fixture.js';

const root = temporaryFolder();
const folder = (): string => mkdtempSync(join(root, 'run-'));
const read = (at: string, file: string): string => readFileSync(join(at, file), 'utf8');

/** Every file of a run but its log, with its bytes. */
const filesOf = (at: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(at, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'run-log.jsonl')
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(at.length + 1), readFileSync(path, 'latin1')]),
  );

/** Continues the run in a folder: which stages ran and which were kept. */
async function resume(at: string, edit: Partial<RunOptions> = {}): Promise<string[]> {
  const claim = await claimFolder(at, { resume: true });
  try {
    const { done, events } = run(at, { ...edit, claim });
    await done;
    return events.flatMap(({ kind, ...event }) =>
      kind === 'stage-started' || kind === 'stage-kept'
        ? [`${kind.slice(6)} ${(event as { stage: string }).stage}`]
        : [],
    );
  } finally {
    await claim.release();
  }
}

/** Runs, and copies the folder as it is at every event: what a crash at that moment would leave. */
async function crashes(edit: Partial<RunOptions> = {}): Promise<{ whole: string; left: string[] }> {
  const [whole, left] = [folder(), [] as string[]];
  const onEvent = (): void => {
    const at = folder();
    cpSync(whole, at, { recursive: true });
    left.push(at);
  };
  await run(whole, { ...edit, onEvent }).done;
  return { whole, left };
}

/** Runs until the named stage starts, and is stopped there. */
async function stoppedAt(stage: string, edit: Partial<RunOptions> = {}): Promise<string> {
  const [at, abort] = [folder(), new AbortController()];
  const onEvent: RunOptions['onEvent'] = (event) => {
    if (event.kind === 'stage-started' && event.stage === stage) abort.abort();
  };
  await expect(run(at, { ...edit, onEvent, signal: abort.signal }).done).rejects.toMatchObject({ code: 'interrupted' });
  return at;
}

/** A stage that may write a file, and a branch that may fail. */
const mayWrite = defineStage({
  name: 'may-write',
  version: 1,
  summary: 'Write if asked to.',
  config: z.strictObject({ write: z.boolean().default(true), fail: z.boolean().default(false) }),
  inputs: { source: value(Words) },
  outputs: { count: optional(value(Count)), all: value(Count) },
  uses: [],
  run({ source }, { write, fail }, { record }) {
    record({ level: 'caution', code: 'odd', message: 'odd', values: { minusZero: -0, none: undefined } });
    if (fail) throw new Failure('infeasible', { where: 'may-write', problem: 'no' });
    return { count: write ? { total: source.words.length } : undefined, all: { total: 1 } };
  },
});
const mayWriteWire = {
  stage: mayWrite,
  inputs: { source: 'words' },
  outputs: { count: 'control/count.json', all: 'control/all.json' },
  branch: 'control',
};
const countAgain = {
  ...wires[0]!,
  branch: 'control',
  outputs: { list: 'control/list.jsonl', count: 'control/words.json' },
};
const withBranch: Pipeline = { ...pipeline, wires: [wires[0]!, countAgain, mayWriteWire, ...wires.slice(1)] };

describe('a run that was killed', () => {
  it.each<[string, Partial<RunOptions>]>([
    ['three stages', {}],
    ['a branch, with files that were copied', { pipeline: withBranch }],
    ['a branch that fails', { pipeline: withBranch, configs: { 'may-write': { fail: true } } }],
    ['a file that is not written', { pipeline: withBranch, configs: { 'may-write': { write: false } } }],
  ])('gives the same bytes wherever it was, and does no stage twice: %s', async (_, edit) => {
    const { whole, left } = await crashes(edit);
    expect(left.length).toBeGreaterThan(5);
    for (const at of left) {
      expect(await verifyRun(at)).toBeGreaterThan(0);
      const done = readdirSync(join(at, 'unfinished')).filter((name) => name.startsWith('stage-')).length;
      const before = await resume(at, edit);
      expect(before.filter((event) => event.startsWith('kept'))).toHaveLength(done);
      expect(filesOf(at)).toEqual(filesOf(whole));
      expect(await verifyRun(at)).toBe(await verifyRun(whole));
    }
  });

  it('tells so in the log only, whose torn last line is cut', async () => {
    const { left } = await crashes();
    const at = left.at(-1)!;
    writeFileSync(join(at, 'run-log.jsonl'), `${read(at, 'run-log.jsonl')}{"at":"2020-01`);
    await resume(at);
    const log = read(at, 'run-log.jsonl').trimEnd().split('\n');
    const kinds = log.map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds.slice(kinds.indexOf('run-continued'))).toEqual([
      'run-continued',
      'stage-kept',
      'stage-kept',
      'stage-started',
      'stage-completed',
    ]);
    expect(read(at, 'run-record.json')).not.toMatch(/kept|continued/);
  });

  it('carries the calls of language models over', async () => {
    const edit = (): Partial<RunOptions> => {
      let calls = 0;
      const shout = (word: string): string => (calls++, word.toUpperCase());
      return { services: { shout, secret: '' }, modelUsage: () => ({ m: { calls, answer: calls } }) };
    };
    const { whole, left } = await crashes(edit());
    expect(read(whole, 'run-record.json')).toContain('"calls": 4');
    for (const at of left) {
      await resume(at, edit());
      expect(filesOf(at)).toEqual(filesOf(whole));
    }
  });

  it('may be moved before it is continued', async () => {
    const { whole, left } = await crashes();
    const moved = join(root, 'moved', 'run');
    mkdirSync(join(root, 'moved'));
    renameSync(left.at(-1)!, moved);
    await resume(moved);
    expect(filesOf(moved)).toEqual(filesOf(whole));
  });
});

describe('what an attempt left', () => {
  const broken: readonly [string, (at: string) => void, readonly string[]][] = [
    ['a changed file', (at) => writeFileSync(join(at, 'stages/count.json'), '{"total":5}'), ['started count-words']],
    ['a lost file', (at) => rmSync(join(at, 'stages/list.jsonl')), ['started count-words']],
    [
      'a changed outcome',
      (at) => {
        const path = join(at, 'unfinished/stage-01.json');
        writeFileSync(path, readFileSync(path, 'utf8').replace('"rows": 4', '"rows": 5'));
      },
      ['started count-words'],
    ],
    ['half an outcome', (at) => writeFileSync(join(at, 'unfinished/stage-02.json'), '{'), ['started draw-numbers']],
    ['a lost outcome', (at) => rmSync(join(at, 'unfinished/stage-02.json')), ['started draw-numbers']],
  ];
  it.each(broken)('is done again, and only that: %s', async (_, breakIt, again) => {
    const { whole, left } = await crashes();
    const at = left.at(-1)!;
    breakIt(at);
    const events = await resume(at);
    expect(events.slice(0, 2).filter((event) => event.startsWith('started'))).toEqual(again);
    expect(events).toHaveLength(3);
    expect(filesOf(at)).toEqual(filesOf(whole));
  });

  it('is not kept behind a stage that came out differently', async () => {
    const { left } = await crashes();
    const at = left.at(-1)!;
    rmSync(join(at, 'stages/count.json'));
    const services = { shout: (word: string) => `${word}!`, secret: '' };
    expect(await resume(at, { services })).toEqual([
      'started count-words',
      'started draw-numbers',
      'started write-page',
    ]);
    expect(read(at, 'stages/list.jsonl')).toContain('to!');
  });

  it('is removed where it is half written or was never committed; files of others stay', async () => {
    const at = await stoppedAt('draw-numbers');
    writeFileSync(join(at, 'numbers.parquet'), 'never committed');
    writeFileSync(join(at, 'page.md.part'), 'half');
    for (const [file, content] of Object.entries({
      'notes.txt': 'mine',
      'numbers.parquet.bak': 'mine',
      'unfinished/x': 'mine',
    }))
      writeFileSync(join(at, file), content);
    await resume(at);
    const names = readdirSync(at, { recursive: true }).map(String);
    expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['notes.txt', 'numbers.parquet.bak', 'unfinished/x']));
    expect(readdirSync(join(at, 'unfinished'))).toEqual(['x']);
  });
});

describe('a run that was interrupted or failed', () => {
  it('keeps what it needs to be continued, until it is complete', async () => {
    const whole = folder();
    await run(whole).done;
    expect(existsSync(join(whole, 'unfinished'))).toBe(false);
    const at = await stoppedAt('write-page');
    expect(readdirSync(join(at, 'unfinished')).sort()).toEqual(['run-plan.json', 'stage-01.json', 'stage-02.json']);
    expect(await verifyRun(at)).toBe(7);
    expect(await resume(at)).toEqual(['kept count-words', 'kept draw-numbers', 'started write-page']);
    expect(filesOf(at)).toEqual(filesOf(whole));
  });

  it('may be stopped again and again', async () => {
    const whole = folder();
    await run(whole).done;
    const at = await stoppedAt('count-words');
    for (const stage of ['count-words', 'draw-numbers', 'write-page']) {
      const abort = new AbortController();
      const onEvent: RunOptions['onEvent'] = (event) => {
        if (event.kind === 'stage-started' && event.stage === stage) abort.abort();
      };
      await expect(resume(at, { signal: abort.signal, onEvent })).rejects.toMatchObject({ code: 'interrupted' });
    }
    await resume(at);
    expect(filesOf(at)).toEqual(filesOf(whole));
  });

  it.each<[string, boolean]>([
    ['infeasible', false],
    ['gate-failed', false],
    ['quality-gate', false],
    ['not-converged', false],
    ['model-unavailable', true],
    ['budget-reached', true],
    ['integrity', true],
  ])('can be continued only where the reason may pass: %s', async (code, isKept) => {
    const at = folder();
    const failing = () => Promise.reject(new Failure(code as 'integrity', { where: 'x', problem: 'no' }));
    const stage = { ...wires[1]!.stage, run: failing };
    const broken = { ...pipeline, wires: [wires[0]!, { ...wires[1]!, stage }, wires[2]!] };
    await expect(run(at, { pipeline: broken }).done).rejects.toThrow('x: no.');
    expect(existsSync(join(at, 'unfinished'))).toBe(isKept);
    if (isKept) expect(await resume(at)).toEqual(['kept count-words', 'started draw-numbers', 'started write-page']);
    else await expect(resume(at)).rejects.toThrow('no run here that could be continued');
  });
});

describe('what a run was started with', () => {
  const changedStage = (edit: object): Pipeline => ({
    ...pipeline,
    wires: [{ ...wires[0]!, stage: { ...wires[0]!.stage, ...edit } }, ...wires.slice(1)],
  });
  it.each<[string, Partial<RunOptions>, string]>([
    ['the program', { version: '2.0.0' }, 'version was "1.2.3", is "2.0.0"'],
    ['a package', { packages: { zod: '5' } }, 'packages.zod was "4", is "5"'],
    ['a new package', { packages: { zod: '4', y: '1' } }, 'packages.y was nothing, is "1"'],
    ['the seed', { seed: '2' }, 'seed was "1", is "2"'],
    ['the pipeline', { pipeline: { ...pipeline, name: 'other' } }, 'pipeline was "words", is "other"'],
    [
      'a source',
      { sources: { words: { ...source, sha256: 'b'.repeat(64) } } },
      `sources.words.sha256 was "${'a'.repeat(64)}", is "${'b'.repeat(64)}"`,
    ],
    ['a setting', { configs: { 'draw-numbers': { scale: 3 } } }, 'stages.1:draw-numbers.config.scale was 1, is 3'],
    ['a version of a stage', { pipeline: changedStage({ version: 2 }) }, 'stages.0:count-words.version was 1, is 2'],
  ])('has to be the same, and nothing is touched where it is not: %s', async (_, edit, fields) => {
    const at = await stoppedAt('write-page');
    const before = filesOf(at);
    const log = read(at, 'run-log.jsonl');
    await expect(resume(at, edit)).rejects.toMatchObject({ code: 'usage', exitCode: 2 });
    await expect(resume(at, edit)).rejects.toThrow(
      `${at}: this run was started with something else: ${fields}. Put back what changed and continue, or run again in a new folder.`,
    );
    expect(filesOf(at)).toEqual(before);
    expect(read(at, 'run-log.jsonl')).toBe(log);
  });

  it('is listed to eight changes', async () => {
    const at = await stoppedAt('write-page');
    const packages = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`p${i}`, '1']));
    await expect(resume(at, { packages: { zod: '4', ...packages } })).rejects.toThrow(/; and 4 more\. Put back/);
  });

  it('has to be readable', async () => {
    const at = await stoppedAt('write-page');
    const path = join(at, 'unfinished/run-plan.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"seed": "1"', '"seed": "2"'));
    await expect(resume(at)).rejects.toMatchObject({ code: 'usage' });
    await expect(resume(at)).rejects.toThrow(
      `${path}: the plan of this run is damaged, or of another version of the program. It cannot be continued; run again in a new folder.`,
    );
  });

  it('is kept with how it was asked for, sealed', async () => {
    const at = await stoppedAt('write-page', { request: { command: 'weight', options: { sample: 'x.csv' } } });
    expect(JSON.parse(read(at, 'unfinished/run-plan.json'))).toMatchObject({
      schema: 'run-plan/1',
      version: '1.2.3',
      pipeline: 'words',
      request: { command: 'weight', options: { sample: 'x.csv' } },
    });
  });
});
