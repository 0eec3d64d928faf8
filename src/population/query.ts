import { z } from 'zod';
import { agePhrases, ambiguousNames, emptyWords, moneyPhrases, negation, phrases } from './query-words.js';

/** A categorical variable of a pool with its categories in order. */
export interface PoolVariable {
  readonly name: string;
  readonly categories: readonly string[];
}

/** Something that a text asks of every agent. `phrases` are the words that say it. */
export const Constraint = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('category'),
    variable: z.string(),
    anyOf: z.array(z.string()).min(1),
    phrases: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal('age'),
    /** Years of age from the first to the last, both included; any of the ranges will do. */
    ranges: z.array(z.tuple([z.number().int(), z.number().int()])).min(1),
    phrases: z.array(z.string()),
  }),
]);
export type Constraint = z.infer<typeof Constraint>;

/** What was understood of a query. */
export interface UnderstoodQuery {
  /** All of them are asked; categories of one variable are alternatives. */
  readonly constraints: readonly Constraint[];
  /** What was read but not asked, and why; one sentence each. */
  readonly notes: readonly string[];
  /** What is left for the comparison of meanings; the whole query when nothing is left. */
  readonly rest: string;
}

/** A found phrase: half-open range of the text, and what it asks for. */
interface Match {
  readonly start: number;
  readonly end: number;
  readonly asks: Readonly<Record<string, readonly string[]>>;
  readonly years?: readonly [number, number];
  /** Begins with a "not" that no rule knows. */
  readonly isDenied: boolean;
}

type Meaning = Pick<Match, 'asks' | 'years'>;

/** Highest age that a text may name. */
const oldest = 120;

/**
 * Reads a free English text for constraints on the variables of a pool: names of their categories, a declared list of other
 * words for them, ages and incomes. Nothing is guessed: what is not on the lists is left for the comparison of meanings.
 * Words for several categories of a variable are alternatives. A negated phrase, and an "or" between different variables,
 * ask for nothing, and a note says so.
 */
export function understandQuery(query: string, variables: readonly PoolVariable[]): UnderstoodQuery {
  const text = query
    .replaceAll(/[’‘]/g, "'")
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  const found = matchesOf(text, variables);
  const wordsOf = ({ start, end }: Pick<Match, 'start' | 'end'>): string => text.slice(start, end);
  const denied = found.filter(({ isDenied }) => isDenied);
  const either = found.filter(
    (match, k) => isAlternative(text, found[k - 1], match) || isAlternative(text, match, found[k + 1]),
  );
  const asked = found.filter((match) => !denied.includes(match) && !either.includes(match));
  const notes = denied.map((match) => `“${wordsOf(match)}”: negation is not supported, so nothing is asked there`);
  if (either.length > 0) {
    const words = wordsOf({ start: either[0]!.start, end: either.at(-1)!.end });
    notes.push(`“${words}”: “or” between different attributes is not supported, so nothing is asked there`);
  }

  const phrasesOf = (matches: readonly Match[]): string[] => [...new Set(matches.map(wordsOf))];
  const constraints: Constraint[] = [];
  for (const { name, categories } of variables) {
    const own = asked.filter(({ asks }) => asks[name] !== undefined);
    const anyOf = categories.filter((category) => own.some(({ asks }) => asks[name]!.includes(category)));
    if (anyOf.length === 0) continue;
    if (anyOf.length < categories.length)
      constraints.push({ kind: 'category', variable: name, anyOf, phrases: phrasesOf(own) });
    else notes.push(`every category of ${name} is named, so nothing is asked of it`);
  }
  const aged = asked.filter(({ years }) => years !== undefined);
  if (aged.length > 0)
    constraints.push({ kind: 'age', ranges: combined(aged.map(({ years }) => years!)), phrases: phrasesOf(aged) });
  const left = found.filter((match) => !either.includes(match));
  return { constraints, notes, rest: restOf(text, left) };
}

/** What a constraint asks, in words. */
export function describeConstraint(constraint: Constraint): string {
  if (constraint.kind === 'category') return `${constraint.variable} is ${constraint.anyOf.join(' or ')}`;
  const words = constraint.ranges.map(([from, to]) =>
    from === to ? `${from}` : to >= oldest ? `${from} or more` : from <= 0 ? `${to} or less` : `${from} to ${to}`,
  );
  return `age is ${words.join(' or ')}`;
}

/** The variables that the columns of an agent pool describe (`one of: a | b`), in the given order of the columns. */
export const variablesOfColumns = (columns: Readonly<Record<string, string>>): PoolVariable[] =>
  Object.entries(columns).flatMap(([name, description]) => {
    const list = /^one of: (.+)$/.exec(description)?.[1];
    return list === undefined ? [] : [{ name, categories: list.split(' | ') }];
  });

