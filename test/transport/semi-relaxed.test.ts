import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { randomStream } from '../../src/core/random.js';
import { normalized, sum } from '../../src/numerics/statistics.js';
import {
  semiRelaxedTransport,
  type SemiRelaxedOptions,
  type SemiRelaxedSolution,
  type TransportProblem,
} from '../../src/transport/semi-relaxed.js';

const vec = (...values: number[]): Float64Array => Float64Array.from(values);

function cost({ dimensions: d, source, target, scale }: TransportProblem): number[][] {
  return Array.from(source.masses, (_, i) =>
    Array.from(target.masses, (_, j) => {
      let total = 0;
      for (let k = 0; k < d; k++) total += ((source.points[i * d + k]! - target.points[j * d + k]!) / scale[k]!) ** 2;
      return total;
    }),
  );
}

/** The coupling that the potentials stand for. */
function coupling(problem: TransportProblem, { f, g }: SemiRelaxedSolution, epsilon: number): number[][] {
  const [a, b] = [problem.source.masses, problem.target.masses];
  return cost(problem).map((row, i) =>
    row.map((c, j) => (a[i] === 0 || b[j] === 0 ? 0 : a[i]! * b[j]! * Math.exp((f[i]! + g[j]! - c) / epsilon))),
  );
}
const rowSums = (p: readonly (readonly number[])[]): number[] => p.map((row) => row.reduce((s, x) => s + x, 0));
const columnSums = (p: readonly (readonly number[])[]): number[] =>
  p[0]!.map((_, j) => p.reduce((s, row) => s + row[j]!, 0));
const distance = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
  Array.from(x).reduce((s, v, i) => s + Math.abs(v - y[i]!), 0);

/**
 * The slow method: scaling of the whole matrix K = exp(-C/epsilon), row factors damped by rho / (rho + epsilon)
 * (Chizat et al. 2018, algorithm 1). Powers are fractional here; only the library must do without them.
 */
function naiveCoupling(problem: TransportProblem, epsilon: number, rho: number, iterations = 3_000): number[][] {
  const [a, b] = [problem.source.masses, problem.target.masses];
  const kernel = cost(problem).map((row) => row.map((c) => Math.exp(-c / epsilon)));
  const power = rho === Infinity ? 1 : rho / (rho + epsilon);
  let u: number[] = Array.from(a, () => 1);
  let v: number[] = [];
  for (let t = 0; t < iterations; t++) {
    v = Array.from(b, (_, j) => 1 / kernel.reduce((s, row, i) => s + a[i]! * u[i]! * row[j]!, 0));
    if (t < iterations - 1)
      u = kernel.map((row) =>
        Math.pow(
          row.reduce((s, k, j) => s + b[j]! * v[j]! * k, 0),
          -power,
        ),
      );
  }
  return kernel.map((row, i) => row.map((k, j) => a[i]! * u[i]! * k * v[j]! * b[j]!));
}

/** Clouds of n and m points with unequal masses. */
function clouds(n: number, m: number, d: number, seed: number): TransportProblem {
  const random = randomStream('clouds', n, m, d, seed);
  const points = (size: number, shift: number) =>
    Float64Array.from({ length: size * d }, () => shift + random.normal());
  const masses = (size: number) => normalized(Array.from({ length: size }, () => 0.2 + random.uniform()));
  return {
    dimensions: d,
    source: { points: points(n, 0), masses: masses(n) },
    target: { points: points(m, 0.5), masses: masses(m) },
    scale: Float64Array.from({ length: d }, (_, k) => 1 + k / 2),
  };
}
const precise = { tolerance: 1e-11, maxIterations: 100_000 };
const solve = (problem: TransportProblem, options: Partial<SemiRelaxedOptions> = {}) =>
  semiRelaxedTransport(problem, { epsilon: 1, rho: 1, ...options });

const shapes = [
  { n: 1, m: 1, d: 1 },
  { n: 1, m: 5, d: 2 },
  { n: 6, m: 1, d: 1 },
  { n: 8, m: 5, d: 1 },
  { n: 12, m: 15, d: 3 },
];

