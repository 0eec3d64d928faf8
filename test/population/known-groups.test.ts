import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { knownGroups } from '../../src/population/known-groups.js';
import { authorReplicates } from '../../src/survey/replicates.js';
import { people, tinyTarget } from './fixture.js';

const target = tinyTarget();
const everyoneAlone = (size: number) =>
  authorReplicates(
    Array.from({ length: size }, (_, i) => `${i}`),
    200,
    randomStream('authors', size),
  );

/** People of four cells whose first domain has these means, the others nothing to do with them. */
function groups(means: readonly number[], each: number, name: string, spread = 1) {
  const random = randomStream('groups', name);
  const codes = [
    [0, 0, 0],
    [0, 2, 0],
    [1, 0, 0],
    [1, 2, 0],
  ];
  const rows = codes.flatMap((code, c) => Array.from({ length: each }, () => ({ code, mean: means[c]! })));
  return people(
    rows.map(({ code }) => code),
    rows.map(({ mean }) => [mean + spread * random.normal(), ...Array.from({ length: 4 }, () => random.normal())]),
  );
}
const means = [1, 2, 3, 4];
const test = groups(means, 2_000, 'test');

describe('knownGroups', () => {
  it('by hand: means half as far apart give a slope of one half, whatever the level', () => {
    // Without chance: one person a cell, so that means are exact; the SD of the test people is the unit of both.
    const exact = groups(means, 1, 'exact', 0);
    const half = groups([10, 10.5, 11, 11.5], 1, 'exact', 0);
    for (const group of [exact, half])
      for (let i = 0; i < 4; i++) for (let k = 1; k < 5; k++) group.traits![i * 5 + k] = 3;
    const found = knownGroups(target, half, everyoneAlone(4), exact, 0.4)!;
    expect(found.slope).toBeCloseTo(0.5, 12);
    // Whoever is drawn, half as far apart is half as far apart.
    expect(found.lower).toBeCloseTo(0.5, 12);
    expect(found.upper).toBeCloseTo(0.5, 12);
    expect(found.passed).toBe(true);
  });

  it.each([
    { name: 'as people', shown: [1, 2, 3, 4], slope: 1 },
    { name: 'shrunk to the middle', shown: [1.75, 2.25, 2.75, 3.25], slope: 0.5 },
    { name: 'all alike', shown: [2, 2, 2, 2], slope: 0 },
    { name: 'the other way round', shown: [4, 3, 2, 1], slope: -1 },
  ])('answers $name give a slope of about $slope', ({ shown, slope }) => {
    const found = knownGroups(target, groups(shown, 500, 'pool'), everyoneAlone(2_000), test, 0.4)!;
    expect(found.lower).toBeLessThan(slope);
    expect(found.upper).toBeGreaterThan(slope);
    expect(found.upper - found.lower).toBeLessThan(0.25);
    expect(found.passed).toBe(slope >= 0.5);
  });

  it('covers the slope in about 95 of 100 pools, authors with several personas kept together', () => {
    let covered = 0;
    for (let run = 0; run < 100; run++) {
      // Forty authors of each cell, three personas each that are nearly the same.
      const authors = groups([1.3, 2.1, 2.9, 3.7], 40, `run ${run}`);
      const rows = Array.from({ length: 480 }, (_, i) => Math.floor(i / 3));
      const pool = people(
        rows.map((row) => [...authors.codes.subarray(row * 3, row * 3 + 3)]),
        rows.map((row) => [...authors.traits!.subarray(row * 5, row * 5 + 5)]),
      );
      const replicates = authorReplicates(rows.map(String), 100, randomStream('cover', run));
      const { lower, upper } = knownGroups(target, pool, replicates, test, 0.4)!;
      if (lower <= 0.8 && upper >= 0.8) covered++;
    }
    // Binomial with .93 (normal quantile, 100 replicates): three SDs.
    expect(covered).toBeGreaterThanOrEqual(86);
  });

  it('lets a small pool pass that leaves the slope open', () => {
    const random = randomStream('small');
    const pool = people(
      Array.from({ length: 8 }, (_, i) => [i % 2, 2 * (Math.floor(i / 2) % 2), 0]),
      Array.from({ length: 8 }, () => Array.from({ length: 5 }, () => 3 * random.normal())),
    );
    const found = knownGroups(target, pool, everyoneAlone(8), test, 0.4)!;
    expect(found.upper - found.lower).toBeGreaterThan(1);
    expect(found.passed).toBe(true);
  });

  it('has nothing to say without traits, with one author, or with everybody in one cell', () => {
    const pool = groups(means, 5, 'none');
    expect(knownGroups(target, { ...pool, traits: null }, everyoneAlone(20), test, 0.4)).toBeNull();
    expect(knownGroups(target, pool, everyoneAlone(20), { ...test, traits: null }, 0.4)).toBeNull();
    expect(knownGroups(target, pool, null, test, 0.4)).toBeNull();
    const together = { ...pool, codes: new Uint8Array(pool.codes.length) };
    expect(knownGroups(target, together, everyoneAlone(20), test, 0.4)).toBeNull();
    // One author a cell, two cells: every replicate is one author.
    const two = people(
      [
        [0, 0, 0],
        [1, 2, 0],
      ],
      [
        [1, 1, 1, 1, 1],
        [2, 2, 2, 2, 2],
      ],
    );
    expect(knownGroups(target, two, everyoneAlone(2), test, 0.4)).toBeNull();
  });
});
