import { describe, expect, it, test } from 'vitest';
import { contradictions, evidenceReader } from '../../src/persona/evidence/evidence.js';
import { readSentences } from '../../src/persona/evidence/reading.js';
import { Evidence } from '../../src/persona/narrative-persona.js';
import { historyOf, lexicons, reader, variables } from './evidence-fixture.js';

const welder = [
  "I'm a 41-year-old man and I work as a welder in Tulsa. My wife says hi.",
  'We have two kids. I love old trucks. I hate small talk. The anvil is mine.',
  "I believe in second chances. I have asthma. My anvil, my bellows, the bellows again. I'm stubborn.",
];

const statements = (texts: readonly string[]): string[] =>
  reader.readText(historyOf(texts).posts).claims.map(({ statement }) => statement);

describe('evidence', () => {
  it('reads a history into the schema, every claim with a span in its post', () => {
    const history = historyOf(welder);
    const evidence = reader.read(history);
    expect(Evidence.parse(evidence)).toEqual(evidence);
    // 41 in May 2020, last post of May 2022.
    expect(evidence.ageYears).toBe(43);
    expect(evidence.attributes).toMatchObject({
      sex: { value: 'male', status: 'stated' },
      region: { value: 'South', status: 'inferred' },
      marital_status: { value: 'married', status: 'inferred' },
      employment: { value: 'employed', status: 'stated' },
    });
    expect(evidence.claims.map(({ statement }) => statement)).toEqual(
      expect.arrayContaining([
        'Was 41 in 2020.',
        'Is a man.',
        'Works as a welder.',
        'Has a wife.',
        'Has two kids.',
        'Loves old trucks.',
        'Dislikes small talk.',
        'Believes in second chances.',
        'Has asthma.',
        'Is stubborn.',
      ]),
    );
    for (const { source } of evidence.claims) {
      const post = history.posts.find(({ id }) => id === source.post)!;
      expect(source.end).toBeLessThanOrEqual(post.text.length);
      expect(post.text.slice(source.start, source.end).trim()).not.toBe('');
    }
    expect(evidence.topics).toEqual(['anvil']);
    expect(reader.read(history)).toEqual(evidence);
  });

  it('lets declared fields win, stated and without a source, and drops the claims they refute', () => {
    const { ageYears, attributes, claims } = reader.read(
      historyOf(welder, {
        ageYears: 60,
        attributes: { sex: 'female', race: 'Black', height: 'tall', education: 'none' },
      }),
    );
    expect(ageYears).toBe(60);
    expect(attributes.sex).toEqual({ value: 'female', status: 'stated' });
    expect(attributes.race).toEqual({ value: 'Black', status: 'stated' });
    // Not in the target: an unknown variable, an unknown category.
    expect(attributes.height).toBeUndefined();
    expect(attributes.education).toBeUndefined();
    expect(claims.map(({ statement }) => statement)).not.toContain('Is a man.');
  });

  it('writes only variables and categories that exist', () => {
    const narrow = evidenceReader({
      variables: [
        { name: 'sex', categories: ['female'] },
        { name: 'employment', categories: ['employed'] },
      ],
      lexicons,
      languageOf: () => 'en',
    });
    expect(Object.keys(narrow.readText(historyOf(welder).posts).attributes)).toEqual(['employment']);
  });

  it('names contradictions between text and fields', () => {
    const text = reader.readText(historyOf(welder).posts);
    expect(contradictions(text, { ageYears: 45, attributes: { sex: 'male' } })).toEqual([]);
    expect(contradictions(text, { ageYears: 46, attributes: { sex: 'female', race: 'White' } })).toEqual([
      { variable: 'age', text: '43', declared: '46' },
      { variable: 'sex', text: 'male', declared: 'female', source: text.attributes.sex!.source },
    ]);
  });

  it('takes unemployment only while it is recent, and work that is told of later', () => {
    const employment = (...texts: string[]): string | undefined =>
      reader.readText(historyOf(texts).posts).attributes.employment?.value;
    expect(employment('Nice day.', 'I got laid off.')).toBe('unemployed');
    expect(employment('I got laid off.', 'Nice day.', 'Nice day.')).toBeUndefined();
    expect(employment('I got laid off.', 'My boss laughed.')).toBe('employed');
    expect(employment('I work as a welder.', "I'm retired now.")).toBe('not in labor force');
  });

  it('does not tell of the old job after it was lost', () => {
    expect(statements(['I work as a welder.', 'I got laid off.', 'New job, smaller title.'])).toEqual(['Has a job.']);
    expect(statements(['I work as a welder.', 'My boss laughed.'])).toEqual(['Works as a welder.']);
  });

  test.each([
    ['My mother died when I was 5.', []],
    ['My brother never saw 48.', []],
    ['He is young enough to be my grandson.', []],
    ['I love it. I love you. I hate to say it. What I love is rain.', []],
    ["I don't love parties.", []],
    ['I love the smell of coffee in the morning before anyone wakes.', ['Loves the smell of coffee in the morning.']],
    ['I play the banjo again.', ['Plays the banjo.']],
    ['My daughter and our dog came.', ['Has a daughter.', 'Has a dog.']],
    ['I take care of my mother now.', ['Takes care of their mother.']],
  ])('claims of %j', (text, expected) => {
    expect(statements([text])).toEqual(expected);
  });

  it('survives odd input', () => {
    for (const texts of [
      [''],
      ['...'],
      ['"'.repeat(5000)],
      ["I'm ".repeat(20_000)],
      ['I am a '.repeat(20_000)],
      ['my wife '.repeat(20_000)],
      ['\u0000😀'.repeat(2000)],
    ]) {
      const started = performance.now();
      expect(Evidence.safeParse(reader.readText(historyOf(texts).posts)).success).toBe(true);
      expect(performance.now() - started).toBeLessThan(5000);
    }
  });
});

