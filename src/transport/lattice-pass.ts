import { Failure } from '../core/failure.js';
import { logKernelSums } from '../numerics/kernel-sums.js';
import type { Kernels } from '../numerics/kernels/kernels.js';
import { latticeAxes, orderCells, type LatticeCells } from './lattice-cells.js';

/** Cells in the memory of kernels, with what the kernels ask of them. */
export interface LatticeSide {
  readonly cells: LatticeCells;
  /** (cells) log₂ of the masses. */
  readonly logMasses: Float64Array;
  /**
   * (5 x levels) the part of the side's potential, in bits, that is a sum over axes. It goes into the axes of the kernel, so that
   * the rest stays in the range of single precision. Changed by {@link absorb}.
   */
  readonly absorbed: readonly Float64Array[];
  /** Addresses as {@link latticePasses} needs them. */
  readonly placed: PlacedCells;
}

interface PlacedCells {
  readonly blockStarts: number;
  readonly blockCodes: number;
  readonly spans: number;
  readonly stripStarts: number;
  readonly stripCodes: number;
  /** (cells) the cells as they lie in strips. */
  readonly stripOrder: Int32Array;
}

/** A lattice kernel at one ε. */
export interface LatticePasses {
  /**
   * @param weights (cells of `from`) in bits
   * @param costAxis the kernel times the cost along this axis, for the mean cost
   * @returns (cells of `to`) log₂ Σ weight 2^(-C/ε)
   */
  readonly sums: (from: LatticeSide, to: LatticeSide, weights: Float64Array, costAxis?: number) => Float64Array;
}

/** Lines of the tensor, and rows of matrices, are whole vectors. */
const padded = (levels: number): number => Math.ceil(levels / 4) * 4;
/** The largest weight becomes 2^80: kernel factors are at most one, and there are at most 2^30 cells to be added up. */
const largest = 80;
const mostBytes = 3 * (1 << 30);
/** The tensor between the two halves of a product is held in slabs of about this size, one at a time. */
const slabBytes = 128 * (1 << 20);
/** Sums below have lost bits in single precision: those few cells are added up again in double precision. */
const smallest = 1e-36;
/** Pairs that this may take in one product; beyond them cells keep what they have. */
const mostPairs = 1 << 27;
/** Sums below may have: beside the largest weight, factors less than 2^-126 of the largest have lost bits, and count. */
const doubtful = 1e-14;
/** Where it takes no more pairs, those are added up again too. */
const fewPairs = 1 << 22;

/** Brings cells into the memory of kernels. */
export function latticeSide(kernels: Kernels, cells: LatticeCells): LatticeSide {
  const { levels, sizes } = cells;
  const [l1, l2, l3, l4, l5] = levels as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const count = l1.length;
  const [s1, s2, s3, s4, s5] = sizes as [number, number, number, number, number];
  const place = (values: Int32Array): number => {
    const address = kernels.reserve(4 * values.length);
    kernels.int32(address, values.length).set(values);
    return address;
  };
  /** Starts of the runs of cells that share two levels. */
  const starts = (high: Uint8Array, low: Uint8Array, size: number, runs: number): Int32Array => {
    const out = new Int32Array(runs + 1);
    for (let c = 0; c < count; c++) out[high[c]! * size + low[c]! + 1]!++;
    for (let run = 0; run < runs; run++) out[run + 1]! += out[run]!;
    return out;
  };
  const blockCodes = new Int32Array(count);
  const spans = new Int32Array(2 * s1);
  for (let c = 0; c < count; c++) {
    blockCodes[c] = (l3[c]! << 16) | (l4[c]! << 8) | l5[c]!;
    const row = 2 * l1[c]!;
    if (spans[row + 1] === 0) spans[row] = l2[c]!;
    spans[row + 1] = l2[c]! + 1;
  }
  const { order: stripOrder } = orderCells([
    { levels: l3, size: s3 },
    { levels: l4, size: s4 },
    { levels: l2, size: s2 },
    { levels: l1, size: s1 },
    { levels: l5, size: s5 },
  ]);
  const stripCodes = stripOrder.map((c) => (l2[c]! << 16) | (l1[c]! << 8) | l5[c]!);
  return {
    cells,
    logMasses: cells.masses.map(Math.log2),
    absorbed: sizes.map((size) => new Float64Array(size)),
    placed: {
      blockStarts: place(starts(l1, l2, s2, s1 * s2)),
      blockCodes: place(blockCodes),
      spans: place(spans),
      stripStarts: place(starts(l3, l4, s4, s3 * s4)),
      stripCodes: place(stripCodes),
      stripOrder,
    },
  };
}

