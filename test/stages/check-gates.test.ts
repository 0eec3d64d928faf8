import { describe, expect, it } from 'vitest';
import { checkGates } from '../../src/stages/index.js';
import { failedStage, runStage } from '../support/stage-context.js';
import { diagnostics } from './measured-fixture.js';

const withGaps = (unmet: string[]) => ({ diagnostics: { ...diagnostics, unmet } });

describe('check-gates', () => {
  it('passes a population that is what was asked for, and returns nothing', async () => {
    expect((await runStage(checkGates, withGaps([]), {}, {})).outputs).toEqual({});
  });

  it('fails on a single gap, naming it', async () => {
    const { failure } = await failedStage(checkGates, withGaps(['age = 18-24 is 2.0 %, asked 12.0 %']), {}, {});
    expect([failure.code, failure.exitCode]).toEqual(['gate-failed', 3]);
    expect(failure.message).toBe(
      'check-gates: the population is not what was asked for: age = 18-24 is 2.0 %, asked 12.0 %; ' +
        'got 1 gaps, expected none. See report.html; accept the gaps with --allow-unmet.',
    );
  });

  it('names ten gaps and counts all', async () => {
    const gaps = Array.from({ length: 12 }, (_, i) => `gap ${i + 1}`);
    const { failure } = await failedStage(checkGates, withGaps(gaps), {}, {});
    expect(failure.message).toContain(`asked for: ${gaps.slice(0, 10).join('; ')}; got 12 gaps`);
    expect(failure.message).not.toContain('gap 11');
  });

  it('passes gaps that were accepted', async () => {
    expect((await runStage(checkGates, withGaps(['gap']), { allowUnmet: true }, {})).outputs).toEqual({});
  });
});
