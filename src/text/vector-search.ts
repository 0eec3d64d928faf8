import { Failure } from '../core/failure.js';
import { bestRows, type BestRows } from '../numerics/best-rows.js';
import { openKernels, type Kernels } from '../numerics/kernels/kernels.js';
import {
  checkShape,
  int16At,
  int8At,
  panelRows,
  quantizeQuery,
  quantizeRows,
  type QuantizedQuery,
  type QuantizedRows,
} from '../numerics/quantized-rows.js';

/** The rows nearest to one query, best first: higher scores first, of equal scores the lower row first. */
export interface Nearest {
  readonly rows: Int32Array;
  /** Dot products of row and query, products of their single precision numbers added in double, from first to last dimension. */
  readonly scores: Float64Array;
  /** Rows whose dot product was computed; the others were ruled out by a bound. */
  readonly computed: number;
}

/** What is asked of a search. */
export interface SearchOptions {
  /** Rows wanted for each query; fewer come where fewer are eligible. */
  readonly top: number;
  /** (rows) 0 leaves a row out. By default all are eligible. */
  readonly eligible?: Uint8Array;
}

/** Vectors that can be searched. Not for use by two callers at a time. */
export interface VectorSearch {
  readonly rows: number;
  readonly dimensions: number;
  /**
   * The rows with the largest dot products, exactly, for each query.
   *
   * @param queries (m x d) row-major
   * @throws {Failure} `invalid-input` on shapes that do not fit, a number that is not finite or beyond 1e30, or `top` below 1
   */
  search(queries: Float32Array, options: SearchOptions): Nearest[];
  /** Ends the threads. */
  close(): Promise<void>;
}

/** Queries that go through the rows together. */
const groupSize = 64;
/** Rows of a part: its codes stay near the processor. */
const rowsPerPart = 4096;
/** Rows looked at before thresholds are raised: from few to many, once there are thresholds. Multiples of a panel. */
const [fewest, most, growth] = [4096, 262_144, 4];
/** Bytes of a found row: row, query, score; see the kernel. */
const entry = 12;

/**
 * Exact search for the largest dot products. With unit vectors these are cosines.
 *
 * A first look at all rows in eight bits rules out those that cannot be among the best: the error of that look has a bound
 * for each row ({@link quantizeRows}). The few that are left are computed from the vectors themselves. Rows that differ by less
 * than the bound all have to be computed, so the time grows with the number of near ties, at worst to that of computing all.
 * Results are the same bytes for any number of workers and on every machine. Memory: d + 8 bytes a row beyond the vectors.
 *
 * @param vectors (n x d) row-major; they are read at every search and must not change
 * @param workers threads, this one among them; default 1
 * @param kernels where to compute, instead of an own memory with such threads; closing the search closes them
 * @throws {Failure} `invalid-input` on a shape that does not fit, a number that is not finite or beyond 1e30, or more rows than
 *   4 GiB hold in eight bits
 */
export function openVectorSearch(
  vectors: Float32Array,
  dimensions: number,
  { workers = 1 }: { readonly workers?: number } = {},
  kernels: Kernels = openKernels({ workers }),
): VectorSearch {
  const index = quantizeRows(kernels, vectors, dimensions);
  const opened: VectorSearch = {
    rows: index.rows,
    dimensions,
    search(queries, { top, eligible }) {
      checkShape('queries', queries, dimensions);
      checkOptions(index.rows, top, eligible);
      return kernels.scope(() => {
        const mask = eligible === undefined ? 0 : placeMask(kernels, eligible);
        const found: Nearest[] = [];
        const step = groupSize * dimensions;
        for (let from = 0; from < queries.length; from += step) {
          const group = queries.subarray(from, from + step);
          found.push(...kernels.scope(() => searchGroup(kernels, vectors, index, group, top, mask)));
        }
        return found;
      });
    },
    close: () => kernels.close(),
  };
  // The first calls run in code that the engine has not optimised yet: better here than while somebody waits for an answer.
  for (let time = 0; time < 2; time++) opened.search(vectors.subarray(0, dimensions), { top: 100 });
  return opened;
}

/** One query under way. */
interface Asked extends QuantizedQuery {
  readonly vector: Float32Array;
  readonly best: BestRows;
  /** The best rows by lower bounds of their scores. */
  readonly bounds: BestRows;
  computed: number;
}

/**
 * Searches for at most {@link groupSize} queries.
 *
 * @param mask address of (rows) bytes; 0 takes all rows
 */
