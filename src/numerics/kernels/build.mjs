// Compiles assembly/index.ts to dist/src/numerics/kernels/{kernels,kernels-relaxed}.wasm. The same sources and compiler give
// the same bytes. Part of `npm run build`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const here = 'src/numerics/kernels';
const out = join(root, 'dist', here);

/** 65,536 pages of 64 KiB: all that 32 bits can address. Memory is shared between threads and comes from the caller. */
const memory = ['--importMemory', '--sharedMemory', '--maximumMemory', '65536', '--memoryBase', '4096'];
const builds = { kernels: 'simd,threads', 'kernels-relaxed': 'simd,threads,relaxed-simd' };

mkdirSync(out, { recursive: true });
for (const [name, features] of Object.entries(builds)) {
  const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', features, ...memory];
  const { error, stderr } = await asc.main([`${here}/assembly/index.ts`, ...flags, '--outFile', `${name}.wasm`], {
    writeFile: (file, content) => writeFileSync(join(out, file.replace(/^.*\//, '')), content),
    baseDir: root,
  });
  if (error) {
    console.error(stderr.toString());
    throw error;
  }
}
