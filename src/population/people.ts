import type { RandomStream } from '../core/random.js';
import { cholesky } from '../numerics/matrix.js';
import { normalCdf } from '../numerics/normal.js';
import { permutation, systematicCounts } from '../numerics/sampling.js';
import type { TraitNorms } from '../psychometrics/inventory.js';
import { normCellOf, type NormSex } from '../psychometrics/norms.js';
import { axisOf, type PopulationJoint } from './joint.js';
import { variableOf, type Target } from './target.js';

/** People in columns: codes of the target's variables and trait scores. */
export interface People {
  readonly size: number;
  /** (n x variables) row-major: positions in the lists of categories. */
  readonly codes: Uint8Array;
  /** (n x 5) row-major, on the response scale of the instrument; null without trait norms. */
  readonly traits: Float64Array | null;
}

/** The people of some rows, as often as the rows name them. */
export function peopleAt({ size, codes, traits }: People, rows: Uint32Array): People {
  const take = <T extends Uint8Array | Float64Array>(column: T, out: T): T => {
    const width = column.length / size;
    rows.forEach((row, i) => out.set(column.subarray(row * width, (row + 1) * width), i * width));
    return out;
  };
  return {
    size: rows.length,
    codes: take(codes, new Uint8Array((codes.length / size) * rows.length)),
    traits: traits && take(traits, new Float64Array((traits.length / size) * rows.length)),
  };
}

/** Oldest age drawn in an open-ended band. */
const oldestDrawn = 89;

/**
 * A reference sample: whole people drawn systematically from the synthetic joint, each with traits drawn from the norms
 * of their sex and age (Gaussian copula with the norms' correlations on their histograms). These are not respondents;
 * they are the published aggregates in the form of people.
 *
 * @param norms null for people without traits
 */
export function referencePeople(
  joint: PopulationJoint,
  norms: TraitNorms | null,
  size: number,
  random: RandomStream,
): People {
  const { target, table } = joint;
  const width = target.variables.length;
  const counts = systematicCounts(table.cells, size, random.fork('people'));
  const order = permutation(size, random.fork('order'));
  const codes = new Uint8Array(size * width);
  let next = 0;
  counts.forEach((count, cell) => {
    for (let copy = 0; copy < count; copy++) {
      let rest = cell;
      for (let axis = width - 1; axis >= 0; axis--) {
        codes[order[next]! * width + axis] = rest % table.sizes[axis]!;
        rest = Math.floor(rest / table.sizes[axis]!);
      }
      next++;
    }
  });
  return { size, codes, traits: norms && drawTraits(target, codes, norms, random.fork('traits')) };
}

/** An age in whole years, uniform in the band of a category and not below `minimumAge`. */
export function drawAge(target: Target, category: string, minimumAge: number, random: RandomStream): number {
  const age = variableOf(target, 'age');
  const [from, to] = age.bounds![age.categories.indexOf(category)]!;
  const youngest = Math.max(from, minimumAge);
  return youngest + random.below(Math.max(Math.min(to, oldestDrawn) - youngest, 0) + 1);
}

/** For each category of age the middle of its band in years; open-ended bands end at {@link oldestDrawn}. */
export const ageMidpoints = (target: Target): number[] =>
  variableOf(target, 'age').bounds!.map(([from, to]) => (from + Math.max(Math.min(to, oldestDrawn), from)) / 2);

function drawTraits(target: Target, codes: Uint8Array, norms: TraitNorms, random: RandomStream): Float64Array {
  const width = target.variables.length;
  const d = norms.domains.length;
  const [sexAxis, ageAxis] = [axisOf(target, 'sex'), axisOf(target, 'age')];
  const [sexes, ages] = [target.variables[sexAxis]!.categories, target.variables[ageAxis]!.categories];
  const root = cholesky(Float64Array.from(norms.correlation.flat()), d);
  const cumulated = norms.cells.map((cell) => cell.histogram.map(cumulate));
  const step = (norms.scale.max - norms.scale.min) / (norms.scale.levels - 1);
  const size = codes.length / width;
  const traits = new Float64Array(size * d);
  const z = new Float64Array(d);
  for (let i = 0; i < size; i++) {
    const age = drawAge(target, ages[codes[i * width + ageAxis]!]!, 0, random);
    const sex = sexes[codes[i * width + sexAxis]!]! as NormSex;
    const distribution = cumulated[normCellOf(norms, sex, age).index]!;
    for (let k = 0; k < d; k++) z[k] = random.normal();
    for (let k = 0; k < d; k++) {
      let correlated = 0;
      for (let l = 0; l <= k; l++) correlated += root[k * d + l]! * z[l]!;
      traits[i * d + k] = norms.scale.min + step * levelAt(distribution[k]!, normalCdf(correlated));
    }
  }
  return traits;
}

function cumulate(shares: readonly number[]): Float64Array {
  let total = 0;
  return Float64Array.from(shares, (share) => (total += share));
}

/** First level whose cumulated share exceeds u. */
function levelAt(cumulated: Float64Array, u: number): number {
  const level = cumulated.findIndex((share) => share > u);
  // u may exceed a last share of 0.999999; then the highest level that has any mass is meant.
  return level >= 0 ? level : cumulated.indexOf(cumulated[cumulated.length - 1]!);
}
