import type { Sentence } from './reading.js';

/** A word of a sentence in lower case, with the span of its letters. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Whether nothing but spaces, a hyphen or "&" parts it from the word before. */
  readonly joined: boolean;
}

/** An expression of an index where a sentence uses it. */
export interface Found<T> {
  readonly value: T;
  /** As the sentence writes it, in lower case. */
  readonly said: string;
  readonly start: number;
  readonly end: number;
}

/** Expressions that can be found in sentences. */
export interface WordIndex<T> {
  /** The expressions that a sentence uses: from left to right, the longest first, without overlap. */
  find(sentence: Sentence): Found<T>[];
}

const wordPattern = /[\p{L}\p{N}]+(?:'[\p{L}\p{N}]+)*/gu;

const cut = new WeakMap<Sentence, readonly Word[]>();

/** The words of a sentence in order, cut once. Hyphens part words ("x-ray tech"), apostrophes do not. */
export function wordsOf(sentence: Sentence): readonly Word[] {
  const known = cut.get(sentence);
  if (known) return known;
  const { text } = sentence;
  let last = 0;
  const words = Array.from(text.toLowerCase().matchAll(wordPattern), ({ 0: word, index }): Word => {
    const joined = index > 0 && /^(?: {1,3}| ?[-&] ?)$/.test(text.slice(last, index));
    last = index + word.length;
    return { text: word, start: index, end: last, joined };
  });
  cut.set(sentence, words);
  return words;
}

/** The singular of a plural noun, and a noun without "'s", as far as its letters tell; or the word itself. */
export function singular(word: string): string {
  if (!word.endsWith('s')) return word;
  if (word.endsWith("'s")) return word.slice(0, -2);
  return /(?:ss|us|is)$/.test(word) || !/.{3}s$/.test(word)
    ? word
    : word.replace(/ies$/, 'y').replace(/(?<=ch|sh|x)es$|s$/, '');
}

/**
 * An index of a lexicon. Words are looked up, so that its size costs no time. The last word of an expression may be in the plural.
 *
 * @throws {RangeError} if an expression has no word
 */
export function wordIndex<T>(entries: Iterable<readonly [string, T]>): WordIndex<T> {
  const values = new Map<string, T>();
  /** Longest expression that begins with a word. */
  const reaches = new Map<string, number>();
  for (const [expression, value] of entries) {
    const words = [...(expression.toLowerCase().match(wordPattern) ?? [])];
    const last = words.pop();
    if (last === undefined) throw new RangeError(`not an expression: ${expression}`);
    for (const form of new Set([last, singular(last)])) {
      const [first = form] = words;
      values.set([...words, form].join(' '), value);
      reaches.set(first, Math.max(reaches.get(first) ?? 0, words.length + 1));
    }
  }

  return {
    find(sentence) {
      const words = wordsOf(sentence);
      const found: Found<T>[] = [];
      for (let k = 0; k < words.length; k++) {
        const { text: first, start } = words[k]!;
        const most = reaches.get(first) ?? reaches.get(singular(first)) ?? 0;
        let reach = k;
        while (reach < k + most && reach < words.length && (reach === k || words[reach]!.joined)) reach++;
        for (; reach > k; reach--) {
          const name = words
            .slice(k, reach)
            .map(({ text }) => text)
            .join(' ');
          const value = values.get(name) ?? values.get(singular(name));
          if (value === undefined) continue;
          // "Sciatica's got me": the ending is a verb or a genitive.
          const end = words[reach - 1]!.end - (name.endsWith("'s") && !values.has(name) ? 2 : 0);
          found.push({ value, said: sentence.text.slice(start, end).toLowerCase(), start, end });
          k = reach - 1;
          break;
        }
      }
      return found;
    },
  };
}
