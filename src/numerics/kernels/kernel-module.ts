import { existsSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Failure } from '../../core/failure.js';
import { twinKernels } from './twin.js';

/**
 * Which code runs: `simd` (WebAssembly, the same bytes on every machine), `relaxed` (fused multiply-adds where the
 * processor has them: up to 1.4 times faster, last bits differ between processors), `twin` (plain TypeScript, the bytes
 * of `simd`).
 */
export type KernelBuild = 'simd' | 'relaxed' | 'twin';

/** A kernel: part number, address of the thread's scratch, then its own arguments. */
export type KernelFunction = (part: number, scratch: number, ...rest: number[]) => void;

/** The kernels by name, bound to one memory. */
export type KernelFunctions = Readonly<Record<string, KernelFunction>>;

const files = { simd: 'kernels.wasm', relaxed: 'kernels-relaxed.wasm' } as const;

/** Where the built program has its kernels, also while this file runs from its source. */
const built = new URL(import.meta.url.endsWith('.ts') ? '../../../dist/src/numerics/kernels/' : './', import.meta.url);

const compiled = new Map<KernelBuild, WebAssembly.Module | undefined>();

/**
 * The build that this machine can run for the one that is wanted: `relaxed` falls back to `simd`, `simd` to `twin`.
 *
 * @throws {Failure} `integrity` where the kernels were never built
 */
export function availableBuild(wanted: KernelBuild): KernelBuild {
  if (wanted === 'twin' || moduleOf(wanted) !== undefined) return wanted;
  return wanted === 'relaxed' ? availableBuild('simd') : 'twin';
}

/** Binds the kernels of an {@link availableBuild} to a memory; every thread does so for itself. */
export function bindKernels(build: KernelBuild, memory: WebAssembly.Memory): KernelFunctions {
  if (build === 'twin') return twinKernels(() => memory.buffer);
  return new WebAssembly.Instance(moduleOf(build)!, { env: { memory } }).exports as KernelFunctions;
}

/** Names of the kernels; a kernel's number is its place here, in every thread. */
export const kernelNames = (functions: KernelFunctions): string[] =>
  Object.keys(functions)
    .filter((name) => typeof functions[name] === 'function')
    .sort();

/** The kernels in the order of {@link kernelNames}. */
export const kernelsInOrder = (functions: KernelFunctions): KernelFunction[] =>
  kernelNames(functions).map((name) => functions[name]!);

/** Compiled once a thread; undefined where the engine lacks the instructions. */
function moduleOf(build: 'simd' | 'relaxed'): WebAssembly.Module | undefined {
  if (compiled.has(build)) return compiled.get(build);
  const url = new URL(files[build], built);
  if (!existsSync(url))
    throw new Failure('integrity', {
      where: files[build],
      problem: 'the kernels are not built',
      hint: 'Run npm run build.',
    });
  const bytes = readFileSync(url);
  // Node 20 knows relaxed SIMD but hides it; the flag is spoken into the process, and only when someone asks for it.
  if (build === 'relaxed' && !WebAssembly.validate(bytes)) setFlagsFromString('--experimental-wasm-relaxed-simd');
  const module = WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : undefined;
  compiled.set(build, module);
  return module;
}
