import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/core/random.js';
import { textQuality, type MeasuredTexts } from '../../../src/persona/filter/text-figures.js';
import { TextGates, textGates, TextQuality } from '../../../src/persona/filter/text-quality.js';
import type { NarrativePersona } from '../../../src/persona/narrative-persona.js';
import { traitDomains } from '../../../src/psychometrics/inventory.js';
import { personaOf } from '../../stages/people-fixture.js';
import { historyOf, reader } from '../evidence-fixture.js';
import { shippedScorer } from './blind-fixture.js';
import { demoHistories, pseudonym } from './demo-people.js';

const gates = TextGates.parse({});
const tools = (seed = '1') => ({ reader, blindScorer: shippedScorer, random: randomStream(seed), replicates: 100 });

const words: Readonly<Record<(typeof traitDomains)[number], readonly [low: string, high: string]>> = {
  extraversion: ['shy', 'outgoing'],
  agreeableness: ['selfish', 'compassionate'],
  conscientiousness: ['careless', 'diligent'],
  neuroticism: ['calm', 'anxious'],
  openness: ['conventional', 'curious'],
};
/** Says of each domain which side it is, and how much. */
const textOf = (t: readonly number[]): string =>
  traitDomains
    .map((domain, k) => {
      const distance = Math.abs(t[k]! - 50);
      const degree = distance > 20 ? 'extremely ' : distance > 10 ? '' : 'somewhat ';
      return `She is ${degree}${words[domain][t[k]! > 50 ? 1 : 0]}.`;
    })
    .join(' ');

/** Demo authors with the claims that the embedded reader makes, `draws` personas each, and T-scores from a stream. */
function population(people: number, draws: number, seed = 'population'): MeasuredTexts {
  const histories = demoHistories().slice(0, people);
  const random = randomStream(seed);
  const evidence = new Map(histories.map((history) => [history.person, reader.read(history)]));
  const rows = histories.flatMap(({ person }) =>
    Array.from({ length: draws }, (_, draw) => {
      const t = traitDomains.map(() => 50 + 10 * random.normal());
      const own = evidence.get(person)!;
      const persona: NarrativePersona = {
        ...personaOf(0, draw + 1, {}, textOf(t)),
        id: `${person}.${draw + 1}`,
        person,
        evidence: own,
        disposition: { ageYears: own.ageYears ?? 40, attributes: {}, traits: t.map((value) => (value - 50) / 10) },
      };
      return { persona, t };
    }),
  );
  return { personas: rows.map(({ persona }) => persona), tScores: rows.map(({ t }) => t), histories, refused: 0 };
}

const people = population(70, 3);
const measured = textQuality(people, tools());
const small = population(12, 2);
const withTexts = (text: (persona: NarrativePersona, i: number) => string): MeasuredTexts => ({
  ...small,
  personas: small.personas.map((persona, i) => ({ ...persona, text: text(persona, i) })),
});

