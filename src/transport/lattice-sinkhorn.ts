import type { SolverStatus } from '../core/solver-status.js';
import { withKernels, type Kernels } from '../numerics/kernels/kernels.js';
import { wanted } from './iterate.js';
import { coarser, gatherCells, latticeAxes } from './lattice-cells.js';
import { fixedPoint, type FixedPoint, type Evaluation } from './lattice-iterate.js';
import { absorb, absorbedAt, latticePasses, latticeSide, plus, type LatticeSide } from './lattice-pass.js';
import { sampledRounding, type FoundPotentials } from './lattice-recheck.js';
import { sidesOf, startOnAxes, type Damping, type LatticeLevel, type LatticeSides } from './lattice-start.js';
import { checkProblem, type TransportProblem } from './problem.js';
import { dualOf, type SinkhornOptions, type SinkhornSolution } from './sinkhorn.js';

/** How to solve with both marginals held. Default tolerance 1e-5: single precision goes little further. */
export type LatticeOptions = Omit<SinkhornOptions, 'sourceRho' | 'targetRho'>;

/**
 * Entropic optimal transport between points with whole coordinates (sums of inventory answers), balanced, semi-relaxed or
 * unbalanced: the solution of {@link SinkhornSolution} in time that does not depend on the number of points.
 *
 * The kernel exp(-C/ε) on the lattice is a product of one small matrix an axis; a pass is five contractions of a tensor in
 * single precision, with the additive parts of the potentials absorbed into the matrices. Errors are those of all cells in
 * single precision plus the mean rounding, which double-precision sums of a systematic sample of cells reveal (of all cells
 * where there are few). Masses, value and dual are those of single precision.
 *
 * Time O(levels^(d+1)) an iteration and O(n d) beside it; memory O(n d), and at most 128 MiB of the tensor of 4 levels^d bytes, or
 * a layer of 4 levels^(d-1) where that is more.
 *
 * @param options tolerance 1e-5 by default
 * @throws {Failure} `invalid-input` as `sinkhorn`; on more than five dimensions, coordinates that are not whole, or a
 *   lattice that is too large
 * @see {@link sinkhorn} for the sources
 */
export function latticeSinkhorn(
  problem: TransportProblem,
  {
    epsilon,
    sourceRho = Infinity,
    targetRho = Infinity,
    tolerance = 1e-5,
    maxIterations = 1_000,
    ...where
  }: SinkhornOptions,
): SinkhornSolution {
  checkProblem(problem, epsilon, [sourceRho, targetRho], maxIterations);
  const { dimensions: d, scale } = problem;
  const source = gatherCells(problem.source, d, 'transport.source');
  const target = gatherCells(problem.target, d, 'transport.target');
  const [rows, columns] = [source.cells.masses, target.cells.masses];
  const dampingOf = (rho: number): number => (rho === Infinity ? 1 : rho / (rho + epsilon));
  const damping = { source: dampingOf(sourceRho), target: dampingOf(targetRho) };
  const level = { epsilon, scale, source: source.cells, target: target.cells, damping };
  return withKernels(where, (kernels) => {
    const start = kernels.scope(() => coarseStart(kernels, level, coarseLevels));
    const { found, value, rowShares } = kernels.scope(() => {
      const sides = sidesOf(kernels, level);
      const found = iterate(sides, start, { tolerance: withinRounding * tolerance, maxIterations });
      return { found, value: meanCostOf(sides, found), rowShares: rowSharesOf(sides, found.last) };
    });
    const { f, columnShares, residual } = found.last;
    // Nothing drew the potential of a cell without mass to its place.
    const g = found.last.g.map((x, j) => (columns[j] === 0 ? x + residual[j]! : x));
    const rounding = sampledRounding(kernels, level, { f, g, columnShares, rowShares });
    // The rows were settled in the same pass, to rounding.
    const errors = {
      rowError: damping.source === 0 ? 0 : rounding.rows,
      columnError: found.last.error + (damping.target === 0 ? 0 : rounding.columns),
    };
    // Both marginals held: f + g is all that matters, and the mean of f is set to nothing.
    const held = damping.source === 1 && damping.target === 1;
    const mean = held ? rows.reduce((s, a, i) => (a > 0 ? s + a * f[i]! : s), 0) : 0;
    const unit = epsilon * Math.LN2;
    const total = columns.reduce((s, b, j) => s + b * columnShares[j]!, 0);
    const duals =
      dualOf({ masses: rows, damping: damping.source }, f, epsilon) +
      dualOf({ masses: columns, damping: damping.target }, g, epsilon);
    return {
      status: statusOf(found.status, Math.max(errors.rowError, errors.columnError), tolerance),
      iterations: found.iterations,
      ...errors,
      rowMasses: spread(rowShares, source.cellOf, (share, i) => problem.source.masses[i]! * share),
      columnMasses: spread(columnShares, target.cellOf, (share, j) => problem.target.masses[j]! * share),
      value,
      dual: duals - epsilon * (total - 1),
      f: spread(f, source.cellOf, (x) => (x - mean) * unit),
      g: spread(g, target.cellOf, (x) => (x + mean) * unit),
    };
  });
}

