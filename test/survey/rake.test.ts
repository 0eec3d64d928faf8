import { describe, expect, it } from 'vitest';
import { rake } from '../../src/survey/rake.js';
import { largestDifference, problemOf } from './weighting-fixture.js';

const square = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const run = (people: readonly (readonly number[])[], base: readonly number[], shares: readonly (readonly number[])[]) =>
  rake(problemOf(people, base, shares), Float64Array.from(base), { tolerance: 1e-10, maxIterations: 500 });

describe('rake', () => {
  it('is done before it begins where the base meets the margins', () => {
    expect(run([[0], [1]], [1, 1], [[0.5, 0.5]])).toMatchObject({ status: 'converged', iterations: 0 });
  });

  // One margin: one sweep scales each category, the next sweep would find nothing to do.
  it('has logs of factors as multipliers: base x exp(sum of multipliers) are the weights', () => {
    const base = [1, 2, 3, 4];
    const { status, weights, multipliers } = run(square, base, [
      [0.3, 0.7],
      [0.45, 0.55],
    ]);
    expect(status).toBe('converged');
    const scaled = square.map(([a, b], i) => base[i]! * Math.exp(multipliers[a!]! + multipliers[2 + b!]!));
    const total = scaled.reduce((s, w) => s + w, 0);
    expect(
      largestDifference(
        weights,
        scaled.map((w) => w / total),
      ),
    ).toBeLessThan(1e-12);
  });

  it('scales in proportion when margins are independent: exact after one sweep', () => {
    const { iterations, weights } = run(
      square,
      [1, 1, 1, 1],
      [
        [0.2, 0.8],
        [0.4, 0.6],
      ],
    );
    expect(iterations).toBeLessThanOrEqual(2);
    expect(largestDifference(weights, [0.08, 0.12, 0.32, 0.48])).toBeLessThan(1e-12);
  });

  it('stalls where margins contradict each other, and says that it ran out of sweeps', () => {
    const shares = [
      [0.6, 0.4],
      [0.5, 0.5],
    ];
    const diagonal = [
      [0, 0],
      [1, 1],
    ];
    expect(run(diagonal, [1, 1], shares).status).toBe('stalled');
    const few = rake(problemOf(diagonal, [1, 1], shares), Float64Array.of(1, 1), {
      tolerance: 1e-10,
      maxIterations: 5,
    });
    expect([few.status, few.iterations]).toEqual(['iteration-limit', 5]);
  });

  // With 2,000 records, none included: a table of 3 x 5 cells and one of 31 x 4, for all four would be too large.
  it.each(['share', 'total'] as const)(
    'takes the steps of classical raking, one margin after the other: %s',
    (unit) => {
      const sizes = [2, 4, 30, 3];
      const people = Array.from({ length: 2_000 }, (_, i) =>
        sizes.map((size, m) => (i % 97 === m ? -1 : Math.floor(((i * Math.sqrt([2, 3, 5, 7][m]!)) % 1) * size))),
      );
      const base = people.map((_, i) => 1 + (i % 5));
      const shares = sizes.map((size, m) => {
        const bent = Array.from({ length: size }, (_, c) => 4 + ((c * 5 + m) % 3));
        const whole = bent.reduce((s, x) => s + x, 0) * (unit === 'share' ? 1 : 1.01);
        return bent.map((x) => x / whole);
      });
      const problem = { ...problemOf(people, base, shares, unit), total: 1 };
      const sweeps = 3;
      const { weights } = rake(problem, problem.base, { tolerance: 1e-300, maxIterations: sweeps });

      let plain = base.map((b) => b / base.reduce((s, x) => s + x, 0));
      for (let step = 0; step < sweeps * sizes.length; step++) {
        const m = step % sizes.length;
        const massOf = (c: number): number => plain.reduce((s, w, i) => s + (people[i]![m] === c ? w : 0), 0);
        const outside = massOf(-1);
        const masses = shares[m]!.map((_, c) => massOf(c));
        if (unit === 'total') {
          const left = 1 - shares[m]!.reduce((s, x) => s + x, 0);
          plain = plain.map((w, i) => {
            const c = people[i]![m]!;
            return w * (c < 0 ? left / outside : shares[m]![c]! / masses[c]!);
          });
        } else {
          // Nearest in divergence: shares are met within the universe, which shrinks by its divergence from what is asked.
          const universe = 1 - outside;
          const shrink = Math.exp(-shares[m]!.reduce((d, q, c) => d + q * Math.log((q * universe) / masses[c]!), 0));
          const whole = outside + universe * shrink;
          plain = plain.map((w, i) => {
            const c = people[i]![m]!;
            return (w * (c < 0 ? 1 : ((shares[m]![c]! * universe) / masses[c]!) * shrink)) / whole;
          });
        }
      }
      expect(largestDifference(weights, plain)).toBeLessThan(1e-15);
    },
  );

  it('is done at once where nothing is asked', () => {
    expect(run([[], []], [1, 3], [])).toMatchObject({
      status: 'converged',
      iterations: 0,
      weights: Float64Array.of(0.25, 0.75),
    });
  });

  it('knows that nobody can stand for a category', () => {
    expect(run([[0], [1]], [1, 0], [[0.5, 0.5]]).status).toBe('infeasible');
  });
});
