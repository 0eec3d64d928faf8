import type { History } from '../history.js';
import type { AttributeStatus, Claim, Span } from '../narrative-persona.js';
import { agePattern, numberOf } from './numbers.js';
import {
  assertedMatches,
  claimAt,
  firstGroup,
  iAm,
  isProfile,
  matchesOf,
  opening,
  phrase,
  readSentences,
} from './reading.js';
import type { Sentence } from './reading.js';

/** An age in whole years that the posts say or imply. */
export interface StatedAge {
  readonly years: number;
  readonly status: Exclude<AttributeStatus, 'imputed'>;
  readonly source: Span;
}

/** An age cue with its claim and the date of its post. */
export interface AgeCue {
  readonly years: number;
  readonly date: string | undefined;
  readonly claim: Claim;
}

const age = `(${agePattern})`;
/** What may follow a bare "I'm 41": the end of a clause, never a unit, a range, a score or a fraction. */
const end =
  "(?![-'\\d])(?!\\.\\d)(?!, ?\\d)(?! and \\d)(?! ?[-–—] ?\\d)(?!\\/\\d)(?= ?[.,;!?:()~/]| ?$| (?:and|but|now|so|with|from|today|or (?!so\\b|older|younger|thereabouts)|this|next week|next month|who|which|because|going on|lol|haha|yet|already|here\\b|living|looking|trying|starting|working|single|married|divorced|widowed|retired|male|female|[mf]\\b|years old|years young|yo\\b|y/o|yrs old|for crying|for god|for heaven)| [-–—&])(?! and (?:a half|counting) (?!and|now)\\w)";
const soon = '(?:turn(?:ing)?|going to (?:be|turn)|gonna (?:be|turn)|about to (?:be|turn)|hitting)';
const old = '(?:[- ]years?[- ](?:old|young)\\b| ?y/?o\\b| ?yrs? old\\b)';
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

/** `shift` is added to the number: "I'll be 80 in June" is said at 79. */
const rules: readonly { pattern: RegExp; status: 'stated' | 'inferred'; shift: number; profile?: boolean }[] = [
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
  { pattern: phrase(`, ${age}(?= ?[,.;|/]| ?$| and )`), status: 'stated', shift: 0, profile: true },
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
];

