import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { mapConcurrent } from '../../src/model/concurrency.js';

const never = new AbortController().signal;
const ticks = async (n: number): Promise<void> => {
  for (let i = 0; i < n; i++) await Promise.resolve();
};

describe('mapConcurrent', () => {
  it('keeps the order of the items and the limit, whatever the order of completion', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(20), { maxLength: 40 }),
        fc.integer({ min: 1, max: 50 }),
        async (delays, limit) => {
          let [running, most] = [0, 0];
          const results = await mapConcurrent(
            delays,
            limit,
            async (delay, index) => {
              most = Math.max(most, ++running);
              await ticks(delay);
              running--;
              return `${index}:${delay}`;
            },
            never,
          );
          expect(results).toEqual(delays.map((delay, index) => `${index}:${delay}`));
          expect(most).toBe(Math.min(limit, delays.length));
        },
      ),
      { seed: 20260101, numRuns: 200 },
    );
  });

  it('aborts the others with the first failure, waits for them and throws it', async () => {
    const failure = new Failure('usage', { where: 'model', problem: 'wrong key' });
    const started: number[] = [];
    const ended: number[] = [];
    const run = mapConcurrent(
      [0, 1, 2, 3, 4, 5],
      3,
      async (item, _, signal) => {
        started.push(item);
        if (item === 1) throw failure;
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        ended.push(item);
        throw new Error('aborted');
      },
      never,
    );
    await expect(run).rejects.toBe(failure);
    expect(started).toEqual([0, 1, 2]);
    expect(ended).toEqual([0, 2]);
  });

  it('starts nothing more when interrupted', async () => {
    const abort = new AbortController();
    const started: number[] = [];
    const run = mapConcurrent(
      [0, 1, 2, 3],
      2,
      async (item) => {
        started.push(item);
        if (item === 1) abort.abort();
        await ticks(3);
      },
      abort.signal,
    );
    await expect(run).rejects.toMatchObject({ code: 'interrupted', message: 'concurrency: interrupted.' });
    expect(started).toEqual([0, 1]);
  });

  it('starts nothing at all when already interrupted, and keeps the failure that interrupted', async () => {
    const failure = new Failure('budget-reached', { where: 'budget', problem: 'used up' });
    const work = (): Promise<never> => Promise.reject(new Error('started'));
    await expect(mapConcurrent([1], 1, work, AbortSignal.abort(failure))).rejects.toBe(failure);
    await expect(mapConcurrent([], 1, work, AbortSignal.abort())).rejects.toMatchObject({ code: 'interrupted' });
  });

  it.each([0, -1, 1.5, NaN])('refuses the limit %s', async (limit) => {
    await expect(mapConcurrent([1], limit, () => Promise.resolve(1), never)).rejects.toThrow(
      `concurrency: not a number of tasks; got ${limit}, expected a whole number ≥ 1.`,
    );
  });

  it('lets every task listen without a warning of Node', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error): number => warnings.push(warning);
    process.on('warning', listen);
    const work = (_: number, __: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => undefined);
        setTimeout(resolve, 1);
      });
    await mapConcurrent(Array<number>(30).fill(0), 30, work, never);
    process.off('warning', listen);
    expect(warnings).toEqual([]);
  });

  it('leaves no listener behind', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...parts: Parameters<typeof add>) => {
      listeners++;
      add(...parts);
    };
    signal.removeEventListener = (...parts: Parameters<typeof remove>) => {
      listeners--;
      remove(...parts);
    };
    await mapConcurrent([1, 2, 3], 2, (x) => Promise.resolve(x), signal);
    expect(listeners).toBe(0);
  });
});
