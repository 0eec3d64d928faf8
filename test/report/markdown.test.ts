import { describe, expect, it } from 'vitest';
import { keyFigures } from '../../src/report/key-figures.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import { report, withChanges } from './fixture.js';

/** Cells of one table line: split at `|` without a backslash before it, as GitHub does. */
const cells = (line: string): string[] =>
  line
    .replace(/^\|/, '')
    .replace(/\|$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

/** Tables outside fenced blocks: runs of lines that start with `|`. */
function tables(markdown: string): string[][][] {
  const found: string[][][] = [];
  let [fence, inside] = ['', false];
  for (const line of markdown.split('\n')) {
    const mark = /^`{3,}/.exec(line)?.[0];
    if (fence === '' && mark !== undefined) fence = mark;
    else if (line === fence) fence = '';
    const row = fence === '' && line.startsWith('|');
    if (row && !inside) found.push([]);
    if (row) found.at(-1)!.push(cells(line));
    inside = row;
  }
  return found;
}

describe('renderMarkdown', () => {
  const markdown = renderMarkdown(report);

  it('gives the same bytes twice', () => expect(renderMarkdown(report)).toBe(markdown));

  it('has tables that parse: a rule below the head, the same number of cells in every line', () => {
    const found = tables(markdown);
    expect(found).toHaveLength(1 + 1 + 1 + 7 + 4 + 2 + 1 + 1 + 1 + 2 + 1 + 1);
    for (const [head, rule, ...body] of found) {
      for (const cell of rule!) expect(cell).toMatch(/^---:?$/);
      for (const row of [rule!, ...body]) expect(row).toHaveLength(head!.length);
      expect(body.length).toBeGreaterThan(0);
    }
  });

  it('holds every key figure', () => {
    const [figures] = tables(markdown);
    expect(figures!.slice(2).map(([label, value]) => [label, value])).toEqual(
      keyFigures(report).map(({ label, value }) => [label, value]),
    );
  });

  it('says every exclusion in full', () => {
    for (const exclusion of report.exclusions) expect(markdown).toContain(`- ${exclusion}\n`);
  });

  it.each(['a|b', '||', '\\|', '`|`', '<b>|\n| x |', '\n\n# x\n| --- |', '```\n# out\n```', '````\n| a |'])(
    'keeps its tables and headings with the name %j',
    (payload) => {
      const poisoned = withChanges({
        title: payload,
        exclusions: [payload],
        examples: [{ id: payload, attributes: { [payload]: payload }, text: `${payload}\n${payload}` }],
        diagnostics: {
          margins: report.diagnostics.margins.map((margin) => ({ ...margin, category: payload })),
          rejected: { [payload]: 429 },
          unmet: [payload],
        },
      });
      const shape = (text: string): number[][] => tables(text).map((table) => table.map((row) => row.length));
      const harmless = withChanges({
        title: 'x',
        exclusions: ['x'],
        examples: [{ id: 'x', attributes: { x: 'x' }, text: 'x\nx' }],
        diagnostics: {
          margins: report.diagnostics.margins.map((margin) => ({ ...margin, category: 'x' })),
          rejected: { x: 429 },
          unmet: ['x'],
        },
      });
      expect(shape(renderMarkdown(poisoned))).toEqual(shape(renderMarkdown(harmless)));
      expect(renderMarkdown(poisoned).replace(/^(`{3,})text\n[^]*?\n\1$/gm, '')).not.toMatch(/(?<!\\)<b>/);
    },
  );

  it('stands without traits, rejections, findings and examples', () => {
    const bare = renderMarkdown(
      withChanges({
        densities: [],
        traitSource: null,
        findings: [],
        exclusions: [],
        examples: [],
        diagnostics: { traits: null, noiseFloor: null, traitCells: [], margins: [], rejected: {}, kept: 3300 },
      }),
    );
    expect(bare).toContain('so traits were neither aligned nor compared.');
    expect(bare).toContain('No candidate was rejected.');
    expect(bare).not.toMatch(/NaN|undefined|Infinity|null/);
  });

  it('cuts long texts with a notice', () => {
    const long = renderMarkdown(withChanges({ examples: [{ id: 'x', attributes: {}, text: 'word '.repeat(2000) }] }));
    expect(long).toContain('Cut: the first 1,200 of 10,000 characters are shown.');
    for (const line of long.split('```text\n')[1]!.split('\n```')[0]!.split('\n'))
      expect(line.length).toBeLessThanOrEqual(100);
  });
});
