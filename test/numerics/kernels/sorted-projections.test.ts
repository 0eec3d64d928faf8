import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import { openKernels, type Kernels } from '../../../src/numerics/kernels/kernels.js';

const [d, parts] = [3, 7];

/** Numbers from a stream, some of them equal, zero of either sign, tiny or large. */
function placed(kernels: Kernels, name: string, count: number, positive = false): number {
  const random = randomStream('projections', name);
  const address = kernels.reserve(4 * count);
  const view = kernels.float32(address, count);
  for (let at = 0; at < count; at++)
    view[at] = positive ? random.below(4) : ([0, -0, 1e-30, 1e9][at % 37] ?? random.normal());
  return address;
}

const columns = (n: number): number => Math.ceil(n / 4) * 4 * d;

function run(kernels: Kernels, kernel: string, n: number, m: number): number[] {
  return kernels.scope(() => {
    const [x, y] = [placed(kernels, 'x', columns(n)), placed(kernels, 'y', columns(m))];
    const directions = placed(kernels, 'directions', parts * d);
    const out = kernels.reserve(24 * parts);
    kernels.float64(out, 3 * parts).fill(-1);
    const scratch = 24_576 + 24 * Math.ceil(Math.max(n, m) / 4) * 4;
    if (kernel === 'slicedEqual') kernels.run(kernel, parts, scratch, n, d, x, y, directions, out);
    else {
      const [w, v] = [placed(kernels, 'w', n, true), placed(kernels, 'v', m, true)];
      kernels.float32(w, n)[0] = kernels.float32(v, m)[0] = 2;
      const total = (address: number, size: number): number =>
        kernels.float32(address, size).reduce((s, q) => s + q, 0);
      kernels.run(kernel, parts, scratch, n, m, d, x, y, w, v, total(w, n), total(v, m), directions, out, 1);
    }
    return [...kernels.float64(out, 3 * parts)];
  });
}

describe.each([
  ['slicedEqual', 1, 1],
  ['slicedEqual', 4_001, 4_001],
  ['slicedWeighted', 1, 6],
  ['slicedWeighted', 3_001, 2_600],
] as const)('%s of %i and %i points', (kernel, n, m) => {
  const expected = run(openKernels({}, 'twin'), kernel, n, m);

  it('gives the bytes of its twin', () => {
    expect(expected.every((value) => Number.isFinite(value))).toBe(true);
    expect(run(openKernels({}, 'simd'), kernel, n, m)).toStrictEqual(expected);
  });

  it('gives the same bytes on two threads, time after time', async () => {
    const kernels = openKernels({ workers: 2 });
    for (let time = 0; time < 10; time++) expect(run(kernels, kernel, n, m)).toStrictEqual(expected);
    await kernels.close();
  });
});
