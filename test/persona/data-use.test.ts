import { describe, expect, it } from 'vitest';
import { lexiconFiles } from '../../src/persona/evidence/lexicons.js';
import { LifeLexicon } from '../../src/persona/evidence/lexicons.js';
import {
  allowedEvidence,
  allows,
  allowsAttribute,
  DataUse,
  forbiddenTopics,
  inferences,
  unstatedUse,
  withholder,
} from '../../src/persona/data-use.js';
import type { Attribute, Claim, Evidence } from '../../src/persona/narrative-persona.js';
import { topicFinder } from '../../src/persona/sensitive-topics.js';
import { readFileSync } from 'node:fs';

const life = LifeLexicon.parse(
  JSON.parse(readFileSync(new URL(`../../${lexiconFiles.life}`, import.meta.url), 'utf8')),
);
const topicsIn = topicFinder(
  life.conditions.flatMap(({ words, is, takes, uses, had }) => [words, is, takes, uses, had].flat()),
);
const useOf = (allowed: DataUse['inferences']): DataUse => ({ ...unstatedUse, inferences: allowed });

describe('DataUse', () => {
  const good = { ...unstatedUse, title: 'Posts', licence: 'CC BY 4.0' };
  it.each<[string, object, string]>([
    ['another version', { ...good, schema: 'data-use/2' }, 'schema'],
    ['a field too many', { ...good, notes: '' }, 'Unrecognized key'],
    [
      '__proto__ among the fields',
      JSON.parse(`${JSON.stringify(good).slice(0, -1)},"__proto__":{"x":1}}`) as object,
      'Unrecognized key',
    ],
    ['no licence', { ...good, licence: undefined }, 'licence'],
    ['an empty licence', { ...good, licence: ' ' }, 'licence'],
    ['an unknown inference', { ...good, inferences: ['shoe size'] }, 'inferences'],
    ['one inference as a text', { ...good, inferences: 'health' }, 'inferences'],
    ['a day that does not exist', { ...good, retainUntil: '2026-02-30' }, 'retainUntil'],
    ['a year', { ...good, retainUntil: '2026' }, 'retainUntil'],
    ['nothing said of an end', { ...good, retainUntil: undefined }, 'retainUntil'],
    ['maybe published', { ...good, publication: 'maybe' }, 'publication'],
  ])('refuses %s', (_, value, field) => {
    const { error } = DataUse.safeParse(value);
    expect(JSON.stringify(error?.issues)).toContain(field);
  });

  it('takes every inference that it names, or none', () => {
    expect(DataUse.parse({ ...good, inferences: [...inferences] }).inferences).toEqual(inferences);
    expect(DataUse.parse({ ...good, inferences: [] }).inferences).toEqual([]);
  });
});

// Made-up sentences; one for each form of a word that counts.
describe('topicFinder', () => {
  it.each<[string, string[]]>([
    ['I was diagnosed with asthma last year.', ['health']],
    ['My therapist says hi.', ['health']],
    ['We go to church every Sunday.', ['religion']],
    ['Ramadan starts tomorrow', ['religion']],
    ['I voted for the democrats again', ['politics']],
    ['The union rep called.', ['politics']],
    ['I came out to my parents at 19', ['sexuality']],
    ['As a black woman in tech I see it daily', ['origin']],
    ["I'm white and it shows", ['origin']],
    ['Got a DUI in college', ['crime']],
    ['We filed for bankruptcy', ['debt']],
    ['PRAYING for my gay nephew', ['religion', 'sexuality']],
    ['my ch\u200burches', ['religion']],
    ['ｃｈｕｒｃｈ', ['religion']],
    ['The black cat ran a race past the white house paint.', []],
    ['I bake bread and repair bicycles.', []],
    ['', []],
  ])('finds in %j %j', (text, expected) => expect([...topicsIn(text)].sort()).toEqual(expected));
});

