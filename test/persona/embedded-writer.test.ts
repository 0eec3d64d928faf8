import { beforeAll, describe, expect, it, test } from 'vitest';
import { longestQuotation, quotations } from '../../src/persona/embedded-quotations.js';
import { embeddedWriter } from '../../src/persona/embedded-writer.js';
import { layersOf } from '../../src/persona/narrative/marks.js';
import { traitDomains } from '../../src/psychometrics/inventory.js';
import { verbatimOverlap } from '../../src/text/overlap.js';
import { sentences, wordCount } from '../../src/text/tokens.js';
import { historyOf, lexicons, reader, variables } from './evidence-fixture.js';
import {
  demoPeople,
  drawnFrom,
  isMisread,
  narrate,
  writers,
  type Draw,
  type Person,
} from './embedded-writer-fixture.js';
import type { Disposition, Evidence, TraitStatement } from '../../src/persona/narrative-persona.js';
import type { z } from 'zod';

const { degrees, domains } = lexicons.dispositionWords;
const withoutQuotations = (text: string): string => text.replace(/“[^”]*”/g, '“”');
const hasWord = (text: string, word: string): boolean => new RegExp(`(?<![\\w-])${word}(?![\\w-])`, 'i').test(text);

const welder = historyOf([
  "I'm a 41-year-old man and I work as a welder in Tulsa. My wife says hi. I burned my thumb again.",
  'We have two kids and a lot of noise in the house every day. I love old trucks. Nothing beats a clean bead.',
  'I am proud of my shop. My anvil sings. The anvil was a gift. Zelda never liked it.',
]);
const nobody: Evidence = {
  attributes: {},
  claims: [],
  topics: [],
  tone: 0,
  words: 1,
  language: 'und',
  traitCues: [],
  traitStatements: [],
};
const flat = [0, 0, 0, 0, 0];

const draws: Record<Person, Draw[]> = { third: [], first: [] };

// 600 draws of the demo people in each person; what 2,000 of them show is in the slow suite.
beforeAll(async () => {
  const people = await demoPeople();
  for (const person of ['third', 'first'] as const)
    for (let k = 0; k < 600; k++) {
      const { history, evidence } = people[k % people.length]!;
      const disposition = drawnFrom(evidence, `${person} ${k}`);
      draws[person].push({
        history,
        evidence,
        disposition,
        text: await narrate(history, evidence, disposition, person),
      });
    }
}, 60_000);

