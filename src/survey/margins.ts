import { Failure } from '../core/failure.js';
import type { RecordFinding } from '../core/findings.js';
import { sum } from '../numerics/statistics.js';

/** What the value of a cell is: people of a category, their share (0-1) or percent; the sum or mean of a number. */
export type MarginKind = 'count' | 'share' | 'percent' | 'total' | 'mean';

/** What a margin counts. */
export type MarginLevel = 'person' | 'household';

/** One line of a margins file. */
export interface MarginCell {
  /** File and line, for messages. */
  readonly where: string;
  /** Small area that the cell belongs to. */
  readonly zone?: string;
  /** Variable of the sample, or a joint `a x b`. */
  readonly variable: string;
  /** Label of the category, of a joint `x1 x y1`; empty for the total or mean of a number. */
  readonly category: string;
  readonly value: number;
  /** Without it the sum over the categories tells shares (1) and percents (100) from counts; what was read is recorded. */
  readonly kind?: MarginKind;
  readonly level?: string;
  readonly universe?: string;
  readonly period?: string;
  /** Year of the money that a value, or what its categories say, is in. */
  readonly priceYear?: string;
  readonly source?: string;
}

/** What is known of one categorical variable or joint in one zone. */
export interface Margin {
  readonly name: string;
  /** Counted are persons or households; null where the file does not say. */
  readonly level: MarginLevel | null;
  readonly universe: string | null;
  /** Year of the money that the categories speak of; absent where they speak of none. */
  readonly priceYear?: string;
  /** (c) */
  readonly categories: readonly string[];
  /** (c) shares summing to one, or weight. */
  readonly asked: Float64Array;
  readonly unit: 'share' | 'total';
}

/** What is known of one number in one zone. */
export interface NumericTarget {
  readonly name: string;
  readonly level: MarginLevel | null;
  readonly universe: string | null;
  /** Year of the money that is asked for; absent for numbers that are no money. */
  readonly priceYear?: string;
  readonly asked: number;
  readonly unit: 'mean' | 'total';
}

/** All that is known of one zone; the zone is '' in a file without zones. */
export interface ZoneMargins {
  readonly zone: string;
  readonly margins: readonly Margin[];
  readonly numbers: readonly NumericTarget[];
}

/** A place for messages: the zone, where there is one, and what in it. */
export const inZone = (zone: string, what: string): string => (zone === '' ? what : `zone ${zone}: ${what}`);

/** Sums of published shares between these are rounded shares of one whole and are evened out. */
const rounding = { least: 0.99, most: 1.01 };

/**
 * Groups cells to margins, zones and margins in order of first appearance. Labels are trimmed; shares and percents become
 * shares that sum to one. Whatever is changed or read between the lines is recorded.
 *
 * @throws {Failure} `invalid-input` naming line and column: no cells, an empty name, a value that is none, a cell twice,
 * several kinds, levels, universes or price years in one margin, a zone missing, shares that do not sum to one (0.99-1.01),
 * values without kind that may be shares or counts, counts too large to be added up, margins of one level in several universes
 */
export function groupMargins(cells: readonly MarginCell[], record: RecordFinding): ZoneMargins[] {
  if (cells.length === 0)
    throw new Failure('invalid-input', { where: 'margins', problem: 'no cells', expected: 'at least one' });
  const trimmed = cells.map(trimCell);
  recordTrimmed(cells, trimmed, record);
  const zoned = trimmed.find(({ zone }) => zone !== undefined);
  for (const cell of trimmed) {
    if (zoned !== undefined && cell.zone === undefined)
      throw wrong(cell, 'zone', 'no zone', undefined, `a zone, as ${zoned.where} has one`);
    checkCell(cell);
  }
  const kinds = kindsOf(trimmed, record);
  const zones = [...groupBy(trimmed, ({ zone = '' }) => zone)].map(([zone, own]): ZoneMargins => {
    const [margins, numbers]: [Margin[], NumericTarget[]] = [[], []];
    for (const [name, lines] of groupBy(own, ({ variable }) => variable)) {
      const kind = kinds.get(name)!;
      const level = sameIn(lines, 'level') as MarginLevel | null;
      const universe = sameIn(lines, 'universe');
      const priceYear = sameIn(lines, 'priceYear');
      const about = { name, level, universe, ...(priceYear === null ? {} : { priceYear }) };
      checkTwice(lines);
      if (kind === 'total' || kind === 'mean') numbers.push({ ...about, asked: lines[0]!.value, unit: kind });
      else margins.push({ ...about, ...categoriesOf(inZone(zone, name), lines, kind, record) });
    }
    return { zone, margins, numbers };
  });
  checkUniverses(trimmed, record);
  recordPeriods(trimmed, record);
  return zones;
}

