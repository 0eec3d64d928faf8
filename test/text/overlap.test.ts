import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { verbatimOverlap } from '../../src/text/overlap.js';
import type { Overlap } from '../../src/text/overlap.js';

/** The slow method: every run of the text against every run of every source. */
function slowly(text: string, sources: readonly string[]): Overlap {
  const of = (s: string): string[] => s.split(' ').filter((word) => word !== '');
  const own = of(text);
  let [tokens, characters] = [0, 0];
  for (const source of sources.map(of))
    for (let i = 0; i < own.length; i++)
      for (let j = 0; j < source.length; j++) {
        let n = 0;
        while (i + n < own.length && j + n < source.length && own[i + n] === source[j + n]) n++;
        tokens = Math.max(tokens, n);
        characters = Math.max(characters, n === 0 ? 0 : own.slice(i, i + n).join(' ').length);
      }
  return { tokens, characters };
}

describe('verbatimOverlap', () => {
  test.each<[string, string, string[], Overlap]>([
    ['nothing in common', 'a b', ['c d'], { tokens: 0, characters: 0 }],
    ['empty text', '', ['c d'], { tokens: 0, characters: 0 }],
    ['no sources', 'a b', [], { tokens: 0, characters: 0 }],
    ['case and punctuation', 'He said: THE CAT, sat!', ['the cat sat down'], { tokens: 3, characters: 12 }],
    ['not across sources', 'one two three four', ['one two', 'three four'], { tokens: 2, characters: 10 }],
    [
      'the longest in characters is another run',
      'a b c x extraordinary circumstances',
      ['a b c', 'extraordinary circumstances'],
      { tokens: 3, characters: 27 },
    ],
    ['curly apostrophes', 'I’m here now', ["I'm here now"], { tokens: 3, characters: 12 }],
  ])('%s', (_, text, sources, expected) => {
    expect(verbatimOverlap(sources)(text)).toEqual(expected);
  });

  it('agrees with the slow method', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'cc', 'd'), { maxLength: 14 }).map((all) => all.join(' '));
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 4 }), (own, sources) => {
        expect(verbatimOverlap(sources)(own)).toEqual(slowly(own, sources));
      }),
      { seed: 20260101, numRuns: 500 },
    );
  });

  it('stays linear where every run repeats', () => {
    const started = performance.now();
    const overlap = verbatimOverlap(['a '.repeat(60_000), 'a b '.repeat(30_000)]);
    expect(overlap('a '.repeat(50_000)).tokens).toBe(50_000);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
