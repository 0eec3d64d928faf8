import { Failure } from '../core/failure.js';

/**
 * Leaves work that nobody waits for any more.
 *
 * @throws {Failure} `interrupted`, or the failure that the signal was aborted with
 */
export function throwIfAborted(signal: AbortSignal, where: string): void {
  if (signal.aborted) throw abortFailure(signal, where);
}

/** Why an aborted signal was aborted, as a failure. */
export const abortFailure = ({ reason }: AbortSignal, where: string): Failure =>
  reason instanceof Failure ? reason : new Failure('interrupted', { where, problem: 'interrupted' });

/** What became of work under a deadline. */
export type Timed<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'late' };

/**
 * Runs work under a deadline that covers all of it. The work gets a signal and should stop when it is aborted; work that does
 * not is left alone, so that no caller waits longer than the deadline for anything.
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
  let stop = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  const cutOff = new Promise<Timed<T>>((resolve) => {
    const give = (reason?: unknown): void => {
      resolve({ kind: 'late' });
      inner.abort(reason);
    };
    stop = () => give(outer.reason);
    timer = setTimeout(give, ms);
  });
  outer.addEventListener('abort', stop, { once: true });
  try {
    const done = work(inner.signal).then((value): Timed<T> => ({ kind: 'done', value }));
    const timed = await Promise.race([done, cutOff]);
    if (timed.kind === 'late') throwIfAborted(outer, where);
    return timed;
  } catch (error) {
    throwIfAborted(outer, where);
    throw error;
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', stop);
  }
}
