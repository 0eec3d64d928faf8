import { z } from 'zod';
import type { Answer } from '../model/answer.js';

/** Steps at which a language model may be asked about somebody. */
export const questionSteps = ['evidence', 'narrative', 'judge', 'inventory', 'retest'] as const;

/** One question to a language model: about whom, what became of it, and which calls of the ledger it was. */
export const Question = z.strictObject({
  step: z.enum(questionSteps),
  /** A person for `evidence`, a persona (also one that never came to be) for the others. */
  id: z.string(),
  person: z.string(),
  model: z.string(),
  kind: z.enum(['answered', 'refused', 'malformed', 'unavailable']),
  /** How often it was put, with the mistake shown; above 1 it was re-asked. */
  attempts: z.number().int(),
  calls: z.array(z.string()),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
});
export type Question = z.infer<typeof Question>;

/** Whether a maker (writer, respondent, judge) asks a language model; the embedded ones compute, and have no questions. */
const asksModel = (maker: string): boolean => !maker.startsWith('embedded');

/** The question behind an answer; none where nothing was asked. */
export function questionsOf(
  { step, id, person, maker }: Pick<Question, 'step' | 'id' | 'person'> & { readonly maker: string },
  answer: Answer<unknown> | undefined,
): Question[] {
  if (answer === undefined || !asksModel(maker)) return [];
  const { kind, attempts, asked } = answer;
  return [
    {
      ...{ step, id, person, model: maker, kind, attempts },
      calls: [...(asked?.calls ?? [])],
      inputTokens: asked?.inputTokens ?? 0,
      outputTokens: asked?.outputTokens ?? 0,
    },
  ];
}
