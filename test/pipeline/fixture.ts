import { z } from 'zod';
import { readTable, writeTable } from '../../src/io/parquet.js';
import { columns, rows, text, value, type RowSource } from '../../src/pipeline/artifact.js';
import type { Pipeline, Source, Wire } from '../../src/pipeline/plan.js';
import { runPipeline, type RunEvent, type RunOptions } from '../../src/pipeline/run.js';
import { stageDefiner } from '../../src/pipeline/stage.js';

// A pipeline of three stages with every kind of artifact: words are counted, the counts drawn on, a page written.

export interface Services {
  readonly shout: (text: string) => string;
  readonly secret: string;
}
export const defineStage = stageDefiner<Services>();

export const Words = z.strictObject({ schema: z.literal('words/1'), words: z.array(z.string()) });
export const Word = z.strictObject({ word: z.string(), length: z.number() });
export const Count = z.strictObject({ total: z.number() });

/** A source of words -> one row a word, and their number. */
export const countWords = defineStage({
  name: 'count-words',
  version: 1,
  summary: 'Count words.',
  config: z.strictObject({ shortest: z.number().int().min(0).default(1) }),
  inputs: { source: value(Words) },
  outputs: { list: rows(Word), count: value(Count) },
  uses: ['shout'],
  async run({ source }, { shortest }, { emit, record, progress, services }) {
    let total = 0;
    for (const word of source.words) {
      if (word.length < shortest) continue;
      await emit.list({ word: services.shout(word), length: word.length });
      progress(++total, source.words.length);
    }
    record({ level: 'info', code: 'words-counted', message: `${total} words` });
    return { count: { total } };
  },
});

/** Rows -> a table with a random number for each. */
export const drawNumbers = defineStage({
  name: 'draw-numbers',
  version: 1,
  summary: 'Draw a number for each word.',
  config: z.strictObject({ scale: z.number().positive().default(1) }),
  inputs: { list: rows(Word), count: value(Count) },
  outputs: { table: columns('numbers/1', ['word', 'number']) },
  uses: [],
  async run({ list, count }, { scale }, { random }) {
    const word: string[] = [];
    for await (const row of list) word.push(row.word);
    const number = Float64Array.from({ length: count.total }, () => scale * random.uniform());
    return { table: { schema: 'numbers/1', rows: word.length, columns: { word, number } } };
  },
});

/** The table -> a document. */
export const writePage = defineStage({
  name: 'write-page',
  version: 1,
  summary: 'Write a page.',
  config: z.strictObject({}),
  inputs: { table: columns('numbers/1', ['word', 'number']) },
  outputs: { page: text('md') },
  uses: [],
  run: ({ table }, _, { findings }) => ({
    page: `${table.rows} rows; ${findings.map(({ stage, code }) => `${stage}: ${code}`).join()}\n`,
  }),
});

export const wires: readonly Wire[] = [
  {
    stage: countWords,
    inputs: { source: 'words' },
    outputs: { list: 'stages/list.jsonl', count: 'stages/count.json' },
  },
  {
    stage: drawNumbers,
    inputs: { list: 'stages/list.jsonl', count: 'stages/count.json' },
    outputs: { table: 'numbers.parquet' },
  },
  { stage: writePage, inputs: { table: 'numbers.parquet' }, outputs: { page: 'page.md' } },
];
export const pipeline: Pipeline = { name: 'words', summary: 'Words.', sources: { words: value(Words) }, wires };
/** The pipeline with another first stage. */
export const pipelineWith = (edit: object): Pipeline => ({
  ...pipeline,
  wires: [{ ...wires[0]!, stage: { ...countWords, ...edit } }, ...wires.slice(1)],
});

export const source: Source = {
  value: { schema: 'words/1', words: ['to', 'be', 'or', 'not'] },
  sha256: 'a'.repeat(64),
  origin: 'own file',
};

/** Runs the pipeline in a folder; a clock that counts calls. */
export function run(folder: string, edit: Partial<RunOptions> = {}) {
  const events: RunEvent[] = [];
  let ticks = 0;
  const done = runPipeline({
    pipeline,
    configs: {},
    sources: { words: source },
    seed: '1',
    folder,
    version: '1.2.3',
    packages: { zod: '4' },
    services: { shout: (word: string) => word.toUpperCase(), secret: 'not for everyone' },
    codec: { encode: writeTable, decode: (bytes) => readTable(bytes) },
    signal: new AbortController().signal,
    clock: () => `2020-01-01T00:00:${String(ticks++).padStart(2, '0')}.000Z`,
    onEvent: (event) => void events.push(event),
    ...edit,
  });
  return { done, events };
}

/** All rows of a source. */
export async function allRows<T>(source: RowSource<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of source) all.push(row);
  return all;
}
