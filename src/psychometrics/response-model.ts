import { Failure } from '../core/failure.js';
import type { Finding } from '../core/findings.js';
import type { RandomStream } from '../core/random.js';
import { cholesky, mapEigenvalues, symmetricEigen } from '../numerics/matrix.js';
import {
  gradedItems,
  latentForScore,
  loadingForAlpha,
  roundedNormalShares,
  scoreMoments,
  type GradedItems,
  type LatentNormal,
} from './graded-items.js';
import { traitDomains, type Inventory, type TraitNorms } from './inventory.js';
import { itemKeys } from './keying.js';
import { cellShares, matchInstrument, normCellOf, pooledNorms, type NormSex } from './norms.js';

/**
 * Cronbach's alpha taken for every domain when the norms give none: the mean of the five alphas of the 50-item inventory
 * among US adults (.91 .85 .84 .89 .80). Using it is a finding of the model, `assumed-reliability`.
 */
export const assumedAlpha = 0.86;

/** Latent traits of the people of one norm cell, standardized over all cells. */
export interface LatentCell {
  /** (5) */
  readonly mean: Float64Array;
  /** (5) */
  readonly sd: Float64Array;
}

/** How latent traits become responses to one inventory, and how the traits are spread by sex and age. */
export interface ResponseModel {
  readonly inventory: Inventory;
  /** Name of the norms that the model was fitted to. */
  readonly norms: string;
  /** (5) loading of the items of each domain. */
  readonly loadings: Float64Array;
  /** (items x (categories - 1)) in the keyed direction, in the order of the inventory's items. */
  readonly thresholds: Float64Array;
  /** (5) mean over the norm cells of the correlation of the domain score with its latent trait. */
  readonly reliabilityIndex: Float64Array;
  /** In the order of the norms' cells. */
  readonly cells: readonly LatentCell[];
  /** (5 x 5) correlation of the latent traits among people of the same sex and age. */
  readonly latentCorrelation: Float64Array;
  /** (5 x 5) lower Cholesky factor of it. */
  readonly cholesky: Float64Array;
  /** What a reader of the report should know about this fit. */
  readonly findings: readonly Finding[];
  /** The latent cell of a person; `outside` when no cell covers the age and the nearest one stands in. */
  latentCell(sex: NormSex, ageYears: number): LatentCell & { readonly outside: boolean };
}

/**
 * Fits the graded response model to published norms: thresholds from the items' category shares, one loading a domain
 * from alpha, the latent mean and SD of every cell from the cell's mean and SD, and the latent correlations from the
 * observed ones divided by both reliability indices. All figures that the norms state are met in expectation.
 *
 * Norms without item shares get equal items: a rounded normal with the domain's mean over all cells and the item SD that
 * gives the domain its SD at the (assumed) alpha. Facets play no part: items of a domain differ only in their thresholds.
 *
 * @throws {Failure} `invalid-input` when the norms belong to another instrument; `infeasible` when the model cannot give
 * an alpha, or the mean and SD of a cell
 * @see Samejima (1969), Psychometrika Monograph 17 (graded responses); Spearman (1904) on attenuation
 */
export function responseModel(inventory: Inventory, norms: TraitNorms): ResponseModel {
  matchInstrument(inventory, norms);
  const findings: Finding[] = [];
  const { itemsOfDomain } = itemKeys(inventory);
  const categories = inventory.response.max;
  const thresholds = new Float64Array(inventory.items.length * (categories - 1));
  const alpha = norms.alpha ?? traitDomains.map(() => assumedAlpha);
  if (norms.alpha === null)
    findings.push({
      level: 'caution',
      code: 'assumed-reliability',
      message: `The norms ${norms.name} give no reliabilities; a Cronbach's alpha of ${assumedAlpha} is assumed for every domain.`,
      values: { assumedAlpha },
    });

  const shares = keyedShares(inventory, norms, alpha);
  const domains: { items: GradedItems; loading: number }[] = traitDomains.map((domain, d) => {
    const items = gradedItems(
      `${norms.name}.${domain}`,
      itemsOfDomain[d]!.map((i) => shares[i]!),
    );
    itemsOfDomain[d]!.forEach((i, j) => {
      thresholds.set(items.thresholds.subarray(j * (categories - 1), (j + 1) * (categories - 1)), i * (categories - 1));
    });
    return { items, loading: loadingForAlpha(`${norms.name}.alpha.${domain}`, items, alpha[d]!) };
  });

  const sizes = cellShares(norms);
  const reliabilityIndex = new Float64Array(traitDomains.length);
  const cells = norms.cells.map((cell, c): LatentCell => {
    const latent = domains.map(({ items, loading }, d): LatentNormal => {
      const where = `${norms.name}.cells[${c}].${traitDomains[d]!}`;
      const found = latentForScore(where, items, loading, { mean: cell.mean[d]!, sd: cell.sd[d]! });
      const { slope } = scoreMoments(items, loading, found);
      reliabilityIndex[d]! += (sizes[c]! * slope * found.sd) / cell.sd[d]!;
      return found;
    });
    return { mean: Float64Array.from(latent, (z) => z.mean), sd: Float64Array.from(latent, (z) => z.sd) };
  });

  const { correlation, largestChange } = nearestCorrelation(
    disattenuated(norms.correlation, reliabilityIndex),
    traitDomains.length,
  );
  if (largestChange > 0)
    findings.push({
      level: 'caution',
      code: 'latent-correlation-clipped',
      message: 'The latent trait correlations were not positive definite; negative eigenvalues were clipped.',
      values: { largestChange },
    });

  return {
    inventory,
    norms: norms.name,
    loadings: Float64Array.from(domains, ({ loading }) => loading),
    thresholds,
    reliabilityIndex,
    cells,
    latentCorrelation: correlation,
    cholesky: cholesky(correlation, traitDomains.length),
    findings,
    latentCell(sex, ageYears) {
      const { index, outside } = normCellOf(norms, sex, ageYears);
      return { ...cells[index]!, outside };
    },
  };
}

