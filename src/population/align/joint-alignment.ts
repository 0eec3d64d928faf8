import { Failure } from '../../core/failure.js';
import type { SolverStatus } from '../../core/solver-status.js';
import { withKernels } from '../../numerics/kernels/kernels.js';
import { sum } from '../../numerics/statistics.js';
import { weightDiagnostics } from '../../survey/diagnostics.js';
import { rake } from '../../survey/rake.js';
import {
  askedShares,
  checkWeightingProblem,
  weightTotal,
  type WeightingProblem,
} from '../../survey/weighting-problem.js';
import { gatherCells } from '../../transport/lattice-cells.js';
import { fixedPoint, type Evaluation } from '../../transport/lattice-iterate.js';
import { absorb, plus } from '../../transport/lattice-pass.js';
import { sampledRounding, type FoundPotentials } from '../../transport/lattice-recheck.js';
import { negated, statusOf, withinRounding, type LatticeOptions } from '../../transport/lattice-sinkhorn.js';
import { sidesOf } from '../../transport/lattice-start.js';
import { checkProblem, type TransportProblem } from '../../transport/problem.js';

/** Weights wanted for personas: margins to be met, and the reference that their traits are to be carried to. */
export interface JointProblem {
  /** Personas with base weights and categorical margins. */
  readonly weighting: WeightingProblem;
  /** (n x d) whole coordinates of the personas, row-major. */
  readonly points: Float64Array;
  /** The reference, whole coordinates too, with masses that sum to one. */
  readonly reference: TransportProblem['target'];
  /** (d) unit of each dimension in the cost. */
  readonly scale: Float64Array;
}

/** Weights and what they cost. */
export interface JointAlignment {
  /** `converged` only where both errors are within the tolerance; `infeasible` where a category is asked for that nobody is in. */
  readonly status: SolverStatus;
  readonly iterations: number;
  /** (n) summing to one: the row sums of the coupling. */
  readonly weights: Float64Array;
  /** Over all margins the largest Σ |achieved - asked| of the categories, as shares. */
  readonly marginError: number;
  /** Σⱼ |(Pᵀ1)ⱼ - νⱼ|, rounding counted in as by `latticeSinkhorn`. */
  readonly referenceError: number;
  /** Kish's, of the weights. */
  readonly effectiveSampleSize: number;
  /** What is minimised: ⟨P, C⟩ + ε KL(P ‖ w₀ ⊗ ν), in cost units. */
  readonly value: number;
  /** (cells of all margins) what a category adds to the logarithm of a persona's weight. */
  readonly marginPrices: Float64Array;
  /** (reference) dual potential of each reference point, in cost units. */
  readonly referencePotential: Float64Array;
}

/** Most sweeps over the margins in one iteration. */
const mostSweeps = 200;
/** Margins are met in each iteration to this share of the tolerance. */
const raked = 0.1;

/**
 * Weights by one convex program: minimises ⟨P, C⟩ + ε KL(P ‖ w₀ ⊗ ν) over couplings P of personas and reference whose column
 * sums are ν and whose row sums meet every margin. The row sums are the weights: beside the margins nothing holds them, so this is
 * transport and calibration in one.
 *
 * Alternates the projections in closed form: one product with the lattice kernel to the personas, raking, one product back, and
 * accelerates the potential of the reference. Time and memory as `latticeSinkhorn`, plus O(n x margins) a sweep.
 *
 * @throws {Failure} `invalid-input` as `latticeSinkhorn` and on a weighting problem that is broken, has numeric constraints, or
 *   margins that may give way
 * @see Csiszár (1975) Ann. Probab. 3; Benamou et al. (2015) SIAM J. Sci. Comput. 37 (iterative Bregman projections)
 */
