import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { normalized } from '../../src/numerics/statistics.js';
import { exactTransport } from '../../src/transport/exact.js';
import type { TransportProblem } from '../../src/transport/problem.js';
import { sinkhorn } from '../../src/transport/sinkhorn.js';

interface Balanced {
  readonly epsilon: number;
  readonly value: number;
  readonly dual: number;
  readonly f: number[];
  readonly g: number[];
}
interface Unbalanced extends Omit<Balanced, 'dual'> {
  readonly rho: number;
  readonly rowMasses: number[];
  readonly columnMasses: number[];
}
interface PotProblem {
  readonly dimensions: number;
  readonly scale: number[];
  readonly x: number[];
  readonly y: number[];
  readonly a: number[];
  readonly b: number[];
  readonly exact: number;
  readonly balanced: readonly Balanced[];
  readonly unbalanced: readonly Unbalanced[];
}
/** Written by pot-values.py beside it; its header names the version of POT. */
const { problems } = JSON.parse(readFileSync(new URL('pot-values.json', import.meta.url), 'utf8')) as {
  readonly problems: readonly PotProblem[];
};
const problemOf = ({ dimensions, scale, x, y, a, b }: PotProblem): TransportProblem => ({
  dimensions,
  source: { points: Float64Array.from(x), masses: normalized(a) },
  target: { points: Float64Array.from(y), masses: normalized(b) },
  scale: Float64Array.from(scale),
});
const named = problems.map((of) => ({ name: `${of.a.length} to ${of.b.length} in ${of.dimensions}d`, of }));

/** Largest difference of two columns of one length. */
function furthest(x: Float64Array, y: readonly number[]): number {
  expect(x.length).toBe(y.length);
  return x.reduce((most, v, i) => Math.max(most, Math.abs(v - y[i]!)), 0);
}

describe('POT', () => {
  it.each(named)('the exact value: $name', ({ of }) => {
    expect(Math.abs(exactTransport(problemOf(of)).value - of.exact)).toBeLessThan(1e-11 * (1 + of.exact));
  });

  it.each(named.flatMap(({ name, of }) => of.balanced.map((wanted) => ({ name, of, wanted }))))(
    'value and potentials: $name, ε = $wanted.epsilon',
    ({ of, wanted }) => {
      const options = { epsilon: wanted.epsilon, tolerance: 1e-12, maxIterations: 50_000 };
      const { status, value, dual, f, g } = sinkhorn(problemOf(of), options);
      expect(status).toBe('converged');
      expect(Math.abs(value - wanted.value)).toBeLessThan(1e-9);
      expect(Math.abs(dual - wanted.dual)).toBeLessThan(1e-9);
      expect(furthest(f, wanted.f)).toBeLessThan(1e-8);
      expect(furthest(g, wanted.g)).toBeLessThan(1e-8);
      expect(dual).toBeGreaterThan(of.exact - 1e-9);
    },
  );

  it.each(named.flatMap(({ name, of }) => of.unbalanced.map((wanted) => ({ name, of, wanted }))))(
    'both sides give way: $name, ε = $wanted.epsilon, ρ = $wanted.rho',
    ({ of, wanted }) => {
      const { epsilon, rho } = wanted;
      const options = { epsilon, sourceRho: rho, targetRho: rho, tolerance: 1e-12, maxIterations: 50_000 };
      const { status, value, rowMasses, columnMasses, f, g } = sinkhorn(problemOf(of), options);
      expect(status).toBe('converged');
      expect(Math.abs(value - wanted.value)).toBeLessThan(1e-9);
      expect(furthest(rowMasses, wanted.rowMasses)).toBeLessThan(1e-10);
      expect(furthest(columnMasses, wanted.columnMasses)).toBeLessThan(1e-10);
      expect(furthest(f, wanted.f)).toBeLessThan(1e-8);
      expect(furthest(g, wanted.g)).toBeLessThan(1e-8);
    },
  );
});
