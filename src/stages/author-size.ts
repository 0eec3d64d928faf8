import type { History } from '../persona/history.js';

/** Characters of posts that a prompt shows of one author at most, by default. */
const mostShown = 60_000;

/** How much of an author a language model gets to read, in characters: what the cost of an author goes with. */
export const authorSize = ({ posts }: Pick<History, 'posts'>): number =>
  Math.min(
    mostShown,
    posts.reduce((total, { text }) => total + text.length, 0),
  );
