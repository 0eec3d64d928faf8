/** One way to say something about people: where it stands in a text and what it asks for. */
export interface Phrase {
  readonly pattern: RegExp;
  /** Variable -> categories that it means. Those that a pool does not have are left out. */
  readonly asks: Readonly<Record<string, readonly string[]>>;
}

const people =
  '(?:people|persons?|adults?|americans?|wom[ae]n|m[ae]n|males?|females?|folks|voters?|residents?|widow(?:er)?s?|mothers?|fathers?|parents?|workers?|retirees?|seniors|citizens|students?|families|households?)';
/** A noun for people after at most three words ("Black or White women", "black divorced men"). */
const beforePeople = `(?=(?: [\\w'-]+){0,3}? ${people}\\b)`;
const noDegree = ['No high school diploma', 'High school diploma', 'Some college', "Associate's degree"];
const unmarried = ['widowed', 'divorced', 'never married'];

const phrase = (pattern: string, asks: Phrase['asks']): Phrase => ({ pattern: new RegExp(pattern, 'gi'), asks });

/** A colour of skin, and not of wine or coffee: before people, after "are", or with a capital inside the sentence. */
const colour = (name: string): Phrase => ({
  pattern: new RegExp(
    `\\b(?:${name.toLowerCase()}s\\b|[${name[0]!}${name[0]!.toLowerCase()}]${name.slice(1)}s?${beforePeople}|(?<=\\b(?:are|is|as) )${name.toLowerCase()}\\b|(?<=\\w[\\w',]* )${name}s?\\b(?! (?:Friday|House|Sea|Forest|Mirror|Sabbath)))`,
    'g',
  ),
  asks: { race: [name] },
});

/** A part of the country: "the South", "Southerners"; not the south of France, the south side or South Korea. */
const direction = (name: string): Phrase =>
  phrase(
    `\\b(?:the ${name}\\b(?! (?:of|side|end|bank|pole|indies|korea|africa|america|carolina|dakota|virginia))|${name}ern(?:ers?|${beforePeople}| states))`,
    { region: [name] },
  );

/**
 * Common ways to name a category of the variables that targets use; earlier entries win where two overlap. Names of
 * categories need no entry. "Retired" is wider than it is said: the census has no nearer category.
 */
export const phrases: readonly Phrase[] = [
  phrase(
    "(?:\\bnot (?:in|part of)|\\b\\w+n't (?:in|part of)|\\bout(?:side)? of|\\boutside) the lab(?:or|our) ?force\\b",
    {
      employment: ['not in labor force'],
    },
  ),
  phrase(
    '\\b(?:high[- ]school dropouts?|dropped out of high school|(?:without a?|no|lacking a) ?high[- ]school (?:diploma|degree))\\b',
    {
      education: ['No high school diploma'],
    },
  ),
  phrase(
    "\\b(?:(?:no|without an?|lacking a) (?:college |university |bachelor's )degree|without an? degree|non[- ]college(?:[- ]educated)?|not college[- ]educated)\\b",
    { education: noDegree },
  ),
  phrase('\\b(?:high[- ]school (?:graduates?|diplomas?)|finished high school)\\b', {
    education: ['High school diploma'],
  }),
  phrase(
    "\\b(?:post-?graduates?|(?:post)?graduate degrees?|master's(?: degrees?)?|masters degrees?|ph\\.?ds?|doctorates?|advanced degrees?)\\b",
    {
      education: ['Graduate degree'],
    },
  ),
  phrase("\\bbachelor'?s degrees?\\b", { education: ["Bachelor's degree"] }),
  phrase("\\bassociate'?s? degrees?\\b", { education: ["Associate's degree"] }),
  phrase(
    '\\b(?:(?:college|university)[- ](?:educated|graduates?|degrees?)|graduates of (?:college|university)|with an? degree)\\b',
    {
      education: ["Bachelor's degree", 'Graduate degree'],
    },
  ),
  phrase('\\bwidows?\\b', { marital_status: ['widowed'], sex: ['female'] }),
  phrase('\\bwidowers?\\b', { marital_status: ['widowed'], sex: ['male'] }),
  phrase('\\bnever been married\\b', { marital_status: ['never married'] }),
  phrase(`\\b(?:unmarried|singles|single${beforePeople})\\b`, { marital_status: unmarried }),
  phrase('\\bdivorcees?\\b', { marital_status: ['divorced'] }),
  phrase('\\b(?:retired|retirees?|pensioners?|homemakers?|housewi(?:fe|ves)|stay[- ]at[- ]home)\\b', {
    employment: ['not in labor force'],
  }),
  phrase('\\b(?:jobless|out of work|between jobs|looking for (?:a job|work))\\b', { employment: ['unemployed'] }),
  phrase(`\\b(?:working(?= ${people})|(?:have|has|with) a job)\\b`, { employment: ['employed'] }),
  phrase('\\bnon[- ](?:hispanics?|latin[oax]s?)\\b', { hispanic: ['Not Hispanic'] }),
  phrase('\\b(?:hispanics|latin[oax]s?|chican[oa]s?)\\b', { hispanic: ['Hispanic'] }),
  phrase('\\bafrican[- ]americans?\\b', { race: ['Black'] }),
  phrase('\\b(?:asian(?:s|[- ]americans?)?|pacific islanders?)\\b', { race: ['AAPI'] }),
  phrase('\\b(?:native americans?|american indians?|multiracial|mixed[- ]race)\\b', { race: ['Other race'] }),
  phrase('\\bcaucasians?\\b', { race: ['White'] }),
  colour('White'),
  colour('Black'),
  direction('South'),
  direction('West'),
  phrase('\\bwest coast\\b', { region: ['West'] }),
  phrase('\\bmidwestern(?:ers?)?\\b', { region: ['Midwest'] }),
  phrase('\\bnortheastern(?:ers?)?\\b', { region: ['Northeast'] }),
  phrase('\\b(?:wom[ae]n|females|ladies)\\b', { sex: ['female'] }),
  phrase('\\b(?:m[ae]n|males|gentlemen)\\b', { sex: ['male'] }),
];

