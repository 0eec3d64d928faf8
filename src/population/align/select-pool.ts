import type { RandomStream } from '../../core/random.js';
import { integerize, type IntegerWeights } from '../../survey/integerize.js';
import { weightingProblem, type ConstraintSet } from './constraints.js';

/**
 * Takes whole personas so that the sample itself has what the weights have: categories to the agent where it can, then trait
 * means, spreads and quantiles, each as important as its constraint says.
 *
 * @param weights (personas) calibration weights
 * @throws {Failure} `infeasible` when the multiplicity cap does not allow so many agents
 */
export function selectFromPool(
  weights: Float64Array,
  set: ConstraintSet,
  { agents, maxMultiplicity }: { readonly agents: number; readonly maxMultiplicity: number },
  random: RandomStream,
): IntegerWeights {
  const { margins, constraints = [] } = weightingProblem(set, weights, ({ kind, importance }) =>
    kind === 'margin' ? undefined : importance,
  );
  return integerize(weights, { size: agents, cap: maxMultiplicity, margins, constraints }, random);
}
