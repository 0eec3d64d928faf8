import { z } from 'zod';
import { verbatimOverlap } from '../../text/overlap.js';
import { wordCount } from '../../text/tokens.js';

/** Fewest words of a narrative. */
export const minNarrativeWords = 120;

/** Longest run of words that a narrative may share with a post unless said otherwise: a longer one can be searched for and leads to its author. */
export const maxQuotedWords = 8;

/** The two layers of a narrative: what the notes say, and what was drawn. */
export interface NarrativeLayers {
  readonly evidence: string;
  readonly disposition: string;
}

/** A revised narrative: one text of a least number of words. */
export const revisedAnswer = (minWords: number): z.ZodType<{ text: string }> =>
  z.strictObject({
    text: z.string().superRefine((text, context) => {
      const count = wordCount(text);
      if (count < minWords) context.addIssue(tooShort(count, minWords));
    }),
  });

/**
 * The answer of a model that was asked for a narrative in two layers.
 *
 * @param posts texts that it must not quote at length
 * @param mark a word that the layer of what was drawn must have, so that a reader can tell the two apart; null in a language
 * in which none is known
 * @param most words in a row that it may share with a post
 */
export function narrativeAnswer(
  posts: readonly string[],
  mark: string | null,
  most: number = maxQuotedWords,
): z.ZodType<NarrativeLayers> {
  const overlap = verbatimOverlap(posts);
  const layer = z.string().superRefine((text, context) => {
    if (wordCount(text) === 0) context.addIssue('it is empty');
    if (/\n\s*\n/.test(text.trim())) context.addIssue('it has an empty line, expected one paragraph');
    const { tokens } = overlap(text);
    if (tokens > most)
      context.addIssue(
        `it repeats ${tokens} words of a post in a row, expected at most ${most}; say it in other words`,
      );
  });
  return z.strictObject({ evidence: layer, disposition: layer }).superRefine(({ evidence, disposition }, context) => {
    const count = wordCount(evidence) + wordCount(disposition);
    if (count < minNarrativeWords) context.addIssue(tooShort(count, minNarrativeWords));
    if (mark !== null && !disposition.toLowerCase().includes(mark))
      context.addIssue({
        code: 'custom',
        path: ['disposition'],
        message: `it does not say that it is "${mark}" and not read in the posts`,
      });
  });
}

const tooShort = (got: number, expected: number): string => `it has ${got} words, expected at least ${expected}`;
