import type { Occupations } from './lexicons.js';
import { assertedMatches, claimAt, iAm, mentionsAny, phrase, triggerWords } from './reading.js';
import type { Cue, Sentence } from './reading.js';

/** The levels, lowest first. */
export const educationLevels = [
  'No high school diploma',
  'High school diploma',
  'Some college',
  "Associate's degree",
  "Bachelor's degree",
  'Graduate degree',
] as const;
type Level = (typeof educationLevels)[number];

const bachelor =
  "(?:bachelor'?s|bachelors|(?:b\\.?a\\.?|b\\.?s\\.?|bsn)(?= (?:degree|in|from))|undergraduate degree|college degree|four-year degree|undergrad degree)";
const graduate =
  "(?:master'?s|masters|(?:m\\.?a\\.?|m\\.?s\\.?)(?= (?:degree|in|from))|mba|mfa|msw|m\\.?ed\\.?|mdiv|master of \\w+|ph\\.? ?d\\.?|doctorate|j\\.?d\\.?|law degree|graduate degree|medical degree|dnp)";
const associate = "(?:associate'?s|associates|associate degree|two-year degree)";
const got =
  "(?:have|'ve got|got|earned|finished|hold|completed|received|defended|finally got|finally finished|went back and got|went back for and got|took)";
const mine = '(?:an? |my |the |that )';
const done = (degree: string): string =>
  `(?:\\bi |^)(?:already |finally |just )?${got} ${mine}(?:\\w+ )?${degree}(?:\\b|(?<=\\.))(?! (?:student|program|application|in progress))`;
const own = (degree: string): string =>
  `(?<!\\b(?:school|schools|program|programs|apply|applying|studying|study) for )\\bmy ${degree}(?! (?:student|program|application|thesis|classes|coursework|advisor|committee))(?:\\b|(?<=\\.))(?= (?:degree|in|from|is|was|hangs|and|diploma))`;

const rules: readonly { pattern: RegExp; value: Level; status: 'stated' | 'inferred'; statement: string }[] = [
  {
    pattern: phrase(`${done(graduate)}|${own(graduate)}|${done('bar exam')}`),
    value: 'Graduate degree',
    status: 'stated',
    statement: '{degree}.',
  },
  {
    pattern: phrase(
      '\\bi (?:went to|graduated from|finished|got through) (?:law|med|medical|dental|vet|veterinary|graduate|grad) school\\b|\\b(?:after|since) i (?:finished|graduated from) (?:law|med|medical|dental|graduate|grad) school\\b|\\bmy dissertation (?:was|got)',
    ),
    value: 'Graduate degree',
    status: 'stated',
    statement: 'Finished {cue}.',
  },
  {
    pattern: phrase(`${done(bachelor)}|${own(bachelor)}`),
    value: "Bachelor's degree",
    status: 'stated',
    statement: "Holds a bachelor's degree.",
  },
  {
    pattern: phrase(
      '\\bi graduated (?:from )?(?:college|university|nursing school with)\\b|^(?:just |finally )?graduated (?:from )?(?:college|university)\\b|\\b(?:since|after) i (?:graduated|finished) (?:from )?college\\b|\\bi (?:was|am) the first (?:one )?in my family to (?:finish|graduate(?: from)?) college',
    ),
    value: "Bachelor's degree",
    status: 'stated',
    statement: 'Graduated from college.',
  },
  {
    pattern: phrase(
      `${iAm} (?:\\w+ ){0,3}?in (?:law|med|medical|dental|grad|graduate|vet) school\\b|\\bworking on my (?:${graduate})|${iAm} (?:a |an )(?:\\w+ ){0,2}?(?:grad student|graduate student|law student|med student|medical student|phd student|phd candidate|doctoral student)|\\bmy (?:grad|graduate) school (?:classes|program|advisor)|\\bmy dissertation (?:committee|advisor|chapter|defense)`,
    ),
    value: "Bachelor's degree",
    status: 'inferred',
    statement: 'Is in graduate study ({cue}).',
  },
  {
    pattern: phrase(`${done(associate)}|${own(associate)}`),
    value: "Associate's degree",
    status: 'stated',
    statement: "Holds an associate's degree.",
  },
  {
    pattern: phrase(
      '\\bi (?:dropped out of|left|quit|flunked out of) (?:college|university)\\b|\\bi never finished (?:college|my (?:bachelor|degree))|\\b(?:did|had|went|finished|got) (?:about |just )?(?:a|one|two|three|a couple of|a couple) (?:semesters?|years?) (?:of|at) (?:the )?(?:community )?college|\\bi have some college\\b|\\bi did some college\\b',
    ),
    value: 'Some college',
    status: 'stated',
    statement: 'Went to college without finishing.',
  },
  {
    pattern: phrase(
      `${iAm} (?:a |in )(?:[a-z'-]+ ){0,2}?(?:college student|college freshman|college sophomore|college junior|college senior|nursing student|community college|college)(?! (?:professor|teacher|town|instructor|counselor|graduate|grad|kid's))\\b|\\b(?:first|second|third|last) (?:week|day|semester|year) of (?:community )?college(?= (?:and|is|was|today)|[.!,])|\\bmy (?:college classes|community college|dorm|dorm room|roommate at college)\\b|\\bstart(?:ed|ing) (?:classes at the |at the )?(?:community )?college\\b|${iAm} an? (?:freshman|sophomore|junior|senior) (?:at|in college)`,
    ),
    value: 'Some college',
    status: 'inferred',
    statement: 'Goes to college.',
  },
  {
    pattern: phrase(
      "\\bi (?:have|got|earned|finally got) (?:a |my )(?:ged|high school diploma)\\b|\\bmy ged\\b|\\bgot my ged\\b|(?:\\bi |^)(?:barely |finally |just )?graduated (?:from )?(?:vocational )?high school\\b|\\bmy high school diploma\\b|\\bi (?:never went to|didn't go to) college\\b.{0,60}\\bhigh school\\b|\\bi went to vocational high school",
    ),
    value: 'High school diploma',
    status: 'stated',
    statement: '{school}.',
  },
  {
    pattern: phrase(
      "\\bi (?:dropped out of|quit|left) (?:high school|school (?:in|at|after))\\b|\\bi (?:never|didn't|did not) (?:finished?|graduated?(?: from)?|completed?) high school\\b|\\bi (?:went|only went|got) (?:as far as|through|to) the (?:sixth|seventh|eighth|ninth|tenth|eleventh) grade\\b|\\bi quit (?:school )?after the (?:\\w+th) grade|\\bi left school (?:at|after|in)\\b|\\bi (?:never|don't) ha(?:d|ve) a (?:high school )?diploma",
    ),
    value: 'No high school diploma',
    status: 'stated',
    statement: 'Left school before a diploma.',
  },
];

