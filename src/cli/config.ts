import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { Failure } from '../core/failure.js';

/** The settings of one run, as a JSON file. Options of the command line go before it. */
export const BuildConfig = z.strictObject({
  schema: z.literal('build-personas/1'),
  /** Path of a file or folder, relative to this file. */
  histories: z.string().optional(),
  /** A name from the catalog, or a path relative to this file. */
  target: z.string().default('us-adults'),
  inventory: z.string().default('ipip-50'),
  rubric: z.string().default('persona-quality'),
  seed: z.string().default('1'),
  /** `embedded` or `openai:NAME`. */
  model: z.string().default('embedded'),
  judgeModel: z.string().optional(),
  baseUrl: z.string().optional(),
  /** Settings of single stages, by name of the stage. */
  stages: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
});
export type BuildConfig = z.infer<typeof BuildConfig>;

/**
 * Reads a config file; paths in it become absolute.
 *
 * @throws {Failure} `usage` naming the file and the field
 */
export async function readConfig(path: string): Promise<BuildConfig> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Failure('usage', { where: '--config', problem: 'cannot be read', got: path });
  });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new Failure('usage', { where: path, problem: `not JSON (${(error as Error).message})` });
  }
  const parsed = BuildConfig.safeParse(content);
  if (!parsed.success)
    throw new Failure('usage', { where: path, problem: z.prettifyError(parsed.error).replaceAll('\n', ' ') });
  const beside = (name: string): string => (isAbsolute(name) ? name : resolve(dirname(path), name));
  const { histories, target, inventory, rubric, ...rest } = parsed.data;
  const named = (name: string): string => (name.endsWith('.json') ? beside(name) : name);
  return {
    ...rest,
    ...(histories !== undefined && { histories: beside(histories) }),
    target: named(target),
    inventory: named(inventory),
    rubric: named(rubric),
  };
}
