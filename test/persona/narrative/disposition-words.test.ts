import { describe, expect, it } from 'vitest';
import { realised, type Mood } from '../../../src/persona/narrative/grammar.js';
import { voices } from '../../../src/persona/narrative/voice.js';
import { traitDomains } from '../../../src/psychometrics/inventory.js';
import { lexicons } from '../evidence-fixture.js';

const { degrees, domains } = lexicons.dispositionWords;
const sides = traitDomains.flatMap((domain) => (['high', 'low'] as const).map((side) => domains[domain][side]));
const repeated = (all: readonly string[]): string[] => all.filter((one, k) => all.indexOf(one) !== k);

describe('disposition words', () => {
  it('names every domain, and says no phrase twice: each stands for one side of one trait', () => {
    expect(Object.keys(domains).sort()).toEqual([...traitDomains].sort());
    expect(repeated(sides.flatMap(({ adjectives }) => adjectives))).toEqual([]);
    expect(repeated(sides.flatMap(({ habits }) => Object.values(habits).flat()))).toEqual([]);
    expect(repeated(Object.values(degrees).flat())).toEqual([]);
  });

  it('speaks of other people without the pronouns of the person', () => {
    for (const text of JSON.stringify(domains).match(/"(?:[^"\\]|\\.)*"/g)!)
      expect(text).not.toMatch(/(?<![{])\b(?:he|she|him|his|hers?|they|them|their|theirs|themselves|I|my|me)\b(?!\})/i);
  });

  it('gives words in every voice and mood', () => {
    for (const { habits, values, leisure, coping } of sides)
      for (const template of [...Object.values(habits).flat(), ...values, ...leisure, ...coping])
        for (const voice of voices)
          for (const mood of ['finite', 'infinitive'] satisfies Mood[])
            expect(realised(template, voice, {}, mood)).toMatch(/^[A-Za-z][A-Za-z ,'-]+[a-z]$/);
    for (const degree of Object.values(degrees).flat()) expect(degree.split('$')).toHaveLength(2);
  });

  it('has a plain habit for sentences with an "and" of their own, and one that can be seen', () => {
    for (const { habits } of sides)
      for (const some of Object.values(habits)) {
        const plain = some.filter((one) => !/ and |,/.test(one));
        expect(plain.length).toBeGreaterThan(5);
        expect(
          plain.filter((one) => !/^\[(?:like|tend|prefer|need|want|have|find|feel|know|live|trust|care)\]/.test(one))
            .length,
        ).toBeGreaterThan(3);
      }
  });

  it('uses no word for an occupation: "orderly" would be read as a job', () => {
    const { titles, ambiguous } = lexicons.occupations;
    const jobs = new Set([...titles, ...ambiguous]);
    expect(sides.flatMap(({ adjectives }) => adjectives).filter((word) => jobs.has(word))).toEqual([]);
  });

  it('names a trait in phrases for that side of it alone', () => {
    const words = traitDomains.flatMap((domain) =>
      (['high', 'low'] as const).flatMap((side) =>
        domains[domain][side].adjectives.map((word) => ({ owner: `${domain} ${side}`, word })),
      ),
    );
    for (const domain of traitDomains)
      for (const side of ['high', 'low'] as const) {
        const { habits, values, leisure, coping } = domains[domain][side];
        const text = [...Object.values(habits).flat(), ...values, ...leisure, ...coping].join(' | ');
        for (const { owner, word } of words)
          if (owner !== `${domain} ${side}`)
            expect(new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(text), `${word} in ${domain} ${side}`).toBe(false);
      }
  });
});
