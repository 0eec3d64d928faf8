import { wellFormed } from './utf8.js';

/** A text made clean, and what that took away. */
export interface CleanText {
  readonly text: string;
  /** Characters that were control characters other than newline and tab. */
  readonly controlCharacters: number;
  /** Whether the text was longer than the limit and was cut. */
  readonly truncated: boolean;
}

/**
 * A text in Unicode normal form C, with `\n` for every line break, no other control character but tab, and no half of a
 * surrogate pair; cut to `maxLength` UTF-16 code units, never within a character.
 */
export function cleanText(raw: string, maxLength: number): CleanText {
  const lines = wellFormed(raw).replace(/\r\n?/g, '\n');
  const printable = lines.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
  const whole = printable.normalize('NFC');
  const truncated = whole.length > maxLength;
  return {
    text: truncated ? wholeCharacters(whole, maxLength) : whole,
    controlCharacters: lines.length - printable.length,
    truncated,
  };
}

/** The first `length` code units, one fewer where the cut would fall within a surrogate pair. */
function wholeCharacters(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

/** When a post was written: its calendar date, and the time of day where the file has one. */
export interface PostMoment {
  /** `yyyy-mm-dd`, as written: no shift between time zones. */
  readonly date: string;
  /** `hh:mm` or longer, as written. */
  readonly time?: string;
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** Reads an ISO date or timestamp; undefined for anything else, a day that the calendar does not have included. */
export function parseMoment(value: string): PostMoment | undefined {
  const match = ISO.exec(value);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  const [date, time] = [value.slice(0, 10), match[4]];
  if (time === undefined) return { date };
  return /^([01]\d|2[0-3]):[0-5]\d(:([0-5]\d|60)|$)/.test(time) ? { date, time } : undefined;
}

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/**
 * The value at a column name, or along a path `a.b` into objects when no column has that very name.
 * Only own properties count; undefined when there is none.
 */
export function valueAt(record: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(record, path)) return record[path];
  let value: unknown = record;
  for (const name of path.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** A text, number or boolean as text; undefined for everything else. */
export const scalarText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'boolean' || Number.isFinite(value) ? String(value) : undefined;

/** How often something was wrong, and the places (and values) of the first few. */
export interface Noted {
  count: number;
  readonly first: string[];
}

/** Counts one more; the first five places are kept. */
export function note(noted: Noted, place: string): void {
  noted.count++;
  if (noted.first.length < 5) noted.first.push(place);
}
