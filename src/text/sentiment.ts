import vader from 'vader-sentiment';
import { sentences } from './tokens.js';

const { SentimentIntensityAnalyzer: analyzer } = vader;

/**
 * Sentiment of a text in [-1, 1]: the mean VADER compound score of its sentences, 0 for a text without words. The mean is
 * taken because the compound score of a long text runs to ±1.
 *
 * The package's own reading of words is replaced, for two faults and for speed: it misses negations that are written in
 * capitals ("NOT happy") or with a curly apostrophe ("don’t like"), and it builds a dictionary of punctuation a sentence.
 *
 * @see Hutto & Gilbert (2014), VADER, ICWSM-14
 */
export function sentiment(text: string): number {
  const scores = sentences(text).map(({ text: sentence }) => compound(sentence));
  return scores.length === 0 ? 0 : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** VADER's compound score of one sentence. */
function compound(sentence: string): number {
  const items = sentence
    .replaceAll('’', "'")
    .split(/\s+/)
    .map(bare)
    .filter((item) => item.length > 1);
  const capitals = items.filter((item) => /[A-Z]/.test(item) && !/[a-z]/.test(item)).length;
  const text = { words_and_emoticons: items, is_cap_diff: capitals > 0 && capitals < items.length };
  let sentiments: number[] = [];
  items.forEach((item, index) => (sentiments = analyzer.sentiment_valence(0, text, item, index, sentiments)));
  return analyzer.score_valence(analyzer.but_check(items, sentiments), sentence).compound;
}

/** Capital negations, which the lexicon's rules know in lower case only. */
const negations = /^(?:NOT|NEVER|NO|NONE|NOTHING|NOR|WITHOUT|CANNOT|[A-Z]+N'T)$/;

/** The item without punctuation around it; emoticons (two characters or fewer remain) stay as they are. */
function bare(item: string): string {
  let start = 0;
  let end = item.length;
  while (start < end && isPunctuation(item.charCodeAt(start))) start++;
  while (end > start && isPunctuation(item.charCodeAt(end - 1))) end--;
  const word = end - start <= 2 && item.length <= 3 ? item : item.slice(start, end);
  return negations.test(word) ? word.toLowerCase() : word;
}

const isPunctuation = (code: number): boolean =>
  (code >= 33 && code <= 47) ||
  (code >= 58 && code <= 64) ||
  (code >= 91 && code <= 96) ||
  (code >= 123 && code <= 126);
