import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf, planPipeline, type PlannedStage } from '../pipeline/plan.js';
import { readOutcome } from '../pipeline/stage-outcome.js';
import type { CallEstimate } from '../stages/estimate-calls.js';
import type { AskingOptions } from './asking.js';
import { estimateLines } from './estimate.js';
import type { CommandRun } from './run-command.js';
import { ledgerCalls } from './wiring.js';

/** What is there already of a run that would go on in its folder. */
interface Cached {
  /** Names of stages that would be kept. */
  readonly stages: ReadonlySet<string>;
  /** Calls with an answer in the ledger. */
  readonly calls: number;
}

/** What `--plan` knows: the stages in order, what is there of them, and what would be asked. No work is done, nobody is asked. */
export interface PlanView {
  readonly plan: readonly PlannedStage[];
  readonly cached: Cached;
  readonly estimates: readonly CallEstimate[] | undefined;
}

/** @throws {Failure} as `planPipeline` */
export async function viewPlan({ pipeline, configs, sources, seed, folder, estimate }: CommandRun): Promise<PlanView> {
  const plan = planPipeline(pipeline, configs, sources, seed);
  return { plan, cached: await cachedIn(folder, plan), estimates: await estimate?.() };
}

async function cachedIn(folder: string, plan: readonly PlannedStage[]): Promise<Cached> {
  const stages = new Set<string>();
  if (!existsSync(join(folder, 'unfinished', 'run-plan.json'))) return { stages, calls: 0 };
  for (const [index, { wire, key }] of plan.entries()) {
    const outcome = await readOutcome(folder, index);
    if (typeof outcome === 'string' || outcome.stage.key !== key || outcome.stage.status !== 'completed') break;
    stages.add(nameOf(wire));
  }
  return { stages, calls: await ledgerCalls(folder) };
}

/** Lines of `--plan`. */
export function planLines({ pipeline, sources, seed }: CommandRun, view: PlanView, prices: AskingOptions): string[] {
  const { plan, cached, estimates } = view;
  return [
    `${pipeline.name}: ${pipeline.summary}`,
    `seed ${JSON.stringify(seed)}; sources: ${Object.entries(sources)
      .map(([name, { origin, sha256 }]) => `${name} = ${origin} (${sha256.slice(0, 12)})`)
      .join(', ')}`,
    ...plan.flatMap(({ wire, config, key }, index) => [
      '',
      `${String(index + 1).padStart(2)}. ${nameOf(wire)}@${wire.stage.version}  ${key.slice(0, 12)}${cached.stages.has(nameOf(wire)) ? '  (done)' : ''}`,
      `    ${wire.stage.summary}`,
      `    settings: ${JSON.stringify(config)}`,
      `    writes:   ${Object.values(wire.outputs).join(', ') || '(nothing; may stop the run)'}`,
    ]),
    ...(cached.calls > 0
      ? ['', `${cached.calls} calls of language models are answered already and would not be asked again.`]
      : []),
    ...(estimates === undefined ? [] : estimateLines(estimates, prices)),
  ];
}

/** The same as a value. */
export const planValue = ({ pipeline, seed }: CommandRun, { plan, cached, estimates }: PlanView): object => ({
  pipeline: pipeline.name,
  seed,
  stages: plan.map(({ wire, config, key }) => ({
    name: nameOf(wire),
    version: wire.stage.version,
    key,
    done: cached.stages.has(nameOf(wire)),
    config,
  })),
  answeredCalls: cached.calls,
  ...(estimates && { calls: estimates }),
});
