import { moments } from '../../numerics/statistics.js';
import { traitDomains } from '../../psychometrics/inventory.js';
import type { People } from '../people.js';
import type { Target } from '../target.js';
import { buildConstraints, weightingProblem, type Constraint } from './constraints.js';
import { jointAlignment, type JointAlignment, type JointOptions } from './joint-alignment.js';

const d = traitDomains.length;
/** Finer scores are put on a lattice of so many levels: its time grows with their fifth power. */
const mostLevels = 64;
const usualLevels = 41;

/** Evenly spaced values of a score. */
export interface ScoreLattice {
  readonly origin: number;
  readonly step: number;
}

/** Weights by transport and margins at once, and what the lattice did to the scores. */
export interface JointPool extends JointAlignment {
  /** What each price belongs to. */
  readonly constraints: readonly Constraint[];
  /** Share of the scores of the pool that are not on the lattice and were read at its nearest level. */
  readonly offLattice: number;
  /** Furthest that one was from there, in standard deviations of its domain. */
  readonly largestMove: number;
}

/**
 * Aligns a pool to margins, trait moments and the people of the target in one convex program; see {@link jointAlignment}. Scores
 * that are sums of items lie on a lattice, and there the kernel of the transport is separable: time hardly grows with the pool.
 * Scores between its levels are read at the nearest one; nobody's score is changed by it.
 *
 * @param people of the fit fold, with traits; each has the same mass
 * @param base (personas) weights to begin with, any scale
 * @param options ε and ρ in squared standard deviations of the traits
 * @param withTargets whether margins and moments are asked for; without them this is semi-relaxed transport
 * @throws {Failure} as {@link jointAlignment}
 */
export function alignJointly(
  target: Target,
  pool: People,
  people: People,
  base: Float64Array,
  options: JointOptions,
  withTargets = true,
): JointPool {
  const set = buildConstraints(target, pool, people, { kinds: ['trait-moment'] });
  const asked = weightingProblem(set, base, () => undefined);
  const lattice = scoreLattice(people.traits!);
  const { sd } = moments(people.traits!, d, new Float64Array(people.size).fill(1));
  const found = jointAlignment(
    {
      weighting: withTargets ? asked : { ...asked, margins: [], constraints: [] },
      points: levelsOf(pool.traits!, lattice),
      reference: {
        points: levelsOf(people.traits!, lattice),
        masses: new Float64Array(people.size).fill(1 / people.size),
      },
      scale: sd.map((s) => s / lattice.step),
    },
    options,
  );
  return { ...found, constraints: withTargets ? set.constraints : [], ...movesOf(pool.traits!, lattice, sd) };
}

/** The lattice that scores lie on; of scores that lie too close to each other for one, as many levels as sums of ten items have. */
export function scoreLattice(scores: Float64Array): ScoreLattice {
  const values = Float64Array.from(new Set(scores)).sort();
  const [lowest, range] = [values[0]!, values.at(-1)! - values[0]!];
  let step = range > 0 ? range : 1;
  for (let i = 1; i < values.length; i++) step = Math.min(step, values[i]! - values[i - 1]!);
  return { origin: lowest, step: range / step < mostLevels ? step : range / (usualLevels - 1) };
}

const levelsOf = (scores: Float64Array, { origin, step }: ScoreLattice): Float64Array =>
  scores.map((x) => Math.round((x - origin) / step));

/** Less than this share of a step off a level is rounding. */
const rounding = 1e-6;

function movesOf(
  scores: Float64Array,
  { origin, step }: ScoreLattice,
  sd: Float64Array,
): Pick<JointPool, 'offLattice' | 'largestMove'> {
  let [off, largestMove] = [0, 0];
  for (let at = 0; at < scores.length; at++) {
    const level = (scores[at]! - origin) / step;
    const move = Math.abs(level - Math.round(level));
    if (move <= rounding) continue;
    off++;
    largestMove = Math.max(largestMove, (move * step) / sd[at % d]!);
  }
  return { offLattice: off / scores.length, largestMove };
}
