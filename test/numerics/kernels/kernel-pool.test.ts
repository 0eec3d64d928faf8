import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import { logKernelSums } from '../../../src/numerics/kernel-sums.js';
import { kernelPool } from '../../../src/numerics/workers/kernel-pool.js';

const random = randomStream('pool');
const cloud = (n: number): Float64Array => Float64Array.from({ length: 3 * n }, () => random.normal());
const input = {
  dimensions: 3,
  points: cloud(1_000),
  centres: cloud(700),
  logMass: new Float64Array(700),
  bandwidth: Float64Array.of(0.5, 1, 2),
};

describe('kernelPool', () => {
  it.each([1, 2, 5])('gives the bytes of the plain function with %d workers, call after call', async (workers) => {
    const pool = kernelPool(workers);
    for (let call = 0; call < 3; call++) expect(await pool.kernelSums(input)).toStrictEqual(logKernelSums(input));
    await pool.close();
    // Closed is not the end: the next call opens again.
    expect(await pool.kernelSums(input)).toStrictEqual(logKernelSums(input));
    await pool.close();
  });

  it('closes without ever having been used', async () => {
    await expect(kernelPool(2).close()).resolves.toBeUndefined();
  });

  it('refuses what the plain function refuses', async () => {
    const pool = kernelPool(2);
    await expect(pool.kernelSums({ ...input, logMass: new Float64Array(1) })).rejects.toThrow('shapes do not fit');
    await pool.close();
  });
});
