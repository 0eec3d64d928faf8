import type { Claim } from '../narrative-persona.js';
import type { LifeLexicon } from './lexicons.js';
import { countPattern, inWords, numberOf } from './numbers.js';
import { assertedMatches, claimAt, phrase, triggerWords } from './reading.js';
import type { Sentence } from './reading.js';

/** What sort of fact it is: at most one claim of each is kept, so that a life is told once. */
interface LifeRule {
  readonly topic: string;
  /** The pattern matches only sentences with one of these words. */
  readonly triggers: ReadonlySet<string>;
  readonly pattern: RegExp;
  readonly dimension: 'experiences' | 'interests';
  readonly statement: (match: RegExpExecArray) => string;
}

const plural: Readonly<Record<string, string>> = {
  kids: 'children',
  children: 'children',
  boys: 'sons',
  sons: 'sons',
  girls: 'daughters',
  daughters: 'daughters',
  grandkids: 'grandchildren',
  grandchildren: 'grandchildren',
  grandbabies: 'grandchildren',
  brothers: 'brothers',
  sisters: 'sisters',
  siblings: 'siblings',
  dogs: 'dogs',
  cats: 'cats',
};
const counted = (match: RegExpExecArray): string => {
  const [, count, noun] = match;
  const n = numberOf(count!)!;
  const things = plural[noun!.toLowerCase()] ?? 'children';
  return `Has ${inWords(n)} ${n === 1 ? things.replace('children', 'child').replace(/s$/, '') : things}.`;
};
const one = (noun: string) => (): string => `Has ${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}.`;
const who = "\\b(?:i|we)(?:'ve| have)? (?:got |have |had |raised )(?:\\w+ )?";

const family: readonly LifeRule[] = [
  {
    topic: 'children',
    triggers: triggerWords('kids children boys sons girls daughters mom mother dad father mama parent daughter son'),
    pattern: phrase(
      `${who}(${countPattern}) (?:\\w+ ){0,2}?(kids|children|boys|sons|girls|daughters)\\b(?! (?:in my|in the) (?:class|room))`,
    ),
    dimension: 'experiences',
    statement: counted,
  },
  {
    topic: 'children',
    triggers: triggerWords('kids children boys sons girls daughters mom mother dad father mama parent daughter son'),
    pattern: phrase(`\\b(?:mom|mother|dad|father|mama|parent) (?:of|to) (${countPattern})()\\b(?! (?:the|my))`),
    dimension: 'experiences',
    statement: (m) => counted(Object.assign([...m], { 2: 'children' }) as unknown as RegExpExecArray),
  },
  {
    topic: 'children',
    triggers: triggerWords('kids children boys sons girls daughters mom mother dad father mama parent daughter son'),
    pattern: phrase(
      "\\b(?:my|our) (?:(?:oldest|youngest|middle|older|younger|teenage|little|only|grown) )?daughter\\b(?!-in-law| in law|'s)",
    ),
    dimension: 'experiences',
    statement: one('daughter'),
  },
  {
    topic: 'children',
    triggers: triggerWords('kids children boys sons girls daughters mom mother dad father mama parent daughter son'),
    pattern: phrase(
      "\\b(?:my|our) (?:(?:oldest|youngest|middle|older|younger|teenage|little|only|grown) )?son\\b(?!-in-law| in law|'s)",
    ),
    dimension: 'experiences',
    statement: one('son'),
  },
  {
    topic: 'children',
    triggers: triggerWords('kids children boys sons girls daughters mom mother dad father mama parent daughter son'),
    pattern: phrase('\\b(?:my|our) (?:kids|children)\\b'),
    dimension: 'experiences',
    statement: () => 'Has children.',
  },
  {
    topic: 'grandchildren',
    triggers: triggerWords('grandkids grandchildren grandbabies granddaughter grandson'),
    pattern: phrase(`${who}(${countPattern}) (grandkids|grandchildren|grandbabies)\\b`),
    dimension: 'experiences',
    statement: counted,
  },
  {
    topic: 'grandchildren',
    triggers: triggerWords('grandkids grandchildren grandbabies granddaughter grandson'),
    pattern: phrase('\\bmy (?:\\w+ )?(granddaughter|grandson)\\b'),
    dimension: 'experiences',
    statement: (m) => `Has a ${m[1]!.toLowerCase()}.`,
  },
  {
    topic: 'grandchildren',
    triggers: triggerWords('grandkids grandchildren grandbabies granddaughter grandson'),
    pattern: phrase('\\b(?:my|our) (?:grandkids|grandchildren|grandbabies)\\b'),
    dimension: 'experiences',
    statement: () => 'Has grandchildren.',
  },
  {
    topic: 'siblings',
    triggers: triggerWords('sister brother'),
    pattern: phrase('\\bmy (?:little |older |younger |big |baby |kid |twin )?(sister|brother)\\b(?!-in-law| in law|s)'),
    dimension: 'experiences',
    statement: (m) => `Has a ${m[1]!.toLowerCase()}.`,
  },
  {
    topic: 'pet',
    triggers: triggerWords('dog cat puppy kitten'),
    pattern: phrase('\\b(?:my|our) (?:old |new |little )?(dog|cat|puppy|kitten)\\b(?! (?:food|sitter))'),
    dimension: 'experiences',
    statement: (m) => `Has a ${m[1]!.toLowerCase()}.`,
  },
  {
    topic: 'service',
    triggers: triggerWords('army navy marines force guard veteran'),
    pattern: phrase(
      '\\bi (?:was|served|did (?:two|three|four|a|\\d) (?:tours?|years?)) (?:\\w+ ){0,2}?in the (army|navy|marines|air force|coast guard|national guard)\\b',
    ),
    dimension: 'experiences',
    statement: (m) =>
      `Served in the ${m[1]!.toLowerCase().replace(/(?<!\p{L})\p{L}/gu, (letter) => letter.toUpperCase())}.`,
  },
  {
    topic: 'service',
    triggers: triggerWords('army navy marines force guard veteran'),
    pattern: phrase("\\bi(?:'m|m| am) a (?:\\w+ ){0,2}?(veteran)\\b"),
    dimension: 'experiences',
    statement: () => 'Is a veteran.',
  },
  {
    topic: 'caregiving',
    triggers: triggerWords('care look caring'),
    pattern: phrase(
      '\\bi (?:take care of|look after|care for|am caring for) my (mother|father|mom|dad|husband|wife|grandmother|grandma|brother|sister|mother-in-law)\\b',
    ),
    dimension: 'experiences',
    statement: (m) => `Takes care of their ${m[1]!.toLowerCase()}.`,
  },
  {
    topic: 'lives with',
    triggers: triggerWords('live living moved'),
    pattern: phrase(
      "\\b(?:i live with|i(?:'m| am) living with|i moved (?:back )?in with) my (parents|mom|mother|dad|father|grandmother|grandma|mamaw|memaw|sister|brother|cousin|roommates?|daughter|son|girlfriend|boyfriend|aunt|uncle)\\b",
    ),
    dimension: 'experiences',
    statement: (m) => `Lives with their ${m[1]!.toLowerCase()}.`,
  },
  {
    topic: 'sobriety',
    triggers: triggerWords('sober sponsor'),
    pattern: phrase("\\bi(?:'ve|ve| have) been sober\\b|\\bi(?:'m|m| am) (?:\\w+ ){0,3}?sober\\b|\\bmy sponsor\\b"),
    dimension: 'experiences',
    statement: () => 'Is sober after a time of drinking.',
  },
];