/** The part of a potential that is absorbed, at each cell. */
export function absorbedAt({ cells: { levels }, absorbed }: LatticeSide): Float64Array {
  const [l1, l2, l3, l4, l5] = levels as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const [p1, p2, p3, p4, p5] = absorbed as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  const out = new Float64Array(l1.length);
  for (let c = 0; c < out.length; c++) out[c] = p1[l1[c]!]! + p2[l2[c]!]! + (p3[l3[c]!]! + p4[l4[c]!]!) + p5[l5[c]!]!;
  return out;
}

/** Fits the absorbed part to a potential: a sweep of backfitting over the axes, every cell counting the same. */
export function absorb(side: LatticeSide, potential: Float64Array): void {
  const rest = absorbedAt(side);
  for (let c = 0; c < rest.length; c++) rest[c] = potential[c]! - rest[c]!;
  side.cells.levels.forEach((level, axis) => {
    const own = side.absorbed[axis]!;
    const [mean, count] = [new Float64Array(own.length), new Float64Array(own.length)];
    for (let c = 0; c < rest.length; c++) {
      mean[level[c]!]! += rest[c]!;
      count[level[c]!]!++;
    }
    for (let l = 0; l < own.length; l++) if (count[l]! > 0) own[l]! += mean[l]! /= count[l]!;
    for (let c = 0; c < rest.length; c++) rest[c]! -= mean[level[c]!]!;
  });
}

/** Floats of the tensor between the two halves of a product for one level of its first axis, the least that a slab can hold. */
const layerFloats = ({ cells: { sizes: from } }: LatticeSide, { cells: { sizes: to } }: LatticeSide): number =>
  from[1]! * to[2]! * to[3]! * padded(to[4]!);

/**
 * Products with the kernel 2^(-C/ε) between sides of a lattice. The kernel is the product of one small matrix for each axis, so a
 * product takes time O(levels^(d+1)), however many points there are; a good half of that is saved where cells are empty.
 *
 * @param epsilon in cost units
 * @param scale (d) unit of each dimension in the cost
 * @param sides all that products will be asked for; they share one slab of the tensor of levels^d floats
 * @param slab bytes of it that are held at a time; the bytes of a result do not depend on it
 * @throws {Failure} `invalid-input` where one layer of the tensor, levels^(d-1) floats, takes more than 3 GiB
 * @see Solomon et al. (2015) ACM Trans. Graph. 34 (separable kernels)
 */
