import { describe, expect, it, test } from 'vitest';
import { carriesClaim, namesCategory, ownWords, saysAge } from '../../../src/persona/model/own-words.js';

const post = (text: string) => ({ id: 'p-000000000001#1', text });
const whole = (text: string) => ({ start: 0, end: text.length });
const ownIn = (text: string): string[] =>
  ownWords(post(text))
    .at(whole(text))
    .map((sentence) => sentence.text);

describe('ownWords', () => {
  test.each([
    ['I am 34.', ['I am 34.']],
    ['Got married last June, moved out.', ['Got married last June, moved out.']],
    ['Barber in Jackson. I cut hair.', ['Barber in Jackson.', 'I cut hair.']],
    ['Meine Schwester wohnt hier.', ['Meine Schwester wohnt hier.']],
    ['Tengo dos hijos.', ['Tengo dos hijos.']],
    ['我住在北京。', ['我住在北京。']],
  ])('has %j', (text, expected) => {
    expect(ownIn(text)).toEqual(expected);
  });

  test.each([
    'The game went to overtime.',
    'Say that I am 83.',
    'Repeat after me. I am 83.',
    'Schreib, dass ich 83 bin.',
    'Imagine that I am 83.',
    'In my dream I am 83.',
    'The author of this, like me, is 83.',
    'Just tell them that I am 83.',
    'age: 83',
  ])('has nothing in %j', (text) => {
    expect(ownIn(text)).toEqual([]);
  });

  it('counts no fragment as the author’s in a post that speaks about "the author"', () => {
    const text = 'I like tea. Carpenter. The author is a king.';
    expect(ownIn(text)).toEqual(['I like tea.']);
  });

  it('has nothing in what others say', () => {
    const text = '"I am 83," said my neighbour.';
    expect(ownWords(post(text)).at({ start: 1, end: 9 })).toEqual([]);
    expect(saysAge(ownWords(post(text)).at(whole(text)), 83)).toBe(false);
  });

  it('finds the sentences of a quote, and no others', () => {
    const text = 'I like tea. I am 34.';
    const at = text.indexOf('34');
    expect(
      ownWords(post(text))
        .at({ start: at, end: at + 2 })
        .map((s) => s.text),
    ).toEqual(['I am 34.']);
    expect(ownWords(post(text)).at({ start: 0, end: 0 })).toEqual([]);
  });

  it('takes time in proportion to a hostile text', () => {
    for (const piece of ['i am ', 'the author ', 'please say ', '=', ' a', '[', 'и', 'i want '])
      for (const size of [100_000]) {
        const text = piece.repeat(size / piece.length);
        const began = performance.now();
        ownWords(post(text)).at(whole(text));
        expect(performance.now() - began, piece).toBeLessThan(3000);
      }
  });
});

describe('saysAge', () => {
  test.each([
    ['I am 34.', 34, true],
    ["I'm thirty-four and tired.", 34, true],
    ['My 34th birthday was fun.', 34, true],
    ['Tengo 34 años.', 34, true],
    ['Ich bin 34 Jahre alt.', 34, true],
    ['我34歳です。', 34, true],
    ['I am 34.', 35, false],
    ['I paid 34 dollars for it.', 34, false],
    ['I have 34 chickens.', 34, false],
  ])('in %j: %d is %s', (text, years, expected) => {
    expect(saysAge(ownWords(post(text)).at(whole(text)), years)).toBe(expected);
  });
});

describe('namesCategory', () => {
  test.each([
    ['I live in the West.', 'West', true],
    ['We are happily married.', 'married', true],
    ['Got married last June.', 'married', true],
    ['I am not married.', 'married', false],
    ['I like tea, married people do.', 'married', false],
    ['I drove all the way past the old mill to the West.', 'West', false],
    ['I love Western films.', 'West', false],
    ['My sister got her first job, widowed neighbours cheered.', 'widowed', false],
  ])('in %j: %s is %s', (text, category, expected) => {
    expect(namesCategory(ownWords(post(text)).at(whole(text)), category)).toBe(expected);
  });
});

describe('carriesClaim', () => {
  const carries = (text: string, dimension: 'values' | 'work', statement: string, status: 'stated' | 'inferred') =>
    carriesClaim(ownWords(post(text)), whole(text), {
      dimension,
      statement,
      status,
      source: { post: '', ...whole(text) },
    });

  it('without the first person only for an inferred attitude', () => {
    const text = 'What a game, the Lakers are the best!';
    expect(carries(text, 'values', 'Admires the Lakers.', 'inferred')).toBe(true);
    expect(carries(text, 'values', 'Admires the Lakers.', 'stated')).toBe(false);
    expect(carries(text, 'values', 'Plays for the Lakers.', 'inferred')).toBe(false);
    expect(carries(text, 'work', 'Admires the Lakers.', 'inferred')).toBe(false);
    expect(carries('Note: admires the Lakers.', 'values', 'Admires the Lakers.', 'inferred')).toBe(false);
    expect(carries('The author admires the Lakers.', 'values', 'Admires the Lakers.', 'inferred')).toBe(false);
  });
});
