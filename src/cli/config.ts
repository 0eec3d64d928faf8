import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { Failure } from '../core/failure.js';

/** The settings of one run, as a JSON file. Options of the command line go before it. */
export const RunConfig = z.strictObject({
  schema: z.literal('run-config/1'),
  /** Posts: path of a file or folder, relative to this file. */
  histories: z.string().optional(),
  /** Measured personas: path of a file, relative to this file. */
  pool: z.string().optional(),
  /** A name from the catalog, or a path relative to this file. */
  target: z.string().default('us-adults'),
  inventory: z.string().default('ipip-50'),
  rubric: z.string().default('persona-quality'),
  seed: z.string().default('1'),
  /** `embedded` or `openai:NAME`. */
  model: z.string().default('embedded'),
  /** `openai:NAME` each. */
  judgeModels: z.array(z.string()).default([]),
  /** One judge: the same as a list of one. */
  judgeModel: z.string().optional(),
  baseUrl: z.string().optional(),
  /** Who speaks in the narratives: the person (`first`), or somebody about them. */
  narrator: z.enum(['first', 'third']).default('third'),
  /**
   * Whether the run is repeated with texts that changed owners. Without it: yes where nothing is asked of a language
   * model, since it costs next to nothing there; no where it is, since every persona would be asked again.
   */
  shuffleControl: z.boolean().optional(),
  /** Settings of single stages, by name of the stage. */
  stages: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});
export type RunConfig = z.infer<typeof RunConfig>;

/**
 * Reads a config file; paths in it become absolute.
 *
 * @throws {Failure} `usage` naming the file and the field
 */
export async function readConfig(path: string): Promise<RunConfig> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Failure('usage', { where: '--config', problem: 'cannot be read', got: path });
  });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new Failure('usage', { where: path, problem: `not JSON (${(error as Error).message})` });
  }
  const parsed = RunConfig.safeParse(content);
  if (!parsed.success)
    throw new Failure('usage', { where: path, problem: z.prettifyError(parsed.error).replaceAll('\n', ' ') });
  const beside = (name: string): string => (isAbsolute(name) ? name : resolve(dirname(path), name));
  const { histories, pool, target, inventory, rubric, judgeModel, judgeModels, ...rest } = parsed.data;
  const named = (name: string): string => (name.endsWith('.json') ? beside(name) : name);
  return {
    ...rest,
    judgeModels: judgeModel === undefined ? judgeModels : [judgeModel, ...judgeModels],
    ...(histories !== undefined && { histories: beside(histories) }),
    ...(pool !== undefined && { pool: beside(pool) }),
    target: named(target),
    inventory: named(inventory),
    rubric: named(rubric),
  };
}

/**
 * The settings of a run: the config file, or the defaults without one, with the given options on top.
 *
 * @param options undefined ones leave the file's setting
 */
export async function configWith(
  file: string | undefined,
  options: { readonly [K in keyof RunConfig]?: RunConfig[K] | undefined },
): Promise<RunConfig> {
  const base = file === undefined ? RunConfig.parse({ schema: 'run-config/1' }) : await readConfig(file);
  const given = Object.fromEntries(Object.entries(options).filter(([, v]) => v !== undefined));
  return { ...base, ...given };
}

/** The settings of a stage with more on top. */
export const withSettings = (
  { stages }: Pick<RunConfig, 'stages'>,
  stage: string,
  settings: Readonly<Record<string, unknown>>,
): RunConfig['stages'] => ({ ...stages, [stage]: { ...stages[stage], ...settings } });
