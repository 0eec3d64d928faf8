import { z } from 'zod';

/** The five domains, in the one order that every array of this project has. */
export const traitDomains = ['extraversion', 'agreeableness', 'conscientiousness', 'neuroticism', 'openness'] as const;
export type TraitDomain = (typeof traitDomains)[number];

const Source = z.record(z.string(), z.unknown());

/**
 * A personality inventory: items with their keys. Responses are whole numbers from `response.min` to `response.max`;
 * 0 marks a missing answer. A domain score is the mean of its items after reverse keying.
 */
export const Inventory = z.strictObject({
  schema: z.literal('inventory/1'),
  name: z.string(),
  title: z.string(),
  licence: z.string(),
  source: Source,
  stem: z.string(),
  response: z.strictObject({
    min: z.literal(1),
    max: z.number().int().min(2).max(9),
    labels: z.array(z.string()),
  }),
  domains: z.tuple(
    traitDomains.map((d) => z.literal(d)) as unknown as [z.ZodLiteral<TraitDomain>, ...z.ZodLiteral<TraitDomain>[]],
  ),
  facets: z.array(z.strictObject({ id: z.string(), domain: z.enum(traitDomains), title: z.string() })),
  items: z
    .array(
      z.strictObject({
        id: z.string(),
        text: z.string(),
        domain: z.enum(traitDomains),
        keying: z.union([z.literal(1), z.literal(-1)]),
        facet: z.string().optional(),
      }),
    )
    .min(5),
});
export type Inventory = z.infer<typeof Inventory>;

const five = <T extends z.ZodType>(of: T) => z.array(of).length(5);

/** Norms of one cell of people, by sex and age in whole years (both bounds included). Arrays in the order of the domains. */
export const NormCell = z.strictObject({
  sex: z.enum(['female', 'male']),
  ages: z.tuple([z.number().int(), z.number().int()]),
  n: z.number().int().nullable(),
  smoothed: z.boolean(),
  mean: five(z.number()),
  sd: five(z.number().positive()),
  /** Shares of the `scale.levels` equally spaced scores from `scale.min` to `scale.max`, one row a domain. */
  histogram: five(z.array(z.number().min(0).max(1))),
  facetMean: z.array(z.number()).optional(),
  facetSd: z.array(z.number()).optional(),
});
export type NormCell = z.infer<typeof NormCell>;

/**
 * Instrument, norms and correlations in one file, because they belong together: traits given sex and age, in the metric of one
 * instrument (domain scores are item means on the response scale).
 */
export const TraitNorms = z.strictObject({
  schema: z.literal('trait-target/1'),
  name: z.string(),
  instrument: z.string(),
  title: z.string(),
  universe: z.string(),
  period: z.string(),
  source: Source,
  flags: z.array(z.string()),
  domains: z.array(z.enum(traitDomains)).length(5),
  scale: z.strictObject({ min: z.number(), max: z.number(), levels: z.number().int().min(2) }),
  smoothing: z.string(),
  cells: z.array(NormCell).min(1),
  facets: z.strictObject({ names: z.array(z.string()) }).optional(),
  correlation: five(five(z.number().min(-1).max(1))),
  correlationBasis: z.string(),
  alpha: five(z.number()).nullable(),
  items: z.array(
    z.strictObject({
      id: z.string(),
      domain: z.enum(traitDomains),
      mean: z.number(),
      sd: z.number(),
      /** Shares of the raw responses, lowest first. */
      shares: z.array(z.number().min(0).max(1)),
    }),
  ),
});
export type TraitNorms = z.infer<typeof TraitNorms>;
