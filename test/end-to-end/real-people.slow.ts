import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, runCli, type Ended } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { diagnosticsIn, jsonIn, recordIn, rowsIn } from './small-run.js';

// Posts of real people, where they are at hand; nothing of them is kept or quoted.

const folder = temporaryFolder();
const dataFile = (name: string): string => join(root, '../shared/data', name);
const run = (histories: string, out: string, ...more: string[]): Promise<Ended> =>
  runCli(['build-personas', '--histories', histories, '--out', out, '--quiet', ...more]);

const blogs = dataFile('blogs-dlatk/blogs501.jsonl.gz');
const texts = dataFile('openpsych-text/sentence_completion_big5.jsonl.gz');
const without = (path: string): string =>
  existsSync(path) ? '' : ` (skipped: no ${path.slice(path.indexOf('shared/'))})`;

describe.skipIf(!existsSync(blogs))(`142 bloggers${without(blogs)}`, () => {
  it('cannot fill the old: 3, and the empty cells are named', async () => {
    const out = join(folder, 'blogs');
    const { code, error } = await run(blogs, out);
    expect(code).toBe(3);
    expect(error).toMatch(
      /^check-calibration: \d+ cells of the target have no persona: .*sex x age = (fe)?male x (55|65|75)/,
    );
    expect(recordIn(out).failure).toMatchObject({ stage: 'check-calibration', code: 'infeasible' });
    const candidates = rowsIn<{ id: string }>(out, 'stages/personas.jsonl').length;
    expect(rowsIn(out, 'stages/kept.jsonl').length + rowsIn(out, 'rejected.jsonl').length).toBe(candidates);
  });

  it('completes when the gaps are accepted, and lists them', async () => {
    const out = join(folder, 'blogs-unmet');
    expect(await run(blogs, out, '--allow-unmet')).toMatchObject({ code: 0, out: '', error: '' });
    const { unsupported, unmet, kept, rejected, personas, people } = diagnosticsIn(out);
    expect(unsupported.length).toBeGreaterThan(0);
    expect(unmet.length).toBeGreaterThan(0);
    expect(people).toBeGreaterThan(100);
    expect(kept + Object.values(rejected).reduce((s, n) => s + n, 0)).toBe(personas);
    expect(jsonIn<{ status: string }>(out, 'report.json').status).toBe('unmet');
  });
});

describe.skipIf(!existsSync(texts))(`473 people with six sentences each${without(texts)}`, () => {
  it('are mostly too short, are rejected for it, and all are accounted for', async () => {
    const out = join(folder, 'texts');
    const { code, error } = await run(texts, out, '--draws', '3', '--agents', 'all', '--allow-unmet');
    expect([code, error]).toEqual([0, '']);
    const { kept, rejected, personas } = diagnosticsIn(out);
    expect(kept + Object.values(rejected).reduce((s, n) => s + n, 0)).toBe(personas);
    expect(rejected['history-words']).toBeGreaterThan(personas / 2);
  });
});
