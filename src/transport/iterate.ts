import { Failure } from '../core/failure.js';
import type { SolverStatus } from '../core/solver-status.js';
import { logKernelSums } from '../numerics/kernel-sums.js';
import type { Kernels } from '../numerics/kernels/kernels.js';
import { centred } from '../numerics/kernels/layout.js';
import { anderson } from './anderson.js';
import { fusedPasses, type Cloud, type FusedPass, type Pass, type PassPrecision } from './fused-passes.js';

/** One side of a problem: points in units of the cost's scale, masses > 0, and how far its marginal is held. */
export interface Side extends Cloud {
  /** What a user knows it as. */
  readonly name: 'source' | 'target';
  /** ρ/(ρ + ε): 1 holds the marginal, 0 lets it go. */
  readonly damping: number;
}

/** Two sides at one ε. Rows are the side whose potentials each pass settles. */
export interface Level {
  readonly where: string;
  readonly epsilon: number;
  readonly dimensions: number;
  readonly rows: Side;
  readonly columns: Side;
}

/** Where iterations ended. Potentials are in bits: f/(ε ln 2). */
export interface Iterated {
  readonly status: SolverStatus;
  readonly iterations: number;
  /** (n) damped row potentials F. */
  readonly rowPotential: Float64Array;
  /** (m) column potentials G. */
  readonly columnPotential: Float64Array;
  /** The last pass: its sums belong to these potentials. */
  readonly last: Pass;
  /** L1 distance of the column sums from what they should be. */
  readonly error: number;
}

/** How long to iterate. */
export interface IterateOptions {
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Whether the result must be measured: by a pass that is more precise than the tolerance. */
  readonly exact: boolean;
}

/** Steps that Anderson acceleration remembers. */
const window = 8;
/** Tolerances from here on are measured in mixed precision, which is good to a tenth of that. */
const mixedTolerance = 1e-6;
/** Problems of fewer pairs are done in double precision from the beginning: nothing is gained. */
const fewPairs = 1 << 18;
/** What a pass may leave out of a sum: a share of the error before it; where the error is measured, of the tolerance, and little. */
const unseen = 0.5;
const unseenMeasured = 1e-3;
const mostUnseen = 1e-7;
const mostNegligible = 1 / 64;
/** No potential moves further in one step, in bits: single precision could not follow. */
const mostStep = 60;
/** Iterations without a new lowest error after which an error near the rounding of doubles counts as stuck. */
const patience = 200;

/**
 * Sinkhorn iterations from column potentials, accelerated: first in single precision as far as that carries, without pairs that
 * do not matter yet; then in mixed or, for tight tolerances and small problems, double precision until the error that is
 * measured there is small enough. When an accelerated step makes things worse, the next one is plain; when potentials leave the
 * range of the numbers, they are found in the log domain.
 *
 * @param start (m) column potentials in bits
 * @param stabilizer (n) row potentials that belong to them; by default they are computed
 * @throws {Failure} `not-converged` where a point is out of reach of all others
 */
export function iterate(
  kernels: Kernels,
  level: Level,
  { tolerance, maxIterations, exact }: IterateOptions,
  start: Float64Array,
  stabilizer?: Float64Array,
): Iterated {
  const { rows, columns } = level;
  const pass = passOf(kernels, level);
  const accelerator = anderson(columns.masses, window);
  const floor = singleFloor(level);
  const few = rows.masses.length * columns.masses.length <= fewPairs;
  const measuring = few || tolerance < mixedTolerance ? 'double' : 'mixed';
  const held = columns.damping === 1;
  let precision: PassPrecision = few ? measuring : 'single';
  let potential = start;
  let normalizing = stabilizer ?? softMinimum(kernels, level, 'rows', potential, exact ? 'double' : 'single');
  let lowest = { error: Infinity, iteration: 0 };
  let safe = potential;
  let [before, failures, plainUntil] = [0, 0, 0];

  for (let iteration = 1; ; iteration++) {
    if (exact && iteration === maxIterations && precision === 'single') precision = measuring;
    const share =
      precision === 'single'
        ? Math.min(mostNegligible, unseen * (before === 0 ? 1 : before))
        : Math.min(mostUnseen, unseenMeasured * tolerance);
    const negligible = held ? share : 0;
    let last = pass(precision, normalizing, potential, negligible);
    if (last.lost === 'rows') {
      // Found in the log domain, the stabilizer keeps any double in range.
      normalizing = softMinimum(kernels, level, 'rows', potential);
      last = pass((precision = 'double'), normalizing, potential);
      if (last.lost === 'rows')
        throw new Failure('not-converged', {
          where: level.where,
          problem: 'costs are too large beside epsilon for doubles to tell them apart',
          got: level.epsilon,
          hint: 'Raise epsilon.',
        });
    }
    const { residual, error } = plainStep(columns, potential, last.columnSums);
    normalizing = last.normalizing;
    const measured = precision !== 'single' || !exact;
    const stuck = error <= 1e-7 * floor && iteration - lowest.iteration >= patience;
    if ((measured && (error <= tolerance || stuck)) || iteration === maxIterations) {
      const status = error <= tolerance ? 'converged' : stuck ? 'stalled' : 'iteration-limit';
      const rowPotential = last.normalizing.map((x) => rows.damping * x);
      return { status, iterations: iteration, rowPotential, columnPotential: potential, last, error };
    }

    if (last.lost !== undefined) {
      // The plain iteration of the log domain: slow, and right whatever the potentials are.
      const settled = softMinimum(kernels, level, 'rows', potential).map((x) => rows.damping * x);
      potential = softMinimum(kernels, level, 'columns', settled).map((x) => columns.damping * x);
      normalizing = softMinimum(kernels, level, 'rows', potential);
      accelerator.restart();
      if (failures++ > 0) precision = 'double';
      continue;
    }
    if (precision === 'single' && exact) {
      const next = error * Math.min(1, error / before);
      const slow = iteration - lowest.iteration >= 10 && lowest.error < 1e-3;
      if (next <= tolerance || error <= floor || slow) precision = measuring;
    }
    const worse = error > 2 * lowest.error;
    // On a plateau the error stands still while the potentials travel: what they have covered is kept.
    if (error <= 1.2 * lowest.error) safe = moved(potential, residual, Infinity);
    if (error < lowest.error * (1 - 1e-3)) lowest = { error, iteration };
    before = error;
    if (worse && iteration > plainUntil) {
      // Back to safe ground, from there without acceleration for a while; for longer each time.
      plainUntil = iteration + 5 * ++failures;
      accelerator.restart();
      potential = safe;
      continue;
    }
    const next = iteration < plainUntil ? undefined : accelerator.next(potential, residual);
    potential = moved(potential, next === undefined ? residual : difference(next, potential), mostStep);
  }
}

