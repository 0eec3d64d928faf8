import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { answered } from '../model/answer.js';
import { languageIdentifier } from '../text/language.js';
import { verbatimOverlap } from '../text/overlap.js';
import type { Overlap } from '../text/overlap.js';
import { article, attributePhrase, capital, listed, merged, paired, predicate, voiceOf } from './embedded-prose.js';
import { longestQuotation, quotations } from './embedded-quotations.js';
import { evidenceReader } from './evidence/evidence.js';
import type { Voice } from './embedded-prose.js';
import type { EvidenceReader, Variable } from './evidence/evidence.js';
import type { Lexicons } from './evidence/lexicons.js';
import type { History } from './history.js';
import type { Attribute, Claim, Dimension, Disposition, Evidence } from './narrative-persona.js';
import type { PersonaWriter } from './ports.js';

export interface EmbeddedWriterOptions {
  /** Variables of the target with their categories; nothing else is ever written. */
  readonly variables: readonly Variable[];
  readonly lexicons: Lexicons;
}

/** Begins the paragraph on what was drawn and not read. */
export const imputedOpening = 'Not said in the posts, drawn from the target population:';

/**
 * Writes personas without a language model: evidence by patterns, text by templates that vary with a hash of the persona.
 * The text has a paragraph on what the posts say, with two to four short quotations, and one on what was drawn. Same
 * input, same bytes. Traits never appear in it as numbers.
 */
export function embeddedWriter({ variables, lexicons }: EmbeddedWriterOptions): PersonaWriter {
  let loading: Promise<EvidenceReader> | undefined;
  const reader = (): Promise<EvidenceReader> =>
    (loading ??= languageIdentifier().then((languageOf) => evidenceReader({ variables, lexicons, languageOf })));
  const order = variables.map(({ name }) => name);
  return {
    name: 'embedded@1',
    prompts: [],
    readEvidence: async (history) => answered((await reader()).read(history)),
    narrate: (history, evidence, disposition) =>
      Promise.resolve(answered(narrative(history, evidence, disposition, order))),
  };
}

/** One choice among templates, the same for the same persona. */
type Choose = <T>(from: readonly T[], what: string) => T;

function narrative(history: History, evidence: Evidence, disposition: Disposition, order: readonly string[]): string {
  const attributes = { ...disposition.attributes, ...evidence.attributes };
  const known = order.filter((name) => name !== 'age' && attributes[name] !== undefined);
  const voice = voiceOf(attributes.sex?.value);
  const seed = sha256(canonicalJson({ person: history.person, disposition }));
  const choose: Choose = (from, what) =>
    from[Number.parseInt(sha256(`${seed}/${what}`).slice(0, 8), 16) % from.length]!;

  const said = known.filter((name) => attributes[name]!.status !== 'imputed');
  const told = saidPart(evidence, attributes, said, voice, choose);
  const drawn = imputedPart(
    known.filter((name) => attributes[name]!.status === 'imputed').map((name) => [name, attributes[name]!.value]),
    evidence.ageYears === undefined ? disposition.ageYears : undefined,
    voice,
  );
  const text = (quoted: readonly string[]): string =>
    [[...told, ...quotationPart(quoted, voice, choose)].join(' '), drawn].filter((part) => part !== '').join('\n\n');

  // A word beside a quotation may happen to continue it in the post: then one quotation fewer.
  const overlap = verbatimOverlap(history.posts.map((post) => post.text));
  let quoted = quotations(history).slice(0, choose([2, 3, 4], 'quotations'));
  while (quoted.length > 0 && isTooLong(overlap(text(quoted)))) quoted = quoted.slice(0, -1);
  return text(quoted);
}

const isTooLong = ({ tokens, characters }: Overlap): boolean =>
  tokens > longestQuotation.tokens || characters > longestQuotation.characters;

/** Claims whose fact the opening sentence tells already: age and sex. */
const isAgeOrSex =
  /^(?:Is (?:\d+ years old|about to turn)|Was (?:\d+ in|born in)|Writes as a|Is (?:fe)?male\b|Is an? (?:woman|man|lady|guy|gal|dude|fella|fellow|gentleman|girl|female|male)\.$)/;

/** What the posts and the declared fields say: who it is, then work, family, health and interests, then stances. */
function saidPart(
  { ageYears, claims }: Evidence,
  attributes: Readonly<Record<string, Attribute>>,
  said: readonly string[],
  voice: Voice,
  choose: Choose,
): string[] {
  const telling = distinct(claims).filter(({ statement }) => !isAgeOrSex.test(statement));
  const of = (...dimensions: readonly Dimension[]): string[] =>
    merged(
      telling
        .filter((claim) => dimensions.includes(claim.dimension) && !isTopic(claim))
        .map(({ statement }) => predicate(statement, voice)),
    );
  const fields = said
    .filter((name) => name !== 'sex' && !isTold(name, attributes[name]!, telling))
    .map((name) => predicate(attributePhrase(name, attributes[name]!.value), voice));
  const sex = said.includes('sex') ? attributes.sex!.value : undefined;
  const middle = choose<readonly Dimension[]>(
    [
      ['work', 'experiences', 'interests'],
      ['experiences', 'work', 'interests'],
      ['work', 'interests', 'experiences'],
    ],
    'order',
  );
  const [first, ...rest] = [
    ...of('demographics'),
    ...fields,
    ...middle.flatMap((dimension) => of(dimension)),
    ...of('values', 'personality'),
  ];
  return [
    openingSentence({ ageYears, sex, first }, voice, choose),
    ...paired(
      rest,
      capital(voice.subject),
      (sentence) => sentence % 2 === 1 && choose([true, false], `also ${sentence}`),
    ),
    ...topicSentence(telling, choose),
  ];
}