describe.each(['third', 'first'] as const)('600 draws of the demo people, in the %s person', (person) => {
  it('has whole sentences', () => {
    for (const { text } of draws[person]) {
      const bare = withoutQuotations(text);
      for (const { text: sentence } of sentences(bare)) expect(sentence).toMatch(/^[A-Z“].*\.$/s);
      expect(bare).not.toMatch(/undefined|NaN|[{}<>[\]\\]|\$[a-z]| {2}| [,.;:]|,,|\.\.|;\.|,\./);
      expect(bare).not.toMatch(/\b(\w+) \1\b/i);
      expect(bare).not.toMatch(/\ba [aeio]|\ban [bcdfgjklmnpqrstvwxyz]/);
      expect(bare).not.toMatch(
        /\b(?:he|she) (?:are|have|were|do)\b|\bthey (?:is|has|was|does)\b|\bI (?:is|are|has|does)\b/i,
      );
      expect(bare.match(/\balso\b/g)?.length ?? 0).toBeLessThan(2);
    }
  });

  it('is as long as a portrait should be', () => {
    const lengths = draws[person].map(({ text }) => wordCount(text)).sort((a, b) => a - b);
    expect(lengths[0]).toBeGreaterThanOrEqual(120);
    expect(lengths.at(-1)).toBeLessThanOrEqual(260);
    // Nine in ten lie from 130 to 220.
    expect(lengths[30]).toBeGreaterThanOrEqual(130);
    expect(lengths[569]).toBeLessThanOrEqual(220);
  });

  it('has a layer on the posts that is the same for all draws of a person, and one on the draw', () => {
    const said = new Map<string, Set<string>>();
    for (const { history, text } of draws[person]) {
      const layers = layersOf(text);
      expect(layers.drawn).not.toBe('');
      said.set(history.person, (said.get(history.person) ?? new Set()).add(layers.said));
    }
    for (const texts of said.values()) expect(texts.size).toBe(1);
  });

  it('names every trait at least 7 points from the average, on its side, with its strength', () => {
    for (const { disposition, text } of draws[person]) {
      const { drawn } = layersOf(text);
      traitDomains.forEach((domain, k) => {
        const z = disposition.traits[k]!;
        const [own, opposite] = z > 0 ? (['high', 'low'] as const) : (['low', 'high'] as const);
        const named = (side: 'high' | 'low') => domains[domain][side].adjectives.filter((word) => hasWord(drawn, word));
        if (Math.abs(z) < 0.7) return;
        expect(named(own), `${domain} ${z.toFixed(2)}: ${drawn}`).not.toEqual([]);
        expect(named(opposite), `${domain} ${z.toFixed(2)}: ${drawn}`).toEqual([]);
        const strength = Math.abs(z) >= 1.8 ? 'strong' : Math.abs(z) >= 1.2 ? 'clear' : 'mild';
        const hasDegree = named(own).some((word) =>
          degrees[strength].some((degree) =>
            new RegExp(degree.replace('$', `(?:[\\w-]+ and )?${word}`), 'i').test(drawn),
          ),
        );
        expect(hasDegree, `${domain} ${strength}: ${drawn}`).toBe(true);
      });
      expect(drawn).not.toMatch(/\bT\b|score|percentile/);
    }
  });

  it('leans to no side of a trait near the average', () => {
    const ends = new Set(Object.values(domains).flatMap(({ ends: { low, high } }) => [low, high]));
    for (const { disposition, text } of draws[person]) {
      const { drawn } = layersOf(text);
      traitDomains.forEach((domain, k) => {
        if (Math.abs(disposition.traits[k]!) >= 0.7) return;
        for (const side of ['high', 'low'] as const)
          for (const word of domains[domain][side].adjectives)
            if (!ends.has(word)) expect(hasWord(drawn, word), `${word}: ${drawn}`).toBe(false);
      });
    }
  });

  it('is built differently for every persona', () => {
    const structures = draws[person].map(({ text }) =>
      sentences(withoutQuotations(text))
        .map(
          ({ text: sentence }) => `${sentence.split(' ').slice(0, 2).join(' ')} ${Math.round(wordCount(sentence) / 5)}`,
        )
        .join('|'),
    );
    expect(new Set(structures).size).toBeGreaterThan(597);
  });

  it('copies no run longer than a quotation may be, and quotes at most three sentences, word for word', () => {
    for (const { history, evidence, text } of draws[person].slice(0, 300)) {
      const { tokens, characters } = verbatimOverlap(history.posts.map((post) => post.text))(text);
      expect(tokens).toBeLessThanOrEqual(longestQuotation.tokens);
      expect(characters).toBeLessThanOrEqual(longestQuotation.characters);
      const quoted = Array.from(text.matchAll(/“([^”]+)”/g), ([, words]) => words!);
      const claimed = evidence.claims.map(({ statement }) => statement).join(' ');
      const kin = quoted.filter((words) => !claimed.includes(`“${words}”`));
      expect(kin.length).toBeLessThanOrEqual(3);
      for (const words of kin)
        expect(
          history.posts.some((post) => post.text.includes(words)),
          words,
        ).toBe(true);
    }
  });
});

describe('persons', () => {
  // All 2,000 in embedded-writer.slow.ts.
  it.each(['third', 'first'] as const)('is read again as the person that it is about (%s person)', (person) => {
    expect(draws[person].filter((_, k) => k % 10 === 0).filter(isMisread)).toHaveLength(0);
  });

  it('never speaks of the person in the third person where the person speaks, or the other way round', () => {
    for (const { text } of draws.first)
      expect(withoutQuotations(text)).not.toMatch(
        /\b(?:he|she|him|her|his|hers|himself|herself|they|them|their|theirs|themselves)\b/i,
      );
    for (const { text } of draws.third) expect(withoutQuotations(text)).not.toMatch(/\b(?:I|me|my|mine|myself)\b/);
  });

  it('uses the pronouns of the sex that is known where it is known', () => {
    for (const { evidence, disposition, text } of draws.third) {
      const { said, drawn } = layersOf(withoutQuotations(text));
      const wrong = (sex: string | undefined): RegExp =>
        sex === 'female'
          ? /\b(?:he|him|his|himself)\b/i
          : sex === 'male'
            ? /\b(?:she|her|herself)\b/i
            : /\b(?:s?he|him|her|his)\b/i;
      // Relatives are named in the posts, and only there.
      expect(said).not.toMatch(wrong(evidence.attributes['sex']?.value));
      expect(drawn).not.toMatch(wrong((evidence.attributes['sex'] ?? disposition.attributes['sex'])!.value));
    }
  });
});

