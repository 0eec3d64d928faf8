import { plainText } from './facts.js';
import { realised } from './grammar.js';
import type { Voice } from './voice.js';

/**
 * The grammatical shapes in which a value can be said. Every value of a variable has the same shapes, so that one value can
 * take the place of another in a sentence that stays as it is.
 * `verb`: "has a graduate degree"; `other`: the same in other words; `state` and `with`: "divorced" and "with a graduate
 * degree", in front of a sentence; `clause`: a clause with a subject of its own; `joined`: "and not Hispanic", after another
 * predicate with the same verb.
 */
export type Shape = 'verb' | 'other' | 'state' | 'with' | 'clause' | 'joined';
type Forms = Readonly<Partial<Record<Shape, string>>>;

const region = (name: string): Forms => ({
  verb: `[live] in the ${name}`,
  other: `[make] {their} home in the ${name}`,
  state: `living in the ${name}`,
  clause: `{their} home is in the ${name}`,
});

const schooling = (noun: string): Forms => ({
  verb: `[have] ${noun}`,
  other: `[have] ${noun} to show for {their} schooling`,
  with: `with ${noun}`,
});

const state = (words: string): Forms => ({ verb: `[be] ${words}`, state: words });

const income = (category: string): Forms | undefined => {
  if (!/^\$[\d,]+(?:-\$[\d,]+| or less| and above)$/.test(category)) return undefined;
  const amount = category.replace(/ and above$/, ' or more').replace('-', ' to ');
  return {
    verb: `[have] a household income of ${amount} a year`,
    other: `[belong] to a household with an income of ${amount} a year`,
    clause: `the household takes in ${amount} a year`,
  };
};

const known: Readonly<Record<string, Readonly<Record<string, Forms>>>> = {
  sex: { female: { verb: '[be] a woman' }, male: { verb: '[be] a man' } },
  race: {
    White: { verb: '[be] White' },
    Black: { verb: '[be] Black' },
    AAPI: { verb: '[be] Asian American or Pacific Islander' },
    'Other race': { verb: '[be] of another race' },
  },
  hispanic: {
    Hispanic: { verb: '[be] Hispanic', other: '[be] of Hispanic origin', joined: 'and Hispanic' },
    'Not Hispanic': { verb: '[be] not Hispanic', other: '[be] not of Hispanic origin', joined: 'and not Hispanic' },
  },
  education: {
    'No high school diploma': schooling('no high school diploma'),
    'High school diploma': schooling('a high school diploma'),
    'Some college': schooling('some college but no degree'),
    "Associate's degree": schooling("an associate's degree"),
    "Bachelor's degree": schooling("a bachelor's degree"),
    'Graduate degree': schooling('a graduate degree'),
  },
  region: {
    Northeast: region('Northeast'),
    Midwest: region('Midwest'),
    South: region('South'),
    West: region('West'),
  },
  marital_status: {
    married: state('married'),
    widowed: state('widowed'),
    divorced: state('divorced'),
    separated: state('separated'),
    'never married': { verb: '[have] never married', state: 'never married' },
  },
  employment: {
    employed: { verb: '[have] a job', other: '[be] in paid work' },
    unemployed: { verb: '[be] unemployed', other: '[be] out of work' },
    'not in labor force': { verb: '[be] not in the labor force', other: '[be] outside the labor force' },
  },
};

/** Sentences for values that nobody has written words for: true of any variable of any target. */
function general(variable: string, value: string): Forms {
  const [name, category] = [plainText(variable.replaceAll('_', ' ')), plainText(value).slice(0, 60)];
  return {
    verb: `[fall] under “${category}” for ${name}`,
    other: `[belong] under “${category}” as to ${name}`,
    state: `under “${category}” for ${name}`,
    joined: `and [fall] under “${category}” for ${name}`,
    with: `with “${category}” for ${name}`,
    clause: `for ${name}, the category is “${category}”`,
  };
}

/** The templates in which a value can be said, by shape. Which shapes there are depends on the variable alone. */
function formsOf(variable: string, value: string): Forms {
  const own = known[variable]?.[value] ?? (variable === 'household_income' ? income(value) : undefined);
  const fallback = general(variable, value);
  if (own !== undefined) return own;
  const shapes = shapesOf(variable);
  return Object.fromEntries(shapes.map((shape) => [shape, fallback[shape]!]));
}

/** The shapes in which the values of a variable can be said. */
export function shapesOf(variable: string): Shape[] {
  if (variable === 'household_income') return ['verb', 'other', 'clause'];
  const example = Object.values(known[variable] ?? {})[0] ?? { verb: '', clause: '' };
  return Object.keys(example) as Shape[];
}

/** What a value says about a person, in a shape that its variable has, after a pronoun or in place of one. */
export function attributePhrase(variable: string, value: string, voice: Voice, shape: Shape = 'verb'): string {
  const forms = formsOf(variable, value);
  return realised((forms[shape] ?? forms.verb)!, voice);
}

/** Every way in which a text can state a value, in one voice, by the shapes of its variable. */
export const attributePhrases = (variable: string, value: string, voice: Voice): { shape: Shape; words: string }[] =>
  shapesOf(variable).map((shape) => ({ shape, words: attributePhrase(variable, value, voice, shape) }));

/** The values of a variable that have words of their own; none for a variable of another target. */
export const knownValues = (variable: string): string[] => Object.keys(known[variable] ?? {});
