import { z } from 'zod';
import { type Answer, type Asked, askedTogether } from './answer.js';
import { type ChatModel, type ChatRequest, noTokens } from './chat-model.js';
import { parseAnswer } from './json-answer.js';

/** A question whose answer has a shape; the shape itself and the number of the asking are added by {@link ask}. */
export type Question = Omit<ChatRequest, 'jsonSchema' | 'attempt' | 'schemaName'> & { readonly schemaName: string };

/**
 * Asks for JSON of a given shape, showing the model its own mistake up to `attempts − 1` times. An answer that was cut off is
 * asked again with twice the room.
 *
 * The shape is sent as JSON Schema and checked here with zod; rules that JSON Schema cannot say (`refine`) are checked here only.
 *
 * @throws {Failure} what the model throws: faults of the configuration, no quota, interruption
 */
export async function ask<T>(
  model: ChatModel,
  question: Question,
  schema: z.ZodType<T>,
  signal: AbortSignal,
  attempts = 3,
): Promise<Answer<T>> {
  const jsonSchema = jsonSchemaOf(schema);
  let { prompt, maxOutputTokens } = question;
  let reason = '';
  let asked: Asked | undefined;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const request = { ...question, prompt, maxOutputTokens, jsonSchema, attempt };
    const reply = await model.complete(request, signal);
    if (model.keyOf) asked = askedTogether(asked, { calls: [model.keyOf(request)], ...(reply.usage ?? noTokens) });
    const ended = { attempts: attempt, ...(asked && { asked }) };
    if (reply.kind === 'refusal') return { kind: 'refused', reason: reply.reason, ...ended };
    if (reply.kind === 'unavailable') return { kind: 'unavailable', reason: reply.reason, ...ended };
    if (reply.kind === 'truncated') {
      reason = `it was cut off after ${maxOutputTokens} tokens`;
      maxOutputTokens *= 2;
    } else {
      const parsed = parseAnswer(reply.text, schema);
      if (parsed.kind === 'value') return { kind: 'answered', value: parsed.value, ...ended };
      reason = parsed.reason;
    }
    prompt = `${question.prompt}\n\nYour last answer could not be used: ${reason}\nAnswer again, with JSON only.`;
  }
  return { kind: 'malformed', reason, attempts, ...(asked && { asked }) };
}

/** The same outcome with another value; a failure stays what it is. */
export const mapAnswer = <T, U>(answer: Answer<T>, convert: (value: T) => U): Answer<U> =>
  answer.kind === 'answered' ? { ...answer, value: convert(answer.value) } : answer;

const jsonSchemas = new WeakMap<z.ZodType, Readonly<Record<string, unknown>>>();

/** The JSON Schema of what may come in, made once for each schema. */
function jsonSchemaOf(schema: z.ZodType): Readonly<Record<string, unknown>> {
  const known = jsonSchemas.get(schema);
  if (known !== undefined) return known;
  const made = z.toJSONSchema(schema, { io: 'input' });
  jsonSchemas.set(schema, made);
  return made;
}
