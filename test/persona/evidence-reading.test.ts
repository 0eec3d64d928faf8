import { describe, expect, it, test } from 'vitest';
import { readSentences } from '../../src/persona/evidence/reading.js';
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
