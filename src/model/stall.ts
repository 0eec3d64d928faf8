import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../core/failure.js';
import type { ChatModel } from './chat-model.js';
import { throwIfAborted } from './deadline.js';
import type { Sleep } from './retry.js';

/** How long a server may leave every question without an answer. */
export interface StallOptions {
  /** Default 600 000, ten minutes. */
  readonly limitMs?: number;
  readonly sleep?: Sleep;
}

/** Waits without keeping the process alive: what is asked does that. */
const waitAside: Sleep = (ms, signal) => delay(ms, undefined, { signal, ref: false });

/** Looks at the server this often within the limit; the limit is kept to one part in so many. */
const looks = 20;

/**
 * Ends the run when a server has stopped answering: models that share the guard fail together, those whose questions are
 * under way too, and can be asked again when the run is resumed. Answers, refusals and cut answers count as life.
 *
 * It counts looks at regular intervals while something is asked, and reads no clock: a machine that slept has not waited.
 *
 * @throws {Failure} from `complete`: `model-unavailable` when there was no reply for that long
 */
export function stallGuard({ limitMs = 600_000, sleep = waitAside }: StallOptions = {}): (
  model: ChatModel,
) => ChatModel {
  let [underWay, replies, quietLooks] = [0, 0, 0];
  let stalled: Failure | undefined;
  let isWatching = false;
  const callers = new Set<AbortController>();
  const { signal: never } = new AbortController();

  /** Until a look finds nothing under way, or for too long no reply. */
  async function watch(name: string): Promise<void> {
    isWatching = true;
    while (stalled === undefined) {
      const before = replies;
      await sleep(limitMs / looks, never);
      if (underWay === 0) break;
      quietLooks = replies === before ? quietLooks + 1 : 0;
      if (quietLooks < looks) continue;
      stalled = new Failure('model-unavailable', {
        where: `model ${name}`,
        problem: 'the server has stopped answering',
        got: `no answer for ${limitMs / 1000} s`,
        hint: 'What was answered is kept: resume the run when the server is back.',
      });
      for (const caller of callers) caller.abort(stalled);
    }
    isWatching = false;
  }

  return (model) => ({
    name: model.name,
    async complete(request, outer) {
      if (stalled !== undefined) throw stalled;
      throwIfAborted(outer, `model ${model.name}`);
      const caller = new AbortController();
      const stop = (): void => caller.abort(outer.reason);
      outer.addEventListener('abort', stop, { once: true });
      callers.add(caller);
      underWay++;
      if (!isWatching) void watch(model.name);
      try {
        const reply = await model.complete(request, caller.signal);
        if (reply.kind !== 'unavailable') replies++;
        return reply;
      } finally {
        outer.removeEventListener('abort', stop);
        callers.delete(caller);
        underWay--;
      }
    },
  });
}
