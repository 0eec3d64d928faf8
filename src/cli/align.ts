import { Command } from 'commander';
import { alignPool } from '../../pipelines/align-pool/pipeline.js';
import { Failure } from '../core/failure.js';
import { configWith } from './config.js';
import { summaryLines } from './inspect.js';
import { agentCount, outFolder, positiveNumber, positiveShare } from './options.js';
import { withRun, type CommandRun, type RunOptions } from './run-command.js';
import { inputFile, wireAlignment } from './wiring.js';
import { alignmentSettings, loadWorld, type AlignmentOptions } from './world.js';

interface Options extends RunOptions, AlignmentOptions {
  readonly config?: string;
  readonly pool?: string;
  readonly target?: string;
  readonly inventory?: string;
  readonly seed?: string;
}

/** `pipeline align`: from measured personas of any origin to an aligned agent pool. */
export function alignCommand(print: (line: string) => void): Command {
  const command = new Command('align')
    .description('Align personas that are already measured (attributes and trait scores) to a target.')
    .option(
      '--pool <file>',
      "personas: CSV, JSONL, JSON or Parquet, a row each, with the target's variables and five scores",
    )
    .option('-c, --config <file>', 'settings (JSON), for example the names of the columns')
    .option('--target <file|name>', 'target population, by name or as a file')
    .option('--agents <count|all>', 'agents to select, or all personas with weights', agentCount)
    .option('--inventory <name>', 'inventory that the scores come from')
    .option('-s, --seed <text>', 'the same seed and inputs give the same bytes')
    .option('--min-effective-people <n>', 'fail with fewer effective people behind the agents', positiveNumber)
    .option('--max-author-share <share>', 'fail when one author has more of the weight', positiveShare)
    .option('--allow-unmet', 'complete with what can be met, and list what was not')
    .addHelpText('after', '\nExample:\n  $ pipeline align --pool personas.csv --target us-adults --agents 1000');
  return withRun(command, 'align', print, prepare, summaryLines);
}

async function prepare(options: Options): Promise<CommandRun> {
  const { pool, target, inventory, seed } = options;
  const config = await configWith(options.config, { pool, target, inventory, seed });
  const file = config.pool;
  if (config.histories !== undefined || config.model !== 'embedded')
    throw new Failure('usage', {
      where: config.histories !== undefined ? 'config.histories' : 'config.model',
      problem: 'align reads measured personas; nothing is written or asked',
      expected: 'the command build-personas',
    });
  if (file === undefined)
    throw new Failure('usage', { where: '--pool', problem: 'no personas to read', hint: 'Name a file.' });
  return {
    pipeline: alignPool,
    configs: alignmentSettings(config, options),
    sources: { file: await inputFile(file), ...(await loadWorld(config)) },
    seed: config.seed,
    folder: outFolder(options.out, 'align'),
    quiet: options.quiet ?? false,
    wire: () => wireAlignment(file, options.workers),
  };
}
