import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { normalCdf } from '../../src/numerics/normal.js';
import {
  drawTraits,
  statementModel,
  traitPosterior,
  traitPrior,
  validityAt,
  type StatementModel,
  type TraitDistribution,
  type TraitEvidence,
  type TraitMeasures,
} from '../../src/persona/trait-posterior.js';
import { traitDomains } from '../../src/psychometrics/inventory.js';
import { responseModel } from '../../src/psychometrics/response-model.js';
import { shipped } from '../psychometrics/fixtures.js';

const { inventory, norms } = shipped('ipip-50', 'ipip-50-us-adults');
const model = responseModel(inventory, norms);
const prior = traitPrior(model, 'female', 30);
const unit: TraitDistribution = {
  mean: new Float64Array(5),
  covariance: Float64Array.from({ length: 25 }, (_, at) => (at % 6 === 0 ? 1 : 0)),
};
const statements = statementModel(model);
const measures = (edit: Partial<TraitMeasures['cues']> = {}): TraitMeasures => ({
  cues: {
    validity: [0, 0, 0, 0, 0],
    words: { mean: 100, half: 50, most: 200 },
    mean: [0, 0, 0, 0, 0],
    sd: [1, 1, 1, 1, 1],
    ...edit,
  },
  statements,
});
const cuesOf = (scores: readonly number[], words = 100): TraitEvidence => ({
  traitCues: scores.map((score) => ({ score, words })),
  traitStatements: [],
});
type Statement = TraitEvidence['traitStatements'][number];
const said = (domain: Statement['domain'], keying: 1 | -1, strength: Statement['strength'] = 'plainly'): Statement => ({
  domain,
  keying,
  strength,
  source: { post: 'p#1', start: 0, end: 5 },
});
const after = (
  all: readonly Statement[],
  before: TraitDistribution = unit,
  items: StatementModel = statements,
): TraitDistribution =>
  traitPosterior(
    before,
    { ...cuesOf([0, 0, 0, 0, 0], 0), traitStatements: [...all] },
    { ...measures(), statements: items },
  );

describe('traitPrior', () => {
  it('is the latent cell of sex and age with the latent correlations', () => {
    const { mean, sd } = model.latentCell('female', 30);
    expect(prior.mean).toEqual(mean);
    for (let i = 0; i < 5; i++)
      for (let j = 0; j < 5; j++)
        expect(prior.covariance[i * 5 + j]).toBeCloseTo(model.latentCorrelation[i * 5 + j]! * sd[i]! * sd[j]!, 12);
  });
});

