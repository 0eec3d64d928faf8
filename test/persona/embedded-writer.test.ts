import { describe, expect, it, test } from 'vitest';
import {
  article,
  attributePhrase,
  listed,
  merged,
  paired,
  predicate,
  voiceOf,
} from '../../src/persona/embedded-prose.js';
import { longestQuotation, quotations } from '../../src/persona/embedded-quotations.js';
import { embeddedWriter, imputedOpening } from '../../src/persona/embedded-writer.js';
import { verbatimOverlap } from '../../src/text/overlap.js';
import { wordCount } from '../../src/text/tokens.js';
import { randomStream } from '../../src/core/random.js';
import { historyOf, lexicons, variables } from './evidence-fixture.js';
import type { History } from '../../src/persona/history.js';
import type { Attribute, Disposition, Evidence } from '../../src/persona/narrative-persona.js';

const writer = embeddedWriter({ variables, lexicons });
const signal = new AbortController().signal;

const welder = historyOf([
  "I'm a 41-year-old man and I work as a welder in Tulsa. My wife says hi. I burned my thumb again.",
  'We have two kids and a lot of noise in the house every day. I love old trucks. Nothing beats a clean bead.',
  'I am proud of my shop. My anvil sings. The anvil was a gift. Zelda never liked it.',
]);

async function evidenceOf(history: History): Promise<Evidence> {
  const answer = await writer.readEvidence(history, signal);
  if (answer.kind !== 'answered') throw new Error(answer.reason);
  return answer.value;
}

/** A draw: what the evidence says stays, the rest is drawn evenly. */
function drawn(evidence: Evidence, seed: string, sex?: string): Disposition {
  const random = randomStream(seed);
  const attributes: Record<string, Attribute> = {};
  for (const { name, categories } of variables) {
    if (name === 'age') continue;
    attributes[name] = evidence.attributes[name] ?? {
      value: categories[random.below(categories.length)]!,
      status: 'imputed',
    };
  }
  if (sex !== undefined) attributes.sex = { value: sex, status: 'imputed' };
  return { ageYears: evidence.ageYears ?? 18 + random.below(60), attributes, traits: [0, 0, 0, 0, 0] };
}

async function narrate(history: History, evidence: Evidence, disposition: Disposition): Promise<string> {
  const answer = await writer.narrate(history, evidence, disposition, signal);
  if (answer.kind !== 'answered') throw new Error(answer.reason);
  return answer.value;
}

describe('embeddedWriter', () => {
  it('has a name, a version and no prompts', () => {
    expect(writer.name).toBe('embedded@1');
    expect(writer.prompts).toEqual([]);
  });

  it('tells what the posts say, quotes, and sets apart what was drawn', async () => {
    const evidence = await evidenceOf(welder);
    const disposition: Disposition = {
      ageYears: 43,
      attributes: {
        race: { value: 'White', status: 'imputed' },
        hispanic: { value: 'Not Hispanic', status: 'imputed' },
        education: { value: "Associate's degree", status: 'imputed' },
        household_income: { value: '$65,000-$79,999', status: 'imputed' },
      },
      traits: [0, 0, 0, 0, 0],
    };
    const text = await narrate(welder, evidence, disposition);
    const [told, imputed, ...rest] = text.split('\n\n');
    expect(rest).toEqual([]);
    for (const fact of ['43-year-old man', 'a welder', 'Tulsa, Oklahoma', 'a wife', 'two children', 'old trucks'])
      expect(told).toContain(fact);
    expect(told).toMatch(/“I burned my thumb again”|“I love old trucks”|“I am proud of my shop”/);
    expect(told).not.toContain('White');
    expect(imputed).toBe(
      `${imputedOpening} he is White and not Hispanic. He has an associate's degree. He has a household income of $65,000 to $79,999 a year.`,
    );
  });

  it('gives the same bytes for the same input, and other templates for other draws', async () => {
    const evidence = await evidenceOf(welder);
    const texts = await Promise.all(
      Array.from({ length: 12 }, (_, k) => narrate(welder, evidence, drawn(evidence, `draw ${k}`))),
    );
    const again = await Promise.all(
      Array.from({ length: 12 }, (_, k) => narrate(welder, evidence, drawn(evidence, `draw ${k}`))),
    );
    expect(again).toEqual(texts);
    expect(new Set(texts.map((text) => text.split('.')[0])).size).toBeGreaterThan(1);
  });

  it('copies no run longer than a quotation may be, quotes whole sentences only, and leaves no template open', async () => {
    const histories = [
      welder,
      historyOf([
        'I said I was fine and nobody asked me twice about it. And then I sat down. I was not fine at all. Not said by anyone.',
      ]),
      historyOf([
        'My cat died. I never told anyone. I kept her collar. I still hear the bell. It was raining hard. We had no umbrella.',
      ]),
      // The word before each sentence is the word that joins quotations: one more word than may be copied.
      historyOf(['So and. I was only ever here for the cake.', 'And. We were only ever here for the rain.']),
      historyOf(['Hello']),
      historyOf(['Ünïcödé naïve café 猫']),
    ];
    for (const history of histories) {
      const evidence = await evidenceOf(history);
      const overlap = verbatimOverlap(history.posts.map(({ text }) => text));
      for (let k = 0; k < 20; k++) {
        const text = await narrate(history, evidence, drawn(evidence, `draw ${k}`, ['female', 'male', 'other'][k % 3]));
        const { tokens, characters } = overlap(text);
        expect(tokens).toBeLessThanOrEqual(longestQuotation.tokens);
        expect(characters).toBeLessThanOrEqual(longestQuotation.characters);
        expect(text).not.toMatch(
          /undefined|\{|\}|NaN| {2}|\.\.|\bis are\b|\bthey (?:is|has)\b|\ba [aeio][a-z]+-|\.”\.| ,/,
        );
        for (const [, quoted] of text.matchAll(/“([^”]+)”/g))
          expect(
            history.posts.some((post) => post.text.toLowerCase().includes(quoted!.toLowerCase())) ||
              evidence.topics.includes(quoted!),
          ).toBe(true);
      }
    }
  });

  it('writes of a person who says nothing', async () => {
    const silent = historyOf(['Hello']);
    const evidence = await evidenceOf(silent);
    const text = await narrate(silent, evidence, {
      ageYears: 18,
      attributes: { sex: { value: 'female', status: 'imputed' } },
      traits: [0, 0, 0, 0, 0],
    });
    expect(text).toBe(`The writer says little about themselves.\n\n${imputedOpening} she is an 18-year-old woman.`);
    expect(
      await narrate(silent, { ...evidence, ageYears: 80 }, { ageYears: 80, attributes: {}, traits: [0, 0, 0, 0, 0] }),
    ).toBe('The writer is 80 years old.');
  });

  it('finds words for any variable of any target', async () => {
    const other = embeddedWriter({
      variables: [{ name: 'mother_tongue', categories: ['French', 'English'] }],
      lexicons,
    });
    const answer = await other.narrate(
      historyOf(['Hello']),
      await evidenceOf(historyOf(['Hello'])),
      { ageYears: 30, attributes: { mother_tongue: { value: 'French', status: 'imputed' } }, traits: [0, 0, 0, 0, 0] },
      signal,
    );
    expect(answer.kind === 'answered' && answer.value).toContain('They belong to “French” by mother tongue.');
  });
});

