import { attritionGroupsGrid, attritionSentences, attritionStepsGrid } from './attrition-content.js';
import * as content from './content.js';
import { traitSections, marginsSection, weightsSection } from './html-figures.js';
import { shuffleSection, textsSection } from './html-texts.js';
import { keyFigures } from './key-figures.js';
import { list, type Markup, markup, nothing, paragraphs, table, trusted } from './markup.js';
import { htmlPage } from './page.js';
import type { PopulationReport } from './population-report.js';
import { oneLine } from './safe-text.js';
import { verdict } from './verdict.js';
import { variableTitle } from './wording.js';

/**
 * The report as one HTML file: inline style sheet and SVG, no script, no outside resource, the same bytes for the same
 * report. A reader without statistics gets verdict, key figures and plots; the numbers behind them open on demand.
 */
export const renderHtml = (report: PopulationReport): string =>
  htmlPage({
    title: report.title,
    lead: `Target: ${oneLine(report.target.title)}. Universe: ${oneLine(report.target.universe)}.`,
    sections: [
      verdictSection(report),
      cards(report),
      shuffleSection(report),
      marginsSection(report),
      traitSections(report),
      textsSection(report),
      weightsSection(report),
      stepsSection(report),
      rejectionsSection(report),
      attritionSection(report),
      sourcesSection(report),
      limitsSection(report),
      findingsSection(report),
      provenanceSection(report),
      examplesSection(report),
    ],
    footer: `Written by Populace ${oneLine(report.provenance.version)} from one result object; the JSON file beside this page holds every number unrounded.`,
  });

function verdictSection(report: PopulationReport): Markup {
  const { aligned, headline, sentences, unmet } = verdict(report);
  const { unsupported } = report.diagnostics;
  return markup`
<section class="verdict${trusted(aligned ? '' : ' not')}">
<h2>${headline}</h2>
${sentences.map((sentence) => markup`<p class="what">${sentence}</p>`)}
${unmet.length === 0 ? nothing : markup`<p>Not met:</p>${list(unmet.map((item) => oneLine(item, 400)))}`}
${unsupported.length === 0 ? nothing : markup`<p>Without any persona:</p>${list(unsupported.map((item) => oneLine(item)))}`}
<p class="muted">Aligned means that shares and traits agree with the target. It does not mean that agents act as residents would: read <a href="#limits">what this does not say</a>.</p>
</section>`;
}

const cards = (report: PopulationReport): Markup => markup`
<section>
<h2>Key figures</h2>
<dl class="cards">${keyFigures(report).map(
  ({ label, value, note }) => markup`
<div><dt>${label}</dt><dd class="value">${value}</dd><dd class="note">${note}</dd></div>`,
)}
</dl>
</section>`;

const stepsSection = (report: PopulationReport): Markup => markup`
<section>
<h2>What each step changed</h2>
<p>Every step sets weights or picks personas; none changes what a persona said or scored. A distance of 1× or less is what chance leaves between two groups drawn from the target.</p>
<div class="${trusted(report.diagnostics.traits === null ? 'plain' : 'steps')}">${table(content.stepsGrid(report))}</div>
</section>`;

const rejectionsSection = (report: PopulationReport): Markup => markup`
<section>
<h2>Which candidates were rejected</h2>
${report.diagnostics.personas === report.diagnostics.kept ? markup`<p>No candidate was rejected.</p>` : markup`<div class="narrow">${table(content.rejectionsGrid(report))}</div>`}
</section>`;

/** Nothing where it is not known who was lost. */
const attritionSection = ({ attrition }: PopulationReport): Markup =>
  attrition === undefined
    ? nothing
    : markup`
<section>
<h2>Who was lost on the way</h2>
${attritionSentences(attrition).map((sentence) => markup`<p>${sentence}</p>`)}
${table(attritionStepsGrid(attrition))}
${attrition.groups.length === 0 ? nothing : table(attritionGroupsGrid(attrition))}
</section>`;

const sourcesSection = (report: PopulationReport): Markup => markup`
<section>
<h2>Where the target comes from</h2>
${table(content.sourcesGrid(report))}
${paragraphs([content.postsSentence(report)])}
${Object.keys(report.diagnostics.folds).length === 0 ? nothing : markup`<h3>Reference people</h3>${table(content.foldsGrid(report))}`}
</section>`;

const limitsSection = ({ exclusions }: PopulationReport): Markup => markup`
<section class="limits" id="limits">
<h2>What this does not say</h2>
${exclusions.length === 0 ? markup`<p>${content.noExclusions}</p>` : list(exclusions.map((item) => oneLine(item, 600)))}
</section>`;

const findingsSection = (report: PopulationReport): Markup => markup`
<section>
<h2>Findings</h2>
${report.findings.length === 0 ? markup`<p>No step recorded a finding.</p>` : table(content.findingsGrid(report))}
</section>`;

const provenanceSection = (report: PopulationReport): Markup => markup`
<section>
<h2>How to make it again</h2>
${table(content.provenanceGrid(report))}
</section>`;

const examplesSection = ({ examples }: PopulationReport): Markup => markup`
<section>
<h2>Example agents</h2>
${examples.length === 0 ? markup`<p>The report holds no example agents.</p>` : markup`<p>${content.examplesNote}</p>`}
${examples.map(example)}
</section>`;

function example({ id, attributes, text }: PopulationReport['examples'][number]): Markup {
  const shown = content.exampleText(text);
  const values = Object.entries(attributes).map(
    ([variable, value], i) => markup`${i === 0 ? '' : ' · '}${variableTitle(variable)}: <bdi>${oneLine(value)}</bdi>`,
  );
  return markup`
<article class="example">
<h3><bdi>${oneLine(id)}</bdi></h3>
<p class="attributes">${values}</p>
<p class="text" dir="auto">${shown.text}</p>
${shown.notice === null ? nothing : markup`<p class="muted">${shown.notice}</p>`}
</article>`;
}
