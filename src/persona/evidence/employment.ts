import { isPresupposed } from './assertion.js';
import { employmentRules } from './employment-rules.js';
import type { Rule } from './employment-rules.js';
import type { Occupations } from './lexicons.js';
import {
  assertedMatches,
  claimAt,
  closesFragment,
  firstGroup,
  isProfile,
  latest,
  matchesOf,
  mayMatch,
  mentionsAny,
  triggerWords,
} from './reading.js';
import type { Cue, Sentence } from './reading.js';
import { workSignReader } from './work-signs.js';
import type { WorkSign } from './work-signs.js';

const otherTriggers =
  'work working worked works teach teaching own run running drive driving haul self job jobs gig hired promoted promotion raise shift boss coworker coworkers co-worker supervisor manager paycheck crew foreman clients patients customers commute clock employees employer cubicle overtime hr office wfh call sick unemployed unemployment jobless hunting laid fired go let lost applications resumes retired retirement pension home housewife homemaker mom dad parent sahm sahd disability ssdi ssi security draw living income army navy force marines military duty deployed manage supervise manages freelance freelancer employed business company student caregiver straight duty stay promoted sell sold clean fix cut install weld frame framing been do doing bartend nanny code married here there two both tech in layoffs layoff severance ui furloughed canned axe axed sacked boot slip terminated workforce disabled homeschool homeschooling unemployment applications hunt';

/** Employment status and occupation, where the writer tells of them. */
export function employmentReader(occupations: Occupations): (all: readonly Sentence[]) => Cue[] {
  const rules = employmentRules(occupations);
  const triggers = triggerWords(occupations.titles, occupations.workplaces, occupations.fields, otherTriggers);
  const readSigns = workSignReader(occupations);
  return (all) =>
    all.flatMap((sentence) => [
      ...(mentionsAny(sentence, triggers) ? rules.flatMap((rule) => cuesOf(sentence, rule)) : []),
      ...readSigns(sentence).map((sign) => signCue(sentence, sign)),
    ]);
}

const signCue = (sentence: Sentence, { statement, status, start, end }: WorkSign): Cue => ({
  variable: 'employment',
  value: 'employed',
  order: sentence.order,
  date: sentence.date,
  claim: {
    dimension: 'work',
    statement,
    status,
    source: { post: sentence.post, start: sentence.start + start, end: sentence.start + end },
  },
});

function cuesOf(sentence: Sentence, rule: Rule): Cue[] {
  if (!mayMatch(sentence, rule.pattern)) return [];
  const { pattern, value, status, statement, except, fragment, profile, presupposes } = rule;
  const matches = presupposes
    ? matchesOf(sentence.text, pattern).filter((match) => isPresupposed(sentence, match))
    : assertedMatches(sentence, pattern);
  return matches
    .filter(
      (match) =>
        !except?.test(match[0]) && (!fragment || closesFragment(sentence, match)) && (!profile || isProfile(sentence)),
    )
    .filter((match) => value !== 'employed' || (!isOver(sentence.text, match) && !isPronoun(match)))
    .map((match) => ({
      variable: 'employment',
      value,
      order: sentence.order,
      date: sentence.date,
      claim: claimAt(sentence, match, { dimension: 'work', statement: restated(statement, match), status }),
    }));
}

/** Work that is told of as past. */
const isOver = (text: string, { 0: words, index }: RegExpExecArray): boolean =>
  /\b(?:used to|back when|when i was (?:a kid|in (?:college|school|high school)|\d\d|young)|years ago|(?:until|before) (?:i|they|it|we)|in (?:19\d\d|college|high school)|no longer|not anymore|anymore)\b/i.test(
    text.slice(Math.max(0, index - 50), index).replace(/^.*[,;]/, '') +
      text.slice(index, index + words.length + 40).replace(/[,;].*$/, ''),
  ) && !/\b(?:now|still)\b/i.test(text.slice(Math.max(0, index - 16), index + words.length + 10));

/** "I work in it": only in capitals is it a field of work. */
const isPronoun = (match: RegExpExecArray): boolean => firstGroup(match) === 'it' && !/\bit support/i.test(match[0]);

function restated(statement: string, match: RegExpExecArray): string {
  const noun = (firstGroup(match) ?? '').toLowerCase().replace(/\s+/g, ' ').trim();
  const last = (
    (match as readonly (string | undefined)[]).findLast((group) => group !== undefined) ?? ''
  ).toLowerCase();
  return statement
    .replace('{routine}', routineOf(noun))
    .replace('{lost}', /laid/i.test(match[0]) ? 'Was laid off' : 'Lost their job')
    .replace(/\{?a (?:1\}|\{1\})/, `${article(noun)} ${noun}`)
    .replace('{the 1}', noun === '' ? '' : noun)
    .replace('{1}', noun)
    .replace('{last}', last)
    .replace(/ \(\)|(?<=Drives) (?= )/g, '')
    .replace(/\b(?:hvac|emt|rn|cna|it|ups|ux|er|icu|hr|tv|pe)\b/g, (letters) =>
      /works in it|it specialist/i.test(statement + noun) || letters !== 'it' ? letters.toUpperCase() : letters,
    );
}

const article = (noun: string): 'a' | 'an' =>
  /^(?:[aeiou]|hvac|rn\b|er nurse|emt)/.test(noun) && !/^(?:u[a-z]{2}r|uni|ups|ux)/.test(noun) ? 'an' : 'a';

/** What a passing word about work says. */
function routineOf(noun: string): string {
  if (/^(?:boss|supervisor|manager|foreman|employer)$/.test(noun)) return `Has a ${noun}`;
  if (/shift/.test(noun)) return 'Works shifts';
  if (noun === 'paycheck') return 'Draws a paycheck';
  if (noun === 'commute') return 'Commutes to work';
  if (/^(?:clients|patients|customers|employees)$/.test(noun)) return `Has ${noun}`;
  if (noun === 'crew') return 'Works with a crew';
  return /co-?worker/.test(noun) ? 'Has coworkers' : 'Goes to work';
}

/** Days after which an unconfirmed loss of a job says nothing about the present. */
const unemploymentDays = 365;

/** The latest status; being out of work counts only while it is recent, and work that is told of later ends it. */
export function settleEmployment(cues: readonly Cue[], lastDate: string | undefined): Cue | undefined {
  const settled = latest(cues);
  if (settled?.value !== 'unemployed') return settled;
  // A trade ("bartender, 11 years") is kept without a job.
  const later = latest(
    cues.filter(
      ({ value, order, claim: { status, statement } }) =>
        value === 'employed' && order > settled.order && !(status === 'inferred' && statement.startsWith('Works as')),
    ),
  );
  if (later) return later;
  const confirmed = cues.findLast(({ value }) => value === 'unemployed')!;
  const days = lastDate && confirmed.date ? (Date.parse(lastDate) - Date.parse(confirmed.date)) / 86_400_000 : 0;
  return days > unemploymentDays ? undefined : settled;
}