describe('prose', () => {
  test.each([
    ['electrician', 'an'],
    ['welder', 'a'],
    ['81-year-old woman', 'an'],
    ['18-year-old man', 'an'],
    ['11-year-old', 'an'],
    ['41-year-old', 'a'],
    ['university clerk', 'a'],
    ['hour', 'an'],
    ['HVAC tech', 'an'],
    ['UPS driver', 'a'],
  ])('article of %j is %s', (noun, expected) => {
    expect(article(noun)).toBe(expected);
  });

  it('makes statements follow a pronoun', () => {
    expect(predicate('Takes care of their mother.', voiceOf('female'))).toBe('takes care of her mother');
    expect(predicate('Teaches third grade.', voiceOf(undefined))).toBe('teach third grade');
    expect(predicate('Is a welder.', voiceOf(undefined))).toBe('are a welder');
    expect(predicate('Carries mail.', voiceOf(undefined))).toBe('carry mail');
    expect(predicate('Goes to college.', voiceOf('x'))).toBe('go to college');
  });

  it('merges, pairs and lists', () => {
    expect(listed([])).toBe('');
    expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
    expect(
      merged([
        'has a son',
        'has asthma',
        'has two brothers',
        'loves tea',
        'loves rain',
        'plays in an orchestra',
        'plays the viola',
      ]),
    ).toEqual([
      'has a son and two brothers',
      'has asthma',
      'loves tea and rain',
      'plays in an orchestra',
      'plays the viola',
    ]);
    expect(paired(['has a wife', 'has a son', 'lives in Tulsa, Oklahoma', 'bakes', 'sews'], 'He', () => true)).toEqual([
      'He has a wife and a son.',
      'He also lives in Tulsa, Oklahoma, and bakes.',
      'He also sews.',
    ]);
  });

  it('has a phrase for every category of the adults of the United States', () => {
    for (const { name, categories } of variables.filter(({ name }) => name !== 'age'))
      for (const category of categories)
        expect(attributePhrase(name, category)).toMatch(/^(?:is|has|lives|left) (?!.*belongs)/);
    expect(attributePhrase('household_income', '$200,000 and above')).toBe(
      'has a household income of $200,000 or more a year',
    );
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

  it('takes one a post, the most telling first', () => {
    const found = quotations(historyOf(['I love it here so much! The day was long.', 'The bus was late again.']));
    expect(found).toEqual(['I love it here so much!', 'The bus was late again']);
    for (const quotation of found) expect(wordCount(quotation)).toBeLessThanOrEqual(longestQuotation.tokens);
  });
});
