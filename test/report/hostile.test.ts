import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/html.js';
import { details, figure, list, table } from '../../src/report/markup.js';
import { htmlPage } from '../../src/report/page.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import type { PopulationReport } from '../../src/report/population-report.js';
import { report } from './fixture.js';
import { hostile } from './hostile.js';
import { policyOf } from './policy.js';
import { shapeOf, withTexts } from './shape.js';

const parse = (html: string) => (parseHTML(html) as unknown as { document: Parameters<typeof shapeOf>[0] }).document;
const poisoned = (...payloads: string[]): PopulationReport => {
  let k = 0;
  return withTexts(report, () => payloads[k++ % payloads.length]!);
};
const pageWith = (text: string): string =>
  htmlPage({
    title: text,
    lead: text,
    sections: [
      table({
        caption: text,
        columns: [
          { title: text, numeric: true },
          { title: text, numeric: false },
        ],
        rows: [[text, text]],
      }),
      details(text, text),
      figure('<svg></svg>', text, text),
      list([text, text]),
    ],
    footer: text,
  });
/** Names decide about the order of rows. */
const sorted = (shape: readonly string[]): string[] => [...shape].sort();

describe('a report full of hostile texts', () => {
  it('is tried with more than two hundred of them', () => {
    expect(new Set(hostile).size).toBe(hostile.length);
    expect(hostile.length).toBeGreaterThan(200);
  });

  it('puts each into every place', () => {
    const html = renderHtml(poisoned('QQQ'));
    for (const piece of ['<title>QQQ', '<h1>QQQ', 'Target: QQQ', 'licence: QQQ', '<bdi>QQQ', 'aria-label="QQQ'])
      expect(html).toContain(piece);
  });

  // In a report stand more than a hundred texts. Every payload comes to stand in a few places here, and in all in the browser test.
  const rounds = Array.from({ length: 2 }, (_, round) => [
    ...hostile.slice(round * 123),
    ...hostile.slice(0, round * 123),
  ]);

  it('has the elements and attributes of the template and no other, whatever the texts are', () => {
    for (const payloads of rounds) {
      const html = renderHtml(poisoned(...payloads));
      // Rows of one name stand together, so the harmless texts differ where the others do.
      const harmless = renderHtml(poisoned(...payloads.map((_, k) => `text ${k}`)));
      const shape = shapeOf(parse(html));
      expect(shape.filter((line) => / (?:style|src|on\w+|srcdoc|action)(?: |$)/.test(line))).toEqual([]);
      expect(sorted(shape)).toEqual(sorted(shapeOf(parse(harmless))));
      expect(html).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }
  });

  it('escapes every one of them by the one tag that pages are made with', () => {
    const shapeOne = shapeOf(parse(pageWith('harmless')));
    for (const payload of hostile) {
      const html = pageWith(payload);
      expect(shapeOf(parse(html)), payload.slice(0, 80)).toEqual(shapeOne);
      expect(html).toContain(`content="${policyOf(html)}"`);
    }
  });

  it('keeps a policy that names the one style sheet by its hash', () => {
    const html = renderHtml(poisoned('</style><style>*{display:none}'));
    expect(html).toContain(`content="${policyOf(html)}"`);
    expect(html).not.toContain('unsafe');
    expect(html.match(/<style/g)).toHaveLength(1);
  });

  it('writes Markdown without an element, a link or a line of theirs', () => {
    for (const payloads of rounds) {
      const harmless = renderMarkdown(poisoned(...payloads.map((_, k) => `text ${k}`))).split('\n').length;
      const lines = renderMarkdown(poisoned(...payloads));
      // Texts of agents stand in a fence of their own, with their line breaks.
      const outside = lines.replace(/^(`{3,})text\n[^]*?\n\1$/gm, '');
      expect(outside).not.toMatch(/(?<!\\)<[a-z!/?]|(?<!\\)\]\(|(?<!\\)\bjavascript:\/\//i);
      expect(outside.split('\n').length).toBeLessThanOrEqual(harmless);
    }
  });
});
