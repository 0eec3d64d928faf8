import { workerData } from 'node:worker_threads';
import { bindKernels, kernelsInOrder, type KernelBuild } from '../kernels/kernel-module.js';
import { serve } from './work-queue.js';

/** What a thread is started with. */
export interface ThreadStart {
  readonly build: KernelBuild;
  readonly memory: WebAssembly.Memory;
  /** From 1; the thread that publishes the jobs is 0. */
  readonly thread: number;
}

const { build, memory, thread } = workerData as ThreadStart;
serve(memory.buffer, kernelsInOrder(bindKernels(build, memory)), thread);
