import { joinCodes } from '../numerics/joined-codes.js';
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

/** Places that one word has. */
const wordSize = 4_294_967_296;
/** Records of which a large problem is judged, and kinds, as a multiple of its records, that make looking for equals useless. */
const sampled = 32_768;
const tooMany = 16;
/** They are judged in stretches: equals often stand beside one another. */
const stretch = 256;

/**
 * Collapses records with the same codes and values. Time O(records x margins): codes are packed into words (mixed radix),
 * words are hashed, nothing is allocated for a single record. Where so many kinds of records are there that a sample has
 * next to no equals, telling records apart takes longer than it saves: each is then a signature of its own.
 *
 * @param byBase also tell apart records of different base weight, as caps on the weight itself need
 */
export function uniqueSignatures(problem: WeightingProblem, byBase = false): Signatures {
  const { records, base, margins, constraints = [] } = problem;
  const numbers = [...constraints.map(({ values }) => values), ...(byBase ? [base] : [])].filter(varies);
  const step = Math.ceil(records / sampled);
  if (step > 1 && areMostlyDifferent(records, wordsOfEvery(step, margins, numbers))) return eachItsOwn(problem);
  const { of, first } = distinct(records, wordsOfEvery(1, margins, numbers));
  const counts = new Uint32Array(first.length);
  const summed = new Float64Array(first.length);
  for (let i = 0; i < records; i++) {
    const signature = of[i]!;
    counts[signature]!++;
    summed[signature]! += base[i]!;
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
  const factors = weights.map((weight, s) => (problem.base[s]! > 0 ? (total * weight) / problem.base[s]! : 0));
  const out = new Float64Array(of.length);
  for (let i = 0; i < out.length; i++) out[i] = factors[of[i]!]! * base[i]!;
  return out;
}

function gather<T extends Int32Array | Float64Array>(values: T, rows: Int32Array, out: T): T {
  for (let k = 0; k < rows.length; k++) out[k] = values[rows[k]!]!;
  return out;
}

const varies = (values: Float64Array): boolean => values.some((x) => x !== values[0]);

/** Words of every so manieth stretch of records: two records are the same where all words are. */
function wordsOfEvery(step: number, margins: WeightingProblem['margins'], numbers: readonly Float64Array[]): Words[] {
  const columns = margins.map(({ codes, categories }) => ({
    codes: step === 1 ? codes : stretches(codes, step, new Int32Array(partOf(codes.length, step))),
    size: categories.length + 1,
  }));
  const values = numbers.map((own) =>
    step === 1 ? own : stretches(own, step, new Float64Array(partOf(own.length, step))),
  );
  return [...joinCodes(columns, wordSize).map(({ codes }) => codes), ...values.flatMap(wordsOf)];
}

/** How many records lie in the whole stretches that are taken. */
const partOf = (records: number, step: number): number =>
  Math.floor((Math.floor(records / stretch) + step - 1) / step) * stretch;

function stretches<T extends Int32Array | Float64Array>(values: T, step: number, out: T): T {
  for (let to = 0, from = 0; to < out.length; to += stretch, from += step * stretch)
    out.set(values.subarray(from, from + stretch), to);
  return out;
}

/**
 * Whether there are far more kinds of records than records: s records drawn from K equally frequent kinds have about s²/2K
 * equals; kinds that are not equally frequent have more.
 */
function areMostlyDifferent(records: number, words: readonly Words[]): boolean {
  const size = words[0]?.length ?? 0;
  const equals = size - distinct(size, words).first.length;
  return (size * size) / 2 > tooMany * records * equals && size > 0;
}

/** Every record as a signature. */
function eachItsOwn(problem: WeightingProblem): Signatures {
  const of = new Int32Array(problem.records);
  for (let i = 0; i < of.length; i++) of[i] = i;
  return { problem, of, counts: new Uint32Array(problem.records).fill(1) };
}

/** The lower and the upper halves of numbers, a zero of either sign being the same. */
function wordsOf(values: Float64Array): [Uint32Array, Uint32Array] {
  const [low, high] = [new Uint32Array(values.length), new Uint32Array(values.length)];
  const float = new Float64Array(1);
  const words = new Uint32Array(float.buffer);
  for (let i = 0; i < values.length; i++) {
    // Adding 0 makes one zero of the two.
    float[0] = values[i]! + 0;
    low[i] = words[0]!;
    high[i] = words[1]!;
  }
  return [low, high];
}

type Words = Uint16Array | Uint32Array;

/**
 * Numbers the distinct records in order of first appearance, by a hash table with open addressing. A slot holds the whole hash
 * beside the number, so that records that differ are hardly ever looked up.
 *
 * @param columns (each n) records are the same when they are in all
 * @returns `of` (n) number of each record; `first` for each number where it first appears
 */
function distinct(n: number, columns: readonly Words[]): { of: Int32Array; first: Int32Array } {
  const hashes = hashesOf(n, columns);
  // One word and its hash determine each other.
  const isExact = columns.length <= 1;
  let bits = 4;
  while (1 << bits < 2 * n) bits++;
  const mask = (1 << bits) - 1;
  /** Hash, and number + 1; 0 for nobody. */
  const slots = new Int32Array(2 << bits);
  const of = new Int32Array(n);
  const first = new Int32Array(n);
  let found = 0;
  for (let i = 0; i < n; i++) {
    const hash = hashes[i]!;
    let slot = hash >>> (32 - bits);
    let number = slots[2 * slot + 1]!;
    while (
      number !== 0 &&
      (slots[2 * slot] !== hash || !(isExact || columns.every((own) => own[i] === own[first[number - 1]!])))
    ) {
      slot = (slot + 1) & mask;
      number = slots[2 * slot + 1]!;
    }
    if (number === 0) {
      slots[2 * slot] = hash;
      slots[2 * slot + 1] = number = found + 1;
      first[found++] = i;
    }
    of[i] = number - 1;
  }
  return { of, first: first.slice(0, found) };
}

/** Hashes in which every word takes part; each step can be undone. */
function hashesOf(n: number, columns: readonly Words[]): Int32Array {
  const hashes = new Int32Array(n);
  for (const words of columns)
    for (let i = 0; i < n; i++) {
      let hash = Math.imul(hashes[i]! ^ words[i]!, 0x85ebca6b);
      hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
      hashes[i] = hash ^ (hash >>> 13);
    }
  return hashes;
}
