import { Failure } from '../../core/failure.js';
import { calibrate, type CalibrationSolution } from '../../survey/calibrate.js';
import { weightDiagnostics } from '../../survey/diagnostics.js';
import type { Constraint, ConstraintSet } from './constraints.js';

export interface PoolCalibration {
  /** (n) summing to one. */
  readonly weights: Float64Array;
  readonly solution: CalibrationSolution;
  /** What was not met, in words; empty when all constraints hold. */
  readonly unmet: readonly string[];
}

export interface PoolCalibrationOptions {
  /** Largest error of a constraint, in shares or SD units. */
  readonly tolerance: number;
  /** Fewest effective personas that the calibrated pool may have. */
  readonly minEffectiveSampleSize: number;
  /** Complete with what can be met instead of failing. */
  readonly allowUnmet: boolean;
}

/**
 * Quantiles of the traits only shape the density between the moments, so they may always give a little: held exactly they
 * pile the weight on few personas for no gain in distance.
 */
const usualSoftness = ({ kind }: Constraint): number => (kind === 'trait-quantile' ? 1e-3 : 0);

/** Softness of the fallback: Census margins give way a hundred times less than traits. */
const fallbackSoftness = ({ kind }: Constraint): number => (kind === 'margin' ? 1e-5 : 1e-3);

/** Accuracy of the fallback: its deviations are named to the hundredth. */
const fallbackTolerance = 1e-5;

/** A soft residual below this (share or SD units) is not worth a line. */
const worthNaming = 0.01;

/**
 * Sets the weights: the nearest ones to `base` that meet Census margins and trait moments together, or the proof that no
 * weights can. With `allowUnmet` the constraints give way as little as possible and what was not met is listed.
 *
 * @throws {Failure} `infeasible` naming empty cells, or the traits and margins that clash with the pool
 */
export function calibratePool(
  base: Float64Array,
  { constraints, features, targets, unsupported }: ConstraintSet,
  { tolerance, minEffectiveSampleSize, allowUnmet }: PoolCalibrationOptions,
): PoolCalibration {
  const empty = unsupported.map((cell) => `${cell} (no persona)`);
  if (empty.length > 0 && !allowUnmet)
    throw new Failure('infeasible', {
      where: 'calibrate-pool',
      problem: `${empty.length === 1 ? 'a cell of the target has' : `${empty.length} cells of the target have`} no persona: ${unsupported.join('; ')}`,
      hint: 'Add histories of such people, choose another target, or accept the gaps with --allow-unmet.',
    });
  const solve = (softness: (constraint: Constraint) => number, accuracy: number): CalibrationSolution =>
    calibrate({ base, features, targets, softness: Float64Array.from(constraints, softness) }, { tolerance: accuracy });
  const exact = solve(usualSoftness, tolerance);
  const carriers = weightDiagnostics(exact.weights).effectiveSampleSize;
  const isThin = exact.status === 'converged' && carriers < minEffectiveSampleSize;
  if (exact.status === 'converged' && !isThin) return { weights: exact.weights, solution: exact, unmet: empty };

  const soft = firmest(solve, Math.max(tolerance, fallbackTolerance));
  const clashes = worstFirst(constraints, soft.residuals);
  const worst = soft.residuals.reduce((m, r) => Math.max(m, Math.abs(r)), 0);
  if (!allowUnmet)
    throw new Failure('infeasible', {
      where: 'calibrate-pool',
      ...(isThin
        ? {
            problem: `the pool carries the target on too few personas; it clashes with ${subjects(constraints, exact.multipliers)}`,
            got: Number(carriers.toFixed(1)),
            expected: `an effective sample size ≥ ${minEffectiveSampleSize}`,
          }
        : {
            problem: `no weights meet the target (${exact.status}); the pool lacks support for ${subjects(constraints, soft.residuals)}: ${clashes.slice(0, 8).join('; ')}`,
            got: Number(worst.toPrecision(3)),
            expected: `a largest error ≤ ${tolerance}`,
          }),
      hint: 'Add personas of the kind that is missing, or accept the gaps with --allow-unmet.',
    });
  if (soft.status !== 'converged')
    throw new Failure('not-converged', {
      where: 'calibrate-pool',
      problem: `even giving way as little as possible ended as ${soft.status}`,
      got: soft.maxError,
      expected: `an error ≤ ${Math.max(tolerance, fallbackTolerance)}`,
    });
  return { weights: soft.weights, solution: soft, unmet: [...empty, ...clashes] };
}

/** The fallback as firm as it can be solved: a pool far from the target needs more give for the weights to exist at all. */
function firmest(
  solve: (softness: (constraint: Constraint) => number, accuracy: number) => CalibrationSolution,
  accuracy: number,
): CalibrationSolution {
  let solution: CalibrationSolution | undefined;
  for (const factor of [1, 10, 100, 1_000, 10_000]) {
    solution = solve((constraint) => factor * fallbackSoftness(constraint), accuracy);
    if (solution.status === 'converged') break;
  }
  return solution!;
}

/** `openness spread (off by 0.31)`, largest deviation first. */
function worstFirst(constraints: readonly Constraint[], residuals: Float64Array): string[] {
  return [...constraints.keys()]
    .filter((k) => Math.abs(residuals[k]!) > worthNaming)
    .sort((a, b) => Math.abs(residuals[b]!) - Math.abs(residuals[a]!))
    .map((k) => `${constraints[k]!.name} (off by ${residuals[k]!.toFixed(2)})`);
}

/** The variables and domains behind the largest values, each once, at most five. */
function subjects(constraints: readonly Constraint[], values: Float64Array): string {
  const order = [...constraints.keys()].sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!));
  const largest = Math.abs(values[order[0]!]!);
  const named = order.filter((k) => Math.abs(values[k]!) >= 0.1 * largest).map((k) => constraints[k]!.subject);
  return [...new Set(named)].slice(0, 5).join(', ');
}
