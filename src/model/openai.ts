import OpenAI from 'openai';
import { Failure } from '../core/failure.js';
import type { RandomStream } from '../core/random.js';
import type { Secret } from '../core/secret.js';
import { type Gate, persistentModel } from './call-loop.js';
import { type ChatModel, type ChatReply, noTokens } from './chat-model.js';
import { throwIfAborted, withDeadline } from './deadline.js';
import { readCompletion, readEmbeddings, readJson, serverWording } from './openai-wire.js';
import { type Attempt, defaultRetryPolicy, retry, type RetryPolicy, serverWaitMs, type Sleep, sleep } from './retry.js';

/** Where the server is, what to ask there and how long to wait. Nothing is read from the environment. */
export interface OpenAiOptions {
  /** e.g. `https://api.openai.com/v1`. Plain http takes no key, except on this machine. */
  readonly baseUrl: string;
  /** Absent for a local server that wants none. */
  readonly apiKey?: Secret | undefined;
  /** Name of the model on the server. */
  readonly model: string;
  /** Jitter of the waits between requests; never touches a result. */
  readonly random: RandomStream;
  /** Deadline of one request, the last byte of the answer included. Default 120 000; at most 300 000, where Node gives up. */
  readonly timeoutMs?: number;
  readonly retryPolicy?: RetryPolicy;
  /** What every request for a chat completion passes, the outermost first. */
  readonly gates?: readonly Gate[];
  /** How to wait; tests do not. */
  readonly sleep?: Sleep;
  /** Largest answer that is read, in bytes after decompression. Default 4 MiB for chat, 64 MiB for embeddings. */
  readonly maxBytes?: number;
}

