import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/findings.js';
import { randomStream } from '../../src/core/random.js';
import { fitWeights } from '../../src/survey/fit-weights.js';
import type { ZoneMargins } from '../../src/survey/margins.js';
import { joinLevels, prepareZoneSamples } from '../../src/survey/zone-samples.js';

const zone = (name: string, female: number, male: number): ZoneMargins => ({
  zone: name,
  margins: [
    {
      name: 'sex',
      level: null,
      universe: null,
      categories: ['f', 'm'],
      asked: Float64Array.of(female, male),
      unit: 'total',
    },
  ],
  numbers: [],
});
const zones = [zone('b', 6, 2), zone('a', 1, 9)];
const sample = { records: 5, columns: { sex: ['f', 'm', 'f', 'm', 'f'], notes: [] } };
const nothing = (): void => undefined;

describe('zones and their records', () => {
  it('take every record in every zone when nobody says where they live', () => {
    const prepared = prepareZoneSamples(zones, sample, null, {}, randomStream('1'), nothing);
    expect(prepared.map(({ zone: name, rows }) => [name, [...rows]])).toEqual([
      ['b', [0, 1, 2, 3, 4]],
      ['a', [0, 1, 2, 3, 4]],
    ]);
  });

  it('take their own records otherwise, base weights and persons with them', () => {
    // Persons live in households 1, 4, 0, none, 1; zone b is households 0, 1 and 4.
    const persons = {
      records: 5,
      columns: { age: ['old', 'old', 'young', 'old', 'young'], count: Float64Array.of(1, 2, 3, 4, 5) },
      householdOf: Int32Array.of(1, 4, 0, -1, 1),
    };
    const age = { ...zone('b', 2, 3).margins[0]!, name: 'age', categories: ['old', 'young'] };
    const own = [{ ...zones[0]!, margins: [...zones[0]!.margins, age] }, zones[1]!];
    const full = { ...sample, base: Float64Array.of(1, 2, 3, 4, 5), persons };
    const [b, a] = prepareZoneSamples(own, full, ['b', 'b', 'a', 'a', 'b'], {}, randomStream('1'), nothing);
    expect([[...b!.rows], [...b!.problem.base]]).toEqual([
      [0, 1, 4],
      [1, 2, 5],
    ]);
    expect(b!.problem.constraints!.map(({ category, values }) => [category, [...values]])).toEqual([
      ['old', [0, 1, 1]],
      ['young', [1, 1, 0]],
    ]);
    expect([[...a!.rows], [...a!.problem.base]]).toEqual([
      [2, 3],
      [3, 4],
    ]);
    // Two records, one of each sex: the weights are what is asked.
    expect([...fitWeights(a!.problem).weights].map((w) => Number(w.toFixed(9)))).toEqual([1, 9]);
  });

  it('leave out records by their row in the whole sample, and say in which zone', () => {
    const findings: Finding[] = [];
    const gappy = { ...sample, columns: { sex: ['f', 'm', 'f', 'm', ''] } };
    const [b] = prepareZoneSamples(
      zones,
      gappy,
      ['a', 'b', 'a', 'a', 'b'].map((name, i) => (i === 0 ? 'b' : name)),
      { missing: 'exclude' },
      randomStream('1'),
      (finding) => void findings.push(finding),
    );
    expect([...b!.rows]).toEqual([0, 1]);
    expect(findings.map(({ message, values }) => [message, values!['zone']])).toEqual([
      ['zone b: missing values of sample (sex 1) left out 1 of 3 records', 'b'],
    ]);
  });

  it.each([
    [['b', 'b', 'c', 'a', 'b'], 'record 3: no margins for its zone; got c, expected b, a.'],
    [
      ['b', 'b', 'b', 'b', 'b'],
      'zone a: no record lives there; got 0, expected at least one. Choose for dead margins drop to leave out zones without records.',
    ],
  ])('must agree: %s', (zoneOf, message) => {
    expect(() => prepareZoneSamples(zones, sample, zoneOf, {}, randomStream('1'), nothing)).toThrow(message);
  });
});

describe('zones without people or without records', () => {
  const prepared = (
    own: readonly ZoneMargins[],
    zoneOf: readonly string[],
    deadMargins: 'error' | 'drop' = 'error',
  ) => {
    const findings: Finding[] = [];
    const ready = prepareZoneSamples(
      own,
      sample,
      zoneOf,
      { deadMargins },
      randomStream('1'),
      (finding) => void findings.push(finding),
    );
    return { ready, told: findings.map(({ code, level, message, values }) => [code, level, message, values]) };
  };
  const empty = zone('c', 0, 0);

  it('have weights of zero where nobody lives, and are said once', () => {
    const { ready, told } = prepared([...zones, empty, zone('d', 0, 0)], ['b', 'b', 'a', 'a', 'c']);
    expect(ready.map(({ zone: name, rows }) => [name, [...rows]])).toEqual([
      ['b', [0, 1]],
      ['a', [2, 3]],
      ['c', [4]],
    ]);
    expect([...fitWeights(ready[2]!.problem).weights]).toEqual([0]);
    const message = 'nobody lives in 2 zones (c, d): all weights there are zero';
    expect(told).toEqual([['empty-zones', 'info', message, { zones: ['c', 'd'] }]]);
  });

  it('are left out where they have no records and dead margins are dropped', () => {
    const where = ['b', 'b', 'b', 'b', 'b'];
    const own = [zone('b', 6, 2), zone('a', 1, 9), empty];
    const { ready, told } = prepared(own, where, 'drop');
    expect(ready.map(({ zone: name }) => name)).toEqual(['b']);
    expect(told).toEqual([
      ['empty-zones', 'info', 'nobody lives in zone c: all weights there are zero', { zones: ['c'] }],
      [
        'zone-without-records',
        'caution',
        'zone a left out: no record lives there, though people are asked for',
        { zones: ['a'] },
      ],
    ]);
    expect(() => prepared([...own, zone('x', 1, 1)], where)).toThrow('2 zones (a, x): no record lives there; got 0');
  });

  it('count numbers among what is asked', () => {
    const hours = { name: 'notes', level: null, universe: null, asked: 3, unit: 'total' as const };
    expect(() => prepared([...zones, { ...empty, numbers: [hours] }], ['b', 'b', 'a', 'a', 'a'])).toThrow(
      'zone c: no record lives there',
    );
  });
});

describe('margins of two levels', () => {
  it('are joined by zone and get their level', () => {
    const joined = joinLevels(zones, [zone('a', 3, 4), zone('b', 1, 2)]);
    expect(joined.map((own) => [own.zone, own.margins.map(({ level, asked }) => [level, ...asked])])).toEqual([
      [
        'b',
        [
          ['household', 6, 2],
          ['person', 1, 2],
        ],
      ],
      [
        'a',
        [
          ['household', 1, 9],
          ['person', 3, 4],
        ],
      ],
    ]);
  });

  it('must have the same zones, and margins of their own level', () => {
    expect(() => joinLevels(zones, [zone('a', 1, 1)])).toThrow(
      'zone b: margins of households but none of persons; expected the same zones in both files.',
    );
    expect(() => joinLevels([zone('', 1, 1)], [zone('x', 1, 1)])).toThrow(
      'margins without zone: margins of households but none of persons; expected the same zones in both files.',
    );
    const wrong = [{ ...zone('', 1, 1), margins: [{ ...zone('', 1, 1).margins[0]!, level: 'person' as const }] }];
    expect(() => joinLevels(wrong, [zone('', 1, 1)])).toThrow('sex: a margin of persons in the file of households.');
  });
});
