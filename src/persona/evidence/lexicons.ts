import { z } from 'zod';
import { traitDomains } from '../../psychometrics/inventory.js';
import { TraitTextModel } from './trait-text.js';

const notes = z.array(z.string());
/** Words in lower case, with (a|b) for either and (a )? for an optional one. */
const traitExpression = z.string().regex(/^[a-z' ()|?-]+$/, 'expected lower case words, (a|b) or (a )?');
const lowerCase = z.string().regex(/^[^A-Z]+$/, 'expected lower case');

/** States and cities of the United States with their Census regions. */
export const UsPlaces = z.strictObject({
  schema: z.literal('lexicon-places/1'),
  notes,
  states: z.array(
    z.strictObject({
      name: z.string(),
      code: z.string().length(2),
      region: z.enum(['Northeast', 'Midwest', 'South', 'West']),
    }),
  ),
  /** `state` is the two-letter code; `capital`: a common word as well, which counts only with a capital letter. */
  cities: z.array(
    z.strictObject({ name: z.string(), state: z.string().length(2), capital: z.literal(true).optional() }),
  ),
  /** Short forms of states that count only after the name of a town: "Worcester, Mass." */
  abbreviations: z.array(z.strictObject({ name: z.string(), state: z.string().length(2) })),
  /** Landscapes and other areas that lie in one region: "the Bay Area". */
  areas: z.array(z.strictObject({ name: z.string(), region: z.enum(['Northeast', 'Midwest', 'South', 'West']) })),
  /** What people of a state or city are called, in the singular. */
  demonyms: z.array(z.strictObject({ name: z.string(), state: z.string().length(2) })),
});
export type UsPlaces = z.infer<typeof UsPlaces>;

/** Job titles, workplaces and fields of work, in the singular. */
export const Occupations = z.strictObject({
  schema: z.literal('lexicon-occupations/1'),
  notes,
  titles: z.array(z.string()),
  ambiguous: z.array(z.string()),
  /** Last words of titles that need one of `kinds` in front. */
  heads: z.array(z.string()),
  kinds: z.array(z.string()),
  graduate: z.array(z.string()),
  workplaces: z.array(z.string()),
  /** Companies, in their own spelling. */
  employers: z.array(z.string()),
  fields: z.array(z.string()),
  /** People and things that come with a job: "my patients". */
  crew: z.array(z.string()),
  /** What is done for pay: "wait tables". */
  tasks: z.array(z.string()),
});
export type Occupations = z.infer<typeof Occupations>;

/** Hobbies and health conditions with the expressions that tell of them. */
export const LifeLexicon = z.strictObject({
  schema: z.literal('lexicon-life/1'),
  notes,
  hobbies: z.array(
    z.strictObject({
      statement: z.string(),
      /** Say it by themselves: "my garden". */
      expressions: z.array(lowerCase),
      /** Verbs after "I": "hike". */
      does: z.array(lowerCase).optional(),
      /** Their forms in -ing. */
      doing: z.array(lowerCase).optional(),
      /** What is played, practised, read or collected: "banjo". */
      things: z.array(lowerCase).optional(),
      /** The same, where "my" in front says nothing of a hobby: "books". */
      made: z.array(lowerCase).optional(),
      /** Verbs that `things` and `made` stand behind, in their base forms. */
      with: z.array(lowerCase).optional(),
    }),
  ),
  conditions: z.array(
    z.strictObject({
      /** Common name of what the words tell of. */
      name: z.string(),
      /** Illnesses and injuries: what a person has. */
      words: z.array(lowerCase).default([]),
      /** What people call themselves: "diabetic", "in remission". */
      is: z.array(lowerCase).default([]),
      takes: z.array(lowerCase).default([]),
      uses: z.array(lowerCase).default([]),
      /** Operations and events: what a person has had. */
      had: z.array(lowerCase).default([]),
    }),
  ),
});
export type LifeLexicon = z.infer<typeof LifeLexicon>;

/** What people say of their own traits: see `trait-statements.ts`. */
export const TraitStatementLexicon = z.strictObject({
  schema: z.literal('lexicon-trait-statements/1'),
  notes,
  entries: z
    .array(
      z.strictObject({
        domain: z.enum(traitDomains),
        /** 1: high in the domain, -1: low. */
        keying: z.union([z.literal(1), z.literal(-1)]),
        is: z.array(traitExpression),
        usually: z.array(traitExpression),
        does: z.array(traitExpression),
      }),
    )
    .min(1),
});
export type TraitStatementLexicon = z.infer<typeof TraitStatementLexicon>;

/** Base forms of common English words. */
export const CommonWords = z.strictObject({
  schema: z.literal('lexicon-common-words/1'),
  notes,
  words: z.array(lowerCase),
});
export type CommonWords = z.infer<typeof CommonWords>;

const Phrases = z.array(z.string().min(1));
/** Twelve or more, so that many texts do not sound alike. */
const Habits = z.array(z.string().regex(/^(?:\w+ )?\[[a-z]+\]/, 'expected a [verb] in front')).min(12);
/** Words for one side of a trait. */
const TraitSide = z.strictObject({
  adjectives: Phrases.min(10),
  habits: z.strictObject({ mild: Habits, clear: Habits, strong: Habits }),
  /** What matters to such a person, what free time goes to, and what hard times are met with: nouns or forms in -ing. */
  values: Phrases.min(3),
  leisure: Phrases.min(3),
  coping: Phrases.min(3),
});

/** Words for drawn traits, by domain, side and strength; see `src/persona/narrative`. */
export const DispositionWords = z.strictObject({
  schema: z.literal('lexicon-disposition-words/1'),
  notes,
  /** `$` stands for the adjective. */
  degrees: z.strictObject({ mild: Phrases.min(3), clear: Phrases.min(3), strong: Phrases.min(3) }),
  domains: z.record(
    z.enum(traitDomains),
    z.strictObject({
      /** Where the trait shows, in front of a sentence: "among people". */
      frames: Phrases.min(3),
      ends: z.strictObject({ low: z.string(), high: z.string() }),
      high: TraitSide,
      low: TraitSide,
    }),
  ),
});
export type DispositionWords = z.infer<typeof DispositionWords>;

/** Everything that the embedded reader of evidence knows about words. */
export const Lexicons = z.strictObject({
  places: UsPlaces,
  occupations: Occupations,
  life: LifeLexicon,
  traitStatements: TraitStatementLexicon,
  traitText: TraitTextModel,
  commonWords: CommonWords,
  dispositionWords: DispositionWords,
});
export type Lexicons = z.infer<typeof Lexicons>;

/** The file of each lexicon, from the root of the package. */
export const lexiconFiles: Readonly<Record<keyof Lexicons, string>> = {
  places: 'personas/lexicons/us-places.json',
  occupations: 'personas/lexicons/occupations.json',
  life: 'personas/lexicons/life.json',
  traitStatements: 'personas/lexicons/trait-statements.json',
  traitText: 'data/traits/text-model-sentence-completion.json',
  commonWords: 'personas/lexicons/common-words.json',
  dispositionWords: 'personas/lexicons/disposition-words.json',
};
