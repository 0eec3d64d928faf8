import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { Secret } from '../../src/core/secret.js';
import { budget } from '../../src/model/budget.js';
import type { Gate } from '../../src/model/call-loop.js';
import type { ChatModel, ChatReply, ChatRequest } from '../../src/model/chat-model.js';
import { mapConcurrent } from '../../src/model/concurrency.js';
import { openLedger, readLedger } from '../../src/model/ledger.js';
import { limiter } from '../../src/model/limiter.js';
import { openAiModel, type OpenAiOptions } from '../../src/model/openai.js';
import { callKey, ledgered, noted } from '../../src/model/replay.js';
import { type RetryPolicy, type Sleep, sleep } from '../../src/model/retry.js';
import { stallGuard } from '../../src/model/stall.js';
import { metered } from '../../src/model/usage.js';
import { temporaryFolder } from '../io/temporary.js';
import {
  type Fault,
  passingFaults,
  startFaultServer,
  type FaultServer,
  type FaultServerOptions,
} from '../support/fault-server.js';

const folder = temporaryFolder();
const open: FaultServer[] = [];
const signal = new AbortController().signal;
const key = 'sk-CANARY-0123456789';
/** Patient, in little time. */
const quick: RetryPolicy = { attempts: 12, baseMs: 1, capMs: 4, serverCapMs: 20, patienceMs: 2000 };

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function start(options: Omit<FaultServerOptions, 'seed' | 'answer'>): Promise<FaultServer> {
  const server = await startFaultServer({ seed: '7', answer: ({ body }) => `answer ${body.seed!}`, ...options });
  open.push(server);
  return server;
}

const hurried: Sleep = (ms, inner) => sleep(ms / 50, inner);

const live = ({ url }: FaultServer, extra: Partial<OpenAiOptions> = {}): ChatModel =>
  openAiModel({
    baseUrl: url,
    apiKey: new Secret(key),
    model: 'm',
    random: randomStream('1', 'jitter'),
    timeoutMs: 300,
    retryPolicy: quick,
    ...extra,
  });

const questions = (count: number): ChatRequest[] =>
  Array.from({ length: count }, (_, seed) => ({ system: 's', prompt: 'p', temperature: 1, maxOutputTokens: 20, seed }));

const askAll = (model: ChatModel, asked: readonly ChatRequest[], concurrency: number): Promise<ChatReply[]> =>
  mapConcurrent(asked, concurrency, (request, _, inner) => model.complete(request, inner), signal);

/** What the reply is, without what is chance: how often it was asked and what that cost. */
const essence = (reply: ChatReply): ChatReply => ({ ...reply, requests: undefined, billed: undefined });

/** Every fault that passes; those that cost a deadline are rare. */
const everything: Partial<Record<Fault, number>> = {
  ...Object.fromEntries(passingFaults.map((fault) => [fault, 0.04])),
  'stall-before-headers': 0.01,
  'stall-after-headers': 0.01,
  drip: 0.01,
  refusal: 0.1,
  'content-filter': 0.05,
  length: 0.1,
  'not-json': 0.05,
};

