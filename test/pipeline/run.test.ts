import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/core/canonical-json.js';
import { Failure } from '../../src/core/failure.js';
import { readTable } from '../../src/io/parquet.js';
import { columns, rows, text, value } from '../../src/pipeline/artifact.js';
import type { Pipeline } from '../../src/pipeline/plan.js';
import type { RunOptions } from '../../src/pipeline/run.js';
import { RunRecord } from '../../src/pipeline/run-record.js';
import { sealOf } from '../../src/pipeline/sealed.js';
import { temporaryFolder } from '../io/temporary.js';
import { Count, pipeline, pipelineWith, run, source, wires, Word, Words } from './fixture.js';

const root = temporaryFolder();
const folder = (): string => mkdtempSync(join(root, 'run-'));
const read = (at: string, file: string): string => readFileSync(join(at, file), 'utf8');
const recordIn = (at: string): RunRecord => RunRecord.parse(JSON.parse(read(at, 'run-record.json')));
const stagesIn = (at: string): string[] => recordIn(at).stages.map(({ name, status }) => `${name} ${status}`);

/** Runs what is going to fail: what was thrown, and the folder. */
async function failing(edit: Partial<RunOptions>): Promise<{ at: string; error: unknown }> {
  const at = folder();
  try {
    await run(at, edit).done;
  } catch (error) {
    return { at, error };
  }
  throw new Error('the run did not fail');
}
const withRun = (runStage: unknown, edit: object = {}): Pipeline => pipelineWith({ ...edit, run: runStage });

describe('a run that succeeds', async () => {
  const at = folder();
  const { done, events } = run(at, { configs: { 'draw-numbers': { scale: 2 } } });
  const record = await done;

  it('writes every artifact, and nothing else but the record and the log', () => {
    expect(readdirSync(at, { recursive: true }).sort()).toEqual([
      'numbers.parquet',
      'page.md',
      'run-log.jsonl',
      'run-record.json',
      'stages',
      'stages/count.json',
      'stages/list.jsonl',
    ]);
    expect(read(at, 'stages/list.jsonl')).toBe(
      [
        '{"length":2,"word":"TO"}',
        '{"length":2,"word":"BE"}',
        '{"length":2,"word":"OR"}',
        '{"length":3,"word":"NOT"}',
        '',
      ].join('\n'),
    );
    expect(read(at, 'page.md')).toBe('4 rows; count-words: words-counted\n');
  });

  it('hands rows, values and tables on as they were', async () => {
    const table = await readTable(readFileSync(join(at, 'numbers.parquet')));
    expect(table.columns['word']).toEqual(['TO', 'BE', 'OR', 'NOT']);
    for (const x of table.columns['number'] as Float64Array) expect(x >= 0 && x < 2).toBe(true);
  });

  it('records what went in and out by hash, settings given and resolved, findings, and seals it', () => {
    expect(record).toEqual(recordIn(at));
    expect(record.seal).toBe(sealOf(record));
    const [first, second] = record.stages;
    expect(first).toMatchObject({ configGiven: {}, config: { shortest: 1 }, status: 'completed' });
    expect(second).toMatchObject({ configGiven: { scale: 2 }, config: { scale: 2 } });
    expect(first!.findings).toEqual([{ level: 'info', code: 'words-counted', message: '4 words' }]);
    expect(first!.inputs).toEqual({ source: { artifact: 'words', sha256: source.sha256 } });
    const list = first!.outputs['stages/list.jsonl']!;
    expect(list).toEqual({ file: 'stages/list.jsonl', sha256: sha256(read(at, 'stages/list.jsonl')), rows: 4 });
    expect(second!.inputs['list']).toEqual({ artifact: 'stages/list.jsonl', sha256: list.sha256 });
    expect(record).toMatchObject({
      status: 'completed',
      seed: '1',
      version: '1.2.3',
      packages: { zod: '4' },
      models: {},
    });
    expect(record.failure).toBeUndefined();
  });

  it('is the same run again: same bytes but for the log', async () => {
    const again = folder();
    await run(again, { configs: { 'draw-numbers': { scale: 2 } }, clock: () => '2030-12-31T00:00:00.000Z' }).done;
    for (const file of ['run-record.json', 'stages/list.jsonl', 'stages/count.json', 'numbers.parquet', 'page.md'])
      expect(readFileSync(join(again, file)).equals(readFileSync(join(at, file))), file).toBe(true);
    const other = folder();
    await run(other, { seed: '2' }).done;
    expect(readFileSync(join(other, 'numbers.parquet')).equals(readFileSync(join(at, 'numbers.parquet')))).toBe(false);
  });

  it('logs stages and findings in order, with their times, and no progress', () => {
    const lines = read(at, 'run-log.jsonl').trimEnd().split('\n');
    const log = lines.map((line) => JSON.parse(line) as { at: string; kind: string; stage: string });
    expect(log.map(({ kind, stage }) => `${kind} ${stage}`)).toEqual([
      'stage-started count-words',
      'finding count-words',
      'stage-completed count-words',
      'stage-started draw-numbers',
      'stage-completed draw-numbers',
      'stage-started write-page',
      'stage-completed write-page',
    ]);
    expect(log.map((line) => line.at)).toEqual([...log.map((line) => line.at)].sort());
    expect(events.filter(({ kind }) => kind === 'progress')).toHaveLength(4);
    expect(events[0]).toEqual({
      kind: 'stage-started',
      stage: 'count-words',
      summary: 'Count words.',
      index: 0,
      of: 3,
    });
  });

  it('gives a stage its own random stream and only the services that it names', async () => {
    const seen: Record<string, unknown>[] = [];
    const spy = (_: unknown, __: unknown, context: { services: object; random: { path: string } }) => {
      seen.push({ services: Object.keys(context.services), path: context.random.path });
      return { count: { total: 0 } };
    };
    await run(folder(), { pipeline: withRun(spy) }).done;
    expect(seen).toEqual([{ services: ['shout'], path: '1/count-words' }]);
  });
});

