import { z } from 'zod';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import type { Answer } from '../model/answer.js';
import { moments } from '../numerics/statistics.js';
import { History } from '../persona/history.js';
import { NarrativePersona, type Evidence } from '../persona/narrative-persona.js';
import { defaultCueCalibration, type CueCalibration } from '../persona/trait-posterior.js';
import { rows, value } from '../pipeline/artifact.js';
import { drawDisposition } from '../population/draw-disposition.js';
import { populationJoint } from '../population/joint.js';
import { ageCategory, Target } from '../population/target.js';
import { Inventory, TraitNorms, traitDomains } from '../psychometrics/inventory.js';
import { responseModel } from '../psychometrics/response-model.js';
import { askAll } from './ask-all.js';
import { defineStage, Models } from './services.js';

/** One thing that a writer could not do: which person or draw, at which step, and why. */
export const MiningFailure = z.strictObject({
  person: z.string(),
  /** 0 when the evidence of the person could not be read at all. */
  draw: z.number().int(),
  kind: z.enum(['refused', 'malformed', 'unavailable']),
  reason: z.string(),
  attempts: z.number().int(),
});

/** Histories that are worked on at once before their rows are written. */
const batchSize = 64;

/** Stage `mine-personas`: read what the posts say of each person, draw what they leave open, write a narrative for each draw. */
export const minePersonas = defineStage({
  name: 'mine-personas',
  version: 1,
  summary: 'Read what the posts say of each person, draw what they leave open, write a narrative for each draw.',
  config: z
    .strictObject({
      personas: z.number().int().positive().optional().describe('candidates in all, spread evenly over the people'),
      draws: z.number().int().positive().optional().describe('candidates for each person'),
      minimumAge: z.number().int().min(0).max(120).default(18).describe('youngest age that is ever drawn'),
      cueValidity: z
        .number()
        .min(0)
        .max(0.9)
        .default(0.15)
        .describe('correlation of trait cues in text with questionnaire scores; lexicons reach .09 to .15'),
    })
    .refine(({ personas, draws }) => personas === undefined || draws === undefined, {
      error: 'give personas or draws, not both',
    }),
  inputs: {
    histories: rows(History),
    target: value(Target),
    inventory: value(Inventory),
    norms: value(TraitNorms),
    models: value(Models),
  },
  outputs: { personas: rows(NarrativePersona), failures: rows(MiningFailure) },
  uses: ['writer', 'concurrency'],

  async run({ histories, target, inventory, norms }, config, { emit, record, random, signal, services, progress }) {
    const { writer, concurrency } = services;
    const people: { history: History; answer: Answer<Evidence> }[] = [];
    for await (const batch of batches(histories)) {
      const answers = await askAll(batch, concurrency, (h, s) => writer.readEvidence(h, s), signal);
      answers.forEach((answer, i) => answer && people.push({ history: batch[i]!, answer }));
      if (answers.some((answer) => answer?.kind === 'unavailable')) break;
      progress(people.length, 2 * histories.count);
    }
    const source = {
      joint: populationJoint(target),
      model: responseModel(inventory, norms),
      calibration: cueCalibration(people, config.cueValidity),
      minimumAge: config.minimumAge,
    };
    const hasAge = target.variables.some(({ name }) => name === 'age');
    const relaxed = new Set<string>();
    let [written, failed, done] = [0, 0, 0];
    const fail = async (person: string, draw: number, answer: Exclude<Answer<unknown>, { kind: 'answered' }>) => {
      failed++;
      await emit.failures({ person, draw, ...answer });
      if (answer.kind === 'unavailable') throw providerStopped(answer.reason, written);
    };

    for (const [index, { history, answer }] of people.entries()) {
      const { person } = history;
      if (answer.kind !== 'answered') {
        await fail(person, 0, answer);
        continue;
      }
      const evidence = answer.value;
      const { ageYears } = evidence;
      if (ageYears !== undefined && ageYears < config.minimumAge) {
        record({ level: 'info', code: 'person-too-young', message: `${person} is younger than ${config.minimumAge}` });
        continue;
      }
      if (ageYears !== undefined && hasAge && ageCategory(target, ageYears) === undefined) {
        record({ level: 'caution', code: 'person-outside-target', message: `${person} has an age outside the target` });
        continue;
      }
      const dispositions = Array.from({ length: drawsOf(config, index, people.length) }, (_, draw) => {
        const drawn = drawDisposition(evidence, source, random.fork(person, draw + 1));
        drawn.relaxed.forEach((variable) => relaxed.add(`${person} ${variable}`));
        return drawn.disposition;
      });
      const texts = await askAll(
        dispositions,
        concurrency,
        (disposition, s) => writer.narrate(history, evidence, disposition, s),
        signal,
      );
      const historySha256 = sha256(canonicalJson(history));
      // An outage ends the run only after what was answered beside it is written.
      for (const [draw, text] of texts.entries()) {
        if (text === undefined || text.kind === 'unavailable') continue;
        if (text.kind !== 'answered') {
          await fail(person, draw + 1, text);
          continue;
        }
        await emit.personas({
          id: `${person}.${draw + 1}`,
          person,
          draw: draw + 1,
          text: text.value,
          evidence,
          disposition: dispositions[draw]!,
          lineage: { writer: writer.name, prompts: [...writer.prompts], historySha256 },
        });
        written++;
      }
      const draw = texts.findIndex((text) => text?.kind === 'unavailable');
      const outage = texts[draw];
      if (outage !== undefined && outage.kind !== 'answered') await fail(person, draw + 1, outage);
      progress(people.length + ++done, 2 * people.length);
    }
    if (relaxed.size > 0)
      record({
        level: 'caution',
        code: 'imputation-relaxed',
        message: `for ${relaxed.size} known facts nobody in the target has all that is known of the person; they were kept but not conditioned on`,
        values: { facts: [...relaxed].slice(0, 20) },
      });
    const counts = writer.counts?.();
    if (counts)
      record({
        level: 'info',
        code: 'writer-counts',
        message: 'what the writer took over and left out',
        values: counts,
      });
    if (failed > 0)
      record({
        level: 'caution',
        code: 'writer-failures',
        message: `${failed} texts could not be had from the writer`,
      });
    if (written === 0)
      throw new Failure('quality-gate', {
        where: 'mine-personas',
        problem: 'no persona could be written',
        got: `${failed} failures of ${people.length} people`,
        hint: 'See stages/mining-failures.jsonl for the reasons.',
      });
    return {};
  },
});

