import { Failure } from '../core/failure.js';
import type { RandomStream } from '../core/random.js';
import { cholesky } from '../numerics/matrix.js';
import { normalCdf } from '../numerics/normal.js';
import { traitDomains } from '../psychometrics/inventory.js';
import type { NormSex } from '../psychometrics/norms.js';
import type { ResponseModel } from '../psychometrics/response-model.js';
import type { Evidence } from './narrative-persona.js';

/** A normal distribution of the five latent traits, standardized over the norm population. */
export interface TraitDistribution {
  /** (5) */
  readonly mean: Float64Array;
  /** (5 x 5) row-major. */
  readonly covariance: Float64Array;
}

/** What the posts show of the traits. */
export type TraitEvidence = Pick<Evidence, 'traitCues' | 'traitStatements'>;

/** How far the cues of a text model may be trusted. */
export interface CueValidity {
  /** (5) correlation of the standardized cue with the trait among people of the same sex and age, in [0, 1), at `words.mean` words. */
  readonly validity: ArrayLike<number>;
  /** The square of the validity is proportional to words / (words + half), and constant from `most` words on. */
  readonly words: { readonly mean: number; readonly half: number; readonly most: number };
}

/** A {@link CueValidity} with the mean and SD (5) of the scores over the people at hand, which standardize them. */
export interface CueCalibration extends CueValidity {
  readonly mean: ArrayLike<number>;
  readonly sd: ArrayLike<number>;
}

/** What a statement about oneself says of the trait: the response model of an average item of the domain. */
export interface StatementModel {
  /** (5) loading of the items of each domain. */
  readonly loadings: Float64Array;
  /** (5 x (categories - 1)) mean thresholds of the domain's items in the keyed direction. */
  readonly thresholds: Float64Array;
  readonly categories: number;
  /** Share of the statements that were misread and say nothing of the trait. */
  readonly misread: number;
}

/** How evidence is turned into traits. */
export interface TraitMeasures {
  readonly cues: CueCalibration;
  readonly statements: StatementModel;
}

/** Share of the statements that are taken for misread: the reader's precision is at least .95. */
const misread = 0.05;

/** The latent traits of people of one sex and age before anything of theirs is read. */
export function traitPrior(model: ResponseModel, sex: NormSex, ageYears: number): TraitDistribution {
  const { mean, sd } = model.latentCell(sex, ageYears);
  const n = traitDomains.length;
  return {
    mean,
    covariance: model.latentCorrelation.map((r, at) => r * sd[Math.floor(at / n)]! * sd[at % n]!),
  };
}

/**
 * The item that a statement of each domain stands for: the loading that all items of the domain share, and the mean of
 * their thresholds. People who volunteer "I'm shy" give the answer that the item would get, no more and no less.
 */
export function statementModel({ inventory, loadings, thresholds }: ResponseModel): StatementModel {
  const steps = inventory.response.max - inventory.response.min;
  return {
    loadings,
    thresholds: Float64Array.from({ length: traitDomains.length * steps }, (_, at) => {
      const domain = traitDomains[Math.floor(at / steps)]!;
      const own = inventory.items
        .flatMap((item, i) => (item.domain === domain ? [thresholds[i * steps + (at % steps)]!] : []))
        .filter(Number.isFinite);
      return own.reduce((sum, x) => sum + x, 0) / own.length;
    }),
    categories: inventory.response.max,
    misread,
  };
}

/** Validity of a cue that rests on this many words. */
export function validityAt({ validity, words: { mean, half, most } }: CueValidity, d: number, words: number): number {
  const share = (w: number): number => w / (w + half);
  return Math.min(0.99, validity[d]! * Math.sqrt(share(Math.min(words, most)) / share(Math.min(mean, most))));
}

/**
 * The traits given what the posts show.
 *
 * A cue with standardized score t and validity r is the regression of its trait on the whole text: among people of the same
 * sex and age the trait is normal with mean r t and variance 1 - r², in their SDs, so sex and age are not counted twice. The
 * scores of the other domains come from the same words and add nothing to it; the correlations of the traits stay.
 *
 * A statement is the graded answer y = l z + sqrt(1 - l²) e to an item, known to lie in an interval: `somewhat` agrees (category 4
of 5), `plainly` agrees or agrees fully, `strongly` agrees fully; reflected for low keying. With the share `misread` it says
 * nothing. The posterior is the normal with the mean and covariance of the exact one (assumed-density filtering); statements
 * are independent given the trait, so whoever reads them must give the same statement once.
 *
 * @throws {Failure} `invalid-input` on another number of cues, a validity outside [0, 1) or an SD that is not positive
 * @see Samejima (1969) on graded answers; Minka (2001), A family of algorithms for approximate Bayesian inference, chapter 3
 */
export function traitPosterior(
  prior: TraitDistribution,
  { traitCues, traitStatements }: TraitEvidence,
  { cues, statements }: TraitMeasures,
): TraitDistribution {
  if (traitCues.length !== traitDomains.length)
    throw new Failure('invalid-input', {
      where: 'traitPosterior.cues',
      problem: 'wrong number of cues',
      got: traitCues.length,
      expected: String(traitDomains.length),
    });
  return traitStatements.reduce((before, said) => told(before, said, statements), shown(prior, traitCues, cues));
}

