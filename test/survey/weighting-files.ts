import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../src/core/canonical-json.js';
import { Failure } from '../../src/core/failure.js';
import type { Finding } from '../../src/core/findings.js';
import { readMarginCells } from '../../src/io/margins.js';
import { readColumns } from '../../src/io/read-columns.js';
import { checkWeights, weightSample } from '../../src/stages/index.js';
import type { WeightReport } from '../../src/survey/weight-report.js';
import { runStage, stageContext } from '../support/stage-context.js';
import type { Config } from '../stages/weighting-fixture.js';

/** Files of the user's by what they hold, as text: CSV, or JSON where the text looks like it. */
export type FileTexts = Readonly<
  Partial<Record<'persons' | 'personMargins' | 'zones' | 'labels' | 'earlier', string>> &
    Record<'sample' | 'margins', string>
>;

/** What came of files and settings. */
export interface Weighed {
  /** Exit code of the command. */
  readonly exit: number;
  /** The message that it ends with; empty when it succeeds. */
  readonly message: string;
  /** By id, as written to weights.csv; zone and a comma before it where there are zones. */
  readonly weights: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
  readonly csv: string;
  readonly columns: Readonly<Record<string, ArrayLike<unknown>>>;
  /** All that was written, for comparing bytes. */
  readonly written: string;
  /** The report of the only zone, or of the first. Only where the files could be read. */
  readonly report: WeightReport & { readonly sampleSha256?: string | undefined };
  readonly reports: readonly WeightReport[];
  readonly code: string | undefined;
}

/**
 * Makes a function that does what the command does, from files to exit code, without a process: `weight-sample` and
 * `check-weights` over real files with the real readers.
 */
export function filesWeigher(folder: string) {
  let runs = 0;
  return async (texts: FileTexts, config: Config = {}, seed = '1'): Promise<Weighed> => {
    const run = runs++;
    const pathOf = (name: string): string => {
      const text = texts[name as keyof FileTexts]!;
      const path = join(folder, `${name}-${run}.${/^\s*[[{]/.test(text) ? 'json' : 'csv'}`);
      writeFileSync(path, text);
      return path;
    };
    const inputs = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, { sha256: sha256(text) }]));
    const services = {
      readMargins: (name: string, record: (finding: Finding) => void) => readMarginCells(pathOf(name), record),
      readColumns: (name: string, isWanted: (column: string) => boolean) => readColumns(pathOf(name), isWanted),
    };
    const { context, findings } = stageContext(weightSample, services, { seed });
    const failed = (failure: unknown): Pick<Weighed, 'exit' | 'message'> => {
      if (!(failure instanceof Failure)) throw failure;
      return {
        exit: failure.exitCode,
        message: failure.message.replaceAll(`${folder}/`, '').replaceAll(`-${run}.`, '.'),
      };
    };
    let outputs;
    try {
      outputs = await weightSample.run(inputs as never, weightSample.config.parse(config), context);
    } catch (failure) {
      return { ...nothing, findings, ...failed(failure) };
    }
    const { weights: csv, report, table, html, gaps, code } = outputs;
    const ended = await runStage(checkWeights, { report, gaps }, {}, {}).then(() => ({ exit: 0, message: '' }), failed);
    const reports = 'zones' in report ? report.zones : [report];
    return {
      ...{ ...ended, findings, csv, reports, code, columns: table.columns },
      weights: weightsOf(csv),
      report: 'zones' in report ? report.zones[0]! : report,
      written: [csv, JSON.stringify(report), JSON.stringify(gaps), html].join('\n'),
    };
  };
}

/** What there is where files could not be used. */
const nothing = {
  ...{ csv: '', written: '', code: undefined, columns: {}, reports: [] },
  weights: new Map<string, number>(),
  report: undefined as unknown as WeightReport,
};

function weightsOf(csv: string): Map<string, number> {
  const [header, ...lines] = csv.trimEnd().split('\n');
  const names = header!.split(',');
  return new Map(
    lines.map((line) => {
      const fields = line.split(',');
      return [fields.slice(0, names.indexOf('weight')).join(), Number(fields[names.indexOf('weight')])];
    }),
  );
}

/** A CSV file of records: `columns` by name, labels with blanks between; ids r1, r2, ... in front. */
export function recordsOf(columns: Readonly<Record<string, string>>): string {
  const lists = Object.values(columns).map((labels) => labels.split(' '));
  const rows = lists[0]!.map((_, i) => [`r${i + 1}`, ...lists.map((labels) => labels[i]!)].join());
  return [`id,${Object.keys(columns).join()}`, ...rows, ''].join('\n');
}

/** A CSV file of margins: `sex f 0.5, sex m 0.5` with the name of the value's column. */
export const marginsOf = (kind: string, cells: string): string =>
  [
    `variable,category,${kind}`,
    ...cells.split(', ').map((cell) => cell.replace(/^(\S+) (.+) (\S+)$/, '$1,$2,$3')),
    '',
  ].join('\n');

/** Weights to nine decimals, by id. */
export const rounded = (weights: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...weights].map(([id, weight]) => [id, Number(weight.toFixed(9))]));

/** Weights by id and how far they are from others, at most. */
export const furthest = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number =>
  a.size === b.size ? Math.max(...[...a].map(([id, weight]) => Math.abs(weight - (b.get(id) ?? Infinity)))) : Infinity;
