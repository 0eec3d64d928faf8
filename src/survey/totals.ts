import { Failure } from '../core/failure.js';
import type { RecordFinding } from '../core/findings.js';
import { sum } from '../numerics/statistics.js';
import { groupBy, inZone, type Margin, type ZoneMargins } from './margins.js';
import { splitMargin, type MarginParts } from './variables.js';

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

/** Totals further apart than this, as a share of the larger, disagree: below it they differ by the rounding of sums. */
const totalsAgree = 1e-9;

/**
 * Brings the margins of each level to one total. All totals are recorded before anything is scaled. Margins of shares have
 * no total and stay.
 *
 * @throws {Failure} `invalid-input` with all totals when they differ and the policy is `error`, when the margin to scale to
 * is not there, or when a margin of zeros would have to be scaled up
 */
export function settleTotals(
  { zone, margins, numbers }: ZoneMargins,
  policy: TotalsPolicy,
  record: RecordFinding,
): ZoneMargins {
  const scaled = new Map<Margin, Margin>();
  const counted = margins.filter(({ unit }) => unit === 'total');
  for (const [level, own] of groupBy(counted, ({ level }) => level ?? '')) {
    const totals = own.map(({ name, asked }) => ({ name, total: sum(asked) }));
    const sums = totals.map(({ total }) => total);
    if (Math.max(...sums) - Math.min(...sums) <= totalsAgree * Math.max(...sums)) continue;
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
  return { zone, margins: margins.map((margin) => scaled.get(margin) ?? margin), numbers };
}

type Totals = readonly { readonly name: string; readonly total: number }[];

const listTotals = (totals: Totals): string => totals.map(({ name, total }) => `${name} ${total}`).join(', ');

function wantedTotal(where: string, totals: Totals, policy: TotalsPolicy): number {
  const all = listTotals(totals);
  if (policy === 'error')
    throw new Failure('invalid-input', {
      // The value of a failure is cut when it is long; all totals are wanted.
      where: `${where} (${all})`,
      problem: 'different totals',
      expected: 'one total',
      hint: 'Choose for totals first, largest or scale-to=NAME.',
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

/** A category of a variable that two margins share, on which they do not agree. */
export interface MarginDifference {
  readonly zone: string;
  readonly a: string;
  readonly b: string;
  /** The shared variables, and the category of each: `sex x age`, `female x 18-29`. */
  readonly shared: string;
  readonly category: string;
  /** What each margin makes of it, as a share of its total. */
  readonly shareA: number;
  readonly shareB: number;
}

/** Shares further apart than this disagree. Weights are fitted to 1e-10, so less would not do. */
const sharesAgree = 1e-9;

/**
 * All disagreements between margins of one level on the variables that they share (a joint with a one-way margin, a joint with
 * another). A name is a joint when its parts are variables and its categories have as many parts.
 *
 * @param exists whether the sample has a variable
 */
export function marginDifferences(
  { zone, margins }: ZoneMargins,
  exists: (variable: string) => boolean,
): MarginDifference[] {
  const isVariable = (name: string): boolean => exists(name) || margins.some((margin) => margin.name === name);
  const parted = margins
    .filter(({ asked }) => sum(asked) > 0)
    .map((margin) => ({ margin, ...splitMargin(margin, isVariable) }));
  return parted.flatMap((a, i) =>
    parted.slice(i + 1).flatMap((b) => {
      const shared = a.parts.filter((name) => b.parts.includes(name));
      if (shared.length === 0 || a.margin.level !== b.margin.level) return [];
      const [ours, theirs] = [collapsed(a, shared), collapsed(b, shared)];
      return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((category) => {
        const [shareA, shareB] = [ours.get(category) ?? 0, theirs.get(category) ?? 0];
        if (Math.abs(shareA - shareB) <= sharesAgree) return [];
        return [{ zone, a: a.margin.name, b: b.margin.name, shared: shared.join(' x '), category, shareA, shareB }];
      });
    }),
  );
}

function collapsed(
  { margin, parts, cells }: MarginParts & { readonly margin: Margin },
  onto: readonly string[],
): Map<string, number> {
  const shares = new Map<string, number>();
  const total = sum(margin.asked);
  cells.forEach((cell, c) => {
    const key = onto.map((name) => cell[parts.indexOf(name)]!).join(' x ');
    shares.set(key, (shares.get(key) ?? 0) + margin.asked[c]! / total);
  });
  return shares;
}

/**
 * Fails on margins that disagree, or records them all.
 *
 * @throws {Failure} `invalid-input` naming the largest difference when the policy is `error`
 */
export function checkAgreement(
  differences: readonly MarginDifference[],
  policy: 'error' | 'report',
  record: RecordFinding,
): void {
  const size = ({ shareA, shareB }: MarginDifference): number => Math.abs(shareA - shareB);
  const [worst] = [...differences].sort((a, b) => size(b) - size(a));
  if (worst === undefined) return;
  const { zone, a, b, shared, category, shareA, shareB } = worst;
  if (policy === 'error')
    throw new Failure('invalid-input', {
      where: inZone(zone, a),
      problem: `disagrees with ${b} on ${shared} = ${category}${differences.length > 1 ? ` (largest of ${differences.length} differences)` : ''}`,
      got: Number(shareA.toPrecision(6)),
      expected: String(Number(shareB.toPrecision(6))),
      hint: 'No weights meet both.',
    });
  record({
    level: 'caution',
    code: 'margins-disagree',
    message: `${differences.length} cells on which margins disagree, most ${a} with ${b} on ${shared} = ${category}`,
    values: { differences },
  });
}
