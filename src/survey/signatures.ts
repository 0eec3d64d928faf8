import type { WeightingProblem } from './weighting-problem.js';

/** Records that no margin and no constraint can tell apart, as one. */
export interface Signatures {
  /** The same problem with one record a signature: base weights summed, everything else as in its records. */
  readonly problem: WeightingProblem;
  /** (records) signature of each record, numbered in order of first appearance. */
  readonly of: Int32Array;
  /** (signatures) records of each. */
  readonly counts: Uint32Array;
}

/**
 * Collapses records with the same codes and values. Time O(records x margins): codes are packed into one number a record
 * (mixed radix), numbers are hashed, nothing is allocated for a single record.
 *
 * @param byBase also tell apart records of different base weight, as caps on the weight itself need
 */
export function uniqueSignatures(problem: WeightingProblem, byBase = false): Signatures {
  const { records, base, margins, constraints = [] } = problem;
  let keys = new Float64Array(records);
  let span = 1;
  /** Codes from -1 to size - 2. */
  const combine = (codes: Int32Array, size: number): void => {
    if (span * size > Number.MAX_SAFE_INTEGER) {
      const { of, first } = distinct(keys);
      keys = Float64Array.from(of);
      span = first.length;
    }
    for (let i = 0; i < records; i++) keys[i] = keys[i]! * size + codes[i]! + 1;
    span *= size;
  };
  for (const { codes, categories } of margins) combine(codes, categories.length + 1);
  for (const values of [...constraints.map(({ values }) => values), ...(byBase ? [base] : [])]) {
    const { of, first } = distinct(values);
    combine(of, first.length + 1);
  }

  const { of, first } = distinct(keys);
  const counts = new Uint32Array(first.length);
  const summed = new Float64Array(first.length);
  for (let i = 0; i < records; i++) {
    counts[of[i]!]!++;
    summed[of[i]!]! += base[i]!;
  }
  return {
    problem: {
      ...problem,
      records: first.length,
      base: summed,
      margins: margins.map((margin) => ({
        ...margin,
        codes: gather(margin.codes, first, new Int32Array(first.length)),
      })),
      constraints: constraints.map((constraint) => ({
        ...constraint,
        values: gather(constraint.values, first, new Float64Array(first.length)),
      })),
    },
    of,
    counts,
  };
}

/**
 * Weights of the records from weights of their signatures: within a signature in proportion to the base weights.
 *
 * @param base (records)
 * @param weights (signatures)
 * @param total what all weights given as 1 are to sum to
 */
export function spread(
  { problem, of }: Signatures,
  base: Float64Array,
  weights: Float64Array,
  total: number,
): Float64Array {
  const out = new Float64Array(of.length);
  for (let i = 0; i < out.length; i++) {
    const all = problem.base[of[i]!]!;
    if (all > 0) out[i] = total * weights[of[i]!]! * (base[i]! / all);
  }
  return out;
}

function gather<T extends Int32Array | Float64Array>(values: T, rows: Int32Array, out: T): T {
  for (let k = 0; k < rows.length; k++) out[k] = values[rows[k]!]!;
  return out;
}

/**
 * Numbers the distinct values in order of first appearance, by a hash table with open addressing.
 *
 * @returns `of` (n) number of each value; `first` for each number where it first appears
 */
function distinct(values: Float64Array): { of: Int32Array; first: Int32Array } {
  const n = values.length;
  let bits = 4;
  while (1 << bits < 2 * n) bits++;
  const mask = (1 << bits) - 1;
  const slots = new Int32Array(1 << bits).fill(-1);
  const of = new Int32Array(n);
  const first = new Int32Array(n);
  const float = new Float64Array(1);
  const words = new Uint32Array(float.buffer);
  let found = 0;
  for (let i = 0; i < n; i++) {
    // Adding 0 makes one zero of the two.
    const value = values[i]! + 0;
    float[0] = value;
    let hash = Math.imul(words[0]! ^ Math.imul(words[1]!, 0x9e3779b1), 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = (Math.imul(hash, 0xc2b2ae35) >>> (32 - bits)) & mask;
    while (slots[slot]! >= 0 && values[first[slots[slot]!]!] !== value) slot = (slot + 1) & mask;
    if (slots[slot]! < 0) {
      slots[slot] = found;
      first[found++] = i;
    }
    of[i] = slots[slot]!;
  }
  return { of, first: first.slice(0, found) };
}
