import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { assess } from '../../src/persona/filter/assess.js';
import { inFirstPerson } from '../../src/persona/filter/first-person.js';
import { Rubric, ruleNames } from '../../src/persona/filter/rubric.js';
import type { Assessment, AssessTools } from '../../src/persona/filter/assess.js';
import type { History } from '../../src/persona/history.js';
import type { NarrativePersona } from '../../src/persona/narrative-persona.js';
import { historyOf, reader } from './evidence-fixture.js';
import { shippedScorer } from './filter/blind-fixture.js';

const rubric = Rubric.parse(
  JSON.parse(readFileSync(new URL('../../personas/rubrics/persona-quality.json', import.meta.url), 'utf8')),
);
const tools: AssessTools = {
  reader,
  blindScorer: shippedScorer,
  languageOf: (text) => (text.includes('perro') ? 'es' : 'en'),
};

const filler = 'The rain kept on all week and the river came up over the lower road near the old mill. '.repeat(10);
const welder =
  'I work as a welder. My late wife planted that tree by the gate. I never told the neighbors about the tools.';
const people = [
  historyOf([`${welder} ${filler}`], {}, 'p-000000000001'),
  historyOf(
    [`I work as a welder. My late wife sang. ${filler.replaceAll(/rain|week|river|road/g, 'snow')}`],
    {},
    'p-000000000002',
  ),
];
const text =
  'She works as a welder and is widowed after losing her wife. “My late wife planted that tree.” ' +
  'Not said in the posts, drawn from the target population: she is a 41-year-old woman. She is White and not Hispanic. ' +
  'She has a high school diploma and lives in the South, in a household with a modest income and a garden. ' +
  'Her days begin with coffee on the porch and the radio turned low. The truck needs new tires, the fence needs paint, and ' +
  'the shop opens at seven whatever the weather. On Saturdays there is the market, on Sundays the long drive to the lake, ' +
  'where the water is brown in spring and green in August. She repairs gates and trailers for half of the county, eats ' +
  'her lunch on the tailgate, and keeps a drawer of bolts that fit nothing any more.';

function persona(edit: Partial<NarrativePersona> = {}, history: History = people[0]!): NarrativePersona {
  const evidence = reader.read(history);
  const draw = edit.draw ?? 1;
  return {
    id: `${history.person}.${draw}`,
    person: history.person,
    draw,
    text,
    evidence,
    disposition: {
      ageYears: 41,
      attributes: {
        sex: { value: 'female', status: 'imputed' },
        race: { value: 'White', status: 'imputed' },
        education: { value: 'High school diploma', status: 'imputed' },
      },
      traits: [0, 0, 0, 0, 0],
    },
    lineage: { writer: 'embedded@1', prompts: [], historySha256: '' },
    ...edit,
  };
}

const one = (subject: NarrativePersona, options: AssessTools = tools): Assessment =>
  assess([subject], people, rubric, options)[0]!;
const good = persona();