/**
 * Draws the latent traits of one persona from the posterior.
 *
 * @param random advanced by five normal deviates
 * @returns five numbers in the order of the domains
 * @throws {Failure} `invalid-input` as {@link traitPosterior}
 */
export function drawTraits(
  prior: TraitDistribution,
  evidence: TraitEvidence,
  measures: TraitMeasures,
  random: RandomStream,
): number[] {
  const { mean, covariance } = traitPosterior(prior, evidence, measures);
  const n = traitDomains.length;
  const l = cholesky(covariance, n);
  const e = Float64Array.from({ length: n }, () => random.normal());
  return Array.from(mean, (x, i) => {
    let z = x;
    for (let k = 0; k <= i; k++) z += l[i * n + k]! * e[k]!;
    return z;
  });
}

/** The distribution after the cues. */
function shown(prior: TraitDistribution, cues: Evidence['traitCues'], calibration: CueCalibration): TraitDistribution {
  const n = traitDomains.length;
  const read = cues.map(({ score, words }, d) => {
    checkCalibration(calibration, d);
    const r = validityAt(calibration, d, words);
    return { moved: (r * (score - calibration.mean[d]!)) / calibration.sd[d]!, rest: Math.sqrt(1 - r * r) };
  });
  return {
    mean: prior.mean.map((x, d) => x + Math.sqrt(prior.covariance[d * n + d]!) * read[d]!.moved),
    covariance: prior.covariance.map((x, at) => x * (read[Math.floor(at / n)]!.rest * read[at % n]!.rest)),
  };
}

interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** The distribution after a statement: that of a truncated answer, mixed with the one before for the share of misread ones. */
function told(
  before: TraitDistribution,
  { domain, keying, strength }: TraitEvidence['traitStatements'][number],
  { loadings, thresholds, categories, misread: share }: StatementModel,
): TraitDistribution {
  const d = traitDomains.indexOf(domain);
  const steps = categories - 1;
  // Category 4 of 5 and up; on other scales the categories above three fifths.
  const agree = Math.min(steps, Math.ceil(0.6 * categories));
  // The model is symmetric: a low statement about z is a high one about -z, with the thresholds reflected.
  const threshold = (c: number): number => keying * thresholds[d * steps + (keying === 1 ? c : categories - c) - 1]!;
  const from = strength === 'strongly' ? threshold(steps) : threshold(agree);
  const to = strength === 'somewhat' && agree < steps ? threshold(agree + 1) : Infinity;

  const n = before.mean.length;
  const loading = keying * loadings[d]!;
  const shared = Float64Array.from({ length: n }, (_, i) => loading * before.covariance[i * n + d]!);
  const answer = { mean: loading * before.mean[d]!, variance: loading * shared[d]! + 1 - loading * loading };
  const known = truncated(answer, from, to);
  const usual = truncated({ mean: 0, variance: 1 }, from, to).share;
  const right = ((1 - share) * known.share) / ((1 - share) * known.share + share * usual);

  // Read right, the mean moves by `moved` and the covariance loses `lost`; the mixture adds the spread between its two means.
  const moved = shared.map((x) => (x * (known.mean - answer.mean)) / answer.variance);
  const lost = (answer.variance - known.variance) / (answer.variance * answer.variance);
  return {
    mean: before.mean.map((x, i) => x + right * moved[i]!),
    covariance: before.covariance.map((x, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return x - right * lost * shared[i]! * shared[j]! + right * (1 - right) * moved[i]! * moved[j]!;
    }),
  };
}

/** A normal variable known to lie between two bounds: its mean and variance, and the share of the normal that lies there. */
function truncated({ mean, variance }: Moments, from: number, to: number): Moments & { readonly share: number } {
  const sd = Math.sqrt(variance);
  const [a, b] = [(from - mean) / sd, (to - mean) / sd];
  const share = a > 0 ? normalCdf(-a) - normalCdf(-b) : normalCdf(b) - normalCdf(a);
  // So far away that the share has no digits left: the nearer bound is all that is known.
  if (share < 1e-12) return { mean: a > 0 ? from : to, variance: 0, share };
  const [first, second] = [(density(a) - density(b)) / share, (edge(a) - edge(b)) / share];
  return { mean: mean + sd * first, variance: variance * (1 + second - first * first), share };
}

const density = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
const edge = (x: number): number => (Number.isFinite(x) ? x * density(x) : 0);

/** Refuses calibration constants of a domain that are none. */
function checkCalibration(calibration: CueCalibration, d: number): void {
  const refuse = (constant: 'validity' | 'sd', problem: string, expected: string): never => {
    throw new Failure('invalid-input', {
      where: `cueCalibration.${constant}.${traitDomains[d]!}`,
      problem,
      got: calibration[constant][d],
      expected,
    });
  };
  const [r, sd] = [calibration.validity[d]!, calibration.sd[d]!];
  if (!(r >= 0 && r < 1)) refuse('validity', 'not a validity', 'a correlation in [0, 1)');
  if (!(sd > 0 && sd < Infinity)) refuse('sd', 'not a standard deviation', '> 0');
}
