import { Failure } from '../core/failure.js';
import { randomStream } from '../core/random.js';
import { budget, type BudgetOptions, type Spent } from './budget.js';
import type { ChatModel } from './chat-model.js';
import { openLedger } from './ledger.js';
import { limiter } from './limiter.js';
import { openAiModel } from './openai.js';
import { ledgered, noted } from './replay.js';
import { sleep } from './retry.js';
import { stallGuard } from './stall.js';
import { metered, type ModelUsage } from './usage.js';

/** Where and how language models are asked. */
export interface ChatOptions extends Pick<BudgetOptions, 'maxUsd' | 'maxTokens' | 'price'> {
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly seed: string;
  /** File of the ledger of all calls; see {@link openLedger}. */
  readonly ledger: string;
  /** Most requests under way at once. */
  readonly concurrency: number;
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
 * through a limit of how many are under way, and the budget.
 *
 * @param named all that will be asked for, so that a name that is none leaves nothing behind
 * @throws {Failure} `usage` on an unknown kind of model or a budget that makes no sense; what {@link openLedger} throws
 */
export async function chatModels(named: readonly NamedModel[], options: ChatOptions): Promise<ChatModels> {
  const { baseUrl, apiKey, seed, concurrency, maxUsd, maxTokens, price } = options;
  named.forEach(nameIn);
  const ledger = await openLedger(options.ledger);
  const money = budget({ maxUsd, maxTokens, price, carried: ledger.state.spent });
  const limit = limiter({ most: concurrency, sleep });
  const guard = stallGuard();
  const meters = new Map<string, () => ModelUsage>();
  return {
    chat({ spec, role }) {
      const name = nameIn({ spec, role });
      const model = openAiModel({
        baseUrl,
        ...(apiKey !== undefined && { apiKey }),
        model: name,
        random: randomStream(seed, 'retry', role),
        gates: [limit.gate, money.gate, noted(name, baseUrl, ledger)],
      });
      const counted = metered(ledgered(guard(model), baseUrl, ledger));
      meters.set(`${role} ${spec}`, counted.usage);
      return counted.model;
    },
    modelUsage: () => Object.fromEntries([...meters].map(([name, usage]) => [name, countsOf(usage())])),
    spent: money.spent,
    close: () => ledger.close(),
  };
}

/** Calls by outcome with their tokens, flat, for the run record. How often a connection was tried again is chance, so it is not here. */
const countsOf = ({ calls, unmetered, outcomes }: ModelUsage): Record<string, number> => ({
  calls,
  unmetered,
  ...Object.fromEntries(
    Object.entries(outcomes).flatMap(([outcome, usage]) => [
      [outcome, usage.calls],
      [`${outcome}InputTokens`, usage.inputTokens],
      [`${outcome}OutputTokens`, usage.outputTokens],
    ]),
  ),
});
