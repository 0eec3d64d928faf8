import { z } from 'zod';
import { Failure } from '../core/failure.js';
import type { Finding, RecordFinding } from '../core/findings.js';
import type { RandomStream } from '../core/random.js';
import { sum } from '../numerics/statistics.js';
import { weightDiagnostics } from './diagnostics.js';
import {
  checkFeasibility,
  loadSlackSolver,
  type CellSlack,
  type Feasibility,
  type SlackSolver,
} from './feasibility.js';
import { fitWeights, type WeightingOptions, type WeightingResult } from './fit-weights.js';
import { GapList, gapList } from './gap-list.js';
import { inZone } from './margins.js';
import { replicateFits, type ReplicateFits } from './replicate-fits.js';
import type { WeightLimits } from './weight-gates.js';
import { WeightReport, weightReport } from './weight-report.js';
import { wholeRecords, wholeRecordsFinding, type WholeRecords } from './whole-records.js';
import type { WeightingProblem } from './weighting-problem.js';
import type { PreparedZone } from './zone-samples.js';

/** The records that the weights were made for, and hold for: hash of the file; absent where there was no file. */
const sampleSha256 = z.string().optional();

/** The report on one set of weights, or on those of many zones with the findings that are about no single one. */
export const WeightDocument = z.union([
  WeightReport.extend({ sampleSha256 }),
  z.strictObject({
    schema: z.literal('zone-weights/1'),
    sampleSha256,
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
  /** Sets of replicate weights; default none. */
  readonly replicates?: number;
  /** How many whole records each zone is to have; default none are made. */
  readonly wholeRecords?: (zone: PreparedZone) => number;
  /** (rows of the sample) the person or other cluster of each record. */
  readonly clusters?: readonly string[];
}

/** Codes of the findings of a fit that is not to be used. */
export const failedFit = { infeasible: 'margins-infeasible', other: 'not-converged' } as const;

/** Caps on the largest weight that are tried, in units of the mean weight; fewer where each takes more than half a second. */
const triedCaps = (records: number): readonly number[] => (records > 250_000 ? [4, 2] : [8, 6, 4, 2]);
/** With more zones, margins are not dropped and caps not tried in each of them. */
const mostStudiedZones = 50;
/** With more combinations of categories a linear program takes minutes. */
const mostProgramSignatures = 20_000;
/** Cells that a message names. */
const namedCells = 5;

/**
 * Fits every zone, says why where it fails, and reports. Where margins cannot be met, the least slack and the cells that clash are
 * found by a linear program and recorded.
 *
 * @throws {Failure} as {@link fitWeights}, {@link replicateFits} and {@link wholeRecords}, naming the zone
 */
export async function weighZones(
  zones: readonly PreparedZone[],
  options: WeighingOptions,
  random: RandomStream,
  record: RecordFinding,
): Promise<WeighedZone[]> {
  const isStudied = zones.length <= mostStudiedZones;
  if (!isStudied)
    record({
      level: 'info',
      code: 'zones-not-studied',
      message: `with ${zones.length} zones, what single margins cost and caps on the weights were not tried in each`,
    });
  let solver: Promise<SlackSolver> | undefined;
  const weighed: WeighedZone[] = [];
  for (const prepared of zones) {
    const { zone } = prepared;
    try {
      const fit = fitWeights(prepared.problem, options.weighting);
      const isMet = fit.status === 'converged';
      const isSmall = fit.signatures <= mostProgramSignatures;
      const solve = isMet ? nothingMissing : isSmall ? await (solver ??= loadSlackSolver()) : null;
      weighed.push(weighZone(prepared, fit, solve, isStudied, options, random, record));
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
  isStudied: boolean,
  { weighting = {}, limits = {}, replicates: count, wholeRecords: sizeOf, clusters }: WeighingOptions,
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
  if (!isMet) {
    const { bounds } = weighting;
    tell(failure(zone, fit, solve && checkFeasibility(problem, solve, bounds ? { bounds } : {})));
  }
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
  // A cap above the largest weight changes nothing; a logit has bounds instead.
  const { maxRelativeWeight } = weightDiagnostics(fit.weights);
  const caps = weighting.method === 'logit' ? [] : triedCaps(problem.records).filter((cap) => cap < maxRelativeWeight);
  const report = weightReport(problem, fit, {
    zone,
    weighting,
    limits,
    findings,
    costs: isStudied,
    caps: isStudied ? caps : [],
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

/** What is wrong with a fit that did not converge. */
function failure(
  zone: string,
  { status, iterations, worst, maxMarginError }: WeightingResult,
  found: Feasibility | null,
): Finding {
  if (found && !found.feasible) {
    const { slack, total, clashes } = found;
    const missed = clashes.filter(({ short, over }) => short > 0 || over > 0);
    const named = missed.slice(0, namedCells).map(clash).join('; ');
    const more = missed.length > namedCells ? ` and ${missed.length - namedCells} more` : '';
    return {
      level: 'caution',
      code: failedFit.infeasible,
      message: inZone(
        zone,
        `the margins cannot be met together; at best ${shown(slack)} of ${shown(total)} are missing or too many: ${named}${more}`,
      ),
      values: { zone, slack, total, clashes },
    };
  }
  const cells = worst.map(
    ({ margin, category, asked, achieved }) =>
      `${cellName(margin, category)} (${shown(asked)} asked, ${shown(achieved)} achieved)`,
  );
  const ended = status === 'infeasible' ? 'the margins cannot be met together' : `the fit ended as ${status}`;
  return {
    level: 'caution',
    code: status === 'infeasible' ? failedFit.infeasible : failedFit.other,
    message: inZone(
      zone,
      `${ended} after ${iterations} iterations, with an error of ${shown(maxMarginError)}: ${cells.join('; ')}`,
    ),
    values: { zone, status, iterations, maxMarginError, worst },
  };
}

const clash = ({ margin, category, asked, short, over }: CellSlack): string =>
  `${cellName(margin, category)} (${shown(asked)} asked, ${short > 0 ? `${shown(short)} short` : `${shown(over)} over`})`;

const cellName = (margin: string, category: string | null): string =>
  category === null ? margin : `${margin} = ${category}`;

const shown = (x: number): number => Number(x.toPrecision(6));
