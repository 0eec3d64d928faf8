import { describe, expect, it } from 'vitest';
import type { WeightingOptions, WeightingResult } from '../../src/survey/fit-weights.js';
import { planStudy, planZones, type StudyPolicy } from '../../src/survey/study.js';
import type { WeightingProblem } from '../../src/survey/weighting-problem.js';

const records = 200_001;
const even: WeightingProblem = { records, base: new Float64Array(records).fill(2), margins: [] };
const uneven: WeightingProblem = { ...even, base: Float64Array.from({ length: records }, (_, i) => 1 + (i % 2)) };
/** One weight of five times the mean. */
const weights = new Float64Array(records).fill(1);
weights[0] = 5;
const fit = (signatures: number, status: WeightingResult['status'] = 'converged'): WeightingResult => ({
  status,
  signatures,
  weights,
  iterations: 1,
  maxMarginError: 0,
  worst: [],
  cells: [],
  multipliers: new Float64Array(0),
});

describe('fits beside that of the weights', () => {
  it.each<
    [string, WeightingProblem, WeightingResult, WeightingOptions, StudyPolicy, boolean, number[], string[] | null]
  >([
    ['few kinds of records', even, fit(100), {}, 'auto', true, [4, 2], null],
    ['the most kinds', even, fit(200_000), {}, 'auto', true, [4, 2], null],
    ['more', even, fit(200_001), {}, 'auto', false, [], ['what single margins cost', 'caps on the weights']],
    ['more, of which caps alone make them', uneven, fit(100), {}, 'auto', true, [], ['caps on the weights']],
    ['a fit that had a cap itself', uneven, fit(100), { cap: 6 }, 'auto', true, [4, 2], null],
    ['no caps with logit', uneven, fit(100), { method: 'logit' }, 'auto', true, [], null],
    ['more, but always', even, fit(200_001), {}, 'always', true, [4, 2], null],
    ['never', even, fit(100), {}, 'never', false, [], null],
    ['no weights', even, fit(100, 'infeasible'), {}, 'always', false, [], null],
  ])('%s', (_, problem, found, options, policy, costs, caps, leftOut) => {
    const study = planStudy('n', problem, found, options, policy);
    expect([study.costs, study.caps]).toEqual([costs, caps]);
    expect(study.finding?.values?.['leftOut'] ?? null).toEqual(leftOut);
  });

  it('say what was left out, and how to have it', () => {
    expect(planStudy('', even, fit(200_001), {}, 'auto').finding!.message).toBe(
      'with 200001 kinds of records what single margins cost and caps on the weights would take long to try and were left out; --study always tries all',
    );
  });

  it('are left out in each of many zones, unless they are asked for', () => {
    expect(planZones(50, 'auto')).toEqual({ policy: 'auto', finding: null });
    expect(planZones(51, 'always')).toEqual({ policy: 'always', finding: null });
    expect(planZones(51, 'auto')).toMatchObject({ policy: 'never', finding: { code: 'zones-not-studied' } });
  });
});
