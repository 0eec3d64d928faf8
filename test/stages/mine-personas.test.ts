import { describe, expect, it } from 'vitest';
import { canonicalJson, sha256 } from '../../src/core/canonical-json.js';
import { answered, type Answer } from '../../src/model/answer.js';
import type { History } from '../../src/persona/history.js';
import type { Evidence } from '../../src/persona/narrative-persona.js';
import type { PersonaWriter } from '../../src/persona/ports.js';
import { minePersonas } from '../../src/stages/index.js';
import { failedStage, findingOf, rowsOf, runStage, type Surroundings } from '../support/stage-context.js';
import { inventory, norms, sumOf, target } from './alignment-fixture.js';
import { evidenceOf, historyOf, models, writerOf } from './people-fixture.js';

const ipip = inventory('ipip-50');
const seven = Array.from({ length: 7 }, (_, n) => historyOf(n));
const inputsFor = (histories: readonly History[]) => ({
  histories: rowsOf(histories),
  target,
  inventory: ipip,
  norms,
  models,
  tally: undefined,
});
/** Cues that are believed at r = .15 whatever the number of words. */
const cueValidity = { validity: [0.15, 0.15, 0.15, 0.15, 0.15], words: { mean: 100, half: 1, most: 100 } };
const blank = writerOf(() => answered(evidenceOf()));
const mine = (histories: readonly History[], config: object, writer: PersonaWriter = blank, around?: Surroundings) =>
  runStage(minePersonas, inputsFor(histories), config, { writer, cueValidity, concurrency: 3 }, around);
const failed = <T>(kind: 'refused' | 'malformed' | 'unavailable', reason: string): Answer<T> => ({
  kind,
  reason,
  attempts: 3,
});

