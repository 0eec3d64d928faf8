import type { Sentence } from './reading.js';

/**
 * Words before a match, in its clause, after which it asserts nothing about the writer now: conditions, wishes,
 * comparisons, negations, guesses, other people's words.
 */
const unasserted =
  /(?:n't|\b(?:if|unless|wish(?:es|ed|t)?|pretend\w*|imagin\w+|suppos\w+|(?<!\bi )guess(?:es|ed)?|swears?|swore|insist\w*|convinced|believe[sd]?|accuse[sd]?|as though|like|dream\w*|whether|when|whenever|until|till?|before|once|then|by the time|used to|(?:i|we|he|she|they|you)'d|(?:i |we )?(?:think|thinks|thought)|(?:to|gonna) be|(?<!\bi )(?:says?|said|tells?|told|asks?|asked|claim(?:s|ed)?|goes|announce[sd]?|yell(?:s|ed)?|joke[sd]? that)|someday|not|never|would|could|might|hop(?:e|es|ing)|assum\w+|almost|fake|jok(?:e[sd]?|ing)|some days|i (?:tell|told) (?:my (?:kids|mom|students|doctor|trainer|date)|everyone|people|everybody)|mentally|emotionally|spiritually|deep down|(?:inside|in) (?:of me|my (?:head|mind|heart|soul))|according to|part of me|feel as))\b[^,;:.!?()]{0,24}$/i;

/** Somebody else's words without quotation marks: "she said, I'm ..." and "my brother goes: I'm ...". */
const introduced =
  /\b(?!i )(?:\w+) (?:says?|said|goes|went|replied|replies|answered|yelled|yells|texted|texts|wrote|writes|announced|announces|whispered|be like|was like|is like)(?: (?:to )?(?:me|us|him|her|them))?[,:] ?$/i;

/** Whether what stands at `index` of the sentence is asserted: not under a condition, wish, negation or report. */
export function isAsserted(text: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - 48), index);
  return !unasserted.test(before) && (!introduced.test(before) || /\bi \w+[,:] ?$/i.test(before));
}

