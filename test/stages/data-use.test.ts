import { describe, expect, it } from 'vitest';
import { answered } from '../../src/model/answer.js';
import { readRawPosts } from '../../src/io/histories.js';
import { withholder } from '../../src/persona/data-use.js';
import type { NarrativePersona } from '../../src/persona/narrative-persona.js';
import { topicFinder } from '../../src/persona/sensitive-topics.js';
import { evidenceGate, forbiddenIn, useFindings } from '../../src/stages/data-use.js';
import { type DataUse, filterPersonas, ingestHistories, minePersonas, unstatedUse } from '../../src/stages/index.js';
import { fileMaker, temporaryFolder } from '../io/temporary.js';
import { reader } from '../persona/evidence-fixture.js';
import { findingOf, rowsOf, runStage } from '../support/stage-context.js';
import { inventory, norms, target } from './alignment-fixture.js';
import { evidenceOf, historyOf, models, personaOf, rubric, writerOf } from './people-fixture.js';

const topicsIn = topicFinder(['asthma']);
const strict: DataUse = { ...unstatedUse, title: 'T', licence: 'L', inferences: ['work'], publication: 'no' };
const stated: DataUse = { ...strict, inferences: 'all', publication: 'quotations' };

/** Texts of a hundred and fifty words that are all their own. */
const other = Array.from({ length: 30 }, (_, k) => `Night${k} lights lamps${k} along roads${k} near shops${k}.`).join(
  ' ',
);
const long = Array.from({ length: 30 }, (_, k) => `Day${k} brings rain${k} over hill${k} and mill${k}.`).join(' ');
const quoted = 'my old neighbour plays the tuba badly every single morning before breakfast';
const history = historyOf(
  1,
  `${Array.from({ length: 12 }, (_, k) => `Something happened here number${k}.`).join(' ')} Well, ${quoted}. ${'And so on it went. '.repeat(10)}`,
);
const filtered = (persona: NarrativePersona, dataUse: DataUse | undefined) =>
  runStage(
    filterPersonas,
    {
      personas: rowsOf([personaOf(2, 1, {}, other), persona]),
      histories: rowsOf([history, historyOf(2, 'Plain. '.repeat(60))]),
      rubric,
      models,
      ...(dataUse && { dataUse }),
    },
    {},
    { reader, blindScorer: () => [0, 0, 0, 0, 0], languageOf: () => 'en', judges: [], concurrency: 1, topicsIn },
  );
const textWith = (words: string): NarrativePersona => personaOf(1, 1, {}, `${long} ${words}`);

describe('filter-personas', () => {
  it.each<[string, string, DataUse | undefined, string | undefined]>([
    ['six words in a row, where eight are allowed', 'Hear: plays the tuba badly every single!', stated, undefined],
    [
      'six words in a row, where none are to be quoted',
      'Hear: plays the tuba badly every single!',
      strict,
      'verbatim-words',
    ],
    [
      'nine words in a row',
      'Hear: neighbour plays the tuba badly every single morning before!',
      stated,
      'verbatim-words',
    ],
    [
      'a copy with a word changed in five',
      'My old friend plays the tuba terribly every single morning, before sunrise or breakfast',
      strict,
      'edited-words',
    ],
    [
      'a copy with wrong letters, everything else as it was',
      'my old nieghbour plays the tuba baddly every single mornimg before breakfest',
      stated,
      'edited-words',
    ],
    ['a topic that may be inferred', 'She fights her asthma.', stated, undefined],
    ['a topic that may not be inferred', 'She fights her asthma.', { ...stated, inferences: ['work'] }, 'data-use'],
    ['a topic, with nothing said of the source', 'She fights her asthma.', undefined, undefined],
  ])('meets %s', async (_, words, dataUse, criterion) => {
    const { rows } = await filtered(textWith(words), dataUse);
    expect(rows.rejected.map((rejection) => rejection.criterion)).toEqual(criterion === undefined ? [] : [criterion]);
    expect(rows.kept.length + rows.rejected.length).toBe(2);
  });

  it('lets no rubric allow what the source does not', async () => {
    const lax = { ...rubric, criteria: rubric.criteria.filter(({ id }) => id === 'minimum-age') };
    const persona = textWith(`She says: ${quoted}.`);
    const run = (dataUse?: DataUse) =>
      runStage(
        filterPersonas,
        {
          personas: rowsOf([personaOf(2, 1, {}, other), persona]),
          histories: rowsOf([history, historyOf(2)]),
          rubric: lax,
          models,
          ...(dataUse && { dataUse }),
        },
        {},
        { reader, blindScorer: () => [0, 0, 0, 0, 0], languageOf: () => 'en', judges: [], concurrency: 1, topicsIn },
      );
    expect((await run()).rows.kept).toHaveLength(2);
    expect((await run(stated)).rows.rejected).toMatchObject([{ criterion: 'verbatim-words', score: 12, threshold: 8 }]);
  });
});