describe('cues', () => {
  it('leave the prior as it is without words or without validity', () => {
    const believed = measures({ validity: [0.3, 0.3, 0.3, 0.3, 0.3] });
    expect(traitPosterior(prior, cuesOf([1, 2, 3, 4, 5], 0), believed)).toEqual(prior);
    expect(traitPosterior(prior, cuesOf([1, 2, 3, 4, 5], 80), measures())).toEqual(prior);
  });

  it('move the mean by r t SDs of people of that sex and age, and leave sqrt(1 - r²) of the SD', () => {
    // t = (1.3 - .3) / .5 = 2; r = .4 at the mean number of words.
    const read = measures({ validity: [0, 0, 0.4, 0, 0], mean: [0, 0, 0.3, 0, 0], sd: [1, 1, 0.5, 1, 1] });
    const { mean, covariance } = traitPosterior(prior, cuesOf([9, 9, 1.3, 9, 9]), read);
    const sd = Math.sqrt(prior.covariance[12]!);
    expect(mean[2]).toBeCloseTo(prior.mean[2]! + 0.8 * sd, 12);
    expect(Math.sqrt(covariance[12]!) / sd).toBeCloseTo(Math.sqrt(0.84), 12);
    expect([mean[0], mean[1], mean[3], mean[4]]).toEqual([0, 1, 3, 4].map((d) => prior.mean[d]));
    // The correlations stay.
    expect(covariance[10]! / Math.sqrt(covariance[0]! * covariance[12]!)).toBeCloseTo(model.latentCorrelation[10]!, 12);
  });

  it.each([
    { words: 0, expected: 0 },
    { words: 100, expected: 0.3 },
    // (25 / 75) / (100 / 150) = 1/2
    { words: 25, expected: 0.3 * Math.sqrt(0.5) },
    // (200 / 250) / (100 / 150) = 1.2
    { words: 200, expected: 0.3 * Math.sqrt(1.2) },
    { words: 1e6, expected: 0.3 * Math.sqrt(1.2) },
  ])('have their validity at $words words', ({ words, expected }) => {
    expect(validityAt(measures({ validity: [0.3, 0, 0, 0, 0] }).cues, 0, words)).toBeCloseTo(expected, 12);
  });

  it.each([
    {
      fault: 'four cues',
      evidence: cuesOf([0, 0, 0, 0]),
      edit: {},
      message: 'traitPosterior.cues: wrong number of cues; got 4, expected 5.',
    },
    {
      fault: 'a validity of one',
      evidence: cuesOf([0, 0, 0, 0, 0]),
      edit: { validity: [0.1, 1, 0.1, 0.1, 0.1] },
      message: 'cueCalibration.validity.agreeableness: not a validity; got 1, expected a correlation in [0, 1).',
    },
    {
      fault: 'no spread',
      evidence: cuesOf([0, 0, 0, 0, 0]),
      edit: { sd: [0.5, 0.5, 0.5, 0.5, 0] },
      message: 'cueCalibration.sd.openness: not a standard deviation; got 0, expected > 0.',
    },
  ])('name the fault: $fault', ({ evidence, edit, message }) => {
    expect(() => traitPosterior(prior, evidence, measures(edit))).toThrow(message);
  });
});

/** Mean and SD of one trait given statements about it, by summing over a grid: exact, and slow. */
function onGrid(
  mean: number,
  sd: number,
  all: readonly Statement[],
  items: StatementModel,
): { mean: number; sd: number } {
  const d = traitDomains.indexOf(all[0]!.domain);
  const steps = items.categories - 1;
  const [t2, t3, t1, t4] = [2, 3, 1, 4].map((c) => items.thresholds[d * steps + c - 1]!) as [
    number,
    number,
    number,
    number,
  ];
  const bounds = {
    '1somewhat': [t3, t4],
    '1plainly': [t3, Infinity],
    '1strongly': [t4, Infinity],
    '-1somewhat': [t1, t2],
    '-1plainly': [-Infinity, t2],
    '-1strongly': [-Infinity, t1],
  } as const;
  const l = items.loadings[d]!;
  const unique = Math.sqrt(1 - l * l);
  const share = (from: number, to: number, at: number, s: number): number =>
    normalCdf((to - at) / s) - normalCdf((from - at) / s);
  let [total, first, second] = [0, 0, 0];
  for (let z = mean - 9 * sd; z <= mean + 9 * sd; z += sd / 200) {
    const u = (z - mean) / sd;
    let weight = Math.exp(-0.5 * u * u);
    for (const { keying, strength } of all) {
      const [from, to] = bounds[`${keying}${strength}`];
      weight *= (1 - items.misread) * share(from, to, l * z, unique) + items.misread * share(from, to, 0, 1);
    }
    total += weight;
    first += weight * z;
    second += weight * z * z;
  }
  return { mean: first / total, sd: Math.sqrt(second / total - (first / total) * (first / total)) };
}

