import { basename } from 'node:path';
import { Failure } from '../core/failure.js';
import { requireColumns } from './columns.js';
import type { ReadOptions, SourceRecord } from './files.js';
import { readRecords } from './files.js';
import type { CleanText, Noted } from './post-fields.js';
import { cleanText, note, parseMoment, scalarText, valueAt } from './post-fields.js';

/**
 * Which columns hold what. A column is named by its header, or by a path `a.b` into nested objects. One of three shapes:
 * `text` (one row a post), `texts` (one row a person, a post in each column), or `posts` (one row a person, an array of texts
 * or of objects, in which `text` and `date` then name the fields; "text" and "date" unless given).
 */
export interface ColumnMap {
  readonly author: string;
  readonly text?: string;
  readonly texts?: readonly string[];
  readonly posts?: string;
  readonly date?: string;
  /** Variable (`age`, `sex`, `region`, ...) to the column that declares it. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Limits of reading posts, beside those of the files. */
export interface PostLimits extends Omit<ReadOptions, 'requiredColumns' | 'onOtherFile'> {
  /** Longer texts are cut, in UTF-16 code units. Default 100,000. */
  readonly maxTextLength?: number;
  /** What is put in the place of parts of a text (personal data), before anything else sees it. */
  readonly replace?: Replace;
  /** Authors whose posts are not read, by the id that the file gives them. */
  readonly isLeftOut?: (author: string) => boolean;
}

/** A text with parts of it replaced, and how many of each kind. */
export type Replace = (text: string) => {
  readonly text: string;
  readonly replaced: Readonly<Partial<Record<string, number>>>;
};

/** One post as the file has it, its text cleaned, its author not yet a pseudonym. */
export interface RawPost {
  readonly author: string;
  readonly text: string;
  /** `yyyy-mm-dd`, only where the file has a valid one. */
  readonly date?: string;
  /** Time of day as written, for the order of posts within a day. */
  readonly time?: string;
  /** Variable to trimmed text, empty ones left out. */
  readonly declared: Readonly<Record<string, string>>;
  readonly line: number;
  readonly file: string;
}

/** What was read and what was left out; filled while posts are read. Rows and posts count whole files. */
export interface ReadTally {
  rows: number;
  posts: number;
  /** Rows without an author; their posts are left out. */
  readonly missingAuthors: Noted;
  /** Rows of authors who asked to be left out; absent without any. */
  rowsOfDeletedAuthors?: number;
  /** Rows whose nested posts are not an array. */
  readonly missingPosts: Noted;
  /** Rows with an author but no usable post: in files of one row a person, people who wrote nothing. */
  rowsWithoutPosts: number;
  /** Posts whose text is missing, empty or blank. */
  emptyTexts: number;
  /** Posts whose text is neither text nor number. */
  readonly unusableTexts: Noted;
  /** Posts kept without a date because theirs is not an ISO date or timestamp. */
  readonly badDates: Noted;
  /** Posts kept of which the file gives no date at all. */
  undatedPosts: number;
  /** Texts cut to `maxTextLength`. */
  truncatedTexts: number;
  /** Control characters removed, over all texts. */
  controlCharacters: number;
  /** Parts of texts and declared values that were replaced, by kind. */
  readonly replaced: Record<string, number>;
  /** Declared values that are neither text nor number. */
  readonly unusableDeclared: Noted;
  /** Entries of the folder that are no data files. */
  readonly otherFiles: string[];
}

/** A tally at zero. */
export const newReadTally = (): ReadTally => ({
  rows: 0,
  posts: 0,
  missingAuthors: { count: 0, first: [] },
  missingPosts: { count: 0, first: [] },
  rowsWithoutPosts: 0,
  emptyTexts: 0,
  unusableTexts: { count: 0, first: [] },
  badDates: { count: 0, first: [] },
  undatedPosts: 0,
  truncatedTexts: 0,
  controlCharacters: 0,
  replaced: {},
  unusableDeclared: { count: 0, first: [] },
  otherFiles: [],
});

/**
 * Reads the posts of a file or folder (see {@link readRecords}) as a stream, in the order of the file.
 * Nothing is skipped in silence: what is left out or changed is counted in `tally`, which is also what the generator returns.
 *
 * @throws {Failure} `usage` when `columns` mixes shapes; `invalid-input` when a column does not exist (the columns found and
 * the closest match are named), when no post is usable, and as {@link readRecords}
 */
export async function* readRawPosts(
  path: string,
  columns: ColumnMap,
  limits: PostLimits = {},
  tally: ReadTally = newReadTally(),
): AsyncGenerator<RawPost, ReadTally> {
  checkShape(columns);
  const { maxTextLength = 100_000, replace, isLeftOut, ...fileLimits } = limits;
  const clean = cleaner(replace, tally);
  const essential = [columns.author, ...(columns.posts === undefined ? textColumns(columns) : [columns.posts])];
  const wanted = [...essential, ...dateColumns(columns), ...Object.values(columns.attributes ?? {})];
  const [inRows, inPosts] = [watch(wanted), watch(nestedColumns(columns))];
  const records = readRecords(path, {
    ...fileLimits,
    requiredColumns: wanted,
    onOtherFile: (file) => tally.otherFiles.push(basename(file)),
  });
  for await (const source of records) {
    tally.rows++;
    see(inRows, source.record);
    // JSON objects may lack a field, so one row proves nothing; a hundred without the author do.
    if (tally.rows === 100) checkSeen(path, inRows, essential);
    const author = scalarText(valueAt(source.record, columns.author))?.normalize('NFC').trim() ?? '';
    if (author === '') {
      note(tally.missingAuthors, place(source));
      continue;
    }
    if (isLeftOut?.(author) === true) {
      tally.rowsOfDeletedAuthors = (tally.rowsOfDeletedAuthors ?? 0) + 1;
      continue;
    }
    const declared = readDeclared(source, columns, clean, tally);
    const before = tally.posts;
    for (const found of postsOf(source, columns, inPosts, tally)) {
      const post = readPost(source, found, maxTextLength, clean, tally);
      if (post === undefined) continue;
      tally.posts++;
      yield { author, ...post, declared, line: source.line, file: source.file };
    }
    if (tally.posts === before) tally.rowsWithoutPosts++;
  }
  if (tally.rows > 0) checkSeen(path, inRows, wanted);
  if (inPosts.found.size > 0) checkSeen(`${path} (each of "${columns.posts ?? ''}")`, inPosts, [...inPosts.unseen]);
  if (tally.posts === 0) throw noPosts(path, tally);
  return tally;
}

const textColumns = ({ text, texts }: ColumnMap): readonly string[] => texts ?? (text === undefined ? [] : [text]);

const dateColumns = ({ posts, date }: ColumnMap): readonly string[] =>
  posts !== undefined || date === undefined ? [] : [date];

/** Fields that the objects within `posts` must have; the date only when it was asked for. */
const nestedColumns = ({ posts, text = 'text', date }: ColumnMap): readonly string[] =>
  posts === undefined ? [] : [text, ...(date === undefined ? [] : [date])];

function checkShape({ text, texts, posts }: ColumnMap): void {
  const shapes = [posts ?? text, texts].filter((shape) => shape !== undefined).length;
  if (shapes !== 1 || texts?.length === 0)
    throw new Failure('usage', {
      where: 'columns',
      problem: 'no single place for the texts',
      got: JSON.stringify({ text, texts, posts }),
      expected: 'one of text, texts and posts (posts may come with text and date as names of its fields)',
    });
}

/** Which of the wanted columns no record has had so far, and what records do have. */
interface Watch {
  readonly unseen: Set<string>;
  readonly found: Set<string>;
}

const watch = (wanted: readonly string[]): Watch => ({ unseen: new Set(wanted), found: new Set() });

function see({ unseen, found }: Watch, record: Readonly<Record<string, unknown>>): void {
  if (unseen.size === 0) return;
  for (const path of unseen) if (valueAt(record, path) !== undefined) unseen.delete(path);
  if (found.size < 100) for (const name of Object.keys(record)) found.add(name);
}

function checkSeen(where: string, { unseen, found }: Watch, wanted: readonly string[]): void {
  const missing = wanted.filter((name) => unseen.has(name));
  if (missing.length > 0) requireColumns(where, missing, [...found]);
}

/** A post before its text and date are read. */
interface FoundPost {
  readonly text: unknown;
  readonly date?: unknown;
}

function postsOf(source: SourceRecord, columns: ColumnMap, inPosts: Watch, tally: ReadTally): readonly FoundPost[] {
  const { record } = source;
  const { posts, text = 'text', date } = columns;
  if (posts === undefined) {
    const dated = date === undefined ? {} : { date: valueAt(record, date) };
    return textColumns(columns).map((column) => ({ text: valueAt(record, column), ...dated }));
  }
  const nested = valueAt(record, posts);
  if (!Array.isArray(nested)) {
    note(tally.missingPosts, place(source));
    return [];
  }
  return (nested as readonly unknown[]).map((post) => {
    if (post === null || typeof post !== 'object' || Array.isArray(post)) return { text: post };
    const fields = post as Readonly<Record<string, unknown>>;
    see(inPosts, fields);
    return { text: valueAt(fields, text), date: valueAt(fields, date ?? 'date') };
  });
}

/** Cleans a text as {@link cleanText} does; what is to be replaced goes before the cut, which could leave half of it. */
type Clean = (raw: string, maxLength: number) => CleanText;

function cleaner(replace: Replace | undefined, tally: ReadTally): Clean {
  if (replace === undefined) return cleanText;
  return (raw, maxLength) => {
    const whole = cleanText(raw, Infinity);
    const { text, replaced } = replace(whole.text);
    for (const [kind, count] of Object.entries(replaced))
      tally.replaced[kind] = (tally.replaced[kind] ?? 0) + (count ?? 0);
    return { ...cleanText(text, maxLength), controlCharacters: whole.controlCharacters };
  };
}

function readPost(
  source: SourceRecord,
  found: FoundPost,
  maxTextLength: number,
  clean: Clean,
  tally: ReadTally,
): Pick<RawPost, 'text' | 'date' | 'time'> | undefined {
  const raw = scalarText(found.text ?? '');
  if (raw === undefined) {
    note(tally.unusableTexts, place(source));
    return undefined;
  }
  const { text, controlCharacters, truncated } = clean(raw, maxTextLength);
  tally.controlCharacters += controlCharacters;
  if (text.trim() === '') {
    tally.emptyTexts++;
    return undefined;
  }
  if (truncated) tally.truncatedTexts++;
  const written = found.date ?? '';
  const dateText = (scalarText(written) ?? JSON.stringify(written)).trim();
  const moment = parseMoment(dateText);
  if (dateText === '') tally.undatedPosts++;
  else if (moment === undefined) note(tally.badDates, `${place(source)} ${JSON.stringify(clean(dateText, 40).text)}`);
  return { text, ...moment };
}

function readDeclared(
  source: SourceRecord,
  { attributes = {} }: ColumnMap,
  clean: Clean,
  tally: ReadTally,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([variable, column]) => {
      const text = scalarText(valueAt(source.record, column) ?? '');
      if (text === undefined) note(tally.unusableDeclared, `${place(source)} ${variable}`);
      const value = clean(text ?? '', 1000).text.trim();
      return value === '' ? [] : [[variable, value]];
    }),
  );
}

/** File and line, without the folder: it goes into records that must not depend on the machine. */
const place = ({ file, line }: SourceRecord): string => `${basename(file)}:${line}`;

const noPosts = (path: string, tally: ReadTally): Failure =>
  new Failure('invalid-input', {
    where: path,
    problem: 'no usable post',
    got:
      `${tally.rows} rows, ${tally.missingAuthors.count} without author, ${tally.missingPosts.count} without posts, ` +
      `${tally.emptyTexts} empty texts, ${tally.unusableTexts.count} unusable texts`,
    expected: 'at least one post with an author and a text',
  });
