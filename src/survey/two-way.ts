import { z } from 'zod';
import { Failure } from '../core/failure.js';
import { sum } from '../numerics/statistics.js';
import { partsOf, splitCategory, splitMargin, type Variable } from './variables.js';
import type { CategoryMargin, WeightingProblem } from './weighting-problem.js';

/** A table of two variables that no margin controls together. */
export const TwoWayTable = z.strictObject({
  variables: z.tuple([z.string(), z.string()]),
  /** What it is compared with: the table under the base weights, or one that was given. */
  reference: z.enum(['base', 'given']),
  /** All combinations of categories. */
  cells: z.int().min(1),
  /** Combinations of which the reference has something and the sample nobody. */
  empty: z.int().min(0),
  /**
   * Standardized root mean squared error sqrt(Σ (p - t)² / cells) / (1 / cells) of shares p from those of the reference, under
   * the base weights (0 when they are the reference) and under the weights; null where nobody has weight.
   */
  srmseBefore: z.number().nullable(),
  srmse: z.number().nullable(),
  /** Half of Σ |p - t|: the share of the weight that is in the wrong cell. */
  totalVariation: z.number().nullable(),
  /** The cell that is furthest off, as shares. */
  worst: z.strictObject({ categories: z.tuple([z.string(), z.string()]), expected: z.number(), achieved: z.number() }),
});
export type TwoWayTable = z.infer<typeof TwoWayTable>;

/** What weighting has done to tables that it was not told of. */
export const TwoWay = z.strictObject({
  /** Largest error first. */
  tables: z.array(TwoWayTable),
  /** Pairs of variables that were not looked at, as there are more than the most that was allowed. */
  skipped: z.int().min(0),
});
export type TwoWay = z.infer<typeof TwoWay>;

/** A table that is known from elsewhere, as a margins file has it: the name `a x b`, categories `a1 x b1`. */
export type GivenJoint = Pick<CategoryMargin, 'name' | 'categories' | 'asked'>;

/** What {@link twoWayTables} may be told. */
export interface TwoWayOptions {
  /** Tables to compare with; their pairs are measured in any case. */
  readonly joints?: readonly GivenJoint[];
  /** Variables beside those of the margins. */
  readonly variables?: readonly Variable[];
  /** Most pairs that are measured, in the order of the margins. Default 50. */
  readonly maxPairs?: number;
}

/**
 * Compares all tables of two variables that no margin controls together with what they were, or with what they are known to
 * be. Against the base weights the error holds what was wanted (the margins have moved) beside what was not; only a table that is
 * known from elsewhere tells the two apart. Records for which either category is not known are left out of a table.
 *
 * @param weights (records) any scale
 * @throws {Failure} `invalid-input` on a given table that is none of two variables of the sample, or that is empty
 * @see Müller & Axhausen (2011), Hierarchical IPF, section 4 (SRMSE)
 */
export function twoWayTables(
  problem: WeightingProblem,
  weights: Float64Array,
  { joints = [], variables: others = [], maxPairs = 50 }: TwoWayOptions = {},
): TwoWay {
  const { variables, controlled } = variablesOf(problem.margins);
  for (const own of others) if (!variables.has(own.name) && own.labels.length > 0) variables.set(own.name, own);
  const compare = (pair: readonly [Variable, Variable], given: Given | null): TwoWayTable =>
    compareTables(pair, problem.base, weights, given);
  const measured = joints.map((joint) => givenTable(joint, variables));
  for (const { pair } of measured) controlled.add(keyOf(pair[0].name, pair[1].name));
  const all = [...variables.values()];
  const pairs = all.flatMap((a, k) =>
    all.slice(k + 1).flatMap((b) => (controlled.has(keyOf(a.name, b.name)) ? [] : [[a, b] as const])),
  );
  const taken = pairs.slice(0, Math.max(0, maxPairs - measured.length));
  const tables = [
    ...measured.map(({ pair, given }) => compare(pair, given)),
    ...taken.map((pair) => compare(pair, null)),
  ];
  return {
    tables: tables.sort((a, b) => (b.srmse ?? Infinity) - (a.srmse ?? Infinity) || 0),
    skipped: pairs.length - taken.length,
  };
}

/** Shares by the labels of the two variables. */
type Given = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** The same for both orders. */
const keyOf = (a: string, b: string): string => JSON.stringify(a < b ? [a, b] : [b, a]);

/** Variables of margins, joints taken apart, and the pairs that a joint controls. */
function variablesOf(margins: readonly CategoryMargin[]): {
  variables: Map<string, Variable>;
  controlled: Set<string>;
} {
  const [variables, controlled] = [new Map<string, Variable>(), new Set<string>()];
  const taken = margins.map((margin) => ({ margin, ...partsOfMargin(margin) }));
  // A margin of its own knows more about a variable than a joint does.
  for (const { margin, parts, cells } of [...taken].sort((a, b) => a.parts.length - b.parts.length)) {
    parts.forEach((part, k) => {
      for (const other of parts.slice(k + 1)) controlled.add(keyOf(part, other));
      if (variables.has(part)) return;
      const labels = [...new Set(cells.flatMap((cell) => (cell === null ? [] : [cell[k]!])))];
      const position = cells.map((cell) => (cell === null ? -1 : labels.indexOf(cell[k]!)));
      const codes = margin.codes.map((code) => (code < 0 ? -1 : position[code]!));
      variables.set(part, { name: part, labels, codes });
    });
  }
  return { variables, controlled };
}

