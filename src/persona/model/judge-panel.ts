import type { Finding } from '../../core/findings.js';
import type { RandomStream } from '../../core/random.js';
import { agreement, type Agreement } from '../../psychometrics/agreement.js';
import type { NarrativePersona } from '../narrative-persona.js';
import { isSameFamily, modelFamily } from './family.js';

/** What one judge said of the personas that it scored. */
export interface Verdicts {
  /** Name of the judge: `model:<name>`. */
  readonly judge: string;
  /** By persona id, then by criterion; a persona that the judge gave no answer about is absent. */
  readonly scores: ReadonlyMap<string, Readonly<Record<string, number>>>;
}

/** Kappa below which judges are said to disagree. Landis & Koch (1977), Biometrics 33, call .21 to .40 fair. */
const leastKappa = 0.4;

/** Mean score of each persona on each criterion, over the judges that scored it. */
export function meanScores(panel: readonly Verdicts[]): Map<string, Record<string, number>> {
  const means = new Map<string, Record<string, number>>();
  for (const persona of new Set(panel.flatMap(({ scores }) => [...scores.keys()]))) {
    const given = panel.map(({ scores }) => scores.get(persona)).filter((scores) => scores !== undefined);
    const criteria = new Set(given.flatMap((scores) => Object.keys(scores)));
    means.set(
      persona,
      Object.fromEntries(
        Array.from(criteria, (criterion) => {
          const own = given.flatMap((scores) => scores[criterion] ?? []);
          return [criterion, own.reduce((total, score) => total + score, 0) / own.length];
        }),
      ),
    );
  }
  return means;
}

/**
 * What a reader of the report should know about the judges: that there is none, that one is of the writer's family, how many
 * personas one gave no scores for, and how far each two agree on each criterion.
 *
 * @param random draws the people of the bootstrap behind the intervals
 */
export function panelFindings(
  panel: readonly Verdicts[],
  personas: readonly Pick<NarrativePersona, 'id' | 'person' | 'lineage'>[],
  random: RandomStream,
): Finding[] {
  if (panel.length === 0)
    return [{ level: 'info', code: 'no-judge', message: 'no language model judged the texts: only the rules did' }];
  const writers = [...new Set(personas.map(({ lineage }) => lineage.writer))];
  return [
    ...panel.flatMap(({ judge }) => writers.flatMap((writer) => familyFinding(judge, writer))),
    ...panel.flatMap((verdicts) => silenceFinding(verdicts, personas.length)),
    ...panel.flatMap((one, i) =>
      panel.slice(i + 1).map((other) => agreementFinding(one, other, personas, random.fork(one.judge, other.judge))),
    ),
  ];
}

/** The name of a language model; undefined for what is not one. */
const modelName = (maker: string): string | undefined => /^model:(.+)$/s.exec(maker)?.[1];

function familyFinding(judge: string, writer: string): Finding[] {
  const [one, other] = [modelName(judge), modelName(writer)];
  if (one === undefined || other === undefined || !isSameFamily(one, other)) return [];
  return [
    {
      level: 'caution',
      code: 'judge-of-same-family',
      message: `the judge ${one} is of the same family as the writer ${other}: models favour texts like their own`,
      values: { judge: one, writer: other, family: modelFamily(one) },
    },
  ];
}

function silenceFinding({ judge, scores }: Verdicts, personas: number): Finding[] {
  const missing = personas - scores.size;
  if (missing === 0) return [];
  return [
    {
      level: 'caution',
      code: 'judge-failures',
      message: `the judge ${judge} gave no scores for ${missing} of ${personas} personas`,
      values: { judge, missing, personas },
    },
  ];
}

function agreementFinding(
  one: Verdicts,
  other: Verdicts,
  personas: readonly Pick<NarrativePersona, 'id' | 'person'>[],
  random: RandomStream,
): Finding {
  const both = personas.filter(({ id }) => one.scores.has(id) && other.scores.has(id));
  const criteria = [...new Set(both.flatMap(({ id }) => Object.keys(one.scores.get(id)!)))];
  const byCriterion = Object.fromEntries(
    criteria.map((criterion): [string, Agreement] => {
      const scored = both.filter(({ id }) =>
        [one, other].every(({ scores }) => scores.get(id)![criterion] !== undefined),
      );
      const ratings = [one, other].map(({ scores }) => scored.map(({ id }) => scores.get(id)![criterion]!));
      const people = scored.map(({ person }) => person);
      return [criterion, agreement(ratings[0]!, ratings[1]!, people, random.fork(criterion))];
    }),
  );
  const low = criteria.filter((criterion) => (byCriterion[criterion]!.kappa ?? 1) < leastKappa);
  return {
    level: low.length > 0 ? 'caution' : 'info',
    code: 'judge-agreement',
    message:
      low.length > 0
        ? `the judges ${one.judge} and ${other.judge} hardly agree on ${low.join(', ')} (quadratic weighted kappa below ${leastKappa})`
        : `the judges ${one.judge} and ${other.judge} were compared on ${both.length} personas`,
    values: { judges: [one.judge, other.judge], criteria: byCriterion },
  };
}
