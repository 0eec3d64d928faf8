import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { matchesOf, opening, phrase, readSentences } from '../../src/persona/evidence/reading.js';
import { historyOf, reader } from './evidence-fixture.js';

/** Age, then the values of the attributes, in order of their names. */
function read(text: string): string {
  const { ageYears, attributes } = reader.readText(historyOf([text]).posts);
  const values = Object.keys(attributes)
    .sort()
    .map((name) => attributes[name]!.value);
  return [...(ageYears === undefined ? [] : [ageYears]), ...values].join(', ');
}

describe('who says it, and whether it is so', () => {
  test.each([
    // The subject is left out: the last one counts.
    ['52m, never married, two dogs.', '52, never married, male'],
    ['Widow here, just me and the cat.', 'widowed, female'],
    ['Retired teacher, 61, Boise.', '61, not in labor force, West'],
    ['I got tired of rain and moved to Denver.', 'West'],
    ["I'm a proud New  Yorker.", 'Northeast'],
    ['My sister called. Divorced again.', ''],
    ['Two of my classmates are now divorced.', ''],
    ['Man. What a day.', ''],
    ['Nurse at the clinic was rude.', ''],
    // Suppositions, and the way back from them.
    ['If I were 65 I would leave, but I am 52.', '52'],
    ['If you must know, I am 52.', '52'],
    ['Imagine I am 80.', ''],
    ['Picture this. I am 80 and a lawyer.', ''],
    ['My character is a 300 year old widow.', ''],
    // Taken back, or the words of somebody else.
    ['I am a lawyer. Just kidding.', ''],
    ['I am 41, said my brother.', ''],
    ['She texted me: I am 41.', ''],
    ["'I am a single father,' he told us.", ''],
    ['Boss: I am 60.\nMe: I am 41.', '41'],
    ['I am 19 at heart.', ''],
    // Presupposed whatever the clause says.
    ['If my husband asks, I was never here.', 'married'],
    ['He was my husband for one night in the play.', ''],
    ["I can't wait to meet my husband.", ''],
    ["I'd be lost without my boss.", 'employed'],
  ])('%j says %j', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test.each([
    ['My tomatoes are my children.', ['Gardens (tomatoes).']],
    ['I have 11 children and they are all succulents.', []],
    ['Mom of two huskies.', ['Is a mom.']],
    ['I have two kids.', ['Has two kids.']],
    ['I used to hike.', []],
    ['I kayak every weekend.', ['Kayaks.']],
    ["My roommate's asthma is bad.", []],
    ['Type 1 diabetic since age 9.', ['Is type 1 diabetic.']],
  ])('claims of %j', (text, expected) => {
    expect(reader.readText(historyOf([text]).posts).claims.map(({ statement }) => statement)).toEqual(expected);
  });
});

describe('readSentences', () => {
  const texts = (text: string): string[] => readSentences({ posts: [{ id: 'a#1', text }] }).map((one) => one.text);

  it('masks single quotes, open quotes and the lines of others, and leaves apostrophes', () => {
    expect(texts("'I'm 41,' he said.")).toEqual(["'·'· ··,' he said."]);
    expect(texts('He said "I am 41 and left')).toEqual(['He said "· ·· ·· ··· ····']);
    expect(texts("the kids' room, born in '83, 'til then")).toEqual(["the kids' room, born in '83, 'til then"]);
    expect(texts('Mom: hi\nMe: hi')).toEqual(['···: ··', 'Me: hi']);
  });

  it('does not part a sentence after the stops of a degree, nor take a cut for a beginning', () => {
    expect(texts('Got a B.A. in sociology. Yes.')).toEqual(['Got a B.A. in sociology.', 'Yes.']);
    const [first, second] = texts(`${'so '.repeat(333)}widow here`);
    expect([first!.length, second!.startsWith('·')]).toEqual([998, true]);
  });

  test.each([
    ['i, my, '.repeat(14_000)],
    ["'a ".repeat(33_000)],
    ['and i have my own and '.repeat(4500)],
    ['he said that i am '.repeat(5500)],
    ['41, 41 and '.repeat(9000)],
    ['i work\n'.repeat(14_000)],
  ])('stays linear on %#', (text) => {
    const started = performance.now();
    reader.readText(historyOf([text]).posts);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('phrase', () => {
  const found = (source: string, text: string): string[] => matchesOf(text, phrase(source)).map(([match]) => match);

  test.each([
    ['my dog', ['my dog', 'my  dog', 'my   dog', 'my    dog'], ['my dog', 'my  dog', 'my   dog']],
    ['my ?dog', ['mydog', 'my dog', 'my   dog', 'my    dog'], ['mydog', 'my dog', 'my   dog']],
    ['my[ -]dog', ['my dog', 'my-dog', 'my  dog'], ['my dog', 'my-dog']],
    [
      `${opening}sold my dog`,
      ['sold my dog', 'she sold my dog', 'well,  sold  my dog'],
      ['sold my dog', 'sold  my dog'],
    ],
    ['\\bi own', ['i own', 'well,  i  own', 'ski own'], ['i own', 'i  own']],
  ])('%s', (source, texts, expected) => {
    expect(texts.flatMap((text) => found(source, text))).toEqual(expected);
  });

  it('finds what a search with up to three spaces for one finds, whatever the spaces of the text', () => {
    /** Pieces of a pattern as they are written, and with their spaces spelled out. */
    const pieces: readonly (readonly [string, string])[] = [
      ['cat', 'cat'],
      [' ', ' {1,3}'],
      [' ?', ' {0,3}'],
      ['(?:cat |s)?', '(?:cat {1,3}|s)?'],
      ['[- ]', '[- ]'],
      ['\\b', '\\b'],
      ['(?: dog){1,2}', '(?: {1,3}dog){1,2}'],
      ['(?<! )s', '(?<! {1,3})s'],
      ['(?= dog)', '(?= {1,3}dog)'],
    ];
    const texts = fc.array(fc.constantFrom('cat', 'dog', ' ', ' ', '  ', 's', '-'), { maxLength: 14 });
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }), texts, (drawn, parts) => {
        const [source, spaced] = [0, 1].map((k) => drawn.map((piece) => piece[k]!).join('')) as [string, string];
        const text = parts.join('');
        const all = (matches: Iterable<RegExpExecArray>): unknown[] =>
          Array.from(matches, ({ 0: match, index }) => [index, match]);
        expect(all(matchesOf(text, phrase(source)))).toEqual(all(text.matchAll(new RegExp(spaced, 'gi'))));
      }),
      { seed: 20260101, numRuns: 3000 },
    );
  });
});
