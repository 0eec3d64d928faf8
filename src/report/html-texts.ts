import { legend, legendMarks } from './legend.js';
import { details, figure, list, type Markup, markup, nothing, paragraphs, table } from './markup.js';
import { shufflePlot } from './plots.js';
import type { PopulationReport, ShuffleRow } from './population-report.js';
import { oneLine } from './safe-text.js';
import * as texts from './text-content.js';

/** The control run: the figures of the report with own and with shuffled texts, or why they are not there. */
export function shuffleSection(report: PopulationReport): Markup {
  const rows = report.shuffleControl;
  return markup`
<section>
<h2>What the texts are evidence for</h2>
${paragraphs([texts.shuffleIntroduction(report)])}
${rows.length === 0 ? nothing : control(report)}
${paragraphs(texts.shuffleSentences(report))}
${rows.length === 0 ? nothing : details('Numbers', table(texts.shuffleGrid(report)))}
</section>`;
}

function control({ shuffleControl: rows }: PopulationReport): Markup {
  const panel = (about: ShuffleRow['about'], title: string, scale: string): Markup => {
    const shown = rows.filter((row) => row.about === about);
    if (shown.length === 0) return nothing;
    const values = shown.map(
      (row) =>
        `${row.title}: ${texts.shuffleFigure(row, row.own)} with own texts, ${texts.shuffleFigure(row, row.shuffled)} with texts of others, ${row.evidence}`,
    );
    return markup`<div><h3>${title}</h3>${figure(shufflePlot(shown), `${title}. ${values.join('. ')}.`, scale)}</div>`;
  };
  return markup`${legend([
    [legendMarks.now, 'own texts'],
    [legendMarks.ring, 'texts of other people'],
    [legendMarks.interval, '95% interval'],
  ])}
<div class="grid">
${panel('texts', 'Figures about texts', 'Shares, and correlations (r) of a blind reading of the texts with the scores.')}
${panel('numbers', 'Figures about numbers', 'From 0 to the larger of the two values.')}
</div>`;
}

/** Agreement of texts and scores, as a reader without sight of the scores finds it. */
export function textsSection(report: PopulationReport): Markup {
  const [coupling, figures] = [texts.couplingGrid(report), texts.textFiguresGrid(report)];
  const { unmetTexts } = report.diagnostics;
  return markup`
<section>
<h2>Do texts and numbers agree?</h2>
<p>${texts.textGatesSentence(report)}</p>
${unmetTexts.length === 0 ? nothing : list(unmetTexts.map((item) => oneLine(item, 400)))}
${coupling === null ? nothing : markup`<p>${texts.couplingNote}</p>${table(coupling)}`}
${figures === null ? nothing : table(figures)}
</section>`;
}
