import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { withDeadline } from '../../src/model/deadline.js';

const signal = new AbortController().signal;
const never = (): Promise<never> => new Promise(() => undefined);

describe('withDeadline', () => {
  it('gives back the value', async () =>
    expect(await withDeadline(1000, signal, 'w', () => Promise.resolve(1))).toEqual({ kind: 'done', value: 1 }));

  it('passes on what the work throws', () =>
    expect(withDeadline(1000, signal, 'w', () => Promise.reject(new Error('x')))).rejects.toThrow('x'));

  it('is late in time, with work that stops when told to and with work that does not', async () => {
    const obedient = (inner: AbortSignal): Promise<never> =>
      new Promise((_, reject) => inner.addEventListener('abort', () => reject(new Error('stopped'))));
    for (const work of [never, obedient]) expect(await withDeadline(20, signal, 'w', work)).toEqual({ kind: 'late' });
  });

  it('is interrupted at once, whatever the work does', async () => {
    for (const reason of [undefined, new Failure('budget-reached', { where: 'budget', problem: 'used up' })]) {
      const abort = new AbortController();
      const call = withDeadline(60_000, abort.signal, 'w', never);
      abort.abort(reason);
      await expect(call).rejects.toThrow(reason?.message ?? 'w: interrupted.');
      await expect(withDeadline(1, abort.signal, 'w', never)).rejects.toThrow(reason?.message ?? 'w: interrupted.');
    }
  });

  it('does not lose a value that is there when the interruption comes', async () => {
    const abort = new AbortController();
    const call = withDeadline(60_000, abort.signal, 'w', () => Promise.resolve('paid'));
    await Promise.resolve();
    await Promise.resolve();
    abort.abort();
    expect(await call).toEqual({ kind: 'done', value: 'paid' });
  });
});
