import { z } from 'zod';

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
});
export type TraitMetric = z.infer<typeof TraitMetric>;

/** The five divergences that are reported, in order. */
export const traitMetricNames = ['amw', 'frechet', 'slicedWasserstein', 'mmd2', 'maxCorrelationError'] as const;
export type TraitMetricName = (typeof traitMetricNames)[number];

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
  traitCells: z.array(TraitCell),
  steps: z.array(StepDiagnostics),
  /** Sizes behind the floor: agents, test people and replicates. */
  noiseFloor: z.strictObject({ agents: z.number(), testPeople: z.number(), replicates: z.number() }).nullable(),
  /** Controlled cells that no persona can fill, `variable = category`. */
  unsupported: z.array(z.string()),
  /** Controlled constraints that were not met, in words; empty for an aligned population. */
  unmet: z.array(z.string()),
});
export type Diagnostics = z.infer<typeof Diagnostics>;
