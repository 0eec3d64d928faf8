import type { WeightReport } from '../survey/weight-report.js';
import { legend, legendMarks } from './legend.js';
import { details, figure, list, type Markup, markup, nothing, paragraphs, table, trusted } from './markup.js';
import { htmlPage } from './page.js';
import { marginPlot, type PlottedMargin } from './plots.js';
import { oneLine } from './safe-text.js';
import * as content from './weights-content.js';
import { frontierPlot, histogramPlot, loveCells, lovePlot } from './weights-plots.js';
import { counted, effective, figure as shown, variableTitle } from './wording.js';

/** Zones that are shown in full, those that failed first; all are in the table. */
const shownZones = 8;
/** Faults named at the top. */
const namedFaults = 30;

/**
 * The page on weights as one HTML file: what was asked and achieved, what it cost, and what could not be met. Inline style sheet
 * and SVG, no script, no outside resource; the same bytes for the same page.
 */
export function renderWeights(page: content.WeightsPage): string {
  const zones = content.zonesOf(page);
  const isZoned = 'zones' in page.document;
  const { version } = page.provenance;
  return htmlPage({
    title: 'Weights',
    lead: `${counted(zones[0]!.records, 'record')}${isZoned ? `, ${counted(zones.length, 'zone')}` : ''}; method ${zones[0]!.method}.`,
    sections: [
      verdictSection(page),
      ...(isZoned ? [markup`\n<section>\n<h2>Zones</h2>\n${table(content.zonesGrid(zones))}</section>`] : []),
      ...shownIn(zones).map((report) => zoneSection(page, report)),
      gapsSection(page),
      limitsSection(zones),
      findingsSection(page),
      markup`\n<section>\n<h2>How to make it again</h2>\n${table(content.originGrid(page))}</section>`,
    ],
    footer: `Written by Populace ${oneLine(version)}; weights.json beside this page holds every number unrounded.`,
  });
}

/** Zones to look at first. */
const shownIn = (zones: readonly WeightReport[]): readonly WeightReport[] =>
  [...zones]
    .sort(
      (a, b) =>
        Number(content.isUsable(a)) - Number(content.isUsable(b)) || (b.designEffect ?? 0) - (a.designEffect ?? 0),
    )
    .slice(0, shownZones);

function verdictSection(page: content.WeightsPage): Markup {
  const sentences = content.verdictSentences(page);
  const left = sentences.length - namedFaults;
  return markup`
<section class="verdict${trusted(content.isClean(page) ? '' : ' not')}">
<h2>${content.headline(page)}</h2>
${sentences.length === 1 ? markup`<p class="what">${oneLine(sentences[0]!, 2_000)}</p>` : list(sentences.slice(0, namedFaults).map((sentence) => oneLine(sentence, 2_000)))}
${left > 0 ? markup`<p>And ${counted(left, 'more', 'more')}, in weights.json.</p>` : nothing}
<p class="muted">Weights make sums right for what was asked for, and for nothing else: read <a href="#limits">what this does not say</a>.</p>
</section>`;
}

function zoneSection(page: content.WeightsPage, report: WeightReport): Markup {
  const { zone } = report;
  const start = zone === '' ? '' : `Zone ${oneLine(zone)}: `;
  const heading = (title: string): string => (start === '' ? title : `${start}${title.toLowerCase()}`);
  const histogram = page.histograms.find((own) => own.zone === zone);
  return markup`
<section>
<h2>${heading('Key figures')}</h2>
<dl class="cards">${content.weightFigures(report).map(
    ({ label, value, note }) => markup`
<div><dt>${label}</dt><dd class="value">${value}</dd><dd class="note">${note}</dd></div>`,
  )}
</dl>
</section>
${marginsSection(heading('Asked and achieved'), report)}
<section>
<h2>${heading('Balance and spread')}</h2>
${spreadFigures(heading, report, histogram)}
${details('Standardized mean differences', table(content.balanceGrid(report)))}
${details('Records behind each category', table(content.groupsGrid(report)))}
${report.twoWay.tables.length === 0 ? nothing : details('Pairs of variables', table(content.twoWayGrid(report)))}
</section>
${report.costs.length === 0 ? nothing : markup`<section>\n<h2>${heading('What each margin costs')}</h2>\n<div class="narrow">${table(content.costsGrid(report))}</div></section>`}`;
}

