import { describe, expect, it } from 'vitest';
import { randomStream, type RandomStream } from '../../src/core/random.js';
import { logKernelSums } from '../../src/numerics/kernel-sums.js';
import { normalQuantile } from '../../src/numerics/normal.js';
import { permutation } from '../../src/numerics/sampling.js';
import { scottBandwidth, type WeightedPoints } from '../../src/survey/bandwidth.js';
import { classifierLogRatio, clippedWeights, logDensityRatio, smoothedWeights } from '../../src/survey/importance.js';
import { vec } from './fixture.js';

const equal = (n: number): Float64Array => new Float64Array(n).fill(1);
const normals = (n: number, random: RandomStream, shift = 0, spread = 1): Float64Array =>
  Float64Array.from({ length: n }, () => shift + spread * random.normal());

/** Gaussian product kernel density in one go, without the log domain. */
function density(
  x: ArrayLike<number>,
  points: Float64Array,
  weights: ArrayLike<number>,
  bandwidth: Float64Array,
): number {
  const d = bandwidth.length;
  let total = 0;
  for (let j = 0; j < weights.length; j++) {
    let kernel = weights[j]!;
    for (let k = 0; k < d; k++) {
      const z = (x[k]! - points[j * d + k]!) / bandwidth[k]!;
      kernel *= Math.exp((-z * z) / 2) / (bandwidth[k]! * Math.sqrt(2 * Math.PI));
    }
    total += kernel;
  }
  return total;
}

/** The slow method: at each point of the pool the target's density over that of all other chosen points. */
function naiveRatio(pool: Float64Array, target: WeightedPoints, d: number, centres: readonly number[]): number[] {
  const total = target.weights.reduce((s, w) => s + w, 0);
  const n = pool.length / d;
  const [own, theirs] = [scottBandwidth({ points: pool, weights: equal(n) }, d), scottBandwidth(target, d)];
  return Array.from({ length: n }, (_, i) => {
    const x = pool.subarray(i * d, i * d + d);
    const others = centres.filter((j) => j !== i);
    const points = Float64Array.from(others.flatMap((j) => [...pool.subarray(j * d, j * d + d)]));
    const top = density(
      x,
      target.points,
      target.weights.map((w) => w / total),
      theirs,
    );
    return Math.log(
      top /
        density(
          x,
          points,
          others.map(() => 1 / others.length),
          own,
        ),
    );
  });
}

describe('scottBandwidth', () => {
  // s n^(-1/(d + 4)): n = 32 in one dimension gives 32^(-1/5) = 1/2; two points at 0 and 2 have s = 1.
  it('by hand', () => {
    const points = Float64Array.from({ length: 32 }, (_, i) => 2 * (i % 2));
    expect(scottBandwidth({ points, weights: equal(32) }, 1)[0]).toBeCloseTo(0.5, 14);
  });

  it('counts weighted points as fewer, and does not see the scale of weights', () => {
    const points = Float64Array.from({ length: 64 }, (_, i) => 2 * (i % 2));
    const weights = points.map((_, i) => (i < 32 ? 5 : 0));
    expect(scottBandwidth({ points, weights }, 1)[0]).toBeCloseTo(0.5, 14);
  });

  it('stays positive where all points are equal', () =>
    expect(scottBandwidth({ points: vec(3, 3, 3), weights: equal(3) }, 1)[0]).toBe(1e-6));
});

