import type { Claim } from '../narrative-persona.js';
import { isOwnClause, isOwnHousehold, isPresupposed, isSupposed } from './assertion.js';
import { familyRules } from './family.js';
import { healthRules } from './health.js';
import { hobbyRules } from './hobbies.js';
import type { LifeLexicon } from './lexicons.js';
import { assertedMatches, claimAt, closesFragment, matchesOf } from './reading.js';
import type { Sentence } from './reading.js';

/** What sort of fact it is: at most one claim of each is kept, so that a life is told once. */
export interface LifeRule {
  readonly topic: string;
  /** The pattern matches only sentences with one of these words. */
  readonly triggers: ReadonlySet<string>;
  readonly pattern: RegExp;
  readonly dimension: 'experiences' | 'interests';
  readonly statement: (match: RegExpExecArray) => string;
  /** Whether it stands for somebody who exists in whatever clause is told: "if my son asks". */
  readonly presupposes?: boolean;
  /** Whether nobody else's household may be spoken of: "their kids". */
  readonly household?: boolean;
  /** Whether it may stand without "I'm" and must then end like a sentence. */
  readonly fragment?: boolean;
  /** Whether words for what is over ("as a kid I had asthma") speak against it. */
  readonly needsPresent?: boolean;
}

/** Words about the dead: who is spoken of may be no more. */
const gone =
  /\b(?:died|dead|passed away|killed|funeral|buried|grave|never saw|never made it|when (?:he|she) was alive|rest (?:his|her) soul)\b/i;
/** What was, and is no more. */
const over =
  /\b(?:used to|as a (?:kid|child|teen|teenager|boy|girl)|when i was (?:a|in|\d+|young|little|younger|growing)|growing up|back when|back then|back in|years ago|in (?:high school|college)|ages ago|anymore|no longer|gave up|quit|stopped|until (?:college|high school|i)|in my (?:twenties|teens|youth|20s)|once (?:tried|went)|never again|tried .{0,20} once)\b/i;

/** Family, health and hobbies: claims only, one a topic (the first mention) and one a hobby or condition. */
export function lifeReader(lexicon: LifeLexicon): (all: readonly Sentence[]) => Claim[] {
  const index = new Map<string, LifeRule[]>();
  for (const rule of [...familyRules, ...hobbyRules(lexicon), ...healthRules(lexicon)])
    for (const word of rule.triggers) index.set(word, [...(index.get(word) ?? []), rule]);
  return (all) => lifeClaims(all, index);
}

function lifeClaims(all: readonly Sentence[], index: ReadonlyMap<string, readonly LifeRule[]>): Claim[] {
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
function matchOf(sentence: Sentence, rule: LifeRule): RegExpExecArray | undefined {
  const { pattern, dimension, presupposes, fragment, needsPresent, household } = rule;
  if (household && (!isOwnHousehold(sentence) || isSupposed(sentence, 0))) return undefined;
  const matches = presupposes
    ? matchesOf(sentence.text, pattern).filter((match) => isPresupposed(sentence, match))
    : assertedMatches(sentence, pattern);
  const isOver = dimension === 'interests' || needsPresent === true;
  return matches.find(
    (match) =>
      !(fragment && !closesFragment(sentence, match)) &&
      !(dimension === 'experiences' && gone.test(sentence.text + ' ' + sentence.next.slice(0, 24))) &&
      !(isOver && isPast(sentence.text, match)) &&
      !(dimension === 'interests' && givenUp.test(sentence.text.slice(Math.max(0, match.index - 24), match.index))) &&
      !(household && /^(?:have|had|got|rais)/i.test(match[0]) && !isOwnClause(sentence, match.index)) &&
      !(/^(?:parent|children)$/.test(rule.topic) && ofThing.test(sentence.text)) &&
      !(presupposes && isLikened(sentence.text, match)) &&
      !/^\W*(?:his|her|their)\b|\b(?:not|never|no|don't|didn't|wish|hate)\b/i.test(match[0]),
  );
}

/** Before a pastime that somebody has let go. */
const givenUp = /\b(?:quit|left|sold|selling|gave up|hate|hated|leaving|cancel\w*)\b[^,;.]{0,16}$/i;

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

const isPast = (text: string, { 0: words, index }: RegExpExecArray): boolean =>
  over.test(text.slice(Math.max(0, index - 60), index + words.length + 50)) &&
  !/\b(?:still|now|again|since|ever since)\b/i.test(text.slice(Math.max(0, index - 20), index + words.length + 30));

/** The rules that one of the sentence's words can trigger, each once. */
function rulesOf({ words }: Sentence, index: ReadonlyMap<string, readonly LifeRule[]>): Set<LifeRule> {
  return new Set([...words].flatMap((word) => index.get(word) ?? []));
}
