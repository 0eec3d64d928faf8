import { columnOf, moments } from '../numerics/statistics.js';
import { traitDomains } from '../psychometrics/inventory.js';
import { replicateMeans, replicateVariance, type AuthorReplicates } from '../survey/replicates.js';
import { jointCodes } from './align/constraints.js';
import type { KnownGroups } from './diagnostics.js';
import { intervalOf } from './intervals.js';
import type { People } from './people.js';
import { cellsOf, type Target } from './target.js';

const d = traitDomains.length;

/**
 * Known-groups validity of a pool before any weighting: the slope of its trait means by sex and age on those of test people.
 * Means are centred by domain over the cells, measured in SDs of the test people, and weighted by the share of the pool in the
 * cell. Traits that were drawn without looking at the person give 0, answers shrunk to the middle give less than 1.
 *
 * @param pool every persona with the same weight
 * @param least least slope that passes; the interval has to reach it
 * @returns null without traits or authors to compare, or where all people are in one cell
 * @see Cronbach & Meehl (1955), Psychological Bulletin 52, 281-302, on differences between known groups
 */
export function knownGroups(
  target: Target,
  pool: People,
  replicates: AuthorReplicates | null,
  test: People,
  least: number,
): KnownGroups | null {
  if (!pool.traits || !test.traits || !replicates) return null;
  const size = cellsOf(target, ['sex', 'age']).length;
  const cells = jointCodes(target, pool, ['sex', 'age']);
  const wanted = groupMeans(jointCodes(target, test, ['sex', 'age']), size, test.traits);
  const { sd } = moments(test.traits, d, new Float64Array(test.size).fill(1));
  const equal = new Float64Array(pool.size).fill(1);
  const shares = replicateMeans(replicates, equal, { cells, size });
  const sums = traitDomains.map((_, k) =>
    replicateMeans(replicates, equal, { cells, size, values: columnOf(pool.traits!, d, k) }),
  );
  const slopes = shares.map((weights, replicate) => {
    const found = sums.map((domain) => domain[replicate]!.map((s, c) => s / weights[c]!));
    return centredSlope(found, wanted, sd, weights);
  });
  const slope = slopes[0] ?? null;
  // Replicates that are all in one cell have no slope.
  const variance = slope === null ? null : replicateVariance(slopes.filter((found) => found !== null));
  if (slope === null || variance === null) return null;
  const { lower, upper } = intervalOf(slope, variance);
  return { slope, lower, upper, passed: upper >= least };
}

/** Mean of each domain in each cell, (domains) of (cells); NaN where nobody is. */
function groupMeans(cells: Uint32Array, size: number, traits: Float64Array): Float64Array[] {
  const counts = new Float64Array(size);
  for (const cell of cells) counts[cell]!++;
  return traitDomains.map((_, k) => {
    const sums = new Float64Array(size);
    cells.forEach((cell, i) => (sums[cell]! += traits[i * d + k]!));
    return sums.map((s, c) => s / counts[c]!);
  });
}

/**
 * Slope of the found means on the wanted ones over all domains and cells.
 *
 * @returns null when the wanted means do not differ between the cells that have people
 */
function centredSlope(
  found: readonly Float64Array[],
  wanted: readonly Float64Array[],
  sd: Float64Array,
  weights: Float64Array,
): number | null {
  const cells = Array.from(weights.keys()).filter((c) => weights[c]! > 0 && !Number.isNaN(wanted[0]![c]!));
  const total = cells.reduce((s, c) => s + weights[c]!, 0);
  const centred = (means: Float64Array, k: number): number[] => {
    const mean = cells.reduce((s, c) => s + (weights[c]! / total) * means[c]!, 0);
    return cells.map((c) => (means[c]! - mean) / sd[k]!);
  };
  let [products, squares] = [0, 0];
  wanted.forEach((means, k) => {
    if (!(sd[k]! > 0)) return;
    const [x, y] = [centred(means, k), centred(found[k]!, k)];
    cells.forEach((cell, at) => {
      products += weights[cell]! * x[at]! * y[at]!;
      squares += weights[cell]! * x[at]! * x[at]!;
    });
  });
  return squares > 1e-12 ? products / squares : null;
}
