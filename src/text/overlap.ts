import { fold, words } from './tokens.js';

/** The longest run of words that a text has in common with its sources. */
export interface Overlap {
  /** Words in the longest run. */
  readonly tokens: number;
  /** Characters of the text from the first to the last word of the run with the most characters. */
  readonly characters: number;
}

/** Finds the longest verbatim run between a text and the sources that it was built from. */
export type OverlapWith = (text: string) => Overlap;

/**
 * Builds a suffix automaton over the words of the sources (letter case and punctuation do not count, runs do not cross
 * from one source to the next), then scans any text against it. Both are linear in the number of words, on any input.
 *
 * @see Blumer et al. (1985), The smallest automaton recognizing the subwords of a text
 */
export function verbatimOverlap(sources: readonly string[]): OverlapWith {
  const ids = new Map<string, number>();
  const automaton = suffixAutomaton();
  sources.forEach((source, index) => {
    // A letter that no text has ends each source.
    if (index > 0) automaton.append(-index);
    for (const { text } of words(source)) {
      const word = fold(text);
      const id = ids.get(word) ?? ids.size + 1;
      ids.set(word, id);
      automaton.append(id);
    }
  });
  return (text) => {
    const tokens = words(text);
    const scan = automaton.scanner();
    let longest = 0;
    let characters = 0;
    tokens.forEach((token, index) => {
      const run = scan(ids.get(fold(token.text)) ?? 0);
      if (run === 0) return;
      longest = Math.max(longest, run);
      characters = Math.max(characters, token.end - tokens[index - run + 1]!.start);
    });
    return { tokens: longest, characters };
  };
}

/** States in three arrays: length of the longest word, suffix link, transitions. State 0 is the start. */
function suffixAutomaton(): { append(letter: number): void; scanner(): (letter: number) => number } {
  const length = [0];
  const link = [-1];
  const next: Map<number, number>[] = [new Map<number, number>()];
  let last = 0;

  function append(letter: number): void {
    const state = length.push(length[last]! + 1) - 1;
    link.push(0);
    next.push(new Map());
    let p = last;
    last = state;
    for (; p >= 0 && !next[p]!.has(letter); p = link[p]!) next[p]!.set(letter, state);
    if (p < 0) return;
    const q = next[p]!.get(letter)!;
    if (length[p]! + 1 === length[q]!) {
      link[state] = q;
      return;
    }
    const clone = length.push(length[p]! + 1) - 1;
    link.push(link[q]!);
    next.push(new Map<number, number>(next[q]));
    for (; p >= 0 && next[p]!.get(letter) === q; p = link[p]!) next[p]!.set(letter, clone);
    link[q] = clone;
    link[state] = clone;
  }

  /** Reads letters one by one and says how long a run of the sources ends at each. */
  function scanner(): (letter: number) => number {
    let [state, run] = [0, 0];
    return (letter) => {
      while (state > 0 && !next[state]!.has(letter)) {
        state = link[state]!;
        run = length[state]!;
      }
      const to = next[state]!.get(letter);
      if (to === undefined) return (run = 0);
      state = to;
      return ++run;
    };
  }
  return { append, scanner };
}
