import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Failure } from '../../src/core/failure.js';
import { randomStream } from '../../src/core/random.js';
import { largestShift, summarizeAdaptation } from '../../src/population/adaptation.js';
import type { AgentRecord } from '../../src/population/agent-pool.js';
import type { Constraint } from '../../src/population/query.js';
import {
  checkReachable,
  meets,
  personaOf,
  rankAgents,
  takeAgents,
  withChanges,
  type LedgerEntry,
  type SubpopulationMember,
} from '../../src/population/subpopulation.js';
import { NarrativePersona } from '../../src/persona/narrative-persona.js';
import { agent, tableOf, variables, type AgentSketch } from './subpopulation-fixture.js';

const is = (variable: string, ...anyOf: string[]): Constraint => ({ kind: 'category', variable, anyOf, phrases: [] });
const aged = (...ranges: [number, number][]): Constraint => ({ kind: 'age', ranges, phrases: [] });
const random = randomStream('1', 'test');
const rank = (agents: readonly AgentRecord[], constraints: readonly Constraint[], similarities?: readonly number[]) =>
  rankAgents(agents, similarities ?? agents.map(() => 0), constraints, random);

describe('meets', () => {
  test.each([
    [is('region', 'South'), true],
    [is('region', 'West', 'South'), true],
    [is('region', 'West'), false],
    [is('planet', 'Mars'), false],
    [aged([50, 50]), true],
    [aged([51, 120]), false],
    [aged([18, 29], [50, 60]), true],
  ])('%j', (constraint, expected) => {
    expect(meets(agent('a'), constraint)).toBe(expected);
  });
});

