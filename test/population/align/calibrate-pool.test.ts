import { describe, expect, it } from 'vitest';
import { calibratePool, residualOf } from '../../../src/population/align/calibrate-pool.js';
import { buildConstraints, type Constraint, type ConstraintSet } from '../../../src/population/align/constraints.js';
import { weightDiagnostics } from '../../../src/survey/diagnostics.js';
import type { CategoryMargin } from '../../../src/survey/weighting-problem.js';
import { people, tinyTarget } from '../fixture.js';

const options = { tolerance: 1e-8, minEffectiveSampleSize: 1 };
const equal = (n: number): Float64Array => new Float64Array(n).fill(1);

/** A set by hand: half women and half men (or other shares), and numbers by the name of their domain. */
function setOf(
  sexes: readonly number[],
  asked: readonly [number, number],
  traits: readonly { name: string; kind: Constraint['kind']; values: readonly number[]; asked: number }[],
): ConstraintSet {
  const sex: CategoryMargin = {
    name: 'sex',
    categories: ['female', 'male'],
    codes: Int32Array.from(sexes),
    asked: Float64Array.from(asked),
    unit: 'share',
  };
  return {
    constraints: [
      ...sex.categories.map((category): Constraint => ({
        kind: 'margin',
        name: `sex = ${category}`,
        subject: 'sex',
        importance: 1,
      })),
      ...traits.map(({ kind, name }): Constraint => ({ kind, name, subject: name.split(' ')[0]!, importance: 1 })),
    ],
    margins: [sex],
    numbers: traits.map(({ name, values, asked }) => ({
      name,
      values: Float64Array.from(values),
      asked,
      unit: 'mean' as const,
    })),
    unsupported: [],
  };
}

/** Six people who cover the tiny target but for the old men. */
const noOldMen = people([
  [0, 0, 0],
  [0, 1, 1],
  [0, 2, 0],
  [1, 0, 1],
  [1, 1, 0],
  [1, 1, 1],
]);
const gap = buildConstraints(tinyTarget(), noOldMen, noOldMen);
/** Calm people, where the target asks for more nervous ones than any of them. */
const calm = (asked: number): ConstraintSet =>
  setOf(
    [0, 0, 1, 1],
    [0.5, 0.5],
    [{ kind: 'trait-moment', name: 'neuroticism mean', values: [-1, -0.5, -1, 0], asked }],
  );

describe('calibratePool', () => {
  it('sets weights that meet the target', () => {
    const { weights, solution, unmet, refusal } = calibratePool(equal(4), calm(-0.5), options);
    expect([solution.status, unmet, refusal]).toEqual(['converged', [], null]);
    expect(weights[0]! + weights[1]!).toBeCloseTo(0.5, 8);
    expect(-weights[0]! - weights[1]! / 2 - weights[2]!).toBeCloseTo(-0.5, 8);
    expect(weights.reduce((s, w) => s + w, 0)).toBeCloseTo(1, 12);
  });

  it('says what each variable and domain costs: the effective personas there would be without it', () => {
    // Without the trait women and men are equal already; without the margin the trait is still there.
    const { weights, costs } = calibratePool(equal(4), calm(-0.5), options);
    const own = weightDiagnostics(weights).effectiveSampleSize;
    const cost = (margin: string) => costs.find((found) => found.margin === margin)!;
    expect(costs.map(({ margin }) => margin).sort()).toEqual(['neuroticism', 'sex']);
    expect(cost('neuroticism').effectiveSampleSizeWithout).toBeCloseTo(4, 8);
    expect(cost('neuroticism').gained).toBeCloseTo(4 - own, 8);
    expect(calibratePool(equal(4), calm(-0.5), { ...options, withCosts: false }).costs).toEqual([]);
  });

  it('lets quantiles give a little, and nothing else', () => {
    const set = setOf(
      [0, 0, 1],
      [0.7, 0.3],
      [{ kind: 'trait-quantile', name: 'openness at most 3.00', values: [1, 0, 0], asked: 0.2 }],
    );
    const { solution } = calibratePool(equal(3), set, options);
    const residuals = solution.cells.map(residualOf);
    expect(solution.status).toBe('converged');
    expect(Math.abs(residuals[0]!)).toBeLessThan(1e-8);
    expect(Math.abs(residuals[2]!)).toBeGreaterThan(1e-6);
    expect(Math.abs(residuals[2]!)).toBeLessThan(0.02);
  });

  it('meets what does not depend on a cell without a persona, names it, and says that it should be refused', () => {
    const { unmet, solution, refusal } = calibratePool(equal(6), gap, options);
    expect(unmet).toEqual(['sex x age = male x 65+ (no persona)']);
    expect(solution.status).toBe('converged');
    expect(Math.max(...solution.cells.map((cell) => Math.abs(residualOf(cell))))).toBeLessThan(1e-7);
    expect(refusal).toEqual({
      code: 'infeasible',
      problem: 'a cell of the target has no persona: sex x age = male x 65+',
    });
  });

  it('lets traits give way before heads where the pool cannot carry them, and says by how much', () => {
    const { unmet, solution, weights, refusal, costs } = calibratePool(equal(4), calm(0.3), options);
    expect(solution.status).toBe('converged');
    const [female, , neuroticism] = solution.cells.map(residualOf);
    expect(Math.abs(female!)).toBeLessThan(0.01);
    // The calmest that half women, half men can be is (-.5 + 0) / 2.
    expect(neuroticism).toBeLessThan(-0.5);
    expect(unmet[0]).toBe(`neuroticism mean (off by ${neuroticism!.toFixed(2)})`);
    expect(weights.reduce((s, w) => s + w, 0)).toBeCloseTo(1, 12);
    expect(costs).toEqual([]);
    expect(refusal!.problem).toMatch(
      /^no weights meet the target \(infeasible\); the pool lacks support for neuroticism(, sex)?: neuroticism mean \(off by -0\.\d\d\)/,
    );
    expect(refusal).toMatchObject({
      code: 'infeasible',
      got: Number(Math.abs(neuroticism!).toPrecision(3)),
      expected: 'a largest error ≤ 1e-8',
    });
  });

  it('refuses a target that only a handful of personas carry, and names what clashes', () => {
    const n = 400;
    const set = setOf(
      Array.from({ length: n }, (_, i) => i % 2),
      [0.85, 0.15],
      [
        {
          kind: 'trait-moment',
          name: 'openness mean',
          values: Array.from({ length: n }, (_, i) => (i === 0 ? 5 : 0)),
          asked: 4,
        },
      ],
    );
    const met = calibratePool(equal(n), set, options);
    const { effectiveSampleSize } = weightDiagnostics(met.weights);
    expect(met.refusal).toBeNull();
    const { refusal } = calibratePool(equal(n), set, { ...options, minEffectiveSampleSize: 100 });
    expect(refusal).toEqual({
      code: 'infeasible',
      problem: 'the pool carries the target on too few personas; it clashes with openness, sex',
      got: Number(effectiveSampleSize.toFixed(1)),
      expected: 'an effective sample size ≥ 100',
    });
  });
});
