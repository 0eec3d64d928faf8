import { Failure } from '../core/failure.js';
import type { Finding } from '../core/findings.js';
import { sum } from '../numerics/statistics.js';
import { checkFeasibility, type CellSlack, type Feasibility, type SlackSolver } from './feasibility.js';
import type { WeightingOptions, WeightingResult } from './fit-weights.js';
import { inZone } from './margins.js';
import type { WeightingProblem } from './weighting-problem.js';
import type { PreparedZone } from './zone-samples.js';

/** Codes of the findings of a fit that is not to be used. */
export const failedFit = { infeasible: 'margins-infeasible', other: 'not-converged' } as const;

/** Cells that a message names. */
const namedCells = 5;

/** Margins that may give way, and do; null where there are none. */
export function relaxedMissed(zone: string, { cells }: WeightingResult): Finding | null {
  const missed = new Map<string, number>();
  for (const { margin, exact, error } of cells)
    if (!exact && error > leastMiss) missed.set(margin, Math.max(missed.get(margin) ?? 0, error));
  if (missed.size === 0) return null;
  const margins = [...missed].sort(([, a], [, b]) => b - a).map(([margin, error]) => ({ margin, error }));
  const named = margins.map(({ margin, error }) => `${margin} by ${shown(error)}`).join(', ');
  return {
    level: 'caution',
    code: 'relaxed-missed',
    message: inZone(
      zone,
      `margins that may give way are not met: ${named} of all weight (of a number, in units of its largest value)`,
    ),
    values: { zone, margins },
  };
}

/** A margin that may give way and has no larger error is met as well as figures are printed. */
const leastMiss = 1e-9;

/** Weights below zero, which the linear method makes where it has no bounds; null where there are none. */
export function negativeWeights(zone: string, { weights }: WeightingResult): Finding | null {
  const count = weights.reduce((n, weight) => n + (weight < 0 ? 1 : 0), 0);
  if (count === 0) return null;
  const smallest = weights.reduce((least, weight) => Math.min(least, weight), 0) / (sum(weights) / weights.length);
  return {
    level: 'caution',
    code: 'negative-weights',
    message: inZone(
      zone,
      `${count} of ${weights.length} weights ${count === 1 ? 'is' : 'are'} negative, the smallest ${shown(smallest)} times the mean; bounds keep weights positive`,
    ),
    values: { zone, count, smallest },
  };
}

/** How near weights come to what is asked: within the options of the fit, and without bounds and cap. */
export interface Nearest {
  /** null where the options leave no weights at all. */
  readonly within: Feasibility | null;
  readonly without: Feasibility;
}

/**
 * Solves the programs of {@link Nearest}.
 *
 * @throws {Failure} as {@link checkFeasibility}
 */
export function nearest(problem: WeightingProblem, solve: SlackSolver, { bounds, cap }: WeightingOptions): Nearest {
  const without = checkFeasibility(problem, solve);
  if (bounds === undefined && cap === undefined) return { within: without, without };
  try {
    const options = { ...(bounds && { bounds }), ...(cap !== undefined && { cap }) };
    return { within: checkFeasibility(problem, solve, options), without };
  } catch (error) {
    if (error instanceof Failure && error.code === 'not-converged') return { within: null, without };
    throw error;
  }
}

/**
 * What is wrong with a fit that did not converge; where bounds or a cap are to blame, they are named.
 *
 * @param found null where the programs would take too long
 */
