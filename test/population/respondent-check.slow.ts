import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { populationJoint } from '../../src/population/joint.js';
import { referencePeople } from '../../src/population/people.js';
import {
  RespondentCheck,
  respondentCheck,
  respondentFinding,
  respondentTolerances,
} from '../../src/population/respondent-check.js';
import { responseModel, type ResponseModel } from '../../src/psychometrics/response-model.js';
import { shipped } from '../psychometrics/fixtures.js';
import { tinyTarget } from './fixture.js';

describe.each([
  ['ipip-50', 'ipip-50-us-adults'],
  ['ipip-neo-120', 'ipip-neo-120-johnson'],
])('the embedded respondent with %s', (name, of) => {
  const { inventory, norms } = shipped(name, of);
  const target = tinyTarget({ traits: [of] });
  const model = responseModel(inventory, norms);
  const prior = referencePeople(populationJoint(target), norms, 6_000, randomStream('prior'));
  const check = (bent: ResponseModel = model): RespondentCheck =>
    respondentCheck({ model: bent, norms, target, prior }, randomStream('check'))!;

  it('reproduces reference people within the tolerances', () => {
    const found = check();
    expect(RespondentCheck.parse(found)).toEqual(found);
    expect(found.outOfTolerance).toEqual([]);
    expect(found.people).toBe(6_000);
    expect(found.answered).toBe(24_000);
    expect(found.domainMean).toBeLessThanOrEqual(respondentTolerances.domainMean);
    expect(Math.abs(found.sdRatio - 1)).toBeLessThanOrEqual(respondentTolerances.sdRatio);
    expect(found.alpha ?? 0).toBeLessThanOrEqual(respondentTolerances.alpha);
    expect(found.itemMean ?? 0).toBeLessThanOrEqual(respondentTolerances.itemMean);
    expect(found.categoryShare ?? 0).toBeLessThanOrEqual(respondentTolerances.categoryShare);
    // Correlations of 6,000 people have an error of .013 themselves: the largest of ten may pass .04 by chance.
    expect(found.correlation).toBeLessThanOrEqual(respondentTolerances.correlation + 0.02);
    expect([found.alpha, found.itemMean, found.categoryShare].every((x) => x === null)).toBe(name !== 'ipip-50');
    expect(respondentFinding(found)).toMatchObject({
      level: 'info',
      code: 'respondent-check',
      message: 'answers drawn for 6000 reference people reproduce them within all tolerances',
      values: { people: 6_000, tolerances: respondentTolerances },
    });
    expect(check()).toEqual(found);
  });

  const bend = (edit: (cell: ResponseModel['cells'][number]) => ResponseModel['cells'][number]): ResponseModel => {
    const cells = model.cells.map(edit);
    return { ...model, cells, latentCell: (...who) => ({ ...edit(model.latentCell(...who)), outside: false }) };
  };
  const items = name === 'ipip-50';
  it.each([
    {
      fault: 'means a fifth of a standard deviation high',
      bent: bend(({ mean, sd }) => ({ mean: mean.map((m) => m + 0.2), sd })),
      expected: ['domainMean', ...(items ? ['categoryShare'] : [])],
    },
    {
      fault: 'everybody a fifth more alike',
      bent: bend(({ mean, sd }) => ({ mean, sd: sd.map((s) => 0.8 * s) })),
      expected: ['sdRatio', ...(items ? ['alpha'] : [])],
    },
    {
      fault: 'traits that do not hang together',
      bent: { ...model, cholesky: Float64Array.from({ length: 25 }, (_, at) => (at % 6 === 0 ? 1 : 0)) },
      expected: ['correlation'],
    },
  ])('is seen to have $fault', ({ bent, expected }) => {
    const found = check(bent);
    for (const measure of expected) expect(found.outOfTolerance).toContain(measure);
    expect(respondentFinding(found)).toMatchObject({
      level: 'caution',
      message: `answers drawn for 6000 reference people do not reproduce them: ${found.outOfTolerance.join(', ')} out of tolerance`,
    });
  });

  it('says nothing without traits or people', () => {
    expect(respondentCheck({ model, norms, target, prior: { ...prior, traits: null } }, randomStream('1'))).toBeNull();
    const nobody = { size: 0, codes: new Uint8Array(0), traits: new Float64Array(0) };
    expect(respondentCheck({ model, norms, target, prior: nobody }, randomStream('1'))).toBeNull();
  });
});
