import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { randomStream } from '../../src/core/random.js';
import { moments } from '../../src/numerics/statistics.js';
import {
  divergenceMeter,
  frechetDistance,
  wasserstein1,
  type WeightedPoints,
} from '../../src/transport/divergences.js';

const vec = (...values: number[]): Float64Array => Float64Array.from(values);
const equal = (n: number): Float64Array => new Float64Array(n).fill(1);
const normalPoints = (n: number, d: number, name: string): WeightedPoints => {
  const random = randomStream('points', name);
  return { points: Float64Array.from({ length: n * d }, () => random.normal()), weights: equal(n) };
};

describe('wasserstein1', () => {
  it.each([
    { name: 'two points', a: [0], aw: [1], b: [3], bw: [1], expected: 3 },
    { name: 'the same points in another order', a: [1, 2, 3], aw: [1, 1, 1], b: [3, 1, 2], bw: [5, 5, 5], expected: 0 },
    { name: 'half of the mass moves by one', a: [0, 1], aw: [1, 1], b: [1], bw: [1], expected: 0.5 },
    {
      name: 'SciPy documentation: [0, 1, 3] to [5, 6, 8]',
      a: [0, 1, 3],
      aw: [1, 1, 1],
      b: [5, 6, 8],
      bw: [1, 1, 1],
      expected: 5,
    },
    {
      name: 'SciPy documentation: [0, 1] to [0, 1], weights 3:1 and 2:2',
      a: [0, 1],
      aw: [3, 1],
      b: [0, 1],
      bw: [2, 2],
      expected: 0.25,
    },
    {
      name: 'SciPy documentation: four weighted points each',
      a: [3.4, 3.9, 7.5, 7.8],
      aw: [1.4, 0.9, 3.1, 7.2],
      b: [4.5, 1.4],
      bw: [3.2, 3.5],
      expected: 4.0781331438047861,
    },
    { name: 'points without weight do not count', a: [-50, 0], aw: [0, 1], b: [1, 99], bw: [2, 0], expected: 1 },
    { name: 'ties on both sides', a: [1, 1, 2, 2], aw: [1, 1, 1, 1], b: [1, 2], bw: [1, 3], expected: 0.25 },
  ])('$name', ({ a, aw, b, bw, expected }) => {
    expect(wasserstein1(vec(...a), vec(...aw), vec(...b), vec(...bw))).toBeCloseTo(expected, 12);
    expect(wasserstein1(vec(...b), vec(...bw), vec(...a), vec(...aw))).toBeCloseTo(expected, 12);
  });

  const sample = fc.array(
    fc.tuple(
      fc.integer({ min: -40, max: 40 }).map((x) => x / 8),
      fc.integer({ min: 1, max: 4 }),
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  );

  it('agrees with the difference of the distribution functions on a grid, and whole weights are repetitions', () => {
    fc.assert(
      fc.property(sample, sample, (left, right) => {
        const [a, aw] = [vec(...left.map(([x]) => x)), vec(...left.map(([, w]) => w))];
        const [b, bw] = [vec(...right.map(([x]) => x)), vec(...right.map(([, w]) => w))];
        const share = (x: Float64Array, w: Float64Array, at: number): number =>
          x.reduce((s, v, i) => s + (v <= at ? w[i]! : 0), 0) / w.reduce((s, v) => s + v, 0);
        // All values are eighths, so the functions are constant between neighbours of the grid.
        let slow = 0;
        for (let step = -40; step < 40; step++) slow += Math.abs(share(a, aw, step / 8) - share(b, bw, step / 8)) / 8;
        const found = wasserstein1(a, aw, b, bw);
        expect(found).toBeCloseTo(slow, 10);
        const repeated = (pairs: typeof left) => vec(...pairs.flatMap(([x, w]) => new Array<number>(w).fill(x)));
        const [ra, rb] = [repeated(left), repeated(right)];
        expect(wasserstein1(ra, equal(ra.length), rb, equal(rb.length))).toBeCloseTo(found, 10);
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });

  it('is the length of a translation, in either direction', () => {
    fc.assert(
      fc.property(sample, fc.double({ min: -9, max: 9, noNaN: true }), (pairs, t) => {
        const [x, w] = [vec(...pairs.map(([v]) => v)), vec(...pairs.map(([, weight]) => weight))];
        expect(
          wasserstein1(
            x,
            w,
            x.map((v) => v + t),
            w,
          ),
        ).toBeCloseTo(Math.abs(t), 10);
      }),
      { seed: 20260101, numRuns: 200 },
    );
  });
});

describe('samples of which nothing can be measured', () => {
  const [one, sure] = [vec(5), vec(1)];
  const nothing = [
    { fault: 'nobody', points: vec(), weights: vec(), message: '.weights: no positive total; got 0.' },
    { fault: 'no weight', points: vec(1), weights: vec(0), message: '.weights: no positive total; got 0.' },
    {
      fault: 'a missing value',
      points: vec(1),
      weights: vec(1, 1),
      message: ': points and masses do not fit; got 1, ',
    },
    { fault: 'no number', points: vec(1, NaN), weights: vec(1, 1), message: '[1]: not a point; got NaN, expected 1 ' },
    { fault: 'infinity', points: vec(Infinity), weights: vec(1), message: '[0]: not a point; got Infinity, expected ' },
    {
      fault: 'a negative weight',
      points: vec(1, 2),
      weights: vec(2, -1),
      message: '[1]: not a mass; got -1, expected ',
    },
  ];
  it.each(nothing)('wasserstein1 names $fault', ({ points, weights, message }) => {
    expect(() => wasserstein1(points, weights, one, sure)).toThrow(Failure);
    expect(() => wasserstein1(points, weights, one, sure)).toThrow(`wasserstein1.a${message}`);
    expect(() => wasserstein1(one, sure, points, weights)).toThrow(`wasserstein1.b${message}`);
  });

  it.each(nothing)('divergenceMeter names $fault', ({ points, weights, message }) => {
    const [random, reference] = [randomStream('faults'), { points: vec(1, 2), weights: vec(1, 1) }];
    expect(() => divergenceMeter({ points, weights }, 1, random, 1)).toThrow(`divergenceMeter.reference${message}`);
    expect(() => divergenceMeter(reference, 1, random, 1)({ points, weights })).toThrow(
      `divergenceMeter.sample${message}`,
    );
  });
});

describe('frechetDistance', () => {
  const gaussian = (mean: number[], covariance: number[]) => ({
    mean: vec(...mean),
    covariance: vec(...covariance),
    sd: vec(),
    correlation: vec(),
  });

  // In one dimension (m1 - m2)^2 + (s1 - s2)^2; for covariances that commute, the sum of that over the common axes.
  it.each([
    { name: 'one dimension', a: gaussian([1], [4]), b: gaussian([3], [9]), expected: 4 + 1 },
    {
      name: 'only the means differ',
      a: gaussian([0, 0], [2, 1, 1, 2]),
      b: gaussian([1, 2], [2, 1, 1, 2]),
      expected: 5,
    },
    { name: 'diagonal', a: gaussian([0, 0], [1, 0, 0, 4]), b: gaussian([0, 0], [9, 0, 0, 1]), expected: 4 + 1 },
    // Same eigenvectors (1, 1) and (1, -1): eigenvalues 3, 1 and 12, 4.
    { name: 'rotated axes', a: gaussian([0, 0], [2, 1, 1, 2]), b: gaussian([0, 0], [8, 4, 4, 8]), expected: 3 + 1 },
    { name: 'a point and a spread', a: gaussian([0, 0], [0, 0, 0, 0]), b: gaussian([0, 0], [1, 0, 0, 4]), expected: 5 },
    { name: 'equal', a: gaussian([1, 2], [2, 0.5, 0.5, 1]), b: gaussian([1, 2], [2, 0.5, 0.5, 1]), expected: 0 },
  ])('$name', ({ a, b, expected }) => {
    expect(frechetDistance(a, b)).toBeCloseTo(expected, 7);
    expect(frechetDistance(b, a)).toBeCloseTo(expected, 7);
  });

  // For 2 x 2 matrices tr (M^1/2) = sqrt(tr M + 2 sqrt(det M)), here with M = A B that do not commute.
  it('covariances that do not commute', () => {
    const [a, b] = [
      [2, 1, 1, 3],
      [5, -2, -2, 1],
    ] as const;
    const trace = a[0] * b[0] + a[1] * b[2] + (a[2] * b[1] + a[3] * b[3]);
    const determinant = (a[0] * a[3] - a[1] * a[2]) * (b[0] * b[3] - b[1] * b[2]);
    const expected = a[0] + a[3] + b[0] + b[3] - 2 * Math.sqrt(trace + 2 * Math.sqrt(determinant));
    expect(frechetDistance(gaussian([0, 0], [...a]), gaussian([0, 0], [...b]))).toBeCloseTo(expected, 9);
  });

  it('is never negative, also for samples of one point', () => {
    const one = moments(vec(1, 2, 3), 3, vec(1));
    expect(frechetDistance(one, one)).toBe(0);
    const many = moments(normalPoints(50, 3, 'many').points, 3, equal(50));
    expect(frechetDistance(many, many)).toBeGreaterThanOrEqual(0);
    expect(frechetDistance(many, many)).toBeLessThan(1e-9);
  });
});

describe('divergenceMeter', () => {
  const d = 3;
  const reference = normalPoints(400, d, 'reference');
  const meter = divergenceMeter(reference, d, randomStream('meter'), 30);

  it('finds no distance from the reference itself', () => {
    const { amw, frechet, slicedWasserstein, maxCorrelationError } = meter(reference);
    expect(amw).toBeLessThan(1e-12);
    expect(frechet).toBeLessThan(1e-9);
    expect(slicedWasserstein).toBeLessThan(1e-12);
    expect(maxCorrelationError).toBe(0);
  });

  it('sees a translation as what it is: the mean shift, its square, and its shadow on the directions', () => {
    const shift = [0.5, -1, 0.25];
    const moved = { points: reference.points.map((x, at) => x + shift[at % d]!), weights: reference.weights };
    const found = meter(moved);
    expect(found.amw).toBeCloseTo(1.75 / 3, 10);
    expect(found.frechet).toBeCloseTo(0.25 + 1 + 0.0625, 8);
    expect(found.maxCorrelationError).toBeCloseTo(0, 10);
    expect(found.mmd2).toBeGreaterThan(0.05);
    // The mean of |u . t| over the directions that the meter drew: the first 3 x 30 normals of its stream.
    const draw = randomStream('meter');
    let shadow = 0;
    for (let direction = 0; direction < 30; direction++) {
      const u = [draw.normal(), draw.normal(), draw.normal()];
      const length = Math.hypot(...u);
      shadow += Math.abs(u.reduce((s, x, k) => s + x * shift[k]!, 0)) / length / 30;
    }
    expect(found.slicedWasserstein).toBeCloseTo(shadow, 10);
  });

  it('treats whole weights as repetitions (all but MMD, whose pairs of equal points are a matter of definition)', () => {
    const sample = normalPoints(60, d, 'sample');
    const weights = sample.weights.map((_, i) => i % 4);
    const rows = [...weights.keys()].flatMap((i) => new Array<number>(weights[i]!).fill(i));
    const repeated = Float64Array.from(rows.flatMap((i) => [...sample.points.subarray(i * d, i * d + d)]));
    const [a, b] = [
      meter({ points: sample.points, weights }),
      meter({ points: repeated, weights: equal(rows.length) }),
    ];
    for (const name of ['amw', 'frechet', 'slicedWasserstein', 'maxCorrelationError'] as const)
      expect(a[name]).toBeCloseTo(b[name], 10);
  });

  it('does not see the scale of the weights, and not the points without weight', () => {
    const sample = normalPoints(60, d, 'scale');
    const weights = sample.weights.map((_, i) => i % 3);
    const a = meter({ points: sample.points, weights });
    const scaled = meter({ points: sample.points, weights: weights.map((w) => 1e6 * w) });
    const kept = [...weights.keys()].filter((i) => weights[i]! > 0);
    const points = Float64Array.from(kept.flatMap((i) => [...sample.points.subarray(i * d, i * d + d)]));
    const without = meter({ points, weights: Float64Array.from(kept, (i) => weights[i]!) });
    for (const name of ['amw', 'frechet', 'slicedWasserstein', 'mmd2', 'maxCorrelationError'] as const) {
      expect(scaled[name]).toBeCloseTo(a[name], 10);
      expect(without[name]).toBeCloseTo(a[name], 10);
    }
  });

  it('names the largest gap of two correlations', () => {
    // (x, y) = +-(1, 1) has the correlation 1, and the reference here 0.
    const square = { points: vec(1, 1, 1, -1, -1, 1, -1, -1), weights: equal(4) };
    const line = { points: vec(1, 1, -1, -1), weights: equal(2) };
    expect(divergenceMeter(square, 2, randomStream('square'), 5)(line).maxCorrelationError).toBeCloseTo(1, 12);
  });

  it('gives the same figures for the same stream', () => {
    const sample = normalPoints(50, d, 'again');
    expect(divergenceMeter(reference, d, randomStream('meter'), 30)(sample)).toStrictEqual(meter(sample));
  });

  // Corners of a simplex: nine pairs in ten are sqrt(2) apart, hence the median squared distance and the kernel's variance are 2.
  it('MMD: unbiased sums over pairs, by a plain double loop', () => {
    const k = 10;
    const corners = Float64Array.from({ length: k * k }, (_, at) => (at % k === Math.floor(at / k) ? 1 : 0));
    const random = randomStream('mmd');
    const n = 25;
    const points = Float64Array.from({ length: n * k }, () => random.normal() / 2);
    const weights = Float64Array.from({ length: n }, (_, i) => 1 + (i % 3));
    const total = weights.reduce((s, w) => s + w, 0);
    const share = weights.map((w) => w / total);
    const kernel = (a: Float64Array, i: number, b: Float64Array, j: number): number => {
      let squared = 0;
      for (let c = 0; c < k; c++) squared += (a[i * k + c]! - b[j * k + c]!) ** 2;
      return Math.exp(-squared / 4);
    };
    let [own, cross] = [0, 0];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) if (i !== j) own += share[i]! * share[j]! * kernel(points, i, points, j);
      for (let j = 0; j < k; j++) cross += (share[i]! / k) * kernel(points, i, corners, j);
    }
    const expected = own / (1 - share.reduce((s, w) => s + w * w, 0)) + Math.exp(-0.5) - 2 * cross;
    const found = divergenceMeter(
      { points: corners, weights: equal(k) },
      k,
      randomStream('simplex'),
      2,
    )({ points, weights });
    expect(found.mmd2).toBeCloseTo(expected, 12);
  });

  // Unbiased: over 60 pairs of samples from one distribution the mean is 0 within four standard errors, and it is below 0 about half the time.
  it('MMD is unbiased: it is as often below zero as above for equal distributions', () => {
    const values = Array.from({ length: 60 }, (_, i) => meterOf(i));
    const mean = values.reduce((s, x) => s + x / 60, 0);
    const error = Math.sqrt(values.reduce((s, x) => s + (x - mean) ** 2, 0)) / 60;
    expect(Math.abs(mean)).toBeLessThan(4 * error);
    const below = values.filter((x) => x < 0).length;
    expect(below).toBeGreaterThan(15);
    expect(below).toBeLessThan(57);

    function meterOf(i: number): number {
      const own = divergenceMeter(normalPoints(60, 2, `left ${i}`), 2, randomStream('unbiased', i), 1);
      return own(normalPoints(60, 2, `right ${i}`)).mmd2;
    }
  });

  it('thins large samples by weight: twenty thousand points under weights look like those the weights stand for', () => {
    const random = randomStream('thin');
    const points = Float64Array.from({ length: 20_000 * d }, () => 1.5 * random.normal());
    // Weights that turn N(0, 1.5) into the reference's N(0, 1).
    const weights = Float64Array.from({ length: 20_000 }, (_, i) => {
      const squared = points.subarray(i * d, i * d + d).reduce((s, x) => s + x * x, 0);
      return Math.exp(-squared / 2 + squared / 4.5);
    });
    expect(meter({ points, weights: equal(20_000) }).mmd2).toBeGreaterThan(0.015);
    expect(Math.abs(meter({ points, weights }).mmd2)).toBeLessThan(0.005);
  });

  it('has the energy distance of the projections, as all pairs have it', () => {
    const some = normalPoints(80, d, 'energy');
    const moved = { points: some.points.map((x) => 1.5 * x + 0.5), weights: some.weights };
    const norms = (a: WeightedPoints, b: WeightedPoints): number => {
      let total = 0;
      for (let i = 0; i < a.weights.length; i++)
        for (let j = 0; j < b.weights.length; j++)
          total += Math.hypot(...[0, 1, 2].map((k) => a.points[i * d + k]! - b.points[j * d + k]!));
      return total / a.weights.length / b.weights.length;
    };
    const exact = 2 * norms(moved, reference) - norms(moved, moved) - norms(reference, reference);
    const many = divergenceMeter(reference, d, randomStream('meter'), 2_000);
    // Over 2,000 directions the standard error is one part in a hundred.
    expect(many(moved).energy / exact).toBeGreaterThan(0.95);
    expect(many(moved).energy / exact).toBeLessThan(1.05);
    expect(meter(reference).energy).toBeLessThan(1e-12);
  });

  // The same people ten times over, which takes the way of large samples; MMD² aside, nothing may change but the seventh digit.
  it('measures large samples in single precision as it does small ones', () => {
    const small = normalPoints(7_000, d, 'copies');
    const points = new Float64Array(10 * small.points.length);
    for (let copy = 0; copy < 10; copy++) points.set(small.points, copy * small.points.length);
    const large = { points, weights: equal(70_000) };
    const [few, many] = [meter(small), meter(large)];
    for (const name of ['amw', 'frechet', 'slicedWasserstein', 'energy', 'maxCorrelationError'] as const)
      expect(Math.abs(many[name] - few[name]), name).toBeLessThan(1e-6);
    const back = divergenceMeter(large, d, randomStream('meter'), 30)(reference);
    for (const name of ['amw', 'slicedWasserstein', 'energy'] as const)
      expect(Math.abs(back[name] - few[name]), name).toBeLessThan(1e-6);
  });
});
