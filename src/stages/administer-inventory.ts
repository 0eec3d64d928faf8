import { z } from 'zod';
import { Failure } from '../core/failure.js';
import type { Answer } from '../model/answer.js';
import { permutation } from '../numerics/sampling.js';
import { NarrativePersona } from '../persona/narrative-persona.js';
import { columns, rows, value } from '../pipeline/artifact.js';
import { foldOf, personaPool, personaPoolColumns, type MeasuredPersona } from '../population/persona-pool.js';
import { respondentCheck, respondentFinding } from '../population/respondent-check.js';
import { Target } from '../population/target.js';
import { Inventory, traitDomains, TraitNorms } from '../psychometrics/inventory.js';
import { InventoryQuality, inventoryQuality, qualityFindings } from '../psychometrics/inventory-quality.js';
import { matchInstrument, type NormSex } from '../psychometrics/norms.js';
import { responseModel } from '../psychometrics/response-model.js';
import { type Retest, retestOf } from '../psychometrics/retest.js';
import { scoreInventory } from '../psychometrics/scoring.js';
import { tScores } from '../psychometrics/t-scores.js';
import { askAll } from './ask-all.js';
import { Question, questionsOf } from './questions.js';
import { defineStage, Models } from './services.js';

/** A persona without usable answers, and why. */
export const Unmeasured = z.strictObject({ persona: z.string(), kind: z.string(), reason: z.string() });

/** Personas that answer at once before the next ones are read. */
const batchSize = 1024;

/** One persona with its raw responses, and with those of its second time where it was asked twice. */
interface Answered {
  readonly persona: NarrativePersona;
  readonly responses: Uint8Array;
  again?: Uint8Array;
}