describe('logDensityRatio', () => {
  it.each([
    { name: 'one dimension', d: 1, n: 40, m: 30 },
    { name: 'three dimensions, weighted target', d: 3, n: 60, m: 50 },
    { name: 'two points', d: 1, n: 2, m: 3 },
  ])('is the ratio of two kernel densities, each point left out of its own: $name', async ({ d, n, m }) => {
    const random = randomStream('ratio', d);
    const pool = normals(n * d, random.fork('pool'), 0.3);
    const target = {
      points: normals(m * d, random.fork('target')),
      weights: Float64Array.from({ length: m }, (_, j) => 1 + (j % 3)),
    };
    const found = await logDensityRatio(pool, target, d, random.fork('centres'));
    naiveRatio(pool, target, d, [...Array(n).keys()]).forEach((r, i) => expect(found[i]).toBeCloseTo(r, 9));
  });

  it('leaves a duplicate in: two personas with the same scores do support each other', async () => {
    const pool = vec(0, 0, 1, 2, 3);
    const target = { points: vec(0, 1, 2), weights: equal(3) };
    const found = await logDensityRatio(pool, target, 1, randomStream('twins'));
    naiveRatio(pool, target, 1, [0, 1, 2, 3, 4]).forEach((r, i) => expect(found[i]).toBeCloseTo(r, 10));
    expect(found[0]).toBe(found[1]);
  });

  it('gives a point that nothing is near the largest ratio that could be measured', async () => {
    const pool = vec(...normals(200, randomStream('alone')), 1e5);
    const target = { points: normals(50, randomStream('target')), weights: equal(50) };
    const found = await logDensityRatio(pool, target, 1, randomStream('c'));
    expect(found.every(Number.isFinite)).toBe(true);
  });

  it('ignores target people without weight', async () => {
    const pool = normals(30, randomStream('pool'));
    const people = normals(20, randomStream('people'));
    const weights = people.map((_, i) => (i < 10 ? 2 : 0));
    const some = await logDensityRatio(pool, { points: people, weights }, 1, randomStream('c'));
    const few = await logDensityRatio(
      pool,
      { points: people.subarray(0, 10), weights: equal(10) },
      1,
      randomStream('c'),
    );
    some.forEach((r, i) => expect(r).toBeCloseTo(few[i]!, 10));
  });

  // A pool larger than the number of centres: the points that are no centres are compared with all centres.
  it('estimates the density of a large pool from 4,000 of its points', async () => {
    const n = 4_300;
    const pool = normals(n, randomStream('large'));
    const target = { points: normals(50, randomStream('target'), 0.5), weights: equal(50) };
    const found = await logDensityRatio(pool, target, 1, randomStream('centres'));
    const chosen = [...permutation(n, randomStream('centres')).subarray(0, 4_000)];
    const checked = [
      chosen[0]!,
      chosen[3_999]!,
      ...[...Array(n).keys()].filter((i) => !chosen.includes(i)).slice(0, 3),
    ];
    const [own, theirs] = [scottBandwidth({ points: pool, weights: equal(n) }, 1), scottBandwidth(target, 1)];
    for (const i of checked) {
      const others = chosen.filter((j) => j !== i);
      const bottom = density(
        [pool[i]!],
        Float64Array.from(others, (j) => pool[j]!),
        others.map(() => 1 / others.length),
        own,
      );
      const top = density(
        [pool[i]!],
        target.points,
        target.weights.map((w) => w / 50),
        theirs,
      );
      expect(found[i]).toBeCloseTo(Math.log(top / bottom), 9);
    }
  });

  // Pool N(0, 1), target N(.5, 1): the log ratio is x/2 - 1/8. Least squares on the bulk, mean of five samples of 2 000; smoothing by a
  // bandwidth of h = .22 turns the slope into .5 / (1 + h^2) = .477, and its standard error over samples is .027.
  it('recovers the known ratio of two Gaussians', async () => {
    const n = 2_000;
    const [slopes, intercepts]: [number[], number[]] = [[], []];
    for (let sample = 0; sample < 5; sample++) {
      const random = randomStream('gauss', sample);
      const pool = normals(n, random.fork('pool'));
      const target = { points: normals(n, random.fork('target'), 0.5), weights: equal(n) };
      const ratio = await logDensityRatio(pool, target, 1, random.fork('centres'));
      const bulk = [...pool.keys()].filter((i) => Math.abs(pool[i]!) < 1.5);
      const meanX = bulk.reduce((s, i) => s + pool[i]!, 0) / bulk.length;
      const meanY = bulk.reduce((s, i) => s + ratio[i]!, 0) / bulk.length;
      const products = bulk.reduce((s, i) => s + (pool[i]! - meanX) * (ratio[i]! - meanY), 0);
      slopes.push(products / bulk.reduce((s, i) => s + (pool[i]! - meanX) ** 2, 0));
      intercepts.push(meanY - slopes.at(-1)! * meanX);
      const weights = clippedWeights(ratio, 0.99);
      expect(Math.abs(weights.reduce((s, w, i) => s + w * pool[i]!, 0) - 0.5)).toBeLessThan(0.1);
    }
    const mean = (values: number[]): number => values.reduce((s, x) => s + x / values.length, 0);
    expect(Math.abs(mean(slopes) - 0.477)).toBeLessThan(0.06);
    expect(Math.abs(mean(intercepts) + 0.125)).toBeLessThan(0.04);
  });

  it('leaves a pool alone that already is the target', async () => {
    const [pool, people] = ['a', 'b'].map((name) => normals(2_000, randomStream(name)));
    const ratio = await logDensityRatio(pool!, { points: people!, weights: equal(2_000) }, 1, randomStream('c'));
    const bulk = ratio.filter((_, i) => Math.abs(pool![i]!) < 1.5);
    expect(Math.abs(bulk.reduce((s, r) => s + r, 0) / bulk.length)).toBeLessThan(0.05);
    expect(Math.max(...bulk.map(Math.abs))).toBeLessThan(0.4);
  });

  it.each([0, 1e6])('is finite for one persona, at %d', async (x) => {
    const ratio = await logDensityRatio(vec(x), { points: vec(0, 1), weights: vec(1, 1) }, 1, randomStream('x'));
    expect([...ratio]).toEqual([0]);
    for (const clip of [0.5, 1]) expect([...clippedWeights(ratio, clip)]).toEqual([1]);
  });

  it.each([2, 50, 4_500])('is finite and even for a pool of one point, repeated %i times', async (n) => {
    const pool = new Float64Array(2 * n).fill(0.1);
    const target = { points: normals(60, randomStream('target')), weights: equal(30) };
    const ratio = await logDensityRatio(pool, target, 2, randomStream('x'));
    expect(ratio.every(Number.isFinite)).toBe(true);
    clippedWeights(ratio, 0.9).forEach((w) => expect(w).toBeCloseTo(1 / n, 9));
  });

  it('counts a persona alone in space as rare as the rarest that can be measured', async () => {
    const pool = vec(...normals(30, randomStream('crowd')), 1e6);
    const ratio = await logDensityRatio(pool, { points: vec(0, 1), weights: vec(1, 1) }, 1, randomStream('x'));
    expect(ratio[30]).toBe(Math.max(...ratio.subarray(0, 30)));
  });

  it('takes any evaluator of kernel sums, also one that answers later', async () => {
    const pool = normals(20, randomStream('pool'));
    const target = { points: normals(20, randomStream('people')), weights: equal(20) };
    let calls = 0;
    const later = await logDensityRatio(pool, target, 1, randomStream('c'), (input) => {
      calls++;
      return Promise.resolve(logKernelSums(input));
    });
    expect(calls).toBe(2);
    expect(later).toStrictEqual(await logDensityRatio(pool, target, 1, randomStream('c')));
  });
});

