import { sentences } from '../../text/tokens.js';
import type { Token } from '../../text/tokens.js';
import type { History } from '../history.js';
import type { Claim, Dimension } from '../narrative-persona.js';

/** One sentence of a post, ready for the patterns: see {@link readSentences}. */
export interface Sentence {
  readonly post: string;
  readonly date: string | undefined;
  /** Position among all sentences of the history: a later sentence is later evidence. */
  readonly order: number;
  /** Offset of the sentence in its post. `text` has the same length as the original, so offsets carry over. */
  readonly start: number;
  /** The sentence with straight quotes, plain spaces, and the letters of quotations masked. */
  readonly text: string;
  /** Its words in lower case, without punctuation other than apostrophes: see {@link mentionsAny}. */
  readonly words: ReadonlySet<string>;
  /** The sentence that follows in the same post, masked likewise; empty at its end. */
  readonly next: string;
}

/** A value of a variable that a sentence says or implies, with the claim that goes with it. */
export interface Cue {
  readonly variable: string;
  readonly value: string;
  readonly order: number;
  readonly date: string | undefined;
  readonly claim: Claim;
}

/** Stands for every letter and digit of a quotation. No pattern matches it. */
const mask = '·';

/**
 * The sentences of all posts in order. What others say is masked, so that no pattern reads it: text in double quotation
 * marks (at most 400 characters long, within a paragraph) and lines that begin with `>`. Every replacement keeps the length.
 */
export function readSentences({ posts }: Pick<History, 'posts'>): Sentence[] {
  let order = 0;
  return posts.flatMap(({ id, date, text }) => {
    const found = sentences(masked(text)).flatMap(pieces);
    return found.map(({ text: sentence, start }, k) => ({
      post: id,
      date,
      order: order++,
      start,
      text: sentence,
      words: wordSet(sentence),
      next: found[k + 1]?.text ?? '',
    }));
  });
}

/** Longer sentences are cut, so that the patterns, which look at whole sentences, stay linear on any text. */
const longestSentence = 1000;

/** A sentence, cut at white space where it is too long. */
function pieces(sentence: Token): Token[] {
  const found: Token[] = [];
  let { text, start } = sentence;
  while (text.length > longestSentence) {
    const space = text.lastIndexOf(' ', longestSentence);
    const cut = space > 0 ? space : longestSentence;
    found.push({ text: text.slice(0, cut), start, end: start + cut });
    text = text.slice(cut);
    start += cut;
  }
  return [...found, { text, start, end: start + text.length }];
}

const wordSet = (text: string): Set<string> =>
  new Set(
    text
      .toLowerCase()
      .replace(/'s\b/g, ' ')
      .split(/[^\p{L}\p{N}']+/u),
  );

/** Whether a sentence holds one of the words without which no pattern of a reader can match: most sentences stop here. */
export function mentionsAny({ words }: Sentence, triggers: ReadonlySet<string>): boolean {
  for (const word of words) if (triggers.has(word)) return true;
  return false;
}

/** The words of a space-separated list, or the last words of expressions. */
export const triggerWords = (...lists: readonly (string | readonly string[])[]): ReadonlySet<string> =>
  new Set(
    lists.flatMap((list) =>
      typeof list === 'string'
        ? list.split(' ')
        : list.map((text) =>
            text
              .toLowerCase()
              .split(/[^\p{L}\p{N}']+/u)
              .filter(Boolean)
              .at(-1)!,
          ),
    ),
  );

function masked(text: string): string {
  return text
    .replace(/[’‘]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/[\t\u00a0]/g, ' ')
    .replace(/"[^"\n]{1,400}"/g, hide)
    .replace(/^>[^\n]*/gm, hide);
}

const hide = (quotation: string): string => quotation.replace(/[\p{L}\p{N}]/gu, (letter) => mask.repeat(letter.length));

/** How people write "I am" and the like; for use inside {@link phrase}. */
export const iAm =
  "\\bi(?:'m|m| am)(?: (?:now|also|still|actually|currently|just|only|really|already|officially|obviously|honestly))?";

/** Compiles a pattern, without letter case: a space stands for one to three spaces, so that no gap can grow without bound. */
export function phrase(source: string): RegExp {
  const spaced = source.replace(/\[[^\]]*\]| \?| /g, (part) =>
    part === ' ' ? ' {1,3}' : part === ' ?' ? ' {0,3}' : part,
  );
  return new RegExp(spaced, 'gi');
}

/**
 * Words before a match, in its clause, after which it asserts nothing about the writer now: conditions, wishes,
 * comparisons, negations, other people's words.
 */
const unasserted =
  /(?:n't|\b(?:if|unless|wish(?:es|ed|t)?|pretend\w*|imagine[sd]?|suppose[ds]?|as though|like|dream\w*|whether|when|whenever|until|till|before|once|then|(?:i |we )?(?:think|thinks|thought)|(?:to|gonna) be|(?<!\bi )(?:says?|said|tells?|told|asks?|asked)|someday|not|never|would|could|hop(?:e|es|ing)|assum\w+|almost|fake|joke[sd]?))\b[^,;:.!?()]{0,24}$/i;

/** Whether what stands at `index` of the sentence is asserted: not under a condition, wish, negation or report. */
export function isAsserted(text: string, index: number): boolean {
  return !unasserted.test(text.slice(Math.max(0, index - 48), index));
}

/** The matches of a global pattern. `matchAll` would copy the pattern on every call, which costs more than the search. */
export function matchesOf(text: string, pattern: RegExp): RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    found.push(match);
    if (match[0] === '') pattern.lastIndex++;
  }
  return found;
}

/** The asserted matches of a pattern in a sentence. */
export function assertedMatches({ text }: Sentence, pattern: RegExp): RegExpExecArray[] {
  return matchesOf(text, pattern).filter(({ index }) => isAsserted(text, index));
}

/** The first group of a pattern with alternatives that took part in the match. */
export const firstGroup = (match: RegExpExecArray): string | undefined =>
  (match as readonly (string | undefined)[]).slice(1).find((group) => group !== undefined);

/** A claim with the span of a match. */
export function claimAt(
  { post, start }: Sentence,
  match: RegExpExecArray,
  { dimension, statement, status }: { dimension: Dimension; statement: string; status: Claim['status'] },
): Claim {
  const lead = match[0].length - match[0].trimStart().length;
  const from = start + match.index + lead;
  return { dimension, statement, status, source: { post, start: from, end: from + match[0].trim().length } };
}

/** The latest cue, stated before inferred. */
export function latest(cues: readonly Cue[]): Cue | undefined {
  const stated = cues.filter(({ claim }) => claim.status === 'stated');
  return (stated.length > 0 ? stated : cues).reduce<Cue | undefined>(
    (best, cue) => (best === undefined || cue.order >= best.order ? cue : best),
    undefined,
  );
}
