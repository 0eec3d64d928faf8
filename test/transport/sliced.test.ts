import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { Failure } from '../../src/core/failure.js';
import { wasserstein1 } from '../../src/transport/divergences.js';
import {
  alongDirections,
  axes,
  energyDistance,
  marginalWasserstein,
  randomDirections,
  slicedWasserstein,
  type Sample,
} from '../../src/transport/sliced.js';

const vec = (...values: number[]): Float64Array => Float64Array.from(values);
const normals = (n: number, name: string, shift = 0, spread = 1): Float64Array => {
  const random = randomStream('sliced', name);
  return Float64Array.from({ length: n }, () => shift + spread * random.normal());
};
const mean = (values: Float64Array): number => values.reduce((s, x) => s + x, 0) / values.length;
const repeated = (points: Float64Array, weights: readonly number[], d: number): Float64Array =>
  Float64Array.from(
    weights.flatMap((w, i) => new Array<number[]>(w).fill([...points.subarray(i * d, i * d + d)]).flat()),
  );

/** Energy distance by its definition: all pairs. */
function energyByPairs(
  a: Float64Array,
  aw: readonly number[],
  b: Float64Array,
  bw: readonly number[],
  d: number,
): number {
  const between = (x: Float64Array, xw: readonly number[], y: Float64Array, yw: readonly number[]): number => {
    let [total, mass] = [0, 0];
    xw.forEach((w, i) =>
      yw.forEach((v, j) => {
        total += w * v * Math.hypot(...Array.from({ length: d }, (_, k) => x[i * d + k]! - y[j * d + k]!));
        mass += w * v;
      }),
    );
    return total / mass;
  };
  return 2 * between(a, aw, b, bw) - between(a, aw, a, aw) - between(b, bw, b, bw);
}

describe('alongDirections', () => {
  const points = (value: (i: number) => number[]): Float64Array =>
    Float64Array.from(Array.from({ length: 40 }, (_, i) => value(i)).flat());
  const a = points((i) => [Math.sin(i), Math.cos(2 * i), Math.sin(3 * i + 1)]);
  const b = points((i) => [1.5 * Math.cos(i), Math.sin(1.7 * i) + 0.5, Math.cos(5 * i)]);
  const directions = vec(1, 0, 0, 0.6, 0.8, 0, 0, -0.6, 0.8, 2 / 3, 2 / 3, -1 / 3);

  // POT 0.8.2, ot.emd2_1d with metric euclidean and sqeuclidean.
  it.each([
    {
      name: 'equal weights',
      weights: {},
      order1: [0.3210102347300038, 0.42597599421531906, 0.2889072025878364, 0.40363955279659747],
      order2: [0.13119828525142874, 0.2483919585723893, 0.09171846862492075, 0.2588359033820584],
    },
    {
      name: 'weights 1 + i mod 3 and 1 + i² mod 4',
      weights: {
        a: Float64Array.from({ length: 40 }, (_, i) => 1 + (i % 3)),
        b: Float64Array.from({ length: 40 }, (_, i) => 1 + ((i * i) % 4)),
      },
      order1: [0.3026443585559445, 0.44834144772842766, 0.31879317334767715, 0.4122037429224259],
      order2: [0.12064821840038871, 0.2651536122270376, 0.11242124581241325, 0.2751479458718717],
    },
  ])('gives the distances of POT: $name', ({ weights, order1, order2 }) => {
    const { a: aw, b: bw } = weights as { a?: Float64Array; b?: Float64Array };
    const found = alongDirections(
      { points: a, ...(aw && { weights: aw }) },
      { points: b, ...(bw && { weights: bw }) },
      3,
      directions,
    );
    order1.forEach((e, v) => expect(found.order1[v]).toBeCloseTo(e, 6));
    order2.forEach((e, v) => expect(found.order2[v]).toBeCloseTo(e, 6));
  });

  it('agrees with the exact distance on a line, with any weights, sizes and scales', () => {
    const sample = fc.array(fc.tuple(fc.double({ min: -50, max: 50, noNaN: true }), fc.integer({ min: 0, max: 5 })), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(sample, sample, fc.constantFrom(1e-200, 1, 1e200), (left, right, scale) => {
        const side = (pairs: typeof left) => ({
          points: vec(...pairs.map(([x]) => x * scale)),
          weights: vec(...pairs.map(([, w], i) => (i === 0 ? w + 1 : w))),
        });
        const [p, q] = [side(left), side(right)];
        const exact = wasserstein1(p.points, p.weights, q.points, q.weights) / scale;
        const found = alongDirections(p, q, 1, axes(1)).order1[0]! / scale;
        expect(Math.abs(found - exact)).toBeLessThan(1e-5);
        expect(alongDirections(q, p, 1, axes(1)).order1[0]! / scale).toBeCloseTo(found, 5);
      }),
      { seed: 20260101, numRuns: 200 },
    );
  });

  it('reads whole weights as repetitions, and absent weights as equal ones', () => {
    const [p, q] = [normals(90, 'p'), normals(60, 'q', 0.3)];
    const weights = Array.from({ length: 30 }, (_, i) => i % 4);
    const all = randomDirections(20, 3, randomStream('directions'));
    const heavy = alongDirections({ points: p, weights: Float64Array.from(weights) }, { points: q }, 3, all, {
      energy: true,
    });
    const many = alongDirections(
      { points: repeated(p, weights, 3) },
      { points: q, weights: new Float64Array(20).fill(7) },
      3,
      all,
      { energy: true },
    );
    for (const name of ['order1', 'order2', 'energy'] as const)
      heavy[name].forEach((e, v) => expect(many[name][v]).toBeCloseTo(e, 6));
  });

  it('takes the same value by both of its ways: equal sizes without and with weights', () => {
    const [p, q] = [normals(3_000, 'one'), normals(3_000, 'two', 0.2, 1.3)];
    const all = randomDirections(5, 3, randomStream('ways'));
    const fast = alongDirections({ points: p }, { points: q }, 3, all);
    const slow = alongDirections({ points: p }, { points: q }, 3, all, { energy: true });
    fast.order1.forEach((e, v) => expect(slow.order1[v]).toBeCloseTo(e, 9));
    fast.order2.forEach((e, v) => expect(slow.order2[v]).toBeCloseTo(e, 9));
  });

  it('gives the same bytes on two threads, and takes single precision for what it is', () => {
    const [p, q] = [normals(3_000, 'one'), normals(3_000, 'two')];
    const all = randomDirections(30, 3, randomStream('threads'));
    expect(alongDirections({ points: p }, { points: q }, 3, all, { workers: 2 })).toStrictEqual(
      alongDirections({ points: p }, { points: q }, 3, all),
    );
    const [p32, q32] = [Float32Array.from(p), Float32Array.from(q)];
    const found = alongDirections({ points: p32 }, { points: q32 }, 3, all);
    expect(found).toStrictEqual(
      alongDirections({ points: Float64Array.from(p32) }, { points: Float64Array.from(q32) }, 3, all),
    );
  });
});

