import fc from 'fast-check';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { rows, value } from '../../src/pipeline/artifact.js';
import { checkBalance, type Conservation, openAccounts } from '../../src/pipeline/conserve.js';
import type { Pipeline } from '../../src/pipeline/plan.js';
import { RunRecord } from '../../src/pipeline/run-record.js';
import * as allStages from '../../src/stages/index.js';
import { temporaryFolder } from '../io/temporary.js';
import { rowsOf } from '../support/stage-context.js';
import { defineStage, run, source, Words } from './fixture.js';

const root = temporaryFolder();
const folder = (): string => mkdtempSync(join(root, 'run-'));

const law: Conservation = {
  of: 'all',
  by: 'id',
  kept: { good: 'id' },
  dropped: { bad: { by: 'item', reason: 'why' } },
};

/** Settles one law over what came in, was kept, and was dropped with a reason. */
async function settled(
  came: readonly string[],
  kept: readonly string[],
  dropped: readonly (readonly [item: string, why: string])[] = [],
  edit: Partial<Conservation> = {},
) {
  const accounts = openAccounts({ name: 'sort', conserves: [{ ...law, ...edit }] });
  accounts.input('all', rowsOf(came.map((id) => ({ id }))));
  for (const id of kept) accounts.emitted('good', { id });
  for (const [item, why] of dropped) accounts.emitted('bad', { item, why });
  return accounts.settle();
}
const refused = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'settled',
    (error: unknown) => (error as Error).message,
  );
const end = 'expected each of them again. This is a fault of the program: please report it.';

