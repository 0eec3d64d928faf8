import { Failure } from '../core/failure.js';
import type { RandomStream } from '../core/random.js';
import { cholesky } from '../numerics/matrix.js';
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

/** How far cues read from text may be trusted, and their spread across people. Arrays in the order of the domains. */
export interface CueCalibration {
  /** Correlation of the standardized cue with the latent trait when there is plenty of text, in [0, 1). */
  readonly validity: ArrayLike<number>;
  /** Mean and SD of the cue score across people, which standardize it. */
  readonly mean: ArrayLike<number>;
  readonly sd: ArrayLike<number>;
}

/**
 * Validity .15 in every domain: word lists for the Big Five correlate .09 to .15 with questionnaire scores.
 * Mean 0 and SD 0.5 hold until they are measured on the histories at hand.
 */
export const defaultCueCalibration: CueCalibration = {
  validity: [0.15, 0.15, 0.15, 0.15, 0.15],
  mean: [0, 0, 0, 0, 0],
  sd: [0.5, 0.5, 0.5, 0.5, 0.5],
};

/** Matches at which a cue has half of its full validity. */
const halfValidityMatches = 5;

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
 * The traits given what the posts say: conjugate normal update of the prior, one cue after the other.
 *
 * A cue with standardized score t and m matches is a measurement t = r z + sqrt(1 - r²) e of its trait z, with r the
 * validity times m / (m + 5); no matches leave the prior as it is. Correlated traits move with the measured one.
 *
 * @param cues (5) in the order of the domains
 * @throws {Failure} `invalid-input` on another number of cues, a validity outside [0, 1) or an SD that is not positive
 */
export function traitPosterior(
  prior: TraitDistribution,
  cues: Evidence['traitCues'],
  calibration: CueCalibration = defaultCueCalibration,
): TraitDistribution {
  const n = traitDomains.length;
  if (cues.length !== n)
    throw new Failure('invalid-input', {
      where: 'traitPosterior.cues',
      problem: 'wrong number of cues',
      got: cues.length,
      expected: String(n),
    });
  const mean = Float64Array.from(prior.mean);
  const covariance = Float64Array.from(prior.covariance);
  cues.forEach(({ score, matches }, d) => {
    const t = (score - calibration.mean[d]!) / calibrated(calibration, 'sd', d);
    const r = (calibrated(calibration, 'validity', d) * matches) / (matches + halfValidityMatches);
    const column = Float64Array.from({ length: n }, (_, i) => covariance[i * n + d]!);
    const variance = r * r * column[d]! + (1 - r * r);
    const surprise = (t - r * mean[d]!) / variance;
    for (let i = 0; i < n; i++) {
      mean[i]! += r * column[i]! * surprise;
      for (let j = 0; j < n; j++) covariance[i * n + j]! -= (r * r * column[i]! * column[j]!) / variance;
    }
  });
  return { mean, covariance };
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
  cues: Evidence['traitCues'],
  random: RandomStream,
  calibration: CueCalibration = defaultCueCalibration,
): number[] {
  const { mean, covariance } = traitPosterior(prior, cues, calibration);
  const n = traitDomains.length;
  const l = cholesky(covariance, n);
  const e = Float64Array.from({ length: n }, () => random.normal());
  return Array.from(mean, (x, i) => {
    let z = x;
    for (let k = 0; k <= i; k++) z += l[i * n + k]! * e[k]!;
    return z;
  });
}

/** One calibration constant, checked. */
function calibrated(calibration: CueCalibration, constant: 'validity' | 'sd', d: number): number {
  const value = calibration[constant][d]!;
  const fits = constant === 'sd' ? value > 0 && value < Infinity : value >= 0 && value < 1;
  if (!fits)
    throw new Failure('invalid-input', {
      where: `cueCalibration.${constant}.${traitDomains[d]!}`,
      problem: constant === 'sd' ? 'not a standard deviation' : 'not a validity',
      got: value,
      expected: constant === 'sd' ? '> 0' : 'a correlation in [0, 1)',
    });
  return value;
}
