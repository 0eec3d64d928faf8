import type { TraitCell } from '../population/diagnostics.js';
import * as content from './content.js';
import { legend, legendMarks } from './legend.js';
import { details, figure, type Markup, markup, nothing, paragraphs, table } from './markup.js';
import * as plots from './plots.js';
import type { PopulationReport, TraitDensity } from './population-report.js';
import { oneLine } from './safe-text.js';
import { cellsTable, marginsTable, type VariableRow } from './tables.js';
import * as traits from './trait-content.js';
import {
  byAssumption,
  capitalized,
  counted,
  effective,
  marginSentence,
  missing,
  originSentence,
  variableTitle,
} from './wording.js';

/** Margins: one plot a variable, with the origin of its values beside it. */
export function marginsSection(report: PopulationReport): Markup {
  const variables = marginsTable(report.diagnostics);
  const { asked, now, interval, before } = legendMarks;
  return markup`
<section>
<h2>Who is in the population</h2>
${
  variables.length === 0
    ? markup`<p>The report holds no margins.</p>`
    : markup`<p>Each row is one category: the share that the target asks for, and the share among the agents. Before means all kept personas with equal weights. ${content.intervalNote}</p>
${legend([
  [asked, 'asked for'],
  [now, 'agents now'],
  [interval, '95% interval'],
  [before, 'before alignment'],
])}
<div class="margins">${variables.map(variable)}</div>
${details('All variables in one table', table(content.variablesGrid(report)))}`
}
</section>`;
}

function variable(row: VariableRow): Markup {
  const title = variableTitle(row.variable);
  const result = marginSentence(row);
  const label = `${title}: ${counted(row.categories.length, 'category', 'categories')}, ${result}.`;
  return markup`
<section>
<div class="head"><h3>${title}</h3>${byAssumption(row) ? markup`<span class="tag">set by assumption</span>` : nothing}</div>
${figure(
  plots.marginPlot(row.categories),
  label,
  markup`${capitalized(result)}${origin(row)}<span class="origin-text">${originSentence(row)}</span>`,
  'above',
)}
${details('Numbers', table(content.categoriesGrid(row)))}
</section>`;
}

/** Width of the bar of origins, in units of its own. */
const barWidth = 1000;

/** A bar of three parts: stated, inferred, imputed. The words under it say the same. */
function origin(row: VariableRow): Markup {
  let from = 0;
  const parts = (['stated', 'inferred', 'imputed'] as const).map((kind) => {
    const to = from + Math.round(row[`${kind}Share`] * barWidth);
    const line = markup`<line class="${kind}" x1="${from}" y1="1" x2="${to}" y2="1"/>`;
    from = to;
    return line;
  });
  return markup`<svg class="origin" viewBox="0 0 ${barWidth} 2" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`;
}

/** Traits: densities, distances and the cells of sex x age; one sentence where the target has no trait norms. */
export function traitSections(report: PopulationReport): Markup {
  const { diagnostics } = report;
  const metrics = traits.metricsGrid(report);
  return markup`
<section>
<h2>Personality of the agents</h2>
${diagnostics.traits === null ? markup`<p>${traits.noTraits(report)}</p>` : nothing}
${report.densities.length === 0 ? nothing : densities(report)}
${diagnostics.traitMeans.length === 0 ? nothing : table(traits.traitMeansGrid(report))}
${paragraphs([traits.knownGroupsSentence(report)])}
${metrics === null ? nothing : markup`<h3>Distances from people</h3>${table(metrics)}`}
${paragraphs([traits.noiseSizes(report)])}
${diagnostics.traitCells.length === 0 ? nothing : heatMap(report)}
</section>`;
}

