import type { ChatModel, ChatReply, ChatRequest } from './chat-model.js';

/** One question that would have been asked. */
export interface Recorded {
  /** Bytes of everything that is read: prompt, system text, shape of the answer. */
  readonly inputBytes: number;
  /** Most tokens that the answer may have. */
  readonly mostOutputTokens: number;
  /** Bytes of an answer of the right shape; 0 where its length is not given by its shape. */
  readonly outputBytes: number;
}

/** A model that asks nobody, with what it was asked since the last look. */
export interface RecordingModel {
  readonly model: ChatModel;
  readonly taken: () => readonly Recorded[];
}

/**
 * Notes what is asked and answers at once: with a value of the shape asked for where that is made of choices and numbers, else
 * it refuses, so that nothing is asked twice.
 */
export function recordingModel(name: string): RecordingModel {
  let recorded: Recorded[] = [];
  return {
    model: {
      name,
      complete(request) {
        const value = request.jsonSchema === undefined ? undefined : filled(request.jsonSchema);
        const text = value === undefined ? '' : JSON.stringify(value);
        recorded.push({
          inputBytes: bytesOf(request),
          mostOutputTokens: request.maxOutputTokens,
          outputBytes: Buffer.byteLength(text),
        });
        const reply: ChatReply =
          value === undefined ? { kind: 'refusal', reason: 'nobody was asked' } : { kind: 'text', text };
        return Promise.resolve(reply);
      },
    },
    taken() {
      const now = recorded;
      recorded = [];
      return now;
    },
  };
}

const bytesOf = ({ system, prompt, jsonSchema }: ChatRequest): number =>
  Buffer.byteLength(system) + Buffer.byteLength(prompt) + Buffer.byteLength(JSON.stringify(jsonSchema ?? ''));

/** The shortest value of a JSON Schema without free texts; undefined where it has one. */
function filled(schema: Readonly<Record<string, unknown>>): unknown {
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  switch (schema['type']) {
    case 'integer':
    case 'number':
      return schema['minimum'] ?? 0;
    case 'object': {
      const properties = Object.entries(
        (schema['properties'] ?? {}) as Readonly<Record<string, Record<string, unknown>>>,
      );
      const values = properties.map(([key, property]) => [key, filled(property)] as const);
      return values.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(values);
    }
    default:
      return undefined;
  }
}