async function* batches(histories: AsyncIterable<History>): AsyncGenerator<History[]> {
  let batch: History[] = [];
  for await (const history of histories) {
    batch.push(history);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Draws of the person at this place: an even share of all candidates, or a fixed number. */
function drawsOf(
  { personas, draws }: { personas?: number | undefined; draws?: number | undefined },
  index: number,
  people: number,
) {
  if (personas === undefined) return draws ?? 1;
  return Math.floor(personas / people) + (index < personas % people ? 1 : 0);
}

/** Cues mean something only against the cues of others: their mean and spread over the people of this run. */
function cueCalibration(people: readonly { answer: Answer<Evidence> }[], validity: number): CueCalibration {
  const cues = people.flatMap(({ answer }) => (answer.kind === 'answered' ? [answer.value.traitCues] : []));
  const scores = Float64Array.from(cues.flatMap((cue) => cue.map(({ score }) => score)));
  if (cues.length < 2) return { ...defaultCueCalibration, validity: traitDomains.map(() => validity) };
  const { mean, sd } = moments(scores, traitDomains.length, new Float64Array(cues.length).fill(1));
  return { mean, sd: sd.map((s) => Math.max(s, 1e-6)), validity: traitDomains.map(() => validity) };
}

const providerStopped = (reason: string, written: number): Failure =>
  new Failure('model-unavailable', {
    where: 'mine-personas',
    problem: `the language model stopped answering (${reason}); ${written} personas written so far are kept in stages/personas.jsonl`,
    hint: 'Check the server and start again with a new --out.',
  });
