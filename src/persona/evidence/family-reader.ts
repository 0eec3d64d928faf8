import type { Claim } from '../narrative-persona.js';
import { isOwnClause, isOwnHousehold, isPresupposed, isSupposed } from './assertion.js';
import { familyRules } from './family.js';
import { isCutShort } from './plainly-said.js';
import { assertedMatches, claimAt, closesFragment, matchesOf } from './reading.js';
import type { Sentence } from './reading.js';

/** What sort of fact it is: at most one claim of each is kept, so that a life is told once. */
export interface FamilyRule {
  readonly topic: string;
  /** The pattern matches only sentences with one of these words. */
  readonly triggers: ReadonlySet<string>;
  readonly pattern: RegExp;
  readonly dimension: 'experiences';
  readonly statement: (match: RegExpExecArray) => string;
  /** Whether it stands for somebody who exists in whatever clause is told: "if my son asks". */
  readonly presupposes?: boolean;
  /** Whether nobody else's household may be spoken of: "their kids". */
  readonly household?: boolean;
  /** Whether it may stand without "I'm" and must then end like a sentence. */
  readonly fragment?: boolean;
}

/** Words about the dead: who is spoken of may be no more. */
const gone =
  /\b(?:died|dead|passed away|killed|funeral|buried|grave|never saw|never made it|when (?:he|she) was alive|rest (?:his|her) soul)\b/i;
/** Claims of family and household, one a topic: the first mention. */
export function familyReader(): (all: readonly Sentence[]) => Claim[] {
  const index = new Map<string, FamilyRule[]>();
  for (const rule of familyRules) for (const word of rule.triggers) index.set(word, [...(index.get(word) ?? []), rule]);
  return (all) => familyClaims(all, index);
}

function familyClaims(all: readonly Sentence[], index: ReadonlyMap<string, readonly FamilyRule[]>): Claim[] {
  const found = new Map<string, Claim>();
  for (const sentence of all)
    for (const rule of rulesOf(sentence, index)) {
      const { topic, dimension, statement } = rule;
      if (found.has(topic)) continue;
      const match = matchOf(sentence, rule);
      if (!match) continue;
      found.set(topic, claimAt(sentence, match, { dimension, statement: statement(match), status: 'stated' }));
    }
  return [...found.values()];
}

/** The first match of a rule that tells of the writer's present. */
function matchOf(sentence: Sentence, rule: FamilyRule): RegExpExecArray | undefined {
  const { pattern, presupposes, fragment, household } = rule;
  if (household && (!isOwnHousehold(sentence) || isSupposed(sentence, 0))) return undefined;
  const matches = presupposes
    ? matchesOf(sentence.text, pattern).filter((match) => isPresupposed(sentence, match))
    : assertedMatches(sentence, pattern);
  return matches.find(
    (match) =>
      !(fragment && !closesFragment(sentence, match)) &&
      !(presupposes === true && isCutShort(sentence, match.index + match[0].trimEnd().length)) &&
      !gone.test(sentence.text + ' ' + sentence.next.slice(0, 24)) &&
      !(household && /^(?:have|had|got|rais)/i.test(match[0]) && !isOwnClause(sentence, match.index)) &&
      !(/^(?:parent|children)$/.test(rule.topic) && ofThing.test(sentence.text)) &&
      !(presupposes && isLikened(sentence.text, match)) &&
      !/^\W*(?:his|her|their)\b|\b(?:not|never|no|don't|didn't|wish|hate)\b/i.test(match[0]),
  );
}

/** Parents of pets, plants and dough. */
const ofThing = /\b(?:sourdough|succulents?|houseplants?|roomba|cactus|starter)\b/i;

/** "My tomatoes are my children": said of something, not of somebody. */
const isLikened = (text: string, { index }: RegExpExecArray): boolean => {
  const before = text.slice(Math.max(0, index - 24), index);
  return (
    /(?:\b(?:is|are)|'s|'re) (?:basically |all |like )?$/i.test(before) &&
    !/(?:\b(?:this|these|those|they|he|she|that|here|who)\b|\b[A-Z][a-z]+)(?: is| are|'s|'re) (?:basically |all |like )?$/.test(
      before,
    )
  );
};

/** The rules that one of the sentence's words can trigger, each once. */
function rulesOf({ words }: Sentence, index: ReadonlyMap<string, readonly FamilyRule[]>): Set<FamilyRule> {
  return new Set([...words].flatMap((word) => index.get(word) ?? []));
}
