import type { Kernels } from '../numerics/kernels/kernels.js';
import { halfSquares, numbers, panels, rowMajor, type Bits, type Numbers } from '../numerics/kernels/layout.js';

/** Points in units in which ½|x - y|² is the cost over ε, in bits; and their masses, all > 0. */
export interface Cloud {
  readonly points: Float64Array;
  readonly masses: Float64Array;
}

/** What one pass over all pairs tells. */
export interface Pass {
  /** (n) the potentials, in bits, that make every row sum its mass. */
  readonly normalizing: Float64Array;
  /** (m) column sums of the coupling under the damped row potentials. */
  readonly columnSums: Float64Array;
  /** (n) row sums of the same coupling. */
  readonly rowSums: Float64Array;
  /** Σᵢⱼ Pᵢⱼ ½|x - y|²; from a pass in double precision, else NaN. */
  readonly cost: number;
  /** Whose sums left the range of the numbers: their potentials must be found in the log domain first. */
  readonly lost: 'rows' | 'columns' | undefined;
}

/** 32: single precision, good to about 1e-5; 64: double. */
export type PassPrecision = Bits;

/**
 * The two half steps of Sinkhorn's iteration in one pass over the pairs, with one power of two a pair.
 *
 * @param stabilizer (n) row potentials near the normalizing ones, in bits; they keep the numbers in range
 * @param potential (m) column potentials, in bits
 */
export type FusedPass = (precision: PassPrecision, stabilizer: Float64Array, potential: Float64Array) => Pass;

/** Parts that rows are cut into: enough for 8 threads, few enough that their column sums take little memory. */
const parts = 16;
/** From here on it is faster to read the kernel than to compute it again... */
const manyDimensions = 16;
/** ...if it fits: 1.5 GiB. */
const mostStored = 1.5 * (1 << 30);
/** Powers of two that single precision can still tell from its limits. */
const reach = { 32: 90, 64: 900 } as const;

