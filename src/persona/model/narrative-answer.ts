import { z } from 'zod';
import { verbatimOverlap } from '../../text/overlap.js';
import { wordCount } from '../../text/tokens.js';

/** Fewest words of a narrative. */
export const minNarrativeWords = 120;

/** Longest run of words that a narrative may share with a post: a longer one can be searched for and leads to its author. */
export const maxQuotedWords = 8;

/**
 * The answer of a model that was asked for a narrative.
 *
 * @param posts texts that it must not quote at length
 * @param minWords fewest words
 */
export function narrativeAnswer(posts: readonly string[], minWords = minNarrativeWords): z.ZodType<{ text: string }> {
  const overlap = verbatimOverlap(posts);
  return z.strictObject({
    text: z.string().superRefine((text, context) => {
      const count = wordCount(text);
      if (count < minWords) context.addIssue(`it has ${count} words, expected at least ${minWords}`);
      const { tokens } = overlap(text);
      if (tokens > maxQuotedWords)
        context.addIssue(
          `it repeats ${tokens} words of a post in a row, expected at most ${maxQuotedWords}; say it in other words`,
        );
    }),
  });
}
