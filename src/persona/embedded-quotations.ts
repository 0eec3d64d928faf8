import { personalData } from '../text/personal-data.js';
import { sentiment } from '../text/sentiment.js';
import { sentences, wordCount, words } from '../text/tokens.js';
import type { History } from './history.js';
import type { Claim } from './narrative-persona.js';

/** No verbatim run of a persona text is longer than either. */
export const longestQuotation = { tokens: 8, characters: 50 } as const;
/** The same where nothing may be quoted: what two texts share by chance. */
export const longestChance = { tokens: 5, characters: 35 } as const;

/** Only short whole sentences without quotation marks, digits, links or anything odd in them are quoted. */
const plain = /^[\p{Lu}\p{Ll}][\p{L} ,;'’-]*[.!?]?$/u;

/** Words that begin a quotation: any other first word may be somebody's name. */
const openers = new Set(
  "i i'm im i've i'll i'd my we we're we've our it it's this that that's there there's the a an but and so no not nobody everybody everyone everything nothing people some who what when where why how if even still just then now maybe never always you they in on at as one for from of with all".split(
    ' ',
  ),
);

/**
 * Short telling sentences, verbatim and whole, at most one a post, the most telling first: in the first person, with
 * feeling, and long enough to say something. Sentences with names or personal data are passed over; those that a claim
 * tells already come last.
 */
export function quotations({ posts }: Pick<History, 'posts'>, claims: readonly Claim[] = []): string[] {
  const isTold = (post: string, start: number, end: number): boolean =>
    claims.some(({ source }) => source.post === post && source.start < end && start < source.end);
  const best = posts.flatMap(({ id, text }) => {
    const candidates = sentences(text)
      .filter(({ text: sentence }) => isQuotable(sentence))
      .map(({ text: sentence, start, end }) => ({
        sentence,
        score: tellingness(sentence) - (isTold(id, start, end) ? 3 : 0),
      }));
    return candidates.length === 0 ? [] : [candidates.reduce((a, b) => (b.score > a.score ? b : a))];
  });
  return best
    .sort((a, b) => b.score - a.score || (a.sentence < b.sentence ? -1 : 1))
    .map(({ sentence }) => sentence.replace(/\.$/, ''));
}

function isQuotable(sentence: string): boolean {
  const tokens = wordCount(sentence);
  if (tokens < 3 || tokens > longestQuotation.tokens || sentence.length > longestQuotation.characters) return false;
  return (
    plain.test(sentence) &&
    openers.has(words(sentence)[0]!.text.toLowerCase().replaceAll('’', "'")) &&
    !hasName(sentence) &&
    personalData(sentence).length === 0
  );
}

/** A capitalised word inside a sentence may be somebody's name. */
const hasName = (sentence: string): boolean =>
  words(sentence).some(({ text, start }) => start > 0 && /^\p{Lu}\p{Ll}/u.test(text) && !/^I['’]/.test(text));

const tellingness = (sentence: string): number =>
  (/\b(?:i|i['’]m|my|me)\b/i.test(sentence) ? 1 : 0) + Math.abs(sentiment(sentence)) + sentence.length / 100;
