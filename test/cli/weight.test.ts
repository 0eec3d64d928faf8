import { join } from 'node:path';
import { CommanderError } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { weightCommand } from '../../src/cli/weight.js';
import { Failure } from '../../src/core/failure.js';
import { fileMaker, temporaryFolder } from '../io/temporary.js';
import { root } from './run-cli.js';

const example = (file: string): string => join(root, 'pipelines/weight-sample', file);
const files = ['--sample', example('sample.csv'), '--margins', example('margins.csv')];

/** What the command prints with `--plan`. */
async function planned(...args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const command = weightCommand((line) => void lines.push(line));
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  await command.parseAsync([...files, '--plan', '--out', 'nowhere', ...args], { from: 'user' });
  return lines.join('\n');
}

/** What it refuses with: the message, and the exit code that main gives it. */
async function refused(...args: readonly string[]): Promise<string> {
  try {
    await planned(...args);
  } catch (error) {
    if (error instanceof Failure) return `${error.exitCode} ${error.message}`;
    if (error instanceof CommanderError) return `2 ${error.message}`;
    throw error;
  }
  throw new Error('not refused');
}

const settingsOf = (plan: string): unknown => JSON.parse(/settings: (.*)/.exec(plan)![1]!);

describe('pipeline weight --plan', () => {
  it('shows stages, sources and settings, and does nothing', async () => {
    const plan = await planned();
    expect(plan).toMatch(/^weight-sample: Weight records of any kind/);
    expect(plan).toMatch(/sources: sample = own file \([0-9a-f]{12}\), margins = own file \([0-9a-f]{12}\)\n/);
    expect(plan).toContain(' 1. weight-sample@2  ');
    expect(plan).toContain('writes:   weights.csv, weights.parquet, weights.json, gap-list.json, weights.html');
    expect(plan).toContain(' 2. check-weights@1  ');
    expect(settingsOf(plan)).toEqual({
      use: null,
      id: null,
      baseWeight: null,
      cluster: null,
      household: null,
      method: 'maxent',
      bounds: null,
      cap: null,
      tolerance: 1e-10,
      missing: 'error',
      totals: 'error',
      deadMargins: 'error',
      untargeted: 'error',
      disagreement: 'error',
      relax: {},
      priceYears: {},
      adjust: {},
      maxOrphanShare: 0.1,
      earlier: null,
      limits: {},
      study: 'auto',
      replicates: null,
      integers: false,
      scale: 'mean1',
    });
  });

  it('takes every option over', async () => {
    const plan = await planned(
      ...['--use', 'sex, age', '--id', 'person', '--base-weight', 'hours', '--cluster', 'family'],
      ...['--method', 'logit', '--bounds', '0.2,5', '--tolerance', '1e-8', '--missing', 'impute'],
      ...['--totals', 'scale-to=sex', '--on-dead-margin', 'collapse=age:18-34->35-54', '--scale', 'population'],
      ...[
        '--max-design-effect',
        '3',
        '--min-ess',
        '100',
        '--min-group-n',
        '5',
        '--max-top-share',
        '0.2',
        '--replicates',
        '--seed',
        '7',
      ],
      ...[
        '--untargeted',
        'keep',
        '--disagreement',
        'first',
        '--integers',
        '--max-orphan-share',
        '0.2',
        '--study',
        'never',
      ],
      ...['--relax', 'sex=1e3', '--relax', 'age = 0.5', '--price-year', 'income=2020', '--adjust', 'income=1.1'],
    );
    expect(plan).toContain('seed "7"');
    expect(settingsOf(plan)).toEqual({
      use: ['sex', 'age'],
      id: 'person',
      baseWeight: 'hours',
      cluster: 'family',
      household: null,
      method: 'logit',
      bounds: { lower: 0.2, upper: 5 },
      cap: null,
      tolerance: 1e-8,
      missing: 'impute',
      totals: { scaleTo: 'sex' },
      deadMargins: { collapse: [{ variable: 'age', from: '18-34', to: '35-54' }] },
      limits: { maxDesignEffect: 3, minEffectiveSampleSize: 100, maxTopShare: 0.2, minGroupRecords: 5 },
      untargeted: 'keep',
      disagreement: 'first',
      relax: { sex: 1000, age: 0.5 },
      priceYears: { income: '2020' },
      adjust: { income: 1.1 },
      maxOrphanShare: 0.2,
      earlier: null,
      study: 'never',
      replicates: 40,
      integers: true,
      scale: 'population',
    });
  });

  it('names the files of persons and zones as sources', async () => {
    const [sample, margins] = [example('sample.csv'), example('margins.csv')];
    const plan = await planned(
      ...['--household', 'family', '--persons', sample, '--person-margins', margins, '--zones', sample],
      ...['--labels', sample, '--replicates', '12', '--integers', '500', '--cap', '6'],
    );
    expect(plan).toMatch(/sample = .*, margins = .*, persons = .*, personMargins = .*, zones = .*, labels = /);
    expect(settingsOf(plan)).toMatchObject({ household: 'family', replicates: 12, integers: 500, cap: 6 });
  });
});

