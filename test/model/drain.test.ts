import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import type { Outgoing } from '../../src/model/call-loop.js';
import type { ChatReply } from '../../src/model/chat-model.js';
import { drain } from '../../src/model/drain.js';
import { throwIfAborted } from '../../src/model/deadline.js';
import type { Attempt, Sleep } from '../../src/model/retry.js';

const reply: Attempt<ChatReply> = { kind: 'done', value: { kind: 'text', text: 'yes' } };

/** A request that ends when it is told to, or when its signal is aborted. */
function request() {
  let answer = (): void => undefined;
  let sent = 0;
  const outgoing: Outgoing = {
    request: { system: 's', prompt: 'p', temperature: 0, maxOutputTokens: 1 },
    most: { inputTokens: 1, outputTokens: 1 },
    send: (signal) =>
      new Promise((resolve, reject) => {
        sent++;
        answer = () => resolve(reply);
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      }),
  };
  return { outgoing, answer: () => answer(), sent: () => sent };
}

/** A wait that is over when it is told to be. */
function waits() {
  const asked: number[] = [];
  let pass = (): void => undefined;
  const sleep: Sleep = (ms, signal) =>
    new Promise((resolve, reject) => {
      asked.push(ms);
      pass = resolve;
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  return { asked, sleep, pass: () => pass() };
}

const interruption = { code: 'interrupted', message: 'request: interrupted.' };

describe('a gate that drains', () => {
  it('waits, when it is interrupted, for a request under way, and gives its answer', async () => {
    const { asked, sleep } = waits();
    const { outgoing, answer } = request();
    const outer = new AbortController();
    const end = drain({ sleep })(outgoing, outer.signal);
    outer.abort();
    expect(asked).toEqual([30_000]);
    answer();
    await expect(end).resolves.toBe(reply);
    // Nobody would look at the answer of a signal that is aborted: what comes next must do so.
    expect(() => throwIfAborted(outer.signal, 'next')).toThrow('next: interrupted.');
  });

  it('waits for so long and no longer', async () => {
    const { asked, sleep, pass } = waits();
    const outer = new AbortController();
    const end = drain({ sleep, graceMs: 7 })(request().outgoing, outer.signal);
    outer.abort();
    expect(asked).toEqual([7]);
    pass();
    await expect(end).rejects.toMatchObject(interruption);
  });

  it('sends nothing after an interruption', async () => {
    const { outgoing, sent } = request();
    await expect(drain()(outgoing, AbortSignal.abort())).rejects.toMatchObject(interruption);
    expect(sent()).toBe(0);
  });

  it('does not wait for a server that has stopped answering, but for others when another call failed', async () => {
    const { asked, sleep } = waits();
    const stalled = new Failure('model-unavailable', { where: 'model m', problem: 'the server has stopped answering' });
    const one = new AbortController();
    const end = drain({ sleep })(request().outgoing, one.signal);
    one.abort(stalled);
    await expect(end).rejects.toBe(stalled);
    expect(asked).toEqual([]);

    const two = new AbortController();
    const { outgoing, answer } = request();
    const other = drain({ sleep })(outgoing, two.signal);
    two.abort(new Failure('budget-reached', { where: 'budget', problem: 'used up' }));
    expect(asked).toEqual([30_000]);
    answer();
    await expect(other).resolves.toBe(reply);
  });

  it('leaves no listener and no timer behind', async () => {
    const { asked, sleep } = waits();
    const outer = new AbortController();
    const { outgoing, answer } = request();
    const end = drain({ sleep })(outgoing, outer.signal);
    answer();
    await end;
    outer.abort();
    expect(asked).toEqual([]);
  });
});
