import type { Occupations } from './lexicons.js';
import { assertedMatches, claimAt, firstGroup, iAm, latest, mentionsAny, phrase, triggerWords } from './reading.js';
import type { Cue, Sentence } from './reading.js';

type Status = 'employed' | 'unemployed' | 'not in labor force';

interface Rule {
  readonly pattern: RegExp;
  readonly value: Status;
  readonly status: 'stated' | 'inferred';
  /** `{1}` stands for the first group, in lower case, with `a` or `an` before it where the statement says `a {1}`. */
  readonly statement: string;
  /** What makes the match say something else. */
  readonly except?: RegExp;
}

const quality =
  /\b(?:terrible|good|bad|great|lousy|horrible|decent|slow|fast|better|natural|mean|amateur|armchair|future|aspiring|wannabe|hobby|frustrated|failed|former|ex|retired|certified|licensed|born|backyard|regular|real|secret|would-be)\b/i;
const ended =
  /\b(?:retired|former|ex-?|used to|laid|quit|last day|old job|years ago|was|were|student|future|wannabe)\b/i;

const otherTriggers =
  'work working works teach own run drive haul self job hired shift boss coworker coworkers supervisor manager paycheck crew foreman clients commute clock unemployed unemployment jobless hunting laid fired go let lost applications resumes retired retirement home housewife homemaker mom dad disability ssdi ssi security draw';

/** Employment status and occupation, where the writer tells of them. */
export function employmentReader(occupations: Occupations): (all: readonly Sentence[]) => Cue[] {
  const rules = rulesFor(occupations);
  const triggers = triggerWords(occupations.titles, occupations.workplaces, occupations.fields, otherTriggers);
  return (all) =>
    all
      .filter((sentence) => mentionsAny(sentence, triggers))
      .flatMap((sentence) => rules.flatMap((rule) => cuesOf(sentence, rule)));
}

function cuesOf(sentence: Sentence, { pattern, value, status, statement, except }: Rule): Cue[] {
  return assertedMatches(sentence, pattern)
    .filter((match) => !except?.test(match[0]))
    .map((match) => ({
      variable: 'employment',
      value,
      order: sentence.order,
      date: sentence.date,
      claim: claimAt(sentence, match, { dimension: 'work', statement: restated(statement, match), status }),
    }));
}

function restated(statement: string, match: RegExpExecArray): string {
  const noun = (firstGroup(match) ?? '').toLowerCase().replace(/\s+/g, ' ');
  return statement
    .replace('{routine}', routineOf(noun))
    .replace('{lost}', /laid/i.test(match[0]) ? 'Was laid off' : 'Lost their job')
    .replace(
      'a {1}',
      /^(?:[aeiou]|hvac|rn\b|er nurse|emt)/.test(noun) && !/^(?:u[a-z]{2}r|uni|ups|ux)/.test(noun)
        ? `an ${noun}`
        : `a ${noun}`,
    )
    .replace('{1}', noun)
    .replace(/\b(?:hvac|emt|rn|cna|it|ups|ux|er|icu|hr|tv|pe)\b/g, (letters) =>
      /works in it|it specialist/i.test(statement + noun) || letters !== 'it' ? letters.toUpperCase() : letters,
    );
}

/** What a passing word about work says. */
function routineOf(noun: string): string {
  if (/^(?:boss|supervisor|manager|foreman)$/.test(noun)) return `Has a ${noun}`;
  if (noun === 'shift') return 'Works shifts';
  if (noun === 'paycheck') return 'Draws a paycheck';
  if (noun === 'commute') return 'Commutes to work';
  return noun === 'clients' ? 'Has clients' : noun === 'crew' ? 'Works with a crew' : 'Has coworkers';
}

/** Longest first, so that "nurse practitioner" is not read as "nurse". */
const oneOf = (titles: readonly string[]): string =>
  [...titles].sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).join('|');

