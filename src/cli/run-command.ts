import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { canonicalJson } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import { planPipeline, type Pipeline, type Source } from '../pipeline/plan.js';
import { runPipeline } from '../pipeline/run.js';
import { claimFolder, unfinishedFolder, type FolderClaim } from '../pipeline/run-folder.js';
import { identityOfRun, readRunPlan, refuseChanges, runPlanFile, runPlanOf } from '../pipeline/run-plan.js';
import { writeSealed } from '../pipeline/sealed.js';
import type { CallEstimate } from '../stages/estimate-calls.js';
import type { Services } from '../stages/services.js';
import type { AskingOptions } from './asking.js';
import { planLines, planValue, viewPlan } from './plan-lines.js';
import { leftForAnother } from './emptied-run.js';
import { processes } from './processes.js';
import { progressDisplay } from './progress.js';
import { positiveInteger } from './options.js';
import { defaultWorkers, packageVersions, tableCodec, unusedLedger, type Wiring } from './wiring.js';

/** One run as a command asks for it. */
export interface CommandRun {
  readonly pipeline: Pipeline;
  readonly configs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly sources: Readonly<Record<string, Source>>;
  readonly seed: string;
  readonly folder: string;
  readonly quiet: boolean;
  /** Refuses to begin on a day (`yyyy-mm-dd`) on which the inputs may not be used any more. */
  readonly checkDay?: (today: string) => void;
  /** What would be asked of language models; absent where a command never asks one. */
  readonly estimate?: () => Promise<readonly CallEstimate[]>;
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

/** What is printed when a run is complete, by what its folder holds. */
type Summary = (folder: string, json: boolean, options: AskingOptions) => Promise<readonly string[]>;

/** What a command with a run does with its options, and how it tells of the result. */
interface Runnable {
  readonly prepare: (options: never) => Promise<CommandRun>;
  readonly summary: Summary;
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
  summary: Summary,
  figuresFile?: string,
): Command {
  const runnable = { prepare, summary, figuresFile };
  runnables.set(command, runnable);
  return command
    .option('--workers <count>', 'worker threads; the result does not depend on it', positiveInteger, defaultWorkers())
    .option('-o, --out <dir>', `new folder for the results (default: the next free runs/${name}-N)`)
    .option('--plan', 'print the stages, their settings and what would be asked of language models, and do nothing')
    .option('--json', 'print the figures as JSON instead of a summary')
    .option('-q, --quiet', 'no progress and no summary')
    .action(async (options: RunOptions & AskingOptions) => {
      // The command itself declares what else its options hold.
      const run = await prepare(options as never);
      run.checkDay?.(today());
      if (options.plan) {
        const view = await viewPlan(run);
        if (options.json) print(canonicalJson(planValue(run, view), 2));
        else planLines(run, view, options).forEach(print);
        return;
      }
      // The plan is checked before anything is started.
      planPipeline(run.pipeline, run.configs, run.sources, run.seed);
      const left = await leftForAnother(run.folder);
      const keeps = [...left, ...(await unusedLedger(run.folder))];
      const claim = await claimFolder(run.folder, { processes, keeps });
      if (left.length > 0) await rm(join(run.folder, 'run-record.json'), { force: true });
      await runAndTell(run, claim, requestOf(command.name(), options), runnable, options, print);
    });
}

/** The day by Greenwich. */
const today = (): string => new Date().toISOString().slice(0, 10);

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
 * @param before what is done once the folder is ours and the run is known to be the same
 * @throws {Failure} `folder-locked` when it is still running; `usage` when there is nothing to continue, or when it was
 * started with something else than there is now
 */
export async function continueRun(
  commands: readonly Command[],
  folder: string,
  options: Pick<RunOptions, 'workers' | 'json' | 'quiet'> & AskingOptions,
  print: (line: string) => void,
  before: () => Promise<void> = () => Promise.resolve(),
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
    run.checkDay?.(today());
    const identity = identityOfRun(
      { ...run, version, packages },
      planPipeline(run.pipeline, run.configs, run.sources, run.seed),
    );
    refuseChanges(folder, claim.plan!, identity);
    await before();
    await runAndTell(run, claim, request, runnable, options, print);
  } finally {
    await claim.release();
  }
}

/**
 * Makes the plan of a run that has not ended say what its inputs are now, after they were changed on purpose; one that nobody can follow
 * any more goes.
 *
 * @returns whether the run can be continued
 */
export async function refreshPlan(folder: string, commands: readonly Command[]): Promise<boolean> {
  const unfinished = unfinishedFolder(folder);
  const plan = await readRunPlan(unfinished).catch(() => 'absent' as const);
  if (plan === 'absent') return false;
  const before = process.cwd();
  try {
    const request = Request.parse(plan.request);
    const runnable = runnables.get(commands.find((command) => command.name() === request.command)!)!;
    goTo(request.startedIn);
    const run = await runnable.prepare({ ...request.options, workers: 1, out: folder } as never);
    const stages = planPipeline(run.pipeline, run.configs, run.sources, run.seed);
    const identity = identityOfRun({ ...run, ...(await packageVersions()) }, stages);
    await writeSealed(runPlanFile(unfinished), runPlanOf(identity, plan.request));
    return true;
  } catch (error) {
    if (!(error instanceof Failure) && !(error instanceof z.ZodError)) throw error;
    await rm(runPlanFile(unfinished), { force: true });
    return false;
  } finally {
    process.chdir(before);
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
  options: Pick<RunOptions, 'quiet' | 'json'> & AskingOptions,
  print: (line: string) => void,
): Promise<void> {
  const { quiet, json = false } = options;
  let spent: Spent | undefined;
  try {
    spent = await runCommand(run, claim, request);
  } catch (error) {
    const isMissed = error instanceof Failure && error.exitCode === 3 && !quiet && json;
    const isWritten = figuresFile !== undefined && existsSync(join(run.folder, figuresFile));
    if (isMissed && isWritten) (await summary(run.folder, true, options)).forEach(print);
    throw error;
  }
  if (quiet) return;
  (await summary(run.folder, json, options)).forEach(print);
  if (spent && !json) print(spentLine(spent));
}

type Spent = ReturnType<NonNullable<Wiring['spent']>>;

/** What language models have cost, earlier parts of a continued run included. */
const spentLine = ({ inputTokens, outputTokens, usd }: Spent): string =>
  `Language models: ${inputTokens} tokens read and ${outputTokens} written${usd === undefined ? '' : `, ${usd.toFixed(2)} US dollars`}.`;

/** Ctrl-C, and what a system sends that shuts down. */
const stopSignals = ['SIGINT', 'SIGTERM'] as const;

/** Runs with a progress display, Ctrl-C and every adapter closed at the end; says what language models have cost. */
async function runCommand(
  run: CommandRun,
  claim: FolderClaim,
  request: z.infer<typeof Request>,
): Promise<Spent | undefined> {
  const { version, packages } = await packageVersions();
  const abort = new AbortController();
  const stop = (): void => {
    // The next signal, of either kind, finds nobody listening: it ends the process.
    listenNoMore();
    if (!run.quiet) process.stderr.write('Stopping at the next good moment; once more stops at once.\n');
    abort.abort();
  };
  const listenNoMore = (): void => stopSignals.forEach((name) => process.off(name, stop));
  stopSignals.forEach((name) => process.on(name, stop));
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
    listenNoMore();
    await claim.release();
  }
}
