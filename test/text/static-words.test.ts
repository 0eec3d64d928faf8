import { describe, expect, it } from 'vitest';
import { anyNumber, wordFinder } from '../../src/text/static-words.js';

const vocabulary = ['dog', 'city', 'make', 'walk', 'box', "don't", 'well', 'known', '42', anyNumber, 'cafe', 'its'];
const find = wordFinder(vocabulary);
const found = (text: string): string[] =>
  find(text).map((word) => (typeof word === 'number' ? vocabulary[word]! : `?${word}`));

describe('wordFinder', () => {
  it.each([
    ['Dog DOG dog', ['dog', 'dog', 'dog']],
    ["the dog's", ['?the', 'dog']],
    ["xyzzy's", ['?xyzzy']],
    ['dogs', ['dog']],
    ['cities boxes', ['city', 'box']],
    ['making walking', ['make', 'walk']],
    ['walked', ['walk']],
    ['don’t', ["don't"]],
    ['well-known', ['well', 'known']],
    ['well-xyzzy-dogs', ['well', '?xyzzy', 'dog']],
    ['42 43 1999', ['42', '#', '#']],
    ['café CAFÉS', ['cafe', 'cafe']],
    ['naïve', ['?naïve']],
    ['犬', ['?犬']],
    ['__proto__ constructor', ['?proto', '?constructor']],
    ['', []],
    ['... — !', []],
  ])('finds in %j: %j', (text, expected) => expect(found(text)).toEqual(expected));
});
