import { fold, words } from './tokens.js';

/** The line of a vocabulary that stands for every number that has none of its own. */
export const anyNumber = '#';

/** Endings of English words, and what stands in their place in the base form; the first that gives a known word counts. */
const endings: readonly (readonly [ending: string, base: string])[] = [
  ['ies', 'y'],
  ['es', ''],
  ['s', ''],
  ['ing', ''],
  ['ing', 'e'],
  ['ed', ''],
  ['ed', 'e'],
  ['ly', ''],
];

/**
 * Finds the words of a text in a vocabulary: for each the line that it stands in, or the folded word itself where it has none.
 *
 * A word that is not there is looked for without its possessive ending, in its parts at hyphens and apostrophes, as a number,
 * without accents, and in its base form. Linear in the length of the text.
 *
 * @param vocabulary folded words, each once
 */
export function wordFinder(vocabulary: readonly string[]): (text: string) => (number | string)[] {
  const lines = new Map(vocabulary.map((word, line) => [word, line]));

  /** The line of a word or of its base form. */
  function simple(word: string): number | undefined {
    const line = lines.get(word);
    if (line !== undefined) return line;
    if (/^[0-9]+$/.test(word)) return lines.get(anyNumber);
    for (const [ending, base] of endings)
      if (word.endsWith(ending)) {
        const stem = lines.get(word.slice(0, -ending.length) + base);
        if (stem !== undefined) return stem;
      }
    return undefined;
  }

  function add(word: string, found: (number | string)[]): void {
    const name = word.endsWith("'s") && !lines.has(word) ? word.slice(0, -2) : word;
    const line = simple(name);
    if (line !== undefined) found.push(line);
    else if (/['-]/.test(name)) for (const part of name.split(/['-]/)) found.push(simple(part) ?? part);
    else found.push(simple(name.normalize('NFD').replace(/\p{M}+/gu, '')) ?? name);
  }

  return (text) => {
    const found: (number | string)[] = [];
    for (const word of words(text)) add(fold(word.text), found);
    return found;
  };
}
