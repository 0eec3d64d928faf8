import { sentences } from '../../text/tokens.js';
export { isAsserted } from './assertion.js';
export { matchesOf, mayMatch, opening, phrase } from './phrases.js';
import { isAsserted, isOwnClause, isRetracted, isSupposed } from './assertion.js';
import { isInQuotation, isMadeUp, isPlainlySaid, isStillToCome } from './plainly-said.js';
import { matchesOf, mayMatch, opening } from './phrases.js';
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
  /** The sentence before it in the same post; empty at its start. */
  readonly previous: string;
  /** Whether the post is verse or a conversation, or the sentence stands in a quotation: its "I" need not be the writer. */
  readonly isMadeUp: boolean;
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
 * The sentences of all posts in order. What others say is masked, so that no pattern reads it: text in quotation marks (at
 * most 400 characters long in double ones, 240 in single ones, within a paragraph), lines that begin with `>` and lines of
 * a dialogue that belong to somebody else ("Boss: ..."). Every replacement keeps the length.
 */
export function readSentences({ posts }: Pick<History, 'posts'>): Sentence[] {
  let order = 0;
  return posts.flatMap(({ id, date, text }) => {
    const written = masked(text);
    const madeUp = isMadeUp(text);
    const found = joined(sentences(written), written).flatMap(pieces);
    const texts = found.map((piece) => compact(piece.text));
    return found.map(({ start }, k) => ({
      post: id,
      date,
      order: order++,
      start,
      text: texts[k]!,
      words: wordSet(texts[k]!),
      next: texts[k + 1] ?? '',
      previous: texts[k - 1] ?? '',
      isMadeUp: madeUp || isInQuotation(written, start),
    }));
  });
}

/** Sentences that were parted after the full stop of "B.A." or "Ph.D." and go on in lower case. */
function joined(parted: readonly Token[], text: string): Token[] {
  const found: Token[] = [];
  for (const piece of parted) {
    const last = found.at(-1);
    const goesOn =
      last !== undefined &&
      /(?:^|[^\p{L}.])(?:[A-Z]\.[A-Z]\.?(?:[A-Z]\.?)?|[Pp]h\.? ?[Dd]\.|M\.Ed\.|yrs?\.|ret\.|approx\.|b\.)$/u.test(
        last.text.slice(-8),
      ) &&
      /^(?:[a-z]|\d)/.test(piece.text) &&
      !text.slice(last.end, piece.start).includes('\n') &&
      last.text.length < longestSentence;
    if (goesOn)
      found[found.length - 1] = { text: text.slice(last.start, piece.end), start: last.start, end: piece.end };
    else found.push(piece);
  }
  return found;
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
    // The rest is no beginning of a sentence: no pattern may take it for one.
    text = mask + text.slice(cut + 1);
    start += cut;
  }
  return [...found, { text, start, end: start + text.length }];
}

/**
 * The same text, made anew where it has no character beyond Latin-1: part of a text with a curly quote or an emoji is kept
 * with two bytes a character, and every pattern would be compiled a second time for such texts.
 */
const compact = (text: string): string =>
  /^[\x00-\xff]*$/.test(text) ? Buffer.from(text, 'latin1').toString('latin1') : text;

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

