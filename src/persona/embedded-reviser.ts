import { answered, type Answer } from '../model/answer.js';
import { attributePhrase, predicate, voiceOf, type Voice } from './embedded-prose.js';
import { imputedOpening } from './embedded-writer.js';
import type { Change, Reviser } from './ports.js';

/** A text in two: what the posts say, and what was drawn (empty when the text does not have that paragraph). */
export function splitDrawn(text: string): { readonly said: string; readonly drawn: string } {
  const at = text.lastIndexOf(imputedOpening);
  return at < 0 ? { said: text, drawn: '' } : { said: text.slice(0, at), drawn: text.slice(at) };
}

/**
 * Revises texts of the embedded writer without a language model: in the paragraph on what was drawn, the words that state
 * the old value are replaced by the words for the new one, and nothing else. Where the old value is not stated exactly
 * once there, the revision is `refused` with the reason. Same input, same bytes.
 */
export function embeddedReviser(): Reviser {
  return {
    name: 'embedded@1',
    revise({ text, disposition }, changes) {
      const voice = voiceOf(disposition.attributes['sex']?.value);
      const { said, drawn } = splitDrawn(text);
      let revised = drawn;
      for (const change of changes) {
        const next = replaced(revised, change, voice);
        if (next === undefined) {
          const [old] = statements(change.variable, change.from, voice);
          return refusal(`the paragraph on what was drawn does not state “${old!}” exactly once`);
        }
        revised = next;
      }
      return Promise.resolve(answered(said + revised));
    },
  };
}

const refusal = (reason: string): Promise<Answer<string>> => Promise.resolve({ kind: 'refused', reason, attempts: 1 });

/**
 * The ways in which the writer's sentences state a value: the predicate, or without its verb after another one with the
 * same verb ("is White and not Hispanic").
 */
export function statements(variable: string, value: string, voice: Voice): string[] {
  const whole = predicate(attributePhrase(variable, value), voice);
  const shared = /^(?:is|are) /.exec(whole)?.[0];
  return shared === undefined ? [whole] : [whole, `and ${whole.slice(shared.length)}`];
}

/** The paragraph with one value exchanged; undefined when the old one is not there exactly once. */
function replaced(paragraph: string, { variable, from, to }: Change, voice: Voice): string | undefined {
  const [olds, news] = [statements(variable, from, voice), statements(variable, to, voice)];
  const found = olds.flatMap((old, k) => positionsOf(paragraph, old).map((at) => ({ at, old, fresh: news[k] })));
  const [only, ...more] = found;
  if (only?.fresh === undefined || more.length > 0) return undefined;
  return paragraph.slice(0, only.at) + only.fresh + paragraph.slice(only.at + only.old.length);
}

/** Where a statement stands as a whole: after a space, and before a comma, "and" or the end of the sentence. */
function positionsOf(paragraph: string, statement: string): number[] {
  const positions: number[] = [];
  for (let at = paragraph.indexOf(statement); at >= 0; at = paragraph.indexOf(statement, at + 1))
    if (paragraph[at - 1] === ' ' && /^(?:[.,]| and )/.test(paragraph.slice(at + statement.length))) positions.push(at);
  return positions;
}
