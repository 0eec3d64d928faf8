import { fold } from '../../text/tokens.js';

/** Words and the breaks between them, as {@link readWords} finds them. */
export interface WordSequence {
  readonly words: readonly string[];
  /** What stands in front of each word: 0 nothing, 1 a comma, colon, dash or bracket, 2 the end of a sentence. */
  readonly breaks: readonly number[];
}

/**
 * Single words, unlike those of `text/tokens`: "easy-going" is two, so that expressions need no hyphens, and "isn't" is "is"
 * and "not", so that one negation stands for all.
 */
const wordOrBreak = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*|[.!?…;\n\r,:()—–]/gu;

/** The words of a text, folded. Linear time. */
export function readWords(text: string): WordSequence {
  const words: string[] = [];
  const breaks: number[] = [];
  let open = 2;
  const add = (word: string): void => {
    words.push(word);
    breaks.push(open);
    open = 0;
  };
  for (const [part] of text.matchAll(wordOrBreak)) {
    if (',:()—–'.includes(part)) open = Math.max(open, 1);
    else if ('.!?…;\n\r'.includes(part)) open = 2;
    else {
      const word = fold(part);
      const negated = word === 'cannot' || word === "can't" ? 'can' : word.endsWith("n't") ? word.slice(0, -3) : '';
      add(negated || word);
      if (negated) add('not');
    }
  }
  return { words, breaks };
}

/** An expression in a text: its value, and where it ends (exclusive). */
interface Expression<T> {
  readonly value: T;
  readonly end: number;
}

/** Finds the longest expression that begins at a place. */
export interface ExpressionIndex<T> {
  /** The longest expression from `from` on that crosses no break. */
  longestAt(text: WordSequence, from: number): Expression<T> | undefined;
}

/** Letters of a stem that find it; no stem may be shorter. */
const stemLetters = 3;

/** How one word of an expression may be written. */
export const slotPattern = String.raw`(?:\*|(?:[a-z']{3,}\*|[a-z']+)(?:\|(?:[a-z']{3,}\*|[a-z']+))*)`;

interface Node<T> {
  readonly words: Map<string, Node<T>>;
  /** By the first letters: the stems that begin so. */
  readonly stems: Map<string, { readonly stem: string; readonly node: Node<T> }[]>;
  any?: Node<T>;
  value?: T;
}

/**
 * Builds the index of expressions: words with one space between them, where `a|b` is either word, `*` at the end of a word
 * any ending, and `*` alone any one word. Of expressions of like length the first one wins that was given.
 *
 * Looking up costs a few steps for each word of the longest expression, whatever the text.
 */
export function expressionIndex<T>(entries: Iterable<readonly [expression: string, value: T]>): ExpressionIndex<T> {
  const root = newNode<T>();
  for (const [expression, value] of entries) {
    let ends = [root];
    for (const slot of expression.split(' '))
      ends = ends.flatMap((node) => slot.split('|').map((alternative) => childOf(node, alternative)));
    for (const node of ends) node.value ??= value;
  }

  return {
    longestAt: (text, from) => longest(root, text, from, from, undefined),
  };
}

/** The longer one of `best` and what the text from `at` on, after an expression's beginning `node`, goes on to. */
function longest<T>(
  node: Node<T>,
  text: WordSequence,
  from: number,
  at: number,
  best: Expression<T> | undefined,
): Expression<T> | undefined {
  const { words, breaks } = text;
  let found = best;
  if (node.value !== undefined && (found === undefined || at > found.end)) found = { value: node.value, end: at };
  if (at >= words.length || (at > from && breaks[at] !== 0)) return found;
  const word = words[at]!;
  const exact = node.words.get(word);
  if (exact) found = longest(exact, text, from, at + 1, found);
  const stems = node.stems.size === 0 ? undefined : node.stems.get(word.slice(0, stemLetters));
  if (stems)
    for (const { stem, node: next } of stems)
      if (word.startsWith(stem)) found = longest(next, text, from, at + 1, found);
  return node.any ? longest(node.any, text, from, at + 1, found) : found;
}

const newNode = <T>(): Node<T> => ({ words: new Map(), stems: new Map() });

function childOf<T>(node: Node<T>, alternative: string): Node<T> {
  if (alternative === '*') return (node.any ??= newNode());
  if (!alternative.endsWith('*')) {
    const child = node.words.get(alternative) ?? newNode<T>();
    node.words.set(alternative, child);
    return child;
  }
  const stem = alternative.slice(0, -1);
  const key = stem.slice(0, stemLetters);
  const siblings = node.stems.get(key) ?? [];
  node.stems.set(key, siblings);
  const known = siblings.find((sibling) => sibling.stem === stem);
  if (known) return known.node;
  const child = newNode<T>();
  siblings.push({ stem, node: child });
  return child;
}
