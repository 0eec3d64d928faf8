import { columnOf, moments, weightedQuantile } from '../../numerics/statistics.js';
import { traitDomains } from '../../psychometrics/inventory.js';
import { valueScale } from '../../survey/cells.js';
import type { CategoryMargin, NumericConstraint, WeightingProblem } from '../../survey/weighting-problem.js';
import type { People } from '../people.js';
import { axisOf } from '../joint.js';
import {
  cellsOf,
  collapse,
  containerOf,
  outermostFirst,
  variableOf,
  variablesOf,
  type Margin,
  type Target,
} from '../target.js';

/** One number that the aligned population has to match: a cell of the weighting problem. */
export interface Constraint {
  readonly kind: 'margin' | 'trait-cell-mean' | 'trait-moment' | 'trait-quantile';
  /** For people: `region = South`, `neuroticism mean of female x 18-24`. */
  readonly name: string;
  /** The variable of a margin, or the domain of a trait (the first of two for a product). */
  readonly subject: string;
  /** Weight of the squared deviation (of a share, or in SD) in the selection, beside that of a category. */
  readonly importance: number;
}

/** The target as margins and numbers of a weighting problem, with their values for every persona of the pool. */
export interface ConstraintSet {
  /** What each cell is: those of all margins in their order, then the numbers. */
  readonly constraints: readonly Constraint[];
  readonly margins: readonly CategoryMargin[];
  readonly numbers: readonly NumericConstraint[];
  /** Cells that the target asks for and no persona can fill, `variable = category`; they are not among the constraints. */
  readonly unsupported: readonly string[];
}

/**
 * The weighting problem of a set; its weights sum to one.
 *
 * @param base (personas) any scale
 * @param importanceOf weight of the squared deviation (of a share, or in SD) of what may give way; undefined for what has to
 * be met. One for all cells of a margin.
 */
export function weightingProblem(
  { constraints, margins, numbers }: ConstraintSet,
  base: Float64Array,
  importanceOf: (constraint: Constraint) => number | undefined,
): WeightingProblem {
  let cell = 0;
  const soft = <T>(part: T, importance: number | undefined, scale: number): T =>
    importance === undefined ? part : { ...part, importance: importance * scale * scale };
  return {
    records: base.length,
    base,
    total: 1,
    margins: margins.map((margin) => {
      const first = constraints[cell]!;
      cell += margin.categories.length;
      return soft(margin, importanceOf(first), 1);
    }),
    // The survey layer counts the error of a number in units of its largest value.
    constraints: numbers.map((number) => soft(number, importanceOf(constraints[cell++]!), valueScale(number))),
  };
}

/** What {@link buildConstraints} writes. */
export interface ConstraintOptions {
  /** People that could join the pool: their values come after those of the pool, and nothing is out of reach. */
  readonly more?: People;
  /** Which kinds of numbers beside the margins. Default: all. */
  readonly kinds?: readonly Constraint['kind'][];
}

const allKinds = ['trait-cell-mean', 'trait-moment', 'trait-quantile'] as const;

/** Fewest personas in a cell of sex x age for its trait means to be controlled. */
export const minCellPersonas = 30;

/**
 * Quantiles of each domain that are matched, besides means and second moments. The outer tenths are left to the moments:
 * a pool that has nobody at the very end of a scale could otherwise never be aligned.
 */
const quantileShares = Array.from({ length: 17 }, (_, q) => (q + 2) / 20);

/**
 * Writes the alignment as linear constraints on the weights: Census margins, trait means in each cell of sex x age,
 * second moments (hence spreads and correlations) and deciles of the traits.
 *
 * Categories without any persona are left out, the rest of their variable is scaled up, and the traits are then asked of
 * the people in supported cells only; whether that is acceptable is for the caller to decide.
 *
 * @param people reference people that the trait targets are computed from
 */
export function buildConstraints(
  target: Target,
  pool: People,
  people: People,
  { more, kinds = allKinds }: ConstraintOptions = {},
): ConstraintSet {
  const [constraints, margins, unsupported] = [[] as Constraint[], [] as CategoryMargin[], [] as string[]];
  const reachable = new Map<Margin, Record<string, number>>();
  const rows = more ? joinPeople(pool, more) : pool;
  for (const margin of outermostFirst(target)) {
    const names = variablesOf(margin.variable);
    const cells = cellsOf(target, names);
    const codes = jointCodes(target, rows, names);
    const support = countsOf(codes, cells.length);
    const isReachable = cells.map((_, c) => more !== undefined || support[c]! > 0);
    const container = containerOf(target, margin);
    // What a joint cannot reach, the margins inside it cannot be asked for either.
    const shares = container ? collapse(container, reachable.get(container)!, names) : margin.shares;
    const total = cells.reduce((s, cell, c) => s + (isReachable[c] ? (shares[cell] ?? 0) : 0), 0);
    const asked = cells.map((cell, c) => (isReachable[c] && total > 0 ? (shares[cell] ?? 0) / total : 0));
    reachable.set(margin, Object.fromEntries(cells.map((cell, c) => [cell, asked[c]!])));
    cells.forEach((cell, c) => {
      if (isReachable[c]) return;
      if (margin.shares[cell]! > 0 && !container) unsupported.push(`${margin.variable} = ${cell}`);
    });
    // Where nobody has any category that is asked for, there is nothing to scale up.
    if (!(total > 0)) continue;
    const kept = [...cells.keys()].filter((c) => isReachable[c]);
    const position = Int32Array.from(cells, (_, c) => kept.indexOf(c));
    margins.push({
      name: margin.variable,
      categories: kept.map((c) => cells[c]!),
      codes: Int32Array.from(codes, (c) => position[c]!),
      asked: Float64Array.from(kept, (c) => asked[c]!),
      unit: 'share',
    });
    for (const c of kept)
      constraints.push({
        kind: 'margin',
        name: `${margin.variable} = ${cells[c]!}`,
        subject: margin.variable,
        importance: 1,
      });
  }
  const traits =
    pool.traits && people.traits ? traitConstraints(target, pool, rows, people, more !== undefined, kinds) : [];
  return {
    constraints: [...constraints, ...traits.map(({ constraint }) => constraint)],
    margins,
    numbers: traits.map(({ number }) => number),
    unsupported,
  };
}

