import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { resumeCommand } from '../../src/cli/resume.js';
import { statusCommand } from '../../src/cli/status.js';
import { weightCommand } from '../../src/cli/weight.js';
import { Failure } from '../../src/core/failure.js';
import { RunPlan } from '../../src/pipeline/run-plan.js';
import { sealed, sealedText } from '../../src/pipeline/sealed.js';
import { temporaryFolder } from '../io/temporary.js';
import { root } from './run-cli.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const example = (file: string): string => join(root, 'pipelines/weight-sample', file);
const sample = at('sample.csv');
const planIn = (out: string): string => join(out, 'unfinished/run-plan.json');
const bytesIn = (out: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(out)
      .filter((file) => file !== 'run-log.jsonl')
      .map((file) => [file, readFileSync(join(out, file), 'base64')]),
  );

const weight = (out: string, ...more: string[]): Promise<unknown> =>
  weightCommand(() => undefined).parseAsync(
    ['--sample', sample, '--margins', example('margins.csv'), '--out', out, '--quiet', '--workers', '1', ...more],
    { from: 'user' },
  );
const resume = async (out: string, ...more: string[]): Promise<string> => {
  const lines: string[] = [];
  const command = resumeCommand((line) => void lines.push(line), [weightCommand(() => undefined)]);
  await command.parseAsync([out, ...more], { from: 'user' });
  return lines.join('\n');
};
const status = async (out: string, ...more: string[]): Promise<string> => {
  const lines: string[] = [];
  await statusCommand((line) => void lines.push(line)).parseAsync([out, ...more], { from: 'user' });
  return lines.join('\n');
};
const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error('not refused', { cause: error });
  return `${error.exitCode} ${error.message}`.replaceAll(`${folder}/`, '');
};

/** A run that was stopped by Ctrl-C as soon as it had begun. */
async function stopped(out: string): Promise<string> {
  const done = refusal(weight(out));
  await expect.poll(() => existsSync(join(out, 'run-log.jsonl')), { interval: 1 }).toBe(true);
  process.emit('SIGINT');
  expect(await done).toBe('130 run: stopped before it was complete. Continue it with pipeline resume.');
  return out;
}
/** Writes the plan of a run anew, with a seal that is right. */
const replan = (out: string, edit: object): void => {
  const plan = RunPlan.parse(JSON.parse(readFileSync(planIn(out), 'utf8')));
  writeFileSync(planIn(out), sealedText(sealed({ ...plan, ...edit })));
};

beforeAll(() => {
  copyFileSync(example('sample.csv'), sample);
});

describe('pipeline resume', () => {
  it('ends an interrupted run as if nothing had happened, and prints what the command would have', async () => {
    await weight(at('whole'));
    const out = await stopped(at('stopped'));
    expect(JSON.parse(readFileSync(planIn(out), 'utf8'))).toMatchObject({
      request: { command: 'weight', options: { sample, method: 'maxent', seed: '1' }, startedIn: process.cwd() },
    });
    expect(await resume(out)).toMatch(/Open .*stopped\/weights\.html$/);
    expect(bytesIn(out)).toEqual(bytesIn(at('whole')));
  });

  it('has nothing to do for a run that is complete', async () => {
    const before = bytesIn(at('whole'));
    expect(await resume(at('whole'))).toBe(`This run is complete; see it with: pipeline inspect ${at('whole')}`);
    expect(await resume(at('whole'), '--quiet')).toBe('');
    expect(bytesIn(at('whole'))).toEqual(before);
  });

  it('refuses when an input, the version or the plan changed, or the folder of the inputs is gone', async () => {
    const out = await stopped(at('changed'));
    expect(await refusal(weight(out))).toBe(
      '2 --out: an unfinished run is here; got ' +
        out.replace(`${folder}/`, '') +
        '. Continue it with: pipeline resume changed',
    );
    writeFileSync(sample, `${readFileSync(sample, 'utf8')}\n`);
    expect(await refusal(resume(out))).toMatch(
      /^2 changed: this run was started with something else: sources\.sample\.sha256 was "[0-9a-f]{64}", is "[0-9a-f]{64}"\. Put back/,
    );
    copyFileSync(example('sample.csv'), sample);
    const { version, request } = RunPlan.parse(JSON.parse(readFileSync(planIn(out), 'utf8')));
    replan(out, { version: '0.0.1' });
    expect(await refusal(resume(out))).toContain(`something else: version was "0.0.1", is "${version}"`);
    replan(out, { version, request: { ...request, startedIn: at('gone') } });
    expect(await refusal(resume(out))).toBe(
      '2 gone: the folder that the run was started in is gone. Paths of its inputs count from there.',
    );
    replan(out, { request: {} });
    expect(await refusal(resume(out))).toBe('2 changed: this run was not started from the command line.');
    replan(out, { request });
    await resume(out, '--quiet');
    expect(bytesIn(out)).toEqual(bytesIn(at('whole')));
    writeFileSync(planIn(await stopped(at('damaged'))), '{}');
    expect(await refusal(resume(at('damaged')))).toMatch(
      /^2 damaged\/unfinished\/run-plan\.json: the plan of this run is damaged/,
    );
  });

  it('refuses a run that would fail again, and a folder without a run', async () => {
    expect(await refusal(weight(at('missed'), '--max-top-share', '0.001'))).toMatch(/^3 /);
    expect(existsSync(at('missed/unfinished'))).toBe(false);
    expect(await refusal(resume(at('missed')))).toMatch(
      /^2 missed: this run failed and would fail again; got .*\. Change what it was given, and run again in a new folder\.$/,
    );
    mkdirSync(at('empty'));
    expect(await refusal(resume(at('empty')))).toBe('2 empty: no run here. Name the folder that a run was written to.');
  });
});

describe('pipeline status', () => {
  it('says of a complete run what was done', async () => {
    expect(await status(at('whole'))).toMatch(
      /^weight-sample \(version [\d.]+\) is complete\.\n {2}completed {3}weight-sample {2}weights\.parquet: 50 rows\n {2}completed {3}check-weights\n2 of 2 stages are done\.$/,
    );
  });

  it('says of a stopped run why, and how to go on', async () => {
    const out = await stopped(at('status'));
    const lines = (await status(out)).split('\n');
    expect(lines[0]).toMatch(/ is stopped before its end\.$/);
    expect(lines[1]).toMatch(/^It failed in .*: run: stopped before it was complete/);
    expect(lines.at(-1)).toBe(`Continue with: pipeline resume ${out}`);
    expect(JSON.parse(await status(out, '--json'))).toMatchObject({
      status: 'stopped',
      failure: { code: 'interrupted' },
    });
  });
});