describe('rankAgents', () => {
  // By hand: b and d are in the South as they are; a and e were only drawn elsewhere; c said so, f is too young.
  const agents = [
    agent('a', { region: 'West' }),
    agent('b'),
    agent('c', { region: '!West' }),
    agent('d'),
    agent('e', { region: 'Midwest' }),
    agent('f', { age: 20 }),
  ];
  const constraints = [is('region', 'South'), aged([30, 120])];

  it('puts those who meet everything first, then those with conflicts in imputed attributes, each by similarity', () => {
    const { candidates, exact, locked } = rank(agents, constraints, [0.9, 0.1, 0.8, 0.3, 0.95, 0.7]);
    expect(candidates.map(({ agent: name }) => name)).toEqual(['d', 'b', 'e', 'a']);
    expect({ exact, locked }).toEqual({ exact: 2, locked: 2 });
    expect(candidates[2]!.changes).toEqual([{ variable: 'region', from: 'Midwest', to: 'South' }]);
  });

  it('settles ties by name, and differences below the sixth decimal are ties', () => {
    const order = (similarities: number[]) => rank(agents, constraints, similarities).candidates.map((c) => c.agent);
    expect(order([0, 0.3, 0, 0.3, 0, 0])).toEqual(['b', 'd', 'a', 'e']);
    expect(order([0, 0.3, 0, 0.3 + 1e-8, 0, 0])).toEqual(['b', 'd', 'a', 'e']);
  });

  test.each([
    ['sex', { sex: 'male' }, is('sex', 'female')],
    ['age', { age: 30 }, aged([60, 70])],
    ['what is stated', { marital: '!married' }, is('marital_status', 'widowed')],
    ['a variable that the pool does not have', {}, is('planet', 'Mars')],
  ] as [string, AgentSketch, Constraint][])('never plans to change %s', (_, sketch, constraint) => {
    expect(rank([agent('a', sketch)], [constraint])).toEqual({ candidates: [], exact: 0, locked: 1 });
  });

  it('does not change sex even where it was drawn', () => {
    const drawn = agent('a', { sex: 'male' });
    const imputed = { ...drawn, attributes: { ...drawn.attributes, sex: { value: 'male', status: 'imputed' } } };
    expect(rank([imputed], [is('sex', 'female')]).locked).toBe(1);
  });

  it('takes several values from one donor of the same sex and age band who has them all', () => {
    const pool = [
      agent('a', { marital: 'married', employment: 'employed' }),
      agent('widow', { marital: 'widowed', employment: 'unemployed', region: '!West' }),
      agent('retiree', { marital: 'divorced', employment: 'not in labor force', region: '!West' }),
      agent('young', { marital: 'widowed', employment: 'not in labor force', age: 20 }),
    ];
    const wanted = [
      is('marital_status', 'widowed', 'divorced'),
      is('employment', 'unemployed', 'not in labor force'),
      is('region', 'South'),
    ];
    const donors = new Set<string>();
    for (let k = 0; k < 50; k++) {
      const { candidates } = rankAgents(pool, [0, 0, 0, 0], wanted, randomStream(String(k)));
      const { donor, changes } = candidates.find(({ agent: name }) => name === 'a')!;
      donors.add(donor!);
      expect(changes).toEqual(
        donor === 'widow'
          ? [
              { variable: 'marital_status', from: 'married', to: 'widowed' },
              { variable: 'employment', from: 'employed', to: 'unemployed' },
            ]
          : [
              { variable: 'marital_status', from: 'married', to: 'divorced' },
              { variable: 'employment', from: 'employed', to: 'not in labor force' },
            ],
      );
    }
    expect([...donors].sort()).toEqual(['retiree', 'widow']);
  });

  it('draws donors by weight, never one of weight 0 beside others', () => {
    const pool = [
      agent('a', { region: 'West' }),
      agent('heavy', { region: 'South', weight: 3 }),
      agent('light', { region: 'Midwest', weight: 1 }),
      agent('none', { region: 'Northeast', weight: 0 }),
    ];
    const wanted = [is('region', 'South', 'Midwest', 'Northeast')];
    let heavy = 0;
    for (let k = 0; k < 1000; k++) {
      const { donor } = rankAgents(pool, [0, 0, 0, 0], wanted, randomStream(String(k))).candidates.at(-1)!;
      if (donor === 'heavy') heavy++;
      else expect(donor).toBe('light');
    }
    // Binomial(1000, 3/4): 99.99 % lie within 750 +- 54.
    expect(heavy).toBeGreaterThan(696);
    expect(heavy).toBeLessThan(804);
  });

  it('goes beyond sex and age band for a donor, and says when nobody has the value', () => {
    const far = rank([agent('a', { region: 'West' }), agent('b', { sex: 'male', age: 20 })], [is('region', 'South')]);
    expect(far.candidates.at(-1)).toMatchObject({ agent: 'a', donor: 'b' });
    const none = rank([agent('a', { region: 'West' })], [is('region', 'South')]);
    expect(none.candidates[0]).toMatchObject({
      donor: null,
      changes: [{ variable: 'region', from: 'West', to: 'South' }],
    });
  });

  it('loses nobody, never plans a locked change, and what it plans meets every constraint', () => {
    const value = (...of: string[]) =>
      fc.tuple(fc.constantFrom('', '!'), fc.constantFrom(...of)).map((parts) => parts.join(''));
    const sketch = fc.record({
      age: fc.integer({ min: 18, max: 90 }),
      sex: fc.constantFrom('female', 'male'),
      region: value('Northeast', 'Midwest', 'South', 'West'),
      marital: value('married', 'widowed', 'divorced'),
      employment: value('employed', 'unemployed'),
      weight: fc.double({ min: 0, max: 3, noNaN: true }),
    });
    const wanted = fc.array(
      fc.constantFrom(
        is('region', 'South', 'West'),
        is('marital_status', 'widowed'),
        is('employment', 'unemployed'),
        is('sex', 'female'),
        aged([40, 90]),
      ),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(
        fc.array(sketch, { minLength: 1, maxLength: 12 }),
        wanted,
        fc.nat(),
        (sketches, constraints, seed) => {
          const agents = sketches.map((one, k) => agent(`a${k}`, one));
          const { candidates, exact, locked } = rankAgents(
            agents,
            agents.map(() => 0),
            constraints,
            randomStream(String(seed)),
          );
          expect(candidates.length + locked).toBe(agents.length);
          candidates.forEach(({ agent: name, changes }, place) => {
            const base = agents.find((one) => one.agent === name)!;
            expect(changes.length === 0).toBe(place < exact);
            for (const { variable, from, to } of changes) {
              expect(base.attributes[variable]).toEqual({ value: from, status: 'imputed' });
              expect(to).not.toBe(from);
            }
            expect(constraints.every((constraint) => meets(withChanges(base, changes), constraint))).toBe(true);
          });
        },
      ),
      { seed: 20260101, numRuns: 300 },
    );
  });
});

describe('checkReachable', () => {
  const agents = [agent('a'), agent('b', { age: 70 }), agent('c', { age: 80, region: '!West' })];
  const constraints = [is('region', 'South'), aged([66, 120])];
  const check =
    (wanted: number, asked = constraints) =>
    () =>
      checkReachable(agents, asked, rank(agents, asked), wanted);

  it('lets through what can be filled', () => {
    expect(check(1)).not.toThrow();
    expect(check(3, [])).not.toThrow();
  });

  test.each([
    [
      4,
      constraints,
      'usage',
      '--agents: more agents than the pool has; no agent is taken twice; got 4, expected at most 3.',
    ],
    [
      2,
      constraints,
      'infeasible',
      'subpopulation: too few agents for: region is South; age is 66 or more; got 1 as they are and 0 by revision, expected 2. Ask for at most 1 agents, or leave out "region is South": 2 agents would do then.',
    ],
    [
      1,
      [aged([100, 120])],
      'infeasible',
      'subpopulation: too few agents for: age is 100 or more; got 0 as they are and 0 by revision, expected 1. Ask for less, or leave out "age is 100 or more": 3 agents would do then.',
    ],
  ] as [number, Constraint[], string, string][])('refuses %i', (wanted, asked, code, message) => {
    expect(check(wanted, asked)).toThrow(expect.objectContaining({ code, message }) as Failure);
  });
});

