import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { normalCdf } from '../../src/numerics/normal.js';
import {
  gradedItems,
  latentForScore,
  loadingForAlpha,
  roundedNormalShares,
  scoreMoments,
} from '../../src/psychometrics/graded-items.js';

const skewed = [
  [0.05, 0.1, 0.2, 0.4, 0.25],
  [0.2, 0.25, 0.25, 0.2, 0.1],
  [0, 0.05, 0.15, 0.4, 0.4],
  [0.1, 0.2, 0.4, 0.2, 0.1],
];
const standard = { mean: 0, sd: 1 };
const halves = (k: number): ReturnType<typeof gradedItems> =>
  gradedItems(
    'half',
    Array.from({ length: k }, () => [0.5, 0.5]),
  );

describe('gradedItems', () => {
  it('cuts at normal quantiles; an empty category has no width', () => {
    const { thresholds, count, categories } = gradedItems('x', [
      [0.2, 0.2, 0.2, 0.2, 0.2],
      [0, 0.5, 0.5, 0, 0],
    ]);
    expect([count, categories]).toEqual([2, 5]);
    // Φ⁻¹(.2) = -.8416, Φ⁻¹(.4) = -.2533 (any normal table).
    const expected = [-0.8416212, -0.2533471, 0.2533471, 0.8416212, -Infinity, 0, Infinity, Infinity];
    expected.forEach((t, at) => {
      if (Number.isFinite(t)) expect(thresholds[at]).toBeCloseTo(t, 6);
      else expect(thresholds[at]).toBe(t);
    });
  });

  it.each([
    { fault: 'sum', shares: [[0.5, 0.4]], got: '[0.5,0.4]', categories: 2 },
    { fault: 'negative', shares: [[1.1, -0.1]], got: '[1.1,-0.1]', categories: 2 },
    { fault: 'one category', shares: [[1]], got: '[1]', categories: 1 },
  ])('names the fault: $fault', ({ shares, got, categories }) => {
    expect(() => gradedItems('norms.openness', shares)).toThrow(
      `norms.openness[0].shares: not shares of the response categories; got ${got}, expected ${categories} shares that sum to one.`,
    );
  });

  it('refuses items with different numbers of categories', () => {
    expect(() =>
      gradedItems('x', [
        [0.5, 0.5],
        [0.2, 0.3, 0.5],
      ]),
    ).toThrow('x[1].shares: not shares');
  });
});

describe('scoreMoments', () => {
  it('gives back the shares where z is standard normal, whatever the loading', () => {
    const mean = skewed.flatMap((row) => row.map((share, c) => share * (c + 1))).reduce((a, b) => a + b, 0) / 4;
    for (const loading of [0, 0.3, 0.7, 0.95])
      expect(scoreMoments(gradedItems('x', skewed), loading, standard).mean).toBeCloseTo(mean, 10);
  });

  // Two categories: P(2 | z ~ N(m, s²)) = Φ((l m - t) / sqrt(1 - l² + l² s²)).
  it('agrees with the closed form for two categories', () => {
    const items = gradedItems('x', [[0.3, 0.7]]);
    for (const [loading, mean, sd] of [
      [0.5, 1, 2],
      [0.8, -0.7, 0.4],
      [0.9, 0.2, 1.4],
    ] as const) {
      const p = normalCdf(
        (loading * mean - items.thresholds[0]!) / Math.sqrt(1 - loading * loading + loading * loading * sd * sd),
      );
      const moments = scoreMoments(items, loading, { mean, sd });
      expect(moments.mean).toBeCloseTo(1 + p, 9);
      expect(moments.trueVariance + moments.errorVariance).toBeCloseTo(p * (1 - p), 9);
    }
  });

  it('agrees with simulated people', () => {
    const items = gradedItems('x', skewed);
    const latent = { mean: 0.4, sd: 1.3 };
    const random = randomStream('score-moments');
    const [n, loading] = [200_000, 0.65];
    let [first, second, cross] = [0, 0, 0];
    for (let p = 0; p < n; p++) {
      const node = random.normal();
      let score = 0;
      for (let i = 0; i < 4; i++) {
        const y = loading * (latent.mean + latent.sd * node) + Math.sqrt(1 - loading * loading) * random.normal();
        score += 0.25 * (1 + items.thresholds.subarray(i * 4, i * 4 + 4).filter((t) => y > t).length);
      }
      first += score / n;
      second += (score * score) / n;
      cross += (score * node) / n;
    }
    const moments = scoreMoments(items, loading, latent);
    // Four standard errors: SD(score) is about .75.
    expect(Math.abs(moments.mean - first)).toBeLessThan(0.007);
    expect(Math.abs(moments.trueVariance + moments.errorVariance - (second - first * first))).toBeLessThan(0.008);
    expect(Math.abs(moments.slope * latent.sd - cross)).toBeLessThan(0.008);
  });
});