describe('a model behind a server that fails in every way', () => {
  it('gives every question its answer, the same for any concurrency, and counts at least what the server bills', async () => {
    const asked = questions(120);
    const quiet = await start({ rates: { ...everything, ...Object.fromEntries(passingFaults.map((f) => [f, 0])) } });
    const expected = (await askAll(live(quiet), asked, 8)).map(essence);
    const kinds = new Set(expected.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['refusal', 'text', 'truncated']);

    for (const concurrency of [1, 4, 64]) {
      const server = await start({ rates: everything });
      const { gate, spent } = budget({ maxTokens: 1e6 });
      const gates = [limiter({ most: concurrency, sleep: hurried }).gate, gate];
      const replies = await askAll(live(server, { gates }), asked, concurrency);
      expect(replies.map(essence)).toEqual(expected);
      const bill = server.billed();
      expect(bill.calls).toBe(asked.length);
      expect(spent().inputTokens).toBeGreaterThanOrEqual(bill.all.inputTokens);
      expect(spent().outputTokens).toBeGreaterThanOrEqual(bill.all.outputTokens);
      // Retries are what the log says, no more and no fewer.
      expect(replies.reduce((total, { requests }) => total + requests!, 0)).toBe(server.log.length);
    }
  });

  it.each<Fault>(['stall-before-headers', 'stall-after-headers', 'drip'])(
    'lets no request live long past its deadline: %s',
    async (fault) => {
      const server = await start({ rates: { [fault]: 1 }, mostInARow: 9 });
      const lives: number[] = [];
      const timed: Gate = async (outgoing, inner) => {
        const began = performance.now();
        const attempt = await outgoing.send(inner);
        lives.push(performance.now() - began);
        return attempt;
      };
      const model = live(server, { gates: [timed], timeoutMs: 150, retryPolicy: { ...quick, attempts: 2 } });
      const replies = await askAll(model, questions(40), 40);
      expect(replies.every(({ kind }) => kind === 'unavailable')).toBe(true);
      expect(lives).toHaveLength(80);
      expect(Math.max(...lives)).toBeLessThan(150 + 1000);
      expect(Math.min(...lives)).toBeGreaterThanOrEqual(149);
    },
  );

  it.each<{ fault: Fault; code: string }>([
    { fault: 'redirect', code: 'usage' },
    { fault: 'insufficient-quota', code: 'model-unavailable' },
  ])('ends at once on $fault, with nothing sent after', async ({ fault, code }) => {
    const server = await start({ rates: { [fault]: 1 } });
    await expect(askAll(live(server), questions(100), 4)).rejects.toMatchObject({ code });
    expect(server.log.length).toBeLessThanOrEqual(4);
    expect(server.billed().all).toEqual({ inputTokens: 0, outputTokens: 0 });
  });

  it('ends when the server has stopped answering, and can be resumed', async () => {
    const server = await start({ rates: { 'stall-before-headers': 1 }, mostInARow: 99 });
    const model = stallGuard({ limitMs: 300 })(live(server, { timeoutMs: 60_000 }));
    await expect(askAll(model, questions(8), 4)).rejects.toMatchObject({ code: 'model-unavailable', exitCode: 5 });
    expect(server.log).toHaveLength(4);
  });

  it('asks after an interruption only for what is missing, and goes on with the same budget', async () => {
    const path = join(folder, 'calls.jsonl');
    const asked = questions(60);
    const server = await start({
      rates: { ...everything, 'stall-before-headers': 0, 'stall-after-headers': 0, drip: 0 },
    });
    /** One part of a run, as it is wired. */
    async function part(count: number) {
      const ledger = await openLedger(path);
      const guard = budget({ maxTokens: 1e6, carried: ledger.state.spent });
      const gates = [limiter({ most: 8, sleep }).gate, guard.gate, noted('m', server.url, ledger)];
      const { model, usage } = metered(ledgered(stallGuard()(live(server, { gates })), server.url, ledger));
      const replies = await askAll(model, asked.slice(0, count), 8);
      await ledger.close();
      return { replies, usage: usage(), spent: guard.spent() };
    }
    const first = await part(25);
    const sent = server.log.length;
    const second = await part(60);
    expect(second.replies.slice(0, 25)).toEqual(first.replies);
    expect(server.log.slice(sent).some((entry) => server.log.slice(0, sent).some((e) => e.key === entry.key))).toBe(
      false,
    );
    const sentInAll = server.log.length;
    const third = await part(60);
    expect(third.replies).toEqual(second.replies);
    expect(server.log).toHaveLength(sentInAll);
    // What is counted for the record does not show where a run was interrupted.
    expect(third.usage).toEqual(second.usage);
    expect(third.spent).toEqual(second.spent);
    expect(second.spent.inputTokens).toBeGreaterThan(first.spent.inputTokens);
    expect(second.spent.inputTokens).toBeGreaterThanOrEqual(server.billed().all.inputTokens);
    const reader = await readLedger(path);
    expect(reader.state).toMatchObject({ calls: 60, spent: second.spent });
    expect(await reader.find(callKey(server.url, 'm', asked[0]!))).toEqual(second.replies[0]);
    await reader.close();
    expect(readFileSync(path, 'utf8')).not.toContain('CANARY');
  });
});
