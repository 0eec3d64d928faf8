import type { SolverStatus } from '../core/solver-status.js';
import { withKernels, type Kernels } from '../numerics/kernels/kernels.js';
import { coarser, gatherCells, latticeAxes } from './lattice-cells.js';
import { fixedPoint, type FixedPoint, type Evaluation } from './lattice-iterate.js';
import { absorb, absorbedAt, latticePasses, latticeSide, plus } from './lattice-pass.js';
import { sampledRounding } from './lattice-recheck.js';
import { sidesOf, startOnAxes, type LatticeLevel, type LatticeSides } from './lattice-start.js';
import { checkProblem, type TransportProblem } from './problem.js';
import type { SinkhornOptions, SinkhornSolution } from './sinkhorn.js';

/** How to solve: {@link SinkhornOptions} with both marginals held. Default tolerance 1e-5: single precision goes little further. */
export type LatticeOptions = Omit<SinkhornOptions, 'sourceRho' | 'targetRho'>;

/**
 * Entropic optimal transport between points with whole coordinates (sums of inventory answers): the solution of
 * {@link SinkhornSolution} in time that does not depend on the number of points.
 *
 * The kernel exp(-C/ε) on the lattice is a product of one small matrix an axis; a pass is five contractions of a tensor in
 * single precision, with the additive parts of the potentials absorbed into the matrices. Errors are those of all cells in
 * single precision plus the mean rounding, which double-precision sums of a systematic sample of cells reveal (of all cells
 * where there are few).
 *
 * Time O(levels^(d+1)) an iteration and O(n d) beside it; memory 4 levels^d bytes.
 *
 * @throws {Failure} `invalid-input` as `sinkhorn`; on more than five dimensions, coordinates that are not whole, or a
 *   lattice that is too large
 */
export function latticeSinkhorn(
  problem: TransportProblem,
  { epsilon, tolerance = 1e-5, maxIterations = 1_000, ...where }: LatticeOptions,
): SinkhornSolution {
  checkProblem(problem, epsilon, [], maxIterations);
  const { dimensions: d, scale } = problem;
  const source = gatherCells(problem.source, d, 'transport.source');
  const target = gatherCells(problem.target, d, 'transport.target');
  return withKernels(where, (kernels) => {
    const level = { epsilon, scale, source: source.cells, target: target.cells };
    const start = kernels.scope(() => coarseStart(kernels, level, coarseLevels));
    const { found, value } = kernels.scope(() => {
      const sides = sidesOf(kernels, level);
      const found = iterate(sides, start, { tolerance: withinRounding * tolerance, maxIterations });
      return { found, value: meanCostOf(sides, found) };
    });
    const { f, g, residual } = found.last;
    const columnShares = residual.map((r) => Math.exp(-Math.LN2 * r));
    const rounding = sampledRounding(kernels, level, { f, g, columnShares });
    // The rows were settled in the same pass, to rounding.
    const errors = { rowError: rounding.rows, columnError: found.last.error + rounding.columns };
    const mean = level.source.masses.reduce((s, a, i) => (a > 0 ? s + a * f[i]! : s), 0);
    const unit = epsilon * Math.LN2;
    const total = level.target.masses.reduce((s, b, j) => s + b * columnShares[j]!, 0);
    const dual = (masses: Float64Array, potential: Float64Array): number =>
      masses.reduce((s, mass, c) => s + mass * potential[c]! * unit, 0);
    return {
      status: statusOf(found.status, Math.max(errors.rowError, errors.columnError), tolerance),
      iterations: found.iterations,
      ...errors,
      rowMasses: problem.source.masses.slice(),
      columnMasses: spread(columnShares, target.cellOf, (share, j) => problem.target.masses[j]! * share),
      value,
      dual: dual(level.source.masses, f) + dual(level.target.masses, g) - epsilon * (total - 1),
      f: spread(f, source.cellOf, (x) => (x - mean) * unit),
      g: spread(g, target.cellOf, (x) => (x + mean) * unit),
    };
  });
}

