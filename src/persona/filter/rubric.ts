import { z } from 'zod';

/** What a judge's scores mean, from worst to best. */
const Anchors = z.strictObject({
  '1': z.string(),
  '2': z.string(),
  '3': z.string(),
  '4': z.string(),
  '5': z.string(),
});

const shared = {
  /** Kebab-case name; goes into rejections. */
  id: z.string().regex(/^[a-z][a-z-]*$/, 'expected a kebab-case name'),
  description: z.string(),
  threshold: z.number(),
};

/** The rules that can be named by a rubric, in no order. */
export const ruleNames = [
  'minimum-age',
  'history-words',
  'persona-words',
  'language',
  'grounding',
  'contradictions',
  'trait-contradictions',
  'personal-data',
  'verbatim-words',
  'verbatim-characters',
  'edited-words',
  'edited-share',
  'near-duplicate',
  'duplicate-author',
] as const;
export type RuleName = (typeof ruleNames)[number];

/** A rule computes its score from the persona and its history. */
export const RuleCriterion = z.strictObject({ ...shared, kind: z.literal('rule'), id: z.enum(ruleNames) });
/** A judge gives the score, 1 (worst) to 5 (best); it passes at the threshold or above. */
export const JudgeCriterion = z.strictObject({
  ...shared,
  kind: z.literal('judge'),
  threshold: z.number().min(1).max(5),
  anchors: Anchors,
});

/** What makes a persona good enough to be kept: criteria in the order in which they are applied. */
export const Rubric = z
  .strictObject({
    schema: z.literal('rubric/1'),
    name: z.string(),
    version: z.number().int().min(1),
    /** ISO 639-1 codes of the languages that histories and personas may have. */
    languages: z.array(z.string().regex(/^[a-z]{2,3}$/)).min(1),
    criteria: z.array(z.discriminatedUnion('kind', [RuleCriterion, JudgeCriterion])).min(1),
  })
  .refine(({ criteria }) => new Set(criteria.map(({ id }) => id)).size === criteria.length, {
    path: ['criteria'],
    error: 'criteria must have different ids',
  });
export type Rubric = z.infer<typeof Rubric>;
