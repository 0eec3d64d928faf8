import { Failure } from '../core/failure.js';

/**
 * Leaves work that nobody waits for any more.
 *
 * @throws {Failure} `interrupted`, or the failure that the signal was aborted with
 */
export function throwIfAborted(signal: AbortSignal, where: string): void {
  if (!signal.aborted) return;
  if (signal.reason instanceof Failure) throw signal.reason;
  throw new Failure('interrupted', { where, problem: 'interrupted' });
}

/** What became of work under a deadline. */
export type Timed<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'late' };

/**
 * Runs work under a deadline that covers all of it. The work gets a signal and must stop when it is aborted.
 *
 * A controller of its own instead of `AbortSignal.any`: that one keeps every derived signal alive as long as its parent.
 *
 * @throws {Failure} `interrupted` when the outer signal was aborted first; whatever else the work throws
 */
export async function withDeadline<T>(
  ms: number,
  outer: AbortSignal,
  where: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Timed<T>> {
  throwIfAborted(outer, where);
  const inner = new AbortController();
  const stop = (): void => inner.abort(outer.reason);
  outer.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(() => inner.abort(), ms);
  try {
    return { kind: 'done', value: await work(inner.signal) };
  } catch (error) {
    throwIfAborted(outer, where);
    // Only the timer is left as the one who aborted.
    if (inner.signal.aborted) return { kind: 'late' };
    throw error;
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', stop);
  }
}
