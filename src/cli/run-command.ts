import { join } from 'node:path';
import { Failure } from '../core/failure.js';
import { planPipeline, type Pipeline, type Source } from '../pipeline/plan.js';
import { runPipeline } from '../pipeline/run.js';
import type { RunRecord } from '../pipeline/run-record.js';
import type { Services } from '../stages/services.js';
import { progressDisplay } from './progress.js';
import { packageVersions, tableCodec } from './wiring.js';

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

/** Lines of `--plan`: every stage in order with its key and settings. No work is done. */
export function planLines({ pipeline, configs, sources, seed }: CommandRun): string[] {
  const plan = planPipeline(pipeline, configs, sources, seed);
  return [
    `${pipeline.name}: ${pipeline.summary}`,
    `seed ${JSON.stringify(seed)}; sources: ${Object.entries(sources)
      .map(([name, { origin, sha256 }]) => `${name} = ${origin} (${sha256.slice(0, 12)})`)
      .join(', ')}`,
    ...plan.flatMap(({ wire, config, key }, index) => [
      '',
      `${String(index + 1).padStart(2)}. ${wire.stage.name}@${wire.stage.version}  ${key.slice(0, 12)}`,
      `    ${wire.stage.summary}`,
      `    settings: ${JSON.stringify(config)}`,
      `    writes:   ${Object.values(wire.outputs).join(', ') || '(nothing; may stop the run)'}`,
    ]),
  ];
}

/** Runs with a progress display, Ctrl-C and every adapter closed at the end. */
export async function runCommand(run: CommandRun): Promise<RunRecord> {
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
    if (error instanceof Failure && !run.quiet)
      process.stderr.write(`What was done until then is in ${join(run.folder, 'run-record.json')}.\n`);
    throw error;
  } finally {
    display.stop();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    await wiring.close?.();
  }
}
