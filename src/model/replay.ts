import { z } from 'zod';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import type { ChatModel, ChatRequest } from './chat-model.js';
import { ChatReply } from './chat-model.js';

/** Version of the way keys are made; part of every key. */
const keySchema = 'call-key/1';

/**
 * Key of one call: SHA-256 over the canonical JSON of everything that may change the answer, the address of the server and
 * the number of the asking included. As JSON, parts cannot run into each other ("ab", "c" is not "a", "bc").
 */
export const callKey = (endpoint: string, model: string, { attempt = 1, ...request }: ChatRequest): string =>
  sha256(canonicalJson([keySchema, endpoint, model, request, attempt]));

/** One line of a recording. */
export const RecordedCall = z.strictObject({ key: z.string().regex(/^[0-9a-f]{64}$/), reply: ChatReply });
export type RecordedCall = z.infer<typeof RecordedCall>;

/** Where a model is reached and which one; only calls to the same place have the same keys. */
export interface ModelPlace {
  /** Base address of the server, or another fixed name of the provider. */
  readonly endpoint: string;
  readonly name: string;
}

/**
 * A model whose calls are written down, one line of JSON each, before they are answered. A call that was already made is
 * answered by the first reply and written once: a recording has one reply for each key. It is a transcript, so it holds
 * failed calls too. Keeps all replies in memory.
 */
export function recording(model: ChatModel, endpoint: string, sink: (line: string) => Promise<void> | void): ChatModel {
  const calls = new Map<string, Promise<ChatReply>>();
  return {
    name: model.name,
    complete(request, signal) {
      const key = callKey(endpoint, model.name, request);
      const made = calls.get(key);
      if (made !== undefined) return made;
      const call = model.complete(request, signal).then(
        async (reply) => {
          await sink(`${canonicalJson({ key, reply } satisfies RecordedCall)}\n`);
          return reply;
        },
        (error: unknown) => {
          calls.delete(key);
          throw error;
        },
      );
      calls.set(key, call);
      return call;
    },
  };
}

/**
 * A model that answers from a recording and from nothing else.
 *
 * @param lines lines of JSON; empty ones are skipped
 * @throws {Failure} `integrity` on a line that is no recorded call, or a key with two different replies; from `complete`,
 *   `invalid-input` on a call that was not recorded
 */
export function replayModel({ endpoint, name }: ModelPlace, lines: Iterable<string>): ChatModel {
  const replies = new Map<string, ChatReply>();
  let number = 0;
  for (const line of lines) {
    number++;
    if (line.trim() === '') continue;
    const { key, reply } = readLine(line, number);
    const known = replies.get(key);
    if (known !== undefined && canonicalJson(known) !== canonicalJson(reply))
      throw new Failure('integrity', {
        where: `recording line ${number}`,
        problem: 'another reply to a call that is already recorded',
        got: key,
      });
    replies.set(key, reply);
  }
  return {
    name,
    async complete(request) {
      const key = callKey(endpoint, name, request);
      const reply = replies.get(key);
      if (reply === undefined)
        throw new Failure('invalid-input', {
          where: `replay of ${name}`,
          problem: 'a call that was not recorded',
          got: key,
          expected: `one of ${replies.size} recorded calls`,
          hint: 'The prompt, the model, its settings or the inputs changed since the recording.',
        });
      return structuredClone(reply);
    },
  };
}

function readLine(line: string, number: number): RecordedCall {
  try {
    return RecordedCall.parse(JSON.parse(line));
  } catch {
    throw new Failure('integrity', {
      where: `recording line ${number}`,
      problem: 'not a recorded call',
      got: line,
      expected: '{"key", "reply"}',
    });
  }
}
