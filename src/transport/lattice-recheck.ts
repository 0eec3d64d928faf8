import type { Kernels } from '../numerics/kernels/kernels.js';
import type { LatticeCells } from './lattice-cells.js';
import { plus, preciseSums } from './lattice-pass.js';
import type { LatticeLevel } from './lattice-start.js';

/** Pairs of cells that are looked at in double precision. */
const checkedPairs = 1 << 26;

/** Potentials in bits, and the sums of rows and columns as shares of their masses, as single precision found them. */
export interface FoundPotentials {
  /** (source cells) */
  readonly f: Float64Array;
  /** (target cells) */
  readonly g: Float64Array;
  /** (target cells) */
  readonly columnShares: Float64Array;
  /** (source cells) by default one each: the rows were settled. */
  readonly rowShares?: Float64Array;
}

/**
 * Mean rounding of the row sums and of the column sums: double-precision sums over all cells
 * of the other side, for a systematic sample of cells; for all where there are few. An L1 error, estimated.
 */
export function sampledRounding(
  kernels: Kernels,
  { epsilon, scale, source, target }: LatticeLevel,
  { f, g, columnShares, rowShares }: FoundPotentials,
): { readonly rows: number; readonly columns: number } {
  const deviation = (
    of: LatticeCells,
    own: Float64Array,
    from: LatticeCells,
    other: Float64Array,
    share: (c: number) => number,
  ): number => {
    const { chosen, weights } = systematic(of.masses, Math.max(32, Math.floor(checkedPairs / from.masses.length)));
    const sums = preciseSums(kernels, { epsilon, scale }, of, chosen, from, plus(logs(from), other));
    return sums.reduce(
      (s, x, i) => s + weights[i]! * Math.abs(Math.exp(Math.LN2 * (x + own[chosen[i]!]!)) - share(chosen[i]!)),
      0,
    );
  };
  return {
    rows: deviation(source, f, target, g, (c) => rowShares?.[c] ?? 1),
    columns: deviation(target, g, source, f, (c) => columnShares[c]!),
  };
}

/** Cells at even steps of mass, each for an equal part of it; all that have mass, with it, where there are no more. */
function systematic(
  masses: Float64Array,
  size: number,
): { readonly chosen: Int32Array; readonly weights: Float64Array } {
  if (masses.length <= size) {
    const chosen = Int32Array.from(masses.keys()).filter((c) => masses[c]! > 0);
    return { chosen, weights: Float64Array.from(chosen, (c) => masses[c]!) };
  }
  const chosen = new Int32Array(size);
  let [taken, mass] = [0, 0];
  for (let c = 0; c < masses.length && taken < size; c++) {
    mass += masses[c]!;
    while (taken < size && mass * size > taken + 0.5) chosen[taken++] = c;
  }
  return { chosen: chosen.subarray(0, taken), weights: new Float64Array(taken).fill(1 / taken) };
}

const logs = ({ masses }: LatticeCells): Float64Array => masses.map(Math.log2);
