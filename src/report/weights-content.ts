import type { GapList } from '../survey/gap-list.js';
import type { GapDocument, WeightDocument } from '../survey/weigh-zones.js';
import type { WeightReport } from '../survey/weight-report.js';
import { type Grid, number, text } from './grid.js';
import type { KeyFigure } from './key-figures.js';
import { oneLine } from './safe-text.js';
import { count, counted, decimal, effective, figure, missing, percent, variableTitle } from './wording.js';

/** How the weights of a zone are spread. */
export interface WeightHistogram {
  readonly zone: string;
  /** Upper end of the last bar but one, in units of the mean weight; bars have equal width from 0 on. */
  readonly end: number;
  /** Records in each bar; the last holds all above `end`. */
  readonly counts: readonly number[];
}

/** All that the page on weights is written from. */
export interface WeightsPage {
  readonly document: WeightDocument;
  /** null where no records are missing. */
  readonly gaps: GapDocument | null;
  /** One a zone, in the order of the document. */
  readonly histograms: readonly WeightHistogram[];
  readonly provenance: {
    readonly version: string;
    readonly seed: string;
    readonly sources: readonly { readonly name: string; readonly sha256: string }[];
  };
}

/** The reports of a page, one a zone. */
export const zonesOf = ({ document }: WeightsPage): readonly WeightReport[] =>
  'zones' in document ? document.zones : [document];

/** Whether weights may be used: they converged and miss no limit. */
export const isUsable = ({ status, gates }: WeightReport): boolean =>
  status === 'converged' && gates.misses.length === 0;

/** What became of the weights, in one line. */
export function headline(page: WeightsPage): string {
  const zones = zonesOf(page);
  const failed = zones.filter(({ status }) => status !== 'converged').length;
  if (failed > 0)
    return 'zones' in page.document
      ? `${count(failed)} of ${counted(zones.length, 'zone')} have no weights`
      : 'There are no weights';
  const met = zones.some(givesWay) ? 'Margins that may give way are missed, the others are met' : 'The margins are met';
  return zones.every(isUsable) ? met : `${met}, but not every limit is kept`;
}

/** Whether a margin that may give way is missed. */
const givesWay = ({ findings }: WeightReport): boolean => findings.some(({ code }) => code === 'relaxed-missed');

/** What has to be read beside the verdict. */
const besideVerdict: readonly string[] = ['relaxed-missed', 'negative-weights'];

/** Whether all margins are met and all limits kept, with nothing to be read beside that. */
export const isClean = (page: WeightsPage): boolean =>
  zonesOf(page).every((zone) => isUsable(zone) && !zone.findings.some(({ code }) => besideVerdict.includes(code)));

/** What the headline rests on: one sentence a fault, or one for all, and what has to be read beside it. */
export function verdictSentences(page: WeightsPage): string[] {
  const zones = zonesOf(page);
  const faults = zones.flatMap(({ zone, status, findings, gates }) => [
    ...(status === 'converged'
      ? []
      : findings
          .filter(({ code }) => code === 'margins-infeasible' || code === 'not-converged')
          .map(({ message }) => message)),
    ...gates.misses.map(({ message }) => (zone === '' ? message : `zone ${zone}: ${message}`)),
  ]);
  const cautions = zones.flatMap(({ findings }) =>
    findings.filter(({ code }) => besideVerdict.includes(code)).map(({ message }) => message),
  );
  if (faults.length > 0) return [...faults, ...cautions];
  const [first] = zones;
  const margins = new Set(first!.margins.map(({ margin }) => margin)).size;
  const error = zones.reduce((most, { maxMarginError }) => Math.max(most, maxMarginError), 0);
  return [
    `${counted(margins, 'margin')} with ${counted(first!.margins.length, 'category', 'categories')}${zones.length > 1 ? ` in each of ${counted(zones.length, 'zone')}` : ''}: the largest error${zones.some(({ maxRelaxedError }) => maxRelaxedError !== null) ? ' of those that have to be met' : ''} is ${figure(error)} of all weight.`,
    ...cautions,
  ];
}