/** Items by key, keys in order of first appearance. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

function trimCell(cell: MarginCell): MarginCell {
  const { zone, level, universe, period, priceYear } = cell;
  const kept = { zone, universe, period, priceYear, level: level?.toLowerCase().replace(/s\s*$/, '') };
  const filled = Object.entries(kept).flatMap(([name, text]) => {
    const plain = text?.trim();
    return plain === undefined || plain === '' ? [] : [[name, plain]];
  });
  const { where, value, kind } = cell;
  return {
    where,
    value,
    variable: cell.variable.trim(),
    category: cell.category.trim(),
    ...(kind === undefined ? {} : { kind }),
    ...(Object.fromEntries(filled) as Partial<MarginCell>),
  };
}

function recordTrimmed(cells: readonly MarginCell[], trimmed: readonly MarginCell[], record: RecordFinding): void {
  const changed = cells.flatMap(({ variable, category, where }, i) => {
    const { variable: name, category: label } = trimmed[i]!;
    return name === variable && label === category ? [] : [`${where} ${JSON.stringify(`${variable} = ${category}`)}`];
  });
  if (changed.length > 0)
    record({
      level: 'caution',
      code: 'labels-trimmed',
      message: `blanks around ${changed.length} labels of margins were cut`,
      values: { labels: changed },
    });
}

function checkCell(cell: MarginCell): void {
  const { variable, category, value, kind, level } = cell;
  const isNumber = kind === 'total' || kind === 'mean';
  if (variable === '') throw wrong(cell, 'variable', 'no name');
  if (isNumber && category !== '') throw wrong(cell, 'category', `a ${kind} has no categories`, category, 'nothing');
  if (!isNumber && category === '')
    throw wrong(cell, 'category', 'no label', undefined, 'a category, or the kind total or mean for a number');
  if (!(isNumber ? Number.isFinite(value) : value >= 0 && value < Infinity))
    throw wrong(cell, 'value', 'not a value', value, isNumber ? 'a finite number' : 'a finite number ≥ 0');
  if (level !== undefined && level !== 'person' && level !== 'household')
    throw wrong(cell, 'level', 'unknown level', level, 'person or household');
}

/** Values that are all below it are hardly numbers of people. */
const leastCount = 1.5;

/** The kind of each variable, the same in all zones. */
function kindsOf(cells: readonly MarginCell[], record: RecordFinding): Map<string, MarginKind> {
  const kinds = new Map<string, MarginKind>();
  const guessed: Guess[] = [];
  for (const [name, lines] of groupBy(cells, ({ variable }) => variable)) {
    const [first] = lines;
    const other = lines.find(({ kind }) => kind !== first!.kind);
    if (other) throw wrong(other, 'kind', 'two kinds in one margin', other.kind, first!.kind ?? 'none, as before');
    const guess = first!.kind === undefined ? guessKind(name, lines) : null;
    kinds.set(name, first!.kind ?? guess!.kind);
    if (guess) guessed.push(guess);
  }
  checkGuesses(guessed);
  for (const { name, kind } of guessed)
    record({
      level: 'caution',
      code: 'kind-inferred',
      message: `values of ${name} were read as ${kind}s`,
      values: { variable: name, kind },
    });
  return kinds;
}

/** What the values of a margin without kind seem to be. */
interface Guess {
  readonly name: string;
  readonly kind: 'share' | 'percent' | 'count';
  /** File and line of the first cell, with the zone where there is one. */
  readonly where: string;
  /** Sum over the categories, of the zone where it is furthest from one. */
  readonly sum: number;
  readonly largest: number;
}

function guessKind(name: string, lines: readonly MarginCell[]): Guess {
  const zones = [...groupBy(lines, ({ zone = '' }) => zone)].map(([zone, own]) => ({
    where: `${own[0]!.where}, ${inZone(zone, name)}`,
    sum: sum(own.map(({ value }) => value)),
  }));
  const near = (whole: number): boolean =>
    zones.every((own) => own.sum >= rounding.least * whole && own.sum <= rounding.most * whole);
  const kind = near(1) ? 'share' : near(100) ? 'percent' : 'count';
  const furthest = zones.reduce((most, own) => (Math.abs(own.sum - 1) > Math.abs(most.sum - 1) ? own : most));
  return { name, kind, ...furthest, largest: lines.reduce((most, { value }) => Math.max(most, value), 0) };
}

/**
 * Shares that do not sum to one must not pass for counts: whoever means counts has to say so where the numbers, or the other
 * margins of the file, speak against it.
 */
function checkGuesses(guessed: readonly Guess[]): void {
  const other = guessed.find(({ kind }) => kind !== 'count');
  for (const { kind, where, sum, largest } of guessed) {
    // A margin of zeros is one of zeros, whatever its kind.
    if (kind !== 'count' || largest === 0 || (largest >= leastCount && !other)) continue;
    const total = Number(sum.toPrecision(12));
    throw new Failure('invalid-input', {
      where,
      problem:
        largest < leastCount
          ? `numbers below ${leastCount} that sum to ${total} are no shares of one whole and hardly counts`
          : `numbers that sum to ${total} seem to be counts, but those of ${other!.name} ${other!.kind}s`,
      hint: 'Name the column count, share or percent instead of value, or say in a column kind what each margin is.',
    });
  }
}

