import { z } from 'zod';
import { Failure } from '../core/failure.js';
import type { TokenUsage } from './chat-model.js';
import { type Exchange, fromStatus } from './openai.js';

/** One question of a batch. */
export interface BatchQuestion {
  /** Key of the call; it is what an answer is known by. */
  readonly key: string;
  /** The body that a direct request would have. */
  readonly body: object;
  /** The most tokens that it can be billed. */
  readonly most: Readonly<TokenUsage>;
}

/** What lines of answers were no answers to questions of the batch. Chance decides about them, so no artifact holds it. */
export interface StrayLines {
  /** No JSON, or none of the right shape. */
  broken: number;
  /** With a `custom_id` that was not asked. */
  foreign: number;
  /** With a `custom_id` that was answered before; the first answer counts. */
  repeated: number;
  /** Questions without a line in a batch that is said to be complete. */
  missing: number;
}

/** The line of a question in the input file, with its line feed. */
export const questionLine = ({ key, body }: Pick<BatchQuestion, 'key' | 'body'>): string =>
  `${JSON.stringify({ custom_id: key, method: 'POST', url: '/v1/chat/completions', body })}\n`;

const InputLine = z.object({
  custom_id: z.string(),
  body: z.looseObject({ max_tokens: z.number().optional(), max_completion_tokens: z.number().optional() }),
});

/**
 * The questions of an input file, as they were when it was written.
 *
 * @throws {Failure} `integrity` when it is not such a file
 */
export function readQuestions(text: string, where: string): BatchQuestion[] {
  return linesOf(text).map((line) => {
    const parsed = InputLine.safeParse(jsonOf(line));
    if (!parsed.success) throw new Failure('integrity', { where, problem: 'not a file of questions for a batch' });
    const { custom_id: key, body } = parsed.data;
    const outputTokens = body.max_tokens ?? body.max_completion_tokens ?? 0;
    return { key, body, most: { inputTokens: Buffer.byteLength(JSON.stringify(body)), outputTokens } };
  });
}

const Stated = z.object({ message: z.string().catch(''), code: z.string().nullish(), type: z.string().nullish() });
const OutputLine = z.object({
  custom_id: z.string(),
  response: z.object({ status_code: z.number().int(), body: z.unknown() }).nullish(),
  error: Stated.nullish(),
});

/**
 * Brings the lines of output and error file together with the questions, by `custom_id` alone: lines may come in any order,
 * twice, from elsewhere, broken, or not at all. An answer counts before an error.
 *
 * @param isComplete whether the server says that it worked off all questions; if not, those without a line were not begun
 * @param quoted takes out of the words of a server what must not be shown
 */
export function reconcile(
  questions: readonly BatchQuestion[],
  files: readonly string[],
  isComplete: boolean,
  quoted: (text: string) => string,
): { readonly exchanges: ReadonlyMap<string, Exchange>; readonly stray: Readonly<StrayLines> } {
  const stray = { broken: 0, foreign: 0, repeated: 0, missing: 0 };
  const asked = new Set(questions.map(({ key }) => key));
  const exchanges = new Map<string, Exchange>();
  for (const line of files.flatMap(linesOf)) {
    const parsed = OutputLine.safeParse(jsonOf(line));
    if (!parsed.success) stray.broken++;
    else if (!asked.has(parsed.data.custom_id)) stray.foreign++;
    else {
      const { custom_id: key } = parsed.data;
      const exchange = exchangeOf(parsed.data, quoted);
      const before = exchanges.get(key);
      if (before !== undefined) stray.repeated++;
      if (before === undefined || (before.kind !== 'body' && exchange.kind === 'body')) exchanges.set(key, exchange);
    }
  }
  for (const key of asked) {
    if (exchanges.has(key)) continue;
    if (isComplete) stray.missing++;
    exchanges.set(key, isComplete ? lost : notBegun);
  }
  return { exchanges, stray };
}

/** Nobody knows what became of it, so it may have been paid. */
const lost: Exchange = { kind: 'transient', reason: 'the batch has no line for it' };
const notBegun: Exchange = { kind: 'transient', reason: 'the batch ended before it was asked', unbilled: true };

function exchangeOf({ response, error }: z.infer<typeof OutputLine>, quoted: (text: string) => string): Exchange {
  if (response == null) {
    // Errors without a response are those of the batch itself: expired, cancelled.
    const reason = `the batch did not ask it (${quoted(error?.code ?? error?.message ?? 'no reason')})`;
    return { kind: 'transient', reason, unbilled: true };
  }
  const { status_code: status, body } = response;
  if (status >= 200 && status < 300) return { kind: 'body', body };
  const stated = z.object({ error: Stated }).safeParse(body).data?.error ?? { message: '' };
  return fromStatus({ ...stated, status }, undefined, quoted);
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** How much goes into one input file. */
export interface PartLimits {
  readonly maxRequests: number;
  readonly maxBytes: number;
}

/**
 * Splits questions into parts, in their order.
 *
 * @throws {Failure} `invalid-input` on a question that alone is larger than a file may be
 */
export function partsOf<T extends BatchQuestion>(
  questions: readonly T[],
  { maxRequests, maxBytes }: PartLimits,
): T[][] {
  const parts: T[][] = [];
  let bytes = Infinity;
  for (const question of questions) {
    const size = Buffer.byteLength(questionLine(question));
    if (size > maxBytes)
      throw new Failure('invalid-input', {
        where: 'batch',
        problem: 'a question that is larger than a file may be',
        got: `${size} bytes`,
        expected: `at most ${maxBytes}`,
      });
    if (bytes + size > maxBytes || parts.at(-1)!.length >= maxRequests) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)!.push(question);
    bytes += size;
  }
  return parts;
}
