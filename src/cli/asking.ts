import { resolve } from 'node:path';
import type { Command } from 'commander';
import { positiveInteger, positiveNumber, positiveShare, price } from './options.js';

/** What a user says about asking a language model; nothing of it changes a result. */
export interface AskingOptions {
  readonly maxUsd?: number | undefined;
  readonly maxTokens?: number | undefined;
  /** US dollars for a million tokens, of the dearest model of the run. */
  readonly priceInput?: number | undefined;
  readonly priceOutput?: number | undefined;
  readonly allowPrivateEndpoint?: boolean | undefined;
  /** Most requests under way at once. */
  readonly concurrency?: number | undefined;
  /** Asks in batches, which cost less and take up to a day. */
  readonly batch?: boolean | undefined;
  /** Most questions in one batch. */
  readonly batchSize?: number | undefined;
  /** What a token costs in a batch, as a share of the price. */
  readonly priceBatchFactor?: number | undefined;
  /** Whether a batch that is not done is waited for. */
  readonly wait?: boolean | undefined;
  /** Nothing is told while batches go on. */
  readonly quiet?: boolean;
  /** File with the key, where it is not in the environment. */
  readonly apiKeyFile?: string | undefined;
}

/** Adds the options that say what asking a language model may cost and where it may be. */
export const withAskingOptions = (command: Command): Command =>
  command
    .option('--concurrency <count>', 'most requests under way at once (default: 4 a worker)', positiveInteger)
    .option('--max-usd <amount>', 'stop before language models have cost more; needs the two prices', positiveNumber)
    .option('--max-tokens <count>', 'stop before more tokens than this, in and out together', positiveInteger)
    .option('--price-input <usd>', 'of a million tokens read by the dearest model of the run', price)
    .option('--price-output <usd>', 'of a million tokens that it writes', price)
    .option('--batch', 'ask in batches (OpenAI-style batch files): cheaper, and done within a day')
    .option('--batch-size <count>', 'most questions in one batch (default: 50000)', positiveInteger)
    .option('--price-batch-factor <share>', 'of the prices, for a token in a batch (default: 1)', positiveShare)
    .option('--no-wait', 'with --batch: stop when a batch is submitted, to be resumed later')
    .option(
      '--api-key-file <file>',
      'the key of --base-url, in a file that only you may read (default: $OPENAI_API_KEY)',
      (file) => resolve(file),
    )
    .option('--allow-private-endpoint', 'let --base-url name a server in a private network');

/** The same options alone, of many. */
export const askingOf = ({
  maxUsd,
  maxTokens,
  priceInput,
  priceOutput,
  allowPrivateEndpoint,
  apiKeyFile,
  concurrency,
  batch,
  batchSize,
  priceBatchFactor,
  wait,
  quiet,
}: AskingOptions): AskingOptions => ({
  maxUsd,
  maxTokens,
  priceInput,
  priceOutput,
  allowPrivateEndpoint,
  apiKeyFile,
  concurrency,
  batch,
  batchSize,
  priceBatchFactor,
  wait,
  ...(quiet !== undefined && { quiet }),
});
