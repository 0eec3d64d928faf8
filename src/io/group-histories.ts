import { Failure } from '../core/failure.js';
import { sha256 } from '../core/canonical-json.js';
import type { RawPost } from './histories.js';
import type { Noted } from './post-fields.js';
import { note } from './post-fields.js';

/** Limits of grouping. */
export interface GroupLimits {
  /** Posts kept of one person: the newest, then of the undated ones the last. Default 2,000. */
  readonly maxPostsPerAuthor?: number;
  /** People kept: the first in the file. Default no limit. */
  readonly maxAuthors?: number;
}

/** One person's posts under a pseudonym; fits the schema `history/1`. */
export interface PersonPosts {
  /** `p-` and the first 12 hexadecimal digits of the hash of the author's id. */
  readonly person: string;
  readonly declared: {
    readonly ageYears?: number;
    readonly attributes: Record<string, string>;
  };
  /** In order of date and time, undated ones after them in the order of the file; ids count from 1. */
  readonly posts: { readonly id: string; readonly date?: string; readonly text: string }[];
}

/** What grouping left out or could not use. */
export interface GroupTally {
  people: number;
  posts: number;
  /** Posts of one author with the same text and date as an earlier one. */
  repeatedPosts: number;
  /** Posts beyond `maxPostsPerAuthor`. */
  postsOverLimit: number;
  /** People beyond `maxAuthors`, and their posts. */
  authorsOverLimit: number;
  postsOfAuthorsOverLimit: number;
  /** Ages that are not whole numbers of 0 to 120; people's, each once. */
  readonly unusableAges: Noted;
  /** Values of sex or gender that are neither female nor male, each with the number of people. */
  readonly unusableSexes: Map<string, number>;
  /** Declared values that contradict what the same person declared first; the first is kept. */
  readonly contradictions: Noted;
}

/**
 * Groups posts by author into people, in the order of their first post. All texts stand in memory.
 *
 * An author's id never leaves this function: people are named by {@link pseudonym}, ages become whole years, sex and gender
 * "female" or "male", and everything else that a person declared stays the trimmed text it was.
 *
 * @throws {Failure} `integrity` when two authors get one pseudonym
 */
export async function groupHistories(
  posts: AsyncIterable<RawPost> | Iterable<RawPost>,
  limits: GroupLimits = {},
): Promise<{
  readonly people: readonly PersonPosts[];
  readonly tally: GroupTally;
  /** Pseudonyms of the people beyond `maxAuthors`. */
  readonly overLimit: readonly string[];
}> {
  const { maxPostsPerAuthor = 2000, maxAuthors = Infinity } = limits;
  const tally: GroupTally = {
    people: 0,
    posts: 0,
    repeatedPosts: 0,
    postsOverLimit: 0,
    authorsOverLimit: 0,
    postsOfAuthorsOverLimit: 0,
    unusableAges: { count: 0, first: [] },
    unusableSexes: new Map(),
    contradictions: { count: 0, first: [] },
  };
  const { authors, over } = await collect(posts, maxAuthors, tally);
  const authorOf = new Map<string, string>();
  const people = [...authors].map(([author, own]): PersonPosts => {
    const person = pseudonym(author);
    if (authorOf.has(person))
      throw new Failure('integrity', {
        where: person,
        problem: 'two authors have one pseudonym',
        hint: 'Change the id of one of them.',
      });
    authorOf.set(person, author);
    const kept = newest(own.posts, maxPostsPerAuthor);
    tally.people++;
    tally.posts += kept.length;
    tally.postsOverLimit += own.posts.length - kept.length;
    return {
      person,
      declared: normaliseDeclared(person, own.declared, tally),
      posts: kept.map(({ date, text }, k) => ({
        id: `${person}#${k + 1}`,
        ...(date === undefined ? {} : { date }),
        text,
      })),
    };
  });
  return { people, tally, overLimit: [...over].map(pseudonym) };
}

/** `p-` and the first 12 hexadecimal digits of SHA-256 of "author", a zero character and the id: the same in every run. */
export const pseudonym = (author: string): string => `p-${sha256(`author\u0000${author}`).slice(0, 12)}`;

interface Author {
  readonly posts: RawPost[];
  readonly seen: Set<string>;
  readonly declared: Map<string, string>;
}

async function collect(
  posts: AsyncIterable<RawPost> | Iterable<RawPost>,
  maxAuthors: number,
  tally: GroupTally,
): Promise<{ authors: Map<string, Author>; over: Set<string> }> {
  const authors = new Map<string, Author>();
  const over = new Set<string>();
  for await (const post of posts) {
    let author = authors.get(post.author);
    if (author === undefined) {
      if (authors.size >= maxAuthors) {
        over.add(post.author);
        tally.postsOfAuthorsOverLimit++;
        continue;
      }
      author = { posts: [], seen: new Set(), declared: new Map() };
      authors.set(post.author, author);
    }
    for (const [variable, value] of Object.entries(post.declared)) {
      const first = author.declared.get(variable);
      if (first === undefined) author.declared.set(variable, value);
      else if (first !== value) note(tally.contradictions, `${post.file}:${post.line} ${variable}`);
    }
    const key = `${post.date ?? ''} ${post.text}`;
    if (author.seen.has(key)) tally.repeatedPosts++;
    else {
      author.seen.add(key);
      author.posts.push(post);
    }
  }
  tally.authorsOverLimit = over.size;
  return { authors, over };
}

/** Dated posts in order of date and time, the newest of them if there are too many; undated ones, last in the file, in the room left. */
function newest(posts: readonly RawPost[], most: number): readonly RawPost[] {
  const dated = posts
    .filter(({ date }) => date !== undefined)
    .map((post) => ({ post, at: `${post.date ?? ''} ${post.time ?? ''}` }));
  dated.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const undated = posts.filter(({ date }) => date === undefined);
  const kept = dated.slice(Math.max(0, dated.length - most)).map(({ post }) => post);
  return [...kept, ...undated.slice(Math.max(0, undated.length - (most - kept.length)))];
}

const SEXES: ReadonlyMap<string, string> = new Map([
  ...['f', 'female', 'woman', 'w'].map((word) => [word, 'female'] as const),
  ...['m', 'male', 'man'].map((word) => [word, 'male'] as const),
]);

function normaliseDeclared(
  person: string,
  declared: ReadonlyMap<string, string>,
  tally: GroupTally,
): PersonPosts['declared'] {
  const attributes: [string, string][] = [];
  let ageYears: number | undefined;
  for (const [variable, value] of declared)
    if (variable === 'age') {
      // Spreadsheets and data frames write whole numbers as 33.0.
      const age = /^\d{1,3}(\.0+)?$/.test(value) ? Number(value) : NaN;
      if (age <= 120) ageYears = age;
      else note(tally.unusableAges, `${person} ${JSON.stringify(value.slice(0, 40))}`);
    } else if (variable === 'sex' || variable === 'gender') {
      const sex = SEXES.get(value.toLowerCase());
      if (sex !== undefined) attributes.push([variable, sex]);
      else {
        const named = value.slice(0, 40);
        tally.unusableSexes.set(named, (tally.unusableSexes.get(named) ?? 0) + 1);
      }
    } else attributes.push([variable, value]);
  return { ...(ageYears === undefined ? {} : { ageYears }), attributes: Object.fromEntries(attributes) };
}
