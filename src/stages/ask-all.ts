import type { Answer } from '../model/answer.js';
import { mapConcurrent } from '../model/concurrency.js';

/**
 * Asks about every item, at most `limit` at a time, answers in the order of the items. After the first `unavailable`
 * nothing more is asked: what was not asked is undefined, what was answered is not lost.
 *
 * @param onAnswered told after each answer how many there are
 */
export function askAll<T, R>(
  items: readonly T[],
  limit: number,
  ask: (item: T, signal: AbortSignal) => Promise<Answer<R>>,
  signal: AbortSignal,
  onAnswered: (answered: number) => void = () => undefined,
): Promise<(Answer<R> | undefined)[]> {
  let gone = false;
  let answered = 0;
  return mapConcurrent(
    items,
    limit,
    async (item, _, itemSignal) => {
      if (gone) return undefined;
      const answer = await ask(item, itemSignal);
      gone ||= answer.kind === 'unavailable';
      onAnswered(++answered);
      return answer;
    },
    signal,
  );
}
