import { sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import { textColumn, numberColumn, type Column, type Table } from '../core/table.js';
import type { Disposition } from '../persona/narrative-persona.js';
import { traitDomains, type Inventory } from '../psychometrics/inventory.js';
import type { People } from './people.js';
import type { Target } from './target.js';

/** One persona with its answers and scores, on its way into the pool. */
export interface MeasuredPersona {
  readonly persona: string;
  readonly person: string;
  readonly draw: number;
  readonly disposition: Pick<Disposition, 'ageYears' | 'attributes'>;
  /** In the order of the inventory's items; 0 is missing. */
  readonly responses: Uint8Array;
  /** Domain scores on the response scale, finite. */
  readonly scores: ArrayLike<number>;
  readonly tScores: ArrayLike<number>;
}

/** Name of the column with the status of an attribute: stated, inferred or imputed. */
export const statusColumn = (variable: string): string => `${variable}_status`;

/** Columns that every pool has; attributes, items and T-scores come on top. */
export const personaPoolColumns = ['persona', 'person', ...traitDomains] as const;

/**
 * The pool in columns (persona-pool/1): `persona`, `person`, `draw`, `age_years`, each variable of the target with its
 * `_status`, each domain score and its `_t`, and each item as `item_<id>`.
 */
export function personaPool(target: Target, inventory: Inventory, personas: readonly MeasuredPersona[]): Table {
  const columns: Record<string, Column> = {
    persona: personas.map(({ persona }) => persona),
    person: personas.map(({ person }) => person),
    draw: Int32Array.from(personas, ({ draw }) => draw),
    age_years: Int32Array.from(personas, ({ disposition }) => disposition.ageYears),
  };
  for (const { name } of target.variables) {
    columns[name] = personas.map(({ disposition }) => disposition.attributes[name]!.value);
    columns[statusColumn(name)] = personas.map(({ disposition }) => disposition.attributes[name]!.status);
  }
  traitDomains.forEach((domain, k) => {
    columns[domain] = Float64Array.from(personas, ({ scores }) => scores[k]!);
    columns[`${domain}_t`] = Float64Array.from(personas, ({ tScores }) => tScores[k]!);
  });
  inventory.items.forEach(({ id }, item) => {
    columns[`item_${id}`] = Uint8Array.from(personas, ({ responses }) => responses[item]!);
  });
  return { schema: 'persona-pool/1', rows: personas.length, columns };
}

/** A table that has, for each variable, a text column of categories and, for each domain, a column of scores, as people. */
export function peopleOf(table: Table, target: Target, withTraits: boolean): People {
  const width = target.variables.length;
  const codes = new Uint8Array(table.rows * width);
  target.variables.forEach(({ name, categories }, axis) => {
    const position = new Map(categories.map((category, c) => [category, c]));
    textColumn(table, name).forEach((category, i) => {
      const code = position.get(category);
      if (code === undefined)
        throw new Failure('invalid-input', {
          where: `${table.schema}.${name}[${i}]`,
          problem: 'unknown category',
          got: category,
          expected: categories.join(', '),
        });
      codes[i * width + axis] = code;
    });
  });
  if (!withTraits) return { size: table.rows, codes, traits: null };
  const scores = traitDomains.map((domain) => numberColumn(table, domain));
  const traits = new Float64Array(table.rows * traitDomains.length);
  for (let i = 0; i < table.rows; i++) scores.forEach((column, k) => (traits[i * scores.length + k] = column[i]!));
  return { size: table.rows, codes, traits };
}

/**
 * What a reference person may be used for: to check the respondent, to compute what the pool is aligned to, to choose among
 * settings, to judge, or to say how far apart like people are. Nothing is fitted to `test` or `floor`.
 */
export const folds = ['prior', 'fit', 'tune', 'test', 'floor'] as const;
export type Fold = (typeof folds)[number];

/** Name of a reference person by the number in the draw, from 1. */
export const referenceId = (person: number): string => `person-${person}`;

/**
 * Fold of a person by the hash of the name alone, so that the same people are held out whatever the seed is: the first 48 bits
 * of the SHA-256 as a number in [0, 1), cut at the cumulated shares of the folds.
 *
 * @param sizes people of each fold on average, any scale
 */
export function foldOfPerson(id: string, sizes: Readonly<Record<Fold, number>>): Fold {
  const total = folds.reduce((s, fold) => s + sizes[fold], 0);
  const at = (total * parseInt(sha256(id).slice(0, 12), 16)) / 0x1000000000000;
  let edge = 0;
  return folds.find((fold) => at < (edge += sizes[fold]))!;
}

/** Row numbers of the people of each fold, in the order of the draw. */
export function foldRows(people: number, sizes: Readonly<Record<Fold, number>>): Readonly<Record<Fold, number[]>> {
  const rows: Record<Fold, number[]> = { prior: [], fit: [], tune: [], test: [], floor: [] };
  for (let row = 0; row < people; row++) rows[foldOfPerson(referenceId(row + 1), sizes)].push(row);
  return rows;
}

/**
 * People in columns (reference/1): `fold`, `person` (the number in the draw), the variables, and the domains when there are
 * traits. Rows stand fold by fold.
 *
 * @param rows see {@link foldRows}
 */
export function referenceTable(target: Target, people: People, rows: Readonly<Record<Fold, readonly number[]>>): Table {
  const order = Uint32Array.from(folds.flatMap((fold) => rows[fold]));
  const width = target.variables.length;
  const d = traitDomains.length;
  const columns: Record<string, Column> = {
    fold: folds.flatMap((fold) => rows[fold].map(() => fold)),
    person: Int32Array.from(order, (row) => row + 1),
  };
  target.variables.forEach(({ name, categories }, axis) => {
    columns[name] = Array.from(order, (row) => categories[people.codes[row * width + axis]!]!);
  });
  const { traits } = people;
  if (traits)
    traitDomains.forEach((domain, k) => (columns[domain] = Float64Array.from(order, (row) => traits[row * d + k]!)));
  return { schema: 'reference/1', rows: order.length, columns };
}

/** The people of one fold of a reference table; nobody when it has no such fold. */
export function foldOf(reference: Table, target: Target, fold: Fold): People {
  const column = textColumn(reference, 'fold');
  const from = Math.max(column.indexOf(fold), 0);
  const to = column.lastIndexOf(fold) + 1;
  const columns = Object.fromEntries(
    Object.entries(reference.columns).map(([name, values]) => [name, values.slice(from, to) as Column]),
  );
  return peopleOf({ ...reference, rows: to - from, columns }, target, traitDomains[0] in reference.columns);
}

/** People of each fold of a reference table. */
export function foldCounts(reference: Table): Record<Fold, number> {
  const counts = { prior: 0, fit: 0, tune: 0, test: 0, floor: 0 };
  for (const fold of textColumn(reference, 'fold')) counts[fold as Fold]++;
  return counts;
}

/** The first people of a larger group. */
export function firstPeople({ size, codes, traits }: People, wanted: number): People {
  const kept = Math.min(size, wanted);
  const share = <T extends Uint8Array | Float64Array>(column: T): T =>
    column.subarray(0, (column.length / size) * kept) as T;
  return { size: kept, codes: share(codes), traits: traits && share(traits) };
}
