import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/html.js';
import { inspectText } from '../../src/report/inspect.js';
import { keyFigures } from '../../src/report/key-figures.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import { report, withChanges } from './fixture.js';

/** The report with only one variable, this share of its values drawn from the target. */
const drawn = (imputedShare: number) =>
  withChanges({
    exclusions: [],
    diagnostics: {
      margins: report.diagnostics.margins
        .filter(({ variable }) => variable === 'race')
        .map((margin) => ({ ...margin, statedShare: 0.1, inferredShare: 0.9 - imputedShare, imputedShare })),
    },
  });

// Agreement with the target of values that were drawn from the target is no success, whoever reads it and where.
describe('a variable with most values imputed', () => {
  const formats = [
    ['HTML', renderHtml],
    ['Markdown', renderMarkdown],
    ['the terminal', (shown: typeof report) => inspectText(shown, 110)],
  ] as const;

  it.each(formats)('is set by assumption and never met or aligned in %s', (_, render) => {
    const said = render(drawn(0.51)).replace(/<style>[^]*?<\/style>/, '');
    expect(said).toMatch(/set by assumption/i);
    expect(said).not.toMatch(/\bmet (within|exactly)|<h2>Aligned|## Aligned|^Aligned[.,]/m);
    for (const share of ['10.0%', '39.0%', '51.0%']) expect(said).toContain(share);
  });

  it.each(formats)('is met like any other with half of them in %s', (_, render) => {
    const said = render(drawn(0.5));
    expect(said).not.toMatch(/set by assumption/i);
    expect(said).toMatch(/met\s+within/);
  });

  it('is named as such in the key figures', () => {
    const note = (imputedShare: number) => keyFigures(drawn(imputedShare))[4]!.note;
    expect(note(0.51)).toBe('Race: Other race, set by assumption; 1 of 1 margin set by assumption');
    expect(note(0.5)).toBe('Race: Other race');
  });
});
