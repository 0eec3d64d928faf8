import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentRecord } from '../../src/population/agent-pool.js';
import type { Diagnostics } from '../../src/population/diagnostics.js';
import type { RunRecord } from '../../src/pipeline/run-record.js';
import { root } from '../cli/run-cli.js';

type Settings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export const tinyConfig = join(root, 'pipelines/build-personas/tiny.json');
const tiny = JSON.parse(readFileSync(tinyConfig, 'utf8')) as { stages: Settings };

/** Sizes of everything but the pool at which a run takes a second or two. */
export const smallSizes: Settings = {
  'draw-reference': { prior: 500, fit: 4_000, tune: 500, test: 4_000, floor: 2_000 },
  'weight-pool': { fitPeople: 500 },
  'transport-pool': { people: 200 },
  'measure-population': { meterPeople: 1_000, replicates: 20 },
};

/** Writes a config: the tiny one with other settings for some stages; null takes a stage's settings away. */
export function writeConfig(
  folder: string,
  stages: Readonly<Record<string, Settings[string] | null>>,
  more: object = {},
  name = 'config.json',
): string {
  const merged = Object.entries({ ...tiny.stages, ...stages }).flatMap(([stage, settings]) =>
    settings === null ? [] : [[stage, { ...(stages[stage] ? {} : tiny.stages[stage]), ...settings }]],
  );
  const path = join(folder, name);
  const demo = join(root, 'data/histories/demo.jsonl');
  writeFileSync(
    path,
    JSON.stringify({
      schema: 'run-config/1',
      histories: demo,
      stages: Object.fromEntries(merged) as Settings,
      ...more,
    }),
  );
  return path;
}

export const textIn = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');
/** A JSON file, as the type that the caller expects. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- says what the file is meant to hold
export const jsonIn = <T>(folder: string, file: string): T => JSON.parse(textIn(folder, file)) as T;
/** One value a line; the lines are JSON, which has no raw line separators. */
export const rowsIn = <T>(folder: string, file: string): T[] =>
  textIn(folder, file)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);

export const recordIn = (folder: string): RunRecord => jsonIn(folder, 'run-record.json');
export const diagnosticsIn = (folder: string): Diagnostics => jsonIn(folder, 'diagnostics.json');
export const agentsIn = (folder: string): AgentRecord[] => rowsIn(folder, 'agents.jsonl');

/** Every file below a folder, in order of name. */
export const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();
