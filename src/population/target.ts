import { z } from 'zod';
import { Failure } from '../core/failure.js';

/** Separates categories of a joint: `female x 18-24` for the variables `sex x age`. */
const joiner = ' x ';

const Share = z.number().min(0).max(1);
const Source = z.record(z.string(), z.unknown());

/** A categorical variable of the target. `bounds` gives the years of age (both included) behind each category of `age`. */
export const TargetVariable = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'expected a snake_case variable name'),
  categories: z.array(z.string().min(1)).min(1),
  bounds: z.array(z.tuple([z.number().int(), z.number().int()])).optional(),
});
export type TargetVariable = z.infer<typeof TargetVariable>;

/**
 * Known shares of a target population: of one variable (`region`) or of a joint (`sex x age`, keys `female x 18-24`).
 * Shares are of the persons of `universe` in the reference period `period`.
 */
export const Margin = z
  .strictObject({
    variable: z.string(),
    universe: z.string(),
    period: z.string(),
    shares: z.record(z.string(), Share),
    source: Source,
    /** Computed or converted from published figures rather than copied; `flags` say how. */
    derived: z.boolean(),
    flags: z.array(z.string()),
  })
  // Three thirds of six decimals are 1e-6 below one and a little more in binary.
  .refine(({ shares }) => Math.abs(Object.values(shares).reduce((s, x) => s + x, 0) - 1) <= 1.000001e-6, {
    path: ['shares'],
    error: 'shares must sum to 1 (±1e-6)',
  });
export type Margin = z.infer<typeof Margin>;

/** Shares of one variable given others, for the synthetic joint: the row key joins the categories of `given`. */
export const Association = z.strictObject({
  variable: z.string(),
  given: z.array(z.string()).min(1),
  universe: z.string(),
  period: z.string(),
  source: Source,
  derived: z.boolean(),
  flags: z.array(z.string()),
  shares: z.record(z.string(), z.record(z.string(), Share)),
});
export type Association = z.infer<typeof Association>;

/** People who do not occur: nobody has one of the listed categories of every variable named here at once. */
export const Impossible = z.strictObject({
  categories: z.record(z.string(), z.array(z.string()).min(1)),
  reason: z.string(),
});
export type Impossible = z.infer<typeof Impossible>;

/** The least age in years at which people have a category. Bands of age hide it: few are graduates at 24, none at 18. */
export const Youngest = z.strictObject({
  variable: z.string(),
  category: z.string(),
  years: z.number().int().min(0).max(120),
  reason: z.string(),
});
export type Youngest = z.infer<typeof Youngest>;

/** A target population: margins in one universe, associations between variables, and the names of its trait norms. */
export const Target = z.strictObject({
  schema: z.literal('target/1'),
  name: z.string(),
  title: z.string(),
  universe: z.string(),
  notes: z.array(z.string()),
  variables: z.array(TargetVariable).min(1),
  margins: z.array(Margin).min(1),
  associations: z.array(Association),
  /** Structural zeros of the joint, beyond zero shares. */
  impossible: z.array(Impossible).optional(),
  youngest: z.array(Youngest).optional(),
  /** Names of files in `data/traits`, one for each instrument. */
  traits: z.array(z.string()),
});
export type Target = z.infer<typeof Target>;

/** The variables of a margin: `sex x age` gives `['sex', 'age']`. */
export const variablesOf = (margin: string): string[] => margin.split(joiner);

/** The key of a joint category. */
export const joinCategories = (categories: readonly string[]): string => categories.join(joiner);

/**
 * Checks what a schema cannot: variables and categories are told apart, bounds of age ascend, margins share one universe,
 * name known variables and exactly their categories, joints agree with each other and with one-way margins on what they
 * share, associations have one row of shares for each category of what they are given, and whatever is said to be
 * impossible exists.
 *
 * @throws {Failure} `invalid-input` naming the variable, the margin or association, and the cell
 */
