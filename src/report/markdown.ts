import { attritionGroupsGrid, attritionSentences, attritionStepsGrid } from './attrition-content.js';
import * as content from './content.js';
import type { Grid } from './grid.js';
import { keyFigures } from './key-figures.js';
import type { PopulationReport } from './population-report.js';
import { escapeMarkdown, fenced, oneLine, wrap } from './safe-text.js';
import { marginsTable } from './tables.js';
import * as texts from './text-content.js';
import * as traits from './trait-content.js';
import { verdict } from './verdict.js';
import { capitalized, marginSentence, originSentence, variableTitle } from './wording.js';

/**
 * The report as GitHub-flavoured Markdown: what the HTML says, as tables and sentences. Foreign texts are escaped;
 * example texts stand in fenced blocks.
 */
export function renderMarkdown(report: PopulationReport): string {
  const { headline, sentences, unmet } = verdict(report);
  const { diagnostics: d, target } = report;
  const blocks: string[] = [
    `# ${escapeMarkdown(report.title)}`,
    escapeMarkdown(`Target: ${target.title}. Universe: ${oneLine(target.universe)}.`),
    `## ${headline}`,
    ...sentences.map((sentence) => text(sentence)),
    ...(unmet.length === 0 ? [] : ['Not met:', bullets(unmet)]),
    ...(d.unsupported.length === 0 ? [] : ['Without any persona:', bullets(d.unsupported)]),
    'Aligned means that shares and traits agree with the target. It does not mean that agents act as residents would.',
    '## Key figures',
    table({
      caption: '',
      columns: ['Figure', 'Value', 'Note'].map((title, i) => ({ title, numeric: i === 1 })),
      rows: keyFigures(report).map(({ label, value, note }) => [label, value, note]),
    }),
    '## What the texts are evidence for',
    ...optional(texts.shuffleIntroduction(report)),
    ...texts.shuffleSentences(report).map((sentence) => text(sentence)),
    ...(report.shuffleControl.length === 0 ? [] : [captioned(texts.shuffleGrid(report))]),
    '## Who is in the population',
    ...margins(report),
    '## Personality of the agents',
    ...personality(report),
    '## Do texts and numbers agree?',
    ...agreement(report),
    '## How much rests on how few',
    text(content.weightSentences(report).join(' ')),
    ...content.peopleSentences(report.agentsByPerson).map((sentence) => text(sentence)),
    ...(report.weights.multiplicities.length === 0 ? [] : [captioned(content.multiplicitiesGrid(report))]),
    '## What each step changed',
    captioned(content.stepsGrid(report)),
    '## Which candidates were rejected',
    d.personas === d.kept ? 'No candidate was rejected.' : captioned(content.rejectionsGrid(report)),
    ...lost(report),
    '## Where the target comes from',
    captioned(content.sourcesGrid(report)),
    ...optional(content.postsSentence(report)),
    ...(Object.keys(d.folds).length === 0 ? [] : [captioned(content.foldsGrid(report))]),
    '## What this does not say',
    report.exclusions.length === 0 ? content.noExclusions : bullets(report.exclusions),
    '## Findings',
    report.findings.length === 0 ? 'No step recorded a finding.' : captioned(content.findingsGrid(report)),
    '## How to make it again',
    captioned(content.provenanceGrid(report)),
    '## Example agents',
    ...(report.examples.length === 0
      ? ['The report holds no example agents.']
      : [content.examplesNote, ...report.examples.flatMap(example)]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function margins(report: PopulationReport): string[] {
  const variables = marginsTable(report.diagnostics);
  if (variables.length === 0) return ['The report holds no margins.'];
  return [
    content.intervalNote,
    captioned(content.variablesGrid(report)),
    ...variables.flatMap((row) => [
      `### ${escapeMarkdown(variableTitle(row.variable))}`,
      text(`${capitalized(marginSentence(row))}; ${originSentence(row)}.`),
      table(content.categoriesGrid(row)),
    ]),
  ];
}

function personality(report: PopulationReport): string[] {
  const metrics = traits.metricsGrid(report);
  const { traitCells, traitMeans } = report.diagnostics;
  return [
    ...(metrics === null ? [text(traits.noTraits(report))] : []),
    ...(report.densities.length === 0 ? [] : [captioned(traits.densitiesGrid(report))]),
    ...(traitMeans.length === 0 ? [] : [captioned(traits.traitMeansGrid(report))]),
    ...optional(traits.knownGroupsSentence(report)),
    ...(metrics === null ? [] : [captioned(metrics)]),
    ...optional(traits.noiseSizes(report)),
    ...(traitCells.length === 0 ? [] : [captioned(traits.cellsGrid(report))]),
  ];
}

function agreement(report: PopulationReport): string[] {
  const [coupling, figures] = [texts.couplingGrid(report), texts.textFiguresGrid(report)];
  const { unmetTexts } = report.diagnostics;
  return [
    text(texts.textGatesSentence(report)),
    ...(unmetTexts.length === 0 ? [] : [bullets(unmetTexts)]),
    ...(coupling === null ? [] : [text(texts.couplingNote), captioned(coupling)]),
    ...(figures === null ? [] : [captioned(figures)]),
  ];
}

/** Nothing where it is not known who was lost. */
const lost = ({ attrition }: PopulationReport): string[] =>
  attrition === undefined
    ? []
    : [
        '## Who was lost on the way',
        ...attritionSentences(attrition).map((sentence) => text(sentence)),
        captioned(attritionStepsGrid(attrition)),
        ...(attrition.groups.length === 0 ? [] : [captioned(attritionGroupsGrid(attrition))]),
      ];

function example({ id, attributes, text: story }: PopulationReport['examples'][number]): string[] {
  const shown = content.exampleText(story);
  const values = Object.entries(attributes).map(([variable, value]) => `${variableTitle(variable)}: ${oneLine(value)}`);
  return [
    `### ${escapeMarkdown(id)}`,
    ...(values.length === 0 ? [] : [bullets(values)]),
    fenced(wrap(shown.text, 100).join('\n')),
    ...(shown.notice === null ? [] : [shown.notice]),
  ];
}

const optional = (sentence: string | null): string[] => (sentence === null ? [] : [text(sentence)]);
const text = (sentence: string): string => escapeMarkdown(sentence, 2000);
const bullets = (items: readonly string[]): string => items.map((item) => `- ${escapeMarkdown(item, 600)}`).join('\n');
const captioned = (grid: Grid): string => `${text(grid.caption)}\n\n${table(grid)}`;

/** One line a row; `|` in a cell is escaped, so that every line has the same number of cells. */
function table({ columns, rows }: Grid): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => escapeMarkdown(cell, 2000)).join(' | ')} |`;
  return [
    line(columns.map(({ title }) => title)),
    `|${columns.map(({ numeric }) => (numeric ? ' ---: ' : ' --- ')).join('|')}|`,
    ...rows.map(line),
  ].join('\n');
}
