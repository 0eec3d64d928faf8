import { Failure } from '../core/failure.js';
import { billedFor, type Gate } from './call-loop.js';
import { noTokens, plusTokens, type TokenUsage } from './chat-model.js';
import { waitingLine } from './waiting-line.js';

/** What a model costs, in US dollars for a million tokens. */
export interface Price {
  readonly inputUsd: number;
  readonly outputUsd: number;
}

/** How much may be spent. */
export interface BudgetOptions {
  /** Most tokens, in and out together. */
  readonly maxTokens?: number | undefined;
  /** Most US dollars; needs a price. */
  readonly maxUsd?: number | undefined;
  /** Of the dearest of the models that share the budget. */
  readonly price?: Price | undefined;
  /** What an earlier part of the same run has spent. */
  readonly carried?: Readonly<TokenUsage>;
}

/** What has been spent. */
export interface Spent extends TokenUsage {
  /** Absent when there is no price. */
  readonly usd?: number;
}

/** A gate that keeps to a budget. */
export interface Budget {
  readonly gate: Gate;
  readonly spent: () => Spent;
}

/**
 * Keeps what is spent below a limit, whatever the number of requests at a time: each one takes out of the budget the most that
 * it can be billed before it is sent, and gives back what it did not use. What nobody can know (no usage in the answer, a
 * request that was cut off) counts in full. When the next request may cost more than is left, those under way are waited
 * for, because they give back; only when none is left is the budget used up, so that no paid answer is thrown away.
 *
 * @throws {Failure} `usage` on a limit or price that makes no sense, or a limit in dollars without a price; from the gate,
 *   `budget-reached`
 */
export function budget({ maxTokens, maxUsd, price, carried = noTokens }: BudgetOptions): Budget {
  check('maxTokens', maxTokens, 'a whole number of tokens ≥ 1', (n) => Number.isSafeInteger(n) && n >= 1);
  check('maxUsd', maxUsd, 'US dollars > 0', (n) => n > 0 && n < Infinity);
  check('price of input', price?.inputUsd, pricesExpected, isPrice);
  check('price of output', price?.outputUsd, pricesExpected, isPrice);
  if (maxUsd !== undefined && price === undefined)
    throw new Failure('usage', {
      where: 'budget',
      problem: 'a limit in dollars for a model without a price',
      got: maxUsd,
      hint: 'Give the prices of input and output tokens, or limit the tokens.',
    });

  const line = waitingLine<Readonly<TokenUsage>>('budget');
  let spent: Readonly<TokenUsage> = carried;
  // The most that the requests under way can be billed.
  let held: Readonly<TokenUsage> = noTokens;
  let underWay = 0;

  /** Counts of tokens are whole numbers, so sums are exact, and the dollars are computed from them once. */
  const usd = ({ inputTokens, outputTokens }: Readonly<TokenUsage>): number =>
    price === undefined ? 0 : (inputTokens * price.inputUsd + outputTokens * price.outputUsd) / 1e6;
  const isWithin = (total: Readonly<TokenUsage>): boolean =>
    total.inputTokens + total.outputTokens <= (maxTokens ?? Infinity) && usd(total) <= (maxUsd ?? Infinity);

  function letIn(): void {
    line.admit((most) => {
      const total = plusTokens(plusTokens(spent, held), most);
      if (isWithin(total)) {
        held = plusTokens(held, most);
        underWay++;
        return true;
      }
      if (underWay === 0) line.close(used(most));
      return false;
    });
  }

  const used = (most: Readonly<TokenUsage>): Failure =>
    new Failure('budget-reached', {
      where: 'budget',
      problem: 'the next request may cost more than is left',
      got: `${amount(spent)} spent, up to ${amount(most)} for the next`,
      expected: `at most ${[
        ...(maxTokens === undefined ? [] : [`${maxTokens} tokens`]),
        ...(maxUsd === undefined ? [] : [`${maxUsd} USD`]),
      ].join(' and ')}`,
      hint: 'What was answered is kept: raise the budget and resume the run.',
    });
  const amount = (tokens: Readonly<TokenUsage>): string =>
    `${tokens.inputTokens + tokens.outputTokens} tokens${price === undefined ? '' : ` (${usd(tokens).toFixed(4)} USD)`}`;

  return {
    spent: () => ({ ...spent, ...(price !== undefined && { usd: usd(spent) }) }),
    async gate(outgoing, signal) {
      const { most } = outgoing;
      const turn = line.join(most, signal);
      letIn();
      await turn;
      // Whoever throws has not said what it cost.
      let billed = most;
      try {
        const attempt = await outgoing.send(signal);
        billed = billedFor(attempt, most);
        return attempt;
      } finally {
        held = {
          inputTokens: held.inputTokens - most.inputTokens,
          outputTokens: held.outputTokens - most.outputTokens,
        };
        spent = plusTokens(spent, billed);
        underWay--;
        letIn();
      }
    },
  };
}

const pricesExpected = 'US dollars for a million tokens, 0 or from 0.001 to 10000';
/** Outside of it a price was given for one token, or for a thousand, or in cents. */
const isPrice = (usd: number): boolean => usd === 0 || (usd >= 0.001 && usd <= 10_000);

function check(name: string, value: number | undefined, expected: string, isRight: (value: number) => boolean): void {
  if (value === undefined || isRight(value)) return;
  throw new Failure('usage', { where: `budget ${name}`, problem: 'makes no sense', got: value, expected });
}
