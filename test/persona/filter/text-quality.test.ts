import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import {
  permuteTexts,
  TextGates,
  textGates,
  type TextFigures,
  type TextQuality,
} from '../../../src/persona/filter/text-quality.js';
import { traitDomains } from '../../../src/psychometrics/inventory.js';
import { evidenceOf, personaOf } from '../../stages/people-fixture.js';

const gates = TextGates.parse({});
const follows = { r: 0.7, lower: 0.6, upper: 0.8, signAgreement: 0.95, extreme: 1_200 };
const good: TextFigures = {
  personas: 4_000,
  people: 100,
  coupling: traitDomains.map((domain) => ({ domain, ...follows, administered: follows })),
  contradictions: 0.002,
  grounding: 0.99,
  randomSpans: 0.01,
  claims: 600,
};
const quality = (edit: Partial<TextFigures>): TextQuality => ({
  schema: 'text-quality/1',
  own: { ...good, ...edit },
  refused: 0.006,
  shuffled: null,
});
const withOpenness = (edit: Partial<TextFigures['coupling'][number]>): Partial<TextFigures> => ({
  coupling: good.coupling.map((domain) => (domain.domain === 'openness' ? { ...domain, ...edit } : domain)),
});

describe('textGates', () => {
  it('has the gates that are documented', () => {
    expect(gates).toEqual({
      minCorrelation: 0.5,
      minSignAgreement: 0.85,
      maxContradictions: 0.01,
      maxRefused: 0.05,
      minGrounding: 0.95,
      maxRandomSpans: 0.05,
    });
    expect(TextGates.safeParse({ minGrounding: 2 }).success).toBe(false);
    expect(TextGates.safeParse({ more: 1 }).success).toBe(false);
  });

  it('lets good texts pass, and texts of which nothing can be said', () => {
    expect(textGates(quality({}), gates)).toEqual([]);
    const silent = {
      ...withOpenness({ r: null, lower: null, upper: null, signAgreement: null, extreme: 0 }),
      grounding: null,
      randomSpans: null,
      claims: 0,
      people: 9,
    };
    expect(textGates(quality(silent), gates)).toEqual([]);
  });

  test.each<[string, Partial<TextFigures>, string[]]>([
    [
      'a domain that texts do not follow',
      withOpenness({ r: 0.3, lower: 0.15, upper: 0.45 }),
      ['blind scores of the texts follow the drawn openness with a correlation of 0.30, asked at least 0.5'],
    ],
    [
      'texts that follow what was drawn and not what was measured',
      withOpenness({ administered: { ...follows, r: 0.3, lower: 0.15, upper: 0.45, signAgreement: 0.5 } }),
      ['blind scores of the texts follow the T-scores of openness with a correlation of 0.30, asked at least 0.5'],
    ],
    [
      'people on the wrong side',
      withOpenness({ signAgreement: 0.6 }),
      ['60.0 % of the texts of personas drawn far from the mean show their side of openness, asked at least 85.0 %'],
    ],
    ['contradictions', { contradictions: 0.06 }, ['6.0 % of the texts contradict their fields, asked at most 1.0 %']],
    ['loose claims', { grounding: 0.8 }, ['80.0 % of the claims stand on their span, asked at least 95.0 %']],
    [
      'spans that mean nothing',
      { randomSpans: 0.3 },
      ['30.0 % of the claims would stand on a random span of their author, asked at most 5.0 %'],
    ],
    [
      'texts that all say the same',
      withOpenness({ r: null, lower: null, upper: null, signAgreement: 0 }),
      [
        'the texts say the same of everybody as far as openness goes',
        '0.0 % of the texts of personas drawn far from the mean show their side of openness, asked at least 85.0 %',
      ],
    ],
  ])('names %s', (_, edit, expected) => {
    expect(textGates(quality(edit), gates)).toEqual(expected);
  });

  it('names candidates that were rejected for what the others would have said', () => {
    const { own } = quality({});
    const many = { schema: 'text-quality/1' as const, own, refused: 0.2, shuffled: null };
    expect(textGates(many, gates)).toEqual([
      '20.0 % of the candidates were rejected because their text contradicted their fields, asked at most 5.0 %',
    ]);
    expect(textGates({ ...many, refused: 0.05 }, gates)).toEqual([]);
  });

  it('names everything that is missed, in one order', () => {
    const all = {
      ...withOpenness({ r: 0, upper: 0.1, signAgreement: 0 }),
      contradictions: 1,
      grounding: 0,
      randomSpans: 1,
    };
    expect(textGates(quality(all), gates)).toHaveLength(5);
  });

  // What 0.85, 0.95 and 0.99 let happen by chance (binomial tails by hand: 0.15 = 0.15 > 0.025; 0.15² = 0.0225 < 0.025).
  test.each<[string, Partial<TextFigures>, number]>([
    ['an interval that reaches the gate', withOpenness({ r: 0.45, upper: 0.51 }), 0],
    ['nine people', { ...withOpenness({ r: 0.1, upper: 0.2 }), people: 9 }, 0],
    ['ten people', { ...withOpenness({ r: 0.1, upper: 0.2 }), people: 10 }, 1],
    ['one person on the wrong side', { ...withOpenness({ signAgreement: 0 }), people: 1 }, 0],
    ['two people on the wrong side', { ...withOpenness({ signAgreement: 0 }), people: 2 }, 1],
    ['two people with one extreme persona', { ...withOpenness({ signAgreement: 0, extreme: 1 }), people: 2 }, 0],
    ['one contradiction in ten people', { contradictions: 0.1, people: 10 }, 0],
    ['two contradictions in ten people', { contradictions: 0.2, people: 10 }, 1],
    ['84 % of signs in a hundred people', withOpenness({ signAgreement: 0.84 }), 0],
    ['76 % of signs in a hundred people', withOpenness({ signAgreement: 0.76 }), 1],
    ['a share just at its gate', { grounding: 0.95, people: 1_000_000, claims: 1_000_000 }, 0],
    ['a share just below it with a million people', { grounding: 0.949, people: 1_000_000, claims: 1_000_000 }, 1],
  ])('only fails what chance would not do: %s', (_, edit, misses) => {
    expect(textGates(quality(edit), gates)).toHaveLength(misses);
  });

  it('takes gates at their ends', () => {
    const strict = {
      minCorrelation: 1,
      minSignAgreement: 1,
      maxContradictions: 0,
      maxRefused: 0,
      minGrounding: 1,
      maxRandomSpans: 0,
    };
    expect(textGates(quality({}), strict)).toHaveLength(19);
    const open = {
      minCorrelation: -1,
      minSignAgreement: 0,
      maxContradictions: 1,
      maxRefused: 1,
      minGrounding: 0,
      maxRandomSpans: 1,
    };
    expect(textGates(quality({ contradictions: 1, grounding: 0, randomSpans: 1 }), open)).toEqual([]);
  });
});

