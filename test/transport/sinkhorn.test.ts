import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { randomStream } from '../../src/core/random.js';
import { normalized, sum } from '../../src/numerics/statistics.js';
import { barycentricMap, couplingRow, sampleCoupling } from '../../src/transport/coupling.js';
import { meanCost, type TransportProblem } from '../../src/transport/problem.js';
import { sinkhornDivergence } from '../../src/transport/sinkhorn-divergence.js';
import { sinkhorn, type SinkhornOptions, type SinkhornSolution } from '../../src/transport/sinkhorn.js';

const vec = (...values: number[]): Float64Array => Float64Array.from(values);

interface Reference {
  readonly dimensions: number;
  readonly x: number[];
  readonly y: number[];
  readonly a: number[];
  readonly b: number[];
  readonly epsilon: number;
  readonly value: number;
  readonly firstRow: number[];
  readonly exact: number;
  readonly unbalanced?: { readonly rho: number; readonly rowMasses: number[]; readonly value: number };
}
/** POT 0.8.2: sinkhorn_log to 1e-13 and the exact cost; written by reference-values.py beside it. */
const references = JSON.parse(
  readFileSync(new URL('reference-values.json', import.meta.url), 'utf8'),
) as readonly Reference[];
const problemOf = ({ dimensions, x, y, a, b }: Reference): TransportProblem => ({
  dimensions,
  source: { points: vec(...x), masses: normalized(vec(...a)) },
  target: { points: vec(...y), masses: normalized(vec(...b)) },
  scale: new Float64Array(dimensions).fill(1),
});

/** Clouds with unequal masses, the second one shifted and wider. */
function clouds(n: number, m: number, d: number, seed: number, equal = false): TransportProblem {
  const random = randomStream('sinkhorn', n, m, d, seed);
  const cloud = (size: number, shift: number, spread: number) => ({
    points: Float64Array.from({ length: size * d }, () => shift + spread * random.normal()),
    masses: normalized(Float64Array.from({ length: size }, () => (equal ? 1 : 0.2 + random.uniform()))),
  });
  return { dimensions: d, source: cloud(n, 0, 1), target: cloud(m, 0.5, 1.2), scale: new Float64Array(d).fill(1) };
}

/** Rows of the coupling, all of them: what the potentials stand for. */
const rowsOf = (problem: TransportProblem, { f, g }: SinkhornSolution, epsilon: number): Float64Array[] =>
  Array.from(problem.source.masses, (_, i) => couplingRow(problem, { f, g, epsilon }, i));
const distance = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
  Array.from(x).reduce((s, v, i) => s + Math.abs(v - y[i]!), 0);
const columnsOf = (rows: readonly Float64Array[]): Float64Array =>
  rows.reduce((s, row) => s.map((v, j) => v + row[j]!), new Float64Array(rows[0]!.length));
const precise = { tolerance: 1e-10, maxIterations: 50_000 };

describe('sinkhorn against POT', () => {
  it.each(references.map((reference, k) => [k, reference] as const))('problem %i', (_, reference) => {
    const problem = problemOf(reference);
    const { epsilon } = reference;
    const solution = sinkhorn(problem, { epsilon, ...precise });
    expect(solution.status).toBe('converged');
    expect(solution.value).toBeCloseTo(reference.value, 7);
    expect(distance(couplingRow(problem, { ...solution, epsilon }, 0), reference.firstRow)).toBeLessThan(1e-8);
    // The entropic coupling costs more than the best one, never less.
    expect(solution.value).toBeGreaterThan(reference.exact - 1e-9);
  });

  it.each(references.flatMap(({ unbalanced }, k) => (unbalanced ? [k] : [])))(
    'both sides give way: problem %i',
    (k) => {
      const { unbalanced, epsilon, ...reference } = references[k]!;
      const rho = unbalanced!.rho;
      const solution = sinkhorn(problemOf({ ...reference, epsilon }), {
        epsilon,
        sourceRho: rho,
        targetRho: rho,
        ...precise,
      });
      expect(solution.status).toBe('converged');
      expect(distance(solution.rowMasses, unbalanced!.rowMasses)).toBeLessThan(1e-8);
      expect(solution.value).toBeCloseTo(unbalanced!.value, 7);
    },
  );

  it('comes near the exact cost as epsilon falls', () => {
    for (const reference of references.slice(0, 8)) {
      const problem = problemOf(reference);
      const { status, value } = sinkhorn(problem, { epsilon: 1e-3 * meanCost(problem), ...precise });
      expect(status).toBe('converged');
      expect(Math.abs(value - reference.exact)).toBeLessThan(5e-3 * meanCost(problem));
    }
  });
});

