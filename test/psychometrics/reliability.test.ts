import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { cronbachAlpha, reliability } from '../../src/psychometrics/reliability.js';
import { inventoryOf, openpsych, responsesOf, sharedJson, sharedRows, tiny } from './fixtures.js';

describe('cronbachAlpha', () => {
  // Three people, by hand: item variances 1 and 1; sums 3, 3, 6 have variance 3; alpha = 2 (1 - 2/3).
  it.each([
    { name: 'equal items', scores: [1, 1, 2, 2, 3, 3], k: 2, alpha: 1 },
    { name: 'uncorrelated items', scores: [1, 1, 1, 2, 2, 1, 2, 2], k: 2, alpha: 0 },
    { name: 'three people', scores: [1, 2, 2, 1, 3, 3], k: 2, alpha: 2 / 3 },
    { name: 'opposed items, sum constant', scores: [1, 3, 3, 1], k: 2, alpha: NaN },
    { name: 'one item', scores: [1, 2, 3], k: 1, alpha: NaN },
    { name: 'one person', scores: [1, 2], k: 2, alpha: NaN },
    { name: 'nobody', scores: [], k: 2, alpha: NaN },
  ])('$name', ({ scores, k, alpha }) =>
    expect(Number(cronbachAlpha(Float64Array.from(scores), k).toFixed(12))).toBe(Number(alpha.toFixed(12))),
  );

  it('follows Spearman-Brown for parallel items: alpha = k r / (1 + (k - 1) r)', () => {
    const random = randomStream('alpha');
    const [n, k] = [40_000, 6];
    const scores = new Float64Array(n * k);
    for (let p = 0; p < n; p++) {
      const z = random.normal();
      for (let i = 0; i < k; i++) scores[p * k + i] = z + random.normal(); // r = 1/2
    }
    expect(cronbachAlpha(scores, k)).toBeCloseTo(3 / 3.5, 2);
  });

  it('refuses part of a row', () => {
    expect(() => cronbachAlpha(Float64Array.of(1, 2, 3), 2)).toThrow(
      'cronbachAlpha.scores: not whole rows of scores; got 3, expected a multiple of 2.',
    );
  });
});

describe('reliability', () => {
  it('keys the items and leaves out incomplete people, domain by domain', () => {
    const responses = Uint8Array.from([
      ...[1, 5, 1, 0, 3, 3, 1, 2, 3, 3],
      ...[2, 4, 2, 4, 3, 3, 2, 1, 4, 3],
      ...[3, 3, 3, 3, 3, 3, 3, 3, 5, 3],
    ]);
    const { alpha, itemRest, complete } = reliability(tiny, responses);
    expect(Array.from(complete)).toEqual([3, 2, 3, 3, 3]);
    expect(alpha[0]).toBeCloseTo(1, 12);
    expect(alpha[1]).toBeCloseTo(1, 12);
    expect(alpha[2]).toBeNaN();
    expect(alpha[3]).toBeCloseTo(2 / 3, 12);
    expect(Array.from(itemRest.subarray(0, 6), (r) => Number(r.toFixed(9)))).toEqual([1, 1, 1, 1, 0, 0]);
    expect(itemRest[6]).toBeCloseTo(0.5, 12);
  });

  const rows = sharedRows('openpsych-big5/big5_items.csv.gz');
  const published = sharedJson('openpsych-big5/norms.json') as
    { alpha: number[]; n: number; mean: number[] } | undefined;
  it.skipIf(rows === undefined || published === undefined)(
    'agrees with the alphas of 9,801 real people (skips where the file is absent)',
    () => {
      const kept = rows!.filter((row) => {
        const answers = openpsych.items.map(({ id }) => row[id]!);
        const [age, gender] = [Number(row['age']), Number(row['gender'])];
        const careful = !answers.includes('0') && new Set(answers).size > 1;
        return careful && age >= 13 && age <= 99 && (gender === 1 || gender === 2);
      });
      expect(kept).toHaveLength(published!.n);
      const { alpha, itemRest } = reliability(openpsych, responsesOf(openpsych, kept));
      // The file's order is E N A C O.
      [0, 3, 1, 2, 4].forEach((d, at) => expect(alpha[d]).toBeCloseTo(published!.alpha[at]!, 3));
      itemRest.forEach((r) => expect(r).toBeGreaterThan(0.25));
    },
  );

  const bfi = sharedRows('r-psych/bfi2800.csv.gz');
  it.skipIf(bfi === undefined)('agrees with the alphas printed for bfi (skips where the file is absent)', () => {
    const inventory = inventoryOf(
      'bfi',
      '-A1 +A2 +A3 +A4 +A5 +C1 +C2 +C3 -C4 -C5 -E1 -E2 +E3 +E4 +E5 +N1 +N2 +N3 +N4 +N5 +O1 -O2 +O3 +O4 -O5'.split(' '),
      6,
    );
    const { alpha } = reliability(inventory, responsesOf(inventory, bfi!));
    // R package psych, ?scoreItems on bfi: A .70 C .73 E .76 N .81 O .60 (there with missing answers imputed).
    [0.76, 0.7, 0.73, 0.81, 0.6].forEach((a, d) => expect(Math.abs(alpha[d]! - a)).toBeLessThan(0.01));
  });
});
