import { Failure } from '../core/failure.js';
import { sum } from '../numerics/statistics.js';
import { checkPoints } from './check-points.js';

/** Mass at points: (n x d) row-major points, (n) masses that sum to one. */
export interface PointMasses {
  readonly points: Float64Array;
  readonly masses: Float64Array;
}

/** Transport between two point clouds with cost C = Σₖ ((xₖ - yₖ)/sₖ)². */
export interface TransportProblem {
  readonly dimensions: number;
  readonly source: PointMasses;
  readonly target: PointMasses;
  /** (d) s, the unit of each dimension in the cost, > 0. */
  readonly scale: Float64Array;
}

/**
 * Checks a problem and the numbers that every solver of it takes.
 *
 * @throws {Failure} `invalid-input` on shapes that do not fit, points that are not finite, masses that do not sum to one,
 *   a scale, ε or ρ out of range, or no iteration
 */
export function checkProblem(
  { dimensions: d, source, target, scale }: TransportProblem,
  epsilon: number,
  rhos: readonly number[],
  maxIterations: number,
): void {
  const fail = (where: string, problem: string, got: unknown, expected: string): never => {
    throw new Failure('invalid-input', { where, problem, got, expected });
  };
  if (!(epsilon > 0)) fail('transport.epsilon', 'not positive', epsilon, '> 0, in the unit of the cost');
  if (epsilon === Infinity) fail('transport.epsilon', 'not finite', epsilon, '> 0, in the unit of the cost');
  for (const rho of rhos) if (!(rho >= 0)) fail('transport.rho', 'negative', rho, '≥ 0, in the unit of the cost');
  if (scale.length !== d) fail('transport.scale', 'wrong number of dimensions', scale.length, String(d));
  const badScale = scale.findIndex((s) => !(s > 0 && s < Infinity));
  if (badScale >= 0) fail(`transport.scale[${badScale}]`, 'not a unit', scale[badScale], 'a finite number > 0');
  if (!(Number.isInteger(maxIterations) && maxIterations >= 1))
    fail('transport.maxIterations', 'not a number of iterations', maxIterations, 'a whole number ≥ 1');
  for (const [name, { points, masses }] of Object.entries({ source, target })) {
    checkPoints(`transport.${name}`, points, masses, d);
    const total = sum(masses);
    if (!(Math.abs(total - 1) <= 1e-9)) fail(`transport.${name}`, 'masses do not sum to one', total, '1 (±1e-9)');
  }
}

/** Mean of the cost over all pairs, weighted by both masses: the scale that ε is chosen on. Time O((n + m) d). */
export function meanCost({ dimensions: d, source, target, scale }: TransportProblem): number {
  let total = 0;
  for (let k = 0; k < d; k++) {
    const [x, y] = [source, target].map(({ points, masses }) => {
      let mean = 0;
      for (let i = 0; i < masses.length; i++) mean += masses[i]! * points[i * d + k]!;
      let variance = 0;
      for (let i = 0; i < masses.length; i++)
        variance += masses[i]! * (points[i * d + k]! - mean) * (points[i * d + k]! - mean);
      return { mean, variance };
    }) as [Moment, Moment];
    const shift = x.mean - y.mean;
    total += (x.variance + y.variance + shift * shift) / (scale[k]! * scale[k]!);
  }
  return total;
}

interface Moment {
  readonly mean: number;
  readonly variance: number;
}

/** The problem without the points that carry no mass. */
export function withMass(problem: TransportProblem): TransportProblem {
  const { dimensions: d, source, target } = problem;
  if (!source.masses.includes(0) && !target.masses.includes(0)) return problem;
  const bare = ({ points, masses }: PointMasses): PointMasses => ({
    points: points.filter((_, at) => masses[Math.floor(at / d)]! > 0),
    masses: masses.filter((w) => w > 0),
  });
  return { ...problem, source: bare(source), target: bare(target) };
}
