import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Failure } from '../../src/core/failure.js';
import { columns, optional, text, value } from '../../src/pipeline/artifact.js';
import type { Pipeline, Wire } from '../../src/pipeline/plan.js';
import { temporaryFolder } from '../io/temporary.js';
import { countWords, defineStage, drawNumbers, pipeline, run, wires, Words } from './fixture.js';

// A branch repeats stages for comparison: with the same inputs their files are copied, with others they run again.

const root = temporaryFolder();
const folder = (): string => mkdtempSync(join(root, 'run-'));
const read = (at: string, file: string): string => readFileSync(join(at, file), 'utf8');

/** The words backwards, or as they are. */
const turnWords = defineStage({
  name: 'turn-words',
  version: 1,
  summary: 'Turn words around.',
  config: z.strictObject({ turn: z.boolean().default(true), fail: z.boolean().default(false) }),
  inputs: { source: value(Words) },
  outputs: { turned: value(Words) },
  uses: [],
  run({ source }, { turn, fail }) {
    if (fail) throw new Failure('infeasible', { where: 'turn-words', problem: 'the words do not turn' });
    return { turned: { ...source, words: turn ? source.words.toReversed() : source.words } };
  },
});

/** Which of the two tables there are. */
const compare = defineStage({
  name: 'compare',
  version: 1,
  summary: 'Compare.',
  config: z.strictObject({}),
  inputs: { own: columns('numbers/1', ['word']), control: optional(columns('numbers/1', ['word'])) },
  outputs: { page: text('md') },
  uses: [],
  run: ({ own, control }) => ({
    page: `${String(own.columns['word'])} | ${control ? String(control.columns['word']) : 'no control'}\n`,
  }),
});

const repeated = (source: string): Wire[] =>
  [
    { stage: countWords, inputs: { source }, outputs: { list: 'control/list.jsonl', count: 'control/count.json' } },
    {
      stage: drawNumbers,
      inputs: { list: 'control/list.jsonl', count: 'control/count.json' },
      outputs: { table: 'control/numbers.parquet' },
    },
  ].map((wire) => ({ ...wire, branch: 'control' }));

const withBranch: Pipeline = {
  ...pipeline,
  wires: [
    ...wires.slice(0, 2),
    {
      stage: turnWords,
      inputs: { source: 'words' },
      outputs: { turned: 'control/turned.json' },
      branch: 'control',
    },
    ...repeated('control/turned.json'),
    {
      stage: compare,
      inputs: { own: 'numbers.parquet', control: 'control/numbers.parquet' },
      outputs: { page: 'page.md' },
    },
  ],
};

describe('a branch', () => {
  it('repeats stages under its own name, with the settings and random numbers of the stages themselves', async () => {
    const at = folder();
    const record = await run(at, { pipeline: withBranch, configs: { 'draw-numbers': { scale: 2 } } }).done;
    expect(record.stages.map(({ name, status, sameAs }) => [name, status, sameAs])).toEqual([
      ['count-words', 'completed', undefined],
      ['draw-numbers', 'completed', undefined],
      ['control/turn-words', 'completed', undefined],
      ['control/count-words', 'completed', undefined],
      ['control/draw-numbers', 'completed', undefined],
      ['compare', 'completed', undefined],
    ]);
    expect(record.stages[4]!.config).toEqual({ scale: 2 });
    expect(read(at, 'page.md')).toBe('TO,BE,OR,NOT | NOT,OR,BE,TO\n');
  });

  it('copies the files of a stage that had the same inputs and settings, and says of which', async () => {
    const at = folder();
    const same: Pipeline = {
      ...withBranch,
      wires: [...withBranch.wires.slice(0, 2), ...repeated('words'), withBranch.wires.at(-1)!],
    };
    let counted = 0;
    const services = { shout: (word: string) => (counted++, word.toUpperCase()), secret: '' };
    const record = await run(at, { pipeline: same, services }).done;
    expect(counted).toBe(4);
    expect(record.stages.map(({ name, sameAs }) => [name, sameAs])).toEqual([
      ['count-words', undefined],
      ['draw-numbers', undefined],
      ['control/count-words', 'count-words'],
      ['control/draw-numbers', 'draw-numbers'],
      ['compare', undefined],
    ]);
    expect(read(at, 'control/list.jsonl')).toBe(read(at, 'stages/list.jsonl'));
    expect(record.stages[3]!.outputs['control/numbers.parquet']!.sha256).toBe(
      record.stages[1]!.outputs['numbers.parquet']!.sha256,
    );
    expect(read(at, 'page.md')).toBe('TO,BE,OR,NOT | TO,BE,OR,NOT\n');
  });

  it('is the only place where files are copied: outside, a stage that is wired twice runs twice', async () => {
    const twice = repeated('words').map(({ stage, inputs, outputs }) => ({ stage, inputs, outputs }));
    let counted = 0;
    const services = { shout: (word: string) => (counted++, word.toUpperCase()), secret: '' };
    const wiresTwice = [...withBranch.wires.slice(0, 2), ...twice, withBranch.wires.at(-1)!];
    const record = await run(folder(), { pipeline: { ...withBranch, wires: wiresTwice }, services }).done;
    expect(counted).toBe(8);
    expect(record.stages.every(({ sameAs }) => sameAs === undefined)).toBe(true);
  });

  it('ends alone when one of its stages fails: the run goes on without it, and says so', async () => {
    const at = folder();
    const record = await run(at, { pipeline: withBranch, configs: { 'turn-words': { fail: true } } }).done;
    expect(record.status).toBe('completed');
    expect(record.stages.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'count-words completed',
      'draw-numbers completed',
      'control/turn-words failed',
      'control/count-words not-reached',
      'control/draw-numbers not-reached',
      'compare completed',
    ]);
    expect(record.stages[2]!.findings).toEqual([
      {
        level: 'caution',
        code: 'branch-failed',
        message: 'the branch control ended early: turn-words: the words do not turn.',
      },
    ]);
    expect(read(at, 'page.md')).toBe('TO,BE,OR,NOT | no control\n');
    expect(existsSync(join(at, 'control'))).toBe(false);
  });

  it.each(['integrity', 'model-unavailable', 'budget-reached'] as const)(
    'stops the run for a reason that may pass: %s',
    async (code) => {
      const at = folder();
      const failure = new Failure(code, { where: 'x', problem: 'no' });
      const broken = withBranch.wires.map((wire) =>
        wire.stage === turnWords ? { ...wire, stage: { ...turnWords, run: () => Promise.reject(failure) } } : wire,
      );
      await expect(run(at, { pipeline: { ...withBranch, wires: broken } }).done).rejects.toBe(failure);
      expect(existsSync(join(at, 'page.md'))).toBe(false);
    },
  );

  it('does not hide a bug in one of its stages', async () => {
    const broken: Pipeline = {
      ...withBranch,
      wires: withBranch.wires.map((wire) =>
        wire.stage === turnWords
          ? { ...wire, stage: { ...turnWords, run: () => Promise.reject(new TypeError('no such thing')) } }
          : wire,
      ),
    };
    await expect(run(folder(), { pipeline: broken }).done).rejects.toThrow('no such thing');
  });
});

describe('an optional input', () => {
  it('need not be wired', async () => {
    const at = folder();
    const alone: Pipeline = {
      ...withBranch,
      wires: [
        ...wires.slice(0, 2),
        { stage: compare, inputs: { own: 'numbers.parquet' }, outputs: { page: 'page.md' } },
      ],
    };
    await run(at, { pipeline: alone }).done;
    expect(read(at, 'page.md')).toBe('TO,BE,OR,NOT | no control\n');
  });
});
