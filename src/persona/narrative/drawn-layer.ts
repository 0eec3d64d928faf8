import { wordCount } from '../../text/tokens.js';
import { traitDomains } from '../../psychometrics/inventory.js';
import type { DispositionWords } from '../evidence/lexicons.js';
import { attributeClauses, type Drawn, type Identity } from './drawn-attributes.js';
import type { Chooser } from './choose.js';
import type { Told } from './facts.js';
import { realised, sentence } from './grammar.js';
import { marks } from './marks.js';
import * as frames from './temperament-frames.js';
import {
  consequence,
  isLeaning,
  leanings,
  middleOf,
  middleOfOthers,
  moreHabits,
  traitClauses,
  type Leaning,
} from './temperament.js';
import type { Telling } from './temperament.js';
import type { Voice } from './voice.js';

/** What the layer on the draw is written from. */
export interface Draw {
  readonly attributes: readonly Drawn[];
  readonly identity: Identity;
  /** Latent traits in the order of the domains, standardized: T = 50 + 10 z. */
  readonly traits: readonly number[];
  /** What the posts tell: what they leave open is filled with what would follow from the traits. */
  readonly facts: Told;
  /** Words of the layer on the posts. */
  readonly wordsBefore: number;
  readonly voice: Voice;
  readonly stock: DispositionWords;
}

/** Words that a whole text should have at least, and those above which traits are told in short. */
const [fewest, many] = [132, 205] as const;
/** Words that a drawn attribute counts as, whatever its value: the choices must not depend on values. */
const wordsOfAttribute = 6;

/** The paragraphs on what was drawn. Which sentences there are depends on the traits, and on which attributes were drawn. */
export function drawnLayer(draw: Draw, choose: Chooser): string {
  const { voice, stock, facts, traits } = draw;
  const posts = voice.agreement === 'first' ? 'my posts' : 'the posts';
  const leaning = leanings(traits, stock, facts.self);
  const expected = draw.wordsBefore + wordsOfAttribute * draw.attributes.length + 18 + 20 * leaning.length + 15;
  const telling: Telling = { stock, voice, choose, posts, isShort: expected > many };

  const circumstances = attributeClauses(draw.attributes, draw.identity, voice, choose);
  const temperament = [...traitClauses(leaning, telling), consequence('values', leaning, telling)];
  const length = draw.wordsBefore + wordsOfAttribute * draw.attributes.length + 12 + wordCount(temperament.join(' '));
  const wanted = choose.between(fewest, 180);
  temperament.push(...further(draw, leaning, telling, { wanted: wanted - length, needed: fewest - length }));
  return assembled(circumstances, temperament, telling, mustNameSex(draw));
}

/** A drawn sex comes first: the layer on the posts did not know it. */
const mustNameSex = ({ identity }: Draw): boolean => identity.sex !== undefined;

/**
 * Clauses on what the posts leave open, then more of the same traits, until as many words are there as are wanted; then, as
 * far as they are needed, words on how far such a portrait carries.
 */
function further(
  { facts, traits }: Draw,
  leaning: readonly Leaning[],
  telling: Telling,
  { wanted, needed }: { readonly wanted: number; readonly needed: number },
): string[] {
  const { choose, voice, posts } = telling;
  const near = traitDomains.filter((_, k) => !isLeaning(traits[k]!));
  const middle = (): string => (near.length > 1 ? middleOfOthers(telling) : middleOf(near[0]!, telling));
  const isOpen = { leisure: facts.interests.length === 0, coping: facts.experiences.length === 0 };
  const sides = choose.some(['leisure', 'coping'] as const, 2);
  const told = (side: keyof typeof isOpen) => () => consequence(side, leaning, telling);
  const habits = leaning.map((one) => () => moreHabits(one, telling));
  const builds = [
    ...sides.filter((side) => isOpen[side]).map(told),
    ...choose.some(
      [
        ...habits.slice(0, 3),
        ...(near.length > 0 && leaning.length > 0 ? [middle] : []),
        ...sides.filter((side) => !isOpen[side]).map(told),
      ],
      6,
    ),
  ];
  const reserve = choose
    .some(frames.reserve, frames.reserve.length)
    .map((frame) => () => realised(frame, voice, { posts }));
  const clauses: string[] = [];
  let words = 0;
  const addUntil = (enough: number, from: readonly (() => string)[]): void => {
    for (const build of from) {
      if (words >= enough) return;
      const clause = build();
      clauses.push(clause);
      words += wordCount(clause);
    }
  };
  addUntil(wanted, builds);
  addUntil(needed, [...habits, ...reserve]);
  return clauses;
}

/** Puts attributes and temperament in order, the first sentence with a mark that all of it was drawn. */
function assembled(
  circumstances: readonly string[],
  temperament: readonly string[],
  { choose, voice, posts }: Telling,
  mustStart: boolean,
): string {
  const opened = ([head = '', ...rest]: readonly string[], frame: string): string => {
    // A clause with a colon of its own does not stand after another one.
    const parts = head.includes(':') ? frame.split(/: (?=\$c$)/) : [frame];
    if (!frame.includes('$c')) parts.push('$c');
    return [...parts.map((part) => realised(part, voice, { c: head, posts })), ...rest].map(sentence).join(' ');
  };
  const mark = choose.one(marks);
  if (circumstances.length === 0) return opened(temperament, mark);
  const isCharacterFirst = !mustStart && choose.chance(1, 3);
  const [one, two] = isCharacterFirst ? [temperament, circumstances] : [circumstances, temperament];
  const second = isCharacterFirst ? choose.one(frames.circumstances) : leadTo(temperament[0]!, choose, voice);
  return `${opened(one, mark)}${choose.chance(2, 3) ? '\n\n' : ' '}${opened(two, second)}`;
}

/** A lead that fits the clause after it: none where the clause speaks of the draw itself, an adverbial only before a pronoun. */
function leadTo(clause: string, choose: Chooser, { they }: Voice): string {
  if (/\b(?:draw|drawn)\b/.test(clause)) return '$c';
  return choose.one(
    clause.startsWith(`${they} `) ? frames.leads : frames.leads.filter((lead) => lead.includes(': $c')),
  );
}
