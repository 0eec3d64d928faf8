import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { persistentModel } from '../../src/model/call-loop.js';
import { type ChatModel, type ChatReply, noTokens } from '../../src/model/chat-model.js';
import { mapConcurrent } from '../../src/model/concurrency.js';
import { abortFailure } from '../../src/model/deadline.js';
import { limiter } from '../../src/model/limiter.js';
import { defaultRetryPolicy } from '../../src/model/retry.js';
import { stallGuard } from '../../src/model/stall.js';
import { virtualTime } from '../support/virtual-time.js';

const request = { system: '', prompt: '', temperature: 0, maxOutputTokens: 1 };
const signal = new AbortController().signal;
const text: ChatReply = { kind: 'text', text: 'hi' };

/** Never answers; gives up when told to. */
const deaf = (name = 'm'): ChatModel => ({
  name,
  complete: (_, inner) =>
    new Promise((_resolve, reject) => {
      inner.addEventListener('abort', () => reject(abortFailure(inner, 'call')), { once: true });
    }),
});

const stalled = {
  code: 'model-unavailable',
  exitCode: 5,
  message:
    'model m: the server has stopped answering; got no answer for 600 s. ' +
    'What was answered is kept: resume the run when the server is back.',
};

describe('stallGuard', () => {
  it('ends all that is under way after ten minutes without an answer, and lets nothing new begin', async () => {
    const time = virtualTime();
    const guard = stallGuard({ sleep: time.sleep });
    const models = [guard(deaf('m')), guard(deaf('judge'))];
    const calls = models.map((model) => model.complete(request, signal));
    for (const outcome of await time.run(Promise.allSettled(calls)))
      expect(outcome).toMatchObject({ status: 'rejected', reason: stalled });
    expect(time.now()).toBe(600_000);
    await expect(models[0]!.complete(request, signal)).rejects.toMatchObject(stalled);
  });

  it('waits as long as there are answers, whatever else fails', async () => {
    const time = virtualTime();
    const guard = stallGuard({ limitMs: 1000, sleep: time.sleep });
    const slow = guard({
      name: 'm',
      async complete() {
        await time.sleep(900, signal);
        return text;
      },
    });
    const long = guard({
      name: 'm',
      async complete() {
        await time.sleep(8000, signal);
        return { kind: 'unavailable', reason: 'off' };
      },
    });
    const answers = (async () => {
      for (let i = 0; i < 10; i++) expect(await slow.complete(request, signal)).toBe(text);
    })();
    expect(await time.run(Promise.all([long.complete(request, signal), answers]))).toMatchObject([
      { kind: 'unavailable' },
      undefined,
    ]);
  });

  it('does not take giving up for an answer', async () => {
    const time = virtualTime();
    const model = stallGuard({ limitMs: 1000, sleep: time.sleep })({
      name: 'm',
      async complete() {
        await time.sleep(90, signal);
        return { kind: 'unavailable', reason: 'off' };
      },
    });
    const asking = (async () => {
      for (;;) await model.complete(request, signal);
    })();
    await expect(time.run(asking)).rejects.toMatchObject({ code: 'model-unavailable' });
    expect(time.now()).toBeLessThan(1100);
  });

  /** Twenty questions, four at a time, to a server that throttles everything until a time. */
  async function throttledUntil(end: number): Promise<{ outcome: unknown; minutes: number }> {
    const time = virtualTime();
    const model = persistentModel({
      name: 'm',
      outgoing: (asked) => ({
        request: asked,
        most: noTokens,
        async send() {
          await time.sleep(100, signal);
          return time.now() < end ? { kind: 'throttled', reason: 'busy' } : { kind: 'done', value: text };
        },
      }),
      gates: [limiter({ most: 4, sleep: time.sleep }).gate],
      retryPolicy: defaultRetryPolicy,
      random: randomStream('1'),
      sleep: time.sleep,
    });
    const guarded = stallGuard({ sleep: time.sleep })(model);
    const questions = Array.from({ length: 20 }, () => request);
    const all = mapConcurrent(questions, 4, (asked, _, inner) => guarded.complete(asked, inner), signal);
    const outcome = await time.run(all).catch((error: unknown) => error);
    return { outcome, minutes: Math.round(time.now() / 60_000) };
  }

  it('outlasts nine minutes of 429, and no eleven', async () => {
    const { outcome } = await throttledUntil(9 * 60_000);
    expect(outcome).toMatchObject(Array.from({ length: 20 }, () => text));
    expect(await throttledUntil(11 * 60_000)).toMatchObject({ outcome: stalled, minutes: 10 });
  });

  it('does not count the time in which nothing is asked, and ends its watch then', async () => {
    const time = virtualTime();
    const model = stallGuard({ limitMs: 1000, sleep: time.sleep })({
      name: 'm',
      async complete() {
        await time.sleep(10, signal);
        return text;
      },
    });
    for (let i = 0; i < 3; i++) {
      await time.run(model.complete(request, signal));
      await time.run(time.sleep(5000, signal));
    }
    await expect(time.run(new Promise(() => undefined))).rejects.toThrow('nothing will end');
  });

  it('passes an interruption on', async () => {
    const time = virtualTime();
    const abort = new AbortController();
    const call = stallGuard({ sleep: time.sleep })(deaf()).complete(request, abort.signal);
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: 'interrupted', message: 'call: interrupted.' });
  });
});
