import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readTable, writeTable } from '../../src/io/parquet.js';
import { columns, rows, value } from '../../src/pipeline/artifact.js';
import type { Pipeline } from '../../src/pipeline/plan.js';
import { findItems, type Found, rowsOfPort, stagesOfRun } from '../../src/pipeline/trace.js';
import { temporaryFolder } from '../io/temporary.js';
import { defineStage, run, Words } from './fixture.js';

const root = temporaryFolder();
const Item = z.strictObject({ id: z.string() });
const Left = z.strictObject({ word: z.string(), why: z.string(), more: z.string() });
const Note = z.strictObject({ id: z.string(), said: z.string() });

const sortWords = defineStage({
  name: 'sort-words',
  version: 1,
  summary: 'Sort words.',
  config: z.strictObject({}),
  inputs: { source: value(Words) },
  outputs: { all: rows(Item), long: rows(Item), short: rows(Left), notes: rows(Note) },
  conserves: [
    { of: 'all', by: 'id', kept: { long: 'id' }, dropped: { short: { by: 'word', reason: 'why', detail: 'more' } } },
  ],
  uses: [],
  async run({ source: { words } }, _, { emit }) {
    for (const id of words) {
      await emit.all({ id });
      await emit.notes({ id, said: 'seen' });
      if (id.length > 2) await emit.long({ id });
      else await emit.short({ word: id, why: 'short', more: `${id.length} letters` });
    }
    return {};
  },
});
const weigh = defineStage({
  name: 'weigh-words',
  version: 1,
  summary: 'Weigh words.',
  config: z.strictObject({}),
  inputs: { long: rows(Item) },
  outputs: { table: columns('weights/1', ['word', 'weight']) },
  conserves: [{ of: 'long', by: 'id', kept: { table: 'word' } }],
  uses: [],
  async run({ long }) {
    const word: string[] = [];
    for await (const { id } of long) word.push(id);
    return {
      table: {
        schema: 'weights/1',
        rows: word.length,
        columns: { word, weight: Float64Array.from(word, (w) => w.length) },
      },
    };
  },
});
const pipeline: Pipeline = {
  name: 'traced',
  summary: 'Traced words.',
  sources: { words: value(Words) },
  wires: [
    {
      stage: sortWords,
      inputs: { source: 'words' },
      outputs: { all: 'all.jsonl', long: 'long.jsonl', short: 'short.jsonl', notes: 'notes.jsonl' },
    },
    { stage: weigh, inputs: { long: 'long.jsonl' }, outputs: { table: 'weights.parquet' } },
  ],
};
const codec = { encode: writeTable, decode: (bytes: Uint8Array) => readTable(bytes) };

describe('an item', async () => {
  const folder = mkdtempSync(join(root, 'run-'));
  const words = ['to', 'question', 'be', 'that'];
  await run(folder, {
    pipeline,
    sources: { words: { value: { schema: 'words/1', words }, sha256: 'a'.repeat(64), origin: 'own file' } },
  }).done;
  const { stages } = await stagesOfRun(folder);
  const find = async (id: string, notes = {}): Promise<Found[]> => {
    const found: Found[] = [];
    for await (const item of findItems({ folder, pipeline, stages, codec }, (other) => other === id, notes))
      found.push(item);
    return found;
  };

  it('is found in each file that keeps it, in the order of the stages, with its row', async () => {
    expect(await find('that')).toEqual([
      { stage: 'sort-words', port: 'long', file: 'long.jsonl', fate: 'kept', id: 'that', row: { id: 'that' }, of: 2 },
      {
        stage: 'weigh-words',
        port: 'table',
        file: 'weights.parquet',
        fate: 'kept',
        id: 'that',
        row: { word: 'that', weight: 4 },
        of: 2,
      },
    ]);
  });

  it('is found where it was dropped, with reason and detail, and in notes if they are asked for', async () => {
    expect(await find('be', { notes: 'id' })).toMatchObject([
      { port: 'short', fate: 'dropped', reason: 'short', detail: '2 letters' },
      { port: 'notes', fate: 'noted', row: { said: 'seen' } },
    ]);
    expect(await find('nothing')).toEqual([]);
  });

  it('is found by rows of a port alone', async () => {
    const found: unknown[] = [];
    for await (const { stage, row } of rowsOfPort({ folder, pipeline, stages, codec }, 'notes'))
      found.push([stage, (row as { id: string }).id]);
    expect(found).toEqual(words.map((word) => ['sort-words', word]));
  });

  it('is not followed in files that are not what was written, nor where there is no run', async () => {
    rmSync(join(folder, 'long.jsonl'));
    await expect(find('that')).rejects.toThrow('long.jsonl: it cannot be read any more');
    await expect(stagesOfRun(root)).rejects.toThrow('no run record here');
  });
});
