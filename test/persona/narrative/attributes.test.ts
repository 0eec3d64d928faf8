import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { attributePhrase, attributePhrases, knownValues, shapesOf } from '../../../src/persona/narrative/attributes.js';
import { voiceOf } from '../../../src/persona/narrative/voice.js';
import { variables } from '../evidence-fixture.js';

const she = voiceOf('female');

describe('attributePhrase', () => {
  test.each([
    ['region', 'South', 'verb', 'lives in the South'],
    ['region', 'West', 'clause', 'her home is in the West'],
    ['marital_status', 'never married', 'verb', 'has never married'],
    ['marital_status', 'divorced', 'state', 'divorced'],
    ['education', 'Some college', 'with', 'with some college but no degree'],
    ['household_income', '$19,999 or less', 'verb', 'has a household income of $19,999 or less a year'],
    ['household_income', '$200,000 and above', 'clause', 'the household takes in $200,000 or more a year'],
    [
      'household_income',
      '$65,000-$79,999',
      'other',
      'belongs to a household with an income of $65,000 to $79,999 a year',
    ],
    ['employment', 'employed', 'other', 'is in paid work'],
    // Other targets.
    ['mother_tongue', 'French', 'verb', 'falls under “French” for mother tongue'],
    ['mother_tongue', 'French', 'clause', 'for mother tongue, the category is “French”'],
    ['marital_status', 'common-law', 'state', 'under “common-law” for marital status'],
    ['household_income', 'low', 'clause', 'for household income, the category is “low”'],
  ] as const)('%s %s as %s', (variable, value, shape, expected) => {
    expect(attributePhrase(variable, value, she, shape)).toBe(expected);
  });

  it('has the same shapes for every value of a variable, known or not', () => {
    const canada = JSON.parse(
      readFileSync(new URL('../../../data/census/canada-2011.json', import.meta.url), 'utf8'),
    ) as { variables: typeof variables };
    for (const { name, categories } of [...variables, ...canada.variables, { name: 'x_y', categories: ['a', 'b'] }])
      for (const value of [...categories, 'something else']) {
        const phrases = attributePhrases(name, value, she);
        expect(phrases).toHaveLength(shapesOf(name).length);
        for (const { words } of phrases) expect(words).toMatch(/^[a-z“][^{}[\]]+$/);
      }
  });

  it('has words of its own for every category of the adults of the United States', () => {
    for (const { name, categories } of variables.filter(({ name }) => !['age', 'household_income'].includes(name)))
      expect(knownValues(name).sort()).toEqual([...categories].sort());
    for (const { name, categories } of variables.filter(({ name }) => name !== 'age'))
      for (const value of categories) expect(attributePhrase(name, value, she)).not.toContain('“');
    expect(knownValues('x_y')).toEqual([]);
  });

  it('takes markup and templates out of categories', () => {
    expect(attributePhrase('a_b', '<b>{they}</b> $v\n\n[be]', she)).toBe('falls under “they $v be” for a b');
  });
});
