import { z } from 'zod';
import { canonicalJson, sha256 } from '../../core/canonical-json.js';
import { ask, mapAnswer } from '../../model/ask.js';
import type { ChatModel } from '../../model/chat-model.js';
import { traitDomains } from '../../psychometrics/inventory.js';
import { isGrounded } from '../filter/grounding.js';
import type { History, Post } from '../history.js';
import {
  type Attribute,
  type Claim,
  Dimension,
  dimensions,
  type Disposition,
  type Evidence,
  type Span,
} from '../narrative-persona.js';
import type { PersonaWriter } from '../ports.js';
import { narrativeAnswer } from './narrative-answer.js';
import { carriesClaim, namesCategory, type OwnWords, ownWords, saysAge } from './own-words.js';
import { showPosts } from './posts.js';
import { fenced, fillPrompt, type Prompt } from './prompt.js';
import { quoteFinder } from './quote.js';

/** What is counted in the posts themselves, without a model. */
export type Measures = Pick<Evidence, 'topics' | 'tone' | 'words' | 'language' | 'traitCues' | 'traitStatements'>;

export interface ModelWriterOptions {
  readonly model: ChatModel;
  readonly prompts: { readonly extractEvidence: Prompt; readonly writeNarrative: Prompt };
  /** Variables of the target with their categories: the only attributes that count. */
  readonly variables: readonly { readonly name: string; readonly categories: readonly string[] }[];
  /** Language of the narratives, by name: `English`. */
  readonly language: string;
  /** Who speaks in the narratives: the person (`I`), or somebody about the person. Default third. */
  readonly person?: 'first' | 'third';
  readonly measure: (history: History) => Measures | Promise<Measures>;
  /** What patterns read in posts: an attribute or an age that they find in the same sentence is believed, whatever its words. */
  readonly readFacts?: (posts: History['posts']) => Pick<Evidence, 'ageYears' | 'attributes'>;
  /** Most characters of posts in one prompt; older posts that do not fit are left out and counted. Default 60 000. */
  readonly maxPostCharacters?: number;
  /** Sampling temperature of the narratives; evidence is read at 0. Default 0.8. */
  readonly temperature?: number;
  /** Most words in a row that a narrative may share with a post. Default 8. */
  readonly mostQuotedWords?: number;
}

/** What was left out of the evidence, over all histories read so far. */
export interface WriterCounts {
  readonly claims: number;
  /** Statements whose key words are not in or near their quote, or whose quote is not what the author says of themselves. */
  readonly ungroundedClaims: number;
  /** Attributes and ages that the author's own words in their quote do not give. */
  readonly unsupportedFacts: number;
  /** Statements, attributes and ages whose quote is not in the post that they name. */
  readonly unlocatedQuotes: number;
  /** Attributes, declared ones included, with a variable or category that the target does not have. */
  readonly unknownCategories: number;
  /** Attributes given up for another value of the same variable: declared, else stated, else in the newest post. */
  readonly supersededAttributes: number;
  /** Older posts that did not fit into the prompt. */
  readonly postsLeftOut: number;
  /** Posts that give orders to a model, which are shown to none. */
  readonly postsWithOrders: number;
}

/** A writer that counts what it leaves out. */
export interface ModelWriter extends PersonaWriter {
  counts(): WriterCounts & Record<string, number>;
}

const source = { post: z.number().int(), quote: z.string() };
const status = z.enum(['stated', 'inferred']);

/** The answer asked for. Flat, every field required: that is what servers can enforce. */
const EvidenceAnswer = z.strictObject({
  age: z.strictObject({ years: z.number().int().min(0).max(120), ...source }).nullable(),
  attributes: z.array(z.strictObject({ variable: z.string(), category: z.string(), status, ...source })).max(60),
  claims: z
    .array(z.strictObject({ dimension: Dimension, statement: z.string().min(1).max(300), status, ...source }))
    .max(100),
});
type EvidenceAnswer = z.infer<typeof EvidenceAnswer>;

/**
 * Writes personas with a language model. Posts go in as fenced data; what comes out counts only if its quote stands in the
 * post word for word, so that every claim has its span. The narrative is written from the claims, never from the posts, in two
 * paragraphs: what the notes say, and what was drawn for this persona. It is asked for again if it repeats more than a few
 * words of a post in a row, is too short, or does not tell the two apart.
 */
