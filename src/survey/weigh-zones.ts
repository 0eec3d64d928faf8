import { z } from 'zod';
import { Failure } from '../core/failure.js';
import type { Finding, RecordFinding } from '../core/findings.js';
import type { RandomStream } from '../core/random.js';
import { sum } from '../numerics/statistics.js';
import { loadSlackSolver, type SlackSolver } from './feasibility.js';
import { checkLimits, failure, negativeWeights, nearest, relaxedMissed } from './fit-findings.js';
import { fitWeights, type WeightingOptions, type WeightingResult } from './fit-weights.js';
import { GapList, gapList } from './gap-list.js';
import { inZone } from './margins.js';
import { replicateFits, type ReplicateFits } from './replicate-fits.js';
import { planStudy, planZones, type StudyPolicy } from './study.js';
import type { WeightLimits } from './weight-gates.js';
import { WeightReport, weightReport } from './weight-report.js';
import { wholeRecords, wholeRecordsFinding, type WholeRecords } from './whole-records.js';
import type { WeightingProblem } from './weighting-problem.js';
import { ZoneOverview } from './zone-overview.js';
import type { PreparedZone } from './zone-samples.js';

/** The records that the weights were made for, and hold for: hash of the file; absent where there was no file. */
const sampleSha256 = z.string().optional();

/** The report on one set of weights, or on those of many zones with the findings that are about no single one. */
export const WeightDocument = z.union([
  WeightReport.extend({ sampleSha256 }),
  z.strictObject({
    schema: z.literal('zone-weights/1'),
    sampleSha256,
    ...ZoneOverview.shape,
    findings: WeightReport.shape.findings,
    zones: z.array(WeightReport),
  }),
]);
export type WeightDocument = z.infer<typeof WeightDocument>;

/** The records that are missing, or those of each zone in which some are. */
export const GapDocument = z.union([
  GapList,
  z.strictObject({ schema: z.literal('zone-gap-lists/1'), zones: z.array(GapList) }),
]);
export type GapDocument = z.infer<typeof GapDocument>;

/** The reports of a document, one a zone. */
export const reportsOf = (document: WeightDocument): readonly WeightReport[] =>
  'zones' in document ? document.zones : [document];

/** All that became of one zone. */
export interface WeighedZone extends PreparedZone {
  readonly fit: WeightingResult;
  readonly report: WeightReport;
  /** null when nothing is missing. */
  readonly gaps: GapList | null;
  /** null when none were asked for, or the fit itself did not converge. */
  readonly replicates: ReplicateFits | null;
  /** null when they were not asked for, or the fit did not converge. */
  readonly whole: WholeRecords | null;
}

/** What {@link weighZones} may be told. */
export interface WeighingOptions {
  readonly weighting?: WeightingOptions;
  readonly limits?: WeightLimits;
  /** Default `auto`. */
  readonly study?: StudyPolicy;
  /** Sets of replicate weights; default none. */
  readonly replicates?: number;
  /** How many whole records each zone is to have; default none are made. */
  readonly wholeRecords?: (zone: PreparedZone) => number;
  /** (rows of the sample) the person or other cluster of each record. */
  readonly clusters?: readonly string[];
}

/** With more combinations of categories a linear program takes minutes. */
const mostProgramSignatures = 20_000;

/**
 * Fits every zone, says why where it fails, and reports. Where margins cannot be met, the least slack and the cells that clash are
 * found by a linear program and recorded.
 *
 * @throws {Failure} as {@link checkLimits}, {@link fitWeights}, {@link replicateFits} and {@link wholeRecords}, naming the zone
 */
export async function weighZones(
  zones: readonly PreparedZone[],
  options: WeighingOptions,
  random: RandomStream,
  record: RecordFinding,
): Promise<WeighedZone[]> {
  const { policy: study, finding } = planZones(zones.length, options.study ?? 'auto');
  if (finding) record(finding);
  let solver: Promise<SlackSolver> | undefined;
  const weighed: WeighedZone[] = [];
  for (const prepared of zones) {
    const { zone } = prepared;
    try {
      checkLimits(prepared.problem, options.weighting ?? {});
      const fit = fitWeights(prepared.problem, options.weighting);
      const isMet = fit.status === 'converged';
      const isSmall = fit.signatures <= mostProgramSignatures;
      const solve = isMet ? nothingMissing : isSmall ? await (solver ??= loadSlackSolver()) : null;
      weighed.push(weighZone(prepared, fit, solve, { ...options, study }, random, record));
    } catch (error) {
      if (!(error instanceof Failure) || zone === '') throw error;
      throw new Failure(error.code, { ...error.parts, where: inZone(zone, error.parts.where) }, { cause: error });
    }
  }
  return weighed;
}

