import { canonicalJson } from '../../core/canonical-json.js';
import type { Claim, Dimension, Evidence, TraitStatement } from '../narrative-persona.js';
import { conjugated, baseOf, listed } from './grammar.js';
import type { Voice } from './voice.js';

/** A claim in parts, so that it can follow any pronoun: "Takes care of their mother." is `take` + "care of their mother". */
export interface Fact {
  readonly dimension: Dimension;
  /** Base form of the verb; undefined where the words stay as they are ("Moved to Idaho"). */
  readonly verb: string | undefined;
  readonly rest: string;
}

/** The predicate of a fact after the pronoun of a voice: "takes care of his mother". */
export function told({ verb, rest }: Fact, voice: Voice): string {
  const words = rest.replace(/\btheir\b/g, voice.their);
  return verb === undefined ? words : `${conjugated(verb, voice.agreement)} ${words}`.trimEnd();
}

/** No fact is longer, in characters: what is longer was not written by the readers of this project. */
const longestFact = 100;

/** Words of other people as data: on one line, without marks that mean something in markup or in templates. */
export const plainText = (text: string): string =>
  text
    .replace(/<[^>]{0,200}>/g, ' ')
    .replace(/[<>[\]{}|\\`*_#~]/g, ' ')
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();

/** A statement such as "Works as a welder." in parts; undefined when it is empty or too long to be one. */
export function factOf({ statement, dimension }: Pick<Claim, 'statement' | 'dimension'>): Fact | undefined {
  const body = plainText(statement).replace(/[.!?…\s]+$/, '');
  if (body === '' || body.length > longestFact || /[.!?] /.test(body)) return undefined;
  const [first = '', ...others] = body.split(' ');
  const verb = baseOf(first.toLowerCase());
  // "Lives or works in Oregon": the second verb would have to agree as well.
  if (verb !== undefined && others[0] === 'or' && baseOf(others[1] ?? '') !== undefined) others.splice(0, 2);
  if (verb === undefined) return { dimension, verb, rest: [first.toLowerCase(), ...others].join(' ') };
  return { dimension, verb, rest: others.join(' ') };
}

/** Claims whose fact the opening sentence tells already: age and sex. */
const isAgeOrSex =
  /^(?:Is (?:\d+ years old|about to turn)|Was (?:\d+ in|born in)|Writes as a|Is (?:fe)?male\b|Is an? (?:woman|man|lady|guy|gal|dude|fella|fellow|gentleman|girl|female|male)\.$)/;
const topicPattern = /^Often writes about “(.+)”\.$/;

/** What people say of themselves, as it stands after "calls herself": "shy", "a worrier". */
export interface SelfDescription {
  readonly words: string;
  /** The trait statement with the same source, where there is one. */
  readonly statement: TraitStatement | undefined;
}

/** The claims of a person, sorted for telling: each fact once, in order of the claims. */
export interface Told {
  /** Where the person belongs: place, marriage, descent, schooling. */
  readonly belonging: readonly Fact[];
  readonly work: readonly Fact[];
  /** Relatives and animals, as nouns with their article. */
  readonly relatives: readonly string[];
  readonly experiences: readonly Fact[];
  readonly interests: readonly Fact[];
  readonly topics: readonly string[];
  readonly values: readonly Fact[];
  readonly character: readonly Fact[];
  readonly self: readonly SelfDescription[];
}

/** Words for a trait statement that no claim words. */
export type SelfWords = (statement: TraitStatement) => string;

const relative =
  /^(?:an? |one |two |three |four |five |six |seven |eight |nine |ten |\d+ )?(?:husband|wife|(?:step|grand)?(?:daughter|son|child|children|kid)|grown kid|twin|baby|babies|toddler|teenager|boy|girl|brother|sister|sibling|dog|cat|puppy|puppies|kitten|nephew|niece)s?$/;

/** Sorts the claims for telling. Of claims with the same source one is told; at most `most` of a kind. */
export function sortedFacts(evidence: Evidence, selfWords: SelfWords, most = 3): Told {
  const claims = distinct(evidence.claims).filter(({ statement }) => !isAgeOrSex.test(statement));
  const topics = claims.flatMap(({ statement }) => topicPattern.exec(statement)?.[1] ?? []).map(plainText);
  const facts = claims.flatMap((claim) => {
    const fact = topicPattern.test(claim.statement) ? undefined : factOf(claim);
    return fact === undefined ? [] : [{ claim, fact }];
  });
  const relatives = facts
    .filter(({ fact: { verb, rest } }) => verb === 'have' && relative.test(rest))
    .map(({ fact }) => fact.rest);
  const others = facts.filter(({ fact: { verb, rest } }) => verb !== 'have' || !relative.test(rest));
  const of = (dimension: Dimension): Fact[] =>
    merged(others.filter(({ fact }) => fact.dimension === dimension).map(({ fact }) => fact)).slice(0, most);
  const isSelf = ({ fact: { dimension, verb, rest } }: (typeof facts)[number]): boolean =>
    dimension === 'personality' &&
    verb === 'be' &&
    /^(?!(?:good|bad) at|afraid|worried)(?:an? )?[\p{L}-]+(?: [\p{L}-]+){0,3}$/u.test(rest);
  const described = others.filter(isSelf).map(({ claim, fact }) => ({
    words: fact.rest,
    statement: evidence.traitStatements.find(({ source }) => overlaps(source, claim.source)),
  }));
  const worded = new Set(described.map(({ statement }) => statement));
  const further = evidence.traitStatements
    .filter((statement) => !worded.has(statement))
    .map((statement) => ({ words: selfWords(statement), statement }));
  return {
    belonging: of('demographics'),
    work: of('work'),
    relatives: [...new Set(relatives)].slice(0, 4),
    experiences: of('experiences'),
    interests: of('interests'),
    topics: topics.filter((word) => word !== '' && word.length <= 30).slice(0, most),
    values: of('values'),
    character: merged(
      others.filter((one) => one.fact.dimension === 'personality' && !isSelf(one)).map(({ fact }) => fact),
    ).slice(0, 2),
    self: onePerDomain([...described, ...further]).slice(0, most),
  };
}

const overlaps = (a: Claim['source'], b: Claim['source']): boolean =>
  a.post === b.post && a.start < b.end && b.start < a.end;

/** The first description of each domain, and all that are of none. */
function onePerDomain(all: readonly SelfDescription[]): SelfDescription[] {
  const seen = new Set<string>();
  return all.filter(({ words, statement }) => {
    const key = statement?.domain ?? words;
    return !seen.has(key) && seen.add(key);
  });
}

/** One claim a span: "Is a widow." and "Is widowed.", or a training and the work, from the same words are told once. */
function distinct(claims: readonly Claim[]): Claim[] {
  const bySpan = new Map<string, Claim>();
  for (const claim of claims) {
    const key = canonicalJson(claim.source);
    const before = bySpan.get(key)?.statement;
    if (before === undefined || isAgeOrSex.test(before) || before.startsWith('Trained as')) bySpan.set(key, claim);
  }
  return [...bySpan.values()];
}

/** What several facts can share after the verb: "plays the", "is proud of", "believes in". */
const sharing: readonly (readonly [verb: RegExp, shared: RegExp])[] = [
  [/^(?:love|enjoy|dislike)$/, /^(?=[^,]{1,40}$)/],
  [/^(?:believe|care|worry)$/, /^(?:in|about) (?=[^,]{1,40}$)/],
  [/^be$/, /^(?:afraid of|proud of|very fond of|good at|bad at) (?=[^,]{1,40}$)/],
  [/^play$/, /^(?!in )(?=[^,]{1,30}$)/],
  [/^have$/, /^(?=[^,]{1,30}$)/],
];

/** Joins facts that begin alike: "loves the sea" and "loves hiking" become "loves the sea and hiking". */
export function merged(facts: readonly Fact[]): Fact[] {
  const groups = new Map<string, { fact: Fact; shared: string; objects: string[] }>();
  for (const fact of facts) {
    const shared = sharing
      .filter(([verb]) => fact.verb !== undefined && verb.test(fact.verb))
      .map(([, pattern]) => pattern.exec(fact.rest)?.[0])
      .find((found) => found !== undefined);
    const key = shared === undefined ? `${fact.verb ?? ''} ${fact.rest}` : `${fact.verb!} ${shared}`;
    const group = groups.get(key) ?? { fact, shared: shared ?? '', objects: [] };
    groups.set(key, group);
    const object = fact.rest.slice(group.shared.length);
    if (!group.objects.includes(object) && group.objects.length < 3) group.objects.push(object);
  }
  return [...groups.values()].map(({ fact, shared, objects }) => ({ ...fact, rest: shared + listed(objects) }));
}
