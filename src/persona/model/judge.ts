import { z } from 'zod';
import { ask } from '../../model/ask.js';
import type { ChatModel } from '../../model/chat-model.js';
import type { Judge } from '../ports.js';
import { showPosts } from './posts.js';
import { fenced, fillPrompt, type Prompt } from './prompt.js';

/** One criterion of a rubric. */
export interface RubricCriterion {
  readonly id: string;
  readonly question: string;
  /** What the scores 1 to 5 stand for, in order. */
  readonly anchors: readonly string[];
}

export interface ModelJudgeOptions {
  readonly model: ChatModel;
  readonly prompt: Prompt;
  readonly rubric: readonly RubricCriterion[];
  /** Most characters of posts shown; the newest are. Default 60 000. */
  readonly maxPostCharacters?: number;
}

/** Scores personas with a language model at temperature 0; every criterion must get a whole score from 1 to 5. */
export function modelJudge({ model, prompt, rubric, maxPostCharacters = 60_000 }: ModelJudgeOptions): Judge {
  const score = z.literal([1, 2, 3, 4, 5]);
  const schema: z.ZodType<Record<string, number>> = z.strictObject(
    Object.fromEntries(rubric.map(({ id }) => [id, score])),
  );
  const criteria = rubric
    .map(({ id, question, anchors }) =>
      [`- ${id}: ${question}`, ...anchors.map((text, i) => `  ${i + 1}: ${text}`)].join('\n'),
    )
    .join('\n');
  return {
    name: `model:${model.name}`,
    judge(persona, history, signal) {
      const filled = fillPrompt(prompt, {
        posts: showPosts(history.posts, maxPostCharacters).fence,
        persona: fenced('persona', [persona.text]),
        rubric: criteria,
      });
      return ask(model, { ...filled, schemaName: 'scores', temperature: 0, maxOutputTokens: 500 }, schema, signal);
    },
  };
}
