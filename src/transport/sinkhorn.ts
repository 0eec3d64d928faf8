import type { SolverStatus } from '../core/solver-status.js';
import { withKernels, type Kernels } from '../numerics/kernels/kernels.js';
import { iterate, softMinimum, wanted, type Iterated, type Level, type Side } from './iterate.js';
import { checkProblem, meanCost, withMass, type PointMasses, type TransportProblem } from './problem.js';
import { spatialOrder } from './spatial-order.js';
import { warmStart } from './warm-start.js';

/** How to solve. */
export interface SinkhornOptions {
  /** Regularisation ε > 0, in cost units, finite. */
  readonly epsilon: number;
  /** ρ ≥ 0, in cost units: how strongly the source masses are held, by ρ KL(P1 ‖ a); Infinity (the default) holds them. */
  readonly sourceRho?: number;
  /** The same for the target masses. */
  readonly targetRho?: number;
  /** Largest error of each marginal that counts as converged. Default 1e-6. */
  readonly tolerance?: number;
  /** A whole number ≥ 1; one is one pass over all pairs. Default 1 000. */
  readonly maxIterations?: number;
  /** Threads, this one among them; the bytes of the result do not depend on it. Default 1. */
  readonly workers?: number;
  /** Fused multiply-adds: faster, but the last bits differ between processors. Default false. */
  readonly relaxed?: boolean;
}

/**
 * What was found, measured in the last pass over all pairs: in double precision where the tolerance is below 1e-6 or the problem
 * is small (2^18 pairs); else with exponents and sums in double and powers of two in single precision, without pairs that make
 * up less than a thousandth of the tolerance of any sum. Errors and masses are then right to about 1e-7, and so is the value,
 * as a share of it.
 */
export interface SinkhornSolution {
  /** `stalled`: the error stopped falling above the tolerance. Only `converged` may be used downstream. */
  readonly status: SolverStatus;
  readonly iterations: number;
  /** Σᵢ |(P1)ᵢ - aᵢ|; where ρ is finite |(P1)ᵢ - aᵢ exp(-fᵢ/ρ)|, the violated optimality; 0 for ρ = 0. */
  readonly rowError: number;
  /** The same for the columns. */
  readonly columnError: number;
  /** (n) row sums of the coupling: the source masses after transport. */
  readonly rowMasses: Float64Array;
  /** (m) column sums. */
  readonly columnMasses: Float64Array;
  /** ⟨P, C⟩ */
  readonly value: number;
  /** Value of the dual problem; with ε KL(P ‖ a⊗b) the primal one is never below it, and meets it at the solution. */
  readonly dual: number;
  /**
   * Potentials f (n) and g (m), in cost units: Pᵢⱼ = aᵢ bⱼ exp((fᵢ + gⱼ - Cᵢⱼ)/ε). Where both marginals are held only their
   * sum is determined; then Σ aᵢ fᵢ = 0.
   */
  readonly f: Float64Array;
  readonly g: Float64Array;
}

/**
 * Entropic optimal transport between point clouds: minimises ⟨P, C⟩ + ε KL(P ‖ a⊗b), plus ρ KL of each marginal that is
 * not held. The coupling is never stored, nor is the cost.
 *
 * Time O(n m d) an iteration, memory O((n + m) d); from 16 dimensions on the kernel is stored while it takes at most
 * 1.5 GiB. Zero masses are allowed and stay zero.
 *
 * @throws {Failure} `invalid-input` on shapes that do not fit, points that are not finite, masses that do not sum to one,
 *   a scale, ε or ρ out of range, or no iteration; `not-converged` where a point is out of reach of all others
 * @see Cuturi (2013) arXiv:1306.0895; Chizat et al. (2018) Math. Comp. 87; Peyré & Cuturi (2019) arXiv:1803.00567
 */
export function sinkhorn(problem: TransportProblem, options: SinkhornOptions): SinkhornSolution {
  return solve(problem, options, 'sinkhorn');
}

/** {@link sinkhorn} under the name of the caller, which failures begin with. */
export function solve(
  problem: TransportProblem,
  {
    epsilon,
    sourceRho = Infinity,
    targetRho = Infinity,
    tolerance = 1e-6,
    maxIterations = 1_000,
    ...where
  }: SinkhornOptions,
  name: string,
): SinkhornSolution {
  checkProblem(problem, epsilon, [sourceRho, targetRho], maxIterations);
  const bare = withMass(problem);
  const side = (of: 'source' | 'target', rho: number): OrderedSide => {
    const points = scaled(bare[of], problem.scale);
    const order = spatialOrder(points, problem.dimensions);
    return {
      name: of,
      order,
      points: reordered(points, order, problem.dimensions),
      masses: reordered(bare[of].masses, order, 1),
      damping: rho === Infinity ? 1 : rho / (rho + epsilon),
    };
  };
  const [source, target] = [side('source', sourceRho), side('target', targetRho)];
  // Each pass settles the rows, so the rows are the side that is held the most.
  const [rows, columns] = source.damping > target.damping ? [source, target] : [target, source];
  const level: OrderedLevel = { where: name, epsilon, dimensions: problem.dimensions, rows, columns };
  return withKernels(where, (kernels) => {
    const first = warmStart(kernels, level, meanCost(bare));
    const options = { tolerance, maxIterations, exact: true };
    const found = iterate(kernels, level, options, first.columns, first.rows);
    return solution(kernels, problem, level, found);
  });
}

