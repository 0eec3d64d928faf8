import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { zonesOf, type WeightsPage } from '../../src/report/weights-content.js';
import { renderWeights } from '../../src/report/weights-html.js';
import { frontierPlot, histogramPlot, loveCells, lovePlot } from '../../src/report/weights-plots.js';
import { weightSummary } from '../../src/report/weights-text.js';
import type { WeightReport } from '../../src/survey/weight-report.js';
import { policyOf } from './policy.js';
import { weighing, type Config, type Files } from '../stages/weighting-fixture.js';

interface Node {
  readonly textContent: string;
  readonly attributes: Iterable<{ readonly name: string }>;
  getAttribute(name: string): string | null;
}
const all = (html: string, selector: string): Node[] => {
  const { document } = parseHTML(html) as unknown as { document: { querySelectorAll(s: string): Iterable<Node> } };
  return [...document.querySelectorAll(selector)];
};

const people = (label: string): Files => ({
  sample: {
    sex: Array.from({ length: 40 }, (_, i) => (i < 30 ? label : 'm')),
    age: Array.from({ length: 40 }, (_, i) => (i % 4 ? 'old' : 'young')),
  },
  margins: `sex = ${label}: 0.5\nsex = m: 0.5\nage = old: 0.9\nage = young: 0.1`,
});
const provenance = { version: '1.2.3', seed: '1', sources: [{ name: 'sample', sha256: 'f'.repeat(64) }] };
async function pageOf(files: Files, config: Config = {}): Promise<WeightsPage> {
  const { outputs } = await weighing(files, config);
  const histograms = zonesOf({ document: outputs.report, gaps: null, histograms: [], provenance }).map(({ zone }) => ({
    zone,
    end: 2,
    counts: [0, 30, 10, 2],
  }));
  return { document: outputs.report, gaps: outputs.gaps ?? null, histograms, provenance };
}
const page = await pageOf(people('f'));
const html = renderWeights(page);
const clashing = await pageOf({
  sample: { sex: ['f', 'f', 'm', 'm'], age: ['old', 'old', 'young', 'young'] },
  margins: [
    ...['a/sex = f: 9', 'a/sex = m: 9', 'a/age = old: 9', 'a/age = young: 9'],
    ...['b/sex = f: 50', 'b/sex = m: 1', 'b/age = old: 1', 'b/age = young: 50'],
  ].join('\n'),
});

