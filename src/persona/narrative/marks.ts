import { realised } from './grammar.js';
import { voices } from './voice.js';

/** Sentences that set apart what was drawn from what was read; `$c` is the first clause about it, where there is one. */
export const marks: readonly string[] = [
  'what follows was drawn at random and not read from $posts: $c',
  '$posts leave the rest open, so it was drawn from the population: $c',
  'the rest is a random draw, not something read from $posts: $c',
  'from here on, a draw from the population fills in what $posts do not say: $c',
  'not $posts but a random draw adds the following: $c',
  'the rest is drawn at random rather than read: $c',
  'what $posts leave out was filled in by a random draw: $c',
  'nothing from here on comes from $posts; a random draw supplies it: $c',
  'a draw from the population completes the picture where $posts fall silent: $c',
  'the remaining details were drawn, not found in $posts: $c',
  'beyond what $posts say, chance has filled in the following: $c',
  'to complete the portrait, the rest was drawn at random instead of read: $c',
  'so much for $posts; what follows was drawn at random',
  'here the reading ends; what comes next was drawn from the population',
  'none of what follows stands in $posts; it was drawn to complete the picture',
  'the other half of this portrait is drawn and not read',
  'all that follows is the outcome of a random draw and not of reading',
  'for the rest there is only a draw from the population, not a word from $posts',
];

/** How each mark begins in a finished text. */
const openings: readonly string[] = [
  ...new Set(
    marks.flatMap((mark) =>
      ['the posts', 'my posts'].map((posts) => realised(mark.replace(/: \$c$/, ''), voices[0]!, { posts })),
    ),
  ),
].map((words) => words.charAt(0).toUpperCase() + words.slice(1));

/** A text in two: what the posts say, and what was drawn (empty when no paragraph opens with a mark). */
export interface Layers {
  readonly said: string;
  readonly drawn: string;
}

/** Parts a text of the embedded writer before the paragraph that opens with a mark; `said + drawn` is the text. */
export function layersOf(text: string): Layers {
  for (let at = 0; at >= 0; at = next(text, at)) {
    if (openings.some((opening) => text.startsWith(opening, at)))
      return { said: text.slice(0, at), drawn: text.slice(at) };
  }
  return { said: text, drawn: '' };
}

/** The beginning of the next paragraph; negative after the last. */
const next = (text: string, at: number): number => {
  const found = text.indexOf('\n\n', at);
  return found < 0 ? -1 : found + 2;
};
