import { sum } from '../numerics/statistics.js';
import type { SlackProgram } from './feasibility.js';
import { splitMargin, type MarginParts } from './variables.js';
import { askedShares, weightTotal, type WeightingProblem } from './weighting-problem.js';

/** A kind of record that is not in the sample. */
export interface Candidate {
  /** Equal for equal kinds. */
  readonly key: string;
  /** Category by variable. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly traits: Readonly<Record<string, { readonly from: number; readonly to: number }>>;
  readonly members: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Whether it has a category that no record has. */
  readonly isNew: boolean;
  /** Its row of the features. */
  readonly index: readonly number[];
  readonly value: readonly number[];
  /** Prices · features: how much slack a unit of its weight takes away. */
  readonly worth: number;
}

/** What is known beforehand of records that do not exist yet. */
export interface CandidateRules {
  /** What new records can have of a number; default the range of those present, wide enough to reach the mean asked. */
  readonly ranges?: Readonly<Record<string, { readonly from: number; readonly to: number }>>;
  /** Whether there can be such a record; default all. A household is made of the categories of one and the persons of another. */
  readonly possible?: (kind: Pick<Candidate, 'attributes' | 'members'>) => boolean;
}

/** Households whose persons are tried, best first. */
const mostHomes = 20;

/** Proposes, for dual variables of the cells, kinds of records that are worth most. */
export type CandidatePricer = (prices: Float64Array) => Candidate[];

interface PricedMargin extends MarginParts {
  /** Its first column of the features. */
  readonly first: number;
  /** Position of each cell. */
  readonly byKey: ReadonlyMap<string, number>;
  /** What a record of the universe has in each column beside the 1 of its category: minus the share, or nothing. */
  readonly offset: Float64Array;
  /** Whether somebody with base weight is in the cell. */
  readonly isTaken: readonly boolean[];
}

/**
 * A pricer for the margins of a problem. It starts with the best record present, as it is and put into each cell with a price above
 * zero, and changes one variable after the other as long as the record gains worth: exact where margins share no variables, a
 * local optimum where joints overlap or rules forbid kinds. Persons are those of a household present, the best few.
 *
 * @param problem one record a signature, its total known
 */
