import type { RandomStream } from '../core/random.js';
import {
  type ChatModel,
  type ChatReply,
  type ChatRequest,
  noTokens,
  plusTokens,
  type TokenUsage,
} from './chat-model.js';
import { type Attempt, retry, type RetryPolicy, type Sleep } from './retry.js';

/** One request to a server, ready to be sent. */
export interface Outgoing {
  /** The question that it asks. */
  readonly request: ChatRequest;
  /** The most tokens that it can be billed. */
  readonly most: Readonly<TokenUsage>;
  /** @throws {Failure} see {@link ChatModel} */
  send(signal: AbortSignal): Promise<Attempt<ChatReply>>;
}

/**
 * Stands around each request to a server, a repeated one too: may hold it back or refuse it, and sees what became of it.
 * Whatever it does, an answer is the same.
 */
export type Gate = (outgoing: Outgoing, signal: AbortSignal) => Promise<Attempt<ChatReply>>;

/** What a persistent model is made from. */
export interface PersistentOptions {
  readonly name: string;
  /** Words one request; called again for each try, so that it can be worded differently. */
  readonly outgoing: (request: ChatRequest) => Outgoing;
  /** The outermost first. */
  readonly gates: readonly Gate[];
  readonly retryPolicy: RetryPolicy;
  readonly random: Pick<RandomStream, 'uniform'>;
  readonly sleep: Sleep;
}

/** A model that sends one request after another, each through all gates, until there is a reply or the policy gives up. */
export function persistentModel(options: PersistentOptions): ChatModel {
  const { name, outgoing, gates, retryPolicy, random, sleep } = options;
  return {
    name,
    async complete(request, signal) {
      let billed: Readonly<TokenUsage> = noTokens;
      const outcome = await retry(
        async () => {
          const bare = outgoing(request);
          const gated = gates.reduceRight((inner, gate) => ({ ...inner, send: (s) => gate(inner, s) }), bare);
          const attempt = await gated.send(signal);
          billed = plusTokens(billed, billedFor(attempt, bare.most));
          return attempt;
        },
        retryPolicy,
        random,
        sleep,
        signal,
        `model ${name}`,
      );
      const { requests } = outcome;
      const reply: ChatReply =
        outcome.kind === 'done' ? outcome.value : { kind: 'unavailable', reason: outcome.reason };
      const { inputTokens, outputTokens } = reply.usage ?? noTokens;
      const isAll = billed.inputTokens === inputTokens && billed.outputTokens === outputTokens;
      return { ...reply, requests, ...(!isAll && { billed }) };
    },
  };
}

/** What a request counts as: what the server says, nothing where it did not work, else the most that it can have taken. */
export function billedFor(attempt: Attempt<ChatReply>, most: Readonly<TokenUsage>): Readonly<TokenUsage> {
  if (attempt.kind === 'done') return attempt.value.usage ?? most;
  return attempt.kind === 'transient' && attempt.unbilled !== true ? most : noTokens;
}
