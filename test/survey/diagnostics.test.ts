import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peopleDiagnostics, weightDiagnostics } from '../../src/survey/diagnostics.js';

describe('weightDiagnostics', () => {
  it.each([
    { name: 'equal weights', weights: [2, 2, 2, 2], effectiveSampleSize: 4, designEffect: 1, maxRelativeWeight: 1 },
    { name: 'by hand', weights: [1, 1, 2], effectiveSampleSize: 16 / 6, designEffect: 18 / 16, maxRelativeWeight: 1.5 },
    { name: 'one record has all', weights: [0, 5, 0], effectiveSampleSize: 1, designEffect: 3, maxRelativeWeight: 3 },
    { name: 'one record', weights: [0.1], effectiveSampleSize: 1, designEffect: 1, maxRelativeWeight: 1 },
    { name: 'no weight', weights: [0, 0], effectiveSampleSize: 0, designEffect: Infinity, maxRelativeWeight: 0 },
    { name: 'nobody', weights: [], effectiveSampleSize: 0, designEffect: Infinity, maxRelativeWeight: 0 },
  ])('$name', ({ weights, effectiveSampleSize, designEffect, maxRelativeWeight }) => {
    const found = weightDiagnostics(weights);
    expect(found.effectiveSampleSize).toBeCloseTo(effectiveSampleSize, 12);
    if (designEffect === Infinity) expect(found.designEffect).toBe(Infinity);
    else expect(found.designEffect).toBeCloseTo(designEffect, 12);
    expect(found.maxRelativeWeight).toBeCloseTo(maxRelativeWeight, 12);
  });

  it('lies between one record and all, and does not see the scale', () => {
    const weights = fc.array(fc.double({ min: 1e-3, max: 10, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(weights, (w) => {
        const { effectiveSampleSize, designEffect } = weightDiagnostics(w);
        expect(effectiveSampleSize).toBeGreaterThanOrEqual(1 - 1e-12);
        expect(effectiveSampleSize).toBeLessThanOrEqual(w.length * (1 + 1e-12));
        expect(designEffect * effectiveSampleSize).toBeCloseTo(w.length, 9);
        expect(weightDiagnostics(w.map((x) => 1e6 * x)).effectiveSampleSize).toBeCloseTo(effectiveSampleSize, 9);
      }),
      { seed: 20260101, numRuns: 200 },
    );
  });
});

describe('peopleDiagnostics', () => {
  it.each([
    {
      name: 'records of one person are added up',
      people: ['a', 'b', 'a', 'c'],
      weights: [1, 2, 1, 0],
      expected: { effectivePeople: 2, maxAuthorShare: 0.5, distinctPeople: 2 },
    },
    {
      name: 'one person',
      people: ['a', 'a'],
      weights: [3, 9],
      expected: { effectivePeople: 1, maxAuthorShare: 1, distinctPeople: 1 },
    },
    {
      name: 'by hand',
      people: ['a', 'b'],
      weights: [3, 1],
      expected: { effectivePeople: 1.6, maxAuthorShare: 0.75, distinctPeople: 2 },
    },
    {
      name: 'no weight',
      people: ['a'],
      weights: [0],
      expected: { effectivePeople: 0, maxAuthorShare: 0, distinctPeople: 0 },
    },
  ])('$name', ({ people, weights, expected }) => expect(peopleDiagnostics(people, weights)).toEqual(expected));

  it('is the effective sample size when everybody is there once', () => {
    const weights = [1, 4, 2.5];
    const { effectiveSampleSize } = weightDiagnostics(weights);
    expect(peopleDiagnostics(['x', 'y', 'z'], weights).effectivePeople).toBeCloseTo(effectiveSampleSize, 12);
  });
});