/** A single-quoted passage: opened before a letter and closed after one or after punctuation, apostrophes apart. */
const singleQuoted =
  /(?<![\p{L}\p{N}'])'(?!(?:til|till|cause|cuz|em|bout|round|tis|twas|n|ol|merica|fraid|nuff)\b)(?=\p{L})[^\n"]{1,240}?[\p{L}.,!?…]'(?![\p{L}\p{N}])/giu;
/** A quotation that is never closed runs to the end of its line. */
const unclosed = /(?<![\p{L}\p{N}"·.,!?])"(?=[\p{L}])[^\n"]{1,400}$/gmu;
/** Lines of a dialogue that are not the writer's. */
const speakerLine =
  /^[ *_-]{0,4}(?:(?:my|the|random|some|old|young|other|his|her) )?(?:\w+ )?(?:mom|dad|mother|father|him|her|he|she|they|them|wife|husband|hubby|son|daughter|kid|child|toddler|teen|brother|sister|boss|manager|doctor|doc|dr|nurse|teacher|student|customer|caller|coworker|co-worker|neighbor|friend|girl|guy|man|woman|lady|interviewer|cashier|cop|grandma|grandpa|grandmother|grandfather|roommate|boyfriend|girlfriend|stranger|client|patient|lyrics|song|quote|verse|chorus|character|narrator|nephew|niece|uncle|aunt|cousin|bio|year[- ]old|\d{1,2}[- ]year[- ]old|[a-z]+'s (?:bio|profile)): [^\n]*/gim;

function masked(text: string): string {
  return text
    .replace(/[’‘]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/[\t\u00a0]/g, ' ')
    .replace(/"[^"\n]{1,400}"/g, hide)
    .replace(unclosed, hide)
    .replace(singleQuoted, hide)
    .replace(/^(?:>|&gt;)[^\n]*/gm, hide)
    .replace(speakerLine, hide);
}

const hide = (quotation: string): string => quotation.replace(/[\p{L}\p{N}]/gu, (letter) => mask.repeat(letter.length));

/** How people write "I am" and the like; for use inside {@link phrase}. */
export const iAm =
  "\\bi(?:'m|m| am)(?:,? (?:now|also|still|actually|currently|just|only|really|already|officially|obviously|honestly|happily|proudly|finally|recently|newly|definitely|personally|technically|today|pretty much|myself|too|as of today|as of this week),?){0,2}";

const firstPerson =
  /(?:^|[^\p{L}'])(?:i|i'm|im|i've|ive|i'll|i'd|my|me|we|we're|we've|our|us|mine|myself)(?![\p{L}'])/iu;

/**
 * The matches of a pattern in a sentence that the writer asserts: not in a supposition, after a negation, a wish or a
 * report, and not taken back.
 */
export function assertedMatches(sentence: Sentence, pattern: RegExp): RegExpExecArray[] {
  const found = mayMatch(sentence, pattern) ? matchesOf(sentence.text, pattern) : [];
  return found.length === 0
    ? []
    : found.filter(
        (match) =>
          !isSupposed(sentence, match.index) &&
          isAsserted(sentence.text, match.index) &&
          !isRetracted(sentence, match.index + match[0].length) &&
          !isStillToCome(sentence, match.index + match[0].trimEnd().length - 1) &&
          (firstPerson.test(match[0]) || isOwnClause(sentence, match.index)),
      );
}

/** The first group of a pattern with alternatives that took part in the match. */
export const firstGroup = (match: RegExpExecArray): string | undefined =>
  (match as readonly (string | undefined)[]).slice(1).find((group) => group !== undefined);

/** A claim with the span of a match. What is not said outright is inferred, whatever the pattern says. */
export function claimAt(
  sentence: Sentence,
  match: RegExpExecArray,
  { dimension, statement, status }: { dimension: Dimension; statement: string; status: Claim['status'] },
): Claim {
  const lead = match[0].length - match[0].trimStart().length;
  const start = match.index + lead;
  return claimOn(sentence, start, start + match[0].trim().length, { dimension, statement, status });
}

/** A claim on a stretch of a sentence, stated only if it is said outright there. */
export function claimOn(
  sentence: Sentence,
  start: number,
  end: number,
  { dimension, statement, status }: { dimension: Dimension; statement: string; status: Claim['status'] },
): Claim {
  return {
    dimension,
    statement,
    status: status === 'stated' && !isPlainlySaid(sentence, start, end) ? 'inferred' : status,
    source: { post: sentence.post, start: sentence.start + start, end: sentence.start + end },
  };
}

/** The latest cue, stated before inferred. */
export function latest(cues: readonly Cue[]): Cue | undefined {
  const stated = cues.filter(({ claim }) => claim.status === 'stated');
  return (stated.length > 0 ? stated : cues).reduce<Cue | undefined>(
    (best, cue) => (best === undefined || cue.order >= best.order ? cue : best),
    undefined,
  );
}

/** Up to `most` words that may stand before a noun: "a tired, broke single ..."; never a word that begins another phrase. */
export const modifiers = (most: number): string =>
  `(?:(?!(?:of|for|to|with|in|at|by|who|that|from|my|his|her|their|the|about|on|than|as|like|not|no|what|whose|when)\\b)[a-z0-9'-]+,? ){0,${most}}?`;

/** Words that may stand between the writer and the verb. */
export const adverbs =
  '(?:(?:now|also|still|actually|currently|just|only|mostly|mainly|both|really|finally|recently|officially|already|always|usually|often|even|honestly|proudly|happily|then|newly|today|literally) ){0,2}';
/** "I", "we", or nothing where the subject is left out; a verb is to follow. */
export const iOr = `(?:\\bi(?:'ve|ve| have)? |\\bwe(?:'ve|ve| have)? |${opening})${adverbs}`;
/** What people are called in a sentence without a verb: "Proud single mom of two". A closed list, as anything may stand there. */
export const describing =
  '(?:proud|single|married|divorced|widowed|retired|semi-retired|tired|broke|busy|working|old|older|young|younger|middle[- ]aged|aging|new|black|white|brown|asian|latin[ao]|hispanic|mexican|korean|chinese|japanese|vietnamese|filipin[ao]|indian|native|irish|italian|puerto rican|cuban|dominican|colombian|salvadoran|guatemalan|venezuelan|jamaican|somali|ethiopian|hmong|thai|pakistani|persian|iranian|arab|lebanese|polish|german|greek|russian|ukrainian|canadian|british|cajun|creole|hawaiian|samoan|haitian|nigerian|cherokee|navajo|biracial|mixed|american|straight|gay|queer|bi|bisexual|trans|disabled|blind|deaf|catholic|christian|muslim|jewish|mormon|southern|midwestern|texas|ohio|florida|california|grown|grown[- ]ass|full[- ]time|part[- ]time|stay[- ]at[- ]home|first[- ]time|soon[- ]to[- ]be|self[- ]employed|small[- ]town|city|country|rural|short|tall|fat|bald|chubby|nerdy|shy|introverted|lonely|happy|happily|simple|average|regular|ordinary|boring|plain|lifelong|life-long|recovering|sober|unemployed|jobless|homeless|childless|child-free|childfree|military|army|navy|marine|registered|licensed|certified|freelance|night[- ]shift|second[- ]generation|first[- ]generation|first[- ]gen|immigrant|solo|foster|adoptive|step|bonus|autistic|adhd|t1d|college|high school|elementary|middle school|er|icu|nicu|er|hospice|travel|pediatric|union|local|just an?|only|\\d{1,2}(?:[- ]?(?:years?[- ]old|yo|y/o|yr[- ]old))?|\\d{1,2}[mf]|mostly|very|newly|recently|freshly|twice[- ]divorced|twice|disabled|former military|tenured|underpaid|overworked|overeducated)';
/** From `least` to `most` of these words in front of a noun. */
export const described = (most: number, least = 0): string => `(?:${describing},? (?:and )?){${least},${most}}?`;

/** "I'm a", "I've been a", or nothing where it is left out; a noun is to follow, see {@link closesFragment}. */
export const iAmA = `(?:${iAm} (?:an? |the |your |one of the |one of those |just an? )?|\\bi(?:'ve| have) been an? |${opening}(?:as )?(?:an? |just an? |one of the )?)`;

/** Nouns for the writer in a list like "Retired teacher, 61, Ohio". */
const describers =
  /\b(?:wom[ae]n|man|guy|dude|girl|gal|lady|mom|dad|mother|father|mama|grandma|grandpa|grandmother|grandfather|widow|widower|teacher|nurse|student|retired|retiree|married|divorced|separated|single|engineer|cook|cop|trucker|driver|welder|farmer|veteran|vet|mechanic|electrician|plumber|librarian|lawyer|attorney|accountant|developer|artist|writer|bartender|waitress|server|paramedic|firefighter|carpenter|bookkeeper|cashier|manager|programmer|therapist|social worker|unemployed|disabled|stay[- ]at[- ]home|homemaker|self[- ]employed|adoptee|native|latin[ao]|american|\d\d ?[mf]|male|female|queer|trans|gay|lesbian|christian|catholic|muslim|jewish|never)\b/i;

/** Whether a sentence begins with a list that describes the writer: short pieces without a subject or a verb. */
export function isProfile({ text }: Sentence): boolean {
  const [first = '', second] = text.split(/[,;|/.]/);
  return (
    second !== undefined &&
    first.split(' ').length <= 6 &&
    describers.test(first) &&
    !/\b(?:the|a|an|my|your|his|her|their|our|this|that|these|is|was|are|were|he|she|they|you|who|has|had|said|not|no|when|if|every|some|dear|hey)\b/i.test(
      first,
    ) &&
    !/^ ?(?:was|is|has|had|said|of|died|and (?:his|her)|who|whose|told|where)\b/i.test(second) &&
    !/\b(?:was|were) (?:arrested|found|killed|charged|hired|named)\b|\b(?:arrested|charged|convicted)\b/i.test(text)
  );
}

/** What ends a noun that stands as a sentence of its own: "Widow here", "Retired teacher from Ohio." */
const fragmentEnd =
  /^(?: ?(?:[.,;!?:)(/–—&-]|$|\.\.)| (?:here|life|out of|checking in|since|and (?:i|i'm|a|still|proud|a proud|mother|father|mom|dad|tired|first)|in|at|from|of|to|with|for|by (?:day|trade)|on|now|who|turned|living|working|over here|again|lol|\d+ years?|one|two|three|four|five|six|seven|eight|nine|ten)\b)/i;
/** A finite verb after such a noun makes it the subject of a sentence about somebody: "Nurse at the clinic was rude." */
const finite =
  /^[^.,;:!?()]{0,60}?\b(?:was|is|are|were|said|says|told|tells|asked|asks|gave|has|had|did|does|will|wants?|deserves?|should|needs?|makes?|gets?|got|walks?|walked|comes?|came|looks?|called|calls|who plays|arrested)\b/i;

/** Whether a noun that may stand without "I'm a" is a statement about the writer; with a first person in it, it is. */
export function closesFragment({ text }: Sentence, match: RegExpExecArray): boolean {
  if (/^\W*(?:i|i'm|im|i've|me|we|we're|my|our)\b/i.test(match[0])) return true;
  const rest = text.slice(match.index + match[0].length, match.index + match[0].length + 80);
  return fragmentEnd.test(rest) && !finite.test(rest.replace(/(?:\b(?:i|we|me|my|i'm|i've)\b|(?<=.{4}) and ).*$/i, ''));
}