export function latticePasses(
  kernels: Kernels,
  epsilon: number,
  scale: Float64Array,
  sides: readonly LatticeSide[],
  slab = slabBytes,
): LatticePasses {
  const heightOf = (from: LatticeSide, to: LatticeSide): number =>
    Math.min(from.cells.sizes[0]!, Math.max(1, Math.floor(slab / (4 * layerFloats(from, to)))));
  const floats = Math.max(...sides.flatMap((from) => sides.map((to) => heightOf(from, to) * layerFloats(from, to))));
  if (4 * floats > mostBytes)
    throw new Failure('invalid-input', {
      where: 'lattice',
      problem: 'too many levels',
      got: `${Math.ceil(floats / (1 << 18))} MiB`,
      expected: `at most ${mostBytes / (1 << 20)} MiB`,
      hint: 'Round the coordinates or leave out a dimension.',
    });
  const most = Math.max(...sides.flatMap(({ cells }) => cells.sizes));
  const [values, out, tensor] = [cellsOf(sides), cellsOf(sides), kernels.reserve(4 * floats)];
  const matrices = Array.from({ length: latticeAxes }, () => kernels.reserve(4 * padded(most) * padded(most)));

  function cellsOf(of: readonly LatticeSide[]): number {
    return kernels.reserve(4 * Math.max(...of.map(({ cells }) => cells.masses.length)));
  }

  /** Writes the matrix of one axis; its largest entry is one, and what it was in bits is returned. */
  function placeMatrix(from: LatticeSide, to: LatticeSide, axis: number, times: (bits: number) => number): number {
    const [rows, columns] = [from.cells.sizes[axis]!, to.cells.sizes[axis]!];
    const unit = scale[axis - latticeAxes + scale.length] ?? 1;
    const bits = new Float64Array(rows * columns);
    const costs = new Float64Array(rows * columns);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        const x = from.cells.origins[axis]! + from.cells.step * i;
        const y = to.cells.origins[axis]! + to.cells.step * j;
        const cost = ((x - y) / unit) * ((x - y) / unit);
        costs[i * columns + j] = cost;
        bits[i * columns + j] = from.absorbed[axis]![i]! + to.absorbed[axis]![j]! - (cost * Math.LOG2E) / epsilon;
      }
    const top = bits.reduce((high, x) => Math.max(high, x), -Infinity);
    // The first axis is done last, level by level of the output; the others go through the levels of the input.
    const [rowStride, columnStride] = axis === 0 ? [1, padded(rows)] : [padded(columns), 1];
    const view = kernels.float32(matrices[axis]!, padded(most) * padded(most)).fill(0);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        view[i * rowStride + j * columnStride] =
          Math.exp(Math.LN2 * (bits[i * columns + j]! - top)) * times(costs[i * columns + j]!);
    return top;
  }

  return {
    sums(from, to, weights, costAxis) {
      let removed = 0;
      for (let axis = 0; axis < latticeAxes; axis++)
        removed += placeMatrix(from, to, axis, axis === costAxis ? (cost) => cost : () => 1);
      const shift = placeValues(from, weights);
      const [rows, columns, planes, lines] = from.cells.sizes as [number, number, number, number, number];
      const [, , outPlanes, outLines, outLevels] = to.cells.sizes as [number, number, number, number, number];
      const width = padded(outLevels);
      const [stride1, stride2, stride3, stride4] = [rows, to.cells.sizes[1]!, outPlanes, outLines].map(padded) as [
        number,
        number,
        number,
        number,
      ];
      const [k1, k2, k3, k4, k5] = matrices as [number, number, number, number, number];
      const height = heightOf(from, to);
      const inner = 4 * (lines * (width + stride4) + planes * (outLines * width + stride3));
      const outer = 4 * ((height * columns + 4 * height) * width + 4);
      const { blockStarts, blockCodes, spans } = from.placed;
      const { stripStarts, stripCodes, stripOrder } = to.placed;
      const strips = outPlanes * outLines;
      const shape = [planes, lines, outPlanes, outLines, width];
      const factors = [k3, stride3, k4, stride4, k5];
      // The first axis is summed over last, level by level: a slab goes on where the one before ended.
      kernels.float32(out, stripOrder.length).fill(0);
      for (let row = 0; row < rows; row += height) {
        const rowsHere = Math.min(height, rows - row);
        const starts = blockStarts + 4 * row * columns;
        kernels.run(
          'latticeInner',
          rowsHere * columns,
          inner,
          ...shape,
          starts,
          blockCodes,
          values,
          ...factors,
          tensor,
        );
        const lists = [spans + 8 * row, stripStarts, stripCodes];
        const outerFactors = [k1 + 4 * row, stride1, k2, stride2];
        const outerShape = [rowsHere, columns, strips, width];
        kernels.run('latticeOuter', strips, outer, ...outerShape, ...lists, ...outerFactors, tensor, out);
      }
      const logSums = readSums(to, removed - shift, costAxis === undefined ? smallest : 0);
      // A cost may be as small as it likes; a potential must be right.
      const weak = costAxis === undefined ? weakCells(stripOrder, weights.length) : [];
      if (weak.length > 0) {
        const precise = preciseSums(kernels, { epsilon, scale }, to.cells, Int32Array.from(weak), from.cells, weights);
        weak.forEach((c, k) => (logSums[c] = precise[k]!));
      }
      return logSums;
    },
  };

  /** Weights without what is absorbed, as floats; returns what was added to bring the largest to the top of the range. */
  function placeValues(from: LatticeSide, weights: Float64Array): number {
    const rest = absorbedAt(from);
    let high = -Infinity;
    for (let c = 0; c < rest.length; c++) {
      rest[c] = weights[c]! - rest[c]!;
      high = Math.max(high, rest[c]!);
    }
    const shift = largest - high;
    const view = kernels.float32(values, rest.length);
    for (let c = 0; c < rest.length; c++) view[c] = Math.exp(Math.LN2 * (rest[c]! + shift));
    return shift;
  }

  function readSums(to: LatticeSide, offset: number, floor: number): Float64Array {
    const order = to.placed.stripOrder;
    const found = kernels.float32(out, order.length);
    const at = absorbedAt(to);
    const logSums = new Float64Array(order.length);
    for (let k = 0; k < order.length; k++) {
      const c = order[k]!;
      logSums[c] = Math.log2(Math.max(found[k]!, floor)) + offset - at[c]!;
    }
    return logSums;
  }

  /** Cells whose sums single precision does not hold, or may not, where so many times `count` pairs are affordable. */
  function weakCells(order: Int32Array, count: number): number[] {
    const found = kernels.float32(out, order.length);
    const below = (limit: number, pairs: number): number[] | undefined => {
      const cells: number[] = [];
      for (let k = 0; k < order.length; k++)
        if (found[k]! < limit && cells.push(order[k]!) * count > pairs) return undefined;
      return cells;
    };
    return below(doubtful, fewPairs) ?? below(smallest, mostPairs) ?? [];
  }
}