describe('the page on weights', () => {
  it('is one file without scripts, links or outside resources, under a closed policy, the same bytes twice', () => {
    expect(renderWeights(page)).toBe(html);
    expect(all(html, 'script, link, iframe, object, embed, form, base, img, image, use')).toEqual([]);
    expect(all(html, '[href]').map((node) => node.getAttribute('href'))).toEqual(['#limits']);
    expect(html).not.toMatch(/https?:\/\/|url\(|@import|\bsrc=|NaN|undefined/);
    expect(all(html, 'meta[http-equiv="Content-Security-Policy"]').map((node) => node.getAttribute('content'))).toEqual(
      [policyOf(html)],
    );
  });

  it('is readable without eyes: headings in order, every figure described, every table named', () => {
    const levels = ['h1', 'h2', 'h3'].map((tag) => all(html, tag).length);
    expect(levels[0]).toBe(1);
    const described = all(html, 'figure [role=img]');
    // Two margins, love plot, histogram; no cap below the largest weight but 2.
    expect(described.length).toBe(all(html, 'figure').length);
    expect(described.every((node) => node.getAttribute('aria-label')!.length > 20)).toBe(true);
    expect(all(html, 'table').every((node) => node.getAttribute('aria-label')!.length > 5)).toBe(true);
  });

  it('says that margins are met, what it costs, and what it does not say', () => {
    for (const words of [
      'The margins are met',
      '40 records; method maxent.',
      'Effective sample size',
      'Design effect',
      'What each margin costs',
      'Sex: f',
      'What this does not say',
      'weights.json beside this page',
    ])
      expect(html, words).toContain(words);
    expect(html).not.toContain('Who is missing');
  });

  it.each([
    '<script>alert(1)</script>',
    '"><svg/onload=alert(1)>',
    "' onmouseover='alert(1)",
    '</style><b>x',
    '\u202e',
  ])('takes %j as text everywhere', async (payload) => {
    const hostile = renderWeights(await pageOf(people(`${payload}x`)));
    const count = (text: string): number => all(text, ':not(tspan)').length;
    expect(count(hostile)).toBe(count(renderWeights(await pageOf(people('harmless')))));
    for (const node of all(hostile, '*'))
      expect([...node.attributes].filter(({ name }) => /^on|^src/.test(name))).toEqual([]);
    expect(hostile).not.toContain('\u202e');
  });

  it('shows zones that failed, their slack, and who is missing', () => {
    const shown = renderWeights(clashing);
    expect(shown).toContain('1 of 2 zones have no weights');
    expect(shown).toContain('class="verdict not"');
    const rows = all(shown, 'table[aria-label^="Zones."] tbody tr').map(({ textContent }) => textContent);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatch(/^aconverged–18/);
    expect(rows[1]).toMatch(/^binfeasible\d+51/);
    expect(shown).toContain('Who is missing');
    expect(shown).toContain('Zone b: key figures');
  });
});

// Two margins that are the same split of the records: met is a, at 0.5, so that b misses its 0.7 by 0.2.
const relaxed = await pageOf(
  {
    sample: { a: ['x', 'x', 'y', 'y'], b: ['p', 'p', 'q', 'q'] },
    margins: 'a = x: 0.5\na = y: 0.5\nb = p: 0.7\nb = q: 0.3',
  },
  { relax: { b: 5 } },
);

describe('a relaxed margin that is missed', () => {
  it('stands in the headline, in what it rests on and among the figures', () => {
    const shown = renderWeights(relaxed);
    expect(all(shown, '.verdict h2')[0]!.textContent).toBe('Margins that may give way are missed, the others are met');
    expect(all(shown, '.verdict li')[1]!.textContent).toBe(
      'margins that may give way are not met: b by 0.2 of all weight (of a number, in units of its largest value)',
    );
    expect(all(shown, '.verdict')[0]!.getAttribute('class')).toBe('verdict not');
    expect(shown).toContain('Largest error of margins that may give way');
    expect(shown).not.toContain('The margins are met');
  });

  it('stands in the summary with its error', () => {
    const lines = weightSummary(relaxed.document);
    expect(lines[0]).toMatch(/; of margins that may give way 0\.2$/);
    expect(lines.join('\n')).toContain('relaxed-missed: margins that may give way are not met: b by 0.2 of all weight');
  });
});

// Of four records one each is a man or a woman, old or young: 1 ± 0.9 ± 0.9 are the weights.
describe('negative weights', () => {
  it('stand beside the verdict and in the summary', async () => {
    const sample = { sex: ['f', 'f', 'm', 'm'], age: ['old', 'young', 'old', 'young'] };
    const margins = 'sex = f: 0.95\nsex = m: 0.05\nage = old: 0.95\nage = young: 0.05';
    const negative = await pageOf({ sample, margins }, { method: 'linear' });
    const told = '1 of 4 weights is negative, the smallest -0.8 times the mean; bounds keep weights positive';
    const shown = renderWeights(negative);
    expect(all(shown, '.verdict li').map(({ textContent }) => textContent)).toContain(told);
    expect(weightSummary(negative.document)).toContain(`  negative-weights: ${told}`);
  });
});

describe('its plots', () => {
  const report = page.document as WeightReport;

  it('put cells where their differences are, furthest off first', () => {
    const cells = loveCells(report);
    expect(cells.map(({ category }) => category).sort()).toEqual(['f', 'm', 'old', 'young']);
    // 0.75 instead of 0.5, over a standard deviation of 0.5; old people 0.75 instead of 0.9, over 0.3.
    expect(cells.map(({ smdBefore }) => Number(Math.abs(smdBefore!).toFixed(9)))).toEqual([0.5, 0.5, 0.5, 0.5]);
    const svg = lovePlot(cells);
    // The axis runs from 0 at 158 to 0.5 at 322.
    const places = [...svg.matchAll(/cx="([\d.]+)"/g)].map(([, x]) => Number(x));
    expect(places).toEqual([322, 158, 322, 158, 322, 158, 322, 158]);
    expect(svg).toContain('>Sex: f<');
  });

  it('draw bars in proportion to records', () => {
    const svg = histogramPlot({ zone: '', end: 2, counts: [0, 30, 10, 2] });
    const heights = [...svg.matchAll(/<rect [^>]*height="([\d.]+)"/g)].map(([, height]) => Number(height));
    expect(heights).toEqual([0, 132, 44, 8.8]);
    expect(svg).toContain('>2 above<');
    expect(svg).toContain('the highest bar has 30 records');
  });

  it('draw caps with their sample sizes, and say where margins cannot be met', () => {
    const row = { maxMarginError: 0, designEffect: 1, maxRelativeWeight: 1 };
    const svg = frontierPlot([
      { ...row, cap: null, status: 'converged', effectiveSampleSize: 50 },
      { ...row, cap: 4, status: 'converged', effectiveSampleSize: 25 },
      { ...row, cap: 2, status: 'infeasible', effectiveSampleSize: 10 },
    ]);
    const widths = [...svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, w]) => Number(w));
    expect(widths).toEqual([206, 103]);
    for (const words of ['>no cap<', '>4×<', '>25.0<', '>margins cannot be met<']) expect(svg).toContain(words);
  });
});

describe('the summary in the terminal', () => {
  it('gives the figures of one set of weights', () => {
    const [first, second, ...others] = weightSummary(page.document);
    expect(first).toMatch(/^40 records: converged after \d iterations of maxent, largest error /);
    expect(second).toMatch(
      /^Effective sample size \d+\.\d, design effect \d\.\d{3}, largest weight \d\.\d+ times the mean; /,
    );
    expect(others).toEqual([
      '',
      '  kind-inferred: values of sex were read as shares',
      '  kind-inferred: values of age were read as shares',
    ]);
  });

  it('names zones that failed, and every caution', async () => {
    const lines = weightSummary(clashing.document);
    expect(lines[0]).toBe('1 of 2 zones are met');
    expect(lines[1]).toMatch(/^ {2}b: infeasible, slack \d+ of 51$/);
    expect(lines.slice(3, 5).map((line) => line.slice(0, 15))).toEqual(['  kind-inferred', '  kind-inferred']);
    expect(lines[5]).toMatch(/^ {2}margins-infeasible: zone b: the margins cannot be met together/);
    const limited = await pageOf(people('f'), { limits: { maxDesignEffect: 1.1 } });
    expect(weightSummary(limited.document)[2]).toMatch(/^Limit missed: the design effect is /);
  });
});
