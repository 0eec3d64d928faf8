import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import { normalized, sum } from '../../../src/numerics/statistics.js';
import { jointAlignment, type JointProblem } from '../../../src/population/align/joint-alignment.js';
import type { CategoryMargin } from '../../../src/survey/weighting-problem.js';

const [n, m, d] = [200, 150, 3];
const epsilon = 4;

/** Personas in a bent corner of the reference, and margins that lean the other way. */
function problemOf(universe = false): JointProblem {
  const random = randomStream('joint');
  const whole = (size: number, mean: number, sd: number): Float64Array =>
    Float64Array.from({ length: size * d }, () => Math.round(mean + sd * random.normal()));
  const margin = (name: string, asked: readonly number[], outside: boolean): CategoryMargin => ({
    name,
    categories: asked.map((_, c) => `c${c}`),
    codes: Int32Array.from({ length: n }, () => (outside && random.below(4) === 0 ? -1 : random.below(asked.length))),
    asked: Float64Array.from(asked),
    unit: 'share',
  });
  return {
    weighting: {
      records: n,
      base: Float64Array.from({ length: n }, (_, i) => (i % 50 === 0 ? 0 : 1 + random.uniform())),
      margins: [
        margin('sex', [0.7, 0.3], false),
        margin('age', [0.1, 0.2, 0.3, 0.4], false),
        margin('region', [0.5, 0.25, 0.25], universe),
      ],
    },
    points: whole(n, 8, 2),
    reference: {
      points: whole(m, 9, 3),
      masses: normalized(Float64Array.from({ length: m }, () => 0.3 + random.uniform())),
    },
    scale: Float64Array.of(1, 1, 1.5),
  };
}

/** The same by projections of the whole coupling in double precision, one after the other. */
function dense({ weighting, points, reference, scale }: JointProblem) {
  const base = normalized(weighting.base);
  const cost = (i: number, j: number): number => {
    let total = 0;
    for (let k = 0; k < d; k++) {
      const difference = (points[i * d + k]! - reference.points[j * d + k]!) / scale[k]!;
      total += difference * difference;
    }
    return total;
  };
  const prior = Array.from(base, (w, i) => reference.masses.map((nu, j) => w * nu * Math.exp(-cost(i, j) / epsilon)));
  const coupling = prior.map((row) => row.slice());
  for (let round = 0; round < 1_000; round++) {
    const columns = new Float64Array(m);
    for (const row of coupling) row.forEach((p, j) => (columns[j]! += p));
    for (const row of coupling) row.forEach((p, j) => (row[j] = (p * reference.masses[j]!) / columns[j]!));
    for (const { codes, asked } of weighting.margins) {
      const sums = new Float64Array(asked.length);
      coupling.forEach((row, i) => (sums[codes[i]!]! += sum(row)));
      coupling.forEach((row, i) => row.forEach((p, j) => (row[j] = (p * asked[codes[i]!]!) / sums[codes[i]!]!)));
    }
  }
  let value = 0;
  coupling.forEach((row, i) =>
    row.forEach((p, j) => {
      if (p > 0) value += epsilon * p * Math.log(p / prior[i]![j]!);
    }),
  );
  return { weights: coupling.map(sum), value };
}

