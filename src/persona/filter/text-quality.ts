import { z } from 'zod';
import { traitDomains } from '../../psychometrics/inventory.js';

/** How well a blind reader of the texts finds the numbers of one domain. */
export const DomainCoupling = z.strictObject({
  domain: z.enum(traitDomains),
  /** Pearson correlation of the blind score with the T-score over personas, with its 95 % interval over people; null when either does not vary. */
  r: z.number().nullable(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  /** Share of personas with |T - 50| > 10 for whom the blind score has the sign of T - 50; a blind score of 0 agrees with nothing. */
  signAgreement: z.number().nullable(),
  /** Personas with |T - 50| > 10. */
  extreme: z.number().int(),
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
  /** Every persona with the text of a persona of another person; null with fewer than two people. */
  shuffled: TextFigures.nullable(),
});
export type TextQuality = z.infer<typeof TextQuality>;
