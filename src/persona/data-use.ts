import { z } from 'zod';
import { sentences } from '../text/tokens.js';
import type { Claim, Evidence } from './narrative-persona.js';
import { sensitiveTopics, type SensitiveTopic, type TopicsIn } from './sensitive-topics.js';

/** What may be learned of people from what they wrote. The first are known by their words, the others by what they fill. */
export const inferences = [
  ...sensitiveTopics,
  'age',
  'sex',
  'place',
  'work',
  'income',
  'family',
  'personality',
  'values',
  'interests',
] as const;
export type Inference = (typeof inferences)[number];

/** What the owner of a source allows with it (data-use/1). Every field has to be said: silence allows nothing. */
export const DataUse = z.strictObject({
  schema: z.literal('data-use/1'),
  /** Name of the source, for reports. */
  title: z.string().trim().min(1).max(300),
  licence: z.string().trim().min(1).max(300),
  /** What may be inferred of the authors; `all`, or a list, which may be empty. */
  inferences: z.union([z.literal('all'), z.array(z.enum(inferences))]),
  /** Last day on which the source may be used, `yyyy-mm-dd`; null without an end. */
  retainUntil: z.iso.date().nullable(),
  /**
   * `quotations`: texts may hold runs of an author's own words within the bounds of the rubric; `no`: none longer than chance, none
   * in a report.
   */
  publication: z.enum(['quotations', 'no']),
});
export type DataUse = z.infer<typeof DataUse>;

/** What holds where nothing was said: everything that this program infers, without an end, with short quotations. */
export const unstatedUse: DataUse = {
  schema: 'data-use/1',
  title: 'not stated',
  licence: 'not stated',
  inferences: 'all',
  retainUntil: null,
  publication: 'quotations',
};

/** Whether something may be inferred. */
export const allows = ({ inferences: allowed }: DataUse, inference: Inference): boolean =>
  allowed === 'all' || allowed.includes(inference);

/** What an attribute of a target is an inference of; one that is not known here may only be inferred where all is allowed. */
const inferenceOf: Readonly<Record<string, Inference>> = {
  age: 'age',
  sex: 'sex',
  gender: 'sex',
  region: 'place',
  state: 'place',
  race: 'origin',
  hispanic: 'origin',
  ethnicity: 'origin',
  religion: 'religion',
  party: 'politics',
  politics: 'politics',
  education: 'work',
  employment: 'work',
  occupation: 'work',
  household_income: 'income',
  income: 'income',
  marital_status: 'family',
};

/** Whether an attribute may be read out of posts. */
export function allowsAttribute(use: DataUse, variable: string): boolean {
  if (use.inferences === 'all') return true;
  const inference = Object.hasOwn(inferenceOf, variable) ? inferenceOf[variable] : undefined;
  return inference !== undefined && allows(use, inference);
}

/** The topics that are forbidden among those that a text touches. */
export const forbiddenTopics = (use: DataUse, topicsIn: TopicsIn, text: string): SensitiveTopic[] =>
  use.inferences === 'all' ? [] : [...topicsIn(text)].filter((topic) => !allows(use, topic));

/** What stands in the place of a sentence that nobody may learn from. */
const withheldSign = '[–]';

/**
 * Takes every sentence out of a text that touches a forbidden topic, so that no reader and no model ever sees it.
 *
 * @returns the text, and how many sentences went for each topic; one that touches two counts for both
 */
export function withholder(
  use: DataUse,
  topicsIn: TopicsIn,
): (text: string) => { readonly text: string; readonly replaced: Readonly<Record<string, number>> } {
  if (use.inferences === 'all') return (text) => ({ text, replaced: {} });
  return (text) => {
    const replaced: Record<string, number> = {};
    let [kept, from] = ['', 0];
    for (const { text: sentence, start, end } of sentences(text)) {
      const forbidden = forbiddenTopics(use, topicsIn, sentence);
      if (forbidden.length === 0) continue;
      for (const topic of forbidden) replaced[`not allowed: ${topic}`] = (replaced[`not allowed: ${topic}`] ?? 0) + 1;
      kept += text.slice(from, start) + withheldSign;
      from = end;
    }
    return { text: kept + text.slice(from), replaced };
  };
}

/**
 * The evidence about a person without what may not be inferred: attributes, claims, traits. What was dropped is counted by inference.
 */
export function allowedEvidence(
  evidence: Evidence,
  use: DataUse,
  topicsIn: TopicsIn,
  count: (inference: string) => void,
): Evidence {
  if (use.inferences === 'all') return evidence;
  const keep = (isAllowed: boolean, inference: string): boolean => {
    if (!isAllowed) count(inference);
    return isAllowed;
  };
  const { ageYears, ...rest } = evidence;
  const attributes = Object.entries(evidence.attributes).filter(([variable]) =>
    keep(allowsAttribute(use, variable), variable),
  );
  const claims = evidence.claims.filter((claim) => {
    const forbidden = forbiddenClaim(claim, use, topicsIn);
    return keep(forbidden === undefined, forbidden ?? '');
  });
  const traits = allows(use, 'personality');
  if (!traits && evidence.traitStatements.length > 0) count('personality');
  return {
    ...rest,
    ...(ageYears !== undefined && keep(allows(use, 'age'), 'age') && { ageYears }),
    attributes: Object.fromEntries(attributes),
    claims,
    topics: allows(use, 'interests')
      ? evidence.topics.filter((topic) => forbiddenTopics(use, topicsIn, topic).length === 0)
      : [],
    ...(!traits && { traitCues: evidence.traitCues.map(() => ({ score: 0, words: 0 })), traitStatements: [] }),
  };
}

/** What a claim infers by its dimension. Demographics and experiences may be anything: their words decide. */
const inferenceOfDimension = {
  work: 'work',
  personality: 'personality',
  values: 'values',
  interests: 'interests',
} as const;

function forbiddenClaim({ dimension, statement }: Claim, use: DataUse, topicsIn: TopicsIn): Inference | undefined {
  const [topic] = forbiddenTopics(use, topicsIn, statement);
  if (topic !== undefined) return topic;
  if (dimension in inferenceOfDimension) {
    const inference = inferenceOfDimension[dimension as keyof typeof inferenceOfDimension];
    return allows(use, inference) ? undefined : inference;
  }
  // A claim of this kind restates an age, a sex, a home or a family: all of them have to be allowed.
  if (dimension !== 'demographics') return undefined;
  return (['age', 'sex', 'place', 'family'] as const).find((inference) => !allows(use, inference));
}