/** The answer to a program that is known to have one without slack: the fit is the proof. */
const nothingMissing: SlackSolver = ({ features, targets }) => ({
  cost: 0,
  weights: new Float64Array(features.rows),
  short: new Float64Array(targets.length),
  over: new Float64Array(targets.length),
  prices: new Float64Array(targets.length),
  totalPrice: 0,
});

function weighZone(
  prepared: PreparedZone,
  fit: WeightingResult,
  solve: SlackSolver | null,
  { weighting = {}, limits = {}, replicates: count, wholeRecords: sizeOf, clusters, study = 'auto' }: WeighingOptions,
  random: RandomStream,
  record: RecordFinding,
): WeighedZone {
  const { zone, problem, rows } = prepared;
  const findings: Finding[] = [];
  const tell = (finding: Finding): void => {
    findings.push(finding);
    record(finding);
  };
  const people = clusters && Array.from(rows, (row) => clusters[row]!);
  const isMet = fit.status === 'converged';
  if (!isMet) tell(failure(prepared, fit, solve && nearest(problem, solve, weighting), weighting));
  const { minGroupRecords } = limits;
  const gaps =
    solve &&
    gapList(problem, solve, { zone, ...(minGroupRecords === undefined ? {} : { minRecords: minGroupRecords }) });
  const replicates =
    count !== undefined && isMet && fit.signatures > 0
      ? replicateFits(
          problem,
          fit.weights,
          { count, weighting: withoutCap(weighting), ...(people && { clusters: people }) },
          random.fork('replicates', zone),
        )
      : null;
  if (replicates && replicates.failed.length > 0)
    tell({
      level: 'caution',
      code: 'replicates-failed',
      message: inZone(
        zone,
        `${replicates.failed.length} of ${replicates.tried} replicates have nobody in a category that is asked for, or could not be fitted, and are left out`,
      ),
      values: { zone, tried: replicates.tried, failed: replicates.failed.length },
    });
  const whole =
    sizeOf && isMet ? wholeRecords(problem, fit.weights, sizeOf(prepared), random.fork('whole-records', zone)) : null;
  if (whole) tell(wholeRecordsFinding(zone, whole));
  if (isMet && (weighting.bounds ?? weighting.cap) !== undefined)
    tell(boundsReached(zone, problem, fit.weights, weighting));
  if (isMet) for (const finding of [relaxedMissed(zone, fit), negativeWeights(zone, fit)]) if (finding) tell(finding);
  const { costs, caps, finding: untried } = planStudy(zone, problem, fit, weighting, study);
  if (untried) tell(untried);
  const report = weightReport(problem, fit, {
    zone,
    weighting,
    limits,
    findings,
    ...{ costs, caps },
    ...(people && { people }),
  });
  return {
    ...prepared,
    fit,
    report,
    replicates,
    whole,
    gaps: gaps && (gaps.wanted > 0 || gaps.contradiction > 0) ? gaps : null,
  };
}

/** A record that a replicate has twice stands for two: a cap on the weight of one is nothing to it. */
const withoutCap = (weighting: WeightingOptions): WeightingOptions =>
  Object.fromEntries(Object.entries(weighting).filter(([name]) => name !== 'cap'));

/** A weight this near to a bound, as a share of it, stands at the bound. */
const atBound = 1e-9;

/** How many weights a bound or cap holds back. */
function boundsReached(
  zone: string,
  { records, base }: WeightingProblem,
  weights: Float64Array,
  { bounds: { lower = -Infinity, upper = Infinity } = {}, cap = Infinity }: WeightingOptions,
): Finding {
  const [total, baseTotal] = [sum(weights), sum(base)];
  let [low, high, capped] = [0, 0, 0];
  weights.forEach((weight, i) => {
    const ratio = (weight / total) * (baseTotal / base[i]!);
    if (ratio <= lower * (1 + atBound)) low++;
    if (ratio >= upper * (1 - atBound)) high++;
    if ((weight / total) * records >= cap * (1 - atBound)) capped++;
  });
  return {
    level: 'info',
    code: 'bounds-reached',
    message: inZone(
      zone,
      `of ${records} weights ${low} stand at the lower bound, ${high} at the upper, ${capped} at the cap`,
    ),
    values: { zone, records, lower: low, upper: high, cap: capped },
  };
}
