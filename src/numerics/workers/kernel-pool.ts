import { Worker } from 'node:worker_threads';
import { logKernelSums, type KernelSumsInput } from '../kernel-sums.js';

/** {@link logKernelSums} spread over worker threads. */
export interface KernelPool {
  readonly kernelSums: (input: KernelSumsInput) => Promise<Float64Array>;
  close(): Promise<void>;
}

/** Rows of one block. Every row is computed by itself, so the result does not depend on blocks or workers. */
const blockRows = 512;

/**
 * A pool of worker threads for kernel sums; threads start with the first call. Same bytes as the plain function, for any
 * number of workers; with one worker there is no thread at all.
 */
export function kernelPool(workers: number): KernelPool {
  if (workers <= 1)
    return { kernelSums: (input) => Promise.resolve(logKernelSums(input)), close: () => Promise.resolve() };
  let threads: Worker[] | undefined;
  return {
    async kernelSums(input) {
      threads ??= Array.from({ length: workers }, () => new Worker(new URL('./kernel-worker.js', import.meta.url)));
      const { dimensions: d, points } = input;
      const rows = points.length / d;
      const out = new Float64Array(rows);
      let next = 0;
      await Promise.all(
        threads.map(async (thread) => {
          while (next < rows) {
            const from = next;
            next += blockRows;
            const block = points.slice(from * d, Math.min(from + blockRows, rows) * d);
            out.set(await ask(thread, { ...input, points: block }), from);
          }
        }),
      );
      return out;
    },
    async close() {
      await Promise.all((threads ?? []).map((thread) => thread.terminate()));
      threads = undefined;
    },
  };
}

function ask(thread: Worker, input: KernelSumsInput): Promise<Float64Array> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      thread.off('message', onMessage);
      thread.off('error', onError);
      act();
    };
    const onMessage = (sums: Float64Array): void => settle(() => resolve(sums));
    const onError = (error: Error): void => settle(() => reject(error));
    thread.on('message', onMessage);
    thread.on('error', onError);
    thread.postMessage(input);
  });
}
