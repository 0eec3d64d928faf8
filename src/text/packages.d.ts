/** The parts of untyped or wrongly typed packages that are used in this folder. */

declare module 'vader-sentiment' {
  interface Analyzer {
    sentiment_valence(
      valence: number,
      text: { words_and_emoticons: readonly string[]; is_cap_diff: boolean },
      item: string,
      index: number,
      sentiments: number[],
    ): number[];
    but_check(words: readonly string[], sentiments: number[]): number[];
    score_valence(sentiments: number[], text: string): { compound: number };
  }
  const vader: { readonly SentimentIntensityAnalyzer: Analyzer };
  export default vader;
}

/** The package's own types have relative imports that do not resolve. */
declare module 'fasttext.wasm.js' {
  /** Guesses live in WebAssembly memory, outside the garbage collector, and must be deleted. */
  interface Guesses {
    size(): number;
    /** Probability and label (`__label__en`). */
    get(index: number): [number, string];
    delete(): void;
  }
  interface Identifier {
    load(): Promise<{ predict(text: string, k: number, threshold: number): Guesses }>;
    readonly constructor: {
      formatLang: (label: string) => { readonly alpha2: string | null; readonly alpha3: string };
    };
  }
  export function getLIDModel(): Promise<Identifier>;
}
