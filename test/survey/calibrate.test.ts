import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { calibrate, type CalibrationProblem } from '../../src/survey/calibrate.js';
import { indicators, onLine, rakeSlowly, sparse, vec } from './fixture.js';

const close = (actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void => {
  expect(actual.length).toBe(expected.length);
  expected.forEach((e, i) => expect(Math.abs(actual[i]! - e)).toBeLessThanOrEqual(tolerance));
};

describe('calibrate: hand values', () => {
  // Raking keeps the odds ratio of the base, 8*1/(2*1) = 4; with all margins one half, a/(1/2 - a) = 2, hence a = 1/3.
  it('rakes a 2 x 2 table', () => {
    const records = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ];
    const { status, weights, maxError } = calibrate({
      base: vec(8, 2, 1, 1),
      features: indicators(records, [2, 2]),
      targets: vec(0.5, 0.5, 0.5, 0.5),
    });
    expect(status).toBe('converged');
    expect(maxError).toBeLessThanOrEqual(1e-9);
    close(weights, [1 / 3, 1 / 6, 1 / 6, 1 / 3], 1e-9);
  });

  // w ~ exp(l phi) on 0, 1, 2 with mean m: q = exp(l) solves (2 - m) q^2 + (1 - m) q - m = 0.
  it.each([0.2, 1, 1.5, 1.999])('tilts three points to the mean %d', (mean) => {
    const q = (mean - 1 + Math.sqrt((1 - mean) ** 2 + 4 * mean * (2 - mean))) / (2 * (2 - mean));
    const { status, weights, multipliers } = calibrate(onLine([0, 1, 2], mean));
    expect(status).toBe('converged');
    close(
      weights,
      [1, q, q * q].map((x) => x / (1 + q + q * q)),
      2e-9,
    );
    expect(multipliers[0]).toBeCloseTo(Math.log(q), 5);
  });

  it('begins where it is told to, and ends in the same place', () => {
    const problem = onLine([0, 1, 2], 1.5);
    const first = calibrate(problem, { tolerance: 1e-12 });
    const again = calibrate(problem, { tolerance: 1e-12, start: first.multipliers });
    expect([first.iterations > 1, again.iterations]).toEqual([true, 0]);
    close(again.weights, [...first.weights], 1e-15);
    const far = calibrate(problem, { tolerance: 1e-12, start: vec(-3) });
    expect([far.status, far.iterations > 0]).toEqual(['converged', true]);
    close(far.weights, [...first.weights], 1e-11);
    expect(() => calibrate(problem, { start: vec(1, 2) })).toThrow(
      'calibrate.start: wrong number of constraints; got 2, expected 1.',
    );
  });

  it('is post-stratification with one variable: shares are spread in proportion to the base', () => {
    const { weights } = calibrate({
      base: vec(1, 3, 2),
      features: indicators([[0], [0], [1]], [2]),
      targets: vec(0.4, 0.6),
    });
    close(weights, [0.1, 0.3, 0.6], 1e-9);
  });

  it('returns the base without constraints', () => {
    const solution = calibrate({ base: vec(1, 3), features: sparse([[], []], 0), targets: vec() });
    expect(solution.status).toBe('converged');
    close(solution.weights, [0.25, 0.75], 1e-15);
  });

  it('takes one record, if that is what is asked', () => {
    expect(calibrate(onLine([1], 1))).toMatchObject({ status: 'converged', iterations: 0, weights: vec(1) });
    expect(calibrate(onLine([1], 0.5)).status).toBe('infeasible');
  });

  it('takes one category', () => {
    const { status, weights } = calibrate({ base: vec(1, 2), features: indicators([[0], [0]], [1]), targets: vec(1) });
    expect(status).toBe('converged');
    close(weights, [1 / 3, 2 / 3], 1e-12);
  });
});

