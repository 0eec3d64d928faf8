import { setMaxListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { randomStream, type RandomStream } from '../../src/core/random.js';
import { budget, type Budget, type BudgetOptions } from '../../src/model/budget.js';
import { type Gate, persistentModel } from '../../src/model/call-loop.js';
import type { ChatReply, ChatRequest, TokenUsage } from '../../src/model/chat-model.js';
import { mapConcurrent } from '../../src/model/concurrency.js';
import { type Attempt, defaultRetryPolicy } from '../../src/model/retry.js';

const request: ChatRequest = { system: '', prompt: '', temperature: 0, maxOutputTokens: 10 };
const signal = new AbortController().signal;
setMaxListeners(0, signal);
const tokens = (inputTokens: number, outputTokens: number): TokenUsage => ({ inputTokens, outputTokens });
const text: ChatReply = { kind: 'text', text: '' };

/** Sends one request with a given bound and end through the gate. */
const pass = (gate: Gate, most: TokenUsage, attempt: Attempt<ChatReply>): Promise<Attempt<ChatReply>> =>
  gate({ request, most, send: () => Promise.resolve(attempt) }, signal);

describe('budget', () => {
  // What the server did, and what counts: all of it worked out by hand from a bound of 100 and 10 tokens.
  it.each<{ name: string; attempt: Attempt<ChatReply>; spent: TokenUsage }>([
    { name: 'an answer', attempt: { kind: 'done', value: { ...text, usage: tokens(40, 3) } }, spent: tokens(40, 3) },
    { name: 'an answer without usage', attempt: { kind: 'done', value: text }, spent: tokens(100, 10) },
    {
      name: 'an answer of a server that keeps to no limit',
      attempt: { kind: 'done', value: { ...text, usage: tokens(40, 300) } },
      spent: tokens(40, 300),
    },
    {
      name: 'a cut answer',
      attempt: { kind: 'done', value: { kind: 'truncated', usage: tokens(40, 10) } },
      spent: tokens(40, 10),
    },
    { name: '429', attempt: { kind: 'throttled', reason: 'busy' }, spent: tokens(0, 0) },
    { name: 'another wording', attempt: { kind: 'adapted' }, spent: tokens(0, 0) },
    { name: 'a broken connection', attempt: { kind: 'transient', reason: 'cut' }, spent: tokens(100, 10) },
    { name: 'no connection', attempt: { kind: 'transient', reason: 'no', unbilled: true }, spent: tokens(0, 0) },
  ])('counts $name', async ({ attempt, spent }) => {
    const { gate, spent: total } = budget({ maxTokens: 1000 });
    expect(await pass(gate, tokens(100, 10), attempt)).toBe(attempt);
    expect(total()).toEqual(spent);
  });

  it('counts in full what was interrupted', async () => {
    const { gate, spent } = budget({ maxTokens: 1000 });
    await expect(
      gate({ request, most: tokens(100, 10), send: () => Promise.reject(new Error('interrupted')) }, signal),
    ).rejects.toThrow('interrupted');
    expect(spent()).toEqual(tokens(100, 10));
  });

  it('takes the most that a request can cost before it is sent, and gives back the rest', async () => {
    const { gate } = budget({ maxTokens: 220 });
    const events: string[] = [];
    let answerFirst: (attempt: Attempt<ChatReply>) => void = () => undefined;
    const send = (name: string, most: TokenUsage, answer: Promise<Attempt<ChatReply>>): Promise<unknown> =>
      gate(
        {
          request,
          most,
          send: () => {
            events.push(`${name} sent`);
            return answer;
          },
        },
        signal,
      );
    const first = send('first', tokens(100, 10), new Promise((resolve) => (answerFirst = resolve)));
    const second = send('second', tokens(101, 10), Promise.resolve({ kind: 'done', value: text }));
    // It would fit, but it does not overtake.
    const third = send('third', tokens(1, 1), Promise.resolve({ kind: 'done', value: text }));
    await new Promise((resolve) => setImmediate(resolve));
    expect(events).toEqual(['first sent']);
    answerFirst({ kind: 'done', value: { ...text, usage: tokens(9, 1) } });
    await Promise.all([first, second, third]);
    expect(events).toEqual(['first sent', 'second sent', 'third sent']);
  });

  it('ends when nothing under way can make room, for all who wait', async () => {
    const { gate, spent } = budget({ maxTokens: 200, price: { inputUsd: 2, outputUsd: 8 }, maxUsd: 5 });
    await pass(gate, tokens(100, 10), { kind: 'done', value: text });
    const failure = {
      code: 'budget-reached',
      exitCode: 4,
      message:
        'budget: the next request may cost more than is left; got 110 tokens (0.0003 USD) spent, up to 91 tokens (0.0002 USD) for the next, ' +
        'expected at most 200 tokens and 5 USD. What was answered is kept: raise the budget and resume the run.',
    };
    const refused = await Promise.allSettled([1, 2].map(() => pass(gate, tokens(81, 10), { kind: 'adapted' })));
    for (const call of refused) expect(call).toMatchObject({ status: 'rejected', reason: failure });
    // By hand: (100 · 2 + 10 · 8) / 1 000 000.
    expect(spent()).toEqual({ ...tokens(100, 10), usd: 0.00028 });
    // A smaller one still fits.
    expect(await pass(gate, tokens(80, 10), { kind: 'adapted' })).toEqual({ kind: 'adapted' });
  });

  it('goes on from what an earlier part of the run has spent', async () => {
    const carried = tokens(900, 50);
    const { gate, spent } = budget({ maxTokens: 1000, carried });
    expect(spent()).toEqual(carried);
    await expect(pass(gate, tokens(51, 0), { kind: 'adapted' })).rejects.toMatchObject({ code: 'budget-reached' });
    await expect(pass(gate, tokens(50, 0), { kind: 'adapted' })).resolves.toEqual({ kind: 'adapted' });
  });

  it('limits nothing when there is no limit, and counts all the same', async () => {
    const { gate, spent } = budget({});
    await pass(gate, tokens(1e9, 1e9), { kind: 'done', value: text });
    expect(spent()).toEqual(tokens(1e9, 1e9));
  });

  it('lets an interrupted caller go, and the next one in', async () => {
    const { gate } = budget({ maxTokens: 100 });
    let answer: (attempt: Attempt<ChatReply>) => void = () => undefined;
    const first = gate(
      { request, most: tokens(100, 0), send: () => new Promise((resolve) => (answer = resolve)) },
      signal,
    );
    const abort = new AbortController();
    const second = gate({ request, most: tokens(100, 0), send: () => Promise.reject(new Error('sent')) }, abort.signal);
    const third = pass(gate, tokens(100, 0), { kind: 'adapted' });
    abort.abort();
    await expect(second).rejects.toMatchObject({ code: 'interrupted' });
    answer({ kind: 'throttled', reason: 'busy' });
    await first;
    expect(await third).toEqual({ kind: 'adapted' });
  });

  it.each<{ options: BudgetOptions; message: string }>([
    {
      options: { maxUsd: 5 },
      message:
        'budget: a limit in dollars for a model without a price; got 5. Give the prices of input and output tokens, or limit the tokens.',
    },
    {
      options: { maxTokens: 0 },
      message: 'budget maxTokens: makes no sense; got 0, expected a whole number of tokens ≥ 1.',
    },
    { options: { maxTokens: 1.5 }, message: 'budget maxTokens: makes no sense; got 1.5' },
    {
      options: { maxUsd: 0, price: { inputUsd: 1, outputUsd: 1 } },
      message: 'budget maxUsd: makes no sense; got 0, expected US dollars > 0.',
    },
    {
      options: { maxUsd: NaN, price: { inputUsd: 1, outputUsd: 1 } },
      message: 'budget maxUsd: makes no sense; got NaN',
    },
    // Given for one token instead of a million.
    {
      options: { price: { inputUsd: 0.0000025, outputUsd: 10 } },
      message:
        'budget price of input: makes no sense; got 0.0000025, expected US dollars for a million tokens, 0 or from 0.001 to 10000.',
    },
    {
      options: { price: { inputUsd: 2, outputUsd: 10_000_000 } },
      message: 'budget price of output: makes no sense; got 10000000',
    },
    { options: { price: { inputUsd: -1, outputUsd: 1 } }, message: 'budget price of input: makes no sense; got -1' },
  ])('refuses $options', ({ options, message }) => {
    expect(() => budget(options)).toThrow(message);
  });

  /** A server that fails in every way, and what it bills: whatever it worked on, whether the answer arrives or not. */
  function stingyRun(random: RandomStream, seed: string) {
    let billed = tokens(0, 0);
    let underWay = 0;
    let highest = 0;
    const price = { inputUsd: 1 + random.below(10), outputUsd: 5 + random.below(50) };
    const limits: BudgetOptions =
      random.below(2) === 0
        ? { maxTokens: 2000 + random.below(20_000) }
        : { maxUsd: (1 + random.below(100)) / 500, price };
    async function send(most: TokenUsage): Promise<Attempt<ChatReply>> {
      highest = Math.max(highest, ++underWay);
      const bill = tokens(1 + random.below(most.inputTokens), random.below(most.outputTokens + 1));
      const kind = random.below(10);
      const isBilled = kind > 2;
      for (let i = random.below(4); i >= 0; i--) await Promise.resolve();
      // The bill comes at an unknown time before the answer.
      if (isBilled) billed = tokens(billed.inputTokens + bill.inputTokens, billed.outputTokens + bill.outputTokens);
      for (let i = random.below(4); i >= 0; i--) await Promise.resolve();
      underWay--;
      if (kind < 2) return { kind: 'throttled', reason: 'busy' };
      if (kind < 3) return { kind: 'transient', reason: 'no connection', unbilled: true };
      if (kind < 5) return { kind: 'transient', reason: 'cut off' };
      return { kind: 'done', value: kind < 6 ? text : { ...text, usage: bill } };
    }
    const usd = (bill: TokenUsage): number =>
      (bill.inputTokens * price.inputUsd + bill.outputTokens * price.outputUsd) / 1e6;
    const modelOf = ({ gate }: Budget) =>
      persistentModel({
        name: 'm',
        outgoing: (asked) => {
          const most = tokens(Number(asked.prompt), asked.maxOutputTokens);
          return { request: asked, most, send: () => send(most) };
        },
        gates: [gate],
        retryPolicy: defaultRetryPolicy,
        random: randomStream(seed),
        sleep: () => Promise.resolve(),
      });
    return {
      limits,
      modelOf,
      highest: () => highest,
      overshoot: () =>
        Math.max(
          billed.inputTokens + billed.outputTokens - (limits.maxTokens ?? Infinity),
          usd(billed) - (limits.maxUsd ?? Infinity),
        ),
    };
  }

  it('is never overshot, in 1,000 runs of 64 at a time', async () => {
    let [reached, widest, worst] = [0, 0, -Infinity];
    for (let trial = 0; trial < 1000; trial++) {
      const random = randomStream('budget', trial);
      const run = stingyRun(random, String(trial));
      const guard = budget(run.limits);
      const model = run.modelOf(guard);
      const questions = Array.from({ length: 120 }, () => ({
        ...request,
        prompt: String(1 + random.below(300)),
        maxOutputTokens: 1 + random.below(100),
      }));
      await mapConcurrent(questions, 64, (question, _, inner) => model.complete(question, inner), signal).catch(
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'budget-reached' });
          reached++;
        },
      );
      worst = Math.max(worst, run.overshoot());
      widest = Math.max(widest, run.highest());
    }
    expect(worst).toBeLessThanOrEqual(0);
    // The runs were about something: most ended at the limit, and many requests were under way together.
    expect(reached).toBeGreaterThan(500);
    expect(widest).toBe(64);
  });
});
