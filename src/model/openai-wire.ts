import { z } from 'zod';
import type { ChatReply, ChatRequest, TokenUsage } from './chat-model.js';
import type { Attempt } from './retry.js';

/** A request as it is sent: its body, how that was worded, and the most tokens that it can be billed. */
export interface Worded {
  readonly body: object;
  readonly isInWords: boolean;
  readonly limitName: LimitName;
  readonly most: Readonly<TokenUsage>;
}

/** How one server wants requests worded, as far as it has been found out. */
export interface Wording {
  word(request: ChatRequest): Worded;
  /** Whether a rejection is about a way of asking for which there is another one, which is used from now on. */
  adapt(rejection: { readonly status: number; readonly message: string }, request: ChatRequest, sent: Worded): boolean;
}

/** Nothing is known of the server yet. */
export function serverWording(model: string): Wording {
  const inWords = new Set<string>();
  let limitName: LimitName = 'max_tokens';
  return {
    word(request) {
      const isInWords = inWords.has(request.schemaName ?? '');
      const body = chatBody(model, request, isInWords, limitName);
      // A token is at least one byte, and JSON makes no text shorter.
      const inputTokens = Buffer.byteLength(JSON.stringify(body));
      return { body, isInWords, limitName, most: { inputTokens, outputTokens: request.maxOutputTokens } };
    },
    adapt({ status, message }, { schemaName }, sent) {
      if (status !== 400) return false;
      if (sent.limitName === 'max_tokens' && message.includes('max_completion_tokens')) {
        limitName = 'max_completion_tokens';
        return true;
      }
      if (sent.isInWords || schemaName === undefined || !message.includes('response_format')) return false;
      inWords.add(schemaName);
      return true;
    },
  };
}

/** The two names that servers have for the bound on the answer. */
export type LimitName = 'max_tokens' | 'max_completion_tokens';

/**
 * The body of a request for a chat completion.
 *
 * @param worded whether the shape is put into words, for servers that reject `response_format`
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function chatBody(
  model: string,
  { system, prompt, schemaName, jsonSchema, temperature, maxOutputTokens, seed }: ChatRequest,
  worded: boolean,
  limitName: LimitName,
): object {
  const shape = jsonSchema === undefined || schemaName === undefined ? undefined : { schemaName, jsonSchema };
  const inWords =
    shape === undefined || !worded
      ? ''
      : `\n\nAnswer with one JSON value that fits this JSON Schema, and nothing else:\n${JSON.stringify(shape.jsonSchema)}`;
  return {
    model,
    messages: [
      { role: 'system', content: system + inWords },
      { role: 'user', content: prompt },
    ],
    temperature,
    [limitName]: maxOutputTokens,
    ...(seed === undefined ? {} : { seed }),
    ...(shape === undefined || worded
      ? {}
      : {
          response_format: {
            type: 'json_schema' as const,
            json_schema: { name: shape.schemaName, schema: { ...shape.jsonSchema }, strict: true },
          },
        }),
  };
}

const Completion = z.object({
  model: z.string().max(200).optional(),
  system_fingerprint: z.string().max(200).nullish(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z.unknown(),
});

const BilledTokens = z.object({
  prompt_tokens: z.number().int().min(0).max(1e9),
  completion_tokens: z.number().int().min(0).max(1e9),
});

/** A completion as a reply; anything else that came with status 200 is a fault worth another try. */
export function readCompletion(body: unknown): Attempt<ChatReply> {
  const parsed = Completion.safeParse(body);
  if (!parsed.success) return { kind: 'transient', reason: notAnAnswer(body, 'a completion') };
  const { choices, model, system_fingerprint: fingerprint, usage } = parsed.data;
  const [{ finish_reason: end, message }] = choices as [(typeof choices)[number]];
  const billed = BilledTokens.safeParse(usage);
  const facts: { usage?: TokenUsage; servedBy?: string } = {
    ...(billed.success
      ? { usage: { inputTokens: billed.data.prompt_tokens, outputTokens: billed.data.completion_tokens } }
      : {}),
    ...(model === undefined ? {} : { servedBy: fingerprint == null ? model : `${model}/${fingerprint}` }),
  };
  const done = (value: ChatReply): Attempt<ChatReply> => ({ kind: 'done', value: { ...value, ...facts } });
  if (end === 'length') return done({ kind: 'truncated' });
  if (end === 'content_filter') return done({ kind: 'refusal', reason: 'a content filter stopped the answer' });
  if (message.refusal != null) return done({ kind: 'refusal', reason: 'the model declined' });
  // Tools were never offered, so an answer that calls one, or an answer without text, is no answer.
  if (message.content == null) return { kind: 'transient', reason: 'the server sent a completion without text' };
  return done({ kind: 'text', text: message.content });
}

const EmbeddingList = z.object({
  data: z.array(z.object({ index: z.number().int().min(0), embedding: z.array(z.number()).max(16_384) })),
});

/** The vectors in the order of the texts, whatever the order of the answer. */
export function readEmbeddings(body: unknown, texts: number): Attempt<readonly (readonly number[])[]> {
  const parsed = EmbeddingList.safeParse(body);
  const vectors = new Array<readonly number[] | undefined>(texts).fill(undefined);
  for (const { index, embedding } of parsed.data?.data ?? []) vectors[index] = embedding;
  if (vectors.length !== texts || vectors.includes(undefined))
    return { kind: 'transient', reason: notAnAnswer(body, 'an embedding for each text') };
  return { kind: 'done', value: vectors as readonly (readonly number[])[] };
}

/** The body of an answer; what is not JSON is a fault of the server (a proxy, a login page, a cut connection). */
export function readJson(text: string): { kind: 'body'; body: unknown } | { kind: 'transient'; reason: string } {
  try {
    return { kind: 'body', body: JSON.parse(text) };
  } catch {
    const what = text === '' ? 'an empty answer' : /^\s*</.test(text) ? 'a page of HTML' : 'broken JSON';
    return { kind: 'transient', reason: `the server sent ${what}` };
  }
}

const notAnAnswer = (body: unknown, expected: string): string =>
  typeof body === 'object' && body !== null && 'error' in body
    ? 'the server sent an error with status 200'
    : `the server did not send ${expected}`;
