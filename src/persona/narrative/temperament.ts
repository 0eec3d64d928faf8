import { traitDomains } from '../../psychometrics/inventory.js';
import type { DispositionWords } from '../evidence/lexicons.js';
import type { TraitStatement } from '../narrative-persona.js';
import type { Chooser } from './choose.js';
import type { SelfDescription } from './facts.js';
import { listed, realised } from './grammar.js';
import * as frames from './temperament-frames.js';
import type { Voice } from './voice.js';

type Domain = (typeof traitDomains)[number];
type Side = DispositionWords['domains'][Domain]['high'];
export type Strength = keyof DispositionWords['degrees'];

/** A domain that is put into words: on which side of the average, and how far. */
export interface Leaning {
  readonly domain: Domain;
  readonly side: 'high' | 'low';
  readonly strength: Strength;
  /** |T − 50|. */
  readonly distance: number;
  readonly words: Side;
  /** What the person says of the same domain. */
  readonly self: SelfDescription | undefined;
}

/** Points of T from 50 from which a domain is put into words, mildly, clearly or strongly. */
const [mildFrom, clearFrom, strongFrom] = [7, 12, 18] as const;

/** Whether a latent trait, standardized, is far enough from the average to be put into words. */
export const isLeaning = (trait: number): boolean => Math.abs(10 * trait) >= mildFrom;

/** The domains at least 7 points from the average, the farthest first. */
export function leanings(
  traits: readonly number[],
  stock: DispositionWords,
  self: readonly SelfDescription[],
): Leaning[] {
  return traitDomains
    .map((domain, k): Leaning => {
      const distance = Math.abs(10 * traits[k]!);
      const side = traits[k]! > 0 ? 'high' : 'low';
      return {
        domain,
        side,
        strength: distance >= strongFrom ? 'strong' : distance >= clearFrom ? 'clear' : 'mild',
        distance,
        words: stock.domains[domain][side],
        self: self.find(({ statement }) => statement?.domain === domain),
      };
    })
    .filter((_, k) => isLeaning(traits[k]!))
    .sort((a, b) => b.distance - a.distance);
}

/** Whether a trait is the easier one to live with: low neuroticism, high otherwise. Only connectives depend on it. */
const isFair = ({ domain, side }: Leaning): boolean => (domain === 'neuroticism') === (side === 'low');

/** Habits that nobody could be seen at: "it is like her to like" says nothing. */
const isStateOfMind = /^\[(?:like|tend|prefer|need|want|have|find|feel|know|live|trust|care)\]/;
const hasPart = (text: string): boolean => / and |,/.test(text);

/** What the sentences of one text have in common. */
export interface Telling {
  readonly stock: DispositionWords;
  readonly voice: Voice;
  readonly choose: Chooser;
  /** "the posts" or "my posts". */
  readonly posts: string;
  /** Fewer words a trait. */
  readonly isShort: boolean;
}

/** Clauses that put every leaning into words, and say in short that the other domains are near the average. */
export function traitClauses(all: readonly Leaning[], telling: Telling): string[] {
  if (all.length === 0) return [middleOfAll(telling)];
  const clauses: string[] = [];
  let before: Leaning | undefined;
  for (const group of grouped(all, telling)) {
    const clause = group[1] === undefined ? single(group[0], telling) : pair(group[0], group[1], telling);
    clauses.push(before === undefined ? clause : linked(clause, before, group[0], telling));
    before = group.at(-1)!;
  }
  return clauses;
}

/** Traits alone or two by two; a trait on which the person says something stands alone. */
function grouped(all: readonly Leaning[], { choose, isShort }: Telling): (readonly [Leaning, Leaning?])[] {
  const [own, others] = [all.filter(({ self }) => self), all.filter(({ self }) => !self)];
  const groups: [Leaning, Leaning?][] = [];
  while (others.length > 0) {
    const isPair = others.length > 1 && (isShort || all.length > 3 || choose.chance(2, 5));
    const [first, ...rest] = others.splice(0, 1);
    const partner = isPair ? others.splice(choose.chance(1, 2) ? 0 : others.length - 1, 1) : [];
    groups.push([first!, ...partner, ...rest] as [Leaning, Leaning?]);
  }
  const alone = own.map((one): [Leaning] => [one]);
  return choose.chance(1, 2) ? [...groups, ...alone] : [...alone, ...groups];
}

function single(leaning: Leaning, telling: Telling): string {
  const { choose, voice, posts, stock, isShort } = telling;
  const { self, side, words } = leaning;
  const says = self?.statement?.keying;
  const contradicts = says !== undefined && says > 0 !== (side === 'high');
  const frame = choose.one(
    contradicts ? frames.conceding : says !== undefined && choose.chance(2, 3) ? frames.agreeing : frames.singles,
  );
  const a = described(leaning, isShort ? 1 : 2, frame, telling);
  return realised(frame, voice, {
    a,
    f: realised(choose.one(stock.domains[leaning.domain].frames), voice),
    l: self === undefined ? '' : self.words,
    posts,
    ...habits(words.habits[leaning.strength], frame, ['h', 'g'], telling, a),
  });
}

