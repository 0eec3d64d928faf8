import type { Post } from '../history.js';
import { givesOrders } from './instructions.js';
import { fenced } from './prompt.js';
import { visible } from './quote.js';

/** The posts that fit into a prompt, newest first in, shown in their own order. */
export interface ShownPosts {
  readonly posts: readonly Post[];
  /** Older posts that did not fit. */
  readonly leftOut: number;
  /** Posts that give orders to a model: none is shown. */
  readonly withOrders: number;
  /** The posts as fenced data, numbered from 1. */
  readonly fence: string;
}

/**
 * Takes the newest posts up to `maxCharacters` (UTF-16 code units) that give no orders to a model. The newest of them is
 * always shown, cut if need be.
 */
export function showPosts(all: readonly Post[], maxCharacters: number): ShownPosts {
  const posts = all.filter(({ text }) => !givesOrders(text));
  let [first, room] = [posts.length, maxCharacters];
  while (first > 0 && posts[first - 1]!.text.length <= room) room -= posts[--first]!.text.length;
  first = Math.max(0, Math.min(first, posts.length - 1));
  const shown = posts.slice(first);
  return {
    posts: shown,
    leftOut: first,
    withOrders: all.length - posts.length,
    fence: fenced(
      'posts',
      shown.map(({ date, text }, i) => ({
        post: i + 1,
        ...(date === undefined ? {} : { date }),
        text: visible(cut(text, maxCharacters)),
      })),
    ),
  };
}

/** The beginning of a text, without half a character at its end. */
const cut = (text: string, length: number): string =>
  text.length <= length ? text : text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