interface TraitConstraint {
  readonly constraint: Constraint;
  readonly number: NumericConstraint;
}

/** People one after the other. */
const joinPeople = (first: People, then: People): People => ({
  size: first.size + then.size,
  codes: Uint8Array.from([...first.codes, ...then.codes]),
  traits: first.traits && then.traits && Float64Array.from([...first.traits, ...then.traits]),
});

/** @param rows the pool, and behind it those who could join it */
function traitConstraints(
  target: Target,
  pool: People,
  rows: People,
  people: People,
  isAllReachable: boolean,
  kinds: readonly Constraint['kind'][],
): TraitConstraint[] {
  const out: TraitConstraint[] = [];
  const add = (constraint: Constraint, asked: number, value: (row: number) => number): void => {
    if (!kinds.includes(constraint.kind)) return;
    const values = Float64Array.from({ length: rows.size }, (_, i) => value(i));
    out.push({ constraint, number: { name: constraint.name, values, asked, unit: 'mean' } });
  };
  const d = traitDomains.length;
  const cells = cellsOf(target, ['sex', 'age']);
  const cellOfRow = jointCodes(target, rows, ['sex', 'age']);
  const cellOfPeople = jointCodes(target, people, ['sex', 'age']);
  const support = countsOf(cellOfRow.subarray(0, pool.size), cells.length);
  const reachable = Float64Array.from(cellOfPeople, (c) => (isAllReachable || support[c]! > 0 ? 1 : 0));
  const total = reachable.reduce((s, w) => s + w, 0);
  const { mean, sd } = moments(people.traits!, d, reachable);
  const z = (traits: Float64Array, i: number, k: number): number => (traits[i * d + k]! - mean[k]!) / sd[k]!;
  const expected = (value: (i: number) => number): number => {
    let s = 0;
    for (let i = 0; i < people.size; i++) if (reachable[i]! > 0) s += value(i);
    return s / total;
  };

  for (const [k, domain] of traitDomains.entries()) {
    cells.forEach((cell, c) => {
      const share = expected((i) => (cellOfPeople[i] === c ? 1 : 0));
      if (support[c]! < minCellPersonas || share === 0) return;
      add(
        {
          kind: 'trait-cell-mean',
          name: `${domain} mean of ${cell}`,
          subject: domain,
          importance: 5e-4 / (share * share),
        },
        expected((i) => (cellOfPeople[i] === c ? z(people.traits!, i, k) : 0)),
        (i) => (cellOfRow[i] === c ? z(rows.traits!, i, k) : 0),
      );
    });
    add(
      { kind: 'trait-moment', name: `${domain} mean`, subject: domain, importance: 0.02 },
      expected((i) => z(people.traits!, i, k)),
      (i) => z(rows.traits!, i, k),
    );
    for (let l = 0; l <= k; l++)
      add(
        {
          kind: 'trait-moment',
          name: l === k ? `${domain} spread` : `${traitDomains[l]!} with ${domain}`,
          subject: domain,
          importance: 0.004,
        },
        expected((i) => z(people.traits!, i, k) * z(people.traits!, i, l)),
        (i) => z(rows.traits!, i, k) * z(rows.traits!, i, l),
      );
    const scores = columnOf(people.traits!, d, k);
    for (const share of quantileShares) {
      const edge = weightedQuantile(scores, reachable, share) + 1e-9;
      add(
        { kind: 'trait-quantile', name: `${domain} at most ${edge.toFixed(2)}`, subject: domain, importance: 0.01 },
        expected((i) => (people.traits![i * d + k]! <= edge ? 1 : 0)),
        (i) => (rows.traits![i * d + k]! <= edge ? 1 : 0),
      );
    }
  }
  return out;
}

/** For each person the position of their cell in {@link cellsOf} these variables. */
export function jointCodes(target: Target, { size, codes }: People, names: readonly string[]): Uint32Array {
  const width = target.variables.length;
  const axes = names.map((name) => axisOf(target, name));
  const sizes = names.map((name) => variableOf(target, name).categories.length);
  const out = new Uint32Array(size);
  for (let i = 0; i < size; i++)
    out[i] = axes.reduce((code, axis, a) => code * sizes[a]! + codes[i * width + axis]!, 0);
  return out;
}

/** How many people each cell has. */
export function countsOf(cells: Uint32Array, size: number): Uint32Array {
  const out = new Uint32Array(size);
  for (const cell of cells) out[cell]!++;
  return out;
}