export function candidatePricer(
  problem: WeightingProblem,
  program: SlackProgram & { readonly scales: Float64Array },
  { ranges = {}, possible }: CandidateRules,
): CandidatePricer {
  const { constraints = [] } = problem;
  const margins = pricedMargins(problem);
  const categoriesOf = new Map<string, Set<string>>();
  for (const { parts, cells } of margins)
    for (const cell of cells)
      cell.forEach((label, k) => categoriesOf.set(parts[k]!, (categoriesOf.get(parts[k]!) ?? new Set()).add(label)));
  const firstNumber = program.targets.length - constraints.length;
  const hasMembers = constraints.some(({ category }) => category !== undefined);

  type Attributes = Map<string, string>;
  const cellOf = ({ parts, byKey }: PricedMargin, attributes: Attributes): number =>
    byKey.get(keyOf(parts.map((part) => attributes.get(part) ?? ''))) ?? -1;
  const worthOf = (attributes: Attributes, home: number, prices: Float64Array): number => {
    if (possible?.({ attributes: Object.fromEntries(attributes), members: membersOf(home) }) === false)
      return -Infinity;
    return margins.reduce((worth, margin) => {
      const c = cellOf(margin, attributes);
      if (c < 0) return -Infinity;
      return (
        worth + prices[margin.first + c]! + margin.offset.reduce((s, x, k) => s + x * prices[margin.first + k]!, 0)
      );
    }, 0);
  };

  const climb = (start: Attributes, home: number, prices: Float64Array): Attributes => {
    let [best, worth] = [start, worthOf(start, home, prices)];
    for (let moved = true; moved;) {
      moved = false;
      for (const [name, categories] of categoriesOf)
        for (const category of categories) {
          const changed = new Map(best).set(name, category);
          const its = worthOf(changed, home, prices);
          if (its > worth + 1e-12) [best, worth, moved] = [changed, its, true];
        }
    }
    return best;
  };

  const attributesOf = (record: number): Attributes =>
    new Map(
      margins.flatMap(({ parts, cells }, m): [string, string][] => {
        const cell = cells[problem.margins[m]!.codes[record]!];
        return cell === undefined ? [] : parts.map((part, k): [string, string] => [part, cell[k]!]);
      }),
    );

  return (prices) => {
    const { offsets, index, value, rows } = program.features;
    const worthIn = (record: number, from: number, to: number): number => {
      let worth = 0;
      for (let k = offsets[record]!; k < offsets[record + 1]!; k++)
        if (index[k]! >= from && index[k]! < to) worth += prices[index[k]!]! * value[k]!;
      return worth;
    };
    const best = (from: number, to: number, most: number): number[] => {
      const worths = Array.from({ length: rows }, (_, s) => (problem.base[s]! > 0 ? worthIn(s, from, to) : -Infinity));
      return [...worths.keys()].sort((a, b) => worths[b]! - worths[a]! || a - b).slice(0, most);
    };
    const homes = hasMembers ? best(firstNumber, prices.length, mostHomes) : best(0, firstNumber, 1);
    const [first] = best(0, firstNumber, 1);
    const start = attributesOf(first!);
    const pushed = margins.flatMap(({ first: column, parts, cells }) =>
      cells.flatMap((cell, c) =>
        prices[column + c]! > 1e-9 ? [new Map([...start, ...parts.map((part, k) => [part, cell[k]!] as const)])] : [],
      ),
    );
    const starts: [Attributes, number][] = [
      ...[start, ...pushed].map((attributes): [Attributes, number] => [attributes, homes[0]!]),
      ...homes.map((home): [Attributes, number] => [attributesOf(home), home]),
    ];
    return starts
      .map(([attributes, home]) => ({ attributes: climb(attributes, home, prices), home }))
      .filter(({ attributes, home }) => worthOf(attributes, home, prices) > -Infinity)
      .map(({ attributes, home }) => candidateOf(attributes, prices, home));
  };

  function membersOf(home: number): Record<string, Record<string, number>> {
    const members: Record<string, Record<string, number>> = {};
    for (const { name, category, values } of constraints)
      if (category !== undefined && values[home]! > 0) (members[name] ??= {})[category] = values[home]!;
    return members;
  }

  function candidateOf(attributes: Attributes, prices: Float64Array, home: number): Candidate {
    const entries: [number, number][] = [];
    let isNew = false;
    for (const margin of margins) {
      const c = cellOf(margin, attributes);
      if (!margin.isTaken[c]) isNew = true;
      margin.offset.forEach((x, k) => {
        const entry = x + (k === c ? 1 : 0);
        if (entry !== 0) entries.push([margin.first + k, entry]);
      });
    }
    const traits: Record<string, { from: number; to: number }> = {};
    constraints.forEach(({ name, category, values, asked, unit }, k) => {
      const column = firstNumber + k;
      let own: number;
      if (category !== undefined) {
        own = values[home]!;
      } else {
        const mean = unit === 'mean' ? asked : asked / weightTotal(problem);
        const range = ranges[name] ?? reachAround(mean, minimum(values), maximum(values));
        const price = prices[column]!;
        own = price > 1e-9 ? range.to : price < -1e-9 ? range.from : Math.min(range.to, Math.max(range.from, mean));
        if (own !== mean)
          traits[name] = {
            from: Math.max(range.from, Math.min(own, mean)),
            to: Math.min(range.to, Math.max(own, mean)),
          };
      }
      if (own !== 0) entries.push([column, own / program.scales[column]!]);
    });
    return {
      key: JSON.stringify(entries),
      attributes: Object.fromEntries(attributes),
      traits,
      members: membersOf(home),
      isNew,
      index: entries.map(([column]) => column),
      value: entries.map(([, x]) => x),
      worth: sum(entries.map(([column, x]) => x * prices[column]!)),
    };
  }
}

/** A range that reaches as far beyond the mean as the values lie on its other side, so that it can be had. */
const reachAround = (mean: number, least: number, most: number): { readonly from: number; readonly to: number } => ({
  from: Math.min(least, 2 * mean - most),
  to: Math.max(most, 2 * mean - least),
});

const keyOf = (labels: readonly string[]): string => JSON.stringify(labels);
const minimum = (values: Float64Array): number => values.reduce((least, x) => Math.min(least, x), Infinity);
const maximum = (values: Float64Array): number => values.reduce((most, x) => Math.max(most, x), -Infinity);

function pricedMargins(problem: WeightingProblem): PricedMargin[] {
  let first = 0;
  return problem.margins.map((margin) => {
    const { codes, categories, unit } = margin;
    const { parts, cells } = splitMargin(margin);
    const isCentred = unit === 'share' && codes.some((code) => code < 0);
    const taken = new Set(codes.filter((_, i) => problem.base[i]! > 0));
    const here = first;
    first += categories.length;
    return {
      first: here,
      parts,
      cells,
      byKey: new Map(cells.map((cell, c) => [keyOf(cell), c])),
      offset: askedShares(margin, weightTotal(problem)).map((share) => (isCentred ? -share : 0)),
      isTaken: categories.map((_, c) => taken.has(c)),
    };
  });
}
