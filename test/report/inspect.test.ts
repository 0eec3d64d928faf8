import { describe, expect, it } from 'vitest';
import { inspectText } from '../../src/report/inspect.js';
import { displayWidth } from '../../src/report/safe-text.js';
import { report, withChanges } from './fixture.js';

describe('inspectText', () => {
  it.each([40, 60, 80, 100, 160])('keeps every line within %i columns', (width) => {
    const long = withChanges({
      title: '漢字 '.repeat(60),
      exclusions: ['x'.repeat(500), 'a', 'b', 'c', 'd'],
      diagnostics: {
        margins: report.diagnostics.margins.map((margin) => ({ ...margin, variable: `v_${'y'.repeat(90)}` })),
      },
    });
    for (const value of [report, long])
      for (const line of inspectText(value, width).split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(width);
  });

  it('takes less than 40 columns as 40', () => expect(inspectText(report, 5)).toBe(inspectText(report, 40)));

  it('fits a screen or so', () => {
    const lines = inspectText(report, 100).split('\n').length;
    expect(lines).toBeGreaterThanOrEqual(30);
    expect(lines).toBeLessThanOrEqual(60);
  });

  it('says verdict, key figures, variables, steps, rejections and limits', () => {
    const text = inspectText(report, 100);
    for (const part of [
      'Aligned, with 3 of 7 variables set by assumption. 6 margins of “Adults of the United States” were',
      'Candidates kept            2,871 of 3,300',
      'Household income        0.02    0.28    4.9%      2.1%    93.0%  set by assumption',
      '7 of 11 figures change when texts change owners, so they say something about the texts.',
      'Before any weighting, trait means of groups of sex and age differ 0.81 times as much',
      'Texts and scores, r: Extraversion 0.71, Agreeableness 0.62, Conscientiousness 0.66, Neuroticism',
      'Selected agents                     0.06  0.93× Sliced W.',
      'Rejected 429 of 3,300: too-short 212, unsupported-claims 131, straight-lining 48, duplicate 38.',
      '  and 2 more',
      '- calibrate-pool: Only 31 kept personas are aged 65 or over; they carry 22% of the weight.',
    ])
      expect(text).toContain(part);
  });

  it('never sends control characters to the terminal', () => {
    const evil = '\u001b[2J\u009b31m\u202e\r\u0007evil';
    const text = inspectText(
      withChanges({
        title: evil,
        exclusions: [evil],
        findings: [{ level: 'caution', code: evil, message: evil, stage: evil }],
        provenance: { ...report.provenance, seed: evil },
        diagnostics: {
          rejected: { [evil]: 429 },
          unmet: [evil],
          margins: report.diagnostics.margins.map((margin) => ({ ...margin, variable: evil })),
        },
      }),
      80,
    );
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).toContain('Not met:');
  });

  it('stands without traits, margins and rejections', () => {
    const text = inspectText(
      withChanges({
        exclusions: [],
        findings: [],
        diagnostics: { traits: null, margins: [], rejected: {}, kept: 3300, steps: [] },
      }),
      80,
    );
    expect(text).toContain('not measured');
    expect(text).not.toMatch(/NaN|undefined|Rejected|Worst/);
  });
});
