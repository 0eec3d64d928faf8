import { assertedMatches, claimAt, iAm, mentionsAny, phrase, triggerWords } from './reading.js';
import type { Cue, Sentence } from './reading.js';

const hispanic =
  'hispanic|latina|latino|latinx|chicana|chicano|mexican|mexican[- ]american|puerto rican|cuban|cuban[- ]american|dominican|salvadoran|guatemalan|honduran|colombian|venezuelan|peruvian|ecuadorian|boricua|tejano|tejana';
const asian =
  'asian|asian[- ]american|chinese|chinese[- ]american|japanese[- ]american|korean|korean[- ]american|vietnamese|vietnamese[- ]american|filipino|filipina|filipino[- ]american|hmong|cambodian|laotian|taiwanese|taiwanese[- ]american|south asian|indian[- ]american|pakistani|pakistani[- ]american|bangladeshi|thai|native hawaiian|samoan|pacific islander|nepali|japanese';
const black =
  'black|african[- ]american|haitian|haitian[- ]american|nigerian|nigerian[- ]american|jamaican|somali|ethiopian|ghanaian';
const native =
  'native american|navajo|diné|cherokee|lakota|ojibwe|anishinaabe|choctaw|chickasaw|creek|apache|hopi|pueblo|alaska native|yupik|inupiaq|tlingit|enrolled member|biracial|mixed race|multiracial|blackfeet|crow|comanche|ho-chunk|menominee|lumbee|seminole|osage';
const person =
  '(?: (?:woman|man|guy|girl|lady|dude|mom|dad|mother|father|person|male|female|american|gal|kid|boy|grandmother|grandfather|family|folks))';
/** What may follow a bare "I'm black": the end of the clause. */
const end = '(?= ?[.,;!?)~]| ?$| (?:and|but|so|on|by|from|if|too|myself|grew)\\b)(?! and blue)';

const groups: readonly { words: string; variable: 'race' | 'hispanic'; value: string }[] = [
  { words: hispanic, variable: 'hispanic', value: 'Hispanic' },
  { words: asian, variable: 'race', value: 'AAPI' },
  { words: black, variable: 'race', value: 'Black' },
  { words: 'white|caucasian', variable: 'race', value: 'White' },
  { words: native, variable: 'race', value: 'Other race' },
];

/** Longest first, so that "Vietnamese American" is not cut to "Vietnamese". */
const longestFirst = (words: string): string =>
  words
    .split('|')
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
    .join('|');

const rules = groups
  .map((group) => ({ ...group, words: longestFirst(group.words) }))
  .flatMap(({ words, variable, value }) => [
    {
      pattern: phrase(
        `${iAm} (?:half |part |full |a proud |proud |an? |an enrolled |the only |the one |one of the few )?(?:(?!white as)(${words}))(?:${end}|${person})`,
      ),
      status: 'stated' as const,
      variable,
      value,
      statement: 'Is {group}.',
    },
    {
      pattern: phrase(
        `(?:\\b(?:as|being) (?:an? |the only )|${iAm} (?:an? |the only )(?:[a-z'-]+ ){0,3}?)(?:[a-z0-9'-]+ ){0,1}?(${words})${person}(?! of mine)`,
      ),
      status: 'stated' as const,
      variable,
      value,
      statement: 'Is {group}.',
    },
    {
      pattern: phrase(`\\b(?:my (?:family|people|folks) (?:is|are)|we(?:'re| are)) (?:all )?(${words})${end}`),
      status: 'inferred' as const,
      variable,
      value,
      statement: 'Comes from a {group} family.',
    },
  ]);

