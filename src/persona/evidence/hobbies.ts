import type { TaggedWord } from '../../text/tagger.js';
import type { Claim } from '../narrative-persona.js';
import { isRetracted, isSupposed } from './assertion.js';
import { clausesOf, speaksOfOthers, textOf, type Clause } from './clauses.js';
import { hobbyNames, hobbyStatement, type Hobby, type HobbyName } from './hobby-names.js';
import type { CommonWords, LifeLexicon } from './lexicons.js';
import { isBygone } from './own-acts.js';
import { claimOn, type Sentence } from './reading.js';
import { wordIndex } from './word-index.js';

/** A name of a hobby where a clause uses it: words `from` to `to`, half open. */
interface Mention {
  readonly clause: Clause;
  readonly name: HobbyName;
  readonly from: number;
  readonly to: number;
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Verbs before the name of an activity: "started lifting", "learned to swim", "go bowling". */
const engaging = set(
  'love like enjoy adore start begin keep practice practise learn do go take pick teach continue resume prefer join spend get dabble study retire unwind relax host',
);
/** Of these, what may stand before common words as well: "love reading". */
const fond = set('love like enjoy adore prefer');
/** Of these, what may stand before any thing that has no other meaning: "love pickleball". */
const taking = set('love like enjoy adore start begin take learn teach join do host');
/** Of these, what goes on after it was told in the past. */
const beginning = set('start begin take learn join');
/** Verbs with which somebody lets go of it. */
const leaving = set('quit sell leave give cancel lose hate stop drop donate trade');
/** How often, or since when. */
const often =
  /\b(?:every|each|daily|weekly|nightly|always|again|most (?:days|nights|mornings|weekends|evenings)|twice a|\d+ (?:miles|laps|hours|km) a|\d+ (?:times|days|mornings|nights) a|(?:one|two|three|four|five|six|seven) (?:times|days|mornings|nights|evenings) a|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)days|weekends?|since|these days|still|whenever|when(?:ever)? i can|for (?:\d+|\w+) (?:years|yrs|months)|all (?:summer|winter|weekend|day)|(?:first|second|third|last|next|\d+(?:st|nd|rd|th)) (?:\w+ )?(?:marathon|race|5k|10k|tournament|season|class|lesson)|(?:in|to) (?:my|the) free time|to (?:unwind|relax))\b/;
/** What stands behind the name of what a person does with others or has for it. */
const company = set(
  'buddy buddies partner partners group club league team teammates class classes lesson lessons practice session sessions season trip trips gear shoes boots coach night nights guild crew meet tournament collection project projects',
);
/** Words for being taken with something, before its name. */
const takenWith =
  /\b(?:into|hooked on|obsessed with|addicted to|back (?:to|at|into)|big on|crazy about|passionate about|fan of|(?:good|bad|terrible|decent) at|love of|passion for|time for|(?:take|took|taken|taking|picked|pick) up|teaching me|taught me|taught myself|hobby is|hobbies are|hobbies include|hobby:|hobbies:)(?: \w+){0,2} ?$/;

