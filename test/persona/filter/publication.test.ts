import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withBounds } from '../../../src/persona/filter/publication.js';
import { Rubric } from '../../../src/persona/filter/rubric.js';

const shipped = Rubric.parse(
  JSON.parse(readFileSync(new URL('../../../personas/rubrics/persona-quality.json', import.meta.url), 'utf8')),
);
const bounds = ['verbatim-words', 'verbatim-characters', 'edited-words', 'edited-share'];
const thresholds = (rubric: Rubric): number[] =>
  bounds.map((name) => rubric.criteria.find(({ id }) => id === name)?.threshold ?? NaN);
const bare: Rubric = {
  ...shipped,
  criteria: shipped.criteria.filter(({ id }) => id === 'language' || id === 'respect'),
};

describe('withBounds', () => {
  it('leaves the rubric that ships as it is, where short quotations are allowed', () =>
    expect(withBounds(shipped, { publication: 'quotations' })).toEqual(shipped));

  it('is stricter where nothing may be quoted', () =>
    expect(thresholds(withBounds(shipped, { publication: 'no' }))).toEqual([5, 35, 6, 0.06]));

  it('gives a rubric without such rules the rules, before anybody is paid for judging', () => {
    const { criteria } = withBounds(bare, { publication: 'quotations' });
    expect(criteria.map(({ id }) => id)).toEqual(['language', ...bounds, 'respect']);
    expect(Rubric.safeParse({ ...bare, criteria }).success).toBe(true);
  });

  it('tightens a lax threshold and leaves a strict one', () => {
    const own = (threshold: number): Rubric => ({
      ...bare,
      criteria: [{ kind: 'rule', id: 'verbatim-words', description: '', threshold }],
    });
    expect(thresholds(withBounds(own(100), { publication: 'quotations' }))[0]).toBe(8);
    expect(thresholds(withBounds(own(2), { publication: 'no' }))[0]).toBe(2);
  });
});
