import { Failure } from '../core/failure.js';
import type { RandomStream } from '../core/random.js';
import { indexSampler, systematicCounts } from '../numerics/sampling.js';
import { weightedColumnSums, type SparseRows } from '../numerics/sparse-rows.js';

/** A sample of whole records is wanted whose means of the features come as near to the targets as possible. */
export interface SelectionProblem {
  /** (n) calibration weights, any scale: records are proposed in proportion to them. */
  readonly weights: Float64Array;
  /** (n x k) */
  readonly features: SparseRows;
  /** (k) wanted means of the features. */
  readonly targets: Float64Array;
  /** (k) weight of each squared deviation in the objective. */
  readonly importance: Float64Array;
  /**
   * (k) Deviation up to which the importance counts as given; what goes beyond it counts five times. Default: none.
   */
  readonly limits?: Float64Array;
}

export interface SelectionOptions {
  /** Number of records to take, with repetition up to `maxMultiplicity`. */
  readonly size: number;
  readonly maxMultiplicity: number;
  /** Swaps tried. Default 1 200 a record taken. */
  readonly proposals?: number;
}

export interface Selection {
  /** (n) how often each record is taken; sums to `size`. */
  readonly counts: Int32Array;
  /** (k) achieved minus wanted means. */
  readonly residuals: Float64Array;
  /** Objective of the systematic start and after the swaps. */
  readonly objectiveStart: number;
  readonly objective: number;
  readonly swaps: number;
}

/**
 * Balanced selection: a systematic sample, then swaps of one taken record for another that lower
 * Σₖ importanceₖ (achievedₖ - targetₖ)² (more beyond the limits) under a multiplicity cap. Newcomers are drawn in proportion to the calibration
 * weights, so that what no feature controls keeps its weighted distribution. At first a swap may also be a little for the
 * worse (simulated annealing), because single swaps for the better alone get stuck with a category one agent off.
 *
 * @throws {Failure} `infeasible` when the cap does not allow `size` records
 * @see Valliant, Dever & Kreuter (2018) ch. 3 (systematic sampling); Deville & Tillé (2004) Biometrika 91 (balanced
 * sampling); Kirkpatrick, Gelatt & Vecchi (1983) Science 220 (annealing)
 */
export function selectBalanced(
  { weights, features, targets, importance, limits }: SelectionProblem,
  { size, maxMultiplicity, proposals = 1_200 * size }: SelectionOptions,
  random: RandomStream,
): Selection {
  const carriers = weights.reduce((n, w) => n + (w > 0 ? 1 : 0), 0);
  if (carriers * maxMultiplicity < size)
    throw new Failure('infeasible', {
      where: 'selectBalanced.maxMultiplicity',
      problem: `too few records for ${size} agents`,
      got: `${carriers} records x ${maxMultiplicity}`,
      expected: `at least ${size}`,
      hint: 'Write more personas, raise the multiplicity cap, or ask for fewer agents.',
    });

  const counts = systematicCounts(weights, size, random.fork('start'));
  const newcomer = indexSampler(weights);
  capMultiplicity(counts, weights, maxMultiplicity, newcomer, random.fork('cap'));
  const slots = slotsOf(counts, size);
  const residuals = weightedColumnSums(features, counts).map((s, k) => s / size - targets[k]!);
  const cost = (k: number, r: number): number => {
    const beyond = limits === undefined ? 0 : Math.max(Math.abs(r) - limits[k]!, 0);
    return importance[k]! * (r * r + beyondFactor * beyond * beyond);
  };
  const objectiveOf = (): number => residuals.reduce((s, r, k) => s + cost(k, r), 0);
  const objectiveStart = objectiveOf();

  const swap = swapEvaluator(features, cost, residuals, size);
  const draw = random.fork('swaps');
  const startHeat = heatShare * objectiveStart;
  const coolingEnds = coolingShare * proposals;
  let swaps = 0;
  for (let proposal = 0; proposal < proposals; proposal++) {
    const slot = draw.below(size);
    const out = slots[slot]!;
    const into = newcomer(draw);
    if (into === out || counts[into]! >= maxMultiplicity) continue;
    const heat = startHeat * Math.max(1 - proposal / coolingEnds, 0);
    if (swap.change(out, into) >= (heat > 0 ? -heat * Math.log(1 - draw.uniform()) : -1e-15)) continue;
    swap.apply(out, into);
    counts[out]!--;
    counts[into]!++;
    slots[slot] = into;
    swaps++;
  }
  return { counts, residuals, objectiveStart, objective: objectiveOf(), swaps };
}

/** What a deviation beyond its limit weighs. */
const beyondFactor = 5;
/** Worsening that is accepted at first, as a share of the objective of the systematic start. */
const heatShare = 1e-4;
/** Share of the proposals after which only swaps for the better are made. */
const coolingShare = 0.8;

/** Moves what exceeds the cap to other records, drawn by weight; then, if luck does not find any, to the first with room. */
function capMultiplicity(
  counts: Int32Array,
  weights: Float64Array,
  cap: number,
  newcomer: (random: RandomStream) => number,
  random: RandomStream,
): void {
  let excess = 0;
  for (let i = 0; i < counts.length; i++)
    if (counts[i]! > cap) {
      excess += counts[i]! - cap;
      counts[i] = cap;
    }
  for (let tries = 100 * excess; excess > 0 && tries > 0; tries--) {
    const i = newcomer(random);
    if (counts[i]! >= cap) continue;
    counts[i]!++;
    excess--;
  }
  for (let i = 0; excess > 0; i++)
    while (excess > 0 && weights[i]! > 0 && counts[i]! < cap) {
      counts[i]!++;
      excess--;
    }
}

function slotsOf(counts: Int32Array, size: number): Uint32Array {
  const slots = new Uint32Array(size);
  let next = 0;
  counts.forEach((count, i) => {
    slots.fill(i, next, next + count);
    next += count;
  });
  return slots;
}

/** Change of the objective by one swap, in time of the entries of the two rows. */
function swapEvaluator(
  features: SparseRows,
  cost: (column: number, residual: number) => number,
  residuals: Float64Array,
  size: number,
) {
  const { offsets, index, value } = features;
  const difference = new Float64Array(features.columns);

  /** Puts (row `into` - row `out`) / size into `difference`. */
  function spread(out: number, into: number): void {
    for (let k = offsets[into]!; k < offsets[into + 1]!; k++) difference[index[k]!]! += value[k]! / size;
    for (let k = offsets[out]!; k < offsets[out + 1]!; k++) difference[index[k]!]! -= value[k]! / size;
  }
  /** Hands each touched entry over once and clears it. */
  function drain(out: number, into: number, visit: (column: number, entry: number) => void): void {
    for (const row of [into, out])
      for (let k = offsets[row]!; k < offsets[row + 1]!; k++) {
        const column = index[k]!;
        const entry = difference[column]!;
        if (entry === 0) continue;
        difference[column] = 0;
        visit(column, entry);
      }
  }
  return {
    change(out: number, into: number): number {
      spread(out, into);
      let total = 0;
      drain(out, into, (column, entry) => {
        total += cost(column, residuals[column]! + entry) - cost(column, residuals[column]!);
      });
      return total;
    },
    apply(out: number, into: number): void {
      spread(out, into);
      drain(out, into, (column, entry) => {
        residuals[column]! += entry;
      });
    },
  };
}
