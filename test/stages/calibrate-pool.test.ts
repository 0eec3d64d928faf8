import { describe, expect, it } from 'vitest';
import { numberColumn, textColumn } from '../../src/core/table.js';
import { calibratePool } from '../../src/stages/index.js';
import { findingOf, runStage } from '../support/stage-context.js';
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
  const plain = await runStage(
    calibratePool,
    { ...inputsFor(pool), reference: bareReference, target: bareTarget },
    {},
    {},
  );

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
    expect(summary).toMatchObject({ schema: 'calibration/2', status: 'converged', unsupported: [], unmet: [] });
    expect(summary.maxError).toBeLessThanOrEqual(1e-8);
    const { message, values, level } = findingOf(findings, 'pool-calibrated');
    expect(level).toBe('info');
    expect(message).toBe(`${summary.constraints} constraints met together in ${summary.iterations} Newton steps`);
    const kish = 1 / sumOf(weights.map((w) => w * w));
    expect(values).toMatchObject({ status: 'converged', iterations: summary.iterations, maxError: summary.maxError });
    expect(values!['effectiveSampleSize']).toBeCloseTo(kish, 6);
    expect(values!['designEffect']).toBeCloseTo(pool.rows / kish, 6);
  });

  it('says what the weights cost: design effect, effective personas by variable and domain, a price for every constraint', () => {
    const { summary } = outputs;
    const kish = 1 / sumOf(weights.map((w) => w * w));
    expect(summary.refusal).toBeNull();
    expect(summary.effectiveSampleSize).toBeCloseTo(kish, 6);
    expect(summary.designEffect).toBeCloseTo(pool.rows / kish, 6);
    expect(summary.costs.map(({ subject }) => subject).sort()).toEqual(
      [...target.margins.map(({ variable }) => variable), ...norms.domains].sort(),
    );
    for (const { status, gained, without } of summary.costs) {
      expect(status).toBe('converged');
      expect(without - gained).toBeCloseTo(kish, 5);
    }
    expect(summary.cells).toHaveLength(summary.constraints);
    for (const { name, asked, achieved, exact } of summary.cells)
      expect(Math.abs(achieved - asked), name).toBeLessThan(exact ? 1e-6 : 0.05);
  });

  // An entropy fit: the logarithm of weight over base is the sum of the prices of what a persona has.
  it('has prices that make the weights', () => {
    const prices = new Map(plain.outputs.summary.cells.map(({ name, price }) => [name, price]));
    const own = numberColumn(plain.outputs.calibrated, 'weight');
    const score = (row: number): number =>
      sumOf(
        bareTarget.margins.map(({ variable }) => {
          const cell = variable.split(' x ').map((name) => textColumn(pool, name)[row]!);
          return prices.get(`${variable} = ${cell.join(' x ')}`)!;
        }),
      );
    for (const row of [1, 100, 1_000]) expect(Math.log(own[row]! / own[0]!)).toBeCloseTo(score(row) - score(0), 8);
  });

  it('names a cell that no persona can fill, meets what does not depend on it, and lists who is missing', async () => {
    const { outputs, findings } = await runStage(calibratePool, inputsFor(gap), {}, {});
    const { summary, gaps } = outputs;
    expect(summary.unsupported).toEqual(['sex x age = female x 65+']);
    expect(summary.unmet[0]).toBe('sex x age = female x 65+ (no persona)');
    expect(summary.refusal).toEqual({
      code: 'infeasible',
      problem: 'a cell of the target has no persona: sex x age = female x 65+',
    });
    const { level, message } = findingOf(findings, 'target-unmet');
    expect(level).toBe('caution');
    expect(message).toContain('things asked for were not met: sex x age = female x 65+ (no persona)');
    expect(findings.some(({ code }) => code === 'pool-calibrated')).toBe(false);
    const own = numberColumn(outputs.calibrated, 'weight');
    expect(shareOf(gap, own, { region: 'north' })).toBeCloseTo(0.4, 2);
    // A fifth of the people are old women; nobody is to carry more than eight times the mean.
    expect(gaps!.contradiction).toBe(0);
    const old = gaps!.gaps.filter(({ attributes: { sex, age } }) => sex === 'female' && age === '65+');
    const wanted = sumOf(old.map(({ records }) => records));
    expect(sumOf(old.map(({ weight }) => weight))).toBeCloseTo(0.2, 6);
    expect(wanted).toBeGreaterThanOrEqual((0.2 * gap.rows) / 8);
    expect(old.every(({ reason }) => reason === 'no-record')).toBe(true);
  });

  it('names the traits that are out of reach, and lists personas with such traits', async () => {
    const { outputs } = await runStage(calibratePool, inputsFor(bentPool(600, hopelessBias)), {}, {});
    expect(outputs.summary.refusal!.problem).toMatch(
      /^no weights meet the target \(\S+\); the pool lacks support for \w+.*(mean|spread)[^;]*\(off by -?\d\.\d\d\)/,
    );
    expect(outputs.gaps!.contradiction).toBe(0);
    expect(outputs.gaps!.gaps.some(({ traits }) => Object.keys(traits).length > 0)).toBe(true);
  });

  it('says when the weights would rest on fewer personas than allowed, and lists who would share the weight', async () => {
    const { outputs } = await runStage(calibratePool, inputsFor(pool), { minEffectiveSampleSize: 1_499 }, {});
    expect(outputs.summary.refusal).toMatchObject({
      code: 'infeasible',
      problem: expect.stringMatching(/^the pool carries the target on too few personas; it clashes with ./) as string,
      expected: 'an effective sample size ≥ 1499',
    });
    expect(outputs.gaps!.wanted).toBeGreaterThan(0);
  });

  it('lists nobody where everything is met', () => expect(outputs.gaps).toBeUndefined());

  it('meets the margins of a target without traits', () => {
    const own = numberColumn(plain.outputs.calibrated, 'weight');
    for (const { cell, share } of cellsOfMargin(bareTarget)) expect(shareOf(pool, own, cell)).toBeCloseTo(share, 6);
  });
});
