import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../core/failure.js';
import type { Gate } from './call-loop.js';
import { abortFailure, throwIfAborted } from './deadline.js';
import type { Sleep } from './retry.js';

/** How long requests under way are waited for. */
export interface DrainOptions {
  /** Most milliseconds after an interruption. Default 30 000. */
  readonly graceMs?: number;
  readonly sleep?: Sleep;
}

/** Waits without keeping the process alive: what is waited for does that. */
const waitAside: Sleep = (ms, signal) => delay(ms, undefined, { signal, ref: false });

/**
 * A gate that lets requests under way come to their end when the run is interrupted: they are paid, so their answers should be
 * written down. Nothing new is sent. Only a server that has stopped answering is not waited for.
 *
 * Belongs next to the request itself: whoever waits for a turn, or before another try, leaves at once.
 *
 * @throws {Failure} from the gate: `interrupted`, or the failure that the signal was aborted with
 */
export function drain({ graceMs = 30_000, sleep = waitAside }: DrainOptions = {}): Gate {
  return async (outgoing, outer) => {
    throwIfAborted(outer, 'request');
    const inner = new AbortController();
    let ended: AbortController | undefined;
    const cut = (): void => inner.abort(abortFailure(outer, 'request'));
    const stop = (): void => {
      const { reason } = outer as { reason: unknown };
      if (reason instanceof Failure && reason.code === 'model-unavailable') cut();
      else {
        ended = new AbortController();
        sleep(graceMs, ended.signal).then(cut, () => undefined);
      }
    };
    outer.addEventListener('abort', stop, { once: true });
    try {
      return await outgoing.send(inner.signal);
    } finally {
      outer.removeEventListener('abort', stop);
      ended?.abort();
    }
  };
}
