import { slackProgram, type SlackProgram, type SlackSolver } from './feasibility.js';
import type { Gap, GapList } from './gap-list.js';
import { checkWeightingProblem, type WeightingProblem } from './weighting-problem.js';

/** How a gap is told of: what about a record matters. */
export type GapKind = Pick<Gap, 'reason' | 'attributes' | 'traits'>;

/** What {@link knownGaps} has to know. */
export interface KnownGapOptions {
  /** The first records of the problem are there; those behind them could be had. */
  readonly present: number;
  /** Largest share of all weight that a record may carry. */
  readonly maxShare: number;
  /** Largest weight that a new record should carry, in units of the mean weight. Default 8. */
  readonly maxRelativeWeight?: number;
  /**
   * @param record that could be had
   * @param prices (cells) dual variables of the sample alone: what more of a cell would be worth
   */
  readonly describe: (record: number, prices: Float64Array) => GapKind;
}

/** Price of new weight beside that of slack: what present records can do is done by them. */
const newWeightCost = 1e-3;
/** Slack, and weight, that counts as none. */
const negligible = 1e-7;

/**
 * Which of the records that could be had are missing, as a {@link GapList}: the least weight of them that lets all exact cells
 * be met without any present record carrying more than `maxShare`. Where the sample alone can do that, the limit is halved until
 * it cannot: then those are named whom it would take to spread the weight. Two linear programs for each limit tried.
 *
 * @param problem the records that are there and those that could be had, base weights of the latter not looked at
 * @throws {Failure} `invalid-input` as {@link checkWeightingProblem}; as {@link SlackSolver}
 */
export function knownGaps(
  problem: WeightingProblem,
  solve: SlackSolver,
  { present, maxShare, maxRelativeWeight = 8, describe }: KnownGapOptions,
): GapList {
  checkWeightingProblem(problem);
  const program = slackProgram(problem);
  const { records } = problem;
  const isPresent = (record: number): boolean => record < present;
  const limitedTo = (share: number, most: number): SlackProgram => ({
    ...program,
    cost: program.cost.map((cost, record) => (isPresent(record) ? cost : newWeightCost)),
    upper: program.upper.map((_, record) => (isPresent(record) ? share : most)),
  });
  const list = (gaps: readonly Gap[], contradiction: number): GapList => ({
    schema: 'gap-list/1',
    zone: '',
    present,
    wanted: gaps.reduce((s, gap) => s + gap.records, 0),
    gaps: [...gaps],
    contradiction,
  });

  const perRecord = Math.min(maxShare, maxRelativeWeight / present);
  // Present records alone must at least be able to carry all weight.
  const equalShare = (1 + 1e-6) / present;
  for (let share = maxShare; ; share /= 2) {
    const alone = solve(limitedTo(Math.max(share, equalShare), 0));
    if (alone.cost <= negligible) {
      if (share <= equalShare) return list([], 0);
      continue;
    }
    const joined = solve(limitedTo(share, Infinity));
    const kinds = new Map<string, GapKind & { weight: number }>();
    for (let record = present; record < records; record++) {
      const weight = joined.weights[record]!;
      if (weight <= negligible) continue;
      const kind = describe(record, alone.prices);
      const key = JSON.stringify([kind.reason, kind.attributes, kind.traits]);
      kinds.set(key, { ...kind, weight: weight + (kinds.get(key)?.weight ?? 0) });
    }
    const slack = program.slackCost.reduce((s, cost, k) => s + cost * (joined.short[k]! + joined.over[k]!), 0);
    const gaps = [...kinds.values()]
      .map(({ weight, ...kind }): Gap => ({
        ...kind,
        members: {},
        weight,
        records: Math.max(1, Math.ceil(weight / perRecord - 1e-9)),
      }))
      .sort((a, b) => b.weight - a.weight);
    return list(gaps, slack > negligible ? slack : 0);
  }
}
