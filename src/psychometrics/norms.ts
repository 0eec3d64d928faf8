import { Failure } from '../core/failure.js';
import { traitDomains, type Inventory, type NormCell, type TraitNorms } from './inventory.js';

/** The two sexes that norms are published for. */
export type NormSex = NormCell['sex'];

/** Which norm cell stands for a person. */
export interface NormCellMatch {
  /** Index in the norms' cells. */
  readonly index: number;
  /** True when no cell covers the age and the nearest one of the same sex was taken. */
  readonly outside: boolean;
}

/**
 * Refuses to mix instruments: instrument, norms and correlations travel together.
 *
 * @throws {Failure} `invalid-input` when the norms belong to another instrument, response scale, order of domains or set of items
 */
export function matchInstrument(inventory: Inventory, norms: TraitNorms): void {
  const refuse = (where: string, problem: string, got: string, expected: string): never => {
    throw new Failure('invalid-input', {
      where: `${norms.name}.${where}`,
      problem,
      got,
      expected,
      hint: 'Instrument, norms and correlations travel together.',
    });
  };
  if (norms.instrument !== inventory.name)
    refuse('instrument', 'norms of another instrument', norms.instrument, inventory.name);
  const { min, max } = inventory.response;
  if (norms.scale.min !== min || norms.scale.max !== max)
    refuse('scale', 'norms on another response scale', `${norms.scale.min} to ${norms.scale.max}`, `${min} to ${max}`);
  if (norms.domains.join(' ') !== traitDomains.join(' '))
    refuse('domains', 'another order of domains', norms.domains.join(' '), traitDomains.join(' '));
  if (norms.items.length === 0) return;
  const key = (items: readonly { id: string; domain: string }[]): string[] =>
    items.map(({ id, domain }) => `${id} (${domain})`).sort();
  const [mine, theirs] = [key(inventory.items), key(norms.items)];
  const wrong = theirs.findIndex((item, i) => item !== mine[i]);
  if (wrong >= 0 || mine.length !== theirs.length)
    refuse(
      'items',
      'other items than the inventory',
      theirs[wrong] ?? `${theirs.length} items`,
      mine[wrong] ?? `${mine.length} items`,
    );
}

/**
 * Finds the norm cell of a person; outside all ages the nearest cell of the same sex (the earlier one on a tie).
 *
 * @throws {Failure} `invalid-input` when the norms have no cell for the sex, or the age is not a number
 */
export function normCellOf(norms: TraitNorms, sex: NormSex, ageYears: number): NormCellMatch {
  let [index, distance] = [-1, Infinity];
  norms.cells.forEach((cell, c) => {
    const away = Math.max(cell.ages[0] - ageYears, ageYears - cell.ages[1], 0);
    if (cell.sex === sex && away < distance) [index, distance] = [c, away];
  });
  if (index < 0)
    throw new Failure('invalid-input', {
      where: `${norms.name}.cells`,
      problem: 'no norms for this person',
      got: `${sex}, ${ageYears} years`,
      expected: 'a sex with norms and an age in years',
    });
  return { index, outside: distance > 0 };
}

/** Shares of the cells in the norm sample; equal shares where the norms do not give the size of every cell. */
export function cellShares({ cells }: TraitNorms): Float64Array {
  const sizes = cells.map(({ n }) => n ?? 0);
  const total = sizes.reduce((a, b) => a + b, 0);
  return cells.every(({ n }) => n !== null) && total > 0
    ? Float64Array.from(sizes, (n) => n / total)
    : new Float64Array(cells.length).fill(1 / cells.length);
}

/** Mean and SD of each domain (5) over all cells: the mixture of the cells in their shares. */
export function pooledNorms(norms: TraitNorms): { mean: Float64Array; sd: Float64Array } {
  const shares = cellShares(norms);
  const mean = new Float64Array(traitDomains.length);
  const sd = new Float64Array(traitDomains.length);
  for (let d = 0; d < mean.length; d++) {
    let second = 0;
    norms.cells.forEach((cell, c) => {
      mean[d]! += shares[c]! * cell.mean[d]!;
      second += shares[c]! * (cell.mean[d]! * cell.mean[d]! + cell.sd[d]! * cell.sd[d]!);
    });
    sd[d] = Math.sqrt(second - mean[d]! * mean[d]!);
  }
  return { mean, sd };
}
