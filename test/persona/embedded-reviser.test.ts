import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { embeddedReviser } from '../../src/persona/embedded-reviser.js';
import { embeddedWriter } from '../../src/persona/embedded-writer.js';
import { layersOf } from '../../src/persona/narrative/marks.js';
import { exactRevisionFault, freeRevisionFault } from '../../src/persona/check-revision.js';
import type { Attribute, Disposition, NarrativePersona } from '../../src/persona/narrative-persona.js';
import type { Change } from '../../src/persona/ports.js';
import { historyOf, lexicons, reader, variables } from './evidence-fixture.js';
import { persona as bare } from './model-fixture.js';

const signal = new AbortController().signal;
const opening = 'The rest is drawn at random rather than read:';
const reviser = embeddedReviser();
const writers = {
  third: embeddedWriter({ variables, lexicons }),
  first: embeddedWriter({ variables, lexicons, person: 'first' }),
};

function personaOf(text: string, attributes: Record<string, Attribute>, ageYears = 34): NarrativePersona {
  const persona = bare(text);
  return { ...persona, disposition: { ...persona.disposition, ageYears, attributes } };
}
const imputed = (value: string): Attribute => ({ value, status: 'imputed' });

async function revised(text: string, sex: string | undefined, ...changes: Change[]): Promise<string> {
  const answer = await reviser.revise(personaOf(text, sex === undefined ? {} : { sex: imputed(sex) }), changes, signal);
  if (answer.kind !== 'answered') throw new Error(answer.reason);
  return answer.value;
}
const change = (variable: string, from: string, to: string): Change => ({ variable, from, to });

describe('embeddedReviser', () => {
  const said = 'The writer is a teacher. She is married to her job and lives in the moment.';
  // By hand, from the sentences of the embedded writer.
  test.each([
    ['one sentence', 'she lives in the South.', change('region', 'South', 'West'), 'she lives in the West.'],
    [
      'the first of two',
      'she is White and not Hispanic.',
      change('race', 'White', 'Black'),
      'she is Black and not Hispanic.',
    ],
    [
      'without its verb',
      'she is White and not Hispanic.',
      change('hispanic', 'Not Hispanic', 'Hispanic'),
      'she is White and Hispanic.',
    ],
    [
      'the other way',
      'she is White and Hispanic.',
      change('hispanic', 'Hispanic', 'Not Hispanic'),
      'she is White and not Hispanic.',
    ],
    ['alone', 'she is not Hispanic.', change('hispanic', 'Not Hispanic', 'Hispanic'), 'she is Hispanic.'],
    [
      'another verb',
      'she has a high school diploma, is married and lives in the South.',
      change('marital_status', 'married', 'never married'),
      'she has a high school diploma, has never married and lives in the South.',
    ],
    [
      'with "or"',
      'she is Asian American or Pacific Islander and Hispanic.',
      change('race', 'AAPI', 'Other race'),
      'she is of another race and Hispanic.',
    ],
    [
      'money',
      'she has a job and has a household income of $19,999 or less a year.',
      change('household_income', '$19,999 or less', '$200,000 and above'),
      'she has a job and has a household income of $200,000 or more a year.',
    ],
    [
      'a value in front',
      'married, she lives in the South. She has a job.',
      change('marital_status', 'married', 'never married'),
      'never married, she lives in the South. She has a job.',
    ],
    [
      'a value at the beginning of a sentence',
      'she has a job. Living in the South, she is White.',
      change('region', 'South', 'West'),
      'she has a job. Living in the West, she is White.',
    ],
    [
      'a value in a clause of its own',
      'she has a job, and her home is in the South.',
      change('region', 'South', 'Midwest'),
      'she has a job, and her home is in the Midwest.',
    ],
    [
      'the first person',
      'I am married. My home is in the South.',
      change('region', 'South', 'Midwest'),
      'I am married. My home is in the Midwest.',
    ],
    [
      'the first person, where another voice has the same words',
      'I live in the South and have a job.',
      change('employment', 'employed', 'unemployed'),
      'I live in the South and am unemployed.',
    ],
    [
      'any variable',
      'she falls under “Quebec” for province.',
      change('province', 'Quebec', 'Ontario'),
      'she falls under “Ontario” for province.',
    ],
  ])('exchanges %s', async (_, drawn, one, expected) => {
    const text = `${said}\n\n${opening} ${drawn}`;
    expect(await revised(text, 'female', one)).toBe(`${said}\n\n${opening} ${expected}`);
  });

  it('makes several changes at once, and speaks of "they" without a known sex', async () => {
    const text = `${said}\n\n${opening} they are White. They have a job.`;
    const changes = [change('race', 'White', 'Black'), change('employment', 'employed', 'unemployed')];
    expect(await revised(text, undefined, ...changes)).toBe(
      `${said}\n\n${opening} they are Black. They are unemployed.`,
    );
  });

  test.each([
    ['the old value is not there', `${opening} she is divorced.`],
    ['it is there twice', `${opening} she is married. She is married.`],
    ['it is said in the posts only', `She is married.\n\n${opening} she has a job.`],
    ['nothing was drawn', 'She is married.'],
    ['another value holds its words', `${opening} she has never married.`],
    ['it is the end of other words', `${opening} she xis married.`],
    ['it is the beginning of other words', `${opening} she is marriedish.`],
  ])('refuses when %s', async (_, text) => {
    const persona = personaOf(text, { sex: imputed('female') });
    expect(await reviser.revise(persona, [change('marital_status', 'married', 'widowed')], signal)).toEqual({
      kind: 'refused',
      reason: 'the part on what was drawn does not state “is married” exactly once',
      attempts: 1,
    });
  });

  // Independent way to the same text: the writer writes the paragraph of the changed disposition itself.
  it.each(['third', 'first'] as const)(
    'gives the text that the writer would have written, in the %s person',
    async (person) => {
      const drawnVariables = variables.filter(({ name }) => name !== 'age');
      const history = historyOf(['I went to the market and bought pears.']);
      const evidence = reader.read(history);
      const dispositions = fc
        .tuple(
          ...drawnVariables.map(({ name, categories }) => {
            const category = fc.constantFrom(...categories);
            return name === 'region' ? category : fc.option(category, { freq: 4 });
          }),
        )
        .map((values) =>
          Object.fromEntries(
            values.flatMap((value, k) => (value === null ? [] : [[drawnVariables[k]!.name, imputed(value)]])),
          ),
        );
      const write = async (attributes: Record<string, Attribute>): Promise<string> => {
        const disposition: Disposition = { ageYears: 44, attributes, traits: [0.9, -1.3, 2, 0.1, -0.2] };
        const answer = await writers[person].narrate(history, evidence, disposition, signal);
        if (answer.kind !== 'answered') throw new Error(answer.reason);
        return answer.value;
      };
      await fc.assert(
        fc.asyncProperty(dispositions, fc.nat(), fc.nat(), async (attributes, which, other) => {
          const changeable = drawnVariables.filter(({ name }) => name !== 'sex' && attributes[name] !== undefined);
          const { name, categories } = changeable[which % changeable.length]!;
          const from = attributes[name]!.value;
          const to = categories.filter((category) => category !== from)[other % (categories.length - 1)]!;
          const before = await write(attributes);
          const after = await revised(before, attributes['sex']?.value, change(name, from, to));
          const wanted = await write({ ...attributes, [name]: imputed(to) });
          expect(layersOf(after).drawn).toBe(layersOf(wanted).drawn);
          expect(layersOf(after).said).toBe(layersOf(before).said);
          const persona = personaOf(before, attributes, 44);
          expect(exactRevisionFault(persona, [change(name, from, to)], after)).toBeUndefined();
        }),
        { seed: 20260101, numRuns: 300 },
      );
    },
  );
});

