import { logKernelSums, type KernelSumsInput } from '../kernel-sums.js';
import { openKernels, type Kernels } from '../kernels/kernels.js';

/** {@link logKernelSums} on several threads. */
export interface KernelPool {
  readonly kernelSums: (input: KernelSumsInput) => Promise<Float64Array>;
  close(): Promise<void>;
}

/**
 * A memory with threads that start with the first call and live until they are closed. Same bytes as the plain function,
 * for any number of workers.
 */
export function kernelPool(workers: number): KernelPool {
  let kernels: Kernels | undefined;
  return {
    kernelSums: async (input) => logKernelSums(input, (kernels ??= openKernels({ workers }))),
    async close() {
      await kernels?.close();
      kernels = undefined;
    },
  };
}