describe('pipeline weight refuses', () => {
  it.each<[string[], string]>([
    [['--household', 'family'], '2 --household: there are no persons to link; expected --persons FILE beside it.'],
    [
      ['--persons', example('sample.csv')],
      '2 --persons: nothing links them to households; expected --household COLUMN beside it.',
    ],
    [
      ['--person-margins', example('margins.csv')],
      '2 --person-margins: there are no persons; expected --persons FILE and --household COLUMN beside it.',
    ],
    [
      ['--method', 'rake', '--bounds', '0.5,2'],
      '2 --bounds: raking does not have them; expected --method maxent, linear or logit.',
    ],
    [['--method', 'logit'], '2 --method logit: it lies between bounds; expected --bounds LOWER,UPPER beside it.'],
    [
      ['--max-design-effect', '0.9'],
      '2 --max-design-effect: no design effect is below 1; expected a number of at least 1.',
    ],
    [['--replicates', '1'], '2 --replicates: one is nothing to compare; expected at least 2.'],
    [['--method', 'rake', '--cap', '3'], '2 --cap: rake does not have it; expected --method maxent or linear.'],
    [['--cap', '1'], '2 --cap: no set of weights stays below its mean; expected a number above 1.'],
    [
      ['--method', 'rake', '--relax', 'sex=1'],
      '2 --relax: raking meets every margin; expected --method maxent, linear or logit.',
    ],
    [
      ['--relax', 'sex'],
      "2 error: option '--relax <margin=importance>' argument 'sex' is invalid. expected a name, = and a value.",
    ],
    [
      ['--relax', 'sex=1', '--relax', 'sex=2'],
      "2 error: option '--relax <margin=importance>' argument 'sex=2' is invalid. there are two values for sex.",
    ],
    [
      ['--adjust', 'income=much'],
      "2 error: option '--adjust <column=factor>' argument 'income=much' is invalid. expected a number above 0.",
    ],
    [
      ['--max-orphan-share', '2'],
      "2 error: option '--max-orphan-share <share>' argument '2' is invalid. expected a number from 0 to 1.",
    ],
    [
      ['--base-weight', 'hours', '--weights-from', 'run'],
      '2 --weights-from: there are two base weights; expected no --base-weight beside it.',
    ],
    [
      ['--untargeted', 'drop'],
      "2 error: option '--untargeted <policy>' argument 'drop' is invalid. Allowed choices are error, keep, zero.",
    ],
    [
      ['--disagreement', 'mean'],
      "2 error: option '--disagreement <policy>' argument 'mean' is invalid. Allowed choices are error, first, report.",
    ],
    [
      ['--weights-from', 'nowhere'],
      '2 --weights-from: no weights.json there that could be read; got nowhere, expected the folder of a run.',
    ],
    [['--totals', 'mean'], '2 totals: unknown policy; got mean, expected error, first, largest or scale-to=NAME.'],
    [
      ['--on-dead-margin', 'keep'],
      '2 dead-margins: unknown policy; got keep, expected error, drop or collapse=variable:from->to.',
    ],
    [
      ['--missing', 'drop'],
      "2 error: option '--missing <policy>' argument 'drop' is invalid. Allowed choices are error, own-level, exclude, impute.",
    ],
    [
      ['--method', 'ipf'],
      "2 error: option '--method <name>' argument 'ipf' is invalid. Allowed choices are rake, maxent, linear, logit.",
    ],
    [
      ['--scale', 'sum'],
      "2 error: option '--scale <name>' argument 'sum' is invalid. Allowed choices are mean1, population.",
    ],
    ...['2,0.5', '1,2', '0.5', '-1,2', '0.5,2,3'].map((text): [string[], string] => [
      [`--bounds=${text}`],
      `2 error: option '--bounds <lower,upper>' argument '${text}' is invalid. expected two numbers with a comma between, below and above 1, such as 0.3,3.`,
    ]),
    ...['0', '1', 'small', '1e3'].map((text): [string[], string] => [
      ['--tolerance', text],
      `2 error: option '--tolerance <share>' argument '${text}' is invalid. expected a number between 0 and 1, such as 1e-8.`,
    ]),
    [
      ['--use', 'sex,,age'],
      "2 error: option '--use <names>' argument 'sex,,age' is invalid. expected names with commas between.",
    ],
    [['--zones', 'nowhere.csv'], '2 nowhere.csv: no such file or folder.'],
  ])('%j', async (args, message) => {
    expect(await refused(...args)).toBe(message);
  });

  it('to start without sample or margins', async () => {
    const command = weightCommand(() => undefined);
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    await expect(command.parseAsync(['--sample', 'a.csv'], { from: 'user' })).rejects.toThrow(
      "error: required option '--margins <file>' not specified",
    );
  });
});

