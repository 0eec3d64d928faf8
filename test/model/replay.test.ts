import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outgoing } from '../../src/model/call-loop.js';
import type { ChatModel, ChatReply, ChatRequest } from '../../src/model/chat-model.js';
import { type Ledger, openLedger, readLedger } from '../../src/model/ledger.js';
import { callKey, ledgered, noted, replayModel } from '../../src/model/replay.js';
import { scriptedModel } from '../../src/model/scripted.js';
import { temporaryFolder } from '../io/temporary.js';

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

describe('ledgered and replayModel', () => {
  const folder = temporaryFolder();
  const replies: ChatReply[] = [
    { kind: 'text', text: 'hi', usage: { inputTokens: 1, outputTokens: 2 }, requests: 2, servedBy: 'm/fp' },
    { kind: 'truncated' },
    { kind: 'refusal', reason: 'no' },
  ];
  const requests = replies.map((_, i) => ({ ...request, prompt: `p${i}` }));
  let made = 0;

  async function recorded(): Promise<Ledger> {
    const ledger = await openLedger(join(folder, `${made++}.jsonl`));
    const model = ledgered(scriptedModel(replies, 'm'), place.endpoint, ledger);
    for (const asked of requests) await model.complete(asked, signal);
    return ledger;
  }

  it('gives back every reply, in any order, as often as asked, and asks nobody', async () => {
    const ledger = await recorded();
    const nobody = scriptedModel([], 'm');
    for (const model of [ledgered(nobody, place.endpoint, ledger), replayModel(place, ledger)]) {
      expect(model.name).toBe('m');
      for (let round = 0; round < 2; round++)
        expect(await Promise.all(requests.toReversed().map((asked) => model.complete(asked, signal)))).toEqual(
          replies.toReversed(),
        );
    }
    expect(nobody.requests).toEqual([]);
    await ledger.close();
  });

  it('does not let a caller change what is recorded', async () => {
    const ledger = await recorded();
    const model = replayModel(place, ledger);
    const first = await model.complete(requests[0]!, signal);
    first.usage!.inputTokens = 99;
    expect(await model.complete(requests[0]!, signal)).toEqual(replies[0]);
    await ledger.close();
  });

  it('answers when the reply is in the ledger and not before; asks once what is asked twice at a time', async () => {
    const ledger = await recorded();
    const events: string[] = [];
    const slow: Ledger = {
      ...ledger,
      async append(key, reply) {
        await ledger.append(key, reply);
        events.push('appended');
      },
    };
    const inner = scriptedModel(['a'], 'm');
    const model = ledgered(inner, 'e', slow);
    const ask = async (): Promise<void> => {
      expect(await model.complete(request, signal)).toEqual({ kind: 'text', text: 'a' });
      events.push('answered');
    };
    await Promise.all([ask(), ask()]);
    await ask();
    expect(events).toEqual(['appended', 'answered', 'answered', 'answered']);
    expect(inner.requests).toHaveLength(1);
    await ledger.close();
  });

  it('never answers with what could not be written down', async () => {
    const ledger = await recorded();
    const full: Ledger = { ...ledger, append: () => Promise.reject(new Error('disk full')) };
    const model = ledgered(scriptedModel(['a', 'b'], 'm'), 'e', full);
    await expect(model.complete(request, signal)).rejects.toThrow('disk full');
    await ledger.close();
  });

  it('asks again after an interruption and after a call without an answer, which is in the ledger all the same', async () => {
    const ledger = await recorded();
    let calls = 0;
    const flaky: ChatModel = {
      name: 'm',
      async complete() {
        calls++;
        if (calls === 1) throw new Error('interrupted');
        return calls === 2 ? { kind: 'unavailable', reason: 'off', requests: 6 } : replies[2]!;
      },
    };
    const model = ledgered(flaky, 'e', ledger);
    await expect(model.complete(request, signal)).rejects.toThrow('interrupted');
    expect(await model.complete(request, signal)).toMatchObject({ kind: 'unavailable' });
    expect(await ledger.find(callKey('e', 'm', request))).toBeUndefined();
    for (let i = 0; i < 2; i++) expect(await model.complete(request, signal)).toEqual(replies[2]);
    expect(calls).toBe(3);
    await ledger.close();
    expect(readFileSync(join(folder, `${made - 1}.jsonl`), 'utf8')).toContain('"kind":"unavailable","reason":"off"');
  });

  it('knows a server by any way of writing its address', async () => {
    const ledger = await recorded();
    const model = replayModel({ ...place, endpoint: 'HTTPS://API.example.org:443/v1/' }, ledger);
    expect(await model.complete(requests[0]!, signal)).toEqual(replies[0]);
    await ledger.close();
  });

  it.each([
    { what: 'another prompt', asked: { ...requests[0]!, prompt: 'other' }, at: place },
    { what: 'another asking', asked: { ...requests[0]!, attempt: 2 }, at: place },
    { what: 'another server', asked: requests[0]!, at: { ...place, endpoint: 'https://other.example.org/v1' } },
    { what: 'another path', asked: requests[0]!, at: { ...place, endpoint: 'https://api.example.org/v2' } },
    { what: 'another model', asked: requests[0]!, at: { ...place, name: 'n' } },
  ])('fails on a call that is not in the ledger: $what', async ({ asked, at }) => {
    const ledger = await recorded();
    await expect(replayModel(at, ledger).complete(asked, signal)).rejects.toThrow(
      `replay of ${at.name}: a call without an answer in the ledger; got ${callKey(at.endpoint, at.name, asked)}, expected one of 0 calls. ` +
        'The prompt, the model, its settings or the inputs changed since the recording.',
    );
    await ledger.close();
  });

  it('notes what a request may cost before it is sent', async () => {
    const ledger = await recorded();
    const before = { inputTokens: 1, outputTokens: 2 };
    const most = { inputTokens: 100, outputTokens: 10 };
    const path = join(folder, `${made - 1}.jsonl`);
    const gate = noted('m', 'e', ledger);
    const outgoing: Outgoing = {
      request,
      most,
      async send() {
        const now = await readLedger(path);
        expect(now.state.spent).toEqual({ inputTokens: 101, outputTokens: 12 });
        await now.close();
        return { kind: 'done', value: replies[1]! };
      },
    };
    expect(await gate(outgoing, signal)).toEqual({ kind: 'done', value: replies[1] });
    await ledger.append(callKey('e', 'm', request), { kind: 'truncated', usage: { inputTokens: 7, outputTokens: 1 } });
    await ledger.close();
    const after = await readLedger(path);
    expect(after.state.spent).toEqual({ inputTokens: before.inputTokens + 7, outputTokens: before.outputTokens + 1 });
    await after.close();
  });
});
