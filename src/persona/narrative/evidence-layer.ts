import type { Attribute, Evidence } from '../narrative-persona.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { attributePhrase } from './attributes.js';
import type { Chooser } from './choose.js';
import * as frames from './evidence-frames.js';
import { told, type Fact, type Told } from './facts.js';
import { article, listed, realised, sentence } from './grammar.js';
import { asSingular, type Voice } from './voice.js';

/** What the layer on the posts is written from. */
export interface Reading {
  readonly evidence: Evidence;
  readonly facts: Told;
  /** Short sentences of the posts, word for word. */
  readonly quotations: readonly string[];
  readonly voice: Voice;
  /** Names of the target's variables, in its order. */
  readonly order: readonly string[];
}

/** A predicate after a pronoun, and after "who". */
interface Predicate {
  readonly plain: string;
  readonly singular: string;
}

type Build = (choose: Chooser) => string | undefined;

/** The paragraph on what the posts and the declared fields say. Every fact in it is one of the evidence. */
export function evidenceLayer(reading: Reading, choose: Chooser): string {
  const { facts, voice, quotations } = reading;
  const isFirst = voice.agreement === 'first';
  const posts = isFirst ? 'my posts' : 'the posts';
  const say = (from: readonly string[], slots: Record<string, string> = {}): string =>
    realised(choose.one(from), voice, { posts, post: isFirst ? 'one of my posts' : 'one post', ...slots });

  const belonging = [...fieldPredicates(reading), ...facts.belonging.map((fact) => predicateOf(fact, voice))];
  const work = facts.work.map((fact) => predicateOf(fact, voice));
  const leads = choose.chance(1, 2) || belonging.length === 0 ? [work, belonging] : [belonging, work];
  const openingFacts = leads.find((some) => some.length > 0)?.splice(0, choose.between(1, 2)) ?? [];
  const opening = openingClause(reading, openingFacts, choose);

  const plain = (some: readonly Predicate[]): string => predicates(some, voice);
  const ofFacts = (some: readonly Fact[], from: readonly string[]): Build =>
    some.length === 0 ? nothing : () => say(from, { v: plain(some.map((fact) => predicateOf(fact, voice))) });
  const parts: Build[] = [
    work.length === 0 ? nothing : () => say(frames.work, { v: plain(work) }),
    belonging.length === 0 ? nothing : () => say(frames.belonging, { v: plain(belonging.slice(0, 3)) }),
    relativesOf(reading),
    ofFacts(facts.experiences, frames.experiences),
    ofFacts(facts.interests, frames.interests),
    topicsOf(facts.topics, say),
    ofFacts([...facts.values, ...facts.character], frames.convictions),
    facts.self.length === 0 ? nothing : () => say(frames.self, { n: listed(facts.self.map(({ words }) => words)) }),
    quotations.length === 0
      ? nothing
      : () => {
          const [q = '', r = '', s = ''] = quotations;
          // A sentence begins with a capital: not every post does.
          const from = frames.quoting[Math.min(quotations.length, 3)]!.filter(
            (frame) => /^\p{Lu}/u.test(q) || !frame.startsWith('“'),
          );
          return say(from, { q, r, s });
        },
  ];
  const body = choose.some(parts, parts.length).flatMap((build) => build(choose) ?? []);
  const clauses = [opening, ...joined(body, voice, choose), ...gapClauses(reading, say, choose)];
  return clauses.map(sentence).join(' ');
}

/** Most words of two short sentences that become one. */
const shortTogether = 13;

/** Joins neighbours that are short and begin with the pronoun: "She bakes, and she has a sister". */
function joined(clauses: readonly string[], { they }: Voice, choose: Chooser): string[] {
  const found: string[] = [];
  for (const clause of clauses) {
    const before = found.at(-1);
    const isShort = (text: string): boolean => text.startsWith(`${they} `) && !/[:“;]/.test(text);
    const fits =
      before !== undefined &&
      isShort(before) &&
      isShort(clause) &&
      before.split(' ').length + clause.split(' ').length <= shortTogether;
    if (fits && choose.chance(2, 3)) found[found.length - 1] = `${before}, and ${clause}`;
    else found.push(clause);
  }
  return found;
}

const nothing: Build = () => undefined;

const predicateOf = (fact: Fact, voice: Voice): Predicate => ({
  plain: told(fact, voice),
  singular: told(fact, asSingular(voice)),
});

/** Predicates after one pronoun. "I" is said again before "am": "I run a shop and I am widowed". */
const predicates = (some: readonly Predicate[], { they, agreement }: Voice): string =>
  listed(
    some.map(({ plain }, k) =>
      k > 0 && agreement === 'first' && plain.startsWith('am ') ? `${they} ${plain}` : plain,
    ),
  );

