import { fold, sentences, words } from './tokens.js';

/** A word that a person writes about more than people do, with a typical mention. */
export interface Topic {
  /** The form that the person uses most, in lower case. */
  readonly word: string;
  /** Texts that mention it. */
  readonly texts: number;
  /** Where it is mentioned: index of the text and half-open range of UTF-16 code units. */
  readonly text: number;
  readonly start: number;
  readonly end: number;
}

/** Words that stand before a noun. A topic is mentioned at least once after one of them. */
const beforeNouns = new Set(
  'the a an my our his her their your some any no every each this that these those of about new old another more with for'.split(
    ' ',
  ),
);

/** What is left of markup and addresses is nobody's topic. */
const markup = new Set(
  'nbsp urllink http https www href html htm php com org net amp quot apos lt gt ndash mdash hellip rsquo lsquo rdquo ldquo img src alt div span strong blockquote utm jpg jpeg png gif url urls hyperlink reddit tldr imgur'.split(
    ' ',
  ),
);

/**
 * The distinctive topics of a person: nouns that recur over their texts and are not common English.
 *
 * Score = (texts that mention it) × log(1 + mentions); a common word (or an inflection of one) never counts, nor does a
 * word that is mostly capitalised inside sentences (a name), and it must be mentioned in two texts or more and stand after a
 * determiner at least once. This is tf-idf with an inverse document frequency of 0 or 1, so it needs no other people's texts.
 *
 * @param commonWords base forms of common English words, lower case
 * @returns at most `k` topics, highest score first, ties by word
 */
export function topics(texts: readonly string[], commonWords: ReadonlySet<string>, k: number): Topic[] {
  const found = new Map<string, Mentions>();
  texts.forEach((text, index) => readMentions(text, index, commonWords, found));
  return [...found.entries()]
    .filter(([, m]) => m.texts.size >= 2 && m.nouns >= 1 && m.names * 2 <= m.count)
    .map(([stem, m]) => ({ stem, m, score: m.texts.size * Math.log1p(m.count) }))
    .sort((a, b) => b.score - a.score || (a.stem < b.stem ? -1 : 1))
    .slice(0, k)
    .map(({ m }) => ({ word: mostUsed(m.forms), texts: m.texts.size, ...m.mention! }));
}

interface Mentions {
  count: number;
  /** Mentions after a determiner. */
  nouns: number;
  /** Capitalised mentions inside a sentence. */
  names: number;
  readonly texts: Set<number>;
  readonly forms: Map<string, number>;
  mention?: { text: number; start: number; end: number };
}

function readMentions(
  text: string,
  index: number,
  commonWords: ReadonlySet<string>,
  found: Map<string, Mentions>,
): void {
  for (const sentence of sentences(text)) {
    let before = '';
    for (const { text: raw, start, end } of words(sentence.text)) {
      const word = fold(raw).replace(/'s$/, '');
      const previous = before;
      before = word;
      if (!/^[a-z]{3,20}$/.test(word) || markup.has(word) || /(?:ed|ly)$/.test(word) || isCommon(word, commonWords))
        continue;
      const stem = stemOf(word);
      const entry: Mentions = found.get(stem) ?? { count: 0, nouns: 0, names: 0, texts: new Set(), forms: new Map() };
      found.set(stem, entry);
      entry.count++;
      entry.texts.add(index);
      entry.forms.set(word, (entry.forms.get(word) ?? 0) + 1);
      const isName = start > 0 && /^\p{Lu}\p{Ll}/u.test(raw);
      if (isName) entry.names++;
      const isNoun = beforeNouns.has(previous) && !isName;
      if (isNoun) entry.nouns++;
      if (isNoun && !entry.mention)
        entry.mention = { text: index, start: sentence.start + start, end: sentence.start + end };
    }
  }
}

/** Whether the word or what is left without its ending is in the list. */
export function isCommon(word: string, commonWords: ReadonlySet<string>): boolean {
  return baseForms(word).some((form) => commonWords.has(form));
}

/** The word and what it may be inflected from: "stories" → "story", "hoping" → "hope", "planned" → "plan". */
function baseForms(word: string): string[] {
  const forms = [word];
  for (const ending of ['s', 'es', 'ed', 'd', 'ing', 'er', 'ers', 'est', 'ly', "n't", "'ll", "'ve", "'re", "'d"])
    if (word.length > ending.length + 1 && word.endsWith(ending)) {
      const base = word.slice(0, -ending.length);
      forms.push(base, `${base}e`);
      if (base.endsWith('i')) forms.push(`${base.slice(0, -1)}y`);
      if (base.length > 2 && base.at(-1) === base.at(-2)) forms.push(base.slice(0, -1));
    }
  return forms;
}

/** Merges a plural with its singular: enough for counting nouns. */
function stemOf(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:ch|sh|x|ss|z)es$/.test(word)) return word.slice(0, -2);
  return word.length > 3 && /[^su]s$/.test(word) ? word.slice(0, -1) : word;
}

function mostUsed(forms: ReadonlyMap<string, number>): string {
  return [...forms].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]![0];
}
