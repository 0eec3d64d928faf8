import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.js';
import { calibratePool } from '../../../src/population/align/calibrate-pool.js';
import { buildConstraints, type Constraint, type ConstraintSet } from '../../../src/population/align/constraints.js';
import { weightDiagnostics } from '../../../src/survey/diagnostics.js';
import { indicators, sparse, vec } from '../../survey/fixture.js';
import { people, tinyTarget } from '../fixture.js';

const options = { tolerance: 1e-8, minEffectiveSampleSize: 1, allowUnmet: false };
const equal = (n: number): Float64Array => new Float64Array(n).fill(1);
const trait = (name: string, subject: string): Constraint => ({ kind: 'trait-moment', name, subject, importance: 1 });
const cell = (name: string): Constraint => ({ kind: 'margin', name, subject: name.split(' = ')[0]!, importance: 1 });

/** Five people who cover the tiny target but for the old men. */
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
const calm: ConstraintSet = {
  constraints: [cell('sex = female'), cell('sex = male'), trait('neuroticism mean', 'neuroticism')],
  features: sparse([
    [1, 0, -1],
    [1, 0, -0.5],
    [0, 1, -1],
    [0, 1, 0],
  ]),
  targets: vec(0.5, 0.5, 0.3),
  unsupported: [],
};

describe('calibratePool', () => {
  it('sets weights that meet the target', () => {
    const set: ConstraintSet = { ...calm, targets: vec(0.5, 0.5, -0.5) };
    const { weights, solution, unmet } = calibratePool(equal(4), set, options);
    expect(solution.status).toBe('converged');
    expect(unmet).toEqual([]);
    expect(weights[0]! + weights[1]!).toBeCloseTo(0.5, 8);
    expect(-weights[0]! - weights[1]! / 2 - weights[2]!).toBeCloseTo(-0.5, 8);
    expect(weights.reduce((s, w) => s + w, 0)).toBeCloseTo(1, 12);
  });

  it('lets quantiles give a little, and nothing else', () => {
    const set: ConstraintSet = {
      constraints: [
        cell('sex = female'),
        { kind: 'trait-quantile', name: 'openness at most 3.00', subject: 'openness', importance: 1 },
      ],
      features: indicators(
        [
          [0, 0],
          [0, 1],
          [1, 1],
        ],
        [1, 1],
      ),
      targets: vec(0.7, 0.2),
      unsupported: [],
    };
    const { solution } = calibratePool(equal(3), set, options);
    expect(solution.status).toBe('converged');
    expect(Math.abs(solution.residuals[0]!)).toBeLessThan(1e-8);
    expect(Math.abs(solution.residuals[1]!)).toBeGreaterThan(1e-6);
    expect(Math.abs(solution.residuals[1]!)).toBeLessThan(0.02);
  });

  it('refuses cells without a persona, by name', () => {
    const act = () => calibratePool(equal(6), gap, options);
    expect(act).toThrow(Failure);
    expect(act).toThrow(
      'calibrate-pool: a cell of the target has no persona: sex x age = male x 65+. ' +
        'Add histories of such people, choose another target, or accept the gaps with --allow-unmet.',
    );
  });

  it('lists those cells and meets the rest, when that is accepted', () => {
    const { unmet, solution } = calibratePool(equal(6), gap, { ...options, allowUnmet: true });
    expect(unmet).toEqual(['sex x age = male x 65+ (no persona)']);
    expect(solution.status).toBe('converged');
    expect(Math.max(...solution.residuals.map(Math.abs))).toBeLessThan(1e-7);
  });

  it('refuses a pool that cannot carry the traits, and names the trait', () => {
    const act = () => calibratePool(equal(4), calm, options);
    expect(act).toThrow(Failure);
    expect(act).toThrow(
      /^calibrate-pool: no weights meet the target \(infeasible\); the pool lacks support for neuroticism(, sex)?: neuroticism mean \(off by -0\.\d\d\).*; got [\d.]+, expected a largest error ≤ 1e-8\. Add personas of the kind that is missing, or accept the gaps with --allow-unmet\.$/,
    );
    expect(() => calibratePool(equal(4), calm, options)).toThrow(
      expect.objectContaining({ code: 'infeasible', exitCode: 3 }) as Error,
    );
  });

  it('lets traits give way before heads, and says by how much, when that is accepted', () => {
    const { unmet, solution, weights } = calibratePool(equal(4), calm, { ...options, allowUnmet: true });
    expect(solution.status).toBe('converged');
    const [female, , neuroticism] = solution.residuals;
    expect(Math.abs(female!)).toBeLessThan(0.01);
    // The calmest that half women, half men can be is (-.5 + 0) / 2.
    expect(neuroticism).toBeLessThan(-0.5);
    expect(unmet[0]).toBe(`neuroticism mean (off by ${neuroticism!.toFixed(2)})`);
    expect(weights.reduce((s, w) => s + w, 0)).toBeCloseTo(1, 12);
  });

  it('refuses a target that only a handful of personas carry, and names what clashes', () => {
    const n = 400;
    const set: ConstraintSet = {
      constraints: [trait('openness mean', 'openness'), trait('extraversion mean', 'extraversion')],
      features: sparse(Array.from({ length: n }, (_, i) => [i === 0 ? 5 : 0, i % 2 === 0 ? 1 : -1])),
      targets: vec(4, 0.7),
      unsupported: [],
    };
    const { effectiveSampleSize } = weightDiagnostics(calibratePool(equal(n), set, options).weights);
    const act = () => calibratePool(equal(n), set, { ...options, minEffectiveSampleSize: 100 });
    expect(act).toThrow(
      `calibrate-pool: the pool carries the target on too few personas; it clashes with openness, extraversion; ` +
        `got ${effectiveSampleSize.toFixed(1)}, expected an effective sample size ≥ 100. ` +
        'Add personas of the kind that is missing, or accept the gaps with --allow-unmet.',
    );
    expect(calibratePool(equal(n), set, { ...options, minEffectiveSampleSize: 100, allowUnmet: true }).unmet).toEqual(
      [],
    );
  });
});
