/** A piece of a text with its half-open range of UTF-16 code units. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * A run of letters, marks and digits, with inner apostrophes and hyphens. Scripts that are written without spaces (Han,
 * kana) give one token a character. Every character is consumed at most once, so the time is linear on any input.
 */
const wordPattern =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{M}\p{N}]|(?<=[\p{L}\p{N}])['’-](?=[\p{L}\p{N}]))+/gu;

/** Texts whose letters and digits are those of English: the same words are found in them much faster. */
const plainText = /^[\x00-\x7f‘’“”…–—·]*$/;
const plainWord = /[A-Za-z0-9]+(?:['’-][A-Za-z0-9]+)*/g;
const patternFor = (text: string): RegExp => (plainText.test(text) ? plainWord : wordPattern);

/** The words of a text in order, with offsets. "Don't", "41-year-old" and "3" are one word each; punctuation is none. */
export function words(text: string): Token[] {
  return Array.from(text.matchAll(patternFor(text)), ({ 0: word, index }) => ({
    text: word,
    start: index,
    end: index + word.length,
  }));
}

/** Number of words, as {@link words} counts them. */
export const wordCount = (text: string): number => text.match(patternFor(text))?.length ?? 0;

/** A word as it is compared: lower case, curly apostrophes straight. Its length in code units may differ from the word's. */
export const fold = (word: string): string =>
  /^[\x20-\x7e]*$/.test(word) ? word.toLowerCase() : word.normalize('NFC').toLowerCase().replaceAll('’', "'");

/** Words after which a full stop does not end a sentence. */
const abbreviations = new Set([
  'mr',
  'mrs',
  'ms',
  'dr',
  'st',
  'vs',
  'etc',
  'jr',
  'sr',
  'prof',
  'approx',
  'e.g',
  'i.e',
  'p.m',
  'a.m',
]);

/**
 * The sentences of a text in order, trimmed, with offsets. A sentence ends at a line break, or at `.`, `!`, `?`, `…` or
 * an ideographic full stop (with the closing quotes and brackets that follow) before white space or the end. Linear time.
 */
export function sentences(text: string): Token[] {
  const found: Token[] = [];
  let start = 0;
  const close = (end: number): void => {
    const piece = text.slice(start, end);
    const trimmed = piece.trim();
    if (trimmed !== '') {
      const from = start + piece.indexOf(trimmed[0]!);
      found.push({ text: trimmed, start: from, end: from + trimmed.length });
    }
    start = end;
  };
  let i = 0;
  while (i < text.length) {
    const character = text[i]!;
    if (character === '\n' || character === '\r' || '。！？'.includes(character)) close(++i);
    else if ('.!?…'.includes(character)) {
      const stop = i;
      while (i < text.length && '.!?…'.includes(text[i]!)) i++;
      const single = i === stop + 1 && character === '.';
      while (i < text.length && '"\'”’)]'.includes(text[i]!)) i++;
      const ends = i === text.length || /\s/.test(text[i]!);
      if (ends && !(single && endsInAbbreviation(text, stop))) close(i);
    } else i++;
  }
  close(text.length);
  return found;
}

/** Whether the word before the full stop at `stop` is an abbreviation or an initial other than "I". */
function endsInAbbreviation(text: string, stop: number): boolean {
  let from = stop;
  while (from > 0 && stop - from < 8 && /[\p{L}.]/u.test(text[from - 1]!)) from--;
  const word = text.slice(from, stop);
  return abbreviations.has(word.toLowerCase()) || /^[A-HJ-Z]$/.test(word);
}
