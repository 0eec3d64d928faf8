import type { RandomStream } from '../core/random.js';
import type { Recorded } from '../model/recording.js';
import { permutation } from '../numerics/sampling.js';
import type { History } from '../persona/history.js';
import type { NarrativePersona } from '../persona/narrative-persona.js';
import type { Judge, PersonaWriter, Respondent } from '../persona/ports.js';
import type { Inventory } from '../psychometrics/inventory.js';
import { questionSteps } from './questions.js';

/** What one kind of question would take, over the whole run, if each were asked once. */
export interface CallEstimate {
  readonly step: (typeof questionSteps)[number];
  readonly model: string;
  readonly calls: number;
  readonly inputTokens: TokenEstimate;
  readonly outputTokens: TokenEstimate;
}

/** Tokens: by the length of text that usually makes one, and a bound that cannot be passed without asking again. */
export interface TokenEstimate {
  readonly expected: number;
  readonly most: number;
}

/** What is known before anybody is asked. */
export interface EstimateInputs {
  /** People that would be kept. */
  readonly histories: readonly History[];
  /** One persona each of some of them, written without a language model: it stands for the one that will be written. */
  readonly personas: readonly NarrativePersona[];
  /** Candidate personas in all. */
  readonly candidates: number;
  readonly inventory: Inventory;
  /** Share of the personas that answer twice. */
  readonly retest: number;
  /** Whether the inventory is answered once more, with texts that changed owners. */
  readonly isShuffled: boolean;
  /** Absent where the embedded maker writes or answers. */
  readonly writer: PersonaWriter | undefined;
  readonly respondent: Respondent | undefined;
  readonly judges: readonly Judge[];
  /** Questions since it was last called; see `recordingModel`. */
  readonly taken: () => readonly Recorded[];
}

/** Bytes of English text and JSON that usually make a token. */
const bytesPerToken = 4;
/** Characters of JSON around a claim, a quote and its post. */
const claimFrame = 80;

/** People of whom at most are looked at; a draw decides who. */
export const peopleForEstimate = 100;

/** Some of the people, drawn at random, in their order. */
export function someOf<T>(items: readonly T[], random: RandomStream): T[] {
  const chosen = permutation(items.length, random).slice(0, peopleForEstimate).sort();
  return Array.from(chosen, (i) => items[i]!);
}

/**
 * What a run would ask of language models, from the prompts that it would send: those of some people are put together as they
 * would be, and nobody is asked. Every candidate is taken to be written and kept, and every question to be asked once.
 *
 * @param random of the answers to the inventory; no figure depends on it
 */
export async function estimateCalls(inputs: EstimateInputs, random: RandomStream): Promise<CallEstimate[]> {
  const { histories, personas, candidates, inventory, retest, isShuffled, writer, respondent, judges, taken } = inputs;
  if (personas.length === 0) return [];
  const signal = new AbortController().signal;
  const historyOf = new Map(histories.map((history) => [history.person, history]));
  const estimates: CallEstimate[] = [];
  /** Adds what `ask` is asked of each persona at hand, as many times as there will be. */
  async function add(
    step: CallEstimate['step'],
    model: string,
    units: number,
    ask: (persona: NarrativePersona, history: History) => Promise<unknown>,
    answerBytes?: (persona: NarrativePersona) => number,
  ): Promise<void> {
    taken();
    let [calls, read, mostWritten, written] = [0, 0, 0, 0];
    for (const persona of personas) {
      await ask(persona, historyOf.get(persona.person)!);
      const recorded = taken();
      calls += recorded.length;
      for (const { inputBytes, mostOutputTokens, outputBytes } of recorded) {
        read += inputBytes;
        mostWritten += mostOutputTokens;
        written += answerBytes?.(persona) ?? outputBytes;
      }
    }
    const scale = units / personas.length;
    const tokens = (bytes: number): number => Math.round((scale * bytes) / bytesPerToken);
    estimates.push({
      ...{ step, model, calls: Math.round(scale * calls) },
      inputTokens: { expected: tokens(read), most: Math.round(scale * read) },
      outputTokens: { expected: tokens(written), most: Math.round(scale * mostWritten) },
    });
  }

  if (writer) {
    await add(
      'evidence',
      writer.name,
      histories.length,
      (_, history) => writer.readEvidence(history, signal),
      evidenceBytes,
    );
    await add(
      'narrative',
      writer.name,
      candidates,
      ({ evidence, disposition }, history) => writer.narrate(history, evidence, disposition, signal),
      ({ text }) => Buffer.byteLength(JSON.stringify({ evidence: text, disposition: '' })),
    );
  }
  for (const judge of judges)
    await add('judge', judge.name, candidates, (persona, history) => judge.judge(persona, history, signal));
  if (respondent) {
    const answer = (persona: NarrativePersona): Promise<unknown> =>
      respondent.answer(persona, inventory, random.fork(persona.id), signal);
    const times = isShuffled ? 2 : 1;
    await add('inventory', respondent.name, times * candidates, answer);
    if (retest > 0) await add('retest', respondent.name, Math.round(times * retest * candidates), answer);
  }
  return estimates;
}

/** Bytes of the answer that lists what a persona's posts say. */
const evidenceBytes = ({ evidence: { claims, attributes } }: NarrativePersona): number => {
  const quoted = [...claims, ...Object.values(attributes)].map(({ source }) =>
    source ? source.end - source.start : 0,
  );
  return (
    Buffer.byteLength(JSON.stringify(claims.map(({ statement }) => statement))) +
    quoted.reduce((total, length) => total + length + claimFrame, claimFrame)
  );
};