describe('assess', () => {
  it('keeps a good persona', () => {
    expect(one(good)).toEqual({ persona: 'p-000000000001.1', verdict: 'kept' });
    expect(assess([], people, rubric, tools)).toEqual([]);
  });

  test.each<[string, Partial<NarrativePersona>, Partial<Assessment>]>([
    [
      'a drawn minor',
      { disposition: { ...good.disposition, ageYears: 17 } },
      { criterion: 'minimum-age', score: 17, threshold: 18 },
    ],
    ['a stated minor', { evidence: { ...good.evidence, ageYears: 15 } }, { criterion: 'minimum-age', score: 15 }],
    [
      'a short history',
      { evidence: { ...good.evidence, words: 49 } },
      { criterion: 'history-words', score: 49, threshold: 50 },
    ],
    ['a short text', { text: 'She is a welder.' }, { criterion: 'persona-words', score: 4 }],
    [
      'another language',
      { text: `${text} perro` },
      { criterion: 'language', score: 0.5, detail: 'language of persona and history: es, en' },
    ],
    [
      'a history without a language',
      { evidence: { ...good.evidence, language: 'und' } },
      { criterion: 'language', score: 0.5 },
    ],
    [
      'a claim off its span',
      {
        evidence: {
          ...good.evidence,
          claims: [
            {
              dimension: 'work',
              statement: 'Works as a surgeon.',
              status: 'stated',
              source: { post: 'p-000000000001#1', start: 0, end: 18 },
            },
          ],
        },
      },
      { criterion: 'grounding', score: 0, detail: 'not on its span: Works as a surgeon.' },
    ],
    [
      'a contradiction in sex',
      { text: text.replace('a 41-year-old woman', 'a 41-year-old man') },
      { criterion: 'contradictions', score: 1, detail: 'the text says sex male, the field female' },
    ],
    [
      'a contradiction in age',
      { text: text.replace('41-year-old', '51-year-old') },
      { criterion: 'contradictions', score: 1, detail: 'the text says age 51, the field 41' },
    ],
    [
      'a contradiction with what the posts say',
      { text: text.replace('widowed after losing her wife', 'happily married') },
      { criterion: 'contradictions', score: 1, detail: 'the text says marital_status married, the field widowed' },
    ],
    [
      'a text that tells the other end of a trait',
      {
        text: text.replace('Her days begin', 'She is very outgoing and loves big parties. Her days begin'),
        disposition: { ...good.disposition, traits: [-1.1, 0, 0, 0, 0] },
      },
      {
        criterion: 'trait-contradictions',
        score: 1,
        threshold: 0,
        detail: 'the text tells of the other end of extraversion',
      },
    ],
    ['personal data', { text: `${text} Write to a@b.com.` }, { criterion: 'personal-data', score: 1, detail: 'email' }],
    [
      'nine words copied',
      { text: `${text} I never told the neighbors about the tools. The.` },
      { criterion: 'verbatim-words', score: 9 },
    ],
    [
      'few long words copied',
      { text: `${text} planted that tree by the gate. I never told the` },
      { criterion: 'verbatim-words' },
    ],
  ])('rejects %s', (_, edit, expected) => {
    expect(one(persona(edit))).toMatchObject({ verdict: 'rejected', ...expected });
  });

  it('counts characters apart from words', () => {
    const history = historyOf([`${filler} unquestionably extraordinary circumstances notwithstanding everything`]);
    const subject = persona(
      {
        text: text.replace('a welder', 'an unquestionably extraordinary circumstances notwithstanding everything'),
      },
      history,
    );
    expect(
      assess(
        [{ ...subject, evidence: { ...subject.evidence, claims: [], attributes: {} } }],
        [history],
        rubric,
        tools,
      )[0],
    ).toMatchObject({
      criterion: 'verbatim-characters',
      score: 69,
      threshold: 50,
    });
  });

  it('lets texts say little about traits, or the end that people are on, or the other one of people near the mean', () => {
    const outgoing = text.replace('Her days begin', 'She is very outgoing and loves big parties. Her days begin');
    const reserved = text.replace('Her days begin', 'She can be somewhat reserved. Her days begin');
    const withTraits = (words: string, extraversion: number): Assessment =>
      one(persona({ text: words, disposition: { ...good.disposition, traits: [extraversion, 0, 0, 0, 0] } }));
    expect(withTraits(outgoing, 2)).toMatchObject({ verdict: 'kept' });
    expect(withTraits(outgoing, -0.9)).toMatchObject({ verdict: 'kept' });
    expect(withTraits(outgoing, -1.01)).toMatchObject({ criterion: 'trait-contradictions' });
    expect(withTraits(reserved, 2)).toMatchObject({ verdict: 'kept' });
    expect(withTraits(text, 2)).toMatchObject({ verdict: 'kept' });
  });

  it('keeps one of the people with the same history: the one with the smallest id', () => {
    const twins = [people[0]!, { ...people[0]!, person: 'p-0000000000aa', posts: people[0]!.posts.toReversed() }];
    const [first, second] = twins.map((history) => ({ ...good, id: `${history.person}.1`, person: history.person }));
    const other = { ...second!, text: text.replace('welder', 'fitter').split(' ').toReversed().join(' ') };
    expect(assess([other, first!], twins, rubric, tools)).toEqual([
      {
        persona: other.id,
        verdict: 'rejected',
        criterion: 'duplicate-author',
        score: 1,
        threshold: 0.3,
        detail: 'history like that of p-000000000001',
      },
      { persona: first!.id, verdict: 'kept' },
    ]);
  });

  it('rejects the later near-duplicate of another person, and never draws of one person', () => {
    const [first, second] = [persona(), persona({}, people[1])];
    const draw = persona({ draw: 2 });
    expect(assess([first, draw, second], people, rubric, tools).map(({ verdict }) => verdict)).toEqual([
      'kept',
      'kept',
      'rejected',
    ]);
    expect(assess([first, second], people, rubric, tools)[1]).toEqual({
      persona: 'p-000000000002.1',
      verdict: 'rejected',
      criterion: 'near-duplicate',
      score: 1,
      threshold: 0.8,
      detail: 'like p-000000000001.1',
    });
    // The first one is no reason when it was rejected itself.
    const minor = persona({ disposition: { ...good.disposition, ageYears: 17 } });
    expect(assess([minor, second], people, rubric, tools).map(({ verdict }) => verdict)).toEqual(['rejected', 'kept']);
  });

  it('applies the first failing criterion in the order of the rubric', () => {
    const bad = persona({ text: 'x a@b.com', disposition: { ...good.disposition, ageYears: 17 } });
    const reversed = { ...rubric, criteria: [...rubric.criteria].reverse() };
    expect(one(bad)).toMatchObject({ criterion: 'minimum-age' });
    expect(assess([bad], people, reversed, tools)[0]).toMatchObject({ criterion: 'personal-data' });
  });

  it('takes the scores of a judge, and a missing score is a rejection', () => {
    const scores = { faithfulness: 4, coherence: 4, specificity: 4, respect: 4 };
    const judged = (of: Record<string, number>): Assessment =>
      one(good, { ...tools, judgeScores: new Map([[good.id, of]]) });
    expect(judged(scores)).toMatchObject({ verdict: 'kept' });
    expect(judged({ ...scores, coherence: 2.9 })).toEqual({
      persona: good.id,
      verdict: 'rejected',
      criterion: 'coherence',
      score: 2.9,
      threshold: 3,
      detail: 'score of the judge, 1 to 5',
    });
    const missing = { coherence: 4, specificity: 4, respect: 4 };
    expect(judged(missing)).toEqual({
      persona: good.id,
      verdict: 'rejected',
      criterion: 'faithfulness',
      threshold: 3,
      detail: 'the judge gave no score',
    });
  });

  it('refuses personas without a history or with the same id', () => {
    expect(() => assess([good], [], rubric, tools)).toThrow(
      'assess.p-000000000001.1: no history of this person; got p-000000000001.',
    );
    expect(() => assess([good, good], people, rubric, tools)).toThrow(
      'assess.p-000000000001.1: two personas share this id.',
    );
  });
});

