import type { KernelFunction } from '../kernels/kernel-module.js';

/** One kernel to be called for parts 0 to parts - 1. */
export interface Job {
  /** Number of the kernel, in the order of names. */
  readonly kernel: number;
  readonly parts: number;
  /** Address of the first thread's scratch, and the bytes from one thread's to the next. */
  readonly scratch: number;
  readonly scratchStride: number;
  readonly rest: readonly number[];
}

/** Whole numbers at the beginning of the memory. */
const enum Word {
  /** Counts jobs; idle threads sleep on it. */
  generation,
  open,
  next,
  /** Threads that look at the job; the one that published it sleeps on it. */
  active,
  failed,
  ended,
  kernel,
  parts,
  restLength,
}
/** Doubles from here on: scratch, its stride, the kernel's own arguments. */
const firstDouble = 32;
const mostDoubles = 128;

const wordsOf = (buffer: SharedArrayBuffer): Int32Array => new Int32Array(buffer, 0, 32);
const doublesOf = (buffer: SharedArrayBuffer): Float64Array => new Float64Array(buffer, 8 * firstDouble, mostDoubles);

/** Announces a job to all threads. The one before must be finished. */
export function publish(buffer: SharedArrayBuffer, { kernel, parts, scratch, scratchStride, rest }: Job): void {
  const words = wordsOf(buffer);
  words[Word.kernel] = kernel;
  words[Word.parts] = parts;
  words[Word.restLength] = rest.length;
  doublesOf(buffer).set([scratch, scratchStride, ...rest]);
  Atomics.store(words, Word.failed, 0);
  Atomics.store(words, Word.next, 0);
  Atomics.store(words, Word.open, 1);
  Atomics.add(words, Word.generation, 1);
  Atomics.notify(words, Word.generation);
}

/** Takes parts of the job one after the other, until none is left. */
export function claimParts(buffer: SharedArrayBuffer, kernels: readonly KernelFunction[], thread: number): void {
  const words = wordsOf(buffer);
  const [scratch, stride, ...rest] = doublesOf(buffer).subarray(0, 2 + words[Word.restLength]!);
  const kernel = kernels[words[Word.kernel]!]!;
  const parts = words[Word.parts]!;
  for (let part = Atomics.add(words, Word.next, 1); part < parts; part = Atomics.add(words, Word.next, 1))
    kernel(part, scratch! + thread * stride!, ...rest);
}

/**
 * Shuts the job and waits for the threads that are still at a part of it. A thread that comes late finds it shut.
 *
 * @returns whether all parts were done
 */
export function finish(buffer: SharedArrayBuffer): boolean {
  const words = wordsOf(buffer);
  Atomics.store(words, Word.open, 0);
  for (let active = Atomics.load(words, Word.active); active > 0; active = Atomics.load(words, Word.active))
    Atomics.wait(words, Word.active, active);
  return Atomics.load(words, Word.failed) === 0;
}

/** What a thread does all its life: sleep, take parts, sleep, until {@link end}. */
export function serve(buffer: SharedArrayBuffer, kernels: readonly KernelFunction[], thread: number): void {
  const words = wordsOf(buffer);
  let seen = 0;
  while (Atomics.load(words, Word.ended) === 0) {
    Atomics.wait(words, Word.generation, seen);
    seen = Atomics.load(words, Word.generation);
    // Counted before looking, so that nobody publishes the next job while this thread reads the old one.
    Atomics.add(words, Word.active, 1);
    try {
      if (Atomics.load(words, Word.open) === 1) claimParts(buffer, kernels, thread);
    } catch {
      Atomics.store(words, Word.failed, 1);
    }
    Atomics.sub(words, Word.active, 1);
    Atomics.notify(words, Word.active);
  }
}

/** Wakes all threads for the last time. */
export function end(buffer: SharedArrayBuffer): void {
  const words = wordsOf(buffer);
  Atomics.store(words, Word.ended, 1);
  Atomics.add(words, Word.generation, 1);
  Atomics.notify(words, Word.generation);
}