describe('readSentences', () => {
  it('masks what others say, keeping every offset', () => {
    const text = 'I said “I am 41.” Then I left.\n> quoted line\nMine.';
    const found = readSentences({ posts: [{ id: 'a#1', text }] });
    expect(found.map((sentence) => sentence.text)).toEqual([
      'I said "· ·· ··."',
      'Then I left.',
      '> ······ ····',
      'Mine.',
    ]);
    for (const { start, text: sentence } of found)
      expect(text.slice(start, start + sentence.length)).toHaveLength(sentence.length);
  });
});

describe('traits', () => {
  it('are cues of all the words, and what people say of themselves', () => {
    const { traitCues, traitStatements, words } = reader.readText(historyOf(["I'm shy. We met.", 'Fine.']).posts);
    expect(traitCues.map((cue) => cue.words)).toEqual([words, words, words, words, words]);
    expect(traitStatements).toEqual([
      {
        domain: 'extraversion',
        keying: -1,
        strength: 'plainly',
        source: { post: 'p-000000000001#1', start: 0, end: 7 },
      },
    ]);
  });
});

describe('lexicons', () => {
  it('hold 50 states and the capital with their Census regions, and cities of known states', () => {
    const { states, cities } = lexicons.places;
    const counts = states.reduce<Record<string, number>>(
      (all, { region }) => ({ ...all, [region]: (all[region] ?? 0) + 1 }),
      {},
    );
    // Census Bureau: 9 states in the Northeast, 12 in the Midwest, 16 and the District in the South, 13 in the West.
    expect(counts).toEqual({ Northeast: 9, Midwest: 12, South: 17, West: 13 });
    const codes = new Set(states.map(({ code }) => code));
    expect(cities.length).toBeGreaterThan(150);
    for (const { state } of cities) expect(codes.has(state)).toBe(true);
    expect(new Set(cities.map(({ name }) => name)).size).toBe(cities.length);
  });

  it('name only categories of the target', () => {
    expect(variables.find(({ name }) => name === 'region')!.categories).toEqual([
      'Northeast',
      'Midwest',
      'South',
      'West',
    ]);
    for (const title of [...lexicons.occupations.ambiguous, ...lexicons.occupations.graduate])
      expect(lexicons.occupations.titles).toContain(title);
  });
});

describe('sex', () => {
  it('is left open when the writer says both', () => {
    const { attributes } = reader.read(historyOf(["I'm a woman.", "I'm a man."]));
    expect(attributes['sex']).toBeUndefined();
    expect(reader.read(historyOf(["I'm a woman.", "I'm a woman."])).attributes['sex']?.value).toBe('female');
  });
});
