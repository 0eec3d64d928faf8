import { setMaxListeners } from 'node:events';
import { Failure } from '../core/failure.js';
import { throwIfAborted } from './deadline.js';

/**
 * Runs `work` over the items, at most `limit` at a time. Results are in the order of the items, whatever the order of
 * completion. The first thing thrown aborts the signal of all others; it is thrown on when everything under way has ended,
 * so that nothing runs on in the background.
 *
 * @throws {Failure} `usage` on a limit that is not a positive whole number; `interrupted` when `signal` is aborted
 */
export async function mapConcurrent<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number, signal: AbortSignal) => Promise<R>,
  signal: AbortSignal,
): Promise<R[]> {
  if (!Number.isInteger(limit) || limit < 1)
    throw new Failure('usage', {
      where: 'concurrency',
      problem: 'not a number of tasks',
      got: limit,
      expected: 'a whole number ≥ 1',
    });
  throwIfAborted(signal, 'concurrency');

  const inner = new AbortController();
  // Every task under way listens; Node would print a warning from the eleventh on.
  setMaxListeners(0, inner.signal);
  const stop = (): void => inner.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const results = new Array<R>(items.length);
  const thrown: unknown[] = [];
  let next = 0;

  async function worker(): Promise<void> {
    while (next < items.length && !inner.signal.aborted) {
      const index = next++;
      try {
        results[index] = await work(items[index]!, index, inner.signal);
      } catch (error) {
        thrown.push(error);
        inner.abort(error);
      }
    }
  }

  try {
    await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  } finally {
    signal.removeEventListener('abort', stop);
  }
  throwIfAborted(signal, 'concurrency');
  if (thrown.length > 0) throw thrown[0];
  return results;
}
