import { describe, expect, it } from 'vitest';
import {
  densityCeiling,
  densityPlot,
  marginPlot,
  multiplicityPlot,
  peoplePlot,
  shufflePlot,
  weightsPlot,
} from '../../src/report/plots.js';
import { marginsTable } from '../../src/report/tables.js';
import { report } from './fixture.js';

const count = (svg: string, pattern: RegExp): number => [...svg.matchAll(pattern)].length;
const sex = marginsTable(report.diagnostics)[0]!.categories;

describe('plots', () => {
  const ceiling = densityCeiling(report.densities);
  it.each([
    ['margins', () => marginPlot(sex)],
    ['density', () => densityPlot(report.densities[0]!, ceiling)],
    ['weights', () => weightsPlot(report.weights.calibrationQuantiles)],
    ['multiplicities', () => multiplicityPlot(report.weights.multiplicities)],
    ['people', () => peoplePlot(report.agentsByPerson)],
    ['shuffle control', () => shufflePlot(report.shuffleControl)],
  ])('%s: the same bytes twice, one SVG without styles, ids, scripts or impossible numbers', (_, draw) => {
    const svg = draw();
    expect(draw()).toBe(svg);
    expect(svg).toMatch(/^<svg [^>]*>.*<\/svg>$/s);
    expect(svg).not.toMatch(/<style|<script|\bid=|http|NaN|Infinity|undefined/);
  });

  it('marks asked, now and before once a category, at places in proportion to the shares', () => {
    const svg = marginPlot(sex);
    expect(count(svg, /<circle/g)).toBe(4);
    const before = /aria-label="dot"[^>]*>(.*?)<\/g>/s.exec(svg)![1]!;
    const [x1, x2] = [...before.matchAll(/cx="([\d.]+)"/g)].map(([, x]) => Number(x)) as [number, number];
    // The axis runs from 0 at 116 to 60% at 238.
    expect(x1).toBeCloseTo(116 + (0.412 / 0.6) * 122, 6);
    expect(x2).toBeCloseTo(116 + (0.588 / 0.6) * 122, 6);
  });

  it('draws the interval of each share, on an axis that holds it', () => {
    const wide = sex.map((margin) => ({ ...margin, interval: { lower: 0.2, upper: 0.95 } }));
    // The axis now runs from 0 at 116 to 100% at 238.
    const lines = [...marginPlot(wide).matchAll(/<path d="M([\d.]+),[\d.]+L([\d.]+),/g)].map(([, a, b]) =>
      [a, b].map(Number),
    );
    expect(lines).toContainEqual([116 + 0.2 * 122, 116 + 0.95 * 122].map((x) => expect.closeTo(x, 3) as number));
    const none = sex.map((margin) => ({ ...margin, interval: null }));
    expect(count(marginPlot(sex), /<path d="M/g) - count(marginPlot(none), /<path d="M/g)).toBe(2);
  });

  it('sets own and other texts on one axis, numbers as a share of the larger, with both values and the evidence', () => {
    const [grounding, extraversion] = report.shuffleControl;
    const places = (svg: string) => [...svg.matchAll(/cx="([\d.]+)"/g)].map(([, x]) => Number(x));
    // Without negative bounds the axis runs from 0 at 6 to 1 at 216; other texts are drawn first.
    const shares = shufflePlot([grounding!]);
    expect(places(shares)).toEqual([6 + 0.013 * 210, 6 + 0.981 * 210].map((x) => expect.closeTo(x, 6) as number));
    for (const shown of ['>Grounded claims<', '>evidence about the texts<', '>98.1%<', '>1.3%<'])
      expect(shares).toContain(shown);
    const amw = report.shuffleControl.find(({ name }) => name === 'amw')!;
    expect(places(shufflePlot([amw]))).toEqual(
      [216, 6 + (0.0187 / 0.0193) * 210].map((x) => expect.closeTo(x, 6) as number),
    );
    // The lower bound -0.05 moves the left end of the axis to -0.2.
    expect(places(shufflePlot([extraversion!]))[0]).toBeCloseTo(6 + (0.21 / 1.2) * 210, 6);
  });

  it('draws a figure that one side lacks, without a line between', () => {
    const half = shufflePlot([{ ...report.shuffleControl[0]!, shuffled: null }]);
    expect(count(half, /<circle/g)).toBe(1);
    expect(half).toContain('>–<');
  });

  it('writes hostile names as text', () => {
    const svg = marginPlot(sex.map((margin) => ({ ...margin, category: '</text><script>"\u202e' })));
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('\u202e');
  });

  it('fills the steps of people down to zero', () => {
    // Two people, 3 and 1 agents: the axes run from 0 to 2 people over 36..312 and from 0 to 3 agents over 172..14.
    const path = /aria-label="area"[^>]*><path d="([^"]*)"/.exec(peoplePlot([3, 1]))![1];
    expect(path).toBe('M36,14L174,14L174,119.333L312,119.333L312,172L174,172L174,172L36,172Z');
  });

  it('averages neighbouring score levels, so that the ceiling is that of the drawn lines', () => {
    const flat = Array<number>(48).fill(0);
    const peak = flat.map((_, i) => (i === 10 ? 0.5 : 0));
    const density = { domain: 'x', levels: flat.map((_, i) => i), target: flat, before: peak, after: flat };
    expect(densityCeiling([density])).toBe(0.25);
    expect(densityCeiling([])).toBe(0);
  });

  it('gathers what is above the last bar', () => {
    const svg = multiplicityPlot([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30]);
    expect(count(svg, /<rect/g)).toBe(11);
    expect(svg).toContain('>10+<');
    expect(svg).toContain('>50<');
  });

  it.each([
    ['one weight', weightsPlot([1])],
    ['one person', peoplePlot([1])],
    ['nobody taken', multiplicityPlot([0])],
    ['a share of nothing', marginPlot(sex.map((margin) => ({ ...margin, target: 0, before: 0, after: 0 })))],
    ['margins without intervals', marginPlot(sex.map((margin) => ({ ...margin, interval: null })))],
    ['figures of nothing', shufflePlot(report.shuffleControl.map((row) => ({ ...row, own: 0, shuffled: 0 })))],
    [
      'figures without values',
      shufflePlot([{ ...report.shuffleControl[0]!, own: null, shuffled: null, evidence: 'nothing to compare' }]),
    ],
    ['one level', densityPlot({ domain: 'x', levels: [1], target: [1], before: [1], after: [1] }, 1)],
  ])('draws %s', (_, svg) => expect(svg).not.toMatch(/NaN|Infinity|undefined/));
});
