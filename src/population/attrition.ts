import { z } from 'zod';
import type { Finding } from '../core/findings.js';
import { groupLosses, holm, lossRate, type Losses } from '../survey/attrition.js';

/** What may become of a unit at a step; `invalid`: no usable answer after all tries, `re-asked`: it took more than one. */
export const attritionOutcomes = ['refused', 'invalid', 're-asked', 'dropped'] as const;

const rate = {
  step: z.string(),
  outcome: z.enum(attritionOutcomes),
  /** People at the step `evidence`, candidate personas at all others. */
  units: z.number().int(),
  /** Real people behind the units. */
  people: z.number().int(),
  events: z.number().int(),
  rate: z.number(),
  /** 95 % interval, with units of one person taken together. */
  lower: z.number(),
  upper: z.number(),
};

/** Who was lost on the way from posts to measured personas, by step, outcome and group. */
export const Attrition = z.strictObject({
  schema: z.literal('attrition/1'),
  /** Chance of at least one flag where nothing differs. */
  level: z.number(),
  /** A flagged rate is larger than the rate of all by this factor, or smaller by it. */
  leastRatio: z.number(),
  steps: z.array(z.strictObject(rate)),
  /** Only of outcomes that happened. */
  groups: z.array(
    z.strictObject({
      ...rate,
      variable: z.string(),
      category: z.string(),
      /** Rate over the rate of all whose category is known. */
      ratio: z.number(),
      /** Fisher's test of the group against the others, corrected for all tests of this table (Holm). */
      p: z.number(),
      flagged: z.boolean(),
    }),
  ),
  /** What the attrition weights of the measured personas would cost. */
  weights: z.strictObject({
    personas: z.number().int(),
    effectiveSampleSize: z.number(),
    /** Largest weight over the mean. */
    largest: z.number(),
    trimmed: z.number().int(),
  }),
});
export type Attrition = z.infer<typeof Attrition>;

/** One outcome at one step, over all units that reached the step. */
export interface WatchedLoss {
  readonly step: string;
  readonly outcome: (typeof attritionOutcomes)[number];
  readonly losses: Losses;
}

/** Rates of every outcome, in all and by group, with flags where a group stands out by more than chance. */
export function attritionRates(
  watched: readonly WatchedLoss[],
  { level, leastRatio }: Pick<Attrition, 'level' | 'leastRatio'>,
): Pick<Attrition, 'steps' | 'groups'> {
  const steps = watched.map(({ step, outcome, losses }) => ({ step, outcome, ...lossRate(losses) }));
  const groups = watched
    .filter((_, i) => steps[i]!.events > 0)
    .flatMap(({ step, outcome, losses }) => groupLosses(losses).map((group) => ({ step, outcome, ...group })));
  const adjusted = holm(groups.map(({ p }) => p));
  return {
    steps,
    groups: groups.map((group, i) => ({
      ...group,
      p: adjusted[i]!,
      flagged: adjusted[i]! < level && (group.ratio >= leastRatio || group.ratio <= 1 / leastRatio),
    })),
  };
}

/** Most flagged groups that a finding names. */
const named = 6;

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** What a reader must know of the losses: a caution where they go by groups. */
export function attritionFinding({ steps, groups, weights }: Attrition): Finding {
  const flagged = groups.filter((group) => group.flagged).sort((a, b) => a.p - b.p);
  const all = steps.find(({ step, outcome }) => step === 'all' && outcome === 'dropped');
  const lost = all
    ? `${all.events} of ${all.units} candidate personas were lost (${percent(all.rate)})`
    : 'nobody was counted';
  const values = {
    flagged: flagged.map(({ step, outcome, variable, category, rate }) => ({
      step,
      outcome,
      variable,
      category,
      rate,
    })),
    effectiveSampleSize: weights.effectiveSampleSize,
  };
  if (flagged.length === 0)
    return {
      level: 'info',
      code: 'attrition',
      message: `${lost}; no group more than others by more than chance`,
      values,
    };
  const told = flagged
    .slice(0, named)
    .map(
      ({ step, outcome, variable, category, rate, ratio }) =>
        `${variable} = ${category} ${outcome} at ${step} ${percent(rate)} (${ratio.toFixed(2)} times the rate of all)`,
    );
  return {
    level: 'caution',
    code: 'attrition-by-group',
    message: `${lost}, and not alike in all groups: ${told.join('; ')}${flagged.length > named ? `; and ${flagged.length - named} more` : ''}. Attrition weights that undo it are offered with --attrition-weights; they would leave ${weights.effectiveSampleSize.toFixed(0)} effective personas of ${weights.personas}`,
    values,
  };
}
