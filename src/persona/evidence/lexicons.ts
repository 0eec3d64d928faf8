import { z } from 'zod';
import { traitDomains } from '../../psychometrics/inventory.js';

const notes = z.array(z.string());
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
  /** `state` is the two-letter code. */
  cities: z.array(z.strictObject({ name: z.string(), state: z.string().length(2) })),
});
export type UsPlaces = z.infer<typeof UsPlaces>;

/** Job titles, workplaces and fields of work, in the singular. */
export const Occupations = z.strictObject({
  schema: z.literal('lexicon-occupations/1'),
  notes,
  titles: z.array(z.string()),
  ambiguous: z.array(z.string()),
  graduate: z.array(z.string()),
  workplaces: z.array(z.string()),
  fields: z.array(z.string()),
});
export type Occupations = z.infer<typeof Occupations>;

/** Hobbies and health conditions with the expressions that tell of them. */
export const LifeLexicon = z.strictObject({
  schema: z.literal('lexicon-life/1'),
  notes,
  hobbies: z.array(z.strictObject({ statement: z.string(), expressions: z.array(lowerCase).min(1) })),
  conditions: z.array(z.strictObject({ name: z.string(), words: z.array(lowerCase).min(1) })),
});
export type LifeLexicon = z.infer<typeof LifeLexicon>;

/** Expressions that lean towards (`positive`) or away from (`negative`) each trait. */
export const TraitCueLexicon = z.strictObject({
  schema: z.literal('lexicon-trait-cues/1'),
  notes,
  domains: z.record(
    z.enum(traitDomains),
    z.strictObject({ positive: z.array(lowerCase).min(1), negative: z.array(lowerCase).min(1) }),
  ),
});
export type TraitCueLexicon = z.infer<typeof TraitCueLexicon>;

/** Base forms of common English words. */
export const CommonWords = z.strictObject({
  schema: z.literal('lexicon-common-words/1'),
  notes,
  words: z.array(lowerCase),
});
export type CommonWords = z.infer<typeof CommonWords>;

/** Everything that the embedded reader of evidence knows about words, as read from `personas/lexicons`. */
export const Lexicons = z.strictObject({
  places: UsPlaces,
  occupations: Occupations,
  life: LifeLexicon,
  traitCues: TraitCueLexicon,
  commonWords: CommonWords,
});
export type Lexicons = z.infer<typeof Lexicons>;

/** The file of each lexicon below `personas/lexicons`. */
export const lexiconFiles: Readonly<Record<keyof Lexicons, string>> = {
  places: 'us-places.json',
  occupations: 'occupations.json',
  life: 'life.json',
  traitCues: 'trait-cues.json',
  commonWords: 'common-words.json',
};