describe('rows', () => {
  it('survive line separators, line breaks and every other character inside their texts', async () => {
    const words = ['a\u2028b\u2029c', 'line\r\nbreak', '"quoted" \\', '\u0000\u001b', 'é 漢 🐝', ''];
    const at = folder();
    const sources = { words: { ...source, value: { schema: 'words/1', words } } };
    const services = { shout: (word: string) => word };
    await run(at, { sources, services, configs: { 'count-words': { shortest: 0 } } }).done;
    expect(read(at, 'stages/list.jsonl').split('\n')).toHaveLength(words.length + 1);
    expect((await readTable(readFileSync(join(at, 'numbers.parquet')))).columns['word']).toEqual(words);
  });

  it('may be more than one lump, or none', async () => {
    for (const n of [0, 20_000]) {
      const at = folder();
      const words = Array.from({ length: n }, (_, i) => `word-${i}`);
      await run(at, { sources: { words: { ...source, value: { schema: 'words/1', words } } } }).done;
      expect(recordIn(at).stages[0]!.outputs['stages/list.jsonl']).toMatchObject({
        rows: n,
        sha256: sha256(read(at, 'stages/list.jsonl')),
      });
    }
  });
});

describe('a stage that returns what it did not promise', () => {
  const good = { schema: 'numbers/1', rows: 1, columns: { word: ['a'], number: Float64Array.of(1) } };
  const table = (edit: object) => ({
    outputs: { list: rows(Word), count: columns('numbers/1', ['word', 'number']) },
    run: () => ({ count: { ...good, ...edit } }),
  });
  const tablePipeline = (edit: object): Pipeline => ({
    ...pipelineWith(table(edit)),
    wires: [
      { ...pipelineWith(table(edit)).wires[0]!, outputs: { list: 'stages/list.jsonl', count: 'stages/count.parquet' } },
    ],
  });

  it.each<[string, Pipeline, string]>([
    [
      'a value of the wrong shape',
      withRun(() => ({ count: { total: 'many' } })),
      'stages/count.json: ✖ Invalid input: expected number, received string   → at total.',
    ],
    [
      'a value with NaN',
      withRun(() => ({ count: { total: NaN } })),
      'stages/count.json: ✖ Invalid input: expected number, received NaN   → at total.',
    ],
    ['no value', withRun(() => ({})), 'stages/count.json: ✖ Invalid input: expected object, received undefined.'],
    [
      'nothing at all',
      withRun(() => undefined),
      'stages/count.json: ✖ Invalid input: expected object, received undefined.',
    ],
    [
      'a row of the wrong shape',
      withRun(async (_: unknown, __: unknown, { emit }: { emit: { list: (row: unknown) => Promise<void> } }) => {
        await emit.list({ word: 'a', length: 1 });
        await emit.list({ word: 'b' });
        return { count: { total: 0 } };
      }),
      'stages/list.jsonl[1]: ✖ Invalid input: expected number, received undefined   → at length.',
    ],
    [
      'a table of another schema',
      tablePipeline({ schema: 'numbers/2' }),
      'stages/count.parquet: another schema; got numbers/2, expected numbers/1.',
    ],
    [
      'a table without a column',
      tablePipeline({ columns: { word: ['a'] } }),
      'stages/count.parquet: missing columns number; got numbers/1, expected numbers/1.',
    ],
    [
      'a table with NaN',
      tablePipeline({ columns: { word: ['a'], number: Float64Array.of(NaN) } }),
      'numbers/1.number[0]: not a finite number; got NaN.',
    ],
    [
      'a table of uneven columns',
      tablePipeline({ rows: 2 }),
      'numbers/1.word: wrong number of rows; got 1, expected 2.',
    ],
  ])('fails the run as an integrity failure: %s', async (_, of, message) => {
    const { at, error } = await failing({ pipeline: of });
    expect(error).toBeInstanceOf(Failure);
    expect((error as Failure).message).toBe(message);
    expect((error as Failure).code).toBe('integrity');
    expect(recordIn(at).failure).toMatchObject({ stage: 'count-words', message });
  });

  it('keeps a finding with a number that JSON lacks from costing the record', async () => {
    const { at } = await failing({
      pipeline: withRun((_: unknown, __: unknown, { record }: { record: (finding: unknown) => void }) => {
        record({ level: 'info', code: 'odd', message: 'odd', values: { ratio: NaN } });
        return { count: { total: 0 } };
      }),
    });
    expect(existsSync(join(at, 'run-record.json'))).toBe(true);
  });

  it('reads an input by the schema of the stage that wants it, not only of the one that wrote it', async () => {
    const picky = {
      ...wires[1]!.stage,
      inputs: { list: rows(Word), count: value(Count.refine(({ total }) => total > 9)) },
    };
    const { error } = await failing({ pipeline: { ...pipeline, wires: [wires[0]!, { ...wires[1]!, stage: picky }] } });
    expect(error).toMatchObject({ code: 'integrity' });
  });

  it('refuses a source that is not what the pipeline takes', async () => {
    const { error } = await failing({ sources: { words: { ...source, value: { schema: 'words/1' } } } });
    expect(error).toBeInstanceOf(Failure);
    expect(Words.safeParse({ schema: 'words/1' }).success).toBe(false);
  });
});

