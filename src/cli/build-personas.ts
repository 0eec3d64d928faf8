import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { canonicalJson, sha256 } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import { buildPersonas, pilotPersonas } from '../../pipelines/build-personas/pipeline.js';
import type { Pipeline, Source } from '../pipeline/plan.js';
import { sourceSchemas } from '../stages/index.js';
import { apiKeyFrom } from './api-key.js';
import { loadSource, packageRoot, readCatalog } from './catalog.js';
import { configWith, withSettings, type RunConfig } from './config.js';
import { alignmentSettings, loadWorld, type AlignmentOptions } from './world.js';
import { estimateRun } from './estimate.js';
import { summaryLines } from './inspect.js';
import { pilotLines } from './pilot.js';
import { agentCount, outFolder, positiveInteger, positiveNumber, positiveShare } from './options.js';
import { askingOf, withAskingOptions, type AskingOptions } from './asking.js';
import { withRun, type CommandRun, type RunOptions } from './run-command.js';
import { checkRetention, dataUseOf, deletedAuthorsOf } from './source-terms.js';
import { inputFile, packageVersions, wire, type WiringOptions } from './wiring.js';

interface Options extends RunOptions, AlignmentOptions, AskingOptions {
  readonly config?: string;
  readonly histories?: string;
  readonly target?: string;
  readonly personas?: number;
  readonly draws?: number;
  readonly inventory?: string;
  readonly model?: string;
  readonly judgeModel?: string[];
  readonly baseUrl?: string;
  readonly seed?: string;
  readonly narrator?: 'first' | 'third';
  readonly shuffleControl?: boolean;
  readonly limit?: number;
  readonly attritionWeights?: boolean;
}

const defaultConfig = join(packageRoot, 'pipelines', 'build-personas', 'default.json');

/** `pipeline build-personas`: from post histories to an aligned agent pool. */
export function buildPersonasCommand(print: (line: string) => void): Command {
  const command = new Command('build-personas')
    .description(
      'Write personas from post histories, reject the bad ones with reasons, and align the rest to a target.',
    )
    .option('-c, --config <file>', 'settings (JSON); without it and without --histories: the bundled demo')
    .option('--histories <file>', 'posts: CSV, JSONL, JSON or Parquet, gzipped or not; a file or a folder')
    .option('--target <file|name>', 'target population, by name or as a file')
    .option('-n, --personas <count>', 'candidate personas in all, spread evenly over the people', positiveInteger)
    .option('--draws <count>', 'candidate personas for each person (instead of --personas)', positiveInteger)
    .option('--agents <count|all>', 'agents to select, or all personas with weights', agentCount)
    .option('--inventory <name>', 'personality inventory, by name or as a file')
    .option('--model <model>', 'who writes and answers: embedded, or openai:NAME (key from OPENAI_API_KEY)')
    .option(
      '--judge-model <model>',
      'who judges quality besides the rules: openai:NAME; give two, of other families than the writer, to see whether they agree',
      (name: string, before: string[] | undefined) => [...(before ?? []), name],
    )
    .option('--base-url <url>', 'any OpenAI-compatible server')
    .addOption(new Option('--narrator <person>', 'who speaks in the narratives').choices(['first', 'third']))
    .option('--shuffle-control', 'repeat the run with texts that changed owners, also with a language model')
    .option('--no-shuffle-control', 'do not repeat it')
    .option('-s, --seed <text>', 'the same seed and inputs give the same bytes')
    .option('--min-effective-people <n>', 'fail with fewer effective people behind the agents', positiveNumber)
    .option('--max-author-share <share>', 'fail when one author has more of the weight', positiveShare)
    .option(
      '--limit <people>',
      'a pilot: so many people drawn at random, and what all of them would take',
      positiveInteger,
    )
    .option('--attrition-weights', 'give more weight to groups of which more was lost on the way')
    .option('--allow-unmet', 'complete with what can be met, and list what was not')
    .addHelpText(
      'after',
      `
Examples:
  $ pipeline build-personas                                      the bundled demo
  $ pipeline build-personas --histories posts.csv -n 4000        your own posts, columns guessed and shown
  $ pipeline build-personas -c my-config.json --agents all       every persona with its weight
  $ pipeline build-personas --model openai:llama-3 --base-url http://localhost:8000/v1
  $ pipeline build-personas --model openai:gpt-5-mini --plan     what it would ask and cost; nobody is asked
  $ pipeline build-personas --model openai:gpt-5-mini --limit 20 a pilot on 20 people, extrapolated to all

Exit codes: 0 ok, 2 usage or input, 3 target not met, 5 model not reachable, 8 no usable persona, or texts that miss their gates.`,
    );
  return withRun(withAskingOptions(command), 'build-personas', print, prepare, (folder, json, asking) =>
    existsSync(join(folder, 'pilot.json')) ? pilotLines(folder, json, asking) : summaryLines(folder, json),
  );
}

