import { z } from 'zod';
import { traitDomains } from '../../psychometrics/inventory.js';
import type { Evidence } from '../narrative-persona.js';
import type { CueValidity } from '../trait-posterior.js';
import type { Sentence } from './reading.js';
import { featureReader, featureValue, standardized, wordProfile } from './trait-features.js';

const Interval = z.tuple([z.number(), z.number()]);

/** How well the scores of one domain did on people who were not used for fitting. */
export const HeldOut = z.strictObject({
  /** Correlation with the questionnaire score, standardized within sex and age; 95 % intervals by Fisher's z and by bootstrap. */
  r: z.number(),
  rInterval: Interval,
  rBootstrap: Interval,
  /** The correlation among people of the same sex and age. */
  partialR: z.number(),
  /** Regression of the questionnaire score on the posterior mean, with a 95 % interval; null where the posterior is the prior. */
  slope: z.number().nullable(),
  slopeInterval: Interval.nullable(),
  /** Share of the people whose score lies in the 90 % interval of their posterior. */
  coverage90: z.number(),
  posteriorSd: z.number(),
  /** Correlation of the scores of odd and even posts. */
  splitHalf: z.number(),
  /** By terciles of words of evidence: most words, people, correlation, SD of the posterior. */
  byWords: z.array(
    z.strictObject({ mostWords: z.number(), people: z.number().int(), r: z.number(), posteriorSd: z.number() }),
  ),
});
export type HeldOut = z.infer<typeof HeldOut>;

/** The fitted text model of traits: features with their norms, weights by domain, and how far the scores may be trusted. */
export const TraitTextModel = z
  .strictObject({
    schema: z.literal('trait-text-model/1'),
    name: z.string(),
    title: z.string(),
    source: z.record(z.string(), z.string()),
    licence: z.string(),
    universe: z.string(),
    period: z.string(),
    notes: z.array(z.string()),
    instrument: z.string(),
    norms: z.string(),
    /** People that the weights were fitted to. */
    people: z.number().int().positive(),
    /** Mean words of evidence of a person. */
    meanWords: z.number().positive(),
    features: z
      .array(
        z.strictObject({
          name: z.string(),
          kind: z.enum(['category', 'word', 'style']),
          words: z.array(z.string()),
          /** Share of all words (or mean measure of style) among the people. */
          base: z.number().min(0),
          /** Mean and SD of the value among the people. */
          mean: z.number(),
          sd: z.number().positive(),
        }),
      )
      .min(1),
    /** In the order of the domains. */
    domains: z
      .array(
        z.strictObject({
          domain: z.enum(traitDomains),
          /** One a feature. */
          weights: z.array(z.number()),
          /** Mean and SD of the weighted sums that people get who are not among those that gave the weights. */
          mean: z.number(),
          sd: z.number().positive(),
          penalty: z.number().positive(),
          /** Correlation of the score with the trait at `meanWords`; 0: the text is not believed. */
          validity: z.number().min(0).lt(1),
          /** Why the validity is what it is. */
          reason: z.string(),
          heldOut: HeldOut,
        }),
      )
      .length(5),
    /** Validity with `words` of evidence: its square is proportional to words / (words + half), and constant from `most` on. */
    words: z.strictObject({ half: z.number().positive(), most: z.number().positive() }),
  })
  .refine(({ domains, features }) => domains.every(({ weights }) => weights.length === features.length), {
    path: ['domains'],
    error: 'expected one weight a feature',
  })
  .refine(({ domains }) => domains.every(({ domain }, d) => domain === traitDomains[d]), {
    path: ['domains'],
    error: 'expected the five domains in their order',
  });
export type TraitTextModel = z.infer<typeof TraitTextModel>;

/** How far the scores of a model may be trusted. */
export const textValidity = ({ domains, meanWords, words }: TraitTextModel): CueValidity => ({
  validity: domains.map(({ validity }) => validity),
  words: { mean: meanWords, ...words },
});

/** Reads what the way of writing says about each trait. */
export type ReadTraitCues = (sentences: readonly Pick<Sentence, 'text'>[]) => Evidence['traitCues'];

/**
 * Builds the reader of trait cues from a fitted model: for each domain the standardized prediction, and the words that it
 * rests on. A text without words scores as the average person. Quotations are masked in the sentences and not counted.
 */
export function traitTextReader({ features, domains }: TraitTextModel): ReadTraitCues {
  const observe = featureReader(features);
  return (sentences) => {
    const profile = wordProfile(sentences);
    const observed = observe(profile);
    const z = features.map((feature, k) =>
      standardized(featureValue(feature.kind, observed[k]!, feature.base, profile.words), feature),
    );
    return domains.map(({ weights, mean, sd }) => ({
      score: profile.words === 0 ? 0 : (weights.reduce((sum, w, k) => sum + w * z[k]!, 0) - mean) / sd,
      words: profile.words,
    }));
  };
}
