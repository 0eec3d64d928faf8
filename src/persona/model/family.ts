/** The words of a model's name without its publisher and its sizes: `meta-llama/Llama-3.1-70B` gives llama. */
const wordsOf = (name: string): string[] =>
  Array.from(
    name
      .slice(name.lastIndexOf('/') + 1)
      .toLowerCase()
      .matchAll(/(?<![\p{L}\p{N}])\p{L}+/gu),
    ([word]) => word,
  );

/**
 * Family of a model by its name: what stands before the first digit, dash or other mark, after the publisher. Names are all
 * that is known of a model behind a server; one that hides its origin is taken at its word.
 */
export const modelFamily = (name: string): string => wordsOf(name)[0] ?? '';

/** Whether two models seem to be of one family: the family of one is a word in the name of the other (`Meta-Llama-3`, `llama-3`). */
export function isSameFamily(one: string, other: string): boolean {
  const [a, b] = [modelFamily(one), modelFamily(other)];
  return a !== '' && b !== '' && (wordsOf(other).includes(a) || wordsOf(one).includes(b));
}