export function checkTarget(target: Target): void {
  checkVariables(target);
  for (const margin of [...target.margins, ...target.associations])
    if (margin.universe !== target.universe)
      throw new Failure('invalid-input', {
        where: `${target.name}.${margin.variable}`,
        problem: 'margins of different universes cannot be mixed',
        got: margin.universe,
        expected: target.universe,
      });
  for (const margin of target.margins) {
    const [where, names] = [`${target.name}.${margin.variable}`, variablesOf(margin.variable)];
    refuseRepeated(names, where, 'variable');
    checkCategories(margin.shares, cellsOf(target, names), where);
  }
  checkAgreement(target);
  for (const association of target.associations) conditionalShares(target, association);
  for (const [i, { categories }] of (target.impossible ?? []).entries())
    for (const [variable, named] of Object.entries(categories))
      checkExist(target, variable, named, `${target.name}.impossible[${i}]`);
  for (const [i, { variable, category }] of (target.youngest ?? []).entries())
    checkExist(target, variable, [category], `${target.name}.youngest[${i}]`);
}

/** @throws {Failure} `invalid-input` when the variable has no such category */
function checkExist(target: Target, variable: string, named: readonly string[], where: string): void {
  const { categories } = variableOf(target, variable, where);
  const unknown = named.find((category) => !categories.includes(category));
  if (unknown !== undefined)
    throw new Failure('invalid-input', {
      where,
      problem: `unknown category of ${variable}`,
      got: unknown,
      expected: categories.slice(0, 6).join(', '),
    });
}

/**
 * The shares of an association, (rows x categories) row-major, rows in the order of {@link cellsOf} what is given.
 *
 * @throws {Failure} `invalid-input` on an unknown variable, rows or categories that are not those of the target, or a row
 *   that does not sum to one (±1e-3, published tables are rounded)
 */
export function conditionalShares(target: Target, { variable, given, shares }: Association): Float64Array {
  const where = `${target.name}.associations.${variable}`;
  refuseRepeated([...given, variable], where, 'variable');
  const { categories } = variableOf(target, variable, where);
  for (const name of given) variableOf(target, name, where);
  const rows = cellsOf(target, given);
  const known = new Set(rows);
  const unknown = Object.keys(shares).find((row) => !known.has(row));
  if (unknown !== undefined)
    throw new Failure('invalid-input', {
      where,
      problem: `unknown row of ${joinCategories(given)}`,
      got: unknown,
      expected: rows.slice(0, 6).join(', '),
    });
  return Float64Array.from(
    rows.flatMap((row) => {
      const name = `${joinCategories(given)} = ${row}`;
      const conditional = shares[row];
      if (conditional === undefined) throw new Failure('invalid-input', { where, problem: `no row for ${name}` });
      checkCategories(conditional, categories, `${where}[${name}]`);
      const total = Object.values(conditional).reduce((s, x) => s + x, 0);
      if (Math.abs(total - 1) > 1e-3)
        throw new Failure('invalid-input', {
          where: `${where}[${name}]`,
          problem: 'shares do not sum to one',
          got: total,
          expected: '1 (±1e-3)',
        });
      return categories.map((category) => conditional[category]!);
    }),
  );
}

/** All cells of a joint, keys in the order of the categories. */
export function cellsOf(target: Target, variables: readonly string[]): string[] {
  return variables
    .map((name) => variableOf(target, name).categories)
    .reduce<string[][]>((cells, categories) => cells.flatMap((cell) => categories.map((c) => [...cell, c])), [[]])
    .map(joinCategories);
}

/** @throws {Failure} `invalid-input` when the target has no such variable; `where` says who asks for it */
export function variableOf(target: Target, name: string, where = target.name): TargetVariable {
  const found = target.variables.find((variable) => variable.name === name);
  if (found === undefined)
    throw new Failure('invalid-input', {
      where,
      problem: 'unknown variable',
      got: name,
      expected: target.variables.map((v) => v.name).join(', '),
    });
  return found;
}

/** Category of `age` for an age in years, or undefined when the target has no age or no such band. */
export function ageCategory(target: Target, years: number): string | undefined {
  const age = target.variables.find((variable) => variable.name === 'age');
  const at = age?.bounds?.findIndex(([from, to]) => years >= from && years <= to) ?? -1;
  return at < 0 ? undefined : age!.categories[at];
}

/** The least age in years at which somebody has all these categories (by variable); 0 where nothing is said. */
export const leastAge = ({ youngest = [] }: Target, categories: Readonly<Record<string, string | undefined>>): number =>
  youngest.reduce(
    (least, { variable, category, years }) => (categories[variable] === category ? Math.max(least, years) : least),
    0,
  );

