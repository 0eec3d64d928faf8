import { tagWords, type TaggedWord } from '../../text/tagger.js';
import { isOwnClause } from './assertion.js';
import type { Sentence } from './reading.js';

/** A stretch of a sentence with at most one group of verbs: "I love to knit | because | it calms me". */
export interface Clause {
  readonly sentence: Sentence;
  /** All words, without the mark or the conjunction that the clause begins with. */
  readonly words: readonly TaggedWord[];
  /** That mark or conjunction; empty at the start of the sentence, and where a new subject begins the clause. */
  readonly lead: string;
  /** Whether it is about the writer: "I", "we", or no subject where people leave out "I" ("Took the kayak out."). */
  readonly isOwn: boolean;
  /** Verbs in order; the last one carries the meaning ("love", "knit"). Auxiliaries only where they stand alone. Empty without any. */
  readonly verbs: readonly TaggedWord[];
  /** Position in `words` behind the verbs; 0 without any. */
  readonly after: number;
  /** Whether the verbs stand in the simple past: "knitted", "was knitting". */
  readonly isPast: boolean;
  /** Whether it tells what is: no negation, condition, wish, order, question, report or intention governs it. */
  readonly isAsserted: boolean;
  /** Whether what was said before puts it under a condition, a wish, a denial or another's word. */
  readonly isUnreal: boolean;
  /** Whether it is itself a wish, an intention, or something given up. */
  readonly isIntended: boolean;
  /** Whether it is a condition itself: "if I had a boat". */
  readonly isConditional: boolean;
}

const known = new WeakMap<Sentence, readonly Clause[]>();