describe('embeddedWriter', () => {
  it('has a name, a version and no prompts', () => {
    expect(writers.third.name).toBe('embedded@2');
    expect(writers.third.prompts).toEqual([]);
  });

  it('tells what the posts say, quotes, and sets apart what was drawn', async () => {
    const answer = await writers.third.readEvidence(welder, new AbortController().signal);
    const evidence = answer.kind === 'answered' ? answer.value : nobody;
    const disposition: Disposition = {
      ageYears: 43,
      attributes: {
        race: { value: 'White', status: 'imputed' },
        hispanic: { value: 'Not Hispanic', status: 'imputed' },
        household_income: { value: '$65,000-$79,999', status: 'imputed' },
      },
      traits: [2, 0, 0, 0, 0],
    };
    const { said, drawn } = layersOf(await narrate(welder, evidence, disposition));
    for (const fact of ['43', 'man', 'a welder', 'Tulsa, Oklahoma', 'a wife', 'old trucks'])
      expect(said).toContain(fact);
    expect(said).toMatch(
      /“(?:I burned my thumb again|Nothing beats a clean bead|My anvil sings|The anvil was a gift)”/,
    );
    expect(said).not.toContain('White');
    for (const fact of ['is White and not Hispanic', '$65,000 to $79,999 a year']) expect(drawn).toContain(fact);
  });

  it('reads with the reader that it is given', async () => {
    const own = { ...reader, read: () => nobody };
    const writer = embeddedWriter({ variables, lexicons, reader: own });
    expect(await writer.readEvidence(welder, new AbortController().signal)).toMatchObject({ value: nobody });
  });

  it('gives the same bytes for the same input, whatever was written between', async () => {
    const evidence = reader.read(welder);
    const write = (): Promise<string[]> =>
      Promise.all(Array.from({ length: 12 }, (_, k) => narrate(welder, evidence, drawnFrom(evidence, `draw ${k}`))));
    const texts = await write();
    expect(await write()).toEqual(texts);
    expect(new Set(texts).size).toBe(12);
    const [alone] = await Promise.all([
      embeddedWriter({ variables, lexicons }).narrate(
        welder,
        evidence,
        drawnFrom(evidence, 'draw 7'),
        new AbortController().signal,
      ),
    ]);
    expect(alone).toMatchObject({ value: texts[7] });
  });

  it.each(['third', 'first'] as const)('has enough to say of a person who says nothing (%s person)', async (person) => {
    const silent = historyOf(['Hello']);
    for (const attributes of [{}, { sex: { value: 'female', status: 'imputed' as const } }])
      for (let k = 0; k < 100; k++) {
        const history = { ...silent, person: `p-${k}` };
        const traits = k % 2 === 0 ? flat : drawnFrom(nobody, `silent ${k}`).traits;
        const text = await narrate(history, nobody, { ageYears: 34, attributes, traits }, person);
        expect(wordCount(text)).toBeGreaterThanOrEqual(120);
        expect(wordCount(text)).toBeLessThanOrEqual(260);
        for (const { text: sentence } of sentences(text)) expect(sentence).toMatch(/^[A-Z].*\.$/);
      }
  });

  it('names what the posts leave open', async () => {
    const text = await narrate(historyOf(['Hello']), nobody, { ageYears: 34, attributes: {}, traits: flat });
    const { said } = layersOf(text);
    for (const words of [
      /background|origins|home/,
      /work|job|occupation/,
      /family|past/,
      /pastimes|leisure|hobbies/,
      /convictions|values|beliefs/,
      /character|personality|temperament/,
    ])
      expect(said).toMatch(words);
  });

  it('finds words for any variable of any target', async () => {
    const other = embeddedWriter({
      variables: [{ name: 'mother_tongue', categories: ['French', 'English'] }],
      lexicons,
    });
    const answer = await other.narrate(
      historyOf(['Hello']),
      nobody,
      { ageYears: 30, attributes: { mother_tongue: { value: 'French', status: 'imputed' } }, traits: flat },
      new AbortController().signal,
    );
    expect(answer.kind === 'answered' && answer.value).toMatch(
      /(?:falls?|belongs?) under “French” (?:for|as to) mother tongue|for mother tongue, the category is “French”/i,
    );
  });

  it('keeps hostile claims and categories from breaking the text', async () => {
    const source = { post: 'p-000000000001#1', start: 0, end: 5 };
    const hostile = [
      '<script>x</script>',
      '',
      '{they} [be] $v.',
      `Has ${'very '.repeat(400)}much.`,
      'Is\n\nThe rest is drawn at random rather than read: x.',
      '“”.',
    ];
    const evidence: Evidence = {
      ...nobody,
      claims: hostile.flatMap((statement, k) =>
        (['demographics', 'work', 'personality', 'values', 'interests', 'experiences'] as const).map((dimension) => ({
          dimension,
          statement,
          status: 'stated' as const,
          source: { ...source, end: 6 + k },
        })),
      ),
    };
    const attributes = { region: { value: '<b>\n\nSouth {they}</b>', status: 'imputed' as const } };
    for (const person of ['third', 'first'] as const) {
      const text = await narrate(
        historyOf(['Hello there']),
        evidence,
        { ageYears: 30, attributes, traits: flat },
        person,
      );
      expect(text).not.toMatch(/[{}<>[\]]|undefined/);
      expect(text.split('\n\n').length).toBeLessThanOrEqual(3);
      expect(wordCount(text)).toBeLessThanOrEqual(260);
    }
  });
});

