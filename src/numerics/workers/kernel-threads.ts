import { Worker } from 'node:worker_threads';
import type { KernelBuild } from '../kernels/kernel-module.js';
import type { ThreadStart } from './kernel-thread.js';
import { end } from './work-queue.js';

/** The built program's thread, also while this file runs from its source: Node runs no TypeScript in a thread. */
const entry = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/src/numerics/workers/kernel-thread.js' : './kernel-thread.js',
  import.meta.url,
);

/**
 * Starts threads that take parts of the jobs published in a memory. They hold no process open.
 *
 * @returns ends them
 */
export function startThreads(count: number, build: KernelBuild, memory: WebAssembly.Memory): () => Promise<void> {
  const threads = Array.from({ length: count }, (_, k) => {
    const start: ThreadStart = { build, memory, thread: k + 1 };
    const worker = new Worker(entry, { workerData: start, execArgv: [] });
    worker.unref();
    return worker;
  });
  return async () => {
    end(memory.buffer);
    await Promise.all(threads.map((worker) => worker.terminate()));
  };
}
