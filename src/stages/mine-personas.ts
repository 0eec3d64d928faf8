import { z } from 'zod';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import type { Answer } from '../model/answer.js';
import { moments } from '../numerics/statistics.js';
import { History } from '../persona/history.js';
import { NarrativePersona, type Evidence } from '../persona/narrative-persona.js';
import { statementModel, type CueCalibration, type CueValidity } from '../persona/trait-posterior.js';
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
  version: 2,
  summary: 'Read what the posts say of each person, draw what they leave open, write a narrative for each draw.',
  config: z
    .strictObject({
      personas: z.number().int().positive().optional().describe('candidates in all, spread evenly over the people'),
      draws: z.number().int().positive().optional().describe('candidates for each person'),
      minimumAge: z.number().int().min(0).max(120).default(18).describe('youngest age that is ever drawn'),
      cueValidity: z
        .union([z.literal('fitted'), z.number().min(0).max(0.9)])
        .default('fitted')
        .describe(
          'correlation of the text model with the traits: as fitted for each, or one for all (0: not believed)',
        ),
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
  uses: ['writer', 'cueValidity', 'concurrency'],

  async run({ histories, target, inventory, norms }, config, { emit, record, random, signal, services, progress }) {
    const { writer, cueValidity, concurrency } = services;
    const people: { history: History; answer: Answer<Evidence> }[] = [];
    for await (const batch of batches(histories)) {
      const answers = await askAll(batch, concurrency, (h, s) => writer.readEvidence(h, s), signal);
      answers.forEach((answer, i) => answer && people.push({ history: batch[i]!, answer }));
      if (answers.some((answer) => answer?.kind === 'unavailable')) break;
      progress(people.length, 2 * histories.count);
    }
    const cues = people.flatMap(({ answer }) => (answer.kind === 'answered' ? [answer.value.traitCues] : []));
    const validity =
      config.cueValidity === 'fitted'
        ? cueValidity
        : { ...cueValidity, validity: traitDomains.map(() => config.cueValidity as number) };
    if (cues.length < fewestForCues && Array.from(validity.validity).some((r) => r > 0))
      record({
        level: 'info',
        code: 'cues-not-centred',
        message: `the text model of traits is not used: its scores mean something only against those of others, and ${cues.length} people are fewer than ${fewestForCues}`,
      });
    const model = responseModel(inventory, norms);
    const source = {
      joint: populationJoint(target),
      model,
      measures: { cues: cueCalibration(cues, validity), statements: statementModel(model) },
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

/** With fewer people, means and spreads of cues are too uncertain to measure anybody against. */
const fewestForCues = 20;

/**
 * Cues mean something only against the cues of others who write the same kind of text: posts score a standard deviation and
 * more away from the sentences that the model was fitted to. They are centred and scaled over the people of this run; with
 * too few people they are not believed.
 */
function cueCalibration(cues: readonly Evidence['traitCues'][], validity: CueValidity): CueCalibration {
  const n = traitDomains.length;
  if (cues.length < fewestForCues)
    return { ...validity, validity: new Float64Array(n), mean: new Float64Array(n), sd: new Float64Array(n).fill(1) };
  const scores = Float64Array.from(cues.flatMap((cue) => cue.map(({ score }) => score)));
  const { mean, sd } = moments(scores, n, new Float64Array(cues.length).fill(1));
  return { ...validity, mean, sd: sd.map((s) => Math.max(s, 1e-6)) };
}

const providerStopped = (reason: string, written: number): Failure =>
  new Failure('model-unavailable', {
    where: 'mine-personas',
    problem: `the language model stopped answering (${reason}); ${written} personas written so far are kept in stages/personas.jsonl`,
    hint: 'Check the server, then continue with pipeline resume.',
  });