/** All phrases in the text, none over another: earlier rules win. In order of position. */
function matchesOf(text: string, variables: readonly PoolVariable[]): Match[] {
  const found: Match[] = [];
  const search = (pattern: RegExp, read: (groups: readonly (string | undefined)[]) => Meaning | undefined): void => {
    for (const match of text.matchAll(pattern)) {
      const [start, end] = [match.index, match.index + match[0].length];
      if (found.some((other) => start < other.end && other.start < end)) continue;
      const meaning = read(match.slice(1));
      if (meaning === undefined) continue;
      const denied = negation.exec(text.slice(0, start));
      found.push({ start: denied?.index ?? start, end, ...meaning, isDenied: denied !== null });
    }
  };
  for (const { pattern, asks } of phrases) search(pattern, () => available(asks, variables));
  const names = variables
    .filter(({ name }) => name !== 'age')
    .flatMap(({ name, categories }) => categories.map((category) => ({ name, category })))
    .filter(({ category }) => !ambiguousNames.has(category))
    .sort((a, b) => b.category.length - a.category.length);
  for (const { name, category } of names)
    search(new RegExp(`(?<![\\w$])${escaped(category)}(?!\\w)`, 'gi'), () => ({ asks: { [name]: [category] } }));
  for (const { pattern, range } of moneyPhrases) search(pattern, (groups) => incomes(range(...groups), variables));
  for (const { pattern, range } of agePhrases) search(pattern, (groups) => ages(range(...groups)));
  for (const category of variables.find(({ name }) => name === 'age')?.categories ?? [])
    search(new RegExp(`(?<![\\w$-])${escaped(category)}(?![\\w-])`, 'g'), () => {
      const [from, to = String(oldest)] = category.match(/\d+/g) ?? [];
      return from === undefined ? undefined : ages([Number(from), Number(to)]);
    });
  return found.sort((a, b) => a.start - b.start);
}

/** Whether two phrases about different variables are joined by "or". */
function isAlternative(text: string, first: Match | undefined, second: Match | undefined): boolean {
  if (first === undefined || second === undefined || !/^,? or $/i.test(text.slice(first.end, second.start)))
    return false;
  if (first.years !== undefined && second.years !== undefined) return false;
  return !Object.keys(second.asks).some((name) => name in first.asks);
}

/** The categories that the pool has; undefined when it has none of them. */
function available(asks: Match['asks'], variables: readonly PoolVariable[]): Meaning | undefined {
  const known = variables.flatMap(({ name, categories }) => {
    const both = categories.filter((category) => asks[name]?.includes(category));
    return both.length === 0 ? [] : [[name, both] as const];
  });
  return known.length === 0 ? undefined : { asks: Object.fromEntries(known) };
}

const ages = ([from, to]: readonly [number, number]): Meaning | undefined =>
  from <= to && to > 0 && from <= oldest ? { asks: {}, years: [from, Math.min(to, oldest)] } : undefined;

/** Categories that name amounts of money and lie within a range as a whole. */
function incomes([from, to]: readonly [number, number], variables: readonly PoolVariable[]): Meaning | undefined {
  const asks = Object.fromEntries(
    variables.flatMap(({ name, categories }) => {
      const within = categories.filter((category) => {
        if (!category.startsWith('$')) return false;
        const [first = 0, last] = Array.from(category.matchAll(/\d[\d,]*/g), ([digits]) =>
          Number(digits.replaceAll(',', '')),
        );
        const least = last === undefined && /less$/.test(category) ? 0 : first;
        const most = last ?? (least === 0 ? first : Infinity);
        return least >= from && most <= to;
      });
      return within.length === 0 ? [] : [[name, within]];
    }),
  );
  return Object.keys(asks).length === 0 ? undefined : { asks };
}

/** Ranges that have something in common narrow each other ("over 30", "under 50"); others are alternatives. */
function combined(ranges: readonly (readonly [number, number])[]): [number, number][] {
  const from = Math.max(...ranges.map(([first]) => first));
  const to = Math.min(...ranges.map(([, last]) => last));
  if (from <= to) return [[from, to]];
  return ranges.map(([first, last]): [number, number] => [first, last]).sort(([a], [b]) => a - b);
}

/** The text without the phrases, and without the empty words at its ends. */
function restOf(text: string, found: readonly Match[]): string {
  let [rest, at] = ['', 0];
  for (const { start, end } of found) {
    rest += `${text.slice(at, start)} `;
    at = end;
  }
  const words = (rest + text.slice(at)).split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const isEmpty = (word: string): boolean => emptyWords.has(word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, ''));
  const first = words.findIndex((word) => !isEmpty(word));
  return first < 0 ? text : words.slice(first, words.findLastIndex((word) => !isEmpty(word)) + 1).join(' ');
}

const escaped = (text: string): string => text.replaceAll(/[^\w ]/g, '\\$&');
