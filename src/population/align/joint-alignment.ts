import { Failure } from '../../core/failure.js';
import type { SolverStatus } from '../../core/solver-status.js';
import { withKernels } from '../../numerics/kernels/kernels.js';
import { normalized } from '../../numerics/statistics.js';
import { marginProjection } from '../../survey/margin-projection.js';
import { weightDiagnostics } from '../../survey/diagnostics.js';
import { checkWeightingProblem, type WeightingProblem } from '../../survey/weighting-problem.js';
import { gatherCells } from '../../transport/lattice-cells.js';
import { fixedPoint, type Evaluation } from '../../transport/lattice-iterate.js';
import { absorb, plus } from '../../transport/lattice-pass.js';
import { sampledRounding, type FoundPotentials } from '../../transport/lattice-recheck.js';
import { negated, statusOf, withinRounding, type LatticeOptions } from '../../transport/lattice-sinkhorn.js';
import { sidesOf } from '../../transport/lattice-start.js';
import { checkProblem, type TransportProblem } from '../../transport/problem.js';

/** Weights wanted for personas: margins to be met, and the reference that their traits are to be carried to. */
export interface JointProblem {
  /** Personas with base weights w₀, and what their weights have to meet: margins, and numbers such as moments of traits. */
  readonly weighting: WeightingProblem;
  /** (n x d) whole coordinates of the personas, row-major. */
  readonly points: Float64Array;
  /** The reference, whole coordinates too, with masses that sum to one. */
  readonly reference: TransportProblem['target'];
  /** (d) unit of each dimension in the cost. */
  readonly scale: Float64Array;
}

/** How to solve. */
export interface JointOptions extends LatticeOptions {
  /** ρ ≥ 0, in cost units: how strongly the weights are held to the base weights, by ρ KL(P1 ‖ w₀). Default 0. */
  readonly rho?: number;
}

/** Weights and what they cost. */
export interface JointAlignment {
  /** `converged` only where both errors are within the tolerance; `infeasible` where no weights meet the margins. */
  readonly status: SolverStatus;
  readonly iterations: number;
  /** (n) summing to one: the row sums of the coupling. */
  readonly weights: Float64Array;
  /** Over all margins the largest Σ |achieved - asked| of the categories; of numbers the `error` of a cell fit. Exact ones only. */
  readonly marginError: number;
  /** Σⱼ |(Pᵀ1)ⱼ - νⱼ|, rounding counted in as by `latticeSinkhorn`. */
  readonly referenceError: number;
  /** Kish's, of the weights. */
  readonly effectiveSampleSize: number;
  /** What is minimised, in cost units; without what margins that give way cost. */
  readonly value: number;
  /** (cells of all margins, then numbers) dual prices: what a category, or a unit, adds to the logarithm of a persona's weight. */
  readonly marginPrices: Float64Array;
  /** (reference) dual potential of each reference point, in cost units. */
  readonly referencePotential: Float64Array;
}

/** Margins are met in each iteration to this share of the tolerance. */
const projected = 0.1;

/**
 * Weights by one convex program: minimises ⟨P, C⟩ + ε KL(P ‖ w₀ ⊗ ν) + ρ KL(P1 ‖ w₀) over couplings P of personas and reference
 * whose column sums are ν and whose row sums meet every margin and number. The row sums are the weights: beside margins and ρ
 * nothing holds them, so this is transport and calibration in one.
 *
 * Alternates the projections: one product with the lattice kernel to the personas, the margins, one product back, and accelerates
 * the potential of the reference. Time and memory as `latticeSinkhorn`, plus those of raking or calibrating n records.
 *
 * @throws {Failure} `invalid-input` as `latticeSinkhorn`, on a negative ρ and on a weighting problem that is broken
 * @see Csiszár (1975) Ann. Probab. 3; Benamou et al. (2015) SIAM J. Sci. Comput. 37 (iterative Bregman projections); Chizat et
 *   al. (2018) Math. Comp. 87 (what ρ does)
 */
export function jointAlignment(
  { weighting, points, reference, scale }: JointProblem,
  { epsilon, rho = 0, tolerance = 1e-5, maxIterations = 200, ...where }: JointOptions,
): JointAlignment {
  checkWeightingProblem(weighting);
  const source = { points, masses: normalized(weighting.base) };
  const dimensions = scale.length;
  checkProblem({ dimensions, source, target: reference, scale }, epsilon, [rho], maxIterations);
  if (rho === Infinity)
    throw new Failure('invalid-input', {
      where: 'joint.rho',
      problem: 'not finite',
      expected: 'a finite number: held weights meet no margins',
    });
  const personas = gatherCells(source, dimensions, 'joint.points');
  const people = gatherCells(reference, dimensions, 'joint.reference');
  const { cellOf } = personas;
  /** How far weights follow what the reference asks of them. */
  const following = epsilon / (epsilon + rho);
  const project = marginProjection(weighting, projected * tolerance);

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
        const reached = logSums.map((x) => Math.exp(Math.LN2 * following * (x - top)));
        const base = source.masses.map((w, i) => w * reached[cellOf[i]!]!);
        const { status, weights, prices, error: marginError } = project(base);
        const shares = new Float64Array(reached.length);
        for (let i = 0; i < weights.length; i++) shares[cellOf[i]!]! += weights[i]!;
        const f = negated(logSums);
        const back = sides.passes.sums(sides.source, sides.target, plus(shares.map(Math.log2), f));
        const residual = back.map((x, j) => -x - g[j]!);
        const columnShares = residual.map((r) => Math.exp(-Math.LN2 * r));
        const referenceError = masses.reduce((e, mass, j) => e + mass * Math.abs(columnShares[j]! - 1), 0);
        if (++calls <= absorptions) {
          absorb(sides.target, g);
          absorb(sides.source, f);
        }
        const infeasible = status === 'infeasible';
        // Nothing more can be done: an error of zero ends the iterations.
        const error = infeasible ? 0 : Math.max(referenceError, marginError);
        return {
          residual,
          error,
          infeasible,
          referenceError,
          marginError,
          weights,
          prices,
          shares,
          f,
          g,
          columnShares,
        };
      };
      const start = new Float64Array(masses.length);
      return fixedPoint(evaluate, masses, start, { tolerance: withinRounding * tolerance, maxIterations });
    });

    const { last, iterations } = found;
    const weighted = { ...level, source: { ...level.source, masses: last.shares } };
    const referenceError = last.referenceError + sampledRounding(kernels, weighted, last).columns;
    const unit = epsilon * Math.LN2;
    // P / (w₀ ν 2^(-C/ε)) is weight / w₀ times 2^(f + g): its logarithm is all that is left of the first two terms.
    let value = people.cells.masses.reduce((s, mass, j) => s + unit * mass * last.columnShares[j]! * last.g[j]!, 0);
    last.weights.forEach((w, i) => {
      if (w > 0) value += w * ((epsilon + rho) * Math.log(w / source.masses[i]!) + unit * last.f[cellOf[i]!]!);
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
      marginPrices: last.prices,
      referencePotential: reference.masses.map((_, j) => last.g[people.cellOf[j]!]! * unit),
    };
  });
}

/** Iterations in which the absorbed parts of the potentials are still fitted. */
const absorptions = 2;

interface JointStep extends Evaluation, FoundPotentials {
  /** No weights meet the margins. */
  readonly infeasible: boolean;
  readonly referenceError: number;
  readonly marginError: number;
  readonly weights: Float64Array;
  readonly prices: Float64Array;
  /** (persona cells) weights added up. */
  readonly shares: Float64Array;
}