function spreadFigures(
  heading: (title: string) => string,
  report: WeightReport,
  histogram: content.WeightHistogram | undefined,
): Markup {
  const cells = loveCells(report);
  const { balance, frontier } = report;
  const [before, after] = [balance.maxBefore ?? 0, balance.maxAfter ?? 0];
  const balanced = `Largest difference before ${shown(before)}, after ${shown(after)} standard deviations; ${counted(balance.absent, 'category', 'categories')} that nobody has.`;
  const spread = `The largest weight is ${shown(report.maxRelativeWeight)} times the mean.`;
  const first = frontier[0];
  const capped = `Without cap ${effective(first?.effectiveSampleSize ?? 0)} effective records; bars show each cap with all margins met.`;
  return markup`
${
  cells.length === 0
    ? nothing
    : legend([
        [legendMarks.now, 'after weighting'],
        [legendMarks.before, 'before'],
      ])
}
<div class="grid">
${cells.length === 0 ? nothing : markup`<div><h3>Distance from the target</h3>${figure(lovePlot(cells), `${heading('Balance')}. ${balanced}`, balanced)}</div>`}
${histogram === undefined || report.status !== 'converged' ? nothing : markup`<div><h3>Weights</h3>${figure(histogramPlot(histogram), `Histogram of weights. ${spread}`, spread)}</div>`}
${frontier.length === 0 ? nothing : markup`<div><h3>What caps cost and buy</h3>${figure(frontierPlot(frontier), capped, capped)}${details('Numbers', table(content.frontierGrid(report)))}</div>`}
</div>`;
}

/** One plot a margin of categories; numbers and persons in households stand in the table only. */
function marginsSection(title: string, report: WeightReport): Markup {
  const cells = new Set(report.groups.map(({ margin, category }) => JSON.stringify([margin, category])));
  const plotted = report.balance.rows.flatMap((row): (PlottedMargin & { readonly margin: string })[] =>
    cells.has(JSON.stringify([row.margin, row.category])) ? [{ ...row, category: row.category!, interval: null }] : [],
  );
  const { asked, now, before } = legendMarks;
  return markup`
<section>
<h2>${title}</h2>
${
  plotted.length === 0
    ? nothing
    : markup`${legend([
        [asked, 'asked for'],
        [now, 'achieved'],
        [before, 'base weights'],
      ])}
<div class="margins">${[...new Set(plotted.map(({ margin }) => margin))].map((margin) => {
        const rows = plotted.filter((row) => row.margin === margin);
        const error = rows.reduce((most, { target, after }) => Math.max(most, Math.abs(after - target)), 0);
        const words = `${variableTitle(margin)}: ${counted(rows.length, 'category', 'categories')}, largest error ${shown(error * 100)} points.`;
        return markup`
<section>
<div class="head"><h3>${variableTitle(margin)}</h3></div>
${figure(marginPlot(rows), words, `Largest error ${shown(error * 100)} points`, 'above')}
</section>`;
      })}</div>`
}
${details('Every cell in one table', table(content.marginsGrid(report)))}
</section>`;
}

const gapsSection = ({ gaps }: content.WeightsPage): Markup =>
  gaps === null
    ? nothing
    : markup`
<section>
<h2>Who is missing</h2>
<p>Records of these kinds would let the margins be met, or be met by more than a few. The same list is in gap-list.json.</p>
${table(content.gapsGrid('zones' in gaps ? gaps.zones : [gaps]))}
</section>`;

/** What holds of all weights, whatever they were made of. */
const always = [
  'People in the sample may differ from those outside of it in ways that no margin knows. Weights do not change that.',
  'The design effect is that of unequal weights alone. What margins explain makes estimates more precise; clusters make them less so.',
];

function limitsSection(zones: readonly WeightReport[]): Markup {
  const own = zones.flatMap(({ zone, excluded }) =>
    excluded.map((item) => (zone === '' ? item : `zone ${zone}: ${item}`)),
  );
  return markup`
<section class="limits" id="limits">
<h2>What this does not say</h2>
${list([...always, ...own.slice(0, namedFaults)].map((item) => oneLine(item, 600)))}
${paragraphs([own.length > namedFaults ? `And ${own.length - namedFaults} more, in weights.json.` : null])}
</section>`;
}

function findingsSection({ document }: content.WeightsPage): Markup {
  const findings =
    'zones' in document
      ? [...document.findings, ...document.zones.flatMap((zone) => zone.findings)]
      : document.findings;
  return markup`
<section>
<h2>Findings</h2>
${findings.length === 0 ? markup`<p>Nothing was recorded.</p>` : table(content.findingsGrid(findings))}
</section>`;
}
