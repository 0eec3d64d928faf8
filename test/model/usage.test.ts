import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../../src/model/chat-model.js';
import { scriptedModel } from '../../src/model/scripted.js';
import { metered } from '../../src/model/usage.js';

const request = { system: '', prompt: '', temperature: 0, maxOutputTokens: 1 };
const signal = new AbortController().signal;

const replies: ChatReply[] = [
  { kind: 'text', text: 'a', usage: { inputTokens: 10, outputTokens: 1 }, requests: 1, servedBy: 'b/1' },
  { kind: 'text', text: 'a', usage: { inputTokens: 20, outputTokens: 2 }, requests: 3, servedBy: 'a/1' },
  { kind: 'truncated', usage: { inputTokens: 30, outputTokens: 3 }, requests: 1, servedBy: 'b/1' },
  { kind: 'refusal', reason: 'no' },
  { kind: 'unavailable', reason: 'off', requests: 6 },
];

describe('metered', () => {
  it.each([
    { order: 'as asked', script: replies },
    { order: 'reversed', script: [...replies].reverse() },
  ])('counts calls, retries and tokens by outcome: $order', async ({ script }) => {
    const { model, usage } = metered(scriptedModel(script, 'm'));
    expect(model.name).toBe('m');
    for (const reply of script) expect(await model.complete(request, signal)).toBe(reply);
    // By hand: retries (3 − 1) + (6 − 1); the refusal is the one answer without tokens.
    expect(usage()).toEqual({
      calls: 5,
      retries: 7,
      unmetered: 1,
      cleaned: 0,
      outcomes: {
        text: { calls: 2, inputTokens: 30, outputTokens: 3 },
        truncated: { calls: 1, inputTokens: 30, outputTokens: 3 },
        refusal: { calls: 1, inputTokens: 0, outputTokens: 0 },
        unavailable: { calls: 1, inputTokens: 0, outputTokens: 0 },
      },
      servedBy: { 'a/1': 1, 'b/1': 2 },
    });
    expect(Object.keys(usage().servedBy)).toEqual(['a/1', 'b/1']);
  });

  it('gives a snapshot that later calls leave alone', async () => {
    const { model, usage } = metered(scriptedModel(['a', 'b']));
    await model.complete(request, signal);
    const before = usage();
    await model.complete(request, signal);
    expect(before.outcomes.text.calls).toBe(1);
  });
});
