import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import { peopleMeter } from '../../../src/population/align/quality.js';
import { importanceWeights } from '../../../src/population/align/weigh.js';
import { clippedWeights, logDensityRatio, smoothedWeights } from '../../../src/survey/importance.js';
import { weightDiagnostics } from '../../../src/survey/diagnostics.js';
import { people } from '../fixture.js';

const draw = (size: number, name: string, shift: number) => {
  const random = randomStream('weigh', name);
  return people(
    Array.from({ length: size }, () => [0, 0, 0]),
    Array.from({ length: size }, () => Array.from({ length: 5 }, () => shift + random.normal())),
  );
};

describe('importanceWeights', () => {
  const [pool, fit, tune] = [draw(800, 'pool', 0.4), draw(600, 'fit', 0), draw(1500, 'tune', 0)];
  const meter = peopleMeter(tune, randomStream('meter'), 20)!;
  const distance = (weights: Float64Array): number => meter({ points: pool.traits!, weights }).slicedWasserstein;

  it('clips where the weighted pool comes nearest to people who were not used for the ratio', async () => {
    const { weights, clipQuantile, trials } = await importanceWeights(pool, fit, meter, randomStream('weights'));
    expect(trials[0]!.clipQuantile).toBe(0.995);
    const best = trials.reduce((a, b) => (b.slicedWasserstein < a.slicedWasserstein ? b : a));
    expect(clipQuantile).toBe(best.clipQuantile);
    expect(weights.reduce((s, w) => s + w, 0)).toBeCloseTo(1, 12);
    expect(distance(weights)).toBe(best.slicedWasserstein);
    expect(weightDiagnostics(weights).effectiveSampleSize).toBeCloseTo(best.effectiveSampleSize, 9);
    // The slow way to the same weights.
    const logRatio = await logDensityRatio(
      pool.traits!,
      { points: fit.traits!, weights: new Float64Array(600).fill(1) },
      5,
      randomStream('weights'),
      undefined,
      { precision: 'single' },
    );
    expect(weights).toStrictEqual(clippedWeights(logRatio, clipQuantile));
  });

  // Unclipped, the outlier's ratio would be exp(20) times that of anybody else.
  it.each([2, 30, 250])('gives no persona all the weight, in a pool of %i with an outlier', async (size) => {
    const crowd = draw(size, 'crowd', 0);
    crowd.traits!.set([4, 4, 4, 4, 4]);
    const { weights, trials } = await importanceWeights(crowd, fit, meter, randomStream('outlier'));
    for (const { clipQuantile } of trials) expect(clipQuantile * size).toBeLessThanOrEqual(size - 1);
    const [largest, second] = [...weights].sort((a, b) => b - a);
    expect(largest).toBe(second);
  });

  it('weights one persona by one', async () => {
    const { weights, trials } = await importanceWeights(draw(1, 'one', 3), fit, meter, randomStream('one'));
    expect([...weights]).toEqual([1]);
    expect(trials).toHaveLength(1);
  });

  it('says what Pareto smoothing would have given, and that a classifier sees the same ratio', async () => {
    const { smoothed, classifierAgreement } = await importanceWeights(pool, fit, meter, randomStream('weights'));
    const single = { precision: 'single' } as const;
    const target = { points: fit.traits!, weights: new Float64Array(600).fill(1) };
    const logRatio = await logDensityRatio(pool.traits!, target, 5, randomStream('weights'), undefined, single);
    const { weights, paretoK } = smoothedWeights(logRatio);
    expect(smoothed.paretoK).toBe(paretoK);
    expect(smoothed.slicedWasserstein).toBe(distance(weights));
    expect(smoothed.effectiveSampleSize).toBeCloseTo(weightDiagnostics(weights).effectiveSampleSize, 9);
    // Below 1 because 600 people leave a kernel density rough in five dimensions, most of all at the edge.
    expect(classifierAgreement).toBeGreaterThan(0.6);
  });

  it('brings the pool nearer, and harder clips keep more of its size', async () => {
    const { weights, trials } = await importanceWeights(pool, fit, meter, randomStream('weights'));
    expect(distance(weights)).toBeLessThan(0.4 * distance(new Float64Array(800).fill(1)));
    for (let t = 1; t < trials.length; t++) {
      expect(trials[t]!.clipQuantile).toBeLessThan(trials[t - 1]!.clipQuantile);
      expect(trials[t]!.effectiveSampleSize).toBeGreaterThanOrEqual(trials[t - 1]!.effectiveSampleSize - 1e-9);
    }
  });
});
