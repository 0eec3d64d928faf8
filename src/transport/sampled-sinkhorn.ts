import type { SolverStatus } from '../core/solver-status.js';
import { logKernelSums } from '../numerics/kernel-sums.js';
import { withKernels, type Kernels } from '../numerics/kernels/kernels.js';
import { normalized, sum } from '../numerics/statistics.js';
import { checkProblem, type PointMasses, type TransportProblem } from './problem.js';
import { sinkhorn, type SinkhornOptions } from './sinkhorn.js';

/** How to solve. */
export interface SampledOptions extends Omit<SinkhornOptions, 'sourceRho' | 'targetRho'> {
  /** Points a side that the problem is solved on: evenly through each list. Default 20 000. */
  readonly sample?: number;
  /** Points a side whose marginals are added up over all points of the other side. Default 512. */
  readonly checked?: number;
}

/** Potentials of all points, and how far they are from a solution. */
export interface SampledSolution {
  /** That of the solve on the sample; `converged` says nothing about the points outside, the errors do. */
  readonly status: SolverStatus;
  readonly iterations: number;
  /** Points of each side that were solved on. */
  readonly sampled: { readonly source: number; readonly target: number };
  /** (n), (m) potentials in cost units: Pᵢⱼ = aᵢ bⱼ exp((fᵢ + gⱼ - Cᵢⱼ)/ε). */
  readonly f: Float64Array;
  readonly g: Float64Array;
  /** Σᵢ |(P1)ᵢ - aᵢ|, estimated from the checked points in double precision; exact where all are checked. */
  readonly rowError: number;
  readonly columnError: number;
  /** Of the two: a few far points may have most of the error. 0 where all are checked. */
  readonly rowStandardError: number;
  readonly columnStandardError: number;
  /** ⟨P, C⟩ of the sample. */
  readonly value: number;
}

/**
 * Entropic transport between clouds too large for {@link sinkhorn}, of any coordinates: solved on a part of the points, and the
 * potentials extended to all by one half step each. The price is the chance in the parts, which the two errors state: with 20,000
 * of a million points, five dimensions and ε a twentieth of the mean cost some per cent. Time O(sample² + (n + m) sample).
 *
 * Points whose order means something should be shuffled first: every so-manieth is taken. Scores on a lattice have an exact
 * solver, `latticeSinkhorn`.
 *
 * @throws {Failure} as {@link sinkhorn}
 * @see Pooladian & Niles-Weed (2021) arXiv:2109.12004 (potentials of a sample extended to new points)
 */
export function sampledSinkhorn(
  problem: TransportProblem,
  { sample = 20_000, checked = 512, ...options }: SampledOptions,
): SampledSolution {
  const { epsilon, workers, relaxed } = options;
  checkProblem(problem, epsilon, [], options.maxIterations ?? 1);
  const part = {
    ...problem,
    source: evenly(problem.source, problem.dimensions, sample),
    target: evenly(problem.target, problem.dimensions, sample),
  };
  const solved = sinkhorn(part, options);
  const threads = { ...(workers !== undefined && { workers }), ...(relaxed !== undefined && { relaxed }) };
  return withKernels(threads, (kernels) => {
    const logSums = logSumsOf(kernels, problem, epsilon);
    const extended = (at: PointMasses, from: PointMasses, potential: Float64Array): Float64Array =>
      logSums(at.points, from, potential, 'single').map((s) => -epsilon * s);
    const f = extended(problem.source, part.target, solved.g);
    const g = extended(problem.target, part.source, solved.f);
    /** Mean over some points of what their marginal is off, all points of the other side counted. */
    const errorOf = (of: 'source' | 'target', own: Float64Array, other: Float64Array): Estimate => {
      const { points, masses, chosen } = evenly(problem[of], problem.dimensions, checked, besides);
      const from = problem[of === 'source' ? 'target' : 'source'];
      const found = logSums(points, from, other, 'double');
      const off = found.map((s, k) => Math.abs(Math.expm1(s + own[chosen[k]!]! / epsilon)));
      return estimateOf(off, masses, masses.length === problem[of].masses.filter((mass) => mass > 0).length);
    };
    const [rows, columns] = [errorOf('source', f, g), errorOf('target', g, f)];
    return {
      status: solved.status,
      iterations: solved.iterations,
      sampled: { source: part.source.masses.length, target: part.target.masses.length },
      f,
      g,
      rowError: rows.mean,
      columnError: columns.mean,
      rowStandardError: rows.standardError,
      columnStandardError: columns.standardError,
      value: solved.value,
    };
  });
}

interface Estimate {
  readonly mean: number;
  readonly standardError: number;
}

/** A weighted mean; without a standard error where nothing was left out. */
function estimateOf(values: Float64Array, weights: Float64Array, isAll: boolean): Estimate {
  const mean = sum(values.map((x, k) => weights[k]! * x));
  const variance = sum(values.map((x, k) => weights[k]! * weights[k]! * (x - mean) * (x - mean)));
  return { mean, standardError: isAll ? 0 : Math.sqrt(variance) };
}

/** Where in its step a checked point lies: not where those of the sample do, whose own marginals fit better. */
const besides = 0.1;

/** log Σⱼ massⱼ exp((potentialⱼ - C)/ε) at points. */
const logSumsOf =
  (kernels: Kernels, { dimensions, scale }: TransportProblem, epsilon: number) =>
  (points: Float64Array, from: PointMasses, potential: Float64Array, precision: 'single' | 'double'): Float64Array =>
    logKernelSums(
      {
        dimensions,
        points,
        centres: from.points,
        logMass: from.masses.map((mass, j) => Math.log(mass) + potential[j]! / epsilon),
        bandwidth: scale.map((s) => s * Math.sqrt(epsilon / 2)),
        precision,
      },
      kernels,
    );

/** Points with mass at even steps through a list, their masses summing to one. */
function evenly(
  { points, masses }: PointMasses,
  d: number,
  size: number,
  phase = 0.5,
): PointMasses & { readonly chosen: Int32Array } {
  const some = Int32Array.from(masses.keys()).filter((i) => masses[i]! > 0);
  const n = some.length;
  const chosen =
    n <= size ? some : Int32Array.from({ length: size }, (_, k) => some[Math.floor(((k + phase) * n) / size)]!);
  const out = new Float64Array(chosen.length * d);
  chosen.forEach((i, k) => out.set(points.subarray(i * d, i * d + d), k * d));
  return { points: out, masses: normalized(Float64Array.from(chosen, (i) => masses[i]!)), chosen };
}
