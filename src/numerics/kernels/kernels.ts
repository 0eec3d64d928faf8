import { Failure } from '../../core/failure.js';
import { startThreads } from '../workers/kernel-threads.js';
import { claimParts, finish, publish } from '../workers/work-queue.js';
import { availableBuild, bindKernels, kernelNames, kernelsInOrder, type KernelBuild } from './kernel-module.js';

/** How kernels run. */
export interface KernelOptions {
  /** Threads, this one among them. Default 1. The bytes of a result do not depend on it. */
  readonly workers?: number;
  /** Fused multiply-adds where the processor has them: faster, but the last bits differ between processors. Default false. */
  readonly relaxed?: boolean;
}

/** One block of memory and the threads that compute in it. Not for use by two callers at a time. */
export interface Kernels {
  readonly build: KernelBuild;
  readonly workers: number;
  /** Address of new memory, a multiple of 64. It holds whatever was there before, and lasts until its scope ends. */
  reserve(bytes: number): number;
  /** What is reserved within `work` is given back at its end. */
  scope<T>(work: () => T): T;
  /** (length) view of memory; stays valid when the memory grows. */
  float32(address: number, length: number): Float32Array;
  float64(address: number, length: number): Float64Array;
  int32(address: number, length: number): Int32Array;
  /**
   * Calls a kernel for parts 0 to parts - 1, in any order, on all threads, this one among them; returns when all are done.
   * What a part writes must not depend on other parts: then the bytes do not depend on the number of threads.
   *
   * @param scratch bytes of memory that each thread has for itself while it works on a part
   */
  run(kernel: string, parts: number, scratch: number, ...rest: number[]): void;
  /** Bytes of memory. */
  size(): number;
  /** Ends the threads. */
  close(): Promise<void>;
}

const page = 65_536;
const mebibyte = 1 << 20;
const mostPages = 65_536;
/** The first page belongs to the queue and to constants of the module. */
const firstFree = page;
const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/**
 * Opens a memory with its threads. Threads start in the background; until they are there, this thread works alone.
 *
 * @param build to insist on one, in tests; by default what the options ask for and the machine has
 * @throws {Failure} `invalid-input` on a number of workers that is none; `integrity` where the kernels were never built
 */
export function openKernels(
  { workers = 1, relaxed = false }: KernelOptions = {},
  build: KernelBuild = availableBuild(relaxed ? 'relaxed' : 'simd'),
): Kernels {
  if (!(Number.isInteger(workers) && workers >= 1))
    throw new Failure('invalid-input', {
      where: 'kernels.workers',
      problem: 'not a number of threads',
      got: workers,
      expected: 'a whole number ≥ 1',
    });
  const memory = new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared: true });
  const functions = bindKernels(build, memory);
  const names = kernelNames(functions);
  const ordered = kernelsInOrder(functions);
  const stop = startThreads(workers - 1, build, memory);
  let free = firstFree;

  /** The memory reaches at least so far. */
  function reach(end: number): void {
    const pages = Math.ceil(end / page);
    if (pages > mostPages)
      throw new Failure('invalid-input', {
        where: 'kernels.reserve',
        problem: 'needs more memory than a kernel can address',
        got: `${Math.ceil(end / mebibyte)} MiB`,
        expected: '≤ 4096 MiB',
        hint: 'Take fewer points.',
      });
    const missing = pages - memory.buffer.byteLength / page;
    if (missing > 0) memory.grow(missing);
  }

  return {
    build,
    workers,
    reserve(bytes) {
      const address = free;
      reach(address + aligned(bytes));
      free += aligned(bytes);
      return address;
    },
    scope(work) {
      const before = free;
      try {
        return work();
      } finally {
        free = before;
      }
    },
    float32: (address, length) => new Float32Array(memory.buffer, address, length),
    float64: (address, length) => new Float64Array(memory.buffer, address, length),
    int32: (address, length) => new Int32Array(memory.buffer, address, length),
    run(kernel, parts, scratch, ...rest) {
      const scratchStride = aligned(scratch);
      reach(free + scratchStride * workers);
      publish(memory.buffer, { kernel: names.indexOf(kernel), parts, scratch: free, scratchStride, rest });
      const done = finishing(memory.buffer, () => claimParts(memory.buffer, ordered, 0));
      if (!done) throw new Error(`kernel ${kernel} failed in a thread`);
    },
    size: () => memory.buffer.byteLength,
    close: stop,
  };
}

/** Works along, and waits for the others even if that fails: they are still writing. */
function finishing(buffer: SharedArrayBuffer, work: () => void): boolean {
  try {
    work();
  } catch (error) {
    finish(buffer);
    throw error;
  }
  return finish(buffer);
}

const idle = new Map<KernelBuild, Kernels>();
/** An idle memory larger than this is let go. */
const mostIdle = 16 * mebibyte;

/**
 * Computes with kernels of its own, which end with `work`. One small memory without threads is kept for the next call:
 * opening one costs more than small problems take.
 *
 * @throws {Failure} see {@link openKernels}
 */
export function withKernels<T>(options: KernelOptions, work: (kernels: Kernels) => T): T {
  const build = availableBuild(options.relaxed === true ? 'relaxed' : 'simd');
  const alone = (options.workers ?? 1) === 1;
  const kernels = (alone ? idle.get(build) : undefined) ?? openKernels(options, build);
  idle.delete(build);
  try {
    return kernels.scope(() => work(kernels));
  } finally {
    if (alone && kernels.size() <= mostIdle) idle.set(build, kernels);
    else void kernels.close();
  }
}
