import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { blindScorer, BlindScorerLexicon, clearScore } from '../../../src/persona/filter/blind-scorer.js';
import { coupling } from '../../../src/persona/filter/coupling.js';
import { randomStream } from '../../../src/core/random.js';
import { traitDomains, type TraitDomain } from '../../../src/psychometrics/inventory.js';
import { blindLexicon, shippedScorer } from './blind-fixture.js';
import { blindSentences } from './blind-sentences.js';

const scoreOf = (text: string, domain: TraitDomain): number => shippedScorer(text)[traitDomains.indexOf(domain)]!;

/** A scorer of five words, so that scores can be worked out by hand. */
const small = blindScorer(
  BlindScorerLexicon.parse({
    ...blindLexicon,
    domains: {
      extraversion: { high: ['outgoing', 'talk* to strangers'], low: ['shy', 'quiet|silent'] },
      agreeableness: { high: ['kind'], low: ['rude'] },
      conscientiousness: { high: ['tidy'], low: ['messy'] },
      neuroticism: { high: ['anxious'], low: ['calm'] },
      openness: { high: ['curious'], low: ['conventional'] },
    },
  }),
);
const extraversion = (text: string): number => small(text)[0]!;

describe('blindScorer', () => {
  // The score is the sum of signed strengths over their number plus one.
  test.each([
    ['Nothing of the kind is said.', 0],
    ['She is outgoing.', 1 / 2],
    ['She is outgoing and talks to strangers.', 2 / 3],
    ['She is outgoing, outgoing and outgoing.', 1 / 2],
    ['She is outgoing. She is shy.', 0],
    ['She is extremely outgoing.', 1.6 / 2],
    ['She is very outgoing.', 1.3 / 2],
    ['She is somewhat outgoing.', 0.5 / 2],
    ['She is not outgoing.', -0.8 / 2],
    ["She isn't outgoing.", -0.8 / 2],
    ['She is never shy or quiet.', (1.2 + 1.2) / 3],
    ['She is not at all shy.', 1.2 / 2],
    ['She is not very shy.', 0.3 / 2],
    ["She isn't extremely shy.", 0.8 / 1.6 / 2],
    ['She is anything but shy.', 1.2 / 2],
    ['She is more outgoing than most.', (1.3 * 1.3) / 2],
    ['She is less outgoing than most.', (-0.8 * 1.3) / 2],
    ['She talks to strangers less than others.', -0.8 / 2],
    ['She is about as outgoing as most people.', 0],
    ['She is average in everything, outgoing or not.', 1 / 2],
    ['She used to be shy.', 0],
    ['She wishes that she were outgoing.', 0],
    ['She is neither outgoing nor shy.', 0],
    ['She is not shy, silent.', (0.8 + 0.8) / 3],
    ['She is not shy, outgoing.', (0.8 + 1) / 3],
    ['She is not shy and talks to strangers.', (0.8 + 1) / 3],
    ['She calls herself shy, yet she is outgoing.', (1 - 0.4) / 3],
    ['Although shy, she is outgoing.', (1 - 0.4) / 3],
    ['She is outgoing, despite being shy.', (1 - 0.4) / 3],
    ['She is not only outgoing but also tidy.', 1 / 2],
    ['She has not yet been shy.', -1 / 2],
    ['Outgoing? Not she. Shy.', 0],
  ])('%j: %d', (text, expected) => {
    expect(extraversion(text)).toBeCloseTo(expected, 12);
  });

  test.each(blindSentences)('reads %s %d in %j', (domain, side, sentence) => {
    expect(scoreOf(sentence, domain) * side).toBeGreaterThan(0);
  });

  it('reads a plain sentence clearly and a weak one not', () => {
    const clear = blindSentences.filter(([domain, side, sentence]) => scoreOf(sentence, domain) * side >= clearScore);
    expect(blindSentences).toHaveLength(60);
    expect(clear.length).toBeGreaterThanOrEqual(45);
    expect(blindSentences.filter(([, , s]) => /somewhat|fairly|a bit|mildly/.test(s))).not.toHaveLength(0);
    for (const [domain, , sentence] of blindSentences.filter(([, , s]) => /somewhat|fairly|a bit|mildly/.test(s)))
      expect(Math.abs(scoreOf(sentence, domain)), sentence).toBeLessThan(clearScore);
  });

  it('grows with strength: somewhat < plainly < very < extremely, on both sides of every domain', () => {
    for (const domain of traitDomains)
      for (const [word, side] of [
        [blindLexicon.domains[domain].high[0]!, 1],
        [blindLexicon.domains[domain].low[0]!, -1],
      ] as const) {
        const said = word.split('|')[0]!.replace('*', '');
        const scores = ['somewhat ', '', 'very ', 'extremely '].map(
          (degree) => side * scoreOf(`One is ${degree}${said}.`, domain),
        );
        expect(scores, said).toEqual([...scores].sort((a, b) => a - b));
        expect(new Set(scores).size).toBe(4);
        expect(side * scoreOf(`One is not ${said}.`, domain)).toBeLessThan(0);
      }
  });

  it('does not grow with length: text that says nothing, and the same text twice', () => {
    const saysNothing = 'The river came up over the lower road near the old mill. ';
    fc.assert(
      fc.property(
        fc.subarray([...blindSentences], { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 20 }),
        (sentences, times) => {
          const text = sentences.map(([, , sentence]) => sentence).join(' ');
          const scores = shippedScorer(text);
          expect(shippedScorer(`${saysNothing.repeat(times)}${text}\n${saysNothing.repeat(times)}`)).toEqual(scores);
          shippedScorer(`${text} ${text}`).forEach((score, k) => expect(score).toBeCloseTo(scores[k]!, 12));
        },
      ),
      { seed: 20260101, numRuns: 100 },
    );
    expect(shippedScorer(saysNothing)).toEqual([0, 0, 0, 0, 0]);
  });

  it('reads sentences apart: their order changes nothing', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...blindSentences], { minLength: 2, maxLength: 8 }), (sentences) => {
        const texts = sentences.map(([, , sentence]) => sentence);
        const [forth, back] = [shippedScorer(texts.join(' ')), shippedScorer(texts.toReversed().join(' '))];
        forth.forEach((score, k) => expect(back[k]).toBeCloseTo(score, 12));
      }),
      { seed: 20260101, numRuns: 100 },
    );
  });

  it('does not take the other meaning of a word', () => {
    for (const text of [
      'He sells energetic particles.',
      'She lives on a quiet street and votes for no political parties.',
      'He tried in vain to fix the nervous system of the machine.',
      'It was kind of warm, the store is open, and the wind is cold.',
      'They work in organized labor at a private company.',
    ])
      expect(shippedScorer(text), text).toEqual([0, 0, 0, 0, 0]);
  });

  it('takes hostile texts: empty, broken, endless, in linear time', () => {
    for (const text of ['', ' ', '\u0000', '\ud800', '*', '!!!', "n't", 'not '.repeat(50), '“”', '静かな人です。'])
      expect(shippedScorer(text), JSON.stringify(text)).toEqual([0, 0, 0, 0, 0]);
    const milliseconds = (text: string): number => {
      const start = performance.now();
      expect(shippedScorer(text).every(Number.isFinite)).toBe(true);
      return performance.now() - start;
    };
    for (const part of ['a', 'not ', 'keep ', 'avoid avoids ', 'very shy, ', 'no interest in '])
      expect(milliseconds(part.repeat(Math.ceil(1e6 / part.length))), part).toBeLessThan(4_000);
  });

  it('reads the text of a persona in a fraction of a millisecond', () => {
    const text = blindSentences
      .map(([, , sentence]) => sentence)
      .join(' ')
      .split(' ')
      .slice(0, 300)
      .join(' ');
    for (let k = 0; k < 50; k++) shippedScorer(text);
    const times = Array.from({ length: 100 }, () => {
      const start = performance.now();
      shippedScorer(text);
      return performance.now() - start;
    });
    expect(times.sort((a, b) => a - b)[50]).toBeLessThan(2);
  });
});

