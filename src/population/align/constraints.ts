import { sparseRows, type SparseRows } from '../../numerics/sparse-rows.js';
import { columnOf, moments, weightedQuantile } from '../../numerics/statistics.js';
import { traitDomains } from '../../psychometrics/inventory.js';
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

/** One number that the aligned population has to match. */
export interface Constraint {
  readonly kind: 'margin' | 'trait-cell-mean' | 'trait-moment' | 'trait-quantile';
  /** For people: `region = South`, `neuroticism mean of female x 18-24`. */
  readonly name: string;
  /** The variable of a margin, or the domain of a trait (the first of two for a product). */
  readonly subject: string;
  /** Weight of the squared deviation in the selection. */
  readonly importance: number;
}

/** All constraints with their values for every persona of the pool. */
export interface ConstraintSet {
  readonly constraints: readonly Constraint[];
  /** (personas x constraints) */
  readonly features: SparseRows;
  /** (constraints) */
  readonly targets: Float64Array;
  /** Cells that the target asks for and no persona can fill, `variable = category`; they are not among the constraints. */
  readonly unsupported: readonly string[];
}

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
export function buildConstraints(target: Target, pool: People, people: People): ConstraintSet {
  const builder = constraintBuilder(pool.size);
  const unsupported: string[] = [];
  const reachable = new Map<Margin, Record<string, number>>();
  for (const margin of outermostFirst(target)) {
    const names = variablesOf(margin.variable);
    const cells = cellsOf(target, names);
    const cellOfPersona = jointCodes(target, pool, names);
    const support = countsOf(cellOfPersona, cells.length);
    const container = containerOf(target, margin);
    // What a joint cannot reach, the margins inside it cannot be asked for either.
    const shares = container ? collapse(container, reachable.get(container)!, names) : margin.shares;
    const total = cells.reduce((s, cell, c) => s + (support[c]! > 0 ? (shares[cell] ?? 0) : 0), 0);
    reachable.set(
      margin,
      Object.fromEntries(cells.map((cell, c) => [cell, support[c]! > 0 ? (shares[cell] ?? 0) / total : 0])),
    );
    cells.forEach((cell, c) => {
      const name = `${margin.variable} = ${cell}`;
      if (support[c] === 0) {
        if (margin.shares[cell]! > 0 && !container) unsupported.push(name);
        return;
      }
      builder.add(
        { kind: 'margin', name, subject: margin.variable, importance: marginImportance },
        reachable.get(margin)![cell]!,
        (i) => (cellOfPersona[i] === c ? 1 : 0),
      );
    });
  }
  if (pool.traits && people.traits) addTraits(builder, target, pool, people);
  return { ...builder.build(), unsupported };
}

/**
 * A margin that is off by one agent in a thousand weighs as much as a trait moment that is off by 0.02 SD: people count
 * heads first.
 */
const marginImportance = 1000;

function addTraits(builder: ConstraintBuilder, target: Target, pool: People, people: People): void {
  const d = traitDomains.length;
  const cells = cellsOf(target, ['sex', 'age']);
  const cellOfPersona = jointCodes(target, pool, ['sex', 'age']);
  const cellOfPeople = jointCodes(target, people, ['sex', 'age']);
  const support = countsOf(cellOfPersona, cells.length);
  const reachable = Float64Array.from(cellOfPeople, (c) => (support[c]! > 0 ? 1 : 0));
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
      builder.add(
        {
          kind: 'trait-cell-mean',
          name: `${domain} mean of ${cell}`,
          subject: domain,
          importance: 0.5 / (share * share),
        },
        expected((i) => (cellOfPeople[i] === c ? z(people.traits!, i, k) : 0)),
        (i) => (cellOfPersona[i] === c ? z(pool.traits!, i, k) : 0),
      );
    });
    builder.add(
      { kind: 'trait-moment', name: `${domain} mean`, subject: domain, importance: 20 },
      expected((i) => z(people.traits!, i, k)),
      (i) => z(pool.traits!, i, k),
    );
    for (let l = 0; l <= k; l++)
      builder.add(
        {
          kind: 'trait-moment',
          name: l === k ? `${domain} spread` : `${traitDomains[l]!} with ${domain}`,
          subject: domain,
          importance: 4,
        },
        expected((i) => z(people.traits!, i, k) * z(people.traits!, i, l)),
        (i) => z(pool.traits!, i, k) * z(pool.traits!, i, l),
      );
    const scores = columnOf(people.traits!, d, k);
    for (const share of quantileShares) {
      const edge = weightedQuantile(scores, reachable, share) + 1e-9;
      builder.add(
        { kind: 'trait-quantile', name: `${domain} at most ${edge.toFixed(2)}`, subject: domain, importance: 10 },
        expected((i) => (people.traits![i * d + k]! <= edge ? 1 : 0)),
        (i) => (pool.traits![i * d + k]! <= edge ? 1 : 0),
      );
    }
  }
}

type ConstraintBuilder = ReturnType<typeof constraintBuilder>;

/** Collects constraints as columns and hands them out as rows. */
function constraintBuilder(personas: number) {
  const constraints: Constraint[] = [];
  const targets: number[] = [];
  const columns: Float64Array[] = [];
  return {
    add(constraint: Constraint, target: number, value: (persona: number) => number): void {
      constraints.push(constraint);
      targets.push(target);
      columns.push(Float64Array.from({ length: personas }, (_, i) => value(i)));
    },
    build(): Omit<ConstraintSet, 'unsupported'> {
      const rows = sparseRows(columns.length);
      for (let i = 0; i < personas; i++) {
        columns.forEach((column, c) => rows.add(c, column[i]!));
        rows.endRow();
      }
      return { constraints, features: rows.build(), targets: Float64Array.from(targets) };
    },
  };
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