describe('slicedWasserstein', () => {
  it('is 0 for the same sample in another order', () => {
    const p = normals(300, 'same');
    const { order1, order2 } = slicedWasserstein({ points: p }, { points: p.slice().reverse() }, 1, randomStream('s'));
    expect([order1.value, order2.value, order1.standardError, order2.standardError]).toEqual([0, 0, 0, 0]);
  });

  // W2 of N(m, I) and N(0, I) along u is |u·m|, whose square has the mean |m|²/d and whose mean is that of |u·e| |m|: in three
  // dimensions |m|/2. A translated sample has these without any error but that of the directions.
  it('sees a translation as its shadow on the directions', () => {
    const p = normals(3 * 500, 'moved');
    const q = p.map((x, at) => x + [2, -1, 2][at % 3]!);
    const { order1, order2 } = slicedWasserstein({ points: p }, { points: q }, 3, randomStream('m'), {
      projections: 4_000,
    });
    expect(Math.abs(order1.value - 1.5)).toBeLessThan(4 * order1.standardError);
    expect(Math.abs(order2.value - Math.sqrt(3))).toBeLessThan(4 * order2.standardError);
    // |u·e| is uniform on [0, 1] in three dimensions: its standard deviation is 1/√12.
    expect(order1.standardError).toBeCloseTo(3 / Math.sqrt(12 * 4_000), 3);
  });

  // Two centred Gaussians with σ = 1 and 2: W1 = √(2/π), W2 = 1 along every direction; sampling error below .02.
  it('of two Gaussians', () => {
    const [p, q] = [normals(60_000, 'g1'), normals(60_000, 'g2', 0, 2)];
    const { order1, order2 } = slicedWasserstein({ points: p }, { points: q }, 2, randomStream('g'), {
      projections: 20,
    });
    expect(Math.abs(order1.value - Math.sqrt(2 / Math.PI))).toBeLessThan(0.02);
    expect(Math.abs(order2.value - 1)).toBeLessThan(0.02);
  });

  it('keeps its precision beside an outlier, and far from 0', () => {
    const p = normals(1_001, 'crowd');
    const q = p.map((x) => x + 0.25);
    const far = (points: Float64Array, to: number): Float64Array => points.map((x) => x + to);
    expect(marginalWasserstein({ points: far(p, 1e7) }, { points: far(q, 1e7) }, 1)[0]).toBeCloseTo(0.25, 6);
    const [lonely, other] = [vec(...p, 1e9), vec(...q, 1e9)];
    // The two outliers are at the same place, and the others count as before.
    expect(marginalWasserstein({ points: lonely }, { points: other }, 1)[0]).toBeCloseTo((0.25 * 1_001) / 1_002, 6);
  });

  it.each([
    { fault: 'nobody', sample: { points: vec() }, message: '.weights: no positive total; got 0.' },
    {
      fault: 'no weight',
      sample: { points: vec(1, 2), weights: vec(0) },
      message: '.weights: no positive total; got 0.',
    },
    {
      fault: 'a missing value',
      sample: { points: vec(1, 2, 3) },
      message: ': points and masses do not fit; got 3, expected 1 x 2.',
    },
    {
      fault: 'no number',
      sample: { points: vec(1, 2, NaN, 3) },
      message: '[1]: not a point; got NaN, expected 2 finite coordinates.',
    },
    {
      fault: 'a negative weight',
      sample: { points: vec(1, 2, 3, 4), weights: vec(2, -1) },
      message: '[1]: not a mass; got -1, expected a finite number ≥ 0.',
    },
  ])('names $fault', ({ sample, message }) => {
    const good: Sample = { points: vec(1, 2) };
    expect(() => slicedWasserstein(sample, good, 2, randomStream('f'))).toThrow(Failure);
    expect(() => slicedWasserstein(sample, good, 2, randomStream('f'))).toThrow(`sliced.a${message}`);
    expect(() => energyDistance(good, sample, 2, randomStream('f'))).toThrow(`sliced.b${message}`);
  });
});

