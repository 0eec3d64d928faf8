import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { root, runCli, type Ended } from '../cli/run-cli.js';
import { temporaryFolder } from '../io/temporary.js';
import { GapList } from '../../src/survey/gap-list.js';
import { diagnosticsIn, recordIn, textIn } from './small-run.js';

// The main job as the README gives it: the bundled demo in full size.

const folder = temporaryFolder();

describe('the bundled demo', () => {
  const out = join(folder, 'demo');
  let ended: Ended;
  beforeAll(async () => {
    ended = await runCli(['build-personas', '--out', out]);
  });

  it('ends well within two minutes', () => {
    expect(ended.error).toBe('');
    expect(ended.code).toBe(0);
    expect(ended.seconds).toBeLessThan(120);
  });

  it('has 500 agents who meet every margin to one point', () => {
    const { agents, personas, margins, unmet } = diagnosticsIn(out);
    expect([agents, personas, unmet]).toEqual([500, 3_000, []]);
    for (const { variable, category, after, target } of margins)
      expect(100 * Math.abs(after - target), `${variable} = ${category}`).toBeLessThanOrEqual(1);
  });

  it('can be verified', async () => {
    expect((await runCli(['verify', out])).code).toBe(0);
  });
});

describe('the demo without young adults', () => {
  it('ends with 3 and names both empty cells', async () => {
    const out = join(folder, 'no-young');
    const config = join(root, 'pipelines/build-personas/no-young-adults.json');
    const { code, error } = await runCli(['build-personas', '-c', config, '--out', out, '--quiet']);
    expect(code).toBe(3);
    expect(error).toContain(
      '2 cells of the target have no persona: sex x age = female x 18-24; sex x age = male x 18-24.',
    );
    expect(recordIn(out).failure).toMatchObject({ stage: 'check-calibration', code: 'infeasible' });
    const { wanted, gaps } = GapList.parse(JSON.parse(textIn(out, 'gap-list.json')));
    expect(wanted).toBeGreaterThan(10);
    expect(gaps.every(({ attributes: { age, sex } }) => age === '18-24' && sex !== undefined)).toBe(true);
    expect(error).toContain(`Add ${wanted} personas (gap-list.json): `);
  });
});
