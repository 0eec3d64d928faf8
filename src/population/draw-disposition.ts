import type { RandomStream } from '../core/random.js';
import type { Disposition, Evidence } from '../persona/narrative-persona.js';
import { drawTraits, traitPrior, type TraitMeasures } from '../persona/trait-posterior.js';
import type { NormSex } from '../psychometrics/norms.js';
import type { ResponseModel } from '../psychometrics/response-model.js';
import { completeAttributes } from './complete-attributes.js';
import type { PopulationJoint } from './joint.js';

/** What dispositions are drawn from. */
export interface DispositionSource {
  readonly joint: PopulationJoint;
  readonly model: ResponseModel;
  readonly measures: TraitMeasures;
  /** Youngest age that is ever drawn. */
  readonly minimumAge: number;
}

/**
 * Draws what the posts of a person leave open: the attributes that nobody stated, from whole people of the target, and the
 * latent traits, from the norms of sex and age moved by what the text shows and by what people say of themselves.
 *
 * @param random a stream of its own for each draw of each person
 */
export function drawDisposition(
  evidence: Evidence,
  { joint, model, measures, minimumAge }: DispositionSource,
  random: RandomStream,
): { readonly disposition: Disposition; readonly relaxed: readonly string[] } {
  const { ageYears, attributes, relaxed } = completeAttributes(joint, evidence, minimumAge, random.fork('attributes'));
  // A target without the variable sex says nothing about it; the norms need one of the two.
  const sex = (attributes['sex']?.value ?? (random.fork('sex').below(2) === 0 ? 'female' : 'male')) as NormSex;
  const traits = drawTraits(traitPrior(model, sex, ageYears), evidence, measures, random.fork('traits'));
  return { disposition: { ageYears, attributes, traits }, relaxed };
}