/** "The big 4-0" is said of round birthdays; before the day one is a year younger. */
const bigPattern = phrase(
  `(?:\\b(?:i|i'm|i'll|i've|me|just|finally|officially) (?:\\w+ ){0,3}?|${opening})(turn(?:ed|ing)?|hit(?:ting)?|reach(?:ed|ing)?|celebrat(?:ed|ing)) (?:the )?big ([2-9])[- ]?(?:0|oh?)\\b`,
);
const decades = ['twent', 'thirt', 'fort', 'fift', 'sixt', 'sevent', 'eight', 'ninet'];
/** A part of a decade of life, which tells the age where it lies inside one age group. */
const decadePattern = phrase(
  `(?:${iAm} |${opening})(?:\\w+ )?in my (early|mid|middle|late|very early|very late)?[- ]?(?:(${decades.join('|')})ies|'?([2-9])0'?s)\\b(?! (?:in|again))`,
);
/** First ages of the age groups that population tables use. */
const groupStarts = [18, 25, 35, 45, 55, 65, 75];
const year = "('?\\d\\d\\b|(?:19[0-9]|20[012])\\d\\b)(?! (?:hours?|minutes?|weeks?|days?|states|ad\\b|bc\\b))";
/** Years that tell how old the writer is in the year of the post: what was reached at which age. */
const yearRules: readonly { pattern: RegExp; years: number; statement: string }[] = [
  {
    pattern: phrase(
      `(?:\\bi was |\\bas (?:someone|somebody|a (?:person|kid)) |^)born (?:(?!\\d|when)\\w+,? ){0,5}?in (?:(?:january|february|march|april|may|june|july|august|september|october|november|december),? (?:of )?)?${year}`,
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
      `(?:${iAm} |^proud )(?:in |a member of |part of )?(?:the |an? )?(?:hs |high school )?class of ${year}(?! at|,? (?:\\w+ )?(?:university|college))`,
    ),
    years: 18,
    statement: 'Finished high school in {year}.',
  },
];
/** "I was 12 in 1994", "in 1994 I was 12". */
const agedThen = [
  {
    pattern: phrase(`\\bi was (?:only |just |about )?${age}(?: years old)? (?:back )?in ((?:19|20)\\d\\d)\\b`),
    age: 1,
    year: 2,
  },
  { pattern: phrase(`\\bin ((?:19|20)\\d\\d),? (?:when )?i was (?:only |just )?${age}${end}`), age: 2, year: 1 },
];
const reunionPattern = phrase(
  `\\bmy (?:own )?(5|10|15|20|25|30|35|40|45|50|fifth|tenth|fifteenth|twentieth|thirtieth|fortieth|fiftieth)(?:th)?[- ]?(?:year )?high school (?:class )?reunion\\b`,
);
const ordinals: Readonly<Record<string, number>> = {
  fifth: 5,
  tenth: 10,
  fifteenth: 15,
  twentieth: 20,
  thirtieth: 30,
  fortieth: 40,
  fiftieth: 50,
};
const gradePattern = phrase(
  "(?:\\bmy (7|8|9|10|11|12)th[- ]grade (?:class|homework|math|english|science|biology|history|algebra|geometry|schedule|yearbook)|\\bi(?:'m|m| am) in (?:the )?(6|7|8|9|10|11|12)th grade|\\bi (?:start|started) (7|8|9|10|11|12)th grade (?:today|this|last week|next|tomorrow|on monday)|\\bi(?:'m|m| am) (?:still )?an? (freshman|sophomore|junior) (?:in|at my) high school)",
);
const gradeOf: Readonly<Record<string, number>> = { freshman: 9, sophomore: 10, junior: 11 };
/** People who remember, teach or raise children are not pupils. */
const notPupil =
  /\b(?:remember|years ago|back (?:in|when)|used to|when i was|teach|taught|students?|grading|retired|my (?:kids?|sons?|daughters?|husband|wife|grandkids))\b/i;

/** Years from a post's date back to a year that may be written with two digits. */
function yearsSince(written: string, date: string): { year: number; years: number } {
  const now = Number(date.slice(0, 4));
  const digits = written.replace("'", '');
  const short = Number(digits);
  const full = digits.length === 4 ? short : short + (2000 + short <= now ? 2000 : 1900);
  return { year: full, years: now - full };
}

/** An age inside the part of a decade, if that part lies in one age group. */
function ageInDecade(part: string | undefined, start: number): number | undefined {
  const [from, to] = /early/i.test(part ?? '')
    ? [0, 3]
    : /mid/i.test(part ?? '')
      ? [4, 6]
      : /late/i.test(part ?? '')
        ? [7, 9]
        : [0, 9];
  const crosses = groupStarts.some((first) => first > start + from && first <= start + to);
  return crosses ? undefined : start + Math.round((from + to) / 2);
}

