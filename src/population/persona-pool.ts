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

/** The fold of each reference person: what they may be used for. */
export const folds = ['fit', 'tune', 'test', 'floor'] as const;
export type Fold = (typeof folds)[number];

/** People of each fold, in columns (reference/1): `fold`, the variables, and the domains when there are traits. */
export function referenceTable(target: Target, people: Readonly<Record<Fold, People>>): Table {
  const all = folds.map((fold) => people[fold]);
  const rows = all.reduce((s, { size }) => s + size, 0);
  const width = target.variables.length;
  const d = traitDomains.length;
  const columns: Record<string, Column> = {
    fold: folds.flatMap((fold) => Array.from({ length: people[fold].size }, () => fold)),
  };
  target.variables.forEach(({ name, categories }, axis) => {
    columns[name] = all.flatMap(({ size, codes }) =>
      Array.from({ length: size }, (_, i) => categories[codes[i * width + axis]!]!),
    );
  });
  if (all[0]!.traits)
    traitDomains.forEach((domain, k) => {
      const column = new Float64Array(rows);
      let next = 0;
      for (const { size, traits } of all) for (let i = 0; i < size; i++) column[next++] = traits![i * d + k]!;
      columns[domain] = column;
    });
  return { schema: 'reference/1', rows, columns };
}

/** The people of one fold of a reference table. */
export function foldOf(reference: Table, target: Target, fold: Fold): People {
  const folds = textColumn(reference, 'fold');
  const from = folds.indexOf(fold);
  const to = folds.lastIndexOf(fold) + 1;
  const columns = Object.fromEntries(
    Object.entries(reference.columns).map(([name, column]) => [name, column.slice(from, to) as Column]),
  );
  return peopleOf({ ...reference, rows: to - from, columns }, target, traitDomains[0] in reference.columns);
}

/** The first people of a larger group. */
export function firstPeople({ size, codes, traits }: People, wanted: number): People {
  const kept = Math.min(size, wanted);
  const share = <T extends Uint8Array | Float64Array>(column: T): T =>
    column.subarray(0, (column.length / size) * kept) as T;
  return { size: kept, codes: share(codes), traits: traits && share(traits) };
}
