/** The parts of the package that are used; it ships no types. */
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