describe('loadingForAlpha', () => {
  // Items cut at the median: phi = (2/π) asin(l²) (Sheppard 1898) and alpha = k r / (1 + (k - 1) r).
  it.each([
    { k: 2, alpha: 0.5 },
    { k: 10, alpha: 0.8 },
    { k: 24, alpha: 0.9 },
  ])('agrees with the closed form for $k items cut at the median, alpha $alpha', ({ k, alpha }) => {
    const phi = alpha / (k - alpha * (k - 1));
    expect(loadingForAlpha('x', halves(k), alpha)).toBeCloseTo(Math.sqrt(Math.sin((Math.PI / 2) * phi)), 9);
  });

  it('loads higher than items that were not cut', () => {
    const r = 0.8 / (4 - 0.8 * 3);
    expect(loadingForAlpha('x', gradedItems('x', skewed), 0.8)).toBeGreaterThan(Math.sqrt(r) + 0.01);
  });

  it.each([
    { alpha: 0, k: 4 },
    { alpha: 0.9999, k: 4 },
    { alpha: 0.5, k: 1 },
  ])('refuses alpha $alpha with $k items', ({ alpha, k }) => {
    expect(() => loadingForAlpha('norms.alpha.openness', halves(k), alpha)).toThrow(
      `norms.alpha.openness: no loading of ${k} items gives this alpha; got ${alpha}, expected an alpha above 0 that the category shares allow.`,
    );
  });
});

describe('latentForScore', () => {
  it('finds the latent normal that gave a mean and an SD', () => {
    const items = gradedItems('x', skewed);
    fc.assert(
      fc.property(
        fc.double({ min: -1.5, max: 1.5, noNaN: true }),
        fc.double({ min: 0.3, max: 1.8, noNaN: true }),
        fc.double({ min: 0.4, max: 0.85, noNaN: true }),
        (mean, sd, loading) => {
          const { mean: score, trueVariance, errorVariance } = scoreMoments(items, loading, { mean, sd });
          const found = latentForScore('x', items, loading, {
            mean: score,
            sd: Math.sqrt(trueVariance + errorVariance),
          });
          expect(found.mean).toBeCloseTo(mean, 5);
          expect(found.sd).toBeCloseTo(sd, 5);
        },
      ),
      { seed: 20260101, numRuns: 200 },
    );
  });

  it.each([
    { fault: 'an SD below the error of measurement', target: { mean: 3.3, sd: 0.1 } },
    { fault: 'a mean off the scale', target: { mean: 5.2, sd: 0.5 } },
    { fault: 'an SD that the scale cannot hold', target: { mean: 3, sd: 2.5 } },
  ])('says what it could reach: $fault', ({ target }) => {
    expect(() => latentForScore('norms.cells[2].openness', gradedItems('x', skewed), 0.6, target)).toThrow(
      /^norms\.cells\[2\]\.openness: the response model cannot give this mean and SD; got "?mean .*, expected mean /,
    );
  });
});

describe('roundedNormalShares', () => {
  it.each([
    { mean: 3, sd: 1.2 },
    { mean: 3.7, sd: 1.1 },
    { mean: 4.4, sd: 0.8 },
    { mean: 2.6, sd: 1.5 },
    { mean: 3, sd: 1.8 },
  ])('has mean $mean and SD $sd', (target) => {
    const shares = roundedNormalShares('x', 5, target);
    const mean = shares.reduce((total, share, c) => total + share * (c + 1), 0);
    const variance = shares.reduce((total, share, c) => total + share * (c + 1 - mean) * (c + 1 - mean), 0);
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(mean).toBeCloseTo(target.mean, 7);
    expect(Math.sqrt(variance)).toBeCloseTo(target.sd, 7);
  });

  it('refuses an SD that the scale cannot hold', () => {
    expect(() => roundedNormalShares('norms.items.openness', 5, { mean: 3, sd: 2.1 })).toThrow(
      'norms.items.openness: the response model cannot give this mean and SD',
    );
  });
});
