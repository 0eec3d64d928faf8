import { randomStream } from '../../src/core/random.js';
import { numberColumn, textColumn, type Column, type Table } from '../../src/core/table.js';
import { traitDomains } from '../../src/psychometrics/inventory.js';
import { populationJoint } from '../../src/population/joint.js';
import { referencePeople, type People } from '../../src/population/people.js';
import { folds, referenceTable, type Fold } from '../../src/population/persona-pool.js';
import type { Target } from '../../src/population/target.js';
import { shippedNorms, tinyTarget } from '../population/fixture.js';
import { biasedPool, type Bias } from '../support/biased-pool.js';

export { inventory } from '../persona/model-fixture.js';

// Alignment in small: a population of twelve cells with traits, a pool of a few hundred personas by a few dozen people.

export const norms = shippedNorms('ipip-50-us-adults');
/** Tinyland with personality; the plain one has none. */
export const target = tinyTarget({ traits: [norms.name] });
export const bareTarget = tinyTarget();

const joint = populationJoint(target);

/** Reference people, as many in each fold, each drawn apart so that small folds are near the target too. */
function referenceOf(shown: Target, withTraits: typeof norms | null, each: number): Table {
  const drawn = folds.map((fold) => referencePeople(joint, withTraits, each, randomStream('reference', fold)));
  const traits = drawn.flatMap((people) => [...(people.traits ?? [])]);
  const people = {
    size: each * folds.length,
    codes: Uint8Array.from(drawn.flatMap(({ codes }) => [...codes])),
    traits: withTraits && Float64Array.from(traits),
  };
  const from = (fold: Fold): number => folds.indexOf(fold) * each;
  const of = (fold: Fold): number[] => Array.from({ length: each }, (_, i) => from(fold) + i);
  const rows = { prior: of('prior'), fit: of('fit'), tune: of('tune'), test: of('test'), floor: of('floor') };
  return referenceTable(shown, people, rows);
}
export const reference = referenceOf(target, norms, 2_000);

/** The same without traits. */
export const bareReference = referenceOf(bareTarget, null, 500);

/** Bent enough to need weights, not so much that the target is out of reach. */
export const mildBias: Bias = { shift: [0.2, 0.15, 0.2, -0.2, 0.1], spread: 0.85, tail: 0.3 };

/** Personas of a pool, ten by each author but for the last. */
export function poolOf(people: People, shown: Target = target, byAuthor = 10): Table {
  const width = shown.variables.length;
  const names = Array.from({ length: people.size }, (_, i) => ({
    author: Math.floor(i / byAuthor),
    draw: (i % byAuthor) + 1,
  }));
  const person = names.map(({ author }) => `p-${String(author).padStart(12, '0')}`);
  const columns: Record<string, Column> = {
    persona: names.map(({ draw }, i) => `${person[i]!}.${draw}`),
    person,
    draw: Int32Array.from(names, ({ draw }) => draw),
    age_years: new Int32Array(people.size).fill(40),
  };
  shown.variables.forEach(({ name, categories }, axis) => {
    columns[name] = names.map((_, i) => categories[people.codes[i * width + axis]!]!);
    columns[`${name}_status`] = names.map((_, i) => ['stated', 'inferred', 'imputed'][(i + axis) % 3]!);
  });
  traitDomains.forEach((domain, k) => {
    columns[domain] = Float64Array.from(names, (_, i) => people.traits![i * traitDomains.length + k]!);
    columns[`${domain}_t`] = Float64Array.from(names, (_, i) => 50 + i / 100);
  });
  return { schema: 'persona-pool/1', rows: people.size, columns };
}

/** A bent pool of a size. */
export const bentPool = (size: number, bias: Bias = mildBias): Table =>
  poolOf(biasedPool(joint, norms, size, bias, randomStream('pool')));

/** Only the rows that pass. */
export function rowsWhere(table: Table, pass: (row: number) => boolean): Table {
  const columns = Object.entries(table.columns).map(
    ([name, column]) => [name, column.filter((_: unknown, row: number) => pass(row)) as Column] as const,
  );
  return { ...table, rows: columns[0]![1].length, columns: Object.fromEntries(columns) };
}

/** Weights of the pool as an artifact of the alignment. */
export const weightTable = (schema: string, pool: Table, weight: Float64Array): Table => ({
  schema,
  rows: pool.rows,
  columns: { persona: textColumn(pool, 'persona'), weight },
});

export const equalWeights = (pool: Table): Float64Array => new Float64Array(pool.rows).fill(1 / pool.rows);

/** Share of the weight that rows with all these categories have: the slow way, from the texts. */
export function shareOf(table: Table, weights: ArrayLike<number>, cell: Readonly<Record<string, string>>): number {
  let [inside, total] = [0, 0];
  for (let i = 0; i < table.rows; i++) {
    total += weights[i]!;
    if (Object.entries(cell).every(([name, category]) => textColumn(table, name)[i] === category))
      inside += weights[i]!;
  }
  return inside / total;
}

/** Weighted mean of a column of scores. */
export function meanOf(table: Table, weights: ArrayLike<number>, column: string): number {
  const values = numberColumn(table, column);
  let [sum, total] = [0, 0];
  values.forEach((x, i) => {
    sum += x * weights[i]!;
    total += weights[i]!;
  });
  return sum / total;
}

/** Every cell of a margin with the share asked for. */
export const cellsOfMargin = ({ margins, variables }: Target): { cell: Record<string, string>; share: number }[] =>
  margins.flatMap(({ variable, shares }) =>
    Object.entries(shares).map(([categories, share]) => {
      const names = variable.split(' x ');
      const parts = categories.split(' x ');
      if (names.some((name) => !variables.some((known) => known.name === name))) throw new Error(variable);
      return { cell: Object.fromEntries(names.map((name, i) => [name, parts[i]!])), share };
    }),
  );

export const sumOf = (values: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
};