describe('the word list', () => {
  it('has at least 120 expressions on each side of each domain, none on two sides', () => {
    const sides = new Map<string, string>();
    for (const domain of traitDomains)
      for (const side of ['high', 'low'] as const) {
        const expressions = blindLexicon.domains[domain][side];
        expect(new Set(expressions).size, `${domain} ${side}`).toBe(expressions.length);
        expect(expressions.length, `${domain} ${side}`).toBeGreaterThanOrEqual(120);
        for (const expression of expressions.flatMap(written)) {
          expect(sides.get(expression) ?? `${domain} ${side}`, expression).toBe(`${domain} ${side}`);
          sides.set(expression, `${domain} ${side}`);
        }
      }
  });

  it('refuses capitals, hyphens, short stems and unknown keys', () => {
    const withHigh = (expression: string): unknown => ({
      ...blindLexicon,
      domains: { ...blindLexicon.domains, openness: { high: [expression], low: ['x'] } },
    });
    for (const expression of ['Curious', 'open-minded', 'cu*', 'two  spaces', '', 'a||b'])
      expect(BlindScorerLexicon.safeParse(withHigh(expression)).success, expression).toBe(false);
    expect(BlindScorerLexicon.safeParse(withHigh('curi* about *')).success).toBe(true);
    expect(BlindScorerLexicon.safeParse({ ...blindLexicon, more: [] }).success).toBe(false);
  });
});

