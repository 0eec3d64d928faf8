import type { DataUse } from '../data-use.js';
import type { Rubric, RuleName } from './rubric.js';

/**
 * How much of an author's own words a text may hold, by what its source allows, in the order in which it is asked. A quoted sentence leads
 * to its author: 84 % of papers that quote tweets (Ayers et al. 2018, PMC6550214); lightly edited ones are found nearly as well.
 * The bounds without quotations are what texts share by chance: of 5,680 pairs of a text with the posts of somebody else, none
 * shared more than 5 words in a row, 4 % of its words, or with small changes more than 5.
 */
const bounds: Readonly<Record<DataUse['publication'], readonly (readonly [RuleName, number])[]>> = {
  quotations: [
    ['verbatim-words', 8],
    ['verbatim-characters', 50],
    ['edited-words', 10],
    ['edited-share', 0.2],
  ],
  no: [
    ['verbatim-words', 5],
    ['verbatim-characters', 35],
    ['edited-words', 6],
    ['edited-share', 0.06],
  ],
};

/**
 * A rubric that lets no text hold more of its author's words than the source allows: a stricter threshold of its own stands, a laxer or
 * missing one is replaced.
 */
export function withBounds(rubric: Rubric, { publication }: Pick<DataUse, 'publication'>): Rubric {
  const bound = new Map<string, number>(bounds[publication]);
  const strict = rubric.criteria.map((criterion) => ({
    ...criterion,
    threshold: Math.min(criterion.threshold, bound.get(criterion.id) ?? Infinity),
  }));
  const named = new Set(rubric.criteria.map(({ id }) => id));
  const added = bounds[publication]
    .filter(([id]) => !named.has(id))
    .map(([id, threshold]) => ({
      kind: 'rule' as const,
      id,
      threshold,
      description: 'Set by what the source allows.',
    }));
  // What a rule finds should not be paid a judge for.
  const firstJudge = strict.findIndex(({ kind }) => kind === 'judge');
  return { ...rubric, criteria: strict.toSpliced(firstJudge < 0 ? strict.length : firstJudge, 0, ...added) };
}