describe('statements', () => {
  const strengths = ['somewhat', 'plainly', 'strongly'] as const;

  it('are answers to the average item of the domain', () => {
    expect(statements.loadings).toEqual(model.loadings);
    // Mean of the ten thresholds between "disagree" and "neither", extraversion.
    const own = inventory.items.flatMap(({ domain }, i) =>
      domain === 'extraversion' ? [model.thresholds[i * 4 + 1]!] : [],
    );
    expect(own).toHaveLength(10);
    expect(statements.thresholds[1]).toBeCloseTo(own.reduce((a, b) => a + b, 0) / 10, 12);
  });

  it.each(
    traitDomains.flatMap((domain) =>
      strengths.flatMap((strength) => [1, -1].map((keying) => ({ domain, strength, keying }))),
    ),
  )('give the exact moments: $domain $keying $strength', ({ domain, strength, keying }) => {
    const statement = said(domain, keying as 1 | -1, strength);
    const d = traitDomains.indexOf(domain);
    const posterior = after([statement], prior);
    const exact = onGrid(prior.mean[d]!, Math.sqrt(prior.covariance[d * 6]!), [statement], statements);
    expect(posterior.mean[d]).toBeCloseTo(exact.mean, 5);
    expect(Math.sqrt(posterior.covariance[d * 6]!)).toBeCloseTo(exact.sd, 5);
  });

  it('stay near the exact moments however many there are, contradictions included', () => {
    const statement = fc.record({
      keying: fc.constantFrom(1 as const, -1 as const),
      strength: fc.constantFrom(...strengths),
    });
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 6 }), (all) => {
        const given = all.map(({ keying, strength }) => said('neuroticism', keying, strength));
        const posterior = after(given);
        const exact = onGrid(0, 1, given, statements);
        expect(Math.abs(posterior.mean[3]! - exact.mean)).toBeLessThan(0.15);
        expect(Math.abs(Math.sqrt(posterior.covariance[18]!) - exact.sd)).toBeLessThan(0.15);
      }),
      { seed: 20260101, numRuns: 60 },
    );
  });

  it('move the other traits by their regression on the one that was told', () => {
    const { mean } = after([said('neuroticism', 1, 'strongly')], prior);
    const moved = mean[3]! - prior.mean[3]!;
    for (const d of [0, 1, 2, 4])
      expect(mean[d]! - prior.mean[d]!).toBeCloseTo((moved * prior.covariance[d * 5 + 3]!) / prior.covariance[18]!, 9);
  });

  it('say the more, the stronger they are', () => {
    const means = strengths.map((strength) => after([said('openness', -1, strength)]).mean[4]!);
    expect(means[0]).toBeLessThan(-0.2);
    expect(means[1]).toBeLessThan(means[0]!);
    expect(means[2]).toBeLessThan(means[1]!);
  });

  it('are mirrored by the key where the thresholds are', () => {
    const mirrored: StatementModel = {
      ...statements,
      thresholds: Float64Array.from({ length: 20 }, (_, at) => [-1.4, -0.5, 0.5, 1.4][at % 4]!),
    };
    for (const strength of strengths)
      expect(after([said('extraversion', -1, strength)], unit, mirrored).mean[0]).toBeCloseTo(
        -after([said('extraversion', 1, strength)], unit, mirrored).mean[0]!,
        12,
      );
  });

  it('survive what the prior holds for impossible', () => {
    const sure: TraitDistribution = {
      mean: Float64Array.of(12, 0, 0, 0, 0),
      covariance: unit.covariance.map((x) => x * 0.01),
    };
    const { mean, covariance } = after([said('extraversion', -1, 'strongly')], sure);
    expect(mean[0]).toBeGreaterThan(11);
    expect(Array.from(covariance).every(Number.isFinite)).toBe(true);
  });

  it('place a person who says "I\'m shy" clearly below the mean: hardly ever above T = 57', () => {
    const { mean, covariance } = after([said('extraversion', -1)]);
    const above = (t: number): number => 1 - normalCdf(((t - 50) / 10 - mean[0]!) / Math.sqrt(covariance[0]!));
    expect(mean[0]).toBeLessThan(-0.6);
    // Among all people 24 % are above 57 and 50 % above 50.
    expect(above(57)).toBeLessThan(0.06);
    expect(above(50)).toBeLessThan(0.25);
  });
});

