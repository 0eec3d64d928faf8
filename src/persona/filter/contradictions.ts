import { traitDomains } from '../../psychometrics/inventory.js';
import { contradictions } from '../evidence/evidence.js';
import type { Contradiction, EvidenceReader, Facts } from '../evidence/evidence.js';
import type { NarrativePersona } from '../narrative-persona.js';
import { remembered } from '../remembered.js';
import { clearScore } from './blind-scorer.js';
import { inFirstPerson } from './first-person.js';

const mostRemembered = 4096;

/**
 * What a reader of posts takes from a persona's text alone, paragraph by paragraph. It remembers the last paragraphs: the
 * layer of evidence is the same in all draws of a person.
 */
export function personaTextReader(reader: EvidenceReader): (text: string) => readonly Facts[] {
  const factsOf = remembered(
    (paragraph: string) => reader.readFacts([{ id: 'persona', text: inFirstPerson(paragraph) }]),
    { most: mostRemembered },
  );
  return (text) => text.split(/\n{2,}/).map(factsOf);
}

/** The variables on which what was read from the text contradicts the fields of the persona: evidence first, then what was drawn. */
export function fieldContradictions(
  paragraphs: readonly Facts[],
  { evidence, disposition }: Pick<NarrativePersona, 'evidence' | 'disposition'>,
): Contradiction[] {
  const attributes = { ...disposition.attributes, ...evidence.attributes };
  const fields = {
    ageYears: evidence.ageYears ?? disposition.ageYears,
    attributes: Object.fromEntries(Object.entries(attributes).map(([name, { value }]) => [name, value])),
  };
  return paragraphs.flatMap((facts) => contradictions(facts, fields));
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
