import { z } from 'zod';
import { Failure } from '../core/failure.js';
import type { Finding, RecordFinding } from '../core/findings.js';
import { columns, optional, text, value } from '../pipeline/artifact.js';
import { renderWeights } from '../report/weights-html.js';
import { readDeadMarginPolicy } from '../survey/dead-margins.js';
import { sum } from '../numerics/statistics.js';
import type { WeightingOptions } from '../survey/fit-weights.js';
import { inZone } from '../survey/margins.js';
import { readTotalsPolicy } from '../survey/totals.js';
import { GapDocument, weighZones, WeightDocument } from '../survey/weigh-zones.js';
import { WeightLimits } from '../survey/weight-gates.js';
import { knowsTotal, weightTotal } from '../survey/weighting-problem.js';
import { prepareZoneSamples, type PreparedZone } from '../survey/zone-samples.js';
import { defineStage, InputFile } from './services.js';
import { documentsOf, histogramOf, replicateCode, weightsCsv, weightsTable } from './weighting-output.js';
import { readWeightingInput } from './weighting-input.js';

const Study = z.enum(['auto', 'always', 'never']).default('auto');
const Column = z.string().min(1).nullable().default(null);

/** Stage `weight-sample`: weight records so that they meet margins, and say what that costs. */
export const weightSample = defineStage({
  name: 'weight-sample',
  version: 2,
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
    cap: z.number().gt(1).nullable().default(null).describe('largest weight in units of the mean weight'),
    missing: z.enum(['error', 'own-level', 'exclude', 'impute']).default('error'),
    totals: z.string().default('error').transform(readTotalsPolicy),
    deadMargins: z.string().default('error').transform(readDeadMarginPolicy),
    untargeted: z.enum(['error', 'keep', 'zero']).default('error').describe('categories without target'),
    disagreement: z.enum(['error', 'first', 'report']).default('error').describe('margins that disagree'),
    relax: z
      .record(z.string(), z.number().positive())
      .default({})
      .describe('margins that may give way, and how dear that is'),
    priceYears: z.record(z.string(), z.string()).default({}).describe('columns with money and the year that it is of'),
    adjust: z
      .record(z.string(), z.number().positive())
      .default({})
      .describe('columns with money and the factor that makes it money of the year of the margins'),
    maxOrphanShare: z.number().min(0).max(1).default(0.1).describe('largest share of persons without household'),
    earlier: z
      .strictObject({ sampleSha256: z.string().nullable() })
      .nullable()
      .default(null)
      .describe('what the earlier weights say of their sample; null without such weights'),
    limits: WeightLimits.default({}),
    study: Study.describe('what single margins cost and caps on the weights: tried where it is quick, always or never'),
    replicates: z
      .number()
      .int()
      .min(2)
      .nullable()
      .default(null)
      .describe('columns of replicate weights; null for none'),
    integers: z
      .union([z.boolean(), z.number().int().positive()])
      .default(false)
      .describe('copies of whole records: their number, or true for the sum of the weights'),
    scale: z.enum(['mean1', 'population']).default('mean1'),
  }),
  inputs: {
    sample: value(InputFile),
    margins: value(InputFile),
    persons: optional(value(InputFile)),
    personMargins: optional(value(InputFile)),
    zones: optional(value(InputFile)),
    labels: optional(value(InputFile)),
    earlier: optional(value(InputFile)),
  },
  outputs: {
    weights: text('csv'),
    table: columns('weight-table/1', ['id', 'weight']),
    report: value(WeightDocument),
    /** Only when records are missing. */
    gaps: optional(value(GapDocument)),
    html: text('html'),
    /** Only with replicates. */
    code: optional(text('md')),
  },
  uses: ['readMargins', 'readColumns'],

  async run({ sample: file, persons, personMargins, zones, labels }, config, context) {
    const { random, record, services, provenance } = context;
    const { method, bounds, cap, tolerance, limits, study, replicates, integers, scale } = config;
    const files = { persons: !!persons, personMargins: !!personMargins, zones: !!zones, labels: !!labels };
    const findings: Finding[] = [];
    const tell = (finding: Finding): void => {
      findings.push(finding);
      record(finding);
    };
    const { margins, sample, zoneOf, ids, clusters, lines } = await readWeightingInput(
      config,
      files,
      file.sha256,
      services,
      tell,
    );
    const prepared = withTotals(prepareZoneSamples(margins, sample, zoneOf, config, random, tell), {
      isPopulation: config.baseWeight !== null && (margins.length === 1 || zoneOf !== null),
      lines,
      record: tell,
    });
    if (scale === 'population') checkTotals(prepared);
    if (typeof integers === 'number') checkSingle(prepared, integers);
    const weighting: WeightingOptions = {
      ...{ method, tolerance },
      ...(bounds && { bounds }),
      ...(cap !== null && { cap }),
    };
    const options = {
      ...{ weighting, limits, study },
      ...(replicates !== null && { replicates }),
      ...(clusters && { clusters }),
      ...(integers !== false && { wholeRecords: sizeOf(integers, scale) }),
    };
    const weighed = await weighZones(prepared, options, random, tell);
    const { report, gaps } = documentsOf(weighed, findings, file.sha256);
    const table = weightsTable(weighed, ids, scale);
    return {
      weights: weightsCsv(table),
      table,
      report,
      gaps,
      html: renderWeights({ document: report, gaps: gaps ?? null, histograms: weighed.map(histogramOf), provenance }),
      code: replicates === null ? undefined : replicateCode(table),
    };
  },
});

