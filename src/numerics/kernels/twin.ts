import type { KernelFunctions } from './kernel-module.js';
import { fusedPass32, fusedPass64, fusedPassMixed, storedPass, storeKernel } from './twin-fused-pass.js';
import { kernelSums32, kernelSums64 } from './twin-kernel-sums.js';
import { latticeInner, latticeOuter } from './twin-lattice.js';
import { searchPass } from './twin-search.js';
import { slicedEqual, slicedWeighted } from './twin-sorted-projections.js';

/** All twins, by the names of the kernels. */
const twins = {
  kernelSums32,
  kernelSums64,
  fusedPass32,
  fusedPass64,
  fusedPassMixed,
  storeKernel,
  storedPass,
  slicedEqual,
  slicedWeighted,
  latticeInner,
  latticeOuter,
  searchPass,
};

/**
 * The kernels in plain TypeScript: the reference that the WebAssembly must equal to the last bit (without fused
 * multiply-adds), and what runs where the engine has no SIMD.
 *
 * @param memory the memory that addresses point into; asked anew at every call, because it may grow
 */
export const twinKernels = (memory: () => SharedArrayBuffer): KernelFunctions =>
  Object.fromEntries(Object.entries(twins).map(([name, twin]) => [name, twin(memory)]));