describe('takeAgents', () => {
  const pool = tableOf([
    agent('a', { weight: 1, age: 30 }),
    agent('b', { weight: 3, age: 40 }),
    agent('c', { weight: 5, age: 50 }),
  ]);

  it('keeps rows in the asked order with their changes, scores and types, and weights of mean 1', () => {
    const { rows, columns, schema } = takeAgents(pool, [
      { agent: 'c', changes: [] },
      { agent: 'a', changes: [{ variable: 'region', from: 'South', to: 'West' }] },
    ]);
    expect({ rows, schema }).toEqual({ rows: 2, schema: 'agent-pool/1' });
    expect(columns['agent']).toEqual(['c', 'a']);
    expect(columns['region']).toEqual(['South', 'West']);
    expect(columns['region_status']).toEqual(['imputed', 'imputed']);
    expect(columns['age_years']).toEqual(Int32Array.of(50, 30));
    expect(Array.from(columns['weight'] as Float64Array)).toEqual([10 / 6, 2 / 6]);
    expect(Object.keys(columns)).toEqual(Object.keys(pool.columns));
  });

  it('refuses agents without any weight', () => {
    const weightless = tableOf([agent('a', { weight: 0 })]);
    expect(() => takeAgents(weightless, [{ agent: 'a', changes: [] }])).toThrow(
      'subpopulation: all agents that were found have weight 0.',
    );
  });
});

describe('personaOf', () => {
  it('is a persona with text and attributes, and without evidence', () => {
    const persona = personaOf(agent('a'));
    expect(NarrativePersona.parse(persona)).toEqual(persona);
    expect(persona.text).toBe(agent('a').text);
    expect(persona.disposition).toMatchObject({
      ageYears: 50,
      attributes: { region: { value: 'South', status: 'imputed' } },
    });
  });
});

describe('summarizeAdaptation', () => {
  it('counts what was tried, accepted, rolled back and changed', () => {
    const change = (to: string) => ({ variable: 'region', from: 'West', to });
    const entry = (name: string, reason: string | null, to = 'South'): LedgerEntry => ({
      agent: name,
      persona: 'p',
      changes: [change(to)],
      donor: name === 'c' ? null : 'x',
      reviser: 'r',
      status: reason === null ? 'accepted' : 'rolled-back',
      reason,
      textBefore: '',
      textAfter: '',
    });
    const member = (
      name: string,
      similarity: number,
      changes: SubpopulationMember['changes'],
    ): SubpopulationMember => ({
      schema: 'subpopulation/1',
      rank: 1,
      agent: name,
      persona: 'p',
      similarity,
      changes,
      textBefore: '',
      textAfter: '',
    });
    const summary = summarizeAdaptation({
      request: {
        schema: 'subpopulation-request/1',
        query: 'q',
        agents: 3,
        constraints: [is('region', 'South')],
        notes: [],
        compared: 'q',
        embedder: 'e',
        exact: 1,
        revisable: 4,
        locked: 2,
      },
      pool: { sha256: 'h', agents: 7, target: 't' },
      reviser: 'r',
      members: [member('a', 0.1, []), member('b', 0.5, [change('South')]), member('c', 0.3, [change('South')])],
      ledger: [entry('z', 'no'), entry('b', null), entry('y', 'no'), entry('c', null)],
      table: tableOf([agent('a', { persona: 'p' }), agent('b', { persona: 'p' }), agent('c')]),
    });
    expect(summary).toMatchObject({
      found: { exact: 1, revisable: 4, locked: 2 },
      unchanged: 1,
      revised: 2,
      rolledBack: 2,
      rollbackReasons: { no: 2 },
      acceptance: { region: { tried: 4, accepted: 2, rate: 0.5 } },
      changes: { 'region: West -> South': 2 },
      withoutDonor: 1,
      similarity: { max: 0.5, median: 0.3, min: 0.1 },
      // Shares of the personas 2/3 and 1/3: 1 / (4/9 + 1/9).
      effectiveSampleSize: expect.closeTo(1.8, 12) as number,
      effectivePeople: expect.closeTo(3, 12) as number,
    });
  });
});

describe('largestShift', () => {
  it('is the largest difference of weighted shares in points', () => {
    const before = tableOf([agent('a', { weight: 1 }), agent('b', { region: 'West', weight: 3 })]);
    const after = tableOf([agent('a'), agent('b', { region: 'West' })]);
    const own = variables.filter(({ name }) => ['region', 'sex'].includes(name));
    expect(largestShift(own, before, after)).toBeCloseTo(25, 12);
    expect(largestShift(own, before, before)).toBe(0);
  });
});
