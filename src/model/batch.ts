import { Failure } from '../core/failure.js';
import type { BatchJob, BatchJobs } from './batch-jobs.js';
import {
  type BatchQuestion,
  type PartLimits,
  partsOf,
  questionLine,
  reconcile,
  type StrayLines,
} from './batch-lines.js';
import type { BatchServer, BatchState } from './batch-server.js';
import { billedFor, type Gate } from './call-loop.js';
import { type ChatReply, type ChatRequest, noTokens, plusTokens, type TokenUsage } from './chat-model.js';
import { type Clean, cleanReply } from './clean-replies.js';
import { abortFailure, throwIfAborted } from './deadline.js';
import type { Ledger } from './ledger.js';
import { attemptOf, type Exchange } from './openai.js';
import type { Attempt, Sleep } from './retry.js';

/** How batches are made and waited for. */
export interface BatchOptions extends Partial<PartLimits> {
  /** Questions are gathered until none has come for so long. Default 200. */
  readonly gatherMs?: number;
  /** Between looks at a batch: at first, and at most; each is half as long again as the one before. Default 2000 and 300 000. */
  readonly pollMs?: { readonly first: number; readonly most: number };
  /** Most waiting for one batch. Default 26 hours: a batch expires after 24. */
  readonly deadlineMs?: number;
  /** Whether a batch that is not done is waited for; if not, the run stops and can be continued. Default true. */
  readonly wait?: boolean;
}

/** What the desk works with. */
export interface DeskOptions extends BatchOptions {
  readonly endpoint: string;
  readonly server: BatchServer;
  readonly jobs: BatchJobs;
  readonly ledger: Ledger;
  /** The budget: it holds the most that a whole part can cost before the part is submitted. */
  readonly gate: Gate;
  /** What replies go through before they are written down. */
  readonly clean: Clean;
  /** Takes out of the words of a server what must not be shown. */
  readonly quoted: (text: string) => string;
  /** Tells the user how far a batch is. */
  readonly tell: (line: string) => void;
  readonly sleep: Sleep;
}

/** Where questions are handed in that may wait for a batch. */
export interface BatchDesk {
  /** What became of one question, as if it had been asked directly. @throws {Failure} what stops the whole batch */
  ask(model: string, question: BatchQuestion, signal: AbortSignal): Promise<Exchange>;
  /** Once: brings the batches of an earlier process to their end, and their replies into the ledger. */
  recover(signal: AbortSignal): Promise<void>;
  /** The ledger, which tells the desk what is safe: a batch is forgotten when every reply of it is on disk. */
  readonly ledger: Ledger;
}

interface Caller {
  readonly model: string;
  readonly question: BatchQuestion;
  readonly signal: AbortSignal;
  readonly resolve: (exchange: Exchange) => void;
  readonly reject: (error: Error) => void;
}

const where = 'batch';
const never = new AbortController().signal;

/** A part is one thing to the budget, which asks nothing of the request. */
const wholePart: ChatRequest = { system: '', prompt: '', temperature: 0, maxOutputTokens: 0 };

/**
 * Gathers questions until their callers all wait, submits them as batches, and gives each caller the line of its question.
 *
 * The intention to submit is on disk before anything is sent, and the name of the batch as soon as it is known; a process that
 * was killed in between finds the batch by the hash that it carries. So no batch is submitted twice, and none is lost.
 */