function categoriesOf(
  where: string,
  lines: readonly MarginCell[],
  kind: 'count' | 'share' | 'percent',
  record: RecordFinding,
): Pick<Margin, 'categories' | 'asked' | 'unit'> {
  const categories = lines.map(({ category }) => category);
  const values = Float64Array.from(lines, ({ value }) => value);
  if (kind === 'count') {
    checkSum(lines);
    return { categories, asked: values, unit: 'total' };
  }
  const whole = kind === 'percent' ? 100 : 1;
  const total = sum(values);
  // Half a unit of the last binary digit must not decide at the edge.
  const slip = 1e-12;
  if (!(total >= whole * (rounding.least - slip) && total <= whole * (rounding.most + slip)))
    throw new Failure('invalid-input', {
      where: `${lines[0]!.where}, ${where}`,
      problem: `${kind}s do not sum to ${whole === 1 ? 'one' : '100'}`,
      got: Number(total.toPrecision(12)),
      expected: whole === 1 ? '0.99 to 1.01' : '99 to 101',
      hint: 'Name the column count if these are numbers of people.',
    });
  if (Math.abs(total / whole - 1) > 1e-9)
    record({
      level: 'caution',
      code: 'shares-evened-out',
      message: `${kind}s of ${where} sum to ${Number(total.toPrecision(12))} and were divided by that`,
      values: { margin: where, sum: total },
    });
  return { categories, asked: values.map((x) => x / total), unit: 'share' };
}

/** @throws {Failure} `invalid-input` on counts that are too large to be added up, naming the largest */
function checkSum(lines: readonly MarginCell[]): void {
  if (Number.isFinite(sum(lines.map(({ value }) => value)))) return;
  const largest = lines.reduce((most, line) => (line.value > most.value ? line : most));
  throw wrong(largest, 'count', 'too large to be added up', largest.value, 'numbers of people');
}

function checkTwice(lines: readonly MarginCell[]): void {
  for (const [, [first, second]] of groupBy(lines, ({ category }) => category))
    if (second)
      throw wrong(
        second,
        'category',
        'the same cell twice',
        second.category === '' ? second.variable : `${second.variable} = ${second.category}`,
        `one line a cell (the first is ${first!.where})`,
      );
}

/** What all lines of a margin say of a field, null if nothing. */
function sameIn(lines: readonly MarginCell[], field: 'level' | 'universe' | 'priceYear'): string | null {
  const [first] = lines;
  const other = lines.find((line) => line[field] !== first![field]);
  const name = field === 'priceYear' ? 'price year' : field;
  if (other)
    throw wrong(other, name, `two ${name}s in one margin`, other[field] ?? '', first![field] ?? 'none, as before');
  return first![field] ?? null;
}

function checkUniverses(cells: readonly MarginCell[], record: RecordFinding): void {
  for (const [, own] of groupBy(cells, ({ level = '' }) => level)) {
    const said = own.filter(({ universe }) => universe !== undefined);
    const other = said.find(({ universe }) => universe !== said[0]!.universe);
    if (other)
      throw new Failure('invalid-input', {
        where: `${other.where}, universe`,
        problem: 'margins of different universes cannot be mixed',
        got: other.universe,
        expected: `${said[0]!.universe!} as in ${said[0]!.where}`,
        hint: 'Give margins of households the level household.',
      });
    const silent = [...new Set(own.filter(({ universe }) => universe === undefined).map(({ variable }) => variable))];
    if (said.length > 0 && silent.length > 0)
      record({
        level: 'caution',
        code: 'universe-taken',
        message: `${silent.join(', ')}: no universe is named, and it was taken to be ${said[0]!.universe!}, as in ${said[0]!.where}`,
        values: { margins: silent, universe: said[0]!.universe },
      });
  }
}

function recordPeriods(cells: readonly MarginCell[], record: RecordFinding): void {
  const periods = [...groupBy(cells, ({ period = '' }) => period).keys()].filter((period) => period !== '');
  if (periods.length > 1)
    record({
      level: 'caution',
      code: 'periods-differ',
      message: `margins of different periods: ${periods.join(', ')}`,
      values: { periods },
    });
}

const wrong = (cell: MarginCell, column: string, problem: string, got?: unknown, expected?: string): Failure =>
  new Failure('invalid-input', {
    where: `${cell.where}, ${column}`,
    problem,
    ...(got === undefined ? {} : { got }),
    ...(expected === undefined ? {} : { expected }),
  });
