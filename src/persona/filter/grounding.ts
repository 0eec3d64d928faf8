import { canonicalJson } from '../../core/canonical-json.js';
import { fold, words } from '../../text/tokens.js';
import { numberOf } from '../evidence/numbers.js';
import type { History } from '../history.js';
import type { Claim } from '../narrative-persona.js';

/** Characters around a span in which the words of a statement may stand. */
const windowCharacters = 80;
/** Share of a statement's key words that must stand there. */
const leastShare = 0.5;

/** Words of statements that say nothing that a post could confirm. */
const generic = new Set(
  'a an the and or of in at on to for from with about near by as is are was were be been has have had does do goes go lives live works work writes often their his her who that this it person years old currently'.split(
    ' ',
  ),
);
/** A span that says these does not support a statement that does not. */
const reversing = /\b(?:not|never|no longer|used to|wish|wisht|if i were)\b|n't\b/i;

/**
 * Whether a claim stands on its span: the span lies inside a post of the person, and either the embedded reader makes the
 * same claim from it (`known`, claims as canonical JSON), or at least half of the key words of the statement, and every
 * number in it, occur in the span or next to it, without a negation that the statement does not have.
 */
export function isGrounded(
  claim: Claim,
  posts: ReadonlyMap<string, History['posts'][number]>,
  known: ReadonlySet<string>,
): boolean {
  const { statement, source } = claim;
  const post = posts.get(source.post);
  if (!post || source.start >= source.end || source.end > post.text.length) return false;
  if (known.has(canonicalJson(claim))) return true;

  const span = post.text.slice(source.start, source.end).replaceAll('’', "'");
  if (reversing.test(span) && !reversing.test(statement)) return false;
  const around = post.text.slice(Math.max(0, source.start - windowCharacters), source.end + windowCharacters);
  const near = words(`${around} ${post.date ?? ''}`).map(({ text }) => fold(text));
  const key = words(statement)
    .map(({ text }) => fold(text))
    .filter((word) => !generic.has(word));
  if (key.length === 0) return false;
  const numbers = key.filter((word) => numberOf(word) !== undefined && word !== 'one');
  if (
    !numbers.every((word) =>
      near.some((other) => numberOf(other) === numberOf(word) || other.split('-').includes(word)),
    )
  )
    return false;
  return key.filter((word) => near.some((other) => isSameWord(word, other))).length / key.length >= leastShare;
}

/** Equal up to the ending: "welding" and "welder", "runs" and "run", "bakery" and "baker". */
function isSameWord(a: string, b: string): boolean {
  const [x, y] = [stemOf(a), stemOf(b)];
  return x === y || (x.length > 4 && y.length > 4 && x.slice(0, 5) === y.slice(0, 5));
}

const stemOf = (word: string): string => word.replace(/(?<=.{3})(?:'s|ings?|ed|ers?|e?s|e)$/, '');
