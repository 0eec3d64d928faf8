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

  it('fails on texts that miss a gate, with the exit code of their own', async () => {
    const unmetTexts = ['openness is found in the texts with r = 0.02, asked 0.10', 'gap'];
    const { failure } = await failedStage(checkGates, { diagnostics: { ...diagnostics, unmetTexts } }, {}, {});
    expect([failure.code, failure.exitCode]).toEqual(['quality-gate', 8]);
    expect(failure.message).toBe(
      'check-gates: the texts are not what was asked for: openness is found in the texts with r = 0.02, asked 0.10; gap; ' +
        'got 2 gaps, expected none. See report.html; accept the gaps with --allow-unmet.',
    );
  });

  it('names the gaps in numbers before those in texts', async () => {
    const both = { diagnostics: { ...diagnostics, unmet: ['number'], unmetTexts: ['text'] } };
    const { failure } = await failedStage(checkGates, both, {}, {});
    expect(failure.code).toBe('gate-failed');
    expect(failure.message).not.toContain('text;');
  });

  it('passes gaps that were accepted, in numbers and in texts', async () => {
    const both = { diagnostics: { ...diagnostics, unmet: ['number'], unmetTexts: ['text'] } };
    expect((await runStage(checkGates, both, { allowUnmet: true }, {})).outputs).toEqual({});
  });
});
