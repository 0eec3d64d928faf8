import { z } from 'zod';

/** One question to a language model. Everything that may change the answer is here; deadlines and keys are not. */
export interface ChatRequest {
  readonly system: string;
  readonly prompt: string;
  /** Name of the shape asked for, e.g. `evidence`. Goes with `jsonSchema`. */
  readonly schemaName?: string;
  /** JSON Schema of the answer; absent when plain text is asked for. */
  readonly jsonSchema?: Readonly<Record<string, unknown>>;
  /** Sampling temperature, 0 or more. */
  readonly temperature: number;
  /** Most tokens the model may write. */
  readonly maxOutputTokens: number;
  /** Best-effort seed of the sampling, 0 to 2³¹ − 1; also tells apart questions that read the same. */
  readonly seed?: number;
  /** Which asking of the same question this is, from 1 (the default). Never sent: it is part of the key of a recorded call. */
  readonly attempt?: number;
}

const count = z.number().int().min(0);

/** Tokens as billed by the server. */
export const TokenUsage = z.strictObject({ inputTokens: count, outputTokens: count });
export type TokenUsage = z.infer<typeof TokenUsage>;

/** No tokens at all. */
export const noTokens: Readonly<TokenUsage> = { inputTokens: 0, outputTokens: 0 };

/** The sum of two counts. */
export const plusTokens = (a: Readonly<TokenUsage>, b: Readonly<TokenUsage>): TokenUsage => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
});

/** What every reply may say about itself, whatever became of it; refusals and cut answers are billed too. */
const facts = {
  /** Absent when the server did not say, or said something impossible. */
  usage: TokenUsage.optional(),
  /**
   * What counts as spent for it when that is more than `usage`: all its requests together, each with the most that it can have
   * taken where the server did not say. Depends on chance (which requests failed), so nothing that must be repeatable holds it.
   */
  billed: TokenUsage.optional(),
  /** Requests sent for this reply; absent for a model that sends none. */
  requests: count.optional(),
  /** The model that the server says it used, with its fingerprint: `name` or `name/fingerprint`. */
  servedBy: z.string().optional(),
  /** Something was taken out of the answer before anybody saw it: see `clean-replies.ts`. */
  cleaned: z.literal(true).optional(),
};

/**
 * What came back. `truncated`: the model hit its token limit, so that there is no whole answer. `refusal`: it declined, or a
 * content filter did, or the request is too long for it. `unavailable`: no usable answer within the retry budget.
 */
export const ChatReply = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), text: z.string(), ...facts }),
  z.strictObject({ kind: z.literal('truncated'), ...facts }),
  z.strictObject({ kind: z.literal('refusal'), reason: z.string(), ...facts }),
  z.strictObject({ kind: z.literal('unavailable'), reason: z.string(), ...facts }),
]);
export type ChatReply = z.infer<typeof ChatReply>;

/** A language model. */
export interface ChatModel {
  /** Name of the model; goes into lineages and the run record. */
  readonly name: string;
  /**
   * @throws {Failure} `usage` when the configuration can never work (key, name, address), `model-unavailable` when nothing more
   *   can be asked (no quota left), `interrupted` when `signal` is aborted. Every other fault is a reply.
   */
  complete(request: ChatRequest, signal: AbortSignal): Promise<ChatReply>;
  /** The key of a call in the ledger; absent for a model without one. */
  readonly keyOf?: (request: ChatRequest) => string;
}
