import { canonicalJson } from '../../core/canonical-json.js';
import { Failure } from '../../core/failure.js';
import type { RandomStream } from '../../core/random.js';
import { traitDomains } from '../../psychometrics/inventory.js';
import type { EvidenceReader, Facts } from '../evidence/evidence.js';
import type { History } from '../history.js';
import type { Claim, NarrativePersona } from '../narrative-persona.js';
import { remembered } from '../remembered.js';
import type { BlindScorer } from './blind-scorer.js';
import { fieldContradictions, oppositeDomains, personaTextReader } from './contradictions.js';
import { coupling } from './coupling.js';
import { groundsOf, isGrounded, randomSpan, type Grounds } from './grounding.js';
import { permuteTexts, type Coupling, type TextFigures, type TextQuality } from './text-quality.js';

/** Personas with their T-scores, and the people whom they are about. */
export interface MeasuredTexts {
  readonly personas: readonly NarrativePersona[];
  /** (5) of each persona: mean 50, SD 10. */
  readonly tScores: readonly ArrayLike<number>[];
  readonly histories: readonly History[];
  /** Share of all candidates that were rejected because their text contradicted their fields. */
  readonly refused: number;
}

/** What reads the texts, and the chance behind random spans, shuffled texts and intervals. */
export interface TextTools {
  readonly reader: EvidenceReader;
  readonly blindScorer: BlindScorer;
  readonly random: RandomStream;
  /** Bootstrap samples of the people. Default 400. */
  readonly replicates?: number;
}

/**
 * What the texts of personas are worth as evidence: how far a reader who sees nothing but the text finds the numbers, how
 * often it contradicts the fields, and how many claims stand on their span and would not stand on any other. The same with
 * texts that changed owners says what the figures are when texts mean nothing. A claim counts once a person.
 *
 * @throws {Failure} `invalid-input` without personas, `integrity` when a person has no history
 */
export function textQuality({ personas, tScores, histories, refused }: MeasuredTexts, tools: TextTools): TextQuality {
  if (personas.length === 0)
    throw new Failure('invalid-input', { where: 'textQuality.personas', problem: 'none', expected: 'one or more' });
  const { reader, blindScorer, random } = tools;
  const historyOf = new Map(histories.map((history) => [history.person, history]));
  const factsOf = personaTextReader(reader);
  const readingOf = remembered((text: string) => ({ scores: blindScorer(text), facts: factsOf(text) }));
  const grounds = remembered((person: string): Grounds => {
    const history = historyOf.get(person);
    if (!history)
      throw new Failure('integrity', {
        where: 'textQuality.histories',
        problem: 'no history of this person',
        got: person,
      });
    return groundsOf(history, reader);
  });
  const figures = (of: readonly NarrativePersona[], name: string): TextFigures =>
    figuresOf(of, tScores, readingOf, grounds, { ...tools, random: random.fork(name) });
  const shuffled = permuteTexts(personas, random.fork('owners'));
  return {
    schema: 'text-quality/1',
    own: figures(personas, 'own'),
    refused,
    shuffled: shuffled && figures(shuffled, 'shuffled'),
  };
}

interface Reading {
  readonly scores: readonly number[];
  readonly facts: readonly Facts[];
}

function figuresOf(
  personas: readonly NarrativePersona[],
  tScores: readonly ArrayLike<number>[],
  readingOf: (text: string) => Reading,
  groundsFor: (person: string) => Grounds,
  { random, replicates = 400 }: TextTools,
): TextFigures {
  const places = new Map([...new Set(personas.map(({ person }) => person))].map((person, index) => [person, index]));
  const person = personas.map((persona) => places.get(persona.person)!);
  const readings = personas.map(({ text }) => readingOf(text));
  const contradicting = personas.filter((persona, i) => {
    const { scores, facts } = readings[i]!;
    return fieldContradictions(facts, persona).length > 0 || oppositeDomains(scores, tScores[i]!).length > 0;
  });
  return {
    personas: personas.length,
    people: places.size,
    coupling: traitDomains.map((domain, k) => {
      const blind = readings.map(({ scores }) => scores[k]!);
      // The same people are drawn for both, so that the two can be compared.
      const over = (numbers: readonly number[]): Coupling =>
        coupling(blind, numbers, person, { replicates, random: random.fork('people', domain) });
      return {
        domain,
        ...over(personas.map(({ disposition }) => 50 + 10 * disposition.traits[k]!)),
        administered: over(tScores.map((t) => t[k]!)),
      };
    }),
    contradictions: contradicting.length / personas.length,
    ...spanFigures(claimsByPerson(personas), groundsFor, random),
  };
}

/** The different claims about each person. */
function claimsByPerson(personas: readonly NarrativePersona[]): ReadonlyMap<string, readonly Claim[]> {
  const found = new Map<string, Map<string, Claim>>();
  for (const { person, evidence } of personas) {
    const own = found.get(person) ?? new Map<string, Claim>();
    for (const claim of evidence.claims) own.set(canonicalJson(claim), claim);
    found.set(person, own);
  }
  return new Map([...found].map(([person, claims]) => [person, [...claims.values()]]));
}

function spanFigures(
  claims: ReadonlyMap<string, readonly Claim[]>,
  groundsFor: (person: string) => Grounds,
  random: RandomStream,
): Pick<TextFigures, 'grounding' | 'randomSpans' | 'claims'> {
  let [all, grounded, moved, groundedElsewhere] = [0, 0, 0, 0];
  for (const [person, own] of claims) {
    const { posts, known } = groundsFor(person);
    const draws = random.fork('spans', person);
    for (const claim of own) {
      all++;
      const source = randomSpan(claim.source, posts, draws);
      // A claim that came with somebody else's text has no span here: the best that it can have is one at random.
      const here = posts.has(claim.source.post) ? claim : source && { ...claim, source };
      if (here && isGrounded(here, posts, known)) grounded++;
      if (!source) continue;
      moved++;
      if (isGrounded({ ...claim, source }, posts, known)) groundedElsewhere++;
    }
  }
  return {
    grounding: all === 0 ? null : grounded / all,
    randomSpans: moved === 0 ? null : groundedElsewhere / moved,
    claims: all,
  };
}
