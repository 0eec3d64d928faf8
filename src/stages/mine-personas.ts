import { z } from 'zod';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import type { Answer } from '../model/answer.js';
import { mapAnswer } from '../model/ask.js';
import { moments } from '../numerics/statistics.js';
import { History } from '../persona/history.js';
import { NarrativePersona, type Disposition, type Evidence } from '../persona/narrative-persona.js';
import { statementModel, type CueCalibration, type CueValidity } from '../persona/trait-posterior.js';
import { optional, rows, value } from '../pipeline/artifact.js';
import { drawDisposition } from '../population/draw-disposition.js';
import { populationJoint } from '../population/joint.js';
import { ageCategory, Target } from '../population/target.js';
import { Inventory, TraitNorms, traitDomains } from '../psychometrics/inventory.js';
import { responseModel } from '../psychometrics/response-model.js';
import { askAll } from './ask-all.js';
import { DataUse, evidenceGate } from './data-use.js';
import { IngestTally, LeftOut } from './ingest-histories.js';
import { Question, questionsOf } from './questions.js';
import { defineStage, Models } from './services.js';

/** One thing that a writer could not do: which person or draw, at which step, and why. */
export const MiningFailure = z.strictObject({
  person: z.string(),
  /** 0 when the evidence of the person could not be read at all. */
  draw: z.number().int(),
  kind: z.enum(['refused', 'malformed', 'unavailable']),
  reason: z.string(),
  attempts: z.number().int(),
  /** Of the draw, by variable; absent where none was made. What groups lose is counted with it. */
  groups: z.record(z.string(), z.string()).optional(),
});
export type MiningFailure = z.infer<typeof MiningFailure>;

/** Histories that are read at once; and narratives that are asked for at once, before their rows are written. */
const batchSize = 1_024;
const narrativesAtOnce = 4_096;

/** A person with what was drawn for each narrative, or of whom nothing could be read. */
type Prepared = { readonly history: History; readonly dispositions: readonly Disposition[] } & (
  { readonly evidence: Evidence; readonly failure?: never } | { readonly evidence?: never; readonly failure: Failed }
);

