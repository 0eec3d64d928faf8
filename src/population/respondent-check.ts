import { z } from 'zod';
import type { Finding } from '../core/findings.js';
import type { RandomStream } from '../core/random.js';
import { systematicCounts } from '../numerics/sampling.js';
import type { TraitNorms } from '../psychometrics/inventory.js';
import {
  summaryDifference,
  summaryOfAnswers,
  summaryOfNorms,
  summaryOfScores,
} from '../psychometrics/inventory-summary.js';
import { cellShares, type NormSex } from '../psychometrics/norms.js';
import { drawAnswers, drawLatent, type LatentCell, type ResponseModel } from '../psychometrics/response-model.js';
import { axisOf } from './joint.js';
import { drawAge, type People } from './people.js';
import type { Target } from './target.js';

/**
 * How far the embedded respondent may be from people: means on the response scale, `sdRatio` as the distance of the ratio
 * from 1, shares in [0, 1].
 */
export const respondentTolerances = {
  domainMean: 0.05,
  sdRatio: 0.05,
  correlation: 0.04,
  alpha: 0.03,
  itemMean: 0.15,
  categoryShare: 0.03,
} as const;

/** One of {@link respondentTolerances}. */
type Measure = keyof typeof respondentTolerances;

/** What the embedded respondent answers for people of whom only sex and age are known, against those people and their norms. */
export const RespondentCheck = z.strictObject({
  /** Reference people that it is held against; they are used for nothing else. */
  people: z.number().int(),
  /** Inventories answered for each of the two comparisons. */
  answered: z.number().int(),
  /** Against the reference people: largest difference of a domain mean, ratio of SDs farthest from 1, largest difference of a correlation. */
  domainMean: z.number(),
  sdRatio: z.number(),
  correlation: z.number(),
  /** Against the norms, for people in the proportions of the norm sample; null where the norms do not say. */
  alpha: z.number().nullable(),
  itemMean: z.number().nullable(),
  categoryShare: z.number().nullable(),
  /** Measures farther off than their tolerance and two standard errors. */
  outOfTolerance: z.array(z.enum(Object.keys(respondentTolerances) as [Measure, ...Measure[]])),
});
export type RespondentCheck = z.infer<typeof RespondentCheck>;

/** At least this many inventories are answered for each comparison. */
const fewestAnswered = 20_000;

export interface RespondentCheckInput {
  readonly model: ResponseModel;
  /** The norms that the model was fitted to. */
  readonly norms: TraitNorms;
  readonly target: Target;
  /** Reference people with traits, for the prior only. */
  readonly prior: People;
}

/**
 * Lets the response model answer for reference people, from their sex and age alone, and compares what comes out: domain
 * scores with those of the same people, items with the norms. Ages are drawn anew inside their bands.
 *
 * @returns null when there are no reference people, or they have no traits
 * @throws {Failure} `invalid-input` when the target has no sex or no age
 */
export function respondentCheck(
  { model, norms, target, prior }: RespondentCheckInput,
  random: RandomStream,
): RespondentCheck | null {
  const { inventory } = model;
  if (prior.traits === null || prior.size === 0) return null;
  const rounds = Math.ceil(fewestAnswered / prior.size);
  const alike = Array.from({ length: rounds }, (_, round) => cellsOf(model, target, prior, random.fork('age', round)));
  const mixture = systematicCounts(cellShares(norms), rounds * prior.size, random.fork('mixture'));
  const likeNorms = Array.from(mixture).flatMap((count, c) => new Array<LatentCell>(count).fill(model.cells[c]!));

  const answer = (cells: readonly LatentCell[], name: string): Uint8Array => {
    const stream = random.fork(name);
    const width = inventory.items.length;
    const responses = new Uint8Array(cells.length * width);
    cells.forEach((cell, p) => responses.set(drawAnswers(model, drawLatent(model, cell, stream), stream), p * width));
    return responses;
  };
  const likePrior = summaryOfAnswers(inventory, answer(alike.flat(), 'prior'));
  const { domainMean, sdRatio, correlation } = summaryDifference(likePrior, summaryOfScores(prior.traits));
  const published = summaryDifference(
    summaryOfAnswers(inventory, answer(likeNorms, 'norms')),
    summaryOfNorms(inventory, norms),
  );
  const { alpha, itemMean, categoryShare } = published;

  const answered = rounds * prior.size;
  const error = Math.sqrt(1 / prior.size + 1 / answered);
  const [widest, scale] = [Math.max(...Array.from(likePrior.sd)), inventory.response.max - inventory.response.min];
  // Standard errors, or bounds on them: an item's SD is at most half the scale, that of a share at most a half.
  const errors: Record<Measure, number> = {
    domainMean: widest * error,
    sdRatio: error / Math.SQRT2,
    correlation: error,
    alpha: 1 / Math.sqrt(answered),
    itemMean: scale / 2 / Math.sqrt(answered),
    categoryShare: 0.5 / Math.sqrt(answered),
  };
  const off = { domainMean, sdRatio: Math.abs(sdRatio - 1), correlation, alpha, itemMean, categoryShare };
  const measures = Object.keys(respondentTolerances) as Measure[];
  return {
    people: prior.size,
    answered,
    domainMean,
    sdRatio,
    correlation,
    alpha,
    itemMean,
    categoryShare,
    outOfTolerance: measures.filter((name) => (off[name] ?? 0) > respondentTolerances[name] + 2 * errors[name]),
  };
}

/** The latent cell of each person, by sex and an age inside the band. */
function cellsOf(model: ResponseModel, target: Target, { size, codes }: People, random: RandomStream): LatentCell[] {
  const width = target.variables.length;
  const [sexAxis, ageAxis] = [axisOf(target, 'sex'), axisOf(target, 'age')];
  const [sexes, ages] = [target.variables[sexAxis]!.categories, target.variables[ageAxis]!.categories];
  return Array.from({ length: size }, (_, i) =>
    model.latentCell(
      sexes[codes[i * width + sexAxis]!]! as NormSex,
      drawAge(target, ages[codes[i * width + ageAxis]!]!, 0, random),
    ),
  );
}

/** The check as a finding: a caution when anything is out of tolerance. */
export function respondentFinding(check: RespondentCheck): Finding {
  const { outOfTolerance, people } = check;
  const fails = outOfTolerance.length > 0;
  return {
    level: fails ? 'caution' : 'info',
    code: 'respondent-check',
    message: fails
      ? `answers drawn for ${people} reference people do not reproduce them: ${outOfTolerance.join(', ')} out of tolerance`
      : `answers drawn for ${people} reference people reproduce them within all tolerances`,
    values: { ...check, tolerances: respondentTolerances },
  };
}
