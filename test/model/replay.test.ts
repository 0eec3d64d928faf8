import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatReply, ChatRequest } from '../../src/model/chat-model.js';
import { callKey, recording, replayModel } from '../../src/model/replay.js';
import { scriptedModel } from '../../src/model/scripted.js';

const request: ChatRequest = { system: 's', prompt: 'p', temperature: 0, maxOutputTokens: 10 };
const signal = new AbortController().signal;
const place = { endpoint: 'https://api.example.org/v1', name: 'm' };

describe('callKey', () => {
  it('is stable', () => {
    // Pinned: a recording must be readable by later versions. Value: sha256sum of
    // ["call-key/1","e","m",{"maxOutputTokens":10,"prompt":"p","system":"s","temperature":0},1]
    expect(callKey('e', 'm', request)).toBe('f7a7b82fc1239d5eebb6811dd8bd1f4bff705d349e3f93562e3a792420e6fe8d');
    expect(callKey('e', 'm', { ...request, attempt: 1 })).toBe(callKey('e', 'm', request));
  });

  it('differs when anything differs, however the parts are cut', () => {
    const variants: [string, string, ChatRequest][] = [
      ['e', 'm', request],
      ['em', '', request],
      ['', 'em', request],
      ['e2', 'm', request],
      ['e', 'm', { ...request, system: 'sp', prompt: '' }],
      ['e', 'm', { ...request, system: '', prompt: 'sp' }],
      ['e', 'm', { ...request, attempt: 2 }],
      ['e', 'm', { ...request, seed: 0 }],
      ['e', 'm', { ...request, seed: 1 }],
      ['e', 'm', { ...request, temperature: 0.1 }],
      ['e', 'm', { ...request, maxOutputTokens: 11 }],
      ['e', 'm', { ...request, schemaName: 'x' }],
      ['e', 'm', { ...request, schemaName: 'x', jsonSchema: { type: 'object' } }],
      ['e', 'm', { ...request, prompt: '\ud800' }],
      ['e', 'm', { ...request, prompt: '\ud801' }],
    ];
    expect(new Set(variants.map((parts) => callKey(...parts))).size).toBe(variants.length);
  });

  it('is injective', () => {
    const parts = fc.tuple(
      fc.string(),
      fc.string(),
      fc.string(),
      fc.string(),
      fc.nat(3),
      fc.integer({ min: 1, max: 3 }),
    );
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const key = ([endpoint, name, system, prompt, seed, attempt]: typeof a): string =>
          callKey(endpoint, name, { ...request, system, prompt, seed, attempt });
        expect(key(a) === key(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { seed: 20260101, numRuns: 1000 },
    );
  });
});

describe('recording and replay', () => {
  const replies: ChatReply[] = [
    { kind: 'text', text: 'hi', usage: { inputTokens: 1, outputTokens: 2 }, requests: 2, servedBy: 'm/fp' },
    { kind: 'truncated' },
    { kind: 'refusal', reason: 'no' },
    { kind: 'unavailable', reason: 'off', requests: 6 },
  ];
  const requests = replies.map((_, i) => ({ ...request, prompt: `p${i}` }));

  async function record(): Promise<string[]> {
    const lines: string[] = [];
    const model = recording(scriptedModel(replies, 'm'), place.endpoint, (line) => void lines.push(line));
    for (const asked of requests) await model.complete(asked, signal);
    return lines;
  }

  it('gives back every reply, in any order, as often as asked', async () => {
    const model = replayModel(place, (await record()).reverse());
    expect(model.name).toBe('m');
    for (let round = 0; round < 2; round++)
      expect(await Promise.all(requests.map((asked) => model.complete(asked, signal)))).toEqual(replies);
  });

  it('does not let a caller change what is recorded', async () => {
    const model = replayModel(place, await record());
    const first = await model.complete(requests[0]!, signal);
    first.usage!.inputTokens = 99;
    expect(await model.complete(requests[0]!, signal)).toEqual(replies[0]);
  });

  it('writes one line before it answers, and one for each key', async () => {
    const events: string[] = [];
    const model = recording(scriptedModel(['a', 'b'], 'm'), 'e', async (line) => {
      await Promise.resolve();
      events.push(line);
    });
    const [first, second] = await Promise.all([model.complete(request, signal), model.complete(request, signal)]);
    events.push('answered');
    expect(first).toEqual(second);
    expect(events).toEqual([
      `{"key":"${callKey('e', 'm', request)}","reply":{"kind":"text","text":"a"}}\n`,
      'answered',
    ]);
  });

  it('asks again after a call that was interrupted', async () => {
    let calls = 0;
    const flaky = {
      name: 'm',
      complete: () => (calls++ === 0 ? Promise.reject(new Error('interrupted')) : Promise.resolve(replies[2]!)),
    };
    const model = recording(flaky, 'e', () => undefined);
    await expect(model.complete(request, signal)).rejects.toThrow('interrupted');
    expect(await model.complete(request, signal)).toEqual(replies[2]);
  });

  it.each([
    { what: 'another prompt', asked: { ...requests[0]!, prompt: 'other' }, at: place },
    { what: 'another asking', asked: { ...requests[0]!, attempt: 2 }, at: place },
    { what: 'another server', asked: requests[0]!, at: { ...place, endpoint: 'https://other.example.org/v1' } },
    { what: 'another model', asked: requests[0]!, at: { ...place, name: 'n' } },
  ])('fails on a call that was not recorded: $what', async ({ asked, at }) => {
    const model = replayModel(at, await record());
    await expect(model.complete(asked, signal)).rejects.toThrow(
      `replay of ${at.name}: a call that was not recorded; got ${callKey(at.endpoint, at.name, asked)}, expected one of 4 recorded calls. ` +
        'The prompt, the model, its settings or the inputs changed since the recording.',
    );
  });

  const [key, other] = [callKey('e', 'm', request), callKey('e', 'n', request)];
  it.each([
    {
      fault: 'broken JSON',
      lines: ['', '{"key":'],
      message: 'recording line 2: not a recorded call; got "{\\"key\\":", expected {"key", "reply"}.',
    },
    {
      fault: 'no key',
      lines: ['{"key":"x","reply":{"kind":"truncated"}}'],
      message: 'recording line 1: not a recorded call',
    },
    {
      fault: 'an unknown kind',
      lines: [`{"key":"${key}","reply":{"kind":"maybe"}}`],
      message: 'recording line 1: not a recorded call',
    },
    {
      fault: 'two replies to one call',
      lines: [
        `{"key":"${key}","reply":{"kind":"truncated"}}`,
        `{"key":"${other}","reply":{"kind":"truncated"}}`,
        `{"key":"${key}","reply":{"kind":"text","text":"a"}}`,
      ],
      message: `recording line 3: another reply to a call that is already recorded; got ${key}.`,
    },
  ])('names the fault: $fault', ({ lines, message }) => {
    expect(() => replayModel(place, lines)).toThrow(message);
  });

  it('accepts the same line twice', () => {
    const line = `{"key":"${key}","reply":{"kind":"truncated"}}`;
    expect(() => replayModel(place, [line, line])).not.toThrow();
  });
});
