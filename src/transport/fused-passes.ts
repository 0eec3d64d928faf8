import type { Kernels } from '../numerics/kernels/kernels.js';
import { halfSquares, numbers, panels, rowMajor, type Numbers } from '../numerics/kernels/layout.js';

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
  /** Σᵢⱼ Pᵢⱼ ½|x - y|²; NaN from a pass in single precision. */
  readonly cost: number;
  /** Whose sums left the range of the numbers: their potentials must be found in the log domain first. */
  readonly lost: 'rows' | 'columns' | undefined;
}

/**
 * How sums are computed: `single` is good to about 1e-5; `mixed` to about 1e-7, with exponents and long sums in double
 * precision and powers of two in single; `double` to rounding.
 */
export type PassPrecision = 'single' | 'mixed' | 'double';

/**
 * The two half steps of Sinkhorn's iteration in one pass over the pairs, with one power of two a pair.
 *
 * @param stabilizer (n) row potentials near the normalizing ones, in bits; they keep the numbers in range
 * @param potential (m) column potentials, in bits
 * @param negligible pairs with Pᵢⱼ below this share of aᵢ bⱼ may be left out, at most 1/64: no sum then lacks much more than
 *   this share of it. Tiles of neighbours are left out together, so points should lie in a {@link spatialOrder}. Passes in
 *   double precision leave nothing out. Default 0.
 */
export type FusedPass = (
  precision: PassPrecision,
  stabilizer: Float64Array,
  potential: Float64Array,
  negligible?: number,
) => Pass;

/** Parts that rows are cut into: enough for 8 threads, few enough that their column sums take little memory. */
const parts = 16;
/** From here on it is faster to read the kernel than to compute it again... */
const manyDimensions = 16;
/** ...if it fits: 1.5 GiB. */
const mostStored = 1.5 * (1 << 30);
/** Rows of a stored kernel that are written in one go: short calls, because engines compile a kernel well only between calls. */
const strip = 64;
/** How each precision lies in memory, powers of two that it can still tell from its limits, bytes of scratch a column. */
const forms = {
  single: { bits: 32, panel: 8, reach: 90, scratch: 21 },
  mixed: { bits: 64, panel: 4, reach: 90, scratch: 21 },
  double: { bits: 64, panel: 4, reach: 900, scratch: 32 },
} as const;
/** Pairs from which on it pays to wake the kernel of the last pass, and rows that do it. */
const worthWaking = 1 << 26;
const wakingRows = 16;
/** A sum of fewer times what is negligible may lack a part that matters: the pass is done again, and later ones are careful. */
const enough = 4;
const lesson = 64;

