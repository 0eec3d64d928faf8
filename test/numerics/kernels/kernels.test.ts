import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import { Failure } from '../../../src/core/failure.js';
import { openKernels, withKernels, type Kernels } from '../../../src/numerics/kernels/kernels.js';

/** Every kernel once, on numbers from a stream; the bytes of all that it wrote. */
const runs: Record<string, (kernels: Kernels) => Uint8Array> = {
  kernelSums32: (kernels) => sums(kernels, 4),
  kernelSums64: (kernels) => sums(kernels, 8),
  ...Object.fromEntries(
    [1, 0.7].flatMap((damping): [string, (kernels: Kernels) => Uint8Array][] => [
      ...[-Infinity, 1].flatMap((floor): [string, (kernels: Kernels) => Uint8Array][] => [
        [`fusedPass32, damping ${damping}, floor ${floor}`, (kernels: Kernels) => fused(kernels, 4, damping, floor)],
        [`fusedPassMixed, damping ${damping}, floor ${floor}`, (kernels: Kernels) => fused(kernels, 8, damping, floor)],
      ]),
      [`fusedPass64, damping ${damping}`, (kernels: Kernels) => fused(kernels, 8, damping)],
      [`stored kernel, damping ${damping}`, (kernels: Kernels) => stored(kernels, damping)],
    ]),
  ),
  searchPass: (kernels) => Buffer.concat([searched(kernels, 3), searched(kernels, 4), searched(kernels, 1, true)]),
};

const [rows, columns, d, parts, rowsPerPart] = [600, 296, 3, 2, 300];

/** Places numbers, some far away; -Infinity is a column without mass. */
function placed(kernels: Kernels, bytes: 4 | 8, name: string, count: number, scale = 1, shift = 0): number {
  const random = randomStream('kernels', name);
  const address = kernels.reserve(bytes * count);
  const view = bytes === 4 ? kernels.float32(address, count) : kernels.float64(address, count);
  for (let at = 0; at < count; at++) view[at] = shift + scale * random.normal();
  return address;
}
const written = (kernels: Kernels, ...regions: [address: number, doubles: number][]): Uint8Array =>
  Buffer.concat(regions.map(([address, doubles]) => Buffer.from(kernels.float64(address, doubles).slice().buffer)));

function sums(kernels: Kernels, bytes: 4 | 8): Uint8Array {
  const x = placed(kernels, bytes, 'x', rows * d);
  // A row that nothing reaches as a plain sum, and a column without mass.
  const view = (address: number) => (bytes === 4 ? kernels.float32(address, 9) : kernels.float64(address, 9));
  view(x)[1] = 400;
  const [y, mass] = [placed(kernels, bytes, 'y', columns * d), placed(kernels, bytes, 'mass', columns, 1, -4)];
  view(mass)[7] = -Infinity;
  const [top, sum] = [placed(kernels, 8, 'top', rows), kernels.reserve(8 * rows)];
  const out = bytes === 4 ? [sum] : [top, sum];
  const sizes = [rows, rowsPerPart, columns, d];
  kernels.run(`kernelSums${8 * bytes}`, parts, 8 * columns, ...sizes, x, y, mass, ...out);
  return written(kernels, [top, rows], [sum, rows]);
}

/** A floor of none is the kernel in double precision, which has no floor. */
function fused(kernels: Kernels, bytes: 4 | 8, damping: number, floor?: number): Uint8Array {
  const [x, y] = [placed(kernels, bytes, 'x', rows * d), placed(kernels, bytes, 'y', columns * d)];
  const [h, f] = [placed(kernels, bytes, 'h', columns, 9, -5), placed(kernels, bytes, 'f', rows)];
  const weight = placed(kernels, bytes, 'weight', rows, 0.1, 1);
  (bytes === 4 ? kernels.float32(weight, 3) : kernels.float64(weight, 3))[2] = 0;
  const [rho, all] = [kernels.reserve(bytes * rows), kernels.reserve(8 * parts * columns)];
  const cross = kernels.reserve(8 * rows);
  const name = bytes === 4 ? 'fusedPass32' : floor === undefined ? 'fusedPass64' : 'fusedPassMixed';
  const floors = floor === undefined ? [] : [placed(kernels, bytes, 'floor', columns, 1, floor)];
  const out = bytes === 4 ? [rho, all] : [rho, all, cross];
  const sizes = [rows, rowsPerPart, columns, d];
  kernels.run(name, parts, 32 * columns + 8192, ...sizes, x, y, h, f, ...floors, weight, damping, ...out);
  return written(kernels, [rho, (rows * bytes) / 8], [all, parts * columns], [cross, bytes === 8 ? rows : 0]);
}

function stored(kernels: Kernels, damping: number): Uint8Array {
  // So many dimensions that columns are gone through in several blocks.
  const d = 40;
  const [x, y] = [placed(kernels, 8, 'x', rows * d), placed(kernels, 8, 'y', columns * d)];
  const [h, f] = [placed(kernels, 8, 'h', columns), placed(kernels, 8, 'f', rows)];
  const kernel = kernels.reserve(4 * rows * columns);
  kernels.run('storeKernel', parts, 0, rows, rowsPerPart, columns, d, x, y, h, f, kernel);
  const [v, weight] = [placed(kernels, 4, 'v', columns, 0.1, 1), placed(kernels, 8, 'weight', rows, 0.1, 1)];
  const [rho, all, cross] = [8 * rows, 8 * parts * columns, 8 * rows].map((bytes) => kernels.reserve(bytes));
  const sizes = [rows, rowsPerPart, columns];
  const pass = (to: number): void =>
    kernels.run('storedPass', parts, 4 * columns, ...sizes, kernel, v, weight, damping, rho!, all!, to);
  pass(cross!);
  const whole = written(kernels, [kernel, (rows * columns) / 2], [rho!, rows], [all!, parts * columns]);
  const crosses = written(kernels, [cross!, rows]);
  pass(0);
  const again = written(kernels, [kernel, (rows * columns) / 2], [rho!, rows], [all!, parts * columns]);
  expect(sameBytes(again, whole)).toBe(true);
  return Uint8Array.from([...whole, ...crosses]);
}

