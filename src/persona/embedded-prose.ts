/** Pronouns of a persona; without a known sex, the singular "they". */
export interface Voice {
  readonly subject: string;
  readonly possessive: string;
  readonly isPlural: boolean;
}

/** The pronouns for a value of the variable `sex`. */
export function voiceOf(sex: string | undefined): Voice {
  if (sex === 'female') return { subject: 'she', possessive: 'her', isPlural: false };
  if (sex === 'male') return { subject: 'he', possessive: 'his', isPlural: false };
  return { subject: 'they', possessive: 'their', isPlural: true };
}

/**
 * A predicate in the third person singular, as the statement of a claim has it ("Works as a welder."), made to follow the
 * pronoun: the first verb (and one after "and") agrees, "their" becomes the possessive.
 */
export function predicate(statement: string, { possessive, isPlural }: Voice): string {
  const body = statement.replace(/\.$/, '').replace(/\btheir\b/g, possessive);
  const [verb = '', ...rest] = body.split(' ');
  return [isPlural ? pluralVerb(verb.toLowerCase()) : verb.toLowerCase(), ...rest].join(' ');
}

const irregular: Readonly<Record<string, string>> = { is: 'are', has: 'have', was: 'were', does: 'do', goes: 'go' };

function pluralVerb(verb: string): string {
  if (verb in irregular) return irregular[verb]!;
  if (/(?:ch|sh|ss|x)es$/.test(verb)) return verb.slice(0, -2);
  if (/[^aeiou]ies$/.test(verb)) return `${verb.slice(0, -3)}y`;
  return /[^s]s$/.test(verb) ? verb.slice(0, -1) : verb;
}

/** "a" or "an", by sound: an hour, an 81-year-old, a union. */
export function article(noun: string): 'a' | 'an' {
  if (/^(?:8|11\b|18\b)/.test(noun)) return 'an';
  if (/^(?:uni|use|eu|one\b|ups\b|ux\b)/i.test(noun)) return 'a';
  return /^(?:[aeiou]|hour|honest|heir|HVAC|RN\b)/i.test(noun) ? 'an' : 'a';
}

/** "one", "one and two", "one, two and three". */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)!}`;
}

/** Objects that share one verb: relatives and animals after "has", and things that are loved, disliked or played. */
const sharing: readonly RegExp[] = [
  /^(?:has|have) (?=(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+)? ?(?:daughter|son|child|child?ren|brother|sister|sibling|grand\w+|dog|cat|puppy|kitten)s?$)/,
  /^(?:loves?|enjoys?|dislikes?|(?:believes?|is very fond|are very fond) (?:in|of)|cares? about|(?:is|are) (?:afraid|proud) of|worr(?:y|ies) about) (?=[^,]{1,40}$)/,
  /^plays? (?=(?!in )[^,]{1,30}$)/,
];

/**
 * Merges predicates that begin with the same verb: "has a son", "has a brother" → "has a son and a brother"; "loves the
 * sea", "loves hiking" → "loves the sea and hiking". Order of first appearance.
 */
export function merged(predicates: readonly string[]): string[] {
  const groups = new Map<string, string[]>();
  for (const text of predicates) {
    const verb = sharing.map((pattern) => pattern.exec(text)?.[0]).find((found) => found !== undefined);
    const key = verb ?? text;
    groups.set(key, [...(groups.get(key) ?? []), text.slice(key.length)]);
  }
  return [...groups].map(
    ([key, objects]) => key + listed(objects.filter((object, k) => objects.indexOf(object) === k)),
  );
}

/** Most characters of two predicates in one sentence. */
const longestPair = 90;

/**
 * Sentences of one or two predicates with the subject in front. `also` says which sentences (counted from 0) say "also"
 * where their verb takes it.
 */
export function paired(predicates: readonly string[], subject: string, also: (sentence: number) => boolean): string[] {
  const found: string[] = [];
  for (let k = 0; k < predicates.length; k++) {
    const [first, second] = [predicates[k]!, predicates[k + 1]];
    const joins =
      second !== undefined &&
      first.length + second.length < longestPair &&
      ![first, second].some((text) => / and /.test(text));
    const adverb = found.length > 0 && also(found.length) && !/^(?:is|are|was|were|never) /.test(first) ? ' also' : '';
    found.push(`${subject}${adverb} ${joins ? joined(first, second) : first}.`);
    if (joins) k++;
  }
  return found;
}

/** Two predicates with "and"; a verb that both share is said once. */
function joined(first: string, second: string): string {
  const shared = /^(?:has|have|is|are|plays?) /.exec(first)?.[0];
  const isShort = /^(?:has|have|plays?) /.test(first) || first.split(' ').length <= 3;
  const rest = shared !== undefined && isShort && second.startsWith(shared) ? second.slice(shared.length) : second;
  return `${first}${first.includes(',') ? ', and' : ' and'} ${rest}`;
}

/** First letter large. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const phrases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  sex: { female: 'is a woman', male: 'is a man' },
  race: {
    White: 'is White',
    Black: 'is Black',
    AAPI: 'is Asian American or Pacific Islander',
    'Other race': 'is of another race',
  },
  hispanic: { Hispanic: 'is Hispanic', 'Not Hispanic': 'is not Hispanic' },
  education: {
    'No high school diploma': 'left school without a diploma',
    'High school diploma': 'has a high school diploma',
    'Some college': 'has some college but no degree',
    "Associate's degree": "has an associate's degree",
    "Bachelor's degree": "has a bachelor's degree",
    'Graduate degree': 'has a graduate degree',
  },
  marital_status: {
    married: 'is married',
    widowed: 'is widowed',
    divorced: 'is divorced',
    separated: 'is separated',
    'never married': 'has never married',
  },
  employment: {
    employed: 'has a job',
    unemployed: 'is unemployed',
    'not in labor force': 'is not in the labor force',
  },
};

/** What a value of a variable says about a person, in the third person singular; any variable of any target has a phrase. */
export function attributePhrase(variable: string, value: string): string {
  const known = phrases[variable]?.[value];
  if (known !== undefined) return known;
  if (variable === 'region') return `lives in the ${value}`;
  if (variable === 'household_income') return `has a household income of ${incomeRange(value)} a year`;
  return `belongs to “${value}” by ${variable.replaceAll('_', ' ')}`;
}

const incomeRange = (category: string): string =>
  category
    .replace(/ or less$/, ' or less')
    .replace(/ and above$/, ' or more')
    .replace(/^(\$[\d,]+)-(\$[\d,]+)$/, '$1 to $2');
