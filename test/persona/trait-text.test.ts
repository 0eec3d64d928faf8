import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSentences } from '../../src/persona/evidence/reading.js';
import * as features from '../../src/persona/evidence/trait-features.js';
import { textValidity, TraitTextModel, traitTextReader } from '../../src/persona/evidence/trait-text.js';
import { traitDomains } from '../../src/psychometrics/inventory.js';
import { lexicons } from './evidence-fixture.js';

const { featureReader, featureValue, standardized, wordProfile } = features;
const root = new URL('../../', import.meta.url);
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'));
const model = lexicons.traitText;
const sentencesOf = (...texts: readonly string[]) => texts.map((text) => ({ text }));

describe('wordProfile', () => {
  it('counts words and style', () => {
    const { words, counts, style } = wordProfile(sentencesOf('The dog, the Dog!', 'Really wonderful?', '...'));
    expect(words).toBe(6);
    expect(Object.fromEntries(counts)).toEqual({ the: 2, dog: 2, really: 1, wonderful: 1 });
    // 3 + 3 + 3 + 3 + 6 + 9 letters; one word over six; two of three sentences have words; "the" and "dog" were there before.
    expect(style).toEqual({
      'word-length': 27 / 6,
      'long-words': 1 / 6,
      exclamations: 1 / 2,
      questions: 1 / 2,
      'sentence-length': 3,
      repetition: 2 / 6,
    });
  });

  it('has zeros for no words', () => {
    expect(wordProfile(sentencesOf('', '?!'))).toMatchObject({ words: 0, style: { 'word-length': 0, questions: 0 } });
  });

  it('counts repetition within ten words, so that long texts do not repeat more', () => {
    const list = 'one two three four five six seven eight nine ten '.repeat(20);
    expect(wordProfile(sentencesOf(list)).style.repetition).toBe(0);
    expect(wordProfile(sentencesOf('so '.repeat(20))).style.repetition).toBe(0.9);
  });
});

describe('featureReader', () => {
  const read = featureReader([
    { name: 'joy', kind: 'category', words: ['happy', 'lov*', 'love'] },
    { name: 'the', kind: 'word', words: ['the'] },
    { name: 'questions', kind: 'style', words: [] },
  ]);

  it('gives shares of words, each word once a list', () => {
    // "love" fits two entries of its list and counts once; "clover" does not begin with "lov".
    expect(Array.from(read(wordProfile(sentencesOf('I love the clover, lovely!'))))).toEqual([2 / 5, 1 / 5, 0]);
    expect(Array.from(read(wordProfile(sentencesOf('Lov.'))))).toEqual([1, 0, 0]);
    expect(Array.from(read(wordProfile([])))).toEqual([0, 0, 0]);
  });

  it('draws shares of short texts towards the base, and takes the root of shares', () => {
    expect(featureValue('word', 0.3, 0.1, 20)).toBeCloseTo(Math.sqrt(0.2), 12);
    expect(featureValue('style', 0.3, 0.1, 20)).toBeCloseTo(0.2, 12);
    expect(featureValue('style', 0.3, 0.1, 0)).toBe(0.1);
    expect(standardized(3, { mean: 1, sd: 4 })).toBe(0.5);
    expect(standardized(99, { mean: 1, sd: 4 })).toBe(4);
  });
});

describe('traitTextReader', () => {
  const read = traitTextReader(model);
  const scoresOf = (text: string): number[] =>
    read(readSentences({ posts: [{ id: 'p#1', text }] })).map(({ score }) => score);

  it('follows the weighted sum of a model by hand', () => {
    const domain = (weight: number) => ({ ...model.domains[0]!, weights: [weight, -1], mean: 0.5, sd: 2 });
    const small = {
      ...model,
      features: [
        { name: 'we', kind: 'category' as const, words: ['we'], base: 0, mean: 0.1, sd: 0.2 },
        { name: 'questions', kind: 'style' as const, words: [], base: 0, mean: 0, sd: 1 },
      ],
      domains: [0, 1, 2, 3, 4].map(domain),
    };
    // 20 words, four of them "we": 1/5, drawn half-way to 0, root .316; (.316 - .1) / .2 = 1.081.
    const text = 'we go on and on '.repeat(4);
    const z = (Math.sqrt(0.1) - 0.1) / 0.2;
    expect(traitTextReader(small)(sentencesOf(text)).map(({ score }) => score)).toEqual(
      [0, 1, 2, 3, 4].map((w) => expect.closeTo((w * z - 0.5) / 2, 12) as number),
    );
  });

  it('scores nobody by a text without words', () => {
    expect(read([])).toEqual(traitDomains.map(() => ({ score: 0, words: 0 })));
  });

  it('hears friends and parties as outgoing, and God and family as conventional', () => {
    const lively = scoresOf(
      'You and my friends sing and laugh with everyone at the party. We love people, and you love us too!',
    );
    const quiet = scoresOf('Perhaps the work causes the result. Something avoids something, possibly.');
    expect(lively[0]!).toBeGreaterThan(quiet[0]! + 1);
    const homely = scoresOf(
      'My family, my house, my mother and father, today and every day, church time with us at home.',
    );
    const bookish = scoresOf('The meaning of a thought in the margins of an essay about the architecture of the mind.');
    expect(bookish[4]!).toBeGreaterThan(homely[4]! + 1);
  });

  it('does not read quotations', () => {
    expect(scoresOf('I think “friends party love friends party” so.')).toEqual(scoresOf('I think “x” so.'));
  });

  it('takes linear time', () => {
    const started = performance.now();
    read(sentencesOf('Some words of no account whatever, said over and over again. '.repeat(20_000)));
    expect(performance.now() - started).toBeLessThan(4000);
  });
});

const categories = (
  json('data/derive/trait-text-categories.json') as { categories: { name: string; words: string[] }[] }
).categories;

describe('the shipped model', () => {
  it('holds the word categories that it was fitted with', () => {
    const own = model.features.filter(({ kind }) => kind === 'category').map(({ name, words }) => ({ name, words }));
    expect(own).toEqual(categories.map(({ name, words }) => ({ name, words })));
  });

  it('believes a domain only where held-out people support it, and nowhere more than text can tell', () => {
    for (const { domain, validity, heldOut } of model.domains) {
      const supported = heldOut.rInterval[0] > 0 && heldOut.rBootstrap[0] > 0;
      expect(validity > 0, domain).toBe(supported && heldOut.slope! >= 0.7 && heldOut.slope! <= 1.3);
      if (validity > 0) expect(validity).toBe(heldOut.r);
      expect(heldOut.coverage90).toBeGreaterThan(0.86);
      expect(heldOut.coverage90).toBeLessThan(0.94);
      // Bags of words reach about .2 on essays of hundreds of words; more on a few sentences would be a leak.
      expect(Math.abs(heldOut.r), domain).toBeLessThan(0.25);
    }
  });

  it('says how far its scores may be trusted', () => {
    const { validity, words } = textValidity(model);
    expect(Array.from(validity)).toEqual(model.domains.map(({ validity: r }) => r));
    expect(words).toEqual({ mean: model.meanWords, ...model.words });
  });

  it.each([
    {
      fault: 'a weight too few',
      edit: { domains: model.domains.map((d) => ({ ...d, weights: d.weights.slice(1) })) },
      message: 'expected one weight a feature',
    },
    {
      fault: 'another order',
      edit: { domains: model.domains.toReversed() },
      message: 'expected the five domains in their order',
    },
  ])('is refused with $fault', ({ edit, message }) => {
    expect(TraitTextModel.safeParse({ ...model, ...edit }).error?.message).toContain(message);
  });
});
