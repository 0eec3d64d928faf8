import { Failure } from '../core/failure.js';
import type { RecordFinding } from '../core/findings.js';
import type { RandomStream } from '../core/random.js';
import type { Variable } from './variables.js';

/**
 * What becomes of records with a missing value: nothing may be missing (`error`); they form a category of their own that
 * keeps its share of the base weight (`own-level`); they are left out (`exclude`); or each missing value is copied from a record
 * drawn at random among those that agree in the other variables (`impute`, hot deck).
 */
export type MissingPolicy = 'error' | 'own-level' | 'exclude' | 'impute';

/** A number of a sample, NaN where it is missing. */
export interface NumberVariable {
  readonly name: string;
  /** (records) */
  readonly values: Float64Array;
}

/** The variables that weights depend on, in one table. */
export interface SampleVariables {
  readonly variables: readonly Variable[];
  readonly numbers: readonly NumberVariable[];
}

/** Variables after the policy; with `own-level` codes of -1 stay. */
export interface SettledVariables extends SampleVariables {
  /** Rows that are kept, ascending; all but those left out by `exclude`. Variables still have an entry for every record. */
  readonly kept: Int32Array;
}

/**
 * Carries out the policy and records how many values are missing of each variable and what became of them.
 *
 * @param table what is missing values, for messages
 * @param records number of records
 * @param categories of a variable, what a donor may have: the categories of its margins; undefined for any
 * @param random needed for `impute`; forked by variable, never advanced
 * @throws {Failure} `invalid-input` on missing values under `error`, on missing numbers under `own-level`, without a donor, or
 * when nobody is left
 */
export function settleMissing(
  table: string,
  records: number,
  { variables, numbers }: SampleVariables,
  policy: MissingPolicy,
  categories: (variable: string) => ReadonlySet<string> | undefined,
  random: RandomStream,
  record: RecordFinding,
): SettledVariables {
  const all = Int32Array.from({ length: records }, (_, i) => i);
  const gaps = [...variables.map(gapOf), ...numbers.map(numberGapOf)].flatMap(({ name, isMissing }) => {
    const rows = all.filter(isMissing);
    return rows.length === 0 ? [] : [{ name, rows }];
  });
  if (gaps.length === 0) return { variables, numbers, kept: all };
  const counts = Object.fromEntries(gaps.map(({ name, rows }) => [name, rows.length]));
  const listed = gaps.map(({ name, rows }) => `${name} ${rows.length}`).join(', ');
  if (policy === 'error')
    throw new Failure('invalid-input', {
      where: table,
      problem: 'missing values',
      got: listed,
      expected: `a value for each of ${records} records`,
      hint: 'Choose for missing values own-level, exclude or impute.',
    });
  const tell = (did: string, values: Readonly<Record<string, unknown>>): void =>
    record({
      level: 'caution',
      code: 'missing-values',
      message: `missing values of ${table} (${listed}) ${did}`,
      values: { table, policy, missing: counts, ...values },
    });

  if (policy === 'own-level') {
    const number = numbers.find(({ name }) => Object.hasOwn(counts, name));
    if (number)
      throw new Failure('invalid-input', {
        where: `${table}.${number.name}`,
        problem: 'missing numbers cannot form a category of their own',
        got: counts[number.name],
        expected: 'exclude or impute',
      });
    tell('form categories of their own', {});
    return { variables, numbers, kept: all };
  }
  if (policy === 'exclude') {
    const kept = all.filter(
      (i) => variables.every(({ codes }) => codes[i]! >= 0) && !numbers.some(({ values }) => Number.isNaN(values[i]!)),
    );
    if (kept.length === 0)
      throw new Failure('invalid-input', { where: table, problem: 'every record misses a value', got: listed });
    tell(`left out ${records - kept.length} of ${records} records`, { excluded: records - kept.length });
    return { variables, numbers, kept };
  }
  const donated = gaps.map(({ name, rows }) =>
    imputed(table, name, rows, variables, numbers, categories(name), random),
  );
  const byName = new Map(donated.map(({ variable }) => [variable.name, variable]));
  const agreed = Object.fromEntries(donated.map(({ variable, agreeing }) => [variable.name, agreeing]));
  tell('were copied from donors', { agreeing: agreed });
  return {
    variables: variables.map((own) => (byName.get(own.name) as Variable | undefined) ?? own),
    numbers: numbers.map((own) => (byName.get(own.name) as NumberVariable | undefined) ?? own),
    kept: all,
  };
}

const gapOf = ({ name, codes }: Variable) => ({ name, isMissing: (i: number) => codes[i]! < 0 });
const numberGapOf = ({ name, values }: NumberVariable) => ({
  name,
  isMissing: (i: number) => Number.isNaN(values[i]!),
});

/**
 * Donors agree in as many of the other variables as can be, counted from the first; a missing value agrees with a missing value.
 *
 * @returns `agreeing[k]`: number of records whose donor agrees in the first k other variables, and not in more
 */
function imputed(
  table: string,
  name: string,
  rows: Int32Array,
  variables: readonly Variable[],
  numbers: readonly NumberVariable[],
  categories: ReadonlySet<string> | undefined,
  random: RandomStream,
): { variable: Variable | NumberVariable; agreeing: number[] } {
  const variable = variables.find((own) => own.name === name);
  const number = numbers.find((own) => own.name === name);
  const others = variables.filter((own) => own.name !== name);
  const isDonor = (i: number): boolean => {
    if (number) return !Number.isNaN(number.values[i]!);
    const code = variable!.codes[i]!;
    return code >= 0 && (categories?.has(variable!.labels[code]!) ?? true);
  };
  const records = (number?.values ?? variable!.codes).length;
  const donors = Array.from({ length: records }, (_, i) => i).filter(isDonor);
  if (donors.length === 0)
    throw new Failure('invalid-input', { where: `${table}.${name}`, problem: 'no record with a value to copy from' });
  const keyOf = (i: number, agreeing: number): string =>
    others
      .slice(0, agreeing)
      .map(({ codes }) => codes[i])
      .join();
  const pools = others.map((_, k) => {
    const pool = new Map<string, number[]>();
    for (const i of donors) {
      const key = keyOf(i, k + 1);
      const own = pool.get(key);
      if (own) own.push(i);
      else pool.set(key, [i]);
    }
    return pool;
  });

  const stream = random.fork('impute', table, name);
  const agreeing = Array.from({ length: others.length + 1 }, () => 0);
  const [codes, values] = [variable?.codes.slice(), number?.values.slice()];
  for (const i of rows) {
    let k = others.length;
    while (k > 0 && !pools[k - 1]!.has(keyOf(i, k))) k--;
    const pool = k === 0 ? donors : pools[k - 1]!.get(keyOf(i, k))!;
    const donor = pool[stream.below(pool.length)]!;
    agreeing[k]!++;
    if (codes) codes[i] = variable!.codes[donor]!;
    if (values) values[i] = number!.values[donor]!;
  }
  return { variable: codes ? { ...variable!, codes } : { name, values: values! }, agreeing };
}
