import type { Finding } from '../core/findings.js';
import type { RandomStream } from '../core/random.js';
import { normalized, sum } from '../numerics/statistics.js';
import { maxMarginError, measureCells } from './cells.js';
import { weightDiagnostics } from './diagnostics.js';
import { integerize } from './integerize.js';
import { inZone } from './margins.js';
import { weightTotal, type WeightingProblem } from './weighting-problem.js';

/** Whole numbers of records instead of weights, and what that costs. */
export interface WholeRecords {
  /** (records) copies of each, summing to the size. */
  readonly counts: Int32Array;
  readonly size: number;
  /** Largest error of cells that have to be met, under the weights and under the copies. */
  readonly errorBefore: number;
  readonly errorAfter: number;
  /** Records with at least one copy. */
  readonly distinct: number;
  /** Share of the copies that repeat a record: 1 - distinct / size; 0 where there are none. */
  readonly cloneRate: number;
  readonly maxCopies: number;
  /** Kish's effective number of records behind the copies, (Σ copies)² / Σ copies². */
  readonly effectiveRecords: number;
  /** Categories of which at least one record was expected and none is there. */
  readonly vanished: readonly string[];
}

/**
 * Whole records by {@link integerize} with the margins of the problem in view, measured against all that was asked, numbers and
 * persons too.
 *
 * @param weights (records) as fitted
 * @param size what the copies sum to, a whole number ≥ 0
 * @throws {Failure} as {@link integerize}
 */
export function wholeRecords(
  problem: WeightingProblem,
  weights: Float64Array,
  size: number,
  random: RandomStream,
): WholeRecords {
  const { counts, distinct, vanished } = integerize(weights, { size, margins: problem.margins }, random);
  const total = weightTotal(problem) || 1;
  const errorOf = (own: ArrayLike<number>): number =>
    sum(own) > 0 ? maxMarginError(measureCells({ ...problem, total }, normalized(Float64Array.from(own)))) : 0;
  return {
    counts,
    size,
    errorBefore: errorOf(weights),
    errorAfter: errorOf(counts),
    distinct,
    cloneRate: size > 0 ? 1 - distinct / size : 0,
    maxCopies: counts.reduce((most, count) => Math.max(most, count), 0),
    effectiveRecords: weightDiagnostics(counts).effectiveSampleSize,
    vanished: vanished.map(({ margin, category }) => `${margin} = ${category}`),
  };
}

/** What there is to say about whole records, for reports; a caution when a category vanished. */
export function wholeRecordsFinding(zone: string, { counts, ...figures }: WholeRecords): Finding {
  const { size, distinct, cloneRate, maxCopies, errorAfter, vanished } = figures;
  const gone = vanished.length > 0 ? `; none is left of ${vanished.join(', ')}` : '';
  return {
    level: vanished.length > 0 ? 'caution' : 'info',
    code: 'whole-records',
    message: inZone(
      zone,
      `${size} copies of ${distinct} of ${counts.length} records (clone rate ${Number(cloneRate.toPrecision(3))}, at most ${maxCopies} of one), largest error ${Number(errorAfter.toPrecision(3))}${gone}`,
    ),
    values: { zone, ...figures },
  };
}
