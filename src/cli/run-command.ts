import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { Failure } from '../core/failure.js';
import { nameOf, planPipeline, type Pipeline, type Source } from '../pipeline/plan.js';
import { runPipeline } from '../pipeline/run.js';
import { claimFolder, unfinishedFolder, type FolderClaim } from '../pipeline/run-folder.js';
import { refuseChanges, runPlanFile } from '../pipeline/run-plan.js';
import type { Services } from '../stages/services.js';
import { processes } from './processes.js';
import { progressDisplay } from './progress.js';
import { positiveInteger } from './options.js';
import { defaultWorkers, packageVersions, tableCodec, type Wiring } from './wiring.js';

/** One run as a command asks for it. */
export interface CommandRun {
  readonly pipeline: Pipeline;
  readonly configs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly sources: Readonly<Record<string, Source>>;
  readonly seed: string;
  readonly folder: string;
  readonly quiet: boolean;
  /** Makes the adapters; called only when there is work to do. */
  readonly wire: () => Promise<{
    readonly services: Partial<Services>;
    readonly modelUsage?: () => Record<string, Record<string, number>>;
    readonly spent?: Wiring['spent'];
    readonly close?: () => Promise<void>;
  }>;
}

/** Options that every command with a run has. */
export interface RunOptions {
  readonly workers: number;
  readonly out?: string;
  readonly plan?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What a command with a run does with its options, and how it tells of the result. */
interface Runnable {
  readonly prepare: (options: never) => Promise<CommandRun>;
  readonly summary: (folder: string, json: boolean) => Promise<readonly string[]>;
  readonly figuresFile: string | undefined;
}

/** So that a run can be continued by the command that started it. */
const runnables = new WeakMap<Command, Runnable>();

/**
 * Adds the options of a run to a command, and what it does with them: plan, or run and print a summary.
 *
 * @param name of the folders that are made when none is named
 * @param figuresFile file that is written before limits are checked: where one is missed, `--json` prints the figures all the same
 */
export function withRun(
  command: Command,
  name: string,
  print: (line: string) => void,
  prepare: (options: never) => Promise<CommandRun>,
  summary: (folder: string, json: boolean) => Promise<readonly string[]>,
  figuresFile?: string,
): Command {
  const runnable = { prepare, summary, figuresFile };
  runnables.set(command, runnable);
  return command
    .option('--workers <count>', 'worker threads; the result does not depend on it', positiveInteger, defaultWorkers())
    .option('-o, --out <dir>', `new folder for the results (default: the next free runs/${name}-N)`)
    .option('--plan', 'print the stages and their settings, and do nothing')
    .option('--json', 'print the figures as JSON instead of a summary')
    .option('-q, --quiet', 'no progress and no summary')
    .action(async (options: RunOptions) => {
      // The command itself declares what else its options hold.
      const run = await prepare(options as never);
      if (options.plan) {
        planLines(run).forEach(print);
        return;
      }
      // The plan is checked before anything is started.
      planPipeline(run.pipeline, run.configs, run.sources, run.seed);
      const claim = await claimFolder(run.folder, { processes });
      await runAndTell(run, claim, requestOf(command.name(), options), runnable, options, print);
    });
}

/** Options that no result depends on: they may differ when a run is continued. */
const freeOptions: ReadonlySet<string> = new Set([
  'workers',
  'out',
  'plan',
  'json',
  'quiet',
] satisfies (keyof RunOptions)[]);

/** How a run was asked for on the command line. */
const Request = z.strictObject({
  command: z.string(),
  options: z.record(z.string(), z.unknown()),
  /** Where paths among the options count from. */
  startedIn: z.string(),
});

const requestOf = (command: string, options: object): z.infer<typeof Request> => ({
  command,
  options: Object.fromEntries(Object.entries(options).filter(([name]) => !freeOptions.has(name))),
  startedIn: process.cwd(),
});

/**
 * Continues the run in a folder with the command that started it.
 *
 * @param commands among which that command is
 * @throws {Failure} `folder-locked` when it is still running; `usage` when there is nothing to continue, or when it was
 * started with something else than there is now
 */
export async function continueRun(
  commands: readonly Command[],
  folder: string,
  options: Pick<RunOptions, 'workers' | 'json' | 'quiet'>,
  print: (line: string) => void,
): Promise<void> {
  const { version, packages } = await packageVersions();
  const claim = await claimFolder(folder, { processes, resume: true });
  try {
    // Before it is tried to understand options of another version.
    refuseChanges(folder, claim.plan!, { version, packages });
    const request = Request.safeParse(claim.plan!.request).data;
    const command = commands.find((command) => command.name() === request?.command);
    const runnable = command && runnables.get(command);
    if (request === undefined || runnable === undefined)
      throw new Failure('usage', { where: folder, problem: 'this run was not started from the command line' });
    goTo(request.startedIn);
    const run = await runnable.prepare({ ...request.options, ...options, out: folder } as never);
    await runAndTell(run, claim, request, runnable, options, print);
  } finally {
    await claim.release();
  }
}

/** @throws {Failure} `usage` when the folder is gone */
function goTo(folder: string): void {
  if (process.cwd() === folder) return;
  try {
    process.chdir(folder);
  } catch {
    throw new Failure('usage', {
      where: folder,
      problem: 'the folder that the run was started in is gone',
      hint: 'Paths of its inputs count from there.',
    });
  }
}

/** Runs and prints what came of it. */
async function runAndTell(
  run: CommandRun,
  claim: FolderClaim,
  request: z.infer<typeof Request>,
  { summary, figuresFile }: Runnable,
  { quiet, json = false }: Pick<RunOptions, 'quiet' | 'json'>,
  print: (line: string) => void,
): Promise<void> {
  let spent: Spent | undefined;
  try {
    spent = await runCommand(run, claim, request);
  } catch (error) {
    const isMissed = error instanceof Failure && error.exitCode === 3 && !quiet && json;
    const isWritten = figuresFile !== undefined && existsSync(join(run.folder, figuresFile));
    if (isMissed && isWritten) (await summary(run.folder, true)).forEach(print);
    throw error;
  }
  if (quiet) return;
  (await summary(run.folder, json)).forEach(print);
  if (spent && !json) print(spentLine(spent));
}

/** Lines of `--plan`: every stage in order with its key and settings. No work is done. */
function planLines({ pipeline, configs, sources, seed }: CommandRun): string[] {
  const plan = planPipeline(pipeline, configs, sources, seed);
  return [
    `${pipeline.name}: ${pipeline.summary}`,
    `seed ${JSON.stringify(seed)}; sources: ${Object.entries(sources)
      .map(([name, { origin, sha256 }]) => `${name} = ${origin} (${sha256.slice(0, 12)})`)
      .join(', ')}`,
    ...plan.flatMap(({ wire, config, key }, index) => [
      '',
      `${String(index + 1).padStart(2)}. ${nameOf(wire)}@${wire.stage.version}  ${key.slice(0, 12)}`,
      `    ${wire.stage.summary}`,
      `    settings: ${JSON.stringify(config)}`,
      `    writes:   ${Object.values(wire.outputs).join(', ') || '(nothing; may stop the run)'}`,
    ]),
  ];
}

type Spent = ReturnType<NonNullable<Wiring['spent']>>;

/** What language models have cost, earlier parts of a continued run included. */
const spentLine = ({ inputTokens, outputTokens, usd }: Spent): string =>
  `Language models: ${inputTokens} tokens read and ${outputTokens} written${usd === undefined ? '' : `, ${usd.toFixed(2)} US dollars`}.`;

/** Runs with a progress display, Ctrl-C and every adapter closed at the end; says what language models have cost. */
async function runCommand(
  run: CommandRun,
  claim: FolderClaim,
  request: z.infer<typeof Request>,
): Promise<Spent | undefined> {
  const { version, packages } = await packageVersions();
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const display = progressDisplay(process.stderr, run.quiet);
  try {
    // Only now: adapters may keep files in the folder, which has to be theirs alone.
    const wiring = await run.wire();
    try {
      await runPipeline({
        pipeline: run.pipeline,
        configs: run.configs,
        sources: run.sources,
        seed: run.seed,
        folder: run.folder,
        claim,
        request,
        version,
        packages,
        services: wiring.services,
        codec: tableCodec,
        signal: abort.signal,
        clock: () => new Date().toISOString(),
        onEvent: display.onEvent,
        ...(wiring.modelUsage && { modelUsage: wiring.modelUsage }),
      });
      return wiring.spent?.();
    } finally {
      await wiring.close?.();
    }
  } catch (error) {
    if (error instanceof Failure && error.code !== 'usage' && !run.quiet) {
      process.stderr.write(`What was done until then is in ${join(run.folder, 'run-record.json')}.\n`);
      if (existsSync(runPlanFile(unfinishedFolder(run.folder))))
        process.stderr.write(`Continue with: pipeline resume ${run.folder}\n`);
    }
    throw error;
  } finally {
    display.stop();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    await claim.release();
  }
}
