import { answered, type Answer } from '../model/answer.js';
import { attributePhrase, attributePhrases, knownValues, type Shape } from './narrative/attributes.js';
import { capital } from './narrative/grammar.js';
import { layersOf } from './narrative/marks.js';
import { voiceOf, type Voice } from './narrative/voice.js';
import type { Change, Reviser } from './ports.js';

/**
 * Revises texts of the embedded writer without a language model: in the layer on what was drawn, the words that state the
 * old value are replaced by the words for the new one, and nothing else. Where the old value is not stated exactly once
 * there, the revision is `refused` with the reason. Same input, same bytes.
 */
export function embeddedReviser(): Reviser {
  return {
    name: 'embedded@2',
    revise({ text, disposition }, changes) {
      const voice = voiceOfText(text, disposition.attributes['sex']?.value);
      const { said, drawn } = layersOf(text);
      let revised = drawn;
      for (const change of changes) {
        const next = replaced(revised, change, voice);
        if (next === undefined)
          return refusal(
            `the part on what was drawn does not state “${attributePhrase(change.variable, change.from, voice)}” exactly once`,
          );
        revised = next;
      }
      return Promise.resolve(answered(said + revised));
    },
  };
}

const refusal = (reason: string): Promise<Answer<string>> => Promise.resolve({ kind: 'refused', reason, attempts: 1 });

/** The voice of a text about a person of this sex: "I" where the text says it outside quotations. */
export const voiceOfText = (text: string, sex: string | undefined): Voice =>
  voiceOf(sex, /\bI\b/.test(text.replace(/“[^”]*”/g, '')) ? 'first' : 'third');

/** Where a text states a value, and the words that would state the other value in the same way. */
interface Statement {
  readonly start: number;
  readonly end: number;
  readonly value: string;
  readonly instead: string;
}

/** The text with one value exchanged; undefined when the old one is not stated exactly once. */
export function replaced(text: string, { variable, from, to }: Change, voice: Voice): string | undefined {
  const [only, ...more] = statementsOf(text, variable, from, to, voice);
  if (only === undefined || more.length > 0) return undefined;
  return text.slice(0, only.start) + only.instead + text.slice(only.end);
}

/** Whether a text states a value of a variable. */
export const states = (text: string, variable: string, value: string, voice: Voice): boolean =>
  statementsOf(text, variable, value, value, voice).length > 0;

/** Every place that states a value. What is part of a longer statement ("married" in "never married") is none of its own. */
function statementsOf(text: string, variable: string, from: string, to: string, voice: Voice): Statement[] {
  const found = [...new Set([from, ...knownValues(variable)])].flatMap((value) =>
    attributePhrases(variable, value, voice).flatMap(({ shape, words }) =>
      positionsOf(text, words, shape).map((start) => ({
        start,
        end: start + words.length,
        value,
        instead: likeCapital(attributePhrase(variable, to, voice, shape), text[start]!),
      })),
    ),
  );
  const isPart = (a: Statement, b: Statement): boolean =>
    b.start <= a.start && a.end <= b.end && b.end - b.start > a.end - a.start;
  return found.filter((one) => one.value === from && !found.some((other) => isPart(one, other)));
}

const likeCapital = (words: string, first: string): string => (first === first.toUpperCase() ? capital(words) : words);

/**
 * Where words stand as a whole: after white space, and before a comma, "and" or the end of the sentence. What stands in
 * front of a sentence stands nowhere else.
 */
function positionsOf(text: string, words: string, shape: Shape): number[] {
  const isFront = shape === 'state' || shape === 'with';
  const [before, after] = isFront ? [/(?:^|[.:;]\s+)$/, /^, /] : [/(?:^|\s)$/, /^(?:[.,;:]| and |$)/];
  const positions: number[] = [];
  for (const form of new Set([words, capital(words)]))
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1))
      if (before.test(text.slice(Math.max(0, at - 4), at)) && after.test(text.slice(at + form.length)))
        positions.push(at);
  return positions;
}