describe('textQuality', () => {
  it('is a value of its schema, the same for the same seed', () => {
    expect(TextQuality.parse(measured)).toEqual(measured);
    expect(textQuality(small, tools())).toEqual(textQuality(small, tools()));
    expect(textQuality(small, tools('2'))).not.toEqual(textQuality(small, tools('1')));
  });

  it('finds the numbers in texts that tell them, and passes every gate', () => {
    expect(measured.own).toMatchObject({ personas: 210, people: 70, contradictions: 0 });
    for (const { domain, r, lower, upper, signAgreement, extreme } of measured.own.coupling) {
      expect(r, domain).toBeGreaterThan(0.85);
      expect(lower! <= r! && r! <= upper!, domain).toBe(true);
      expect(signAgreement, domain).toBe(1);
      expect(extreme, domain).toBeGreaterThan(40);
    }
    expect(textGates(measured, gates)).toEqual([]);
  });

  it('tells what was drawn from what was measured', () => {
    const noise = randomStream('noise');
    const measuredElse = textQuality(
      { ...people, tScores: people.tScores.map(() => traitDomains.map(() => 50 + 10 * noise.normal())) },
      tools(),
    );
    measuredElse.own.coupling.forEach((one, k) => {
      expect(one.r).toBe(measured.own.coupling[k]!.r);
      expect(Math.abs(one.administered.r!)).toBeLessThan(0.25);
      expect(measured.own.coupling[k]!.administered).toEqual({
        r: one.r,
        lower: one.lower,
        upper: one.upper,
        signAgreement: one.signAgreement,
        extreme: one.extreme,
      });
    });
  });

  it('has spans that mean something: claims stand on their own and fall on others', () => {
    expect(measured.own.claims).toBeGreaterThan(300);
    expect(measured.own.grounding).toBeGreaterThanOrEqual(0.95);
    expect(measured.own.randomSpans).toBeLessThanOrEqual(0.05);
  });

  it('finds nothing in texts that changed owners', () => {
    const { shuffled } = measured;
    expect(shuffled).toMatchObject({ personas: 210, people: 70 });
    // Claims of others, put on random spans of one's own posts: measured, not zero by construction.
    expect(shuffled!.grounding).toBeLessThanOrEqual(0.05);
    for (const { domain, lower, upper, signAgreement } of shuffled!.coupling) {
      expect(lower! < 0.15 && upper! > -0.15, domain).toBe(true);
      expect(signAgreement, domain).toBeLessThan(0.65);
    }
    // Both extreme, on different sides, in one of five domains or more: 5 x .32 x .16 = .25 at most.
    expect(shuffled!.contradictions).toBeGreaterThan(0.1);
    expect(shuffled!.randomSpans).toBeLessThanOrEqual(0.05);
    expect(textGates({ ...measured, own: shuffled! }, gates).length).toBeGreaterThan(10);
  });

  it('finds nothing in texts that are all the same cheerful person', () => {
    const same = textQuality(
      withTexts(() => 'She is outgoing, kind, tidy, calm and curious.'),
      tools(),
    );
    expect(same.own.coupling.map(({ r }) => r)).toEqual([null, null, null, null, null]);
    expect(same.own.contradictions).toBeGreaterThan(0.4);
    expect(textGates(same, gates).length).toBeGreaterThan(1);
  });

  it('counts a persona once that contradicts a field, or an extreme trait, or both', () => {
    const plain = withTexts((_, i) => (i === 0 ? 'She is 99 years old.' : 'Somebody.'));
    expect(textQuality(plain, tools()).own.contradictions).toBe(1 / small.personas.length);
    const at = small.tScores.findIndex((t) => Math.abs(t[0]! - 50) > 10);
    const wrong = small.tScores[at]![0]! > 50 ? 'very shy and quiet' : 'very outgoing and talkative';
    const both = withTexts((_, i) => (i === at ? `She is 99 years old and ${wrong}.` : 'Somebody.'));
    expect(textQuality(both, tools()).own.contradictions).toBe(1 / small.personas.length);
    const trait = withTexts((_, i) => (i === at ? `She is ${wrong}.` : 'Somebody.'));
    expect(textQuality(trait, tools()).own.contradictions).toBe(1 / small.personas.length);
  });

  it('counts each claim once a person, and a claim off its span as loose', () => {
    const once = textQuality(
      {
        ...small,
        personas: small.personas.filter(({ draw }) => draw === 1),
        tScores: small.tScores.filter((_, i) => i % 2 === 0),
      },
      tools(),
    );
    const { own } = textQuality(small, tools());
    expect(own.claims).toBe(once.own.claims);
    const invented = {
      dimension: 'work' as const,
      statement: 'Works as a surgeon.',
      status: 'stated' as const,
      source: { post: small.histories[0]!.posts[0]!.id, start: 0, end: 12 },
    };
    const [first, ...rest] = small.personas;
    const lied = { ...first!, evidence: { ...first!.evidence, claims: [...first!.evidence.claims, invented] } };
    const found = textQuality({ ...small, personas: [lied, ...rest] }, tools());
    expect(found.own.claims).toBe(own.claims + 1);
    expect(found.own.grounding! * found.own.claims).toBeCloseTo(own.grounding! * own.claims, 9);
  });

  it('has no shuffled figures for one person, and none of spans without claims', () => {
    const one = {
      personas: [personaOf(0, 1)],
      tScores: [[50, 50, 50, 50, 50]],
      histories: [historyOf(['Hi.'], {}, pseudonym(0))],
      refused: 0,
    };
    expect(textQuality(one, tools())).toMatchObject({
      own: { personas: 1, people: 1, grounding: null, randomSpans: null, claims: 0 },
      shuffled: null,
    });
    expect(textGates(textQuality(one, tools()), gates)).toEqual([]);
  });

  it('refuses no personas, and people without a history', () => {
    expect(() => textQuality({ personas: [], tScores: [], histories: [], refused: 0 }, tools())).toThrow(
      'textQuality.personas: none; expected one or more.',
    );
    const [, ...others] = small.histories;
    expect(() => textQuality({ ...small, histories: others }, tools())).toThrow(
      `textQuality.histories: no history of this person; got ${small.histories[0]!.person}.`,
    );
  });
});
