import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import type { Diagnostics } from '../../src/population/diagnostics.js';
import { renderHtml } from '../../src/report/html.js';
import { keyFigures } from '../../src/report/key-figures.js';
import type { PopulationReport } from '../../src/report/population-report.js';
import { style } from '../../src/report/style.js';
import { report, withChanges } from './fixture.js';
import { policyOf } from './policy.js';

interface Node {
  readonly tagName: string;
  readonly textContent: string;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  getAttribute(name: string): string | null;
  querySelector(selector: string): Node | null;
}
const all = (html: string, selector: string): Node[] => {
  const { document } = parseHTML(html) as unknown as { document: { querySelectorAll(s: string): Iterable<Node> } };
  return [...document.querySelectorAll(selector)];
};
/** All elements in order; the lines of a label in a plot (`tspan`) depend on its length. */
const tags = (html: string): string[] => all(html, ':not(tspan)').map(({ tagName }) => tagName);

/** Every text of a report replaced by one payload, numbers and shape untouched. */
function poisoned(payload: string): PopulationReport {
  const d = report.diagnostics;
  const example = { id: payload, attributes: { [payload]: payload }, text: payload };
  return {
    ...report,
    title: payload,
    shuffleControl: report.shuffleControl.map((row) => ({ ...row, name: payload, title: payload })),
    target: { name: payload, title: payload, universe: payload },
    densities: report.densities.map((density) => ({ ...density, domain: payload })),
    sources: report.sources.map((source) => ({
      ...source,
      variable: payload,
      title: payload,
      period: payload,
      universe: payload,
      flags: source.flags.map(() => payload),
    })),
    traitSource: { title: payload, period: payload, universe: payload, flags: [payload] },
    exclusions: report.exclusions.map(() => payload),
    findings: report.findings.map(({ level }) => ({ level, code: payload, message: payload, stage: payload })),
    provenance: {
      version: payload,
      seed: payload,
      writer: payload,
      respondent: payload,
      inputs: report.provenance.inputs.map(() => ({ name: payload, sha256: payload })),
    },
    examples: [example, example],
    diagnostics: {
      ...d,
      instrument: payload,
      rejected: { [payload]: 429 },
      margins: d.margins.map((margin) => ({ ...margin, variable: payload, category: payload })),
      traitCells: d.traitCells.map((cell) => ({ ...cell, cell: payload, domain: payload })),
      traitMeans: d.traitMeans.map((mean) => ({ ...mean, domain: payload })),
      folds: { [payload]: 5 },
      unsupported: [payload],
      unmet: [payload],
      unmetTexts: [payload],
    },
  };
}

const payloads = [
  '<script>alert(1)</script>',
  '</style><script>alert(1)</script>',
  '</title><script>alert(1)</script>',
  '</text></svg><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '<svg><animate onbegin=alert(1) attributeName=x dur=1s>',
  '"><svg/onload=alert(1)>',
  "' onmouseover='alert(1)",
  '" onfocus="alert(1)" autofocus="',
  '<iframe src="javascript:alert(1)">',
  '<a href="javascript:alert(1)">x</a>',
  '<object data="data:text/html,x">',
  '<link rel=stylesheet href=//evil.example/x.css>',
  '<meta http-equiv=refresh content="0;url=//evil.example">',
  '<base href="//evil.example/">',
  '<form action=//evil.example><input name=q>',
  '<!--><script>alert(1)</script>-->',
  ']]><script>alert(1)</script>',
  '<math><mtext></mtext><script>alert(1)</script>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '&#60;script&#62;',
  '<scr\u0000ipt>alert(1)</scr\u0000ipt>',
  '<style>@import "//evil.example/x.css";</style>',
  '\u202e<script>alert(1)</script>\u2066',
  '${alert(1)}{{alert(1)}}',
  '\ud800<script>\udc00',
  '<details open ontoggle=alert(1)>',
];

