import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteFinder } from '../../src/persona/model/quote.js';

describe('quoteFinder', () => {
  it.each([
    { text: 'I am a nurse.', quote: 'am a nurse', found: 'am a nurse' },
    { text: 'I am a nurse.', quote: '  am a\n nurse. ', found: 'am a nurse.' },
    { text: 'I  am\n\ta nurse', quote: 'I am a nurse', found: 'I  am\n\ta nurse' },
    { text: 'start the art class', quote: 'art', found: 'art', at: 10 },
    { text: 'a\u{E0041}b c', quote: 'ab c', found: 'a\u{E0041}b c' },
    { text: '😀 my 😀 dog', quote: 'my 😀 dog', found: 'my 😀 dog' },
    { text: '私は看護師です', quote: '看護師', found: '看護師' },
    { text: 'wow', quote: 'wow', found: 'wow', at: 0 },
  ])('finds "$quote"', ({ text, quote, found, at = text.indexOf(found) }) => {
    const range = quoteFinder(text)(quote);
    expect(range).toEqual({ start: at, end: at + found.length });
  });

  it.each([
    { why: 'another word', text: 'I am a nurse', quote: 'I am a doctor' },
    { why: 'another case', text: 'I am a nurse', quote: 'i am a nurse' },
    { why: 'a word left out', text: 'I am not a nurse', quote: 'I am a nurse' },
    { why: 'the middle of a word', text: 'start', quote: 'art' },
    { why: 'the beginning of a word', text: 'artful', quote: 'art' },
    { why: 'no word', text: 'a, b ...', quote: '...' },
    { why: 'nothing', text: 'a', quote: '' },
    { why: 'an empty text', text: '', quote: 'a' },
    { why: 'longer than the text', text: 'a b', quote: 'a b c' },
  ])('does not find $why', ({ text, quote }) => {
    expect(quoteFinder(text)(quote)).toBeUndefined();
  });

  it('gives offsets that cut out the quote, for any run of words of any text', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '7'), minLength: 1, maxLength: 3 });
    const gap = fc.constantFrom(' ', '  ', '\n', ' \t ', ', ');
    const text = fc.array(fc.tuple(word, gap), { minLength: 1, maxLength: 20 });
    const squeezed = (s: string): string => s.replace(/\s+/g, ' ').trim();
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (parts, i, j) => {
        const whole = parts.map((part) => part.join('')).join('');
        const [from, to] = [i % parts.length, j % parts.length].sort((a, b) => a - b) as [number, number];
        const run = parts.slice(from, to + 1).map((part) => part.join(''));
        const quote = squeezed(run.join(''));
        const range = quoteFinder(whole)(quote)!;
        expect(squeezed(whole.slice(range.start, range.end))).toBe(quote);
      }),
      { seed: 20260101, numRuns: 500 },
    );
  });

  it('takes time in proportion to a long text', () => {
    const text = 'word '.repeat(200_000);
    const find = quoteFinder(text);
    expect(find('word word word')).toEqual({ start: 0, end: 14 });
    expect(find('word other')).toBeUndefined();
  });
});
