import { words } from '../../text/tokens.js';

/** Characters that steer or hide text without being seen: controls (but white space), bidirectional overrides, tags. */
const hidden = /[^\P{Cc}\s]|[\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E007F}]/u;

/** A text without its hidden characters, as models are shown it. */
export const visible = (text: string): string => text.replace(new RegExp(hidden, 'gu'), '');

/** Half-open range of UTF-16 code units. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds quotes in one text, word for word: hidden characters do not count, a run of white space counts as one space, and
 * everything else must agree. A quote that begins or ends inside a word is not one ("art" is not said in "start").
 *
 * @returns the first place in the text as it is written, or nothing
 */
export function quoteFinder(text: string): (quote: string) => Range | undefined {
  const { plain, offsets } = normalized(text);
  const tokens = words(text);
  const insideWord = (offset: number): boolean => {
    let [low, high] = [0, tokens.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tokens[middle]!.end <= offset) low = middle + 1;
      else high = middle;
    }
    return low < tokens.length && tokens[low]!.start < offset;
  };
  return (quote) => {
    const wanted = normalized(quote).plain.trim();
    if (words(wanted).length === 0) return undefined;
    for (let at = plain.indexOf(wanted); at >= 0; at = plain.indexOf(wanted, at + 1)) {
      const start = offsets[at]!;
      const end = offsets[at + wanted.length - 1]! + 1;
      if (!insideWord(start) && !insideWord(end)) return { start, end };
    }
    return undefined;
  };
}

/** The text with single spaces and without hidden characters, and for each of its code units where it comes from. */
function normalized(text: string): { plain: string; offsets: number[] } {
  let plain = '';
  const offsets: number[] = [];
  let offset = 0;
  // Asking the growing text for its last character would copy it each time.
  let afterSpace = false;
  for (const character of text) {
    if (/\s/.test(character)) {
      if (!afterSpace) {
        plain += ' ';
        offsets.push(offset);
      }
      afterSpace = true;
    } else if (!hidden.test(character)) {
      afterSpace = false;
      plain += character;
      for (let unit = 0; unit < character.length; unit++) offsets.push(offset + unit);
    }
    offset += character.length;
  }
  return { plain, offsets };
}