describe('sinkhorn: what must hold', () => {
  const anyProblem = fc.record({
    n: fc.integer({ min: 1, max: 14 }),
    m: fc.integer({ min: 1, max: 14 }),
    d: fc.integer({ min: 1, max: 4 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
    ratio: fc.double({ min: 0.005, max: 5, noNaN: true }),
    sourceRho: fc.constantFrom(Infinity, Infinity, 0.3, 5),
    targetRho: fc.constantFrom(Infinity, Infinity, 0.3, 5),
    maxIterations: fc.integer({ min: 1, max: 300 }),
  });

  it('reports the errors, masses and cost of the coupling that its potentials stand for', () => {
    fc.assert(
      fc.property(anyProblem, ({ n, m, d, seed, ratio, sourceRho, targetRho, maxIterations }) => {
        const problem = clouds(n, m, d, seed);
        const epsilon = ratio * meanCost(problem);
        const tolerance = 1e-8;
        const solution = sinkhorn(problem, { epsilon, sourceRho, targetRho, tolerance, maxIterations });
        const rows = rowsOf(problem, solution, epsilon);
        const columns = columnsOf(rows);
        const wanted = (masses: Float64Array, potential: Float64Array, rho: number) =>
          masses.map((a, i) => a * Math.exp(-potential[i]! / rho));
        const rowError = distance(rows.map(sum), wanted(problem.source.masses, solution.f, sourceRho));
        const columnError = distance(columns, wanted(problem.target.masses, solution.g, targetRho));
        expect(Math.abs(solution.rowError - rowError)).toBeLessThan(1e-10);
        expect(Math.abs(solution.columnError - columnError)).toBeLessThan(1e-10);
        expect(distance(solution.rowMasses, rows.map(sum))).toBeLessThan(1e-10);
        expect(distance(solution.columnMasses, columns)).toBeLessThan(1e-10);
        expect(solution.status === 'converged').toBe(Math.max(solution.rowError, solution.columnError) <= tolerance);
        expect(solution.iterations).toBeLessThanOrEqual(maxIterations);
        // Never an empty plan.
        expect(sum(solution.rowMasses)).toBeGreaterThan(0);
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });

  it('has a dual value that meets the primal one', () => {
    for (const rho of [Infinity, 0.7]) {
      const problem = clouds(30, 20, 3, 1);
      const epsilon = 0.4;
      const options = { epsilon, sourceRho: rho, targetRho: rho, ...precise };
      const solution = sinkhorn(problem, options);
      const kl = (p: ArrayLike<number>, q: ArrayLike<number>): number =>
        Array.from(p).reduce((s, x, i) => s + (x > 0 ? x * Math.log(x / q[i]!) : 0) - x + q[i]!, 0);
      const rows = rowsOf(problem, solution, epsilon);
      const entropy = rows.reduce(
        (s, row, i) =>
          s +
          kl(
            row,
            problem.target.masses.map((b) => b * problem.source.masses[i]!),
          ),
        0,
      );
      const given =
        rho === Infinity
          ? 0
          : rho * (kl(rows.map(sum), problem.source.masses) + kl(columnsOf(rows), problem.target.masses));
      expect(solution.value + epsilon * entropy + given).toBeCloseTo(solution.dual, 8);
    }
  });

  it('does not change when source and target change places, nor with a translation of both', () => {
    const problem = clouds(40, 30, 2, 2);
    const options = { epsilon: 0.1, ...precise };
    const { value, f } = sinkhorn(problem, options);
    const mirrored = sinkhorn({ ...problem, source: problem.target, target: problem.source }, options);
    expect(mirrored.value).toBeCloseTo(value, 7);
    const moved = (points: Float64Array) => points.map((x) => x + 1_000);
    const translated = sinkhorn(
      {
        ...problem,
        source: { ...problem.source, points: moved(problem.source.points) },
        target: { ...problem.target, points: moved(problem.target.points) },
      },
      options,
    );
    expect(translated.value).toBeCloseTo(value, 7);
    expect(distance(translated.f, f) / f.length).toBeLessThan(1e-7);
    expect(problem.source.masses.reduce((s, a, i) => s + a * f[i]!, 0)).toBeCloseTo(0, 10);
  });

  it('does not see a point apart from its double of half the mass', () => {
    const problem = clouds(12, 9, 2, 3);
    const doubled = (cloud: TransportProblem['source']) => ({
      points: vec(...cloud.points, ...cloud.points),
      masses: vec(...cloud.masses, ...cloud.masses).map((w) => w / 2),
    });
    const options = { epsilon: 0.2, ...precise };
    const [one, two] = [
      sinkhorn(problem, options),
      sinkhorn({ ...problem, source: doubled(problem.source), target: doubled(problem.target) }, options),
    ];
    expect(two.value).toBeCloseTo(one.value, 8);
    expect(distance(two.f.subarray(0, 12), one.f)).toBeLessThan(1e-6);
  });

  it('leaves points without mass out, and still says what their potential would be', () => {
    const problem = clouds(6, 5, 2, 4);
    const padded: TransportProblem = {
      ...problem,
      source: { points: vec(3, 3, ...problem.source.points), masses: vec(0, ...problem.source.masses) },
      target: { points: vec(...problem.target.points, -3, 3), masses: vec(...problem.target.masses, 0) },
    };
    const [bare, more] = [sinkhorn(problem, { epsilon: 0.5 }), sinkhorn(padded, { epsilon: 0.5 })];
    expect([more.rowMasses[0], more.columnMasses[5]]).toEqual([0, 0]);
    expect([...more.f.subarray(1)]).toEqual([...bare.f]);
    expect([...more.g.subarray(0, 5)]).toEqual([...bare.g]);
    // f(x) = -ε log Σ bⱼ exp((gⱼ - C(x, yⱼ))/ε)
    const reach = problem.target.masses.reduce((s, b, j) => {
      const [dx, dy] = [3 - problem.target.points[2 * j]!, 3 - problem.target.points[2 * j + 1]!];
      return s + b * Math.exp((bare.g[j]! - dx * dx - dy * dy) / 0.5);
    }, 0);
    expect(more.f[0]).toBeCloseTo(-0.5 * Math.log(reach), 9);
  });

  // Sizes at which single precision, stand-ins and the stored kernel come into play; tight tolerances are measured in double
  // precision, others to 1e-7.
  it.each([
    { n: 900, m: 700, d: 3, ratio: 0.05 },
    { n: 2_500, m: 2_200, d: 5, ratio: 0.03 },
    { n: 700, m: 900, d: 20, ratio: 0.1 },
    { n: 600, m: 600, d: 2, ratio: 0.002 },
  ])(
    'large problems: $n to $m in $d dimensions, ratio $ratio',
    ({ n, m, d, ratio }) => {
      const problem = clouds(n, m, d, 5);
      const epsilon = ratio * meanCost(problem);
      for (const tolerance of [0.3, 1e-4, 1e-9]) {
        const solution = sinkhorn(problem, { epsilon, tolerance });
        expect(solution.status).toBe('converged');
        const rows = rowsOf(problem, solution, epsilon);
        const rowError = distance(rows.map(sum), problem.source.masses);
        expect(Math.abs(rowError - solution.rowError)).toBeLessThan(tolerance < 1e-6 ? 1e-11 : 1e-7);
        expect(solution.value).toBeGreaterThan(0);
        expect(rowError).toBeLessThanOrEqual(tolerance);
        expect(distance(columnsOf(rows), problem.target.masses)).toBeLessThanOrEqual(tolerance);
      }
    },
    60_000,
  );

  it('gives the same bytes on two threads, with and without the stored kernel', () => {
    for (const d of [3, 17]) {
      const problem = clouds(800, 600, d, 6);
      const options = { epsilon: 0.1 * meanCost(problem) };
      expect(sinkhorn(problem, { ...options, workers: 2 })).toStrictEqual(sinkhorn(problem, options));
    }
  });

  it('comes to the same in the relaxed build', () => {
    const problem = clouds(800, 600, 4, 7);
    const options = { epsilon: 0.05 * meanCost(problem), tolerance: 1e-9 };
    const [plain, relaxed] = [sinkhorn(problem, options), sinkhorn(problem, { ...options, relaxed: true })];
    expect(relaxed.status).toBe('converged');
    expect(relaxed.value).toBeCloseTo(plain.value, 8);
  });

  it('takes few iterations: the table of plain Sinkhorn says 30 and more', () => {
    const problem = clouds(1_000, 1_000, 5, 8, true);
    const { status, iterations } = sinkhorn(problem, { epsilon: 0.05 * meanCost(problem), tolerance: 1e-5 });
    expect(status).toBe('converged');
    expect(iterations).toBeLessThanOrEqual(16);
  });
});

describe('sinkhorn: hostile input', () => {
  const problem = clouds(20, 25, 2, 9);
  it('ends honestly with a tiny epsilon', () => {
    for (const ratio of [1e-4, 1e-6, 1e-9]) {
      const solution = sinkhorn(problem, { epsilon: ratio * meanCost(problem), maxIterations: 200 });
      const met = Math.max(solution.rowError, solution.columnError) <= 1e-6;
      expect(solution.status === 'converged').toBe(met);
      expect(sum(solution.rowMasses)).toBeGreaterThan(0.5);
      expect([...solution.f, ...solution.g].every(Number.isFinite)).toBe(true);
    }
  });

  it('stalls, and says so, where the tolerance is below rounding', () => {
    const { status, rowError } = sinkhorn(problem, { epsilon: 1, tolerance: 1e-300, maxIterations: 5_000 });
    expect(status).toBe('stalled');
    expect(rowError).toBeLessThan(1e-13);
  });

  it('carries masses of very different size, and outliers', () => {
    const far: TransportProblem = {
      dimensions: 1,
      source: { points: vec(0, 1, 2, 500), masses: vec(0.5, 0.5 - 1e-12 - 1e-30, 1e-12, 1e-30) },
      target: { points: vec(-1, 0, 3, 900), masses: vec(0.3, 0.3, 0.4 - 1e-14, 1e-14) },
      scale: vec(1),
    };
    const solution = sinkhorn(far, { epsilon: 0.5, tolerance: 1e-9, maxIterations: 5_000 });
    expect(solution.status).toBe('converged');
    expect(distance(rowsOf(far, solution, 0.5).map(sum), far.source.masses)).toBeLessThan(1e-8);
  });

  const good = clouds(2, 2, 1, 10);
  it.each<{ fault: string; edit?: Partial<TransportProblem>; options?: Partial<SinkhornOptions>; message: string }>([
    {
      fault: 'no epsilon',
      options: { epsilon: 0 },
      message: 'transport.epsilon: not positive; got 0, expected > 0, in the',
    },
    { fault: 'a rho below 0', options: { targetRho: -2 }, message: 'transport.rho: negative; got -2, expected ≥ 0' },
    { fault: 'no rho', options: { sourceRho: NaN }, message: 'transport.rho: negative; got NaN, expected ≥ 0' },
    {
      fault: 'nobody',
      edit: { source: { points: vec(), masses: vec() } },
      message: 'transport.source: masses do not sum to one; got 0, expected 1 (±1e-9).',
    },
    {
      fault: 'no workers',
      options: { workers: 0 },
      message: 'kernels.workers: not a number of threads; got 0, expected a whole number ≥ 1.',
    },
    {
      fault: 'out of reach',
      edit: { source: { points: vec(0, 1e200), masses: vec(0.5, 0.5) } },
      message: 'sinkhorn: a source point is out of reach of every target point. Raise epsilon.',
    },
  ])('names the fault: $fault', ({ edit, options, message }) => {
    const act = () => sinkhorn({ ...good, ...edit }, { epsilon: 1, ...options });
    expect(act).toThrow(Failure);
    expect(act).toThrow(message);
  });
});

describe('the coupling', () => {
  const problem = clouds(9, 7, 2, 11);
  const epsilon = 0.3;
  const solution = { ...sinkhorn(problem, { epsilon, ...precise }), epsilon };

  it('is sampled as often as its entries say', () => {
    const draws = 200_000;
    const { source, target } = sampleCoupling(problem, solution, solution.rowMasses, draws, randomStream('draws'));
    const found = new Float64Array(63);
    source.forEach((i, at) => (found[i * 7 + target[at]!]! += 1 / draws));
    const expected = rowsOf(problem, solution, epsilon).flatMap((row) => [...row]);
    // Five standard errors of a share.
    expected.forEach((p, at) => expect(Math.abs(found[at]! - p)).toBeLessThan(5 * Math.sqrt(p / draws) + 1e-9));
  });

  it('sends each point to the mean of its row, and keeps the mean of all', () => {
    const map = barycentricMap(problem, solution);
    const row = couplingRow(problem, solution, 4);
    expect(map[8]).toBeCloseTo(row.reduce((s, p, j) => s + p * problem.target.points[2 * j]!, 0) / sum(row), 10);
    const [sent, mean] = [0, 1].map((which) =>
      which === 0
        ? problem.source.masses.reduce((s, a, i) => s + a * map[2 * i]!, 0)
        : problem.target.masses.reduce((s, b, j) => s + b * problem.target.points[2 * j]!, 0),
    );
    expect(sent).toBeCloseTo(mean!, 8);
  });
});

describe('sinkhornDivergence', () => {
  const options = { epsilon: 0.5, ...precise };
  it('is nothing between a cloud and itself, and the square of a translation', () => {
    const { source } = clouds(25, 1, 2, 12);
    const to = (shift: number): TransportProblem => ({
      dimensions: 2,
      source,
      target: { ...source, points: source.points.map((x) => x + shift) },
      scale: vec(1, 1),
    });
    expect(sinkhornDivergence(to(0), options)).toEqual({ value: 0, status: 'converged' });
    // ‖(s, s)‖² = 2 s²: entropic costs of translations differ by just that.
    expect(sinkhornDivergence(to(1.5), options).value).toBeCloseTo(2 * 1.5 * 1.5, 7);
  });

  it('is positive between different clouds, and symmetric', () => {
    const problem = clouds(15, 20, 3, 13);
    const { value } = sinkhornDivergence(problem, options);
    expect(value).toBeGreaterThan(0.1);
    const mirrored = { ...problem, source: problem.target, target: problem.source };
    expect(sinkhornDivergence(mirrored, options).value).toBeCloseTo(value, 7);
  });

  it('is converged only where all three problems are', () => {
    expect(sinkhornDivergence(clouds(15, 20, 3, 14), { epsilon: 0.05, maxIterations: 2 }).status).toBe(
      'iteration-limit',
    );
  });
});
