import { describe, expect, it } from 'vitest';
import { isCommon, topics } from '../../src/text/topics.js';

const common = new Set('i a the my we to in and it was is go like love plan story hope on for with old new'.split(' '));

describe('topics', () => {
  it('finds recurring nouns, the most frequent form, with a mention after a determiner', () => {
    const texts = [
      'I love my telescope. The telescopes in the yard.',
      'The telescope and a lichen.',
      'We like the telescope with lichens. My lichen!',
    ];
    const found = topics(texts, common, 5);
    expect(found.map(({ word, texts: n }) => [word, n])).toEqual([
      ['telescope', 3],
      ['lichen', 2],
    ]);
    for (const { word, text, start, end } of found)
      expect(texts[text]!.slice(start, end).toLowerCase()).toContain(word);
  });

  it('passes over names, single mentions and verbs', () => {
    expect(topics(['my rose. Then Rose came and Rose sat.', 'We saw Rose.'], common, 5)).toEqual([]);
    expect(
      topics(['Then we met Zelda and the Zelda crew.', 'With my Zelda.', 'I zigzag.', 'I zigzag home.'], common, 5),
    ).toEqual([]);
  });

  it('leaves out what is left of markup', () => {
    const texts = [
      'the urlLink and the nbsp; of my http page',
      'my urllink, the nbsp, an href, the lichen',
      'a lichen',
    ];
    expect(topics(texts, common, 5).map(({ word }) => word)).toEqual(['lichen']);
  });

  it('gives at most k, in a fixed order', () => {
    const texts = ['the apple the berry the cherry', 'the cherry the berry the apple'];
    expect(topics(texts, common, 2).map(({ word }) => word)).toEqual(['apple', 'berry']);
    expect(topics([], common, 2)).toEqual([]);
  });

  it('knows inflections of common words', () => {
    for (const word of ['stories', 'hoping', 'planned', 'goes', 'loved', 'older'])
      expect(isCommon(word, common)).toBe(true);
    for (const word of ['telescope', 'sing']) expect(isCommon(word, common)).toBe(false);
  });
});
