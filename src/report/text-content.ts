import type { DomainCoupling } from '../persona/filter/text-quality.js';
import { type Grid, number, text } from './grid.js';
import type { PopulationReport, ShuffleRow } from './population-report.js';
import {
  count,
  counted,
  decimal,
  effective,
  figure,
  missing,
  percent,
  points,
  range,
  variableTitle,
} from './wording.js';

/** A figure of the shuffle control in the words of its unit. */
export function shuffleFigure({ unit }: Pick<ShuffleRow, 'unit'>, value: number | null): string {
  if (value === null) return missing;
  switch (unit) {
    case 'share':
      return percent(value);
    case 'correlation':
      return decimal(value);
    case 'distance':
      return figure(value);
    case 'points':
      return points(value);
    case 'people':
      return effective(value);
  }
}

/** What was done for the shuffle control; null where it was not run. */
export const shuffleIntroduction = ({ shuffleControl }: PopulationReport): string | null =>
  shuffleControl.length === 0
    ? null
    : 'Every persona was given a text of somebody else, and the figures below were measured again. A figure that stays the same would look as good with anybody’s texts.';

/** What the shuffle control found, or that it was not run and why that matters. */
export function shuffleSentences({ shuffleControl: rows, diagnostics: { texts } }: PopulationReport): string[] {
  const has = (about: ShuffleRow['about']): boolean => rows.some((row) => row.about === about);
  return [
    ...(rows.length === 0 ? [] : [shuffleReading(rows)]),
    ...(has('texts') ? [] : [texts === null ? noTextFigures : noShuffledTexts]),
    ...(has('numbers') ? [] : [noControlRun]),
  ];
}

const noTextFigures =
  'The shuffle control was not run on texts: nothing was measured about the texts of these personas, so nothing in this report is evidence about them.';
const noShuffledTexts =
  'The shuffle control was not run on texts, which takes the texts of at least two people. So nobody can tell which figures about texts would look as good with texts of somebody else.';
const noControlRun =
  'The shuffle control was not run on numbers. So nobody can tell which of them would look as good if every persona carried a text of somebody else; take none of them as evidence about the texts.';

function shuffleReading(rows: readonly ShuffleRow[]): string {
  const titles = (evidence: ShuffleRow['evidence']): string[] =>
    rows.filter((row) => row.evidence === evidence).map(({ title }) => title);
  const [about, against, not] = (
    ['evidence about the texts', 'evidence against the texts', 'not evidence about the texts'] as const
  ).map(titles) as [string[], string[], string[]];
  return [
    about.length === 0
      ? `None of ${counted(rows.length, 'figure')} is evidence about the texts.`
      : `${count(about.length)} of ${counted(rows.length, 'figure')} ${about.length === 1 ? 'changes' : 'change'} when texts change owners, so ${about.length === 1 ? 'it says' : 'they say'} something about the texts.`,
    ...(not.length === 0 ? [] : [`Not evidence about the texts, because they stay the same: ${not.join(', ')}.`]),
    ...(against.length === 0
      ? []
      : [`Better with texts of other people, which speaks against the texts: ${against.join(', ')}.`]),
  ].join(' ');
}

/** One row a figure, with own and shuffled texts. */
export const shuffleGrid = ({ shuffleControl }: PopulationReport): Grid => ({
  caption: 'Every figure with the own texts of the personas, and with texts of other people.',
  columns: [
    text('Figure'),
    number('Own texts'),
    number('95% interval'),
    number('Texts of others'),
    number('95% interval'),
    text('Reading'),
  ],
  rows: shuffleControl.map((row) => [
    row.title,
    shuffleFigure(row, row.own),
    range(row.ownInterval, (bound) => shuffleFigure(row, bound)),
    shuffleFigure(row, row.shuffled),
    range(row.shuffledInterval, (bound) => shuffleFigure(row, bound)),
    row.evidence,
  ]),
});

/** Said where nothing was measured about texts. */
export const noTexts =
  'Nothing was measured about the texts of these personas, so nobody knows whether texts and numbers agree.';

/** What agreement of texts and numbers means; it must stand wherever the figures stand. */
export const couplingNote =
  'A reader that never sees the numbers scores every text. Agreement shows that the texts say what the numbers say. It does not show that the authors have these traits: the texts were written from the numbers.';

/** One row a domain: how well a blind reading of the texts finds its score; null without figures about texts. */
export function couplingGrid({ diagnostics: { texts } }: PopulationReport): Grid | null {
  if (texts === null) return null;
  return {
    caption:
      'Blind reading of the texts, by domain, against the drawn traits that they were written from and against the T-scores measured afterwards. r: correlation. Same side: share of personas more than one standard deviation from the mean that the text puts on their side.',
    columns: [
      text('Domain'),
      number('r, drawn'),
      number('95% interval'),
      number('r, texts of others'),
      number('Same side'),
      number('Personas behind it'),
      number('r, measured'),
      number('Same side, measured'),
    ],
    rows: texts.own.coupling.map((coupling, d) => [
      variableTitle(coupling.domain),
      orMissing(coupling.r, decimal),
      couplingRange(coupling),
      orMissing(texts.shuffled?.coupling[d]?.r ?? null, decimal),
      orMissing(coupling.signAgreement, percent),
      count(coupling.extreme),
      orMissing(coupling.administered.r, decimal),
      orMissing(coupling.administered.signAgreement, percent),
    ]),
  };
}

const couplingRange = ({ lower, upper }: DomainCoupling): string =>
  range(lower === null || upper === null ? null : { lower, upper }, decimal);

const orMissing = (value: number | null, show: (value: number) => string): string =>
  value === null ? missing : show(value);

/** Contradictions, grounding and random spans, with own and other texts; null without figures about texts. */
export function textFiguresGrid({ diagnostics: { texts } }: PopulationReport): Grid | null {
  if (texts === null) return null;
  const row = (title: string, name: 'contradictions' | 'grounding' | 'randomSpans', meaning: string): string[] => [
    title,
    orMissing(texts.own[name], percent),
    orMissing(texts.shuffled?.[name] ?? null, percent),
    meaning,
  ];
  return {
    caption: `Figures about the texts of ${counted(texts.own.personas, 'persona')} by ${counted(texts.own.people, 'person', 'people')}, with ${counted(texts.own.claims, 'claim')}.`,
    columns: [text('Figure'), number('Own texts'), number('Texts of others'), text('What it says')],
    rows: [
      row('Contradictions', 'contradictions', 'personas whose text says something else than their fields'),
      [
        'Left out for contradictions',
        percent(texts.refused),
        missing,
        'candidates left out by the filter because their text contradicted their fields; what is left agrees the better for it',
      ],
      row('Grounded claims', 'grounding', 'claims that stand on the passage of the posts that they point to'),
      row('Random passages', 'randomSpans', 'claims that would also stand on a random passage of the same author'),
    ],
  };
}

/** Whether the gates on texts were passed; the list of misses follows where there are any. */
export function textGatesSentence({ diagnostics: { texts, unmetTexts } }: PopulationReport): string {
  if (unmetTexts.length > 0)
    return `${counted(unmetTexts.length, 'gate')} on texts ${unmetTexts.length === 1 ? 'was' : 'were'} missed:`;
  return texts === null ? noTexts : 'No gate on texts was missed.';
}
