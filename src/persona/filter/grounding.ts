import { canonicalJson } from '../../core/canonical-json.js';
import type { RandomStream } from '../../core/random.js';
import { fold, words } from '../../text/tokens.js';
import type { EvidenceReader } from '../evidence/evidence.js';
import { numberOf } from '../evidence/numbers.js';
import type { History } from '../history.js';
import type { Claim, Span } from '../narrative-persona.js';

type Posts = ReadonlyMap<string, History['posts'][number]>;

/** What the claims about one person must stand on. */
export interface Grounds {
  readonly posts: Posts;
  /** Claims that the embedded reader makes of the history, as canonical JSON. */
  readonly known: ReadonlySet<string>;
}

/** Reads what the claims about a person must stand on. */
export const groundsOf = (history: History, reader: EvidenceReader): Grounds => ({
  posts: new Map(history.posts.map((post) => [post.id, post])),
  known: new Set(reader.read(history).claims.map((claim) => canonicalJson(claim))),
});

/** Characters around a span, in its sentence, in which further words of a statement may stand. */
const windowCharacters = 80;
/** Share of a statement's key words that must stand there. */
const leastShare = 0.5;

/** Words of statements that say nothing that a post could confirm. */
const generic = new Set(
  'a an the and or of in at on to for from with about near by as is are was were be been has have had do does did goes go holds lives live lived works work worked writes often their his her he she they who that this it person someone people year years old currently'.split(
    ' ',
  ),
);
/** A span that says these does not support a statement that does not. */
const reversing = /\b(?:not|never|no longer|used to|wish|wisht|if i were)\b|n't\b/i;

/**
 * Whether a claim stands on its span: the span lies inside a post of the person, and either the embedded reader makes this
 * very claim of this very span (`known`, claims as canonical JSON), or at least half of the key words of the statement, and
 * every number in it, occur in the sentence of the span, at least one of them in the span itself, without a negation that
 * the statement does not have.
 */
export function isGrounded(claim: Claim, posts: Posts, known: ReadonlySet<string>): boolean {
  const { statement, source } = claim;
  const post = posts.get(source.post);
  if (!post || source.start >= source.end || source.end > post.text.length) return false;
  if (known.has(canonicalJson(claim))) return true;

  const span = post.text.slice(source.start, source.end);
  if (reversing.test(span.replaceAll('’', "'")) && !reversing.test(statement)) return false;
  const key = keyWords(statement);
  if (key.length === 0) return false;
  const inSpan = wordsAt(span);
  const near = [...inSpan, ...wordsAt(sentenceAround(post.text, source)), ...wordsAt(post.date ?? '')];
  if (!key.filter(isNumber).every((word) => near.some((other) => isSameWord(word, other)))) return false;
  const within = (place: readonly string[]): number =>
    key.filter((word) => place.some((other) => isSameWord(word, other))).length;
  return within(inSpan) > 0 && within(near) / key.length >= leastShare;
}

const keyWords = (statement: string): string[] =>
  words(statement)
    .map(({ text }) => fold(text))
    .filter((word) => !generic.has(word));

/** The words of a piece of a post; of those with hyphens also the parts. */
const wordsAt = (text: string): string[] =>
  words(text).flatMap(({ text: word }) => {
    const folded = fold(word);
    return folded.includes('-') ? [folded, ...folded.split('-')] : [folded];
  });

/** The rest of the sentence around a span, cut where the window ends. */
function sentenceAround(text: string, { start, end }: Span): string {
  const before = text.slice(Math.max(0, start - windowCharacters), start);
  const after = text.slice(end, end + windowCharacters);
  return `${before.slice(before.search(/[^.!?\n]*$/))}${text.slice(start, end)}${/^[^.!?\n]*/.exec(after)![0]}`;
}

const isNumber = (word: string): boolean => numberOf(word) !== undefined && word !== 'one';

/** The same number, or equal up to the ending: "welding" and "welder", "runs" and "run", "bakery" and "baker". */
function isSameWord(a: string, b: string): boolean {
  if (isNumber(a)) return numberOf(a) === numberOf(b);
  const [x, y] = [stemOf(a), stemOf(b)];
  return x === y || (x.length > 4 && y.length > 4 && x.slice(0, 5) === y.slice(0, 5));
}

const stemOf = (word: string): string => word.replace(/(?<=.{3})(?:'s|ings?|ed|ers?|e?s|e)$/, '');

/** Tries at a place that does not touch the span of the claim. */
const mostDraws = 20;
/** Longest stretch that a span grows by to end with a word. */
const longestWord = 40;

/**
 * A span of about the same length somewhere else in the same person's posts, widened to whole words: every place is as
 * likely as any other, but none that touches the span given. Undefined where the posts leave no room.
 */
export function randomSpan({ post, start, end }: Span, posts: Posts, random: RandomStream): Span | undefined {
  const length = end - start;
  const places = [...posts.values()];
  const rooms = places.map(({ text }) => Math.max(0, text.length - length + 1));
  const all = rooms.reduce((sum, room) => sum + room, 0);
  if (length <= 0 || all === 0) return undefined;
  for (let draw = 0; draw < mostDraws; draw++) {
    let place = random.below(all);
    const index = rooms.findIndex((room) => {
      if (place < room) return true;
      place -= room;
      return false;
    });
    const { id, text } = places[index]!;
    const span = { post: id, ...wholeWords(text, place, place + length) };
    if (span.post !== post || span.end <= start || span.start >= end) return span;
  }
  return undefined;
}

function wholeWords(text: string, from: number, to: number): Pick<Span, 'start' | 'end'> {
  let [start, end] = [from, to];
  while (start > 0 && from - start < longestWord && isLetter(text[start]!) && isLetter(text[start - 1]!)) start--;
  while (end < text.length && end - to < longestWord && isLetter(text[end]!) && isLetter(text[end - 1]!)) end++;
  return { start, end };
}

const isLetter = (character: string): boolean => /[\p{L}\p{N}\p{Surrogate}]/u.test(character);
