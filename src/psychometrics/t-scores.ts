import { Failure } from '../core/failure.js';
import { traitDomains, type Inventory, type TraitNorms } from './inventory.js';
import { matchInstrument, normCellOf, type NormSex } from './norms.js';

/** Who was scored: one entry a person. */
export interface SexAndAge {
  readonly sex: readonly NormSex[];
  readonly ageYears: ArrayLike<number>;
}

/** T-scores of n people. */
export interface TScores {
  /** (n x 5) mean 50 and SD 10 among people of the same sex and age; NaN where the domain has no score. */
  readonly t: Float64Array;
  /** People whose age no norm cell covers; the nearest cell was used. */
  readonly outside: number;
}

/**
 * T = 50 + 10 (x - mean) / sd, with mean and sd of the norm cell of the person's sex and age.
 *
 * @param domains (n x 5) domain scores of `inventory` on its response scale
 * @throws {Failure} `invalid-input` when the norms belong to another instrument or the lengths differ
 */
export function tScores(inventory: Inventory, norms: TraitNorms, domains: Float64Array, people: SexAndAge): TScores {
  matchInstrument(inventory, norms);
  const width = traitDomains.length;
  const n = people.sex.length;
  if (domains.length !== n * width || people.ageYears.length !== n)
    throw new Failure('invalid-input', {
      where: 'tScores',
      problem: 'lengths differ',
      got: `${domains.length} scores, ${n} sexes, ${people.ageYears.length} ages`,
      expected: `${width} scores, a sex and an age for each person`,
    });
  const t = new Float64Array(domains.length);
  let outside = 0;
  people.sex.forEach((sex, p) => {
    const match = normCellOf(norms, sex, people.ageYears[p]!);
    if (match.outside) outside++;
    const { mean, sd } = norms.cells[match.index]!;
    for (let d = 0; d < width; d++) t[p * width + d] = 50 + (10 * (domains[p * width + d]! - mean[d]!)) / sd[d]!;
  });
  return { t, outside };
}
