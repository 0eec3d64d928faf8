import { describe, expect, it, test } from 'vitest';
import { statedAge } from '../../src/persona/evidence/age.js';
import { historyOf } from './evidence-fixture.js';

const read = (...texts: string[]): string | undefined => {
  const age = statedAge(historyOf(texts));
  return age && `${age.years} (${age.status})`;
};

describe('statedAge', () => {
  test.each([
    ["I'm 41.", '41 (stated)'],
    ['im 24 and tired', '24 (stated)'],
    ['I am forty-one years old.', '41 (stated)'],
    ["I'm a 63-year-old welder.", '63 (stated)'],
    ['As a 52 year old woman I laugh.', '52 (stated)'],
    ['I turned 63 in July.', '63 (stated)'],
    ['Turned 49 and the girls filled my truck.', '49 (stated)'],
    ['At 70 I find that I no longer argue.', '70 (stated)'],
    ['My 50th birthday was yesterday.', '50 (stated)'],
    ['My 50th birthday is next month.', '49 (inferred)'],
    ["I'll be 80 in June.", '79 (inferred)'],
    ["I'm almost 40.", '39 (inferred)'],
    ['I was born in 1961.', '59 (inferred)'],
    ['I was born in Ohio in March of 1961.', '59 (inferred)'],
    ['So my (38F) plants died.', undefined],
    ['Me (38F) and the plants.', '38 (stated)'],
    ["I'm in 10th grade.", '15 (inferred)'],
    ['My 10th grade class read it today.', '15 (inferred)'],
    ["I'm a sophomore in high school.", '15 (inferred)'],
  ])('%j says %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test.each([
    'My mother is 60.',
    'She turned 41 last week.',
    'When I was 25 I could lift a car.',
    'When I turned 40 nothing happened.',
    "When I'm 64 I will knit.",
    "I'm 41 weeks pregnant.",
    "I'm 30 minutes away.",
    "I'm 20 pounds heavier.",
    "I'm 100% sure.",
    "I'm 50/50 on it.",
    "I'm 6 feet tall.",
    "I'm 30, 40 feet up.",
    'I feel like I am 80.',
    'I wish I were 30.',
    'He said "I\'m 41" and left.',
    '> I am 41.\nNot me.',
    'At 25 I married a fool.',
    'So then at sixty-one I am in a hall.',
    'I turned 30 pages.',
    'I turned 21 ten years ago.',
    "I'm not 40.",
    "I'm 30-something.",
    'My 10th grade students read it.',
    'I remember my 10th grade class.',
    'I teach, and my 10th grade class read it.',
    "I'm pushing 50.",
    'I think I am 41 percent coffee.',
    'She was born in 1961.',
  ])('is silent on %j', (text) => {
    expect(read(text)).toBeUndefined();
  });

  it('takes the latest post, and stated before inferred', () => {
    expect(read("I'm 41.", "I'm 42.")).toBe('42 (stated)');
    expect(read("I'm 41.", 'I was born in 1950.')).toBe('41 (stated)');
    expect(read("I'm 41.", 'My 10th grade class was fun.')).toBe('41 (stated)');
  });

  it('points at the words', () => {
    const text = 'Hello there. Well, I’m 41, since you ask.';
    const { source } = statedAge(historyOf([text]))!;
    expect(text.slice(source.start, source.end)).toBe('I’m 41');
  });

  it('needs a date to read a year of birth, and gives nothing for nothing', () => {
    expect(statedAge({ posts: [{ id: 'a#1', text: 'I was born in 1961.' }] })).toBeUndefined();
    expect(statedAge({ posts: [{ id: 'a#1', text: '' }] })).toBeUndefined();
  });
});