/** Category names that mean something else too; only {@link phrases} find them. */
export const ambiguousNames: ReadonlySet<string> = new Set(['White', 'Black', 'South', 'West']);

/** Words that say how much and not whom: a number before one of them is no age. */
const units =
  '%|percent|k\\b|thousand|million|dollars?|bucks|hours?|minutes?|days?|weeks?|months?|miles?|km\\b|pounds?|kg\\b|kids|children|people|books?|times|cats?|dogs?|points?';
const numberBefore = (others: string): string => `(?<![$\\d.,])(\\d{1,3})(?![\\d$]|[.,]\\d|[ -]?(?:${others}))`;
/** "Over 30 years" is as often a time as an age, "older than 30 years" always an age. */
const age = numberBefore(`${units}|years?\\b(?![ -]?old| of age)`);
const comparedAge = numberBefore(units);
const old = '(?:[ -]years?(?:[ -]olds?| of age))?';
const years = '(?:[ -]years?(?:[ -]olds?| of age)?)?';

/** A way to name a range of years or of dollars, both ends included, read from the parts of a match. */
export interface RangePhrase {
  readonly pattern: RegExp;
  readonly range: (...groups: readonly (string | undefined)[]) => readonly [number, number];
}

const oldest = 120;
const agePhrase = (pattern: string, range: RangePhrase['range']): RangePhrase => ({
  pattern: new RegExp(pattern, 'gi'),
  range,
});
const fixed = (pattern: string, from: number, to: number): RangePhrase => agePhrase(pattern, () => [from, to]);

const decades = ['twenties', 'thirties', 'forties', 'fifties', 'sixties', 'seventies', 'eighties', 'nineties'];
const tens = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const partsOfDecade: Readonly<Record<string, readonly [number, number]>> = { early: [0, 3], mid: [4, 6], late: [7, 9] };

/** The first year of "forties", "40s" or "forty". */
function decadeOf(word = ''): number {
  const lower = word.toLowerCase();
  const named = Math.max(decades.indexOf(lower), tens.indexOf(lower));
  return named >= 0 ? 20 + 10 * named : Number.parseInt(word, 10);
}

