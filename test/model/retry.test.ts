import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream, type RandomStream } from '../../src/core/random.js';
import { type Attempt, retry, type RetryPolicy, serverWaitMs } from '../../src/model/retry.js';

const policy: RetryPolicy = { attempts: 6, baseMs: 100, capMs: 1000, serverCapMs: 5000, patienceMs: 20_000 };
const signal = new AbortController().signal;

/** A stream whose draws are all the same. */
const constant = (u: number): RandomStream => ({ ...randomStream('1'), uniform: () => u });

async function waitsOf(
  script: readonly Attempt<string>[],
  random: RandomStream,
): Promise<{ waits: number[]; result: object }> {
  const waits: number[] = [];
  let next = 0;
  const result = await retry(
    () => Promise.resolve(script[Math.min(next++, script.length - 1)]!),
    policy,
    random,
    (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    signal,
    'test',
  );
  return { waits, result };
}

const transient: Attempt<string> = { kind: 'transient', reason: 'down' };
const throttled: Attempt<string> = { kind: 'throttled', reason: 'busy' };
const done: Attempt<string> = { kind: 'done', value: 'ok' };

describe('retry', () => {
  it('waits below a bound that doubles up to the cap', async () => {
    const { waits, result } = await waitsOf([transient], constant(0.999));
    // 100, 200, 400, 800, 1000 (capped), times 0.999, rounded down.
    expect(waits).toEqual([99, 199, 399, 799, 999]);
    expect(result).toEqual({ kind: 'gave-up', reason: 'down', requests: 6 });
  });

  it('draws the whole range down to nothing after a transient fault, but never hammers a server that throttles', async () => {
    expect((await waitsOf([transient, transient, done], constant(0))).waits).toEqual([0, 0]);
    expect((await waitsOf([throttled, throttled, done], constant(0))).waits).toEqual([100, 100]);
  });

  it('gives a throttling server as many requests as patience allows', async () => {
    // 200 waits of 100 ms make 20 s.
    expect((await waitsOf([throttled], constant(0))).result).toEqual({
      kind: 'gave-up',
      reason: 'busy',
      requests: 201,
    });
  });

  it('takes the wait of the server as a lower bound, within its cap', async () => {
    const asks = (serverWaitMs: number): Attempt<string> => ({ ...throttled, serverWaitMs });
    expect((await waitsOf([asks(3000), asks(1e9), asks(1), done], constant(0.5))).waits).toEqual([3000, 5000, 200]);
  });

  it('sends an adapted request at once and counts it', async () => {
    const { waits, result } = await waitsOf([{ kind: 'adapted' }, done], constant(0.5));
    expect(waits).toEqual([]);
    expect(result).toEqual({ kind: 'done', value: 'ok', requests: 2 });
  });

  it('never waits longer in total than its patience, whatever the faults', async () => {
    const fault = fc.oneof(
      fc.record({
        kind: fc.constant('transient' as const),
        reason: fc.constant('x'),
        serverWaitMs: fc.option(fc.nat(1e7), { nil: undefined }),
      }),
      fc.record({
        kind: fc.constant('throttled' as const),
        reason: fc.constant('x'),
        serverWaitMs: fc.option(fc.nat(1e7), { nil: undefined }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { minLength: 1, maxLength: 12 }), fc.string(), async (script, seed) => {
        const { waits } = await waitsOf(script, randomStream(seed));
        expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(policy.patienceMs);
        for (const ms of waits) expect(ms).toBeLessThanOrEqual(policy.serverCapMs);
      }),
      { seed: 20260101, numRuns: 200 },
    );
  });
});

describe('serverWaitMs', () => {
  it.each<{ headers: Record<string, string>; ms: number | undefined }>([
    { headers: {}, ms: undefined },
    { headers: { 'retry-after': '0' }, ms: 0 },
    { headers: { 'retry-after': '1.5' }, ms: 1500 },
    { headers: { 'retry-after': '' }, ms: undefined },
    { headers: { 'retry-after': 'NaN' }, ms: undefined },
    { headers: { 'retry-after': '-1' }, ms: undefined },
    { headers: { 'retry-after': '3, 5' }, ms: undefined },
    { headers: { 'retry-after-ms': '20', 'retry-after': '3' }, ms: 20 },
    { headers: { 'retry-after-ms': 'x', 'retry-after': '3' }, ms: 3000 },
    { headers: { 'retry-after': 'Fri, 20 Nov 2026 10:00:07 GMT' }, ms: undefined },
  ])('$headers', ({ headers, ms }) => {
    expect(serverWaitMs(new Headers(headers))).toBe(ms);
  });
});
