import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tagWords } from '../../src/text/tagger.js';

const tagged = (text: string): string =>
  tagWords(text)
    .map(({ text: word, pos }) => `${word}/${pos}`)
    .join(' ');

describe('tagWords', () => {
  it('tells verbs from nouns', () => {
    expect(tagged('We garden in our garden.')).toBe('we/PRON garden/VERB in/ADP our/PRON garden/NOUN ./PUNCT');
    expect(tagWords('I knitted two hats').map(({ lemma }) => lemma)).toEqual(['i', 'knit', 'two', 'hat']);
  });

  it.each([
    ["I'm tired", 'i/PRON', "'m/AUX"],
    ['im tired', 'i/PRON', "'m/AUX"],
    ['I’ve knitted', 'i/PRON', "'ve/AUX"],
    ['ive knitted', 'i/PRON', 've/AUX'],
  ])('cuts contractions: %s', (text, subject, verb) => {
    expect(tagged(text).split(' ').slice(0, 2)).toEqual([subject, verb]);
  });

  it('points at the words in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        let last = 0;
        for (const { start, end } of tagWords(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          last = end;
        }
      }),
      { seed: 7, numRuns: 300 },
    );
    const text = "Well, I don't knit — ever.";
    expect(tagWords(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      'Well',
      ',',
      'I',
      'do',
      "n't",
      'knit',
      '—',
      'ever',
      '.',
    ]);
  });
});