export function modelWriter(options: ModelWriterOptions): ModelWriter {
  const {
    model,
    prompts,
    variables,
    language,
    measure,
    readFacts,
    maxPostCharacters = 60_000,
    temperature = 0.8,
  } = options;
  const voice = voices[options.person ?? 'third'];
  const categories = new Map(variables.map(({ name, categories }) => [name, new Set(categories)]));
  const counts = {
    claims: 0,
    ungroundedClaims: 0,
    unsupportedFacts: 0,
    unlocatedQuotes: 0,
    unknownCategories: 0,
    supersededAttributes: 0,
    postsLeftOut: 0,
    postsWithOrders: 0,
  };

  // The draws of one person share the index over their posts.
  const shapes = new WeakMap<History, ReturnType<typeof narrativeAnswer>>();

  /** The evidence that stands: located quotes, known categories, one value a variable. */
  function standing(
    { declared }: History,
    posts: readonly Post[],
    answer: EvidenceAnswer,
    measures: Measures,
  ): Evidence {
    const find = locator(posts);
    const located = <T extends { post: number; quote: string }>(entries: readonly T[]): (T & { source: Span })[] =>
      entries.flatMap((entry) => {
        const span = find(entry);
        if (span === undefined) counts.unlocatedQuotes++;
        return span === undefined ? [] : [{ ...entry, source: span }];
      });
    const known = (variable: string, category: string): boolean => {
      const ok = categories.get(variable)?.has(category) ?? false;
      if (!ok) counts.unknownCategories++;
      return ok;
    };

    const { wordsOf, factsAt } = grounds(posts, readFacts);
    const supported = (holds: boolean): boolean => {
      if (!holds) counts.unsupportedFacts++;
      return holds;
    };

    const attributes = new Map<string, Attribute>();
    for (const [variable, value] of Object.entries(declared.attributes))
      if (known(variable, value)) attributes.set(variable, { value, status: 'stated' });
    const best = located(answer.attributes.filter(({ variable, category }) => known(variable, category)))
      .filter(({ variable, category, source }) => {
        const read = factsAt(source).attributes[variable]?.value;
        return supported(read === undefined ? namesCategory(wordsOf(source).at(source), category) : read === category);
      })
      .sort((a, b) => Number(a.status === 'inferred') - Number(b.status === 'inferred') || b.post - a.post);
    for (const { variable, category, status, source } of best)
      if (!attributes.has(variable)) attributes.set(variable, { value: category, status, source });
      else if (attributes.get(variable)!.value !== category) counts.supersededAttributes++;

    // What does not stand on its quote is not told on: one such claim must not cost the person all personas.
    const postOf = new Map(posts.map((post) => [post.id, post]));
    const found = located(answer.claims).map(({ dimension, statement, status, source }): Claim => ({
      dimension,
      statement,
      status,
      source,
    }));
    const claims = found.filter(
      (claim) => carriesClaim(wordsOf(claim.source), claim.source, claim) && isGrounded(claim, postOf, new Set()),
    );
    counts.ungroundedClaims += found.length - claims.length;
    counts.claims += claims.length;
    const [age] = located(answer.age === null ? [] : [answer.age]).filter(({ years, source }) =>
      supported(factsAt(source).ageYears === years || saysAge(wordsOf(source).at(source), years)),
    );
    const ageYears = declared.ageYears ?? age?.years;
    return {
      ...(ageYears === undefined ? {} : { ageYears }),
      attributes: Object.fromEntries(attributes),
      claims,
      ...measures,
    };
  }

  return {
    name: `model:${model.name}`,
    prompts: [prompts.extractEvidence.id, prompts.writeNarrative.id],
    counts: () => ({ ...counts }),

    async readEvidence(history, signal) {
      const { posts, leftOut, withOrders, fence } = showPosts(history.posts, maxPostCharacters);
      const filled = fillPrompt(prompts.extractEvidence, {
        posts: fence,
        variables: variables.map(({ name, categories }) => `- ${name}: ${categories.join(' | ')}`).join('\n'),
      });
      const question = { ...filled, schemaName: 'evidence', temperature: 0, maxOutputTokens: 4000 };
      const answer = await ask(model, question, EvidenceAnswer, signal);
      if (answer.kind !== 'answered') return answer;
      counts.postsLeftOut += leftOut;
      counts.postsWithOrders += withOrders;
      const measures = await measure(history);
      return mapAnswer(answer, (value) => standing(history, posts, value, measures));
    },

    async narrate(history, evidence, disposition, signal) {
      const filled = fillPrompt(prompts.writeNarrative, {
        evidence: fenced('evidence', notesOf(history, evidence)),
        topics: fenced('topics', evidence.topics),
        known: bulleted(factsOf(evidence.ageYears, evidence.attributes)),
        drawn: bulleted(drawnFacts(evidence, disposition)),
        tendencies: traitDomains.map((trait, i) => `- ${trait}: ${tendency(disposition.traits[i]!)}`).join('\n'),
        language,
        voice,
      });
      const question = {
        ...filled,
        schemaName: 'narrative',
        temperature,
        maxOutputTokens: 1500,
        seed: seedOf(history, disposition),
      };
      const posts = history.posts.map(({ text }) => text);
      const shape =
        shapes.get(history) ??
        narrativeAnswer(posts, language === 'English' ? englishMark : null, options.mostQuotedWords);
      shapes.set(history, shape);
      const answer = await ask(model, question, shape, signal);
      return mapAnswer(answer, (layers) => `${layers.evidence.trim()}\n\n${layers.disposition.trim()}`);
    },
  };
}

