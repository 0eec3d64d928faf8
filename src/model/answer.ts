/** What became of one question. A failure is data: it is counted and reported, never replaced by a default or a random draw. */
export type Answer<T> =
  | { readonly kind: 'answered'; readonly value: T; readonly attempts: number }
  | { readonly kind: 'refused' | 'malformed' | 'unavailable'; readonly reason: string; readonly attempts: number };

/** An answer that was computed here, without a model. */
export const answered = <T>(value: T): Answer<T> => ({ kind: 'answered', value, attempts: 1 });
