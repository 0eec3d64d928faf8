import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/model/answer.js';
import { answered } from '../../src/model/answer.js';
import type { Judge } from '../../src/persona/ports.js';
import type { NarrativePersona } from '../../src/persona/narrative-persona.js';
import { filterPersonas } from '../../src/stages/index.js';
import { reader } from '../persona/evidence-fixture.js';
import { failedStage, findingOf, rowsOf, runStage } from '../support/stage-context.js';
import { historyOf, models, personaOf, rubric } from './people-fixture.js';

const weather = ['rain', 'snow', 'fog'].map((what, n) =>
  `The ${what} kept on for ${n + 2} days and ${['the river came up', 'the roads were shut', 'nobody saw the mill'][n]!}. `.repeat(
    10,
  ),
);
const histories = weather.map((text, n) => historyOf(n, text));
const texts = [
  'Alma mends nets and sells them at the harbour. She likes quiet days and long evenings, keeps a garden behind the house, argues ' +
    'with nobody for the sake of it, and would rather repair a thing twice than throw it out and buy another one. Her mornings begin ' +
    'before the boats come in; she drinks her tea standing and reads the sky from the kitchen window. On market days she takes the ' +
    'small cart, talks to the same four people, and is home before noon. In winter she carves spoons and gives them away. What she ' +
    'has seen of the world fits on a shelf of postcards, and she has never felt that it was too little to live with.',
  'Berta grinds lenses in a small shop and sings in a choir on Sundays. Numbers calm her down. She saves for a trip that she has ' +
    'put off for years, writes long letters to an old teacher, and never leaves home without a map of where she is going. The shop ' +
    'smells of oil and dust, and she would not have it otherwise. Customers come with broken frames and leave with a story about the ' +
    'moon. She cooks for two and eats for one, plays chess by post with a stranger in another country, and goes to bed with a book ' +
    'of tables. Once a year she climbs the hill above the station, counts the chimneys and writes the number down.',
  'Cora tunes pianos for a living and drives from village to village. People tell her their troubles while she works. She listens, ' +
    'says little, reads crime novels in the car between two customers, and sends her nephew a postcard from every town. Her van has ' +
    'a mattress, a stove and a lamp, and she knows every lay-by from here to the coast. She hears a wrong note through two walls, ' +
    'which makes concerts hard to bear. Evenings are for crosswords and soup. She fixes clocks for friends without asking for money, ' +
    'forgets birthdays and remembers voices, and says that a quiet instrument is the best company there is on a long road, ' +
    'after a good map and a full tank, and before any passenger who likes to sing.',
];
const good = (n: number, draw = 1): NarrativePersona => personaOf(n, draw, {}, texts[n]);
const inputs = (personas: readonly NarrativePersona[]) => ({
  personas: rowsOf(personas),
  histories: rowsOf(histories),
  rubric,
  models,
});
const services = (...judges: Judge[]) => ({
  reader,
  blindScorer: () => [0, 0, 0, 0, 0],
  languageOf: () => 'en',
  judges,
  concurrency: 2,
});
const judgeOf = (judge: (persona: NarrativePersona) => Answer<Record<string, number>>, name = 'judge@1'): Judge => ({
  name,
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
        threshold: 120,
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
    expect(findingOf(findings, 'no-judge').level).toBe('info');
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

  it('averages over two judges, and says how far they agree', async () => {
    const strict = judgeOf(({ id }) => answered(id === good(1).id ? { ...top, coherence: 1 } : top), 'model:one');
    const mild = judgeOf(({ id }) => answered(id === good(1).id ? { ...top, coherence: 4 } : top), 'model:two');
    const three = inputs([0, 1, 2].map((n) => good(n)));
    const { rows, findings, progress } = await runStage(filterPersonas, three, {}, services(strict, mild));
    expect(rows.rejected.map(({ persona, criterion, score }) => [persona, criterion, score])).toEqual([
      [good(1).id, 'coherence', 2.5],
    ]);
    expect(findingOf(findings, 'judge-agreement').values).toMatchObject({
      judges: ['model:one', 'model:two'],
      criteria: { coherence: { n: 3, withinOne: 2 / 3 }, respect: { kappa: null, withinOne: 1 } },
    });
    expect(findings.some(({ code }) => code === 'no-judge')).toBe(false);
    expect(progress.at(-1)).toEqual([6, 6]);
  });

  it('goes by the other judge where one gives no score, and says so', async () => {
    const silent = judgeOf(() => ({ kind: 'refused', reason: 'no', attempts: 1 }), 'model:one');
    const mild = judgeOf(() => answered(top), 'model:two');
    const { rows, findings } = await runStage(filterPersonas, inputs([good(0)]), {}, services(silent, mild));
    expect(rows.kept).toHaveLength(1);
    expect(findingOf(findings, 'judge-failures').values).toMatchObject({ judge: 'model:one', missing: 1 });
  });

  it('warns of a judge of the family of the writer', async () => {
    const kin = judgeOf(() => answered(top), 'model:llama-3.1');
    const personas = [{ ...good(0), lineage: { ...good(0).lineage, writer: 'model:llama-3-70b' } }];
    const { findings } = await runStage(filterPersonas, inputs(personas), {}, services(kin));
    expect(findingOf(findings, 'judge-of-same-family').level).toBe('caution');
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
      'filter-personas: the judge model stopped answering (no connection). Check the server, then continue with pipeline resume.',
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
