import { attributePhrase, shapesOf, type Shape } from './attributes.js';
import type { Chooser } from './choose.js';
import { article, listed, realised } from './grammar.js';
import { asSingular, type Voice } from './voice.js';

/** A variable with its drawn value. */
export interface Drawn {
  readonly variable: string;
  readonly value: string;
}

/** What was drawn of who the person is: both absent when age and sex are known. */
export interface Identity {
  readonly ageYears: number | undefined;
  readonly sex: string | undefined;
}

/** Variables that belong together in a sentence; every other one comes last. */
const groups: readonly (readonly string[])[] = [
  ['race', 'hispanic'],
  ['region', 'marital_status'],
  ['education', 'employment', 'household_income'],
];

/**
 * Clauses on the drawn attributes, without capital and full stop. Their shapes depend on which variables were drawn, never
 * on the values: a text about another value differs in the words for that value alone.
 */
export function attributeClauses(drawn: readonly Drawn[], identity: Identity, voice: Voice, choose: Chooser): string[] {
  const units = ordered(
    drawn.filter(({ variable }) => variable !== 'sex' || !isNamed(identity.sex)),
    choose,
  );
  const who = identityClause(identity, voice, choose);
  const clauses = who === undefined ? [] : [who];
  while (units.length > 0) {
    const count = units.length === 4 ? 2 : Math.min(units.length, choose.between(2, 3));
    clauses.push(clauseOf(units.splice(0, count), voice, choose));
  }
  return clauses;
}

/** Race and origin are one unit; the groups come in drawn order. */
function ordered(drawn: readonly Drawn[], choose: Chooser): (readonly Drawn[])[] {
  const grouped = new Set(groups.flat());
  const of = (names: readonly string[]): Drawn[] =>
    names.flatMap((name) => drawn.filter(({ variable }) => variable === name));
  return [
    ...choose.some(groups, groups.length).flatMap((names) => {
      const found = of(names);
      if (names.includes('race')) return found.length === 0 ? [] : [found];
      return (choose.chance(1, 3) ? found.reverse() : found).map((one) => [one]);
    }),
    ...drawn.filter(({ variable }) => !grouped.has(variable)).map((one) => [one]),
  ];
}

/** Nothing is put in front of these: it would sound like a reason. */
const ethnic = new Set(['race', 'hispanic']);

/** One to three units in a clause: one of them may stand in front, income may have a clause of its own. */
function clauseOf(units: readonly (readonly Drawn[])[], voice: Voice, choose: Chooser): string {
  const singles = units.filter((unit) => unit.length === 1).map(([one]) => one!);
  const has = (shape: Shape, { variable }: Drawn): boolean => shapesOf(variable).includes(shape);
  // Schooling stands in front of what it has to do with.
  const fitsWith = singles.some(({ variable }) => variable === 'employment' || variable === 'household_income');
  const fronts = singles.flatMap((one) =>
    (fitsWith ? (['with', 'state'] as const) : (['state'] as const))
      .filter((shape) => has(shape, one))
      .map((shape) => ({ one, shape })),
  );
  const isPlain = !units.some((unit) => unit.some(({ variable }) => ethnic.has(variable)));
  const front =
    isPlain && units.length > 1 && fronts.length > 0 && choose.chance(2, 3) ? choose.one(fronts) : undefined;
  const closers = singles.filter((one) => one !== front?.one && has('clause', one));
  const closer =
    isPlain && units.length - (front ? 1 : 0) > 1 && closers.length > 0 && choose.chance(1, 2) ? closers[0] : undefined;
  const predicates = units
    .filter((unit) => unit[0] !== front?.one && unit[0] !== closer)
    .map((unit) => predicateOf(unit, voice, choose));
  const say = ({ variable, value }: Drawn, shape: Shape): string => attributePhrase(variable, value, voice, shape);
  return [
    front === undefined ? '' : `${say(front.one, front.shape)}, `,
    `${voice.they} ${listed(predicates)}`,
    closer === undefined ? '' : `, and ${say(closer, 'clause')}`,
  ].join('');
}

function predicateOf(unit: readonly Drawn[], voice: Voice, choose: Chooser): string {
  const [{ variable, value }, second] = unit as [Drawn, Drawn?];
  const shape = second === undefined && shapesOf(variable).includes('other') && choose.chance(1, 3) ? 'other' : 'verb';
  const first = attributePhrase(variable, value, voice, shape);
  // "is White and not Hispanic": the second shares the verb of the first.
  return second === undefined ? first : `${first} ${attributePhrase(second.variable, second.value, voice, 'joined')}`;
}

const isNamed = (sex: string | undefined): sex is 'female' | 'male' => sex === 'female' || sex === 'male';

/** "the writer is a 44-year-old woman": whose sex was drawn is not yet a "she"; whose age alone was, "is 44 years old". */
function identityClause({ ageYears, sex }: Identity, voice: Voice, choose: Chooser): string | undefined {
  const noun = sex === 'female' ? 'woman' : sex === 'male' ? 'man' : undefined;
  if (noun === undefined)
    return ageYears === undefined ? undefined : realised(`{they} [be] ${ageYears} years old`, voice);
  const one = ageYears === undefined ? noun : choose.one([`${ageYears}-year-old ${noun}`, `${noun} of ${ageYears}`]);
  const isFirst = voice.agreement === 'first';
  const subject = isFirst ? voice.they : 'the writer';
  return `${subject} ${realised('[be]', isFirst ? voice : asSingular(voice))} ${article(one)} ${one}`;
}
