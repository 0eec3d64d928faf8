import type { RandomStream } from '../core/random.js';
import { permutation } from '../numerics/sampling.js';
import type { SparseRows } from '../numerics/sparse-rows.js';

/** A probability this near to 0 or 1 is taken for it. */
const certain = 1e-9;
/** Units x columns² that are worth it. */
const mostWork = 4e9;
/** Entries of a representation in the basis that are smaller are rounding. */
const negligible = 1e-7;

/**
 * A sample with given probabilities whose sums of the features are those that the probabilities promise: the cube method.
 *
 * The flight phase moves the probabilities at random along directions in which no sum changes, each unit on average staying
 * where it is, until fewer units than columns are undecided. Landing gives up the columns one by one, the last first, and flies
 * on. So every unit is taken with exactly its probability, and the first columns are balanced best; a first column of ones
 * fixes the size of the sample when the probabilities sum to a whole number.
 *
 * A step looks at one new unit and a basis of undecided ones, whose inverse is carried along: time O(units x columns²). Where that
 * is beyond a few seconds, the last columns are not balanced: of so many units they are met closely by chance.
 *
 * @param probabilities (n) in [0, 1]
 * @param features (n x k) entries of a size near one
 * @returns (n) 1 where the unit is taken, else 0
 * @see Deville & Tillé (2004), Biometrika 91, 893-912; Chauvet & Tillé (2006), Computational Statistics 21, 53-62
 */
export function cubeSample(probabilities: Float64Array, features: SparseRows, random: RandomStream): Uint8Array {
  const chance = probabilities.map(settled);
  let open: number[] = Array.from(permutation(chance.length, random)).filter((unit) => isOpen(chance[unit]!));
  const affordable = Math.floor(Math.sqrt(mostWork / Math.max(1, open.length)));
  for (let columns = Math.min(features.columns, affordable); columns > 0 && open.length > 0; columns--)
    open = fly(chance, open, features, columns, random);
  for (const unit of open) chance[unit] = random.uniform() < chance[unit]! ? 1 : 0;
  return Uint8Array.from(chance);
}

const isOpen = (chance: number): boolean => chance > 0 && chance < 1;
const settled = (chance: number): number => (chance < certain ? 0 : chance > 1 - certain ? 1 : chance);

/**
 * One flight over the first columns. Units enter one by one; the features of the units in the basis are independent.
 *
 * @param chance (n) changed in place
 * @returns the units that are still undecided, at most one a column
 */
function fly(
  chance: Float64Array,
  open: readonly number[],
  { offsets, index, value }: SparseRows,
  columns: number,
  random: RandomStream,
): number[] {
  // Slots without a unit hold unit vectors: they make room like units that are decided.
  const slots = new Int32Array(columns).fill(-1);
  const inverse = new Float64Array(columns * columns);
  for (let c = 0; c < columns; c++) inverse[c * columns + c] = 1;
  const share = new Float64Array(columns);
  const isStuck = (slot: number): boolean => slots[slot]! < 0 || !isOpen(chance[slots[slot]!]!);

  for (const unit of open) {
    represent(unit);
    let leaving = largest(isStuck);
    if (leaving < 0) {
      move(unit);
      if (!isOpen(chance[unit]!)) continue;
      leaving = largest(isStuck);
    }
    exchange(leaving);
    slots[leaving] = unit;
  }
  return Array.from(slots).filter((unit) => unit >= 0 && isOpen(chance[unit]!));

  /** Puts into `share` how the features of the unit are made up of those in the basis. */
  function represent(unit: number): void {
    share.fill(0);
    for (let k = offsets[unit]!; k < offsets[unit + 1]!; k++) {
      if (index[k]! >= columns) continue;
      for (let s = 0; s < columns; s++) share[s]! += inverse[s * columns + index[k]!]! * value[k]!;
    }
    for (let s = 0; s < columns; s++) if (Math.abs(share[s]!) < negligible) share[s] = 0;
  }

  /** The slot with the largest entry among those that may leave; -1 without any. */
  function largest(mayLeave: (slot: number) => boolean): number {
    let [best, size] = [-1, 0];
    for (let s = 0; s < columns; s++)
      if (Math.abs(share[s]!) > size && mayLeave(s)) [best, size] = [s, Math.abs(share[s]!)];
    return best;
  }

  /** Moves the unit by +1 and the basis by -share, or the other way, as far as it goes. */
  function move(unit: number): void {
    let [forth, back] = [1 - chance[unit]!, chance[unit]!];
    for (let s = 0; s < columns; s++) {
      const y = share[s]!;
      if (y === 0) continue;
      const own = chance[slots[s]!]!;
      forth = Math.min(forth, (y > 0 ? own : 1 - own) / Math.abs(y));
      back = Math.min(back, (y > 0 ? 1 - own : own) / Math.abs(y));
    }
    const step = random.uniform() * (forth + back) < back ? forth : -back;
    chance[unit] = settled(chance[unit]! + step);
    for (let s = 0; s < columns; s++)
      if (share[s] !== 0) chance[slots[s]!] = settled(chance[slots[s]!]! - step * share[s]!);
  }

  /** The unit of `share` takes the place of the one that leaves. */
  function exchange(leaving: number): void {
    const pivot = leaving * columns;
    for (let c = 0; c < columns; c++) inverse[pivot + c]! /= share[leaving]!;
    for (let s = 0; s < columns; s++) {
      if (s === leaving || share[s] === 0) continue;
      for (let c = 0; c < columns; c++) inverse[s * columns + c]! -= share[s]! * inverse[pivot + c]!;
    }
  }
}