/** Places two clouds in memory, for as long as the caller's scope lasts. */
export function fusedPasses(kernels: Kernels, rows: Cloud, columns: Cloud, d: number, damping: number): FusedPass {
  const [n, m] = [rows.masses.length, columns.masses.length];
  const [rowsUp, columnsUp] = [Math.ceil(n / 4) * 4, Math.ceil(m / 8) * 8];
  const perPart = Math.ceil(rowsUp / parts / 4) * 4;
  const used = Math.ceil(rowsUp / perPart);
  const [x2, y2] = [halfSquares(rows.points, d), halfSquares(columns.points, d)];
  const logMass = columns.masses.map(Math.log2);
  const sums = kernels.reserve(8 * used * columnsUp);
  let most = Infinity;
  const placed = new Map<PassPrecision, Placement>();
  const storable = d >= manyDimensions && 4 * rowsUp * columnsUp <= mostStored;
  let stored: { at: number; factors: Numbers; stabilizer: Float64Array; potential: Float64Array } | undefined;

  return (precision, stabilizer, potential, negligible = 0) => {
    const form = storable && precision === 'single' ? 'mixed' : precision;
    const place = placed.get(form) ?? placement(form);
    placed.set(form, place);
    if (form === 'mixed' && storable) return storedPass(place, precision, stabilizer, potential);
    if (precision === 'single') wake();
    const share = precision === 'double' ? 0 : Math.min(negligible, most);
    const found = pass(place, stabilizer, potential, share);
    if (share === 0 || !lacking(place, found, share)) return found;
    most = share / lesson;
    return pass(place, stabilizer, potential, 0);
  };

  /**
   * Engines compile a kernel well, in the background, only when it has run for a while. The one that will measure the last pass
   * runs over a few rows before it is needed, else that pass takes half as long again.
   */
  function wake(): void {
    if (placed.has('mixed') || n * m < worthWaking) return;
    const place = placement('mixed');
    placed.set('mixed', place);
    const { x, y, h, f, floor, weight, rho, cross } = place;
    const scratch = forms.mixed.scratch * columnsUp + 8192;
    const before = [wakingRows, wakingRows, columnsUp, d, x, y, h.address, f.address, floor.address, weight.address];
    kernels.run('fusedPassMixed', 1, scratch, ...before, damping, rho.address, sums, cross.address);
  }

  /** Whether what was left out may have been too much of a sum. */
  function lacking({ rho }: Placement, { columnSums }: Pass, negligible: number): boolean {
    for (let i = 0; i < n; i++) if (!(rho.view[i]! >= enough * negligible)) return true;
    for (let j = 0; j < m; j++) if (!(columnSums[j]! >= enough * negligible * columns.masses[j]!)) return true;
    return false;
  }

  function placement(precision: PassPrecision): Placement {
    const { bits: size, panel } = forms[precision];
    const vector = (length: number): Numbers => {
      const own = numbers(kernels, length, size);
      own.view.fill(0);
      return own;
    };
    return {
      precision,
      x: rowMajor(kernels, rows.points, d, 4, size).address,
      y: panels(kernels, columns.points, d, panel, size, columnsUp).address,
      h: vector(columnsUp),
      floor: vector(columnsUp),
      f: vector(rowsUp),
      weight: vector(rowsUp),
      rho: vector(rowsUp),
      cross: vector(precision === 'single' ? 0 : rowsUp),
    };
  }

  /** The row factors uᵢ = weightᵢ ρᵢ^-damping turn the stabilizer into the damped potential. */
  function setWeights({ weight }: Placement, stabilizer: Float64Array): void {
    for (let i = 0; i < n; i++)
      weight.view[i] = damping === 1 ? rows.masses[i]! : rows.masses[i]! * bits((damping - 1) * stabilizer[i]!);
  }

  function setExponents({ f, h }: Placement, stabilizer: Float64Array, potential: Float64Array): void {
    f.view.fill(-1e30);
    for (let i = 0; i < n; i++) f.view[i] = stabilizer[i]! - x2[i]!;
    h.view.fill(-1e30);
    for (let j = 0; j < m; j++) h.view[j] = potential[j]! + logMass[j]! - y2[j]!;
  }

  function pass(place: Placement, stabilizer: Float64Array, potential: Float64Array, negligible: number): Pass {
    const { precision, x, y, h, f, floor, weight, rho, cross } = place;
    setExponents(place, stabilizer, potential);
    setWeights(place, stabilizer);
    const least = Math.log2(negligible);
    for (let j = 0; j < m; j++) floor.view[j] = least + logMass[j]!;
    const before = [rowsUp, perPart, columnsUp, d, x, y, h.address, f.address];
    const after = [weight.address, damping, rho.address, sums];
    const scratch = forms[precision].scratch * columnsUp + 8192;
    if (precision === 'single') kernels.run('fusedPass32', used, scratch, ...before, floor.address, ...after);
    else if (precision === 'mixed')
      kernels.run('fusedPassMixed', used, scratch, ...before, floor.address, ...after, cross.address);
    else kernels.run('fusedPass64', used, scratch, ...before, ...after, cross.address);
    return result(place, stabilizer, potential, undefined);
  }

  /** K is stored in mixed precision, for passes in single precision too; these do without the cost. */
  function storedPass(
    place: Placement,
    precision: PassPrecision,
    stabilizer: Float64Array,
    potential: Float64Array,
  ): Pass {
    const { x, y, h, f, weight, rho, cross } = place;
    const far = stored?.potential.some((g, j) => Math.abs(g - potential[j]!) > 40) ?? true;
    if (stored === undefined || far) {
      setExponents(place, stabilizer, potential);
      const at = stored?.at ?? kernels.reserve(4 * rowsUp * columnsUp);
      const factors = stored?.factors ?? numbers(kernels, columnsUp, 32);
      factors.view.fill(0);
      const strips = Math.ceil(rowsUp / strip);
      kernels.run('storeKernel', strips, 0, rowsUp, strip, columnsUp, d, x, y, h.address, f.address, at);
      stored = { at, factors, stabilizer, potential };
    }
    const factor = new Float64Array(m);
    for (let j = 0; j < m; j++) factor[j] = bits(potential[j]! - stored.potential[j]!);
    stored.factors.view.set(factor);
    setWeights(place, stored.stabilizer);
    const sizes = [
      rowsUp,
      perPart,
      columnsUp,
      stored.at,
      stored.factors.address,
      weight.address,
      damping,
      rho.address,
      sums,
    ];
    kernels.run('storedPass', used, 4 * columnsUp, ...sizes, precision === 'single' ? 0 : cross.address);
    const found = result(place, stored.stabilizer, stored.potential, factor);
    if (found.lost !== undefined) stored = { ...stored, potential: new Float64Array(m).fill(Infinity) };
    return precision === 'single' ? { ...found, cost: NaN } : found;
  }

  function result(
    place: Placement,
    stabilizer: Float64Array,
    potential: Float64Array,
    factor: Float64Array | undefined,
  ): Pass {
    const { precision, rho } = place;
    const [least, most] = [bits(-forms[precision].reach), bits(forms[precision].reach)];
    let lost: Pass['lost'];
    const normalizing = new Float64Array(n);
    const rowSums = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const sum = rho.view[i]!;
      if (!(sum > least && sum < most)) lost = 'rows';
      normalizing[i] = stabilizer[i]! - Math.log2(sum);
      rowSums[i] = damping === 1 ? rows.masses[i]! : rows.masses[i]! * bits((damping - 1) * normalizing[i]!);
    }
    const columnSums = new Float64Array(m);
    for (let part = 0; part < used; part++) {
      const own = kernels.float64(sums + 8 * part * columnsUp, m);
      for (let j = 0; j < m; j++) columnSums[j]! += own[j]!;
    }
    for (let j = 0; j < m; j++) {
      if (factor !== undefined) columnSums[j]! *= factor[j]!;
      const share = columnSums[j]! / columns.masses[j]!;
      if (!(share > least && share < most)) lost ??= 'columns';
    }
    return { normalizing, columnSums, rowSums, cost: costOf(place, stabilizer, potential, rowSums, columnSums), lost };
  }

  /** From what the kernels sum up over P: x·y in double precision, the exponent in mixed. */
  function costOf(
    { precision, cross }: Placement,
    stabilizer: Float64Array,
    potential: Float64Array,
    rowSums: Float64Array,
    columnSums: Float64Array,
  ): number {
    let cost = precision === 'single' ? NaN : 0;
    const whole = precision === 'mixed';
    for (let i = 0; i < n; i++) cost += rowSums[i]! * (whole ? stabilizer[i]! : x2[i]!) - (cross.view[i] ?? 0);
    for (let j = 0; j < m; j++) cost += columnSums[j]! * (whole ? potential[j]! + logMass[j]! : y2[j]!);
    return cost;
  }
}

interface Placement {
  readonly precision: PassPrecision;
  readonly x: number;
  readonly y: number;
  readonly h: Numbers;
  readonly floor: Numbers;
  readonly f: Numbers;
  readonly weight: Numbers;
  readonly rho: Numbers;
  readonly cross: Numbers;
}

/** 2^x; by exp, because the bits of a power differ between Node versions. */
const bits = (x: number): number => Math.exp(Math.LN2 * x);
