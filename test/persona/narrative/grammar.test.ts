import { describe, expect, it, test } from 'vitest';
import { article, baseOf, conjugated, listed, realised, sentence } from '../../../src/persona/narrative/grammar.js';
import { asSingular, voiceOf, voices } from '../../../src/persona/narrative/voice.js';

const [she, he, they] = [voiceOf('female'), voiceOf('male'), voiceOf(undefined)];
const i = voiceOf('male', 'first');

describe('voices', () => {
  it('has the pronouns of each', () => {
    expect(voices.map((voice) => voice.they)).toEqual(['she', 'he', 'they', 'I']);
    expect(voiceOf('other')).toBe(they);
    expect(voiceOf(undefined, 'first')).toBe(i);
    expect(asSingular(they)).toEqual({ ...they, agreement: 'singular' });
  });
});

describe('verbs', () => {
  // Forms from any English grammar.
  test.each([
    ['be', 'am', 'is', 'are'],
    ['have', 'have', 'has', 'have'],
    ['was', 'was', 'was', 'were'],
    ['do', 'do', 'does', 'do'],
    ['go', 'go', 'goes', 'go'],
    ['teach', 'teach', 'teaches', 'teach'],
    ['push', 'push', 'pushes', 'push'],
    ['pass', 'pass', 'passes', 'pass'],
    ['carry', 'carry', 'carries', 'carry'],
    ['play', 'play', 'plays', 'play'],
    ['lie', 'lie', 'lies', 'lie'],
    ['put', 'put', 'puts', 'put'],
    ['forget', 'forget', 'forgets', 'forget'],
    ['argue', 'argue', 'argues', 'argue'],
    ['see', 'see', 'sees', 'see'],
    ['keep', 'keep', 'keeps', 'keep'],
    ['draw', 'draw', 'draws', 'draw'],
    ['fix', 'fix', 'fixes', 'fix'],
  ])('inflects %s', (base, first, singular, plural) => {
    expect(conjugated(base, 'first')).toBe(first);
    expect(conjugated(base, 'singular')).toBe(singular);
    expect(conjugated(base, 'plural')).toBe(plural);
    expect(baseOf(singular)).toBe(base);
  });

  test.each([['moved'], ['never'], ['was'], ['went'], ['<b>is'], ['s'], ['']])('%j is no third person', (word) => {
    expect(baseOf(word)).toBe(word === 'was' ? 'was' : undefined);
  });
});

describe('realised', () => {
  const template = '[keep] to {themselves} and <know> {their} place, $x {them}';
  test.each([
    [she, 'finite', 'keeps to herself and knows her place, with {they} her'],
    [he, 'infinitive', 'keep to himself and knows his place, with {they} him'],
    [they, 'finite', 'keep to themselves and know their place, with {they} them'],
    [i, 'finite', 'keep to myself and know my place, with {they} me'],
  ] as const)('fills a template for %o, %s', (voice, mood, expected) => {
    // What is put into a slot is never read as a template.
    expect(realised(template, voice, { x: 'with {they}' }, mood)).toBe(expected);
  });

  it('leaves alone what it does not know', () => {
    expect(realised('$unknown {others} [Not]', she)).toBe('$unknown {others} [Not]');
    expect(realised('$x', she, { x: '$x $& [be]' })).toBe('$x $& [be]');
  });
});

describe('articles and lists', () => {
  test.each([
    ['electrician', 'an'],
    ['welder', 'a'],
    ['81-year-old woman', 'an'],
    ['18-year-old man', 'an'],
    ['11-year-old', 'an'],
    ['41-year-old', 'a'],
    ['university clerk', 'a'],
    ['uninvolved onlooker', 'an'],
    ['unusually kind person', 'an'],
    ['hour', 'an'],
    ['HVAC tech', 'an'],
    ['UPS driver', 'a'],
  ])('article of %j is %s', (noun, expected) => {
    expect(article(noun)).toBe(expected);
  });

  test.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
    [['a and b', 'c'], 'a and b, and c'],
    [['a', 'b and c'], 'a and b and c'],
    [['a', 'b and c', 'd'], 'a, b and c, and d'],
    [['lives in Tulsa, Oklahoma', 'sews'], 'lives in Tulsa, Oklahoma and sews'],
  ])('lists %j', (parts, expected) => {
    expect(listed(parts)).toBe(expected);
  });

  it('makes sentences', () => {
    expect(sentence('she sews')).toBe('She sews.');
    expect(listed(['a', 'b', 'c'], 'or')).toBe('a, b or c');
  });
});
