import type { RandomStream } from '../../core/random.js';
import { selectBalanced, type Selection } from '../../survey/select-balanced.js';
import type { ConstraintSet } from './constraints.js';

/** Share of one agent that a margin may be off before it counts more: then hardly any is off by a whole one. */
const agentShare = 0.8;

/**
 * Takes whole personas so that the sample itself meets the constraints, category by category to the agent where it can.
 *
 * @param weights (personas) calibration weights
 * @throws {Failure} `infeasible` when the multiplicity cap does not allow so many agents
 */
export function selectFromPool(
  weights: Float64Array,
  { constraints, features, targets }: ConstraintSet,
  { agents, maxMultiplicity }: { readonly agents: number; readonly maxMultiplicity: number },
  random: RandomStream,
): Selection {
  const importance = Float64Array.from(constraints, (constraint) => constraint.importance);
  const limits = Float64Array.from(constraints, ({ kind }) => (kind === 'margin' ? agentShare / agents : Infinity));
  return selectBalanced({ weights, features, targets, importance, limits }, { size: agents, maxMultiplicity }, random);
}
