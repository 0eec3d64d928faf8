import { z } from 'zod';
import { columnOf } from '../numerics/statistics.js';
import { intraclassCorrelation, pearson } from './agreement.js';
import { traitDomains, type Inventory } from './inventory.js';
import { scoreInventory } from './scoring.js';

/** What answering twice says about one domain. */
const DomainRetest = z.strictObject({
  domain: z.enum(traitDomains),
  /** Correlation of the two scores; null where either does not vary. */
  pearson: z.number().nullable(),
  /** ICC(2,1); null where nothing varies. */
  icc: z.number().nullable(),
  /** Mean |difference| of the two scores, on the response scale. */
  meanDifference: z.number(),
});

/** Agreement of the scores of people who answered an inventory twice. */
export const Retest = z.strictObject({
  /** People with all five scores on both occasions. */
  people: z.number().int(),
  /** In the order of the domains; empty with fewer than {@link fewestRetested} people. */
  domains: z.array(DomainRetest),
});
export type Retest = z.infer<typeof Retest>;

/** Fewer people than this say nothing about a correlation. */
export const fewestRetested = 10;

/**
 * Compares two occasions.
 *
 * @param first (n x items) raw responses
 * @param second (n x items) of the same people, in the same order of people and items
 * @throws {Failure} `invalid-input` on a response off the scale
 */
export function retestOf(inventory: Inventory, first: Uint8Array, second: Uint8Array): Retest {
  const d = traitDomains.length;
  const [one, two] = [first, second].map((responses) => scoreInventory(inventory, responses).domains) as [
    Float64Array,
    Float64Array,
  ];
  const people = one.length / d;
  const whole = Array.from({ length: people }, (_, p) => p).filter((p) =>
    [one, two].every((scores) => scores.subarray(p * d, p * d + d).every(Number.isFinite)),
  );
  if (whole.length < fewestRetested) return { people: whole.length, domains: [] };
  return {
    people: whole.length,
    domains: traitDomains.map((domain, k) => {
      const [a, b] = [one, two].map((scores) => {
        const column = columnOf(scores, d, k);
        return Float64Array.from(whole, (p) => column[p]!);
      }) as [Float64Array, Float64Array];
      const pairs = Float64Array.from({ length: 2 * a.length }, (_, at) => (at % 2 === 0 ? a : b)[at >> 1]!);
      return {
        domain,
        pearson: finite(pearson(a, b)),
        icc: finite(intraclassCorrelation(pairs, 2)),
        meanDifference: a.reduce((total, x, i) => total + Math.abs(x - b[i]!) / a.length, 0),
      };
    }),
  };
}

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);
