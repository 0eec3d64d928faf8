import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { normalized } from '../../src/numerics/statistics.js';
import { barycentricMap, sampleCoupling } from '../../src/transport/coupling.js';
import { latticeBarycentricMap } from '../../src/transport/lattice-coupling.js';
import { latticeSinkhorn } from '../../src/transport/lattice-sinkhorn.js';
import { meanCost, type TransportProblem } from '../../src/transport/problem.js';

/** Clouds of rounded normal points; every eighth of the source has no mass, one point is far off, negative coordinates occur. */
function clouds(n: number, m: number, d: number, spread: number): TransportProblem {
  const random = randomStream('lattice-coupling', n, m, d);
  const cloud = (size: number, shift: number, empty: number) => ({
    points: Float64Array.from({ length: size * d }, (_, at) =>
      Math.round(shift + spread * random.normal() * (at < d ? 4 : 1)),
    ),
    masses: normalized(Float64Array.from({ length: size }, (_, i) => (i % 8 === empty ? 0 : 0.2 + random.uniform()))),
  });
  return { dimensions: d, source: cloud(n, 0, 3), target: cloud(m, 2, 8), scale: new Float64Array(d).fill(1.5) };
}

describe('latticeBarycentricMap', () => {
  it.each([
    { d: 1, n: 100, m: 90, spread: 10 },
    { d: 3, n: 200, m: 250, spread: 3 },
    { d: 5, n: 200, m: 150, spread: 1.5 },
  ])('is barycentricMap: $d dimensions', ({ d, n, m, spread }) => {
    const problem = clouds(n, m, d, spread);
    const epsilon = 0.05 * meanCost(problem);
    for (const sourceRho of [Infinity, 3]) {
      const potentials = { ...latticeSinkhorn(problem, { epsilon, sourceRho }), epsilon };
      const found = latticeBarycentricMap(problem, potentials);
      barycentricMap(problem, potentials).forEach((x, at) => expect(Math.abs(found[at]! - x)).toBeLessThan(1e-4));
      expect(found.slice(3 * d, 4 * d)).toStrictEqual(problem.source.points.slice(3 * d, 4 * d));
    }
  });

  it('gives the same bytes for any number of workers', () => {
    const problem = clouds(200, 150, 4, 2);
    const potentials = { ...latticeSinkhorn(problem, { epsilon: 4 }), epsilon: 4 };
    expect(latticeBarycentricMap(problem, potentials, { workers: 2 })).toStrictEqual(
      latticeBarycentricMap(problem, potentials),
    );
  });

  it('refuses what is no lattice', () => {
    const problem = clouds(10, 10, 2, 2);
    problem.source.points[3] = 0.5;
    const potentials = { f: new Float64Array(10), g: new Float64Array(10), epsilon: 1 };
    expect(() => latticeBarycentricMap(problem, potentials)).toThrow(
      'transport.source[1]: not on a lattice; got 0.5, expected whole coordinates.',
    );
  });
});

describe('sampleCoupling', () => {
  it('draws from a solution on a lattice: pairs lie as far apart as the transport costs', () => {
    const problem = clouds(60, 70, 2, 4);
    const epsilon = 0.1 * meanCost(problem);
    const found = latticeSinkhorn(problem, { epsilon });
    const draws = 20_000;
    const pairs = sampleCoupling(problem, { ...found, epsilon }, found.rowMasses, draws, randomStream('draws'));
    const costs = Float64Array.from({ length: draws }, (_, at) => {
      const [i, j] = [pairs.source[at]!, pairs.target[at]!];
      const difference = (k: number): number =>
        (problem.source.points[2 * i + k]! - problem.target.points[2 * j + k]!) / 1.5;
      return difference(0) * difference(0) + difference(1) * difference(1);
    });
    const mean = costs.reduce((s, x) => s + x / draws, 0);
    const deviation = Math.sqrt(costs.reduce((s, x) => s + ((x - mean) * (x - mean)) / draws, 0) / draws);
    // Beyond four standard errors in one of 16,000 seeds.
    expect(Math.abs(mean - found.value)).toBeLessThan(4 * deviation);
  });
});
