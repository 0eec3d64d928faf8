import { describe, expect, it } from 'vitest';
import { canonicalJson, sha256 } from '../../src/core/canonical-json.js';
import { numberColumn, textColumn } from '../../src/core/table.js';
import { readTable, writeTable } from '../../src/io/parquet.js';
import { emitAgentPool } from '../../src/stages/index.js';
import { failedStage, findingOf, rowsOf, runStage } from '../support/stage-context.js';
import { norms, sumOf, target } from './alignment-fixture.js';
import { aligned, counts, diagnostics, ipip, pool, weights } from './measured-fixture.js';

const personas = textColumn(pool, 'persona');
const texts = personas.map((id) => ({ id, text: `This is ${id}.` }));
const inputs = { kept: rowsOf(texts), pool, aligned, diagnostics, target, inventory: ipip, norms };
const services = {
  makers: { writer: 'embedded@1', respondent: 'embedded@1' },
  encodeTable: writeTable,
  version: '1.2.3',
};

describe('emit-agent-pool', async () => {
  const { outputs, rows } = await runStage(emitAgentPool, inputs, {}, services);
  const { agentPool, info } = outputs;

  it('has one row an agent: every persona as often as it was taken, copies counted from 1, names all different', () => {
    const expected = personas.flatMap((persona, i) =>
      Array.from({ length: counts[i]! }, (_, copy) => `${persona} copy ${copy + 1}`),
    );
    const copies = numberColumn(agentPool, 'copy');
    expect(textColumn(agentPool, 'persona').map((persona, i) => `${persona} copy ${copies[i]!}`)).toEqual(expected);
    expect(new Set(textColumn(agentPool, 'agent')).size).toBe(180);
    expect(textColumn(agentPool, 'agent')[0]).toBe('a-001');
  });

  it('takes over every attribute, status, age and score of the persona unchanged', () => {
    const source = textColumn(agentPool, 'persona').map((persona) => personas.indexOf(persona));
    const taken = ['person', 'age_years', ...target.variables.flatMap(({ name }) => [name, `${name}_status`])];
    for (const name of [...taken, ...norms.domains.flatMap((domain) => [domain, `${domain}_t`])])
      expect(Array.from<unknown>(agentPool.columns[name]!), name).toEqual(source.map((i) => pool.columns[name]![i]));
  });

  it('is complete: no empty text, no number that is none, weights of mean 1', () => {
    for (const [name, column] of Object.entries(agentPool.columns))
      for (const entry of column)
        expect(typeof entry === 'string' ? entry !== '' : Number.isFinite(entry), name).toBe(true);
    expect(sumOf(numberColumn(agentPool, 'weight')) / agentPool.rows).toBeCloseTo(1, 12);
  });

  it('carries the weight of each persona when all are kept', async () => {
    const weight = weights.calibrated.map((w) => w * pool.rows);
    const all = { ...aligned, columns: { ...aligned.columns, count: new Int32Array(pool.rows).fill(1), weight } };
    const { outputs, rows } = await runStage(emitAgentPool, { ...inputs, aligned: all }, {}, services);
    expect(numberColumn(outputs.agentPool, 'weight')).toEqual(weight);
    expect(rows.agents.map((agent) => agent.weight)).toEqual(Array.from(weight));
    expect(sumOf(weight) / pool.rows).toBeCloseTo(1, 12);
  });

  it('describes the table beside it: hash and rows of the very bytes, every column, where it comes from', async () => {
    const bytes = writeTable(agentPool);
    expect(info.table).toEqual({ file: 'agent-pool.parquet', sha256: sha256(bytes), rows: 180 });
    expect((await readTable(bytes)).columns['agent']).toEqual(agentPool.columns['agent']);
    expect(Object.keys(info.columns).sort()).toEqual(Object.keys(agentPool.columns).sort());
    expect(info.columns['age']).toBe('one of: 16-29 | 30-64 | 65+');
    const hashOf = (content: unknown): string => sha256(canonicalJson(content));
    expect(info.provenance).toEqual({
      version: '1.2.3',
      ...services.makers,
      target: hashOf(target),
      norms: hashOf(norms),
      inventory: hashOf(ipip),
    });
    const { effectiveSampleSize, effectivePeople, maxMarginErrorPoints, unmet } = diagnostics;
    expect(info).toMatchObject({
      effectiveSampleSize,
      effectivePeople,
      maxMarginErrorPoints,
      unmet,
      traitsAligned: true,
    });
  });

  it('adds replicate weights: mean 1, one factor for all agents of an author, so that the variance is that of the authors', () => {
    const names = Object.keys(agentPool.columns).filter((name) => name.startsWith('replicate_'));
    expect(names).toEqual(Array.from({ length: 40 }, (_, r) => `replicate_${r + 1}`));
    const authors = textColumn(agentPool, 'person');
    for (const name of names) {
      const column = numberColumn(agentPool, name);
      expect(sumOf(column) / agentPool.rows, name).toBeCloseTo(1, 12);
      const of = new Map(authors.map((author, i) => [author, column[i]!]));
      authors.forEach((author, i) => expect(column[i], `${name} of ${author}`).toBe(of.get(author)));
    }
    expect(info.columns['replicate_2']).toBe(
      'replicate weight 2 of 40, mean 1: authors drawn anew (rescaling bootstrap). Variance of an estimate = mean squared difference of its values under the replicate weights from its value under weight; draws within authors come on top',
    );
  });

  it('writes as many replicate weights as asked for, and none for agents of one author, which it says', async () => {
    const some = await runStage(emitAgentPool, inputs, { replicates: 3 }, services);
    expect(Object.keys(some.outputs.agentPool.columns).filter((name) => name.startsWith('replicate_'))).toHaveLength(3);
    const none = await runStage(emitAgentPool, inputs, { replicates: 0 }, services);
    expect(Object.keys(none.outputs.agentPool.columns).some((name) => name.startsWith('replicate_'))).toBe(false);
    expect(none.findings).toEqual([]);
    const alone = { ...pool, columns: { ...pool.columns, person: personas.map(() => 'p-1') } };
    const one = await runStage(emitAgentPool, { ...inputs, pool: alone }, {}, services);
    expect(Object.keys(one.outputs.info.columns)).toEqual(Object.keys(none.outputs.info.columns));
    expect(findingOf(one.findings, 'no-replicate-weights')).toMatchObject({
      level: 'caution',
      message:
        'all agents come from one author: there are no replicate weights, and nothing can be said about uncertainty',
    });
  });

  it('writes each agent as a record that agrees with the table, with the text of its persona', () => {
    expect(rows.agents).toHaveLength(180);
    rows.agents.forEach((agent, i) => {
      expect(agent.text).toBe(`This is ${agent.persona}.`);
      expect(agent.agent).toBe(textColumn(agentPool, 'agent')[i]);
      expect(agent.ageYears).toBe(numberColumn(agentPool, 'age_years')[i]);
      expect(Object.keys(agent.attributes)).toEqual(['sex', 'age', 'region']);
      expect(agent.attributes['region']).toEqual({
        value: textColumn(agentPool, 'region')[i],
        status: textColumn(agentPool, 'region_status')[i],
      });
      expect(agent.traits['openness']).toEqual({
        score: numberColumn(agentPool, 'openness')[i],
        t: numberColumn(agentPool, 'openness_t')[i],
      });
    });
  });

  it('skips texts of personas that are not in the pool', async () => {
    const more = texts.flatMap((text) => [{ id: `${text.id}x`, text: 'unmeasured' }, text]);
    expect((await runStage(emitAgentPool, { ...inputs, kept: rowsOf(more) }, {}, services)).rows).toEqual(rows);
  });

  it('loses no agent in silence: a persona without its text is an integrity failure', async () => {
    for (const kept of [texts.slice(1), [...texts].reverse()]) {
      const { failure } = await failedStage(emitAgentPool, { ...inputs, kept: rowsOf(kept) }, {}, services);
      expect(failure.code).toBe('integrity');
    }
  });
});
