import type { RandomStream } from '../core/random.js';
import { indexSampler } from '../numerics/sampling.js';
import type { TransportProblem } from './problem.js';

/** The potentials of a solution, in cost units, and the ε that they belong to. */
export interface Potentials {
  readonly f: Float64Array;
  readonly g: Float64Array;
  readonly epsilon: number;
}

/**
 * One row of the coupling: the masses that source point i sends to each target point,
 * Pᵢⱼ = aᵢ bⱼ exp((fᵢ + gⱼ - Cᵢⱼ)/ε).
 *
 * @returns (m)
 */
export function couplingRow(
  { dimensions: d, source, target, scale }: TransportProblem,
  { f, g, epsilon }: Potentials,
  i: number,
): Float64Array {
  const a = source.masses[i]!;
  return target.masses.map((b, j) => {
    if (a === 0 || b === 0) return 0;
    let cost = 0;
    for (let k = 0; k < d; k++) {
      const difference = (source.points[i * d + k]! - target.points[j * d + k]!) / scale[k]!;
      cost += difference * difference;
    }
    return a * b * Math.exp((f[i]! + g[j]! - cost) / epsilon);
  });
}

/**
 * Pairs drawn from the coupling, with replacement. A row is computed once, however often it is drawn: time
 * O(min(n, draws) m d).
 *
 * @param random as many numbers as draws, twice over
 * @returns (draws) source points in ascending order, and the target point that goes with each
 */
export function sampleCoupling(
  problem: TransportProblem,
  potentials: Potentials,
  rowMasses: Float64Array,
  draws: number,
  random: RandomStream,
): { readonly source: Int32Array; readonly target: Int32Array } {
  const rows = indexSampler(rowMasses);
  const source = Int32Array.from({ length: draws }, () => rows(random)).sort();
  const target = new Int32Array(draws);
  let columns = rows;
  source.forEach((i, at) => {
    if (source[at - 1] !== i) columns = indexSampler(couplingRow(problem, potentials, i));
    target[at] = columns(random);
  });
  return { source, target };
}

/**
 * Where the coupling sends each source point on average: Σⱼ Pᵢⱼ yⱼ / Σⱼ Pᵢⱼ. Points that send nothing stay where they are.
 * Time O(n m d).
 *
 * @returns (n x d) row-major
 */
export function barycentricMap(problem: TransportProblem, potentials: Potentials): Float64Array {
  const { dimensions: d, source, target } = problem;
  const out = Float64Array.from(source.points);
  for (let i = 0; i < source.masses.length; i++) {
    const row = couplingRow(problem, potentials, i);
    const total = row.reduce((s, p) => s + p, 0);
    if (!(total > 0)) continue;
    for (let k = 0; k < d; k++) {
      let mean = 0;
      for (let j = 0; j < row.length; j++) mean += row[j]! * target.points[j * d + k]!;
      out[i * d + k] = mean / total;
    }
  }
  return out;
}