/** What plain iteration adds to the column potentials, and how far the column sums are off. */
function plainStep(
  { masses, damping }: Side,
  potential: Float64Array,
  columnSums: Float64Array,
): { readonly residual: Float64Array; readonly error: number } {
  const residual = new Float64Array(masses.length);
  let error = 0;
  for (let j = 0; j < residual.length; j++) {
    const [b, g, sum] = [masses[j]!, potential[j]!, columnSums[j]!];
    residual[j] = damping * (g - Math.log2(sum / b)) - g;
    if (damping > 0) error += Math.abs(sum - b * wanted(damping, g));
  }
  return { residual, error };
}

/** potential + step, no part of which is larger than `most`. */
function moved(potential: Float64Array, step: Float64Array, most: number): Float64Array {
  const out = new Float64Array(potential.length);
  for (let j = 0; j < out.length; j++) out[j] = potential[j]! + Math.max(-most, Math.min(most, step[j]!));
  return out;
}

function difference(to: Float64Array, from: Float64Array): Float64Array {
  const out = new Float64Array(to.length);
  for (let j = 0; j < out.length; j++) out[j] = to[j]! - from[j]!;
  return out;
}

/** What the sum of a column should be, as a multiple of its mass, when its potential is g: exp(-g/ρ). */
export function wanted(damping: number, potential: number): number {
  return damping === 1 ? 1 : Math.exp((-Math.LN2 * potential * (1 - damping)) / damping);
}

/** Error below which single precision sees its own rounding: exponents of this size are rounded at 2^-24 of themselves. */
function singleFloor({ rows, columns, dimensions: d, epsilon }: Level): number {
  const unit = new Float64Array(d).fill(1);
  const mean = centred([rows.points, columns.points], unit).map((points) => {
    let total = 0;
    for (const x of points) total += x * x;
    return (total / points.length) * d;
  });
  return (Math.LOG2E * (mean[0]! + mean[1]!)) / (epsilon * (1 << 23));
}

/** Coordinates in which ½|x - y|² is the cost over ε in bits. */
function passOf(kernels: Kernels, { rows, columns, dimensions: d, epsilon }: Level): FusedPass {
  const unit = new Float64Array(d).fill(Math.sqrt((2 * Math.LOG2E) / epsilon));
  const [x, y] = centred([rows.points, columns.points], unit);
  return fusedPasses(kernels, { ...rows, points: x }, { ...columns, points: y }, d, rows.damping);
}

/**
 * The potentials of one side that make its sums its masses, given those of the other, in the log domain: in bits,
 * -log₂ Σⱼ bⱼ 2^(Gⱼ - C/ε).
 *
 * @param precision of the sums; `single` is for potentials to begin with
 * @param points where; by default the points of the side
 * @throws {Failure} `not-converged` where a point is out of reach of all others
 */
export function softMinimum(
  kernels: Kernels,
  { where, rows, columns, dimensions, epsilon }: Level,
  side: 'rows' | 'columns',
  potential: Float64Array,
  precision: 'single' | 'double' = 'double',
  points?: Float64Array,
): Float64Array {
  const [at, from] = side === 'rows' ? [rows, columns] : [columns, rows];
  const sums = logKernelSums(
    {
      dimensions,
      points: points ?? at.points,
      centres: from.points,
      logMass: from.masses.map((mass, j) => Math.log(mass) + Math.LN2 * potential[j]!),
      bandwidth: new Float64Array(dimensions).fill(Math.sqrt(epsilon / 2)),
      precision,
    },
    kernels,
  );
  if (!sums.every(Number.isFinite))
    throw new Failure('not-converged', {
      where,
      problem: `a ${at.name} point is out of reach of every ${from.name} point`,
      hint: 'Raise epsilon.',
    });
  return sums.map((s) => -s * Math.LOG2E);
}