/** Words about the dead: who is spoken of may be no more. */
const gone =
  /\b(?:died|dead|passed away|killed|funeral|buried|grave|never saw|never made it|when (?:he|she) was alive|rest (?:his|her) soul)\b/i;

/** Family, health and hobbies: claims only, one a topic (the first mention) and one a hobby or condition. */
export function lifeReader(lexicon: LifeLexicon): (all: readonly Sentence[]) => Claim[] {
  const index = new Map<string, LifeRule[]>();
  for (const rule of [...family, ...lexiconRules(lexicon)])
    for (const word of rule.triggers) index.set(word, [...(index.get(word) ?? []), rule]);
  return (all) => lifeClaims(all, index);
}

function lifeClaims(all: readonly Sentence[], index: ReadonlyMap<string, readonly LifeRule[]>): Claim[] {
  const found = new Map<string, Claim>();
  for (const sentence of all)
    for (const { topic, pattern, dimension, statement } of rulesOf(sentence, index)) {
      if (found.has(topic)) continue;
      const match = assertedMatches(sentence, pattern)[0];
      if (
        !match ||
        (dimension === 'experiences' && gone.test(sentence.text + ' ' + sentence.next.slice(0, 24))) ||
        /^\W*(?:his|her|their)\b/i.test(match[0])
      )
        continue;
      found.set(topic, claimAt(sentence, match, { dimension, statement: statement(match), status: 'stated' }));
    }
  return [...found.values()];
}

/** The rules that one of the sentence's words can trigger, each once. */
function rulesOf({ words }: Sentence, index: ReadonlyMap<string, readonly LifeRule[]>): Set<LifeRule> {
  return new Set([...words].flatMap((word) => index.get(word) ?? []));
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function lexiconRules({ hobbies, conditions }: LifeLexicon): LifeRule[] {
  return [
    ...hobbies.map(({ statement, expressions }): LifeRule => ({
      topic: statement,
      triggers: triggerWords(expressions),
      pattern: phrase(`\\b(?:${expressions.map(escaped).join('|')})\\b(?!['-])`),
      dimension: 'interests',
      statement: () => statement,
    })),
    ...conditions.map(({ name, words }): LifeRule => {
      const word = `(?:${words.map(escaped).join('|')})`;
      return {
        topic: name,
        triggers: triggerWords(words),
        pattern: phrase(
          `(?:\\bi(?:'ve| have|'ve had| have had|'ve got|'m| am|'m a| am a|'m on| am on) (?:\\w+ ){0,2}?|\\bmy (?:\\w+ )?|\\bi (?:was|got) (?:just )?diagnosed with (?:\\w+ ){0,2}?|\\bi (?:got|get) )${word}\\b(?!['-])`,
        ),
        dimension: 'experiences',
        statement: () => `Has ${name}.`,
      };
    }),
  ];
}
