import { describe, expect, it } from 'vitest';
import type { SourceRecord } from '../../src/io/files.js';
import { numberColumn, textColumn } from '../../src/core/table.js';
import { importPool } from '../../src/stages/index.js';
import { failedStage, findingOf, runStage } from '../support/stage-context.js';
import { inventory, norms, target } from './alignment-fixture.js';

type Row = Readonly<Record<string, unknown>>;
const good: Row = {
  persona: 'a',
  person: 'ann',
  text: 'Ann keeps bees.',
  sex: 'female',
  age: '30-64',
  age_years: '41',
  region: 'north',
  extraversion: '3.1',
  agreeableness: '3.9',
  conscientiousness: '3.5',
  neuroticism: '2.7',
  openness: 4.2,
};
const inputs = { file: { sha256: '' }, target, inventory: inventory('ipip-50'), norms };
/** A row without some of its columns. */
const without = (...names: readonly string[]): Row =>
  Object.fromEntries(Object.entries(good).filter(([name]) => !names.includes(name)));
const services = (rows: readonly Row[]) => ({
  readPool: async function* (): AsyncGenerator<SourceRecord> {
    for (const [i, record] of rows.entries()) yield { record, line: i + 2, file: 'pool.csv' };
  },
});
const run = (rows: readonly Row[], columns: Record<string, string> = {}) =>
  runStage(importPool, inputs, { columns }, services(rows));
/** The good row and one that differs: what becomes of the second. */
const second = async (edit: Row) => (await run([good, { ...good, persona: 'b', ...edit }])).rows.rejected;

describe('import-pool', () => {
  it('takes attributes and scores as they are and computes T-scores among people of the same sex and age', async () => {
    const { outputs, findings } = await run([good, { ...good, persona: 'b', sex: 'male' }]);
    const { pool, tally } = outputs;
    expect(textColumn(pool, 'persona')).toEqual(['a', 'b']);
    expect([textColumn(pool, 'sex'), textColumn(pool, 'age'), textColumn(pool, 'region')]).toEqual([
      ['female', 'male'],
      ['30-64', '30-64'],
      ['north', 'north'],
    ]);
    expect(textColumn(pool, 'region_status')).toEqual(['stated', 'stated']);
    expect(Array.from(numberColumn(pool, 'openness'))).toEqual([4.2, 4.2]);
    norms.domains.forEach((domain, k) =>
      ['female', 'male'].forEach((sex, i) => {
        const { mean, sd } = norms.cells.find((cell) => cell.sex === sex && cell.ages[0] <= 41 && cell.ages[1] >= 41)!;
        const expected = 50 + (10 * (numberColumn(pool, domain)[i]! - mean[k]!)) / sd[k]!;
        expect(numberColumn(pool, `${domain}_t`)[i], `${sex} ${domain}`).toBeCloseTo(expected, 9);
      }),
    );
    expect(tally).toMatchObject({ people: 1, keptPeople: 1, read: { rows: 2 } });
    expect(findingOf(findings, 'pool-imported').message).toBe('2 of 2 rows are usable personas');
  });

  it('keeps the texts that came with the personas', async () => {
    const { rows } = await run([good, { ...good, persona: 'b', text: '' }]);
    expect(rows.texts).toEqual([
      { id: 'a', text: 'Ann keeps bees.' },
      { id: 'b', text: '' },
    ]);
  });

  it.each<[string, Row, string, string]>([
    ['a score above the scale', { openness: '5.1' }, 'unusable-score', 'unusable-score: openness = 5.1'],
    ['a score below the scale', { openness: '0.9' }, 'unusable-score', 'unusable-score: openness = 0.9'],
    ['no score', { neuroticism: '' }, 'unusable-score', 'unusable-score: neuroticism = '],
    ['a word for a score', { neuroticism: 'low' }, 'unusable-score', 'unusable-score: neuroticism = low'],
    ['a category that does not exist', { region: 'east' }, 'unknown-category', 'unknown-category: region = east'],
    ['no category', { region: ' ' }, 'missing-attribute', 'missing-attribute: region'],
    ['an impossible age', { age_years: '-4' }, 'unusable-age', 'unusable-age: -4'],
    ['an age in words', { age_years: 'forty' }, 'unusable-age', 'unusable-age: forty'],
  ])('rejects %s, with line and reason', async (_, edit, criterion, detail) => {
    expect(await second(edit)).toEqual([
      { persona: 'b', person: 'ann', criterion, score: null, threshold: 0, detail: `line 3: ${detail}` },
    ]);
  });

  it('takes a persona once, the first time', async () => {
    const { rows, outputs } = await run([good, { ...good, region: 'south' }, { ...good, persona: 'b' }]);
    expect(rows.rejected).toMatchObject([{ persona: 'a', detail: 'line 3: repeated persona' }]);
    expect(textColumn(outputs.pool, 'persona')).toEqual(['a', 'b']);
    expect(textColumn(outputs.pool, 'region')).toEqual(['north', 'north']);
  });

  it('accounts for every row: usable and rejected are all', async () => {
    const rows = [good, { ...good, persona: 'b', openness: '9' }, { ...good, persona: 'c' }, { ...good }];
    const { outputs, rows: emitted } = await run(rows);
    expect(outputs.pool.rows + emitted.rejected.length).toBe(rows.length);
    expect(emitted.texts.map(({ id }) => id)).toEqual(textColumn(outputs.pool, 'persona'));
  });

  it('finds the band of an age in years, and an age for a band', async () => {
    const { outputs } = await run([{ ...without('age'), age_years: 70 }]);
    expect(textColumn(outputs.pool, 'age')).toEqual(['65+']);
    const noYears = without('age_years');
    const middle = await run([noYears, { ...noYears, persona: 'b', age: '65+' }]);
    expect(Array.from(numberColumn(middle.outputs.pool, 'age_years'))).toEqual([47, 77]);
  });

  it('rejects an age that contradicts its band', async () => {
    expect(await second({ age: '65+', age_years: '20' })).toHaveLength(1);
  });

  it('reads columns under other names, and names people and personas itself where the file does not', async () => {
    const { outputs } = await run([{ ...without('persona', 'person', 'openness'), O: '4.2' }], { openness: 'O' });
    expect(textColumn(outputs.pool, 'persona')).toEqual(['row-2']);
    expect(textColumn(outputs.pool, 'person')).toEqual(['row-2']);
  });

  it('names every column that is missing, with what there is', async () => {
    const { failure } = await failedStage(
      importPool,
      inputs,
      {},
      services([{ persona: 'a', sex: 'female', openness: 3 }]),
    );
    expect([failure.code, failure.exitCode]).toEqual(['invalid-input', 2]);
    expect(failure.message).toBe(
      '--pool: columns are missing: age, region, extraversion, agreeableness, conscientiousness, neuroticism; ' +
        'got persona, sex, openness. Rename them, or map them in the config: stages.import-pool.columns.',
    );
  });

  it('fails when no row is usable, after writing every reason', async () => {
    const { failure, rows } = await failedStage(importPool, inputs, {}, services([{ ...good, openness: 9 }]));
    expect(failure.message).toBe(
      'import-pool: no usable persona; got 1 rows. See rejected.jsonl for the reason of each row.',
    );
    expect(rows.rejected).toHaveLength(1);
  });
});