function pair(first: Leaning, second: Leaning, telling: Telling): string {
  const { choose, voice } = telling;
  const frame = choose.one(isFair(first) === isFair(second) ? frames.alike : frames.unlike);
  const [a, b] = [described(first, 1, frame, telling), described(second, 1, frame, telling)];
  return realised(frame, voice, {
    a,
    b,
    ...habits(first.words.habits[first.strength], frame, ['h'], telling, a),
    ...habits(second.words.habits[second.strength], frame, ['k'], telling, b),
  });
}

/** Where "on the quiet side" cannot stand: "comes across as", "somebody". */
const asNoun = /(?:as|somebody|being|to be|[bB]oth) \$a/;

/** An adjective or two with the degree in front: "very outgoing and talkative". */
function described({ words, strength }: Leaning, most: number, frame: string, { stock, choose }: Telling): string {
  const count = most > 1 && choose.chance(1, 2) ? 2 : 1;
  const adjectives = Array.from({ length: count }, () => choose.one(words.adjectives));
  const degrees = stock.degrees[strength].filter((degree) => !(asNoun.test(frame) && degree.startsWith('on ')));
  return choose.one(degrees).replace('$', () => listed(adjectives));
}

/**
 * A habit for each slot that the frame has, finite and as an infinitive; beside an "and" only one without parts of its own,
 * and none that repeats an adjective beside it.
 */
function habits(
  from: readonly string[],
  frame: string,
  slots: readonly string[],
  { choose, voice }: Telling,
  beside = '',
): Record<string, string> {
  const said = beside.split(' ').filter((word) => word.length > 3);
  const filled: Record<string, string> = {};
  for (const slot of slots) {
    if (!frame.includes(`$${slot}`)) continue;
    const isJoined = new RegExp(`and (?:to )?\\$${slot}|\\$${slot}i? and`).test(frame);
    const isInfinitive = frame.includes(`$${slot}i`);
    const habit = choose.one(
      from.filter(
        (one) =>
          !(isJoined && hasPart(one)) &&
          !(isInfinitive && isStateOfMind.test(one)) &&
          !said.some((word) => one.includes(word)),
      ),
    );
    filled[slot] = realised(habit, voice);
    filled[`${slot}i`] = realised(habit, voice, {}, 'infinitive');
  }
  return filled;
}

/** A connective in front of some sentences that begin with the pronoun. */
function linked(clause: string, before: Leaning, next: Leaning, { choose, voice }: Telling): string {
  const isPlain = clause.startsWith(`${voice.they} `) && next.self === undefined;
  if (!isPlain || !choose.chance(3, 5)) return clause;
  const all = isFair(before) === isFair(next) ? frames.additive : frames.contrastive;
  return `${choose.one(all)}, ${clause}`;
}

/** More habits of a leaning, to fill a short text. */
export function moreHabits(leaning: Leaning, telling: Telling): string {
  const frame = telling.choose.one(frames.habitual);
  return realised(frame, telling.voice, habits(leaning.words.habits[leaning.strength], frame, ['h', 'g'], telling));
}

/** Says that one domain is near the average; names both of its ends, so that it leans to neither. */
export function middleOf(domain: Domain, { stock, choose, voice }: Telling): string {
  const { low, high } = stock.domains[domain].ends;
  const [l, u] = choose.chance(1, 2) ? [low, high] : [high, low];
  return realised(choose.one(frames.middling), voice, { l, u });
}

/** Says that the domains which are not leaning are near the average, without naming them. */
export const middleOfOthers = ({ choose, voice }: Telling): string => realised(choose.one(frames.middlingMany), voice);

function middleOfAll({ stock, choose, voice }: Telling): string {
  const pairs = choose.some(traitDomains, traitDomains.length).map((domain) => {
    const { low, high } = stock.domains[domain].ends;
    return choose.chance(1, 2) ? `${low} and ${high}` : `${high} and ${low}`;
  });
  return realised(choose.one(frames.middlingAll), voice, {
    p: `${pairs.slice(0, -1).join(', between ')}, and between ${pairs.at(-1)!}`,
  });
}

/** What follows from the leanings for one side of life, in the conditional; from none, something even. */
export function consequence(
  about: 'values' | 'leisure' | 'coping',
  all: readonly Leaning[],
  { choose, voice }: Telling,
): string {
  const even = { values: frames.evenValues, leisure: frames.evenLeisure, coping: frames.evenCoping }[about];
  if (all.length === 0) return realised(choose.one(even), voice);
  const sources = about === 'coping' ? choose.some(all, 1) : all.slice(0, 2);
  const phrases = sources.map(({ words }) => choose.one(words[about]));
  if (about === 'values' && phrases.length === 1) phrases.push(choose.one(all[0]!.words.values));
  const v = listed(phrases.map((phrase) => realised(phrase, voice)));
  return realised(choose.one(frames[about]), voice, { v });
}

/** Words for what people say of themselves where no claim words it: "somewhat quiet". The same for the same statement. */
export function selfWords({ domain, keying, strength, source }: TraitStatement, stock: DispositionWords): string {
  const { adjectives } = stock.domains[domain][keying > 0 ? 'high' : 'low'];
  const adjective = adjectives[(source.start + source.end) % adjectives.length]!;
  return { somewhat: `somewhat ${adjective}`, plainly: adjective, strongly: `very ${adjective}` }[strength];
}
