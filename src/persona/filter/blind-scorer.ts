import { z } from 'zod';
import { traitDomains } from '../../psychometrics/inventory.js';
import { expressionIndex, readWords, slotPattern } from './expressions.js';
import type { ExpressionIndex, WordSequence } from './expressions.js';

const Expressions = z
  .array(
    z.string().regex(new RegExp(`^${slotPattern}(?: ${slotPattern})*$`), 'expected lower-case words, see the notes'),
  )
  .min(1);
const Modifiers = z
  .array(
    z.strictObject({
      /** What the strength of a trait expression is multiplied by. */
      factor: z.number().min(-2).max(2),
      /** Most words from the modifier to the expression, 1 for neighbours. */
      reach: z.number().int().min(1).max(10),
      expressions: Expressions,
    }),
  )
  .min(1);

/** The words of the blind scorer; how they are written is said in the notes of the file. */
export const BlindScorerLexicon = z.strictObject({
  schema: z.literal('lexicon-blind-scorer/1'),
  notes: z.array(z.string()),
  /** What describes the high and the low end of each domain. */
  domains: z.record(z.enum(traitDomains), z.strictObject({ high: Expressions, low: Expressions })),
  /** Modifiers in front of a trait expression, and behind it. */
  before: Modifiers,
  after: Modifiers,
  /** Words that no modifier reaches across. */
  breaks: Expressions,
  /** What stands before them in a sentence is conceded. */
  turns: Expressions,
  /** What follows them, up to the next comma, is conceded. */
  concessions: Expressions,
  /** Expressions that hold words of others and mean nothing here. */
  neutral: Expressions,
});
export type BlindScorerLexicon = z.infer<typeof BlindScorerLexicon>;

/** Scores of a text in the order of {@link traitDomains}: 0 says nothing, positive is the high end. */
export type BlindScorer = (text: string) => readonly number[];

/**
 * A score from here on says clearly which end of a domain a text describes: one plain statement reaches it, a "somewhat"
 * alone or statements that outweigh each other do not.
 */
export const clearScore = 0.4;

/** What is left of the strength of something that is only conceded ("shy, yet ..."). */
const concededShare = 0.4;
/** How many expressions of strength 1 it takes for half of their strength to show. */
const halfWay = 1;

interface TraitExpression {
  readonly domain: number;
  readonly side: 1 | -1;
}
interface Modifier {
  readonly factor: number;
  readonly reach: number;
}
interface Hit {
  readonly start: number;
  readonly end: number;
  readonly expression: TraitExpression;
}
/** A modifier in the text, by the place of its last word. */
type Placed = ReadonlyMap<number, Modifier & { readonly start: number }>;

/**
 * Builds a reader that knows the text and nothing else, no field and no number, and says where it puts the person on each
 * of the five domains.
 *
 * Trait expressions count with their side and a strength: intensifiers raise it, softeners lower it, "average" and wishes
 * take it back, negations and "less" turn it round (a negated intensifier weakly), and what is conceded counts less. An
 * expression that occurs more than once counts once, at its mean strength. The score is s / (n + 1), with s the sum of the
 * signed strengths of the n expressions: it grows with strength and agreement, not with length.
 *
 * Linear time in the length of the text.
 */
export function blindScorer(lexicon: BlindScorerLexicon): BlindScorer {
  const neutral = Symbol('neutral');
  const expressions = expressionIndex<TraitExpression | typeof neutral>([
    ...lexicon.neutral.map((expression) => [expression, neutral] as const),
    ...traitDomains.flatMap((name, domain) =>
      (['high', 'low'] as const).flatMap((end) =>
        lexicon.domains[name][end].map(
          (expression) => [expression, { domain, side: end === 'high' ? 1 : -1 } as const] as const,
        ),
      ),
    ),
  ]);
  const [before, after] = [modifierIndex(lexicon.before), modifierIndex(lexicon.after)];
  const [breaks, turns, concessions] = [lexicon.breaks, lexicon.turns, lexicon.concessions].map((list) =>
    expressionIndex(list.map((expression) => [expression, true] as const)),
  ) as [Flags, Flags, Flags];

  return (text) => {
    const sequence = readWords(text);
    const { words } = sequence;
    const hits: Hit[] = [];
    const modifiers = new Map<number, Modifier & { start: number }>();
    const isBreak = new Uint8Array(words.length);
    const isTurn = new Uint8Array(words.length);
    const isConcession = new Uint8Array(words.length);
    for (let at = 0; at < words.length;) {
      const found = expressions.longestAt(sequence, at);
      const modifier = before.longestAt(sequence, at);
      // "Kind of" is no kindness: the longer reading is the right one.
      if (found && found.end >= (modifier?.end ?? 0)) {
        if (found.value !== neutral) hits.push({ start: at, end: found.end, expression: found.value });
        at = found.end;
        continue;
      }
      const end = modifier?.end ?? at + 1;
      if (modifier) modifiers.set(end - 1, { ...modifier.value, start: at });
      if (breaks.longestAt(sequence, at)) isBreak[at] = 1;
      if (!modifier && turns.longestAt(sequence, at)) isTurn[at] = 1;
      if (!modifier && concessions.longestAt(sequence, at)) isConcession[at] = 1;
      at = end;
    }
    const weights = concededShares(sequence, isTurn, isConcession);
    const totals = traitDomains.map(() => new Map<TraitExpression, { sum: number; count: number }>());
    let previous: { readonly hit: Hit; readonly factor: number } | undefined;
    for (const [index, hit] of hits.entries()) {
      const own = factorBefore(sequence, hit, hits[index - 1]?.end ?? 0, modifiers, isBreak);
      const inherited = previous && isListed(sequence, previous.hit, hit) ? previous.factor : 1;
      const factor = own ?? inherited;
      previous = { hit, factor };
      const next = hits[index + 1]?.start ?? words.length;
      const strength = factor * factorAfter(sequence, hit.end, next, after, isBreak) * weights[hit.start]!;
      const { expression } = hit;
      const total = totals[expression.domain]!;
      const { sum, count } = total.get(expression) ?? { sum: 0, count: 0 };
      total.set(expression, { sum: sum + expression.side * strength, count: count + 1 });
    }
    return totals.map((total) => {
      let strengths = 0;
      for (const { sum, count } of total.values()) strengths += sum / count;
      return strengths / (total.size + halfWay);
    });
  };
}

