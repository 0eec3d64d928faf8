import { Failure } from '../core/failure.js';
import type { RandomStream } from '../core/random.js';
import { indexSampler, type IndexSampler } from '../numerics/sampling.js';
import { normalized } from '../numerics/statistics.js';
import { rakeTable, type DenseTable, type TableMargin } from '../survey/rake-table.js';
import {
  cellsOf,
  collapse,
  conditionalShares,
  containerOf,
  joinCategories,
  outermostFirst,
  variableOf,
  variablesOf,
  type Margin,
  type Target,
} from './target.js';

/** One category of each variable of the target, as positions in the lists of categories. */
export type CategoryCodes = Uint8Array;

/**
 * The synthetic joint distribution of all variables of a target: associations multiplied in their order, people who do
 * not occur taken out, then raked to all margins, whose rounding is settled first. It stands for microdata that we do not have, and is labelled so wherever it is used.
 */
export interface PopulationJoint {
  readonly target: Target;
  readonly table: DenseTable;
  /** Draws a whole person. */
  draw(random: RandomStream): CategoryCodes;
  /**
   * A sampler of whole people who have the known categories (-1 where unknown); undefined when the joint has no such
   * person (a structural zero).
   */
  given(known: Int8Array): ((random: RandomStream) => CategoryCodes) | undefined;
}

/** A joint larger than this would not fit the plan of drawing whole people from one table. */
const maxCells = 20_000_000;

/**
 * Builds the joint.
 *
 * @throws {Failure} `infeasible` when a margin asks for people whom the associations or another margin exclude,
 *   `not-converged` when raking cannot meet the margins, `invalid-input` on a faulty association or when the joint would be
 *   too large
 */
export function populationJoint(target: Target): PopulationJoint {
  const sizes = target.variables.map((variable) => variable.categories.length);
  const total = sizes.reduce((product, size) => product * size, 1);
  if (total > maxCells)
    throw new Failure('invalid-input', {
      where: `${target.name}.variables`,
      problem: 'too many cells in the joint of all variables',
      got: total,
      expected: `at most ${maxCells}`,
      hint: 'Merge categories or leave variables out.',
    });
  const start = associatedTable(target, sizes, total);
  for (const cell of impossibleCells(target, sizes)) start[cell] = 0;
  const raked = rakeTable({ sizes, cells: start }, consistentMargins(target));
  if (raked.status !== 'converged')
    throw new Failure('not-converged', {
      where: `${target.name}.associations`,
      problem: `raking the joint to the margins ended as ${raked.status}`,
      got: raked.maxMarginError,
      expected: 'a margin error ≤ 1e-9',
      hint: 'Check the margins for mutual consistency.',
    });

  const decode = (cell: number): CategoryCodes => {
    const codes = new Uint8Array(sizes.length);
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      codes[axis] = cell % sizes[axis]!;
      cell = Math.floor(cell / sizes[axis]!);
    }
    return codes;
  };
  const everybody = indexSampler(raked.cells);
  const samplers = new Map<string, { cells: number[]; sampler: IndexSampler } | undefined>();
  return {
    target,
    table: raked,
    draw: (random) => decode(everybody(random)),
    given(known) {
      const key = known.join();
      if (!samplers.has(key)) {
        const cells = matchingCells(sizes, known).filter((cell) => raked.cells[cell]! > 0);
        samplers.set(
          key,
          cells.length === 0 ? undefined : { cells, sampler: indexSampler(cells.map((c) => raked.cells[c]!)) },
        );
      }
      const found = samplers.get(key);
      return found && ((random) => decode(found.cells[found.sampler(random)]!));
    },
  };
}

/** Position of a variable in the codes. */
export const axisOf = (target: Target, name: string): number => target.variables.indexOf(variableOf(target, name));

/**
 * The margins that the others follow from, agreeing on what they share to the last bit: published shares are rounded, and
 * raking has no end where two margins differ in the sixth decimal. Each is brought to sum to one and raked to those
 * before it.
 */
function consistentMargins(target: Target): TableMargin[] {
  const settled: { margin: Margin; shares: Record<string, number> }[] = [];
  return outermostFirst(target)
    .filter((margin) => containerOf(target, margin) === undefined)
    .map((margin) => {
      const names = variablesOf(margin.variable);
      const cells = cellsOf(target, names);
      const shared = settled.flatMap((other): TableMargin[] => {
        const common = variablesOf(other.margin.variable).filter((name) => names.includes(name));
        if (common.length === 0) return [];
        const theirs = collapse(other.margin, other.shares, common);
        const keys = cellsOf(target, common);
        const beside = `${target.name}.${margin.variable} beside ${other.margin.variable}`;
        return [
          {
            axes: common.map((name) => names.indexOf(name)),
            shares: Float64Array.from(keys, (key) => theirs[key]!),
            names: keys.map((key) => `${beside}, ${joinCategories(common)} = ${key}`),
          },
        ];
      });
      const sizes = names.map((name) => variableOf(target, name).categories.length);
      const own = normalized(cells.map((cell) => margin.shares[cell]!));
      const { cells: shares } = rakeTable({ sizes, cells: own }, shared, { tolerance: 1e-14 });
      settled.push({ margin, shares: Object.fromEntries(cells.map((cell, c) => [cell, shares[c]!])) });
      return {
        axes: names.map((name) => axisOf(target, name)),
        shares,
        names: cells.map((cell) => `${target.name}.${margin.variable} = ${cell}`),
      };
    });
}

/** Product of the associations; a variable without one starts uniform and is set by its margin. */
function associatedTable(target: Target, sizes: readonly number[], total: number): Float64Array {
  const cells = new Float64Array(total).fill(1);
  for (const association of target.associations) {
    const factors = conditionalShares(target, association);
    const axes = [...association.given, association.variable].map((name) => axisOf(target, name));
    let cell = 0;
    const codes = new Uint8Array(sizes.length);
    for (; cell < total; cell++) {
      let address = 0;
      for (const axis of axes) address = address * sizes[axis]! + codes[axis]!;
      cells[cell]! *= factors[address]!;
      for (let axis = sizes.length - 1; axis >= 0; axis--) {
        codes[axis]!++;
        if (codes[axis]! < sizes[axis]!) break;
        codes[axis] = 0;
      }
    }
  }
  return cells;
}

/** Cells of people who are said not to occur, or to be older than their whole band of age. */
function impossibleCells(target: Target, sizes: readonly number[]): number[] {
  const age = target.variables.find(({ name }) => name === 'age');
  const tooYoung = (target.youngest ?? []).map(({ variable, category, years }) => ({
    [variable]: [category],
    age: age?.categories.filter((_, band) => (age.bounds?.[band]?.[1] ?? Infinity) < years) ?? [],
  }));
  return [...(target.impossible ?? []).map(({ categories }) => categories), ...tooYoung].flatMap((categories) =>
    cellsWith(
      sizes,
      target.variables.map(({ name, categories: all }) => categories[name]?.map((category) => all.indexOf(category))),
    ),
  );
}

const matchingCells = (sizes: readonly number[], known: Int8Array): number[] =>
  cellsWith(
    sizes,
    Array.from(known, (code) => (code >= 0 ? [code] : undefined)),
  );

/** All cells whose code on every axis is one of the given ones; any code where none are given. */
const cellsWith = (sizes: readonly number[], codes: readonly (readonly number[] | undefined)[]): number[] =>
  sizes.reduce<number[]>(
    (prefixes, size, axis) =>
      prefixes.flatMap((prefix) =>
        (codes[axis] ?? Array.from({ length: size }, (_, c) => c)).map((c) => prefix * size + c),
      ),
    [0],
  );
