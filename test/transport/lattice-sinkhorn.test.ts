import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { normalized, sum } from '../../src/numerics/statistics.js';
import { couplingRow } from '../../src/transport/coupling.js';
import { latticeSinkhorn } from '../../src/transport/lattice-sinkhorn.js';
import { meanCost, type TransportProblem } from '../../src/transport/problem.js';
import { sinkhorn } from '../../src/transport/sinkhorn.js';

/** Two clouds of rounded normal points, the second one shifted and wider, with unequal masses. */
function clouds(n: number, m: number, d: number, spread: number): TransportProblem {
  const random = randomStream('lattice-sinkhorn', n, m, d);
  const cloud = (size: number, shift: number, sd: number) => ({
    points: Float64Array.from({ length: size * d }, () => Math.round(shift + sd * random.normal())),
    masses: normalized(Float64Array.from({ length: size }, () => 0.2 + random.uniform())),
  });
  return {
    dimensions: d,
    source: cloud(n, 10, spread),
    target: cloud(m, 12, 1.3 * spread),
    scale: Float64Array.from({ length: d }, (_, k) => 1 + k / 3),
  };
}
const distance = (x: Float64Array, y: Float64Array): number => x.reduce((s, v, i) => s + Math.abs(v - y[i]!), 0);

describe('latticeSinkhorn', () => {
  it.each([
    { d: 1, n: 200, m: 300, spread: 12, ratio: 0.05 },
    { d: 2, n: 200, m: 300, spread: 6, ratio: 0.05 },
    { d: 3, n: 300, m: 200, spread: 3, ratio: 0.1 },
    { d: 5, n: 300, m: 250, spread: 1.2, ratio: 0.2 },
    { d: 5, n: 200, m: 300, spread: 2, ratio: 0.05 },
  ])('finds what sinkhorn finds between the points: $d dimensions, ε = $ratio of the mean cost', (shape) => {
    const problem = clouds(shape.n, shape.m, shape.d, shape.spread);
    const epsilon = shape.ratio * meanCost(problem);
    const found = latticeSinkhorn(problem, { epsilon, tolerance: 1e-5 });
    const slow = sinkhorn(problem, { epsilon, tolerance: 1e-9, maxIterations: 50_000 });
    expect([found.status, slow.status]).toEqual(['converged', 'converged']);
    expect(Math.abs(found.value - slow.value)).toBeLessThan(1e-4 * slow.value);
    expect(Math.abs(found.dual - slow.dual)).toBeLessThan(1e-5 * slow.dual);
    expect(distance(found.f, slow.f) / shape.n).toBeLessThan(1e-3 * epsilon);
    expect(distance(found.columnMasses, problem.target.masses)).toBeLessThan(1e-5);
  });

  // ρ as a multiple of the mean cost.
  const rhos = [0, 0.03, 1, 1_000, Infinity];
  const shape = { n: 200, m: 150, d: 3, spread: 3 };
  it.each(rhos.flatMap((sourceRho) => rhos.map((targetRho) => ({ sourceRho, targetRho }))))(
    'finds what sinkhorn finds where marginals give way: ρ $sourceRho and $targetRho',
    (rho) => {
      const problem = clouds(shape.n, shape.m, shape.d, shape.spread);
      const cost = meanCost(problem);
      const of = (multiple: number): number => (multiple === 0 ? 0 : multiple * cost);
      const options = { epsilon: 0.1 * cost, sourceRho: of(rho.sourceRho), targetRho: of(rho.targetRho) };
      const found = latticeSinkhorn(problem, options);
      const slow = sinkhorn(problem, { ...options, tolerance: 1e-9, maxIterations: 50_000 });
      expect([found.status, slow.status]).toEqual(['converged', 'converged']);
      expect(Math.abs(found.value - slow.value)).toBeLessThan(1e-4 * slow.value);
      expect(Math.abs(found.dual - slow.dual)).toBeLessThan(1e-6 * slow.dual);
      expect(distance(found.rowMasses, slow.rowMasses)).toBeLessThan(1e-5);
      expect(distance(found.columnMasses, slow.columnMasses)).toBeLessThan(1e-5);
      expect(distance(found.f, slow.f) / shape.n).toBeLessThan(1e-2 * options.epsilon);
      expect(distance(found.g, slow.g) / shape.m).toBeLessThan(1e-2 * options.epsilon);
      // Without the step of the constant the firm but not fixed marginals need twice as many.
      expect(found.iterations).toBeLessThanOrEqual(12);
    },
  );

  it.each([
    { sourceRho: Infinity, targetRho: Infinity },
    { sourceRho: 4, targetRho: Infinity },
    { sourceRho: 4, targetRho: 20 },
    { sourceRho: 20, targetRho: 4 },
    { sourceRho: 0, targetRho: 20 },
    { sourceRho: 0, targetRho: 0 },
  ])('says the truth about both marginals: ρ $sourceRho and $targetRho', ({ sourceRho, targetRho }) => {
    const problem = clouds(150, 200, 3, 3);
    const epsilon = 0.05 * meanCost(problem);
    const wanted = (masses: Float64Array, potential: Float64Array, rho: number): Float64Array =>
      masses.map((mass, i) => mass * Math.exp(-potential[i]! / rho));
    for (const maxIterations of [1, 3, 6, 40]) {
      const found = latticeSinkhorn(problem, { epsilon, sourceRho, targetRho, tolerance: 1e-5, maxIterations });
      const coupling = Array.from({ length: 150 }, (_, i) => couplingRow(problem, { ...found, epsilon }, i));
      const rows = Float64Array.from(coupling, sum);
      const columns = coupling.reduce((s, row) => s.map((x, j) => x + row[j]!), new Float64Array(200));
      const rowError = sourceRho === 0 ? 0 : distance(rows, wanted(problem.source.masses, found.f, sourceRho));
      const columnError = targetRho === 0 ? 0 : distance(columns, wanted(problem.target.masses, found.g, targetRho));
      for (const [error, said] of [
        [rowError, found.rowError],
        [columnError, found.columnError],
      ] as const) {
        expect(error).toBeLessThanOrEqual(said * 1.01 + 1e-12);
        expect(said).toBeLessThan(error + 2e-6);
      }
      expect(distance(rows, found.rowMasses)).toBeLessThan(rowError + 1e-6);
      expect(distance(columns, found.columnMasses)).toBeLessThan(1e-6 + columnError);
      const worst = Math.max(found.rowError, found.columnError);
      expect(found.status).toBe(worst <= 1e-5 ? 'converged' : 'iteration-limit');
    }
  });

  it('is not led astray by a point far from all others, whose weight takes up the range of single precision', () => {
    const problem = clouds(200, 250, 3, 3);
    for (const [k, x] of [-30, 45, -40].entries()) problem.target.points[k] = x;
    const epsilon = 0.05 * meanCost(problem);
    const found = latticeSinkhorn(problem, { epsilon });
    const slow = sinkhorn(problem, { epsilon, tolerance: 1e-9 });
    expect(found.status).toBe('converged');
    expect(distance(found.f, slow.f) / 200).toBeLessThan(1e-3 * epsilon);
  });

  it('gives the same bytes for any number of workers', () => {
    const problem = clouds(300, 300, 4, 2);
    const epsilon = 0.1 * meanCost(problem);
    expect(latticeSinkhorn(problem, { epsilon, workers: 2 })).toStrictEqual(latticeSinkhorn(problem, { epsilon }));
  });

  it.each([
    { sourceRho: Infinity, targetRho: Infinity, turned: false },
    { sourceRho: 1, targetRho: Infinity, turned: false },
    { sourceRho: Infinity, targetRho: 1, turned: true },
    { sourceRho: 20, targetRho: 0, turned: true },
  ])('carries points without mass along: ρ $sourceRho and $targetRho', ({ turned, ...rho }) => {
    const problem = clouds(100, 100, 2, 4);
    // A point without mass lies where hardly any of the other side is, far from all other mass: it would be welcome there.
    for (const { points } of [problem.source, problem.target]) points.fill(110, 0, 2);
    const some = ({ points, masses }: TransportProblem['source'], first: number) => ({
      points,
      masses: normalized(masses.map((w, i) => (i === 0 ? first : i % 7 === 0 ? 0 : w))),
    });
    const [none, hardly] = [some(problem.source, 0), some(problem.target, 1e-6)];
    const empty = { ...problem, source: turned ? hardly : none, target: turned ? none : hardly };
    const epsilon = 0.1 * meanCost(empty);
    const found = latticeSinkhorn(empty, { epsilon, ...rho });
    const slow = sinkhorn(empty, { epsilon, ...rho, tolerance: 1e-9 });
    expect(found.status).toBe('converged');
    expect([found.rowMasses[7], found.columnMasses[7]]).toEqual([0, 0]);
    expect([...found.rowMasses, ...found.columnMasses].every(Number.isFinite)).toBe(true);
    expect(Math.abs(found.dual - slow.dual)).toBeLessThan(1e-5 * slow.dual);
    // Where there is no mass a potential follows from the other one, not from the iterations.
    const potentialAt = (j: number): number => {
      const log = (i: number): number => {
        const x = (k: number): number =>
          (empty.source.points[2 * i + k]! - empty.target.points[2 * j + k]!) / empty.scale[k]!;
        return Math.log(empty.source.masses[i]!) + (found.f[i]! - x(0) * x(0) - x(1) * x(1)) / epsilon;
      };
      const damping = rho.targetRho === Infinity ? 1 : rho.targetRho / (rho.targetRho + epsilon);
      return -damping * epsilon * Math.log(sum(empty.source.masses.map((_, i) => Math.exp(log(i)))));
    };
    for (let j = 7; j < 100; j += 7) expect(Math.abs(found.g[j]! - potentialAt(j))).toBeLessThan(1e-5 * epsilon);
    found.f.forEach((x, i) => expect(Math.abs(x - slow.f[i]!)).toBeLessThan(1e-2 * epsilon));
  });

  it('carries one point to one point', () => {
    const problem = {
      dimensions: 2,
      source: { points: Float64Array.of(1, 2), masses: Float64Array.of(1) },
      target: { points: Float64Array.of(4, 6), masses: Float64Array.of(1) },
      scale: Float64Array.of(1, 1),
    };
    const found = latticeSinkhorn(problem, { epsilon: 1 });
    expect(found.status).toBe('converged');
    expect(found.value).toBeCloseTo(25, 4);
    expect(found.f[0]! + found.g[0]!).toBeCloseTo(25, 4);
  });

  it('refuses what is no lattice, naming the point', () => {
    const problem = clouds(10, 10, 2, 2);
    problem.target.points[7] = 0.25;
    expect(() => latticeSinkhorn(problem, { epsilon: 1 })).toThrow(
      'transport.target[3]: not on a lattice; got 0.25, expected whole coordinates.',
    );
    expect(() => latticeSinkhorn(problem, { epsilon: 0 })).toThrow('transport.epsilon: not positive');
    for (const rho of ['sourceRho', 'targetRho'] as const)
      expect(() => latticeSinkhorn(problem, { epsilon: 1, [rho]: -1 })).toThrow(
        'transport.rho: negative; got -1, expected ≥ 0, in the unit of the cost.',
      );
  });
});
