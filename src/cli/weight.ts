import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { weightSamplePipeline, type WeightingFile } from '../../pipelines/weight-sample/pipeline.js';
import { Failure } from '../core/failure.js';
import type { Source } from '../pipeline/plan.js';
import { weightSummary } from '../report/weights-text.js';
import { outFolder, positiveInteger, positiveNumber } from './options.js';
import { withRun, type CommandRun, type RunOptions } from './run-command.js';
import { inputFile, wireWeighting } from './wiring.js';

interface Options extends RunOptions {
  readonly sample: string;
  readonly margins: string;
  readonly use?: readonly string[];
  readonly id?: string;
  readonly baseWeight?: string;
  readonly weightsFrom?: string;
  readonly cluster?: string;
  readonly household?: string;
  readonly persons?: string;
  readonly personMargins?: string;
  readonly maxOrphanShare: number;
  readonly zones?: string;
  readonly labels?: string;
  readonly priceYear: Readonly<Record<string, string>>;
  readonly adjust: Readonly<Record<string, number>>;
  readonly method: 'rake' | 'maxent' | 'linear' | 'logit';
  readonly bounds?: { readonly lower: number; readonly upper: number };
  readonly cap?: number;
  readonly relax: Readonly<Record<string, number>>;
  readonly tolerance: number;
  readonly missing: string;
  readonly totals: string;
  readonly onDeadMargin: string;
  readonly untargeted: string;
  readonly disagreement: string;
  readonly study: 'auto' | 'always' | 'never';
  readonly maxDesignEffect?: number;
  readonly minEss?: number;
  readonly maxTopShare?: number;
  readonly minGroupN?: number;
  /** true where no number is named. */
  readonly replicates?: number | true;
  /** true where no number is named. */
  readonly integers?: number | true;
  readonly scale: 'mean1' | 'population';
  readonly seed: string;
}

/** Replicates where their number is not named. */
const usualReplicates = 40;

