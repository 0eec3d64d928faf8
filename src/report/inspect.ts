import { keyFigures } from './key-figures.js';
import type { PopulationReport } from './population-report.js';
import { fitWidth, oneLine, wrap } from './safe-text.js';
import { marginsTable, metricNames, rejectionsTable, stepsTable, textTable } from './tables.js';
import { couplingGrid, shuffleSentences, textFiguresGrid, textGatesSentence } from './text-content.js';
import { knownGroupsSentence } from './trait-content.js';
import { verdict } from './verdict.js';
import {
  byAssumption,
  count,
  effective,
  metricWords,
  missing,
  percent,
  points,
  ratio,
  stepWords,
  variableTitle,
} from './wording.js';

/** Below this many columns nothing readable fits. */
const narrowest = 40;
/** Lines of each list before the rest is only counted. */
const listed = 3;

/**
 * Summary for a terminal: plain lines of at most `width` columns, without colours or control characters; narrower than
 * 40 is taken as 40. About 55 lines: long lists are cut and say how much more there is.
 */
export function inspectText(report: PopulationReport, width: number): string {
  const columns = Math.max(narrowest, Math.floor(width));
  const { headline, sentences, unmet } = verdict(report);
  const { diagnostics: d } = report;
  const paragraph = (sentence: string): string[] => wrap(oneLine(sentence, 2000), columns);
  const items = (title: string, entries: readonly string[]): string[] =>
    entries.length === 0
      ? []
      : [
          title,
          ...entries.slice(0, listed).map((entry) => fitWidth(`- ${oneLine(entry, 400)}`, columns)),
          ...(entries.length > listed ? [`  and ${count(entries.length - listed)} more`] : []),
        ];
  const table = (rows: readonly (readonly string[])[]): string[] => textTable(rows, columns).split('\n');
  const cautions = report.findings.filter(({ level }) => level === 'caution');
  const sections: string[][] = [
    [...paragraph(report.title), ...paragraph(`${headline}. ${sentences.join(' ')}`), ...items('Not met:', unmet)],
    keyFigures(report).map(({ label, value }) => fitWidth(`${label.padEnd(27)}${value}`, columns)),
    shuffleSentences(report).flatMap(paragraph),
    d.margins.length === 0 ? [] : table(variableRows(report)),
    table(stepRows(report)),
    [knownGroupsSentence(report) ?? []].flat().flatMap(paragraph),
    paragraph(textLine(report)),
    d.personas === d.kept ? [] : paragraph(rejections(report)),
    items('What this does not say:', report.exclusions),
    items(
      'Cautions:',
      cautions.map(({ stage, message }) => `${stage}: ${message}`),
    ),
    paragraph(
      `Version ${report.provenance.version}, seed ${report.provenance.seed}, personas by ${report.provenance.writer}, answers by ${report.provenance.respondent}.`,
    ),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

const rejections = ({ diagnostics: d }: PopulationReport): string =>
  `Rejected ${count(d.personas - d.kept)} of ${count(d.personas)}: ${rejectionsTable(d)
    .map(({ criterion, personas }) => `${oneLine(criterion)} ${count(personas)}`)
    .join(', ')}.`;

/** Texts and numbers in one sentence or two. */
function textLine(report: PopulationReport): string {
  const coupling = couplingGrid(report)?.rows.map(([domain, r]) => `${domain} ${r}`);
  const figures = textFiguresGrid(report)?.rows.map(([title, own]) => `${title} ${own}`);
  return coupling === undefined || figures === undefined
    ? textGatesSentence(report)
    : `Texts and scores, r: ${coupling.join(', ')}. ${figures.join(', ')}.`;
}

const variableRows = ({ diagnostics }: PopulationReport): string[][] => [
  ['Variable', 'Error, pts', 'Before', 'Stated', 'Inferred', 'Imputed', 'Remark'],
  ...marginsTable(diagnostics).map((row) => [
    variableTitle(row.variable),
    points(row.largestErrorPoints),
    points(row.largestErrorBeforePoints),
    percent(row.statedShare),
    percent(row.inferredShare),
    percent(row.imputedShare),
    [row.controlledCategories === 0 ? 'not asked for' : '', byAssumption(row) ? 'set by assumption' : '']
      .filter(Boolean)
      .join(', '),
  ]),
];

/** One row a step: margins, the worst trait distance in units of its floor, and how few carry the result. */
const stepRows = ({ diagnostics }: PopulationReport): string[][] => [
  ['Step', 'Error, pts', ...(diagnostics.traits === null ? [] : ['Worst trait distance']), 'Eff. people', 'Top person'],
  ...stepsTable(diagnostics).map((row) => {
    const over = metricNames
      .map((name) => ({ name, over: row.overFloor[name] }))
      .filter((entry): entry is typeof entry & { over: number } => entry.over !== null)
      .sort((a, b) => b.over - a.over)[0];
    return [
      stepWords[row.step],
      points(row.maxMarginErrorPoints),
      ...(diagnostics.traits === null
        ? []
        : [over === undefined ? missing : `${ratio(over.over)}× ${metricWords[over.name].short}`]),
      effective(row.effectivePeople),
      percent(row.maxAuthorShare),
    ];
  }),
];
