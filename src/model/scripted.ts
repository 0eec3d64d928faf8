import { Failure } from '../core/failure.js';
import type { ChatModel, ChatReply, ChatRequest } from './chat-model.js';

/** A reply, or the text of one. */
type Scripted = ChatReply | string;

/** A model that says what it is told to, and remembers what it was asked. */
export interface ScriptedModel extends ChatModel {
  readonly requests: readonly ChatRequest[];
}

/**
 * A model from a list of replies, given in order, or from a function of the request. A provider like any other: rehearsals
 * and tests run the same code as a run with a real model.
 *
 * @throws {Failure} `invalid-input` from `complete` when the list is used up: a script that is too short is wrong
 */
export function scriptedModel(
  script: readonly Scripted[] | ((request: ChatRequest, index: number) => Scripted),
  name = 'scripted',
): ScriptedModel {
  const requests: ChatRequest[] = [];
  return {
    name,
    requests,
    async complete(request) {
      const index = requests.push(request) - 1;
      const reply = typeof script === 'function' ? script(request, index) : script[index];
      if (reply === undefined)
        throw new Failure('invalid-input', {
          where: `model ${name}`,
          problem: 'no reply left in the script',
          got: `request ${index + 1}`,
          expected: `at most ${script.length}`,
        });
      return typeof reply === 'string' ? { kind: 'text', text: reply } : reply;
    },
  };
}