function densities(report: PopulationReport): Markup {
  const { targetArea, beforeLine, nowLine } = legendMarks;
  const ceiling = plots.densityCeiling(report.densities);
  return markup`<p>How often each score occurs, for the five domains of the inventory ${oneLine(report.diagnostics.instrument)}. The vertical scale is the same in all panels.</p>
${legend([
  [targetArea, 'target'],
  [nowLine, 'agents now'],
  [beforeLine, 'before alignment'],
])}
<div class="grid">${report.densities.map((density) => densityFigure(density, ceiling))}</div>
${details('Means and standard deviations', table(traits.densitiesGrid(report)))}`;
}

function densityFigure(density: TraitDensity, ceiling: number): Markup {
  const title = variableTitle(density.domain);
  const { target, before, after } = traits.densityFigures(density);
  const label = `${title}: distribution of scores. Mean (standard deviation): target ${target}, agents ${after}, before ${before}.`;
  return markup`<div><h3>${title}</h3>${figure(plots.densityPlot(density, ceiling), label, `Mean (SD): target ${target}, now ${after}, before ${before}`)}</div>`;
}

/** Bounds of the colour classes in standard deviations. */
const heatSteps = [0.05, 0.15, 0.3, 0.5];

function heatClass(cell: TraitCell): string {
  if (cell.effectiveSampleSize === 0) return 'n';
  const depth = heatSteps.filter((bound) => Math.abs(cell.differenceSd) >= bound).length;
  const shade = depth === 0 ? '' : ` ${cell.differenceSd > 0 ? 'p' : 'm'}${depth}`;
  return `n${shade}${traits.beyondChance(cell) ? ' strong' : ''}`;
}

/** A table with coloured cells: numbers stay readable for everybody and for screen readers. */
function heatMap({ diagnostics }: PopulationReport): Markup {
  const domains = traits.cellDomains(diagnostics);
  return markup`
<h3>Traits within groups</h3>
<p>Mean of the agents minus mean of the test people, in standard deviations: orange where agents score higher, blue where lower. ${traits.cellLegend}</p>
<div class="scroll heat" role="region" aria-label="Trait differences by group" tabindex="0"><table aria-label="Trait differences by group and domain, in standard deviations">
<thead><tr><th scope="col">Group</th>${domains.map((domain) => markup`<th scope="col" class="n">${variableTitle(domain)}</th>`)}<th scope="col" class="n">Effective agents</th></tr></thead>
<tbody>${cellsTable(diagnostics).map(
    ({ cell, byDomain, effectiveSampleSize }) => markup`
<tr><th scope="row">${oneLine(cell)}</th>${domains.map((domain) => {
      const entry = byDomain.get(domain);
      return entry === undefined
        ? markup`<td class="n">${missing}</td>`
        : markup`<td class="${heatClass(entry)}">${traits.cellText(entry)}</td>`;
    })}<td class="n">${effective(effectiveSampleSize)}</td></tr>`,
  )}
</tbody></table></div>`;
}

/** Weights of the kept personas, how often each was taken, and how many agents each person became. */
export function weightsSection(report: PopulationReport): Markup {
  const { weights, agentsByPerson } = report;
  const [calibration, taken, people] = [
    'Weight of each kept persona after calibration, in multiples of the mean.',
    'How many agents were made from each kept persona; the number of personas stands above each bar.',
    'How many agents each real person is behind.',
  ];
  return markup`
<section>
<h2>How much rests on how few</h2>
${paragraphs([content.weightSentences(report).join(' '), content.peopleSentences(agentsByPerson).join(' ')])}
<div class="grid">
${weights.calibrationQuantiles.length === 0 ? nothing : markup`<div><h3>Calibration weights</h3>${figure(plots.weightsPlot(weights.calibrationQuantiles), calibration, calibration)}</div>`}
${weights.multiplicities.length === 0 ? nothing : markup`<div><h3>Use of personas</h3>${figure(plots.multiplicityPlot(weights.multiplicities), taken, taken)}</div>`}
${agentsByPerson.length === 0 ? nothing : markup`<div><h3>Agents per person</h3>${figure(plots.peoplePlot(agentsByPerson), [people, ...content.peopleSentences(agentsByPerson)].join(' '), people)}</div>`}
</div>
</section>`;
}
