import { neededWords, tellingWords } from './needed-words.js';
import type { Sentence } from './reading.js';

/**
 * Stands in a pattern for a place where a clause may begin without its subject: the start of a sentence, or after a comma,
 * "and", "then" and the like.
 */
export const opening = '\uE000';
const openings =
  /^(?!·)[^\p{L}\p{N}]{0,3}|(?:[,;:(/–—-]|[a-z]\.{2,3}|\b(?:and|then|but|now|so|plus|also|just|still|proud|&|lol|well|yes|yep|ok|hi all|hi|hello|sigh|update|fwiw|tbh|ngl|aka)) {1,3}(?=\S)/giu;
const selves = /\b(?:i|i'm|im|ive|we|my|our|me|us)\b/gi;

/** Positions in a sentence where a clause about the writer may begin; the last sentence is remembered. */
interface Starts {
  readonly text: string;
  /** Without a subject. */
  readonly openings: readonly number[];
  /** Without a subject, or with the first person. */
  readonly all: readonly number[];
}
let starts: Starts = { text: '', openings: [], all: [] };
function startsOf(text: string): Starts {
  if (starts.text === text) return starts;
  const open = Array.from(text.matchAll(openings), ({ 0: match, index }) => index + match.length);
  const own = Array.from(text.matchAll(selves), ({ index }) => index);
  starts = { text, openings: open, all: [...new Set([...open, ...own])].sort((x, y) => x - y) };
  return starts;
}

/** How a pattern is tried. */
interface Forms {
  /** At every position; absent where the pattern can begin nowhere but at the start of a clause. */
  readonly search?: RegExp;
  /**
   * The sticky form, at the starts of clauses: alone, which is many times faster than to search every position, or after the
   * search where only some of the alternatives may begin there.
   */
  readonly sticky?: RegExp;
}

const forms = new WeakMap<RegExp, { readonly narrow: Forms; readonly wide: Forms }>();

/** The first characters of all alternatives of a pattern. */
function leads(source: string): string[] {
  const alternatives: string[] = [];
  let [depth, from, inClass] = [0, 0, false];
  for (let k = 0; k <= source.length; k++) {
    const c = source[k];
    if (c === '\\') k++;
    else if (inClass) inClass = c !== ']';
    else if (c === '[') inClass = true;
    else if (c === '(') depth++;
    else if (c === ')') depth--;
    if (k >= source.length || (c === '|' && depth === 0 && !inClass)) {
      alternatives.push(source.slice(from, k));
      from = k + 1;
    }
  }
  return alternatives.flatMap((alternative) => {
    const bare = alternative.replace(/^(?:\(\?<[!=](?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\))+/, '');
    const boundary = bare.startsWith('\\b(?:') ? 2 : 0;
    if (!bare.startsWith('(?:', boundary)) return [bare.slice(0, 8)];
    let level = 0;
    let end = 0;
    for (let k = boundary; k < bare.length && end === 0; k++) {
      if (bare[k] === '\\') k++;
      else if (bare[k] === '(') level++;
      else if (bare[k] === ')' && --level === 0) end = k;
    }
    // An optional group may be left out: then the pattern begins with what follows.
    const inner = leads(bare.slice(boundary + 3, end)).map((lead) => bare.slice(0, boundary) + lead);
    return /^[?*{]/.test(bare.slice(end + 1)) ? [''] : inner;
  });
}

const atStart = new RegExp(`^(?:${opening}|\\\\b(?:i|we|my|our|me|us|im)(?![a-z]))`);

/**
 * Compiles a pattern, without letter case: a space stands for one to three spaces, so that no gap can grow without bound. For
 * the many texts that have single spaces only there is a form in which it stands for one, which finds the same there and is
 * compiled in a fraction of the time.
 */
export function phrase(source: string): RegExp {
  const spaced = source.replace(/\[[^\]]*\]| \?| /g, (part) =>
    part === ' ' ? ' {1,3}' : part === ' ?' ? ' {0,3}' : part,
  );
  const pattern = new RegExp(spaced.replaceAll(opening, '(?!)'), 'gi');
  written.set(pattern, { source, spaced });
  return pattern;
}

/** How patterns of {@link phrase} are written; what is found out about them is found out when they are first used. */
const written = new WeakMap<RegExp, { readonly source: string; readonly spaced: string }>();

/** The forms of a pattern for texts with single spaces only, and for others: see {@link phrase}. */
function formsOf(pattern: RegExp): { readonly narrow: Forms; readonly wide: Forms } {
  let known = forms.get(pattern);
  if (known !== undefined) return known;
  const text = written.get(pattern);
  if (text === undefined) known = { narrow: { search: pattern }, wide: { search: pattern } };
  else {
    const alone = leads(text.source).every((lead) => atStart.test(lead));
    const hasStarts = alone || text.source.includes(opening);
    const form = (source: string): Forms => ({
      ...(!alone && { search: new RegExp(source.replaceAll(opening, '(?!)'), 'gi') }),
      ...(hasStarts && { sticky: new RegExp(source.replaceAll(opening, ''), 'iy') }),
    });
    known = { narrow: form(text.source), wide: form(text.spaced) };
  }
  forms.set(pattern, known);
  return known;
}

/** The words that a pattern cannot do without, if there are such. */
function needsOf(pattern: RegExp): ReadonlySet<string> | undefined {
  let known = needs.get(pattern);
  if (known === undefined) {
    const source = written.get(pattern)?.source;
    known = { words: source === undefined ? undefined : neededWords(source.replaceAll(opening, '^')) };
    needs.set(pattern, known);
  }
  return known.words;
}

const needs = new WeakMap<RegExp, { readonly words: ReadonlySet<string> | undefined }>();
const telling = new WeakMap<Sentence, ReadonlySet<string>>();

/** Whether a sentence has a word that a pattern of {@link phrase} cannot do without: nearly all searches end here. */
export function mayMatch(sentence: Sentence, pattern: RegExp): boolean {
  const words = needsOf(pattern);
  if (words === undefined) return true;
  let own = telling.get(sentence);
  if (own === undefined) telling.set(sentence, (own = tellingWords(sentence.text)));
  return own.size < words.size ? intersects(own, words) : intersects(words, own);
}

function intersects(few: ReadonlySet<string>, many: ReadonlySet<string>): boolean {
  for (const word of few) if (many.has(word)) return true;
  return false;
}

/** The matches of a global pattern. `matchAll` would copy the pattern on every call, which costs more than the search. */
export function matchesOf(text: string, pattern: RegExp): RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  const { search, sticky } = formsOf(pattern)[text.includes('  ') ? 'wide' : 'narrow'];
  if (search) {
    search.lastIndex = 0;
    for (let match = search.exec(text); match !== null; match = search.exec(text)) {
      found.push(match);
      if (match[0] === '') search.lastIndex++;
    }
  }
  if (sticky === undefined) return found;
  for (const position of startsOf(text)[search ? 'openings' : 'all']) {
    sticky.lastIndex = position;
    const match = sticky.exec(text);
    if (match && !found.some(({ index }) => index === match.index)) found.push(match);
  }
  return found;
}