/** Taken back in the rest of the sentence or at the start of the next one. */
const retracted =
  /\b(?:(?:just |only )?kidding|jk|not really|yeah,? right|in my (?:dreams|head|mind|own mind|heart|imagination|next life|past life|spare dreams)|i wish|said no ?(?:one|body)|as if|april fools?'?|(?:that's|it's|thats) (?:how|what) (?:it|i) feels?|(?:feels?|felt) (?:like )?it|(?:according to|ask|tell that to) (?:my|the) (?:knees?|back|kids|joints|hips?|body)|at least (?:my|that's|it)|at heart|in (?:spirit|dog years|cat years|internet years|people years)|on the inside|(?:in|for) (?:the|our|this|a) (?:play|musical|skit|game|sims|movie|film|novel|story)|trapped in|not!)(?![\w'])/i;

/** Ends with the name of the one whose words these were: "I'm 41, said my brother." */
const attributed =
  /^[^.!?;]{0,40}?,? (?:says|said|replied|goes|yelled|answered|told) (?:me |us )?(?:my|the|a|our|his|her|he|she|they|[A-Z][a-z]+)\b|^[^.!?;,]{0,40}, (?:my \w+|the \w+|he|she|they|[A-Z][a-z]+) (?:says|said|replied|told (?:me|us|him|her|them)|used to say|always says|likes to say|yelled|announced|answered)(?: to \w+)? ?(?:[.!?]|$)/;

/** Sentences that tell of something made up: plays, games, dreams, costumes, songs, lines of a film. */
const madeUp =
  /\b(?:halloween|(?:my|in) (?:\w+ )?costume|my character|my avatar|my (?:toon|rogue|wizard|cleric|paladin|sim)\b|dressed (?:up )?as|(?:in|for) (?:the|this|our|my) (?:(?:school|church|new|latest|next|current) )?(?:play|musical|skit|sims|novel|short story|screenplay|role|audition)\b|role[- ]?play\w*|cosplay\w*|in (?:my|the|a) (?:\w+ )?dreams?\b|dream(?:ed|t)\b|(?:had|have) (?:this|a|the|that|another) (?:\w+ ){0,2}dream\b|lyrics?|as the (?:song|saying|joke|line) goes|(?:in|from) (?:the|that|this) (?:song|movie|film)|alter ego|in (?:another|a past|a previous|a former|my next|my past|an alternate|a parallel) (?:life|universe|world|reality|timeline)|in an ideal world|writing prompt|opening line|first line|the narrator|first[- ]person|fan ?fic\w*|monologue|(?:fake|burner|dating) profile)/i;

/** Openings that put a whole sentence under a supposition, and those that only sound like it. */
const supposed =
  /^\W*(?:(?:and|but|so|then|well|ok|okay|now|like|say),? )*(?:if|suppose|supposing|assume|assuming|imagine|pretend|what if|let's say|let's pretend|say|picture (?:this|me|it)|were i|had i|should i|wouldn't it|i wish|i dream|one day|someday|when i grow up|by the time|in (?:ten|five|twenty|\d+) years)\b/i;
const politely =
  /^\W*(?:(?:and|but|so|then|well|ok|okay|now),? )*if (?:you|anyone|anybody|people|y'all|it|that|memory|i'm|i am|i)\W?(?: ?(?:are|'re|re|is|'s|does|'ve|have|was|really|must|is|couldn't|can't|haven't|didn't|don't|already|ever|want|be|being|being|to|not|even|anyway|were|only|serves?)){0,4} (?:know|knew|wonder\w*|car(?:e|es|ed|ing)|matters?|ask(?:ing|ed)?|honest|count(?:s|ing)?|helps?|mistaken|curious|interested|tell|told|noticed?|guessed|figured|means?|new|right|correctly|me|sense)\b/i;
/** After these words a sentence comes back from a supposition to what is. */
const returning =
  /[,;.–—-] ?(?:but|though|as it is|in reality|for now|instead|luckily|thankfully|meanwhile|yet|because)\b/i;
/** A sentence that sets up a made-up scene for the next. */
const sceneSetting = /^\W*(?:(?:so|ok|okay|now),? )?(?:imagine|picture|pretend|suppose|let's say|say)\b.{0,40}$/i;

/** Whether a sentence tells of something that is not: a supposition, a dream, a part in a play. Its facts are not the writer's. */
export function isSupposed({ text, previous }: Sentence, index: number): boolean {
  const start = text.slice(0, 120);
  return (
    (supposed.test(start) && !politely.test(start) && !returning.test(text.slice(0, index))) ||
    madeUp.test(text) ||
    (sceneSetting.test(previous.slice(0, 80)) && !/\b(?:explain|tell me|help me)\b/i.test(previous)) ||
    /\b(?:dream(?:ed|t)|had (?:this|a|the) (?:\w+ ){0,2}dream|my character|writing prompt|opening line|in the play|as a joke)\b/i.test(
      previous.slice(0, 160),
    )
  );
}

/** Whether what ends at `end` is taken back afterwards or turns out to be somebody else's words. */
export function isRetracted({ text, next }: Sentence, end: number): boolean {
  const rest = text.slice(end, end + 90);
  return (
    retracted.test(rest) ||
    attributed.test(rest) ||
    /^\W*(?:(?:just|only) )?(?:kidding|jk|not!|not really|i wish|in my dreams|yeah right|as if\b|at least that's|just kidding|or so )/i.test(
      next.slice(0, 30),
    ) ||
    /^(?:says?|said|replied|yelled|was|is|were) (?:my|the|his|her|our|what)\b/i.test(next.slice(0, 24))
  );
}

/** Before a thing that "my" takes for granted: what somebody would become, is compared with or is called. */
const predicate =
  /(?:\b(?:be|being|been|become|becomes|becoming|became|was|were|isn't|wasn't|not|(?:is|'s|are|'re|am|'m) (?:like|basically|practically|not)|call(?:s|ed|ing)? (?:him|her|it|them|my \w+)|marry|meet|find|imagine|pretend\w*|fake|imaginary|future|wish (?:he|she|you|it) (?:was|were)|as if|as) ?)$/i;

/**
 * Whether "my husband" and the like stand for somebody who exists: conditions, negations and wishes leave him in place
 * ("if my husband asks"), while becoming, comparing and naming do not.
 */
export function isPresupposed(sentence: Sentence, match: RegExpExecArray): boolean {
  const { text } = sentence;
  const before = text.slice(Math.max(0, match.index - 40), match.index);
  if (predicate.test(before) || madeUp.test(text)) return false;
  if (/\b(?:is|'s|are) ?$/i.test(before) && !isAsserted(text, match.index)) return false;
  if (/\b(?:some ?day|one day|pretend\w*|imagin\w+|pray\w* for|can't wait (?:to|for)|looking for)\b/i.test(before))
    return false;
  return !retracted.test(text.slice(match.index + match[0].length, match.index + match[0].length + 90));
}

/** Somebody other than the writer as a subject. */
const others =
  /\b(?:he|he's|she|she's|they|they're|you|you're|who|whose|his|her|their|your|someone|somebody|everyone|everybody|people|guys?|(?:my|our|the|a|an|this|that|some|his|her|one|another|these|those|every|each|your|their|\w+'s) (?:(?!i\b|and\b|in\b|at\b|for\b|from\b|so\b|but\b|to\b|of\b)[\w'-]+ ){0,2}?(?:mother|mom|mum|mama|momma|dad|father|parents?|folks|husband|hubby|wife|spouse|partner|boyfriend|girlfriend|bf|gf|fianc[eé]e?|brothers?|sisters?|siblings?|sons?|daughters?|kids?|child|children|boys?|girls?|nephew|niece|cousins?|uncle|aunt|grandma|grandmother|grandpa|grandfather|grandparents|grandson|granddaughter|grandkids|in-laws?|friends?|buddy|bestie|roommates?|coworkers?|co-workers?|colleagues?|boss|manager|neighbou?rs?|landlord|teacher|professor|doctor|dentist|nurse|therapist|student|client|patient|man|woman|lady|guy|dude|stranger|ex|family|actress|actor|character|senator|president|mayor|author|singer|company|team|barber|mailman|dog|cat)s?)\b/gi;
/** Nobody in particular: the next sentence is not about them. */
const anybody = /\b(?:you|your|people|everyone|everybody|someone|somebody|who|guys)\b/gi;
/** The writer as a subject. */
const self = /(?:^|[^\p{L}'])(?:i|i'm|im|i've|ive|i'd|i'll|we|we're|we've|we'll|me)(?![\p{L}'])/giu;
/** A sentence that begins with one of these has somebody else for its subject, written without an article. */
const bareOthers =
  /^\W*(?:neighbou?rs?|coworkers?|boss|roommates?|friends?|buddy|mom|dad|mother|father|grandma|grandpa|sister|brother|cousin|wife|husband|hubby|son|daughter|kids?|boyfriend|girlfriend|bf|gf|teacher|doctor|guy|lady|dude)(?! (?:of|to|here|checking)\b|,)\b|^\W*(?:one of (?:the|my|our))/i;
/** A name in front of a verb. */
const named =
  /^(?!(?:Just|Finally|Still|Also|Now|Recently|Never|Been|Already|Officially|It|This|That|What|Here|There|So|And|But|Well|Then|Yes|Yep|Who|Nobody|Nothing|Today|Yesterday|Everything|Life)\b)[A-Z][a-z]+ (?:is|was|has|just|got|said|says|turned|works|lives|moved|retired)\b/;

/** Before a predicate that belongs to what stands in front of it: "classmates are now engaged". */
const unfinished =
  /\b(?:is|are|was|were|be|been|being|has|have|had|who)\s+(?:(?:\w+ly|now|just|still|also|so|then)\s+)?$/i;

/** Position after the last match of a pattern, 0 without one. */
function lastEnd(text: string, pattern: RegExp): number {
  let end = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text))
    // "I'm a 27 year old guy" is no other.
    if (
      !/(?:\b(?:i'm|im|i am|as|being|like) (?:just |only |also )?)$/i.test(
        text.slice(Math.max(0, match.index - 16), match.index),
      )
    )
      end = match.index + match[0].length;
  return end;
}

/**
 * Whether a predicate without a subject ("divorced four years", "and moved to Oregon") belongs to the writer: the last
 * subject before it is the writer, or there is none and the sentence before is not about somebody else.
 */
export function isOwnClause({ text, previous }: Sentence, index: number): boolean {
  const before = text.slice(0, index);
  if (unfinished.test(before)) return false;
  const other = lastEnd(before, others);
  const own = lastEnd(before, self);
  if (own > other) return true;
  if (other > 0 || bareOthers.test(text) || named.test(text)) return false;
  if (/\b(?:my|our|us|mine)\b/i.test(before)) return true;
  // Only short pieces of a list or an opening may stand before it: "52m, never married, ...".
  if (!isShortPieces(before)) return false;
  if (
    /^\W*the\b|\b(?:it|it's|is|was|are|were|if|that)\b/i.test(before) &&
    !/^\W*(?:it's|its|that's) \w*$|^\W*as it is,/i.test(before)
  )
    return false;
  const about = lastEnd(previous.replace(anybody, ''), others);
  return about === 0 || lastEnd(previous, self) > 0;
}

/** Whether a text is at most six pieces of at most 48 characters, between commas, colons and dashes. */
export function isShortPieces(text: string): boolean {
  let rest = text;
  for (let cuts = 0; ; cuts++) {
    const comma = rest.search(/[,;:]/);
    if (comma < 0 && rest.length <= longestPiece) return true;
    // A piece may hold a dash but no comma: the longest that is possible leaves the fewest for the rest.
    const cut = comma >= 0 && comma <= longestPiece ? comma : lastDash(rest.slice(0, longestPiece + 1));
    if (cuts === mostCuts || cut < 0) return false;
    rest = rest.slice(cut + 1).replace(/^ /, '');
  }
}
const longestPiece = 48;
const mostCuts = 5;
const lastDash = (text: string): number => Math.max(...['-', '–', '—'].map((dash) => text.lastIndexOf(dash)));

/** Relatives that somebody else has: "his wife", "the neighbor's kids", "a friend and her husband". */
const relativesOfOthers =
  /\b(?:his|her|their|your|whose|ex|late|this|that|an?|trophy|\w+'s|\w+s') (?:\w+ )?(?:husband|wife|hubby|missus|spouse|kids|son|daughter|twins|toddler)\b|\b(?:husband|wife) (?:of|material)\b|\b(?:he|they|she|pastor|couple|neighbor|friend|brother|sister|cousin|boss|man|guy|woman|coworker|client) (?:and|has|have|with) (?:his |the |her |\w+ )?(?:wife|husband|kids|twins|children|son|daughter)\b/i;
const aboutOthers =
  /^\W*(?:the|an?|my|our|his|her) (?:\w+ )?(?:neighbor|friend|boss|brother|sister|cousin|uncle|aunt|coworker|couple|pastor|coach|teacher|guy|man|woman|parents|mom|dad)s?\b|^\W*(?:coach|pastor|teacher|professor|boss) (?:has|is|was|had)\b/i;
const told =
  /\b(?:episode|movie|show|season|novel|character|plot|film|book|chapter|pages|detective|album|band|innings|killed|killer|murder\w*|police|suspect|students?|kids these days|kids today)\b/i;

/** Whether "wife" or "kids" without "my" are the writer's: nobody else's household is spoken of. */
export const isOwnHousehold = ({ text, previous }: Sentence): boolean =>
  !relativesOfOthers.test(text) && !aboutOthers.test(text) && !aboutOthers.test(previous) && !told.test(text);