function rulesFor({ titles, ambiguous, workplaces, fields }: Occupations): Rule[] {
  const title = `(${oneOf(titles)})\\b(?!['-])(?! (?:student|school|friend|in training|assistant|joke|mode|voice|trainee|by trade))`;
  const plain = `(${oneOf(titles.filter((t) => !ambiguous.includes(t)))})\\b(?!['-])(?! (?:student|school|friend|in training|joke|mode|voice|trainee|at heart|widow|wife|family))`;
  const adjectives = "(?:[a-z'-]+ ){0,2}?";
  return [
    {
      pattern: phrase(
        `\\bi (?:still |now |currently |mostly )?work (?:\\w+ )?(?:nights |days |part-time |part time |full-time |full time )?as (?:an? )?${adjectives}${title}`,
      ),
      value: 'employed',
      status: 'stated',
      statement: 'Works as a {1}.',
      except: /volunteer/i,
    },
    {
      pattern: phrase(`(?:${iAm}|\\band) an? ${adjectives}${plain}`),
      value: 'employed',
      status: 'stated',
      statement: 'Works as a {1}.',
      except: new RegExp(`${quality.source}|^and`, 'i'),
    },
    {
      pattern: phrase(`\\bas an? ${adjectives}${plain}(?=,? (?:\\w+ ){0,2}?i (?!was|used|wore|had)\\w)`),
      value: 'employed',
      status: 'stated',
      statement: 'Works as a {1}.',
      except: quality,
    },
    {
      pattern: phrase(`\\bmy job as an? ${adjectives}${title}`),
      value: 'employed',
      status: 'stated',
      statement: 'Works as a {1}.',
    },
    {
      pattern: phrase(`(?:\\bi(?:'ve| have) been |^been )an? ${adjectives}${plain} (?:for|since|going on|\\d)`),
      value: 'employed',
      status: 'stated',
      statement: 'Works as a {1}.',
      except: quality,
    },
    {
      pattern: phrase(
        `\\bi (?:still |now |currently )?work (?:\\w+ )?(?:in|at|for) (?:an? |the |our |my |one of the )${adjectives}(${oneOf(workplaces)})\\b(?!['-])`,
      ),
      value: 'employed',
      status: 'stated',
      statement: 'Works at a {1}.',
      except: /volunteer/i,
    },
    {
      pattern: phrase(`\\bi (?:still |now |currently )?work in (?:the )?(${oneOf(fields)})\\b`),
      value: 'employed',
      status: 'stated',
      statement: 'Works in {1}.',
    },
    {
      pattern: phrase(
        "\\bi (?:still |now |currently )?teach (?!sunday|my|him|her|them|myself|you|the (?:kid|dog)|people)(?:[a-z0-9'-]+ )?(kindergarten|(?:first|second|third|fourth|fifth|sixth|seventh|eighth|\\d(?:st|nd|rd|th)) grade(?:rs)?|high school|middle school|math|english|algebra|chemistry|biology|physics|history|science|spanish|french|art|composition|special education|music|civics|social studies|freshman comp|preschool)\\b",
      ),
      value: 'employed',
      status: 'stated',
      statement: 'Teaches {1}.',
    },
    {
      pattern: phrase(
        '\\bi (?:still |now |currently )?(?:run|own) (?:my own|an?|the) (?:\\w+ ){0,2}?(shop|salon|store|restaurant|diner|bakery|company|business|garage|farm|ranch|daycare|food truck|studio|practice|bar|cafe|landscaping business)\\b',
      ),
      value: 'employed',
      status: 'stated',
      statement: 'Runs a {1}.',
    },
    {
      pattern: phrase(
        '\\bi (?:still |now |currently )?(?:drive|haul) (?:for (?:uber|lyft|a living|a trucking company)|an? school bus|a city bus|long haul|over the road|freight|reefer|flatbed)\\b',
      ),
      value: 'employed',
      status: 'stated',
      statement: 'Drives for a living.',
    },
    {
      pattern: phrase("\\bi(?:'m| am) self[- ]employed\\b|\\bi work for myself\\b"),
      value: 'employed',
      status: 'stated',
      statement: 'Is self-employed.',
    },
    {
      pattern: phrase(
        '\\bi (?:still )?work (?:full[- ]time|part[- ]time|two jobs|three jobs|nights|days|weekends|second shift|third shift|graveyard|swing shift|the night shift|night shift|overnights|from home|remote|remotely)\\b',
      ),
      value: 'employed',
      status: 'stated',
      statement: 'Has paid work.',
    },
    {
      pattern: phrase(
        '(?:\\bi |^)(?:just |finally )?(?:started|start|got) (?:my|a|the|this) new job\\b|^new job\\b(?! (?:search|hunt|listing|posting|would))|\\bmy (?:new|current|day) job\\b|(?:\\bi |^)(?:just |finally )?got hired (?:at|on|as|by|full)',
      ),
      value: 'employed',
      status: 'stated',
      statement: 'Has a new job.',
    },
    {
      pattern: phrase(
        '(?<!lost |quit |leave |left |from |hate |over )\\bmy (shift|boss|coworkers?|co-workers?|supervisor|manager|paycheck|crew|foreman|clients|commute)\\b(?! (?:was|were|used|back))',
      ),
      value: 'employed',
      status: 'inferred',
      statement: '{routine}.',
      except: ended,
    },
    {
      pattern: phrase(
        '\\b(?:at work|on my shift|off work|got off shift|off shift|my lunch break|on the clock) (?:today|tonight|this morning|yesterday|last night|again)\\b|(?:today|tonight|yesterday) at work\\b',
      ),
      value: 'employed',
      status: 'inferred',
      statement: 'Goes to work.',
    },

    {
      pattern: phrase(
        "\\bi(?:'m|m| am) (?:currently |still |now )?(?:unemployed|out of work|out of a job|between jobs|jobless|job hunting|job-hunting|looking for (?:a job|work|a new job)|on unemployment|collecting unemployment)\\b",
      ),
      value: 'unemployed',
      status: 'stated',
      statement: 'Is out of work.',
    },
    {
      pattern: phrase(
        "(?:\\bi (?:just |recently )?|^|\\bi(?:'ve| have) been )(?:got |was |been )?laid off\\b(?! (?:in|back|once|from that|when|years|twice|of|the))|\\bi (?:just )?(?:lost my job|got let go|got fired)\\b(?! (?:in|back|once|years))",
      ),
      value: 'unemployed',
      status: 'stated',
      statement: '{lost}.',
      except: /was laid/i,
    },
    {
      pattern: phrase(
        '^unemployed,|\\bmy unemployment (?:ran|runs|check|claim|benefits)\\b|\\b(?:sent|filled) out (?:\\w+ ){0,2}?(?:applications|resumes)\\b|\\bday \\d+ of (?:unemployment|no job)',
      ),
      value: 'unemployed',
      status: 'inferred',
      statement: 'Looks for work.',
    },

    {
      pattern: phrase(`${iAm} (?:an? )?(?:\\w+ ){0,2}?retired (?:[a-z'-]+ )?${title}`),
      value: 'not in labor force',
      status: 'stated',
      statement: 'Is a retired {1}.',
    },
    {
      pattern: phrase(`(?:\\bi |^)retired as an? ${adjectives}${title}`),
      value: 'not in labor force',
      status: 'stated',
      statement: 'Is a retired {1}.',
    },
    {
      pattern: phrase(
        `${iAm} (?:(?:fully|semi|newly|long|happily|finally|mostly) )?retired\\b|\\bsince i(?:'ve)? retired\\b|\\b(?:i|i've|i have) been retired\\b|(?:\\bi (?:finally |just |officially )?|^)retired (?:from|in (?:19|20)\\d\\d|last|this|at \\d\\d|at sixty|after|early|two|three|four|five|six|ten|\\d+)|\\bmy retirement (?:party|was|is|check|hobby)|\\bnow that i(?:'m| am) retired|\\bwhen i retired\\b|\\bbefore i retired\\b|\\bi took (?:early )?retirement`,
      ),
      value: 'not in labor force',
      status: 'stated',
      statement: 'Is retired.',
    },
    {
      pattern: phrase(
        "\\bi(?:'m|m| am) (?:now |currently |just )?(?:an? )?(?:\\w+ )?(stay[- ]at[- ]home (?:mom|dad|mother|father|parent|wife)|housewife|homemaker|full-time mom|full-time dad)\\b|\\bas a (stay[- ]at[- ]home (?:mom|dad|mother|father|parent))\\b",
      ),
      value: 'not in labor force',
      status: 'stated',
      statement: 'Is a {1}.',
    },
    {
      pattern: phrase(
        "\\bi(?:'m|m| am) on (?:permanent )?(?:disability|ssdi|ssi)\\b|\\bmy (?:disability|ssdi) (?:check|payment|hearing|benefits|claim)\\b|\\bi (?:went|got|live|been) on disability\\b|\\bi draw (?:disability|my disability|social security)\\b",
      ),
      value: 'not in labor force',
      status: 'stated',
      statement: 'Lives on disability or Social Security.',
    },
    {
      pattern: phrase(
        "\\bi (?:don't|do not) work (?:anymore|any more|right now|outside the home|for pay|now)\\b|\\bi(?:'m|m| am) not working (?:anymore|any more|right now|now|outside the home)\\b|\\bi stay home with (?:the|my|our) (?:kids|baby|babies|boys|girls|children|twins)\\b|\\bi quit (?:my job )?to (?:stay home|take care of|look after|care for) (?:with )?my",
      ),
      value: 'not in labor force',
      status: 'stated',
      statement: 'Does not work for pay.',
    },
  ].map((rule): Rule => ({
    ...rule,
    value: rule.value as Status,
    status: rule.status as Rule['status'],
    statement: rule.statement.replace('{poss}', 'their'),
  }));
}

/** Days after which an unconfirmed loss of a job says nothing about the present. */
const unemploymentDays = 365;

/** The latest status; being out of work counts only while it is recent, and work that is told of later ends it. */
export function settleEmployment(cues: readonly Cue[], lastDate: string | undefined): Cue | undefined {
  const settled = latest(cues);
  if (settled?.value !== 'unemployed') return settled;
  const later = latest(cues.filter(({ value, order }) => value === 'employed' && order > settled.order));
  if (later) return later;
  const confirmed = cues.findLast(({ value }) => value === 'unemployed')!;
  const days = lastDate && confirmed.date ? (Date.parse(lastDate) - Date.parse(confirmed.date)) / 86_400_000 : 0;
  return days > unemploymentDays ? undefined : settled;
}