describe('renderHtml', () => {
  const html = renderHtml(report);

  it('gives the same bytes twice, also after other reports were drawn', () => {
    renderHtml(poisoned('x'));
    expect(renderHtml(report)).toBe(html);
  });

  it('is one file without scripts, links or outside resources, under a closed policy', () => {
    expect(all(html, 'script, link, iframe, object, embed, form, base, img, image, use')).toEqual([]);
    expect(all(html, '[href]').map((node) => node.getAttribute('href'))).toEqual(['#limits']);
    expect(html).not.toMatch(/https?:\/\/|url\(|@import|\bsrc=/);
    expect(all(html, 'meta[http-equiv="Content-Security-Policy"]').map((node) => node.getAttribute('content'))).toEqual(
      [policyOf(html)],
    );
  });

  it.each(payloads)('takes %j as text everywhere', (payload) => {
    const shown = renderHtml(poisoned(payload));
    expect(tags(shown)).toEqual(tags(renderHtml(poisoned('harmless'))));
    for (const node of all(shown, '*')) {
      const names = [...node.attributes].map(({ name }) => name);
      expect(names.filter((name) => /^on|^src$|^srcdoc$|^action$/.test(name))).toEqual([]);
    }
    expect(all(shown, '[href]').map((node) => node.getAttribute('href'))).toEqual(['#limits']);
    expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202a-\u202e\u2066-\u2069]/);
  });

  it('opens and closes every tag in order', () => {
    const open: string[] = [];
    const empty = new Set(['meta', '!doctype']);
    for (const [tag, slash, name] of html
      .replace(/<style>[^]*?<\/style>/, '')
      .matchAll(/<(\/?)(!?[a-zA-Z][\w-]*)[^>]*>/g)) {
      if (empty.has(name!.toLowerCase()) || tag.endsWith('/>')) continue;
      if (slash === '/') expect(open.pop()).toBe(name);
      else open.push(name!);
    }
    expect(open).toEqual([]);
  });

  it('is readable without eyes: one title, headings in order, every figure described, every table named', () => {
    const levels = all(html, 'h1, h2, h3, h4').map(({ tagName }) => Number(tagName.slice(1)));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.forEach((level, i) => {
      expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1);
    });
    const figures = all(html, 'figure');
    expect(figures).toHaveLength(2 + 7 + 5 + 3);
    for (const node of figures) {
      expect(node.querySelector('figcaption')!.textContent.trim()).not.toBe('');
      expect(node.querySelector('[role=img]')!.getAttribute('aria-label')!.trim()).not.toBe('');
    }
    for (const node of all(html, 'table')) expect(node.getAttribute('aria-label')).toBeTruthy();
    expect(all(html, 'html[lang=en]')).toHaveLength(1);
  });

  // WCAG 2.2, 1.4.3: contrast of text at least 4.5; relative luminance of sRGB with the exponent 2.4.
  it.each(['light', 'dark'])('keeps a contrast of 4.5 in the %s scheme', (scheme) => {
    const roots = [...style.matchAll(/:root\{([^}]*)\}/g)].map(([, body]) => body!);
    const tokens = new Map(
      [...roots[scheme === 'light' ? 0 : 1]!.matchAll(/--([\w-]+):(#[0-9a-f]+)/g)].map(([, k, v]) => [k!, v!]),
    );
    const luminance = (token: string): number => {
      const hex = tokens
        .get(token)!
        .slice(1)
        .replace(/^(.)(.)(.)$/, '$1$1$2$2$3$3');
      const [r, g, b] = [0, 2, 4].map((i) => {
        const c = parseInt(hex.slice(i, i + 2), 16) / 255;
        return c <= 0.04045 ? c / 12.92 : Math.exp(2.4 * Math.log((c + 0.055) / 1.055));
      });
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    const heat = ['p1', 'p2', 'p3', 'p4', 'm1', 'm2', 'm3', 'm4'].map((back) => ['ink', back] as const);
    const pairs = [
      ['ink', 'page'],
      ['muted', 'page'],
      ['after', 'page'],
      ['before', 'page'],
      ['ink', 'panel'],
      ['ink', 'good-soft'],
      ['muted', 'good-soft'],
      ['good', 'good-soft'],
      ['ink', 'bad-soft'],
      ['muted', 'bad-soft'],
      ['bad', 'bad-soft'],
      ['after', 'good-soft'],
      ['after', 'bad-soft'],
      ...heat,
    ] as const;
    for (const [front, back] of pairs) {
      const [low, high] = [luminance(front), luminance(back)].sort((a, b) => a - b) as [number, number];
      expect((high + 0.05) / (low + 0.05), `${front} on ${back}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('shows every key figure on a card', () => {
    const shown = all(html, '.cards .value').map(({ textContent }) => textContent);
    expect(shown).toEqual(['2,000', '2,871 of 3,300', '871', '513', '0.06 points', '0.93×']);
  });

  it.each<[string, Partial<Diagnostics>, number, string]>([
    ['agents', { agents: 1999 }, 0, '1,999'],
    ['kept', { kept: 2870 }, 1, '2,870 of 3,300'],
    ['personas', { personas: 3301 }, 1, '2,871 of 3,301'],
    ['distinctPeople', { distinctPeople: 870 }, 2, '870'],
    ['effectivePeople', { effectivePeople: 99.04 }, 3, '99.0'],
    ['maxMarginErrorPoints', { maxMarginErrorPoints: 7.125 }, 4, '7.13 points'],
    [
      'traits',
      {
        traits: {
          ...report.diagnostics.traits!,
          amw: { before: 1, after: 0.05, noiseFloorMedian: 0.01, noiseFloorP95: 0.02, fit: 0.05, overfit: false },
        },
      },
      5,
      '2.50×',
    ],
    ['no traits', { traits: null }, 5, 'not measured'],
  ])('computes the cards from the report: %s', (_, diagnostics, card, value) => {
    expect(all(renderHtml(withChanges({ diagnostics })), '.cards .value')[card]!.textContent).toBe(value);
  });

  it.each<[string, Partial<Diagnostics>, number, string]>([
    ['distinctPersonas', { distinctPersonas: 7 }, 0, 'made from 7 personas; no persona is used more than 12 times'],
    ['maxMultiplicity', { maxMultiplicity: 1 }, 0, 'made from 1,124 personas; no persona is used more than 1 time'],
    ['kept', { kept: 3300 }, 1, '0 rejected, each with a reason'],
    ['people', { people: 1503 }, 2, 'of 1,503 whose posts gave personas; 1,650 histories read'],
    ['histories', { histories: 1 }, 2, 'of 1,502 whose posts gave personas; 1 history read'],
    [
      'maxAuthorShare',
      { maxAuthorShare: 0.25 },
      3,
      'as varied as this many people with equal say, although the weights are worth 744 personas; one person is behind at most 25.0% of the agents',
    ],
    ['margins', { margins: [] }, 4, 'no margin was asked for'],
  ])('computes the notes from the report: %s', (_, diagnostics, card, note) => {
    expect(keyFigures(withChanges({ diagnostics }))[card]!.note).toBe(note);
  });

  it('goes from the verdict to the shuffle control before anything else is plotted', () => {
    expect(all(html, 'h2').map(({ textContent }) => textContent)).toEqual([
      'Aligned, with 3 of 7 variables set by assumption',
      'Key figures',
      'What the texts are evidence for',
      'Who is in the population',
      'Personality of the agents',
      'Do texts and numbers agree?',
      'How much rests on how few',
      'What each step changed',
      'Which candidates were rejected',
      'Where the target comes from',
      'What this does not say',
      'Findings',
      'How to make it again',
      'Example agents',
    ]);
    const [first] = all(html, 'figure');
    expect(first!.querySelector('[role=img]')!.getAttribute('aria-label')).toContain(
      'Extraversion: r: 0.71 with own texts, 0.01 with texts of others, evidence about the texts.',
    );
  });

  it('labels variables that are set by assumption, and only those', () => {
    const tagged = all(html, '.head').filter((node) => node.querySelector('.tag') !== null);
    expect(tagged.map((node) => node.querySelector('h3')!.textContent)).toEqual([
      'Race',
      'Household income',
      'Marital status',
    ]);
  });

  it('colours trait cells by sign and size, and marks what chance cannot explain', () => {
    const shades = all(html, '.heat td').map((node) => [node.textContent, node.getAttribute('class')]);
    expect(shades).toContainEqual(['+0.51*', 'n p4 strong']);
    expect(shades).toContainEqual(['−0.42', 'n m3']);
    expect(shades).toContainEqual(['0.00', 'n']);
  });

  it('shows every exclusion, unmet requirement and unsupported category', () => {
    const shown = renderHtml(
      withChanges({ status: 'unmet', diagnostics: { unmet: ['U1', 'U2'], unmetTexts: ['T1'], unsupported: ['S1'] } }),
    );
    expect(all(shown, '.verdict li').map(({ textContent }) => textContent)).toEqual(['U1', 'U2', 'T1', 'S1']);
    expect(all(shown, '.verdict h2')[0]!.textContent).toBe('Not aligned');
    expect(all(shown, '.limits li').map(({ textContent }) => textContent)).toEqual(report.exclusions);
  });

  it('stands with almost nothing in the report', () => {
    const bare = withChanges({
      shuffleControl: [],
      densities: [],
      traitSource: null,
      agentsByPerson: [],
      findings: [],
      exclusions: [],
      examples: [],
      sources: [],
      weights: { calibrationQuantiles: [], multiplicities: [], calibrationDesignEffect: 1, costs: [] },
      diagnostics: {
        traits: null,
        noiseFloor: null,
        traitMeans: [],
        knownGroups: null,
        texts: null,
        folds: {},
        traitCells: [],
        margins: [],
        steps: [],
        rejected: {},
        kept: 1,
        personas: 1,
      },
    });
    const shown = renderHtml(bare);
    expect(all(shown, 'figure')).toEqual([]);
    for (const sentence of [
      'The shuffle control was not run on texts: nothing was measured',
      'The shuffle control was not run on numbers.',
      'Nothing was measured about the texts of these personas, so nobody knows whether texts and numbers agree.',
      'The report holds no margins.',
      'The target has no trait norms for the inventory ipip-50, so traits were neither aligned nor compared.',
      'No candidate was rejected.',
      'The report lists no exclusions. That is a gap in the report, not a promise.',
      'No step recorded a finding.',
      'The report holds no example agents.',
    ])
      expect(shown).toContain(sentence);
    expect(shown).not.toMatch(/NaN|undefined|Infinity|null/);
  });

  it('draws one agent of one person', () => {
    const shown = renderHtml(
      withChanges({
        agentsByPerson: [1],
        weights: { calibrationQuantiles: [1], multiplicities: [0, 1], calibrationDesignEffect: 1, costs: [] },
        diagnostics: { agents: 1, kept: 1, personas: 1, distinctPersonas: 1, distinctPeople: 1, effectivePeople: 1 },
      }),
    );
    expect(all(shown, 'figure')).toHaveLength(2 + 7 + 5 + 3);
    expect(shown).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('cuts long texts with a notice, and keeps long names from flooding the page', () => {
    const [first] = report.examples;
    const shown = renderHtml(
      withChanges({
        examples: [{ ...first!, text: 'é'.repeat(10_000) }],
        diagnostics: {
          margins: report.diagnostics.margins.map((margin) => ({ ...margin, category: 'n'.repeat(5000) })),
        },
      }),
    );
    expect(shown).toContain('Cut: the first 1,200 of 10,000 characters are shown.');
    expect(all(shown, '.example .text')[0]!.textContent).toBe('é'.repeat(1200));
    expect(shown).not.toContain('n'.repeat(201));
  });
});