/**
 * Draws one person's latent traits: those of the people of a norm cell, of whom nothing else is known.
 *
 * @param random advanced by one normal deviate a domain
 * @returns (5) standardized over all norm cells
 */
export function drawLatent(
  { cholesky: root }: ResponseModel,
  { mean, sd }: LatentCell,
  random: RandomStream,
): Float64Array {
  const n = traitDomains.length;
  const e = Float64Array.from({ length: n }, () => random.normal());
  return Float64Array.from({ length: n }, (_, i) => {
    let correlated = 0;
    for (let j = 0; j <= i; j++) correlated += root[i * n + j]! * e[j]!;
    return mean[i]! + sd[i]! * correlated;
  });
}

/**
 * Draws one person's responses to all items.
 *
 * @param z (5) latent traits, standardized over all norm cells
 * @param random advanced by one normal deviate an item
 * @returns (items) raw responses in the order of the inventory, none missing
 * @throws {Failure} `invalid-input` when z is not five finite numbers
 */
export function drawAnswers(model: ResponseModel, z: ArrayLike<number>, random: RandomStream): Uint8Array {
  const { inventory, loadings, thresholds } = model;
  if (z.length !== traitDomains.length || !Array.from(z).every(Number.isFinite))
    throw new Failure('invalid-input', {
      where: 'drawAnswers.z',
      problem: 'not a vector of latent traits',
      got: Array.from(z),
      expected: `${traitDomains.length} finite numbers`,
    });
  const { max, min } = inventory.response;
  const steps = max - min;
  const pull = loadings.map((loading, d) => loading * z[d]!);
  const spread = loadings.map((loading) => Math.sqrt(1 - loading * loading));
  const answers = new Uint8Array(inventory.items.length);
  inventory.items.forEach(({ domain, keying }, i) => {
    const d = traitDomains.indexOf(domain);
    const y = pull[d]! + spread[d]! * random.normal();
    let passed = 0;
    while (passed < steps && y > thresholds[i * steps + passed]!) passed++;
    answers[i] = keying === 1 ? min + passed : max - passed;
  });
  return answers;
}

/** Category shares of every item in the keyed direction: from the norms, or of equal items fitted to the domain. */
function keyedShares(inventory: Inventory, norms: TraitNorms, alpha: readonly number[]): (readonly number[])[] {
  const { itemsOfDomain } = itemKeys(inventory);
  if (norms.items.length > 0) {
    const rows = new Map(norms.items.map(({ id, shares }) => [id, shares]));
    return inventory.items.map(({ id, keying }) => (keying === 1 ? rows.get(id)! : rows.get(id)!.toReversed()));
  }
  const { mean, sd } = pooledNorms(norms);
  const equal = traitDomains.map((domain, d) => {
    const k = itemsOfDomain[d]!.length;
    // Equal items: SD(score)² = s² / (k (1 - alpha (k-1)/k)), solved for the item SD s.
    const itemSd = sd[d]! * Math.sqrt(k - alpha[d]! * (k - 1));
    return roundedNormalShares(`${norms.name}.items.${domain}`, inventory.response.max, { mean: mean[d]!, sd: itemSd });
  });
  return inventory.items.map(({ domain }) => equal[traitDomains.indexOf(domain)]!);
}

/** Observed correlations divided by the reliability indices of both scores, flattened (5 x 5). */
function disattenuated(observed: readonly (readonly number[])[], index: Float64Array): Float64Array {
  const n = index.length;
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return i === j ? 1 : observed[i]![j]! / (index[i]! * index[j]!);
  });
}

/** Eigenvalues of a latent correlation matrix are kept at or above this, so that no trait is a function of the others. */
const smallestEigenvalue = 0.01;

/**
 * A positive definite correlation matrix near a symmetric one with unit diagonal: eigenvalues clipped from below, then
 * rescaled to a unit diagonal. A matrix that needs no clipping is returned as it is.
 *
 * @param r (n x n) row-major
 * @returns the matrix and the largest change of an entry (0 without clipping)
 * @throws {Failure} `invalid-input` when r is not symmetric
 */
export function nearestCorrelation(r: Float64Array, n: number): { correlation: Float64Array; largestChange: number } {
  const eigen = symmetricEigen(r, n);
  if (eigen.values.every((value) => value >= smallestEigenvalue)) return { correlation: r, largestChange: 0 };
  const clipped = mapEigenvalues(eigen, n, (value) => Math.max(value, smallestEigenvalue));
  const correlation = clipped.map((x, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return i === j ? 1 : x / Math.sqrt(clipped[i * n + i]! * clipped[j * n + j]!);
  });
  return { correlation, largestChange: correlation.reduce((most, x, at) => Math.max(most, Math.abs(x - r[at]!)), 0) };
}
