import type { History } from '../history.js';
import type { AttributeStatus, Claim, Span } from '../narrative-persona.js';
import {
  agedThen,
  bigPattern,
  centuryPattern,
  decadePattern,
  decades,
  gradeOf,
  gradePattern,
  groupStarts,
  notPupil,
  ordinals,
  reunionPattern,
  rules,
  yearRules,
} from './age-rules.js';
import { numberOf } from './numbers.js';
import { assertedMatches, claimAt, firstGroup, isProfile, matchesOf, readSentences } from './reading.js';
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
    if (!/\d|teen|t(?:y|ies)\b|ty-|eleven|twelve|reunion|century/i.test(sentence.text)) continue;
    for (const { pattern, status, shift, profile, with: needed, without } of rules)
      for (const match of profile && !isProfile(sentence) ? [] : assertedMatches(sentence, pattern)) {
        if (needed?.test(sentence.text) === false || without?.test(sentence.text) === true) continue;
        add(sentence, match, numberOf(firstGroup(match)!), status, shift);
      }
    for (const match of assertedMatches(sentence, centuryPattern))
      add(sentence, match, /quarter/i.test(match[0]) ? 25 : 50, 'stated', 0);
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
