import { traitDomains } from '../../psychometrics/inventory.js';
import { contradictions } from '../evidence/evidence.js';
import type { Contradiction, EvidenceReader } from '../evidence/evidence.js';
import type { Evidence, NarrativePersona } from '../narrative-persona.js';
import { clearScore } from './blind-scorer.js';
import { inFirstPerson } from './first-person.js';

/** What a reader of posts takes from a persona's text alone. */
export const readPersonaText = (text: string, reader: EvidenceReader): Evidence =>
  reader.readText([{ id: 'persona', text: inFirstPerson(text) }]);

/** The variables on which what was read from the text contradicts the fields of the persona: evidence first, then what was drawn. */
export function fieldContradictions(
  fromText: Pick<Evidence, 'ageYears' | 'attributes'>,
  { evidence, disposition }: Pick<NarrativePersona, 'evidence' | 'disposition'>,
): Contradiction[] {
  const attributes = { ...disposition.attributes, ...evidence.attributes };
  return contradictions(fromText, {
    ageYears: evidence.ageYears ?? disposition.ageYears,
    attributes: Object.fromEntries(Object.entries(attributes).map(([name, { value }]) => [name, value])),
  });
}

/** T-scores farther than this from the mean of 50 are extreme: one standard deviation. */
export const extremeDistance = 10;

/**
 * The domains in which a person is extreme and the text clearly describes the other end.
 *
 * @param scores (5) of a blind scorer
 * @param tScores (5) mean 50, SD 10
 */
export const oppositeDomains = (scores: ArrayLike<number>, tScores: ArrayLike<number>): string[] =>
  traitDomains.filter((_, k) => {
    const distance = tScores[k]! - 50;
    return Math.abs(distance) > extremeDistance && scores[k]! * Math.sign(distance) <= -clearScore;
  });
