import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { meanCost, type TransportProblem } from '../../src/transport/problem.js';
import { sampledSinkhorn } from '../../src/transport/sampled-sinkhorn.js';
import { sinkhorn } from '../../src/transport/sinkhorn.js';

const d = 3;

function problemOf(n: number, m: number): TransportProblem {
  const random = randomStream('sampled');
  const cloud = (size: number, shift: number) => {
    const masses = Float64Array.from({ length: size }, (_, i) => (i % 97 === 0 ? 0 : 0.5 + random.uniform()));
    const total = masses.reduce((s, x) => s + x, 0);
    return {
      points: Float64Array.from({ length: size * d }, () => shift + random.normal()),
      masses: masses.map((x) => x / total),
    };
  };
  return { dimensions: d, source: cloud(n, 0), target: cloud(m, 0.7), scale: Float64Array.of(1, 2, 1) };
}

describe('sampledSinkhorn', () => {
  const problem = problemOf(1_500, 1_200);
  const epsilon = 0.1 * meanCost(problem);
  const options = { epsilon, tolerance: 1e-7 };

  /** The marginals of all points, the slow way. */
  function errors({ f, g }: { readonly f: Float64Array; readonly g: Float64Array }) {
    const { source, target, scale } = problem;
    const columns = new Float64Array(g.length);
    let row = 0;
    for (let i = 0; i < f.length; i++) {
      let own = 0;
      for (let j = 0; j < g.length; j++) {
        let cost = 0;
        for (let k = 0; k < d; k++) cost += ((source.points[i * d + k]! - target.points[j * d + k]!) / scale[k]!) ** 2;
        const p = source.masses[i]! * target.masses[j]! * Math.exp((f[i]! + g[j]! - cost) / epsilon);
        own += p;
        columns[j]! += p;
      }
      row += Math.abs(own - source.masses[i]!);
    }
    return { row, column: columns.reduce((s, x, j) => s + Math.abs(x - target.masses[j]!), 0) };
  }

  it('is the whole solution where all points are taken', () => {
    const [whole, found] = [sinkhorn(problem, options), sampledSinkhorn(problem, options)];
    expect(found.status).toBe('converged');
    expect(found.sampled).toEqual({ source: 1_484, target: 1_187 });
    whole.f.forEach((x, i) => expect(Math.abs(found.f[i]! - x)).toBeLessThan(1e-5 * epsilon * 100));
    expect(found.value).toBeCloseTo(whole.value, 9);
    expect(found.rowError).toBeLessThan(1e-4);
  });

  it('states the errors that the potentials of all points have', () => {
    const found = sampledSinkhorn(problem, { ...options, sample: 300, checked: 1_500 });
    const { row, column } = errors(found);
    expect(found.rowError).toBeCloseTo(row, 6);
    expect(found.columnError).toBeCloseTo(column, 6);
    expect(found.rowError).toBeGreaterThan(0.01);
    const some = sampledSinkhorn(problem, { ...options, sample: 300, checked: 400 });
    expect(found.rowStandardError).toBe(0);
    expect(some.rowStandardError).toBeGreaterThan(0.02 * row);
    expect(Math.abs(some.rowError - row)).toBeLessThan(4 * some.rowStandardError);
    expect(Math.abs(some.columnError - column)).toBeLessThan(4 * some.columnStandardError);
  });

  it('comes nearer with more points', () => {
    const [few, many] = [150, 900].map((sample) => sampledSinkhorn(problem, { ...options, sample }));
    expect(many!.rowError).toBeLessThan(0.6 * few!.rowError);
    expect(many!.columnError).toBeLessThan(0.6 * few!.columnError);
  });

  it('gives the same bytes for any number of workers', () =>
    expect(sampledSinkhorn(problem, { ...options, sample: 300, workers: 2 })).toStrictEqual(
      sampledSinkhorn(problem, { ...options, sample: 300 }),
    ));

  it('refuses what sinkhorn refuses', () =>
    expect(() => sampledSinkhorn(problem, { epsilon: 0 })).toThrow('transport.epsilon: not positive; got 0'));
});
