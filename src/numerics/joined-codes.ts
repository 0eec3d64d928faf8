/** A column of codes from -1 (none) to `size` - 2. */
export interface CodeColumn {
  /** (n) */
  readonly codes: Int32Array;
  /** Different codes there can be, none included. */
  readonly size: number;
}

/** Consecutive columns of codes as one: a record's code is its place in the table that they span. */
export interface JoinedCodes {
  /** Position of the first column among all. */
  readonly first: number;
  /** Sizes of the columns that are joined; the last one varies fastest. */
  readonly sizes: readonly number[];
  /** Their product. */
  readonly cells: number;
  /** (n) 0 to `cells` - 1 */
  readonly codes: Uint16Array | Uint32Array;
}

/**
 * Joins columns that stand beside each other for as long as their table stays small: one pass over the records then does for
 * all of them. Time O(records x columns).
 *
 * @param mostCells of a table of several columns; a column that is larger stays alone
 */
export function joinCodes(columns: readonly CodeColumn[], mostCells: number): JoinedCodes[] {
  const joined: JoinedCodes[] = [];
  for (let first = 0; first < columns.length;) {
    let end = first + 1;
    let cells = columns[first]!.size;
    for (; end < columns.length && cells * columns[end]!.size <= mostCells; end++) cells *= columns[end]!.size;
    const own = columns.slice(first, end);
    joined.push({ first, sizes: own.map(({ size }) => size), cells, codes: placesIn(own, cells) });
    first = end;
  }
  return joined;
}

/** Records that are joined at a time. */
const block = 4_096;

function placesIn(columns: readonly CodeColumn[], cells: number): Uint16Array | Uint32Array {
  const n = columns[0]!.codes.length;
  const places = cells <= 65_536 ? new Uint16Array(n) : new Uint32Array(n);
  // Block by block, so that places stay in the cache while one column after the other is added.
  for (let from = 0; from < n; from += block)
    for (const { codes, size } of columns) {
      const end = Math.min(from + block, n);
      for (let i = from; i < end; i++) places[i] = Math.imul(places[i]!, size) + codes[i]! + 1;
    }
  return places;
}

/**
 * Multiplies every weight by the factor of its code in one column, and adds the weights up by their codes in another: one pass
 * over memory instead of two.
 *
 * @param weights (n) changed in place
 * @param factors (cells of `scaled`)
 * @returns (cells of `summed`)
 */
export function scaleAndSum(
  weights: Float64Array,
  scaled: JoinedCodes,
  factors: Float64Array,
  summed: JoinedCodes,
): Float64Array {
  const { cells } = summed;
  const [from, to] = [scaled.codes, summed.codes];
  // Four tables in turn: an addition need not wait for the one before it to be stored.
  const [second, third, fourth] = [cells, 2 * cells, 3 * cells];
  const sums = new Float64Array(4 * cells);
  const even = weights.length - (weights.length % 4);
  let i = 0;
  for (; i < even; i += 4) {
    const a = weights[i]! * factors[from[i]!]!;
    const b = weights[i + 1]! * factors[from[i + 1]!]!;
    const c = weights[i + 2]! * factors[from[i + 2]!]!;
    const d = weights[i + 3]! * factors[from[i + 3]!]!;
    weights[i] = a;
    weights[i + 1] = b;
    weights[i + 2] = c;
    weights[i + 3] = d;
    sums[to[i]!]! += a;
    sums[second + to[i + 1]!]! += b;
    sums[third + to[i + 2]!]! += c;
    sums[fourth + to[i + 3]!]! += d;
  }
  for (; i < weights.length; i++) sums[to[i]!]! += weights[i]! *= factors[from[i]!]!;
  for (let cell = 0; cell < cells; cell++)
    sums[cell]! += sums[second + cell]! + (sums[third + cell]! + sums[fourth + cell]!);
  return sums.slice(0, cells);
}