export function batchDesk(options: DeskOptions): BatchDesk {
  const { endpoint, server, jobs, gate, clean, quoted, tell, sleep } = options;
  const { maxRequests = 50_000, maxBytes = 200_000_000, gatherMs = 200, wait = true } = options;
  const { pollMs = { first: 2000, most: 300_000 }, deadlineMs = 26 * 3_600_000 } = options;
  /** By key, the jobs that hold it; by hash, the keys of a job that are not safe yet. */
  const holders = new Map<string, Set<string>>();
  const unsafe = new Map<string, { readonly job: BatchJob; readonly keys: Set<string> }>();
  /** Parts on their way to the server. */
  const submissions = new Set<Promise<unknown>>();
  let queue: Caller[] = [];
  let gathering: Promise<void> | undefined;
  let recovery: Promise<void> | undefined;

  async function gather(): Promise<void> {
    for (let seen = -1; seen !== queue.length && queue.length < maxRequests;) {
      seen = queue.length;
      await sleep(gatherMs, never);
    }
    const callers = queue.filter(({ signal }) => !signal.aborted);
    [queue, gathering] = [[], undefined];
    for (const model of new Set(callers.map((caller) => caller.model))) {
      const own = callers.filter((caller) => caller.model === model);
      const byKey = new Map(own.map((caller) => [caller.question.key, caller]));
      try {
        for (const part of partsOf(
          [...byKey.values()].map(({ question }) => question),
          { maxRequests, maxBytes },
        ))
          void askPart(
            model,
            part,
            part.map(({ key }) => byKey.get(key)!),
          );
      } catch (error) {
        for (const { reject } of own) reject(error as Error);
      }
    }
  }

  /** Asks one part for its callers. When all of them have gone, nobody waits for it any more. */
  async function askPart(model: string, part: readonly BatchQuestion[], callers: readonly Caller[]): Promise<void> {
    const abandoned = new AbortController();
    let waiting = callers.length;
    for (const { signal } of callers) {
      const leave = (): void => {
        if (--waiting === 0) abandoned.abort(abortFailure(signal, where));
      };
      signal.addEventListener('abort', leave, { once: true });
    }
    try {
      const exchanges = await withinBudget(part, abandoned.signal, async (signal) => {
        const job = await jobs.intend(endpoint, model, part);
        unsafe.set(job.hash, { job, keys: new Set(part.map(({ key }) => key)) });
        for (const { key } of part) holders.set(key, (holders.get(key) ?? new Set()).add(job.hash));
        return collect(job, part, await submitted(job, part, signal), signal);
      });
      for (const { question, resolve } of callers) resolve(exchanges.get(question.key)!);
    } catch (error) {
      for (const { reject } of callers) reject(error as Error);
    }
  }

  /** Work on a part while the most that it can cost is held back. */
  async function withinBudget(
    part: readonly BatchQuestion[],
    outer: AbortSignal,
    work: (signal: AbortSignal) => Promise<ReadonlyMap<string, Exchange>>,
  ): Promise<ReadonlyMap<string, Exchange>> {
    let exchanges: ReadonlyMap<string, Exchange> = new Map();
    const most = part.reduce<Readonly<TokenUsage>>((total, question) => plusTokens(total, question.most), noTokens);
    const send = async (signal: AbortSignal): Promise<Attempt<ChatReply>> => {
      exchanges = await work(signal);
      const usage = part.reduce<Readonly<TokenUsage>>((total, { key, most }) => {
        const attempt = finalOf(exchanges.get(key)!);
        return attempt === undefined ? total : plusTokens(total, billedFor(attempt, most));
      }, noTokens);
      return { kind: 'done', value: { kind: 'unavailable', reason: '', usage } };
    };
    await gate({ request: wholePart, most, send }, outer);
    return exchanges;
  }

  async function submitted(job: BatchJob, part: readonly BatchQuestion[], signal: AbortSignal): Promise<BatchState> {
    const submission = server.submit(job.hash, part.map(questionLine).join(''), signal);
    const settled = submission.catch(() => undefined);
    submissions.add(settled);
    try {
      const state = await submission;
      await jobs.note({ ...job, batch: state.id });
      tell(`Batch ${state.id}: ${part.length} questions for ${job.model} submitted.`);
      return state;
    } finally {
      submissions.delete(settled);
    }
  }

  /** Waits for the end of a batch and reads what became of its questions. */
  async function collect(
    job: BatchJob,
    part: readonly BatchQuestion[],
    begun: BatchState,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Exchange>> {
    const ended = await endOf(begun, part.length, signal);
    const { id, status, outputFile, errorFile, errors } = ended;
    if (status === 'failed') {
      // Nothing was asked, and nothing will be: whoever resumes submits anew.
      await forget(job);
      return new Map(part.map(({ key }) => [key, refusedBatch(id, errors, quoted)]));
    }
    const files: string[] = [];
    for (const file of [outputFile, errorFile]) if (file !== undefined) files.push(await server.content(file, signal));
    const { exchanges, stray } = reconcile(part, files, status === 'completed', quoted);
    const answers = [...exchanges.values()].filter(({ kind }) => kind === 'body').length;
    tell(`Batch ${id} is ${status}: ${answers} of ${part.length} questions answered${strayText(stray)}.`);
    return exchanges;
  }

  async function endOf(begun: BatchState, questions: number, signal: AbortSignal): Promise<BatchState> {
    let state = begun;
    let [waitedMs, nextMs] = [0, pollMs.first];
    let told = -1;
    while (!hasEnded(state)) {
      if (!wait) {
        await Promise.all(submissions);
        throw stillGoing(
          `batch ${state.id} is not done (${state.status}, ${state.done} of ${questions})`,
          'Resume the run later: it is looked for, not submitted again.',
        );
      }
      if (waitedMs + nextMs > deadlineMs)
        throw stillGoing(
          `batch ${state.id} has not ended after ${Math.round(deadlineMs / 60_000)} minutes (${state.status})`,
          'Resume the run to wait on, or cancel the batch at the server and resume.',
        );
      if (state.done !== told) tell(`Batch ${state.id} is ${state.status}: ${state.done} of ${questions} done.`);
      told = state.done;
      try {
        await sleep(nextMs, signal);
      } catch (error) {
        throwIfAborted(signal, where);
        throw error;
      }
      waitedMs += nextMs;
      nextMs = Math.min(pollMs.most, nextMs * 1.5);
      state = await server.state(state.id, signal);
    }
    return state;
  }

  /** Brings one job of an earlier process to its end. What is no answer is asked again by whoever asks. */
  async function finish(job: BatchJob, questions: readonly BatchQuestion[], signal: AbortSignal): Promise<void> {
    const known = await Promise.all(questions.map(({ key }) => options.ledger.find(key)));
    if (known.every((reply) => reply !== undefined)) return forget(job);
    const exchanges = await withinBudget(questions, signal, async (inner) => {
      const begun =
        job.batch === null
          ? ((await server.find(job.hash, inner)) ?? (await submitted(job, questions, inner)))
          : await server.state(job.batch, inner);
      if (job.batch === null) await jobs.note({ ...job, batch: begun.id });
      return collect(job, questions, begun, inner);
    });
    await Promise.all(
      questions.map(async ({ key, most }, i) => {
        const attempt = finalOf(exchanges.get(key)!);
        if (known[i] !== undefined || attempt === undefined) return;
        const billed = billedFor(attempt, most);
        const isPaid = billed.inputTokens + billed.outputTokens > 0;
        if (attempt.kind === 'done')
          await options.ledger.append(key, cleanReply({ ...withBill(attempt.value, billed), requests: 1 }, clean));
        else if (isPaid) await options.ledger.append(key, { kind: 'unavailable', reason: 'lost in a batch', billed });
      }),
    );
    await forget(job);
  }

  async function forget(job: BatchJob): Promise<void> {
    for (const key of unsafe.get(job.hash)?.keys ?? []) holders.get(key)?.delete(job.hash);
    unsafe.delete(job.hash);
    await jobs.remove(job);
  }

  async function isSafe(key: string): Promise<void> {
    const held = holders.get(key);
    holders.delete(key);
    for (const hash of held ?? []) {
      const left = unsafe.get(hash);
      left?.keys.delete(key);
      if (left?.keys.size === 0) await forget(left.job);
    }
  }

  return {
    ask: (model, question, signal) =>
      new Promise((resolve, reject) => {
        const leave = (): void => reject(abortFailure(signal, where));
        if (signal.aborted) {
          leave();
          return;
        }
        signal.addEventListener('abort', leave, { once: true });
        const done = (): void => signal.removeEventListener('abort', leave);
        queue.push({
          ...{ model, question, signal },
          resolve(exchange) {
            done();
            resolve(exchange);
          },
          reject(error) {
            done();
            reject(error);
          },
        });
        gathering ??= gather();
      }),
    recover(signal) {
      const all = async (): Promise<void> => {
        for (const { job, questions } of await jobs.list()) await finish(job, questions, signal);
      };
      recovery ??= all().catch((error: unknown) => {
        recovery = undefined;
        throw error;
      });
      return recovery;
    },
    ledger: {
      ...options.ledger,
      async append(key, reply) {
        await options.ledger.append(key, reply);
        await isSafe(key);
      },
    },
  };
}

/** What a line settles by itself; undefined where the request is to be worded differently, or can never work. */
function finalOf(exchange: Exchange): Attempt<ChatReply> | undefined {
  try {
    const isAboutWording = ({ status, message }: { status: number; message: string }): boolean =>
      status === 400 && /response_format|max_completion_tokens/.test(message);
    const attempt = attemptOf(exchange, isAboutWording, where);
    return attempt.kind === 'adapted' ? undefined : attempt;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function withBill(reply: ChatReply, billed: Readonly<TokenUsage>): ChatReply {
  return reply.usage === undefined ? { ...reply, billed } : reply;
}

const hasEnded = ({ status }: BatchState): boolean => /^(?:completed|failed|expired|cancelled)$/.test(status);

/**
 * What every question of a batch that was refused as a whole has met: too much is queued at the server, which passes.
 *
 * @throws {Failure} where it does not
 */
function refusedBatch(id: string, errors: BatchState['errors'], quoted: (text: string) => string): Exchange {
  const [{ code, message } = { code: '', message: 'no reason given' }] = errors;
  if (/token_limit|rate_limit/.test(code))
    return { kind: 'throttled', reason: `the server queues no more (${quoted(code)})` };
  const isMoney = /quota|billing/.test(code);
  throw new Failure(isMoney ? 'model-unavailable' : 'usage', {
    where: `batch ${id}`,
    problem: isMoney ? 'the account has no quota left' : 'the server refuses the batch',
    got: quoted(`${code} ${message}`.trim()),
    hint: isMoney
      ? 'Add credit, then resume the run.'
      : 'Check the name of the model and what the server takes in batches.',
  });
}

const stillGoing = (problem: string, hint: string): Failure =>
  new Failure('model-unavailable', { where, problem, hint });

const strayText = ({ broken, foreign, repeated, missing }: Readonly<StrayLines>): string =>
  [
    ...(missing > 0 ? [`${missing} without a line`] : []),
    ...(broken > 0 ? [`${broken} broken lines`] : []),
    ...(foreign > 0 ? [`${foreign} lines for questions that were not asked`] : []),
    ...(repeated > 0 ? [`${repeated} lines said again`] : []),
  ]
    .map((text) => `; ${text}`)
    .join('');
