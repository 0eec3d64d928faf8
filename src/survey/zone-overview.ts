import { z } from 'zod';
import type { SolverStatus } from '../core/solver-status.js';
import { weightDiagnostics } from './diagnostics.js';
import type { WeightingResult } from './fit-weights.js';
import { WeightReport } from './weight-report.js';

/** What is true of the weights of all zones together. */
export const ZoneOverview = z.strictObject({
  /** The worst of any zone. */
  status: WeightReport.shape.status,
  /** The largest of any zone. */
  maxMarginError: z.number(),
  /** Kish's, of the weights of all zones that have some, each zone with the sum that its margins ask for; null without any. */
  designEffect: z.number().nullable(),
  effectiveSampleSize: z.number().nullable(),
  /** Zones whose margins cannot be met, with their least slack in units of their total; null where it is not known. */
  infeasible: z.array(z.strictObject({ zone: z.string(), slack: z.number().nullable() })),
});
export type ZoneOverview = z.infer<typeof ZoneOverview>;

/** From best to worst. */
const statuses: readonly SolverStatus[] = ['converged', 'iteration-limit', 'stalled', 'infeasible'];

/** @param slackOf the least slack of a zone; null where it is not known */
export function zoneOverview(
  zones: readonly { readonly fit: WeightingResult; readonly report: WeightReport }[],
  slackOf: (report: WeightReport) => number | null,
): ZoneOverview {
  const usable = zones.filter(({ fit }) => fit.status === 'converged');
  const weights = new Float64Array(usable.reduce((n, { fit }) => n + fit.weights.length, 0));
  let next = 0;
  for (const { fit } of usable) {
    weights.set(fit.weights, next);
    next += fit.weights.length;
  }
  const { effectiveSampleSize, designEffect } = weightDiagnostics(weights);
  const worst = Math.max(...zones.map(({ fit }) => statuses.indexOf(fit.status)));
  // A fit that stalled may be known from its program to be impossible.
  const failed = zones.filter(({ fit, report }) => fit.status === 'infeasible' || slackOf(report) !== null);
  return {
    status: statuses[failed.length > 0 ? statuses.length - 1 : worst]!,
    maxMarginError: zones.reduce((most, { fit }) => Math.max(most, fit.maxMarginError), 0),
    designEffect: effectiveSampleSize > 0 ? designEffect : null,
    effectiveSampleSize: effectiveSampleSize > 0 ? effectiveSampleSize : null,
    infeasible: failed.map(({ report }) => ({ zone: report.zone, slack: slackOf(report) })),
  };
}