async function prepare(options: Options): Promise<CommandRun> {
  const config = await configOf(options);
  const { target, inventory, norms } = await loadWorld(config);
  const rubric = await loadSource(await readCatalog(), 'rubric', config.rubric, sourceSchemas.Rubric);
  const histories = config.histories!;
  const { version } = await packageVersions();
  const folder = outFolder(options.out, options.limit === undefined ? 'build-personas' : 'pilot');
  const dataUse = await dataUseOf(histories);
  const deleted = await deletedAuthorsOf(histories, folder);
  const sources: Record<string, Source> = {
    target,
    norms,
    inventory,
    rubric,
    posts: await inputFile(histories),
    dataUse,
    deleted,
    models: modelsSource(config),
  };
  const isShuffled = config.shuffleControl ?? config.model === 'embedded';
  const pipeline = options.limit === undefined ? buildPersonas(isShuffled) : pilotPersonas;
  const wiringOptions = (apiKey: WiringOptions['apiKey']): WiringOptions => ({
    histories,
    dataUse: dataUse.value,
    deleted: deleted.value,
    target: target.value,
    inventory: inventory.value,
    norms: norms.value,
    rubric: rubric.value,
    model: config.model,
    judgeModels: config.judgeModels,
    narrator: config.narrator,
    baseUrl: config.baseUrl,
    apiKey,
    workers: options.workers,
    seed: config.seed,
    version,
    folder,
    ...askingOf(options),
  });
  return {
    pipeline,
    configs: settingsOf(config.stages, pipeline),
    sources,
    seed: config.seed,
    folder,
    quiet: options.quiet ?? false,
    checkDay: (today) => checkRetention(dataUse.value, today),
    estimate: () =>
      estimateRun({
        config,
        sources,
        isShuffled: isShuffled && options.limit === undefined,
        wiring: wiringOptions(undefined),
      }),
    wire: async () => wire(wiringOptions(await apiKeyFrom(options.apiKeyFile, process.env))),
  };
}

/** Settings of the stages that a pipeline has: a pilot ends before the alignment. Names that no pipeline has are refused later. */
function settingsOf(stages: RunConfig['stages'], { wires }: Pipeline): RunConfig['stages'] {
  const skipped = new Set(buildPersonas(true).wires.map(({ stage }) => stage.name));
  wires.forEach(({ stage }) => skipped.delete(stage.name));
  return Object.fromEntries(Object.entries(stages).filter(([name]) => !skipped.has(name)));
}

/** Which models the run is made with, as a source of its own. */
function modelsSource({ model, judgeModels, baseUrl }: RunConfig): Source {
  const value = { model, judges: judgeModels, baseUrl: baseUrl ?? null };
  return { value, sha256: sha256(canonicalJson(value)), origin: model };
}

/** The config file with the options of the command line on top; the demo when there is neither file nor posts. */
async function configOf(options: Options): Promise<RunConfig> {
  if (options.personas !== undefined && options.draws !== undefined)
    throw new Failure('usage', { where: '--draws', problem: 'cannot be given together with --personas' });
  const demo = options.config === undefined && options.histories === undefined;
  const {
    histories,
    target,
    inventory,
    seed,
    model,
    judgeModel: judgeModels,
    baseUrl,
    narrator,
    shuffleControl,
  } = options;
  const given = { histories, target, inventory, seed, model, judgeModels, baseUrl, narrator, shuffleControl };
  const config = await configWith(demo ? defaultConfig : options.config, given);
  refuseIdle(config);
  if (config.histories === undefined)
    throw new Failure('usage', {
      where: '--histories',
      problem: 'no posts to read',
      hint: 'Name a file, or set "histories" in the config.',
    });
  return { ...config, stages: stageSettings(config, options) };
}

/** @throws {Failure} `usage` on settings that would do nothing, or name no model */
function refuseIdle({ pool, model, judgeModels, baseUrl }: RunConfig): void {
  const refuse = (where: string, problem: string, got: string, expected: string): never => {
    throw new Failure('usage', { where, problem, got, expected });
  };
  if (pool !== undefined) refuse('config.pool', 'build-personas reads posts, not a pool', pool, 'the command align');
  if (model !== 'embedded' && !/^openai:.+$/.test(model))
    refuse('--model', 'unknown model', model, 'embedded or openai:NAME');
  judgeModels.forEach((judge, i) => {
    if (!/^openai:.+$/.test(judge)) refuse('--judge-model', 'not a language model', judge, 'openai:NAME');
    if (judgeModels.indexOf(judge) !== i) refuse('--judge-model', 'the same judge twice', judge, 'different models');
  });
  if (baseUrl !== undefined && model === 'embedded' && judgeModels.length === 0)
    refuse('--base-url', 'no language model to reach there', baseUrl, 'also --model openai:NAME');
}

/** Candidates for each person when nothing is said: enough for a pool, few enough to read. */
const defaultDraws = 40;

function stageSettings(
  config: RunConfig,
  { personas, draws, limit, attritionWeights, ...options }: Options,
): RunConfig['stages'] {
  const { personas: inFile, draws: drawsInFile, ...mining } = config.stages['mine-personas'] ?? {};
  const counted =
    personas !== undefined
      ? { personas }
      : draws !== undefined
        ? { draws }
        : inFile === undefined && drawsInFile === undefined
          ? { draws: defaultDraws }
          : {
              ...(inFile !== undefined && { personas: inFile }),
              ...(drawsInFile !== undefined && { draws: drawsInFile }),
            };
  const stages = { ...config.stages, 'mine-personas': { ...mining, ...counted } };
  const piloted = limit === undefined ? stages : withSettings({ stages }, 'ingest-histories', { pilot: limit });
  const weighted = attritionWeights ? withSettings({ stages: piloted }, 'weight-pool', { attritionWeights }) : piloted;
  return alignmentSettings({ stages: weighted }, options);
}
