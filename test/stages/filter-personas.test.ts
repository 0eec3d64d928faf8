import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/model/answer.js';
import { answered } from '../../src/model/answer.js';
import type { Judge } from '../../src/persona/ports.js';
import type { NarrativePersona } from '../../src/persona/narrative-persona.js';
import { filterPersonas } from '../../src/stages/index.js';
import { reader } from '../persona/evidence-fixture.js';
import { failedStage, findingOf, rowsOf, runStage } from '../support/stage-context.js';
import { historyOf, models, personaOf, rubric } from './people-fixture.js';

const rain = 'The rain kept on all week and the river came up over the lower road near the old mill. '.repeat(10);
const histories = [0, 1, 2].map((n) => historyOf(n, rain));
const texts = [
  'Alma mends nets and sells them at the harbour. She likes quiet days and long evenings, keeps a garden behind the house, argues ' +
    'with nobody for the sake of it, and would rather repair a thing twice than throw it out and buy another one.',
  'Berta grinds lenses in a small shop and sings in a choir on Sundays. Numbers calm her down. She saves for a trip that she has ' +
    'put off for years, writes long letters to an old teacher, and never leaves home without a map of where she is going.',
  'Cora tunes pianos for a living and drives from village to village. People tell her their troubles while she works. She listens, ' +
    'says little, reads crime novels in the car between two customers, and sends her nephew a postcard from every town.',
];
const good = (n: number, draw = 1): NarrativePersona => personaOf(n, draw, {}, texts[n]);
const inputs = (personas: readonly NarrativePersona[]) => ({
  personas: rowsOf(personas),
  histories: rowsOf(histories),
  rubric,
  models,
});
const services = (judge: Judge | null = null) => ({ reader, languageOf: () => 'en', judge, concurrency: 2 });
const judgeOf = (judge: (persona: NarrativePersona) => Answer<Record<string, number>>): Judge => ({
  name: 'judge@1',
  judge: (persona) => Promise.resolve(judge(persona)),
});
const top = { faithfulness: 5, coherence: 5, specificity: 5, respect: 5 };

describe('filter-personas', () => {
  it('keeps what passes, rejects the rest with person, criterion and score; together they are all', async () => {
    const personas = [
      good(0),
      { ...good(1), text: 'Too short.' },
      { ...good(2), disposition: { ...good(2).disposition, ageYears: 17 } },
    ];
    const { rows, findings } = await runStage(filterPersonas, inputs(personas), {}, services());
    expect(rows.kept).toEqual([personas[0]]);
    expect(rows.rejected).toEqual([
      {
        persona: personas[1]!.id,
        person: personas[1]!.person,
        criterion: 'persona-words',
        score: 2,
        threshold: 40,
        detail: 'words in the persona text',
      },
      {
        persona: personas[2]!.id,
        person: personas[2]!.person,
        criterion: 'minimum-age',
        score: 17,
        threshold: 18,
        detail: 'youngest age among the drawn one, the evidence and the posts',
      },
    ]);
    expect(rows.kept.length + rows.rejected.length).toBe(personas.length);
    expect(findingOf(findings, 'personas-filtered')).toMatchObject({
      message: '1 of 3 personas kept; no judge model, rules only',
      values: { rejected: { 'persona-words': 1, 'minimum-age': 1 } },
    });
  });

  it('keeps the order of the candidates', async () => {
    const personas = [good(2), good(0), good(1)];
    const { rows } = await runStage(filterPersonas, inputs(personas), {}, services());
    expect(rows.kept.map(({ id }) => id)).toEqual(personas.map(({ id }) => id));
  });

  it('applies the scores of a judge to what the rules passed', async () => {
    const judge = judgeOf(({ id }) =>
      answered(id === good(1).id ? { ...top, coherence: 2 } : id === good(2).id ? { ...top, respect: 3 } : top),
    );
    const { rows, findings } = await runStage(
      filterPersonas,
      inputs([0, 1, 2].map((n) => good(n))),
      {},
      services(judge),
    );
    expect(rows.kept.map(({ id }) => id)).toEqual([good(0).id]);
    expect(rows.rejected.map(({ criterion, score, threshold }) => [criterion, score, threshold])).toEqual([
      ['coherence', 2, 3],
      ['respect', 3, 4],
    ]);
    expect(findingOf(findings, 'personas-filtered').message).toBe('1 of 3 personas kept');
  });

  it('rejects a persona that the judge would not score: no score is no pass', async () => {
    const judge = judgeOf(({ id }) =>
      id === good(1).id ? { kind: 'refused', reason: 'no', attempts: 1 } : answered(top),
    );
    const { rows } = await runStage(filterPersonas, inputs([good(0), good(1)]), {}, services(judge));
    expect(rows.rejected).toMatchObject([{ persona: good(1).id, score: null, detail: 'the judge gave no score' }]);
    expect(rows.kept).toHaveLength(1);
  });

  it('stops when the judge is gone', async () => {
    const judge = judgeOf(() => ({ kind: 'unavailable', reason: 'no connection', attempts: 6 }));
    const { failure } = await failedStage(filterPersonas, inputs([good(0), good(1)]), {}, services(judge));
    expect(failure.exitCode).toBe(5);
    expect(failure.message).toBe(
      'filter-personas: the judge model stopped answering (no connection). Check the server and start again with a new --out.',
    );
  });

  it('fails when nobody is left, with the reasons counted and every rejection written', async () => {
    const personas = [0, 1, 2].map((n) => ({ ...good(n), text: 'Short.' }));
    const { failure, rows } = await failedStage(filterPersonas, inputs(personas), {}, services());
    expect([failure.code, failure.exitCode]).toEqual(['quality-gate', 8]);
    expect(failure.message).toBe(
      'filter-personas: no persona passed the rubric; got persona-words 3. See rejected.jsonl for every score.',
    );
    expect(rows.rejected).toHaveLength(3);
  });
});
