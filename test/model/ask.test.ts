import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Failure } from '../../src/core/failure.js';
import { ask, mapAnswer } from '../../src/model/ask.js';
import type { ChatReply } from '../../src/model/chat-model.js';
import { scriptedModel } from '../../src/model/scripted.js';

const Shape = z.strictObject({ age: z.number().int().min(0).max(120) });
const question = { system: 's', prompt: 'How old?', schemaName: 'age', temperature: 0, maxOutputTokens: 100 };
const signal = new AbortController().signal;

describe('ask', () => {
  it('sends the shape as JSON Schema and returns the value', async () => {
    const model = scriptedModel(['{"age":41}']);
    expect(await ask(model, question, Shape, signal)).toEqual({ kind: 'answered', value: { age: 41 }, attempts: 1 });
    expect(model.requests).toEqual([
      {
        ...question,
        attempt: 1,
        jsonSchema: {
          $schema: 'https://json-schema.org/draft/2020-12/schema',
          type: 'object',
          properties: { age: { type: 'integer', minimum: 0, maximum: 120 } },
          required: ['age'],
          additionalProperties: false,
        },
      },
    ]);
  });

  it('shows the model its last mistake, and only that one', async () => {
    const model = scriptedModel(['no idea', '{"age":200}', '{"age":20}']);
    expect(await ask(model, question, Shape, signal)).toEqual({ kind: 'answered', value: { age: 20 }, attempts: 3 });
    expect(model.requests.map(({ prompt, attempt }) => ({ prompt, attempt }))).toEqual([
      { prompt: 'How old?', attempt: 1 },
      {
        prompt: 'How old?\n\nYour last answer could not be used: it is not valid JSON\nAnswer again, with JSON only.',
        attempt: 2,
      },
      {
        prompt:
          'How old?\n\nYour last answer could not be used: ✖ Too big: expected number to be <=120\n  → at age\nAnswer again, with JSON only.',
        attempt: 3,
      },
    ]);
  });

  it.each<{ outcome: string; replies: (ChatReply | string)[]; answer: object }>([
    {
      outcome: 'malformed three times',
      replies: ['a', 'b', '{}'],
      answer: {
        kind: 'malformed',
        reason: '✖ Invalid input: expected number, received undefined\n  → at age',
        attempts: 3,
      },
    },
    {
      outcome: 'refused',
      replies: [{ kind: 'refusal', reason: 'no' }],
      answer: { kind: 'refused', reason: 'no', attempts: 1 },
    },
    {
      outcome: 'refused when asked again',
      replies: ['a', { kind: 'refusal', reason: 'no' }],
      answer: { kind: 'refused', reason: 'no', attempts: 2 },
    },
    {
      outcome: 'unavailable',
      replies: [{ kind: 'unavailable', reason: 'off' }],
      answer: { kind: 'unavailable', reason: 'off', attempts: 1 },
    },
    {
      outcome: 'cut off for ever',
      replies: [{ kind: 'truncated' }, { kind: 'truncated' }, { kind: 'truncated' }],
      answer: { kind: 'malformed', reason: 'it was cut off after 400 tokens', attempts: 3 },
    },
  ])('ends as data: $outcome', async ({ replies, answer }) => {
    const model = scriptedModel(replies);
    expect(await ask(model, question, Shape, signal)).toEqual(answer);
    expect(model.requests).toHaveLength(replies.length);
  });

  it('gives a cut answer twice the room', async () => {
    const model = scriptedModel([{ kind: 'truncated' }, '{"age":1}']);
    expect(await ask(model, question, Shape, signal)).toMatchObject({ kind: 'answered', attempts: 2 });
    expect(model.requests.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([100, 200]);
  });

  it('lets fatal failures through', async () => {
    const failure = new Failure('usage', { where: 'model', problem: 'wrong key' });
    const model = scriptedModel(() => {
      throw failure;
    });
    await expect(ask(model, question, Shape, signal)).rejects.toBe(failure);
  });

  it('converts answers and leaves failures alone', () => {
    expect(mapAnswer({ kind: 'answered', value: 2, attempts: 2 }, (x) => x + 1)).toEqual({
      kind: 'answered',
      value: 3,
      attempts: 2,
    });
    const refused = { kind: 'refused', reason: 'no', attempts: 1 } as const;
    expect(mapAnswer(refused, () => 1)).toBe(refused);
  });
});

describe('scriptedModel', () => {
  it('fails when the script is too short', async () => {
    const model = scriptedModel(['a'], 'm');
    await model.complete({ ...question }, signal);
    await expect(model.complete({ ...question }, signal)).rejects.toThrow(
      'model m: no reply left in the script; got request 2, expected at most 1.',
    );
  });

  it('answers from a function of the request', async () => {
    const model = scriptedModel(({ prompt }, index) => `${prompt} ${index}`);
    expect(await model.complete(question, signal)).toEqual({ kind: 'text', text: 'How old? 0' });
  });
});