describe('clippedWeights', () => {
  const logs = vec(0, Math.log(2), Math.log(4), Math.log(8));
  it.each([
    { clip: 1, expected: [1 / 15, 2 / 15, 4 / 15, 8 / 15] },
    { clip: 0.75, expected: [1 / 11, 2 / 11, 4 / 11, 4 / 11] },
    { clip: 0.25, expected: [1 / 4, 1 / 4, 1 / 4, 1 / 4] },
  ])('by hand: clipped at the quantile $clip', ({ clip, expected }) =>
    clippedWeights(logs, clip).forEach((w, i) => expect(w).toBeCloseTo(expected[i]!, 14)),
  );

  it('sees differences of logs only, however large they are', () => {
    clippedWeights(
      logs.map((x) => x + 5000),
      1,
    ).forEach((w, i) => expect(w).toBeCloseTo([1, 2, 4, 8][i]! / 15, 9));
    expect(clippedWeights(vec(-9000, 0), 1)).toStrictEqual(vec(0, 1));
  });
});

describe('logDensityRatio, settings', () => {
  const pool = normals(400, randomStream('pool'));
  const target = { points: normals(300, randomStream('people'), 0.4), weights: equal(150) };
  const ratio = (options?: Parameters<typeof logDensityRatio>[5]) =>
    logDensityRatio(pool, target, 2, randomStream('c'), undefined, options);

  it('in single precision differs by a millionth, and leaves the own density in double', async () => {
    const [double, single] = [await ratio(), await ratio({ precision: 'single' })];
    expect(single).not.toStrictEqual(double);
    single.forEach((r, i) => expect(Math.abs(r - double[i]!)).toBeLessThan(1e-5));
    const asked: unknown[] = [];
    await logDensityRatio(
      pool,
      target,
      2,
      randomStream('c'),
      (input) => (asked.push(input.precision), logKernelSums(input)),
      {
        precision: 'single',
      },
    );
    expect(asked).toEqual(['single', undefined]);
  });

  it('takes bandwidths, and those that it would take anyway change nothing', async () => {
    const own = scottBandwidth({ points: pool, weights: equal(200) }, 2);
    const same = await ratio({ poolBandwidth: own, targetBandwidth: scottBandwidth(target, 2) });
    expect(same).toStrictEqual(await ratio());
    const wide = await ratio({ targetBandwidth: scottBandwidth(target, 2).map((h) => 9 * h) });
    expect(Math.max(...wide)).not.toBeCloseTo(Math.max(...same), 1);
  });
});

