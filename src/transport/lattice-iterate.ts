import type { SolverStatus } from '../core/solver-status.js';
import { anderson } from './anderson.js';

/** Where a potential leads. */
export interface Evaluation {
  /** What a plain step would add to the potential. */
  readonly residual: Float64Array;
  /** How far the marginals are off. */
  readonly error: number;
}

/** Where iterations ended. */
export interface FixedPoint<E extends Evaluation> {
  readonly status: SolverStatus;
  readonly iterations: number;
  /** The potential of the last evaluation. */
  readonly potential: Float64Array;
  readonly last: E;
}

/** Steps that Anderson acceleration remembers. */
const window = 5;
/** Evaluations in which the lowest error must fall by a tenth, else the iteration has stalled. */
const patience = 30;

/**
 * Iterates potential → potential + residual, accelerated, until the error is within the tolerance. When an accelerated step
 * makes things twice as bad as they were at best, it goes back there and takes plain steps for a while; for longer each time.
 *
 * @param weights (potential) norm of the residual that acceleration looks at
 * @param start changed by nobody
 */
export function fixedPoint<E extends Evaluation>(
  evaluate: (potential: Float64Array) => E,
  weights: Float64Array,
  start: Float64Array,
  { tolerance, maxIterations }: { readonly tolerance: number; readonly maxIterations: number },
): FixedPoint<E> {
  const accelerator = anderson(weights, window);
  let potential = start;
  let lowest = { error: Infinity, iteration: 0 };
  let best = Infinity;
  let safe = start;
  let [failures, plainUntil] = [0, 0];
  for (let iteration = 1; ; iteration++) {
    const last = evaluate(potential);
    const { error, residual } = last;
    const ended = (status: SolverStatus): FixedPoint<E> => ({ status, iterations: iteration, potential, last });
    if (error <= tolerance) return ended('converged');
    if (error < 0.9 * lowest.error) lowest = { error, iteration };
    if (iteration - lowest.iteration >= patience) return ended('stalled');
    if (iteration === maxIterations) return ended('iteration-limit');
    const worse = error > 2 * best;
    best = Math.min(best, error);
    if (worse && iteration > plainUntil) {
      plainUntil = iteration + 3 * ++failures;
      accelerator.restart();
      potential = safe;
      continue;
    }
    const plain = potential.map((g, j) => g + residual[j]!);
    if (error <= 1.2 * best) safe = plain;
    potential = iteration < plainUntil ? plain : accelerator.next(potential, residual);
  }
}