/** "Holds a master's degree", from however it was written. */
function degreeOf(cue: string): string {
  if (/^ma|^m\.?[as]\b|^m\.?s\.?$/i.test(cue)) return "Holds a master's degree";
  if (/^ph|^doc/i.test(cue)) return 'Holds a doctorate';
  if (/^j\.?d|^law|^bar/i.test(cue)) return 'Holds a law degree';
  return /^medical/i.test(cue) ? 'Holds a medical degree' : 'Holds a graduate degree';
}

const statedTriggers = triggerWords(
  'degree college school university bachelor bachelors master masters phd ph doctorate associate associates ged diploma grade student dissertation dorm roommate exam candidate classes graduated ba bs bsn mba mfa msw mdiv jd dnp law med b m d finished',
);

/** Education that the writer tells of, and what a licensed profession needs. */
export function educationReader({ graduate: professions }: Occupations): (all: readonly Sentence[]) => Cue[] {
  const professional = phrase(
    `${iAm} an? (?:[a-z'-]+ ){0,2}?(${professions.join('|')})\\b(?!'s)(?! (?:assistant|tech|technician|school|student|secretary))`,
  );
  const professionTriggers = triggerWords(professions);
  return (all) =>
    all.flatMap((sentence) => [
      ...(mentionsAny(sentence, statedTriggers) ? statedCues(sentence) : []),
      ...(mentionsAny(sentence, professionTriggers) ? assertedMatches(sentence, professional) : [])
        .filter(([match]) => !/\b(?:future|aspiring|wannabe|student)\b/i.test(match))
        .map((match) => {
          const title = match[1]!.toLowerCase();
          const statement = `Trained as ${/^[aeiou]/.test(title) ? 'an' : 'a'} ${title}.`;
          return cueAt(sentence, match, 'Graduate degree', 'inferred', statement);
        }),
    ]);
}

function statedCues(sentence: Sentence): Cue[] {
  if (/\bfor my (?:kids?|son|daughter)\b/i.test(sentence.text)) return [];
  return rules.flatMap(({ pattern, value, status, statement }) =>
    assertedMatches(sentence, pattern).map((match) => {
      const cue = match[0]
        .trim()
        .replace(/^(?:since |after )?(?:i|my|working on my)\b ?/i, '')
        .replace(/^.*\b(?:my|an?|in|from|to|finished) /i, '');
      return cueAt(
        sentence,
        match,
        value,
        status,
        statement
          .replace('{cue}', cue)
          .replace('{degree}', degreeOf(cue))
          .replace('{school}', /ged/i.test(match[0]) ? 'Has a GED' : 'Finished high school'),
      );
    }),
  );
}

function cueAt(
  sentence: Sentence,
  match: RegExpExecArray,
  value: Level,
  status: 'stated' | 'inferred',
  statement: string,
): Cue {
  return {
    variable: 'education',
    value,
    order: sentence.order,
    date: sentence.date,
    claim: claimAt(sentence, match, { dimension: 'demographics', statement, status }),
  };
}

/** The highest level reached, whatever was left unfinished before. */
export function settleEducation(cues: readonly Cue[]): Cue | undefined {
  const rank = ({ value }: Cue): number => educationLevels.indexOf(value as Level);
  return cues.reduce<Cue | undefined>(
    (best, cue) => (best === undefined || rank(cue) > rank(best) ? cue : best),
    undefined,
  );
}