/** Stage `administer-inventory`: let every persona answer the personality inventory, and score the answers. */
export const administerInventory = defineStage({
  name: 'administer-inventory',
  version: 3,
  summary: 'Let every persona answer the personality inventory, and score the answers.',
  config: z.strictObject({
    retest: z
      .number()
      .min(0)
      .max(1)
      .default(0.05)
      .describe('share of the personas that answer a second time, with the items in another order'),
  }),
  inputs: {
    kept: rows(NarrativePersona),
    inventory: value(Inventory),
    norms: value(TraitNorms),
    target: value(Target),
    models: value(Models),
    reference: columns('reference/1', ['fold']),
  },
  outputs: {
    pool: columns('persona-pool/1', personaPoolColumns),
    unmeasured: rows(Unmeasured),
    quality: value(InventoryQuality),
    questions: rows(Question),
  },
  conserves: [
    {
      of: 'kept',
      by: 'id',
      kept: { pool: 'persona' },
      dropped: { unmeasured: { by: 'persona', reason: 'kind', detail: 'reason' } },
    },
  ],
  uses: ['respondent', 'concurrency'],

  async run({ kept, inventory, norms, target, reference }, { retest }, context) {
    const { emit, random, record, services, signal, progress } = context;
    const { respondent, concurrency } = services;
    matchInstrument(inventory, norms);
    const order = permutation(inventory.items.length, random.fork('retest', 'order'));
    const reordered = { ...inventory, items: Array.from(order, (i) => inventory.items[i]!) };
    const answered: Answered[] = [];
    let done = 0;
    const noteQuestion = async (
      step: 'inventory' | 'retest',
      { id, person }: NarrativePersona,
      answer?: Answer<unknown>,
    ) => {
      for (const question of questionsOf({ step, id, person, maker: respondent.name }, answer))
        await emit.questions(question);
    };
    const administer = async (batch: readonly NarrativePersona[]): Promise<void> => {
      const answers = await askAll(
        batch,
        concurrency,
        (persona, s) => respondent.answer(persona, inventory, random.fork(persona.id), s),
        signal,
      );
      const own: Answered[] = [];
      for (const [i, answer] of answers.entries()) {
        const persona = batch[i]!;
        await noteQuestion('inventory', persona, answer);
        if (answer?.kind === 'answered') own.push({ persona, responses: answer.value });
        else if (answer) await emit.unmeasured({ persona: persona.id, kind: answer.kind, reason: answer.reason });
      }
      stopOnOutage(answers, answered.length + own.length);
      const chosen = own.filter(({ persona }) => random.fork(persona.id, 'retest').uniform() < retest);
      const second = await askAll(
        chosen,
        concurrency,
        ({ persona }, s) => respondent.answer(persona, reordered, random.fork(persona.id, 'again'), s),
        signal,
      );
      for (const [i, answer] of second.entries()) await noteQuestion('retest', chosen[i]!.persona, answer);
      stopOnOutage(second, answered.length + own.length);
      second.forEach((answer, i) => {
        if (answer?.kind !== 'answered') return;
        const again = new Uint8Array(order.length);
        order.forEach((item, at) => (again[item] = answer.value[at]!));
        chosen[i]!.again = again;
      });
      answered.push(...own);
      progress((done += batch.length), kept.count);
    };
    const batch: NarrativePersona[] = [];
    for await (const persona of kept) {
      batch.push(persona);
      if (batch.length === batchSize) await administer(batch.splice(0));
    }
    await administer(batch);

    const responses = rowsOfAnswers(answered.map((one) => one.responses));
    const { domains } = scoreInventory(inventory, responses);
    const { t, outside } = tScores(inventory, norms, domains, {
      sex: answered.map(({ persona }) => sexOf(persona)),
      ageYears: Float64Array.from(answered, ({ persona }) => persona.disposition.ageYears),
    });
    const d = traitDomains.length;
    const measured: MeasuredPersona[] = [];
    for (const [i, { persona, responses: own }] of answered.entries()) {
      const scores = domains.subarray(i * d, i * d + d);
      if (scores.every(Number.isFinite))
        measured.push({
          persona: persona.id,
          person: persona.person,
          draw: persona.draw,
          disposition: persona.disposition,
          responses: own,
          scores,
          tScores: t.subarray(i * d, i * d + d),
        });
      else
        await emit.unmeasured({
          persona: persona.id,
          kind: 'too-few-answers',
          reason: 'a domain has less than half of its items',
        });
    }
    if (measured.length === 0)
      throw new Failure('quality-gate', {
        where: 'administer-inventory',
        problem: 'no persona answered the inventory',
        got: `${kept.count} personas`,
      });
    if (!target.variables.some(({ name }) => name === 'sex'))
      record({
        level: 'caution',
        code: 't-scores-without-sex',
        message: 'the target has no variable sex: T-scores of people whose sex is not known are by the norms of women',
      });
    const quality = inventoryQuality(inventory, norms, responses, retestOfAnswered(inventory, answered));
    record({
      level: 'info',
      code: 'inventory-administered',
      message: `${measured.length} of ${kept.count} personas answered ${inventory.name}`,
      values: { ...quality, agesOutsideNorms: outside },
    });
    qualityFindings(quality).forEach(record);
    if (respondent.name.startsWith('embedded')) {
      const prior = foldOf(reference, target, 'prior');
      const model = responseModel(inventory, norms);
      const check = respondentCheck({ model, norms, target, prior }, random.fork('check'));
      if (check) record(respondentFinding(check));
    }
    return { pool: personaPool(target, inventory, measured), quality };
  },
});

/** @throws {Failure} `model-unavailable` when one of the answers says so */
function stopOnOutage(answers: readonly (Answer<unknown> | undefined)[], personas: number): void {
  const outage = answers.find((answer) => answer?.kind === 'unavailable');
  if (outage?.kind === 'unavailable')
    throw new Failure('model-unavailable', {
      where: 'administer-inventory',
      problem: `the language model stopped answering (${outage.reason}) after ${personas} personas`,
      hint: 'Check the server, then continue with pipeline resume.',
    });
}

/** Responses of many, row by row. */
function rowsOfAnswers(answers: readonly Uint8Array[]): Uint8Array {
  const width = answers[0]?.length ?? 0;
  const all = new Uint8Array(answers.length * width);
  answers.forEach((own, i) => all.set(own, i * width));
  return all;
}

/** Null where nobody answered twice. */
function retestOfAnswered(inventory: Inventory, answered: readonly Answered[]): Retest | null {
  const twice = answered.flatMap(({ responses, again }) => (again ? [{ responses, again }] : []));
  if (twice.length === 0) return null;
  return retestOf(
    inventory,
    rowsOfAnswers(twice.map(({ responses }) => responses)),
    rowsOfAnswers(twice.map(({ again }) => again)),
  );
}

const sexOf = ({ disposition }: NarrativePersona): NormSex =>
  disposition.attributes['sex']?.value === 'male' ? 'male' : 'female';
