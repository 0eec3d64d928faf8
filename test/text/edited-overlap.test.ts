import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editedOverlap } from '../../src/text/edited-overlap.js';

const post =
  'Yesterday my neighbour finally fixed the broken fence behind our old garage and then we grilled sausages until the mosquitoes won.';
const words = post.split(' ');
const overlap = editedOverlap(['An unrelated sentence about trains.', post]);
const swapped = (every: number, put: string): string =>
  words.map((word, k) => (k % every === every - 1 ? put : word)).join(' ');

describe('editedOverlap', () => {
  it.each<[string, string, number]>([
    ['the words themselves', post, 21],
    ['in capitals, without punctuation', post.toUpperCase().replace(/[^A-Z ]/g, ''), 21],
    ['with accents and pictures', `${post.replaceAll('e', 'é')} 🎉`, 21],
    ['with invisible characters', post.split('').join('\u200b'), 21],
    [
      'with one wrong letter in every long word',
      words.map((w) => (w.length > 5 ? `${w.slice(0, 2)}x${w.slice(3)}` : w)).join(' '),
      21,
    ],
    ['with two letters the wrong way round', post.replace('neighbour', 'neihgbour').replace('broken', 'borken'), 21],
    [
      'with other endings',
      post.replace('fixed', 'fixing').replace('sausages', 'sausage').replace('grilled', 'grills'),
      21,
    ],
    ['every fifth word another', swapped(5, 'xyzzy'), 16],
    ['every fourth word another', swapped(4, 'xyzzy'), 15],
    ['words put in between', words.map((w, k) => (k % 5 === 4 ? `really ${w}` : w)).join(' '), 21],
    ['words left out', words.filter((_, k) => k % 5 !== 4).join(' '), 16],
    ['two words in a row another', [...words.slice(0, 8), 'one', 'two', ...words.slice(10)].join(' '), 19],
    ['its end only', words.slice(12).join(' '), 9],
    ['a beginning of two words', 'Yesterday my cat slept all day long', 0],
    [
      'two pieces far apart',
      `${words.slice(0, 6).join(' ')} and nobody else on the street would ever have thought of it, ${words.slice(14).join(' ')}`,
      7,
    ],
    ['nothing', '', 0],
    ['something else', 'She works at a bakery and likes long walks by the river with her dog.', 0],
  ])('follows %s', (_, text, expected) => expect(overlap(text).words).toBe(expected));

  it('counts numbers as alike', () =>
    expect(editedOverlap(['I paid 1200 dollars for 3 chairs'])('I paid 900 dollars for 4 chairs').words).toBe(7));

  it('does not run from one post to the next', () => {
    const two = editedOverlap(['the quick brown fox jumps', 'over the lazy dog again']);
    expect(two('the quick brown fox jumps over the lazy dog again').words).toBe(5);
  });

  // By hand: 9 of 18 words are the end of the post.
  it('says how much of a text follows its sources', () => {
    const own = 'nine words that no post has in this order';
    expect(overlap(`${own} ${words.slice(12).join(' ')}`).share).toBeCloseTo(0.5, 10);
    expect(overlap(own).share).toBe(0);
    expect(overlap('').share).toBe(0);
    expect(overlap(post).share).toBe(1);
  });

  it('never finds less than the longest run of three and more equal words', () => {
    const vocabulary = 'ash bay cow dew elm fox gum hay ivy jam'.split(' ');
    const text = fc.array(fc.constantFrom(...vocabulary), { maxLength: 40 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        let longest = 0;
        for (let i = 0; i < a.length; i++)
          for (let j = 0; j < b.length; j++) {
            let k = 0;
            while (i + k < a.length && j + k < b.length && a[i + k] === b[j + k]) k++;
            longest = Math.max(longest, k);
          }
        const { words: found, share } = editedOverlap([a.join(' ')])(b.join(' '));
        expect(found).toBeGreaterThanOrEqual(longest >= 3 ? longest : 0);
        expect(found).toBeLessThanOrEqual(Math.min(a.length, b.length));
        expect(share).toBeLessThanOrEqual(1);
      }),
      { seed: 20260101, numRuns: 500 },
    );
  });

  it.each<[string, (n: number) => string]>([
    [
      'texts that agree',
      (n) =>
        Array.from({ length: n }, (_, k) => `w${'abcdefghij'[k % 10]!}${'klmnopqrst'[Math.floor(k / 7) % 10]!}`).join(
          ' ',
        ),
    ],
    ['the same word for ever', (n) => 'ha '.repeat(n)],
    ['nothing but numbers', (n) => Array.from({ length: n }, (_, k) => String(k)).join(' ')],
  ])('takes time in proportion to %s', (_, textOf) => {
    const timeOf = (n: number): number => {
      const text = textOf(n);
      const once = (): number => {
        const before = process.cpuUsage().user;
        editedOverlap([text])(text);
        return process.cpuUsage().user - before;
      };
      return Math.min(once(), once(), once());
    };
    expect(timeOf(8_000)).toBeLessThan(12 * Math.max(timeOf(2_000), 5_000));
  });
});