/** Places two clouds in memory, for as long as the caller's scope lasts. */
export function fusedPasses(kernels: Kernels, rows: Cloud, columns: Cloud, d: number, damping: number): FusedPass {
  const [n, m] = [rows.masses.length, columns.masses.length];
  const [rowsUp, columnsUp] = [Math.ceil(n / 4) * 4, Math.ceil(m / 8) * 8];
  const perPart = Math.ceil(rowsUp / parts / 4) * 4;
  const used = Math.ceil(rowsUp / perPart);
  const [x2, y2] = [halfSquares(rows.points, d), halfSquares(columns.points, d)];
  const logMass = columns.masses.map(Math.log2);
  const sums = kernels.reserve(8 * used * columnsUp);
  const placed = new Map<PassPrecision, Placement>();
  const storable = d >= manyDimensions && 4 * rowsUp * columnsUp <= mostStored;
  let stored: { at: number; stabilizer: Float64Array; potential: Float64Array } | undefined;

  return (precision, stabilizer, potential) => {
    const place = placed.get(precision) ?? placement(precision);
    placed.set(precision, place);
    return precision === 32 && storable ? storedPass(place, stabilizer, potential) : pass(place, stabilizer, potential);
  };

  function placement(precision: PassPrecision): Placement {
    const vector = (length: number): Numbers => {
      const own = numbers(kernels, length, precision);
      own.view.fill(0);
      return own;
    };
    return {
      precision,
      x: rowMajor(kernels, rows.points, d, 4, precision).address,
      y: panels(kernels, columns.points, d, precision === 32 ? 8 : 4, precision, columnsUp).address,
      h: vector(columnsUp),
      f: vector(rowsUp),
      weight: vector(rowsUp),
      rho: vector(rowsUp),
      cross: vector(precision === 64 ? rowsUp : 0),
    };
  }

  /** The row factors uᵢ = weightᵢ ρᵢ^-damping turn the stabilizer into the damped potential. */
  function setWeights({ weight }: Placement, stabilizer: Float64Array): void {
    for (let i = 0; i < n; i++)
      weight.view[i] = damping === 1 ? rows.masses[i]! : rows.masses[i]! * bits((damping - 1) * stabilizer[i]!);
  }

  function setExponents({ f, h }: Placement, stabilizer: Float64Array, potential: Float64Array): void {
    for (let i = 0; i < n; i++) f.view[i] = stabilizer[i]! - x2[i]!;
    h.view.fill(-1e30);
    for (let j = 0; j < m; j++) h.view[j] = potential[j]! + logMass[j]! - y2[j]!;
  }

  function pass(place: Placement, stabilizer: Float64Array, potential: Float64Array): Pass {
    const { precision, x, y, h, f, weight, rho, cross } = place;
    setExponents(place, stabilizer, potential);
    setWeights(place, stabilizer);
    const bytes = precision / 8;
    const scratch = (precision === 32 ? 5 : 4) * bytes * columnsUp;
    const sizes = [rowsUp, perPart, columnsUp, d, x, y, h.address, f.address, weight.address, damping];
    const out = precision === 32 ? [rho.address, sums] : [rho.address, sums, cross.address];
    kernels.run(`fusedPass${precision}`, used, scratch, ...sizes, ...out);
    return result(place, stabilizer, undefined);
  }

  function storedPass(place: Placement, stabilizer: Float64Array, potential: Float64Array): Pass {
    const { x, y, h, f, weight, rho } = place;
    const far = stored?.potential.some((g, j) => Math.abs(g - potential[j]!) > 40) ?? true;
    if (stored === undefined || far) {
      setExponents(place, stabilizer, potential);
      const at = stored?.at ?? kernels.reserve(4 * rowsUp * columnsUp);
      kernels.run('storeKernel32', used, 0, rowsUp, perPart, columnsUp, d, x, y, h.address, f.address, at);
      stored = { at, stabilizer, potential };
    }
    const factor = Float64Array.from({ length: m }, (_, j) => bits(potential[j]! - stored!.potential[j]!));
    h.view.fill(0);
    h.view.set(factor);
    setWeights(place, stored.stabilizer);
    const sizes = [rowsUp, perPart, columnsUp, stored.at, h.address, weight.address, damping, rho.address, sums];
    kernels.run('storedPass32', used, 4 * columnsUp, ...sizes);
    const found = result(place, stored.stabilizer, factor);
    if (found.lost !== undefined) stored = { ...stored, potential: new Float64Array(m).fill(Infinity) };
    return found;
  }

  function result(place: Placement, stabilizer: Float64Array, factor: Float64Array | undefined): Pass {
    const { precision, rho, cross } = place;
    const most = reach[precision];
    let lost: Pass['lost'];
    const normalizing = new Float64Array(n);
    const rowSums = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const off = Math.log2(rho.view[i]!);
      if (!(Math.abs(off) < most)) lost = 'rows';
      normalizing[i] = stabilizer[i]! - off;
      rowSums[i] = damping === 1 ? rows.masses[i]! : rows.masses[i]! * bits((damping - 1) * normalizing[i]!);
    }
    const columnSums = new Float64Array(m);
    for (let part = 0; part < used; part++) {
      const own = kernels.float64(sums + 8 * part * columnsUp, m);
      for (let j = 0; j < m; j++) columnSums[j]! += own[j]!;
    }
    for (let j = 0; j < m; j++) {
      if (factor !== undefined) columnSums[j]! *= factor[j]!;
      if (!(Math.abs(Math.log2(columnSums[j]!) - logMass[j]!) < most)) lost ??= 'columns';
    }
    let cost = precision === 64 ? 0 : NaN;
    for (let i = 0; i < n; i++) cost += rowSums[i]! * x2[i]! - (cross.view[i] ?? 0);
    for (let j = 0; j < m; j++) cost += columnSums[j]! * y2[j]!;
    return { normalizing, columnSums, rowSums, cost, lost };
  }
}

interface Placement {
  readonly precision: PassPrecision;
  readonly x: number;
  readonly y: number;
  readonly h: Numbers;
  readonly f: Numbers;
  readonly weight: Numbers;
  readonly rho: Numbers;
  readonly cross: Numbers;
}

/** 2^x; by exp, because the bits of a power differ between Node versions. */
const bits = (x: number): number => Math.exp(Math.LN2 * x);
