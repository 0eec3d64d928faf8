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

  it('knows that nobody can stand for a category', () => {
    expect(run([[0], [1]], [1, 0], [[0.5, 0.5]]).status).toBe('infeasible');
  });
});
