import { Failure } from '../core/failure.js';
import type { RandomStream } from '../core/random.js';
import type { SolverStatus } from '../core/solver-status.js';
import { permutation } from '../numerics/sampling.js';
import { sum } from '../numerics/statistics.js';
import { fitWeights, type WeightingOptions, type WeightingResult } from './fit-weights.js';
import { authorReplicates } from './replicates.js';
import { weightTotal, type WeightingProblem } from './weighting-problem.js';

/**
 * `bootstrap`: the rescaling bootstrap of {@link authorReplicates}. `jackknife`: clusters are dealt at random into groups, and
 * each replicate is without one of them.
 */
export type ReplicateKind = 'bootstrap' | 'jackknife';

/** How replicates are made. */
export interface ReplicateOptions {
  /** Default `bootstrap`. */
  readonly kind?: ReplicateKind;
  /** Replicates, at least 2, default 40; a jackknife has at most as many as there are clusters. */
  readonly count?: number;
  /** (records) who is drawn or left out together: the person, the household. Default every record by itself. */
  readonly clusters?: readonly string[];
  /** With which the weights were fitted. */
  readonly weighting?: WeightingOptions;
  /** Whether every replicate is fitted to the margins again. Default true; without, variances are too large, never too small. */
  readonly recalibrate?: boolean;
}

/** Weights that other samples would have had, by the conventions of R's `survey::svrepdesign`. */
export interface ReplicateFits {
  readonly kind: ReplicateKind;
  /** Replicates that were tried. */
  readonly tried: number;
  /** How those that could not be fitted ended; they are left out. */
  readonly failed: readonly SolverStatus[];
  /** (r) of n weights each, with the sum of the weights themselves. */
  readonly weights: readonly Float64Array[];
  /** A variance is scale · Σ rscalesᵣ (estimateᵣ - estimate)². */
  readonly scale: number;
  /** (r) */
  readonly rscales: Float64Array;
}

/**
 * Fits the weights of replicates of the sample. Each replicate multiplies base weights by factors and is calibrated to the same
 * margins. A replicate without anybody in a category that is asked for cannot be fitted: it is left out, and the scale is
 * that of the replicates left: 1 / r for the bootstrap, (g - 1) / r for a jackknife of g groups.
 *
 * Unless weights are bounded or margins soft, a fit starts from the weights themselves: with weights base · exp(u) the solution is
 * the same, and near.
 *
 * @param weights (records) as fitted to the problem
 * @throws {Failure} `invalid-input` on fewer than two replicates or clusters, weights or clusters of another length; as
 * {@link fitWeights}
 * @see Rao, Wu & Yue (1992), Survey Methodology 18; Kott (2001), Journal of Official Statistics 17 (delete-a-group jackknife)
 */
export function replicateFits(
  problem: WeightingProblem,
  weights: Float64Array,
  options: ReplicateOptions,
  random: RandomStream,
): ReplicateFits {
  const { kind = 'bootstrap', weighting = {}, recalibrate = true } = options;
  const clusters = options.clusters ?? Array.from(weights, (_, i) => String(i));
  checkOptions(problem, weights, clusters, options);
  const factors =
    kind === 'bootstrap' ? bootstrapFactors(clusters, options, random) : jackknifeFactors(clusters, options, random);
  const total = weightTotal(problem);
  const isWarm = total > 0 && (!recalibrate || isExponential(problem, weighting));
  const start = isWarm ? weights : problem.base;
  const tried = factors.map((factor): Pick<WeightingResult, 'status' | 'weights'> => {
    const base = start.map((w, i) => w * factor[i]!);
    const left = sum(base);
    // A problem in which a margin has nobody is no problem to {@link fitWeights}, but a mistake.
    if (!(left > 0) || problem.margins.some(({ codes }) => isWithoutUniverse(codes, base)))
      return { status: 'infeasible', weights: base };
    if (!recalibrate) return { status: 'converged', weights: base.map((w) => (w * total) / left) };
    return fitWeights({ ...problem, base, total }, weighting);
  });
  const fitted = tried.filter(({ status }) => status === 'converged');
  const used = fitted.length;
  return {
    kind,
    tried: tried.length,
    failed: tried.flatMap(({ status }) => (status === 'converged' ? [] : [status])),
    weights: fitted.map((fit) => fit.weights),
    scale: used === 0 ? 0 : (kind === 'bootstrap' ? 1 : tried.length - 1) / used,
    rscales: new Float64Array(used).fill(1),
  };
}

