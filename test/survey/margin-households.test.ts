import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/findings.js';
import { linkPersons } from '../../src/survey/link-persons.js';
import { cells, counts, fitted, prepare, sampleOf, shares } from './margin-fixture.js';

describe('households with persons', () => {
  const persons = {
    home: Float64Array.of(1, 1, 2, 3, 9),
    age: ['old', 'young', 'old', 'old', 'young'],
    income: Float64Array.of(1, 2, 3, 4, 5),
  };
  const link = (share: number, record: (finding: Finding) => void = () => undefined) =>
    linkPersons(['1', '2', '3 '], persons.home, share, record);
  const sample = sampleOf(
    { cars: ['none', 'one', 'one'] },
    { persons: { records: 5, columns: persons, householdOf: link(0.2).householdOf } },
  );

  it('links persons by id and counts orphans', () => {
    const findings: Finding[] = [];
    expect([...link(0.2, (finding) => findings.push(finding)).householdOf]).toEqual([0, 0, 1, 2, -1]);
    expect(findings[0]!.message).toBe(
      '1 of 5 persons have no household and are left out; 0 households have no persons',
    );
    expect(() => link(0.1)).toThrow('persons: persons without household; got 1 of 5, expected a share of at most 0.1.');
    expect(() => linkPersons(['1', ' 1'], ['1'], 0, () => undefined)).toThrow(
      'households[1]: the same id as households[0]; got 1.',
    );
  });

  it('counts persons in households', () => {
    const given = [
      ...counts('cars = none: 10\ncars = one: 20'),
      ...counts('age = old: 30\nage = young: 10'),
      ...cells('income = : 100', { kind: 'total' }),
    ];
    const { problem } = prepare(given, sample);
    expect(
      problem.constraints!.map(({ name, category, values, asked }) => [name, category, [...values], asked]),
    ).toEqual([
      ['income', undefined, [3, 3, 4], 100],
      ['age', 'old', [1, 1, 1], 30],
      ['age', 'young', [1, 0, 0], 10],
    ]);
    expect(fitted(problem)).toMatchObject({ 'cars=none': 10, 'age=old': 30, 'age=young': 10, 'income=': 100 });
  });

  it.each([
    {
      fault: 'shares of persons alone',
      given: [...counts('cars = none: 1\ncars = one: 2'), ...shares('age = old: 0.5\nage = young: 0.5')],
      message: 'age: shares of persons without a number of persons; expected one margin of persons in counts.',
    },
    {
      fault: 'a mean over persons',
      given: cells('income = : 3', { kind: 'mean' }),
      message: 'income: a mean over persons cannot be asked of households; expected the total.',
    },
    {
      fault: 'the wrong level',
      given: cells('age = old: 3', { kind: 'count', level: 'household' }),
      message: 'age: no such variable in the sample; got age, expected cars.',
    },
    {
      fault: 'nowhere',
      given: cells('sex = f: 3', { kind: 'count' }),
      message: 'sex: no such variable in the sample; got sex, expected cars, home, age, income.',
    },
  ])('names the fault: $fault', ({ given, message }) => {
    expect(() => prepare(given, sample)).toThrow(expect.objectContaining({ message }));
  });

  it('does not count persons without household as people of a category', () => {
    const columns = { ...persons, age: ['old', 'young', 'old', 'old', 'baby'] };
    const orphaned = sampleOf(sample.columns, { persons: { ...sample.persons!, columns } });
    expect(() => prepare(counts('age = old: 30\nage = young: 10\nage = baby: 1'), orphaned)).toThrow(
      'age = baby: nobody in the sample has this category; got baby (1) asked, expected a category of the sample: old, young.',
    );
  });

  it('asks for the level of a variable that both have', () => {
    const both = sampleOf({ ...sample.columns, age: ['a', 'b', 'c'] }, { persons: sample.persons! });
    expect(() => prepare(counts('age = old: 30\nage = young: 10'), both)).toThrow(
      'age: a variable of households and of persons; expected a level, household or person.',
    );
  });
});
