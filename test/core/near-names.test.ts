import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/core/near-names.js';

describe('nearest', () => {
  // Distances by hand: kitten -> sitting is 3 (Wagner & Fischer), one third of the letters are 2.
  it.each([
    ['one letter wrong', 'p-1fda08804aa4', ['p-1fda088040a4', 'p-c73cd50f0a4e'], ['p-1fda088040a4']],
    ['a letter too many, another case', 'Alicee', ['alice', 'bob'], ['alice']],
    ['nearest first, then by name', 'aaaaaa', ['aaaabb', 'aaaaab', 'aaaaac'], ['aaaaab', 'aaaaac', 'aaaabb']],
    ['too different', 'kitten', ['sitting'], []],
    ['no names', 'kitten', [], []],
    ['nothing asked', '', ['a', 'ab'], ['a']],
  ])('%s', (_, asked, names, found) => expect(nearest(asked, names)).toEqual(found));

  it('gives at most five', () => {
    expect(
      nearest(
        'name',
        Array.from({ length: 9 }, (_, i) => `name${i}`),
      ),
    ).toHaveLength(5);
  });
});
