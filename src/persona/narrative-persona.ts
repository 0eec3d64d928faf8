import { z } from 'zod';
import { traitDomains } from '../psychometrics/inventory.js';

/** Where in a person's posts something is said: half-open range of UTF-16 code units in the text of one post. */
export const Span = z.strictObject({
  post: z.string(),
  start: z.number().int().min(0),
  end: z.number().int().min(1),
});
export type Span = z.infer<typeof Span>;

/** The six dimensions of a narrative. */
export const dimensions = ['demographics', 'work', 'personality', 'values', 'interests', 'experiences'] as const;
/** One of {@link dimensions}. */
export const Dimension = z.enum(dimensions);
export type Dimension = z.infer<typeof Dimension>;

/**
 * `stated`: the posts or the declared fields say it in so many words; `inferred`: they imply it;
 * `imputed`: drawn from the target population given what is known.
 */
export const AttributeStatus = z.enum(['stated', 'inferred', 'imputed']);
export type AttributeStatus = z.infer<typeof AttributeStatus>;

/** One sourced statement about the person; never without its span. */
export const Claim = z.strictObject({
  dimension: Dimension,
  statement: z.string().min(1),
  status: AttributeStatus.exclude(['imputed']),
  source: Span,
});
export type Claim = z.infer<typeof Claim>;

/** One attribute with where it comes from. `source` is absent for declared fields and for imputed values. */
export const Attribute = z.strictObject({
  value: z.string(),
  status: AttributeStatus,
  source: Span.optional(),
});
export type Attribute = z.infer<typeof Attribute>;

/** What the way of writing says about one trait: the prediction of the fitted text model and how much text it rests on. */
export const TraitCue = z.strictObject({
  /** Prediction of the text model, standardized over the people it was fitted to: mean 0, SD 1. */
  score: z.number(),
  /** Words that it rests on. */
  words: z.number().int().min(0),
});

/** A trait that people say of themselves in so many words ("I'm shy"): what an answer to an item would be. */
export const TraitStatement = z.strictObject({
  domain: z.enum(traitDomains),
  /** 1: high in the domain, -1: low. */
  keying: z.union([z.literal(1), z.literal(-1)]),
  /** `somewhat`: "a bit shy"; `plainly`: "shy"; `strongly`: "painfully shy". */
  strength: z.enum(['somewhat', 'plainly', 'strongly']),
  source: Span,
});
export type TraitStatement = z.infer<typeof TraitStatement>;

/**
 * The evidence layer: read once from a history, the same for all draws of the person.
 * Trait cues are in the order of {@link traitDomains}.
 */
export const Evidence = z.strictObject({
  ageYears: z.number().int().min(0).max(120).optional(),
  attributes: z.record(z.string(), Attribute),
  claims: z.array(Claim),
  topics: z.array(z.string()),
  /** Mean sentiment of the posts in [-1, 1]. */
  tone: z.number().min(-1).max(1),
  words: z.number().int().min(0),
  /** ISO 639-1 code of the language of most posts, or `und`. */
  language: z.string(),
  traitCues: z.array(TraitCue).length(5),
  /** In order of the posts. */
  traitStatements: z.array(TraitStatement),
});
export type Evidence = z.infer<typeof Evidence>;

/**
 * What was drawn for one persona of a person: the attributes that the posts leave open and the latent traits,
 * standardized in the adult population, in the order of {@link traitDomains}.
 */
export const Disposition = z.strictObject({
  ageYears: z.number().int().min(0).max(120),
  attributes: z.record(z.string(), Attribute),
  traits: z.array(z.number()).length(5),
});
export type Disposition = z.infer<typeof Disposition>;

/** One narrative persona: text, evidence and disposition of one draw of one person. */
export const NarrativePersona = z.strictObject({
  /** `<person>.<draw>`, draws counted from 1. */
  id: z.string(),
  person: z.string(),
  draw: z.number().int().min(1),
  text: z.string(),
  evidence: Evidence,
  disposition: Disposition,
  lineage: z.strictObject({
    /** Writer and version, `embedded@1` or `model:<name>`. */
    writer: z.string(),
    /** Prompts as `name@version`. */
    prompts: z.array(z.string()),
    historySha256: z.string(),
  }),
});
export type NarrativePersona = z.infer<typeof NarrativePersona>;
