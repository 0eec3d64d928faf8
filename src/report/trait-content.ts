import type { Diagnostics, TraitCell } from '../population/diagnostics.js';
import { type Grid, number, text } from './grid.js';
import type { PopulationReport, TraitDensity } from './population-report.js';
import { oneLine } from './safe-text.js';
import { cellsTable, metricNames } from './tables.js';
import {
  counted,
  decimal,
  effective,
  figure,
  metricWords,
  missing,
  noiseSentence,
  range,
  variableTitle,
} from './wording.js';

/** One row a distance: to people not used for fitting with its floor, to people used for fitting; null without trait norms. */
export function metricsGrid({ diagnostics: { traits } }: PopulationReport): Grid | null {
  if (traits === null) return null;
  return {
    caption:
      'Distances between the agents and people. Test: people not used for fitting; fit: people used for fitting. Floor: the same distance between two disjoint groups of people not used for fitting. Overfit: test is larger than fit by more than chance.',
    columns: [
      text('Distance'),
      number('Before'),
      number('Agents, test'),
      number('Agents, fit'),
      number('Overfit'),
      number('Floor, median'),
      number('Floor, 95th percentile'),
      text('Reading'),
      text('What it sees'),
    ],
    rows: metricNames.map((name) => {
      const metric = traits[name];
      return [
        metricWords[name].title,
        figure(metric.before),
        figure(metric.after),
        figure(metric.fit),
        metric.overfit ? 'overfit' : 'no',
        figure(metric.noiseFloorMedian),
        figure(metric.noiseFloorP95),
        noiseSentence(metric.after, metric),
        metricWords[name].sees,
      ];
    }),
  };
}

/** One row a domain: mean asked and achieved, its interval, and where its uncertainty comes from. */
export const traitMeansGrid = ({ diagnostics: { traitMeans } }: PopulationReport): Grid => ({
  caption:
    'Means on the response scale, with their standard errors from which authors were found and from what was drawn for them.',
  columns: [
    text('Domain'),
    number('Asked'),
    number('Now'),
    number('95% interval'),
    number('Error from authors'),
    number('Error from draws'),
  ],
  rows: traitMeans.map(({ domain, target, achieved, interval, betweenAuthorVariance, betweenDrawVariance }) => [
    variableTitle(domain),
    decimal(target),
    decimal(achieved),
    range(interval, decimal),
    standardError(betweenAuthorVariance),
    standardError(betweenDrawVariance),
  ]),
});

const standardError = (variance: number | null): string => (variance === null ? missing : figure(Math.sqrt(variance)));

/** Whether traits and people belonged together before any weighting, in a sentence; null where that was not measured. */
export function knownGroupsSentence({ diagnostics: { knownGroups } }: PopulationReport): string | null {
  if (knownGroups === null) return null;
  const { slope, passed } = knownGroups;
  return (
    `Before any weighting, trait means of groups of sex and age differ ${decimal(slope)} times as much among the personas as in the target (95% interval ${range(knownGroups, decimal)}; 1 is as much, 0 means that traits and people have nothing to do with each other). ` +
    (passed
      ? 'That passes.'
      : 'That is too little: weights can hide that traits and people do not belong together, but not repair it.')
  );
}

/** Mean and standard deviation of a histogram on score levels. */
export function moments(
  levels: readonly number[],
  shares: readonly number[],
): { readonly mean: number; readonly sd: number } {
  const mean = levels.reduce((sum, level, i) => sum + level * shares[i]!, 0);
  const variance = levels.reduce((sum, level, i) => sum + (level - mean) * (level - mean) * shares[i]!, 0);
  return { mean, sd: Math.sqrt(Math.max(0, variance)) };
}

/** `mean (sd)` of target, before and after of one domain. */
export const densityFigures = ({
  levels,
  target,
  before,
  after,
}: TraitDensity): { target: string; before: string; after: string } => {
  const show = (shares: readonly number[]): string => {
    const { mean, sd } = moments(levels, shares);
    return `${mean.toFixed(2)} (${sd.toFixed(2)})`;
  };
  return { target: show(target), before: show(before), after: show(after) };
};

/** One row a domain: mean and standard deviation before, asked and achieved. */
export const densitiesGrid = ({ densities }: PopulationReport): Grid => ({
  caption: 'Domain scores on the response scale: mean (standard deviation).',
  columns: [text('Domain'), number('Before'), number('Asked'), number('Now')],
  rows: densities.map((density) => {
    const shown = densityFigures(density);
    return [variableTitle(density.domain), shown.before, shown.target, shown.after];
  }),
});

/** Signed difference in standard deviations, `+0.12`. */
export function signed(value: number): string {
  const shown = decimal(value);
  return value > 0 && shown !== '0.00' ? `+${shown}` : shown;
}

/**
 * Whether a difference of means in SD is larger than two standard errors of the agents alone (2/√n).
 * The test people have an error of their own, so this flags too many cells rather than too few.
 */
export const beyondChance = ({ differenceSd, effectiveSampleSize }: TraitCell): boolean =>
  effectiveSampleSize > 0 && Math.abs(differenceSd) > 2 / Math.sqrt(effectiveSampleSize);

/** Domains of the trait cells in order of first appearance. */
export const cellDomains = ({ traitCells }: Diagnostics): string[] => [
  ...new Set(traitCells.map(({ domain }) => domain)),
];

/** One row a cell of sex x age, one column a domain: agents minus test people in SD, `*` where beyond chance. */
export function cellsGrid({ diagnostics }: PopulationReport): Grid {
  const domains = cellDomains(diagnostics);
  return {
    caption: `Mean trait of the agents minus test people, in standard deviations. ${cellLegend}`,
    columns: [text('Cell'), ...domains.map((domain) => number(variableTitle(domain))), number('Effective agents')],
    rows: cellsTable(diagnostics).map(({ cell, effectiveSampleSize, byDomain }) => [
      oneLine(cell),
      ...domains.map((domain) => {
        const entry = byDomain.get(domain);
        return entry === undefined ? missing : cellText(entry);
      }),
      effective(effectiveSampleSize),
    ]),
  };
}

/** How to read the table of traits within groups. */
export const cellLegend =
  'An asterisk marks differences above two standard errors of the agents; all others can be chance.';

/** The difference of one cell, `*` where it is beyond chance, `-` where the cell has no agents. */
export const cellText = (cell: TraitCell): string =>
  cell.effectiveSampleSize > 0 ? `${signed(cell.differenceSd)}${beyondChance(cell) ? '*' : ''}` : missing;

/** Said in place of all trait figures when the target has no trait norms. */
export const noTraits = ({ diagnostics }: PopulationReport): string =>
  `The target has no trait norms for the inventory ${oneLine(diagnostics.instrument)}, so traits were neither aligned nor compared. Nothing is known about how well they fit.`;

/** The sizes behind the noise floor, in a sentence or two; null where none was measured. */
export function noiseSizes({ diagnostics: { noiseFloor } }: PopulationReport): string | null {
  if (noiseFloor === null) return null;
  const { agents, groupPeople, floorPeople, testPeople, replicates } = noiseFloor;
  const sizes = `The noise floor was measured ${counted(replicates, 'time')}, between groups the size of ${counted(groupPeople, 'agent')} and ${counted(testPeople, 'test person', 'test people')}.`;
  if (groupPeople === agents) return sizes;
  return `${sizes} It is limited by the reference: there are ${counted(agents, 'agent')}, but only ${counted(floorPeople, 'person', 'people')} to draw such groups from, so it is higher than for groups as large as the agents.`;
}