describe('drawTraits', () => {
  const evidence: TraitEvidence = { ...cuesOf([0.5, -0.5, 0, 1, 0.2]), traitStatements: [said('extraversion', -1)] };
  const believed = measures({ validity: [0.5, 0.5, 0.5, 0.5, 0.5] });

  it('draws from the posterior: 20,000 draws of one person', () => {
    const posterior = traitPosterior(prior, evidence, believed);
    const random = randomStream('draw-traits');
    const n = 20_000;
    const [first, second] = [new Float64Array(5), new Float64Array(25)];
    for (let p = 0; p < n; p++) {
      const z = drawTraits(prior, evidence, believed, random);
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
    // t = r u + sqrt(1 - r²) e with r = .25: traits drawn back from t must have the prior mean and SD again.
    const random = randomStream('invariance');
    const quarter = measures({ validity: [0.25, 0.25, 0.25, 0.25, 0.25] });
    const silent = cuesOf([0, 0, 0, 0, 0], 0);
    const n = 20_000;
    const [first, second, cross] = [new Float64Array(5), new Float64Array(5), new Float64Array(5)];
    for (let p = 0; p < n; p++) {
      const truth = drawTraits(prior, silent, quarter, random);
      const cues = truth.map((z, d) => {
        const u = (z - prior.mean[d]!) / Math.sqrt(prior.covariance[d * 6]!);
        return 0.25 * u + Math.sqrt(1 - 0.0625) * random.normal();
      });
      drawTraits(prior, cuesOf(cues), quarter, random).forEach((z, d) => {
        first[d]! += z / n;
        second[d]! += (z * z) / n;
        cross[d]! += (z * cues[d]!) / n;
      });
    }
    first.forEach((mean, d) => {
      const sd = Math.sqrt(prior.covariance[d * 6]!);
      expect(Math.abs(mean - prior.mean[d]!)).toBeLessThan(0.03);
      expect(Math.abs(Math.sqrt(second[d]! - mean * mean) / sd - 1)).toBeLessThan(0.02);
      // And the text keeps its validity: cov(u, t) = r.
      expect(Math.abs(cross[d]! / sd - 0.25)).toBeLessThan(0.035);
    });
  });

  it('contradicts weak text as often as theory says, and statements much less often', () => {
    const random = randomStream('contradictions');
    const r = 0.2;
    const weak = measures({ validity: [r, 0, 0, 0, 0] });
    const n = 40_000;
    let [clearly, above, below, clearlyBelow] = [0, 0, 0, 0];
    let [told, denied] = [0, 0];
    for (let p = 0; p < n; p++) {
      const t = random.normal();
      const drawn = drawTraits(unit, cuesOf([t, 0, 0, 0, 0]), weak, random)[0]! < 0;
      if (t > 0) above++;
      if (t > 0 && drawn) below++;
      if (t > 0.8) clearly++;
      if (t > 0.8 && drawn) clearlyBelow++;
      if (p % 4 > 0) continue;
      told++;
      const outgoing = { ...cuesOf([0, 0, 0, 0, 0], 0), traitStatements: [said('extraversion', 1)] };
      if (drawTraits(unit, outgoing, weak, random)[0]! < 0) denied++;
    }
    // Orthants of two normals with correlation r: 1/2 - arcsin(r) / π = .436 of those whose text is above the mean at all;
    // of those with a text .8 SDs above it and more, .39 (numerically). Four standard errors are .014 and .022.
    expect(Math.abs(below / above - (0.5 - Math.asin(r) / Math.PI))).toBeLessThan(0.014);
    expect(Math.abs(clearlyBelow / clearly - 0.39)).toBeLessThan(0.022);
    expect(denied / told).toBeLessThan(0.25);
  });
});
