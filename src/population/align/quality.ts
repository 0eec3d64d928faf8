import type { RandomStream } from '../../core/random.js';
import { quantile } from '../../numerics/statistics.js';
import { traitDomains } from '../../psychometrics/inventory.js';
import { peopleDiagnostics, weightDiagnostics } from '../../survey/diagnostics.js';
import { divergenceMeter, type DivergenceMeter, type Divergences } from '../../transport/divergences.js';
import { traitMetricNames, type StepDiagnostics, type TraitCell, type TraitMetricName } from '../diagnostics.js';
import type { People } from '../people.js';
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

/** Measures one step of alignment: margins against the target, traits against test people, precision of the weights. */
export function measureStep(
  step: StepDiagnostics['step'],
  target: Target,
  pool: People,
  authors: readonly string[],
  weights: Float64Array,
  meter: DivergenceMeter | null,
): StepDiagnostics {
  const traits = meter && pool.traits ? meter({ points: pool.traits, weights }) : null;
  const { effectivePeople, maxAuthorShare } = peopleDiagnostics(authors, weights);
  return {
    step,
    maxMarginErrorPoints: maxMarginErrorPoints(target, pool, weights),
    amw: traits?.amw ?? null,
    frechet: traits?.frechet ?? null,
    slicedWasserstein: traits?.slicedWasserstein ?? null,
    mmd2: traits?.mmd2 ?? null,
    maxCorrelationError: traits?.maxCorrelationError ?? null,
    effectiveSampleSize: weightDiagnostics(weights).effectiveSampleSize,
    effectivePeople,
    maxAuthorShare,
  };
}

/** Meter of divergence from reference people, all with equal weight; null when they have no traits. */
export const peopleMeter = (people: People, random: RandomStream, projections = 100): DivergenceMeter | null =>
  people.traits &&
  divergenceMeter({ points: people.traits, weights: new Float64Array(people.size).fill(1) }, d, random, projections);

/** Median and 95th percentile of each divergence between the reference and groups of other people, nothing but chance apart. */
export type NoiseFloor = Readonly<Record<TraitMetricName, { readonly median: number; readonly p95: number }>>;

/**
 * What sampling alone does: groups of `size` people are drawn from `others` (with replacement, so that a group may be
 * larger than they are), who have nothing to do with the people behind the meter, and measured like an agent pool.
 */
export function noiseFloor(
  meter: DivergenceMeter,
  others: People,
  size: number,
  replicates: number,
  random: RandomStream,
): NoiseFloor {
  const weights = new Float64Array(size).fill(1);
  const found = Array.from({ length: replicates }, (_, replicate) => {
    const draw = random.fork(replicate);
    const points = new Float64Array(size * d);
    for (let row = 0; row < size; row++) {
      const person = draw.below(others.size);
      points.set(others.traits!.subarray(person * d, person * d + d), row * d);
    }
    return meter({ points, weights });
  });
  const summary = (name: keyof Divergences) => {
    const values = Float64Array.from(found, (divergences) => divergences[name]);
    return { median: quantile(values, 0.5), p95: quantile(values, 0.95) };
  };
  return Object.fromEntries(traitMetricNames.map((name) => [name, summary(name)])) as unknown as NoiseFloor;
}

/** Mean of each domain in each cell of sex x age, pool against people, with the cell's effective sample size. */
export function traitCells(target: Target, pool: People, weights: Float64Array, people: People): TraitCell[] {
  if (!pool.traits || !people.traits) return [];
  const cells = cellsOf(target, ['sex', 'age']);
  const own = cellMoments(jointCodes(target, pool, ['sex', 'age']), pool.traits, weights, cells.length);
  const equal = new Float64Array(people.size).fill(1);
  const theirs = cellMoments(jointCodes(target, people, ['sex', 'age']), people.traits, equal, cells.length);
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
