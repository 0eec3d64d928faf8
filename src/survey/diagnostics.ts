import { sum } from '../numerics/statistics.js';

/** What weights cost in precision. */
export interface WeightDiagnostics {
  /** Kish's effective sample size, (Σw)² / Σw². */
  readonly effectiveSampleSize: number;
  /** Kish's design effect of weighting, n / effective sample size. */
  readonly designEffect: number;
  /** Largest weight over the mean weight. */
  readonly maxRelativeWeight: number;
}

/**
 * Precision of weights (any scale, not all zero).
 *
 * @see Kish (1965), Survey Sampling, section 11.7
 */
export function weightDiagnostics(weights: ArrayLike<number>): WeightDiagnostics {
  let squares = 0;
  let largest = 0;
  for (let i = 0; i < weights.length; i++) {
    squares += weights[i]! * weights[i]!;
    largest = Math.max(largest, weights[i]!);
  }
  const total = sum(weights);
  const effectiveSampleSize = squares > 0 ? (total * total) / squares : 0;
  return {
    effectiveSampleSize,
    designEffect: effectiveSampleSize > 0 ? weights.length / effectiveSampleSize : Infinity,
    maxRelativeWeight: total > 0 ? (largest * weights.length) / total : 0,
  };
}

/** How many real people stand behind the weights, when records of one person are added up. */
export interface PeopleDiagnostics {
  /** 1 / Σ (share of the person)². */
  readonly effectivePeople: number;
  /** Largest share of the total weight that one person has. */
  readonly maxAuthorShare: number;
  /** People with any weight. */
  readonly distinctPeople: number;
}

/** @param people (n) the person behind each record */
export function peopleDiagnostics(people: readonly string[], weights: ArrayLike<number>): PeopleDiagnostics {
  const shares = new Map<string, number>();
  const total = sum(weights);
  people.forEach((person, i) => {
    if (weights[i]! > 0) shares.set(person, (shares.get(person) ?? 0) + weights[i]! / total);
  });
  let squares = 0;
  let largest = 0;
  for (const share of shares.values()) {
    squares += share * share;
    largest = Math.max(largest, share);
  }
  return { effectivePeople: squares > 0 ? 1 / squares : 0, maxAuthorShare: largest, distinctPeople: shares.size };
}
