import { describe, expect, it, test } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { nearDuplicates } from '../../src/text/near-duplicates.js';

/** The slow method: sets of joined words, all pairs. */
function bruteForce(texts: readonly string[], threshold: number): [number, number, number][] {
  const sets = texts.map((text) => {
    const words = text
      .toLowerCase()
      .split(' ')
      .filter((word) => word !== '');
    const count = words.length === 0 ? 0 : Math.max(1, words.length - 4);
    return new Set(Array.from({ length: count }, (_, k) => words.slice(k, k + 5).join(' ')));
  });
  const pairs: [number, number, number][] = [];
  for (let i = 0; i < sets.length; i++)
    for (let j = i + 1; j < sets.length; j++) {
      const common = [...sets[i]!].filter((shingle) => sets[j]!.has(shingle)).length;
      const similarity = common / (sets[i]!.size + sets[j]!.size - common);
      if (similarity >= threshold) pairs.push([i, j, similarity]);
    }
  return pairs;
}

/** 120 texts: 30 originals of 60 words and three copies each with 0 to 6 words changed. */
function corpus(): string[] {
  const random = randomStream('near-duplicates');
  const word = (): string => `w${random.below(400)}`;
  return Array.from({ length: 30 }, () => Array.from({ length: 60 }, word)).flatMap((original) => [
    original.join(' '),
    ...[1, 2, 3].map((copy) => {
      const changed = [...original];
      for (let k = 0; k < 2 * copy - 2 + random.below(2); k++) changed[random.below(changed.length)] = word();
      return changed.join(' ');
    }),
  ]);
}

describe('nearDuplicates', () => {
  test.each([0.2, 0.5, 0.8, 0.95, 1])('finds what brute force finds at %d', (threshold) => {
    const texts = corpus();
    const expected = bruteForce(texts, threshold);
    expect(expected.length).toBeGreaterThan(10);
    expect(nearDuplicates(texts, { threshold })).toEqual(expected);
  });

  test.each<[string, string[], [number, number, number][]]>([
    ['nothing', [], []],
    ['one text', ['a b c d e f'], []],
    ['texts without words', ['', '...', '!'], []],
    ['short texts', ['Hello there', 'hello THERE!', 'hello you'], [[0, 1, 1]]],
    // 6 words have 2 shingles; one of them in common: 1/3.
    ['one shingle of three', ['a b c d e f', 'a b c d e g'], []],
  ])('handles %s', (_, texts, expected) => {
    expect(nearDuplicates(texts)).toEqual(expected);
  });

  it('counts one shingle of three as a third', () => {
    expect(nearDuplicates(['a b c d e f', 'a b c d e g'], { threshold: 0.3 })).toEqual([[0, 1, 1 / 3]]);
  });

  it('does not depend on the order of the texts', () => {
    const texts = corpus();
    const reversed = nearDuplicates([...texts].reverse()).map(([i, j, s]) => [
      texts.length - 1 - j,
      texts.length - 1 - i,
      s,
    ]);
    expect(reversed.sort(([a, b], [c, d]) => a! - c! || b! - d!)).toEqual(nearDuplicates(texts));
  });
});