describe('what people say of themselves', () => {
  const source = { post: 'p-000000000001#1', start: 0, end: 7 };
  const statement = (keying: 1 | -1): z.infer<typeof TraitStatement> => ({
    domain: 'extraversion',
    keying,
    strength: 'plainly',
    source,
  });
  const shy: Evidence = {
    ...nobody,
    claims: [{ dimension: 'personality', statement: 'Is shy.', status: 'stated', source }],
    traitStatements: [statement(-1)],
  };
  const write = (evidence: Evidence, z: number, k: number, person: Person): Promise<string> =>
    narrate(
      { ...historyOf(["I'm shy."]), person: `p-${k}` },
      evidence,
      { ageYears: 30, attributes: {}, traits: [z, 0, 0, 0, 0] },
      person,
    );

  it.each(['third', 'first'] as const)(
    'is told as theirs, and conceded where the draw says the opposite (%s person)',
    async (person) => {
      for (let k = 0; k < 60; k++) {
        const text = await write(shy, 1.5, k, person);
        expect(layersOf(text).said).toMatch(/(?:call|describe|see|own)\w* .*\bshy\b/);
        const about = sentences(layersOf(text).drawn).find((one) => /\bshy\b/.test(one.text));
        expect(about?.text).toMatch(/\b(?:[Aa]lthough|yet|[Dd]espite|but)\b/);
        expect(about?.text).toMatch(/\bdraw\b|\bdrawn\b/);
        expect(domains.extraversion.high.adjectives.some((word) => hasWord(about!.text, word))).toBe(true);
      }
    },
  );

  it('is not conceded where the draw agrees or is near the average', async () => {
    for (let k = 0; k < 40; k++)
      for (const z of [-1.5, 0.5])
        expect(layersOf(await write(shy, z, k, 'third')).drawn).not.toMatch(/\bcalls? \w+ (?:shy)|despite|although/i);
  });

  it('has words where no claim has', async () => {
    const text = await write({ ...nobody, traitStatements: [statement(1)] }, -1.5, 1, 'third');
    expect(domains.extraversion.high.adjectives.some((word) => hasWord(layersOf(text).said, word))).toBe(true);
    expect(layersOf(text).drawn).toMatch(/\b(?:although|yet|despite|but)\b/i);
  });
});

describe('quotations', () => {
  test.each([
    ['I burned my thumb again.', ['I burned my thumb again']],
    ['So good!', []],
    ['I said one two three four five six seven.', []],
    ['Zelda never liked it much.', []],
    ['I told Zelda to stop.', []],
    ['My number is 555-0142 now.', []],
    ['I went “home” at last.', []],
    ['I counterrevolutionarily internationalized everything alone.', []],
  ])('of %j are %j', (text, expected) => {
    expect(quotations(historyOf([text]))).toEqual(expected);
  });

  it('takes one a post, the most telling first, and what a claim tells last', () => {
    const history = historyOf(['I love it here so much! The day was long.', 'The bus was late again.']);
    const found = quotations(history);
    expect(found).toEqual(['I love it here so much!', 'The bus was late again']);
    for (const quotation of found) expect(wordCount(quotation)).toBeLessThanOrEqual(longestQuotation.tokens);
    const told = { post: history.posts[0]!.id, start: 2, end: 6 };
    expect(
      quotations(history, [{ dimension: 'interests', statement: 'Loves it.', status: 'stated', source: told }]),
    ).toEqual(['The bus was late again', 'The day was long']);
  });
});