/** What is said of the thing that a person's free time goes to: "fishing is about all I do". */
const isAll =
  /^ ?(?:'s|is|has been|keeps) (?:my|what i|how i|about all i|all i|the only (?:thing|reason|time) i|the best part of my|me)\b/i;

/**
 * What a person does in free time. Stated: with a verb of doing or liking, said of the writer and of now. Inferred: as the
 * writer's own ("my bowling league"), with a word of how often, or told once. One claim a hobby, in the order of the posts.
 */
export function hobbyReader(lexicon: LifeLexicon, common: CommonWords): (all: readonly Sentence[]) => Claim[] {
  const index = wordIndex(hobbyNames(lexicon, common));
  return (all) => {
    const claims = new Map<Hobby, Claim>();
    for (const sentence of all)
      for (const { value, said, start, end } of index.find(sentence))
        for (const name of value.filter(({ hobby }) => !claims.has(hobby))) {
          const status = statusOf(sentence, name, start, end);
          if (status === undefined) continue;
          const claim = { dimension: 'interests', statement: hobbyStatement(name, said), status } as const;
          claims.set(name.hobby, claimOn(sentence, start, end, claim));
          break;
        }
    return [...claims.values()];
  };
}

/** Whether a sentence says that the writer does what it names, or lets it be inferred. */
function statusOf(sentence: Sentence, name: HobbyName, start: number, end: number): Claim['status'] | undefined {
  const clause = clausesOf(sentence).find(({ words }) => words[0]!.start <= start && words.at(-1)!.end >= end);
  if (clause === undefined || clause.verbs.some(({ lemma }) => leaving.has(lemma) || lemma === 'watch'))
    return undefined;
  const from = clause.words.findIndex((word) => word.end > start);
  const to = clause.words.findLastIndex((word) => word.start < end) + 1;
  const mention = { clause, name, from, to };
  if (!isTagged(name.kind, clause.words[to - 1]!)) return undefined;
  if (isSupposed(sentence, start) || isRetracted(sentence, end) || isBygone(sentence.text, start, end))
    return undefined;
  if (isDone(mention)) return 'stated';
  return isOwned(mention) || isOnce(mention) ? 'inferred' : undefined;
}

/** Whether the last word of a name is what the name takes it for: in "how time flies" there is no fly. */
function isTagged(kind: HobbyName['kind'], { pos, text }: TaggedWord): boolean {
  if (kind === 'says') return true;
  if (kind === 'does' || kind === 'did') return pos !== 'DET' && pos !== 'PRON';
  return kind === 'doing' ? !text.endsWith('ings') : pos !== 'VERB' && pos !== 'AUX';
}

/** Whether the writer does it, or likes to. */
function isDone(mention: Mention): boolean {
  const { clause, from, to } = mention;
  const { words, verbs, isOwn, isAsserted } = clause;
  const verb = verbs.at(-1);
  if (!isAsserted || verb === undefined) return false;
  // "My girlfriend is teaching me swing dancing."
  if (!isOwn) return verb.lemma === 'teach' && words[clause.after]?.text === 'me' && from > clause.after;
  return words.slice(from, to).includes(verb) ? isVerb(mention, verb) : isObject(mention, verb);
}

/** The name is the verb of the clause: "I quilt", "I love to fish". */
function isVerb(
  { clause: { words, verbs, isPast, sentence, lead }, name, from, to }: Mention,
  verb: TaggedWord,
): boolean {
  const next = words[to];
  const isOften = often.test(sentence.text.slice(words[0]!.start).toLowerCase());
  const liking = verbs.slice(0, -1).findLast(({ lemma }) => engaging.has(lemma));
  // Orders and lists of things to do have no "I".
  const isSaid =
    words.slice(0, to).some(({ text }) => text === 'i' || (text === 'we' && !name.isCommon)) ||
    (lead === 'and' && !name.isCommon);
  if ((!isSaid && !isOften) || (verbs.length > 1 && liking === undefined) || next?.pos === 'PRON') return false;
  if (name.isCommon && !isBare(next)) return false;
  if (liking !== undefined && name.isCommon && !fond.has(liking.lemma) && !beginning.has(liking.lemma) && !isOften)
    return false;
  if (liking !== undefined) return !isPast || isOften || beginning.has(liking.lemma);
  if (isPast || name.kind === 'did' || verb.text.endsWith('ing'))
    return isOften && (!name.isCommon || name.kind === 'doing');
  const isAlone = from < 3 && /^ ?(?:[.!;,]|$|and\b)/.test(sentence.text.slice(words[to - 1]!.end));
  return name.kind === 'says' || !name.isCommon || isOften || isAlone;
}

/** The name is what the verb takes: "started lifting", "I do jigsaw puzzles", "tore my ACL playing softball". */
function isObject(
  { clause: { words, verbs, isPast, after, sentence }, name, from, to }: Mention,
  verb: TaggedWord,
): boolean {
  const { hobby, kind, isCommon } = name;
  const before = words.slice(0, from);
  if (from < after || speaksOfOthers(before)) return false;
  const next = words[to];
  const isOften = often.test(sentence.text.slice(words[0]!.start).toLowerCase());
  const nearest = words.slice(after, from).findLast(({ pos }) => pos === 'VERB') ?? verb;
  const between = words.slice(words.indexOf(nearest) + 1, from);
  // "I'm starting tai chi in August" is still to come.
  if (nearest.text === 'starting' || nearest.text === 'beginning') return false;
  if (nearest === verb ? !isChain(verbs) : !nearest.text.endsWith('ing')) return false;
  if (between.length > 4 || between.some(({ text }) => /^(?:for|about|like|'s)$/.test(text))) return false;
  if (!(isCommon && !isBare(next)) && takenWith.test(`${textOf(before)} `)) return kind !== 'does';
  if (isPast && nearest === verb && !isOften && !beginning.has(verb.lemma)) return false;
  if (next?.pos === 'NOUN' && !company.has(next.text)) return false;
  if (kind === 'doing')
    return isCommon
      ? isBare(next) && (fond.has(nearest.lemma) || beginning.has(nearest.lemma))
      : engaging.has(nearest.lemma);
  if (kind !== 'thing' && kind !== 'made') return false;
  return hobby.with?.includes(nearest.lemma) === true || (!isCommon && kind === 'thing' && taking.has(nearest.lemma));
}

/** "I try to play", not "I was asked to play". */
const isChain = (verbs: readonly TaggedWord[]): boolean =>
  verbs.length === 1 || verbs.slice(0, -1).some(({ lemma }) => engaging.has(lemma));

/** "I ride every day", not "I ride the bus every day". */
const isBare = (next: TaggedWord | undefined): boolean =>
  next === undefined ||
  (!/^(?:DET|NOUN|PRON|PROPN|ADJ)$/.test(next.pos) && !/^(?:down|up|off|out|away|over|back|that)$/.test(next.text)) ||
  /^(?:every|each|most|all)$/.test(next.text);

/** Something that is told of once, or is going on: "Quilted the last row", "Knitting eight sweaters at once". */
const isOnce = ({
  clause: { words, verbs, isOwn, isAsserted },
  name: { kind, isCommon },
  from,
  to,
}: Mention): boolean =>
  (kind === 'did' || kind === 'doing') &&
  !isCommon &&
  isOwn &&
  isAsserted &&
  words.slice(from, to).includes(verbs.at(-1)!) &&
  words[to]?.text !== 'with';

/** Whether it is spoken of as the writer's own, or as what the writer's time goes to. */
function isOwned({
  clause: { words, isOwn, isAsserted, verbs, sentence },
  name: { kind, isCommon },
  from,
  to,
}: Mention): boolean {
  if (kind === 'says') return /^(?:my|our)$/.test(words[from]!.text) || (isOwn && isAsserted);
  if (kind === 'does' || kind === 'did' || kind === 'made') return false;
  const determiner = words.slice(0, from).findLast(({ pos }) => !/^(?:ADJ|NOUN|ADV|NUM)$/.test(pos))?.text ?? '';
  const isMine = determiner === 'my' || determiner === 'our';
  const next = words[to];
  // "My woodturning club", "looking for a running buddy"
  if (next !== undefined && company.has(next.text) && !speaksOfOthers(words.slice(0, from)))
    return isMine || (determiner === 'a' && isOwn && isAsserted);
  if (isMine && !isCommon && next?.pos !== 'NOUN') return true;
  // "Stickball every spring"
  const isAlone = verbs.length === 0 || verbs[0]!.lemma === 'be';
  if (isOwn && isAsserted && isAlone && from <= 3 && often.test(textOf(words.slice(to)))) return true;
  return from === 0 && !isCommon && isAll.test(sentence.text.slice(words[to - 1]!.end));
}
