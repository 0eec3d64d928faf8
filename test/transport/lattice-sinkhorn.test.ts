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

  it('says the truth about both marginals', () => {
    const problem = clouds(150, 200, 3, 3);
    const epsilon = 0.05 * meanCost(problem);
    for (const maxIterations of [1, 3, 6, 40]) {
      const found = latticeSinkhorn(problem, { epsilon, tolerance: 1e-5, maxIterations });
      const rows = Array.from({ length: 150 }, (_, i) => couplingRow(problem, { ...found, epsilon }, i));
      const rowError = rows.reduce((e, row, i) => e + Math.abs(sum(row) - problem.source.masses[i]!), 0);
      const columns = rows.reduce((s, row) => s.map((x, j) => x + row[j]!), new Float64Array(200));
      const columnError = distance(columns, problem.target.masses);
      expect(rowError).toBeLessThanOrEqual(found.rowError * 1.01 + 1e-12);
      expect(columnError).toBeLessThanOrEqual(found.columnError * 1.01 + 1e-12);
      expect(found.columnError).toBeLessThan(columnError + 2e-6);
      expect(found.status).toBe(found.columnError <= 1e-5 ? 'converged' : 'iteration-limit');
    }
  });

  it('gives the same bytes for any number of workers', () => {
    const problem = clouds(300, 300, 4, 2);
    const epsilon = 0.1 * meanCost(problem);
    expect(latticeSinkhorn(problem, { epsilon, workers: 2 })).toStrictEqual(latticeSinkhorn(problem, { epsilon }));
  });

  it('carries points without mass along', () => {
    const problem = clouds(100, 100, 2, 4);
    const masses = normalized(problem.source.masses.map((w, i) => (i % 7 === 0 ? 0 : w)));
    const empty = { ...problem, source: { ...problem.source, masses } };
    const epsilon = 0.1 * meanCost(empty);
    const found = latticeSinkhorn(empty, { epsilon });
    const slow = sinkhorn(empty, { epsilon, tolerance: 1e-9 });
    expect(found.status).toBe('converged');
    expect(found.rowMasses[7]).toBe(0);
    expect(found.f.every(Number.isFinite)).toBe(true);
    expect(distance(found.f, slow.f) / 100).toBeLessThan(1e-3 * epsilon);
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
  });
});