describe('permuteTexts', () => {
  const claimOf = (n: number, draw: number) => ({
    dimension: 'work' as const,
    statement: `Claim ${n}.${draw}`,
    status: 'stated' as const,
    source: { post: `${n}#1`, start: 0, end: 1 },
  });
  const people = fc
    .uniqueArray(fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 4 })), {
      selector: ([n]) => n,
      minLength: 2,
      maxLength: 8,
    })
    .map((counts) =>
      counts.flatMap(([n, draws]) =>
        Array.from({ length: draws }, (_, k) => ({
          ...personaOf(n, k + 1, { ageYears: 20 + n }, `Text ${n}.${k + 1}`),
          evidence: evidenceOf({ claims: [claimOf(n, k + 1)], topics: [`topic ${n}`] }),
        })),
      ),
    );

  it('gives everybody text and claims of one other person, and leaves the rest', () => {
    fc.assert(
      fc.property(people, fc.string(), (personas, seed) => {
        const found = permuteTexts(personas, randomStream(seed))!;
        expect(found).toHaveLength(personas.length);
        const givers = new Map<string, Set<number>>();
        found.forEach((after, i) => {
          const before = personas[i]!;
          const [, n, draw] = /^Text (\d+)\.(\d+)$/.exec(after.text)!.map(Number) as [number, number, number];
          expect(after.person).not.toBe(personaOf(n, 1).person);
          expect(after.evidence.claims).toEqual([claimOf(n, draw)]);
          const own = { text: before.text, evidence: { ...after.evidence, claims: before.evidence.claims } };
          expect({ ...after, ...own }).toEqual(before);
          givers.set(after.person, (givers.get(after.person) ?? new Set()).add(n));
        });
        // Each person has one giver, and gives to one person.
        expect([...givers.values()].every(({ size }) => size === 1)).toBe(true);
        expect(new Set([...givers.values()].flatMap((set) => [...set])).size).toBe(givers.size);
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });

  it('depends on the stream and on who there is, not on the order of the personas', () => {
    const personas = [0, 1, 2, 3, 4, 5].map((n) => personaOf(n, 1, {}, `Text ${n}`));
    const textsOf = (found: ReturnType<typeof permuteTexts>) =>
      new Map(found!.map(({ person, text }) => [person, text]));
    const first = textsOf(permuteTexts(personas, randomStream('1')));
    expect(textsOf(permuteTexts(personas.toReversed(), randomStream('1')))).toEqual(first);
    expect(textsOf(permuteTexts(personas, randomStream('2')))).not.toEqual(first);
  });

  it('cannot do it with fewer than two people', () => {
    expect(permuteTexts([], randomStream('1'))).toBeNull();
    expect(permuteTexts([personaOf(1, 1), personaOf(1, 2)], randomStream('1'))).toBeNull();
  });
});
