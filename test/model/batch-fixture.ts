import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { Secret } from '../../src/core/secret.js';
import { batchDesk, type BatchOptions } from '../../src/model/batch.js';
import { batchJobs } from '../../src/model/batch-jobs.js';
import { afterRecovery, batchModel } from '../../src/model/batch-model.js';
import { batchServer } from '../../src/model/batch-server.js';
import { budget, type BudgetOptions } from '../../src/model/budget.js';
import type { ChatModel, ChatReply, ChatRequest } from '../../src/model/chat-model.js';
import { mapConcurrent } from '../../src/model/concurrency.js';
import { openLedger, type Ledger } from '../../src/model/ledger.js';
import { ledgered } from '../../src/model/replay.js';
import { defaultRetryPolicy, type Sleep } from '../../src/model/retry.js';
import { temporaryFolder } from '../io/temporary.js';
import { type BatchChatServer, type BatchServerOptions, startBatchServer } from '../support/batch-server.js';
import { type Behaviour, type ChatCall, says } from '../support/chat-server.js';

export const folder = temporaryFolder();
export const signal: AbortSignal = new AbortController().signal;
export const opened: { close(): Promise<void> }[] = [];
let runs = 0;
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

export const behave = ({ body }: ChatCall): Behaviour => says(`answer ${body.seed!}`);
export async function start(options: BatchServerOptions = {}): Promise<BatchChatServer> {
  const server = await startBatchServer({ behave, ...options });
  opened.push(server);
  return server;
}

export const questions = (count: number): ChatRequest[] =>
  Array.from({ length: count }, (_, seed) => ({ system: 's', prompt: 'p', temperature: 1, maxOutputTokens: 20, seed }));
export const askAll = (model: ChatModel, asked: readonly ChatRequest[]): Promise<ChatReply[]> =>
  mapConcurrent(asked, 1000, (request, _, inner) => model.complete(request, inner), signal);
export const texts = (replies: readonly ChatReply[]): unknown[] =>
  replies.map((reply) => (reply.kind === 'text' ? reply.text : reply.kind));
export const answersTo = (count: number): string[] => Array.from({ length: count }, (_, seed) => `answer ${seed}`);

/** A process with what it was told and how it waited. */
export interface Process {
  readonly model: ChatModel;
  readonly ledger: Ledger;
  readonly told: string[];
  readonly waits: number[];
  readonly spent: ReturnType<typeof budget>['spent'];
}

/** What one process does in the folder of a run. */
export async function begin(url: string, run: string, options: BatchOptions & BudgetOptions = {}): Promise<Process> {
  const waits: number[] = [];
  const sleep: Sleep = async (ms) => {
    waits.push(ms);
    await new Promise((resolve) => setTimeout(resolve, ms === 200 ? 5 : 0));
  };
  const ledger = await openLedger(join(run, 'calls.jsonl'));
  opened.push(ledger);
  const money = budget({ ...options, carried: ledger.state.spent });
  const told: string[] = [];
  const apiKey = new Secret('sk-CANARY-0123456789');
  const retryPolicy = { ...defaultRetryPolicy, attempts: 3 };
  const desk = batchDesk({
    ...options,
    endpoint: url,
    server: batchServer({ baseUrl: url, apiKey, timeoutMs: 5000, random: randomStream('1'), sleep, retryPolicy }),
    jobs: batchJobs(join(run, 'batches')),
    ledger,
    gate: money.gate,
    clean: (text) => text,
    quoted: (text) => text,
    tell: (line) => told.push(line),
    sleep,
  });
  const model = afterRecovery(ledgered(batchModel('m', url, desk, sleep), url, desk.ledger), desk);
  return { model, ledger, told, waits, spent: money.spent };
}
export const newRun = (): string => join(folder, `run-${runs++}`);
export const openJobs = (run: string): string[] =>
  existsSync(join(run, 'batches')) ? readdirSync(join(run, 'batches')) : [];
export const lineOf = (id: string, parts: object): string => JSON.stringify({ custom_id: id, ...parts });
export const idOf = (line: string): string => (JSON.parse(line) as { custom_id: string }).custom_id;