describe('energyDistance', () => {
  // R package energy 1.7-11, edist x (n + m) / n m.
  it('is that of the R package energy, to the error of the directions', () => {
    const a = vec(0, 1, 1, -1, 2, 0.5, 3.5, 2);
    const b = vec(0.5, 0, 4, 1, 2, -2);
    const { value, standardError } = energyDistance({ points: a }, { points: b }, 2, randomStream('e'), {
      projections: 4_000,
    });
    expect(energyByPairs(a, [1, 1, 1, 1], b, [1, 1, 1], 2)).toBeCloseTo(0.863391471353, 11);
    expect(Math.abs(value - 0.863391471353)).toBeLessThan(4 * standardError);
    expect(standardError).toBeLessThan(0.02);
  });

  it('is exact on a line, with weights', () => {
    const weights = fc.array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 1, max: 4 })), {
      minLength: 1,
      maxLength: 15,
    });
    fc.assert(
      fc.property(weights, weights, (left, right) => {
        const [a, b] = [vec(...left.map(([x]) => x)), vec(...right.map(([x]) => x))];
        const [aw, bw] = [left.map(([, w]) => w), right.map(([, w]) => w)];
        const found = energyDistance(
          { points: a, weights: vec(...aw) },
          { points: b, weights: vec(...bw) },
          1,
          randomStream('line'),
        );
        expect(found.value).toBeCloseTo(energyByPairs(a, aw, b, bw, 1), 4);
        expect(found.standardError).toBe(0);
      }),
      { seed: 20260101, numRuns: 100 },
    );
  });

  it.each([2, 3, 4, 5])('is right on average in %i dimensions', (d) => {
    const [a, b] = [normals(40 * d, `a${d}`), normals(30 * d, `b${d}`, 0.5, 2)];
    const ones = (n: number): number[] => new Array<number>(n).fill(1);
    const { value, standardError } = energyDistance({ points: a }, { points: b }, d, randomStream('e', d), {
      projections: 1_000,
    });
    const exact = energyByPairs(a, ones(40), b, ones(30), d);
    expect(Math.abs(value - exact)).toBeLessThan(4 * standardError);
    expect(standardError).toBeLessThan(0.05 * exact);
  });
});

describe('marginalWasserstein', () => {
  it('is the distance of each column', () => {
    const [p, q] = [normals(120, 'p'), normals(90, 'q', 1, 2)];
    const column = (points: Float64Array, k: number): Float64Array => points.filter((_, at) => at % 3 === k);
    const ones = (n: number): Float64Array => new Float64Array(n).fill(1);
    const found = marginalWasserstein({ points: p }, { points: q }, 3);
    for (let k = 0; k < 3; k++)
      expect(found[k]).toBeCloseTo(wasserstein1(column(p, k), ones(40), column(q, k), ones(30)), 5);
    expect(mean(found)).toBeGreaterThan(0.5);
  });
});