describe('semiRelaxedTransport against the whole matrix', () => {
  it.each(shapes)(
    'rho = 0 is the closed form: each target point shares its mass among what is near ($n to $m in $d)',
    async ({ n, m, d }) => {
      const problem = clouds(n, m, d, 0);
      const [a, b] = [problem.source.masses, problem.target.masses];
      const kernel = cost(problem).map((row) => row.map((c) => Math.exp(-c / 0.7)));
      const expected = kernel.map((row, i) =>
        row.reduce((s, k, j) => s + (b[j]! * a[i]! * k) / kernel.reduce((t, other, o) => t + a[o]! * other[j]!, 0), 0),
      );
      const solution = await solve(problem, { epsilon: 0.7, rho: 0 });
      expect(solution).toMatchObject({ status: 'converged', iterations: 1, rowError: 0 });
      expect(distance(solution.rowMasses, expected)).toBeLessThan(1e-12);
      expect(distance(columnSums(coupling(problem, solution, 0.7)), b)).toBeLessThan(1e-12);
    },
  );

  it.each(shapes)(
    'rho = infinity is balanced transport: both marginals are met ($n to $m in $d)',
    async ({ n, m, d }) => {
      const problem = clouds(n, m, d, 1);
      const solution = await solve(problem, { rho: Infinity, ...precise });
      const [found, expected] = [coupling(problem, solution, 1), naiveCoupling(problem, 1, Infinity)];
      expect(solution.status).toBe('converged');
      expect(distance(found.flat(), expected.flat())).toBeLessThan(1e-9);
      expect(distance(rowSums(found), problem.source.masses)).toBeLessThan(1e-10);
      expect(distance(columnSums(found), problem.target.masses)).toBeLessThan(1e-10);
      expect(distance(solution.rowMasses, problem.source.masses)).toBeLessThan(1e-10);
    },
  );

  it.each([
    { epsilon: 1, rho: 0.01 },
    { epsilon: 0.5, rho: 0.125 },
    { epsilon: 0.5, rho: 2 },
    { epsilon: 3, rho: 50 },
  ])('between: epsilon $epsilon, rho $rho', async ({ epsilon, rho }) => {
    for (const { n, m, d } of shapes) {
      const problem = clouds(n, m, d, 2);
      const solution = await solve(problem, { epsilon, rho, ...precise });
      const [found, expected] = [coupling(problem, solution, epsilon), naiveCoupling(problem, epsilon, rho)];
      expect(solution.status).toBe('converged');
      expect(distance(found.flat(), expected.flat())).toBeLessThan(1e-8);
      expect(distance(solution.rowMasses, rowSums(expected))).toBeLessThan(1e-8);
    }
  });

  it('minimises what it says: moving mass between rows makes the objective worse', async () => {
    const problem = clouds(6, 5, 2, 3);
    const [epsilon, rho] = [0.8, 0.6];
    const c = cost(problem);
    const [a, b] = [problem.source.masses, problem.target.masses];
    const kl = (p: number, q: number): number => (p === 0 ? q : p * Math.log(p / q) - p + q);
    const objective = (p: number[][]): number =>
      p.flat().reduce((s, x, at) => s + x * c.flat()[at]! + epsilon * kl(x, a[Math.floor(at / 5)]! * b[at % 5]!), 0) +
      rho * rowSums(p).reduce((s, x, i) => s + kl(x, a[i]!), 0);
    const best = coupling(problem, await solve(problem, { epsilon, rho, ...precise }), epsilon);
    for (let from = 0; from < 6; from++)
      for (let to = 0; to < 6; to++) {
        if (from === to) continue;
        // The columns stay as they are.
        const moved = best.map((row) => [...row]);
        const mass = 0.05 * moved[from]![2]!;
        moved[from]![2]! -= mass;
        moved[to]![2]! += mass;
        expect(objective(moved)).toBeGreaterThan(objective(best));
      }
  });
});