/** All ways to write an expression. */
const written = (expression: string): string[] =>
  expression
    .split(' ')
    .reduce<string[]>(
      (starts, slot) => starts.flatMap((start) => slot.split('|').map((word) => `${start} ${word}`)),
      [''],
    );

// Texts of personas by language models with stated Big Five scores, where they are at hand: not part of this project.
const realPersonas = new URL('../../../../shared/data/tinytroupe-personas/personas_flat.jsonl.gz', import.meta.url);

describe.skipIf(!existsSync(realPersonas))(
  'on personas that language models wrote (skipped where they are absent)',
  () => {
    interface Row {
      readonly big_five_1to5?: Readonly<Record<string, number>>;
      readonly big_five_text?: Readonly<Record<string, string>>;
      readonly traits?: readonly string[];
      readonly beliefs?: readonly string[];
      readonly interests?: readonly string[];
    }
    const letters: Readonly<Record<TraitDomain, string>> = {
      extraversion: 'E',
      agreeableness: 'A',
      conscientiousness: 'C',
      neuroticism: 'N',
      openness: 'O',
    };

    it('follows the stated traits with r of at least .5 in every domain', () => {
      const rows = gunzipSync(readFileSync(realPersonas))
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Row);
      const scored = rows.map((row) =>
        shippedScorer(
          [
            ...Object.values(row.big_five_text ?? {}),
            ...(row.traits ?? []),
            ...(row.beliefs ?? []),
            ...(row.interests ?? []),
          ].join(' '),
        ),
      );
      for (const [k, domain] of traitDomains.entries()) {
        const stated = rows.map((row) => row.big_five_1to5?.[letters[domain]]);
        const known = stated.flatMap((value, i) => (typeof value === 'number' ? [i] : []));
        const { r } = coupling(
          known.map((i) => scored[i]![k]!),
          known.map((i) => stated[i]!),
          known.map((_, i) => i),
          { replicates: 0, random: randomStream('1') },
        );
        expect(known.length).toBeGreaterThan(300);
        expect(r, domain).toBeGreaterThan(0.5);
      }
    });
  },
);
