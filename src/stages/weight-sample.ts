import { z } from 'zod';
import { Failure } from '../core/failure.js';
import type { Finding } from '../core/findings.js';
import { columns, optional, text, value } from '../pipeline/artifact.js';
import { renderWeights } from '../report/weights-html.js';
import { readDeadMarginPolicy } from '../survey/dead-margins.js';
import type { WeightingOptions } from '../survey/fit-weights.js';
import { readTotalsPolicy } from '../survey/totals.js';
import { GapDocument, weighZones, WeightDocument } from '../survey/weigh-zones.js';
import { WeightLimits } from '../survey/weight-gates.js';
import { prepareZoneSamples } from '../survey/zone-samples.js';
import { defineStage, InputFile } from './services.js';
import { documentsOf, histogramOf, weightsCsv, weightsTable } from './weighting-output.js';
import { readWeightingInput } from './weighting-input.js';

const Column = z.string().min(1).nullable().default(null);

/** Stage `weight-sample`: weight records so that they meet margins, and say what that costs. */
export const weightSample = defineStage({
  name: 'weight-sample',
  version: 1,
  summary: 'Weight records so that they meet margins, and say what that costs and what cannot be met.',
  config: z.strictObject({
    use: z.array(z.string()).nullable().default(null).describe('margins that are used; null for all'),
    id: Column.describe('column with the name of each record; null for row numbers'),
    baseWeight: Column,
    cluster: Column.describe('column that says which records are drawn together'),
    household: Column.describe('column of both files that links persons to households'),
    method: z.enum(['maxent', 'rake', 'linear', 'logit']).default('maxent'),
    bounds: z
      .strictObject({ lower: z.number(), upper: z.number() })
      .nullable()
      .default(null)
      .describe('of the ratio of weight to base weight'),
    tolerance: z.number().positive().default(1e-10).describe('largest error of a share that counts as met'),
    missing: z.enum(['error', 'own-level', 'exclude', 'impute']).default('error'),
    totals: z.string().default('error').transform(readTotalsPolicy),
    deadMargins: z.string().default('error').transform(readDeadMarginPolicy),
    limits: WeightLimits.default({}),
    replicates: z
      .number()
      .int()
      .min(2)
      .nullable()
      .default(null)
      .describe('columns of replicate weights; null for none'),
    scale: z.enum(['mean1', 'population']).default('mean1'),
  }),
  inputs: {
    sample: value(InputFile),
    margins: value(InputFile),
    persons: optional(value(InputFile)),
    personMargins: optional(value(InputFile)),
    zones: optional(value(InputFile)),
  },
  outputs: {
    weights: text('csv'),
    table: columns('weight-table/1', ['id', 'weight']),
    report: value(WeightDocument),
    /** Only when records are missing. */
    gaps: optional(value(GapDocument)),
    html: text('html'),
  },
  uses: ['readMargins', 'readColumns'],

  async run({ persons, personMargins, zones }, config, { random, record, services, provenance }) {
    const { method, bounds, tolerance, missing, totals, deadMargins, limits, replicates, scale } = config;
    const files = { persons: !!persons, personMargins: !!personMargins, zones: !!zones };
    const findings: Finding[] = [];
    const tell = (finding: Finding): void => {
      findings.push(finding);
      record(finding);
    };
    const { margins, sample, zoneOf, ids, clusters } = await readWeightingInput(config, files, services, tell);
    const policies = { missing, totals, deadMargins };
    const prepared = prepareZoneSamples(margins, sample, zoneOf, policies, random, tell);
    if (scale === 'population') checkTotals(prepared);
    const weighting: WeightingOptions = { method, tolerance, ...(bounds && { bounds }) };
    const options = { weighting, limits, ...(replicates !== null && { replicates }), ...(clusters && { clusters }) };
    const weighed = await weighZones(prepared, options, random, tell);
    const { report, gaps } = documentsOf(weighed, findings);
    const table = weightsTable(weighed, ids, scale);
    return {
      weights: weightsCsv(table),
      table,
      report,
      gaps,
      html: renderWeights({ document: report, gaps: gaps ?? null, histograms: weighed.map(histogramOf), provenance }),
    };
  },
});

function checkTotals(prepared: ReturnType<typeof prepareZoneSamples>): void {
  const isCounted = ({ problem: { margins, constraints = [] } }: (typeof prepared)[number]): boolean =>
    [...margins, ...constraints].some(({ unit }) => unit === 'total');
  if (!prepared.every(isCounted))
    throw new Failure('usage', {
      where: '--scale population',
      problem: 'the margins are shares: nobody knows of how many',
      expected: 'a margin in counts, or --scale mean1',
    });
}