/** The numbers that a reader takes home about one set of weights. */
export const weightFigures = (report: WeightReport): KeyFigure[] => [
  {
    label: 'Records',
    value: count(report.records),
    note: `solved as ${counted(report.signatures, 'combination')} that the margins can tell apart; the weights sum to ${figure(report.total)}`,
  },
  {
    label: 'Effective sample size',
    value: effective(report.effectiveSampleSize),
    note:
      report.effectivePeople === null
        ? 'as precise as this many records with equal weights'
        : `records; ${effective(report.effectivePeople)} effective people or clusters`,
  },
  {
    label: 'Design effect',
    value: report.designEffect === null ? missing : factor(report.designEffect),
    note: 'by what factor the weights widen variances (Kish)',
  },
  {
    label: 'Largest weight',
    value: `${figure(report.maxRelativeWeight)}×`,
    note: `of the mean; the largest 1% of the weights have ${percent(report.topShare)} of all weight`,
  },
  {
    label: 'Largest margin error',
    value: figure(report.maxMarginError),
    note: `share of all weight; ${figure(report.tolerance)} counts as met`,
  },
  ...(report.maxRelaxedError === null
    ? []
    : [
        {
          label: 'Largest error of margins that may give way',
          value: figure(report.maxRelaxedError),
          note: 'share of all weight; of numbers, in units of their largest value',
        },
      ]),
  {
    label: 'Fit',
    value: report.status,
    note: `${report.method}, ${counted(report.iterations, 'iteration')}`,
  },
];

/** `Sex: female`, or the number by its name. */
export const cellTitle = (margin: string, category: string | null): string =>
  category === null ? variableTitle(margin) : `${variableTitle(margin)}: ${oneLine(category)}`;

/** A factor near 1: three decimals. */
export const factor = (x: number): string => x.toFixed(3);

const orMissing = (x: number | null, show: (x: number) => string): string => (x === null ? missing : show(x));

/** Asked and achieved of every cell, and its dual price. */
export const marginsGrid = ({ margins }: WeightReport): Grid => ({
  caption:
    'Every cell: asked, achieved, and its price: what it adds to the logarithm of the weights of its records (maxent, rake), or to their ratio.',
  columns: [text('Cell'), number('Before'), number('Asked'), number('Achieved'), number('Error'), number('Price')],
  rows: margins.map((row) => {
    const shown = row.unit === 'share' ? percent : figure;
    return [
      cellTitle(row.margin, row.category),
      shown(row.before),
      shown(row.asked),
      shown(row.achieved),
      figure(row.error),
      decimal(row.multiplier),
    ];
  }),
});

/** Standardized mean differences, absent categories first. */
export const balanceGrid = ({ balance }: WeightReport): Grid => ({
  caption: 'Standardized mean differences from the target. A category that nobody has comes first and has none.',
  columns: [text('Cell'), number('Records'), number('Before'), number('After')],
  rows: balance.rows.map(({ margin, category, records, smdBefore, smdAfter, target }) => [
    `${cellTitle(margin, category)}${records === 0 && target !== 0 ? ' (nobody)' : ''}`,
    count(records),
    orMissing(smdBefore, decimal),
    orMissing(smdAfter, decimal),
  ]),
});

/** What each margin costs. */
export const costsGrid = ({ costs }: WeightReport): Grid => ({
  caption: 'Effective sample size that would be gained if one margin were dropped and all others kept.',
  columns: [text('Margin'), number('Gained'), number('Without it')],
  rows: costs.map(({ margin, status, gained, effectiveSampleSizeWithout }) => [
    variableTitle(margin),
    status === 'converged' ? effective(gained) : missing,
    status === 'converged' ? effective(effectiveSampleSizeWithout) : status,
  ]),
});

/** What a cap on the largest weight costs and buys. */
export const frontierGrid = ({ frontier }: WeightReport): Grid => ({
  caption: 'Weights under a cap, in units of the mean weight, with every margin still met.',
  columns: [
    text('Cap'),
    number('Effective sample size'),
    number('Design effect'),
    number('Largest weight'),
    text('Fit'),
  ],
  rows: frontier.map((row) => {
    const isMet = row.status === 'converged';
    return [
      capName(row.cap),
      isMet ? effective(row.effectiveSampleSize) : missing,
      isMet ? orMissing(row.designEffect, factor) : missing,
      isMet ? `${figure(row.maxRelativeWeight)}×` : missing,
      row.status,
    ];
  }),
});

/** `no cap`, `4×`. */
export const capName = (cap: number | null): string => (cap === null ? 'no cap' : `${cap}×`);