describe('smoothedWeights', () => {
  // Ratios u^-k have a Pareto tail of shape k; here at their expected places, so that only the prior moves the estimate.
  const tailed = (n: number, k: number): Float64Array =>
    Float64Array.from({ length: n }, (_, i) => -k * Math.log((i + 0.5) / n));

  it.each([0.2, 0.5, 0.7, 1])('finds the shape %d of the tail', (k) => {
    const { paretoK, paretoKLimit, weights } = smoothedWeights(tailed(10_000, k));
    expect(Math.abs(paretoK! - (300 * k + 5) / 310)).toBeLessThan(0.05);
    expect(paretoKLimit).toBe(0.7);
    expect(weights.reduce((s, w) => s + w, 0)).toBeCloseTo(1, 12);
  });

  it('leaves alone what is not in the tail, keeps the order, and exceeds no raw ratio', () => {
    const random = randomStream('tail');
    const logs = Float64Array.from({ length: 2_000 }, () => 2 * random.normal());
    const { weights } = smoothedWeights(logs);
    const order = [...logs.keys()].sort((i, j) => logs[i]! - logs[j]!);
    const size = Math.ceil(3 * Math.sqrt(2_000));
    const unit = weights[order[0]!]! / Math.exp(logs[order[0]!]!);
    for (const [rank, i] of order.entries()) {
      const raw = Math.exp(logs[i]!) * unit;
      if (rank < 2_000 - size) expect(weights[i]! / raw).toBeCloseTo(1, 9);
      if (rank > 0) expect(weights[i]).toBeGreaterThanOrEqual(weights[order[rank - 1]!]!);
      expect(weights[i]).toBeLessThanOrEqual(Math.exp(Math.max(...logs)) * unit * (1 + 1e-9));
    }
  });

  // The published algorithm written in R (grid of 30 + √n, weak prior), on quantiles of a log-normal with σ = 2.
  it('gives the k that the algorithm gives in R', () => {
    const logs = Float64Array.from({ length: 2_000 }, (_, i) => 2 * normalQuantile((i + 0.5) / 2_000));
    expect(smoothedWeights(logs).paretoK).toBeCloseTo(0.6453554, 6);
  });

  // Pool N(0, 1), target N(1, 1): the ratio is exp(x - 1/2).
  it('gives the mean of a shifted Gaussian', () => {
    const pool = normals(4_000, randomStream('psis'));
    const { weights, paretoK } = smoothedWeights(pool.map((x) => x - 0.5));
    const mean = weights.reduce((s, w, i) => s + w * pool[i]!, 0);
    expect(Math.abs(mean - 1)).toBeLessThan(0.1);
    expect(paretoK).toBeLessThan(0.7);
  });

  it.each([
    { name: 'one', logs: [3], expected: [1] },
    { name: 'too few for a tail', logs: [0, 0, Math.log(2)], expected: [1 / 4, 1 / 4, 1 / 2] },
    { name: 'all alike', logs: new Array<number>(40).fill(7), expected: new Array<number>(40).fill(1 / 40) },
  ])('smooths nothing: $name', ({ logs, expected }) => {
    const { weights, paretoK } = smoothedWeights(Float64Array.from(logs));
    expect(paretoK).toBeNull();
    weights.forEach((w, i) => expect(w).toBeCloseTo(expected[i]!, 14));
  });

  it('is finite where one ratio is beyond all others, and says so', () => {
    const logs = Float64Array.from({ length: 200 }, (_, i) => (i === 17 ? 900 : (i % 10) / 10));
    const { weights, paretoK } = smoothedWeights(logs);
    expect(weights.every(Number.isFinite)).toBe(true);
    expect(paretoK).toBeGreaterThan(0.7);
    expect(weights[17]).toBe(Math.max(...weights));
  });

  // 1 - 1/log10 n.
  it.each([
    { n: 100, limit: 0.5 },
    { n: 1_000, limit: 2 / 3 },
    { n: 100_000, limit: 0.7 },
  ])('says what k may reach with $n points', ({ n, limit }) =>
    expect(smoothedWeights(new Float64Array(n)).paretoKLimit).toBeCloseTo(limit, 12),
  );
});

