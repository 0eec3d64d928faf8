import { describe, expect, it } from 'vitest';
import { attritionGroupsGrid, attritionSentences, attritionStepsGrid } from '../../src/report/attrition-content.js';
import { renderHtml } from '../../src/report/html.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import type { Attrition } from '../../src/population/attrition.js';
import { report } from './fixture.js';

const rate = { units: 1000, people: 70, events: 48, rate: 0.048, lower: 0.018, upper: 0.12 };
const group = (category: string, edit: Partial<Attrition['groups'][number]> = {}): Attrition['groups'][number] => ({
  ...{
    step: 'all',
    outcome: 'dropped' as const,
    variable: 'sex',
    category,
    ...rate,
    ratio: 1.5,
    p: 0.2,
    flagged: false,
  },
  ...edit,
});
const attrition: Attrition = {
  schema: 'attrition/1',
  level: 0.01,
  leastRatio: 1.25,
  steps: [{ step: 'narrative', outcome: 'refused', ...rate }],
  groups: [group('female'), group('<b>male</b>', { step: 'narrative', outcome: 'refused', flagged: true, p: 0.001 })],
  weights: { personas: 952, effectiveSampleSize: 901.4, largest: 2.2, trimmed: 0 },
};

describe('who was lost', () => {
  it('is told with what stands out first, and what the weights would cost', () => {
    expect(attritionSentences(attrition)).toEqual([
      '1 rate of a group stands out by more than chance. A population built from what is left differs from the one that was drawn in more than its margins; attrition weights that undo it are offered (--attrition-weights): they would leave 901 effective personas of 952.',
    ]);
    expect(attritionSentences({ ...attrition, groups: [group('female')] })[0]).toMatch(/^No group was lost, refused/);
    expect(attritionStepsGrid(attrition).rows).toEqual([
      ['Writing the narrative', 'refused', '1,000', '70', '48', '4.8%', '1.8% to 12.0%'],
    ]);
    expect(attritionGroupsGrid(attrition).rows.map((row) => [row[0], row.at(-1)])).toEqual([
      ['Sex: <b>male</b>', 'yes'],
      ['Sex: female', 'no'],
    ]);
  });

  it('is in both documents, escaped, where it is known, and in none where it is not', () => {
    const [html, markdown] = [renderHtml({ ...report, attrition }), renderMarkdown({ ...report, attrition })];
    for (const document of [html, markdown]) expect(document).toContain('Who was lost on the way');
    expect(html).not.toContain('<b>male</b>');
    expect(markdown).toContain('\\<b\\>male\\</b\\>');
    expect(renderHtml(report) + renderMarkdown(report)).not.toContain('Who was lost on the way');
  });
});
