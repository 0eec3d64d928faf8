import { describe, expect, it } from 'vitest';
import { numberColumn, textColumn } from '../../src/core/table.js';
import { calibratePool, selectAgents } from '../../src/stages/index.js';
import { failedStage, findingOf, runStage } from '../support/stage-context.js';
import {
  bareReference,
  bareTarget,
  bentPool,
  cellsOfMargin,
  equalWeights,
  meanOf,
  norms,
  reference,
  shareOf,
  sumOf,
  target,
  weightTable,
} from './alignment-fixture.js';

const pool = bentPool(1_000);
const transported = weightTable('transport/1', pool, equalWeights(pool));
const { outputs: weighted } = await runStage(calibratePool, { pool, transported, reference, target }, {}, {});
const inputs = { pool, calibrated: weighted.calibrated, reference, target };

describe('select-agents', async () => {
  const { outputs, findings } = await runStage(selectAgents, inputs, { agents: 200, maxMultiplicity: 2 }, {});
  const count = numberColumn(outputs.aligned, 'count');

  it('takes exactly as many agents as asked for, no persona more often than allowed, all with weight 1', () => {
    expect(textColumn(outputs.aligned, 'persona')).toEqual(textColumn(pool, 'persona'));
    expect(sumOf(count)).toBe(200);
    expect(Math.max(...count)).toBeLessThanOrEqual(2);
    expect(count.every((n) => Number.isInteger(n) && n >= 0)).toBe(true);
    expect(numberColumn(outputs.aligned, 'weight').every((w) => w === 1)).toBe(true);
  });

  it('meets every margin to one agent', () => {
    for (const { cell, share } of cellsOfMargin(target))
      expect(Math.abs(shareOf(pool, count, cell) - share) * 200, JSON.stringify(cell)).toBeLessThanOrEqual(1 + 1e-9);
  });

  it('lists the categories that are off by more than one agent, and only then', async () => {
    expect(findings.some(({ code }) => code === 'cells-off-by-an-agent')).toBe(false);
    // Every persona is taken once, so nothing can be balanced.
    const all = { agents: pool.rows, maxMultiplicity: 1 };
    const forced = await runStage(selectAgents, inputs, all, {});
    const { values } = findingOf(forced.findings, 'cells-off-by-an-agent');
    const off = cellsOfMargin(target).filter(
      ({ cell, share }) => Math.abs(shareOf(pool, equalWeights(pool), cell) - share) * pool.rows > 1,
    );
    expect((values as { cells: string[] }).cells).toHaveLength(off.length);
  });

  it('says how it chose', () => {
    const { message, values } = findingOf(findings, 'agents-selected');
    const { swaps, distinct, maxMarginErrorPoints } = values as Record<string, number>;
    expect(message).toBe(
      `200 agents taken by the cube method, balanced on ${weighted.summary.constraints} constraints, ${swaps!} swaps after it`,
    );
    expect(distinct).toBe(count.filter((n) => n > 0).length);
    const errors = cellsOfMargin(target).map(({ cell, share }) => Math.abs(shareOf(pool, count, cell) - share));
    expect(maxMarginErrorPoints).toBeCloseTo(100 * Math.max(...errors), 8);
  });

  // Among 200 agents drawn at random the mean of a domain has a standard error of .07 SD.
  it('has the trait means of the calibrated pool', () => {
    const calibrated = numberColumn(weighted.calibrated, 'weight');
    for (const domain of norms.domains)
      expect(Math.abs(meanOf(pool, count, domain) - meanOf(pool, calibrated, domain)), domain).toBeLessThan(0.02);
  });

  it('takes no persona twice when it may not, though some have weight for more', async () => {
    // Half of the weight on four personas: proportional selection alone would take each of them many times.
    const heavy = equalWeights(pool).map((w, i) => (i % 250 === 0 ? 0.125 : w / 2));
    const calibrated = weightTable('calibrated-pool/1', pool, heavy);
    const once = await runStage(selectAgents, { ...inputs, calibrated }, { agents: 100, maxMultiplicity: 1 }, {});
    expect(Math.max(...numberColumn(once.outputs.aligned, 'count'))).toBe(1);
  });

  it('keeps all personas with their calibration weights, mean 1, when all are asked for', async () => {
    const all = await runStage(selectAgents, inputs, { agents: 'all' }, {});
    const weight = numberColumn(all.outputs.aligned, 'weight');
    expect(numberColumn(all.outputs.aligned, 'count').every((n) => n === 1)).toBe(true);
    expect(sumOf(weight) / pool.rows).toBeCloseTo(1, 9);
    const calibrated = numberColumn(weighted.calibrated, 'weight');
    weight.forEach((w, i) => expect(w / weight[0]!).toBeCloseTo(calibrated[i]! / calibrated[0]!, 9));
  });

  it('refuses more agents than the personas may become', async () => {
    const { failure } = await failedStage(selectAgents, inputs, { agents: 1_001, maxMultiplicity: 1 }, {});
    expect(failure.message).toBe(
      'integerize.cap: too few records; got 1000 records x 1, expected at least 1001. Raise the cap, or ask for fewer.',
    );
  });

  it('selects by margins alone when the target has no traits', async () => {
    const plain = await runStage(
      selectAgents,
      { ...inputs, reference: bareReference, target: bareTarget },
      { agents: 100 },
      {},
    );
    const own = numberColumn(plain.outputs.aligned, 'count');
    for (const { cell, share } of cellsOfMargin(bareTarget))
      expect(Math.abs(shareOf(pool, own, cell) - share) * 100).toBeLessThanOrEqual(1 + 1e-9);
  });

  it.each([0, -3, 2.5, 'some'])('takes no setting agents = %s', async (agents) => {
    await expect(runStage(selectAgents, inputs, { agents: agents as number }, {})).rejects.toThrow();
  });
});
