import { describe, expect, it, test } from 'vitest';
import { layersOf, marks } from '../../../src/persona/narrative/marks.js';

describe('layersOf', () => {
  it('parts a text before the paragraph that opens with a mark, whichever it is', () => {
    for (const mark of marks)
      for (const posts of ['the posts', 'my posts']) {
        const words = mark.replace('$posts', posts).replace('$c', 'she sews');
        const drawn = `${words.charAt(0).toUpperCase()}${words.slice(1)}.\n\nShe is calm.`;
        expect(layersOf(`One.\n\nTwo.\n\n${drawn}`)).toEqual({ said: 'One.\n\nTwo.\n\n', drawn });
      }
  });

  test.each([
    ['no mark', 'She sews.\n\nShe is calm.'],
    ['a mark inside a paragraph', 'She sews. The rest is drawn at random rather than read: she is calm.'],
    ['nothing', ''],
  ])('leaves a text whole with %s', (_, text) => {
    expect(layersOf(text)).toEqual({ said: text, drawn: '' });
  });
});
