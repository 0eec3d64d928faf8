import { z } from 'zod';
import { Failure } from '../core/failure.js';
import { sum } from '../numerics/statistics.js';
import { NarrativePersona } from '../persona/narrative-persona.js';
import { columns, rows, value } from '../pipeline/artifact.js';
import { personaPool, personaPoolColumns, type MeasuredPersona } from '../population/persona-pool.js';
import { Target } from '../population/target.js';
import { Inventory, TraitNorms, traitDomains } from '../psychometrics/inventory.js';
import { matchInstrument, type NormSex } from '../psychometrics/norms.js';
import { reliability } from '../psychometrics/reliability.js';
import { responseQuality } from '../psychometrics/response-quality.js';
import { scoreInventory } from '../psychometrics/scoring.js';
import { tScores } from '../psychometrics/t-scores.js';
import { askAll } from './ask-all.js';
import { defineStage, Models } from './services.js';

/** A persona without usable answers, and why. */
export const Unmeasured = z.strictObject({ persona: z.string(), kind: z.string(), reason: z.string() });

/** Personas that answer at once before the next ones are read. */
const batchSize = 1024;

/** Stage `administer-inventory`: let every persona answer the personality inventory, and score the answers. */
export const administerInventory = defineStage({
  name: 'administer-inventory',
  version: 1,
  summary: 'Let every persona answer the personality inventory, and score the answers.',
  config: z.strictObject({}),
  inputs: {
    kept: rows(NarrativePersona),
    inventory: value(Inventory),
    norms: value(TraitNorms),
    target: value(Target),
    models: value(Models),
  },
  outputs: { pool: columns('persona-pool/1', personaPoolColumns), unmeasured: rows(Unmeasured) },
  uses: ['respondent', 'concurrency'],

  async run({ kept, inventory, norms, target }, _, { emit, random, record, services, signal, progress }) {
    matchInstrument(inventory, norms);
    const answered: { persona: NarrativePersona; responses: Uint8Array }[] = [];
    let done = 0;
    const administer = async (batch: readonly NarrativePersona[]): Promise<void> => {
      const answers = await askAll(
        batch,
        services.concurrency,
        (persona, s) => services.respondent.answer(persona, inventory, random.fork(persona.id), s),
        signal,
      );
      for (const [i, answer] of answers.entries()) {
        const persona = batch[i]!;
        if (answer?.kind === 'answered') answered.push({ persona, responses: answer.value });
        else if (answer) await emit.unmeasured({ persona: persona.id, kind: answer.kind, reason: answer.reason });
      }
      const outage = answers.find((answer) => answer?.kind === 'unavailable');
      if (outage?.kind === 'unavailable')
        throw new Failure('model-unavailable', {
          where: 'administer-inventory',
          problem: `the language model stopped answering (${outage.reason}) after ${answered.length} personas`,
          hint: 'Check the server and start again with a new --out.',
        });
      progress((done += batch.length), kept.count);
    };
    const batch: NarrativePersona[] = [];
    for await (const persona of kept) {
      batch.push(persona);
      if (batch.length === batchSize) await administer(batch.splice(0));
    }
    await administer(batch);

    const n = answered.length;
    const width = inventory.items.length;
    const responses = new Uint8Array(n * width);
    answered.forEach((one, i) => responses.set(one.responses, i * width));
    const { domains } = scoreInventory(inventory, responses);
    const sexOf = ({ disposition }: NarrativePersona): NormSex =>
      disposition.attributes['sex']?.value === 'male' ? 'male' : 'female';
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
    const { alpha } = reliability(inventory, responses);
    const quality = responseQuality(inventory, responses);
    record({
      level: 'info',
      code: 'inventory-administered',
      message: `${measured.length} of ${kept.count} personas answered ${inventory.name}`,
      values: {
        alpha: Object.fromEntries(traitDomains.map((domain, k) => [domain, finite(alpha[k]!)])),
        meanMidpointShare: mean(quality.midpointShare),
        meanExtremeShare: mean(quality.extremeShare),
        straightLined: quality.straightLined.reduce((s, x) => s + x, 0),
        agesOutsideNorms: outside,
      },
    });
    return { pool: personaPool(target, inventory, measured) };
  },
});

/** Mean over those who have a value at all. */
const mean = (values: Float64Array): number | null => {
  const known = values.filter(Number.isFinite);
  return known.length > 0 ? sum(known) / known.length : null;
};

/** JSON has no NaN: a figure that cannot be computed is absent. */
const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);
