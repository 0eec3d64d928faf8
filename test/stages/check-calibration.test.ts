import { describe, expect, it } from 'vitest';
import { checkCalibration } from '../../src/stages/index.js';
import type { GapList } from '../../src/survey/gap-list.js';
import { failedStage, findingOf, runStage } from '../support/stage-context.js';
import { measureInputs } from './measured-fixture.js';

const { summary } = measureInputs;
const refused = {
  ...summary,
  refusal: { code: 'infeasible' as const, problem: 'no weights meet the target', got: 0.2, expected: 'less' },
};
const gap = (records: number, sex: string): GapList['gaps'][number] => ({
  reason: 'no-record',
  attributes: { sex },
  traits: { openness: { from: 4.25, to: 5 } },
  members: {},
  weight: 0.1,
  records,
});
const gaps = (...all: GapList['gaps']): GapList => ({
  schema: 'gap-list/1',
  zone: '',
  present: 240,
  wanted: all.reduce((s, { records }) => s + records, 0),
  gaps: all,
  contradiction: 0,
});

describe('check-calibration', () => {
  it('lets weights pass that meet everything on enough personas', async () => {
    const { findings } = await runStage(checkCalibration, { summary, gaps: undefined }, {}, {});
    expect(findings).toEqual([]);
  });

  it('fails with the refusal, and names the first kinds of personas that are missing', async () => {
    const all = gaps(gap(5, 'female'), gap(3, 'male'), gap(2, 'female'), gap(1, 'male'));
    const { failure, findings } = await failedStage(checkCalibration, { summary: refused, gaps: all }, {}, {});
    expect([failure.code, failure.exitCode]).toEqual(['infeasible', 3]);
    expect(failure.message).toBe(
      'check-calibration: no weights meet the target; got 0.2, expected less. ' +
        'Add 11 personas (gap-list.json): 5 with sex = female, openness 4.25 to 5; 3 with sex = male, openness 4.25 to 5; ' +
        '2 with sex = female, openness 4.25 to 5; and 1 more kinds. Or choose another target, or accept the gaps with --allow-unmet.',
    );
    expect(findingOf(findings, 'personas-missing')).toMatchObject({
      level: 'caution',
      values: { wanted: 11, kinds: 4, contradiction: 0 },
    });
  });

  it('fails without a list where nobody knows who would help', async () => {
    const { failure } = await failedStage(checkCalibration, { summary: refused, gaps: undefined }, {}, {});
    expect(failure.message).toBe(
      'check-calibration: no weights meet the target; got 0.2, expected less. ' +
        'Add personas of the kind that is missing, choose another target, or accept the gaps with --allow-unmet.',
    );
  });

  it('accepts gaps when told to, but no weights that solve nothing', async () => {
    const inputs = { summary: refused, gaps: gaps(gap(5, 'female')) };
    const { findings } = await runStage(checkCalibration, inputs, { allowUnmet: true }, {});
    expect(findingOf(findings, 'personas-missing').message).toBe(
      '5 more personas would close the gaps: 5 with sex = female, openness 4.25 to 5',
    );
    const unsolved = { ...refused, refusal: { code: 'not-converged' as const, problem: 'ended as stalled' } };
    const { failure } = await failedStage(checkCalibration, { ...inputs, summary: unsolved }, { allowUnmet: true }, {});
    expect([failure.code, failure.exitCode]).toEqual(['not-converged', 3]);
  });
});
