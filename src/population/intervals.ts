import { numberColumn, type Table } from '../core/table.js';
import { columnOf } from '../numerics/statistics.js';
import { normalQuantile } from '../numerics/normal.js';
import { traitDomains } from '../psychometrics/inventory.js';
import {
  combinedVariances,
  fullDraws,
  type AuthorReplicates,
  type CellValues,
  type CombinedVariance,
} from '../survey/replicates.js';
import { jointCodes } from './align/constraints.js';
import type { Interval } from './diagnostics.js';
import type { People } from './people.js';
import { cellsOf, variablesOf, type Margin, type Target } from './target.js';

/** Standard errors on either side of a 95 % interval. */
const standardErrors = normalQuantile(0.975);

/** The 95 % interval of an estimate that is about normal. */
export function intervalOf(estimate: number, variance: number): Interval {
  const reach = standardErrors * Math.sqrt(variance);
  return { lower: estimate - reach, upper: estimate + reach };
}

/** The 95 % interval of a share, which cannot leave [0, 1]; null without a variance. */
export function shareInterval(share: number, { total }: CombinedVariance): Interval | null {
  if (total === null) return null;
  const { lower, upper } = intervalOf(share, total);
  return { lower: Math.max(lower, 0), upper: Math.min(upper, 1) };
}

/** What is not known about the shares and means of a population, over authors and draws. */
export interface Uncertainty {
  /** One for each cell of the margin. */
  margin(margin: Margin): CombinedVariance[];
  /** One for each domain; empty without traits. */
  readonly traits: readonly CombinedVariance[];
}

/**
 * Variances under the calibration weights, restricted to each draw and not calibrated again: too large rather than too small
 * for what was calibrated.
 *
 * @param pool persona-pool/1
 * @param replicates null when there is one author
 * @see combinedVariances
 */
export function uncertaintyOf(
  target: Target,
  pool: Table,
  people: People,
  weights: Float64Array,
  replicates: AuthorReplicates | null,
): Uncertainty {
  const draws = replicates && fullDraws(numberColumn(pool, 'draw'), replicates, weights);
  const variances = (quantity: CellValues): CombinedVariance[] =>
    replicates && draws
      ? combinedVariances(replicates, draws, weights, quantity)
      : Array.from({ length: quantity.size }, () => ({ betweenAuthors: null, betweenDraws: null, total: null }));
  const together = { cells: new Uint32Array(people.size), size: 1 };
  const { traits } = people;
  return {
    margin({ variable }) {
      const names = variablesOf(variable);
      return variances({ cells: jointCodes(target, people, names), size: cellsOf(target, names).length });
    },
    traits: traits
      ? traitDomains.flatMap((_, k) => variances({ ...together, values: columnOf(traits, traitDomains.length, k) }))
      : [],
  };
}
