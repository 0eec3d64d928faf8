import { words } from '../../text/tokens.js';

/**
 * Characters that steer or hide text without being seen: controls (but white space), bidirectional controls, spaces without width,
 * soft hyphens, fillers, tags, and the joiners and variation selectors that some scripts and emoji need.
 * @see Unicode Standard Annex 44, property Default_Ignorable_Code_Point
 */
const hidden = /[^\P{Cc}\s]|\p{Default_Ignorable_Code_Point}|[\uFFF9-\uFFFB]/u;
/** The flags of England, Scotland and Wales: the one honest use of tags. */
const flag =
  '\u{1F3F4}\u{E0067}\u{E0062}(?:\u{E0065}\u{E006E}\u{E0067}|\u{E0073}\u{E0063}\u{E0074}|\u{E0077}\u{E006C}\u{E0073})\u{E007F}';
const hiddenOrFlag = new RegExp(`${flag}|${hidden.source}`, 'gu');
/** Joiners, and the variation selectors of emoji. */
const joining = /\u200C|\u200D|\uFE0E|\uFE0F/;
/** What a joiner or selector may follow: letters and marks of scripts beyond Latin, emoji, and the bases of keycaps. */
const joinable = /(?![\p{Script=Latin}])(?:\p{L}|\p{M}|\p{So}|\p{Sk}|\p{Extended_Pictographic})$|[0-9#*]$/u;

/**
 * A text without its hidden characters, as models are shown it. A joiner (Persian, the scripts of India, emoji of families) stays where
 * a character that can be joined stands before it, a variation selector of Han characters after one; only one of them at a place.
 */
export const visible = (text: string): string =>
  text.replace(hiddenOrFlag, (found, offset: number) => {
    if (found.length > 4) return found;
    const before = text.slice(Math.max(0, offset - 2), offset);
    if (joining.test(found)) {
      // The selector of an emoji may itself be followed by a joiner.
      const base = found === '\u200D' ? before.replace(/(?<=\S)\uFE0F$/, '') : before;
      const whole = base === before ? before : text.slice(Math.max(0, offset - 3), offset - 1);
      return joinable.test(whole) && !hidden.test(whole.slice(-1)) ? found : '';
    }
    return /^[\u{E0100}-\u{E01EF}]$/u.test(found) && /\p{Script=Han}$/u.test(before) ? found : '';
  });

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