type Flags = ExpressionIndex<true>;

const modifierIndex = (groups: BlindScorerLexicon['before']): ExpressionIndex<Modifier> =>
  expressionIndex(
    groups.flatMap(({ factor, reach, expressions }) =>
      expressions.map((expression) => [expression, { factor, reach }] as const),
    ),
  );

/** What share of its strength each word keeps: less in front of a turn of its sentence, and in a concession. */
function concededShares(
  { words, breaks }: WordSequence,
  isTurn: ArrayLike<number>,
  isConcession: ArrayLike<number>,
): Float64Array {
  const shares = new Float64Array(words.length).fill(1);
  let [turned, conceding] = [false, false];
  for (let at = words.length - 1; at >= 0; at--) {
    if (turned) shares[at] = concededShare;
    if (isTurn[at]) turned = true;
    if (breaks[at] === 2) turned = false;
  }
  for (let at = 0; at < words.length; at++) {
    if (breaks[at] !== 0) conceding = false;
    if (isConcession[at]) conceding = true;
    if (conceding) shares[at] = concededShare;
  }
  return shares;
}

/**
 * The product of the modifiers in front of a hit, from the nearest on; undefined without any. An intensifier makes what it
 * stands on stronger, but weaker the "not" that stands in front of it: "not very shy" says little.
 */
function factorBefore(
  { breaks }: WordSequence,
  { start }: Hit,
  previousEnd: number,
  modifiers: Placed,
  isBreak: ArrayLike<number>,
): number | undefined {
  let factor: number | undefined;
  for (let at = start - 1; at >= 0 && start - at <= farthest && breaks[at + 1] === 0; at--) {
    const modifier = modifiers.get(at);
    // Only a negation reaches over another trait expression, and it alone: "never anxious or moody".
    const isOwn = at >= previousEnd || (factor === undefined && modifier !== undefined && modifier.factor < 0);
    if (modifier && isOwn && start - at <= modifier.reach) {
      const inner = factor ?? 1;
      factor = modifier.factor * (modifier.factor < 0 && inner > 1 ? 1 / inner : inner);
    }
    if (modifier) at = modifier.start;
    if (isBreak[at]) break;
  }
  return factor;
}

/** No modifier reaches farther. */
const farthest = 10;

/** The nearest modifier behind a hit, in its clause, up to the next one. */
function factorAfter(
  sequence: WordSequence,
  end: number,
  next: number,
  after: ExpressionIndex<Modifier>,
  isBreak: ArrayLike<number>,
): number {
  for (let at = end; at < next && at - end < farthest && sequence.breaks[at] === 0 && !isBreak[at]; at++) {
    const found = after.longestAt(sequence, at);
    if (found && at - end < found.value.reach) return found.value.factor;
  }
  return 1;
}

/** Whether a hit goes on with a list of like ones: "not anxious, moody or tense". */
function isListed({ words, breaks }: WordSequence, previous: Hit, { start, expression }: Hit): boolean {
  const { domain, side } = previous.expression;
  if (expression.domain !== domain || expression.side !== side) return false;
  const between = start - previous.end;
  const joined = between === 0 ? breaks[start] === 1 : between === 1 && /^(?:and|or|nor)$/.test(words[previous.end]!);
  return joined && breaks[start] !== 2 && breaks[previous.end] !== 2;
}
