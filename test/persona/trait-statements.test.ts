import { describe, expect, it } from 'vitest';
import { readSentences } from '../../src/persona/evidence/reading.js';
import { traitStatementReader } from '../../src/persona/evidence/trait-statements.js';
import { TraitStatement } from '../../src/persona/narrative-persona.js';
import { lexicons } from './evidence-fixture.js';

const read = traitStatementReader(lexicons.traitStatements);
const postsOf = (texts: readonly string[]) => texts.map((text, k) => ({ id: `p#${k + 1}`, text }));
const statements = (...texts: readonly string[]) => read(readSentences({ posts: postsOf(texts) }));
/** `-E strongly`: low extraversion. */
const short = (...texts: readonly string[]): string[] =>
  statements(...texts).map(
    ({ domain, keying, strength }) => `${keying === 1 ? '+' : '-'}${domain[0]!.toUpperCase()} ${strength}`,
  );

describe('trait statements', () => {
  it.each([
    ["I'm painfully shy.", ['-E strongly']],
    ['I am shy', ['-E plainly']],
    ["I'm a bit shy, and I know it.", ['-E somewhat']],
    ["I'm such an introvert", ['-E strongly']],
    ["I'm a total introvert who loves dogs.", ['-E strongly']],
    ['I am a perfectionist.', ['+C plainly']],
    ["I'm a bit of a perfectionist", ['+C somewhat']],
    ['I worry about everything', ['+N plainly']],
    ['I constantly worry about everything!', ['+N strongly']],
    ['I get along with everybody.', ['+A plainly']],
    ["I've always been the quiet one.", ['-E plainly']],
    ['I tend to put things off', ['-C plainly']],
    ["I'd describe myself as open-minded.", ['+O plainly']],
    ['I’m extremely anxious by nature', ['+N strongly']],
    ["I'm a calm person.", ['-N plainly']],
    ['Im a very outgoing girl', ['+E strongly']],
  ])('are read: %s', (text, expected) => {
    expect(short(text)).toEqual(expected);
  });

  it.each([
    ["I've never been the organised type.", ['-C plainly']],
    ["I'm not shy.", ['+E somewhat']],
    ["I'm not very organized.", ['-C somewhat']],
    ["I'm anything but organized.", ['-C plainly']],
    ["I'm the opposite of shy.", ['+E plainly']],
    ["I don't hold grudges", ['+A somewhat']],
    ['I never worry about everything', ['-N plainly']],
    ["I'm not shy or lazy.", ['+E somewhat', '+C plainly']],
    // To deny a mood says little; "not just" denies nothing.
    ["I'm not always nervous.", []],
    ["I'm not just shy, I'm terrified of phones.", ['-E plainly']],
    ["I'm not going to lie, I'm lazy.", ['-C plainly']],
  ])('are turned around by denials: %s', (text, expected) => {
    expect(short(text)).toEqual(expected);
  });

  it.each([
    ['a wish', 'I wish I was more outgoing.'],
    ['a wish in the present', "I wish I'm shy no more."],
    ['the past', 'I used to be shy. As a kid I was lazy.'],
    ['somebody else', 'My sister is shy. You are so organized.'],
    ["somebody else's words", 'My brother says I am lazy.'],
    ['a quotation', "She laughed: “I'm painfully shy.”"],
    ['a joke', "I'm shy lol"],
    ['a joke that comes after', "I'm an introvert. Just kidding."],
    ['a condition', "If I'm shy, so what."],
    ['a question', "Am I shy? Or I'm lazy?"],
    ['a time', "Sometimes I'm lazy. Lately I'm impulsive. I'm lazy today."],
    ['a guess', "Maybe I'm lazy."],
    ['one occasion', "I'm shy about singing. I'm nervous about tomorrow. I'm responsible for the accident."],
    ['a mood', "I'm nervous. I'm quiet. I'm angry and sad."],
    ['certain people', 'I hate people who litter. I love being alone with you.'],
    ['another meaning', "I'm kind of busy. I'm always cold. I'm driven to work by my mom. I'm kind to animals."],
    ['what could be', 'I can be shy. I would never say I am shy. I am too shy to ask.'],
  ])('do not come from %s', (_, text) => {
    expect(short(text)).toEqual([]);
  });

  it('are read one by one from a list, and what is between them is passed over', () => {
    expect(short("I'm kind, funny and shy.")).toEqual(['+A plainly', '-E plainly']);
    expect(short("I'm a bit disorganized and a total procrastinator")).toEqual(['-C somewhat', '-C strongly']);
    const [kind, shy] = statements("Well, I'm kind, funny and really shy.");
    const spanOf = ({ start, end }: { start: number; end: number }) =>
      "Well, I'm kind, funny and really shy.".slice(start, end);
    expect([spanOf(kind!.source), spanOf(shy!.source)]).toEqual(["I'm kind", 'really shy']);
  });

  it('count once for each entry of the lexicon, as they were said last, in the order of the posts', () => {
    const all = statements("I'm shy.", "I'm lazy. I am bashful.", "I'm not shy.");
    expect(all.map(({ domain, keying, strength, source }) => [domain, keying, strength, source.post])).toEqual([
      ['conscientiousness', -1, 'plainly', 'p#2'],
      ['extraversion', 1, 'somewhat', 'p#3'],
    ]);
    for (const statement of all) expect(TraitStatement.parse(statement)).toEqual(statement);
  });

  it('take linear time on any text', () => {
    for (const text of [
      'I '.repeat(30_000),
      "I'm ".repeat(20_000),
      "I'm shy, ".repeat(10_000),
      "I'm not very really a ".repeat(5000),
      "I'm kind, and ".repeat(5000),
      '\u0130I’m shy '.repeat(5000),
    ]) {
      const started = performance.now();
      statements(text);
      expect(performance.now() - started).toBeLessThan(4000);
    }
  });
});

describe('the lexicon', () => {
  const { entries } = lexicons.traitStatements;

  it('has statements on both sides of every domain', () => {
    const sides = new Set(entries.map(({ domain, keying }) => `${domain} ${keying}`));
    expect(sides.size).toBe(10);
  });

  it('has every expression once, in patterns that compile', () => {
    const all = entries.flatMap(({ is, usually, does }) => [...is, ...usually, ...does]);
    expect(all.filter((text, k) => all.indexOf(text) !== k)).toEqual([]);
    for (const text of all) expect(() => new RegExp(`^(?:${text})$`)).not.toThrow();
  });

  it('is read back: every trait said plainly is found in its entry', () => {
    for (const { domain, keying, is } of entries)
      for (const expression of is.filter((text) => !text.includes('('))) {
        const found = statements(`I am ${expression}.`);
        expect(
          found.map((statement) => [statement.domain, statement.keying]),
          expression,
        ).toEqual([[domain, keying]]);
      }
  });
});
