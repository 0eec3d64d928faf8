import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WeightReport } from '../../src/survey/weight-report.js';
import { root } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { writeLargeSample } from '../support/large-sample.mjs';
import { jsonIn } from './small-run.js';

const folder = temporaryFolder();
const records = 1_000_000;
/** Wall-clock seconds, far above the 15 of a quiet machine: what else a machine does is not what is tested. */
const mostSeconds = 60;
const mostMebibytes = 1_024;

describe('a million records', () => {
  it('are read and weighted to ten margins within one GiB', () => {
    const [sample, margins, out] = ['sample.csv', 'margins.csv', 'out'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    expect(writeLargeSample(records, sample, margins)).toBeGreaterThan(100e6);
    const main = join(root, 'dist/src/cli/main.js');
    // The process says itself what it used, when it ends.
    const usage = `process.on('exit', () => process._rawDebug(JSON.stringify(process.resourceUsage())))`;
    const began = performance.now();
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', `data:text/javascript,${encodeURIComponent(usage)}`, main, 'weight'].concat([
        '--sample',
        sample,
        '--margins',
        margins,
        '--id',
        'id',
        '--out',
        out,
        '--quiet',
      ]),
      { encoding: 'utf8' },
    );
    const seconds = (performance.now() - began) / 1000;
    expect(status, stderr).toBe(0);
    const { maxRSS } = JSON.parse(stderr.trim().split('\n').at(-1)!) as { maxRSS: number };
    expect(maxRSS / 1024).toBeLessThan(mostMebibytes);
    expect(seconds).toBeLessThan(mostSeconds);
    const report = jsonIn<WeightReport>(out, 'weights.json');
    expect([report.status, report.records, report.margins.length > 40]).toEqual(['converged', records, true]);
    expect(report.maxMarginError).toBeLessThanOrEqual(1e-10);
    expect(existsSync(join(out, 'weights.csv'))).toBe(true);
  });
});
