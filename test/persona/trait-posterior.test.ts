import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { solveSpd } from '../../src/numerics/matrix.js';
import { defaultCueCalibration, drawTraits, traitPosterior, traitPrior } from '../../src/persona/trait-posterior.js';
import { responseModel } from '../../src/psychometrics/response-model.js';
import { shipped } from '../psychometrics/fixtures.js';

const { inventory, norms } = shipped('ipip-50', 'ipip-50-us-adults');
const model = responseModel(inventory, norms);
const prior = traitPrior(model, 'female', 30);
const none = Array.from({ length: 5 }, () => ({ score: 0, matches: 0 }));
const calibration = (edit: Partial<typeof defaultCueCalibration>): typeof defaultCueCalibration => ({
  ...defaultCueCalibration,
  ...edit,
});

describe('traitPrior', () => {
  it('is the latent cell of sex and age with the latent correlations', () => {
    const { mean, sd } = model.latentCell('female', 30);
    expect(prior.mean).toEqual(mean);
    for (let i = 0; i < 5; i++)
      for (let j = 0; j < 5; j++)
        expect(prior.covariance[i * 5 + j]).toBeCloseTo(model.latentCorrelation[i * 5 + j]! * sd[i]! * sd[j]!, 12);
  });
});

describe('traitPosterior', () => {
  it('is the prior without matches or without validity', () => {
    expect(traitPosterior(prior, none)).toEqual(prior);
    const cues = none.map(() => ({ score: 1, matches: 50 }));
    expect(traitPosterior(prior, cues, calibration({ validity: [0, 0, 0, 0, 0] }))).toEqual(prior);
  });

  it('follows the scalar formula for one cue on independent traits', () => {
    const unit = {
      mean: new Float64Array(5),
      covariance: Float64Array.from({ length: 25 }, (_, at) => (at % 6 === 0 ? 1 : 0)),
    };
    const cues = none.map((cue, d) => (d === 2 ? { score: 1, matches: 15 } : cue));
    const { mean, covariance } = traitPosterior(unit, cues, calibration({ validity: [0, 0, 0.4, 0, 0] }));
    // t = 1/.5 = 2, r = .4 x 15/20 = .3; with variance 1 everywhere the posterior is N(r t, 1 - r²).
    expect(Array.from(mean)).toEqual([0, 0, expect.closeTo(0.6, 12), 0, 0]);
    expect(covariance[12]).toBeCloseTo(0.91, 12);
    expect(covariance[0]).toBe(1);
  });

  it('agrees with the precision form, which solves for everything at once', () => {
    const cue = fc.record({
      score: fc.double({ min: -2, max: 2, noNaN: true }),
      matches: fc.integer({ min: 0, max: 200 }),
    });
    const validity = [0.15, 0.3, 0.6, 0.05, 0.9];
    fc.assert(
      fc.property(fc.array(cue, { minLength: 5, maxLength: 5 }), (cues) => {
        const posterior = traitPosterior(prior, cues, calibration({ validity }));
        const column = (k: number): Float64Array => Float64Array.from({ length: 5 }, (_, i) => (i === k ? 1 : 0));
        const precision = new Float64Array(25);
        for (let k = 0; k < 5; k++)
          solveSpd(prior.covariance, column(k), 5).forEach((x, i) => (precision[i * 5 + k] = x));
        const right = solveSpd(prior.covariance, prior.mean, 5);
        cues.forEach(({ score, matches }, d) => {
          const r = (validity[d]! * matches) / (matches + 5);
          precision[d * 6]! += (r * r) / (1 - r * r);
          right[d]! += (r * (score / 0.5)) / (1 - r * r);
        });
        for (let i = 0; i < 5; i++) for (let j = 0; j < i; j++) precision[i * 5 + j] = precision[j * 5 + i]!;
        solveSpd(precision, right, 5).forEach((x, d) => expect(posterior.mean[d]).toBeCloseTo(x, 9));
        for (let k = 0; k < 5; k++)
          solveSpd(precision, column(k), 5).forEach((x, i) =>
            expect(posterior.covariance[i * 5 + k]).toBeCloseTo(x, 9),
          );
      }),
      { seed: 20260101, numRuns: 100 },
    );
  });

  it('moves correlated traits along: words of neuroticism lower extraversion', () => {
    const cues = none.map((cue, d) => (d === 3 ? { score: 1, matches: 50 } : cue));
    const { mean } = traitPosterior(prior, cues);
    expect(mean[3]).toBeGreaterThan(prior.mean[3]! + 0.1);
    expect(mean[0]).toBeLessThan(prior.mean[0]!);
  });

  it.each([
    {
      fault: 'four cues',
      cues: none.slice(1),
      edit: {},
      message: 'traitPosterior.cues: wrong number of cues; got 4, expected 5.',
    },
    {
      fault: 'a validity of one',
      cues: none,
      edit: { validity: [0.1, 1, 0.1, 0.1, 0.1] },
      message: 'cueCalibration.validity.agreeableness: not a validity; got 1, expected a correlation in [0, 1).',
    },
    {
      fault: 'no spread',
      cues: none,
      edit: { sd: [0.5, 0.5, 0.5, 0.5, 0] },
      message: 'cueCalibration.sd.openness: not a standard deviation; got 0, expected > 0.',
    },
  ])('names the fault: $fault', ({ cues, edit, message }) => {
    expect(() => traitPosterior(prior, cues, calibration(edit))).toThrow(message);
  });
});

