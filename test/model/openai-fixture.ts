import { afterEach } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { Secret } from '../../src/core/secret.js';
import type { ChatRequest, TokenUsage } from '../../src/model/chat-model.js';
import type { OpenAiOptions } from '../../src/model/openai.js';
import { defaultRetryPolicy } from '../../src/model/retry.js';
import * as server from '../support/chat-server.js';

/** Must appear nowhere. */
export const key = 'sk-CANARY-0123456789';
export const request: ChatRequest = {
  system: 'Be brief.',
  prompt: 'Hello?',
  temperature: 0.5,
  maxOutputTokens: 50,
  seed: 7,
};
const open: server.ChatServer[] = [];

/** A server that answers by a script, of which the last entry goes on for ever. It is closed after the test. */
export async function start(...script: readonly server.Behaviour[]): Promise<server.ChatServer> {
  const started = await server.startChatServer({ behave: ({ index }) => script[index] ?? script.at(-1)! });
  open.push(started);
  return started;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((started) => started.close()));
});

/** Waits that were asked for instead of made. */
export function options(url: string, extra: Partial<OpenAiOptions> = {}): OpenAiOptions & { waits: number[] } {
  const waits: number[] = [];
  return {
    baseUrl: url,
    apiKey: new Secret(key),
    model: 'm-1',
    random: randomStream('1', 'jitter'),
    timeoutMs: 5000,
    retryPolicy: { ...defaultRetryPolicy, attempts: 3 },
    sleep: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    waits,
    ...extra,
  };
}

export const signal: AbortSignal = new AbortController().signal;
/** The most that a request can be billed: a token for each byte of its body, and all the room that it gave. */
export const mostOf = ({ body }: server.ChatCall): TokenUsage => ({
  inputTokens: Buffer.byteLength(JSON.stringify(body)),
  outputTokens: request.maxOutputTokens,
});