/**
 * log₂ Σ weight 2^(-C/ε) at some cells, pair by pair in double precision: for those that single precision cannot hold, and to
 * check the others.
 *
 * @param weights (cells of `from`) in bits
 */
export function preciseSums(
  kernels: Kernels,
  { epsilon, scale }: { readonly epsilon: number; readonly scale: Float64Array },
  to: LatticeCells,
  chosen: Int32Array,
  from: LatticeCells,
  weights: Float64Array,
): Float64Array {
  const input = {
    dimensions: scale.length,
    points: pointsOf(to, chosen, scale),
    centres: pointsOf(from, undefined, scale),
    logMass: weights.map((bits) => Math.LN2 * bits),
    bandwidth: new Float64Array(scale.length).fill(Math.sqrt(epsilon / 2)),
  };
  return kernels.scope(() => logKernelSums(input, kernels)).map((x) => x * Math.LOG2E);
}

/** (chosen x d) coordinates of cells, by default of all, in units of the scale. */
function pointsOf(
  { origins, step, levels, masses }: LatticeCells,
  chosen: Int32Array | undefined,
  scale: Float64Array,
): Float64Array {
  const d = scale.length;
  const count = chosen?.length ?? masses.length;
  const out = new Float64Array(count * d);
  for (let k = 0; k < d; k++) {
    const axis = latticeAxes - d + k;
    const level = levels[axis]!;
    for (let i = 0; i < count; i++) out[i * d + k] = (origins[axis]! + step * level[chosen?.[i] ?? i]!) / scale[k]!;
  }
  return out;
}

/** x + y, entry by entry. */
export const plus = (x: Float64Array, y: Float64Array): Float64Array => x.map((v, i) => v + y[i]!);
