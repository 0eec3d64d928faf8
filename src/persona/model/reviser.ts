import { ask, mapAnswer } from '../../model/ask.js';
import type { ChatModel } from '../../model/chat-model.js';
import type { Reviser } from '../ports.js';
import { narrativeAnswer } from './narrative-answer.js';
import { fenced, fillPrompt, type Prompt } from './prompt.js';

export interface ModelReviserOptions {
  readonly model: ChatModel;
  readonly prompt: Prompt;
}

/** Rewrites a persona with a language model at temperature 0 where it conflicts with the changed fields. */
export function modelReviser({ model, prompt }: ModelReviserOptions): Reviser {
  // Posts are not shown to the model here, so it has none to quote.
  const schema = narrativeAnswer([]);
  return {
    name: `model:${model.name}`,
    async revise(persona, changes, signal) {
      const filled = fillPrompt(prompt, {
        persona: fenced('persona', [persona.text]),
        changes: fenced('changes', changes),
      });
      const question = { ...filled, schemaName: 'narrative', temperature: 0, maxOutputTokens: 1500 };
      return mapAnswer(await ask(model, question, schema, signal), ({ text }) => text.trim());
    },
  };
}
