import { Failure } from '../../core/failure.js';
import type { RandomStream } from '../../core/random.js';
import { moments, quantile } from '../../numerics/statistics.js';
import { traitDomains } from '../../psychometrics/inventory.js';
import { peopleDiagnostics, weightDiagnostics } from '../../survey/diagnostics.js';
import { divergenceMeter, divergenceMeters, maxDifference, type DivergenceMeter } from '../../transport/divergences.js';
import { traitMetricNames, type StepDiagnostics, type TraitCell, type TraitMetricName } from '../diagnostics.js';
import { axisOf } from '../joint.js';
import { ageMidpoints, peopleAt, type People } from '../people.js';
import { cellsOf, variablesOf, type Margin, type Target } from '../target.js';
import { jointCodes } from './constraints.js';

const d = traitDomains.length;

/** Shares of the cells of a margin under weights of any scale. */
export function marginShares(target: Target, margin: Margin, people: People, weights: ArrayLike<number>): Float64Array {
  const names = variablesOf(margin.variable);
  const shares = new Float64Array(cellsOf(target, names).length);
  let total = 0;
  jointCodes(target, people, names).forEach((cell, i) => {
    shares[cell]! += weights[i]!;
    total += weights[i]!;
  });
  return shares.map((s) => s / total);
}

/** Largest |share - asked| over all cells of all margins of the target, in percentage points. */
export function maxMarginErrorPoints(target: Target, people: People, weights: ArrayLike<number>): number {
  return target.margins.reduce((worst, margin) => {
    const shares = marginShares(target, margin, people, weights);
    const cells = cellsOf(target, variablesOf(margin.variable));
    return cells.reduce((w, cell, c) => Math.max(w, 100 * Math.abs(shares[c]! - margin.shares[cell]!)), worst);
  }, 0);
}

/** How far weighted people are from others in traits; see {@link traitMetricNames}. */
export type TraitDistances = Readonly<Record<TraitMetricName, number>>;

/**
 * Measures one step of alignment: margins against the target and precision of the weights.
 *
 * @param distances from test people, under the weights of the step
 */
export function measureStep(
  step: StepDiagnostics['step'],
  target: Target,
  pool: People,
  authors: readonly string[],
  weights: Float64Array,
  distances: TraitDistances | null,
): StepDiagnostics {
  const { effectivePeople, maxAuthorShare } = peopleDiagnostics(authors, weights);
  const traits = Object.fromEntries(traitMetricNames.map((name) => [name, distances?.[name] ?? null])) as Pick<
    StepDiagnostics,
    TraitMetricName
  >;
  return {
    step,
    maxMarginErrorPoints: maxMarginErrorPoints(target, pool, weights),
    ...traits,
    effectiveSampleSize: weightDiagnostics(weights).effectiveSampleSize,
    effectivePeople,
    maxAuthorShare,
  };
}

const equalWeights = (people: People): Float64Array => new Float64Array(people.size).fill(1);

/** Meter of divergence of traits alone from reference people, all with equal weight; null when they have no traits. */
export const peopleMeter = (people: People, random: RandomStream, projections = 100): DivergenceMeter | null =>
  people.traits && divergenceMeter({ points: people.traits, weights: equalWeights(people) }, d, random, projections);

/** Distances of people, under weights of any scale, from each of several groups of reference people. */
export type PopulationMeter = (people: People, weights: Float64Array) => TraitDistances[];

/**
 * Meter of traits together with sex and age. All groups are compared with by the same projections, so that distances of the
 * same people may be subtracted.
 *
 * @param references groups of people, all with equal weight
 * @returns null when one has no traits
 */
export function populationMeter(
  target: Target,
  references: readonly People[],
  random: RandomStream,
): PopulationMeter | null {
  const points = references.flatMap((people) =>
    people.traits ? [{ points: people.traits, weights: equalWeights(people) }] : [],
  );
  if (points.length < references.length) return null;
  const meter = divergenceMeters(points, d, random);
  const expected = references.map((people) => jointCorrelations(target, people, equalWeights(people)));
  return (people, weights) => {
    const found = jointCorrelations(target, people, weights);
    return meter({ points: people.traits!, weights }).map((divergences, r) => ({
      ...divergences,
      maxJointCorrelationError: maxDifference(found, expected[r]!),
    }));
  };
}

/** Correlations of the five domains, being female and age (the middle of the band), (7 x 7) row-major. */
export function jointCorrelations(
  target: Target,
  { size, codes, traits }: People,
  weights: Float64Array,
): Float64Array {
  const width = target.variables.length;
  const [sexAxis, ageAxis] = [axisOf(target, 'sex'), axisOf(target, 'age')];
  const female = target.variables[sexAxis]!.categories.indexOf('female');
  const years = ageMidpoints(target);
  const points = new Float64Array(size * (d + 2));
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < d; k++) points[i * (d + 2) + k] = traits![i * d + k]!;
    points[i * (d + 2) + d] = codes[i * width + sexAxis] === female ? 1 : 0;
    points[i * (d + 2) + d + 1] = years[codes[i * width + ageAxis]!]!;
  }
  return moments(points, d + 2, weights).correlation;
}

