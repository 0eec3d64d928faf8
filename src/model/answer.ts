/** The requests behind an answer: keys of their calls in the ledger, in order, and what they took as the server said. */
export interface Asked {
  readonly calls: readonly string[];
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * What became of one question. A failure is data: it is counted and reported, never replaced by a default or a random draw.
 * `asked` is there where a model with a ledger was asked.
 */
export type Answer<T> =
  | { readonly kind: 'answered'; readonly value: T; readonly attempts: number; readonly asked?: Asked }
  | {
      readonly kind: 'refused' | 'malformed' | 'unavailable';
      readonly reason: string;
      readonly attempts: number;
      readonly asked?: Asked;
    };

/** An answer that was computed here, without a model. */
export const answered = <T>(value: T): Answer<T> => ({ kind: 'answered', value, attempts: 1 });

/** The requests behind two answers to one question in parts. */
export const askedTogether = (a: Asked | undefined, b: Asked | undefined): Asked | undefined =>
  a === undefined || b === undefined
    ? (a ?? b)
    : {
        calls: [...a.calls, ...b.calls],
        inputTokens: a.inputTokens + b.inputTokens,
        outputTokens: a.outputTokens + b.outputTokens,
      };
