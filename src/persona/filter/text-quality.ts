import { z } from 'zod';
import type { RandomStream } from '../../core/random.js';
import { permutation } from '../../numerics/sampling.js';
import { traitDomains } from '../../psychometrics/inventory.js';
import type { NarrativePersona } from '../narrative-persona.js';

/** How well a blind reader of the texts finds one number of each persona, on the scale of T-scores. */
export const Coupling = z.strictObject({
  /** Pearson correlation of the blind score with the number over personas, with its 95 % interval over people; null when either does not vary. */
  r: z.number().nullable(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  /** Share of personas with |T - 50| > 10 for whom the blind score has the sign of T - 50; a blind score of 0 agrees with nothing. */
  signAgreement: z.number().nullable(),
  /** Personas with |T - 50| > 10. */
  extreme: z.number().int(),
});
export type Coupling = z.infer<typeof Coupling>;

/**
 * The coupling of one domain, with both numbers that a persona has of it: the trait that was drawn, from which the text is
 * written, and under `administered` the T-score that was measured afterwards, which the noise of the inventory and the norms
 * of sex and age hold apart from it.
 */
export const DomainCoupling = z.strictObject({
  domain: z.enum(traitDomains),
  ...Coupling.shape,
  administered: Coupling,
});
export type DomainCoupling = z.infer<typeof DomainCoupling>;

/** Figures about texts, over personas. Shares in [0, 1]; null where there was nothing to judge. */
export const TextFigures = z.strictObject({
  personas: z.number().int(),
  people: z.number().int(),
  /** In the order of the domains. */
  coupling: z.array(DomainCoupling).length(5),
  /** Share of personas whose text explicitly says another attribute or the opposite of a trait than their fields. */
  contradictions: z.number(),
  /** Share of claims that stand on their span. */
  grounding: z.number().nullable(),
  /** Share of claims that would also stand on a random span of the same author: near 0 when spans mean something. */
  randomSpans: z.number().nullable(),
  /** Claims behind the two shares. */
  claims: z.number().int(),
});
export type TextFigures = z.infer<typeof TextFigures>;

/** What the texts of the measured personas are worth as evidence, beside the same figures with texts given to other people. */
export const TextQuality = z.strictObject({
  schema: z.literal('text-quality/1'),
  own: TextFigures,
  /**
   * Share of all candidates that the filter rejected because their text contradicted their fields: what is left agrees the
   * better for it, so the figures above need this one beside them.
   */
  refused: z.number(),
  /** Every persona with the text of a persona of another person; null with fewer than two people. */
  shuffled: TextFigures.nullable(),
});
export type TextQuality = z.infer<typeof TextQuality>;

/** What texts must reach to count as evidence. */
export const TextGates = z.strictObject({
  minCorrelation: z
    .number()
    .min(-1)
    .max(1)
    .default(0.5)
    .describe('least correlation of a blind score of the texts with drawn traits and with T-scores, in each domain'),
  minSignAgreement: z
    .number()
    .min(0)
    .max(1)
    .default(0.85)
    .describe('least share of personas drawn far from the mean whose text is read on their side of it'),
  maxContradictions: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('largest share of texts that contradict their fields'),
  maxRefused: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe('largest share of candidates that the filter may have rejected for such contradictions'),
  minGrounding: z.number().min(0).max(1).default(0.95).describe('least share of claims that stand on their span'),
  maxRandomSpans: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe('largest share of claims that would stand on a random span of the same author'),
});
export type TextGates = z.infer<typeof TextGates>;

/** With fewer people a bootstrap of them says too little about a correlation. */
const fewestPeople = 10;
/** Chance at which a gate is missed although the texts just meet it. */
const level = 0.025;

/**
 * The gates that the texts miss, in words; empty when they meet all, or when nothing can be told from so few people. A
 * correlation misses when its whole 95 % interval lies below the gate. A share misses when as bad a one would come up in
 * fewer than 2.5 % of samples that just meet the gate, with as many independent cases as there are people at most: personas
 * of one person are like one another.
 */
export function textGates({ own, refused }: TextQuality, gates: TextGates): string[] {
  const missed: string[] = [];
  const share = (value: number | null, cases: number, least: number, words: (value: number) => string): void => {
    if (value !== null && isBelow(value, Math.min(cases, own.people), least)) missed.push(words(value));
  };
  for (const { domain, administered, signAgreement, extreme, ...drawn } of own.coupling) {
    // Drawn traits vary; where blind scores have no correlation with them, it is the texts that do not.
    if (own.people >= fewestPeople && drawn.r === null)
      missed.push(`the texts say the same of everybody as far as ${domain} goes`);
    for (const [{ r, upper }, what] of [
      [drawn, `the drawn ${domain}`],
      [administered, `the T-scores of ${domain}`],
    ] as const)
      if (own.people >= fewestPeople && r !== null && upper !== null && upper < gates.minCorrelation)
        missed.push(
          `blind scores of the texts follow ${what} with a correlation of ${r.toFixed(2)}, asked at least ${gates.minCorrelation}`,
        );
    share(
      signAgreement,
      extreme,
      gates.minSignAgreement,
      (value) =>
        `${percent(value)} of the texts of personas drawn far from the mean show their side of ${domain}, asked at least ${percent(gates.minSignAgreement)}`,
    );
  }
  share(
    1 - own.contradictions,
    own.personas,
    1 - gates.maxContradictions,
    () =>
      `${percent(own.contradictions)} of the texts contradict their fields, asked at most ${percent(gates.maxContradictions)}`,
  );
  share(
    1 - refused,
    own.personas,
    1 - gates.maxRefused,
    () =>
      `${percent(refused)} of the candidates were rejected because their text contradicted their fields, asked at most ${percent(gates.maxRefused)}`,
  );
  share(
    own.grounding,
    own.claims,
    gates.minGrounding,
    (value) => `${percent(value)} of the claims stand on their span, asked at least ${percent(gates.minGrounding)}`,
  );
  share(
    own.randomSpans === null ? null : 1 - own.randomSpans,
    own.claims,
    1 - gates.maxRandomSpans,
    (value) =>
      `${percent(1 - value)} of the claims would stand on a random span of their author, asked at most ${percent(gates.maxRandomSpans)}`,
  );
  return missed;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Whether so low a share of `cases` would come up in fewer than 2.5 % of samples from a population with the share `least`. */
function isBelow(share: number, cases: number, least: number): boolean {
  if (share >= least) return false;
  if (least === 1) return true;
  const most = Math.round(share * cases);
  // Binomial tail, term by term in logarithms, so that many cases do not underflow at once.
  let logTerm = cases * Math.log1p(-least);
  let tail = 0;
  for (let k = 0; k <= most && tail < level; k++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((cases - k) / (k + 1)) + Math.log(least) - Math.log1p(-least);
  }
  return tail < level;
}

/**
 * The personas with the texts and claims of other people's personas; everything else stays their own. People pass their texts
 * on around one ring, drawn at random, so nobody keeps their own; null with fewer than two people. A person with more
 * personas than the giver gets texts more than once.
 */
export function permuteTexts(personas: readonly NarrativePersona[], random: RandomStream): NarrativePersona[] | null {
  const byPerson = new Map<string, NarrativePersona[]>();
  for (const persona of personas) {
    const own = byPerson.get(persona.person);
    if (own) own.push(persona);
    else byPerson.set(persona.person, [persona]);
  }
  const people = [...byPerson.keys()].sort();
  if (people.length < 2) return null;
  const ring = Array.from(permutation(people.length, random), (index) => people[index]!);
  const giverOf = new Map(ring.map((person, k) => [person, byPerson.get(ring[(k + 1) % ring.length]!)!]));
  const taken = new Map<string, number>();
  return personas.map((persona) => {
    const givers = giverOf.get(persona.person)!;
    const count = taken.get(persona.person) ?? 0;
    taken.set(persona.person, count + 1);
    const { text, evidence } = givers[count % givers.length]!;
    return { ...persona, text, evidence: { ...persona.evidence, claims: evidence.claims } };
  });
}
