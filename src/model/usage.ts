import type { ChatModel, ChatReply } from './chat-model.js';

/** Calls with one outcome and what they cost. */
export interface OutcomeUsage {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What a model was asked and what it cost, for the run record. Sums only: the order of calls leaves no trace. */
export interface ModelUsage {
  readonly calls: number;
  /** Requests beyond the first one of each call. */
  readonly retries: number;
  /** Calls that were answered without saying how many tokens they took; their cost is not in the sums. */
  readonly unmetered: number;
  /** Answers out of which something was taken: personal data, or the key. */
  readonly cleaned: number;
  readonly outcomes: Readonly<Record<ChatReply['kind'], OutcomeUsage>>;
  /** Calls by what the server says it used; more than one name means that the model changed during the run. */
  readonly servedBy: Readonly<Record<string, number>>;
}

/** A model that is counted, with the count so far. Calls that throw are not answers and are not counted. */
export function metered(model: ChatModel): { readonly model: ChatModel; readonly usage: () => ModelUsage } {
  let [retries, unmetered, cleaned] = [0, 0, 0];
  const outcomes = { text: none(), truncated: none(), refusal: none(), unavailable: none() };
  const servedBy = new Map<string, number>();
  return {
    model: {
      name: model.name,
      ...(model.keyOf && { keyOf: model.keyOf }),
      async complete(request, signal) {
        const reply = await model.complete(request, signal);
        const outcome = outcomes[reply.kind];
        outcome.calls++;
        outcome.inputTokens += reply.usage?.inputTokens ?? 0;
        outcome.outputTokens += reply.usage?.outputTokens ?? 0;
        if (reply.usage === undefined && reply.kind !== 'unavailable') unmetered++;
        if (reply.kind === 'text' && reply.cleaned) cleaned++;
        retries += Math.max(0, (reply.requests ?? 1) - 1);
        if (reply.servedBy !== undefined) servedBy.set(reply.servedBy, (servedBy.get(reply.servedBy) ?? 0) + 1);
        return reply;
      },
    },
    usage: () => ({
      calls: Object.values(outcomes).reduce((total, { calls }) => total + calls, 0),
      retries,
      unmetered,
      cleaned,
      outcomes: structuredClone(outcomes),
      servedBy: Object.fromEntries([...servedBy].sort(([a], [b]) => (a < b ? -1 : 1))),
    }),
  };
}

const none = (): { calls: number; inputTokens: number; outputTokens: number } => ({
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
});
