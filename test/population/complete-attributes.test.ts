import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { randomStream } from '../../src/core/random.js';
import { completeAttributes } from '../../src/population/complete-attributes.js';
import { populationJoint } from '../../src/population/joint.js';
import type { Attribute } from '../../src/persona/narrative-persona.js';
import { margin, shippedTarget, tinyTarget, tinyVariables } from './fixture.js';

const joint = populationJoint(tinyTarget());
const stated = (value: string): Attribute => ({ value, status: 'stated', source: { post: 'p1', start: 0, end: 4 } });
const inferred = (value: string): Attribute => ({ value, status: 'inferred' });
/** The margin of old men is empty: a stated old man has to be relaxed. */
const noOldMen = populationJoint(
  tinyTarget({
    margins: [
      margin(tinyVariables, 'sex x age', [0.1, 0.3, 0.2, 0.15, 0.25, 0]),
      margin(tinyVariables, 'region', [0.4, 0.6]),
    ],
  }),
);

describe('completeAttributes', () => {
  it('keeps what is known as it was and imputes the rest', () => {
    const known = { ageYears: 41, attributes: { sex: stated('female'), hobby: inferred('chess') } };
    const { ageYears, attributes, relaxed } = completeAttributes(joint, known, 18, randomStream('keep'));
    expect(ageYears).toBe(41);
    expect(relaxed).toEqual([]);
    expect(attributes).toEqual({
      sex: stated('female'),
      hobby: inferred('chess'),
      age: { value: '30-64', status: 'stated' },
      region: { value: expect.stringMatching(/^(north|south)$/) as string, status: 'imputed' },
    });
  });

  it('keeps the status and the source of a known age', () => {
    const known = {
      ageYears: 70,
      attributes: { age: { ...inferred('old'), source: { post: 'p2', start: 1, end: 3 } } },
    };
    expect(completeAttributes(joint, known, 18, randomStream('age')).attributes['age']).toEqual({
      value: '65+',
      status: 'inferred',
      source: { post: 'p2', start: 1, end: 3 },
    });
  });

  it('does not touch what it is given', () => {
    const known = Object.freeze({ attributes: Object.freeze({ sex: Object.freeze(stated('male')) }) });
    completeAttributes(joint, known, 18, randomStream('frozen'));
    expect(known.attributes).toEqual({ sex: stated('male') });
  });

  // 4 000 donors; a share near one half has a standard error of .008.
  it('imputes from people who agree with what is known', () => {
    const share = (sex: string): number => {
      let north = 0;
      for (let i = 0; i < 4000; i++)
        if (
          completeAttributes(joint, { attributes: { sex: stated(sex) } }, 16, randomStream(sex, i)).attributes[
            'region'
          ]!.value === 'north'
        )
          north++;
      return north / 4000;
    };
    expect(Math.abs(share('female') - 0.5)).toBeLessThan(0.032);
    expect(Math.abs(share('male') - 0.25)).toBeLessThan(0.028);
  });

  it('draws ages inside the band that it imputes and not below the minimum', () => {
    const bands = { '16-29': [18, 29], '30-64': [30, 64], '65+': [65, 89] } as const;
    const seen = new Set<number>();
    for (let i = 0; i < 3000; i++) {
      const { ageYears, attributes } = completeAttributes(joint, { attributes: {} }, 18, randomStream('ages', i));
      const [from, to] = bands[attributes['age']!.value as keyof typeof bands];
      expect(ageYears >= from && ageYears <= to).toBe(true);
      expect(attributes['age']!.status).toBe('imputed');
      seen.add(ageYears);
    }
    // All of 18 to 89 turn up; nobody is said to be older, because the open band ends there.
    expect([Math.min(...seen), Math.max(...seen), seen.size]).toEqual([18, 89, 72]);
  });

  it('takes nobody from a band that is wholly below the minimum age', () => {
    for (let i = 0; i < 200; i++) {
      const { ageYears, attributes } = completeAttributes(joint, { attributes: {} }, 30, randomStream('old', i));
      expect(ageYears).toBeGreaterThanOrEqual(30);
      expect(attributes['age']!.value).not.toBe('16-29');
    }
  });

  it('says so when the target has nobody of the minimum age', () => {
    const act = () => completeAttributes(joint, { attributes: {} }, 121, randomStream('none'));
    expect(act).toThrow(Failure);
    expect(act).toThrow('tiny.age: nobody of the minimum age in the target; got 121.');
  });

  it('keeps a known age below the minimum: whom to keep is not for imputation to decide', () =>
    expect(completeAttributes(joint, { ageYears: 17, attributes: {} }, 18, randomStream('young')).ageYears).toBe(17));

  it('relaxes one variable, the last that helps, when nobody has all that is known, keeps the facts and names what it left out', () => {
    const known = { ageYears: 80, attributes: { sex: stated('male'), region: stated('north') } };
    const { attributes, ageYears, relaxed } = completeAttributes(noOldMen, known, 18, randomStream('relax'));
    expect([attributes['sex']!.value, attributes['age']!.value, attributes['region']!.value, ageYears]).toEqual([
      'male',
      '65+',
      'north',
      80,
    ]);
    expect(relaxed).toEqual(['age']);
  });

  it('imputes even where nothing that is known can be used', () => {
    const { attributes, relaxed } = completeAttributes(
      noOldMen,
      { ageYears: 80, attributes: { sex: stated('male') } },
      18,
      randomStream('r'),
    );
    expect(relaxed).toEqual(['age']);
    expect(attributes['region']!.status).toBe('imputed');
  });

  it('works without an age in the target', () => {
    const ageless = populationJoint(
      tinyTarget({
        variables: [tinyVariables[0]!, tinyVariables[2]!],
        margins: [margin(tinyVariables, 'sex', [0.6, 0.4]), margin(tinyVariables, 'region', [0.4, 0.6])],
      }),
    );
    const { ageYears, attributes } = completeAttributes(ageless, { attributes: {} }, 18, randomStream('ageless'));
    expect(ageYears).toBe(18);
    expect(Object.keys(attributes)).toEqual(['sex', 'region']);
  });

  it('gives the same person for the same stream', () => {
    const draw = (name: string) => completeAttributes(joint, { attributes: {} }, 18, randomStream(name));
    expect(draw('a')).toEqual(draw('a'));
    expect(Array.from({ length: 20 }, (_, i) => JSON.stringify(draw(`b${i}`))).every((p, _, all) => p === all[0])).toBe(
      false,
    );
  });

  it('never makes an impossible American', () => {
    const american = populationJoint(shippedTarget('us-adults'));
    const { target, table } = american;
    const knowns = [
      { ageYears: 18, attributes: { sex: stated('female') } },
      { ageYears: 20, attributes: { marital_status: stated('widowed') } },
      { attributes: { region: inferred('South') } },
      { attributes: { age: stated('18-24') } },
      { attributes: { education: stated('Graduate degree') } },
    ];
    const seen = new Set<string>();
    for (let i = 0; i < 2000; i++) {
      const known = knowns[i % knowns.length]!;
      const { ageYears, attributes } = completeAttributes(american, known, 18, randomStream('american', i));
      const cell = target.variables.reduce(
        (at, { name, categories }) => at * categories.length + categories.indexOf(attributes[name]!.value),
        0,
      );
      expect(table.cells[cell]).toBeGreaterThan(0);
      for (const { variable, category, years } of target.youngest!)
        if (attributes[variable]!.value === category && known.ageYears !== 20)
          expect([category, ageYears]).toSatisfy(([, age]) => (age as number) >= years);
      seen.add(`${ageYears} ${attributes['education']!.value}`);
    }
    // The rules bite: the bands alone would allow all of these.
    for (const never of ['18 Graduate degree', "20 Bachelor's degree", "18 Associate's degree"])
      expect(seen).not.toContain(never);
    expect(seen).toContain("22 Bachelor's degree");
  });

  it('keeps a fact that comes too early for the known age, and draws the age from where both are possible otherwise', () => {
    const target = tinyTarget({
      youngest: [{ variable: 'region', category: 'north', years: 25, reason: 'nobody goes north before' }],
    });
    const early = completeAttributes(
      populationJoint(target),
      { ageYears: 17, attributes: { region: stated('north') } },
      16,
      randomStream('early'),
    );
    expect([early.ageYears, early.attributes['region']!.value]).toEqual([17, 'north']);
    const ages = Array.from({ length: 400 }, (_, i) => {
      const drawn = completeAttributes(
        populationJoint(target),
        { attributes: { age: stated('16-29') } },
        16,
        randomStream('drawn', i),
      );
      return [drawn.attributes['region']!.value, drawn.ageYears] as const;
    });
    const least = (region: string): number => Math.min(...ages.filter(([r]) => r === region).map(([, age]) => age));
    expect([least('north'), least('south')]).toEqual([25, 16]);
  });
});