/** Rows that are found by some queries; a row with an error of -Infinity is found by none. */
function searched(kernels: Kernels, queries: number, masked = false): Uint8Array {
  const [pairs, rowsPerPart] = [5, 304];
  const random = randomStream('kernels', 'search');
  const whole = (bytes: number): number => {
    const address = kernels.reserve(bytes);
    for (const words = kernels.int32(address, bytes / 4); bytes > 0; bytes -= 4)
      words[bytes / 4 - 1] = random.below(2 ** 31) ^ (random.below(2) << 31);
    return address;
  };
  const [codes, words] = [whole(2 * pairs * 2 * rowsPerPart), whole(4 * pairs * queries)];
  const [scales, errors] = [placed(kernels, 4, 'scales', 608, 1e-3), placed(kernels, 4, 'errors', 608)];
  kernels.float32(errors, 608)[5] = -Infinity;
  const mask = whole(640);
  const [factors, thresholds] = [placed(kernels, 4, 'f', queries, 1e-3), placed(kernels, 4, 't', queries, 1, 3)];
  const [lists, counts] = [kernels.reserve(12 * queries * 608), kernels.reserve(8)];
  kernels.float64(lists, (12 * queries * 608) / 8).fill(0);
  const sizes = [0, rows, rowsPerPart, pairs, codes, scales, errors, masked ? mask : 0, queries];
  kernels.run('searchPass', parts, 64, ...sizes, words, factors, thresholds, lists, counts);
  for (const count of kernels.int32(counts, parts)) {
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(rowsPerPart * queries);
  }
  return written(kernels, [lists, (12 * queries * 608) / 8], [counts, 1]);
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const doublesOf = (bytes: Uint8Array): number[] => [...new Float64Array(Uint8Array.from(bytes).buffer)];

describe.each(Object.keys(runs))('%s', (name) => {
  const run = (kernels: Kernels): Uint8Array => kernels.scope(() => runs[name]!(kernels));
  const expected = run(openKernels({}, 'twin'));

  it('gives the bytes of its twin', () => expect(sameBytes(run(openKernels({}, 'simd')), expected)).toBe(true));

  it('gives the same bytes on two threads, time after time', async () => {
    const kernels = openKernels({ workers: 2 });
    for (let time = 0; time < 20; time++) expect(sameBytes(run(kernels), expected)).toBe(true);
    await kernels.close();
  });

  it('differs by rounding alone in the relaxed build', () => {
    const kernels = openKernels({ relaxed: true });
    const found = doublesOf(run(kernels));
    if (kernels.build === 'relaxed' && name.includes('64'))
      doublesOf(expected).forEach((e, at) =>
        expect(Math.abs(found[at]! - e)).toBeLessThanOrEqual(1e-9 * Math.abs(e) + 1e-13),
      );
    expect(found.length).toBe(doublesOf(expected).length);
  });
});

describe.each([4, 8] as const)('a fused pass with a floor, in numbers of %i bytes', (bytes) => {
  it('leaves out tiles below it, and they alone', () => {
    const pass = (floor: number) => doublesOf(withKernels({}, (kernels) => fused(kernels, bytes, 1, floor)));
    const [all, some, nearlyAll] = [pass(-Infinity), pass(1), pass(-1_000)];
    expect(nearlyAll).toEqual(all);
    expect(some).not.toEqual(all);
  });
});

describe('kernels', () => {
  it('remember nothing that was reserved in a scope', () => {
    const kernels = openKernels();
    const first = kernels.scope(() => kernels.reserve(10));
    expect(kernels.scope(() => kernels.reserve(10))).toBe(first);
    expect(first % 64).toBe(0);
    expect(kernels.reserve(65) + 128).toBe(kernels.reserve(1));
  });

  it('keep views valid while the memory grows', () => {
    const kernels = openKernels();
    const address = kernels.reserve(8);
    const before = kernels.float64(address, 1);
    kernels.reserve(10 * 2 ** 20);
    before[0] = 7;
    expect(kernels.float64(address, 1)[0]).toBe(7);
    expect(kernels.size()).toBeGreaterThan(10 * 2 ** 20);
  });

  it('are not for more memory than an address can reach', () => {
    const kernels = openKernels();
    expect(() => kernels.reserve(2 ** 32)).toThrow(
      'kernels.reserve: needs more memory than a kernel can address; got 4097 MiB, expected ≤ 4096 MiB. Take fewer points.',
    );
  });

  it.each([0, -1, 1.5, NaN])('are not for %d workers', (workers) => {
    expect(() => openKernels({ workers })).toThrow(Failure);
    expect(() => openKernels({ workers })).toThrow(
      `kernels.workers: not a number of threads; got ${workers}, expected a whole number ≥ 1.`,
    );
  });

  it('fail loudly when a kernel does: an address beyond the memory', () => {
    const kernels = openKernels({}, 'simd');
    expect(() => kernels.run('kernelSums64', 1, 0, 4, 4, 4, 1, ...new Array<number>(5).fill(2 ** 31))).toThrow(
      'bounds',
    );
  });

  it('are used again by those who need them for a moment', () => {
    expect(withKernels({}, (kernels) => kernels.reserve(1))).toBe(withKernels({}, (kernels) => kernels.reserve(1)));
  });
});
