import { words } from './tokens.js';

/** How much of a text follows its sources, small changes forgiven. */
export interface EditedOverlap {
  /** Words that agree in the longest stretch that follows one source. */
  readonly words: number;
  /** Share of the words of the text that stand in stretches of at least {@link shortestStretch} agreeing words. */
  readonly share: number;
}

/** A stretch below this is how people write, not what they took. */
export const shortestStretch = 5;
/** Words in a row that must agree for a comparison to begin. */
const seedLength = 3;
/** Places of one seed that are looked at: what stands everywhere ("ha ha ha") tells nothing. */
const mostPlaces = 8;
/** Words that a stretch is followed in each direction. */
const farthest = 64;
/** What may stand between two agreeing parts, in words of text and source: changed, put in, left out. */
const edits = [
  [1, 1],
  [1, 0],
  [0, 1],
  [2, 2],
  [2, 1],
  [1, 2],
] as const;
/** Words in a row that must agree after a change. */
const afterEdit = 2;

/**
 * Builds an index over the sources, then follows any text along them: from every three words in a row that a source has, in both
 * directions, over changes of up to two words with two agreeing words after each. Letter case, accents, punctuation, pictures and
 * the endings of words do not count, and neither does one wrong letter in a long word; stretches do not cross from one source to the next.
 * Time is linear in the number of words, whatever they are.
 *
 * @see Altschul et al. (1990), Basic local alignment search tool: seeds that are extended
 */
export function editedOverlap(sources: readonly string[]): (text: string) => EditedOverlap {
  const all = sources.map(normalWords);
  const seeds = new Map<string, [source: number, at: number][]>();
  all.forEach((source, index) => {
    for (let at = 0; at + seedLength <= source.length; at++) {
      const seed = seedAt(source, at);
      const places = seeds.get(seed);
      if (places === undefined) seeds.set(seed, [[index, at]]);
      else if (places.length < mostPlaces) places.push([index, at]);
    }
  });
  return (text) => {
    const own = normalWords(text);
    const covered = new Uint8Array(own.length);
    // How far each source was followed along each diagonal: no stretch is walked twice.
    const walked = new Map<string, number>();
    let longest = 0;
    for (let at = 0; at + seedLength <= own.length; at++)
      for (const [index, place] of seeds.get(seedAt(own, at)) ?? []) {
        const diagonal = `${index} ${place - at}`;
        if ((walked.get(diagonal) ?? -1) >= at) continue;
        const right = follow(own, all[index]!, at, place, 1);
        const left = follow(own, all[index]!, at - 1, place - 1, -1);
        const agreeing = right.agreeing + left.agreeing;
        walked.set(diagonal, at + right.plain);
        longest = Math.max(longest, agreeing);
        if (agreeing >= shortestStretch) covered.fill(1, left.end + 1, right.end);
      }
    return { words: longest, share: own.length === 0 ? 0 : covered.reduce((sum, one) => sum + one, 0) / own.length };
  };
}

/** Follows two texts in step, one word after the other in a direction. */
function follow(text: readonly Word[], source: readonly Word[], from: number, place: number, step: 1 | -1) {
  let [i, j, agreeing, plain, isPlain] = [from, place, 0, 0, true];
  const agree = (a: number, b: number): boolean => a in text && b in source && isSame(text[a]!, source[b]!);
  while (agreeing < farthest) {
    if (agree(i, j)) {
      [i, j, agreeing] = [i + step, j + step, agreeing + 1];
      if (isPlain) plain++;
      continue;
    }
    const next = edits.find(([a, b]) =>
      Array.from({ length: afterEdit }, (_, k) => k).every((k) => agree(i + step * (a + k), j + step * (b + k))),
    );
    if (next === undefined) break;
    [i, j, isPlain] = [i + step * next[0], j + step * next[1], false];
  }
  return { agreeing, plain, end: i };
}

/** A word as it is compared: without its ending, and whole for wrong letters. */
interface Word {
  readonly stem: string;
  readonly plain: string;
}

/** The words as they are compared; numbers are all alike. */
const normalWords = (text: string): Word[] =>
  words(text.normalize('NFKD').replaceAll(/[\p{M}\p{Default_Ignorable_Code_Point}]/gu, '')).map(({ text: word }) => {
    const plain = /\d/.test(word) ? '#' : word.toLowerCase().replaceAll(/['’-]/g, '');
    return { plain, stem: stemOf(plain) };
  });

const stemOf = (word: string): string => word.replace(/(?<=.{3})(?:ings?|ed|e?s|ly|e)$/, '');

const seedAt = (all: readonly Word[], at: number): string =>
  all
    .slice(at, at + seedLength)
    .map(({ stem }) => stem)
    .join(' ');

/** The same, or long and one letter changed, missing, put in, or two in the wrong order. */
function isSame(first: Word, second: Word): boolean {
  if (first.stem === second.stem) return true;
  const [a, b] = [first.plain, second.plain];
  if (Math.min(a.length, b.length) < 5 || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) [endA, endB] = [endA - 1, endB - 1];
  if (endA - start <= 1 && endB - start <= 1) return true;
  return endA - start === 2 && endB - start === 2 && a[start] === b[start + 1] && a[start + 1] === b[start];
}
