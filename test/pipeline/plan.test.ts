import { describe, expect, it } from 'vitest';
import { columns, rows, value } from '../../src/pipeline/artifact.js';
import { planPipeline, type Pipeline, type Wire } from '../../src/pipeline/plan.js';
import { pipeline, pipelineWith, source, wires, Word, Words } from './fixture.js';

const plan = (configs = {}, sha256 = source.sha256, seed = '1', of: Pipeline = pipeline) =>
  planPipeline(of, configs, { words: { sha256 } }, seed);
const keys = (...args: Parameters<typeof plan>): string[] => plan(...args).map(({ key }) => key);
const first = (edit: Partial<Wire>): Pipeline => ({
  ...pipeline,
  wires: [{ ...wires[0]!, ...edit }, ...wires.slice(1)],
});
/** Which of the three keys differ. */
const changed = (others: readonly string[]): boolean[] => keys().map((key, i) => key !== others[i]);

describe('planPipeline', () => {
  it('keeps the order of the declaration and fills in the defaults', () => {
    expect(plan().map(({ wire, config }) => [wire.stage.name, config])).toEqual([
      ['count-words', { shortest: 1 }],
      ['draw-numbers', { scale: 1 }],
      ['write-page', {}],
    ]);
  });

  it('gives the same keys for the same plan, a given default included, all different and 64 hex digits', () => {
    expect(keys({ 'count-words': { shortest: 1 } })).toEqual(keys());
    expect(new Set(keys()).size).toBe(3);
    for (const key of keys()) expect(key).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has keys that are pinned: another key means that nothing made before can be compared', () => {
    expect(keys().map((key) => key.slice(0, 12))).toMatchInlineSnapshot(`
      [
        "c554d826b4f9",
        "51701242f581",
        "3b2ed2a2b6e9",
      ]
    `);
  });

  it.each<[string, string[], boolean[]]>([
    ['a setting of the first stage', keys({ 'count-words': { shortest: 2 } }), [true, true, true]],
    ['a setting of the second stage', keys({ 'draw-numbers': { scale: 2 } }), [false, true, true]],
    ['the source', keys({}, 'b'.repeat(64)), [true, true, true]],
    ['the seed', keys({}, source.sha256, '2'), [true, true, true]],
    ['the version of a stage', keys({}, source.sha256, '1', pipelineWith({ version: 2 })), [true, true, true]],
    ['the wording of a summary', keys({}, source.sha256, '1', pipelineWith({ summary: 'x' })), [false, false, false]],
  ])('changes keys downstream of %s and no others', (_, others, expected) => {
    expect(changed(others)).toEqual(expected);
  });

  it.each<[string, () => unknown, string]>([
    [
      'a stage that does not exist',
      () => plan({ 'count-wrods': {} }),
      'config.stages: unknown stage; got count-wrods, expected count-words, draw-numbers, write-page.',
    ],
    [
      'a setting that does not exist',
      () => plan({ 'count-words': { longest: 3 } }),
      'config.stages.count-words: ✖ Unrecognized key: "longest".',
    ],
    [
      'a setting of the wrong type',
      () => plan({ 'count-words': { shortest: 'two' } }),
      'config.stages.count-words: ✖ Invalid input: expected number, received string   → at shortest.',
    ],
    [
      'an input without a wire',
      () => plan({}, '', '1', first({ inputs: {} })),
      'words.count-words.source: nothing is wired to this input; got nothing.',
    ],
    [
      'an input wired to what nobody writes',
      () => plan({}, '', '1', first({ inputs: { source: 'nowhere' } })),
      'words.count-words.source: nothing is wired to this input; got nowhere.',
    ],
    [
      'an input wired to what is written later',
      () => plan({}, '', '1', { ...pipeline, wires: [...wires].reverse() }),
      'words.write-page.table: nothing is wired to this input; got numbers.parquet.',
    ],
    [
      'an input wired to another kind',
      () => plan({}, '', '1', { ...pipeline, sources: { words: rows(Word) } }),
      'words.count-words.source: another kind of artifact is wired here; got words.',
    ],
    [
      'an output without a file',
      () => plan({}, '', '1', first({ outputs: { list: 'list.jsonl' } })),
      'words.count-words.count: no file of its own for this output; got nothing, expected a new name that ends in .json.',
    ],
    [
      'an output with the wrong ending',
      () => plan({}, '', '1', first({ outputs: { list: 'list.json', count: 'count.json' } })),
      'words.count-words.list: no file of its own for this output; got list.json, expected a new name that ends in .jsonl.',
    ],
    [
      'two outputs in one file',
      () => plan({}, '', '1', { ...pipeline, wires: [wires[0]!, { ...wires[0]! }] }),
      'words.count-words.list: no file of its own for this output; got stages/list.jsonl, expected a new name that ends in .jsonl.',
    ],
    [
      'a source that nobody gave',
      () => planPipeline(pipeline, {}, {}, '1'),
      'words.words: nothing is given for this source',
    ],
    [
      'an input wired to another table',
      () =>
        planPipeline(
          {
            ...pipeline,
            sources: { words: value(Words), other: columns('numbers/2', []) },
            wires: [...wires.slice(0, 2), { ...wires[2]!, inputs: { table: 'other' } }],
          },
          {},
          { words: { sha256: 'a' }, other: { sha256: 'b' } },
          '1',
        ),
      'words.write-page.table: another kind of artifact is wired here; got other',
    ],
  ])('names the fault: %s', (_, act, message) => {
    expect(act).toThrow(message);
  });
});