describe('exactRevisionFault', () => {
  const text = `The writer has a dog. She is kind.\n\n${opening} she is White and not Hispanic. She lives in the South.`;
  const persona = personaOf(text, { sex: imputed('female') });
  const toWest = change('region', 'South', 'West');
  test.each([
    ['nothing', text.replace('the South', 'the West'), undefined],
    [
      'a change elsewhere',
      text.replace('the South', 'the West').replace('kind', 'rude'),
      'sentence 2 has changed in more than the changed values',
    ],
    [
      'more in the same sentence',
      text.replace('in the South', 'in the West now'),
      'sentence 4 has changed in more than the changed values',
    ],
    ['no change', text, 'the text does not say that region is now West'],
    [
      'a lost sentence',
      text.replace(' She is kind.', '').replace('the South', 'the West'),
      'it has 3 sentences, before 4',
    ],
  ])('finds %s', (_, after, fault) => {
    expect(exactRevisionFault(persona, [toWest], after)).toBe(fault);
  });

  it('finds the old value elsewhere', () => {
    const twice = personaOf(`She lives in the South.\n\n${opening} she lives in the South.`, {
      sex: imputed('female'),
    });
    const after = twice.text.replace('she lives in the South', 'she lives in the West');
    expect(exactRevisionFault(twice, [toWest], after)).toBe('the text still says that region is South');
  });
});

describe('freeRevisionFault', () => {
  const text =
    'At 34 she is a nurse who is divorced and lives in the South. She says “so it goes”. She likes pears. She reads a lot.';
  const persona = personaOf(text, {
    sex: imputed('female'),
    region: { value: 'South', status: 'stated' },
    marital_status: imputed('divorced'),
  });
  const married = change('marital_status', 'divorced', 'married');
  const good = text.replace('divorced', 'married');
  test.each([
    ['nothing', good, undefined],
    ['no change', text, 'the text was not changed'],
    ['a text cut short', 'At 34 she is married.', 'its length changed by a factor of 0.19'],
    ['a text blown up', `${good} ${'And more and more. '.repeat(9)}`, 'its length changed by a factor of 2.38'],
    [
      'a rewritten text',
      good.replace('She likes pears', 'She enjoys pears').replace('reads a lot', 'reads much'),
      'more than half of its sentences were rewritten',
    ],
    ['a changed quotation', good.replace('so it goes', 'so it went'), 'the quotation “so it goes” is gone'],
    [
      'the old value',
      good.replace('She reads a lot', 'She is divorced'),
      'the old value divorced of marital_status is still there',
    ],
    ['a changed locked fact', good.replace('the South', 'the West'), 'the locked region South is gone'],
    ['another age', good.replace('34', '35'), 'the age 34 is gone'],
  ])('finds %s', (_, after, fault) => {
    expect(freeRevisionFault(persona, [married], after)).toBe(fault);
  });

  it('does not take the new value for the old one inside it, nor the old for the new', () => {
    const wed = personaOf(text.replace('divorced', 'married'), { marital_status: imputed('married') });
    const never = change('marital_status', 'married', 'never married');
    expect(freeRevisionFault(wed, [never], text.replace('is divorced', 'has never married'))).toBeUndefined();
    const single = personaOf(text.replace('is divorced', 'has never married'), {});
    const back = change('marital_status', 'never married', 'married');
    expect(freeRevisionFault(single, [back], `${single.text} She is married.`)).toBe(
      'the old value never married of marital_status is still there',
    );
  });
});