/** Whether a claim tells of the attribute: one about work of employment, else the one with the same source. */
function isTold(name: string, { source }: Attribute, telling: readonly Claim[]): boolean {
  if (name === 'employment') return telling.some(({ dimension }) => dimension === 'work');
  return (
    source !== undefined &&
    telling.some((claim) => claim.dimension === 'demographics' && canonicalJson(claim.source) === canonicalJson(source))
  );
}

/** Age and sex where they are said, with the first other fact; or the writer without either. */
function openingSentence(
  { ageYears, sex, first }: { ageYears: number | undefined; sex: string | undefined; first: string | undefined },
  voice: Voice,
  choose: Choose,
): string {
  const noun = sex === 'female' ? 'woman' : sex === 'male' ? 'man' : undefined;
  const singular = first === undefined ? undefined : toSingular(first, voice);
  const who = singular === undefined ? '' : ` who ${singular}`;
  const semicolon = first === undefined ? '' : `; ${voice.subject} ${first}`;
  if (noun !== undefined) {
    const aged = ageYears === undefined ? noun : `${ageYears}-year-old ${noun}`;
    const one = `${article(aged)} ${aged}`;
    return choose(
      [`${capital(one)} wrote these posts${semicolon}.`, `This is ${one}${who}.`, `The writer is ${one}${who}.`],
      'opening',
    );
  }
  if (ageYears === undefined)
    return singular === undefined ? 'The writer says little about themselves.' : `The writer ${singular}.`;
  return singular !== undefined && /^(?:lives|works|has|holds|runs|teaches) /.test(singular)
    ? choose(
        [`The writer is ${ageYears} years old and ${singular}.`, `At ${ageYears}, the writer ${singular}.`],
        'opening',
      )
    : `The writer is ${ageYears} years old${singular === undefined ? '' : ` and ${singular}`}.`;
}

/** Undoes the agreement with "they" after a singular subject. */
const toSingular = (text: string, { isPlural }: Voice): string =>
  isPlural
    ? text.replace(
        /^(?:are|have|were|\w+)/,
        (verb) => ({ are: 'is', have: 'has', were: 'was' })[verb] ?? (/(?:ed|ft)$/.test(verb) ? verb : `${verb}s`),
      )
    : text;

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

const topicPattern = /^Often writes about “(.+)”\.$/;
const isTopic = ({ statement }: Claim): boolean => topicPattern.test(statement);

function topicSentence(claims: readonly Claim[], choose: Choose): string[] {
  const topics = claims.filter(isTopic).map(({ statement }) => `“${topicPattern.exec(statement)![1]!}”`);
  if (topics.length === 0) return [];
  const many = topics.length > 1;
  return [
    choose(
      many
        ? [
            `Subjects that come back in the posts are ${listed(topics)}.`,
            `Words that keep returning are ${listed(topics)}.`,
          ]
        : [
            `One subject that comes back in the posts is ${topics[0]!}.`,
            `A word that keeps returning is ${topics[0]!}.`,
          ],
      'topics',
    ),
  ];
}

function quotationPart(quoted: readonly string[], { subject, possessive, isPlural }: Voice, choose: Choose): string[] {
  if (quoted.length === 0) return [];
  const all = listed(quoted.map((quotation) => `“${quotation}”`));
  const writes = isPlural ? 'write' : 'writes';
  return [
    choose(
      [
        `In ${possessive} own words: ${all}.`,
        `${capital(subject)} ${writes}: ${all}.`,
        `The posts sound like this: ${all}.`,
      ],
      'quoting',
    ),
  ];
}

/** Which imputed attributes share a sentence; unknown variables come last. */
const sentenceGroups: readonly (readonly string[])[] = [
  ['race', 'hispanic'],
  ['education', 'marital_status', 'region'],
  ['employment', 'household_income'],
];

/** The drawn attributes as sentences: age and sex first. */
function imputedPart(
  drawn: readonly (readonly [string, string])[],
  ageYears: number | undefined,
  voice: Voice,
): string {
  const values = new Map(drawn);
  const noun = { female: 'woman', male: 'man' }[values.get('sex') ?? ''];
  const aged = ageYears === undefined ? undefined : `${ageYears}-year-old ${noun ?? 'person'}`;
  const identity = aged ?? noun;
  const grouped = new Set(['sex', ...sentenceGroups.flat()]);
  const others = drawn.map(([name]) => name).filter((name) => !grouped.has(name));
  const groups = [...sentenceGroups, ...others.map((name) => [name])].map((names) =>
    names.flatMap((name) => (values.has(name) ? [predicate(attributePhrase(name, values.get(name)!), voice)] : [])),
  );
  const sentencesOfAll = [
    ...(identity === undefined ? [] : [[predicate(`is ${article(identity)} ${identity}`, voice)]]),
    ...groups,
  ]
    .filter((predicates) => predicates.length > 0)
    .map(
      (predicates) =>
        `${voice.subject} ${listed(predicates).replace(/ and (?:is|are) (not Hispanic|Hispanic)$/, ' and $1')}.`,
    );
  const [first, ...rest] = sentencesOfAll;
  return first === undefined ? '' : `${imputedOpening} ${[first, ...rest.map(capital)].join(' ')}`;
}