/** Both potentials, in bits. */
interface Settled extends Evaluation, FoundPotentials {}

/** One iteration: rows settled, columns measured. */
function settle({ source, target, damping, passes }: LatticeSides, g: Float64Array): Settled {
  const f = negated(passes.sums(target, source, plus(target.logMasses, g)), damping.source);
  const residual = passes.sums(source, target, plus(source.logMasses, f));
  const { masses } = target.cells;
  const columnShares = new Float64Array(g.length);
  let error = 0;
  for (let j = 0; j < masses.length; j++) {
    // Where there is no mass, what is wanted may be beyond all numbers.
    if (masses[j]! > 0) {
      columnShares[j] = Math.exp(Math.LN2 * (g[j]! + residual[j]!));
      if (damping.target > 0) error += masses[j]! * Math.abs(columnShares[j]! - wanted(damping.target, g[j]!));
    }
    residual[j] = -damping.target * residual[j]!;
  }
  const down = translation(damping, source, target, f, residual);
  for (let j = 0; j < g.length; j++) residual[j]! -= g[j]! + down;
  return { f, g, columnShares, residual, error };
}

/**
 * The constant, in bits, that is to be moved from g to f so that both sides want the same mass in all: plain iterations are slow
 * to find it where a marginal gives way, but not easily.
 *
 * @see Séjourné, Vialard & Peyré (2022) arXiv:2201.00730 (translation invariant Sinkhorn)
 */
function translation(
  damping: Damping,
  source: LatticeSide,
  target: LatticeSide,
  f: Float64Array,
  g: Float64Array,
): number {
  /** ε/ρ */
  const give = (part: number): number => (1 - part) / part;
  const both = give(damping.source) + give(damping.target);
  if (!(both > 0 && both < Infinity)) return 0;
  const mass = (part: number, { cells: { masses } }: LatticeSide, potential: Float64Array): number =>
    part === 1 ? 1 : masses.reduce((s, a, i) => (a > 0 ? s + a * wanted(part, potential[i]!) : s), 0);
  const ratio = mass(damping.source, source, f) / mass(damping.target, target, g);
  // Far from the solution it may be beyond all numbers.
  return ratio > 0 && ratio < Infinity ? Math.log2(ratio) / both : 0;
}

/** Row sums as shares of the masses. Where rows are settled they are what they should be; where they are let go they are measured. */
function rowSharesOf({ source, target, damping, passes }: LatticeSides, { f, g }: Settled): Float64Array {
  const shares =
    damping.source > 0
      ? f.map((x) => wanted(damping.source, x))
      : passes.sums(target, source, plus(target.logMasses, g)).map((x) => Math.exp(Math.LN2 * x));
  return shares.map((share, i) => (source.cells.masses[i] === 0 ? 0 : share));
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
  startOnAxes(latticeSide(kernels, level.source), fine, level);
  const passes = latticePasses(kernels, level.epsilon, level.scale, [sides.source, fine]);
  return negated(passes.sums(sides.source, fine, plus(sides.source.logMasses, f)), sides.damping.target);
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

/** -x, or a part of it, in place: potentials are large, and there are many of them. */
export function negated(values: Float64Array, part = 1): Float64Array {
  for (let i = 0; i < values.length; i++) values[i] = -part * values[i]!;
  return values;
}