/** What chance alone does to one distance. */
export interface DistanceFloor {
  /** Median and 95th percentile between the first reference and groups of other people. */
  readonly median: number;
  readonly p95: number;
  /** 95th percentile of the distance to the first reference less that to the second, for the same group; at least 0. */
  readonly foldGapP95: number;
}

/** {@link DistanceFloor} of each distance. */
export type NoiseFloor = Readonly<Record<TraitMetricName, DistanceFloor>>;

/**
 * Size of the groups behind a noise floor: that of what is to be judged, but no more than the people they are drawn from. A
 * larger group would only say again what those people are, and seem to know the population better than they do.
 */
export const floorGroup = (size: number, others: People): number => Math.min(size, others.size);

/**
 * What sampling alone does: groups of people are drawn from `others` with replacement, who have nothing to do with the people
 * behind the meter, and measured like an agent pool. Drawing with replacement keeps the spread between groups right as their
 * size comes near that of `others`; the distances are then up to √2 too large, because they hold the chance in `others` too.
 *
 * @param meter with the test people first and, where the gap between folds is wanted, the people used for fitting second
 * @param size of each group; see {@link floorGroup}
 * @throws {Failure} `invalid-input` where there are not as many people
 */
export function noiseFloor(
  meter: PopulationMeter,
  others: People,
  size: number,
  replicates: number,
  random: RandomStream,
): NoiseFloor {
  if (size > others.size)
    throw new Failure('invalid-input', {
      where: 'noiseFloor.size',
      problem: 'more people than there are',
      got: size,
      expected: `at most ${others.size}`,
    });
  const weights = new Float64Array(size).fill(1);
  const found = Array.from({ length: replicates }, (_, replicate) => {
    const draw = random.fork(replicate);
    const rows = Uint32Array.from({ length: size }, () => draw.below(others.size));
    return meter(peopleAt(others, rows), weights);
  });
  const summary = (name: TraitMetricName): DistanceFloor => {
    const values = Float64Array.from(found, ([test]) => test![name]);
    const gaps = Float64Array.from(found, ([test, fit]) => (fit ? test![name] - fit[name] : 0));
    return {
      median: quantile(values, 0.5),
      p95: quantile(values, 0.95),
      foldGapP95: Math.max(quantile(gaps, 0.95), 0),
    };
  };
  return Object.fromEntries(traitMetricNames.map((name) => [name, summary(name)])) as NoiseFloor;
}

/** Mean of each domain in each cell of sex x age, pool against people, with the cell's effective sample size. */
export function traitCells(target: Target, pool: People, weights: Float64Array, people: People): TraitCell[] {
  if (!pool.traits || !people.traits) return [];
  const cells = cellsOf(target, ['sex', 'age']);
  const own = cellMoments(jointCodes(target, pool, ['sex', 'age']), pool.traits, weights, cells.length);
  const theirs = cellMoments(
    jointCodes(target, people, ['sex', 'age']),
    people.traits,
    equalWeights(people),
    cells.length,
  );
  return cells.flatMap((cell, c) =>
    traitDomains.flatMap((domain, k) => {
      if (own[c]!.mass === 0 || theirs[c]!.mass === 0) return [];
      const [achieved, wanted, sd] = [own[c]!.mean[k]!, theirs[c]!.mean[k]!, theirs[c]!.sd[k]!];
      const differenceSd = sd > 0 ? (achieved - wanted) / sd : 0;
      return [{ cell, domain, target: wanted, achieved, differenceSd, effectiveSampleSize: own[c]!.effectiveSize }];
    }),
  );
}

function cellMoments(cells: Uint32Array, traits: Float64Array, weights: Float64Array, size: number) {
  const sums = Array.from({ length: size }, () => ({
    mass: 0,
    squares: 0,
    first: new Float64Array(d),
    second: new Float64Array(d),
  }));
  cells.forEach((cell, i) => {
    const s = sums[cell]!;
    const w = weights[i]!;
    s.mass += w;
    s.squares += w * w;
    for (let k = 0; k < d; k++) {
      const x = traits[i * d + k]!;
      s.first[k]! += w * x;
      s.second[k]! += w * x * x;
    }
  });
  return sums.map(({ mass, squares, first, second }) => {
    const mean = first.map((x) => x / mass);
    const sd = second.map((x, k) => Math.sqrt(Math.max(x / mass - mean[k]! * mean[k]!, 0)));
    return { mass, mean, sd, effectiveSize: squares > 0 ? (mass * mass) / squares : 0 };
  });
}
