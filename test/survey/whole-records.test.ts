import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { fitWeights } from '../../src/survey/fit-weights.js';
import { wholeRecords, wholeRecordsFinding } from '../../src/survey/whole-records.js';
import { feasible, problemOf } from './weighting-fixture.js';

describe('wholeRecords', () => {
  it('counts what it says', () => {
    fc.assert(
      fc.property(feasible, fc.integer({ min: 1, max: 60 }), ({ people, base, shares }, size) => {
        const problem = problemOf(people, base, shares);
        const { weights, maxMarginError } = fitWeights(problem);
        const whole = wholeRecords(problem, weights, size, randomStream('1'));
        const copies = Array.from(whole.counts);
        expect(copies.reduce((s, c) => s + c, 0)).toBe(size);
        expect(whole.distinct).toBe(copies.filter((c) => c > 0).length);
        expect(whole.maxCopies).toBe(Math.max(...copies));
        expect(whole.cloneRate).toBeCloseTo(copies.reduce((s, c) => s + Math.max(0, c - 1), 0) / size, 12);
        expect(whole.effectiveRecords).toBeCloseTo((size * size) / copies.reduce((s, c) => s + c * c, 0), 9);
        expect(whole.errorBefore).toBeCloseTo(maxMarginError, 12);
        const errors = problem.margins.flatMap(({ codes, asked }) =>
          Array.from(asked, (share, c) =>
            Math.abs(copies.reduce((s, n, i) => s + (codes[i] === c ? n : 0), 0) / size - share),
          ),
        );
        expect(whole.errorAfter).toBeCloseTo(Math.max(...errors), 12);
      }),
      { seed: 20260109, numRuns: 60 },
    );
  });

  it('measures numbers that were asked for, though it rounds by the categories alone', () => {
    const values = Float64Array.of(1, 3, 2, 2);
    const problem = {
      ...problemOf([[0], [0], [1], [1]], [1, 1, 1, 1], [[2, 2]], 'total'),
      constraints: [{ name: 'persons', values, asked: 8, unit: 'total' as const }],
    };
    const { weights } = fitWeights(problem);
    const { counts, errorAfter } = wholeRecords(problem, weights, 3, randomStream('1'));
    const mean = counts.reduce((s, n, i) => s + n * values[i]!, 0) / 3;
    const women = (counts[0]! + counts[1]!) / 3;
    // A number is in units of its largest value, here 3.
    expect(errorAfter).toBeCloseTo(Math.max(Math.abs(mean - 2) / 3, Math.abs(women - 0.5)), 12);
  });

  it('is nobody where nobody is wanted', () => {
    const problem = problemOf([[0], [1]], [1, 1], [[0, 0]], 'total');
    const none = wholeRecords(problem, fitWeights(problem).weights, 0, randomStream('1'));
    expect(none).toMatchObject({
      size: 0,
      distinct: 0,
      cloneRate: 0,
      maxCopies: 0,
      effectiveRecords: 0,
      errorAfter: 0,
    });
  });

  it('cautions where a category vanished', () => {
    const whole = {
      ...{ counts: Int32Array.of(2, 0), size: 2, errorBefore: 0, errorAfter: 0.5, distinct: 1, cloneRate: 0.5 },
      ...{ maxCopies: 2, effectiveRecords: 1, vanished: ['sex = m'] },
    };
    expect(wholeRecordsFinding('north', whole)).toMatchObject({
      level: 'caution',
      message:
        'zone north: 2 copies of 1 of 2 records (clone rate 0.5, at most 2 of one), largest error 0.5; none is left of sex = m',
      values: { zone: 'north', vanished: ['sex = m'] },
    });
  });
});