export function jointAlignment(
  { weighting, points, reference, scale }: JointProblem,
  { epsilon, tolerance = 1e-5, maxIterations = 200, ...where }: LatticeOptions,
): JointAlignment {
  checkWeighting(weighting);
  const baseTotal = sum(weighting.base);
  const source = { points, masses: weighting.base.map((w) => w / baseTotal) };
  const dimensions = scale.length;
  checkProblem({ dimensions, source, target: reference, scale }, epsilon, [], maxIterations);
  const personas = gatherCells(source, dimensions, 'joint.points');
  const people = gatherCells(reference, dimensions, 'joint.reference');
  const { cellOf } = personas;
  /** Weight without the part that follows from the traits: base times the factors of the margins. */
  const free = source.masses.slice();
  const prices = new Float64Array(weighting.margins.reduce((count, { categories }) => count + categories.length, 0));

  return withKernels(where, (kernels) => {
    const level = { epsilon, scale, source: personas.cells, target: people.cells };
    const found = kernels.scope(() => {
      const sides = sidesOf(kernels, level);
      const { masses } = people.cells;
      let calls = 0;

      /** Weights that meet the margins given the potential of the reference, and the reference sums that they lead to. */
      const evaluate = (g: Float64Array): JointStep => {
        const logSums = sides.passes.sums(sides.target, sides.source, plus(sides.target.logMasses, g));
        const top = logSums.reduce((high, x) => Math.max(high, x), -Infinity);
        const reached = logSums.map((x) => Math.exp(Math.LN2 * (x - top)));
        const base = free.map((w, i) => w * reached[cellOf[i]!]!);
        const { status, weights, multipliers } = rake(weighting, base, {
          tolerance: raked * tolerance,
          maxIterations: mostSweeps,
        });
        for (let k = 0; k < prices.length; k++) prices[k]! += multipliers[k]!;
        const shares = new Float64Array(reached.length);
        for (let i = 0; i < weights.length; i++) {
          shares[cellOf[i]!]! += weights[i]!;
          free[i] = weights[i]! === 0 ? 0 : weights[i]! / reached[cellOf[i]!]!;
        }
        const f = negated(logSums);
        const back = sides.passes.sums(sides.source, sides.target, plus(shares.map(Math.log2), f));
        const residual = back.map((x, j) => -x - g[j]!);
        const columnShares = residual.map((r) => Math.exp(-Math.LN2 * r));
        const referenceError = masses.reduce((e, mass, j) => e + mass * Math.abs(columnShares[j]! - 1), 0);
        const marginError = largestMarginError(weighting, weights);
        if (++calls <= absorptions) {
          absorb(sides.target, g);
          absorb(sides.source, f);
        }
        const infeasible = status === 'infeasible';
        // Nothing more can be done: an error of zero ends the iterations.
        const error = infeasible ? 0 : Math.max(referenceError, marginError);
        return { residual, error, infeasible, top, referenceError, marginError, weights, shares, f, g, columnShares };
      };
      const start = new Float64Array(masses.length);
      return fixedPoint(evaluate, masses, start, { tolerance: withinRounding * tolerance, maxIterations });
    });

    const { last, iterations } = found;
    const weighted = { ...level, source: { ...level.source, masses: last.shares } };
    const referenceError = last.referenceError + sampledRounding(kernels, weighted, last).columns;
    const unit = epsilon * Math.LN2;
    // P / (w₀ ν 2^(-C/ε)) is the factor of the margins times 2^g: its logarithm is all that is left of the objective.
    let value = people.cells.masses.reduce((s, mass, j) => s + unit * mass * last.columnShares[j]! * last.g[j]!, 0);
    last.weights.forEach((w, i) => {
      if (w > 0) value += w * (epsilon * Math.log(free[i]! / source.masses[i]!) - unit * last.top);
    });
    return {
      status: last.infeasible
        ? 'infeasible'
        : statusOf(found.status, Math.max(referenceError, last.marginError), tolerance),
      iterations,
      weights: last.weights,
      marginError: last.marginError,
      referenceError,
      effectiveSampleSize: weightDiagnostics(last.weights).effectiveSampleSize,
      value,
      marginPrices: prices,
      referencePotential: reference.masses.map((_, j) => last.g[people.cellOf[j]!]! * unit),
    };
  });
}

/** Iterations in which the absorbed parts of the potentials are still fitted. */
const absorptions = 2;

interface JointStep extends Evaluation, FoundPotentials {
  /** Bits that the factors of the margins were scaled up by. */
  readonly top: number;
  /** A category is asked for that nobody is in. */
  readonly infeasible: boolean;
  readonly referenceError: number;
  readonly marginError: number;
  readonly weights: Float64Array;
  /** (persona cells) weights added up. */
  readonly shares: Float64Array;
}

function checkWeighting(weighting: WeightingProblem): void {
  checkWeightingProblem(weighting);
  const fail = (what: string, problem: string): never => {
    throw new Failure('invalid-input', {
      where: `joint.${what}`,
      problem,
      hint: 'Calibrate the weights of the joint program to it.',
    });
  };
  const number = weighting.constraints?.[0];
  if (number !== undefined)
    fail(`constraints[${number.name}]`, 'only categorical margins are met by the joint program');
  const soft = weighting.margins.find(({ importance }) => importance !== undefined);
  if (soft !== undefined) fail(`margins[${soft.name}]`, 'margins of the joint program cannot give way');
}

/** Over all margins the largest Σ |achieved - asked|, as shares of the universe or of all weight. */
function largestMarginError(weighting: WeightingProblem, weights: Float64Array): number {
  let worst = 0;
  const total = weightTotal(weighting);
  for (const margin of weighting.margins) {
    const sums = new Float64Array(margin.categories.length + 1);
    for (let i = 0; i < weights.length; i++) sums[margin.codes[i]! + 1]! += weights[i]!;
    const whole = margin.unit === 'share' ? sum(sums.subarray(1)) : 1;
    const asked = askedShares(margin, total);
    worst = Math.max(
      worst,
      asked.reduce((e, share, c) => e + Math.abs(sums[c + 1]! / whole - share), 0),
    );
  }
  return worst;
}