describe('mine-personas', () => {
  it('spreads candidates evenly, so that their sum is what was asked for', async () => {
    const { rows } = await mine(seven, { personas: 24 });
    const byPerson = seven.map(({ person }) => rows.personas.filter((persona) => persona.person === person).length);
    expect(byPerson).toEqual([4, 4, 4, 3, 3, 3, 3]);
    expect(sumOf(byPerson)).toBe(24);
    const few = await mine(seven, { personas: 3 });
    expect(few.rows.personas.map(({ person }) => person)).toEqual(seven.slice(0, 3).map(({ person }) => person));
    expect(few.rows.leftOut).toEqual(
      seven.slice(3).map(({ person }) => ({ person, reason: 'no draw: there are more people than personas' })),
    );
    expect((await mine(seven, { draws: 2 })).rows.personas).toHaveLength(14);
  });

  it('names personas by person and draw, and says where they come from', async () => {
    const { rows } = await mine(seven.slice(0, 1), { draws: 2 });
    const [history] = seven;
    expect(rows.personas.map(({ id, draw }) => [id, draw])).toEqual([
      [`${history!.person}.1`, 1],
      [`${history!.person}.2`, 2],
    ]);
    expect(rows.personas[0]!.lineage).toEqual({
      writer: 'test@1',
      prompts: ['a-prompt@1'],
      historySha256: sha256(canonicalJson(history)),
    });
  });

  it('draws every candidate of a person anew, and none of it depends on the other people', async () => {
    const all = (await mine(seven, { draws: 5 })).rows.personas;
    const traits = all.map(({ disposition }) => disposition.traits.join());
    expect(new Set(traits).size).toBe(all.length);
    const alone = (await mine(seven.slice(2, 3), { draws: 5 })).rows.personas;
    expect(alone).toEqual(all.filter(({ person }) => person === seven[2]!.person));
    expect((await mine(seven, { draws: 5 }, blank, { seed: '2' })).rows.personas[0]!.disposition).not.toEqual(
      all[0]!.disposition,
    );
  });

  it('never overrides what is stated or inferred; what is open is imputed and says so', async () => {
    const known: Evidence['attributes'] = {
      sex: { value: 'male', status: 'stated' },
      region: { value: 'north', status: 'inferred', source: { post: 'x', start: 0, end: 1 } },
      hobby: { value: 'bees', status: 'stated' },
    };
    const knows = writerOf(() => answered(evidenceOf({ ageYears: 44, attributes: known })));
    for (const { disposition } of (await mine(seven, { draws: 6 }, knows)).rows.personas) {
      expect(disposition.ageYears).toBe(44);
      expect(disposition.attributes).toEqual({ ...known, age: { value: '30-64', status: 'stated' } });
    }
    const drawn = (await mine(seven, { draws: 6 })).rows.personas.map(({ disposition }) => disposition.attributes);
    for (const attributes of drawn)
      expect(Object.values(attributes).map(({ status }) => status)).toEqual(['imputed', 'imputed', 'imputed']);
    expect(new Set(drawn.map(({ region }) => region!.value))).toEqual(new Set(['north', 'south']));
  });

  it('draws nobody below the minimum age', async () => {
    const ages = async (minimumAge: number): Promise<number[]> =>
      (await mine(seven, { draws: 20, minimumAge })).rows.personas.map(({ disposition }) => disposition.ageYears);
    expect(Math.min(...(await ages(18)))).toBeGreaterThanOrEqual(18);
    expect(Math.min(...(await ages(65)))).toBeGreaterThanOrEqual(65);
    expect(Math.min(...(await ages(0)))).toBeLessThan(18);
  });

  it('leaves out people whose posts show that they are too young, and says so without failing', async () => {
    const young = writerOf(({ person }) => answered(evidenceOf({ ageYears: person === seven[0]!.person ? 17 : 18 })));
    const { rows, findings } = await mine(seven, { draws: 1 }, young);
    expect(rows.personas.map(({ person }) => person)).toEqual(seven.slice(1).map(({ person }) => person));
    expect(findingOf(findings, 'person-too-young').level).toBe('info');
  });

  it('leans the traits by the cues of the posts, weakly', async () => {
    const loud = writerOf(({ person }) => {
      const high = Number(person.slice(2)) % 2 === 0;
      const cue = { score: high ? 1 : -1, words: 100 };
      return answered(evidenceOf({ traitCues: [cue, ...Array.from({ length: 4 }, () => ({ score: 0, words: 0 }))] }));
    });
    const people = Array.from({ length: 20 }, (_, n) => historyOf(n));
    const meanExtraversion = async (config: object, of = people): Promise<number[]> => {
      const { rows } = await mine(of, { draws: 25, ...config }, loud);
      return [0, 1].map((rest) => {
        const own = rows.personas.filter(({ person }) => Number(person.slice(2)) % 2 === rest);
        return sumOf(own.map(({ disposition }) => disposition.traits[0]!)) / own.length;
      });
    };
    // 250 draws a group: a difference of means is within .27 of its expectation in all but 1 of 400 cases (3 SE, SE = .09);
    // at a validity of .5 the groups are about 1 apart.
    const [high, low] = (await meanExtraversion({ cueValidity: 0.5 })) as [number, number];
    expect(high - low).toBeGreaterThan(0.6);
    const [same, too] = (await meanExtraversion({ cueValidity: 0 })) as [number, number];
    expect(Math.abs(same - too)).toBeLessThan(0.27);
    // As fitted: .15, so the groups are about .3 apart.
    const [some, less] = (await meanExtraversion({})) as [number, number];
    expect(some - less).toBeGreaterThan(0.03);
    expect(some - less).toBeLessThan(0.57);
  });

  it('does not believe cues that there are too few people to measure against, and says so', async () => {
    const loud = writerOf(() =>
      answered(evidenceOf({ traitCues: Array(5).fill({ score: 9, words: 900 }) as Evidence['traitCues'] })),
    );
    const people = Array.from({ length: 20 }, (_, n) => historyOf(n));
    const { rows, findings } = await mine(people.slice(1), { draws: 1 }, loud);
    expect(findingOf(findings, 'cues-not-centred')).toEqual({
      level: 'info',
      code: 'cues-not-centred',
      message:
        'the text model of traits is not used: its scores mean something only against those of others, and 19 people are fewer than 20',
    });
    const silent = await mine(people.slice(1), { draws: 1 });
    expect(rows.personas.map(({ disposition }) => disposition)).toEqual(
      silent.rows.personas.map(({ disposition }) => disposition),
    );
    expect((await mine(people, { draws: 1 }, loud)).findings.map(({ code }) => code)).not.toContain('cues-not-centred');
    expect((await mine(seven, { draws: 1, cueValidity: 0 }, loud)).findings.map(({ code }) => code)).not.toContain(
      'cues-not-centred',
    );
  });

  it('lists every text that it could not have, and goes on: written and failed are all', async () => {
    const faulty = writerOf(
      ({ person }) => (person === seven[0]!.person ? failed('refused', 'not this one') : answered(evidenceOf())),
      ({ person }, { ageYears }) =>
        person === seven[1]!.person ? failed('malformed', 'no JSON') : answered(`Aged ${ageYears}.`),
    );
    const { rows, findings } = await mine(seven, { draws: 3 }, faulty);
    // Of a draw that came to nothing the groups are kept, so that it can be said who was lost.
    const drawn = (await mine(seven, { draws: 3 })).rows.personas.filter(({ person }) => person === seven[1]!.person);
    expect(rows.failures).toEqual([
      { person: seven[0]!.person, draw: 0, kind: 'refused', reason: 'not this one', attempts: 3 },
      ...drawn.map(({ draw, disposition }) => ({
        person: seven[1]!.person,
        draw,
        kind: 'malformed',
        reason: 'no JSON',
        attempts: 3,
        groups: Object.fromEntries(Object.entries(disposition.attributes).map(([name, { value }]) => [name, value])),
      })),
    ]);
    expect(rows.questions.map(({ step, id, kind }) => `${step} ${id} ${kind}`)).toHaveLength(7 + 6 * 3);
    expect(rows.questions.find(({ kind }) => kind === 'malformed')).toMatchObject({
      step: 'narrative',
      id: `${seven[1]!.person}.1`,
      model: 'test@1',
      attempts: 3,
      calls: [],
    });
    expect(rows.personas).toHaveLength(15);
    // The evidence of one person stands for all three of that person's draws.
    expect(rows.personas.length + rows.failures.length + 2).toBe(7 * 3);
    expect(findingOf(findings, 'writer-failures')).toMatchObject({
      level: 'caution',
      message: '4 texts could not be had from the writer',
    });
  });

  it('stops when the model is gone; what was written until then is kept', async () => {
    const dying = writerOf(
      () => answered(evidenceOf()),
      ({ person }) => (person >= seven[2]!.person ? failed('unavailable', 'no connection') : answered('Somebody.')),
    );
    const { failure, rows } = await failedStage(
      minePersonas,
      inputsFor(seven),
      { draws: 2 },
      { writer: dying, cueValidity, concurrency: 3 },
    );
    expect([failure.code, failure.exitCode]).toEqual(['model-unavailable', 5]);
    expect(failure.message).toBe(
      'mine-personas: the language model stopped answering (no connection); ' +
        '4 personas written so far are kept in stages/personas.jsonl. Check the server, then continue with pipeline resume.',
    );
    expect(rows.personas).toHaveLength(4);
    expect(rows.failures).toHaveLength(1);
  });

  it('asks a model that is gone no further: at most as many questions as are under way at once', async () => {
    let asked = 0;
    const gone = writerOf(() => {
      asked++;
      return failed('unavailable', 'no connection');
    });
    const many = Array.from({ length: 200 }, (_, n) => historyOf(n));
    await failedStage(minePersonas, inputsFor(many), { draws: 1 }, { writer: gone, cueValidity, concurrency: 3 });
    expect(asked).toBeLessThanOrEqual(6);
  });

  it('fails when nothing could be written', async () => {
    const silent = writerOf(() => failed('malformed', 'no JSON'));
    const { failure } = await failedStage(
      minePersonas,
      inputsFor(seven),
      { draws: 2 },
      { writer: silent, cueValidity, concurrency: 3 },
    );
    expect([failure.code, failure.exitCode]).toEqual(['quality-gate', 8]);
    expect(failure.message).toBe(
      'mine-personas: no persona could be written; got 7 failures of 7 people. See stages/mining-failures.jsonl for the reasons.',
    );
  });

  it.each([
    [{ personas: 10, draws: 2 }, 'give personas or draws, not both'],
    [{ personas: 0 }, 'personas'],
    [{ cueValidity: 1 }, 'cueValidity'],
    [{ persona: 10 }, 'persona'],
  ])('takes no settings %o', (config, message) => {
    expect(() => minePersonas.config.parse(config)).toThrow(message);
  });
});