/** Ways to name an age; earlier entries win where two overlap. "Over 65" begins at 66, "65 and over" at 65. */
export const agePhrases: readonly RangePhrase[] = [
  agePhrase(
    `\\b(?:(?:aged?|ages|from) (?:between )?|between (?:the ages of |ages )?)${age}(?: ?[-–] ?| to | and | through )${age}${old}`,
    (a, b) => [Number(a), Number(b)],
  ),
  agePhrase(`${age}(?: ?[-–] ?| to )${age}[ -]years?[ -]olds?\\b`, (a, b) => [Number(a), Number(b)]),
  agePhrase(`\\b(?:no|not) (?:over|above|older than|more than) ${age}${old}`, (a) => [0, Number(a)]),
  agePhrase(`\\b(?:no|not) (?:under|below|younger than|less than) ${age}${old}`, (a) => [Number(a), oldest]),
  agePhrase(`\\bolder than ${comparedAge}${years}`, (a) => [Number(a) + 1, oldest]),
  agePhrase(`\\byounger than ${comparedAge}${years}`, (a) => [0, Number(a) - 1]),
  agePhrase(`\\b(?:over|above|past)(?: the age of| age)? ${age}${old}`, (a) => [Number(a) + 1, oldest]),
  agePhrase(`\\b(?:under|below)(?: the age of| age)? ${age}${old}`, (a) => [0, Number(a) - 1]),
  agePhrase(`\\b(?:aged? )?at least ${age}${old}`, (a) => [Number(a), oldest]),
  agePhrase(`\\b(?:aged? )?(?:at most|up to) ${age}${old}`, (a) => [0, Number(a)]),
  agePhrase(`(?:\\baged? )?${age}${old}(?:\\+| (?:and|or|&) (?:over|older|above|up)\\b)`, (a) => [Number(a), oldest]),
  agePhrase(`(?:\\baged? )?${age}${old} (?:and|or|&) (?:under|younger|below)\\b`, (a) => [0, Number(a)]),
  agePhrase(
    `\\bin (?:their|his|her|my|your|our) (?:(early|mid|late)[- ])?(${decades.join('|')}|[2-9]0'?s)\\b`,
    (part, word) => {
      const [from, to] = partsOfDecade[part?.toLowerCase() ?? ''] ?? [0, 9];
      return [decadeOf(word) + from, decadeOf(word) + to];
    },
  ),
  agePhrase(`\\b(${tens.join('|')}|[2-9]0)[- ]?somethings?\\b`, (word) => [decadeOf(word), decadeOf(word) + 9]),
  agePhrase(`\\baged? ${age}\\b`, (a) => [Number(a), Number(a)]),
  agePhrase(`${age}[ -]years?[ -]olds?\\b`, (a) => [Number(a), Number(a)]),
  fixed(`\\b(?:elderly|seniors|senior citizens?|older(?= ${people}))\\b`, 65, oldest),
  fixed('\\bmiddle[- ]aged\\b', 40, 64),
  fixed(`\\b(?:young adults?|young(?:er)?(?= ${people}))\\b`, 18, 29),
  fixed('\\b(?:teens|teenagers?)\\b', 13, 19),
];

/** An amount of money a year with a comparison, or a word for little or much. */
export const moneyPhrases: readonly RangePhrase[] = [
  {
    pattern:
      /\b(?:(?:incomes?|earning|earns?|making|makes?) (?:of )?)?(?:(over|above|more than|at least)|under|below|less than|at most|up to) (?:\$ ?(\d[\d,]*)(k?)\b|(\d[\d,]*)(k| thousand)\b)(?: a year| per year)?/gi,
    range: (above, dollars, k, bare, thousand) => {
      const amount = Number((dollars ?? bare!).replaceAll(',', '')) * ((k ?? thousand ?? '') === '' ? 1 : 1000);
      return above === undefined ? [0, amount] : [amount, Infinity];
    },
  },
  { pattern: new RegExp(`\\b(?:low[- ]incomes?|poor(?= ${people}))\\b`, 'gi'), range: () => [0, 35_000] },
  {
    pattern: new RegExp(`\\b(?:high[- ]incomes?|wealthy|affluent|rich(?= ${people}))\\b`, 'gi'),
    range: () => [125_000, Infinity],
  },
];

/** A "not" right before a phrase, with nothing but small words between. */
export const negation =
  /(?:\b(?:not|no|never|neither|nor|without|except(?: for)?|excluding|cannot)\b|\b\w+n't\b|\bnon\b)(?:[ -](?:an?|the|in|from|of|any|be|being|been|have|has|having|live|lives|living|currently|yet))*[ -]$/i;

/** Words that say nothing on their own about whom is meant. */
export const emptyWords: ReadonlySet<string> = new Set(
  'a an the and or of in on at to for from with by as who whose that which is are was were be being been has have having had live lives living people persons person adults adult americans someone somebody anyone folks individuals all some many any group sample population give show find me us i want need please than their they them he she his her it its there between aged age ages old years year'.split(
    ' ',
  ),
);
