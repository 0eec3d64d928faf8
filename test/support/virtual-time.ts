import type { Sleep } from '../../src/model/retry.js';

/** A clock that stands still until nothing else is left to do, and then jumps to the next wait that ends. */
export interface VirtualTime {
  /** Milliseconds since the beginning. */
  readonly now: () => number;
  readonly sleep: Sleep;
  /** Runs to the end of the work. */
  run<T>(work: Promise<T>): Promise<T>;
}

/** A new clock, at 0. Waits that end at the same time end in the order in which they were begun. */
export function virtualTime(): VirtualTime {
  let now = 0;
  const waits = new Set<{ readonly at: number; readonly end: () => void }>();
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          waits.delete(wait);
          reject(new Error('aborted'));
        };
        const end = (): void => {
          signal.removeEventListener('abort', stop);
          resolve();
        };
        const wait = { at: now + ms, end };
        waits.add(wait);
        signal.addEventListener('abort', stop, { once: true });
      }),
    async run(work) {
      const ended = { is: false };
      const end = (): void => void (ended.is = true);
      work.then(end, end);
      for (;;) {
        // All that follows from what has happened so far.
        await new Promise((resolve) => setImmediate(resolve));
        if (ended.is) return work;
        const next = [...waits].reduce<{ at: number; end: () => void } | undefined>(
          (first, wait) => (first === undefined || wait.at < first.at ? wait : first),
          undefined,
        );
        if (next === undefined) throw new Error('everything waits, and nothing will end');
        waits.delete(next);
        now = next.at;
        next.end();
      }
    },
  };
}
