import { setMaxListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { type Gate, persistentModel } from '../../src/model/call-loop.js';
import type { ChatReply, ChatRequest } from '../../src/model/chat-model.js';
import { mapConcurrent } from '../../src/model/concurrency.js';
import { limiter } from '../../src/model/limiter.js';
import { type Attempt, defaultRetryPolicy } from '../../src/model/retry.js';
import { virtualTime, type VirtualTime } from '../support/virtual-time.js';

const request: ChatRequest = { system: '', prompt: '', temperature: 0, maxOutputTokens: 1 };
const most = { inputTokens: 1, outputTokens: 1 };
const signal = new AbortController().signal;
setMaxListeners(0, signal);

interface SimulatedServer {
  /** Requests a second that it allows; the rest gets 429. */
  readonly rate: number;
  /** Requests that it allows at once after a pause. */
  readonly burst: number;
  /** Share of requests with 429 for reasons of its own. */
  readonly background: number;
  /** Whether a 429 says how long to wait. */
  readonly saysWhen: boolean;
}

interface Measured {
  readonly perSecond: number;
  readonly throttledShare: number;
  readonly replies: readonly ChatReply[];
}

/** Asks `calls` questions of a server with a token bucket, `callers` at a time; measures from the half to nine tenths of them. */
async function simulate(
  server: SimulatedServer,
  calls: number,
  callers: number,
  gatesOf: (time: VirtualTime) => readonly Gate[],
  seed = '1',
): Promise<Measured> {
  const time = virtualTime();
  const random = randomStream(seed, 'server');
  let [tokens, filledAt] = [server.burst, 0];
  let [allowed, refused] = [0, 0];
  const marks: { readonly at: number; readonly allowed: number; readonly refused: number }[] = [];
  async function send(prompt: string): Promise<Attempt<ChatReply>> {
    tokens = Math.min(server.burst, tokens + ((time.now() - filledAt) * server.rate) / 1000);
    filledAt = time.now();
    if (random.uniform() < server.background || tokens < 1) {
      refused++;
      const serverWaitMs = server.saysWhen ? Math.ceil(((1 - tokens) * 1000) / server.rate) : undefined;
      await time.sleep(20, signal);
      return { kind: 'throttled', reason: 'busy', ...(serverWaitMs !== undefined && { serverWaitMs }) };
    }
    tokens--;
    allowed++;
    if (allowed === calls * 0.5 || allowed === calls * 0.9) marks.push({ at: time.now(), allowed, refused });
    await time.sleep(100 + random.uniform() * 300, signal);
    return { kind: 'done', value: { kind: 'text', text: prompt } };
  }
  const model = persistentModel({
    name: 'm',
    outgoing: (asked) => ({ request: asked, most, send: () => send(asked.prompt) }),
    gates: gatesOf(time),
    retryPolicy: defaultRetryPolicy,
    random: randomStream(seed, 'jitter'),
    sleep: time.sleep,
  });
  const questions = Array.from({ length: calls }, (_, i) => ({ ...request, prompt: String(i) }));
  const replies = await time.run(
    mapConcurrent(questions, callers, (question, _, inner) => model.complete(question, inner), signal),
  );
  const [from, to] = marks as [(typeof marks)[number], (typeof marks)[number]];
  const [inAllowed, inRefused] = [to.allowed - from.allowed, to.refused - from.refused];
  return {
    perSecond: (inAllowed * 1000) / (to.at - from.at),
    throttledShare: inRefused / (inAllowed + inRefused),
    replies,
  };
}

const limited =
  (most = 64) =>
  (time: VirtualTime): Gate[] => [limiter({ most, sleep: time.sleep }).gate];

describe('limiter', () => {
  // Without it, all callers at once have half of their requests throttled, and more.
  it.each([
    { name: 'a strict limit', server: { rate: 50, burst: 10, background: 0, saysWhen: false } },
    { name: 'a strict limit that says when', server: { rate: 50, burst: 10, background: 0, saysWhen: true } },
    { name: 'a limit by the minute', server: { rate: 20, burst: 300, background: 0, saysWhen: true } },
    { name: 'a low limit', server: { rate: 10, burst: 5, background: 0, saysWhen: false } },
  ])('uses what is allowed and has little more throttled: $name', async ({ server }) => {
    const calls = 6000;
    const free = await simulate(server, calls, 64, () => []);
    expect(free.throttledShare).toBeGreaterThan(0.45);
    const { perSecond, throttledShare, replies } = await simulate(server, calls, 64, limited());
    expect(replies.map(textOf)).toEqual(replies.map((_, i) => String(i)));
    expect(perSecond).toBeGreaterThanOrEqual(0.98 * server.rate);
    expect(throttledShare).toBeLessThan(free.throttledShare / 2);
  });

  it.each([
    { name: 'a strict limit', server: { rate: 50, burst: 10, background: 0.3, saysWhen: false } },
    { name: 'a low limit', server: { rate: 10, burst: 5, background: 0.3, saysWhen: false } },
  ])('uses at least 90 % of what is allowed when 30 % are throttled whatever we do: $name', async ({ server }) => {
    const { perSecond, replies } = await simulate(server, 6000, 64, limited());
    expect(replies.every(({ kind }) => kind === 'text')).toBe(true);
    expect(perSecond).toBeGreaterThanOrEqual(0.9 * server.rate);
  });

  it('loses no question to a server that throttles nine requests in ten', async () => {
    const questions = 300;
    const server = { rate: 50, burst: 10, background: 0.9, saysWhen: false };
    const { replies } = await simulate(server, questions, 64, limited());
    expect(replies.filter(({ kind }) => kind === 'text')).toHaveLength(questions);
  });

  it('gives the same replies for any limit', async () => {
    const server = { rate: 30, burst: 5, background: 0.1, saysWhen: true };
    const [one, ...others] = await Promise.all(
      [1, 4, 64].map(async (most) => (await simulate(server, 300, 64, limited(most))).replies.map(textOf)),
    );
    for (const other of others) expect(other).toEqual(one);
  });

  /** Sends `count` requests at once, each answered by `answer` after 100 ms; the most that were under way together. */
  async function atOnce(gate: Gate, time: VirtualTime, count: number, answer: (i: number) => Attempt<ChatReply>) {
    const starts: number[] = [];
    let [underWay, highest] = [0, 0];
    const send = async (i: number): Promise<Attempt<ChatReply>> => {
      starts.push(time.now());
      highest = Math.max(highest, ++underWay);
      await time.sleep(100, signal);
      underWay--;
      return answer(i);
    };
    const all = Array.from({ length: count }, (_, i) => gate({ request, most, send: () => send(i) }, signal));
    await time.run(Promise.allSettled(all));
    return { starts, highest };
  }
  const done: Attempt<ChatReply> = { kind: 'done', value: { kind: 'text', text: '' } };

  it('begins with few, doubles while nothing is throttled, and stops at the most', async () => {
    const time = virtualTime();
    const { gate, limit } = limiter({ most: 10, sleep: time.sleep });
    expect((await atOnce(gate, time, 39, () => done)).highest).toBe(4);
    await atOnce(gate, time, 41, () => done);
    expect(limit()).toBe(10);
    expect((await atOnce(gate, time, 200, () => done)).highest).toBe(10);
  });

  it('is not impressed by faults that are not about load', async () => {
    const time = virtualTime();
    const { gate, limit } = limiter({ most: 64, start: 16, sleep: time.sleep });
    await atOnce(gate, time, 200, () => ({ kind: 'transient', reason: 'down' }));
    expect(limit()).toBe(16);
  });

  it('goes down to one at a time when everything is throttled, and recovers', async () => {
    const time = virtualTime();
    const { gate, limit } = limiter({ most: 64, start: 64, sleep: time.sleep });
    await atOnce(gate, time, 1000, () => ({ kind: 'throttled', reason: 'busy' }));
    expect(limit()).toBe(1);
    await atOnce(gate, time, 4000, () => done);
    expect(limit()).toBeGreaterThan(30);
  });

  it.each([
    { asked: 5000, paused: 5000 },
    { asked: 1e9, paused: 120_000 },
  ])('makes all wait when the server asks for $asked ms', async ({ asked, paused }) => {
    const time = virtualTime();
    const { gate } = limiter({ most: 2, sleep: time.sleep });
    const { starts } = await atOnce(gate, time, 4, (i) =>
      i === 0 ? { kind: 'throttled', reason: 'busy', serverWaitMs: asked } : done,
    );
    expect(starts).toEqual([0, 0, 100 + paused, 100 + paused]);
  });

  it('frees its place when a request throws, and lets an interrupted caller go', async () => {
    const time = virtualTime();
    const { gate } = limiter({ most: 1, sleep: time.sleep });
    const failing = gate({ request, most, send: () => Promise.reject(new Error('broken')) }, signal);
    await expect(failing).rejects.toThrow('broken');
    const abort = new AbortController();
    const first = gate({ request, most, send: () => time.sleep(100, signal).then(() => done) }, signal);
    const second = gate({ request, most, send: () => Promise.reject(new Error('sent')) }, abort.signal);
    abort.abort();
    await expect(second).rejects.toMatchObject({ code: 'interrupted', message: 'limiter: interrupted.' });
    expect(await time.run(first)).toBe(done);
  });

  it.each([{ most: 0 }, { most: 1.5 }, { most: 4, start: 0 }])('refuses %j', (counts) => {
    expect(() => limiter({ ...counts, sleep: virtualTime().sleep })).toThrow(
      /^limiter: not a number of requests; got (0|1\.5), expected a whole number ≥ 1\.$/,
    );
  });
});

const textOf = (reply: ChatReply): string => (reply.kind === 'text' ? reply.text : reply.kind);
