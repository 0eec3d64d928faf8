import { textColumn, type Table } from '../core/table.js';
import type { RandomStream } from '../core/random.js';
import { peopleDiagnostics, weightDiagnostics } from '../survey/diagnostics.js';
import {
  marginShares,
  maxMarginErrorPoints,
  measureStep,
  noiseFloor,
  peopleMeter,
  traitCells,
} from './align/quality.js';
import { countsOf, jointCodes } from './align/constraints.js';
import { traitMetricNames, type Diagnostics, type MarginDiagnostics, type StepDiagnostics } from './diagnostics.js';
import { firstPeople, foldOf, peopleOf, statusColumn } from './persona-pool.js';
import type { People } from './people.js';
import { cellsOf, variablesOf, type Target } from './target.js';

/** The weights after each step of alignment, over the rows of the pool. */
export type StepWeights = Readonly<Record<StepDiagnostics['step'], Float64Array>>;

export interface MeasureOptions {
  /** Test people that distances are taken from; cell means use all of them. */
  readonly meterPeople: number;
  /** Groups of people behind the noise floor. */
  readonly replicates: number;
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
  | 'traitCells'
  | 'steps'
  | 'noiseFloor'
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
  { meterPeople, replicates }: MeasureOptions,
  random: RandomStream,
): Measured {
  const test = foldOf(reference, target, 'test');
  const people = peopleOf(pool, target, test.traits !== null);
  const authors = textColumn(pool, 'person');
  const judges = firstPeople(test, meterPeople);
  const meter = peopleMeter(judges, random.fork('meter'));
  const agents = Array.from(counts).reduce((s, n) => s + n, 0);
  const steps = (Object.keys(weights) as (keyof StepWeights)[]).map((step) =>
    measureStep(step, target, people, authors, weights[step], meter),
  );
  const floor =
    meter && noiseFloor(meter, foldOf(reference, target, 'floor'), agents, replicates, random.fork('floor'));
  const final = weights.selection;
  const [before, after] = [steps.find(({ step }) => step === 'kept')!, steps.at(-1)!];
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
    margins: target.margins.flatMap((margin) => marginDiagnostics(target, margin, pool, people, weights.kept, final)),
    traits:
      floor &&
      (Object.fromEntries(
        traitMetricNames.map((name) => [
          name,
          {
            before: before[name]!,
            after: after[name]!,
            noiseFloorMedian: floor[name].median,
            noiseFloorP95: floor[name].p95,
          },
        ]),
      ) as Measured['traits']),
    traitCells: traitCells(target, people, final, test),
    steps,
    noiseFloor: floor && { agents, testPeople: judges.size, replicates },
  };
}

function marginDiagnostics(
  target: Target,
  margin: Target['margins'][number],
  pool: Table,
  people: People,
  before: Float64Array,
  after: Float64Array,
): MarginDiagnostics[] {
  const names = variablesOf(margin.variable);
  const cells = cellsOf(target, names);
  const shares = [before, after].map((weights) => marginShares(target, margin, people, weights));
  const support = countsOf(jointCodes(target, people, names), cells.length);
  const status = statusShares(pool, names, after);
  return cells.map((category, c) => ({
    variable: margin.variable,
    category,
    target: margin.shares[category]!,
    before: shares[0]![c]!,
    after: shares[1]![c]!,
    controlled: support[c]! > 0,
    support: support[c]!,
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
}

/** What misses the gates, in words; empty when all is well. */
export function failedGates({ margins, traits }: Pick<Measured, 'margins' | 'traits'>, gates: Gates): string[] {
  return [
    ...margins
      .filter(({ target, after }) => 100 * Math.abs(after - target) > gates.maxMarginErrorPoints)
      .map(
        ({ variable, category, target, after }) =>
          `${variable} = ${category} is ${(100 * after).toFixed(1)} %, asked ${(100 * target).toFixed(1)} %`,
      ),
    ...traitMetricNames.flatMap((name) => {
      const metric = traits?.[name];
      if (!metric || metric.after <= gates.maxTraitErrorOverFloor * metric.noiseFloorP95) return [];
      return [`${name} is ${(metric.after / metric.noiseFloorP95).toFixed(1)} times its noise floor`];
    }),
  ];
}
