import { Failure } from '../core/failure.js';
import type { PointMasses } from './problem.js';

/** Axes of every lattice; one of fewer dimensions has axes of a single level before its own. */
export const latticeAxes = 5;
/** A level is a byte. */
const mostLevels = 256;
const mostCells = 1 << 30;

/** Cells of a lattice that hold points, in lexicographic order. */
export interface LatticeCells {
  /** (5) levels of each axis, counted from the lowest one that is occupied. */
  readonly sizes: readonly number[];
  /** (5) coordinate of level 0, and from one level to the next. */
  readonly origins: readonly number[];
  readonly step: number;
  /** (5 x cells) level of each cell on each axis. */
  readonly levels: readonly Uint8Array[];
  /** (cells) */
  readonly masses: Float64Array;
}

/** Points on a lattice as its cells. */
export interface GatheredPoints {
  readonly cells: LatticeCells;
  /** (n) cell of each point. */
  readonly cellOf: Int32Array;
}

/**
 * Gathers points with whole coordinates into cells. Time O(n d).
 *
 * @param where what the user knows the points as
 * @throws {Failure} `invalid-input` on more than five dimensions, a coordinate that is not whole, or an axis of more than 256
 *   levels, or a lattice of more than 2^30 cells
 */
export function gatherCells({ points, masses }: PointMasses, d: number, where: string): GatheredPoints {
  const fail = (at: string, problem: string, got: unknown, expected: string): never => {
    throw new Failure('invalid-input', { where: `${where}${at}`, problem, got, expected });
  };
  if (d > latticeAxes) fail('', 'too many dimensions for a lattice', d, `at most ${latticeAxes}`);
  const n = masses.length;
  for (let at = 0; at < points.length; at++)
    if (!Number.isInteger(points[at]!))
      fail(`[${Math.floor(at / d)}]`, 'not on a lattice', points[at], 'whole coordinates');
  const axes = Array.from({ length: latticeAxes }, (_, axis) => {
    const k = axis - (latticeAxes - d);
    if (k < 0) return { origin: 0, size: 1, level: new Uint8Array(n) };
    let [lowest, highest] = [Infinity, -Infinity];
    for (let at = k; at < points.length; at += d) {
      lowest = Math.min(lowest, points[at]!);
      highest = Math.max(highest, points[at]!);
    }
    const size = highest - lowest + 1;
    if (size > mostLevels) fail('', `too many levels in dimension ${k}`, size, `at most ${mostLevels}`);
    const level = new Uint8Array(n);
    for (let i = 0; i < n; i++) level[i] = points[i * d + k]! - lowest;
    return { origin: lowest, size, level };
  });
  const lattice = axes.reduce((product, { size }) => product * size, 1);
  if (lattice > mostCells) fail('', 'too many cells in the lattice', lattice, `at most ${mostCells}`);
  return merged(
    { sizes: axes.map(({ size }) => size), origins: axes.map(({ origin }) => origin), step: 1 },
    axes.map(({ level }) => level),
    masses,
  );
}

/** The same masses on a lattice with half as many levels: a cell stands for its neighbours, between them. */
export function coarser({ sizes, origins, step, levels, masses }: LatticeCells): LatticeCells {
  const lattice = {
    sizes: sizes.map((size) => (size + 1) >> 1),
    origins: origins.map((origin, axis) => (sizes[axis] === 1 ? origin : origin + step / 2)),
    step: 2 * step,
  };
  return merged(
    lattice,
    levels.map((level) => level.map((l) => l >> 1)),
    masses,
  ).cells;
}

/** Cells in another order, with the number that each has in it: its levels read as digits. */
export interface CellOrder {
  readonly order: Int32Array;
  readonly codes: Int32Array;
}

const digitBits = 15;

/**
 * Sorts cells by one level after the other, the first one first; equal cells keep their order. Two passes of a radix sort.
 *
 * @param axes no more than 2^30 cells in all
 */
export function orderCells(axes: readonly { readonly levels: Uint8Array; readonly size: number }[]): CellOrder {
  const n = axes[0]!.levels.length;
  const codes = new Int32Array(n);
  for (const { levels, size } of axes) for (let i = 0; i < n; i++) codes[i] = codes[i]! * size + levels[i]!;
  let order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (const shift of [0, digitBits]) {
    const mask = (1 << digitBits) - 1;
    const places = new Int32Array(mask + 2);
    for (let i = 0; i < n; i++) places[((codes[i]! >> shift) & mask) + 1]!++;
    for (let digit = 0; digit < mask; digit++) places[digit + 1]! += places[digit]!;
    const sorted = new Int32Array(n);
    for (let at = 0; at < n; at++) {
      const i = order[at]!;
      sorted[places[(codes[i]! >> shift) & mask]!++] = i;
    }
    order = sorted;
  }
  return { order, codes };
}

/** Puts points of equal levels into one cell. */
function merged(
  lattice: Pick<LatticeCells, 'sizes' | 'origins' | 'step'>,
  levels: readonly Uint8Array[],
  masses: Float64Array,
): GatheredPoints {
  const { order, codes } = orderCells(levels.map((level, axis) => ({ levels: level, size: lattice.sizes[axis]! })));
  const n = order.length;
  const cellOf = new Int32Array(n);
  const first = new Int32Array(n);
  const total = new Float64Array(n);
  let cell = -1;
  for (let at = 0, before = -1; at < n; at++) {
    const i = order[at]!;
    if (codes[i] !== before) first[++cell] = i;
    before = codes[i]!;
    cellOf[i] = cell;
    total[cell]! += masses[i]!;
  }
  const own = levels.map((level) => {
    const out = new Uint8Array(cell + 1);
    for (let c = 0; c <= cell; c++) out[c] = level[first[c]!]!;
    return out;
  });
  return { cells: { ...lattice, levels: own, masses: total.slice(0, cell + 1) }, cellOf };
}