describe('a law of conservation', () => {
  it('gives in, kept and dropped by reason', async () => {
    expect(
      await settled(
        ['a', 'b', 'c', 'd'],
        ['d', 'b'],
        [
          ['a', 'rude'],
          ['c', 'rude'],
        ],
      ),
    ).toEqual([{ of: 'all', in: 4, kept: 2, dropped: { rude: 2 } }]);
    expect(await settled([], [])).toEqual([{ of: 'all', in: 0, kept: 0, dropped: {} }]);
    // The same name twice is two items.
    expect(await settled(['a', 'a'], ['a'], [['a', 'again']])).toEqual([
      { of: 'all', in: 2, kept: 1, dropped: { again: 1 } },
    ]);
  });

  it.each([
    ['lost', ['a', 'b', 'c'], ['a'], [], '2 in all and not in good or bad (b, c)', 3],
    ['taken twice', ['a', 'b'], ['a', 'b'], [['b', 'rude']], '1 in good or bad more often than in all (b)', 2],
    ['made up', ['a'], ['a', 'x'], [], '1 in good or bad more often than in all (x)', 1],
    [
      'lost beside one made up: counts agree, names do not',
      ['a', 'b'],
      ['a', 'x'],
      [],
      '1 in all and not in good or bad (b); 1 in good or bad more often than in all (x)',
      2,
    ],
    [
      'lost in numbers',
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
      [],
      [],
      '7 in all and not in good or bad (a, b, c, d, e, ...)',
      7,
    ],
  ] as const)('names what was %s', async (_, came, kept, dropped, told, n) => {
    expect(await refused(settled(came, kept, dropped))).toBe(
      `sort: what went in is not what came out and what was dropped: ${told}; got ${n} in, ${end}`,
    );
  });

  it('holds for items that become several, or several that are dropped and kept, where it asks for some', async () => {
    const some = { each: 'some' } as const;
    expect(
      await settled(
        ['a', 'b', 'c'],
        ['a', 'a', 'b'],
        [
          ['b', 'rude'],
          ['c', 'rude'],
          ['c', 'late'],
        ],
        some,
      ),
    ).toEqual([{ of: 'all', in: 3, kept: 2, dropped: { rude: 1 } }]);
    expect(await refused(settled(['a', 'b'], ['a', 'a'], [], some))).toContain('1 in all and not in good or bad (b)');
    expect(await refused(settled(['a'], ['a', 'x'], [], some))).toContain(
      '1 in good or bad more often than in all (x)',
    );
  });

  // The slow way: multisets compared by sorting.
  it('settles exactly when the names are the same, each as often', async () => {
    const names = fc.array(fc.constantFrom('a', 'b', 'c', '__proto__', ''), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(names, names, names, async (came, kept, dropped) => {
        const out = await refused(
          settled(
            came,
            kept,
            dropped.map((item) => [item, 'why'] as const),
          ),
        );
        const isSame =
          [...came].sort().join('|') === [...kept, ...dropped].sort().join('|') &&
          came.length === kept.length + dropped.length;
        expect(out === 'settled').toBe(isSame);
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });

  it('counts each row once, however often and however far the stage reads, and reads what the stage did not', async () => {
    const accounts = openAccounts({ name: 'sort', conserves: [law] });
    const input = accounts.input('all', rowsOf(['a', 'b', 'c'].map((id) => ({ id })))) as AsyncIterable<{ id: string }>;
    for await (const { id } of input) if (id === 'b') break;
    for await (const { id } of input) if (id === 'a') break;
    for (const id of ['a', 'b', 'c']) accounts.emitted('good', { id });
    expect(await accounts.settle()).toEqual([{ of: 'all', in: 3, kept: 3, dropped: {} }]);
  });

  it('follows columns, and counts how often each row is to be taken', async () => {
    const accounts = openAccounts({
      name: 'take',
      conserves: [{ of: 'pool', by: 'id', times: 'count', kept: { agents: 'from' } }],
    });
    const table = (names: Record<string, readonly string[] | Int32Array>, n: number) => ({
      schema: 's/1',
      rows: n,
      columns: names,
    });
    accounts.input('pool', table({ id: ['a', 'b', 'c'], count: Int32Array.of(2, 0, 1) }, 3));
    accounts.returned('agents', table({ from: ['a', 'c', 'a'] }, 3));
    expect(await accounts.settle()).toEqual([{ of: 'pool', in: 3, kept: 3, dropped: {} }]);
  });

  it('asks nothing where the port is not wired, or holds no items', async () => {
    const accounts = openAccounts({ name: 'sort', conserves: [law] });
    accounts.input('all', undefined);
    accounts.input('all', { sha256: 'f' });
    expect(await accounts.settle()).toEqual([]);
  });
});

describe('checkBalance', () => {
  it('takes sums that agree, and names the parts of one that does not', () => {
    expect(() => checkBalance('posts', 5, { kept: 3, empty: 2 })).not.toThrow();
    expect(() => checkBalance('posts', 6, { kept: 3, empty: 2 })).toThrow(
      'posts: what went in is not what came out and what was dropped; got 6 in; 3 kept + 2 empty = 5. This is a fault of the program: please report it.',
    );
  });
});

describe('the runner', () => {
  const Item = z.strictObject({ id: z.string() });
  /** Words sorted by length; `lose` is a word that goes nowhere. */
  const sorter = (lose: string) =>
    defineStage({
      name: 'sort-words',
      version: 1,
      summary: 'Sort words.',
      config: z.strictObject({}),
      inputs: { all: rows(Item) },
      outputs: { long: rows(Item), short: rows(z.strictObject({ id: z.string(), why: z.string() })) },
      conserves: [{ of: 'all', by: 'id', kept: { long: 'id' }, dropped: { short: { by: 'id', reason: 'why' } } }],
      uses: [],
      async run({ all }, _, { emit }) {
        for await (const { id } of all) {
          if (id === lose) continue;
          if (id.length > 2) await emit.long({ id });
          else await emit.short({ id, why: 'short' });
        }
        return {};
      },
    });
  const listWords = defineStage({
    name: 'list-words',
    version: 1,
    summary: 'List words.',
    config: z.strictObject({}),
    inputs: { source: value(Words) },
    outputs: { all: rows(Item) },
    uses: [],
    async run({ source: { words } }, _, { emit }) {
      for (const id of words) await emit.all({ id });
      return {};
    },
  });
  const pipelineOf = (lose: string): Pipeline => ({
    name: 'sorted',
    summary: 'Sorted words.',
    sources: { words: value(Words) },
    wires: [
      { stage: listWords, inputs: { source: 'words' }, outputs: { all: 'all.jsonl' } },
      { stage: sorter(lose), inputs: { all: 'all.jsonl' }, outputs: { long: 'long.jsonl', short: 'short.jsonl' } },
    ],
  });
  const sources = { words: source };

  it('writes what became of the items into the record', async () => {
    const record = await run(folder(), { pipeline: pipelineOf('nothing'), sources }).done;
    expect(record.stages[1]!.conserved).toEqual([{ of: 'all', in: 4, kept: 1, dropped: { short: 3 } }]);
    expect(record.stages[0]!.conserved).toBeUndefined();
  });

  it('ends a run whose stage loses an item, names stage and item, and keeps the files', async () => {
    const at = folder();
    const told =
      'sort-words: what went in is not what came out and what was dropped: 1 in all and not in long or short (or); got 4 in';
    await expect(run(at, { pipeline: pipelineOf('or'), sources }).done).rejects.toThrow(told);
    const record = RunRecord.parse(JSON.parse(readFileSync(join(at, 'run-record.json'), 'utf8')));
    expect(record.failure).toMatchObject({ stage: 'sort-words', code: 'integrity' });
    expect(existsSync(join(at, 'long.jsonl'))).toBe(true);
  });
});

describe('the stages of the project', () => {
  /** They hand on no items: they draw, measure, report or refuse. */
  const without = [
    'check-calibration',
    'check-gates',
    'check-weights',
    'draw-reference',
    'extrapolate-pilot',
    'measure-population',
    'measure-texts',
    'retrieve-subpopulation',
    'revise-personas',
    'weight-sample',
    'write-report',
  ];
  const stages = Object.values(allStages).filter((stage) => 'run' in stage);

  it('say what must be found again, all but those that hand on no items', () => {
    expect(stages.length).toBeGreaterThan(15);
    const silent = stages.filter((stage) => !('conserves' in stage)).map(({ name }) => name);
    expect(silent.filter((name) => !without.includes(name))).toEqual([]);
  });

  it('name ports that they have', () => {
    for (const stage of stages) {
      const laws: readonly Conservation[] = ('conserves' in stage ? stage.conserves : undefined) ?? [];
      for (const { of, kept, dropped = {} } of laws) {
        expect({ ...stage.inputs, ...stage.outputs }, stage.name).toHaveProperty(of);
        for (const port of [...Object.keys(kept), ...Object.keys(dropped)])
          expect(stage.outputs, stage.name).toHaveProperty(port);
      }
    }
  });
});
