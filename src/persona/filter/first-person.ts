/** Verbs that follow a subject in persona texts, third person to first. */
const verbs: Readonly<Record<string, string>> = {
  is: 'am',
  are: 'am',
  was: 'was',
  were: 'was',
  has: 'have',
  have: 'have',
  lives: 'live',
  works: 'work',
  holds: 'hold',
  teaches: 'teach',
  runs: 'run',
  owns: 'own',
  drives: 'drive',
  goes: 'go',
  comes: 'come',
  earns: 'earn',
  turned: 'turned',
  retired: 'retired',
  moved: 'moved',
  graduated: 'graduated',
  dropped: 'dropped',
  left: 'left',
  finished: 'finished',
  got: 'got',
  never: 'never',
};
const verb = Object.keys(verbs).join('|');
const subject = '(?:she|he|they|you|the writer|the author|this person)';
const subjectIs = new RegExp(`\\b${subject}(?:'s| is| are)(?= )`, 'gi');
const nameAndVerb = new RegExp(
  `(^|[.!?]["”']? +|\\n)(?!I |It |This |That |There |What |Who )[A-Z][a-z]+ (${verb}) `,
  'g',
);
const anySubject = new RegExp(`\\b${subject}(?= )`, 'gi');
const furtherVerb = new RegExp(`(?:,? and|,|;| who|:)(?: also)? (?:I )?(${verb})(?= )`, 'g');
const ownVerb = new RegExp(`\\bI (also )?(${verb})\\b`, 'g');

/**
 * Rewrites a text about a person ("She is 41 and lives in Ohio.", "You are ...", "Maria works ...") as if the person wrote
 * it, so that the patterns for first-person posts can read it. Clauses with the same subject become sentences. The result
 * is for patterns, not for readers.
 */
export function inFirstPerson(text: string): string {
  return text
    .replaceAll('’', "'")
    .replace(/(^|[.!?]["”']? +|\n)(?:This is|Meet) (?=an? )/g, '$1I am ')
    .replace(
      /(^|[.!?]["”']? +|\n)(An? \d+-year-old (?:\w+ ){0,3}?(?:woman|man|person))\b(?: wrote these posts)?/g,
      (_, lead: string, who: string) => `${lead}I am ${who.toLowerCase()}`,
    )
    .replace(subjectIs, 'I am')
    .replace(nameAndVerb, (_, lead: string, third: string) => `${lead}I ${verbs[third]!} `)
    .replace(anySubject, 'I')
    .replace(/\b(?:her|his|their|your)\b/gi, 'my')
    .replace(furtherVerb, (_, third: string) => `. I ${verbs[third]!}`)
    .replace(ownVerb, (_, also: string | undefined, third: string) => `I ${also ?? ''}${verbs[third]!}`);
}
