import { isAsserted, isOwnClause, isRetracted, isSupposed } from './assertion.js';
import type { Sentence } from './reading.js';

/** Past tenses of verbs that people begin a post with, where they leave out "I". */
const irregular = new Set(
  'am ate beat became began bit blew bred chose drank froze lit rang sank shook slid spun swept wound sent paid hid bought broke brought built burnt came caught cut did dove drew drove fed fell felt flew found gave got grew had have hit hung kept knit knew laid learnt led left lost made met put quit ran read rode rewatched said saw set sewed shot signed skied slept sold spent stood stuck swam swung taught thought threw took tore went woke won work wore wrote currently recently mostly always usually trying love want need hoping do drive make teach run own take use wear play build'.split(
    ' ',
  ),
);
const notVerbs =
  /^(?:bed|red|need|seed|feed|speed|wed|shed|weed|hundred|sacred|naked|wedding|king|ring|thing|things|morning|evening|spring|string|wing|nothing|everything|something|anything|during|ceiling|building|sibling|bring|sing|swing|being|unpopular|married|divorced|retired)$/;
/** Words that may stand before such a verb. */
const leading =
  /^(?:just|finally|still|also|back|already|officially|really|only|then|and|but|so|then|never|even|today|yesterday|again|ok|okay|well|ugh|yes|lol|too|now|been|have|currently|recently|mostly|busy|binge|weekends?|out|up|off|successfully|accidentally|once|somehow)$/;

/** What people begin a report of their own doings with, besides a verb. */
const ownOpening =
  /^\W*(?:nothing (?:beats|like|better than)|ready for|happiest|best part of|can't wait for|(?:day|week|month|year|round) \w+ of|(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|half a|a) (?:\w+ )?(?:years|yrs|months|weeks|days|hours|seasons|decades?)(?: straight)? (?:of|in(?:to)?|on|with|at|for|as|behind|post|since|after)|(?:my )?first (?:time|day|week|season|try)|up (?:at|early|late|before)|off to|out (?:on|at|in|for))\b/i;

/**
 * Where the clause that goes on at `index` begins, if it has a verb without a subject there ("Took the kayak out", "been
 * knitting"): people who write so speak of themselves. Otherwise undefined.
 */
export function subjectless({ text }: Pick<Sentence, 'text'>, index: number): number | undefined {
  const near = text.slice(Math.max(0, index - 160), index);
  // The clause may be one of a list: "painting the lake again, watercolors this time".
  return verbAt(near.replace(/^.*[.,;:!?()–—/] ?/, ''), index) ?? verbAt(near.replace(/^.*[.;:!?()–—/] ?/, ''), index);
}

/** Where a clause that ends at `index` begins, if it begins with a verb. */
function verbAt(clause: string, index: number): number | undefined {
  const begins = index - clause.length;
  if (ownOpening.test(clause)) return begins;
  for (const word of clause.toLowerCase().match(/[a-z']+/g) ?? [])
    if (/^(?:been|back|out|off)$/.test(word)) return begins;
    else if (!leading.test(word))
      return irregular.has(word) || (/.(?:ed|ing)$/.test(word) && !notVerbs.test(word)) ? begins : undefined;
  return undefined;
}

const own = /(?:^|[^\p{L}'])(?:i|i'm|im|i've|ive|i'd|i'll|we|we're|we've|we'll|my|our|me|us)(?![\p{L}'])/iu;

/** What is over, or was only once. */
const over =
  /\b(?:used to|as a (?:kid|child|teen|teenager|boy|girl)|when i was|growing up|(?<!\b(?:came|comes?|coming|went|go|goes|going|get|gets|got|gotten|is|was) )back when|back then|back in (?:\d|the (?:day|\d)|high|college|my|19|20)|years ago|in (?:high school|college)|no longer|gave up|anymore|i had(?! to\b)|in (?:19\d\d|200\d)|in (?:my|his|her) (?:teens|twenties|thirties|20s|30s|youth)|came off|(?:before|until) (?:the|my) (?:accident|kids?|divorce|pandemic|surgery|injury|stroke))\b/i;

/** A wish that governs all verbs after it: "I'd love to quit, live on a sailboat ...". */
const wished =
  /\b(?:(?:i|we)(?:'d| would) (?:like|love|rather|kill|give)|(?:want|wanna|hope|hoping|dying|dream\w*|plan|planning) (?:to|of)|someday|one day)\b(?!.*(?:[.;–—]|\b(?:but|so|i'm|i am|i've)\b))/i;

/**
 * Whether something that is named from `start` to `end` of a sentence is part of what the writer does now. The one who does it
 * is looked for before `by`: for a verb that may lack a subject, its end.
 */
export function isOwnAct(sentence: Sentence, start: number, end: number, by = start): boolean {
  const { text } = sentence;
  const before = text.slice(0, start);
  const begins = own.test(before) ? undefined : subjectless(sentence, by);
  return (
    (begins !== undefined ? isOwnClause(sentence, begins) : own.test(before) && isOwnClause(sentence, start)) &&
    (/\bnothing (?:beats|like|better than)\b/i.test(before) || isAsserted(text, start)) &&
    !isSupposed(sentence, start) &&
    !wished.test(before) &&
    !isRetracted(sentence, end) &&
    !isBygone(text, start, end)
  );
}

/** Whether the words around a span tell of another time. */
export const isBygone = (text: string, start: number, end: number): boolean =>
  over.test(text.slice(Math.max(0, start - 60), end + 50)) &&
  !/\b(?:still|now|again|since|these days)\b/i.test(text.slice(Math.max(0, start - 24), end + 30));