describe('a run that fails', () => {
  const breaks = withRun(
    async (_: unknown, __: unknown, { emit }: { emit: { list: (row: unknown) => Promise<void> } }) => {
      await emit.list({ word: 'learnt', length: 6 });
      throw new Failure('infeasible', { where: 'count-words', problem: 'nothing left' });
    },
  );

  it('keeps the rows that were emitted, whole, hashed and in the record; nothing runs after it', async () => {
    const { at, error } = await failing({ pipeline: breaks });
    expect((error as Failure).message).toBe('count-words: nothing left.');
    expect(read(at, 'stages/list.jsonl')).toBe('{"length":6,"word":"learnt"}\n');
    expect(recordIn(at)).toMatchObject({
      status: 'failed',
      failure: { stage: 'count-words', code: 'infeasible', message: 'count-words: nothing left.' },
    });
    expect(recordIn(at).stages[0]!.outputs).toEqual({
      'stages/list.jsonl': { file: 'stages/list.jsonl', rows: 1, sha256: sha256(read(at, 'stages/list.jsonl')) },
    });
    expect(stagesIn(at)).toEqual(['count-words failed', 'draw-numbers not-reached', 'write-page not-reached']);
    expect(existsSync(join(at, 'numbers.parquet'))).toBe(false);
    expect(read(at, 'run-log.jsonl').trimEnd().split('\n').at(-1)).toContain('"kind":"stage-failed"');
    expect(recordIn(at).seal).toBe(sealOf(recordIn(at)));
  });

  it('is the same failure again: same record', async () => {
    const [one, two] = [await failing({ pipeline: breaks }), await failing({ pipeline: breaks })];
    expect(read(one.at, 'run-record.json')).toBe(read(two.at, 'run-record.json'));
  });

  it('leaves no half-written file behind', async () => {
    const { at } = await failing({ pipeline: breaks });
    expect(readdirSync(at, { recursive: true }).filter((name) => String(name).endsWith('.part'))).toEqual([]);
  });

  it('calls what is not a Failure a bug', async () => {
    const { at, error } = await failing({
      pipeline: withRun(() => {
        throw new TypeError('x is not a function');
      }),
    });
    expect(error).toBeInstanceOf(TypeError);
    expect(recordIn(at).failure).toEqual({ stage: 'count-words', code: 'bug', message: 'x is not a function' });
  });

  it('is interrupted between stages and inside them, with 130 and a record', async () => {
    const before = new AbortController();
    before.abort();
    const early = await failing({ signal: before.signal });
    expect((early.error as Failure).exitCode).toBe(130);
    expect((early.error as Failure).message).toBe(
      'run: stopped before it was complete. Continue it with pipeline resume.',
    );
    expect(stagesIn(early.at)[0]).toBe('count-words failed');

    const during = new AbortController();
    const late = await failing({
      signal: during.signal,
      pipeline: withRun((_: unknown, __: unknown, { signal }: { signal: AbortSignal }) => {
        during.abort();
        signal.throwIfAborted();
      }),
    });
    expect((late.error as Failure).code).toBe('interrupted');
    expect(recordIn(late.at).failure).toMatchObject({ stage: 'count-words', code: 'interrupted' });
  });

  it('counts the calls of models also when it fails', async () => {
    const { at } = await failing({ pipeline: breaks, modelUsage: () => ({ 'openai:m': { calls: 3 } }) });
    expect(recordIn(at).models).toEqual({ 'openai:m': { calls: 3 } });
  });
});