/**
 * Problems that know what their weights sum to. A total of a number alone does not say it; base weights that stand for a population
 * do.
 *
 * @throws {Failure} `invalid-input` naming file and line of the total where nobody knows of how many records it is
 */
function withTotals(
  prepared: readonly PreparedZone[],
  {
    isPopulation,
    lines,
    record,
  }: {
    /** Whether the base weights of a zone sum to its population. */
    readonly isPopulation: boolean;
    readonly lines: ReadonlyMap<string, string>;
    readonly record: RecordFinding;
  },
): PreparedZone[] {
  return prepared.map((own): PreparedZone => {
    const { zone, problem } = own;
    const items = [...problem.margins, ...(problem.constraints ?? [])];
    const asked = items.find(({ unit }) => unit === 'total');
    if (asked === undefined || knowsTotal(problem)) return own;
    if (!isPopulation) {
      const line = lines.get(asked.name);
      throw new Failure('invalid-input', {
        where: `${line === undefined ? '' : `${line}, `}${inZone(zone, asked.name)}`,
        problem: 'a total, but nobody knows what the weights sum to',
        expected: 'beside it a margin in counts that every record is in',
        hint: 'Or name with --base-weight a column whose sum is the population, or ask for the mean.',
      });
    }
    const total = sum(problem.base);
    record({
      level: 'caution',
      code: 'total-of-base-weights',
      message: inZone(
        zone,
        `no margin says how many there are: the weights sum to ${Number(total.toPrecision(12))}, as the base weights do`,
      ),
      values: { zone, total },
    });
    return { ...own, problem: { ...problem, total } };
  });
}

/** Copies of whole records that a zone is to have. */
const sizeOf =
  (integers: number | true, scale: 'mean1' | 'population') =>
  ({ problem }: PreparedZone): number => {
    const total = weightTotal(problem);
    if (integers !== true) return integers;
    return total > 0 && scale === 'mean1' ? problem.records : Math.round(total);
  };

function checkSingle(prepared: readonly PreparedZone[], size: number): void {
  if (prepared.length > 1)
    throw new Failure('usage', {
      where: '--integers',
      problem: `one number for ${prepared.length} zones`,
      got: size,
      expected: 'no number: every zone has the sum of its weights',
    });
}

function checkTotals(prepared: readonly PreparedZone[]): void {
  const isCounted = ({ problem: { margins, constraints = [] } }: PreparedZone): boolean =>
    [...margins, ...constraints].some(({ unit }) => unit === 'total');
  if (!prepared.every(isCounted))
    throw new Failure('usage', {
      where: '--scale population',
      problem: 'the margins are shares: nobody knows of how many',
      expected: 'a margin in counts, or --scale mean1',
    });
}