describe('jointAlignment', () => {
  const problem = problemOf();
  const found = jointAlignment(problem, { epsilon, tolerance: 1e-5 });

  it('finds what projections of the whole coupling find', () => {
    const slow = dense(problem);
    expect(found.status).toBe('converged');
    expect(sum(slow.weights.map((w, i) => Math.abs(w - found.weights[i]!)))).toBeLessThan(1e-4);
    expect(Math.abs(found.value - slow.value)).toBeLessThan(1e-4 * Math.abs(slow.value));
    expect(found.weights[50]).toBe(0);
  });

  it('meets every margin, and says by how much not', () => {
    const errors = problem.weighting.margins.map(({ codes, asked }) =>
      sum(asked.map((share, c) => Math.abs(share - sum(found.weights.filter((_, i) => codes[i] === c))))),
    );
    expect(Math.max(...errors)).toBeCloseTo(found.marginError, 12);
    expect(found.marginError).toBeLessThanOrEqual(1e-5);
    expect(found.referenceError).toBeLessThanOrEqual(1e-5);
    expect(found.effectiveSampleSize).toBeCloseTo(1 / sum(found.weights.map((w) => w * w)), 8);
  });

  it('leaves weights that follow from the prices and the potential alone', () => {
    const { weighting, points, reference, scale } = problem;
    const logs = Array.from({ length: n }, (_, i) => {
      let [first, price] = [0, 0];
      for (const { codes, categories } of weighting.margins) {
        price += found.marginPrices[first + codes[i]!]!;
        first += categories.length;
      }
      let reached = 0;
      for (let j = 0; j < m; j++) {
        let cost = 0;
        for (let k = 0; k < d; k++) cost += ((points[i * d + k]! - reference.points[j * d + k]!) / scale[k]!) ** 2;
        reached += reference.masses[j]! * Math.exp((found.referencePotential[j]! - cost) / epsilon);
      }
      return Math.log(found.weights[i]! / (weighting.base[i]! * reached)) - price;
    }).filter(Number.isFinite);
    expect(logs.length).toBe(n - 4);
    logs.forEach((x) => expect(x).toBeCloseTo(logs[0]!, 3));
  });

  it('gives the same bytes for any number of workers', () => {
    expect(jointAlignment(problem, { epsilon, tolerance: 1e-5, workers: 2 })).toStrictEqual(found);
  });

  it('claims convergence only where both errors are met', () => {
    for (const maxIterations of [1, 2, 4]) {
      const { status, marginError, referenceError } = jointAlignment(problem, { epsilon, maxIterations });
      expect(status === 'converged').toBe(Math.max(marginError, referenceError) <= 1e-5);
    }
    expect(jointAlignment(problem, { epsilon, maxIterations: 1 }).status).toBe('iteration-limit');
  });

  it('meets a margin of a part of the personas', () => {
    const part = problemOf(true);
    const { status, weights } = jointAlignment(part, { epsilon });
    const { codes, asked } = part.weighting.margins[2]!;
    const inside = sum(weights.filter((_, i) => codes[i]! >= 0));
    asked.forEach((share, c) => expect(sum(weights.filter((_, i) => codes[i] === c)) / inside).toBeCloseTo(share, 4));
    expect(status).toBe('converged');
  });

  it('says when a category is asked for that nobody is in', () => {
    const [sex, ...others] = problem.weighting.margins;
    const margins = [{ ...sex!, codes: new Int32Array(n) }, ...others];
    const { status } = jointAlignment({ ...problem, weighting: { ...problem.weighting, margins } }, { epsilon });
    expect(status).toBe('infeasible');
  });

  it('refuses what it would not meet', () => {
    const { weighting } = problem;
    const number = { name: 'income', values: new Float64Array(n), asked: 1, unit: 'mean' as const };
    const refused = (change: object) => () =>
      jointAlignment({ ...problem, weighting: { ...weighting, ...change } }, { epsilon });
    expect(refused({ constraints: [number] })).toThrow(
      'joint.constraints[income]: only categorical margins are met by the joint program. Calibrate the weights of the joint program to it.',
    );
    expect(refused({ margins: [{ ...weighting.margins[0], importance: 1 }] })).toThrow(
      'joint.margins[sex]: margins of the joint program cannot give way.',
    );
    expect(refused({ base: new Float64Array(n) })).toThrow('weighting.base: no positive weight');
    expect(() => jointAlignment({ ...problem, points: problem.points.map((x) => x / 2) }, { epsilon })).toThrow(
      'not on a lattice',
    );
  });
});
