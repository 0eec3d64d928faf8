import { agePattern } from './numbers.js';
import { iAm, opening, phrase } from './reading.js';

const age = `(${agePattern})`;
/** What may follow a bare "I'm 41": the end of a clause, never a unit, a range, a score or a fraction. */
const end =
  "(?![-'\\d])(?!\\.\\d)(?!, ?\\d)(?! and \\d)(?! ?[-–—] ?\\d)(?!\\/\\d)(?= ?[.,;!?:()~/]| ?$| (?:and|but|now|so|with|from|today|or (?!so\\b|older|younger|thereabouts)|this|next week|next month|who|which|because|going on|lol|haha|yet|already|here\\b|living|looking|trying|starting|working|single|married|divorced|widowed|retired|male|female|[mf]\\b|years old|years young|yo\\b|y/o|yrs old|for crying|for god|for heaven)| [-–—&])(?! and (?:a half|counting) (?!and|now)\\w)";
const soon = '(?:turn(?:ing)?|going to (?:be|turn)|gonna (?:be|turn)|about to (?:be|turn)|hitting)';
const old = '(?:[- ]years?[- ](?:old|young)\\b| ?y/?o\\b| ?yrs? (?:old|young)\\b)';
/** Before these a number counts something else. */
const units =
  'percent|in|into|deep|for|of|to|out|under|over|above|below|down|up|away|behind|ahead|short|late|at|on|off|hours?|hrs?|minutes?|mins?|weeks?|wks?|days?|months?|mos?|pounds?|lbs?|kg|inch(?:es)?|feet|ft|miles?|km|grand|bucks|dollars?|cents|episodes|pages|st|nd|rd|th|am|pm|point|level|hundred|thousand|million|k|g|x|times|odd|some|something|ish|or|per|the|a|an|dpo|proof|degrees|strong|more|less|minute|hour|day|week|month|page|years? (?:in|into|sober|clean|married|out|at|on|late|away)|and (?:a half|counting|over)|going on|plus|long|tall|wide|high|if|when|until|before';
const weather =
  'sunny|rain\\w*|clear|cloudy|snow\\w*|windy|humid|overcast|degrees|foggy|breezy|muggy|storm\\w*|sleet\\w*|hail\\w*|calm';
const discount = 'tip|coupon|discount|fee|gust|wind|heat|feels|low|high|chance|coupon|code|card|bonus|view|twist';
/** What makes a number a manner of speaking or a guess. */
const unsure =
  '(?:basically|practically|virtually|like|almost|nearly|not|about|around|over|under|probably|apparently|roughly|supposedly|at|than|older|younger|going|turning|become|becoming|with|for|as|to|in)\\b';
const adult =
  '(?:woman|man|guy|girl|lady|mom|dad|mother|father|male|female|gal|dude|grandma|grandpa|person|bachelor|veteran|nurse|teacher)';
const personal =
  'laid off|broke|single|married|divorced|widowed|tired|exhausted|retired|unemployed|male|female|never married|mother|father|mom|dad|childless|child-free|childfree|happy|lonely|bored|caffeinated|engaged|sober|black|white|latina|latino|asian|gay|straight|disabled|living|working|two kids|no kids|one kid|three kids|self-employed|overworked|underpaid';
const shortly =
  '(?= (?:on|next|this|soon|tomorrow|come|later|in (?:january|february|march|april|may|june|july|august|september|october|november|december|the (?:spring|summer|fall|autumn|winter|new year)|(?:a|one|two|three|four|five|six|seven|eight|nine|ten|\\d+|a (?:few|couple(?: of)?)) (?:days?|weeks?|months?)|jan\\b|feb\\b|mar\\b|apr\\b|jun\\b|jul\\b|aug\\b|sept?\\b|oct\\b|nov\\b|dec\\b))\\b)(?! on (?:the (?:dot|inside)|a)\\b)';
const recently =
  '(?:today|yesterday|last (?:week|weekend|night|month|saturday|sunday|friday|monday|tuesday|wednesday|thursday)|this (?:past )?(?:morning|week|weekend|month|past|saturday|sunday|friday)|a (?:few|couple(?: of)?) (?:days|weeks) ago|(?:two|three) (?:days|weeks) ago)';
const verbs =
  "(?:i(?:'m| am|'ve| have| still| finally| can| can't| cannot| don't| do| know| feel| find| think| want| need| get| no longer| own| keep| work| live| love| hate| run| make| look| sleep| wake| see| take| go| just| should| prefer| wear| play| teach| drive| walk| swim| ride)|my \\w+ (?:is|are|has|have|hurts?|aches?|don't|doesn't)|it takes me)\\b";