function searchGroup(
  kernels: Kernels,
  vectors: Float32Array,
  index: QuantizedRows,
  queries: Float32Array,
  top: number,
  mask: number,
): Nearest[] {
  const { rows, dimensions, pairs, codes, scales, errors } = index;
  const count = queries.length / dimensions;
  const mostParts = Math.ceil(Math.min(most, rows) / rowsPerPart);
  const words = kernels.reserve(4 * pairs * count);
  const [factors, thresholds, counts] = [count, count, mostParts].map((length) => kernels.reserve(4 * length)) as [
    number,
    number,
    number,
  ];
  const lists = kernels.reserve(mostParts * rowsPerPart * count * entry);
  const asked = Array.from({ length: count }, (_, q): Asked => {
    const from = q * dimensions;
    const own = int16At(kernels, words + 4 * pairs * q, 2 * pairs);
    const vector = queries.subarray(from, from + dimensions);
    const kept = Math.min(top, rows);
    const [best, bounds] = [bestRows(kept), bestRows(kept)];
    return { ...quantizeQuery(queries, from, dimensions, own), vector, best, bounds, computed: 0 };
  });
  kernels.float32(factors, count).set(asked.map(({ factor }) => factor));
  const threshold = kernels.float32(thresholds, count).fill(-Infinity);
  const error = kernels.float32(errors, rows);

  let span = Math.min(Math.max(fewest, 4 * Math.ceil(top / panelRows) * panelRows), most);
  for (let from = 0; from < rows;) {
    const until = Math.min(from + span, rows);
    const parts = Math.ceil((until - from) / rowsPerPart);
    kernels.run(
      ...(['searchPass', parts, 64, from, until, rowsPerPart, pairs, codes, scales, errors, mask] as const),
      ...[count, words, factors, thresholds, lists, counts],
    );
    const eachFound = foundRows(kernels, parts, count, lists, counts);
    eachFound((q, row, score) => {
      const { bounds, length } = asked[q]!;
      bounds.offer(row, (score - error[row]!) * length);
    });
    // The last of the best is at least the last of the lower bounds.
    const floors = asked.map(({ best, bounds }) => Math.max(best.floor(), bounds.floor()));
    eachFound((q, row, score) => {
      const query = asked[q]!;
      if ((score + error[row]!) * query.length < floors[q]!) return;
      query.best.offer(row, dot(vectors, row * dimensions, query.vector));
      query.computed++;
    });
    asked.forEach((query, q) => (threshold[q] = thresholdOf(query)));
    // Without a threshold every eligible row is listed: then not many at a time.
    if (threshold.every((above) => above > -Infinity)) span = Math.min(span * growth, most);
    from = until;
  }
  return asked.map(({ best, computed }) => ({ ...best.sorted(), computed }));
}

/** Goes through what a look found: query, row, and score as a share of the length. */
function foundRows(kernels: Kernels, parts: number, queries: number, lists: number, counts: number) {
  const stride = rowsPerPart * queries * entry;
  const count = kernels.int32(counts, parts);
  return (take: (query: number, row: number, score: number) => void): void => {
    for (let part = 0; part < parts; part++) {
      const length = (count[part]! * entry) / 4;
      const whole = kernels.int32(lists + part * stride, length);
      const single = kernels.float32(lists + part * stride, length);
      for (let at = 0; at < length; at += 3) take(whole[at + 1]!, whole[at]!, single[at + 2]!);
    }
  };
}

/** A dot product in double precision, added up from the first dimension to the last. */
function dot(vectors: Float32Array, from: number, vector: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < vector.length; k++) sum += vectors[from + k]! * vector[k]!;
  return sum;
}

/**
 * What a later row must be above, as a share of the length, rounded down: at an equal score the earlier row comes first. All
 * rows are equal to a query of zeros.
 */
function thresholdOf({ best, length, factor }: Asked): number {
  const floor = best.floor() / length;
  if (floor === -Infinity) return floor;
  return factor === 0 ? Infinity : floor - Math.abs(floor) * 1e-6 - 1e-37;
}

/** A mask in whole panels; the kernel looks at four of them at once. */
function placeMask(kernels: Kernels, eligible: Uint8Array): number {
  const length = Math.ceil(eligible.length / (4 * panelRows)) * 4 * panelRows;
  const address = kernels.reserve(length);
  const view = int8At(kernels, address, length);
  view.set(eligible);
  view.fill(0, eligible.length);
  return address;
}

function checkOptions(rows: number, top: number, eligible: Uint8Array | undefined): void {
  if (!(Number.isInteger(top) && top >= 1))
    throw new Failure('invalid-input', {
      where: 'vectorSearch.top',
      problem: 'not a number of rows',
      got: top,
      expected: 'a whole number ≥ 1',
    });
  if (eligible !== undefined && eligible.length !== rows)
    throw new Failure('invalid-input', {
      where: 'vectorSearch.eligible',
      problem: 'not one entry for each row',
      got: eligible.length,
      expected: String(rows),
    });
}
