import { setTimeout as delay } from 'node:timers/promises';
import type { RandomStream } from '../core/random.js';
import { throwIfAborted } from './deadline.js';

/** How long to keep trying. Waiting is what is bounded, not the clock: two runs with the same faults try equally often. */
export interface RetryPolicy {
  /** Most requests for one answer, not counting those that the server throttled. */
  readonly attempts: number;
  /** Upper bound of the first wait; it doubles with each further one. Also the least wait after throttling. */
  readonly baseMs: number;
  /** No drawn wait is longer than this. */
  readonly capMs: number;
  /** No wait that the server asks for is longer than this. */
  readonly serverCapMs: number;
  /** Most waiting in total for one answer. */
  readonly patienceMs: number;
}

/**
 * Six tries, waits drawn below a bound that doubles from half a second to half a minute, an hour of waiting in all: of a server
 * that throttles nine requests in ten, every question gets its answer.
 */
export const defaultRetryPolicy: RetryPolicy = {
  attempts: 6,
  baseMs: 500,
  capMs: 30_000,
  serverCapMs: 120_000,
  patienceMs: 3_600_000,
};

/** Waits; rejects when the signal is aborted. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** The real one. */
export const sleep: Sleep = (ms, signal) => delay(ms, undefined, { signal });

/**
 * What one request led to. `throttled` (429) costs patience only; `transient` costs one of the attempts; `adapted` means that
 * the request was worded differently and is to be sent at once (the caller bounds how often). `unbilled`: the server certainly
 * did no work for it; throttled and adapted requests never are.
 */
export type Attempt<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'adapted' }
  | { readonly kind: 'throttled'; readonly reason: string; readonly serverWaitMs?: number | undefined }
  | {
      readonly kind: 'transient';
      readonly reason: string;
      readonly serverWaitMs?: number | undefined;
      readonly unbilled?: boolean;
    };

/** The value, or the last reason when the budget is used up; with the number of requests that it took. */
export type Retried<T> =
  | { readonly kind: 'done'; readonly value: T; readonly requests: number }
  | { readonly kind: 'gave-up'; readonly reason: string; readonly requests: number };

/**
 * Sends until there is a value or the budget is used up. Waits are drawn uniformly below a bound that doubles ("full jitter"),
 * so that many callers do not come back at the same moment; a wait that the server asks for is a lower bound, within its cap.
 * The stream decides about waiting only, never about results.
 *
 * @throws {Failure} `interrupted`
 * @see Brooker (2015), Exponential backoff and jitter https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export async function retry<T>(
  send: () => Promise<Attempt<T>>,
  policy: RetryPolicy,
  random: Pick<RandomStream, 'uniform'>,
  wait: Sleep,
  signal: AbortSignal,
  where: string,
): Promise<Retried<T>> {
  let [requests, transients, waitedMs] = [0, 0, 0];
  let backoffMs = policy.baseMs;
  for (;;) {
    const attempt = await send();
    requests++;
    if (attempt.kind === 'done') return { ...attempt, requests };
    if (attempt.kind === 'adapted') continue;

    if (attempt.kind === 'transient') transients++;
    const bound = Math.min(policy.capMs, backoffMs);
    backoffMs = 2 * bound;
    const floor = attempt.kind === 'throttled' ? policy.baseMs : 0;
    const asked = Math.min(attempt.serverWaitMs ?? 0, policy.serverCapMs);
    const waitMs = Math.max(Math.floor(random.uniform() * bound), floor, asked);
    if (transients >= policy.attempts || waitedMs + waitMs > policy.patienceMs)
      return { kind: 'gave-up', reason: attempt.reason, requests };
    waitedMs += waitMs;
    try {
      await wait(waitMs, signal);
    } catch (error) {
      throwIfAborted(signal, where);
      throw error;
    }
  }
}

/**
 * The wait that a server asks for, in milliseconds: `retry-after-ms`, or `Retry-After` in seconds or as a date (read against
 * the server's own `Date`, so that no clock of ours matters). Negative or unreadable values count as absent.
 */
export function serverWaitMs(headers: Headers): number | undefined {
  const ms = wholeWait(headers.get('retry-after-ms'), 1);
  if (ms !== undefined) return ms;
  const text = headers.get('retry-after');
  const seconds = wholeWait(text, 1000);
  if (seconds !== undefined || text === null || !/[a-z]/i.test(text)) return seconds;
  const until = Date.parse(text) - Date.parse(headers.get('date') ?? '');
  return until >= 0 ? until : undefined;
}

const wholeWait = (text: string | null, unitMs: number): number | undefined =>
  text !== null && /^\d{1,12}(\.\d{1,9})?$/.test(text.trim()) ? Math.ceil(Number(text) * unitMs) : undefined;
