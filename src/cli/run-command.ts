import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Failure } from '../core/failure.js';
import { nameOf, planPipeline, type Pipeline, type Source } from '../pipeline/plan.js';
import { runPipeline } from '../pipeline/run.js';
import type { RunRecord } from '../pipeline/run-record.js';
import type { Services } from '../stages/services.js';
import { progressDisplay } from './progress.js';
import { positiveInteger } from './options.js';
import { defaultWorkers, packageVersions, tableCodec } from './wiring.js';

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
      try {
        await runCommand(run);
      } catch (error) {
        const isMissed = error instanceof Failure && error.exitCode === 3 && !options.quiet && options.json;
        const isWritten = figuresFile !== undefined && existsSync(join(run.folder, figuresFile));
        if (isMissed && isWritten) (await summary(run.folder, true)).forEach(print);
        throw error;
      }
      if (!options.quiet) (await summary(run.folder, options.json ?? false)).forEach(print);
    });
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

/** Runs with a progress display, Ctrl-C and every adapter closed at the end. */
async function runCommand(run: CommandRun): Promise<RunRecord> {
  const { version, packages } = await packageVersions();
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const display = progressDisplay(process.stderr, run.quiet);
  // The plan is checked before anything is started.
  planPipeline(run.pipeline, run.configs, run.sources, run.seed);
  const wiring = await run.wire();
  try {
    return await runPipeline({
      pipeline: run.pipeline,
      configs: run.configs,
      sources: run.sources,
      seed: run.seed,
      folder: run.folder,
      version,
      packages,
      services: wiring.services,
      codec: tableCodec,
      signal: abort.signal,
      clock: () => new Date().toISOString(),
      onEvent: display.onEvent,
      ...(wiring.modelUsage && { modelUsage: wiring.modelUsage }),
    });
  } catch (error) {
    if (error instanceof Failure && error.code !== 'usage' && !run.quiet)
      process.stderr.write(`What was done until then is in ${join(run.folder, 'run-record.json')}.\n`);
    throw error;
  } finally {
    display.stop();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    await wiring.close?.();
  }
}
