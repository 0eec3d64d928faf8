import { z } from 'zod';
import { sortedOrder } from '../numerics/sorted-order.js';
import { sum } from '../numerics/statistics.js';
import { peopleDiagnostics, weightDiagnostics } from './diagnostics.js';
import { askedShares, weightTotal, type WeightingProblem, type CategoryMargin } from './weighting-problem.js';

/** How many records stand behind one category of a margin. */
export const GroupSupport = z.strictObject({
  margin: z.string(),
  category: z.string(),
  /** Wanted share: of its universe for shares, of all weight for totals. */
  asked: z.number(),
  /** Records with base weight. */
  records: z.int().min(0),
  /** Share of all weight. */
  share: z.number(),
  /** Kish's, of the weights in the category alone; 0 where nobody has weight. */
  effectiveSampleSize: z.number().min(0),
  /** The same with the records of one person added up; null where it is not known who is who. */
  effectivePeople: z.number().min(0).nullable(),
});
export type GroupSupport = z.infer<typeof GroupSupport>;

/**
 * Support of every category of every margin, in their order.
 *
 * @param weights (records) any scale
 * @param people (records) the person, or other cluster, of each record
 */
export function groupSupport(
  problem: WeightingProblem,
  weights: Float64Array,
  people?: readonly string[],
): GroupSupport[] {
  const total = weightTotal(problem) || 1;
  const whole = sum(weights);
  return problem.margins.flatMap((margin) => {
    const rows = rowsByCategory(margin, problem.base);
    const asked = askedShares(margin, total);
    return margin.categories.map((category, c): GroupSupport => {
      const own = new Float64Array(rows[c]!.length);
      for (let k = 0; k < own.length; k++) own[k] = weights[rows[c]![k]!]!;
      const ofPeople =
        people &&
        peopleDiagnostics(
          Array.from(rows[c]!, (i) => people[i]!),
          own,
        );
      return {
        margin: margin.name,
        category,
        asked: asked[c]!,
        records: own.length,
        share: whole > 0 ? sum(own) / whole : 0,
        effectiveSampleSize: weightDiagnostics(own).effectiveSampleSize,
        effectivePeople: ofPeople?.effectivePeople ?? null,
      };
    });
  });
}

/** Rows of the records with weight in each category, ascending. */
function rowsByCategory({ categories, codes }: CategoryMargin, base: Float64Array): Int32Array[] {
  const counts = new Int32Array(categories.length);
  for (let i = 0; i < codes.length; i++) if (codes[i]! >= 0 && base[i]! > 0) counts[codes[i]!]!++;
  const rows = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let i = 0; i < codes.length; i++) if (codes[i]! >= 0 && base[i]! > 0) rows[codes[i]!]![counts[codes[i]!]!++] = i;
  return rows;
}

/**
 * Share of all weight that the largest weights have; equal weights give `part` itself. Where `part` of the records is not a
 * whole number, the last record counts in part.
 *
 * @param part of the records, in (0, 1]; default 0.01
 */
export function topShare(weights: Float64Array, part = 0.01): number {
  const total = sum(weights);
  const order = sortedOrder(weights);
  let [left, top] = [part * weights.length, 0];
  for (let k = order.length - 1; k >= 0 && left > 0; k--, left--) top += Math.min(1, left) * weights[order[k]!]!;
  return total > 0 ? top / total : 0;
}
