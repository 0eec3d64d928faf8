import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../src/numerics/normal.js';
import { tQuantile } from '../../src/numerics/student.js';

describe('tQuantile', () => {
  // Tables of Student's t (Abramowitz & Stegun 1964, table 26.10; R: qt(0.975, df)).
  it.each([
    [3, 3.182446, 2],
    [5, 2.570582, 3],
    [10, 2.228139, 4],
    [18, 2.100922, 5],
    [30, 2.042272, 5],
    [120, 1.97993, 5],
  ])('97.5 %% with %i degrees of freedom', (degrees, expected, digits) => {
    expect(tQuantile(0.975, degrees)).toBeCloseTo(expected, digits);
    expect(tQuantile(0.025, degrees)).toBeCloseTo(-expected, digits);
  });

  it('is the normal quantile in the end', () => {
    expect(tQuantile(0.9, 1e9)).toBeCloseTo(normalQuantile(0.9), 8);
    expect(tQuantile(0.5, 7)).toBe(0);
  });
});
