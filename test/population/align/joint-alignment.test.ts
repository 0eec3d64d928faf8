import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import { normalized, sum } from '../../../src/numerics/statistics.js';
import { jointAlignment, type JointProblem } from '../../../src/population/align/joint-alignment.js';
import type { CategoryMargin, NumericConstraint } from '../../../src/survey/weighting-problem.js';

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

/** Weights times exp(price x value), the price by bisection so that the mean is met. */
function tilted(weights: number[], { values, asked }: NumericConstraint): number[] {
  const at = (price: number): number[] => {
    const scaled = weights.map((w, i) => w * Math.exp(price * values[i]!));
    const total = sum(scaled);
    return scaled.map((w) => w / total);
  };
  let [low, high] = [-20, 20];
  for (let halving = 0; halving < 45; halving++) {
    const middle = (low + high) / 2;
    if (sum(at(middle).map((w, i) => w * values[i]!)) < asked) low = middle;
    else high = middle;
  }
  return at(low);
}

/** The same by plain projections of a coupling that is stored, in double precision, one after the other. */
function dense({ weighting, points, reference, scale }: JointProblem, rho = 0) {
  const base = [...normalized(weighting.base)];
  const cost = (i: number, j: number): number => {
    let total = 0;
    for (let k = 0; k < d; k++) {
      const difference = (points[i * d + k]! - reference.points[j * d + k]!) / scale[k]!;
      total += difference * difference;
    }
    return total;
  };
  const kernel = base.map((_, i) => reference.masses.map((nu, j) => nu * Math.exp(-cost(i, j) / epsilon)));
  let potential = new Float64Array(m).fill(1);
  let [weights, reached] = [base, base];
  for (let round = 0; round < 100; round++) {
    reached = kernel.map((row) => row.reduce((s, k, j) => s + k * potential[j]!, 0));
    weights = base.map((w, i) => w * Math.exp((epsilon / (epsilon + rho)) * Math.log(reached[i]!)));
    for (let sweep = 0; sweep < 25; sweep++) {
      for (const { codes, asked } of weighting.margins) {
        const sums = new Float64Array(asked.length);
        weights.forEach((w, i) => (sums[codes[i]!]! += w));
        weights = weights.map((w, i) => (w * asked[codes[i]!]!) / sums[codes[i]!]!);
      }
      for (const number of weighting.constraints ?? []) weights = tilted(weights, number);
    }
    potential = potential.map((_, j) => {
      const sent = sum(kernel.map((row, i) => (weights[i]! * row[j]!) / reached[i]!));
      return reference.masses[j]! / sent;
    });
  }
  let value = 0;
  kernel.forEach((row, i) => {
    if (weights[i]! === 0) return;
    value += rho * weights[i]! * Math.log(weights[i]! / base[i]!);
    row.forEach((k, j) => {
      const p = (weights[i]! * k * potential[j]!) / reached[i]!;
      value += p * (cost(i, j) + epsilon * Math.log(p / (base[i]! * reference.masses[j]!)));
    });
  });
  return { weights, value };
}

describe('jointAlignment', () => {
  const problem = problemOf();
  const found = jointAlignment(problem, { epsilon, tolerance: 1e-5 });

  const square: NumericConstraint = {
    name: 'spread',
    values: Float64Array.from({ length: n }, (_, i) => (problem.points[i * d]! - 8) * (problem.points[i * d]! - 8)),
    asked: 6,
    unit: 'mean',
  };
  const withNumber = { ...problem, weighting: { ...problem.weighting, constraints: [square] } };

  it.each([
    ['margins', problem, 0],
    ['margins, weights held', problem, 3],
    ['margins and a number', withNumber, 0],
    ['margins and a number, weights held', withNumber, 3],
  ])('finds what plain projections find: %s', (_, asked, rho) => {
    const slow = dense(asked, rho);
    const fast = jointAlignment(asked, { epsilon, rho, tolerance: 1e-5 });
    expect(fast.status).toBe('converged');
    expect(sum(slow.weights.map((w, i) => Math.abs(w - fast.weights[i]!)))).toBeLessThan(1e-4);
    expect(Math.abs(fast.value - slow.value)).toBeLessThan(1e-4 * Math.abs(slow.value));
    expect(fast.weights[50]).toBe(0);
  });

  it('lets a number give way that has an importance', () => {
    const soft = (importance: number) => {
      const weighting = { ...problem.weighting, constraints: [{ ...square, asked: 9, importance }] };
      const { weights, status, marginPrices } = jointAlignment({ ...problem, weighting }, { epsilon, tolerance: 1e-6 });
      expect(status).toBe('converged');
      return { mean: sum(weights.map((w, i) => w * square.values[i]!)), price: marginPrices.at(-1)! };
    };
    const [loose, firm] = [soft(10), soft(1e4)];
    expect(loose.mean).toBeLessThan(firm.mean);
    expect(firm.mean).toBeCloseTo(9, 1);
    // The price is importance x what is missing, both in units of the largest value.
    const largest = Math.max(...square.values);
    expect(loose.price * largest).toBeCloseTo((10 * (9 - loose.mean)) / largest, 3);
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
    const refused = (change: object) => () =>
      jointAlignment({ ...problem, weighting: { ...weighting, ...change } }, { epsilon });
    expect(() => jointAlignment(problem, { epsilon, rho: -1 })).toThrow('transport.rho: negative; got -1');
    expect(() => jointAlignment(problem, { epsilon, rho: Infinity })).toThrow(
      'joint.rho: not finite; expected a finite number: held weights meet no margins.',
    );
    expect(refused({ base: new Float64Array(n) })).toThrow('weighting.base: no positive weight');
    expect(() => jointAlignment({ ...problem, points: problem.points.map((x) => x / 2) }, { epsilon })).toThrow(
      'not on a lattice',
    );
  });
});