/** A request that would be rejected again. */
export interface Rejection {
  readonly kind: 'rejected';
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** What came back from one request, before anyone looked into the body. */
export type Exchange =
  | { readonly kind: 'body'; readonly body: unknown }
  | Rejection
  | Exclude<Attempt<never>, { readonly kind: 'done' | 'adapted' }>
  | { readonly kind: 'broken'; readonly reason: string };

/**
 * A chat model behind an OpenAI-compatible server.
 *
 * The answer must be an ordinary completion: a page of HTML, an `error` object or an empty list with status 200 are faults of
 * the server and are tried again; an answer cut at the token limit is `truncated`. Redirects are refused, because they would
 * carry the prompt to another host. The shape asked for is sent as `response_format`; a server that rejects that gets it in
 * words instead, and one that rejects `max_tokens` gets `max_completion_tokens`.
 *
 * @throws {Failure} `usage` on an address that cannot be used; see {@link ChatModel} for `complete`
 */
export function openAiModel(options: OpenAiOptions): ChatModel {
  const { model: name, random, retryPolicy = defaultRetryPolicy, sleep: wait = sleep, gates = [] } = options;
  const where = `model ${name}`;
  const send = openDoor(options, where, 4 << 20);
  const wording = serverWording(name);

  return persistentModel({
    name,
    outgoing(request) {
      const worded = wording.word(request);
      return {
        request,
        most: worded.most,
        async send(signal) {
          const exchange = await send('/chat/completions', worded.body, signal);
          return attemptOf(exchange, (rejection) => wording.adapt(rejection, request, worded), where);
        },
      };
    },
    gates,
    retryPolicy,
    random,
    sleep: wait,
  });
}

/**
 * What an exchange about a chat completion led to.
 *
 * @param adapt whether a rejected request can be worded differently
 * @throws {Failure} on a rejection that every request would meet
 */
export function attemptOf(
  exchange: Exchange,
  adapt: (rejection: Rejection) => boolean,
  where: string,
): Attempt<ChatReply> {
  if (exchange.kind === 'rejected')
    return adapt(exchange) ? { kind: 'adapted' } : { kind: 'done', value: refusalOf(exchange, where) };
  if (exchange.kind === 'broken') return { kind: 'done', value: { kind: 'unavailable', reason: exchange.reason } };
  return exchange.kind === 'body' ? readCompletion(exchange.body) : exchange;
}

/** What the text layer asks of an embedder; declared here by shape, because the two layers do not know each other. */
export interface OpenAiEmbedder {
  readonly name: string;
  readonly dimensions: number;
  embed(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>;
}

/** Texts in one request for embeddings. */
const embeddingBatch = 128;

/**
 * Embeddings from an OpenAI-compatible server: one vector of `dimensions` numbers for each text, scaled to length 1.
 *
 * @throws {Failure} from `embed`: `invalid-input` on an empty text, `usage` when the configuration can never work (the wrong
 *   number of dimensions included), `model-unavailable` when the server gives no usable answer, `interrupted`
 */
export function openAiEmbedder(options: OpenAiOptions & { readonly dimensions: number }): OpenAiEmbedder {
  const { model, dimensions, random, retryPolicy = defaultRetryPolicy, sleep: wait = sleep } = options;
  const where = `embedder ${model}`;
  const send = openDoor(options, where, 64 << 20);

  async function embedBatch(input: readonly string[], signal: AbortSignal): Promise<readonly (readonly number[])[]> {
    const outcome = await retry(
      async (): Promise<Attempt<readonly (readonly number[])[]>> => {
        const exchange = await send('/embeddings', { model, input, encoding_format: 'float' }, signal);
        if (exchange.kind === 'rejected') throw configurationFailure(exchange, where);
        if (exchange.kind === 'broken') throw unavailable(where, exchange.reason);
        return exchange.kind === 'body' ? readEmbeddings(exchange.body, input.length) : exchange;
      },
      retryPolicy,
      random,
      wait,
      signal,
      where,
    );
    if (outcome.kind === 'gave-up') throw unavailable(where, outcome.reason);
    return outcome.value;
  }

  return {
    name: model,
    dimensions,
    async embed(texts, signal) {
      const empty = texts.findIndex((text) => text.trim() === '');
      if (empty >= 0) throw new Failure('invalid-input', { where: `${where} text ${empty}`, problem: 'empty text' });
      const vectors: Float32Array[] = [];
      for (let start = 0; start < texts.length; start += embeddingBatch)
        for (const vector of await embedBatch(texts.slice(start, start + embeddingBatch), signal)) {
          if (vector.length !== dimensions)
            throw new Failure('usage', {
              where,
              problem: 'wrong number of dimensions',
              got: vector.length,
              expected: String(dimensions),
            });
          vectors.push(unitLength(vector, where));
        }
      return vectors;
    },
  };
}

function unitLength(vector: readonly number[], where: string): Float32Array {
  const length = Math.sqrt(vector.reduce((total, x) => total + x * x, 0));
  if (!(length > 0)) throw unavailable(where, 'the server sent a vector of length 0');
  return Float32Array.from(vector, (x) => x / length);
}

/**
 * One request, never repeated here: what it led to, as a value. Without a body it is a GET; a form is sent as one. The answer is
 * JSON, or, where `isText` says so, a string.
 */
export type Send = (path: string, body: object | undefined, signal: AbortSignal, isText?: boolean) => Promise<Exchange>;

class TooLarge extends Error {}

/** What a door is opened with. */
export type DoorOptions = Pick<OpenAiOptions, 'baseUrl' | 'apiKey' | 'timeoutMs' | 'maxBytes'>;

/**
 * The one way to a server: under a deadline, within a size, without redirects, and with the key in no message.
 *
 * @param where whose requests, for messages
 * @throws {Failure} `usage` on an address that cannot be used
 */
export function openDoor(options: DoorOptions, where: string, defaultMaxBytes: number): Send {
  const { baseUrl, apiKey, timeoutMs = 120_000, maxBytes = defaultMaxBytes } = options;
  checkAddress(baseUrl, apiKey);
  if (!(timeoutMs > 0 && timeoutMs <= 300_000))
    throw new Failure('usage', {
      where: `${where} timeoutMs`,
      problem: 'not a usable deadline',
      got: timeoutMs,
      expected: 'more than 0 and at most 300000',
    });

  // Every setting that the library would otherwise take from the environment is given.
  const client = new OpenAI({
    baseURL: baseUrl,
    apiKey: apiKey?.reveal() ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    maxRetries: 0,
    // Ours below comes first and is the only one.
    timeout: timeoutMs + 1000,
    // The whole body is read here, so that its size is bounded and the deadline covers it, for errors too.
    async fetch(url, init) {
      const response = await fetch(url, { ...init, redirect: 'manual' });
      const body = await readBody(response, maxBytes);
      return new Response(body.length === 0 ? null : body, { status: response.status, headers: response.headers });
    },
  });
  const quoted = quotedWithout(apiKey);

  return async (path, body, signal, isText = false) => {
    let timed;
    try {
      timed = await withDeadline(timeoutMs, signal, where, async (inner): Promise<Exchange> => {
        const sent =
          body === undefined ? client.get(path, { signal: inner }) : client.post(path, { body, signal: inner });
        const text = await (await sent.asResponse()).text();
        return isText ? { kind: 'body', body: text } : readJson(text);
      });
    } catch (error) {
      throwIfAborted(signal, where);
      if (!(error instanceof OpenAI.APIError)) throw error;
      return fromError(error as ApiError, maxBytes, quoted);
    }
    return timed.kind === 'done'
      ? timed.value
      : { kind: 'transient', reason: `no complete answer within ${timeoutMs} ms` };
  };
}

/** Words of a server, for a message: without the key, on one line, short. */
export const quotedWithout =
  (apiKey: Secret | undefined) =>
  (text: string): string =>
    (apiKey?.redact(text) ?? text).replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').slice(0, 300);

function checkAddress(baseUrl: string, apiKey: Secret | undefined): void {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new Failure('usage', {
      where: 'base URL of the model',
      problem: 'not an address of a server',
      // An address with a password in it must not be shown.
      got: url === undefined ? baseUrl : `${url.protocol}//${url.host}`,
      expected: 'http(s)://host/path, without a user or password',
    });
  if (url.protocol === 'http:' && apiKey !== undefined && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname))
    throw new Failure('usage', {
      where: 'base URL of the model',
      problem: 'the key would travel unencrypted',
      got: url.origin,
      expected: 'https',
    });
}

async function readBody(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the stream and closes the connection.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw new TooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

type ApiError = InstanceType<typeof OpenAI.APIError<number | undefined, Headers | undefined, object | undefined>>;

/** Faults before a byte was sent. */
const neverConnected = new Set(
  'ECONNREFUSED ENOTFOUND EAI_AGAIN EHOSTUNREACH ENETUNREACH UND_ERR_CONNECT_TIMEOUT'.split(' '),
);

/** What a server says that has not begun; with any other fault the model behind it may have worked, and be paid. */
const turnedAway = new Set([409, 503, 529]);

/** Sorts what the library throws: worth another try, never going to work, or broken. */
function fromError(
  { status, code, type, message, headers, cause }: ApiError,
  maxBytes: number,
  quoted: (text: string) => string,
): Exchange {
  if (status === undefined) {
    const root = rootCause(cause);
    if (root instanceof TooLarge) return { kind: 'broken', reason: `the answer is larger than ${maxBytes} bytes` };
    const name = root === undefined ? 'unknown cause' : causeName(root);
    return { kind: 'transient', reason: `the connection failed (${name})`, unbilled: neverConnected.has(name) };
  }
  const wait = headers === undefined ? undefined : serverWaitMs(headers);
  return fromStatus({ status, code, type, message }, wait, quoted);
}

/** An error as a server says it. */
export interface StatedError {
  readonly status: number;
  readonly code?: string | null | undefined;
  readonly type?: string | null | undefined;
  readonly message: string;
}

/** Sorts what a server says went wrong: worth another try or never going to work. */
export function fromStatus(
  { status, code, type, message }: StatedError,
  wait: number | undefined,
  quoted: (text: string) => string,
): Exchange {
  const label = `${code ?? ''} ${type ?? ''}`;
  if (status === 429 && !label.includes('insufficient_quota'))
    return { kind: 'throttled', reason: 'the server throttles (429)', serverWaitMs: wait };
  if (status >= 500 || status === 408 || status === 409)
    return {
      kind: 'transient',
      reason: `the server failed (${status})`,
      serverWaitMs: wait,
      unbilled: turnedAway.has(status),
    };
  return { kind: 'rejected', status, code: quoted(label.trim()), message: quoted(message) };
}

function rootCause(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  return rootCause(error.cause) ?? error;
}

const causeName = (error: Error): string => ('code' in error ? String(error.code) : error.message).slice(0, 80);

/** Codes of rejections that are about this one request, not about the configuration. */
const oneRequestOnly = /context_length_exceeded|content_filter|content_policy_violation/;

/** A refusal, when another request may well be accepted. @throws {Failure} otherwise */
function refusalOf(rejection: Rejection, where: string): ChatReply {
  const { status, code } = rejection;
  const one = oneRequestOnly.exec(code);
  if (status === 413 || (status === 400 && one !== null))
    return { kind: 'refusal', reason: `the server rejected the request (${one?.[0] ?? 'too large'})`, usage: noTokens };
  throw configurationFailure(rejection, where);
}

/** Why a rejection can never become an answer, for the user. */
export function configurationFailure(rejection: Rejection, where: string): Failure {
  const { status, message } = rejection;
  const parts = (problem: string, hint: string) => ({ where, problem, got: status, hint });
  if (status === 402 || status === 429)
    return new Failure('model-unavailable', parts('the account has no quota left', 'Add credit, then resume the run.'));
  // What the server says about a key is not repeated: it may quote the key.
  if (status === 401 || status === 403)
    return new Failure('usage', parts('the server refuses the key', 'Check the API key and what it may use.'));
  if (status === 404)
    return new Failure('usage', parts('the server does not know it', 'Check the name of the model and the base URL.'));
  if (status >= 300 && status < 400)
    return new Failure(
      'usage',
      parts('the server redirects to another address, where prompts are not sent', 'Give the final base URL.'),
    );
  return new Failure('usage', {
    where,
    problem: 'the server rejects the request',
    got: message,
    hint: 'Check the settings of the model.',
  });
}

const unavailable = (where: string, reason: string): Failure =>
  new Failure('model-unavailable', { where, problem: reason, hint: 'Check the server, then resume the run.' });
