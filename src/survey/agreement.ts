import { Failure } from '../core/failure.js';
import type { RecordFinding } from '../core/findings.js';
import { sum } from '../numerics/statistics.js';
import { inZone, type Margin, type ZoneMargins } from './margins.js';
import { splitMargin, type MarginParts } from './variables.js';

/**
 * What becomes of margins that disagree on a variable that they share, such as a joint and a one-way margin: it fails (`error`);
 * the one that stands first in the file is right, and those after it are brought to it (`first`); or they stay as they are
 * (`report`), which weights can bear only where one of them may give way.
 */
export type DisagreementPolicy = 'error' | 'first' | 'report';

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
  const parted = partedMargins(margins, exists);
  return parted.flatMap((a, i) =>
    parted.slice(i + 1).flatMap((b) => {
      const shared = sharedBy(a, b);
      if (shared.length === 0) return [];
      const [ours, theirs] = [collapsed(a, shared), collapsed(b, shared)];
      return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((category) => {
        const [shareA, shareB] = [ours.get(category) ?? 0, theirs.get(category) ?? 0];
        if (Math.abs(shareA - shareB) <= sharesAgree) return [];
        return [{ zone, a: a.margin.name, b: b.margin.name, shared: shared.join(' x '), category, shareA, shareB }];
      });
    }),
  );
}

type PartedMargin = MarginParts & { readonly margin: Margin };

/** Margins taken apart; of those that ask for nobody there is nothing to compare. */
function partedMargins(margins: readonly Margin[], exists: (variable: string) => boolean): PartedMargin[] {
  const isVariable = (name: string): boolean => exists(name) || margins.some((margin) => margin.name === name);
  return margins
    .filter(({ asked }) => sum(asked) > 0)
    .map((margin) => ({ margin, ...splitMargin(margin, isVariable) }));
}

/** Variables that two margins of one level have in common. */
const sharedBy = (a: PartedMargin, b: PartedMargin): readonly string[] =>
  a.margin.level === b.margin.level ? a.parts.filter((name) => b.parts.includes(name)) : [];

/** (cells) what each cell says of some variables. */
const keysOf = ({ parts, cells }: MarginParts, variables: readonly string[]): string[] =>
  cells.map((cell) => variables.map((name) => cell[parts.indexOf(name)]!).join(' x '));

function sumsBy(keys: readonly string[], values: Float64Array): Map<string, number> {
  const sums = new Map<string, number>();
  keys.forEach((key, c) => sums.set(key, (sums.get(key) ?? 0) + values[c]!));
  return sums;
}

/** Shares of the categories of some variables. */
function collapsed(own: PartedMargin, onto: readonly string[]): Map<string, number> {
  const total = sum(own.margin.asked);
  return sumsBy(
    keysOf(own, onto),
    own.margin.asked.map((x) => x / total),
  );
}

/**
 * Carries out the policy; all disagreements are recorded unless it fails. With `first` the margins are taken in their order,
 * and each is fitted by iterative proportional fitting to what those before it say of the variables that it shares with them: its
 * own associations stay.
 *
 * @param exists whether the sample has a variable
 * @throws {Failure} `invalid-input` naming the largest difference when the policy is `error`, and with `first` when the earlier
 * margins ask for a combination of which the later one has nobody
 * @see Deming & Stephan (1940), Ann. Math. Statist. 11
 */
export function settleAgreement(
  zones: readonly ZoneMargins[],
  policy: DisagreementPolicy,
  exists: (variable: string) => boolean,
  record: RecordFinding,
): readonly ZoneMargins[] {
  const found = (own: readonly ZoneMargins[]): MarginDifference[] =>
    own.flatMap((zone) => marginDifferences(zone, exists));
  const differences = found(zones);
  const worst = largest(differences);
  if (worst === undefined) return zones;
  if (policy === 'error') throw disagreement(worst, differences.length, 'No weights meet both.');
  const { a, b, shared, category } = worst;
  const what = `${differences.length} cells on which margins disagree, most ${a} with ${b} on ${shared} = ${category}`;
  const tell = (code: string, message: string): void =>
    record({ level: 'caution', code, message, values: { differences } });
  if (policy === 'report') {
    tell('margins-disagree', what);
    return zones;
  }
  const settled = zones.map((zone) => followFirst(zone, exists));
  const left = found(settled);
  if (left.length > 0)
    throw disagreement(
      largest(left)!,
      left.length,
      'The later margin has nobody of a kind that the earlier ones ask for.',
    );
  tell('margins-reconciled', `${what}; the later of each two was brought to the earlier`);
  return settled;
}

const largest = (differences: readonly MarginDifference[]): MarginDifference | undefined => {
  const size = ({ shareA, shareB }: MarginDifference): number => Math.abs(shareA - shareB);
  return [...differences].sort((a, b) => size(b) - size(a))[0];
};

const disagreement = (
  { zone, a, b, shared, category, shareA, shareB }: MarginDifference,
  count: number,
  hint: string,
): Failure =>
  new Failure('invalid-input', {
    where: inZone(zone, a),
    problem: `disagrees with ${b} on ${shared} = ${category}${count > 1 ? ` (largest of ${count} differences)` : ''}`,
    got: Number(shareA.toPrecision(6)),
    expected: String(Number(shareB.toPrecision(6))),
    hint,
  });

/** Most rounds of fitting one margin to those before it; what does not fit by then is named as a disagreement. */
const mostRounds = 1_000;
/** A round that moves no cell by more than this share of its total is the last. */
const settledShare = 1e-14;

/** The margins of a zone, each fitted to those before it. */
function followFirst({ zone, margins, numbers }: ZoneMargins, exists: (variable: string) => boolean): ZoneMargins {
  const parted = partedMargins(margins, exists);
  const settled = new Map<Margin, Margin>();
  const before: PartedMargin[] = [];
  for (const own of parted) {
    const rules = before.flatMap((earlier) => {
      const shared = sharedBy(earlier, own);
      return shared.length === 0 ? [] : [{ wanted: collapsed(earlier, shared), keys: keysOf(own, shared) }];
    });
    const total = sum(own.margin.asked);
    const shares = own.margin.asked.map((x) => x / total);
    for (let round = 0, moved = Infinity; round < mostRounds && moved > settledShare; round++) {
      moved = 0;
      for (const { wanted, keys } of rules) {
        const found = sumsBy(keys, shares);
        keys.forEach((key, c) => {
          const share = shares[c]! > 0 ? (shares[c]! * (wanted.get(key) ?? 0)) / found.get(key)! : 0;
          moved = Math.max(moved, Math.abs(share - shares[c]!));
          shares[c] = share;
        });
      }
    }
    // What agreed already stays to the last bit.
    const isMoved = shares.some((x, c) => Math.abs(x - own.margin.asked[c]! / total) > sharesAgree);
    const margin = isMoved ? { ...own.margin, asked: shares.map((x) => x * total) } : own.margin;
    settled.set(own.margin, margin);
    before.push({ ...own, margin });
  }
  return { zone, margins: margins.map((margin) => settled.get(margin) ?? margin), numbers };
}
