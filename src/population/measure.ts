import { textColumn, type Table } from '../core/table.js';
import type { RandomStream } from '../core/random.js';
import { moments } from '../numerics/statistics.js';
import { traitDomains } from '../psychometrics/inventory.js';
import { peopleDiagnostics, weightDiagnostics } from '../survey/diagnostics.js';
import { authorReplicates } from '../survey/replicates.js';
import {
  floorGroup,
  marginShares,
  maxMarginErrorPoints,
  measureStep,
  noiseFloor,
  populationMeter,
  traitCells,
  type NoiseFloor,
  type TraitDistances,
} from './align/quality.js';
import { countsOf, jointCodes } from './align/constraints.js';
import {
  traitMetricNames,
  type Diagnostics,
  type MarginDiagnostics,
  type StepDiagnostics,
  type TraitMean,
} from './diagnostics.js';
import { intervalOf, shareInterval, uncertaintyOf, type Uncertainty } from './intervals.js';
import { knownGroups } from './known-groups.js';
import { firstPeople, foldCounts, foldOf, peopleOf, statusColumn } from './persona-pool.js';
import type { People } from './people.js';
import { cellsOf, variablesOf, type Target } from './target.js';

/** The weights after each step of alignment, over the rows of the pool. */
export type StepWeights = Readonly<Record<StepDiagnostics['step'], Float64Array>>;

export interface MeasureOptions {
  /** Test people that distances are taken from, and as many of those used for fitting; cell means use all of them. */
  readonly meterPeople: number;
  /** Groups of people behind the noise floor. */
  readonly replicates: number;
  /** Bootstrap replicates of the authors behind intervals. */
  readonly authorReplicates: number;
  /** Least slope of the known groups that passes. */
  readonly leastKnownGroupsSlope: number;
}

/** The part of {@link Diagnostics} that follows from the pool, the weights and the reference people. */
export type Measured = Pick<
  Diagnostics,
  | 'agents'
  | 'distinctPersonas'
  | 'distinctPeople'
  | 'effectiveSampleSize'
  | 'effectivePeople'
  | 'maxAuthorShare'
  | 'designEffect'
  | 'maxMultiplicity'
  | 'maxMarginErrorPoints'
  | 'margins'
  | 'traits'
  | 'traitMeans'
  | 'knownGroups'
  | 'traitCells'
  | 'steps'
  | 'noiseFloor'
  | 'folds'
>;

/**
 * Judges every step on people who were not used for fitting.
 *
 * @param counts how often each persona became an agent
 */
export function measurePopulation(
  target: Target,
  pool: Table,
  counts: ArrayLike<number>,
  weights: StepWeights,
  reference: Table,
  options: MeasureOptions,
  random: RandomStream,
): Measured {
  const test = foldOf(reference, target, 'test');
  const fit = foldOf(reference, target, 'fit');
  const people = peopleOf(pool, target, test.traits !== null);
  const authors = textColumn(pool, 'person');
  const judges = Math.min(options.meterPeople, test.size, fit.size);
  const meter = populationMeter(target, [firstPeople(test, judges), firstPeople(fit, judges)], random.fork('meter'));
  const agents = Array.from(counts).reduce((s, n) => s + n, 0);
  const found = (Object.keys(weights) as (keyof StepWeights)[]).map((step) => {
    const [fromTest, fromFit] = meter?.(people, weights[step]) ?? [];
    return { diagnostics: measureStep(step, target, people, authors, weights[step], fromTest ?? null), fromFit };
  });
  const steps = found.map(({ diagnostics }) => diagnostics);
  const others = foldOf(reference, target, 'floor');
  const groupPeople = floorGroup(agents, others);
  const floor = meter && noiseFloor(meter, others, groupPeople, options.replicates, random.fork('floor'));
  const final = weights.selection;
  const replicates = authorReplicates(authors, options.authorReplicates, random.fork('authors'));
  const uncertainty = uncertaintyOf(target, pool, people, weights.calibration, replicates);
  const { effectivePeople, maxAuthorShare, distinctPeople } = peopleDiagnostics(authors, final);
  const { effectiveSampleSize } = weightDiagnostics(final);
  return {
    agents,
    distinctPersonas: final.reduce((n, w) => n + (w > 0 ? 1 : 0), 0),
    distinctPeople,
    effectiveSampleSize,
    effectivePeople,
    maxAuthorShare,
    designEffect: agents / effectiveSampleSize,
    maxMultiplicity: Array.from(counts).reduce((m, n) => Math.max(m, n), 0),
    maxMarginErrorPoints: maxMarginErrorPoints(target, people, final),
    margins: target.margins.flatMap((margin) =>
      marginDiagnostics(target, margin, pool, people, weights.kept, final, uncertainty),
    ),
    traits: floor && traitMetrics(steps, found.at(-1)!.fromFit!, floor),
    traitMeans: traitMeans(people, final, test, uncertainty),
    knownGroups: knownGroups(target, people, replicates, test, options.leastKnownGroupsSlope),
    traitCells: traitCells(target, people, final, test),
    steps,
    noiseFloor: floor && {
      agents,
      groupPeople,
      floorPeople: others.size,
      testPeople: judges,
      replicates: options.replicates,
    },
    folds: foldCounts(reference),
  };
}

