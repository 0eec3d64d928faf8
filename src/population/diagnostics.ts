import { z } from 'zod';
import { TextQuality } from '../persona/filter/text-quality.js';

/** A 95 % interval. */
export const Interval = z.strictObject({ lower: z.number(), upper: z.number() });
export type Interval = z.infer<typeof Interval>;

/** One category of one margin, before weighting and in the finished agents. Shares in [0, 1]. */
export const MarginDiagnostics = z.strictObject({
  variable: z.string(),
  category: z.string(),
  target: z.number(),
  /** Share among the kept personas, all weights equal. */
  before: z.number(),
  /** Share among the agents. */
  after: z.number(),
  /** Whether the last weighting step was asked to meet it. */
  controlled: z.boolean(),
  /** Personas that could carry it. */
  support: z.number().int(),
  /** Of `after`, over authors and draws: see {@link TraitMean}. Null where one author or one draw leaves nothing to compare. */
  interval: Interval.nullable(),
  /** How the agents of the whole variable came by their values: the three shares sum to one. */
  statedShare: z.number(),
  inferredShare: z.number(),
  imputedShare: z.number(),
});
export type MarginDiagnostics = z.infer<typeof MarginDiagnostics>;

/** One divergence from people not used for fitting, with the floor between two disjoint groups of such people. */
export const TraitMetric = z.strictObject({
  before: z.number(),
  after: z.number(),
  noiseFloorMedian: z.number(),
  noiseFloorP95: z.number(),
  /** `after`, taken from the people that were used for fitting. */
  fit: z.number(),
  /** `after` is larger than `fit` by more than two folds of like people differ. */
  overfit: z.boolean(),
});
export type TraitMetric = z.infer<typeof TraitMetric>;

/**
 * The divergences that are reported, in order. The last looks at traits, sex and age together: largest error of any
 * correlation among the five domains, being female and age.
 */
export const traitMetricNames = [
  'amw',
  'frechet',
  'slicedWasserstein',
  'mmd2',
  'maxCorrelationError',
  'maxJointCorrelationError',
] as const;
export type TraitMetricName = (typeof traitMetricNames)[number];

/**
 * Mean of one domain over the agents with what is not known about it: authors were sampled, and what they did not say
 * was drawn. Total variance = mean variance between authors within a draw + (1 + 1/m) x variance between the m draws
 * (Rubin 1987, Multiple Imputation for Nonresponse in Surveys, eq. 3.1.5).
 */
export const TraitMean = z.strictObject({
  domain: z.string(),
  target: z.number(),
  achieved: z.number(),
  /** Null where one author or one draw leaves nothing to compare. */
  interval: Interval.nullable(),
  betweenAuthorVariance: z.number().nullable(),
  betweenDrawVariance: z.number().nullable(),
});
export type TraitMean = z.infer<typeof TraitMean>;

/**
 * Known-groups validity, before any weighting: how far the trait means of the pool differ between groups of sex and age
 * as those of the target do. A slope of 1 means as much, 0 means that traits and people have nothing to do with each other;
 * weights can hide that but not repair it.
 */
export const KnownGroups = z.strictObject({
  /** Regression of the pool's cell means on the target's, weighted, with its 95 % interval over authors. */
  slope: z.number(),
  lower: z.number(),
  upper: z.number(),
  /** Whether the interval reaches the least slope that passes. */
  passed: z.boolean(),
});
export type KnownGroups = z.infer<typeof KnownGroups>;

/** Mean of one domain in one cell of sex x age: agents against test people. */
export const TraitCell = z.strictObject({
  cell: z.string(),
  domain: z.string(),
  /** Mean of the test people, on the response scale of the instrument. */
  target: z.number(),
  achieved: z.number(),
  /** achieved - target in standard deviations of the test people of the cell. */
  differenceSd: z.number(),
  /** Of the agents in the cell. */
  effectiveSampleSize: z.number(),
});
export type TraitCell = z.infer<typeof TraitCell>;

/** The state of the population after one step of alignment. Trait figures are null when the target has no trait norms. */
export const StepDiagnostics = z.strictObject({
  step: z.enum(['kept', 'importance', 'transport', 'calibration', 'selection']),
  maxMarginErrorPoints: z.number(),
  amw: z.number().nullable(),
  frechet: z.number().nullable(),
  slicedWasserstein: z.number().nullable(),
  mmd2: z.number().nullable(),
  maxCorrelationError: z.number().nullable(),
  maxJointCorrelationError: z.number().nullable(),
  effectiveSampleSize: z.number(),
  effectivePeople: z.number(),
  maxAuthorShare: z.number(),
});
export type StepDiagnostics = z.infer<typeof StepDiagnostics>;

/** Everything that is said in numbers about one aligned population. */
export const Diagnostics = z.strictObject({
  schema: z.literal('diagnostics/1'),
  target: z.string(),
  instrument: z.string(),
  histories: z.number().int(),
  people: z.number().int(),
  personas: z.number().int(),
  kept: z.number().int(),
  /** Rejected personas by criterion; kept + rejected = personas. */
  rejected: z.record(z.string(), z.number().int()),
  agents: z.number().int(),
  distinctPersonas: z.number().int(),
  distinctPeople: z.number().int(),
  /** Kish's, of the weights of the kept personas in the agent pool (multiplicities after selection). */
  effectiveSampleSize: z.number(),
  /** 1 / sum of squared shares of the people behind the agents. */
  effectivePeople: z.number(),
  maxAuthorShare: z.number(),
  designEffect: z.number(),
  maxMultiplicity: z.number(),
  maxMarginErrorPoints: z.number(),
  margins: z.array(MarginDiagnostics),
  /** Null when the target has no trait norms for the instrument. */
  traits: z.record(z.enum(traitMetricNames), TraitMetric).nullable(),
  traitMeans: z.array(TraitMean),
  /** Null when the target has no trait norms, no sex or age, or where one author or one group leaves nothing to compare. */
  knownGroups: KnownGroups.nullable(),
  traitCells: z.array(TraitCell),
  steps: z.array(StepDiagnostics),
  /**
   * Sizes behind the floor: agents; people of each group that stands for them, fewer where there are not as many to draw
   * from; those people; test people; groups.
   */
  noiseFloor: z
    .strictObject({
      agents: z.number(),
      groupPeople: z.number(),
      floorPeople: z.number(),
      testPeople: z.number(),
      replicates: z.number(),
    })
    .nullable(),
  /** Controlled cells that no persona can fill, `variable = category`. */
  unsupported: z.array(z.string()),
  /** Reference people by fold. */
  folds: z.record(z.string(), z.number().int()),
  /** Null for personas that came without histories. */
  texts: TextQuality.nullable(),
  /** Gates on texts that were missed, in words. */
  unmetTexts: z.array(z.string()),
  /** Controlled constraints and gates on numbers that were not met, in words; empty for an aligned population. */
  unmet: z.array(z.string()),
});
export type Diagnostics = z.infer<typeof Diagnostics>;