/** Neighbours in space follow one another: passes leave out whole blocks, and evenly chosen points are a fair sample. */
interface OrderedSide extends Side {
  /** Which of the points with mass each one was. */
  readonly order: Int32Array;
}

interface OrderedLevel extends Level {
  readonly rows: OrderedSide;
  readonly columns: OrderedSide;
}

/** Entries of `width` numbers in another order. */
function reordered(values: Float64Array, order: Int32Array, width: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let k = 0; k < order.length; k++)
    for (let c = 0; c < width; c++) out[k * width + c] = values[order[k]! * width + c]!;
  return out;
}

/** Points in units of the scale. */
function scaled({ points }: PointMasses, scale: Float64Array): Float64Array {
  const d = scale.length;
  const out = new Float64Array(points.length);
  for (let at = 0; at < out.length; at++) out[at] = points[at]! / scale[at % d]!;
  return out;
}

/** Back to cost units, to source and target, and to the points without mass. */
function solution(
  kernels: Kernels,
  problem: TransportProblem,
  level: OrderedLevel,
  { status, iterations, rowPotential, columnPotential, last, error }: Iterated,
): SinkhornSolution {
  const { rows, columns, epsilon } = level;
  const unit = epsilon * Math.LN2;
  const held = rows.damping === 1 && columns.damping === 1;
  // Both marginals held: f + g is all that matters, and the mean of f is set to nothing.
  const [rowMean, columnMean] = [average(rows, rowPotential), average(columns, columnPotential)];
  const shift = held ? (rows.name === 'source' ? rowMean : -columnMean) : 0;
  const sides = {
    rows: { side: rows, potential: rowPotential, other: columnPotential, shift: -shift, sums: last.rowSums },
    columns: { side: columns, potential: columnPotential, other: rowPotential, shift, sums: last.columnSums },
  };
  const full = (of: 'rows' | 'columns') => {
    const { side, potential, other, shift: up, sums } = sides[of];
    const { points, masses } = problem[side.name];
    const massless = Array.from(masses.keys()).filter((i) => masses[i] === 0);
    const d = problem.dimensions;
    const at = Float64Array.from(massless.flatMap((i) => [...points.subarray(i * d, i * d + d)]));
    const beyond =
      massless.length === 0
        ? at
        : softMinimum(kernels, level, of, other, 'double', scaled({ points: at, masses }, problem.scale));
    const spread = (ordered: Float64Array, without: (k: number) => number): Float64Array => {
      const own = new Float64Array(ordered.length);
      side.order.forEach((place, k) => (own[place] = ordered[k]!));
      let [next, nextWithout] = [0, 0];
      return masses.map((mass) => (mass === 0 ? without(nextWithout++) : own[next++]!));
    };
    return {
      masses: spread(sums, () => 0),
      potential: spread(potential, (k) => side.damping * beyond[k]!).map((bits) => (bits + up) * unit),
    };
  };
  const [row, column] = [full('rows'), full('columns')];
  const [source, target] = rows.name === 'source' ? [row, column] : [column, row];
  // The rows were settled in the same pass, to rounding.
  const rowRounding = rows.masses.reduce(
    (e, a, i) => e + Math.abs(last.rowSums[i]! - a * wanted(rows.damping, rowPotential[i]!)),
    0,
  );
  const errors = { [rows.name]: rows.damping === 0 ? 0 : rowRounding, [columns.name]: error };
  const total = last.columnSums.reduce((s, x) => s + x, 0);
  return {
    status,
    iterations,
    rowError: errors.source!,
    columnError: errors.target!,
    rowMasses: source.masses,
    columnMasses: target.masses,
    value: last.cost * unit,
    dual: dualOf(rows, rowPotential, epsilon) + dualOf(columns, columnPotential, epsilon) - epsilon * (total - 1),
    f: source.potential,
    g: target.potential,
  };
}

const average = ({ masses }: Pick<Side, 'masses'>, potential: Float64Array): number =>
  masses.reduce((s, mass, i) => s + mass * potential[i]!, 0);

/** What one side adds to the dual, in cost units: Σ a f, or where it gives way Σ a ρ (1 - exp(-f/ρ)); `potential` is in bits. */
export function dualOf(side: Pick<Side, 'masses' | 'damping'>, potential: Float64Array, epsilon: number): number {
  if (side.damping === 0) return 0;
  if (side.damping === 1) return epsilon * Math.LN2 * average(side, potential);
  const rho = (epsilon * side.damping) / (1 - side.damping);
  return side.masses.reduce(
    (s, a, i) => (a === 0 ? s : s - a * rho * Math.expm1((-epsilon * Math.LN2 * potential[i]!) / rho)),
    0,
  );
}