describe('drawTraits', () => {
  it('draws from the posterior: 20,000 draws of one person', () => {
    const cues = none.map((_, d) => ({ score: [0.5, -0.5, 0, 1, 0.2][d]!, matches: 20 }));
    const posterior = traitPosterior(prior, cues, calibration({ validity: [0.5, 0.5, 0.5, 0.5, 0.5] }));
    const random = randomStream('draw-traits');
    const n = 20_000;
    const [first, second] = [new Float64Array(5), new Float64Array(25)];
    for (let p = 0; p < n; p++) {
      const z = drawTraits(prior, cues, random, calibration({ validity: [0.5, 0.5, 0.5, 0.5, 0.5] }));
      z.forEach((x, i) => {
        first[i]! += x / n;
        z.forEach((y, j) => (second[i * 5 + j]! += ((x - posterior.mean[i]!) * (y - posterior.mean[j]!)) / n));
      });
    }
    // Four standard errors: SD about .9, so .026 for a mean and about .033 for a (co)variance.
    first.forEach((x, i) => expect(Math.abs(x - posterior.mean[i]!)).toBeLessThan(0.026));
    second.forEach((x, at) => expect(Math.abs(x - posterior.covariance[at]!)).toBeLessThan(0.033));
  });

  it('keeps the population as it is when cues are what the model says they are', () => {
    // t = r z + sqrt(1 - r²) e with r = .5 x 5/10: traits drawn back from t must have the prior mean and SD again.
    const random = randomStream('invariance');
    const strong = calibration({ validity: [0.5, 0.5, 0.5, 0.5, 0.5], sd: [1, 1, 1, 1, 1] });
    const n = 20_000;
    const [first, second, cross] = [new Float64Array(5), new Float64Array(5), new Float64Array(5)];
    for (let p = 0; p < n; p++) {
      const truth = drawTraits(prior, none, random);
      const cues = truth.map((z) => ({ score: 0.25 * z + Math.sqrt(1 - 0.0625) * random.normal(), matches: 5 }));
      drawTraits(prior, cues, random, strong).forEach((z, d) => {
        first[d]! += z / n;
        second[d]! += (z * z) / n;
        cross[d]! += (z * cues[d]!.score) / n;
      });
    }
    first.forEach((mean, d) => {
      const sd = Math.sqrt(second[d]! - mean * mean);
      const expectedSd = Math.sqrt(prior.covariance[d * 6]!);
      expect(Math.abs(mean - prior.mean[d]!)).toBeLessThan(0.03);
      expect(Math.abs(sd / expectedSd - 1)).toBeLessThan(0.02);
      // And the text keeps its validity: cov(z, t) = r var(z).
      const covariance = cross[d]! - mean * 0.25 * prior.mean[d]!;
      expect(Math.abs(covariance / (expectedSd * expectedSd) - 0.25)).toBeLessThan(0.035);
    });
  });
});