/** Each distance before and after, from test people and from those used for fitting, beside what chance alone does. */
function traitMetrics(steps: readonly StepDiagnostics[], fromFit: TraitDistances, floor: NoiseFloor) {
  const [before, after] = [steps.find(({ step }) => step === 'kept')!, steps.at(-1)!];
  return Object.fromEntries(
    traitMetricNames.map((name) => [
      name,
      {
        before: before[name]!,
        after: after[name]!,
        noiseFloorMedian: floor[name].median,
        noiseFloorP95: floor[name].p95,
        fit: fromFit[name],
        overfit: after[name]! - fromFit[name] > floor[name].foldGapP95,
      },
    ]),
  ) as NonNullable<Measured['traits']>;
}

function traitMeans(people: People, weights: Float64Array, test: People, { traits }: Uncertainty): TraitMean[] {
  if (!people.traits || !test.traits) return [];
  const own = moments(people.traits, traitDomains.length, weights).mean;
  const wanted = moments(test.traits, traitDomains.length, new Float64Array(test.size).fill(1)).mean;
  return traitDomains.map((domain, k) => {
    const achieved = own[k]!;
    const { betweenAuthors, betweenDraws, total } = traits[k]!;
    return {
      domain,
      target: wanted[k]!,
      achieved,
      interval: total === null ? null : intervalOf(achieved, total),
      betweenAuthorVariance: betweenAuthors,
      betweenDrawVariance: betweenDraws,
    };
  });
}

function marginDiagnostics(
  target: Target,
  margin: Target['margins'][number],
  pool: Table,
  people: People,
  before: Float64Array,
  after: Float64Array,
  uncertainty: Uncertainty,
): MarginDiagnostics[] {
  const names = variablesOf(margin.variable);
  const cells = cellsOf(target, names);
  const shares = [before, after].map((weights) => marginShares(target, margin, people, weights));
  const support = countsOf(jointCodes(target, people, names), cells.length);
  const status = statusShares(pool, names, after);
  const variances = uncertainty.margin(margin);
  return cells.map((category, c) => ({
    variable: margin.variable,
    category,
    target: margin.shares[category]!,
    before: shares[0]![c]!,
    after: shares[1]![c]!,
    controlled: support[c]! > 0,
    support: support[c]!,
    interval: shareInterval(shares[1]![c]!, variances[c]!),
    ...status,
  }));
}

/** How the values of a margin came about, by weight; a joint is as imputed as its most imputed variable. */
function statusShares(pool: Table, names: readonly string[], weights: Float64Array) {
  const rank = ['stated', 'inferred', 'imputed'];
  const columns = names.map((name) => textColumn(pool, statusColumn(name)));
  const mass = [0, 0, 0];
  let total = 0;
  weights.forEach((w, i) => {
    mass[Math.max(...columns.map((column) => rank.indexOf(column[i]!)))]! += w;
    total += w;
  });
  const [statedShare, inferredShare, imputedShare] = mass.map((m) => m / total) as [number, number, number];
  return { statedShare, inferredShare, imputedShare };
}

/** What a finished population may miss at most. */
export interface Gates {
  readonly maxMarginErrorPoints: number;
  /** As a multiple of the 95th percentile of the noise floor. */
  readonly maxTraitErrorOverFloor: number;
  readonly leastKnownGroupsSlope: number;
  readonly minEffectivePeople?: number | undefined;
  readonly maxAuthorShare?: number | undefined;
}

type Gated = Pick<Measured, 'margins' | 'traits' | 'knownGroups' | 'effectivePeople' | 'maxAuthorShare'>;

/** What misses the gates, in words; empty when all is well. */
export function failedGates(measured: Gated, gates: Gates): string[] {
  const { margins, traits, knownGroups, effectivePeople, maxAuthorShare } = measured;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return [
    ...margins
      .filter(({ target, after }) => 100 * Math.abs(after - target) > gates.maxMarginErrorPoints)
      .map(
        ({ variable, category, target, after }) =>
          `${variable} = ${category} is ${percent(after)}, asked ${percent(target)}`,
      ),
    ...traitMetricNames.flatMap((name) => {
      const metric = traits?.[name];
      if (!metric || metric.after <= gates.maxTraitErrorOverFloor * metric.noiseFloorP95) return [];
      return [`${name} is ${(metric.after / metric.noiseFloorP95).toFixed(1)} times its noise floor`];
    }),
    ...(knownGroups && !knownGroups.passed
      ? [
          `traits and people do not belong together: groups of sex and age differ ${knownGroups.slope.toFixed(2)} times as much as in the target (${knownGroups.lower.toFixed(2)} to ${knownGroups.upper.toFixed(2)}), asked at least ${gates.leastKnownGroupsSlope.toFixed(2)}`,
        ]
      : []),
    ...(gates.minEffectivePeople !== undefined && effectivePeople < gates.minEffectivePeople
      ? [`effective people are ${effectivePeople.toFixed(1)}, asked at least ${gates.minEffectivePeople}`]
      : []),
    ...(gates.maxAuthorShare !== undefined && maxAuthorShare > gates.maxAuthorShare
      ? [`one author has ${percent(maxAuthorShare)} of the weight, asked at most ${percent(gates.maxAuthorShare)}`]
      : []),
  ];
}