test.each([
  ['She is 41 and lives in Ohio.', 'I am 41. I live in Ohio.'],
  ['You are a nurse. Your wife works.', 'I am a nurse. my wife works.'],
  ['Maria is a 41-year-old nurse who lives in Ohio.', 'I am a 41-year-old nurse. I live in Ohio.'],
  ['A 41-year-old woman wrote these posts; she has a son.', 'I am a 41-year-old woman. I have a son.'],
  ["He's married, and has never moved.", 'I am married. I have never moved.'],
])('inFirstPerson reads %j as %j', (third, first) => {
  expect(inFirstPerson(third)).toBe(first);
});

describe('Rubric', () => {
  it('ships one that names every rule once and anchors every judge criterion', () => {
    expect(
      rubric.criteria
        .filter(({ kind }) => kind === 'rule')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...ruleNames].sort());
    expect(rubric.criteria.filter(({ kind }) => kind === 'judge').length).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ['an unknown rule', { ...rubric, criteria: [{ kind: 'rule', id: 'beauty', threshold: 1, description: '' }] }],
    [
      'a judge without anchors',
      { ...rubric, criteria: [{ kind: 'judge', id: 'beauty', threshold: 1, description: '' }] },
    ],
    ['the same criterion twice', { ...rubric, criteria: [rubric.criteria[0], rubric.criteria[0]] }],
    ['an unknown key', { ...rubric, colour: 'red' }],
    ['no criteria', { ...rubric, criteria: [] }],
  ])('refuses %s', (_, value) => {
    expect(Rubric.safeParse(value).success).toBe(false);
  });
});