/** The margin that has all variables of this one and more (sex x age for age), so that this one follows from it. */
export function containerOf(target: Target, margin: Margin): Margin | undefined {
  const own = variablesOf(margin.variable);
  return target.margins.find((other) => {
    const theirs = variablesOf(other.variable);
    return theirs.length > own.length && own.every((name) => theirs.includes(name));
  });
}

/** All margins, joints of more variables before those of fewer; otherwise in the order of the file. */
export const outermostFirst = (target: Target): Margin[] =>
  [...target.margins].sort((a, b) => variablesOf(b.variable).length - variablesOf(a.variable).length);

/** Shares of a margin's cells (its own, or scaled ones) added up over what is not in `onto`. */
export function collapse(
  margin: Margin,
  shares: Readonly<Record<string, number>>,
  onto: readonly string[],
): Record<string, number> {
  const from = variablesOf(margin.variable);
  const positions = onto.map((name) => from.indexOf(name));
  const out: Record<string, number> = {};
  for (const [cell, share] of Object.entries(shares)) {
    const parts = cell.split(joiner);
    const key = joinCategories(positions.map((p) => parts[p]!));
    out[key] = (out[key] ?? 0) + share;
  }
  return out;
}

function checkVariables({ name: target, variables }: Target): void {
  refuseRepeated(
    variables.map(({ name }) => name),
    `${target}.variables`,
    'variable',
  );
  for (const { name, categories, bounds } of variables) {
    const where = `${target}.${name}`;
    refuseRepeated(categories, where, 'category');
    // The blank finds `a x` too: `a x x b` would be taken apart as `a` and `x b`.
    const ambiguous = categories.find((category) => `${category} `.includes(joiner));
    if (ambiguous !== undefined)
      throw new Failure('invalid-input', {
        where,
        problem: `a category with "${joiner}", which joins the categories of a joint`,
        got: ambiguous,
      });
    if (bounds === undefined) continue;
    if (bounds.length !== categories.length)
      throw new Failure('invalid-input', {
        where: `${where}.bounds`,
        problem: 'not one pair of bounds for each category',
        got: bounds.length,
        expected: String(categories.length),
      });
    const wrong = bounds.findIndex(([from, to], c) => from > to || (c > 0 && from <= bounds[c - 1]![1]));
    if (wrong >= 0)
      throw new Failure('invalid-input', {
        where: `${where}.bounds`,
        problem: `the years of ${categories[wrong]!} do not ascend`,
        got: bounds[wrong]!.join('-'),
        expected: 'first and last year of each category, after those of the category before',
      });
  }
}

function refuseRepeated(names: readonly string[], where: string, what: string): void {
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined)
    throw new Failure('invalid-input', { where, problem: `the same ${what} twice`, got: repeated });
}

/** Shares must be of exactly these categories. */
function checkCategories(shares: Readonly<Record<string, number>>, categories: readonly string[], where: string): void {
  const known = new Set(categories);
  const unknown = Object.keys(shares).find((category) => !known.has(category));
  if (unknown !== undefined)
    throw new Failure('invalid-input', {
      where,
      problem: 'unknown category',
      got: unknown,
      expected: categories.slice(0, 6).join(', '),
    });
  const missing = categories.find((category) => !Object.hasOwn(shares, category));
  if (missing !== undefined)
    throw new Failure('invalid-input', {
      where,
      problem: `no share for the category ${missing}`,
      hint: 'A category that is empty in the population has the share 0.',
    });
}

function checkAgreement(target: Target): void {
  for (const [i, a] of target.margins.entries())
    for (const b of target.margins.slice(0, i)) {
      const shared = variablesOf(a.variable).filter((name) => variablesOf(b.variable).includes(name));
      if (shared.length === 0) continue;
      const theirs = collapse(b, b.shares, shared);
      for (const [cell, share] of Object.entries(collapse(a, a.shares, shared)))
        if (Math.abs(share - (theirs[cell] ?? 0)) > 1e-5)
          throw new Failure('invalid-input', {
            where: `${target.name}.${a.variable}`,
            problem: `disagrees with ${b.variable} on ${joinCategories(shared)} = ${cell}`,
            got: share,
            expected: String(theirs[cell] ?? 0),
          });
    }
}
