import { describe, expect, it } from 'vitest';
import { checkWeights } from '../../src/stages/index.js';
import { failedStage, runStage } from '../support/stage-context.js';
import { weighing, type Config, type Files } from './weighting-fixture.js';

const sample = { sex: ['f', 'f', 'f', 'm'], age: ['old', 'old', 'young', 'old'] };
const met: Files = { sample, margins: 'sex = f: 0.5\nsex = m: 0.5' };
const clashing = 'sex = f: 5\nsex = m: 5\nage = old: 2\nage = young: 8';
const inZones = (...margins: readonly string[]): string =>
  margins.map((own, k) => own.replace(/^/gm, `z${k + 1}/`)).join('\n');

const failureOf = async (files: Files, config: Config = {}) => {
  const { outputs } = await weighing(files, config);
  const { failure } = await failedStage(checkWeights, { report: outputs.report, gaps: outputs.gaps }, {}, {});
  return [failure.code, failure.message];
};

describe('check-weights', () => {
  it('lets weights pass that converged and keep every limit', async () => {
    const { outputs } = await weighing(met, { limits: { maxDesignEffect: 2 } });
    await expect(runStage(checkWeights, { report: outputs.report, gaps: undefined }, {}, {})).resolves.toBeDefined();
  });

  it('names the cells that clash', async () => {
    // Young people are women: 8 of 10 are wanted, 5 can be; whatever is short is over elsewhere.
    const [code, message] = await failureOf({ sample, margins: clashing });
    expect(code).toBe('infeasible');
    expect(message).toMatch(
      /^check-weights: the margins cannot be met together; at best 6 of 10 are missing or too many: .* See gap-list\.json for the records that would help\.$/,
    );
    expect(message).toMatch(/(sex|age) = (f|m|old|young) \(\d asked, 3 (short|over)\)/);
  });

  it('sends nobody to a list that names no records, or that is not there', async () => {
    const crossed = {
      sex: Array.from({ length: 20 }, (_, i) => (i % 4 < 2 ? 'f' : 'm')),
      age: Array.from({ length: 20 }, (_, i) => (i % 2 ? 'old' : 'young')),
    };
    const disagreeing = [
      ...['sex = f: 0.5', 'sex = m: 0.5'],
      ...[
        'sex x age = f x old: 0.3',
        'sex x age = f x young: 0.3',
        'sex x age = m x old: 0.2',
        'sex x age = m x young: 0.2',
      ],
    ].join('\n');
    const [code, message] = await failureOf({ sample: crossed, margins: disagreeing }, { disagreement: 'report' });
    expect(code).toBe('infeasible');
    expect(message).toMatch(/ No records would help, see gap-list\.json\.$/);
    const plenty = { sex: Array.from({ length: 40 }, (_, i) => (i % 2 ? 'f' : 'm')) };
    const margins = 'sex = f: 0.6\nsex = m: 0.4';
    expect((await failureOf({ sample: plenty, margins }, { cap: 1.1 }))[1]).toMatch(
      /cap 1\.1 cannot be kept; .* See weights\.html\.$/,
    );
  });

  it('names every limit that is missed', async () => {
    expect(await failureOf(met, { limits: { maxDesignEffect: 1.1, minGroupRecords: 2 } })).toEqual([
      'gate-failed',
      'check-weights: the design effect is 1.333, more than 1.1 | sex = m has 1 record, less than 2. See weights.html.',
    ]);
  });

  it('fails over one limit', async () => {
    expect(await failureOf(met, { limits: { minEffectiveSampleSize: 3.5 } })).toEqual([
      'gate-failed',
      'check-weights: the effective sample size is 3, less than 3.5. See weights.html.',
    ]);
  });

  it('names the zones, their slack, and why', async () => {
    const margins = inZones(clashing, 'sex = f: 5\nsex = m: 5\nage = old: 8\nage = young: 2', clashing);
    const [code, message] = await failureOf({ sample, margins });
    expect(code).toBe('infeasible');
    expect(message).toMatch(
      /^check-weights: 2 of 3 zones have no weights, z1 \(slack 6\), z3 \(slack 6\): zone z1: the margins cannot .* \| zone z3: the margins/,
    );
  });

  it('names three faults and counts the rest', async () => {
    const zone = 'sex = f: 5\nsex = m: 5';
    const [code, message] = await failureOf(
      { sample, margins: inZones(zone, zone, zone, zone, zone) },
      { limits: { minEffectiveSampleSize: 4 } },
    );
    expect(code).toBe('gate-failed');
    expect(message).toBe(
      `check-weights: ${[1, 2, 3].map((k) => `zone z${k}: the effective sample size is 3, less than 4`).join(' | ')} | and 2 more. See weights.html.`,
    );
  });
});
