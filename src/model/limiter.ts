import { Failure } from '../core/failure.js';
import type { Gate } from './call-loop.js';
import type { Attempt, Sleep } from './retry.js';
import { waitingLine } from './waiting-line.js';

/** How many requests may be under way at one server. */
export interface LimiterOptions {
  /** Never more than this. */
  readonly most: number;
  /** At first; doubles as long as the server throttles nothing. Default 4. */
  readonly start?: number;
  /** No pause that the server asks for is longer than this. Default 120 000. */
  readonly pauseCapMs?: number;
  readonly sleep: Sleep;
}

/** A gate, and how many requests it lets through at the moment. */
export interface Limiter {
  readonly gate: Gate;
  readonly limit: () => number;
}

/** Share of throttled requests up to which there may be more at a time. */
const tolerated = 0.1;
/** Requests of the shortest round; in fewer a share says nothing. */
const shortestRound = 40;
/** How long the place of a throttled request stays taken: about as long as an answer takes. */
const coolingMs = 250;
/** Fewer requests helped when they left at most this part of the throttling. */
const helped = 0.75;
const roundsBetweenTrials = 10;
/** A server that throttles more than this is overloaded, whatever else it may be. */
const overloaded = 0.4;

/**
 * Finds out how many requests a server takes at a time: one more after every round in which it throttled (429) few of them,
 * fewer by the share that it throttled after any other. A wait that the server asks for is a pause for all.
 *
 * Some servers throttle without regard to us, because of others. So where a cut did not help, or would be below what the
 * server took, twice as many are tried for one round: if no greater share is throttled then, that share is what this server
 * throttles anyway. Else such a server would be asked one question at a time for ever.
 *
 * Results never depend on it: it only decides when a request is sent. One limiter for each server, shared by its models.
 *
 * @throws {Failure} `usage` unless `start` and `most` are whole numbers of at least 1
 * @see Chiu & Jain (1989), additive increase and multiplicative decrease https://doi.org/10.1016/0169-7552(89)90019-6
 */
export function limiter({ most, start = 4, pauseCapMs = 120_000, sleep }: LimiterOptions): Limiter {
  for (const count of [most, start])
    if (!(Number.isInteger(count) && count >= 1))
      throw new Failure('usage', {
        where: 'limiter',
        problem: 'not a number of requests',
        got: count,
        expected: 'a whole number ≥ 1',
      });
  const line = waitingLine<undefined>('limiter');
  let limit = Math.min(start, most);
  let [underWay, pauses] = [0, 0];
  let [taken, throttled] = [0, 0];
  let isRamping = true;
  /** What is throttled whatever we do. */
  let background = 0;
  /** Rounds before the next trial. */
  let rest = 0;
  /** The round before this one, when too much of it was throttled. */
  let before: { readonly limit: number; readonly share: number; readonly isTrial: boolean } | undefined;

  const letIn = (): void =>
    line.admit(() => {
      const isFree = pauses === 0 && underWay < limit;
      if (isFree) underWay++;
      return isFree;
    });

  async function pause(ms: number, signal: AbortSignal): Promise<void> {
    pauses++;
    // An interruption ends the pause as well.
    await sleep(Math.min(ms, pauseCapMs), signal).catch(() => undefined);
    pauses--;
    letIn();
  }

  /** A 429 comes back at once: if its place were free at once, the next request would run into the same wall. */
  async function leave(ms: number, signal: AbortSignal): Promise<void> {
    if (ms > 0) await sleep(ms, signal).catch(() => undefined);
    underWay--;
    letIn();
  }

  /** At the end of a round: twice as many requests as fit at a time, and enough of them to tell shares apart. */
  function adjust(): void {
    const share = throttled / (taken + throttled);
    [taken, throttled] = [0, 0];
    const last = before;
    before = undefined;
    rest--;
    if (last?.isTrial === true) {
      // If the server takes so many and no more, all that was added is throttled.
      const expectedRise = (1 - last.share) * (1 - last.limit / limit);
      if (share < last.share + expectedRise / 2) background = share;
      else [limit, rest] = [last.limit, roundsBetweenTrials];
    } else if (share <= background + tolerated) {
      limit = Math.min(most, limit + (isRamping ? limit : 1));
      background -= Math.max(0, background - share) / 32;
    } else {
      isRamping = false;
      // What the server took it can take. Rounded up, so that a low limit is not cut below that.
      const cut = Math.max(1, Math.ceil(limit * (1 - (share - background))));
      const isDoubtful = cut === limit ? share > 2 * tolerated : last !== undefined && share > helped * last.share;
      const isTrial = isDoubtful && share < overloaded && rest <= 0 && limit < most;
      before = { limit, share, isTrial };
      limit = isTrial ? Math.min(most, 2 * limit) : cut;
    }
  }

  function see(attempt: Attempt<unknown>, signal: AbortSignal): void {
    if (attempt.kind === 'throttled') throttled++;
    if (attempt.kind === 'done') taken++;
    if (attempt.kind === 'throttled' && (attempt.serverWaitMs ?? 0) > 0) void pause(attempt.serverWaitMs!, signal);
    if (taken + throttled >= Math.max(shortestRound, 2 * limit)) adjust();
  }

  return {
    limit: () => limit,
    async gate(outgoing, signal) {
      const turn = line.join(undefined, signal);
      letIn();
      await turn;
      let isThrottled = false;
      try {
        const attempt = await outgoing.send(signal);
        isThrottled = attempt.kind === 'throttled';
        see(attempt, signal);
        return attempt;
      } finally {
        void leave(isThrottled ? coolingMs : 0, signal);
      }
    },
  };
}
