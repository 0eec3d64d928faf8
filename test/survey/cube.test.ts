import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { sum } from '../../src/numerics/statistics.js';
import { cubeSample } from '../../src/survey/cube.js';
import { indicators, sparse, vec } from './fixture.js';

const ones = (n: number) => sparse(Array.from({ length: n }, () => [1]));

describe('cubeSample', () => {
  it.each([
    { name: 'certainties', probabilities: [1, 0, 1], expected: [1, 0, 1] },
    { name: 'nobody', probabilities: [], expected: [] },
  ])('$name', ({ probabilities, expected }) =>
    expect([
      ...cubeSample(
        vec(...probabilities),
        sparse(
          probabilities.map(() => [1]),
          1,
        ),
        randomStream('x'),
      ),
    ]).toEqual(expected),
  );

  it('has no columns to balance: every unit by itself', () => {
    const taken = cubeSample(
      new Float64Array(4_000).fill(0.25),
      sparse(
        Array.from({ length: 4_000 }, () => []),
        0,
      ),
      randomStream('x'),
    );
    // Standard deviation of the sum: 27.
    expect(Math.abs(sum(taken) - 1_000)).toBeLessThan(110);
  });

  // Strata whose probabilities sum to whole numbers: the cube is stratified sampling, exact in each stratum.
  it('is exact in strata', () => {
    const stratum = [0, 0, 0, 0, 1, 1, 1, 2, 2];
    const probabilities = vec(0.5, 0.5, 0.5, 0.5, 0.2, 0.3, 0.5, 0.9, 0.1);
    for (let seed = 0; seed < 50; seed++) {
      const taken = cubeSample(
        probabilities,
        indicators(
          stratum.map((s) => [s]),
          [3],
        ),
        randomStream('strata', seed),
      );
      expect([0, 1, 2].map((s) => sum(taken.filter((_, i) => stratum[i] === s)))).toEqual([2, 1, 1]);
    }
  });

  // A Latin square: rows and columns of a 3 x 3 table with 1/3 each. Only the six permutations are balanced; each has one sixth.
  it('finds all balanced samples of a Latin square, each as often', () => {
    const cells = Array.from({ length: 9 }, (_, i) => [Math.floor(i / 3), i % 3]);
    const found = new Map<string, number>();
    for (let seed = 0; seed < 1_200; seed++) {
      const taken = cubeSample(new Float64Array(9).fill(1 / 3), indicators(cells, [3, 3]), randomStream('latin', seed));
      const key = [...taken].join('');
      found.set(key, (found.get(key) ?? 0) + 1);
    }
    expect([...found.keys()].sort()).toEqual(
      ['001010100', '001100010', '010001100', '010100001', '100001010', '100010001'].sort(),
    );
    // Standard deviation 13; four of them.
    for (const count of found.values()) expect(Math.abs(count - 200)).toBeLessThan(52);
  });

  it('fixes the size, and is off in the other columns by less than there are columns', () => {
    const cases = fc.record({
      units: fc.array(fc.tuple(fc.double({ min: 0.02, max: 0.98, noNaN: true }), fc.nat(2), fc.nat(1), fc.nat(3)), {
        minLength: 1,
        maxLength: 40,
      }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(cases, ({ units, seed }) => {
        const total = sum(units.map(([p]) => p));
        const probabilities = Float64Array.from(
          units,
          ([p]) => (p * Math.max(1, Math.floor(total))) / Math.max(1, total),
        );
        const rows = units.map(([, a, b, c]) => [
          1,
          ...[0, 1, 2].map((x) => Number(a === x)),
          ...[0, 1].map((x) => Number(b === x)),
          ...[0, 1, 2, 3].map((x) => Number(c === x)),
        ]);
        const taken = cubeSample(probabilities, sparse(rows), randomStream('size', seed));
        const size = sum(probabilities);
        if (total >= 1) expect(sum(taken)).toBe(Math.round(size));
        else expect(sum(taken)).toBeLessThanOrEqual(1);
        for (let k = 0; k < 10; k++) {
          const off = rows.reduce((s, row, i) => s + (taken[i]! - probabilities[i]!) * row[k]!, 0);
          expect(Math.abs(off)).toBeLessThan(8);
        }
      }),
      { seed: 20260101, numRuns: 150 },
    );
  });

  // 3,000 draws: standard errors below .0092; four of them. Simple random sampling would be off by about sqrt(10) in each half.
  it('takes every unit with its probability, and balances far better than chance', () => {
    const draw = randomStream('population');
    const n = 40;
    const records = Array.from({ length: n }, () => [draw.below(2), draw.below(3), draw.below(2)]);
    const raw = Float64Array.from(records, () => 0.1 + 0.8 * draw.uniform());
    const probabilities = raw.map((p) => (p * Math.floor(sum(raw))) / sum(raw));
    const rows = records.map(([a, b, c]) => [1, a!, Number(b === 0), Number(b === 1), c!]);
    const features = sparse(rows);
    const mean = new Float64Array(n);
    let worst = 0;
    for (let t = 0; t < 3_000; t++) {
      const taken = cubeSample(probabilities, features, randomStream('draws', t));
      taken.forEach((x, i) => (mean[i]! += x / 3_000));
      const off = rows.reduce((s, row, i) => s + (taken[i]! - probabilities[i]!) * row[1]!, 0);
      worst = Math.max(worst, Math.abs(off));
    }
    mean.forEach((x, i) => expect(Math.abs(x - probabilities[i]!)).toBeLessThan(0.037));
    expect(worst).toBeLessThan(2);
  });

  it('keeps its balance over many thousand steps', () => {
    const draw = randomStream('long');
    const sizes = [8, 7, 6, 9, 10, 5];
    const n = 8_000;
    const records = Array.from({ length: n }, () => sizes.map((size) => draw.below(size)));
    const probabilities = new Float64Array(n).fill(0.3);
    const taken = cubeSample(
      probabilities,
      indicators(
        records.map((r) => [0, ...r]),
        [1, ...sizes],
      ),
      randomStream('long', 'cube'),
    );
    expect(sum(taken)).toBe(2_400);
    sizes.forEach((size, v) => {
      for (let c = 0; c < size; c++) {
        const off = records.reduce((s, record, i) => s + (record[v] === c ? taken[i]! - 0.3 : 0), 0);
        // Independent draws would be off by about 15.
        expect(Math.abs(off)).toBeLessThan(6);
      }
    });
  });

  it('gives the same sample for the same stream', () => {
    const run = (seed: string) => [...cubeSample(new Float64Array(30).fill(0.5), ones(30), randomStream(seed))];
    expect(run('a')).toEqual(run('a'));
    expect(run('a')).not.toEqual(run('b'));
  });
});
