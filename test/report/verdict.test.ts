import { describe, expect, it } from 'vitest';
import { verdict } from '../../src/report/verdict.js';
import { report, withChanges } from './fixture.js';

const metric = (p95: number) => ({
  before: 1,
  after: 0,
  noiseFloorMedian: p95 / 2,
  noiseFloorP95: p95,
  fit: 0,
  overfit: false,
});

describe('verdict', () => {
  it('says what is met, how traits compare, and what is assumed', () => {
    expect(verdict(report)).toEqual({
      aligned: true,
      headline: 'Aligned, with 3 of 7 variables set by assumption',
      unmet: [],
      sentences: [
        '6 margins of “Adults of the United States” were asked for: 4 are met within 0.1 points, 2 are set by assumption.',
        'Personality was compared with people not used for fitting: even the worst of 6 distances (Sliced Wasserstein) is indistinguishable from sampling noise (0.93 of its 95th percentile).',
        'The agents are closer to the people used for fitting than to others by more than chance (Sliced Wasserstein): the fit will not carry over in full.',
        '3 of 7 variables are set by assumption (Race, Household income, Marital status): for most agents the value was drawn from the target, not read in what anybody wrote.',
      ],
    });
  });

  it.each([
    [
      'a status of unmet',
      withChanges({ status: 'unmet' }),
      'Not aligned',
      'The run ended without meeting every requirement; it does not say which.',
    ],
    [
      'a list of unmet requirements, whatever the status',
      withChanges({ diagnostics: { unmet: ['a', 'b'] } }),
      'Not aligned',
      '2 requirements on numbers are not met. Use this population only with the list below in hand.',
    ],
    [
      'a missed gate on texts',
      withChanges({ diagnostics: { unmetTexts: ['a'] } }),
      'Texts fail their checks',
      '1 requirement on texts is not met. Use this population only with the list below in hand.',
    ],
    [
      'both',
      withChanges({ diagnostics: { unmet: ['a'], unmetTexts: ['b'] } }),
      'Not aligned',
      '1 requirement on numbers and 1 requirement on texts are not met. Use this population only with the list below in hand.',
    ],
  ])('never calls a population aligned with %s', (_, changed, headline, first) => {
    const { aligned, sentences, unmet, ...said } = verdict(changed);
    expect([aligned, said.headline, sentences[0]]).toEqual([false, headline, first]);
    expect(unmet).toEqual([...changed.diagnostics.unmet, ...changed.diagnostics.unmetTexts]);
  });

  it.each([
    [
      'no trait norms',
      { traits: null },
      'Personality was not compared: the target has no trait norms for this inventory.',
    ],
    [
      'no floor at all',
      {
        traits: {
          amw: metric(0),
          frechet: metric(0),
          slicedWasserstein: metric(0),
          mmd2: metric(0),
          maxCorrelationError: metric(0),
          maxJointCorrelationError: metric(0),
        },
      },
      'Personality was compared with people not used for fitting, but no noise floor is known.',
    ],
    [
      'a distance above its floor',
      {
        traits: {
          ...report.diagnostics.traits!,
          frechet: { before: 1, after: 0.02, noiseFloorMedian: 0.005, noiseFloorP95: 0.01, fit: 0, overfit: false },
        },
      },
      'Personality was compared with people not used for fitting: the worst of 6 distances (Fréchet distance) is larger than sampling noise (2.00 times its 95th percentile).',
    ],
    ['no controlled margin', { margins: [] }, 'No margin of “Adults of the United States” was asked for.'],
    ['1 agent', { agents: 1 }, 'With 1 agent, agreement says little: chance alone moves every share and mean.'],
    [
      'categories without personas',
      { unsupported: ['age = 85+'] },
      '1 category of the target cannot be filled by any persona.',
    ],
  ])('says so with %s', (_, diagnostics, sentence) => {
    expect(verdict(withChanges({ diagnostics })).sentences).toContain(sentence);
  });

  const assumed = (which: (variable: string) => boolean) =>
    withChanges({
      diagnostics: {
        maxMarginErrorPoints: 0.06,
        margins: report.diagnostics.margins.map((margin) => ({
          ...margin,
          imputedShare: which(margin.variable) ? 0.51 : 0.5,
        })),
      },
    });
  it.each([
    ['no variable', () => false, true, 'Aligned', 'were asked for and are met within 0.1 points.'],
    [
      'one variable',
      (v: string) => v === 'sex',
      true,
      'Aligned, with 1 of 7 variables set by assumption',
      'were asked for: 5 are met within 0.1 points, 1 is set by assumption.',
    ],
    [
      'all but one of those asked for',
      (v: string) => v !== 'sex',
      true,
      'Aligned, with 6 of 7 variables set by assumption',
      'were asked for: 1 is met within 0.1 points, 5 are set by assumption.',
    ],
    [
      'all that were asked for',
      (v: string) => v !== 'marital_status',
      false,
      'Set by assumption',
      'were asked for and are set by assumption.',
    ],
  ])('never takes agreement by assumption for alignment: %s', (_, which, aligned, headline, ending) => {
    const said = verdict(assumed(which));
    expect([said.aligned, said.headline]).toEqual([aligned, headline]);
    expect(said.sentences[0]).toBe(`6 margins of “Adults of the United States” ${ending}`);
  });

  it('counts errors of assumed variables for nothing', () => {
    const margins = report.diagnostics.margins.map((margin) =>
      margin.variable === 'race' ? { ...margin, after: margin.after + 0.2 } : margin,
    );
    expect(verdict(withChanges({ diagnostics: { margins, maxMarginErrorPoints: 20 } })).sentences[0]).toContain(
      '4 are met within 0.1 points, 2 are set by assumption',
    );
  });

  it('says nothing of overfitting where there is none', () => {
    const traits = report.diagnostics.traits!;
    const fair = { ...traits, slicedWasserstein: { ...traits.slicedWasserstein, overfit: false } };
    expect(verdict(withChanges({ diagnostics: { traits: fair } })).sentences.join(' ')).not.toContain(
      'used for fitting than',
    );
  });
});
