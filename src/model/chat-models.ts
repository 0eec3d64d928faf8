import { Failure } from '../core/failure.js';
import { randomStream } from '../core/random.js';
import type { Secret } from '../core/secret.js';
import { batchDesk, type BatchOptions } from './batch.js';
import { batchJobs } from './batch-jobs.js';
import { afterRecovery, batchModel } from './batch-model.js';
import { batchServer } from './batch-server.js';
import { budget, type BudgetOptions, type Spent } from './budget.js';
import type { ChatModel } from './chat-model.js';
import { cleaned, type Clean } from './clean-replies.js';
import { drain } from './drain.js';
import { openLedger } from './ledger.js';
import { limiter } from './limiter.js';
import { openAiModel, quotedWithout } from './openai.js';
import { ledgered, noted } from './replay.js';
import { sleep } from './retry.js';
import { stallGuard } from './stall.js';
import { metered, type ModelUsage } from './usage.js';

/** Where and how language models are asked. */
export interface ChatOptions extends Pick<BudgetOptions, 'maxUsd' | 'maxTokens' | 'price'> {
  readonly baseUrl: string;
  readonly apiKey: Secret | undefined;
  /** Takes out of answers what must not be kept, besides the key: personal data. */
  readonly clean?: Clean;
  readonly seed: string;
  /** File of the ledger of all calls; see {@link openLedger}. */
  readonly ledger: string;
  /** Most requests under way at once. */
  readonly concurrency: number;
  /** Asks in batches instead of one by one. */
  readonly batch?: BatchSettings | undefined;
}

/** What batches need besides what every model needs. */
export interface BatchSettings extends BatchOptions {
  /** Where batches are noted until they are done; made and removed again. */
  readonly folder: string;
  /** Tells the user how far a batch is. */
  readonly tell: (line: string) => void;
}

/** A language model as the user named it: `openai:NAME`, by the option `role`. */
export interface NamedModel {
  readonly spec: string;
  readonly role: string;
}

/** @throws {Failure} `usage` on another kind of model */
function nameIn({ spec, role }: NamedModel): string {
  const name = /^openai:(.+)$/.exec(spec)?.[1];
  if (name !== undefined) return name;
  throw new Failure('usage', { where: role, problem: 'unknown model', got: spec, expected: 'embedded or openai:NAME' });
}

/** Language models by what the user calls them, with what they have been asked. */
export interface ChatModels {
  readonly chat: (named: NamedModel) => ChatModel;
  readonly modelUsage: () => Record<string, Record<string, number>>;
  readonly spent: () => Spent;
  readonly close: () => Promise<void>;
}

/**
 * Makes language models. Calls go through the ledger of the run, so that none is paid for twice, then, each request of them,
 * through a limit of how many are under way, and the budget; or, in batches, part by part through the budget.
 *
 * @param named all that will be asked for, so that a name that is none leaves nothing behind
 * @throws {Failure} `usage` on an unknown kind of model or a budget that makes no sense; what {@link openLedger} throws
 */
export async function chatModels(named: readonly NamedModel[], options: ChatOptions): Promise<ChatModels> {
  const { baseUrl, apiKey, seed, concurrency, maxUsd, maxTokens, price, clean = (text: string) => text } = options;
  named.forEach(nameIn);
  const ledger = await openLedger(options.ledger);
  const money = budget({ maxUsd, maxTokens, price, carried: ledger.state.spent });
  const limit = limiter({ most: concurrency, sleep });
  const guard = stallGuard();
  // A server may answer with the key that it was sent.
  const withoutKey: Clean = (text) => clean(apiKey?.isDistinct === true ? apiKey.redact(text) : text);
  const meters = new Map<string, () => ModelUsage>();
  const { batch } = options;
  const desk =
    batch &&
    batchDesk({
      ...batch,
      endpoint: baseUrl,
      server: batchServer({ baseUrl, apiKey, timeoutMs: 300_000, random: randomStream(seed, 'retry', 'batch') }),
      jobs: batchJobs(batch.folder),
      ledger,
      gate: money.gate,
      clean: withoutKey,
      quoted: quotedWithout(apiKey),
      sleep,
    });
  const countedAs = (as: string, model: ChatModel): ChatModel => {
    const counted = metered(model);
    meters.set(as, counted.usage);
    return counted.model;
  };
  return {
    chat({ spec, role }) {
      const name = nameIn({ spec, role });
      if (desk !== undefined) {
        const inBatches = cleaned(batchModel(name, baseUrl, desk, sleep), withoutKey);
        return countedAs(`${role} ${spec}`, afterRecovery(ledgered(inBatches, baseUrl, desk.ledger), desk));
      }
      const model = openAiModel({
        baseUrl,
        ...(apiKey !== undefined && { apiKey }),
        model: name,
        random: randomStream(seed, 'retry', role),
        gates: [limit.gate, money.gate, noted(name, baseUrl, ledger), drain()],
      });
      return countedAs(`${role} ${spec}`, ledgered(cleaned(guard(model), withoutKey), baseUrl, ledger));
    },
    modelUsage: () => Object.fromEntries([...meters].map(([name, usage]) => [name, countsOf(usage())])),
    spent: money.spent,
    close: () => ledger.close(),
  };
}

/** Calls by outcome with their tokens, flat, for the run record. How often a connection was tried again is chance, so it is not here. */
const countsOf = ({ calls, unmetered, cleaned: replaced, outcomes }: ModelUsage): Record<string, number> => ({
  calls,
  unmetered,
  ...(replaced > 0 && { cleaned: replaced }),
  ...Object.fromEntries(
    Object.entries(outcomes).flatMap(([outcome, usage]) => [
      [outcome, usage.calls],
      [`${outcome}InputTokens`, usage.inputTokens],
      [`${outcome}OutputTokens`, usage.outputTokens],
    ]),
  ),
});
