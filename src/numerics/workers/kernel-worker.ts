import { parentPort } from 'node:worker_threads';
import { logKernelSums, type KernelSumsInput } from '../kernel-sums.js';

/** Answers each block of rows with its sums; the pool knows which block it asked for. */
parentPort!.on('message', (input: KernelSumsInput) => parentPort!.postMessage(logKernelSums(input)));