describe('calibrate against classical raking', () => {
  const sizes = [2, 3, 2];
  const records = fc.array(
    fc.tuple(
      fc.tuple(
        ...(sizes.map((size) => fc.integer({ min: 0, max: size - 1 })) as [
          fc.Arbitrary<number>,
          fc.Arbitrary<number>,
          fc.Arbitrary<number>,
        ]),
      ),
      fc.double({ min: 0.1, max: 4, noNaN: true }),
      fc.double({ min: 0.2, max: 4, noNaN: true }),
    ),
    { minLength: 3, maxLength: 25 },
  );

  /** Margins that some weights on these records have, so that they can be met. */
  const marginsOf = (people: readonly (readonly number[])[], weights: readonly number[]): number[][] => {
    const total = weights.reduce((s, w) => s + w, 0);
    return sizes.map((size, v) =>
      Array.from({ length: size }, (_, c) => people.reduce((s, p, i) => s + (p[v] === c ? weights[i]! : 0), 0) / total),
    );
  };

  it('gives the same weights', () => {
    fc.assert(
      fc.property(records, (rows) => {
        const people = rows.map(([person]) => [...person]);
        const base = rows.map(([, b]) => b);
        const shares = marginsOf(
          people,
          rows.map(([, , w]) => w),
        );
        const solution = calibrate(
          { base: vec(...base), features: indicators(people, sizes), targets: vec(...shares.flat()) },
          { tolerance: 1e-12 },
        );
        expect(solution.status).toBe('converged');
        close(solution.weights, rakeSlowly(base, people, shares), 1e-8);
      }),
      { seed: 20260101, numRuns: 150 },
    );
  });

  const people = [
    [0, 0, 0],
    [0, 1, 1],
    [0, 2, 0],
    [1, 0, 1],
    [1, 1, 0],
    [1, 2, 1],
    [0, 0, 1],
    [1, 1, 1],
  ];
  const base = [1, 2, 1, 3, 1, 0.5, 2, 1];
  const targets = [0.3, 0.7, 0.4, 0.35, 0.25, 0.55, 0.45];
  const plain = calibrate({ base: vec(...base), features: indicators(people, sizes), targets: vec(...targets) });

  it.each([1e-9, 17, 1e12])('does not see the scale of the base: times %d', (scale) => {
    const scaled = calibrate({
      base: vec(...base.map((b) => b * scale)),
      features: indicators(people, sizes),
      targets: vec(...targets),
    });
    close(scaled.weights, [...plain.weights], 1e-12);
  });

  const rows = people.map((p) =>
    sizes.flatMap((size, v) => Array.from({ length: size }, (_, c) => (p[v] === c ? 1 : 0))),
  );
  it.each([
    ['reversed', [6, 5, 4, 3, 2, 1, 0]],
    ['twice', [0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6]],
    ['without what follows from the rest', [0, 2, 3, 5]],
  ])('does not see the order or the redundancy of constraints: %s', (_, order) => {
    const other = calibrate({
      base: vec(...base),
      features: sparse(rows.map((row) => order.map((c) => row[c]!))),
      targets: vec(...order.map((c) => targets[c]!)),
    });
    expect(other.status).toBe('converged');
    close(other.weights, [...plain.weights], 1e-8);
  });

  it('is invariant under duplication: two records of half the weight are one', () => {
    const twice = calibrate({
      base: vec(...base, ...base),
      features: indicators([...people, ...people], sizes),
      targets: vec(...targets),
    });
    close(
      twice.weights,
      [...plain.weights, ...plain.weights].map((w) => w / 2),
      1e-9,
    );
  });

  it('leaves zero base weights at zero, whatever they would bring', () => {
    const { status, weights } = calibrate({
      base: vec(...base, 0),
      features: indicators([...people, [1, 2, 1]], sizes),
      targets: vec(...targets),
    });
    expect(status).toBe('converged');
    expect(weights[8]).toBe(0);
    close(weights.subarray(0, 8), [...plain.weights], 1e-9);
  });
});

