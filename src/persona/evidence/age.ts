import type { History } from '../history.js';
import type { AttributeStatus, Claim, Span } from '../narrative-persona.js';
import { agePattern, numberOf } from './numbers.js';
import { assertedMatches, claimAt, firstGroup, iAm, phrase, readSentences } from './reading.js';
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
  "(?![-'\\d])(?!\\.\\d)(?!, ?\\d)(?! and \\d)(?= ?[.,;!?:()~]| ?$| (?:and|but|now|so|with|today|or (?!so\\b|older|younger|thereabouts)|this|next week|next month|who|which|because|years old|years young|yo\\b|y/o|yrs old|for crying|for god|for heaven)| [-–—])";
const soon = '(?:turn(?:ing)?|going to be|gonna be|about to (?:be|turn))';

/** `shift` is added to the number: "I'll be 80 in June" is said at 79. */
const rules: readonly { pattern: RegExp; status: 'stated' | 'inferred'; shift: number }[] = [
  { pattern: phrase(`${iAm} (?:an? |the )?(?:\\w+ )?${age}[- ]years?[- ](?:old|young)`), status: 'stated', shift: 0 },
  { pattern: phrase(`${iAm} ${age}${end}`), status: 'stated', shift: 0 },
  {
    pattern: phrase(
      `\\b(?:as an?|this|speaking as an?|being an?) ${age}[- ]years?[- ]old(?= \\w+,? i\\b|,? i\\b| (?:woman|man|guy|lady|mom|dad|male|female))`,
    ),
    status: 'stated',
    shift: 0,
  },
  {
    pattern: phrase(
      `(?:\\bi(?:'ve| have)? (?:just |finally |recently |officially )?|^(?:just |finally |officially )?)turned ${age}${end.replace('today', '(?:today|yesterday|last|in|on|the)')}(?! in (?:19|20)\\d\\d)(?!.{0,20}\\bago\\b)`,
    ),
    status: 'stated',
    shift: 0,
  },
  {
    pattern: phrase(
      `\\bat (?:age |the age of |the ripe old age of |the grand age of )?${age},? i(?:'m| am|'ve| have| still have| still get| still love| can| can't| cannot| don't| do not| know| feel| find| think| want| need| get| no longer| own| keep)\\b`,
    ),
    status: 'stated',
    shift: 0,
  },
  { pattern: phrase(`\\b(?:at )?my age,? \\(?(?:which is |i'm )?${age}\\b(?!-)`), status: 'stated', shift: 0 },
  { pattern: /\b(?:I|[Mm]e) ?[([](\d\d) ?(?:[MFmf]|yo|years old)?[)\]]/g, status: 'stated', shift: 0 },
  {
    pattern: phrase(
      `\\bi(?:'ll be|'ll turn| will be| will turn| turn|'m ${soon}| am ${soon}) ${age}(?= (?:in|on|next|this|soon|tomorrow|come)\\b)(?! in (?:the|a|\\d))(?! on (?:the|a)\\b)`,
    ),
    status: 'inferred',
    shift: -1,
  },
  {
    pattern: phrase(`\\bi(?:'m| am)? (?:almost|nearly|not quite) ${age}(?= ?[.,;!?)]| ?$| (?:and|but|now|years old))`),
    status: 'inferred',
    shift: -1,
  },
  {
    pattern: phrase(
      `\\bmy ${age}(?:st|nd|rd|th) birthday(?= (?:is|was|party)? ?(?:today|yesterday|last (?:week|weekend|night|month|saturday|sunday|friday)|this past|this morning))`,
    ),
    status: 'stated',
    shift: 0,
  },
  {
    pattern: phrase(
      `\\b(?:celebrated|celebrating|just had) my ${age}(?:st|nd|rd|th) birthday\\b(?!.{0,30}\\bago\\b)(?! (?:in|at|back))`,
    ),
    status: 'stated',
    shift: 0,
  },
  {
    pattern: phrase(
      `\\bmy ${age}(?:st|nd|rd|th) birthday (?:is )?(?:tomorrow|next (?:week|month|saturday|sunday|friday|year)|coming up|is coming|approaching)`,
    ),
    status: 'inferred',
    shift: -1,
  },
];

const bornPattern = phrase(
  '(?:\\bi was |^)born (?:\\w+ ){0,3}?in (?:(?:january|february|march|april|may|june|july|august|september|october|november|december),? (?:of )?)?(19[0-9]{2}|20[01]\\d)\\b',
);
const gradePattern = phrase(
  "(?:\\bmy (7|8|9|10|11|12)th[- ]grade (?:class|homework|math|english|science|biology|history|algebra|geometry|schedule|yearbook)|\\bi(?:'m|m| am) in (?:the )?(6|7|8|9|10|11|12)th grade|\\bi (?:start|started) (7|8|9|10|11|12)th grade (?:today|this|last week|next|tomorrow|on monday)|\\bi(?:'m|m| am) (?:still )?an? (freshman|sophomore|junior) (?:in|at my) high school)",
);
const gradeOf: Readonly<Record<string, number>> = { freshman: 9, sophomore: 10, junior: 11 };
/** People who remember, teach or raise children are not pupils. */
const notPupil =
  /\b(?:remember|years ago|back (?:in|when)|used to|when i was|teach|taught|students?|grading|retired|my (?:kids?|sons?|daughters?|husband|wife|grandkids))\b/i;

/** All age cues of the posts, in order. */
export function ageCues(all: readonly Sentence[]): AgeCue[] {
  const cues: AgeCue[] = [];
  for (const sentence of all) {
    if (!/\d|teen|ty\b|ty-|eleven|twelve/i.test(sentence.text)) continue;
    for (const { pattern, status, shift } of rules)
      for (const match of assertedMatches(sentence, pattern)) add(sentence, match, numberOf(match[1]!), status, shift);
    for (const match of assertedMatches(sentence, bornPattern))
      if (sentence.date !== undefined)
        add(
          sentence,
          match,
          Number(sentence.date.slice(0, 4)) - Number(match[1]),
          'inferred',
          0,
          `Was born in ${match[1]!}.`,
        );
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

  function add(
    sentence: Sentence,
    match: RegExpExecArray,
    number: number | undefined,
    status: AgeCue['claim']['status'],
    shift: number,
    statement?: string,
  ): void {
    const years = (number ?? 0) + shift;
    if (years < 10 || years > 110) return;
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
  const statement = /^Is \d+ years old/.test(claim.statement)
    ? `Was ${years} in ${date!.slice(0, 4)}.`
    : claim.statement;
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