describe('the folder of a run', () => {
  it('must be new or empty, and nothing in it is touched otherwise', async () => {
    const at = folder();
    writeFileSync(join(at, 'mine.txt'), 'mine');
    await expect(run(at).done).rejects.toThrow(
      /^--out: the folder is not empty; got .+, expected a new or empty folder\. A run never writes over another one\.$/,
    );
    expect(readdirSync(at)).toEqual(['mine.txt']);
  });

  it('is made, with those above it', async () => {
    const at = join(folder(), 'a', 'b');
    await run(at).done;
    expect(existsSync(join(at, 'run-record.json'))).toBe(true);
  });

  it('is refused as usage when it is a file or lies below one', async () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    for (const at of [file, join(file, 'below')]) await expect(run(at).done).rejects.toMatchObject({ code: 'usage' });
  });

  it('is not made for a plan that is wrong', async () => {
    const at = join(folder(), 'new');
    await expect(run(at, { configs: { nothing: {} } }).done).rejects.toThrow('unknown stage');
    expect(existsSync(at)).toBe(false);
  });

  it('holds a text as it was returned', async () => {
    const at = folder();
    const page = 'Ünïcode\r\n';
    const stage = { ...wires[2]!.stage, outputs: { page: text('html') }, run: () => ({ page }) };
    await run(at, {
      pipeline: { ...pipeline, wires: [...wires.slice(0, 2), { ...wires[2]!, stage, outputs: { page: 'page.html' } }] },
    }).done;
    expect(read(at, 'page.html')).toBe(page);
  });
});