describe('withholder', () => {
  const text = 'I bake bread. My church needs a roof! And my asthma is back.\nDogs are nice.';
  it('takes out the sentences that touch what is forbidden, and counts them', () => {
    expect(withholder(useOf(['health']), topicsIn)(text)).toEqual({
      text: 'I bake bread. [–] And my asthma is back.\nDogs are nice.',
      replaced: { 'not allowed: religion': 1 },
    });
    expect(withholder(useOf([]), topicsIn)(text)).toEqual({
      text: 'I bake bread. [–] [–]\nDogs are nice.',
      replaced: { 'not allowed: religion': 1, 'not allowed: health': 1 },
    });
  });

  it('leaves a text alone where everything may be inferred', () =>
    expect(withholder(unstatedUse, topicsIn)(text)).toEqual({ text, replaced: {} }));

  it('does nothing more the second time', () => {
    const withhold = withholder(useOf([]), topicsIn);
    const once = withhold(text).text;
    expect(withhold(once)).toEqual({ text: once, replaced: {} });
  });
});

describe('allowedEvidence', () => {
  const source = { post: 'p-000000000000#1', start: 0, end: 5 };
  const claim = (dimension: Claim['dimension'], statement: string): Claim => ({
    dimension,
    statement,
    status: 'stated',
    source,
  });
  const evidence: Evidence = {
    ageYears: 41,
    attributes: Object.fromEntries<Attribute>([
      ['sex', { value: 'female', status: 'stated' }],
      ['race', { value: 'Black', status: 'inferred', source }],
      ['constructor', { value: 'x', status: 'inferred', source }],
    ]),
    claims: [
      claim('experiences', 'Has asthma.'),
      claim('experiences', 'Once rode a camel.'),
      claim('values', 'Believes in hard work.'),
      claim('values', 'Votes for the Democrats.'),
      claim('work', 'Works at a bakery.'),
      claim('demographics', 'Has two sons.'),
    ],
    topics: ['bread', 'church'],
    tone: 0,
    words: 100,
    language: 'en',
    traitCues: Array.from({ length: 5 }, () => ({ score: 1, words: 100 })),
    traitStatements: [{ domain: 'extraversion', keying: -1, strength: 'plainly', source }],
  };
  const gated = (allowed: DataUse['inferences']) => {
    const dropped: string[] = [];
    return {
      left: allowedEvidence(evidence, useOf(allowed), topicsIn, (what) => dropped.push(what)),
      dropped: dropped.sort(),
    };
  };

  it('keeps everything where everything is allowed', () => expect(gated('all').left).toBe(evidence));

  it('keeps what is allowed, drops the rest, and says what', () => {
    const { left, dropped } = gated(['sex', 'values', 'interests', 'work', 'age']);
    expect(left.ageYears).toBe(41);
    expect(Object.keys(left.attributes)).toEqual(['sex']);
    expect(left.claims.map(({ statement }) => statement)).toEqual([
      'Once rode a camel.',
      'Believes in hard work.',
      'Works at a bakery.',
    ]);
    expect(left.topics).toEqual(['bread']);
    expect(left.traitStatements).toEqual([]);
    expect(left.traitCues).toEqual(Array.from({ length: 5 }, () => ({ score: 0, words: 0 })));
    expect(dropped).toEqual(['constructor', 'health', 'personality', 'place', 'politics', 'race']);
  });

  it('leaves nothing but counts of words where nothing is allowed', () => {
    expect(gated([]).left).toMatchObject({
      attributes: {},
      claims: [expect.objectContaining({ statement: 'Once rode a camel.' })],
      topics: [],
      traitStatements: [],
    });
    expect(gated([]).left).not.toHaveProperty('ageYears');
  });

  it('knows what attributes are inferences of, and takes an unknown one for forbidden', () => {
    for (const [variable, inference] of [
      ['hispanic', 'origin'],
      ['household_income', 'income'],
      ['marital_status', 'family'],
    ] as const) {
      expect(allowsAttribute(useOf([inference]), variable)).toBe(true);
      expect(allowsAttribute(useOf(inferences.filter((other) => other !== inference)), variable)).toBe(false);
    }
    expect(allowsAttribute(useOf([...inferences]), 'toString')).toBe(false);
    expect(allowsAttribute(useOf('all'), 'toString')).toBe(true);
    expect(allows(useOf(['age']), 'sex')).toBe(false);
    expect(forbiddenTopics(useOf(['health']), topicsIn, 'asthma and church')).toEqual(['religion']);
  });
});
