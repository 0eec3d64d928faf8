import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { drawAnswers, drawLatent, responseModel } from '../../src/psychometrics/response-model.js';
import { fewestRetested, retestOf } from '../../src/psychometrics/retest.js';
import { shipped, tiny } from './fixtures.js';

/** Answers of many people who spread over the scale. */
const spread = (people: number, shift = 0): Uint8Array =>
  Uint8Array.from({ length: people * 10 }, (_, at) => 1 + ((Math.floor(at / 10) + (at % 10) * shift) % 5));

describe('retestOf', () => {
  it('finds people who answer twice the same to agree in full', () => {
    const once = spread(12, 1);
    const { people, domains } = retestOf(tiny, once, once.slice());
    expect(people).toBe(12);
    expect(domains.map(({ domain }) => domain)).toEqual([
      'extraversion',
      'agreeableness',
      'conscientiousness',
      'neuroticism',
      'openness',
    ]);
    for (const { pearson, icc, meanDifference } of domains) {
      expect(pearson).toBeCloseTo(1, 12);
      expect(icc).toBeCloseTo(1, 12);
      expect(meanDifference).toBe(0);
    }
  });

  it('sees a shift that a correlation does not', () => {
    const first = Uint8Array.from({ length: 200 }, (_, at) => 2 + (Math.floor(at / 10) % 3));
    const { domains } = retestOf(
      tiny,
      first,
      first.map((x) => x + 1),
    );
    const [, , conscientiousness] = domains;
    expect(conscientiousness!.pearson).toBeCloseTo(1, 12);
    expect(conscientiousness!.meanDifference).toBeCloseTo(1, 12);
    expect(conscientiousness!.icc).toBeLessThan(0.7);
    // Half of the items of extraversion are reversed: the shift cancels, and nothing varies either.
    expect(domains[0]).toEqual({ domain: 'extraversion', pearson: null, icc: null, meanDifference: 0 });
  });

  it('leaves out people without all scores, and says nothing about a handful', () => {
    const first = spread(fewestRetested, 1);
    expect(retestOf(tiny, first, first).people).toBe(fewestRetested);
    const second = first.slice();
    second.fill(0, 0, 2);
    expect(retestOf(tiny, first, second)).toEqual({ people: fewestRetested - 1, domains: [] });
    expect(retestOf(tiny, new Uint8Array(0), new Uint8Array(0))).toEqual({ people: 0, domains: [] });
  });

  it('gives the alpha of the norms for people who are asked twice at once', () => {
    const { inventory, norms } = shipped('ipip-50', 'ipip-50-us-adults');
    const model = responseModel(inventory, norms);
    const random = randomStream('retest');
    const people = 4_000;
    const [first, second] = [new Uint8Array(people * 50), new Uint8Array(people * 50)];
    for (let p = 0; p < people; p++) {
      const z = drawLatent(model, model.latentCell('female', 30), random);
      first.set(drawAnswers(model, z, random), p * 50);
      second.set(drawAnswers(model, z, random), p * 50);
    }
    // Parallel forms correlate as the reliability (Lord & Novick 1968); the SE of a correlation of .85 is .0044 here, and
    // spreads differ between the cells by up to a tenth.
    retestOf(inventory, first, second).domains.forEach(({ pearson }, d) =>
      expect(Math.abs(pearson! - norms.alpha![d]!)).toBeLessThan(0.03),
    );
  });
});