/** Both potentials, in bits; the residual says what the column sums are. */
interface Settled extends Evaluation {
  readonly f: Float64Array;
  readonly g: Float64Array;
}

/** One iteration: rows settled, columns measured. */
function settle({ source, target, passes }: LatticeSides, g: Float64Array): Settled {
  const f = negated(passes.sums(target, source, plus(target.logMasses, g)));
  const residual = negated(passes.sums(source, target, plus(source.logMasses, f)));
  const { masses } = target.cells;
  let error = 0;
  for (let j = 0; j < masses.length; j++) {
    residual[j]! -= g[j]!;
    error += masses[j]! * Math.abs(Math.exp(-Math.LN2 * residual[j]!) - 1);
  }
  return { f, g, residual, error };
}

function iterate(
  sides: LatticeSides,
  start: Float64Array,
  options: { readonly tolerance: number; readonly maxIterations: number },
): FixedPoint<Settled> {
  let calls = 0;
  const evaluate = (g: Float64Array): Settled => {
    const settled = settle(sides, g);
    // Potentials soon hardly move; what was absorbed then stays good.
    if (++calls <= absorptions) {
      absorb(sides.target, g);
      absorb(sides.source, settled.f);
    }
    return settled;
  };
  return fixedPoint(evaluate, sides.target.cells.masses, start, options);
}

/** Iterations stop at this share of the tolerance: the rest is for rounding. */
export const withinRounding = 0.8;
/** Iterations in which the absorbed parts are still fitted. */
const absorptions = 2;

/** Levels of the lattice, each half as fine as the one before, on which iterations begin. */
const coarseLevels = 2;
const roughly = { tolerance: 3e-3, maxIterations: 50 };

/** Target potential to begin with: found on a coarser lattice, carried over by one product with the kernel. */
function coarseStart(kernels: Kernels, level: LatticeLevel, levels: number): Float64Array {
  if (levels === 0) return absorbedAt(sidesOf(kernels, level).target);
  const coarse = { ...level, source: coarser(level.source), target: coarser(level.target) };
  const start = coarseStart(kernels, coarse, levels - 1);
  const sides = sidesOf(kernels, coarse);
  const { f } = iterate(sides, start, roughly).last;
  const fine = latticeSide(kernels, level.target);
  startOnAxes(latticeSide(kernels, level.source), fine, level.epsilon, level.scale);
  const passes = latticePasses(kernels, level.epsilon, level.scale, [sides.source, fine]);
  return negated(passes.sums(sides.source, fine, plus(sides.source.logMasses, f)));
}

/** ⟨P, C⟩, axis by axis. */
function meanCostOf({ source, target, passes }: LatticeSides, { last: { f, g } }: FixedPoint<Settled>): number {
  let total = 0;
  const weights = plus(source.logMasses, f);
  const own = plus(target.logMasses, g);
  for (let axis = 0; axis < latticeAxes; axis++) {
    if (
      source.cells.sizes[axis] === 1 &&
      target.cells.sizes[axis] === 1 &&
      source.cells.origins[axis] === target.cells.origins[axis]
    )
      continue;
    const logSums = passes.sums(source, target, weights, axis);
    for (let j = 0; j < own.length; j++) total += Math.exp(Math.LN2 * (own[j]! + logSums[j]!));
  }
  return total;
}

/** What is left of convergence when rounding is counted in. */
export function statusOf(status: SolverStatus, error: number, tolerance: number): SolverStatus {
  if (error <= tolerance) return 'converged';
  return status === 'converged' ? 'stalled' : status;
}

/** Values of cells at their points. */
function spread(values: Float64Array, cellOf: Int32Array, as: (value: number, point: number) => number): Float64Array {
  const out = new Float64Array(cellOf.length);
  for (let i = 0; i < out.length; i++) out[i] = as(values[cellOf[i]!]!, i);
  return out;
}

/** -x, in place: potentials are large, and there are many of them. */
export function negated(values: Float64Array): Float64Array {
  for (let i = 0; i < values.length; i++) values[i] = -values[i]!;
  return values;
}
