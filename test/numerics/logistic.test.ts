import { describe, expect, it } from 'vitest';
import { randomStream } from '../../src/core/random.js';
import { crossValidatedLogits, logisticRegression, logits, quadraticFeatures } from '../../src/numerics/logistic.js';

const x = [-2, -1.2, -0.4, 0.1, 0.3, 0.8, 1.5, 2.2, -0.7, 0.9];
const labels = Uint8Array.of(0, 0, 1, 0, 1, 0, 1, 1, 0, 1);
const weights = Float64Array.of(1, 2, 1, 3, 1, 1, 2, 1, 1, 1);
const features = Float64Array.from(x.flatMap((value) => [1, value]));

describe('logisticRegression', () => {
  // R: glm(y ~ x, family = binomial, weights = w).
  it('gives the coefficients of glm', () => {
    const { coefficients, status } = logisticRegression(features, labels, weights, 0);
    expect(status).toBe('converged');
    expect(coefficients[0]).toBeCloseTo(-0.823864743742, 6);
    expect(coefficients[1]).toBeCloseTo(1.970664352985, 6);
  });

  it('reads weights as repetitions, of any scale', () => {
    const rows = [...weights.keys()].flatMap((i) => new Array<number>(weights[i]!).fill(i));
    const repeated = Float64Array.from(rows.flatMap((i) => [1, x[i]!]));
    const many = logisticRegression(
      repeated,
      Uint8Array.from(rows, (i) => labels[i]!),
      new Float64Array(rows.length).fill(9),
    );
    const few = logisticRegression(features, labels, weights);
    few.coefficients.forEach((c, k) => expect(many.coefficients[k]).toBeCloseTo(c, 6));
  });

  it('is finite where a line separates the classes, and where there is one class', () => {
    const apart = Float64Array.from([1, -1, 1, -2, 1, 1, 1, 2]);
    const { coefficients, status } = logisticRegression(apart, Uint8Array.of(0, 0, 1, 1), new Float64Array(4).fill(1));
    expect(status).toBe('converged');
    expect(coefficients[1]).toBeGreaterThan(2);
    expect(coefficients.every(Number.isFinite)).toBe(true);
    const one = logisticRegression(apart, new Uint8Array(4), new Float64Array(4).fill(1));
    expect(one.coefficients.every(Number.isFinite)).toBe(true);
    expect(logits(apart, one.coefficients).every((t) => t < -5)).toBe(true);
  });
});

describe('quadraticFeatures', () => {
  it('by hand: 1, coordinates in standard deviations, squares and products', () => {
    // Means 1 and 5, standard deviations 1 and 2.
    expect([...quadraticFeatures(Float64Array.of(0, 3, 2, 7, 0, 7, 2, 3), 2).subarray(0, 6)]).toEqual([
      1, -1, -1, 1, 1, 1,
    ]);
    expect([...quadraticFeatures(Float64Array.of(4, 4), 1)]).toEqual([1, 0, 0, 1, 0, 0]);
  });
});

describe('crossValidatedLogits', () => {
  const random = randomStream('logits');
  const n = 200;
  const points = Float64Array.from({ length: n }, (_, i) => random.normal() + (i < 80 ? 1 : 0));
  const classes = Uint8Array.from({ length: n }, (_, i) => (i < 80 ? 1 : 0));
  const all = quadraticFeatures(points, 1);
  const found = crossValidatedLogits(all, classes, new Float64Array(n).fill(1), 5, randomStream('folds'));

  it('puts a fifth of each class into each fold', () => {
    for (let fold = 0; fold < 5; fold++)
      for (const [label, size] of [
        [0, 24],
        [1, 16],
      ])
        expect(found.folds.filter((own, i) => own === fold && classes[i] === label)).toHaveLength(size!);
  });

  it('judges each row by a model of the other folds', () => {
    for (let fold = 0; fold < 5; fold++) {
      const others = [...classes.keys()].filter((i) => found.folds[i] !== fold);
      const { coefficients } = logisticRegression(
        Float64Array.from(others.flatMap((i) => [...all.subarray(3 * i, 3 * i + 3)])),
        Uint8Array.from(others, (i) => classes[i]!),
        new Float64Array(others.length).fill(1),
      );
      const expected = logits(all, coefficients);
      found.folds.forEach((own, i) => {
        if (own === fold) expect(found.logits[i]).toBeCloseTo(expected[i]!, 9);
      });
    }
  });
});