export function failure(
  { zone, problem }: PreparedZone,
  { status, iterations, worst, maxMarginError }: WeightingResult,
  found: Nearest | null,
  weighting: WeightingOptions,
): Finding {
  const limits = limitsOf(weighting);
  if (found && found.within?.feasible !== true) {
    const { within, without } = found;
    const { slack, total, clashes } = within ?? without;
    const best = (own: Feasibility): string => `at best ${missedCells(own, problem)}`;
    const them = weighting.bounds ? 'them' : 'it';
    // The linear method may do with negative weights what no others can.
    const positive = weighting.method === 'linear' && !weighting.bounds ? ' by weights of at least zero' : '';
    const parts = [
      without.feasible ? `${limits} cannot be kept` : `the margins cannot be met together${positive}`,
      ...(limits === '' || without.feasible ? [] : [best(without)]),
      within === null
        ? `no weights at all keep ${limits}`
        : `${limits === '' ? '' : `with ${without.feasible ? them : limits} `}${best(within)}`,
      ...(without.feasible ? [`without ${them} the margins can be met`] : []),
    ];
    return {
      level: 'caution',
      code: failedFit.infeasible,
      message: inZone(zone, parts.join('; ')),
      values: { zone, slack, total, clashes, ...(limits !== '' && { slackWithoutLimits: without.slack }) },
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
      `${ended}${limits === '' ? '' : ` with ${limits}`} after ${iterations} iterations, with an error of ${shown(maxMarginError)}: ${cells.join('; ')}`,
    ),
    values: { zone, status, iterations, maxMarginError, worst },
  };
}

/** The options that hold weights back, as they are written: `bounds 0.5,2 and cap 3`; nothing where there are none. */
const limitsOf = ({ bounds, cap }: WeightingOptions): string =>
  [
    ...(bounds ? [`bounds ${bounds.lower ?? 0},${bounds.upper ?? Infinity}`] : []),
    ...(cap === undefined ? [] : [`cap ${cap}`]),
  ].join(' and ');

/**
 * Bounds and a cap are of different things, the base weight and the mean: together they may leave a record no weight.
 *
 * @throws {Failure} `invalid-input` naming the base weight
 */
export function checkLimits({ base, records }: WeightingProblem, { bounds, cap }: WeightingOptions): void {
  if (bounds?.lower === undefined || cap === undefined) return;
  const largest = base.reduce((most, b) => Math.max(most, b), 0);
  const least = (bounds.lower * largest * records) / sum(base);
  if (least >= cap)
    throw new Failure('invalid-input', {
      where: limitsOf({ bounds, cap }),
      problem: `the lower bound of the record with the largest base weight, ${largest}, lies above the cap`,
      got: `${shown(least)} times the mean weight`,
      expected: `less than ${cap}`,
    });
}

/** What is short or over: weight of categories added up, numbers each in their own unit. */
function missedCells({ total, clashes }: Feasibility, { constraints = [] }: WeightingProblem): string {
  const missed = clashes.filter(({ short, over }) => short > 0 || over > 0);
  const weight = sum(missed.flatMap(({ category, short, over }) => (category === null ? [] : [short + over])));
  const numbers = missed.filter(({ category }) => category === null).length;
  const parts = [
    ...(weight > 0 ? [`${shown(weight)} of ${shown(total)} are missing or too many`] : []),
    ...(numbers > 0 ? [numbers === 1 ? 'one number is missed' : `${numbers} numbers are missed`] : []),
  ];
  const unitOf = (margin: string): string =>
    constraints.find(({ name, category }) => name === margin && category === undefined)?.unit ?? 'number';
  const named = missed.slice(0, namedCells).map((cell) => clash(cell, unitOf));
  const more = missed.length > namedCells ? ` and ${missed.length - namedCells} more` : '';
  return `${parts.join(' and ')}: ${named.join('; ')}${more}`;
}

function clash({ margin, category, asked, short, over }: CellSlack, unitOf: (margin: string) => string): string {
  if (category === null)
    return `${margin} (a ${unitOf(margin)} of ${shown(asked)} asked, ${shown(asked - short + over)} reached)`;
  const missed = short > 0 ? `${shown(short)} short` : `${shown(over)} over`;
  return `${cellName(margin, category)} (${shown(asked)} asked, ${missed})`;
}

const cellName = (margin: string, category: string | null): string =>
  category === null ? margin : `${margin} = ${category}`;

const shown = (x: number): number => Number(x.toPrecision(6));