describe('semiRelaxedTransport: what must hold', () => {
  const anyProblem = fc.record({
    n: fc.integer({ min: 1, max: 12 }),
    m: fc.integer({ min: 1, max: 12 }),
    d: fc.integer({ min: 1, max: 3 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
    epsilon: fc.double({ min: 0.2, max: 5, noNaN: true }),
    rho: fc.oneof(fc.constantFrom(0, Infinity), fc.double({ min: 0.01, max: 20, noNaN: true })),
    maxIterations: fc.integer({ min: 1, max: 60 }),
  });

  it('claims convergence exactly when rows and columns are met; errors are those of the coupling', async () => {
    await fc.assert(
      fc.asyncProperty(anyProblem, async ({ n, m, d, seed, epsilon, rho, maxIterations }) => {
        const problem = clouds(n, m, d, seed);
        const tolerance = 1e-7;
        const solution = await solve(problem, { epsilon, rho, tolerance, maxIterations });
        const p = coupling(problem, solution, epsilon);
        const wanted = problem.source.masses.map((a, i) =>
          rho === Infinity ? a : a * Math.exp(-solution.f[i]! / rho),
        );
        const rowError = rho === 0 ? 0 : distance(rowSums(p), wanted);
        const columnError = distance(columnSums(p), problem.target.masses);
        expect(Math.abs(solution.rowError - rowError)).toBeLessThan(1e-12);
        expect(Math.abs(solution.columnError - columnError)).toBeLessThan(1e-12);
        expect(solution.status).toBe(
          solution.rowError <= tolerance && solution.columnError <= tolerance ? 'converged' : 'iteration-limit',
        );
        expect(solution.iterations).toBeLessThanOrEqual(maxIterations);
        // Whether it converged or not, the new masses are masses.
        expect(sum(solution.rowMasses)).toBeCloseTo(1, 10);
        expect(distance(solution.rowMasses, rowSums(p))).toBeLessThan(1e-10);
      }),
      { seed: 20260101, numRuns: 200 },
    );
  });

  it('admits that the iterations were too few', async () => {
    const few = await solve(clouds(12, 15, 3, 4), { rho: Infinity, epsilon: 0.05, maxIterations: 3 });
    expect([few.status, few.iterations]).toEqual(['iteration-limit', 3]);
    expect(few.rowError).toBeGreaterThan(1e-3);
  });

  it('holds the source the more, the larger rho is', async () => {
    const problem = clouds(20, 20, 2, 5);
    const moved: number[] = [];
    for (const rho of [0, 0.1, 1, 10, 100, Infinity])
      moved.push(distance((await solve(problem, { rho, ...precise })).rowMasses, problem.source.masses));
    for (let i = 1; i < moved.length; i++) expect(moved[i]!).toBeLessThan(moved[i - 1]!);
  });

  it('leaves points without mass without mass, and the others as if those were not there', async () => {
    const problem = clouds(5, 4, 2, 6);
    const padded: TransportProblem = {
      ...problem,
      source: { points: vec(...problem.source.points, 9, 9), masses: vec(...problem.source.masses, 0) },
      target: { points: vec(7, 7, ...problem.target.points), masses: vec(0, ...problem.target.masses) },
    };
    for (const rho of [0, 0.5, Infinity]) {
      const [bare, more] = [await solve(problem, { rho }), await solve(padded, { rho })];
      expect(more.rowMasses[5]).toBe(0);
      expect(distance(more.rowMasses.subarray(0, 5), bare.rowMasses)).toBeLessThan(1e-12);
      expect([more.status, more.iterations]).toEqual([bare.status, bare.iterations]);
      expect([...more.f, ...more.g].every(Number.isFinite)).toBe(true);
    }
  });

  it('serves each cluster of the target from its own cluster', async () => {
    // Two clusters, 100 units apart in cost.
    const problem: TransportProblem = {
      dimensions: 1,
      source: { points: vec(0, 10), masses: vec(0.5, 0.5) },
      target: { points: vec(0, 10), masses: vec(0.9, 0.1) },
      scale: vec(1),
    };
    expect(
      distance((await solve(problem, { rho: 1e-3, epsilon: 0.1, ...precise })).rowMasses, [0.9, 0.1]),
    ).toBeLessThan(1e-10);
  });

  it('survives distances whose kernel is zero as a plain number', async () => {
    const problem: TransportProblem = {
      dimensions: 1,
      source: { points: vec(0, 1), masses: vec(0.5, 0.5) },
      target: { points: vec(1000), masses: vec(1) },
      scale: vec(1),
    };
    const { status, rowMasses } = await solve(problem, { rho: Infinity });
    expect(status).toBe('converged');
    expect(distance(rowMasses, [0.5, 0.5])).toBeLessThan(1e-6);
  });

  it('measures cost in units of the scale', async () => {
    const problem = clouds(6, 5, 2, 7);
    const stretched: TransportProblem = {
      ...problem,
      source: { ...problem.source, points: problem.source.points.map((x, at) => (at % 2 === 0 ? 1000 * x : x)) },
      target: { ...problem.target, points: problem.target.points.map((x, at) => (at % 2 === 0 ? 1000 * x : x)) },
      scale: vec(1000 * problem.scale[0]!, problem.scale[1]!),
    };
    expect(distance((await solve(stretched)).rowMasses, (await solve(problem)).rowMasses)).toBeLessThan(1e-9);
  });

  it('gives the same bytes for any number of threads', async () => {
    const problem = clouds(600, 500, 3, 8);
    const alone = await solve(problem, { epsilon: 0.1 });
    expect(alone.status).toBe('converged');
    expect(await solve(problem, { epsilon: 0.1, workers: 2 })).toStrictEqual(alone);
  });
});

describe('semiRelaxedTransport: faults', () => {
  const good = clouds(2, 2, 1, 9);
  const edited = (edit: Partial<TransportProblem>): TransportProblem => ({ ...good, ...edit });
  it.each<{ fault: string; problem: TransportProblem; options?: Partial<SemiRelaxedOptions>; message: string }>([
    {
      fault: 'epsilon 0',
      problem: good,
      options: { epsilon: 0 },
      message: 'transport.epsilon: not positive; got 0, expected > 0, in the unit of the cost.',
    },
    {
      fault: 'no epsilon',
      problem: good,
      options: { epsilon: NaN },
      message: 'transport.epsilon: not positive; got NaN',
    },
    {
      fault: 'infinite epsilon',
      problem: good,
      options: { epsilon: Infinity },
      message: 'transport.epsilon: not finite; got Infinity, expected > 0, in the unit of the cost.',
    },
    ...[0, -3, 1.5, Infinity, NaN].map((maxIterations) => ({
      fault: `${maxIterations} iterations`,
      problem: good,
      options: { maxIterations },
      message: `transport.maxIterations: not a number of iterations; got ${maxIterations}, expected a whole number ≥ 1.`,
    })),
    ...[0, -1, Infinity, NaN].map((s) => ({
      fault: `the unit ${s}`,
      problem: edited({ scale: vec(s) }),
      message: `transport.scale[0]: not a unit; got ${s}, expected a finite number > 0.`,
    })),
    {
      fault: 'no number as a point',
      problem: edited({ source: { points: vec(0, NaN), masses: vec(0.5, 0.5) } }),
      message: 'transport.source[1]: not a point; got NaN, expected 1 finite coordinate.',
    },
    {
      fault: 'a point at infinity',
      problem: {
        dimensions: 2,
        source: { points: vec(0, 0), masses: vec(1) },
        target: { points: vec(0, 0, 1, -Infinity), masses: vec(0.5, 0.5) },
        scale: vec(1, 1),
      },
      message: 'transport.target[1]: not a point; got -Infinity, expected 2 finite coordinates.',
    },
    {
      fault: 'negative rho',
      problem: good,
      options: { rho: -1 },
      message: 'transport.rho: negative; got -1, expected ≥ 0, in the unit of the cost.',
    },
    {
      fault: 'a missing dimension of the scale',
      problem: edited({ scale: vec() }),
      message: 'transport.scale: wrong number of dimensions; got 0, expected 1.',
    },
    {
      fault: 'a missing point',
      problem: edited({ source: { points: vec(1), masses: vec(0.5, 0.5) } }),
      message: 'transport.source: points and masses do not fit; got 1, expected 2 x 1.',
    },
    {
      fault: 'a negative mass',
      problem: edited({ target: { points: vec(1, 2), masses: vec(1.5, -0.5) } }),
      message: 'transport.target[1]: not a mass; got -0.5, expected a finite number ≥ 0.',
    },
    {
      fault: 'no number as a mass',
      problem: edited({ target: { points: vec(1, 2), masses: vec(NaN, 1) } }),
      message: 'transport.target[0]: not a mass; got NaN, expected a finite number ≥ 0.',
    },
    {
      fault: 'masses that are counts',
      problem: edited({ source: { points: vec(1, 2), masses: vec(1, 1) } }),
      message: 'transport.source: masses do not sum to one; got 2, expected 1 (±1e-9).',
    },
  ])('names the fault: $fault', async ({ problem, options, message }) => {
    const act = solve(problem, options);
    await expect(act).rejects.toThrow(Failure);
    await expect(act).rejects.toThrow(message);
  });

  it('says when a target point is out of reach', async () => {
    const problem = edited({ target: { points: vec(0, 1e200), masses: vec(0.5, 0.5) } });
    await expect(solve(problem)).rejects.toThrow(
      'semiRelaxedTransport: a target point is out of reach of every source point. Raise epsilon.',
    );
  });
});
