import { join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../core/canonical-json.js';
import { Failure } from '../core/failure.js';
import { nameOf, type Pipeline, type PlannedStage, type Source } from './plan.js';
import { SourceRecord } from './run-record.js';
import { readSealed, sealed } from './sealed.js';

/** What decides about the bytes of a run. */
const RunIdentity = z.strictObject({
  version: z.string(),
  packages: z.record(z.string(), z.string()),
  pipeline: z.string(),
  seed: z.string(),
  sources: z.record(z.string(), SourceRecord),
  stages: z.array(z.strictObject({ name: z.string(), version: z.number().int(), config: z.unknown() })),
});
export type RunIdentity = z.infer<typeof RunIdentity>;

/** What a run was started as: written before anything else, so that it can be continued, and by nothing else. */
export const RunPlan = RunIdentity.extend({
  schema: z.literal('run-plan/1'),
  /** How it was asked for, in the words of whoever did; enough to ask again. Never a key. */
  request: z.record(z.string(), z.unknown()),
  seal: z.string(),
});
export type RunPlan = z.infer<typeof RunPlan>;

/** Where the plan of a run lies. */
export const runPlanFile = (unfinished: string): string => join(unfinished, 'run-plan.json');

/** What a run is made from, of all that it is given. */
export interface RunInputs {
  readonly pipeline: Pipeline;
  readonly sources: Readonly<Record<string, Source>>;
  readonly seed: string;
  readonly version: string;
  readonly packages: Readonly<Record<string, string>>;
}

/** The identity of a run that is about to start. */
export const identityOfRun = (
  { pipeline, version, packages, seed, sources }: RunInputs,
  plan: readonly PlannedStage[],
): RunIdentity => ({
  version,
  packages,
  pipeline: pipeline.name,
  seed,
  sources: Object.fromEntries(Object.entries(sources).map(([name, { origin, sha256 }]) => [name, { origin, sha256 }])),
  stages: plan.map(({ wire, config }) => ({
    name: nameOf(wire),
    version: wire.stage.version,
    config,
  })),
});

/** The plan of a run with its seal. */
export const runPlanOf = (identity: RunIdentity, request: Readonly<Record<string, unknown>>): RunPlan =>
  sealed({ schema: 'run-plan/1', ...identity, request, seal: '' });

/** @throws {Failure} `usage` when the plan is damaged, or of another version */
export async function readRunPlan(unfinished: string): Promise<RunPlan | 'absent'> {
  const plan = await readSealed(runPlanFile(unfinished), RunPlan);
  if (plan !== 'damaged') return plan;
  throw new Failure('usage', {
    where: runPlanFile(unfinished),
    problem: 'the plan of this run is damaged, or of another version of the program',
    hint: 'It cannot be continued; run again in a new folder.',
  });
}

/** Most changes that a refusal lists. */
const mostListed = 8;

/**
 * @param now what is known of the run that is asked for; fields that are not given are not compared
 * @throws {Failure} `usage` listing every field that is not what it was
 */
export function refuseChanges(folder: string, plan: RunIdentity, now: Partial<RunIdentity>): void {
  const before = fieldsOf(Object.fromEntries(Object.keys(now).map((key) => [key, plan[key as keyof RunIdentity]])));
  const after = fieldsOf(now);
  const changed = [...new Set([...before.keys(), ...after.keys()])]
    .filter((field) => before.get(field) !== after.get(field))
    .map((field) => `${field} was ${before.get(field) ?? 'nothing'}, is ${after.get(field) ?? 'nothing'}`);
  if (changed.length === 0) return;
  const more = changed.length > mostListed ? [`and ${changed.length - mostListed} more`] : [];
  throw new Failure('usage', {
    where: folder,
    problem: `this run was started with something else: ${[...changed.slice(0, mostListed), ...more].join('; ')}`,
    hint: 'Put back what changed and continue, or run again in a new folder.',
  });
}

/** Every leaf by its path, as short text. */
function fieldsOf(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (value !== null && typeof value === 'object' && Object.keys(value).length > 0)
    for (const [key, child] of Object.entries(value as Record<string, unknown>)) {
      // Stages are known by their names.
      const name = path === 'stages' ? `${key}:${String((child as { name?: unknown }).name)}` : key;
      if (child !== undefined) fieldsOf(child, path === '' ? name : `${path}.${name}`, found);
    }
  else found.set(path, canonicalJson(value));
  return found;
}