/** All age cues of the posts, in order. */
export function ageCues(all: readonly Sentence[]): AgeCue[] {
  const cues: AgeCue[] = [];
  for (const sentence of all) {
    if (!/\d|teen|t(?:y|ies)\b|ty-|eleven|twelve|reunion/i.test(sentence.text)) continue;
    for (const { pattern, status, shift, profile } of rules)
      for (const match of profile && !isProfile(sentence) ? [] : assertedMatches(sentence, pattern))
        add(sentence, match, numberOf(firstGroup(match)!), status, shift);
    for (const match of assertedMatches(sentence, bigPattern))
      add(sentence, match, Number(match[2]) * 10, 'stated', /ed$|^hit$/i.test(match[1]!) ? 0 : -1);
    for (const match of assertedMatches(sentence, decadePattern)) {
      const [part, word, digit] = [match[1], match[2]?.toLowerCase(), match[3]];
      const start = digit === undefined ? (decades.indexOf(word!) + 2) * 10 : Number(digit) * 10;
      const name = match[0].replace(/^.*\bmy /i, '').toLowerCase();
      add(sentence, match, ageInDecade(part, start), 'inferred', 0, `Is in their ${name}.`);
    }
    for (const match of assertedMatches(sentence, reunionPattern)) {
      const passed = ordinals[match[1]!.toLowerCase()] ?? Number(match[1]);
      add(sentence, match, passed + 18, 'inferred', 0, `Finished high school ${passed} years ago.`);
    }
    if (sentence.date !== undefined) addYears(sentence, sentence.date);
  }
  if (cues.length === 0 && !all.some(({ text }) => notPupil.test(text)))
    for (const sentence of all)
      for (const match of assertedMatches(sentence, gradePattern)) {
        const grade = firstGroup(match)!;
        const years = (gradeOf[grade.toLowerCase()] ?? Number(grade)) + 5;
        add(
          sentence,
          match,
          years,
          'inferred',
          0,
          `Goes to school (${/\d/.test(grade) ? `${grade}th grade` : grade}).`,
        );
      }
  return cues;

  function addYears(sentence: Sentence, date: string): void {
    for (const { pattern, years, statement } of yearRules)
      for (const match of assertedMatches(sentence, pattern)) {
        const since = yearsSince(firstGroup(match)!, date);
        add(sentence, match, since.years + years, 'inferred', 0, statement.replace('{year}', String(since.year)));
      }
    for (const { pattern, ...group } of agedThen)
      for (const match of matchesOf(sentence.text, pattern)) {
        const since = yearsSince(match[group.year]!, date);
        const then = numberOf(match[group.age]!)!;
        add(sentence, match, since.years + then, 'inferred', 0, `Was ${then} in ${since.year}.`);
      }
  }

  function add(
    sentence: Sentence,
    match: RegExpExecArray,
    number: number | undefined,
    status: AgeCue['claim']['status'],
    shift: number,
    statement?: string,
  ): void {
    const years = (number ?? 0) + shift;
    if (number === undefined || years < 10 || years > 99) return;
    const text = statement ?? (shift === 0 ? `Is ${years} years old.` : `Is about to turn ${years - shift}.`);
    cues.push({
      years,
      date: sentence.date,
      claim: claimAt(sentence, match, { dimension: 'demographics', statement: text, status }),
    });
  }
}

/** The latest age, stated before inferred. */
export function latestAge(cues: readonly AgeCue[]): AgeCue | undefined {
  const stated = cues.filter(({ claim }) => claim.status === 'stated');
  return (stated.length > 0 ? stated : cues).at(-1);
}

/**
 * The age at the last dated post: a person who was 19 in May 2021 is 22 in September 2024. When the age has moved on, the
 * claim says when it was said ("Was 19 in 2021.").
 */
export function carriedAge(
  { years, date, claim }: AgeCue,
  lastDate: string | undefined,
): { years: number; claim: Claim } {
  const passed = date === undefined || lastDate === undefined ? 0 : wholeYears(date, lastDate);
  if (passed <= 0) return { years, claim };
  const statement = claim.statement
    .replace(/^Is (\d+) years old\.$/, `Was $1 in ${date!.slice(0, 4)}.`)
    .replace(/^Is (in their .*)\.$/, `Was $1 in ${date!.slice(0, 4)}.`);
  return { years: years + passed, claim: { ...claim, statement } };
}

/** Whole years between two ISO dates. */
function wholeYears(from: string, to: string): number {
  const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4));
  return to.slice(5) < from.slice(5) ? years - 1 : years;
}

/**
 * The age that the posts themselves give, in the first person: "I'm 41", "I turned 63", "at 70 I can't", "my 50th birthday
 * was yesterday", a year of birth with the post's date, or a school grade (then it is `inferred`). Where several posts give
 * one, the latest counts, stated before inferred. What is quoted, wished, supposed or said of others is not read.
 */
export function statedAge(history: Pick<History, 'posts'>): StatedAge | undefined {
  const cue = latestAge(ageCues(readSentences(history)));
  return cue && { years: cue.years, status: cue.claim.status, source: cue.claim.source };
}
