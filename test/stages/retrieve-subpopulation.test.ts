import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { retrieveSubpopulation } from '../../src/stages/retrieve-subpopulation.js';
import type { Embedder } from '../../src/text/embedder.js';
import { normalized } from '../../src/text/embedder.js';
import { agent, infoOf } from '../population/subpopulation-fixture.js';
import { failedStage, findingOf, rowsOf, runStage } from '../support/stage-context.js';

/** Counts of three words: cosines can be had by hand. */
const counting: Embedder & { readonly seen: string[] } = {
  name: 'counting@1',
  dimensions: 3,
  seen: [],
  embed(texts) {
    counting.seen.push(...texts);
    const count = (text: string, word: string): number => text.toLowerCase().split(word).length - 1;
    return Promise.resolve(
      texts.map((text) => normalized(['garden', 'cat', 'truck'].map((word) => count(text, word)))),
    );
  },
};
const services = { embedder: counting, languageOf: () => 'en' };
const pool = [
  agent('a', { said: 'She has a garden. She has a cat.' }),
  agent('b', { said: 'She has a garden with a cat.' }),
  agent('c', { said: 'She has a truck.', region: 'West' }),
  agent('d', { said: 'She has a garden.', region: '!West' }),
  agent('e', { said: '', text: '' }),
];
const inputs = { info: infoOf(pool), agents: rowsOf(pool) };
const retrieve = (query: string, agents = 1) => runStage(retrieveSubpopulation, inputs, { query, agents }, services);

describe('retrieve-subpopulation', () => {
  it('compares the nearest sentence that the posts say with what is left of the query', async () => {
    counting.seen.length = 0;
    const { rows, outputs } = await retrieve('women in the South with gardens', 3);
    expect(outputs.request).toMatchObject({
      compared: 'gardens',
      exact: 3,
      revisable: 1,
      locked: 1,
      embedder: 'counting@1',
    });
    expect(rows.candidates.map(({ agent: name, similarity }) => [name, similarity])).toEqual([
      ['a', 1],
      ['b', 0.707107],
      ['e', 0],
      ['c', 0],
    ]);
    expect(rows.candidates[3]!.changes).toEqual([{ variable: 'region', from: 'West', to: 'South' }]);
    // Each sentence once, and none of what was drawn.
    expect(counting.seen).toEqual([
      'gardens',
      'She has a garden.',
      'She has a cat.',
      'She has a garden with a cat.',
      'She has a truck.',
    ]);
  });

  it('says what it understood', async () => {
    const { findings } = await retrieve('women in the South with gardens');
    expect(findings).toEqual([
      {
        level: 'info',
        code: 'query-understood',
        message: 'understood: region is South; sex is female; compared by meaning: “gardens”',
        values: { constraints: ['region is South', 'sex is female'], compared: 'gardens' },
      },
    ]);
  });

  it('goes by likeness alone when nothing is understood, and says so', async () => {
    const { rows, findings, outputs } = await retrieve('cat', 5);
    expect(findingOf(findings, 'query-not-understood').level).toBe('caution');
    expect(outputs.request.constraints).toEqual([]);
    expect(rows.candidates.map(({ agent: name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(rows.candidates.every(({ changes }) => changes.length === 0)).toBe(true);
  });

  it('cautions about a query in another language only when nothing of it was understood', async () => {
    const spanish = { ...services, languageOf: () => 'es' };
    const other = await runStage(retrieveSubpopulation, inputs, { query: 'mujeres con gatos', agents: 1 }, spanish);
    expect(findingOf(other.findings, 'query-partly-understood').message).toBe(
      'the query seems to be in another language (es); it is read as English',
    );
    expect(other.outputs.request.notes).toHaveLength(1);
    const understood = await runStage(retrieveSubpopulation, inputs, { query: 'women', agents: 1 }, spanish);
    expect(understood.findings.map(({ code }) => code)).toEqual(['query-understood']);
  });

  it('records what it does not support', async () => {
    const { findings } = await retrieve('women who are not married');
    expect(findingOf(findings, 'query-partly-understood').message).toContain('negation is not supported');
  });

  it('gives the same bytes for the same seed, and reports its progress', async () => {
    const first = await retrieve('people in the South', 2);
    const second = await retrieve('people in the South', 2);
    expect(JSON.stringify(second.rows)).toBe(JSON.stringify(first.rows));
    expect(first.progress).toEqual([[5, 5]]);
  });

  it('fails with the numbers when too few can be like that', async () => {
    const { failure, findings } = await failedStage(
      retrieveSubpopulation,
      inputs,
      { query: 'men', agents: 1 },
      services,
    );
    expect(failure.exitCode).toBe(3);
    expect(failure.message).toBe(
      'subpopulation: too few agents for: sex is male; got 0 as they are and 0 by revision, expected 1. Ask for less, or leave out "sex is male": 5 agents would do then.',
    );
    expect(findings.map(({ code }) => code)).toEqual(['query-understood']);
  });

  it('refuses more agents than the pool has', async () => {
    const { failure } = await failedStage(retrieveSubpopulation, inputs, { query: 'women', agents: 6 }, services);
    expect(failure.code).toBe('usage');
  });

  test.each([
    ['empty', { query: '', agents: 1 }, 'the query is empty: say in a few words whom you want'],
    ['blank', { query: ' \n\t', agents: 1 }, 'the query is empty: say in a few words whom you want'],
    ['of 10 kB', { query: 'cat '.repeat(2500), agents: 1 }, 'the query is too long: at most 4000 characters'],
    ['for no agents', { query: 'cat', agents: 0 }, 'Too small: expected number to be >0'],
    ['with an unknown setting', { query: 'cat', agents: 1, extra: 1 }, 'Unrecognized key: "extra"'],
  ])('refuses a query %s', (_, config, message) => {
    const parsed = retrieveSubpopulation.config.safeParse(config);
    expect(z.prettifyError(parsed.error!)).toContain(message);
  });
});