/** Finds the span of a quote in the post that it names by number, from 1; texts are indexed once each. */
function locator(posts: readonly Post[]): (entry: { post: number; quote: string }) => Span | undefined {
  const finders = new Map<number, ReturnType<typeof quoteFinder>>();
  return ({ post: number, quote }) => {
    const post = posts[number - 1];
    if (post === undefined) return undefined;
    const finder = finders.get(number) ?? quoteFinder(post.text);
    finders.set(number, finder);
    const range = finder(quote);
    return range === undefined ? undefined : { post: post.id, ...range };
  };
}

/** What the authors of posts say of themselves at a quote, and what patterns read there; each post is looked through once. */
function grounds(posts: readonly Post[], readFacts: ModelWriterOptions['readFacts'] = () => ({ attributes: {} })) {
  const read = new Map<string, { words: OwnWords; facts: ReturnType<typeof readFacts> }>();
  const wordsIn = (id: string): { words: OwnWords; facts: ReturnType<typeof readFacts> } => {
    const known = read.get(id);
    if (known !== undefined) return known;
    const post = posts.find((p) => p.id === id)!;
    const words = ownWords(post);
    const made = { words, facts: readFacts([{ ...post, text: words.plainText }]) };
    read.set(id, made);
    return made;
  };
  return {
    wordsOf: (span: Span): OwnWords => wordsIn(span.post).words,
    /** The facts of the post, if its author may be speaking in the quote. */
    factsAt: (span: Span): ReturnType<typeof readFacts> => {
      const { words, facts } = wordsIn(span.post);
      return words.plainAt(span).length === 0 ? { attributes: {} } : facts;
    },
  };
}

/** Two draws of one person may read the same in words; their seeds differ, so they are two questions. */
const seedOf = ({ person }: History, disposition: Disposition): number =>
  Number.parseInt(sha256(canonicalJson([person, disposition])).slice(0, 8), 16) >>> 1;

/** How the two voices are put to a model. */
const voices = {
  first: 'in the first person, as the person would tell it ("I ...")',
  third: 'in the third person',
} as const;

/** The word that marks, in English, what was drawn. */
const englishMark = 'drawn';

/** What the posts say, by dimension; then what people say of their own character, in their own few words. */
function notesOf({ posts }: History, { claims, traitStatements }: Evidence): object[] {
  const textOf = new Map(posts.map(({ id, text }) => [id, text]));
  return [
    ...dimensions.flatMap((dimension) =>
      claims
        .filter((claim) => claim.dimension === dimension)
        .map(({ statement, status }) => ({ dimension, statement, status })),
    ),
    ...traitStatements.map(({ domain, keying, strength, source: { post, start, end } }) => ({
      dimension: 'personality',
      says: textOf.get(post)?.slice(start, end) ?? '',
      meaning: `${strength} ${keying === 1 ? 'high' : 'low'} in ${domain}`,
      status: 'stated',
    })),
  ];
}

/** Age in years, then attributes, as lines; the band of an age adds nothing to it. */
const factsOf = (ageYears: number | undefined, attributes: Evidence['attributes']): string[] => [
  ...(ageYears === undefined ? [] : [`age: ${ageYears}`]),
  ...sortedEntries(attributes)
    .filter(([name]) => name !== 'age' || ageYears === undefined)
    .map(([name, { value }]) => `${name}: ${value}`),
];

/** What was drawn for this persona: the evidence of all its draws is the same, and none of this is in it. */
function drawnFacts({ ageYears: known }: Evidence, { ageYears, attributes }: Disposition): string[] {
  const drawn = Object.entries(attributes).filter(
    ([name, { status }]) => status === 'imputed' && (name !== 'age' || known === undefined),
  );
  return factsOf(known === undefined ? ageYears : undefined, Object.fromEntries(drawn));
}

const bulleted = (lines: readonly string[]): string =>
  lines.length === 0 ? '- nothing' : lines.map((line) => `- ${line}`).join('\n');

/** How far from average a trait has words, in standard deviations; T-scores of 43 to 57 are about average. */
const tendencyWords = [
  [1.8, 'far'],
  [1.2, 'clearly'],
  [0.7, 'somewhat'],
] as const;

/** A standardized trait in words, as it is put to a model. */
export function tendency(z: number): string {
  const strength = tendencyWords.find(([cut]) => Math.abs(z) >= cut)?.[1];
  return strength === undefined ? 'about average' : `${strength} ${z < 0 ? 'below' : 'above'} average`;
}

const sortedEntries = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