/** As {@link splitMargin}, but some categories of a joint (those of missing values) may have no parts. */
function partsOfMargin(margin: CategoryMargin): {
  parts: readonly string[];
  cells: readonly (readonly string[] | null)[];
} {
  const parts = partsOf(margin.name, () => true);
  const cells = margin.categories.map((category) => splitCategory(category, parts.length) ?? null);
  if (cells.some((cell) => cell !== null)) return { parts, cells };
  return { parts: [margin.name], cells: margin.categories.map((category) => [category]) };
}

function givenTable(
  { name, categories, asked }: GivenJoint,
  variables: ReadonlyMap<string, Variable>,
): { pair: readonly [Variable, Variable]; given: Given } {
  const fail = (problem: string, got: unknown, expected: string): Failure =>
    new Failure('invalid-input', { where: `joint[${name}]`, problem, got, expected });
  const known = [...variables.keys()].join(', ');
  const { parts, cells } = splitMargin({ name, categories });
  const found = parts.map((part) => {
    const variable = variables.get(part);
    if (variable === undefined) throw fail('no such variable in the sample', part, known);
    return variable;
  });
  if (found.length !== 2) throw fail('not a table of two variables', found.length, 'a x b with categories a1 x b1');
  const whole = sum(asked);
  if (!(whole > 0 && whole < Infinity)) throw fail('no shares', whole, 'a positive sum');
  const given = new Map<string, Map<string, number>>();
  cells.forEach(([a, b], c) => {
    const row = given.get(a!) ?? new Map<string, number>();
    given.set(a!, row.set(b!, asked[c]! / whole));
  });
  return { pair: [found[0]!, found[1]!], given };
}

function compareTables(
  pair: readonly [Variable, Variable],
  base: Float64Array,
  weights: Float64Array,
  given: Given | null,
): TwoWayTable {
  const [a, b] = pair;
  const rows = [...new Set([...a.labels, ...(given?.keys() ?? [])])];
  const columns = [...new Set([...b.labels, ...[...(given?.values() ?? [])].flatMap((row) => [...row.keys()])])];
  const cells = rows.length * columns.length;
  const [before, after, present] = [new Float64Array(cells), new Float64Array(cells), new Uint8Array(cells)];
  // Plain loops by position: this runs for every record and pair of variables.
  const [codes, others] = [a.codes, b.codes];
  for (let i = 0; i < codes.length; i++) {
    if (codes[i]! < 0 || others[i]! < 0) continue;
    const cell = codes[i]! * columns.length + others[i]!;
    before[cell]! += base[i]!;
    after[cell]! += weights[i]!;
    if (base[i]! > 0) present[cell] = 1;
  }
  const found = sharesIn(after);
  const start = sharesIn(before);
  const expected = given
    ? Float64Array.from({ length: cells }, (_, cell) => {
        const [row, column] = [rows[Math.floor(cell / columns.length)]!, columns[cell % columns.length]!];
        return given.get(row)?.get(column) ?? 0;
      })
    : (start ?? new Float64Array(cells));
  const deviation = (cell: number): number => Math.abs((found?.[cell] ?? 0) - expected[cell]!);
  const worst = before.reduce((most, _, cell) => (deviation(cell) > deviation(most) ? cell : most), 0);
  return {
    variables: [a.name, b.name],
    reference: given ? 'given' : 'base',
    cells,
    empty: expected.reduce((n, share, cell) => n + (share > 0 && present[cell] === 0 ? 1 : 0), 0),
    srmseBefore: start && srmse(start, expected),
    srmse: found && srmse(found, expected),
    totalVariation: found && found.reduce((s, p, cell) => s + Math.abs(p - expected[cell]!), 0) / 2,
    worst: {
      categories: [rows[Math.floor(worst / columns.length)]!, columns[worst % columns.length]!],
      expected: expected[worst]!,
      achieved: found?.[worst] ?? 0,
    },
  };
}

/** null where there is no weight. */
function sharesIn(sums: Float64Array): Float64Array | null {
  const total = sum(sums);
  return total > 0 ? sums.map((x) => x / total) : null;
}

/**
 * Standardized root mean squared error: the root of the mean squared difference over the mean of the expected shares.
 *
 * @param shares (cells) summing to one
 * @param expected (cells) summing to one
 */
export function srmse(shares: Float64Array, expected: Float64Array): number {
  const squares = shares.reduce((s, p, c) => s + (p - expected[c]!) * (p - expected[c]!), 0);
  return Math.sqrt(squares / shares.length) / (sum(expected) / shares.length);
}
