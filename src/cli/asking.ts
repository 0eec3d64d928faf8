import type { Command } from 'commander';
import { positiveInteger, positiveNumber, price } from './options.js';

/** What a user says about asking a language model; nothing of it changes a result. */
export interface AskingOptions {
  readonly maxUsd?: number | undefined;
  readonly maxTokens?: number | undefined;
  /** US dollars for a million tokens, of the dearest model of the run. */
  readonly priceInput?: number | undefined;
  readonly priceOutput?: number | undefined;
  readonly allowPrivateEndpoint?: boolean | undefined;
}

/** Adds the options that say what asking a language model may cost and where it may be. */
export const withAskingOptions = (command: Command): Command =>
  command
    .option('--max-usd <amount>', 'stop before language models have cost more; needs the two prices', positiveNumber)
    .option('--max-tokens <count>', 'stop before more tokens than this, in and out together', positiveInteger)
    .option('--price-input <usd>', 'of a million tokens read by the dearest model of the run', price)
    .option('--price-output <usd>', 'of a million tokens that it writes', price)
    .option('--allow-private-endpoint', 'let --base-url name a server in a private network');

/** The same options alone, of many. */
export const askingOf = ({
  maxUsd,
  maxTokens,
  priceInput,
  priceOutput,
  allowPrivateEndpoint,
}: AskingOptions): AskingOptions => ({ maxUsd, maxTokens, priceInput, priceOutput, allowPrivateEndpoint });