const countries: readonly { words: string; variable: 'race' | 'hispanic'; value: string }[] = [
  {
    words:
      'mexico|puerto rico|cuba|guatemala|el salvador|honduras|colombia|ecuador|peru|venezuela|nicaragua|the dominican republic|jalisco|michoac[aá]n|oaxaca|chihuahua|sinaloa',
    variable: 'hispanic',
    value: 'Hispanic',
  },
  {
    words:
      'china|korea|south korea|vietnam|the philippines|taiwan|india|pakistan|bangladesh|laos|cambodia|thailand|japan|hong kong|gujarat|punjab|saigon|manila|hanoi|nepal',
    variable: 'race',
    value: 'AAPI',
  },
  { words: 'haiti|nigeria|ghana|jamaica|somalia|ethiopia|kenya|eritrea|liberia', variable: 'race', value: 'Black' },
];
const origins = countries.map(({ words, variable, value }) => ({
  pattern: phrase(
    `\\b(?:my (?:parents|folks|family|grandparents)|my (?:mother|mom|dad|father) and (?:father|dad|mother|mom)|both my parents) (?:\\w+ )?(?:came|moved|immigrated|emigrated|are|fled|come) (?:here |over )?from (${words})\\b(?! (?:on|after) (?:vacation|a trip))`,
  ),
  status: 'inferred' as const,
  variable,
  value,
  statement: 'Has family roots in {group}.',
}));

/** Words for grandparents that are used in one group only. */
const kin = [
  {
    pattern: phrase('\\bmy (abuelita|abuela|abuelo|abuelito|tía|tia|tío)\\b'),
    status: 'inferred' as const,
    variable: 'hispanic' as const,
    value: 'Hispanic',
    statement: 'Calls a {relative} “{group}”.',
  },
];

const triggers = triggerWords(
  [...groups, ...countries].flatMap(({ words }) => words.split('|')),
  'michoacan abuelita abuela abuelo abuelito tía tia tío',
);

/** Nationality words that go with a language, a cuisine or a class are not about the writer. */
const notSelf =
  /\b(?:food|teacher|class|homework|restaurant|speak\w*|studying|learning|major|craving|cooking|market)\b/i;

/** Race and Hispanic origin, where the writer names them or the family's country. Never infers "Not Hispanic" or "White" from silence. */
export function ethnicityCues(all: readonly Sentence[]): Cue[] {
  const cues: Cue[] = [];
  for (const sentence of all.filter((one) => mentionsAny(one, triggers)))
    for (const { pattern, status, variable, value, statement } of [...rules, ...origins, ...kin])
      for (const match of assertedMatches(sentence, pattern)) {
        const after = sentence.text.slice(match.index + match[0].length, match.index + match[0].length + 16);
        if (notSelf.test(match[0]) || notSelf.test(after)) continue;
        const group = capitalized(match[1]!);
        cues.push({
          variable,
          value,
          order: sentence.order,
          date: sentence.date,
          claim: claimAt(sentence, match, {
            dimension: 'demographics',
            statement: statement
              .replace('a {group}', /^[aeiou]/i.test(group) ? 'an {group}' : 'a {group}')
              .replace('{group}', group)
              .replace('{relative}', relativeOf(group)),
            status,
          }),
        });
      }
  return cues;
}

const lowerGroups = new Set([
  'biracial',
  'mixed race',
  'multiracial',
  'enrolled member',
  'abuela',
  'abuelita',
  'abuelo',
  'abuelito',
  'tia',
  'tía',
  'tío',
]);

function relativeOf(name: string): string {
  if (/^abuel/.test(name)) return /a$/.test(name) ? 'grandmother' : 'grandfather';
  return /a$/.test(name) ? 'aunt' : 'uncle';
}

/** "mexican-american" → "Mexican-American"; "the philippines" → "the Philippines". */
function capitalized(group: string): string {
  const lower = group.toLowerCase();
  if (lowerGroups.has(lower)) return lower === 'enrolled member' ? 'an enrolled member of a tribe' : lower;
  return lower.replace(/(?<![\p{L}])(?!the\b)\p{L}/gu, (letter) => letter.toUpperCase());
}
