import { Failure } from '../core/failure.js';
import type { FileColumns } from '../io/read-columns.js';
import { checkDistinct, weightsOf } from './weighting-columns.js';

/** What was written with weights: the hash of the sample that they were made for, null where none was written. */
export interface EarlierWeights {
  readonly sampleSha256: string | null;
}

/**
 * Base weights from an earlier run, by the ids of the records. Weights hold for the records that they were made for and for no
 * others, so that a sample with another hash is refused, even where all ids are the same.
 *
 * @param sampleSha256 hash of the sample that is weighted now
 * @param columns of the earlier weights
 * @throws {Failure} `integrity` on another sample, or weights that do not say which; `invalid-input` on weights of zones, a
 * record without weight, an id twice, a weight that is none
 */
export function earlierWeights(
  { sampleSha256: made }: EarlierWeights,
  sampleSha256: string,
  { columns }: FileColumns,
  ids: readonly string[],
): Float64Array {
  const where = '--weights-from';
  if (made !== sampleSha256)
    throw new Failure('integrity', {
      where,
      problem:
        made === null ? 'these weights do not say of which sample they are' : 'these are weights of another sample',
      ...(made !== null && { got: made.slice(0, 12) }),
      expected: sampleSha256.slice(0, 12),
      hint: 'Weights hold only for the records that they were made for: weight this sample anew.',
    });
  const { id, weight, zone } = columns as Readonly<Record<string, readonly string[]>>;
  if (zone !== undefined || id === undefined || weight === undefined)
    throw new Failure('invalid-input', {
      where,
      problem: zone === undefined ? 'no table of weights' : 'weights of several zones are no base weights',
      got: Object.keys(columns).join(', '),
      expected: 'id, weight',
    });
  checkDistinct(where, id);
  const weights = weightsOf(`${where}, weight`, weight);
  const byId = new Map(id.map((name, row) => [name, weights[row]!]));
  return Float64Array.from(ids, (name, row) => {
    const own = byId.get(name);
    if (own !== undefined) return own;
    throw new Failure('invalid-input', {
      where,
      problem: `no weight for record ${row + 1}`,
      got: name,
      expected: 'the ids of the earlier run',
    });
  });
}
