import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { clausesOf, isAboutSelf, textOf } from '../../src/persona/evidence/clauses.js';
import {
  isCutShort,
  isInQuotation,
  isMadeUp,
  isPlainlySaid,
  isSomebodyElses,
} from '../../src/persona/evidence/plainly-said.js';
import { readSentences, type Sentence } from '../../src/persona/evidence/reading.js';

const sentencesOf = (text: string): Sentence[] => readSentences({ posts: [{ id: 'a#1', text }] });

/** `+` own, `-` of others; `!` not asserted; the verbs; the words. */
const shown = (text: string): string[] =>
  sentencesOf(text).flatMap((sentence) =>
    clausesOf(sentence).map(
      ({ isOwn, isAsserted, verbs, words }) =>
        `${isOwn ? '+' : '-'}${isAsserted ? '' : '!'} ${verbs.map(({ lemma }) => lemma).join(' ')}: ${textOf(words)}`,
    ),
  );

describe('clausesOf', () => {
  test.each([
    ['We garden, that helps.', ['+ garden: we garden', '- help: helps']],
    ['I love to knit because it calms me.', ['+ love knit: i love to knit', '- calm: it calms me']],
    ['Took the kayak out at dawn.', ['+ take: took the kayak out at dawn']],
    ['I wish I had a boat', ['+ wish: i wish', '+! have: i had a boat']],
    ["I'd like to quit, live on a boat", ["+! like quit: i 'd like to quit", '+! live: live on a boat']],
    ['My bf says I play too much chess', ['- say: my bf says', '+! play: i play too much chess']],
    ['He fishes and I cook', ['- fish: he fishes', '+ cook: i cook']],
    ['I never hike.', ['+! hike: i never hike']],
    ['If I win, I retire', ['+! win: i win', '+ retire: i retire']],
    ['I used to be prediabetic', ['+! use be: i used to be prediabetic']],
    ["I'm going to take up pottery", ["+! go take: i 'm going to take up pottery"]],
    ['Do I knit?', ['+ do: do', '+! knit: i knit']],
    ['My wife works nights', ['- work: my wife works nights']],
    ['I read it in a train', ['+ read: i read it in a train']],
    [
      'stickball every spring till my ankles say otherwise',
      ['+ : stickball every spring', '-! say: my ankles say otherwise'],
    ],
  ])('of %j', (text, expected) => {
    expect(shown(text)).toEqual(expected);
  });

  it('covers any sentence from left to right, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        for (const sentence of sentencesOf(text)) {
          let last = 0;
          for (const { words, after } of clausesOf(sentence)) {
            expect(after).toBeLessThanOrEqual(words.length);
            for (const { start, end } of words) {
              expect(start).toBeGreaterThanOrEqual(last);
              last = end;
            }
          }
        }
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});

test.each([
  ["Sciatica's got me typing from the floor", true],
  ['My sister has lupus and I worry', false],
  ['The weather is bad', false],
])('isAboutSelf: the first clause of %j', (text, expected) => {
  expect(isAboutSelf(clausesOf(sentencesOf(text)[0]!)[0]!)).toBe(expected);
});

/** The stretch between brackets. */
function plain(marked: string): boolean {
  const start = marked.indexOf('[');
  const end = marked.indexOf(']') - 1;
  return isPlainlySaid(sentencesOf(marked.replace(/[[\]]/g, '')).at(-1)!, start, end);
}

describe('isPlainlySaid', () => {
  test.each([
    '[I have asthma]',
    '[My daughter] sings to me',
    '[52m], never married, two dogs',
    '[I teach] at a school',
  ])('yes: %s', (text) => {
    expect(plain(text)).toBe(true);
  });

  test.each([
    'If [I have asthma], I move',
    'She says [I snore]',
    'Do [I have asthma]?',
    'I wish [I had a boat]',
    'This is for [our children] and the planet',
    'One of [my girls] called',
    'The gentleman is [widowed]',
    'I sold [my baby] clothes',
    'when [I start a new job] all will be well',
    "I'm graduating in December [with my masters]",
  ])('no: %s', (text) => {
    expect(plain(text)).toBe(false);
  });
});

it('takes verse and conversations for made up', () => {
  expect(isMadeUp(Array.from({ length: 8 }, (_, k) => `I walk alone, line ${k}`).join('\n'))).toBe(true);
  expect(isMadeUp('Sam: I quit.\nDee: Why?\nSam: I am tired.')).toBe(true);
  expect(isMadeUp('I walk alone. I like it.\nMostly at dawn, along the canal behind the mill, in any weather.')).toBe(
    false,
  );
});

it('sees where a phrase goes on', () => {
  const [sentence] = sentencesOf('my brother in-law and my baby clothes and my dog');
  const at = (words: string): number => sentence!.text.indexOf(words) + words.length;
  expect(isCutShort(sentence!, at('my brother'))).toBe(true);
  expect(isCutShort(sentence!, at('my baby'))).toBe(true);
  expect(isCutShort(sentence!, at('my dog'))).toBe(false);
});

it('sees quotations that are still open', () => {
  const text = 'He says "I quit" often. Then: "I write poems. I sing';
  expect(isInQuotation(text, text.indexOf('often'))).toBe(false);
  expect(isInQuotation(text, text.indexOf('I sing'))).toBe(true);
  expect(isInQuotation(`${text}\nI bake.`, text.length + 2)).toBe(false);
});

test.each([
  ['I have watched him being [an excellent husband]', true],
  ['and [the wife] had not been able to sleep', true],
  ['[A very shy guy], as he calls himself', true],
  ['he wished [I was his wife]', true],
  ['[A guy] from my old crew called', true],
  ['[One of my girls] came to see me', true],
  ['[My wife] says he is right', false],
  ['[White dude] in his garage with a guitar, yes I know', false],
])('isSomebodyElses: %s', (marked, expected) => {
  const [start, end] = [marked.indexOf('['), marked.indexOf(']') - 1];
  expect(isSomebodyElses(sentencesOf(marked.replace(/[[\]]/g, ''))[0]!, start, end)).toBe(expected);
});
