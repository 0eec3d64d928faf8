import { sentiment } from '../../text/sentiment.js';
import { wordCount } from '../../text/tokens.js';
import { topics } from '../../text/topics.js';
import type { LanguageOf } from '../../text/language.js';
import type { History } from '../history.js';
import type { Attribute, Claim, Evidence } from '../narrative-persona.js';
import { ageCues, carriedAge, latestAge } from './age.js';
import { educationReader, settleEducation } from './education.js';
import { employmentReader, settleEmployment } from './employment.js';
import { ethnicityCues } from './ethnicity.js';
import { familyReader } from './family-reader.js';
import { incomeCues } from './income.js';
import { healthReader } from './health.js';
import { hobbyReader } from './hobbies.js';

import { maritalCues, settleMarital } from './marital.js';
import { placeReader } from './place.js';
import { profileReader } from './profile.js';
import { isSomebodyElses } from './plainly-said.js';
import { latest, readSentences } from './reading.js';
import { settleSex, sexCues } from './sex.js';
import { stanceClaims } from './stance.js';
import { traitStatementReader } from './trait-statements.js';
import { traitTextReader } from './trait-text.js';
import type { Lexicons } from './lexicons.js';
import type { Cue, Sentence } from './reading.js';

/** A variable of the target population with the categories that exist. */
export interface Variable {
  readonly name: string;
  readonly categories: readonly string[];
}

export interface EvidenceOptions {
  /** Only these variables and categories are ever written. */
  readonly variables: readonly Variable[];
  readonly lexicons: Lexicons;
  readonly languageOf: LanguageOf;
}

export interface EvidenceReader {
  /** What the posts and the declared fields say; declared fields win, `stated` and without a source. */
  read(history: History): Evidence;
  /** What the texts alone say. */
  readText(posts: History['posts']): Evidence;
  /** The attributes among it, for those who need nothing else: several times as fast. */
  readFacts(posts: History['posts']): Facts;
}

/** What texts say of age and attributes. */
export type Facts = Pick<Evidence, 'ageYears' | 'attributes'>;

/** Most topics, and most claims of one dimension, in an evidence layer: what is said first counts as typical. */
const mostTopics = 8;
const mostTopicClaims = 3;
const mostClaims = 8;

/** Variables whose cues settle in their own way; all others take the latest stated cue. */
const settlers: Readonly<Record<string, (cues: readonly Cue[], lastDate: string | undefined) => Cue | undefined>> = {
  sex: settleSex,
  marital_status: settleMarital,
  education: settleEducation,
  employment: settleEmployment,
};

/**
 * Builds the embedded reader of evidence: patterns over first-person sentences, one file an attribute. It would rather be
 * silent than wrong: negations, wishes, quotations, the past and other people's facts are not read.
 */
export function evidenceReader({ variables, lexicons, languageOf }: EvidenceOptions): EvidenceReader {
  const categories = new Map(variables.map(({ name, categories: all }) => [name, new Set(all)]));
  const common = new Set(lexicons.commonWords.words);
  const readTraitCues = traitTextReader(lexicons.traitText);
  const readTraitStatements = traitStatementReader(lexicons.traitStatements);
  const readProfile = profileReader(lexicons.places);
  const lifeReaders = [
    familyReader(),
    hobbyReader(lexicons.life, lexicons.commonWords),
    healthReader(lexicons.life),
    stanceClaims,
  ];
  const cueReaders: readonly ((all: readonly Sentence[]) => Cue[])[] = [
    sexCues,
    placeReader(lexicons.places),
    maritalCues,
    educationReader(lexicons.occupations),
    employmentReader(lexicons.occupations),
    incomeCues,
    ethnicityCues,
  ];

  /** Facts, with the claims that tell them. */
  function factsIn(all: readonly Sentence[], posts: History['posts']): { facts: Facts; claims: readonly Claim[] } {
    const listed = readProfile(all);
    const cue = latestAge([...listed.ages, ...ageCues(all)]);
    const lastDate = posts.findLast(({ date }) => date !== undefined)?.date;
    const age = cue && carriedAge(cue, lastDate);
    const cues = [...listed.cues, ...cueReaders.flatMap((read) => read(all))].filter(
      (cue) => categories.get(cue.variable)?.has(cue.value) === true && !meansAnother(cue, all),
    );

    const attributes: Record<string, Attribute> = {};
    const claims: Claim[] = age ? [age.claim] : [];
    for (const { name: variable } of variables) {
      const own = cues.filter((cue) => cue.variable === variable);
      const settled = own.length === 0 ? undefined : (settlers[variable] ?? latest)(own, lastDate);
      if (!settled) continue;
      const { value, claim } = settled;
      attributes[variable] = { value, status: claim.status, source: claim.source };
      claims.push(...(variable === 'employment' ? workClaims(own, settled) : tellsNothing(claim) ? [] : [claim]));
    }
    return { facts: { ...(age ? { ageYears: age.years } : {}), attributes }, claims };
  }

  function readText(posts: History['posts']): Evidence {
    const all = readSentences({ posts });
    const { facts, claims: factual } = factsIn(all, posts);
    const claims = [...factual];
    const found = topics(
      posts.map(({ text }) => text),
      common,
      mostTopics,
    );
    const told = new Map(
      lifeReaders
        .flatMap((read) => read(all))
        .toReversed()
        .map((claim) => [claim.statement, claim]),
    );
    for (const { statement } of claims) told.delete(statement);
    claims.push(...atMost(mostClaims, [...told.values()].toReversed()));
    for (const { word, text, start, end } of found.slice(0, mostTopicClaims))
      claims.push({
        dimension: 'interests',
        statement: `Often writes about “${word}”.`,
        status: 'inferred',
        source: { post: posts[text]!.id, start, end },
      });

    const counts = posts.map(({ text }) => wordCount(text));
    return {
      ...facts,
      claims,
      topics: found.map(({ word }) => word),
      tone: posts.reduce((sum, { text }) => sum + sentiment(text), 0) / posts.length,
      words: counts.reduce((sum, count) => sum + count, 0),
      language: mostWritten(
        posts.map(({ text }) => languageOf(text)),
        counts,
      ),
      traitCues: readTraitCues(all),
      traitStatements: readTraitStatements(all),
    };
  }

  return {
    readText,
    readFacts: (posts) => factsIn(readSentences({ posts }), posts).facts,
    read(history) {
      const fromText = readText(history.posts);
      const { ageYears, attributes } = history.declared;
      const refuted = new Set(contradictions(fromText, history.declared).map(({ source }) => JSON.stringify(source)));
      const declared = Object.entries(attributes)
        .filter(([name, value]) => categories.get(name)?.has(value))
        .map(([name, value]): [string, Attribute] => [name, { value, status: 'stated' }]);
      const age = ageYears ?? fromText.ageYears;
      return {
        ...fromText,
        ...(age === undefined ? {} : { ageYears: age }),
        attributes: { ...fromText.attributes, ...Object.fromEntries(declared) },
        claims: fromText.claims.filter(
          ({ source, statement }) => !refuted.has(JSON.stringify(source)) && !statesOtherAge(statement, age),
        ),
      };
    },
  };
}