/** Stage `mine-personas`: read what the posts say of each person, draw what they leave open, write a narrative for each draw. */
export const minePersonas = defineStage({
  name: 'mine-personas',
  version: 3,
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
    /** Says of how many people those of a pilot were drawn. */
    tally: optional(value(IngestTally)),
    dataUse: optional(value(DataUse)),
  },
  outputs: {
    personas: rows(NarrativePersona),
    failures: rows(MiningFailure),
    leftOut: rows(LeftOut),
    questions: rows(Question),
  },
  conserves: [
    {
      of: 'histories',
      by: 'person',
      kept: { personas: 'person' },
      dropped: {
        failures: { by: 'person', reason: 'kind', detail: 'reason' },
        leftOut: { by: 'person', reason: 'reason' },
      },
      each: 'some',
    },
  ],
  uses: ['writer', 'cueValidity', 'concurrency', 'topicsIn'],

  async run({ histories, target, inventory, norms, tally, dataUse }, given, context) {
    const { emit, record, random, signal, services, progress } = context;
    const { writer, cueValidity, concurrency } = services;
    const gate = evidenceGate(dataUse, services.topicsIn);
    const config = { ...given, personas: pilotShare(given.personas, histories.count, tally) };
    const noteQuestion = async (
      step: 'evidence' | 'narrative',
      person: string,
      id: string,
      answer?: Answer<unknown>,
    ) => {
      for (const question of questionsOf({ step, id, person, maker: writer.name }, answer))
        await emit.questions(question);
    };
    const people: { history: History; answer: Answer<Evidence>; ageRead: number | undefined }[] = [];
    for await (const batch of batches(histories)) {
      const before = people.length;
      const answers = await askAll(
        batch,
        concurrency,
        (h, s) => writer.readEvidence(h, s),
        signal,
        (answered) => progress(before + answered, 2 * histories.count),
      );
      for (const [i, answer] of answers.entries()) {
        // Whoever may be a minor is left out, also where no age may be kept.
        const ageRead = answer?.kind === 'answered' ? answer.value.ageYears : undefined;
        if (answer) people.push({ history: batch[i]!, answer: mapAnswer(answer, gate.allowed), ageRead });
        await noteQuestion('evidence', batch[i]!.person, batch[i]!.person, answer);
      }
      if (answers.some((answer) => answer?.kind === 'unavailable')) break;
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
    const fail = async (person: string, draw: number, answer: Failed, disposition?: Disposition) => {
      failed++;
      const { kind, reason, attempts } = answer;
      const groups = disposition && { groups: categoriesOf(disposition) };
      await emit.failures({ person, draw, kind, reason, attempts, ...groups });
      if (answer.kind === 'unavailable') throw providerStopped(answer.reason, written);
    };

    /** Writes what became of some people, after asking for all their narratives at once. */
    const write = async (some: readonly Prepared[]): Promise<void> => {
      const questions = some.flatMap(({ history, evidence, dispositions }) =>
        evidence === undefined ? [] : dispositions.map((disposition) => ({ history, evidence, disposition })),
      );
      const texts = await askAll(
        questions,
        concurrency,
        ({ history, evidence, disposition }, s) => writer.narrate(history, evidence, disposition, s),
        signal,
        (answered) =>
          progress(people.length + done + Math.floor((some.length * answered) / questions.length), 2 * people.length),
      );
      done += some.length;
      let outage: { person: string; draw: number; answer: Failed } | undefined;
      let next = 0;
      for (const { history, evidence, dispositions, failure } of some) {
        const { person } = history;
        if (evidence === undefined) {
          await fail(person, 0, failure);
          continue;
        }
        const historySha256 = sha256(canonicalJson(history));
        for (const [k, disposition] of dispositions.entries()) {
          const [draw, text] = [k + 1, texts[next++]];
          const id = `${person}.${draw}`;
          await noteQuestion('narrative', person, id, text);
          if (text === undefined) continue;
          if (text.kind === 'answered') {
            const lineage = { writer: writer.name, prompts: [...writer.prompts], historySha256 };
            await emit.personas({ id, person, draw, text: text.value, evidence, disposition, lineage });
            written++;
          } else if (text.kind === 'unavailable') outage ??= { person, draw, answer: text };
          else await fail(person, draw, text, disposition);
        }
      }
      // An outage ends the run only after what was answered beside it is written.
      if (outage) await fail(outage.person, outage.draw, outage.answer);
    };

    let prepared: Prepared[] = [];
    let asked = 0;
    for (const [index, { history, answer, ageRead: ageYears }] of people.entries()) {
      const { person } = history;
      if (answer.kind !== 'answered') {
        prepared.push({ history, dispositions: [], failure: answer });
        continue;
      }
      const evidence = answer.value;
      if (ageYears !== undefined && ageYears < config.minimumAge) {
        record({ level: 'info', code: 'person-too-young', message: `${person} is younger than ${config.minimumAge}` });
        await emit.leftOut({ person, reason: 'younger than the minimum age' });
        continue;
      }
      if (ageYears !== undefined && hasAge && ageCategory(target, ageYears) === undefined) {
        record({ level: 'caution', code: 'person-outside-target', message: `${person} has an age outside the target` });
        await emit.leftOut({ person, reason: 'of an age that the target does not have' });
        continue;
      }
      const draws = drawsOf(config, index, people.length);
      if (draws === 0) await emit.leftOut({ person, reason: 'no draw: there are more people than personas' });
      const dispositions = Array.from({ length: draws }, (_, draw) => {
        const drawn = drawDisposition(evidence, source, random.fork(person, draw + 1));
        drawn.relaxed.forEach((variable) => relaxed.add(`${person} ${variable}`));
        return drawn.disposition;
      });
      prepared.push({ history, evidence, dispositions });
      asked += draws;
      if (asked < narrativesAtOnce) continue;
      await write(prepared);
      [prepared, asked] = [[], 0];
    }
    await write(prepared);
    if (relaxed.size > 0)
      record({
        level: 'caution',
        code: 'imputation-relaxed',
        message: `for ${relaxed.size} known facts nobody in the target has all that is known of the person; they were kept but not conditioned on`,
        values: { facts: [...relaxed].slice(0, 20) },
      });
    gate.findings().forEach(record);
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

type Failed = Exclude<Answer<unknown>, { kind: 'answered' }>;

/** What was drawn, by variable, without how it is known. */
const categoriesOf = ({ attributes }: Disposition): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).map(([variable, { value }]) => [variable, value]));

/** Candidates asked for: in a pilot, each person gets about as many as in the whole run. */
export function pilotShare(
  personas: number | undefined,
  people: number,
  tally: IngestTally | undefined,
): number | undefined {
  const all = tally?.pilot?.people;
  if (personas === undefined || all === undefined || all === 0) return personas;
  return Math.max(1, Math.round((personas * people) / all));
}

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
