import { Failure } from '../../core/failure.js';
import { nearDuplicates } from '../../text/near-duplicates.js';
import type { LanguageOf } from '../../text/language.js';
import type { EvidenceReader } from '../evidence/evidence.js';
import type { History } from '../history.js';
import type { NarrativePersona } from '../narrative-persona.js';
import type { BlindScorer } from './blind-scorer.js';
import { personaTextReader } from './contradictions.js';
import { duplicateAuthors } from './duplicate-authors.js';
import { personOf, rules } from './rules.js';
import type { Person, RuleTools } from './rules.js';
import type { Rubric } from './rubric.js';

/** What became of one persona. A rejection names the first criterion that failed, in the order of the rubric. */
export type Assessment =
  | { readonly persona: string; readonly verdict: 'kept' }
  | {
      readonly persona: string;
      readonly verdict: 'rejected';
      readonly criterion: string;
      /** In the unit of the criterion; absent when a judge gave no score. */
      readonly score?: number;
      readonly threshold: number;
      readonly detail: string;
    };

/** Scores of a judge by persona id, then by criterion id. */
export type JudgeScores = ReadonlyMap<string, Readonly<Record<string, number>>>;

export interface AssessTools {
  readonly reader: EvidenceReader;
  readonly blindScorer: BlindScorer;
  readonly languageOf: LanguageOf;
  /** Without them the judge criteria of the rubric are not applied; with them a missing score is a rejection. */
  readonly judgeScores?: JudgeScores;
}

/**
 * Assesses personas against a rubric: one assessment a persona, in order, so kept and rejected together are the input. A
 * persona that is nearly the same as a kept one of another person is the one rejected; draws of one person are not compared.
 * Of people with nearly the same history, the one with the smallest id stands for all.
 *
 * @throws {Failure} `integrity` when the history of a persona is absent, or two personas share an id
 */
export function assess(
  personas: readonly NarrativePersona[],
  histories: readonly History[],
  rubric: Rubric,
  { reader, blindScorer, languageOf, judgeScores }: AssessTools,
): Assessment[] {
  const people = new Map(histories.map((history) => [history.person, history]));
  const prepared = new Map<string, Person>();
  const kept = new Set<string>();
  checkIds(personas, people);

  const tools: RuleTools = {
    factsOf: personaTextReader(reader),
    blindScorer,
    languageOf,
    languages: rubric.languages,
    nearest: nearestKept(personas, rubric, kept),
    duplicates: rubric.criteria.some(({ id }) => id === 'duplicate-author') ? duplicateAuthors(histories) : new Map(),
  };
  return personas.map((persona) => {
    const person = prepared.get(persona.person) ?? personOf(people.get(persona.person)!, reader);
    prepared.set(persona.person, person);
    for (const criterion of rubric.criteria) {
      const { id, threshold } = criterion;
      const reject = (detail: string, score?: number): Assessment => ({
        persona: persona.id,
        verdict: 'rejected',
        criterion: id,
        ...(score === undefined ? {} : { score }),
        threshold,
        detail,
      });
      if (criterion.kind === 'rule') {
        const { passes, score: scoreOf } = rules[criterion.id];
        const { score, detail } = scoreOf(persona, person, tools);
        if (passes === 'at-least' ? score < threshold : score > threshold) return reject(detail, score);
      } else if (judgeScores) {
        const score = judgeScores.get(persona.id)?.[id];
        if (score === undefined) return reject('the judge gave no score');
        if (score < threshold) return reject('score of the judge, 1 to 5', score);
      }
    }
    kept.add(persona.id);
    return { persona: persona.id, verdict: 'kept' };
  });
}

function checkIds(personas: readonly NarrativePersona[], people: ReadonlyMap<string, History>): void {
  const seen = new Set<string>();
  for (const { id, person } of personas) {
    if (!people.has(person))
      throw new Failure('integrity', { where: `assess.${id}`, problem: 'no history of this person', got: person });
    if (seen.has(id)) throw new Failure('integrity', { where: `assess.${id}`, problem: 'two personas share this id' });
    seen.add(id);
  }
}

/** Finds the near-duplicates of all texts once; whether the other one was kept is asked when the turn comes. */
function nearestKept(
  personas: readonly NarrativePersona[],
  { criteria }: Rubric,
  kept: ReadonlySet<string>,
): RuleTools['nearest'] {
  const criterion = criteria.find(({ id }) => id === 'near-duplicate');
  const earlier = new Map<string, [NarrativePersona, number][]>();
  const pairs = criterion
    ? nearDuplicates(
        personas.map(({ text }) => text),
        { threshold: criterion.threshold },
      )
    : [];
  for (const [i, j, similarity] of pairs) {
    const [first, second] = [personas[i]!, personas[j]!];
    if (first.person !== second.person)
      earlier.set(second.id, [...(earlier.get(second.id) ?? []), [first, similarity]]);
  }
  return ({ id }) =>
    (earlier.get(id) ?? [])
      .filter(([other]) => kept.has(other.id))
      .map(([other, similarity]) => ({ id: other.id, similarity }))
      .reduce<ReturnType<RuleTools['nearest']>>(
        (best, next) => (best && best.similarity >= next.similarity ? best : next),
        undefined,
      );
}
