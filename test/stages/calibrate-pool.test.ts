import { describe, expect, it } from 'vitest';
import { numberColumn, textColumn } from '../../src/core/table.js';
import { calibratePool } from '../../src/stages/index.js';
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
  rowsWhere,
  shareOf,
  sumOf,
  target,
  weightTable,
} from './alignment-fixture.js';
import { hopelessBias } from '../support/biased-pool.js';

const pool = bentPool(1_500);
const inputsFor = (own: typeof pool) => ({
  pool: own,
  transported: weightTable('transport/1', own, equalWeights(own)),
  reference,
  target,
});
/** Nobody of the north who is 65 or older and female. */
const gap = rowsWhere(
  pool,
  (row) => !(textColumn(pool, 'sex')[row] === 'female' && textColumn(pool, 'age')[row] === '65+'),
);

describe('calibrate-pool', async () => {
  const { outputs, findings } = await runStage(calibratePool, inputsFor(pool), {}, {});
  const weights = numberColumn(outputs.calibrated, 'weight');

  it('gives every persona of the pool one weight, in order; the weights sum to 1 and none is negative', () => {
    expect(textColumn(outputs.calibrated, 'persona')).toEqual(textColumn(pool, 'persona'));
    expect(sumOf(weights)).toBeCloseTo(1, 9);
    expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
  });

  it('meets every cell of every margin exactly; before, the pool did not', () => {
    for (const { cell, share } of cellsOfMargin(target))
      expect(shareOf(pool, weights, cell), JSON.stringify(cell)).toBeCloseTo(share, 6);
    const before = cellsOfMargin(target).map(({ cell, share }) =>
      Math.abs(shareOf(pool, equalWeights(pool), cell) - share),
    );
    expect(Math.max(...before)).toBeGreaterThan(0.02);
  });

  it('meets the mean of every trait among the people of the fit fold', () => {
    const folds = textColumn(reference, 'fold');
    const fit = rowsWhere(reference, (row) => folds[row] === 'fit');
    for (const domain of norms.domains)
      expect(meanOf(pool, weights, domain), domain).toBeCloseTo(meanOf(fit, equalWeights(fit), domain), 5);
  });

  it('says truly how it ended', () => {
    const { summary } = outputs;
    expect(summary).toMatchObject({ schema: 'calibration/1', status: 'converged', unsupported: [], unmet: [] });
    expect(summary.maxError).toBeLessThanOrEqual(1e-8);
    const { message, values, level } = findingOf(findings, 'pool-calibrated');
    expect(level).toBe('info');
    expect(message).toBe(`${summary.constraints} constraints met together in ${summary.iterations} Newton steps`);
    const kish = 1 / sumOf(weights.map((w) => w * w));
    expect(values).toMatchObject({ status: 'converged', iterations: summary.iterations, maxError: summary.maxError });
    expect(values!['effectiveSampleSize']).toBeCloseTo(kish, 6);
    expect(values!['designEffect']).toBeCloseTo(pool.rows / kish, 6);
  });

  it('fails on a cell that no persona can fill, and names it', async () => {
    const { failure } = await failedStage(calibratePool, inputsFor(gap), {}, {});
    expect(failure.code).toBe('infeasible');
    expect(failure.message).toBe(
      'calibrate-pool: a cell of the target has no persona: sex x age = female x 65+. ' +
        'Add histories of such people, choose another target, or accept the gaps with --allow-unmet.',
    );
  });

  it('completes with --allow-unmet, lists the empty cell, and meets what does not depend on it', async () => {
    const { outputs, findings } = await runStage(calibratePool, inputsFor(gap), { allowUnmet: true }, {});
    expect(outputs.summary.unsupported).toEqual(['sex x age = female x 65+']);
    expect(outputs.summary.unmet[0]).toBe('sex x age = female x 65+ (no persona)');
    const { level, message } = findingOf(findings, 'target-unmet');
    expect(level).toBe('caution');
    expect(message).toContain('things asked for were not met: sex x age = female x 65+ (no persona)');
    expect(findings.some(({ code }) => code === 'pool-calibrated')).toBe(false);
    const own = numberColumn(outputs.calibrated, 'weight');
    expect(shareOf(gap, own, { region: 'north' })).toBeCloseTo(0.4, 2);
  });

  it('fails when the traits are out of reach, and names them', async () => {
    const { failure } = await failedStage(calibratePool, inputsFor(bentPool(600, hopelessBias)), {}, {});
    expect(failure.code).toBe('infeasible');
    expect(failure.message).toMatch(
      /^calibrate-pool: no weights meet the target \(\S+\); the pool lacks support for \w+/,
    );
    expect(failure.message).toMatch(/(mean|spread)[^;]*\(off by -?\d\.\d\d\)/);
  });

  it('fails when the weights would rest on fewer personas than allowed', async () => {
    const { failure } = await failedStage(calibratePool, inputsFor(pool), { minEffectiveSampleSize: 1_499 }, {});
    expect(failure.message).toMatch(
      /^calibrate-pool: the pool carries the target on too few personas; it clashes with .+; got \d+(\.\d)?, expected an effective sample size ≥ 1499\./,
    );
  });

  it('meets the margins of a target without traits', async () => {
    const plain = await runStage(
      calibratePool,
      { ...inputsFor(pool), reference: bareReference, target: bareTarget },
      {},
      {},
    );
    const own = numberColumn(plain.outputs.calibrated, 'weight');
    for (const { cell, share } of cellsOfMargin(bareTarget)) expect(shareOf(pool, own, cell)).toBeCloseTo(share, 6);
  });
});