describe('calibrate: soft constraints', () => {
  // The objective in one dimension, minimised on a grid of the share p of the second of two records:
  // KL(p | b) + (p - target)^2 / (2 s).
  it.each([
    { base: 0.5, target: 0.9, softness: 0.01 },
    { base: 0.5, target: 0.9, softness: 1 },
    { base: 0.1, target: 0.6, softness: 0.2 },
    { base: 0.3, target: 1.5, softness: 0.5 },
    { base: 0.3, target: -2, softness: 3 },
  ])('gives way as the objective says: $target from $base, softness $softness', ({ base, target, softness }) => {
    const objective = (p: number): number =>
      p * Math.log(p / base) + (1 - p) * Math.log((1 - p) / (1 - base)) + (p - target) ** 2 / (2 * softness);
    let best = 0.5;
    for (let step = 0.25; step > 1e-9; step /= 2)
      for (const p of [best - step, best + step]) if (p > 0 && p < 1 && objective(p) < objective(best)) best = p;
    const { status, weights, residuals, multipliers } = calibrate({
      base: vec(1 - base, base),
      features: sparse([[0], [1]]),
      targets: vec(target),
      softness: vec(softness),
    });
    expect(status).toBe('converged');
    expect(weights[1]).toBeCloseTo(best, 6);
    expect(residuals[0]).toBeCloseTo(weights[1]! - target, 12);
    expect(residuals[0]).toBeCloseTo(-softness * multipliers[0]!, 8);
  });

  it('is exact in the limit and idle at the other end', () => {
    const share = (softness: number): number => calibrate(onLine([0, 1], 0.8, softness)).weights[1]!;
    expect(share(0)).toBeCloseTo(0.8, 8);
    expect(share(1e-9)).toBeCloseTo(0.8, 7);
    expect(share(1e9)).toBeCloseTo(0.5, 7);
  });

  it('never calls infeasible what may give way', () => {
    const { status, weights } = calibrate(onLine([0, 1], 5, 0.1));
    expect(status).toBe('converged');
    expect(weights[1]).toBeGreaterThan(0.999);
  });

  it('still meets the exact ones to the tolerance', () => {
    const { status, residuals } = calibrate({
      base: vec(1, 1, 1),
      features: sparse([
        [1, 0],
        [0, 1],
        [0, 2],
      ]),
      targets: vec(0.2, 9),
      softness: vec(0, 0.3),
    });
    expect(status).toBe('converged');
    expect(Math.abs(residuals[0]!)).toBeLessThanOrEqual(1e-9);
  });
});

describe('calibrate: faults', () => {
  const good: CalibrationProblem = onLine([0, 1], 0.5);
  it.each([
    {
      fault: 'a missing base weight',
      edit: { base: vec(1) },
      message: 'calibrate.base: wrong number of records; got 1, expected 2.',
    },
    {
      fault: 'a target too many',
      edit: { targets: vec(0.5, 1) },
      message: 'calibrate.targets: wrong number of constraints; got 2, expected 1.',
    },
    {
      fault: 'a softness too many',
      edit: { softness: vec(0, 1) },
      message: 'calibrate.softness: wrong number of constraints; got 2, expected 1.',
    },
    {
      fault: 'a negative weight',
      edit: { base: vec(1, -1) },
      message: 'calibrate.base[1]: not a weight; got -1, expected a finite number ≥ 0.',
    },
    {
      fault: 'no number as a weight',
      edit: { base: vec(NaN, 1) },
      message: 'calibrate.base[0]: not a weight; got NaN, expected a finite number ≥ 0.',
    },
    {
      fault: 'an infinite weight',
      edit: { base: vec(1, Infinity) },
      message: 'calibrate.base[1]: not a weight; got Infinity, expected a finite number ≥ 0.',
    },
    {
      fault: 'no weight',
      edit: { base: vec(0, 0) },
      message: 'calibrate.base: no positive weight; got 0, expected > 0.',
    },
    {
      fault: 'no number as a target',
      edit: { targets: vec(NaN) },
      message: 'calibrate.targets[0]: not a finite number; got NaN, expected a finite number.',
    },
    {
      fault: 'a bound too many',
      edit: { upper: vec(2, 2, 2) },
      message: 'calibrate.upper: wrong number of records; got 3, expected 2.',
    },
    {
      fault: 'bounds the wrong way round',
      edit: { lower: vec(0, 2), upper: vec(2, 1) },
      message: 'calibrate.lower[1]: no bounds of a ratio; got 2 to 1, expected 0 ≤ lower < upper.',
    },
  ])('names the fault: $fault', ({ edit, message }) => {
    expect(() => calibrate({ ...good, ...edit })).toThrow(Failure);
    expect(() => calibrate({ ...good, ...edit })).toThrow(message);
  });
});