/** An estimate with what replicates say of its precision. */
export interface ReplicateEstimate {
  readonly estimate: number;
  /** null without replicates. */
  readonly variance: number | null;
  readonly standardError: number | null;
}

/**
 * Estimates with the weights, again with each replicate's, and takes the spread around the first as variance (`mse = TRUE` of
 * `survey::svrepdesign`).
 *
 * @param estimate of anything that weights (n) lead to
 */
export function replicateEstimate(
  weights: Float64Array,
  { weights: replicates, scale, rscales }: ReplicateFits,
  estimate: (weights: Float64Array) => number,
): ReplicateEstimate {
  const own = estimate(weights);
  if (replicates.length === 0) return { estimate: own, variance: null, standardError: null };
  const squares = replicates.map((replicate, r) => {
    const difference = estimate(replicate) - own;
    return rscales[r]! * difference * difference;
  });
  const variance = scale * sum(squares);
  return { estimate: own, variance, standardError: Math.sqrt(variance) };
}

/**
 * R code that reads weights with their replicates, to be pasted by a user of the package `survey`.
 *
 * @param file table with the columns `weight` and `replicate_1`, `replicate_2`, ...: CSV, or Parquet by its ending, which R
 * reads with the package `nanoparquet`
 */
export function svrepdesignCode(
  { kind, scale, rscales }: Pick<ReplicateFits, 'kind' | 'scale' | 'rscales'>,
  file: string,
): string {
  const read = file.endsWith('.parquet') ? 'nanoparquet::read_parquet' : 'read.csv';
  return [
    'library(survey)',
    `people <- ${read}(${JSON.stringify(file)})`,
    'design <- svrepdesign(',
    '  data = people,',
    '  weights = ~weight,',
    '  repweights = "^replicate_[0-9]+$",',
    `  type = "${kind === 'bootstrap' ? 'bootstrap' : 'JK1'}",`,
    '  combined.weights = TRUE,',
    `  scale = ${scale},`,
    `  rscales = rep(1, ${rscales.length}),`,
    '  mse = TRUE',
    ')',
    '',
  ].join('\n');
}

function bootstrapFactors(
  clusters: readonly string[],
  { count = defaultCount }: ReplicateOptions,
  random: RandomStream,
): Float64Array[] {
  const { authors, authorOf, factors } = authorReplicates(clusters, count, random)!;
  return Array.from({ length: count }, (_, r) =>
    Float64Array.from(authorOf, (author) => factors[(r + 1) * authors + author]!),
  );
}

/** The usual groups / (groups - 1) is left to the fit, which gives all replicates the same total. */
function jackknifeFactors(
  clusters: readonly string[],
  { count = defaultCount }: ReplicateOptions,
  random: RandomStream,
): Float64Array[] {
  const names = [...new Set(clusters)];
  const groups = Math.min(count, names.length);
  const groupOf = new Map<string, number>();
  permutation(names.length, random).forEach((name, k) => groupOf.set(names[name]!, k % groups));
  return Array.from({ length: groups }, (_, without) =>
    Float64Array.from(clusters, (cluster) => (groupOf.get(cluster) === without ? 0 : 1)),
  );
}

const defaultCount = 40;

/** Whether the weights are base · exp(u) for any u: then another base of that form leads to the same weights. */
const isExponential = (
  { margins, constraints = [] }: WeightingProblem,
  { method = 'maxent', bounds, cap }: WeightingOptions,
): boolean =>
  (method === 'maxent' || method === 'rake') &&
  bounds === undefined &&
  cap === undefined &&
  [...margins, ...constraints].every(({ importance }) => importance === undefined);

const isWithoutUniverse = (codes: Int32Array, base: Float64Array): boolean =>
  codes.every((code, i) => code < 0 || !(base[i]! > 0));

function checkOptions(
  { records }: WeightingProblem,
  weights: Float64Array,
  clusters: readonly string[],
  { count = defaultCount }: ReplicateOptions,
): void {
  const fail = (where: string, problem: string, got: unknown, expected: string): never => {
    throw new Failure('invalid-input', { where: `replicates.${where}`, problem, got, expected });
  };
  if (weights.length !== records) fail('weights', 'wrong number of entries', weights.length, String(records));
  if (clusters.length !== records) fail('clusters', 'wrong number of entries', clusters.length, String(records));
  if (!(Number.isInteger(count) && count >= 2))
    fail('count', 'not a number of replicates', count, 'a whole number ≥ 2');
  const distinct = new Set(clusters).size;
  if (distinct < 2) fail('clusters', 'nothing to compare', distinct, 'at least 2');
}
