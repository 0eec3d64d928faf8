import { Failure } from '../core/failure.js';
import { fitWeights, type WeightingOptions, type WeightingResult } from './fit-weights.js';
import type { WeightingProblem } from './weighting-problem.js';

export interface ZoneFit {
  readonly zone: string;
  readonly result: WeightingResult;
}

/**
 * Weights for many small areas, each fitted from its own problem (usually the same records with the margins of the zone).
 * No zone sees another, so results do not depend on the order; a zone that fails to fit says so and stops no other.
 *
 * @returns in order of the names, by code units
 * @throws {Failure} `invalid-input` when a problem cannot be read, naming the zone
 */
export function fitZones(problems: ReadonlyMap<string, WeightingProblem>, options: WeightingOptions = {}): ZoneFit[] {
  return [...problems.keys()].sort().map((zone) => {
    try {
      return { zone, result: fitWeights(problems.get(zone)!, options) };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      throw new Failure(error.code, { ...error.parts, where: `zone ${zone}: ${error.parts.where}` }, { cause: error });
    }
  });
}
