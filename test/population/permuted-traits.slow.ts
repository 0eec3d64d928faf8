import { describe, expect, it } from 'vitest';
import { biasedPool, harshBias, standardBias } from '../support/biased-pool.js';
import { alignBiased, joint, norms, seed, withTraitsPermuted } from './biased-alignment.js';

// Weights can give a pool every margin and moment of the target although its traits belong to other people.
describe.each([
  { name: 'standard', bias: standardBias },
  { name: 'harsh', bias: harshBias },
])('a biased pool whose traits are handed to other personas: $name', ({ name, bias }) => {
  it('does not come out as aligned', async () => {
    const random = seed.fork('permuted', name);
    const pool = withTraitsPermuted(biasedPool(joint, norms, 8_000, bias, random.fork('pool')), random.fork('order'));
    const { measured, unmet } = await alignBiased(pool, random, 20);
    expect(measured.maxMarginErrorPoints).toBeLessThan(0.2);
    expect(measured.knownGroups).toMatchObject({ passed: false });
    expect(unmet).toEqual([
      expect.stringMatching(
        /^traits and people do not belong together: groups of sex and age differ -?0\.0\d times as much as in the target \(-?0\.\d\d to 0\.\d\d\), asked at least 0\.40$/,
      ),
    ]);
  });
});
