import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { optional, value } from '../../src/pipeline/artifact.js';
import type { Pipeline } from '../../src/pipeline/plan.js';
import { temporaryFolder } from '../io/temporary.js';
import { Count, defineStage, pipeline, run, Words } from './fixture.js';

const root = temporaryFolder();

/** Writes the number of words only if there are some. */
const mayCount = defineStage({
  name: 'may-count',
  version: 1,
  summary: 'Count words if asked to.',
  config: z.strictObject({ count: z.boolean() }),
  inputs: { source: value(Words) },
  outputs: { count: optional(value(Count)) },
  uses: [],
  run: ({ source }, { count }) => ({ count: count ? { total: source.words.length } : undefined }),
});
const readCount = defineStage({
  name: 'read-count',
  version: 1,
  summary: 'Read the number if there is one.',
  config: z.strictObject({}),
  inputs: { count: optional(value(Count)) },
  outputs: { copy: value(z.strictObject({ read: z.number().nullable() })) },
  uses: [],
  run: ({ count }) => ({ copy: { read: count?.total ?? null } }),
});
const counting: Pipeline = {
  ...pipeline,
  wires: [
    { stage: mayCount, inputs: { source: 'words' }, outputs: { count: 'count.json' } },
    { stage: readCount, inputs: { count: 'count.json' }, outputs: { copy: 'copy.json' } },
    { stage: mayCount, inputs: { source: 'words' }, outputs: { count: 'again/count.json' }, branch: 'again' },
  ],
};

describe('an output that need not be written', () => {
  it.each([
    [true, ['again', 'again/count.json', 'copy.json', 'count.json', 'run-log.jsonl', 'run-record.json']],
    [false, ['copy.json', 'run-log.jsonl', 'run-record.json']],
  ])('is there when the stage returns it: %s', async (count, files) => {
    const at = mkdtempSync(join(root, 'run-'));
    const record = await run(at, { pipeline: counting, configs: { 'may-count': { count } } }).done;
    expect(readdirSync(at, { recursive: true }).sort()).toEqual(files);
    expect(Object.keys(record.stages[0]!.outputs)).toEqual(count ? ['count.json'] : []);
    expect(Object.keys(record.stages[1]!.inputs)).toEqual(count ? ['count'] : []);
    expect(record.stages[2]!.sameAs).toBe('may-count');
  });
});
