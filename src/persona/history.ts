import { z } from 'zod';

/** One dated (or undated) post of a person. */
export const Post = z.strictObject({
  /** `<person>#<number>`, numbered from 1 in order of date (undated posts keep the order of the file). */
  id: z.string(),
  date: z.iso.date().optional(),
  text: z.string(),
});
export type Post = z.infer<typeof Post>;

/**
 * What one person wrote, under a pseudonym, with what they (or the file) declared about themselves.
 * `declared` maps a variable of the target (`sex`, `region`, ...) to a category; age is in whole years.
 */
export const History = z.strictObject({
  person: z.string().regex(/^p-[0-9a-f]{12}$/, 'expected a pseudonym p-<12 hex digits>'),
  declared: z.strictObject({
    ageYears: z.number().int().min(0).max(120).optional(),
    attributes: z.record(z.string(), z.string()),
  }),
  posts: z.array(Post).min(1),
});
export type History = z.infer<typeof History>;