describe('ingest-histories', () => {
  const write = fileMaker(temporaryFolder());
  const path = write('posts.csv', 'author,text\nann,I bake bread. I go to church.\nbob,Dogs are fine.\n');
  const ingest = (dataUse: DataUse, isLeftOut?: (author: string) => boolean) =>
    runStage(
      ingestHistories,
      { posts: { sha256: '' }, dataUse },
      { columns: { author: 'author', text: 'text' } },
      {
        readPosts: (columns, limits, tally) =>
          readRawPosts(
            path,
            columns,
            { ...limits, replace: withholder(dataUse, topicsIn), ...(isLeftOut && { isLeftOut }) },
            tally,
          ),
        guessColumns: () => Promise.reject(new Error('not asked')),
      },
    );

  it('says what was taken out of the posts, and of whom nothing was read', async () => {
    const { rows, findings } = await ingest(strict, (author) => author === 'bob');
    expect(rows.histories.map(({ posts }) => posts.map(({ text }) => text))).toEqual([['I bake bread. [–]']]);
    expect(findingOf(findings, 'data-use-withheld').values).toEqual({ 'not allowed: religion': 1 });
    expect(findingOf(findings, 'deleted-authors').message).toBe(
      '1 rows of authors who are not to be read were left out',
    );
    expect(JSON.stringify([rows, findings])).not.toMatch(/bob|Dogs/);
  });

  it('cautions where nobody said anything', async () => {
    const { findings } = await ingest(unstatedUse);
    expect(findingOf(findings, 'data-use-not-stated').level).toBe('caution');
  });
});

describe('mine-personas', () => {
  it('keeps nothing that may not be inferred, draws it instead, and still leaves out who may be a minor', async () => {
    const evidence = evidenceOf({ ageYears: 41, attributes: { sex: { value: 'male', status: 'stated' } } });
    const writer = writerOf((of) =>
      answered(of.person === historyOf(2).person ? { ...evidence, ageYears: 16 } : evidence),
    );
    const { rows, findings } = await runStage(
      minePersonas,
      {
        histories: rowsOf([history, historyOf(2)]),
        target,
        inventory: inventory('ipip-50'),
        norms,
        models,
        dataUse: strict,
      },
      { draws: 2 },
      {
        writer,
        cueValidity: { validity: [0, 0, 0, 0, 0], words: { mean: 1, half: 1, most: 1 } },
        concurrency: 1,
        topicsIn,
      },
    );
    expect(rows.personas.map(({ person }) => person)).toEqual([history.person, history.person]);
    for (const persona of rows.personas) {
      expect(persona.evidence.attributes).toEqual({});
      expect(persona.evidence).not.toHaveProperty('ageYears');
      expect(persona.disposition.attributes['sex']!.status).toBe('imputed');
    }
    expect(findingOf(findings, 'data-use-not-inferred').values).toEqual({ age: 2, sex: 2 });
  });
});

describe('the rest', () => {
  it('says in words what is allowed', () => {
    expect(useFindings(strict, {}).map(({ message }) => message)).toEqual([
      'the posts (T; licence: L) may be used for inferences of work, without an end, and not be quoted',
    ]);
    expect(useFindings({ ...strict, inferences: [], retainUntil: '2027-01-01' }, {})[0]!.message).toContain(
      'for inferences of nothing, until 2027-01-01, and not be quoted',
    );
  });

  it('counts what was read and not kept', () => {
    const gate = evidenceGate(strict, topicsIn);
    const evidence = evidenceOf({ attributes: { race: { value: 'x', status: 'stated' } }, ageYears: 30 });
    expect(gate.allowed(evidence)).toMatchObject({ attributes: {} });
    gate.allowed(evidence);
    expect(gate.findings()[0]!.values).toEqual({ age: 2, race: 2 });
    expect(evidenceGate(undefined, undefined).allowed(evidence)).toBe(evidence);
    expect(evidenceGate(stated, topicsIn).findings()).toEqual([]);
  });

  it('takes what was drawn for no inference', () => {
    const drawn =
      'She bakes.\n\nFrom here on, a draw from the population fills in what the posts do not say: she prays.';
    expect(forbiddenIn({ text: drawn }, strict, topicsIn)).toEqual([]);
    expect(forbiddenIn({ text: 'She prays.' }, strict, topicsIn)).toEqual(['religion']);
  });
});