/** One variable that the text and the declared fields (or a persona's attributes) give differently. */
export interface Contradiction {
  readonly variable: string;
  readonly text: string;
  readonly declared: string;
  /** Where the text says it. */
  readonly source?: Attribute['source'];
}

/** Whether a cue of sex or marriage may be about somebody else. `order` is the place of its sentence among all. */
function meansAnother({ variable, order, claim }: Cue, all: readonly Sentence[]): boolean {
  const sentence = all[order];
  const { source, status } = claim;
  if (!/^(?:sex|marital_status)$/.test(variable) || status === 'stated' || sentence === undefined) return false;
  return isSomebodyElses(sentence, source.start - sentence.start, source.end - sentence.start);
}

/** Ages this far apart contradict each other: people are a year older in later posts, and files round. */
const ageTolerance = 2;

/** The variables on which what was read from texts contradicts what was declared. Silence contradicts nothing. */
export function contradictions(fromText: Facts, declared: History['declared']): Contradiction[] {
  const found: Contradiction[] = [];
  const [text, field] = [fromText.ageYears, declared.ageYears];
  if (text !== undefined && field !== undefined && Math.abs(text - field) > ageTolerance)
    found.push({ variable: 'age', text: String(text), declared: String(field) });
  for (const [variable, { value, source }] of Object.entries(fromText.attributes)) {
    const other = declared.attributes[variable];
    if (other !== undefined && other !== value)
      found.push({ variable, text: value, declared: other, ...(source ? { source } : {}) });
  }
  return found;
}

/** Whether an age claim and the final age differ: the declared age may be of another year than the post. */
const statesOtherAge = (statement: string, age: number | undefined): boolean => {
  const stated = /^Is (?:(\d+) years old|about to turn (\d+))\.$/.exec(statement);
  return stated !== null && age !== undefined && Number(stated[1] ?? Number(stated[2]) - 1) !== age;
};

/**
 * The claims about work that agree with the settled status: those that name the work first, weak ones ("goes to work")
 * only alone.
 */
function workClaims(cues: readonly Cue[], settled: Cue): Claim[] {
  // Work that is told of before a change of status is over: a new job is not the old one.
  const since = Math.max(
    -1,
    ...cues.filter(({ value, order }) => value !== settled.value && order < settled.order).map(({ order }) => order),
  );
  const agreeing = cues.filter(
    ({ value, order, claim }) => value === settled.value && order > since && claim.status === settled.claim.status,
  );
  const distinct = [...new Map(agreeing.map(({ claim }) => [claim.statement, claim])).values()];
  const telling = distinct.filter(
    ({ statement }) =>
      !/^(?:Goes to work|Has paid work|Has a job|Works for pay|Is retired|Has a (?:boss|supervisor|manager|foreman)|Works shifts|Draws a|Commutes|Has c|Works with a crew|Has [\w -]+ at work)/.test(
        statement,
      ),
  );
  return (telling.length > 0 ? telling : distinct).slice(0, 3);
}

/** Every woman is a daughter: such a claim says no more than the attribute that it is the source of. */
const tellsNothing = ({ statement }: Claim): boolean =>
  /^(?:Is an? (?:daughter|son|sister|brother|granddaughter|grandson|girl|boy|lad|fellow)|Writes as a (?:wom|m)an)\.$/.test(
    statement,
  );

/** The first claims of each dimension. */
function atMost(most: number, claims: readonly Claim[]): Claim[] {
  const counts = new Map<string, number>();
  return claims.filter(({ dimension }) => {
    const count = (counts.get(dimension) ?? 0) + 1;
    counts.set(dimension, count);
    return count <= most;
  });
}

/** The language of most words; `und` only when no post has a language. */
function mostWritten(languages: readonly string[], counts: readonly number[]): string {
  const totals = new Map<string, number>();
  languages.forEach((language, k) => {
    if (language !== 'und') totals.set(language, (totals.get(language) ?? 0) + counts[k]!);
  });
  return [...totals].reduce<readonly [string, number]>(
    (best, entry) => (entry[1] > best[1] ? entry : best),
    ['und', 0],
  )[0];
}