/** How much stands behind each category. */
export const groupsGrid = ({ groups }: WeightReport): Grid => ({
  caption: 'Records behind each category.',
  columns: [
    text('Category'),
    number('Asked'),
    number('Records'),
    number('Effective sample size'),
    ...(groups.some(({ effectivePeople }) => effectivePeople !== null) ? [number('Effective people')] : []),
  ],
  rows: groups.map((row) => [
    cellTitle(row.margin, row.category),
    percent(row.asked),
    count(row.records),
    effective(row.effectiveSampleSize),
    ...(row.effectivePeople === null ? [] : [effective(row.effectivePeople)]),
  ]),
});

/** Tables of two variables that no margin controls. */
export const twoWayGrid = ({ twoWay }: WeightReport): Grid => ({
  caption:
    'Tables of two variables that no margin controls together: how far the weights moved them (SRMSE, and the share of the weight in another cell).',
  columns: [text('Variables'), number('SRMSE'), number('Moved'), text('Most in')],
  rows: twoWay.tables.map(({ variables, srmse, totalVariation, worst }) => [
    variables.map(variableTitle).join(' × '),
    orMissing(srmse, figure),
    orMissing(totalVariation, percent),
    `${worst.categories.map((category) => oneLine(category)).join(' × ')}: ${percent(worst.expected)} to ${percent(worst.achieved)}`,
  ]),
});

/** One row a zone. */
export const zonesGrid = (zones: readonly WeightReport[]): Grid => ({
  caption:
    'Zones. Slack is how many are at best missing or too many where the margins cannot be met together; a number counts by its error per record in units of its largest value.',
  columns: [
    text('Zone'),
    text('Fit'),
    number('Slack'),
    number('Total'),
    number('Effective sample size'),
    number('Design effect'),
    number('Largest weight'),
  ],
  rows: zones.map((zone) => {
    const isMet = zone.status === 'converged';
    return [
      oneLine(zone.zone),
      zone.status,
      orMissing(slackOf(zone), figure),
      figure(zone.total),
      isMet ? effective(zone.effectiveSampleSize) : missing,
      isMet ? orMissing(zone.designEffect, factor) : missing,
      isMet ? `${figure(zone.maxRelativeWeight)}×` : missing,
    ];
  }),
});

/** What is missing or too many where margins cannot be met together; null where that is not known. */
export function slackOf({ findings }: WeightReport): number | null {
  const slack = findings.find(({ code }) => code === 'margins-infeasible')?.values?.['slack'];
  return typeof slack === 'number' ? slack : null;
}

/** Records that are wanted. */
export const gapsGrid = (lists: readonly GapList[]): Grid => ({
  caption: 'Records that would help, those that have to carry most weight first.',
  columns: [
    ...(lists.some(({ zone }) => zone !== '') ? [text('Zone')] : []),
    text('Kind of record'),
    text('Why'),
    number('Wanted'),
    number('Weight'),
  ],
  rows: lists.flatMap(({ zone, gaps }) =>
    gaps.map(({ attributes, traits, members, reason, records, weight }) => [
      ...(zone === '' ? [] : [oneLine(zone)]),
      [
        ...Object.entries(attributes).map(([name, category]) => cellTitle(name, category)),
        ...Object.entries(traits).map(
          ([name, { from, to }]) => `${variableTitle(name)}: ${figure(from)} to ${figure(to)}`,
        ),
        ...Object.entries(members).flatMap(([name, counts]) =>
          Object.entries(counts).map(([category, n]) => `${n} × ${cellTitle(name, category)}`),
        ),
      ].join(', '),
      reasons[reason],
      count(records),
      figure(weight),
    ]),
  ),
});

const reasons = {
  'no-record': 'nobody has one of these categories',
  clash: 'nobody has this combination',
  'too-thin': 'too few have it',
} as const;

/** What was recorded on the way. */
export const findingsGrid = (findings: WeightDocument['findings']): Grid => ({
  caption: 'Findings.',
  columns: [text('Finding'), text('Level'), text('Message')],
  rows: findings.map(({ code, level, message }) => [oneLine(code), level, oneLine(message, 1_000)]),
});

/** What the weights were made from. */
export const originGrid = ({ provenance: { version, seed, sources } }: WeightsPage): Grid => ({
  caption: 'Program, seed and inputs by their hashes.',
  columns: [text('What'), text('Value')],
  rows: [
    ['Populace', oneLine(version)],
    ['Seed', oneLine(seed)],
    ...sources.map(({ name, sha256 }): [string, string] => [oneLine(name), oneLine(sha256)]),
  ],
});