describe('pipeline weight --json', () => {
  const folder = temporaryFolder();
  const write = fileMaker(folder);

  /** Runs for real: what is printed, and the exit code. Nothing may reach the terminal. */
  async function ended(...args: readonly string[]): Promise<{ printed: string; exit: number }> {
    const lines: string[] = [];
    const silent = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    let exit = 0;
    try {
      await weightCommand((line) => void lines.push(line)).parseAsync(args, { from: 'user' });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      exit = error.exitCode;
    } finally {
      silent.mockRestore();
    }
    return { printed: lines.join('\n'), exit };
  }

  it('prints the figures also where a limit is missed or margins cannot be met, and else only on success', async () => {
    const sample = write('sample.csv', 'sex,age\nf,old\nf,old\nm,young\nm,young\n');
    const met = write('met.csv', 'variable,category,share\nsex,f,0.5\nsex,m,0.5\n');
    const clash = write('clash.csv', 'variable,category,share\nsex,f,0.5\nsex,m,0.5\nage,old,0.7\nage,young,0.3\n');
    const run = (name: string, margins: string, ...more: readonly string[]) =>
      ended('--sample', sample, '--margins', margins, '--out', join(folder, name), ...more);
    const missed = await run('missed', met, '--min-ess', '5', '--json');
    expect(missed.exit).toBe(3);
    expect(JSON.parse(missed.printed)).toMatchObject({ status: 'converged', gates: { misses: [{}] } });
    const infeasible = await run('infeasible', clash, '--json');
    expect(infeasible.exit).toBe(3);
    expect(JSON.parse(infeasible.printed)).toMatchObject({ schema: 'weights/1', maxRelaxedError: null });
    expect(await run('quiet', clash, '--json', '--quiet')).toEqual({ printed: '', exit: 3 });
    expect(await run('plain', clash)).toEqual({ printed: '', exit: 3 });
    expect(await run('input', clash, '--json', '--use', 'hair')).toEqual({ printed: '', exit: 2 });
  });
});