/** Declared or inferred fields that no claim tells of. */
function fieldPredicates({ evidence: { attributes, claims }, order, voice }: Reading): Predicate[] {
  const isTold = (name: string, { source }: Attribute): boolean =>
    name === 'employment'
      ? claims.some(({ dimension }) => dimension === 'work')
      : source !== undefined &&
        claims.some(
          (claim) => claim.dimension === 'demographics' && canonicalJson(claim.source) === canonicalJson(source),
        );
  return order
    .filter((name) => name !== 'sex' && name !== 'age')
    .flatMap((name) => {
      const attribute = attributes[name];
      if (attribute === undefined || attribute.status === 'imputed' || isTold(name, attribute)) return [];
      const phrase = (who: Voice): string => attributePhrase(name, attribute.value, who);
      return [{ plain: phrase(voice), singular: phrase(asSingular(voice)) }];
    });
}

/** The first sentence: age and sex where they are known, with one or two facts. */
function openingClause(
  { evidence: { ageYears, attributes }, voice }: Reading,
  facts: readonly Predicate[],
  choose: Chooser,
): string {
  const { opening } = voice.agreement === 'first' ? frames.first : frames.third;
  const person = personOf(ageYears, attributes['sex']?.value, choose);
  const from =
    person === undefined
      ? facts.length === 0
        ? opening.nothing
        : opening.fact
      : facts.length === 0
        ? opening.person
        : opening.personAndFact;
  return realised(choose.one(from), voice, {
    ...(person === undefined ? {} : { np: person }),
    v: predicates(facts, voice),
    w: listed(facts.map(({ singular }) => singular)),
  });
}

/** "a 43-year-old man", "a man of 43", "a woman", "a person of 43". */
function personOf(ageYears: number | undefined, sex: string | undefined, choose: Chooser): string | undefined {
  const noun = sex === 'female' ? 'woman' : sex === 'male' ? 'man' : undefined;
  if (ageYears === undefined) return noun === undefined ? undefined : `a ${noun}`;
  const name = noun ?? 'person';
  return choose.one([`${article(String(ageYears))} ${ageYears}-year-old ${name}`, `a ${name} of ${ageYears}`]);
}

function relativesOf({ facts: { relatives }, voice }: Reading): Build {
  if (relatives.length === 0) return nothing;
  return (choose) => {
    const frame = choose.one((voice.agreement === 'first' ? frames.first : frames.third).relatives);
    // "a wife and a son come up": the verb follows the nouns where they are its subject.
    const isSubject = frame.startsWith('$n');
    const isMany = relatives.length > 1 || /^(?!an? |one )/.test(relatives[0]!);
    const agreeing: Voice = isSubject ? { ...voice, agreement: isMany ? 'plural' : 'singular' } : voice;
    return realised(frame, agreeing, { n: listed(relatives) });
  };
}

function topicsOf(
  topics: readonly string[],
  say: (from: readonly string[], slots: Record<string, string>) => string,
): Build {
  if (topics.length === 0) return nothing;
  const words = listed(topics.map((topic) => `“${topic}”`));
  return () => say(topics.length > 1 ? frames.topicsMany : frames.topicsOne, { n: words });
}

/** What the posts leave open, so that silence is never taken for an answer. */
function gapClauses(
  { evidence, facts, quotations, voice }: Reading,
  say: (from: readonly string[], slots?: Record<string, string>) => string,
  choose: Chooser,
): string[] {
  const isOpen: Readonly<Record<string, boolean>> = {
    demographics: Object.keys(evidence.attributes).length === 0 && evidence.ageYears === undefined,
    work: facts.work.length === 0 && evidence.attributes['employment'] === undefined,
    experiences: facts.experiences.length === 0 && facts.relatives.length === 0,
    interests: facts.interests.length === 0 && facts.topics.length === 0,
    values: facts.values.length === 0,
    personality: facts.self.length === 0 && facts.character.length === 0,
  };
  const open = Object.keys(isOpen).filter((dimension) => isOpen[dimension]);
  const shuffled = choose.some(open, open.length);
  const asQuestions = open.length <= 2 && choose.chance(1, 2);
  const parts = shuffled.map((dimension) =>
    realised(asQuestions ? frames.gapQuestions[dimension]! : choose.one(frames.gapNouns[dimension]!), voice),
  );
  const isSparse = open.length >= 5 && quotations.length === 0;
  return [
    ...(parts.length === 0
      ? []
      : [asQuestions ? say(frames.openQuestions, { c: listed(parts) }) : say(frames.gaps, { n: listed(parts, 'or') })]),
    ...(isSparse ? [say(frames.sparse)] : []),
  ];
}
