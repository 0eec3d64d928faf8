import { ask, mapAnswer } from '../../model/ask.js';
import type { ChatModel } from '../../model/chat-model.js';
import { wordCount } from '../../text/tokens.js';
import type { Reviser } from '../ports.js';
import { revisedAnswer } from './narrative-answer.js';
import { fenced, fillPrompt, type Prompt } from './prompt.js';

export interface ModelReviserOptions {
  readonly model: ChatModel;
  readonly prompt: Prompt;
}

/** A revised text has at least this share of the words of the old one. */
const shortestShare = 0.7;

/** Rewrites a persona with a language model at temperature 0 where it conflicts with the changed fields. */
export function modelReviser({ model, prompt }: ModelReviserOptions): Reviser {
  return {
    name: `model:${model.name}`,
    async revise(persona, changes, signal) {
      // Posts are not shown to the model here, so it has none to quote; a portrait that shrinks has lost something.
      const schema = revisedAnswer(Math.floor(shortestShare * wordCount(persona.text)));
      const filled = fillPrompt(prompt, {
        persona: fenced('persona', [persona.text]),
        changes: fenced('changes', changes),
      });
      const question = { ...filled, schemaName: 'narrative', temperature: 0, maxOutputTokens: 1500 };
      return mapAnswer(await ask(model, question, schema, signal), ({ text }) => text.trim());
    },
  };
}
