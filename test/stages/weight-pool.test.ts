import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { numberColumn, textColumn } from '../../src/core/table.js';
import { logKernelSums } from '../../src/numerics/kernel-sums.js';
import { peopleMeter } from '../../src/population/align/quality.js';
import { foldOf, peopleOf } from '../../src/population/persona-pool.js';
import { weightPool } from '../../src/stages/index.js';
import { findingOf, runStage } from '../support/stage-context.js';
import {
  bareReference,
  bareTarget,
  bentPool,
  equalWeights,
  meanOf,
  norms,
  reference,
  sumOf,
  target,
} from './alignment-fixture.js';

const pool = bentPool(400);
const services = { kernelSums: logKernelSums };
const { outputs, findings } = await runStage(
  weightPool,
  { pool, reference, target, attrition: undefined },
  { fitPeople: 800 },
  services,
);
const weights = numberColumn(outputs.weighted, 'weight');

describe('weight-pool', () => {
  it('gives every persona of the pool one weight, in order; the weights sum to 1', () => {
    expect(textColumn(outputs.weighted, 'persona')).toEqual(textColumn(pool, 'persona'));
    expect(sumOf(weights)).toBeCloseTo(1, 12);
    expect(Math.min(...weights)).toBeGreaterThan(0);
  });

  it('brings the traits nearer to test people, who were used neither for the ratio nor for the clip', () => {
    const meter = peopleMeter(foldOf(reference, target, 'test'), randomStream('another meter'))!;
    const { traits } = peopleOf(pool, target, true);
    const distance = (w: Float64Array) => meter({ points: traits!, weights: w });
    const [before, after] = [distance(equalWeights(pool)), distance(weights)];
    expect(after.slicedWasserstein).toBeLessThan(0.75 * before.slicedWasserstein);
    for (const domain of norms.domains) {
      const test = meanOf(reference, equalWeights(reference), domain);
      const off = (w: Float64Array): number => Math.abs(meanOf(pool, w, domain) - test);
      expect(off(weights), domain).toBeLessThan(off(equalWeights(pool)));
    }
  });

  it('says truly how the clip was chosen and what the weights cost', () => {
    const { message, values } = findingOf(findings, 'pool-weighted');
    const { clipQuantile, trials, effectiveSampleSize, smoothed, classifierAgreement } = values as {
      smoothed: { paretoK: number; paretoKLimit: number };
      classifierAgreement: number;
      clipQuantile: number;
      trials: { clipQuantile: number; slicedWasserstein: number }[];
      effectiveSampleSize: number;
    };
    expect(message).toBe(
      `importance weights clipped at their ${clipQuantile} quantile, chosen on 2000 held-out people; Pareto k of the ratios ${smoothed.paretoK.toFixed(2)}, ${smoothed.paretoK > smoothed.paretoKLimit ? 'above' : 'within'} 0.62`,
    );
    // 1 - 1/log10(400).
    expect(smoothed.paretoKLimit).toBeCloseTo(0.6157, 4);
    expect(classifierAgreement).toBeGreaterThan(0.3);
    const least = Math.min(...trials.map((trial) => trial.slicedWasserstein));
    expect(trials.find((trial) => trial.clipQuantile === clipQuantile)!.slicedWasserstein).toBe(least);
    // Kish, by hand.
    expect(effectiveSampleSize).toBeCloseTo(1 / sumOf(weights.map((w) => w * w)), 9);
    expect(effectiveSampleSize).toBeLessThan(pool.rows);
  });

  it('looks at fit people and at tune people only', async () => {
    const folds = textColumn(reference, 'fold');
    const columns = { ...reference.columns };
    for (const domain of norms.domains)
      columns[domain] = numberColumn(reference, domain).map((x, row) => (/test|floor/.test(folds[row]!) ? 1 : x));
    const blind = await runStage(
      weightPool,
      { pool, reference: { ...reference, columns }, target, attrition: undefined },
      { fitPeople: 800 },
      services,
    );
    expect(blind.outputs).toEqual(outputs);
  });

  it('leaves the weights equal when the target has no traits', async () => {
    const plain = await runStage(
      weightPool,
      { pool, reference: bareReference, target: bareTarget, attrition: undefined },
      {},
      services,
    );
    expect(numberColumn(plain.outputs.weighted, 'weight')).toEqual(equalWeights(pool));
    expect(plain.findings).toEqual([]);
  });

  describe('with attrition weights', () => {
    const attrition = {
      schema: 'attrition-weights/1',
      rows: pool.rows + 1,
      columns: {
        // One persona more, that was lost, and in another order.
        persona: ['lost', ...textColumn(pool, 'persona')].reverse(),
        weight: Float64Array.from({ length: pool.rows + 1 }, (_, i) => (i % 2 === 0 ? 0.5 : 2)),
      },
    };
    const weigh = (given: typeof attrition | undefined, personas = pool) =>
      runStage(
        weightPool,
        { pool: personas, reference, target, attrition: given },
        { fitPeople: 800, attritionWeights: true },
        services,
      );

    it('multiplies by them, by the names of the personas, and says so', async () => {
      const { outputs: corrected, findings: said } = await weigh(attrition);
      const base = attrition.columns.weight.slice(0, pool.rows).reverse();
      const product = weights.map((w, i) => w * base[i]!);
      const total = sumOf(product);
      numberColumn(corrected.weighted, 'weight').forEach((w, i) => expect(w).toBeCloseTo(product[i]! / total, 12));
      // Halves of the personas at .5 and 2: (1.25)² / 2.125 of them.
      expect(findingOf(said, 'attrition-weighted').message).toContain(
        `${((400 * 1.5625) / 2.125).toFixed(0)} effective`,
      );
    });

    it('ignores them unless they are asked for', async () => {
      const { outputs: plain } = await runStage(
        weightPool,
        { pool, reference, target, attrition },
        { fitPeople: 800 },
        services,
      );
      expect(plain).toEqual(outputs);
    });

    it('refuses where there are none, or a persona has none', async () => {
      await expect(weigh(undefined)).rejects.toThrow(
        'weight-pool.attritionWeights: there are no attrition weights for a pool from a file.',
      );
      const renamed = {
        ...attrition,
        columns: { ...attrition.columns, persona: attrition.columns.persona.map((p) => `x${p}`) },
      };
      await expect(weigh(renamed)).rejects.toThrow('weight-pool.attritionWeights: no attrition weight; got');
    });
  });
});
