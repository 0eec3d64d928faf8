import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ask } from '../../src/model/ask.js';
import { recordingModel } from '../../src/model/recording.js';

const signal = new AbortController().signal;
const question = { system: 'sys', prompt: 'Où?', schemaName: 'shape', temperature: 0, maxOutputTokens: 70 };

describe('a model that records', () => {
  it('answers with choices and numbers at once, and says what it was asked', async () => {
    const { model, taken } = recordingModel('m');
    const Scores = z.strictObject({
      grounded: z.literal([1, 2, 3]),
      years: z.number().int().min(4),
      flag: z.literal('x'),
    });
    expect(await ask(model, question, Scores, signal)).toEqual({
      kind: 'answered',
      value: { grounded: 1, years: 4, flag: 'x' },
      attempts: 1,
    });
    const [recorded, ...rest] = taken();
    expect(rest).toEqual([]);
    expect(recorded).toMatchObject({
      mostOutputTokens: 70,
      outputBytes: '{"grounded":1,"years":4,"flag":"x"}'.length,
    });
    // "sys" and "Où?" in UTF-8, and the shape.
    expect(recorded!.inputBytes).toBeGreaterThan(7 + 100);
    expect(taken()).toEqual([]);
  });

  it('refuses free text, so that it is asked once', async () => {
    const { model, taken } = recordingModel('m');
    const answer = await ask(model, question, z.strictObject({ text: z.string().min(3) }), signal);
    expect(answer).toEqual({ kind: 'refused', reason: 'nobody was asked', attempts: 1 });
    expect(taken()).toHaveLength(1);
  });
});