/** A pattern whose first group is an age. */
export interface AgeRule {
  readonly pattern: RegExp;
  readonly status: 'stated' | 'inferred';
  /** Added to the number: "I'll be 80 in June" is said at 79. */
  readonly shift: number;
  /** Whether the sentence must begin with a list about the writer. */
  readonly profile?: boolean;
  /** What the sentence must hold, and what it must not. */
  readonly with?: RegExp;
  readonly without?: RegExp;
}

/** All ways of saying one's age, stated before inferred where several match. */
export const rules: readonly AgeRule[] = [
  {
    pattern: phrase(
      `${iAm} (?:an? |the |your (?:\\w+ )?)?(?:(?!${unsure})\\w+,? ){0,2}?${age}${old}(?! (?:soul|house|car|dog|inside|at heart|at the|in a))`,
    ),
    status: 'stated',
    shift: 0,
  },
  { pattern: phrase(`${iAm} (?:age |aged )?${age}${end}`), status: 'stated', shift: 0 },
  {
    pattern: phrase(
      `(?:^|\\b(?:as|being|speaking as|me,|i,|this) )(?:an? )?(?:\\w+ )?${age}${old}(?= \\w+,? i\\b|,? i\\b| (?:\\w+ ){1,4}here\\b|,? (?:\\w+ )?${adult}(?: here| of \\w+(?: \\w+)?)?(?:,? (?:i|my|me|who)\\b|[.!,]| here)| here\\b)`,
    ),
    status: 'stated',
    shift: 0,
  },
  {
    pattern: phrase(
      `${opening}${age}(?:${old}(?= ?(?:[.,;!)]|$)| (?:and|with|here|today|now|this)\\b)| and (?:still|already|never|counting|a half|proud|single|married|retired|tired|finally|just|back in|I|(?!counting)\\w+ing)\\b|, (?:${personal})\\b)`,
    ),
    status: 'stated',
    shift: 0,
  },
  {
    pattern: phrase(`^(?:\\w+,? ){0,3}?(?:${adult})(?: here)?,? (?:age |aged )?${age}(?= ?[.,;!)]| ?$)`),
    status: 'stated',
    shift: 0,
  },
  {
    pattern: phrase(`, ${age}(?!\\/\\d)(?= ?[,.;|/]| ?$| and (?!up|over|under|older|younger|above)\\w)`),
    status: 'stated',
    shift: 0,
    profile: true,
  },
  { pattern: phrase(`${iAm} an? [^,.;!?]{3,40}, ${age}(?= ?[,.;]| ?$)`), status: 'stated', shift: 0 },
  { pattern: phrase(`\\bwe(?:'re| are) (?:both|all) ${age}${end}`), status: 'stated', shift: 0 },
  { pattern: phrase(`^at ${age}(?= ?[.!])`), status: 'inferred', shift: 0 },
  {
    pattern: phrase(
      `\\b(?:newly|still|suddenly) (?:single|unemployed|divorced|dating|renting) (?:again )?at ${age}\\b|\\bstarting over at ${age}\\b`,
    ),
    status: 'inferred',
    shift: 0,
  },
  { pattern: phrase(`^${age} is (?:way |just |far )?too (?:young|old) (?:for|to)\\b`), status: 'inferred', shift: 0 },
  {
    pattern: phrase(
      `^(?:and |but |so )?at ${age},? (?:they|people|everyone|everybody|the|it|this|nobody|you'd think|you|every|some)\\b(?!.{0,60}\\b(?:was|were|had|did|got|left|went|used to|he|she|his|her)\\b)(?=.{0,60}\\b(?:me|i|my|i'm|i've)\\b)`,
    ),
    status: 'stated',
    shift: 0,
  },
  {
    pattern: phrase(
      `^${age}(?: here\\b|,? (?:and still|male|female|single|married|divorced|widowed|never married|retired)\\b)`,
    ),
    status: 'stated',
    shift: 0,
  },
  {
    pattern: phrase(
      `(?:\\bi(?:'ve| have)? (?:just |finally |recently |officially |also )?|^(?:just |finally |officially |well,? )?)turned ${age}${end.replace('today', `(?:${recently}|last|in|on|the|back in|earlier|a|two|three)`)}(?! in (?:19|20)\\d\\d)(?!.{0,20}\\byears? ago\\b)`,
    ),
    status: 'stated',
    shift: 0,
  },
  {
    pattern: phrase(`\\b(?:i turn|i'm turning|i am turning|turning) ${age} (?:today|tonight)\\b`),
    status: 'stated',
    shift: 0,
  },
  {
    pattern: phrase(
      `(?:^|[.,;:!?-] |\\b(?:and|but|so|because|here i am|that) )at (?:age |the age of |the ripe old age of |the grand age of )?${age},? (?:and \\w+ ?\\w*,? )?${verbs}`,
    ),
    status: 'stated',
    shift: 0,
  },
  {
    pattern: phrase(
      `(?:^|[.,;] )at ((?:6|7|8|9)\\d|(?:sixty|seventy|eighty|ninety)(?:[- ]\\w+)?),? i (?:finally |just )?(?:took up|started|picked up|discovered|learned|joined|decided|signed up)\\b`,
    ),
    status: 'inferred',
    shift: 0,
  },
  { pattern: phrase(`\\bhere i am at ${age}\\b${end}`), status: 'stated', shift: 0 },
  { pattern: phrase(`\\b(?:at )?my age,? \\(?(?:which is |i'm )?${age}\\b(?!-)`), status: 'stated', shift: 0 },
  {
    pattern: phrase(
      `\\bmy (?:\\w+ )?${age}[- ]years?[- ]old (?:body|self|knees?|back|eyes|brain|heart|ass|butt|face|hands|bones|joints|hips?)\\b`,
    ),
    status: 'stated',
    shift: 0,
  },
  { pattern: phrase(`\\bi(?:'m| am) [^.;!?]{0,40}?${age} years of age\\b`), status: 'stated', shift: 0 },
  { pattern: phrase(`\\bi was born (?:[^.;!?\\d]{0,40} )?${age} years ago\\b`), status: 'inferred', shift: 0 },
  { pattern: phrase(`\\bmy age (?:is|being) ${age}${end}`), status: 'stated', shift: 0 },
  {
    pattern: phrase(
      `\\b(?:i've been|i have been) (?:alive|on this (?:earth|planet|rock)|around) (?:for )?${age} years\\b|\\bin (?:all )?(?:of )?my ${age} years (?:on (?:this|earth)|of (?:life|living)|here on|alive)`,
    ),
    status: 'stated',
    shift: 0,
  },
  { pattern: /\b(?:I|[Mm]e|OP),? ?[([](\d\d) ?\/?(?:[MFmf]|yo|y\/o|years old)?[)\]]/g, status: 'stated', shift: 0 },
  { pattern: /\b(?:I|[Mm]e|OP),? ?[([][MFmf] ?\/?(\d\d)[)\]]/g, status: 'stated', shift: 0 },
  { pattern: phrase(`^${age}(?: years old)?${shortly}`), status: 'inferred', shift: -1 },
  // The first of two tags is the writer: "My (29F) boyfriend (31M)".
  { pattern: /\b[Mm]y ?[([](\d\d) ?\/?[MFmf]?[)\]] (?=[^()\n]{1,40}[([](?:\d\d|[MFmf]))/g, status: 'stated', shift: 0 },
  { pattern: /(?:^|\bi'm )(\d\d) ?\/? ?[MFmf](?= here\b|[,./]|$| from\b)/gi, status: 'stated', shift: 0 },
  {
    pattern: phrase(
      `\\bi(?:'ll be|'ll turn|'ll hit| will be| will turn| turn|'m ${soon}| am ${soon}|'m| am)(?: the big)? ${age}${shortly}`,
    ),
    status: 'inferred',
    shift: -1,
  },
  {
    pattern: phrase(
      `\\bi(?:'m| am)? (?:almost|nearly|not quite|about to be|about to turn|just shy of|a (?:month|few months|week|few weeks|year) (?:shy|short|away) (?:of|from)(?: turning)?|(?:two|three|four|five|six) (?:weeks|months) (?:shy|short|away) (?:of|from)(?: turning)?) ${age}(?= ?[.,;!?)]| ?$| (?:and|but|now|years old|so|with))`,
    ),
    status: 'inferred',
    shift: -1,
  },
  {
    pattern: phrase(
      `\\bmy ${age}(?:st|nd|rd|th) birthday(?= (?:is |was |party |dinner |weekend )*(?:${recently}|was (?:great|fun|perfect|quiet|nice|awesome|amazing|lovely|a bust|wonderful)))`,
    ),
    status: 'stated',
    shift: 0,
  },
  {
    pattern: phrase(
      `\\b(?:today is|it's|its|it is|today's|today was|yesterday was|happy) (?:officially )?(?:my )?${age}(?:st|nd|rd|th) birthday(?: (?:today|to me))?(?= ?[.!,;]| ?$| (?:and|so|to me|today))(?! to (?!me))`,
    ),
    status: 'stated',
    shift: 0,
  },
  {
    pattern: phrase(
      `\\b(?:celebrated|celebrating|just had|celebrate) my ${age}(?:st|nd|rd|th) birthday\\b(?!.{0,30}\\bago\\b)(?! (?:in (?:19|20)|at|back|next|soon|tomorrow|with a trip next))`,
    ),
    status: 'stated',
    shift: 0,
  },
  {
    pattern: phrase(
      `\\bmy ${age}(?:st|nd|rd|th) birthday (?:is )?(?:party )?(?:is )?(?:tomorrow|next (?:week|weekend|month|saturday|sunday|friday|year)|coming (?:up|soon)|is coming|approaching|around the corner|in (?:a|two|three|\\d+|january|february|march|april|may|june|july|august|september|october|november|december)|this (?:coming|saturday|sunday|weekend))`,
    ),
    status: 'inferred',
    shift: -1,
  },
  // "I'm 41" before anything but a unit, a thing that is counted or a place in a sequence.
  {
    pattern: phrase(
      `${iAm} (?:age |aged )?${age}(?![-'\\d/:.%$])(?= [a-z])(?! (?:${units})\\b)(?! (?!always\\b|this\\b|is\\b|was\\b|plus\\b|unless\\b|as\\b|years?\\b|yrs?\\b|yes\\b)\\w+s\\b)(?! (?:years?|yrs?) (?!old|young))`,
    ),
    status: 'stated',
    shift: 0,
  },
  // "52 and grew my first beard", "44 with two teenagers", "33, no kids": a bare number that begins a sentence.
  {
    pattern: phrase(
      `^(?:(?:well|yes|yep|yeah|hi|hey|hello|so|lol|nope|no|ok|and|f|m|male|female|just),? )?${age}(?:(?: and (?!counting|half|a half|so|the|then|i'm not|over|under|up|older|younger|above|below|\\d|${weather})[a-z']+)|(?: with (?:a|an|no|zero|one|two|three|four|five|\\d|my|bad|grown|teen\\w*|small|little) (?!${discount})\\w+)|, (?:and|no|not|with|but|still|just|i|i'm|my|in (?:great|good|bad|terrible)|from|live|based|mom|dad|f|m|male|female)\\b| (?:here|today)(?= ?[.,!]| ?$| (?:and|with|but|from|in)\\b))(?!.{0,40}\\b(?:${weather})\\b)`,
    ),
    status: 'stated',
    shift: 0,
  },
  // The number after who is meant: "Youth pastor here, 28", "someone who is 44", "me at 44", "age: 34".
  {
    pattern: phrase(
      `\\bhere,? \\(?${age}(?= ?[.,;)]| ?$| and\\b)|${opening}age:? ${age}(?= ?[.,;|)]| ?$)|\\b(?:someone|somebody|a (?:guy|man|woman|girl|person|mom|dad)) who(?:'s| is) ${age}${end}(?=.{0,60}\\b(?:i|i'm|my|me)\\b)|(?:^|\\b(?:for|as) (?:an? )?)${age}${old} (?:\\w+ )?(?:me|self)\\b|\\bthis ${age}${old}(?= (?:\\w+ ){0,2}(?:is|can|can't|needs|wants|loves|just|still|has|body|lady|woman|man|guy|girl|mom|dad|grandma|grandpa|nurse|teacher)\\b)`,
    ),
    status: 'stated',
    shift: 0,
  },
  // "Hip replaced at 68 and I'm back", "got my degree at age 50": what has just happened, or is so now, at an age.
  {
    pattern: phrase(
      `\\bat (?:age |the age of |the (?:ripe|tender|young|grand) (?:old )?age of )?${age}(?= ?[.,;!?)]| ?$| (?:and|but|so|with|lol|because|is|feels?|means|sounds?|takes?|hits?|i|it|without)\\b)(?!,? (?:and (?:again|then|at) |percent|he|she|they)\\b)`,
    ),
    status: 'inferred',
    shift: 0,
    with: /\b(?:just|finally|back to|i'm back|still|now|nowadays|these days|today|yesterday|this (?:week|weekend|month|morning|year|spring|summer|fall|winter)|i'm|i am|i've|here i am|(?:dating|parenting|life|living|running|lifting|being|exercise|sleeping|working out|starting over|going back|recovery|my \w+) (?:\w+ ){0,3}at)\b/i,
    without:
      /\b(?:ago|start(?:ed)?|began|was|were|when|used to|died|got married|moved|retired?|retiring|until|plan\w*|hop(?:e|ing)|wish|want|will|going to|gonna|could|eligible|by|social security|medicare|if|would|since|mph|degrees|oven|preheat|bake|closes|opens|game|kickoff|meet(?:ing)?|(?:s?he|they|his|her|their|dad|mom|father|mother|grandma|grandpa|husband|wife|brother|sister|son|daughter|friend|uncle|aunt|neighbor)(?:'s)?)\b/i,
  },
  {
    pattern:
      /^(?:I'm |i'm |im |I am )?(?:[MFmf]\/(\d\d)\b|(\d\d) ?\/ ?[MFmf]\b|(\d\d)[MFmf](?= (?:looking|seeking|single|married|divorced|with|who|i|my|never|trying|just|virgin|living|student|nurse|teacher|gay|straight|bi|lurker|new)\b))/g,
    status: 'stated',
    shift: 0,
  },
  // "Turning 40 in three weeks", "hitting 50 next month", without a subject.
  { pattern: phrase(`${opening}(?:${soon}|about to hit) ${age}${shortly}`), status: 'inferred', shift: -1 },
  {
    pattern: phrase(
      `(?:\\bi (?:just |finally |officially )?|${opening}(?:just |finally |officially )?)(?:hit|reached|became|made it to) ${age}(?= (?:on|today|yesterday|last|this|a few|two)\\b| ?[.!]| ?$)(?! (?:on the|followers|mph))`,
    ),
    status: 'stated',
    shift: 0,
    without:
      /\b(?:followers|miles|mph|pounds|lbs|subs|level|squat|bench|steps|pages|degrees|likes|reps|laps|points?|score|target|goal|total|mark|calories|words|grams|carbs|percent)\b/i,
  },
  {
    pattern: phrase(
      `\\b(?:happy|it's my|today is my|was my|my) ${age}(?:st|nd|rd|th)(?: (?:bday|b-day|birthday))?,? (?:to me|today|was (?:yesterday|last|on)|yesterday|last (?:week|weekend|month|night))\\b`,
    ),
    status: 'stated',
    shift: 0,
  },
  {
    pattern: phrase(
      `\\bmy (?:\\w+ ){1,2}at ${age} (?!was|were|had|did)[a-z]+\\b|\\b(?:single|broke|divorced|unemployed|alone|pregnant|childless|retired|toothless|exhausted|a (?:new|single|first[- ]time) (?:mom|dad|parent)) (?:again )?at ${age}(?= ?[.,!?]| ?$| and\\b)`,
    ),
    status: 'inferred',
    shift: 0,
    without:
      /\b(?:he|she|they|his|her|died|was|were|got|had|first|dad|mom|father|mother|friend|sister|brother|when|by|if|until)\b/i,
  },
];

/** "The big 4-0" is said of round birthdays; before the day one is a year younger. */
export const bigPattern = phrase(
  `(?:\\b(?:i|i'm|i'll|i've|me|just|finally|officially) (?:\\w+ ){0,3}?|${opening})(turn(?:ed|ing)?|hit(?:ting)?|reach(?:ed|ing)?|celebrat(?:ed|ing)) (?:the )?big ([2-9])[- ]?(?:0|oh?)\\b`,
);
/** The decades of life from the twenties on, without their ending. */
export const decades = ['twent', 'thirt', 'fort', 'fift', 'sixt', 'sevent', 'eight', 'ninet'];
/** A part of a decade of life, which tells the age where it lies inside one age group. */
export const decadePattern = phrase(
  `(?:${iAm} |${opening})(?:\\w+ )?in my (early|mid|middle|late|very early|very late)?[- ]?(?:(${decades.join('|')})ies|'?([2-9])0'?s)\\b(?! (?:in|again))`,
);
/** First ages of the age groups that population tables use. */
export const groupStarts = [18, 25, 35, 45, 55, 65, 75];
const year = "('?\\d\\d\\b|(?:19[0-9]|20[012])\\d\\b)(?! (?:hours?|minutes?|weeks?|days?|states|ad\\b|bc\\b))";
/** Years that tell how old the writer is in the year of the post: what was reached at which age. */
export const yearRules: readonly { pattern: RegExp; years: number; statement: string }[] = [
  {
    pattern: phrase(
      `(?:\\bi was |\\bas (?:someone|somebody|a (?:person|kid)) |^(?:was )?)born (?:(?!\\d|when)\\w+,? ){0,5}?in (?:(?:january|february|march|april|may|june|july|august|september|october|november|december),? (?:of )?)?${year}`,
    ),
    years: 0,
    statement: 'Was born in {year}.',
  },
  {
    pattern: phrase(
      `^b\\. ?(?:in )?${year}|^(?:dob|birth year|born):? (?:\\d\\d?\\/\\d\\d?\\/)?${year}|^(?:was )?born ((?:19|20)\\d\\d)\\b|${iAm} an? ('\\d\\d|19\\d\\d) (?:model|vintage)\\b|(?:${iAm} |^)vintage ${year}|\\bi(?:'ve| have) been (?:on this (?:earth|planet|rock)|around|alive) since ${year}`,
    ),
    years: 0,
    statement: 'Was born in {year}.',
  },
  { pattern: phrase(`\\bmy (?:birth year is|year of birth is) ${year}`), years: 0, statement: 'Was born in {year}.' },
  { pattern: phrase(`(?:${iAm} an? |^)('\\d\\d|19\\d\\d|200\\d) baby\\b`), years: 0, statement: 'Was born in {year}.' },
  {
    pattern: phrase(
      `(?:\\bi |^)(?:graduated|finished)(?: from)? (?:high school|hs) (?:back )?(?:in |with the class of )(?:the (?:spring|summer|class) of )?${year}|\\bmy high school class of ${year}|\\bhigh school,? class of ${year}|(?:${iAm} |\\bi was )?(?:in the |the )?class of ${year}(?: at \\w+)? high\\b`,
    ),
    years: 18,
    statement: 'Finished high school in {year}.',
  },
  {
    pattern: phrase(
      `^class of ${year}(?= (?:here|checking in)\\b)|(?:${iAm} |^proud )(?:in |a member of |part of )?(?:the |an? )?(?:hs |high school )?class of ${year}(?! at|,? (?:\\w+ )?(?:university|college))`,
    ),
    years: 18,
    statement: 'Finished high school in {year}.',
  },
];
/** "I was 12 in 1994", "in 1994 I was 12". */
export const agedThen = [
  {
    pattern: phrase(`\\bi was (?:only |just |about )?${age}(?: years old)? (?:back )?in ((?:19|20)\\d\\d)\\b`),
    age: 1,
    year: 2,
  },
  { pattern: phrase(`\\bin ((?:19|20)\\d\\d),? (?:when )?i was (?:only |just )?${age}${end}`), age: 2, year: 1 },
];
/** "My 20-year high school reunion". */
export const reunionPattern = phrase(
  `\\bmy (?:own )?(5|10|15|20|25|30|35|40|45|50|fifth|tenth|fifteenth|twentieth|thirtieth|fortieth|fiftieth)(?:th)?[- ]?(?:year )?high school (?:class )?reunion\\b`,
);
/** Numbers of reunions in words. */
export const ordinals: Readonly<Record<string, number>> = {
  fifth: 5,
  tenth: 10,
  fifteenth: 15,
  twentieth: 20,
  thirtieth: 30,
  fortieth: 40,
  fiftieth: 50,
};
/** School grades of pupils. */
export const gradePattern = phrase(
  "(?:\\bmy (7|8|9|10|11|12)th[- ]grade (?:class|homework|math|english|science|biology|history|algebra|geometry|schedule|yearbook)|\\bi(?:'m|m| am) in (?:the )?(6|7|8|9|10|11|12)th grade|\\bi (?:start|started) (7|8|9|10|11|12)th grade (?:today|this|last week|next|tomorrow|on monday)|\\bi(?:'m|m| am) (?:still )?an? (freshman|sophomore|junior) (?:in|at my) high school)",
);
/** Grades by the names of high school years. */
export const gradeOf: Readonly<Record<string, number>> = { freshman: 9, sophomore: 10, junior: 11 };
/** People who remember, teach or raise children are not pupils. */
export const notPupil =
  /\b(?:remember|years ago|back (?:in|when)|used to|when i was|teach|taught|students?|grading|retired|my (?:kids?|sons?|daughters?|husband|wife|grandkids))\b/i;

/** "I'm officially a quarter century old": 25, and half a one is 50. */
export const centuryPattern = phrase(`${iAm} (?:a )?(?:quarter|half)(?: of)?(?: a)?[- ]century (?:old|young)\\b`);
