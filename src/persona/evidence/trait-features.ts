import { fold, words } from '../../text/tokens.js';
import type { Sentence } from './reading.js';

/** Measures of style, each a mean over words or sentences. */
export const styleMeasures = [
  'word-length',
  'long-words',
  'exclamations',
  'questions',
  'sentence-length',
  'repetition',
] as const;
export type StyleMeasure = (typeof styleMeasures)[number];

/** What is counted in the text of one person: everything that the features of the text model are made of. */
export interface WordProfile {
  readonly words: number;
  /** How often each word occurs, folded. */
  readonly counts: ReadonlyMap<string, number>;
  /** Letters a word, share of words over six letters, share of sentences that exclaim or ask, words a sentence, share of words that were there before within ten words. */
  readonly style: Readonly<Record<StyleMeasure, number>>;
}

/** One feature of the text model: a list of words (`*` at the end stands for any ending), or a measure of style. */
export interface TraitFeature {
  readonly name: string;
  readonly kind: 'category' | 'word' | 'style';
  /** Empty for a measure of style. */
  readonly words: readonly string[];
}

/** Repetition is counted in windows of this many words, so that it does not depend on the length of the text. */
const windowWords = 10;

/** Counts words and style in sentences. Linear in the number of words. */
export function wordProfile(sentences: readonly Pick<Sentence, 'text'>[]): WordProfile {
  const counts = new Map<string, number>();
  let [total, letters, long, exclaimed, asked, said, windowed, repeated] = [0, 0, 0, 0, 0, 0, 0, 0];
  let window = new Set<string>();
  for (const { text } of sentences) {
    const before = total;
    for (const { text: token } of words(text)) {
      const word = fold(token);
      counts.set(word, (counts.get(word) ?? 0) + 1);
      letters += word.length;
      if (word.length > 6) long++;
      if (window.has(word)) repeated++;
      window.add(word);
      windowed++;
      if (++total % windowWords === 0) window = new Set();
    }
    if (total === before) continue;
    said++;
    if (/!["')\]]*$/.test(text)) exclaimed++;
    if (/\?["')\]]*$/.test(text)) asked++;
  }
  const share = (count: number, of: number): number => (of === 0 ? 0 : count / of);
  return {
    words: total,
    counts,
    style: {
      'word-length': share(letters, total),
      'long-words': share(long, total),
      exclamations: share(exclaimed, said),
      questions: share(asked, said),
      'sentence-length': share(total, said),
      repetition: share(repeated, windowed),
    },
  };
}

/**
 * Builds the reader of observed features: the share of the words that belong to each list, or the measure of style.
 * Linear in the number of different words.
 *
 * @returns for a profile, one number a feature, in their order; 0 without words
 */
export function featureReader(features: readonly TraitFeature[]): (profile: WordProfile) => Float64Array {
  const exact = new Map<string, number[]>();
  const stems = new Map<string, number[]>();
  features.forEach(({ words: list }, k) => {
    for (const entry of list) {
      const [index, key] = entry.endsWith('*') ? [stems, entry.slice(0, -1)] : [exact, entry];
      index.set(key, [...(index.get(key) ?? []), k]);
    }
  });
  const lengths = [...new Set([...stems.keys()].map(({ length }) => length))].sort((a, b) => a - b);

  return ({ words: total, counts, style }) => {
    const observed = new Float64Array(features.length);
    for (const [word, count] of counts) {
      const found = new Set(exact.get(word));
      for (const length of lengths) {
        if (length > word.length) break;
        for (const k of stems.get(word.slice(0, length)) ?? []) found.add(k);
      }
      for (const k of found) observed[k]! += count / total;
    }
    features.forEach(({ kind, name }, k) => {
      if (kind === 'style') observed[k] = style[name as StyleMeasure];
    });
    return observed;
  };
}

/** Words of an average person that are thought to stand beside those of a text: short texts say little. */
export const priorWords = 20;

/**
 * A feature as the text model takes it: the observed value drawn towards that of the average person (`base`) where there
 * are few words, and the root of it for shares of words, whose spread then hardly depends on how common they are.
 */
export function featureValue(kind: TraitFeature['kind'], observed: number, base: number, totalWords: number): number {
  const drawn = base + (totalWords / (totalWords + priorWords)) * (observed - base);
  return kind === 'style' ? drawn : Math.sqrt(drawn);
}

/** A value further than this from the mean, in SDs, counts as this far: nobody is known by one word said a hundred times. */
const furthest = 4;

/** A feature in SDs from its mean, at most four. */
export const standardized = (value: number, { mean, sd }: { readonly mean: number; readonly sd: number }): number =>
  Math.max(-furthest, Math.min(furthest, (value - mean) / sd));
