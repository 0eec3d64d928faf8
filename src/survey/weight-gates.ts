import { z } from 'zod';
import type { GroupSupport } from './group-support.js';

/** Limits that weights have to keep to be used. What is not named is not checked. */
export const WeightLimits = z.strictObject({
  maxDesignEffect: z.number().min(1).optional(),
  minEffectiveSampleSize: z.number().min(0).optional(),
  /** Largest share of all weight that the largest 1 % of the weights may have. */
  maxTopShare: z.number().min(0).max(1).optional(),
  /** Fewest records of every category of which something is asked. */
  minGroupRecords: z.int().min(0).optional(),
});
export type WeightLimits = z.infer<typeof WeightLimits>;

/** A limit that is not kept. */
export const GateMiss = z.strictObject({
  gate: z.enum(['maxDesignEffect', 'minEffectiveSampleSize', 'maxTopShare', 'minGroupRecords']),
  /** One sentence for a person. */
  message: z.string(),
});
export type GateMiss = z.infer<typeof GateMiss>;

/** What the limits are held against. */
export interface WeightFigures {
  /** null where nobody has weight. */
  readonly designEffect: number | null;
  readonly effectiveSampleSize: number;
  /** Share of all weight that the largest 1 % of the weights have. */
  readonly topShare: number;
  readonly groups: readonly GroupSupport[];
}

/** @returns the limits that are missed, in words; empty when all are kept */
export function checkGates(
  { designEffect, effectiveSampleSize, topShare, groups }: WeightFigures,
  { maxDesignEffect, minEffectiveSampleSize, maxTopShare, minGroupRecords }: WeightLimits,
): GateMiss[] {
  const misses: GateMiss[] = [];
  if (maxDesignEffect !== undefined && !(designEffect !== null && designEffect <= maxDesignEffect))
    misses.push({
      gate: 'maxDesignEffect',
      message:
        designEffect === null
          ? 'nobody has weight, so that there is no design effect'
          : `the design effect is ${shown(designEffect)}, more than ${maxDesignEffect}`,
    });
  if (minEffectiveSampleSize !== undefined && !(effectiveSampleSize >= minEffectiveSampleSize))
    misses.push({
      gate: 'minEffectiveSampleSize',
      message: `the effective sample size is ${shown(effectiveSampleSize)}, less than ${minEffectiveSampleSize}`,
    });
  if (maxTopShare !== undefined && !(topShare <= maxTopShare))
    misses.push({
      gate: 'maxTopShare',
      message: `the largest 1% of the weights have ${shown(100 * topShare)}% of all weight, more than ${shown(100 * maxTopShare)}%`,
    });
  if (minGroupRecords !== undefined)
    for (const { margin, category, asked, records } of groups)
      if (asked > 0 && records < minGroupRecords)
        misses.push({
          gate: 'minGroupRecords',
          message: `${margin} = ${category} has ${records === 0 ? 'no records' : records === 1 ? '1 record' : `${records} records`}, less than ${minGroupRecords}`,
        });
  return misses;
}

const shown = (x: number): number => Number(x.toPrecision(4));