/** The clauses of a sentence in order, cut once. */
export function clausesOf(sentence: Sentence): readonly Clause[] {
  let clauses = known.get(sentence);
  if (clauses === undefined) known.set(sentence, (clauses = parse(sentence)));
  return clauses;
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

const selves = set('i we');
const nominatives = set("i we he she they you it who somebody someone everybody everyone nobody anybody anyone y'all");
const subordinators = set(
  'if unless because since when whenever while although though until till before after whether cause cuz where which who whose that than lest once as like',
);
/** Of these, what needs a pronoun behind it: "since 2011", "as a nurse" and "that boat" begin no clause. */
const ambiguousSubordinators = set('like that as than since before after till until once');
const coordinators = set('and but or so then yet plus & nor');
const conditions = set('if unless whether until till before lest than like');
/** Of these, what governs the clauses that follow as well. */
const suppositions = set('if unless whether');
const negations = set("not n't never no nt cannot hardly barely neither nor without nobody nothing none rarely seldom");
const modals = set("would could should might may can ca must 'd ll 'll will shall wo");
/** Verbs that make of what follows a wish, an intention, a refusal or a fear. */
const unreal = set(
  'wish hope want wanna plan intend dream imagine pretend suppose guess consider refuse avoid forget fail stop quit swear doubt fear hate dread decline need',
);
/** Verbs of speaking and thinking: what others say of us need not be so. */
const reports = set(
  'say tell ask claim think believe announce insist joke write yell call suggest assume argue reply shout know',
);
const pastForms = set('was were did had');

function parse(sentence: Sentence): Clause[] {
  const clauses: Clause[] = [];
  const pieces = cut(corrected(tagWords(uncapitalized(sentence.text))));
  const isQuestion = /\?\W*$/.test(sentence.text);
  pieces.forEach(({ words, lead }, k) => {
    const previous = clauses.at(-1);
    const group = verbGroup(words);
    const telling = words.slice(0, group.verbs.length === 0 ? 3 : group.end);
    const isIntended = isMeant(telling, group);
    const hasSubject = words.slice(0, group.start).some(({ pos }) => /^(?:PRON|NOUN|PROPN)$/.test(pos));
    const isUnreal = previous !== undefined && (isGoverned(lead, previous) || (!hasSubject && goesOn(lead, previous)));
    clauses.push({
      sentence,
      words,
      lead,
      isOwn: isOwn({ words, lead }, group, previous, sentence),
      verbs: group.verbs,
      after: group.end,
      isPast: group.isPast,
      isUnreal,
      isIntended,
      isConditional: conditions.has(lead),
      isAsserted:
        !conditions.has(lead) &&
        !isUnreal &&
        !isIntended &&
        !telling.some(({ text }) => negations.has(text) || modals.has(text)) &&
        !(isQuestion && k === pieces.length - 1),
    });
  });
  return clauses;
}

/** "I wish | I had a boat", "he says | I drink", "I don't think | I snore", "if I win | and buy a boat". */
function isGoverned(lead: string, previous: Clause): boolean {
  const { verbs, isOwn, isAsserted, isUnreal } = previous;
  if (verbs.length === 0) return isUnreal && lead !== '.';
  const wishes = verbs.some(({ lemma }) => unreal.has(lemma)) || suppositions.has(previous.lead) || isUnreal;
  if (/^(?:and|or)$/.test(lead)) return wishes;
  return (
    /^(?:|that|like)$/.test(lead) &&
    (wishes || !isAsserted || (!isOwn && verbs.some(({ lemma }) => reports.has(lemma))))
  );
}

/** "I'd like to sell it all, | live on a boat | and never see an inbox". */
const goesOn = (lead: string, { isUnreal, isIntended }: Clause): boolean =>
  /^(?:,|and|or|then)$/.test(lead) && (isUnreal || isIntended);

/** Whether verbs are wished for or meant for later: "would like to", "going to take up". */
const isMeant = (telling: readonly TaggedWord[], { verbs }: Group): boolean =>
  telling.some(
    ({ text }, k) =>
      text === 'gonna' ||
      text === 'someday' ||
      (text === 'used' && telling[k + 1]?.text === 'to') ||
      (text === 'going' && telling[k + 1]?.text === 'to' && telling[k + 2] !== undefined),
  ) ||
  verbs.slice(0, -1).some(({ lemma }) => unreal.has(lemma)) ||
  // "I'd call myself shy" is meant as said.
  (telling.some(({ text }) => /^(?:would|'d|could|should|might)$/.test(text)) &&
    verbs.some(({ lemma }) => !/^(?:describe|say|call)$/.test(lemma)));

/** A capital letter at the start would make a name of a verb: "Quilted the last row". */
const uncapitalized = (text: string): string =>
  text.replace(/^(\P{L}*)(\p{Lu})(?=\p{Ll}+ \P{Lu})/u, (all, before: string, letter: string) =>
    letter.toLowerCase().length === letter.length ? before + letter.toLowerCase() : all,
  );

/** What the tagger takes for a noun behind a subject is a verb: "I weave", "he fishes". */
const corrected = (words: readonly TaggedWord[]): TaggedWord[] =>
  words.map((word, k) => {
    const previous = words[k - 1]?.pos === 'ADV' ? words[k - 2] : words[k - 1];
    const isVerb =
      /^(?:i|we|he|she|they)$/.test(previous?.text ?? '') &&
      /^(?:NOUN|PROPN|ADJ)$/.test(word.pos) &&
      /^[a-z]+$/.test(word.text);
    return isVerb ? { ...word, pos: 'VERB' } : word;
  });

interface Piece {
  readonly lead: string;
  readonly words: readonly TaggedWord[];
}

/** Cuts words at marks, and where a conjunction or a subject begins another clause. */
function cut(words: readonly TaggedWord[]): Piece[] {
  const pieces: Piece[] = [];
  let [lead, own, hasVerb] = ['', [] as TaggedWord[], false];
  const close = (next: string): void => {
    if (own.length > 0) pieces.push({ lead, words: own });
    [lead, own, hasVerb] = [next, [], false];
  };
  words.forEach((word, k) => {
    const { text, pos } = word;
    const following = words[k + 1];
    const next = words.slice(k + 1).find((one) => one.pos !== 'ADV');
    const isJoint = /^[-'*_#@/]$/.test(text) && following?.start === word.end && words[k - 1]?.end === word.start;
    if ((pos === 'PUNCT' || pos === 'SYM') && !isJoint && !/[\p{L}\p{N}$%&]/u.test(text)) close(text[0]!);
    else if (coordinators.has(text) && hasVerb && next !== undefined && (isFinite(next) || opensClause(words, k + 1)))
      close(text);
    else if (
      subordinators.has(text) &&
      (hasVerb || own.length === 0 || opensClause(words, k + 1)) &&
      following !== undefined &&
      (!ambiguousSubordinators.has(text) || opensClause(words, k + 1) || (text === 'that' && isFinite(following)))
    )
      close(text);
    else {
      if (nominatives.has(text) && pos === 'PRON' && hasVerb && !isObject(word, next)) close('');
      own.push(word);
      hasVerb ||= pos === 'VERB' || pos === 'AUX';
    }
  });
  close('');
  return pieces;
}

/** Whether a subject and a verb follow: "I", or a noun phrase of up to four words with a verb behind it. */
function opensClause(words: readonly TaggedWord[], from: number): boolean {
  const ahead = words.slice(from, from + 6);
  if (ahead[0] === undefined) return false;
  if (nominatives.has(ahead[0].text)) return true;
  const verb = ahead.findIndex(
    ({ pos }, k) => !/^(?:DET|ADJ|NOUN|PROPN|NUM)$/.test(pos) && !(k === 0 && pos === 'PRON'),
  );
  return verb > 0 && verb < 6 && /^(?:DET|PRON|ADJ)$/.test(ahead[0].pos) && isFinite(ahead[verb]!);
}

/** "I read it in a train": a pronoun without a verb behind it. */
const isObject = ({ text }: TaggedWord, next: TaggedWord | undefined): boolean =>
  (text === 'it' || text === 'you') && (next === undefined || !isFinite(next));

const isFinite = ({ pos, text }: TaggedWord): boolean => pos === 'AUX' || (pos === 'VERB' && !text.endsWith('ing'));

/** Verbs of a piece, with the positions in its words that they and their auxiliaries, adverbs and "to" take up. */
interface Group {
  readonly verbs: readonly TaggedWord[];
  readonly start: number;
  readonly end: number;
  readonly isPast: boolean;
}

/** The first group of verbs: auxiliaries, adverbs, "to", and verbs that follow one another ("love to go fishing"). */
function verbGroup(words: readonly TaggedWord[]): Group {
  const start = words.findIndex((word, k) => word.pos === 'AUX' || (word.pos === 'VERB' && !isModifier(words, k)));
  if (start < 0) return { verbs: [], start: words.length, end: 0, isPast: false };
  const verbs: TaggedWord[] = [];
  let end = start;
  for (let k = start; k < words.length; k++) {
    const { pos, text } = words[k]!;
    const isVerb = pos === 'VERB' || (words[k - 1]?.text === 'to' && k > start && (pos === 'NOUN' || pos === 'AUX'));
    if (isVerb) verbs.push(words[k]!);
    if (isVerb || pos === 'AUX') end = k + 1;
    else if (pos !== 'ADV' && pos !== 'PART' && text !== 'to') break;
  }
  if (verbs.length === 0) verbs.push(words[end - 1]!);
  const first = words[start]!;
  const isPast =
    pastForms.has(first.text) || (first.pos === 'VERB' && first.lemma !== first.text && !/(?:ing|s)$/.test(first.text));
  return { verbs, start, end, isPast };
}

/** A participle in front of a noun ("a running buddy") is no verb. */
const isModifier = (words: readonly TaggedWord[], k: number): boolean => {
  const before = words[k - 1];
  return (
    before !== undefined &&
    (/^(?:DET|ADP|ADJ)$/.test(before.pos) || (before.pos === 'PRON' && !nominatives.has(before.text)))
  );
};

/** Whether a clause is about the writer: by its subject or, without one, by the clause it leans on or by those around it. */
function isOwn({ words, lead }: Piece, group: Group, previous: Clause | undefined, sentence: Sentence): boolean {
  const before = words.slice(0, group.start);
  if (group.verbs.length > 0) {
    const subject = before.findLast(({ pos }) => /^(?:PRON|NOUN|PROPN)$/.test(pos));
    if (subject !== undefined)
      return selves.has(subject.text) || /\b(?:and|&) (?:i|me)\b|\b(?:i|me) (?:and|&)\b/.test(textOf(before));
  }
  if (/^(?:who|which|whose|that)$/.test(lead)) return false;
  if (
    previous !== undefined &&
    (previous.verbs.length > 0 || previous.isOwn) &&
    /^(?:|and|but|or|then|yet|plus|&|so|,|nor|because|while|when)$/.test(lead)
  )
    return previous.isOwn;
  return (group.verbs.length > 0 || !speaksOfOthers(words)) && isOwnClause(sentence, words[0]!.start);
}

/** The words of a clause, or of a part of it, with single spaces. */
export const textOf = (words: readonly TaggedWord[]): string => words.map(({ text }) => text).join(' ');

const others =
  /\b(?:he|she|his|her|hers|him|they|their|them|you|your|mom|mum|mother|dad|father|parents|son|sons|daughter|daughters|wife|husband|hubby|brother|sister|brothers|sisters|friend|friends|neighbor|neighbors|coworker|boss|uncle|aunt|cousin|grandma|grandpa|nephew|niece|boyfriend|girlfriend|ex|roommate|girls|boys|children|kids?|people|someone|somebody|anyone|everyone|patients?|students?|clients?|customers?|celebrit\w+|characters?|actors?|players)\b/;

/** Whether words name somebody other than the writer. */
export const speaksOfOthers = (words: readonly TaggedWord[]): boolean => others.test(textOf(words));

const first = /^(?:i|we|my|our|me|us|mine|myself)$/;

/**
 * Whether a clause that tells what is speaks of nobody but the writer: by its subject, or by a word like "my" in it or in a clause that
 * it leans on ("Sciatica's got me typing from the floor").
 */
export function isAboutSelf(clause: Clause): boolean {
  const { sentence, words, isOwn, isUnreal } = clause;
  if (isUnreal || speaksOfOthers(words)) return false;
  if (words.some(({ text }) => first.test(text))) return true;
  const beside = clausesOf(sentence).filter((one) => !one.isUnreal && one.words.some(({ text }) => first.test(text)));
  return isOwn && (clause.verbs.length > 0 || beside.length > 0);
}
