import { z } from 'zod';
import type { SparseRows } from '../numerics/sparse-rows.js';
import { sum } from '../numerics/statistics.js';
import { slackProgram, type SlackProgram, type SlackSolver } from './feasibility.js';
import { uniqueSignatures } from './signatures.js';
import { candidatePricer, type Candidate, type CandidateRules } from './gap-candidates.js';
import { splitMargin } from './variables.js';
import { askedShares, checkWeightingProblem, weightTotal, type WeightingProblem } from './weighting-problem.js';

const Range = z.strictObject({ from: z.number(), to: z.number() });

/** Records of one kind that are wanted. */
export const Gap = z.strictObject({
  /**
   * `no-record`: nobody has one of these categories. `clash`: there are records in each category, but not in the combination
   * that all margins together need. `too-thin`: there are so few that each would have to stand for too many.
   */
  reason: z.enum(['no-record', 'clash', 'too-thin']),
  /** Category by variable; what is not named does not matter. */
  attributes: z.record(z.string(), z.string()),
  /** Range by trait (or other number), both ends included. */
  traits: z.record(z.string(), Range),
  /** For households: persons in them, by margin and category. */
  members: z.record(z.string(), z.record(z.string(), z.number().min(0))),
  /** Weight that these records have to carry. */
  weight: z.number().min(0),
  /** How many more are wanted. */
  records: z.int().min(1),
});
export type Gap = z.infer<typeof Gap>;

/** What a pool of records lacks to be weighted to its margins. */
export const GapList = z.strictObject({
  schema: z.literal('gap-list/1'),
  zone: z.string(),
  /** Records that the pool has, and that are wanted beside them. */
  present: z.int().min(0),
  wanted: z.int().min(0),
  gaps: z.array(Gap),
  /** Slack that no records of these kinds take away, in units of weight: margins that contradict each other. */
  contradiction: z.number().min(0),
});
export type GapList = z.infer<typeof GapList>;

/** What new records may be, and when a cell counts as too thin. */
export interface GapOptions extends CandidateRules {
  readonly zone?: string;
  /** Largest weight that a record should carry, in units of the mean weight. Default 8. */
  readonly maxRelativeWeight?: number;
  /** Fewest records of a category that is asked for. Default 5. */
  readonly minRecords?: number;
}

/** Price of new weight beside that of slack: what present records can do is done by them. */
const newWeightCost = 1e-3;
/** Rounds of new kinds of records; each adds all kinds that help at once, so few are ever needed. */
const maxRounds = 100;

/**
 * Which records are missing. Where margins cannot be met, kinds of records are added to the linear program of feasibility as long
 * as its dual variables say that they reduce the slack (column generation); the kinds that carry weight at the end are the
 * gaps. Then categories that are met, but by too few records, are listed.
 *
 * A new kind may be any combination of categories that the margins know, unless `possible` says no or zero is asked of it. With
 * such a rule `contradiction` is an upper bound.
 *
 * @throws {Failure} `invalid-input` as {@link checkWeightingProblem}; as {@link SlackSolver}
 */
export function gapList(problem: WeightingProblem, solve: SlackSolver, options: GapOptions = {}): GapList {
  const { zone = '', maxRelativeWeight = 8 } = options;
  checkWeightingProblem(problem);
  const total = weightTotal(problem);
  const { problem: collapsed } = uniqueSignatures({ ...problem, total });
  const present = problem.base.reduce((count, b) => count + (b > 0 ? 1 : 0), 0);
  const [fills, contradiction] = total > 0 ? fillClashes(collapsed, solve, options) : [[], 0];
  const perRecord = (maxRelativeWeight * total) / present;
  const gaps = [
    ...fills.map(({ weight, ...gap }) => ({
      ...gap,
      weight: weight * total,
      records: Math.max(1, Math.ceil((weight * total) / perRecord - 1e-9)),
    })),
    ...thinCells(problem, total, present, options),
  ].sort((a, b) => b.weight - a.weight);
  return {
    schema: 'gap-list/1',
    zone,
    present,
    wanted: gaps.reduce((s, { records }) => s + records, 0),
    gaps,
    contradiction: contradiction * total,
  };
}

type Fill = Omit<Gap, 'records'>;

/** @returns kinds of records with the share of all weight that they have to carry, and the slack that is left */
function fillClashes(problem: WeightingProblem, solve: SlackSolver, options: GapOptions): [Fill[], number] {
  const program = slackProgram(problem);
  const pricer = candidatePricer(problem, program, options);
  const added = new Map<string, Candidate>();
  let solution = solve(program);
  for (let round = 0; round < maxRounds && solution.cost > 1e-8; round++) {
    const before = added.size;
    for (const candidate of pricer(solution.prices))
      if (candidate.worth + solution.totalPrice > newWeightCost + 1e-9) added.set(candidate.key, candidate);
    if (added.size === before) break;
    solution = solve(withCandidates(program, [...added.values()]));
  }
  const fills = [...added.values()].flatMap(({ attributes, traits, members, isNew }, k): Fill[] => {
    const weight = solution.weights[problem.records + k]!;
    if (!(weight > 1e-8)) return [];
    return [{ reason: isNew ? 'no-record' : 'clash', attributes, traits, members, weight }];
  });
  const slack = program.slackCost.reduce((s, cost, k) => s + cost * (solution.short[k]! + solution.over[k]!), 0);
  return [fills, slack > 1e-8 ? slack : 0];
}

function withCandidates(program: SlackProgram, added: readonly Candidate[]): SlackProgram {
  const { features } = program;
  const rows = features.rows + added.length;
  const offsets = new Uint32Array(rows + 1);
  offsets.set(features.offsets);
  added.forEach(({ index }, k) => (offsets[features.rows + k + 1] = offsets[features.rows + k]! + index.length));
  const joined: SparseRows = {
    rows,
    columns: features.columns,
    offsets,
    index: Uint32Array.from([...features.index, ...added.flatMap(({ index }) => index)]),
    value: Float64Array.from([...features.value, ...added.flatMap(({ value }) => value)]),
  };
  const extended = (values: Float64Array, more: number): Float64Array =>
    Float64Array.from([...values, ...added.map(() => more)]);
  return {
    ...program,
    features: joined,
    cost: extended(program.cost, newWeightCost),
    lower: extended(program.lower, 0),
    upper: extended(program.upper, Infinity),
  };
}

/** Categories that somebody has, but too few for what is asked. */
function thinCells(
  { margins, base }: WeightingProblem,
  total: number,
  present: number,
  { maxRelativeWeight = 8, minRecords = 5 }: GapOptions,
): Gap[] {
  return margins.flatMap((margin) => {
    const counts = new Int32Array(margin.categories.length);
    margin.codes.forEach((code, i) => code >= 0 && base[i]! > 0 && counts[code]!++);
    const universe = margin.unit === 'share' ? sum(counts) / present : 1;
    const shares = total > 0 ? askedShares(margin, total) : new Float64Array(counts.length);
    const { parts, cells } = splitMargin(margin);
    return cells.flatMap((cell, c): Gap[] => {
      const share = shares[c]! * universe;
      const wanted = Math.max(minRecords, Math.ceil((share * present) / maxRelativeWeight - 1e-9));
      if (!(share > 0) || counts[c]! === 0 || counts[c]! >= wanted) return [];
      return [
        {
          reason: 'too-thin',
          attributes: Object.fromEntries(parts.map((part, k) => [part, cell[k]!])),
          traits: {},
          members: {},
          weight: share * total,
          records: wanted - counts[c]!,
        },
      ];
    });
  });
}
