import { abortFailure, throwIfAborted } from './deadline.js';

/** Callers that wait for their turn, first come first served. One whose signal is aborted leaves the line. */
export interface WaitingLine<T> {
  /**
   * Waits until it is let in.
   *
   * @throws {Failure} `interrupted`, or what the line was closed with
   */
  join(item: T, signal: AbortSignal): Promise<void>;
  /** Lets the first ones in as long as each is admitted. */
  admit(isAdmitted: (item: T) => boolean): void;
  /** Sends all away. */
  close(error: Error): void;
}

/** An empty line. */
export function waitingLine<T>(where: string): WaitingLine<T> {
  // In the order of joining, as sets are.
  const waiting = new Set<{ readonly item: T; readonly enter: () => void; readonly leave: (error: Error) => void }>();
  return {
    async join(item, signal) {
      throwIfAborted(signal, where);
      let stop = (): void => undefined;
      const turn = new Promise<void>((enter, leave) => {
        const caller = { item, enter, leave };
        waiting.add(caller);
        stop = () => {
          // Whoever was let in already goes on: its place is taken.
          if (waiting.delete(caller)) leave(abortFailure(signal, where));
        };
      });
      signal.addEventListener('abort', stop, { once: true });
      try {
        await turn;
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
    admit(isAdmitted) {
      for (const caller of waiting) {
        if (!isAdmitted(caller.item)) return;
        waiting.delete(caller);
        caller.enter();
      }
    },
    close(error) {
      for (const caller of waiting) caller.leave(error);
      waiting.clear();
    },
  };
}
