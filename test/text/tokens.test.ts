import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { fold, sentences, wordCount, words } from '../../src/text/tokens.js';

const texts = (tokens: readonly { text: string }[]): string[] => tokens.map(({ text }) => text);

describe('words', () => {
  test.each([
    ['', []],
    ['  ...!? ', []],
    ["Don't panic, it's a 41-year-old.", ["Don't", 'panic', "it's", 'a', '41-year-old']],
    ['I’m “here” — now', ['I’m', 'here', 'now']],
    ["rock 'n' roll", ['rock', 'n', 'roll']],
    ['naïve Ångström e\u0301tude', ['naïve', 'Ångström', 'e\u0301tude']],
    ['猫が好き', ['猫', 'が', '好', 'き']],
    ['3.5 km & $20', ['3', '5', 'km', '20']],
  ])('reads %j', (text, expected) => {
    expect(texts(words(text))).toEqual(expected);
    expect(wordCount(text)).toBe(expected.length);
  });

  // Character by character, by what words are.
  function slowly(text: string): string[] {
    const found: string[] = [];
    const characters = Array.from(text);
    const isLetter = (at: number): boolean => /[\p{L}\p{N}]/u.test(characters[at] ?? '');
    let open = '';
    characters.forEach((character, at) => {
      const joins = /['’-]/.test(character) && isLetter(at - 1) && isLetter(at + 1);
      if (isLetter(at) || joins) open += character;
      else if (open !== '') found.push(open);
      if (!isLetter(at) && !joins) open = '';
    });
    return open === '' ? found : [...found, open];
  }

  it('cuts words as they are defined, with letters of English alone and with others', () => {
    const unit = fc.constantFrom('a', 'Z', '7', "'", '’', '-', ' ', '.', '“', '”', '…', '—', '·', '_', '\n');
    for (const letters of [unit, fc.oneof(unit, fc.constantFrom('é', 'ß', 'я', '²', '𝔸'))])
      fc.assert(
        fc.property(fc.string({ unit: letters, maxLength: 40 }), (text) => {
          expect(texts(words(text))).toEqual(slowly(text));
          expect(wordCount(text)).toBe(slowly(text).length);
        }),
        { seed: 20260101, numRuns: 500 },
      );
  });

  it('gives offsets that cut the word out of the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        let end = 0;
        for (const word of words(text)) {
          expect(text.slice(word.start, word.end)).toBe(word.text);
          expect(word.start).toBeGreaterThanOrEqual(end);
          end = word.end;
        }
      }),
      { seed: 20260101 },
    );
  });
});

describe('sentences', () => {
  test.each([
    ['', []],
    ['One. Two! Three?', ['One.', 'Two!', 'Three?']],
    ['No end', ['No end']],
    ['Line one\nline two', ['Line one', 'line two']],
    ['Dr. Smith paid $3.50. Then left.', ['Dr. Smith paid $3.50.', 'Then left.']],
    ['J. R. came. So did I. Later.', ['J. R. came.', 'So did I.', 'Later.']],
    ['He said "why." I left.', ['He said "why."', 'I left.']],
    ['Wait... what?! Yes.', ['Wait...', 'what?!', 'Yes.']],
    ['好。坏！', ['好。', '坏！']],
  ])('reads %j', (text, expected) => {
    expect(texts(sentences(text))).toEqual(expected);
  });

  it('covers every visible character once, in order', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'B', ' ', '.', '!', '"', '\n', 'é'), maxLength: 80 }),
        (text) => {
          const found = sentences(text);
          for (const { text: sentence, start, end } of found) expect(text.slice(start, end)).toBe(sentence);
          expect(texts(found).join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
        },
      ),
      { seed: 20260101, numRuns: 500 },
    );
  });
});

test.each([
  'a'.repeat(1_000_000),
  "a'".repeat(500_000),
  ' '.repeat(1_000_000),
  '.'.repeat(1_000_000),
  'Mr. '.repeat(250_000),
  'é'.repeat(500_000),
])('stays linear on a hostile megabyte (%#)', (text) => {
  const started = performance.now();
  words(text);
  sentences(text);
  expect(performance.now() - started).toBeLessThan(3000);
});

test('fold compares words whatever their case and apostrophe', () => {
  expect(fold('DON’T')).toBe("don't");
  expect(fold('Cafe\u0301')).toBe('café');
});
