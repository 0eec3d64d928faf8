import { Failure, type FailureParts } from '../core/failure.js';
import type { RecordFinding } from '../core/findings.js';
import { sum } from '../numerics/statistics.js';
import { groupBy, inZone, type Margin, type ZoneMargins } from './margins.js';

/** What to do when margins of one zone and level sum to different totals. */
export type TotalsPolicy = 'error' | 'first' | 'largest' | { readonly scaleTo: string };

/**
 * Reads a policy as it is written on a command line: `error`, `first`, `largest` or `scale-to=NAME`.
 *
 * @throws {Failure} `usage`
 */
export function readTotalsPolicy(text: string): TotalsPolicy {
  if (text === 'error' || text === 'first' || text === 'largest') return text;
  const name = /^scale-to=(.+)$/.exec(text)?.[1];
  if (name !== undefined) return { scaleTo: name };
  throw new Failure('usage', {
    where: 'totals',
    problem: 'unknown policy',
    got: text,
    expected: 'error, first, largest or scale-to=NAME',
  });
}

/** Zones that one message names. */
const namedZones = 20;

/**
 * Checks the totals of all zones before any is settled, so that one message names all that disagree.
 *
 * @throws {Failure} `invalid-input` with the totals of the zones, where the policy is `error` and in several zones they differ;
 * of a single one {@link settleTotals} tells
 */
export function checkZoneTotals(zones: readonly ZoneMargins[], policy: TotalsPolicy): void {
  if (policy !== 'error') return;
  const different = zones.flatMap(({ zone, margins }) => {
    const lists = countedLevels(margins).flatMap(([, own]) => {
      const totals = totalsOf(own);
      return agree(totals) ? [] : [listTotals(totals)];
    });
    return lists.length === 0 ? [] : [`${zone} (${lists.join('; ')})`];
  });
  if (different.length < 2) return;
  const more = different.length > namedZones ? ` and ${different.length - namedZones} more` : '';
  throw new Failure('invalid-input', {
    where: `margins of the zones ${different.slice(0, namedZones).join(', ')}${more}`,
    ...totalsFault(`${different.length} of ${zones.length} zones have different totals`),
  });
}

const totalsFault = (problem: string): Pick<FailureParts, 'problem' | 'expected' | 'hint'> => ({
  problem,
  expected: 'one total',
  hint: 'Choose for totals first, largest or scale-to=NAME.',
});

/** Margins in counts, by level. */
const countedLevels = (margins: readonly Margin[]): readonly (readonly [string, readonly Margin[]])[] => [
  ...groupBy(
    margins.filter(({ unit }) => unit === 'total'),
    ({ level }) => level ?? '',
  ),
];

/** Totals further apart than this, as a share of the larger, disagree: below it they differ by the rounding of sums. */
const totalsAgree = 1e-9;

/**
 * Brings the margins of each level to one total. All totals are recorded before anything is scaled. Margins of shares have
 * no total and stay.
 *
 * @throws {Failure} `invalid-input` with all totals when they differ and the policy is `error`, when the margin to scale to
 * is not there (also where nothing would have to be scaled), or when a margin of zeros would have to be scaled up
 */
export function settleTotals(
  { zone, margins, numbers }: ZoneMargins,
  policy: TotalsPolicy,
  record: RecordFinding,
): ZoneMargins {
  const scaled = new Map<Margin, Margin>();
  const levels = countedLevels(margins);
  for (const [level, own] of levels) {
    const totals = totalsOf(own);
    if (agree(totals)) continue;
    const sums = totals.map(({ total }) => total);
    const wanted = wantedTotal(inZone(zone, level === '' ? 'margins' : `margins of ${level}s`), totals, policy);
    own.forEach((margin, m) =>
      scaled.set(margin, { ...margin, asked: margin.asked.map((x) => (x * wanted) / sums[m]!) }),
    );
    record({
      level: 'caution',
      code: 'totals-scaled',
      message: `${inZone(zone, 'margins')} with different totals were scaled to ${wanted}: ${listTotals(totals)}`,
      values: { zone, totals, scaledTo: wanted, largestChange: Math.max(...sums.map((s) => Math.abs(wanted / s - 1))) },
    });
  }
  const counted = levels.flatMap(([, own]) => own);
  if (typeof policy === 'object' && !counted.some(({ name }) => name === policy.scaleTo))
    throw new Failure('invalid-input', {
      where: inZone(zone, 'totals'),
      problem: 'no such margin to scale to',
      got: policy.scaleTo,
      expected: counted.map(({ name }) => name).join(', ') || 'a margin in counts',
    });
  return { zone, margins: margins.map((margin) => scaled.get(margin) ?? margin), numbers };
}

type Totals = readonly { readonly name: string; readonly total: number }[];

const totalsOf = (margins: readonly Margin[]): Totals =>
  margins.map(({ name, asked }) => ({ name, total: sum(asked) }));

function agree(totals: Totals): boolean {
  const sums = totals.map(({ total }) => total);
  return Math.max(...sums) - Math.min(...sums) <= totalsAgree * Math.max(...sums);
}

const listTotals = (totals: Totals): string => totals.map(({ name, total }) => `${name} ${total}`).join(', ');

function wantedTotal(where: string, totals: Totals, policy: TotalsPolicy): number {
  const all = listTotals(totals);
  if (policy === 'error')
    throw new Failure('invalid-input', {
      // The value of a failure is cut when it is long; all totals are wanted.
      where: `${where} (${all})`,
      ...totalsFault('different totals'),
    });
  const empty = totals.find(({ total }) => total === 0);
  if (empty)
    throw new Failure('invalid-input', {
      where: `${where} (${all})`,
      problem: `${empty.name} is zero and cannot be scaled`,
      expected: 'all totals zero, or none',
    });
  if (policy === 'first') return totals[0]!.total;
  if (policy === 'largest') return Math.max(...totals.map(({ total }) => total));
  const found = totals.find(({ name }) => name === policy.scaleTo);
  // A level that does not have the margin, such as the persons beside the households scaled to.
  if (!found)
    throw new Failure('invalid-input', {
      where: `${where} (${all})`,
      problem: 'no such margin to scale to',
      got: policy.scaleTo,
      expected: totals.map(({ name }) => name).join(', '),
    });
  return found.total;
}