/** `pipeline weight`: weights for any records, so that they meet the margins of a population. */
export function weightCommand(print: (line: string) => void): Command {
  const command = new Command('weight')
    .description('Weight records so that they meet the margins of a population, and say what cannot be met.')
    .requiredOption('--sample <file>', 'records: CSV, JSONL, JSON or Parquet, a row each')
    .requiredOption('--margins <file>', 'what is known: variable, category and a value; a column zone for small areas')
    .option('--use <names>', 'use these margins only, with commas between', names)
    .option('--id <column>', 'name of each record (default: the number of its row)')
    .option('--base-weight <column>', 'weight of each record before (default: 1)')
    .option('--weights-from <folder>', 'base weights of an earlier run over the same sample; others are refused')
    .option('--cluster <column>', 'records that were drawn together, such as those of one person')
    .option('--household <column>', 'links persons to households; the sample then holds households')
    .option('--persons <file>', 'persons of the households')
    .option('--person-margins <file>', 'margins of persons')
    .option('--max-orphan-share <share>', 'fail with a larger share of persons without household', shareOf, 0.1)
    .option('--labels <file>', 'variable, label and category: what labels of the sample are called in the margins')
    .addOption(
      new Option('--price-year <column=year>', 'year of the money in a column; again for more')
        .argParser(textsByName)
        .default({}, 'none'),
    )
    .addOption(
      new Option('--adjust <column=factor>', 'makes a column of money that of the year of its margin; again for more')
        .argParser(numbersByName)
        .default({}, 'none'),
    )
    .option('--zones <file>', 'id and zone of each record (default: every record may stand in every zone)')
    .addOption(new Option('--method <name>').choices(['rake', 'maxent', 'linear', 'logit']).default('maxent'))
    .option('--bounds <lower,upper>', 'of the ratio of weight to base weight; not with rake', bounds)
    .option('--cap <number>', 'largest weight in units of the mean weight; for maxent and linear', positiveNumber)
    .addOption(
      new Option(
        '--relax <margin=importance>',
        'a margin that may give way: importance / 2 times its squared errors is added to the distance; again for more',
      )
        .argParser(numbersByName)
        .default({}, 'none'),
    )
    .option('--tolerance <share>', 'largest error of a share that counts as met', tolerance, 1e-10)
    .addOption(
      new Option('--missing <policy>', 'for missing values')
        .choices(['error', 'own-level', 'exclude', 'impute'])
        .default('error'),
    )
    .addOption(
      new Option(
        '--untargeted <policy>',
        'for categories of the sample without target: fail, keep their share, no weight',
      )
        .choices(['error', 'keep', 'zero'])
        .default('error'),
    )
    .addOption(
      new Option(
        '--disagreement <policy>',
        'for margins that disagree on a variable that they share: fail, the first in the file is right, or leave them (for --relax)',
      )
        .choices(['error', 'first', 'report'])
        .default('error'),
    )
    .option('--totals <policy>', 'for different totals: error, first, largest or scale-to=NAME', 'error')
    .option(
      '--on-dead-margin <policy>',
      'for categories that nobody has: error, drop or collapse=variable:from->to',
      'error',
    )
    .addOption(
      new Option(
        '--study <when>',
        'try what single margins cost and caps on the weights: where it is quick, or as said',
      )
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .option('--max-design-effect <number>', 'fail above it', positiveNumber)
    .option('--min-ess <number>', 'fail with a smaller effective sample size', positiveNumber)
    .option(
      '--max-top-share <share>',
      'fail where the largest 1% of the weights have more of all weight',
      positiveNumber,
    )
    .option('--min-group-n <count>', 'fail with fewer records in a category', positiveInteger)
    .option(
      '--replicates [count]',
      `columns of replicate weights in weights.parquet (default: none; ${usualReplicates} without a number)`,
      positiveInteger,
    )
    .option(
      '--integers [count]',
      'a column of copies of whole records with this sum (without a number: the sum of the weights)',
      positiveInteger,
    )
    .addOption(
      new Option('--scale <name>', 'weights of mean 1, or of the sum that margins in counts have')
        .choices(['mean1', 'population'])
        .default('mean1'),
    )
    .option('-s, --seed <text>', 'the same seed and inputs give the same bytes', '1')
    .addHelpText(
      'after',
      `
Example:
  $ pipeline weight --sample pipelines/weight-sample/sample.csv --margins pipelines/weight-sample/margins.csv --id person

Exit codes: 0 ok, 2 usage or input, 3 margins that cannot be met, or a limit missed (all files are written),
7 weights of another sample.`,
    );
  return withRun(command, 'weight', print, prepare, weightLines, 'weights.json');
}

/** The summary of finished weights, or their report as JSON. */
export async function weightLines(folder: string, json: boolean): Promise<string[]> {
  const text = (await readFile(join(folder, 'weights.json'), 'utf8')).trimEnd();
  if (json) return [text];
  return [...weightSummary(JSON.parse(text) as never), '', `Open ${join(folder, 'weights.html')}`];
}

async function prepare(options: Options): Promise<CommandRun> {
  checkOptions(options);
  const { sample, margins, persons, personMargins, zones, labels, weightsFrom, replicates } = options;
  const earlier = weightsFrom === undefined ? undefined : join(weightsFrom, 'weights.csv');
  const more = Object.entries({ persons, personMargins, zones, labels, earlier }).filter(
    ([, path]) => path !== undefined,
  ) as [WeightingFile, string][];
  const files = { sample, margins, ...Object.fromEntries(more) };
  const earlierOf = weightsFrom === undefined ? undefined : await earlierSample(weightsFrom);
  const sources = await Promise.all(
    Object.entries(files).map(async ([name, path]): Promise<[string, Source]> => [name, await inputFile(path)]),
  );
  return {
    pipeline: weightSamplePipeline(more.map(([name]) => name)),
    configs: {
      'weight-sample': given({
        ...pick(options, ['use', 'id', 'baseWeight', 'cluster', 'household', 'method', 'bounds', 'cap', 'tolerance']),
        ...pick(options, [
          'missing',
          'totals',
          'untargeted',
          'disagreement',
          'study',
          'relax',
          'adjust',
          'maxOrphanShare',
          'scale',
        ]),
        deadMargins: options.onDeadMargin,
        priceYears: options.priceYear,
        earlier: earlierOf,
        limits: given({
          maxDesignEffect: options.maxDesignEffect,
          minEffectiveSampleSize: options.minEss,
          maxTopShare: options.maxTopShare,
          minGroupRecords: options.minGroupN,
        }),
        replicates: replicates === true ? usualReplicates : replicates,
        integers: options.integers,
      }),
    },
    sources: Object.fromEntries(sources),
    seed: options.seed,
    folder: outFolder(options.out, 'weight'),
    quiet: options.quiet ?? false,
    wire: async () => wireWeighting(files),
  };
}

/** What an earlier run wrote of the sample that its weights are for. */
async function earlierSample(folder: string): Promise<{ sampleSha256: string | null }> {
  try {
    const document: unknown = JSON.parse(await readFile(join(folder, 'weights.json'), 'utf8'));
    const { sampleSha256 = null } = z.looseObject({ sampleSha256: z.string().optional() }).parse(document);
    return { sampleSha256 };
  } catch (cause) {
    throw new Failure(
      'usage',
      {
        where: '--weights-from',
        problem: 'no weights.json there that could be read',
        got: folder,
        expected: 'the folder of a run',
      },
      { cause },
    );
  }
}

const pick = <T extends object, K extends keyof T>(options: T, keys: readonly K[]): Pick<T, K> =>
  Object.fromEntries(keys.map((key) => [key, options[key]])) as Pick<T, K>;

const given = (settings: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(settings).filter(([, setting]) => setting !== undefined));

/** @throws {Failure} `usage` on options that need or exclude one another */
function checkOptions(options: Options): void {
  const { household, persons, personMargins, method, bounds, cap, relax, maxDesignEffect, replicates } = options;
  const fail = (where: string, problem: string, expected: string): never => {
    throw new Failure('usage', { where, problem, expected });
  };
  if (household !== undefined && persons === undefined)
    fail('--household', 'there are no persons to link', '--persons FILE beside it');
  if (persons !== undefined && household === undefined)
    fail('--persons', 'nothing links them to households', '--household COLUMN beside it');
  if (personMargins !== undefined && persons === undefined)
    fail('--person-margins', 'there are no persons', '--persons FILE and --household COLUMN beside it');
  if (method === 'rake' && bounds !== undefined)
    fail('--bounds', 'raking does not have them', '--method maxent, linear or logit');
  if (method === 'rake' && Object.keys(relax).length > 0)
    fail('--relax', 'raking meets every margin', '--method maxent, linear or logit');
  if (cap !== undefined && (method === 'rake' || method === 'logit'))
    fail('--cap', `${method} does not have it`, '--method maxent or linear');
  if (cap !== undefined && cap <= 1) fail('--cap', 'no set of weights stays below its mean', 'a number above 1');
  if (options.baseWeight !== undefined && options.weightsFrom !== undefined)
    fail('--weights-from', 'there are two base weights', 'no --base-weight beside it');
  if (method === 'logit' && bounds === undefined)
    fail('--method logit', 'it lies between bounds', '--bounds LOWER,UPPER beside it');
  if (maxDesignEffect !== undefined && maxDesignEffect < 1)
    fail('--max-design-effect', 'no design effect is below 1', 'a number of at least 1');
  if (replicates === 1) fail('--replicates', 'one is nothing to compare', 'at least 2');
}

function names(text: string): string[] {
  const all = text.split(',').map((name) => name.trim());
  if (all.some((name) => name === '')) throw new InvalidArgumentError('expected names with commas between.');
  return all;
}

/** One `NAME=VALUE`, added to those before it; the last `=` counts, as names of joints and columns may hold others. */
function byName<T>(text: string, before: Readonly<Record<string, T>>, read: (value: string) => T): Record<string, T> {
  const at = text.lastIndexOf('=');
  const [name, value] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (at < 1 || name === '' || value === '') throw new InvalidArgumentError('expected a name, = and a value.');
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`there are two values for ${name}.`);
  return { ...before, [name]: read(value) };
}

const textsByName = (text: string, before: Readonly<Record<string, string>>): Record<string, string> =>
  byName(text, before, (value) => value);

const numbersByName = (text: string, before: Readonly<Record<string, number>>): Record<string, number> =>
  byName(text, before, positiveNumber);

function shareOf(text: string): number {
  const share = Number(text);
  if (!(/^\d*\.?\d+$/.test(text) && share <= 1)) throw new InvalidArgumentError('expected a number from 0 to 1.');
  return share;
}

function bounds(text: string): { lower: number; upper: number } {
  const [, lower, upper] = /^(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)$/.exec(text.replaceAll(' ', '')) ?? [];
  const [from, to] = [Number(lower), Number(upper)];
  if (!(from < 1 && to > 1))
    throw new InvalidArgumentError('expected two numbers with a comma between, below and above 1, such as 0.3,3.');
  return { lower: from, upper: to };
}

function tolerance(text: string): number {
  const share = Number(text);
  if (!(/^[\d.]+(e-\d+)?$/i.test(text) && share > 0 && share < 1))
    throw new InvalidArgumentError('expected a number between 0 and 1, such as 1e-8.');
  return share;
}
