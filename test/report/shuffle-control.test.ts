import { describe, expect, it } from 'vitest';
import type { TextFigures } from '../../src/persona/filter/text-quality.js';
import type { Diagnostics, TraitMetric } from '../../src/population/diagnostics.js';
import { shuffleControl } from '../../src/report/shuffle-control.js';
import { control, report } from './fixture.js';

const { diagnostics } = report;
const texts = diagnostics.texts!;

const withTexts = (own: Partial<TextFigures>, shuffled: Partial<TextFigures>): Diagnostics => ({
  ...diagnostics,
  texts: { ...texts, own: { ...texts.own, ...own }, shuffled: { ...texts.shuffled!, ...shuffled } },
});
const rowOf = (name: string, own: Diagnostics, other: Diagnostics | undefined) => {
  const row = shuffleControl(own, other).find((entry) => entry.name === name)!;
  return [row.changed, row.evidence];
};
const evidence = [true, 'evidence about the texts'];
const against = [true, 'evidence against the texts'];
const none = [false, 'not evidence about the texts'];

describe('shuffleControl', () => {
  it('sets figures about texts beside those of shuffled texts, then figures about numbers beside the control run', () => {
    expect(
      shuffleControl(diagnostics, control).map(({ name, about, unit, own, shuffled }) => [
        name,
        about,
        unit,
        own,
        shuffled,
      ]),
    ).toEqual([
      ['grounding', 'texts', 'share', 0.981, 0.013],
      ['coupling-extraversion', 'texts', 'correlation', 0.71, 0.01],
      ['coupling-agreeableness', 'texts', 'correlation', 0.62, -0.03],
      ['coupling-conscientiousness', 'texts', 'correlation', 0.66, 0.02],
      ['coupling-neuroticism', 'texts', 'correlation', 0.74, 0.04],
      ['coupling-openness', 'texts', 'correlation', 0.58, -0.01],
      ['contradictions', 'texts', 'share', 0.004, 0.412],
      ['amw', 'numbers', 'distance', 0.0187, 0.0193],
      ['slicedWasserstein', 'numbers', 'distance', 0.0254, 0.0254],
      ['maxMarginErrorPoints', 'numbers', 'points', 0.06, 0.06],
      ['effectivePeople', 'numbers', 'people', 512.8, 509.1],
    ]);
  });

  it('gives correlations their intervals, and nothing else an interval', () => {
    const rows = shuffleControl(diagnostics, control);
    expect(rows[1]!.ownInterval).toEqual({ lower: 0.71 - 0.06, upper: 0.71 + 0.05 });
    expect(rows.filter(({ ownInterval }) => ownInterval !== null)).toHaveLength(5);
  });

  // Pooled two-proportion test, one observation a person: 2 sqrt(2 p (1 - p) / n) with p the mean of both shares.
  // 0.5 and 0.4 with n = 200: 2 sqrt(2 x 0.45 x 0.55 / 200) = 0.0995; with n = 190: 0.1021.
  it.each([
    ['two standard errors just exceeded', 0.5, 0.4, 200, evidence],
    ['two standard errors not reached', 0.5, 0.4, 190, none],
    ['better with texts of others', 0.4, 0.5, 200, against],
    ['no difference', 0.98, 0.98, 1e6, none],
    ['less than matters, whatever the numbers', 0.985, 0.976, 1e9, none],
    ['all and nothing by two people', 1, 0, 2, none],
    ['all and nothing by five people', 1, 0, 5, evidence],
    ['never and never', 0, 0, 100, none],
  ])('grounding: %s', (_, own, shuffled, people, expected) => {
    expect(
      rowOf('grounding', withTexts({ grounding: own, people }, { grounding: shuffled, people }), undefined),
    ).toEqual(expected);
  });

  it('takes few contradictions as good', () => {
    const people = 1000;
    const judged = (own: number, shuffled: number) =>
      rowOf(
        'contradictions',
        withTexts({ contradictions: own, people }, { contradictions: shuffled, people }),
        control,
      );
    expect(judged(0, 0.2)).toEqual(evidence);
    expect(judged(0.2, 0)).toEqual(against);
  });

  type Figures = readonly [r: number | null, lower: number | null, upper: number | null];
  const coupling = ([r, lower, upper]: Figures) => texts.own.coupling.map((one) => ({ ...one, r, lower, upper }));
  it.each([
    ['intervals that touch', [0.3, 0.2, 0.4], [0.1, 0, 0.2], none],
    ['intervals apart', [0.3, 0.21, 0.4], [0.1, 0, 0.2], evidence],
    ['apart the wrong way', [0.1, 0, 0.2], [0.3, 0.21, 0.4], against],
    ['no intervals, near', [0.3, null, null], [0.21, null, null], none],
    ['no intervals, far', [0.3, null, null], [0.1, null, null], evidence],
    ['nothing to correlate', [null, null, null], [0.1, 0, 0.2], [false, 'nothing to compare']],
  ] as const)('coupling: %s', (_, own, shuffled, expected) => {
    const edited = withTexts({ coupling: coupling(own) }, { coupling: coupling(shuffled) });
    expect(rowOf('coupling-openness', edited, undefined)).toEqual(expected);
  });

  // The floor of AMW in the fixture: median 0.0203, 95th percentile 0.0271.
  it.each<[string, string, Partial<Diagnostics>, unknown]>([
    ['amw', 'within the spread of the floor', traits('amw', 0.0187 + 0.0067), none],
    ['amw', 'beyond it, upwards', traits('amw', 0.0187 + 0.0069), evidence],
    ['amw', 'beyond it, downwards', traits('amw', 0.0187 - 0.0069), evidence],
    ['amw', 'without traits in the control run', { traits: null }, [false, 'nothing to compare']],
    ['slicedWasserstein', 'beyond the floor', traits('slicedWasserstein', 0.05), evidence],
    ['maxMarginErrorPoints', 'by a tenth of a point', { maxMarginErrorPoints: 0.15 }, none],
    ['maxMarginErrorPoints', 'by more', { maxMarginErrorPoints: 0.17 }, evidence],
    ['effectivePeople', 'by less than a tenth', { effectivePeople: 465 }, none],
    ['effectivePeople', 'by more than a tenth', { effectivePeople: 460 }, evidence],
  ])('%s: %s', (name, _, other, expected) =>
    expect(rowOf(name, diagnostics, { ...control, ...other })).toEqual(expected),
  );

  it('has no rows for what was not shuffled', () => {
    const abouts = (own: Diagnostics, other: Diagnostics | undefined) => [
      ...new Set(shuffleControl(own, other).map(({ about }) => about)),
    ];
    expect(abouts(diagnostics, undefined)).toEqual(['texts']);
    expect(abouts({ ...diagnostics, texts: null }, control)).toEqual(['numbers']);
    expect(abouts({ ...diagnostics, texts: { ...texts, shuffled: null } }, control)).toEqual(['numbers']);
    expect(abouts({ ...diagnostics, texts: null }, undefined)).toEqual([]);
    const plain = shuffleControl({ ...diagnostics, traits: null, texts: null }, control);
    expect(plain.map(({ name }) => name)).toEqual(['maxMarginErrorPoints', 'effectivePeople']);
  });
});

function traits(name: 'amw' | 'slicedWasserstein', after: number): Partial<Diagnostics> {
  const changed: TraitMetric = { ...control.traits![name], after };
  return { traits: { ...control.traits!, [name]: changed } };
}
