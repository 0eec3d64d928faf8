import type { z } from 'zod';
import { weightSample } from '../../src/stages/index.js';
import type { Services } from '../../src/stages/services.js';
import { failedStage, runStage } from '../support/stage-context.js';

type Readers = Pick<Services, 'readMargins' | 'readColumns'>;
/** Settings as a user gives them. */
export type Config = z.input<typeof weightSample.config>;
type Table = Readonly<Record<string, readonly string[]>>;

/** What the user's files hold. A margin is a line `variable = category: value`, with `zone/` before it where there are zones. */
export interface Files {
  /** Hash of the sample; zeros by default. */
  readonly sha256?: string;
  readonly sample: Table;
  readonly margins: string;
  readonly persons?: Table;
  readonly personMargins?: string;
  readonly zones?: Table;
  readonly labels?: Table;
  readonly earlier?: Table;
}

const cellsOf = (lines: string, file: string) =>
  lines
    .trim()
    .split('\n')
    .map((line, k) => {
      const [, zone, variable, category, value] = /^\s*(?:(.+?)\/)?(.+?) = (.*?): (.+)$/.exec(line)!;
      return {
        where: `${file}:${k + 2}`,
        variable: variable!,
        category: category!,
        value: Number(value),
        ...(zone === undefined ? {} : { zone }),
      };
    });

/** Readers of files in memory. */
export const readersOf = (files: Files): Readers => ({
  readMargins: async (file) => cellsOf(files[file]!, file),
  readColumns: async (file, isWanted) => {
    const table = files[file]!;
    const columns = Object.entries(table).map(([name, texts]) => [name, isWanted(name) ? texts : []]);
    return {
      rows: Object.values(table)[0]!.length,
      columns: Object.fromEntries(columns) as Record<string, readonly string[]>,
    };
  },
});

const hash = { sha256: '0'.repeat(64) };
const inputsOf = (files: Files) => ({
  sample: files.sha256 === undefined ? hash : { sha256: files.sha256 },
  margins: hash,
  persons: files.persons && hash,
  personMargins: files.personMargins === undefined ? undefined : hash,
  zones: files.zones && hash,
  labels: files.labels && hash,
  earlier: files.earlier && hash,
});

/** Runs `weight-sample` over files in memory. */
export const weighing = (files: Files, config: Config = {}) =>
  runStage(weightSample, inputsOf(files), config, readersOf(files));

/** The message of the Failure in which it ends. */
export const fault = async (files: Files, config: Config = {}): Promise<string> =>
  (await failedStage(weightSample, inputsOf(files), config, readersOf(files))).failure.message;
