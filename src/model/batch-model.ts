import type { BatchDesk } from './batch.js';
import { persistentModel } from './call-loop.js';
import type { ChatModel } from './chat-model.js';
import { attemptOf } from './openai.js';
import { serverWording } from './openai-wire.js';
import { callKey } from './replay.js';
import type { RetryPolicy, Sleep } from './retry.js';

/** Every try is a batch of its own, which may take a day; a throttled one costs patience only. */
const batchPolicy: RetryPolicy = {
  attempts: 3,
  baseMs: 1000,
  capMs: 300_000,
  serverCapMs: 300_000,
  patienceMs: 26 * 3_600_000,
};

/** Callers that come back come back together, so that they are in one batch again: the waits have no jitter. */
const inStep = { path: 'in step', uniform: () => 1 };

/** A chat model whose questions go through a desk. Replies, and their keys, are those of a direct call. */
export function batchModel(name: string, endpoint: string, desk: BatchDesk, sleep: Sleep): ChatModel {
  const wording = serverWording(name);
  return persistentModel({
    name,
    outgoing(request) {
      const worded = wording.word(request);
      return {
        request,
        most: worded.most,
        async send(signal) {
          const question = { key: callKey(endpoint, name, request), body: worded.body, most: worded.most };
          const exchange = await desk.ask(name, question, signal);
          return attemptOf(exchange, (rejection) => wording.adapt(rejection, request, worded), `model ${name}`);
        },
      };
    },
    gates: [],
    retryPolicy: batchPolicy,
    random: inStep,
    sleep,
  });
}

/** A model that asks nothing before the batches of an earlier process are in the ledger, from which it is answered. */
export const afterRecovery = (model: ChatModel, desk: BatchDesk): ChatModel => ({
  ...model,
  async complete(request, signal) {
    await desk.recover(signal);
    return model.complete(request, signal);
  },
});