describe('classifierLogRatio', () => {
  // Pool N(0, I), target N((.5, 0), diag(1, s²)): log ratio by the densities.
  it('finds the ratio of two Gaussians', () => {
    const n = 4_000;
    const pool = normals(2 * n, randomStream('pool'));
    const target = { points: normals(2 * n, randomStream('target')), weights: equal(n) };
    for (let i = 0; i < n; i++) {
      target.points[2 * i]! += 0.5;
      target.points[2 * i + 1]! *= 0.8;
    }
    const { rows, logRatio } = classifierLogRatio(pool, target, 2, randomStream('c'));
    expect([...rows]).toEqual([...Array(n).keys()]);
    let squares = 0;
    rows.forEach((i, at) => {
      const [x, y] = [pool[2 * i]!, pool[2 * i + 1]!];
      const exact = 0.5 * x - 0.125 - Math.log(0.8) + (y * y) / 2 - (y * y) / 1.28;
      squares += (logRatio[at]! - exact) ** 2 / n;
    });
    // Six coefficients from 3,200 of each.
    expect(Math.sqrt(squares)).toBeLessThan(0.15);
  });

  it('reads weights of the target as repetitions do, and looks at no more than it says', () => {
    const n = 500;
    const pool = normals(n, randomStream('pool'));
    const points = normals(n, randomStream('shifted'));
    // Weights exp(x - 1/2) move N(0, 1) to N(1, 1), for which the log ratio is x - 1/2.
    const target = { points, weights: points.map((x) => Math.exp(x - 0.5)) };
    const { logRatio } = classifierLogRatio(pool, target, 1, randomStream('c'));
    const slope = pool.reduce((s, x, i) => s + x * logRatio[i]!, 0) / pool.reduce((s, x) => s + x * x, 0);
    expect(Math.abs(slope - 1)).toBeLessThan(0.25);
    const many = normals(20_010, randomStream('many'));
    const { rows } = classifierLogRatio(many, { points: many, weights: equal(20_010) }, 1, randomStream('c'));
    expect(rows).toHaveLength(20_000);
    expect(new Set(rows).size).toBe(20_000);
  });
});
