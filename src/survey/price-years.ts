import { Failure } from '../core/failure.js';
import type { RecordFinding } from '../core/findings.js';
import type { Column } from '../core/table.js';
import { inZone, type Margin, type NumericTarget, type ZoneMargins } from './margins.js';
import type { WeightingSample } from './prepare-zones.js';
import { partsOf, type SampleColumns } from './variables.js';

/** What is known of the money in a sample. */
export interface Prices {
  /** Column and the year of the money that it is in. */
  readonly years: Readonly<Record<string, string>>;
  /** Column and what its amounts are multiplied by, to be money of the year of the margins. */
  readonly factors: Readonly<Record<string, number>>;
}

/**
 * Brings amounts of the sample to the money of the margins, before anything else is done with them, and refuses margins and
 * columns of different years without a factor. The factor is the user's: the ratio of two price indices, or the
 * adjustment that comes with the microdata (ADJINC / 1,000,000 in the American Community Survey).
 *
 * @returns the sample with adjusted columns; missing amounts stay missing
 * @throws {Failure} `invalid-input` on a year or factor for a column that no margin speaks of or that is not there, margins of
 * one column in money of two years, a year that only one of margin and column has, two years without a factor, a factor
 * where the years are the same, categories that a factor cannot change, an amount that is no number
 * @see U.S. Census Bureau, PUMS data dictionary, ADJINC
 */
export function adjustPrices(
  zones: readonly ZoneMargins[],
  sample: WeightingSample,
  { years, factors }: Prices,
  record: RecordFinding,
): WeightingSample {
  const tables = [sample.columns, ...(sample.persons ? [sample.persons.columns] : [])];
  const exists = (name: string): boolean => tables.some((columns) => Object.hasOwn(columns, name));
  const items = zones.flatMap(({ zone, margins, numbers }) =>
    [...margins, ...numbers].map((item) => ({ zone, item, parts: partsOf(item.name, exists) })),
  );
  for (const [option, columns] of Object.entries({ 'price year': years, adjustment: factors }))
    for (const column of Object.keys(columns))
      if (!items.some(({ parts }) => parts.includes(column)))
        throw new Failure('invalid-input', {
          where: `${option} of ${column}`,
          problem: 'no margin speaks of this column',
          expected: [...new Set(items.flatMap(({ parts }) => parts))].join(', '),
        });
  for (const { zone, item, parts } of items) checkYears(inZone(zone, item.name), item, parts, years, factors);

  const adjusted = (columns: SampleColumns): SampleColumns => ({
    ...columns,
    ...Object.fromEntries(
      Object.entries(factors).flatMap(([name, factor]) =>
        Object.hasOwn(columns, name) ? [[name, multiplied(name, columns[name]!, factor)]] : [],
      ),
    ),
  });
  for (const [column, factor] of Object.entries(factors))
    record({
      level: 'info',
      code: 'prices-adjusted',
      message: `amounts of ${column} were multiplied by ${factor}`,
      values: { column, factor, ...(Object.hasOwn(years, column) && { from: years[column] }) },
    });
  const { persons } = sample;
  return {
    ...sample,
    columns: adjusted(sample.columns),
    ...(persons && { persons: { ...persons, columns: adjusted(persons.columns) } }),
  };
}

function checkYears(
  where: string,
  item: Margin | NumericTarget,
  parts: readonly string[],
  years: Prices['years'],
  factors: Prices['factors'],
): void {
  const { priceYear } = item;
  const fail = (problem: string, got: string | undefined, expected: string, hint?: string): never => {
    throw new Failure('invalid-input', {
      where,
      problem,
      expected,
      ...(got !== undefined && { got }),
      ...(hint !== undefined && { hint }),
    });
  };
  const scaled = parts.find((part) => Object.hasOwn(factors, part));
  if ('categories' in item && scaled !== undefined)
    fail(`${scaled} holds categories, which a factor cannot change`, undefined, 'the total or mean of a number');
  // A joint of money and anything else has one year, that of the money.
  const column = parts.find((part) => Object.hasOwn(years, part));
  const year = column === undefined ? undefined : years[column];
  if (year === undefined && priceYear !== undefined)
    fail('nobody says of which year the money in the sample is', undefined, `a price year beside ${priceYear}`);
  if (year !== undefined && priceYear === undefined)
    fail('nobody says of which year the money in the margin is', undefined, `a price year beside ${year}`);
  if (year !== undefined && year !== priceYear && scaled === undefined)
    fail(
      'margin and column are in money of different years',
      `${priceYear!} and ${year}`,
      'a factor, or one year',
      'categories' in item ? 'Adjust the amounts, and make the categories from them again.' : `Adjust ${column!}.`,
    );
  if (year !== undefined && year === priceYear && scaled !== undefined)
    fail('adjusted, but margin and column are in money of one year', year, 'no factor');
}

function multiplied(name: string, column: Column, factor: number): Float64Array {
  return Float64Array.from(column as ArrayLike<string | number>, (value, i) => {
    if (typeof value === 'string' && value.trim() === '') return NaN;
    const amount = Number(value);
    if (Number.isFinite(amount) || (typeof value === 'number' && Number.isNaN(value))) return amount * factor;
    throw new Failure('invalid-input', { where: `${name}[${i}]`, problem: 'not an amount', got: value });
  });
}
